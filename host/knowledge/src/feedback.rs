//! Feedback on knowledge points 知识点反馈 (Art. 36, R68): the centre finds something wrong or missing,
//! the unit sees to it within two working days, or one in an emergency 突发事件知识点反馈, and answers
//! even where nothing is to be done.

mod command;

mod event;

mod state;

mod decide;

mod apply;

pub use command::{Command, CommandKind, NewFeedback};
pub use event::Event;
pub use state::{Action, Answer, Fault, Feedback, Stage, Urgency};

pub(crate) use apply::{fold, open};
pub(crate) use decide::{decide, decide_new, mark_due, recompute, stage_allows, timers};
