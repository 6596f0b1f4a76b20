//! The pure core: work orders, commands, events and the rules by article.
//!
//! [`decide`] says what a command does to an order, [`apply`] folds an event into it. No I/O, no
//! async, no clock, no random numbers: time, calendar, rule set and what plugins advised are
//! arguments. All rules are in `decide`, none in `apply`, so replaying a journal needs nothing but
//! the journal.
#![forbid(unsafe_code)]
#![warn(clippy::arithmetic_side_effects)]

pub mod advice;
pub mod command;
pub mod deadline;
pub mod effect;
pub mod event;
pub mod ids;
pub mod order;
pub mod rejection;
pub mod ruleset;
pub mod timer;
