//! Settings against the plugin's own JSON Schema. Nothing is fetched for it: a schema stands alone.

use jsonschema::PatternOptions;
use serde_json::Value;

use crate::answer::shorten;

/// Where the settings break the schema.
///
/// # Errors
///
/// Why the schema is none.
pub(super) fn problems(schema: &str, settings: &str) -> Result<Vec<String>, String> {
    let schema: Value = serde_json::from_str(schema).map_err(|error| error.to_string())?;
    let settings: Value = serde_json::from_str(settings).map_err(|error| error.to_string())?;
    let validator = jsonschema::draft202012::options()
        .offline()
        // Linear in the text, whatever the pattern: the schema comes from outside.
        .with_pattern_options(PatternOptions::regex())
        .build(&schema)
        .map_err(|error| shorten(&error.to_string()))?;
    Ok(validator
        .iter_errors(&settings)
        .map(|error| {
            let place = place(error.instance_path().as_str());
            format!("{place}: {}", shorten(&error.to_string()))
        })
        .collect())
}

/// A JSON pointer as a path, the way in which plugins report their own problems: `numbers[1]`.
fn place(pointer: &str) -> String {
    let mut path = String::new();
    for part in pointer.split('/').skip(1) {
        let part = part.replace("~1", "/").replace("~0", "~");
        if part.bytes().all(|byte| byte.is_ascii_digit()) && !part.is_empty() {
            path.extend(["[", &part, "]"]);
        } else {
            if !path.is_empty() {
                path.push('.');
            }
            path.push_str(&part);
        }
    }
    if path.is_empty() {
        path.push('.');
    }
    path
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(schema: &str, settings: &str, expected: Result<&[&str], &str>) {
        match (problems(schema, settings), expected) {
            (Ok(found), Ok(expected)) => {
                assert_eq!(found.len(), expected.len(), "{found:?}");
                for (found, expected) in found.iter().zip(expected) {
                    assert!(found.starts_with(expected), "{found} is not {expected}");
                }
            }
            (Err(found), Err(expected)) => assert!(found.contains(expected), "{found}"),
            (found, expected) => panic!("{found:?}, expected {expected:?}"),
        }
    }

    #[test]
    fn settings_are_held_against_the_schema() {
        let schema = r##"{ "type": "object", "additionalProperties": false,
            "$defs": { "unit": { "type": "string", "pattern": "^GZ-[A-Z]+$" } },
            "properties": { "units": { "type": "array", "items": { "$ref": "#/$defs/unit" } },
                            "share": { "type": "integer", "maximum": 1000 } } }"##;
        check(schema, r#"{"units":["GZ-CGJ"],"share":1000}"#, Ok(&[]));
        check(
            schema,
            r#"{"units":["GZ-CGJ","x",1]}"#,
            Ok(&["units[1]: ", "units[2]: "]),
        );
        check(schema, r#"{"share":1001}"#, Ok(&["share: 1001 is greater"]));
        check(schema, r#"{"unit":[]}"#, Ok(&[".: "]));
        check(schema, "[]", Ok(&[".: "]));
        check("{", "{}", Err("EOF"));
        check(r#"{"type":"thing"}"#, "{}", Err("thing"));
    }

    #[test]
    fn schema_reads_nothing_from_outside() {
        for reference in ["http://127.0.0.1:9/schema", "file:///etc/hostname"] {
            let schema = format!(r#"{{"$ref":"{reference}"}}"#);
            assert!(problems(&schema, "{}").is_err(), "{reference}");
        }
    }
}
