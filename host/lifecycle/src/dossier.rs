//! Dossiers: what the Rules demand beside the single work order, each with a journal, deadlines and
//! timers of its own.
//!
//! | kind | what | rule |
//! |---|---|---|
//! | long-term matter 长期推进事项 | listing, bulletins, plans, progress, the final situation | R50, R52–R54, Art. 25(3), 26 |
//! | liaison filing 备案 | a change of the leader in charge or of full-time staff | R5, Art. 7 |
//! | joint conference 联席会议 | one register a calendar year, with its plenary | R2, Art. 3 |
//! | training | a unit's training log | R6, Art. 7 |
//! | contact | what became no order, or several: handed off, out of scope, refused, pointed on | R1, R11, R13, R14, Art. 2, 10, 11 |
//! | own mechanism | difficult matters submitted to the conference or the government | R35, Art. 18 |
//! | publication | public pages, and suggestions that came in | R65, Art. 32 |
//!
//! As with orders, [`decide`] has all rules and [`apply`] none. A dossier never changes an order: it
//! names member orders, and tells their requesters.

mod contact;

mod command;

mod event;

mod state;

mod matter;

mod register;

mod deadline;

mod rules;

mod effect;

mod rejection;

mod gate;

mod decide;

mod draft;

mod listing;

mod task;

mod entries;

mod due;

mod recompute;

mod apply;

pub use apply::{Corrupt, apply, replay};
pub use command::{Command, CommandKind, NewMatter};
pub use contact::{Contact, ContactPart, EmergencyLine, HandOff, ScopeReason};
pub use deadline::{DossierDeadline, DossierDeadlineKind, Force};
pub use decide::{Context, Decision, Facts, OrderFacts, decide};
pub use due::{DossierTimer, timers};
pub use effect::{About, DossierNotice, Effect, Occasion};
pub use event::{Event, Recorded};
pub use gate::{allowed, check_permission};
pub use matter::{ListedUnit, LongTermMatter, Member, Task, TaskStage};
pub use recompute::needs_recomputation;
pub use register::{
    Conference, Filed, Filing, LiaisonFiling, Meeting, MeetingKind, OwnMechanism, Position,
    Publication, StaffChange, Submission, SubmittedTo, Supervisor, Training,
};
pub use rejection::Rejection;
pub use rules::DossierRules;
pub use state::{Content, Dossier, DossierId, DossierKind, Missed};
