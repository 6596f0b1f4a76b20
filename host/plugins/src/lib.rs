//! Runs rule plugins: checks a component, bakes it with its settings into an image, compiles and
//! caches it, and asks it within limits, each time in a fresh instance.
//!
//! * [`check()`] says whether a component is a plugin of this contract that asks for nothing it may
//!   not have.
//! * [`Baker`] freezes a component and its settings into an [`Image`], whose digest is the rule's
//!   identity; [`RuleList`] does so for a list of rules.
//! * [`report()`] puts everything together that is to be known of a component before it is taken, in
//!   plain words.
//! * [`Runtime`] loads images, follows [`Table`]s of active rules and candidates, swaps them while
//!   decisions run, and is the engine's `Advisor`.
//!
//! * [`Functions`] asks those images that run as HTTP functions elsewhere.
//! * [`Project`] is an author's folder, and [`fixtures`] are questions with the verdicts expected of a
//!   plugin; [`Runtime::examine`] asks one and tells what the call used.
//!
//! The same question to the same image in the same decision gives the same bytes: the guest's clock
//! stands at the order's instant, its random numbers follow from the decision's id, NaNs are
//! canonical, and what ends a guest is counted fuel, with wall-clock time only as a safety net.
//!
//! Never here: what a verdict means for an order. That is decided by `lifecycle`.

mod answer;
mod bake;
mod bindings;
mod breaker;
mod cache;
mod caller;
mod candidate;
mod check;
mod error;
mod examine;
pub mod fixtures;
mod function;
mod gate;
mod guest;
mod image;
mod limits;
mod machine;
mod project;
mod replay;
mod report;
mod rule;
mod rules;
mod runtime;
mod settings;
mod shadow;
mod table;
mod trial;
mod warm;
mod wasi;
mod workshop;

pub use bake::Baker;
pub use cache::{Cache, Origin};
pub use candidate::{Candidate, CandidateCounts, Counts};
pub use check::{CONTRACT, Checked, Refused, check};
pub use error::Error;
pub use examine::{Examined, Question, Usage};
pub use function::{Function, Functions, SIGNATURE, signature};
pub use image::{Image, Sidecar};
pub use limits::Limits;
pub use machine::ENGINE;
pub use project::{PROJECT_FILE, Project};
pub use replay::{Repeated, Replay, ReplayError, ReplayedAttempt, Told, replay};
pub use report::{Check, CheckState, Push, Report, report, report_baked};
pub use rule::Rule;
pub use rules::{Baked, Force, ListedRule, RuleEntry, RuleList};
pub use runtime::Runtime;
pub use settings::{settings_from_file, settings_from_json};
pub use table::{Placement, Table, Tally};
pub use trial::{Class, Distribution, Group, Move, Sample, Trial, TrialError, TrialReport};
pub use workshop::RuleWorkshop;
