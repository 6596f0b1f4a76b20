//! Bad plugins, one per way to fail, each an example of its own that builds to
//! `examples/<name>.wasm`. This file holds what they share.

use std::fmt::Display;

use schemars::JsonSchema;
use sdk::routing::{Candidate, Verdict};
use sdk::{Problem, Refusal};
use serde::Deserialize;

/// Settings of a plugin that needs none: `{}`.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Nothing {}

impl sdk::Settings for Nothing {
    type Rules = Self;

    fn prepare(self) -> Result<Self, Vec<Problem>> {
        Ok(self)
    }
}

/// One candidate with this reason.
///
/// # Errors
///
/// None; the type saves its callers a wrapping.
pub fn answer(reason: String) -> Result<Verdict, Refusal> {
    Ok(Verdict::Ranked(vec![Candidate {
        unit: "GZ-GUEST".to_owned(),
        score_permille: 500,
        reason,
    }]))
}

/// `ok`, or the error in parentheses.
pub fn outcome<T, E: Display>(result: Result<T, E>) -> String {
    match result {
        Ok(_) => "ok".to_owned(),
        Err(error) => format!("({error})"),
    }
}
