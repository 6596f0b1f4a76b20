//! Request and response types: HTTP owns its formats. Each converts from or to the core's types in
//! one place, and each is described in the OpenAPI document.

mod vocabulary;

mod values;

pub mod registration;

pub mod requests;

pub mod parameters;

pub mod deadlines;

pub mod decisions;

pub mod explanation;

pub mod history;

pub mod deliveries;

pub mod due;

pub mod orders;

pub mod dossiers;

pub mod knowledge;

pub mod indicators;

pub mod requester;

pub mod plugins;

pub mod progress;

pub mod reference;

pub use values::{Line, Period, Time, Words};
pub(crate) use values::{as_journaled, in_local_time};
pub use vocabulary::{
    AssignmentRole, Channel, CloseCode, CommandName, ConcealedField, ConcealmentScope,
    ContactResult, DeadlineKind, DispatchChoice, Dispute, EvidenceKind, ExclusionGround,
    FailureKind, FollowUpMethod, MediationOutcome, NoDeadline, OrderType, Priority, ProposalState,
    Question, QueueReason, Rating, ReplyMethod, StatementEffect, SupersededBy, SupervisionState,
};
