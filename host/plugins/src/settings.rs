//! Settings files: TOML or JSON for people, one canonical JSON text for the plugin and the digest.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::Error;

/// Reads a settings file, TOML or JSON by its extension, as canonical JSON: compact, keys sorted, so
/// that the digest follows from what the settings say and not from how the file is laid out.
///
/// # Errors
///
/// The file cannot be read, is no TOML or JSON, or has another extension.
pub fn settings_from_file(path: &Path) -> Result<String, Error> {
    let text = fs::read_to_string(path).map_err(|source| Error::Read {
        path: path.to_owned(),
        source,
    })?;
    let syntax = |detail: String| Error::SettingsSyntax {
        path: path.to_owned(),
        detail,
    };
    match path.extension().and_then(|extension| extension.to_str()) {
        Some("toml") => {
            let value: toml::Table =
                toml::from_str(&text).map_err(|error| syntax(error.to_string()))?;
            Ok(canonical(
                &from_toml(toml::Value::Table(value)).map_err(syntax)?,
            ))
        }
        Some("json") => settings_from_json(&text),
        _ => Err(syntax(
            "the file's extension is neither `.toml` nor `.json`".to_owned(),
        )),
    }
}

/// Canonical JSON of settings that are given as JSON text.
///
/// # Errors
///
/// The text is no JSON.
pub fn settings_from_json(text: &str) -> Result<String, Error> {
    let value: Value = serde_json::from_str(text).map_err(|error| Error::SettingsSyntax {
        path: "settings".into(),
        detail: error.to_string(),
    })?;
    Ok(canonical(&value))
}

fn canonical(value: &Value) -> String {
    sorted(value).to_string()
}

fn sorted(value: &Value) -> Value {
    match value {
        Value::Object(map) => {
            let map: BTreeMap<&String, Value> = map
                .iter()
                .map(|(key, value)| (key, sorted(value)))
                .collect();
            Value::Object(
                map.into_iter()
                    .map(|(key, value)| (key.clone(), value))
                    .collect(),
            )
        }
        Value::Array(list) => Value::Array(list.iter().map(sorted).collect()),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => value.clone(),
    }
}

/// TOML has dates, which become text, and numbers that are none, which JSON cannot say.
fn from_toml(value: toml::Value) -> Result<Value, String> {
    Ok(match value {
        toml::Value::String(text) => Value::String(text),
        toml::Value::Integer(number) => Value::from(number),
        toml::Value::Float(number) => serde_json::Number::from_f64(number)
            .map(Value::Number)
            .ok_or_else(|| format!("`{number}` is no number that JSON can hold"))?,
        toml::Value::Boolean(value) => Value::Bool(value),
        toml::Value::Datetime(value) => Value::String(value.to_string()),
        toml::Value::Array(list) => {
            Value::Array(list.into_iter().map(from_toml).collect::<Result<_, _>>()?)
        }
        toml::Value::Table(table) => Value::Object(
            table
                .into_iter()
                .map(|(key, value)| Ok((key, from_toml(value)?)))
                .collect::<Result<_, String>>()?,
        ),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(name: &str, text: &str, expected: Result<&str, &str>) {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join(name);
        fs::write(&path, text).expect("written");
        match (settings_from_file(&path), expected) {
            (Ok(json), Ok(expected)) => assert_eq!(json, expected),
            (Err(error), Err(expected)) => {
                let text = error.to_string();
                assert!(text.contains(expected), "{text} lacks {expected}");
            }
            (got, expected) => panic!("{got:?}, expected {expected:?}"),
        }
    }

    #[test]
    fn both_forms_become_the_same_json() {
        let json = r#"{"a":[{"x":1,"y":"二"}],"b":{"c":1.5,"d":true},"when":"2026-01-02"}"#;
        let toml = "when = 2026-01-02\n[b]\nd = true\nc = 1.5\n[[a]]\ny = \"二\"\nx = 1\n";
        check("s.toml", toml, Ok(json));
        check("s.json", json, Ok(json));
        check(
            "s.json",
            " {\"b\" : 1, \"a\":null}\n",
            Ok(r#"{"a":null,"b":1}"#),
        );
    }

    #[test]
    fn bad_files_are_refused() {
        check("s.toml", "a = ", Err("s.toml"));
        check("s.toml", "a = nan", Err("no number"));
        check("s.json", "{", Err("EOF"));
        check("s.yaml", "a: 1", Err("extension"));
    }
}
