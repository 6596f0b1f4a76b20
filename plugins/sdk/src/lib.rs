//! What the author of a Kapok plugin depends on: one settings type, one function, one macro.
//!
//! ```
//! use schemars::JsonSchema;
//! use sdk::routing::{Candidate, Question, Verdict};
//! use sdk::{Problem, Refusal};
//! use serde::Deserialize;
//!
//! /// What the district may change without a new component.
//! #[derive(Deserialize, JsonSchema)]
//! #[serde(deny_unknown_fields)]
//! struct Settings {
//!     /// Code of the unit that looks after the street lamps.
//!     lamps: String,
//! }
//!
//! impl sdk::Settings for Settings {
//!     type Rules = Self;
//!
//!     fn prepare(self) -> Result<Self, Vec<Problem>> {
//!         if self.lamps.is_empty() {
//!             return Err(vec![sdk::problem("lamps", "must name a unit, such as `GZ-D106`")]);
//!         }
//!         Ok(self)
//!     }
//! }
//!
//! fn route(settings: &Settings, question: &Question) -> Result<Verdict, Refusal> {
//!     if !question.text.contains("路灯") {
//!         return Ok(Verdict::NoOpinion);
//!     }
//!     Ok(Verdict::Ranked(vec![Candidate {
//!         unit: settings.lamps.clone(),
//!         score_permille: 900,
//!         reason: "命中“路灯”".to_owned(),
//!     }]))
//! }
//!
//! sdk::routing! {
//!     name: "street-lamps",
//!     summary: "Street lamps go to the district.",
//!     settings: Settings,
//!     route: route,
//! }
//! # fn main() {}
//! ```
//!
//! The crate is a `cdylib` (and an `rlib`, so that its tests run natively), built with
//! `cargo build --profile plugin --target wasm32-wasip2`. [`escalation!`] and [`knowledge!`] work the
//! same way with `escalate` and `check`.
//!
//! The host hands the settings over once, when it bakes the rule image: unknown and ill-typed fields
//! are refused with their path, [`Settings::prepare`] checks what types cannot and compiles them into
//! what the function needs, and the result is frozen. Work done there costs no decision anything.
//!
//! A function must depend on nothing but its two arguments. Clock and random numbers exist but are
//! the host's; files, network and environment do not exist.

pub mod numerals;
pub mod text;

mod findings;
mod plugin;
mod settings;

#[cfg(target_arch = "wasm32")]
mod bindings;
#[cfg(not(target_arch = "wasm32"))]
pub mod testing;

pub use contract::about::Problem;
pub use contract::types::{Channel, CivilDate, Instant, OrderType, Rating, Refusal};
pub use contract::{escalation, knowledge, routing};
pub use findings::{Findings, Level};
pub use settings::{Settings, problem, read_json};

/// What the macros need and authors do not.
#[doc(hidden)]
pub mod __private {
    #[cfg(target_arch = "wasm32")]
    pub use crate::bindings::{base, escalation, knowledge, routing};
    pub use crate::plugin::{Author, Checker, Escalator, Plugin, Router};
    pub use contract::about::Kind;
}

#[cfg(test)]
mod tests;
