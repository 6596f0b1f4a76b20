//! Advance notice of important changes 重要业务变动、政策法规调整 (Art. 37, R69): the unit tells the
//! centre before they take effect, and both answer the questions that follow by joint measures. No lead
//! is prescribed; how long it was is a fact.

mod command;

mod event;

mod state;

mod decide;

mod apply;

pub use command::{Command, CommandKind, NewChange};
pub use event::Event;
pub use state::{Change, ChangeKind, Lead, Measure, MeasureKind, PassedOn, Stage};

pub(crate) use apply::{fold, open};
pub(crate) use decide::{decide, decide_new, mark_due, stage_allows, timers};
