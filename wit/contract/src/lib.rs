//! The plugin contract of `wit/` as Rust types with their JSON form.
//!
//! One set of types for everybody who speaks about a question or a verdict: the host's engine and
//! journal, the SDK that plugin authors use, and the HTTP adapter in front of a plugin. The JSON form
//! defined here is the one that the journal keeps and that the functions answer, so that the same
//! decision has the same bytes everywhere: field order is declaration order, names are snake_case,
//! instants are RFC 3339 in +08:00 with milliseconds, dates are `YYYY-MM-DD`.
//!
//! Bindings generated from the WIT have types of the same shape; [`types_bridge!`],
//! [`about_bridge!`], [`routing_bridge!`], [`escalation_bridge!`] and [`knowledge_bridge!`] write the
//! conversions both ways in the crate that owns the bindings.
#![forbid(unsafe_code)]

pub mod about;
pub mod escalation;
pub mod knowledge;
pub mod routing;
pub mod types;

mod bridge;
