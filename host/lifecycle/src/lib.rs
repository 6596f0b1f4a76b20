//! The pure core: work orders, commands, events and the rules by article.
//!
//! [`decide`] says what a command does to an order, [`apply`] folds an event into it. No I/O, no
//! async, no clock, no random numbers: time, calendar, rule set and what plugins advised are
//! arguments. All rules are in `decide`, none in `apply`, so replaying a journal needs nothing but
//! the journal.
//!
//! The way of a command: [`needs`] says what advice to fetch, [`decide`] checks in the module `gate`
//! who may do it and in which stage, hands it to its file below `rules`, and answers with events and
//! effects; [`apply`] folds the events, and [`timers`] says what is to be timed from then on.
#![forbid(unsafe_code)]
#![warn(clippy::arithmetic_side_effects)]

pub mod ids;

pub mod command;

pub mod event;

pub mod order;

pub mod effect;

pub mod rejection;

pub mod deadline;

pub mod timer;

pub mod ruleset;

pub mod advice;

pub mod directory;

pub mod assessment;

pub mod dossier;

pub mod knowledge;

pub mod catalogue;

mod decide;

mod gate;

mod draft;

mod rules;

mod apply;

pub use apply::{Corrupt, apply, replay};
pub use decide::{Alike, Context, Decision, Facts, Needs, Related, decide, needs};
pub use gate::{allowed, check_permission, forbidden};
pub use rules::contact::{ContactSeries, contact_series};
pub use rules::escalation::many_alike;
pub use rules::recompute::needs_recomputation;
pub use timer::timers;
