//! The pure domain of the knowledge base 热线知识库 (Chapter 5: Art. 33–38, R66–R70), beside the work
//! orders of `lifecycle` and in the same manner.
//!
//! | entry | what | rule |
//! |---|---|---|
//! | [`point`] | a unit's knowledge point 知识点: draft, check, review, versions, validity | R66, R67, R19 |
//! | [`feedback`] | what the centre finds wrong or missing, and the unit's answer | R68 |
//! | [`change`] | advance notice of an important change, with its joint measures | R69 |
//! | [`outage`] | a service that is down: page notice, answer script, second stage | R70 |
//!
//! [`decide`] has all rules and [`apply`] none, so replaying a journal needs nothing but the journal.
//! [`timers`] says what is to be timed, [`needs`] what the shell must look up before it decides. Beside
//! them stand the forms in which points travel ([`import`]) and the differences between two versions of
//! a point ([`point::diff`]).
//!
//! What a point must contain beyond the least of Art. 34 differs between districts and lives in plugins:
//! their findings are facts here, and a blocking one keeps a draft from its review.
#![forbid(unsafe_code)]
#![warn(clippy::arithmetic_side_effects)]

pub mod ids;

pub mod rules;

pub mod deadline;

pub mod effect;

pub mod rejection;

pub mod point;

pub mod feedback;

pub mod change;

pub mod outage;

pub mod import;

mod entry;

mod decide;

mod apply;

mod gate;

mod ruling;

pub use apply::{Corrupt, apply, replay};
pub use decide::{Command, Context, Decision, Facts, Needs, PointFacts, decide, needs};
pub use entry::{Entry, Event, Moment, Recorded, Stamp, Timer, timers};
pub use gate::{Standing, allowed, check_permission, standings};
pub use rejection::Rejection;
pub use ruling::needs_recomputation;
