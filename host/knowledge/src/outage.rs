//! Outages of units' web sites and apps 系统故障 (Art. 38, R70): what is published on the home page,
//! the answer script within one calendar day, and from the second day on the duty to tell the centre how
//! it goes.

mod command;

mod event;

mod state;

mod decide;

mod stages;

mod apply;

pub use command::{Command, CommandKind};
pub use event::Event;
pub use state::{Notice, Outage, Progress, Report, Script, Support, Update};

pub(crate) use apply::{fold, open};
pub(crate) use decide::{decide, decide_new, stage_allows};
pub(crate) use stages::{mark_due, recompute, timers};
