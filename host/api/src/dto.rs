//! Request and response types: HTTP owns its formats. Each converts from or to the core's types in
//! one place, and each is described in the OpenAPI document.

mod vocabulary;

mod values;

pub mod registration;

pub mod requests;

pub mod parameters;

pub mod deadlines;

pub mod decisions;

pub mod history;

pub mod orders;

pub mod requester;

pub mod reference;

pub(crate) use values::in_local_time;
pub use values::{Line, Period, Time, Words};
pub use vocabulary::{
    Channel, CloseCode, CommandName, ContactResult, DeadlineKind, DispatchChoice, EvidenceKind,
    FailureKind, FollowUpMethod, NoDeadline, OrderType, Question, QueueReason, Rating, ReplyMethod,
};
