//! Knowledge points 知识点 (Art. 33–35, R66, R67): what a unit makes public about its business, and
//! what consultations are answered from (Art. 13(1), R19).
//!
//! A draft stands beside the published version. Whoever writes it is not who reviews it; a version is
//! never changed, only followed by the next one. Validity begins with the publication and ends 24:00 of
//! its last day; the instant alone decides, whether a timer has fired or not.

mod content;

mod fields;

mod command;

mod event;

mod state;

mod validity;

mod bounds;

mod decide;

mod review;

mod standing;

mod apply;

mod question;

pub mod diff;

pub use command::{Command, CommandKind, LongerFor, NewPoint, Verdict};
pub use content::{Attachment, Content, English, Field, LegalBasis, Relation, RelationKind};
pub use event::{Asked, Checked, Event, Subject};
pub use fields::{FromLines, lines, set_lines};
pub use question::question;
pub use state::{Draft, DraftStage, Keeper, LongerRequest, Point, Standing, TakeDown, Version};
pub use validity::{Approval, Reminder, Span, Term, Validity, validity_of};

pub(crate) use apply::{fold, open};
pub(crate) use bounds::{bounded, check_content, filled, missing_fields, short};
pub(crate) use decide::{decide, decide_new, mark_due, stage_allows};
pub(crate) use standing::timers;
