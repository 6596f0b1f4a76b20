//! Rule sets are dated and named (R78): what was computed names the one that it was computed under, so
//! under one name there is one rule set for good. So it is with the limits of the knowledge base beside it. A newer Kapok may add a field, with its default.

use serde::Serialize;
use serde_json::Value;

use crate::{Engine, Error};

impl Engine {
    /// Keeps the rule sets with the data, and refuses one that has changed under its name.
    ///
    /// # Errors
    /// [`Error::RuleSetChanged`], [`Error::Store`].
    pub fn keep_rule_sets(&self) -> Result<(), Error> {
        for set in self.rules.sets() {
            let version = &set.version;
            self.keep_rule_set(version, version, "", set)?;
            let knowledge = self.knowledge_rules.of(version);
            let name = format!("{version}#knowledge");
            self.keep_rule_set(version, &name, "knowledge", knowledge)?;
        }
        Ok(())
    }

    /// Keeps one text of a rule set under a name; `part` is what its fields belong to.
    fn keep_rule_set(
        &self,
        version: &str,
        name: &str,
        part: &str,
        rules: &impl Serialize,
    ) -> Result<(), Error> {
        let new = serde_json::to_value(rules).map_err(Error::Question)?;
        let text = new.to_string();
        let kept = self.store.rule_set(name)?;
        if kept.as_ref() == Some(&text) {
            return Ok(());
        }
        if let Some(kept) = kept {
            let old: Value = serde_json::from_str(&kept).map_err(Error::Question)?;
            if let Some(field) = changed(&old, &new, part) {
                let version = version.to_owned();
                return Err(Error::RuleSetChanged { version, field });
            }
        }
        Ok(self.store.keep_rule_set(name, &text)?)
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
