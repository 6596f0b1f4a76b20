//! Reading a question, with the place of what is wrong in it.

use serde::de::DeserializeOwned;

use crate::answer::{self, Answer};

/// Reads a question, or says as a problem document why not.
pub(crate) fn read<Q: DeserializeOwned>(body: &[u8]) -> Result<Q, Answer> {
    let text = std::str::from_utf8(body).map_err(|error| {
        let detail = format!(
            "The body is not UTF-8 from byte {} on.",
            error.valid_up_to()
        );
        answer::bad_request("invalid_utf8", &detail, None)
    })?;
    // serde would take a list of the fields' values as well.
    if text.trim_start().starts_with('[') {
        let detail = "A question is an object with named fields, not a list.";
        return Err(answer::bad_request("invalid_question", detail, Some(".")));
    }
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let question = serde_path_to_error::deserialize(&mut deserializer).map_err(|error| {
        let field = field(&error.path().to_string(), &error.inner().to_string());
        malformed(error.inner(), Some(&field))
    })?;
    deserializer
        .end()
        .map_err(|error| malformed(&error, None))?;
    Ok(question)
}

/// 400 for JSON that cannot be read, or that is not the question.
fn malformed(error: &serde_json::Error, field: Option<&str>) -> Answer {
    match error.classify() {
        serde_json::error::Category::Data => {
            answer::bad_request("invalid_question", &error.to_string(), field)
        }
        serde_json::error::Category::Io
        | serde_json::error::Category::Syntax
        | serde_json::error::Category::Eof => {
            answer::bad_request("invalid_json", &error.to_string(), field)
        }
    }
}

/// The path of what is wrong. Where serde's message names a field of the object at `path`, because
/// it is missing, unknown or there twice, the field belongs to the path.
fn field(path: &str, message: &str) -> String {
    let named = ["missing field `", "unknown field `", "duplicate field `"]
        .iter()
        .find_map(|start| message.strip_prefix(start))
        .and_then(|rest| rest.split_once('`'))
        .map(|(name, _)| name);
    match named {
        None => path.to_owned(),
        Some(name) if path == "." => name.to_owned(),
        Some(name) if path == name || path.ends_with(&format!(".{name}")) => path.to_owned(),
        Some(name) => format!("{path}.{name}"),
    }
}
