//! Rule sets are dated and named (R78): what was computed names the one that it was computed under, so
//! under one name there is one rule set for good. A newer Kapok may add a field, with its default.

use serde_json::Value;

use crate::{Engine, Error};

impl Engine {
    /// Keeps the rule sets with the data, and refuses one that has changed under its name.
    ///
    /// # Errors
    /// [`Error::RuleSetChanged`], [`Error::Store`].
    pub fn keep_rule_sets(&self) -> Result<(), Error> {
        for set in self.rules.sets() {
            let new = serde_json::to_value(set).map_err(Error::Question)?;
            let text = new.to_string();
            let kept = self.store.rule_set(&set.version)?;
            if kept.as_ref() == Some(&text) {
                continue;
            }
            if let Some(kept) = kept {
                let old: Value = serde_json::from_str(&kept).map_err(Error::Question)?;
                if let Some(field) = changed(&old, &new, "") {
                    let version = set.version.clone();
                    return Err(Error::RuleSetChanged { version, field });
                }
            }
            self.store.keep_rule_set(&set.version, &text)?;
        }
        Ok(())
    }
}

/// The path of the first value that was there and is not the same; what is new is no change.
fn changed(old: &Value, new: &Value, path: &str) -> Option<String> {
    match (old, new) {
        (Value::Object(old), Value::Object(new)) => old.iter().find_map(|(key, old)| {
            let path = if path.is_empty() {
                key.clone()
            } else {
                format!("{path}.{key}")
            };
            match new.get(key) {
                Some(new) => changed(old, new, &path),
                None => Some(path),
            }
        }),
        (old, new) => (old != new).then(|| path.to_owned()),
    }
}
