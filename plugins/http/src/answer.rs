//! Answers: verdicts, descriptions and problem documents.

use contract::about::{Description, Kind};
use contract::types::Refusal;
use serde::Serialize;

use crate::MAX_BODY_BYTES;

/// Media type of verdicts and descriptions.
const JSON: &str = "application/json";
/// Media type of problem documents (RFC 9457).
const PROBLEM: &str = "application/problem+json";
/// The methods that a route takes, as the header `allow` lists them.
const ALLOWED: &str = "GET, HEAD, OPTIONS, POST";

/// What goes back to the client.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// HTTP status.
    pub status: u16,
    /// Headers, names in lower case; `content-length` is left to whoever sends the answer.
    pub headers: Vec<(&'static str, &'static str)>,
    /// Body, JSON or empty.
    pub body: String,
}

/// A problem document. Without `type` it means `about:blank`: the status says the kind, `code` says
/// which of ours it is.
#[derive(Serialize)]
struct Problem<'a> {
    title: &'a str,
    status: u16,
    code: &'a str,
    detail: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    field: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    refusal: Option<&'a Refusal>,
}

/// What `GET` answers.
#[derive(Serialize)]
struct About<'a> {
    name: &'a str,
    version: &'a str,
    kind: Kind,
    summary: &'a str,
    settings_schema: serde_json::Value,
}

/// 200 with a value of the contract.
pub(crate) fn json(value: &impl Serialize) -> Answer {
    match serde_json::to_string(value) {
        Ok(body) => Answer {
            status: 200,
            headers: vec![("content-type", JSON)],
            body,
        },
        Err(error) => {
            let detail = format!("the plugin's verdict cannot be written as JSON: {error}");
            internal("unwritable_verdict", &detail)
        }
    }
}

/// 200 with a description.
pub(crate) fn description(description: &Description) -> Answer {
    match serde_json::from_str(&description.settings_schema) {
        Ok(settings_schema) => json(&About {
            name: &description.name,
            version: &description.version,
            kind: description.kind,
            summary: &description.summary,
            settings_schema,
        }),
        Err(error) => {
            let detail = format!("the plugin's settings schema is not JSON: {error}");
            internal("invalid_schema", &detail)
        }
    }
}

/// 204 with the methods that are taken.
pub(crate) fn options() -> Answer {
    Answer {
        status: 204,
        headers: vec![("allow", ALLOWED)],
        body: String::new(),
    }
}

/// 400 for a body that is not the question; `field` is the path of what is wrong.
pub(crate) fn bad_request(code: &str, detail: &str, field: Option<&str>) -> Answer {
    problem(Problem {
        title: "Bad Request",
        status: 400,
        code,
        detail,
        field,
        refusal: None,
    })
}

/// 400 for a body that ended before it was complete.
#[must_use]
pub fn unreadable_body() -> Answer {
    bad_request(
        "unreadable_body",
        "The body broke off before it was complete.",
        None,
    )
}

/// 405 for a method that no route takes.
pub(crate) fn method_not_allowed() -> Answer {
    let mut answer = problem(Problem {
        title: "Method Not Allowed",
        status: 405,
        code: "method_not_allowed",
        detail: "POST asks the question, GET describes the plugin.",
        field: None,
        refusal: None,
    });
    answer.headers.push(("allow", ALLOWED));
    answer
}

/// 413 for a body above [`MAX_BODY_BYTES`].
#[must_use]
pub fn body_too_large() -> Answer {
    problem(Problem {
        title: "Content Too Large",
        status: 413,
        code: "body_too_large",
        detail: &format!("A question may have {MAX_BODY_BYTES} bytes at most."),
        field: None,
        refusal: None,
    })
}

/// 415 for a body that is declared as something else than JSON in UTF-8.
pub(crate) fn unsupported_media_type() -> Answer {
    problem(Problem {
        title: "Unsupported Media Type",
        status: 415,
        code: "unsupported_media_type",
        detail: "Send the question as application/json in UTF-8.",
        field: None,
        refusal: None,
    })
}

/// 422 for a plugin that refuses to give a verdict.
pub(crate) fn refused(refusal: &Refusal) -> Answer {
    let (Refusal::Unsupported(detail) | Refusal::Internal(detail)) = refusal;
    problem(Problem {
        title: "Unprocessable Content",
        status: 422,
        code: "refused",
        detail,
        field: None,
        refusal: Some(refusal),
    })
}

/// 500 for a plugin that breaks the contract.
fn internal(code: &str, detail: &str) -> Answer {
    problem(Problem {
        title: "Internal Server Error",
        status: 500,
        code,
        detail,
        field: None,
        refusal: None,
    })
}

#[expect(
    clippy::needless_pass_by_value,
    reason = "a problem is built where it is passed"
)]
fn problem(problem: Problem<'_>) -> Answer {
    // A document of strings and numbers always serializes; without it the status still stands.
    let body = serde_json::to_string(&problem).unwrap_or_default();
    Answer {
        status: problem.status,
        headers: vec![("content-type", PROBLEM)],
        body,
    }
}
