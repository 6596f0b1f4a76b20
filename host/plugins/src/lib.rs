//! Runs rule plugins: checks a component, bakes it with its settings into an image, compiles and
//! caches it, and asks it within limits, each time in a fresh instance.
//!
//! * [`check()`] says whether a component is a plugin of this contract that asks for nothing it may
//!   not have.
//! * [`Baker`] freezes a component and its settings into an [`Image`], whose digest is the rule's
//!   identity; [`RuleList`] does so for a list of rules.
//! * [`Runtime`] loads images, keeps the active rules by scope and question, swaps them while
//!   decisions run, and is the engine's `Advisor`.
//!
//! The same question to the same image in the same decision gives the same bytes: the guest's clock
//! stands at the order's instant, its random numbers follow from the decision's id, NaNs are
//! canonical, and what ends a guest is counted fuel, with wall-clock time only as a safety net.
//!
//! Never here: what a verdict means for an order. That is decided by `lifecycle`.

mod answer;
mod bake;
mod bindings;
mod cache;
mod check;
mod error;
mod gate;
mod guest;
mod image;
mod limits;
mod machine;
mod registry;
mod rules;
mod runtime;
mod settings;
mod wasi;

pub use bake::Baker;
pub use cache::{Cache, Origin};
pub use check::{CONTRACT, Checked, Refused, check};
pub use error::Error;
pub use image::{Image, Sidecar};
pub use limits::Limits;
pub use machine::ENGINE;
pub use registry::Rule;
pub use rules::{Baked, Force, RuleEntry, RuleList};
pub use runtime::Runtime;
pub use settings::{settings_from_file, settings_from_json};
