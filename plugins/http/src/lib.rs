//! HTTP in front of a plugin: `POST` asks the plugin's question, `GET` describes the plugin.
//!
//! Everything that can be decided without a plugin and without Spin is here and is pure:
//! [`plan`] looks at a request's head, [`ask`] turns a body into a verdict, [`describe`] into a
//! description, and every failure is a problem document (RFC 9457) with a stable `code`:
//!
//! | status | `code` | when |
//! |---|---|---|
//! | 400 | `invalid_utf8` | the body is not UTF-8 |
//! | 400 | `invalid_json` | the body is not one JSON document |
//! | 400 | `invalid_question` | the document is not the question; `field` says where |
//! | 400 | `unreadable_body` | the body broke off |
//! | 405 | `method_not_allowed` | neither `GET`, `HEAD`, `OPTIONS` nor `POST` |
//! | 413 | `body_too_large` | the body has more than [`MAX_BODY_BYTES`] |
//! | 415 | `unsupported_media_type` | the body is declared as something else than JSON in UTF-8 |
//! | 422 | `refused` | the plugin itself refuses; `refusal` has its words |
//! | 500 | `invalid_schema`, `unwritable_verdict` | the plugin breaks the contract |
//!
//! Only the module `spin` knows Spin; it exists on wasm32.
#![forbid(unsafe_code)]

mod answer;
mod plan;
mod question;

#[cfg(target_arch = "wasm32")]
pub mod spin;

use contract::about::Description;
use contract::types::Refusal;
use serde::{Serialize, de::DeserializeOwned};

pub use crate::answer::{Answer, body_too_large, unreadable_body};
pub use crate::plan::{Plan, plan};

/// Largest body that is read, in bytes.
pub const MAX_BODY_BYTES: usize = 1024 * 1024;

/// Answers a question: its JSON in, the verdict's JSON out, written as the host's journal writes it.
pub fn ask<Q, V>(body: &[u8], ask: impl FnOnce(Q) -> Result<V, Refusal>) -> Answer
where
    Q: DeserializeOwned,
    V: Serialize,
{
    let question = match question::read(body) {
        Ok(question) => question,
        Err(problem) => return problem,
    };
    match ask(question) {
        Ok(verdict) => answer::json(&verdict),
        Err(refusal) => answer::refused(&refusal),
    }
}

/// Answers what a plugin is. The settings schema is a part of the document, not a text in it.
#[must_use]
pub fn describe(description: &Description) -> Answer {
    answer::description(description)
}

#[cfg(test)]
mod tests;
