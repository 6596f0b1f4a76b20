//! The knowledge base as it is sent and shown (Chapter 5): points, feedback, changes, outages; lists,
//! checks in bulk, answers that were given; and the files in which points travel.

mod changes;

mod content;

mod feedback;

pub mod files;

mod lists;

mod outages;

mod parameters;

mod points;

mod found;

mod requests;

mod shown;

mod words;

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use engine::ports::{Delivery as CoreDelivery, Message as CoreMessage};
use engine::{KnowledgeDeadlineView, KnowledgeView};
use knowledge_base::deadline::{Deadline as CoreDeadline, Missed as CoreMissed};
use knowledge_base::point::diff::{FieldChange as CoreFieldChange, LineChange};
use knowledge_base::{Entry as CoreEntry, Recorded};
use lifecycle::effect::Notice;
use lifecycle::ids::{Actor as CoreActor, TextId};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::dto::deadlines::{DeadlineStatus, Texts};
use crate::dto::deliveries::Delivery;
use crate::dto::dossiers::Force;
use crate::dto::explanation::Prohibition;
use crate::dto::history::{Actor, Recipient};
use crate::dto::{Period, Time, in_local_time};

pub use changes::{
    Change, ChangeAcknowledgement, ChangeAmendment, ChangeCancellation, ChangeClosing,
    ChangePassedOn, Measure, NewChange, NewMeasure, ShownPassedOn, Told,
};
pub use content::{Attachment, English, Faq, LegalBasis, PointContent, Relation, ShownTerm, Span};
pub use feedback::{
    Feedback, FeedbackAction, FeedbackAnswer, FeedbackWithdrawal, NewFeedback, ShownAnswer,
};
pub use found::{
    FoundPoint, FoundPoints, FoundReason, FoundSnippet, FoundText, SearchParameters,
    SuggestionRequest,
};
pub use lists::{
    BulkCheck, BulkCheckPage, CandidateImage, CheckPart, CheckedPart, DirectAnswer,
    DirectAnswerPage, Expiring, ExpiringUnit, FeedbackFigures, FeedbackRow, KnowledgeLine,
    KnowledgePage,
};
pub use outages::{
    NewOutage, Outage, OutageEnd, OutageNotice, OutageProgress, OutageScript, OutageState,
    OutageSupport, ShownScript, ShownUpdate,
};
pub use parameters::{
    AnswerParameters, DiffParameters, EntryParameters, ExpiryParameters, ExportParameters,
    ExportPart, FeedbackFigureParameters, PointImportParameters, PointParameters,
};
pub use points::{Checked, Draft, Finding, LongerWanted, Point, Validity, Version};
pub(crate) use requests::IntoKnowledgeCommand;
pub use requests::{
    DraftDiscard, DraftEdit, LongerDecision, LongerSubject, LongerValidity, NewPoint, PointCheck,
    PointConfirmation, PointReview, PointRevision, PointVerdict, Restoration, Submission, TakeDown,
};
pub use words::{
    ChangeKind, EntryKind, Fault, Keeper, KnowledgeDeadlineKind, MeasureKind, PointKind,
    RelationKind, Severity, Urgency,
};

/// An entry of the knowledge base as it stands. Exactly one of `point`, `feedback`, `change` and `outage`
/// is there.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct KnowledgeEntry {
    /// Its number.
    #[schema(example = "K-20261124-K7Q2M4X9PA")]
    pub id: String,
    /// Number of events so far; also the `ETag`, in quotes.
    pub version: u64,
    /// Its kind.
    pub kind: EntryKind,
    /// The unit that it is about: owner of a point, or whom a feedback, change or outage concerns.
    #[schema(example = "GZ-CGJ")]
    pub unit: String,
    /// Where it stands. A point: `unpublished`, `published`, `expiring`, `taken_down` or `expired`; a
    /// feedback: `open`, `answered` or `withdrawn`; a change: `open`, `closed` or `cancelled`; an outage:
    /// `down`, `second_stage` or `ended`.
    #[schema(example = "published")]
    pub stage: &'static str,
    /// When it was opened.
    pub opened_at: Time,
    /// Deadlines that run now and that a new calendar may move.
    pub running: Vec<KnowledgeDeadline>,
    /// Deadlines that were missed. Facts; they survive.
    pub missed: Vec<KnowledgeMissed>,
    /// A knowledge point (Art. 34).
    pub point: Option<Point>,
    /// A feedback (Art. 36).
    pub feedback: Option<Feedback>,
    /// A notice of a change (Art. 37).
    pub change: Option<Change>,
    /// An outage (Art. 38).
    pub outage: Option<Outage>,
    /// Commands that the caller may give now, by name; what they carry may still be refused.
    #[schema(example = json!(["edit_point", "check_point", "submit_point"]))]
    pub allowed: Vec<&'static str>,
}

/// A deadline of the knowledge base and how it came about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct KnowledgeDeadline {
    /// What it is for.
    pub kind: KnowledgeDeadlineKind,
    /// The unit that it is for.
    pub unit: String,
    /// Rule of the catalogue that sets it.
    #[schema(example = "R67")]
    pub rule: String,
    /// Article of the implementing rules.
    #[schema(example = "第三十五条")]
    pub article: String,
    /// How strictly it binds.
    pub force: Force,
    /// Position in the history of the event that started it.
    pub trigger_seq: u64,
    /// From when the period counts.
    pub trigger_at: Time,
    /// Length of the period.
    pub period: Period,
    /// The last instant that is in time.
    pub due_at: Time,
    /// Where the clock starts.
    pub clock_start: Time,
    /// The days counted, in order, for limits in days.
    pub counted: Vec<NaiveDate>,
    /// Whether it may move when the holiday notice of a year is imported.
    pub provisional: bool,
    /// Version of the calendar that it was computed with.
    pub calendar_version: String,
    /// Rule set that it was computed under.
    pub rule_set: String,
    /// Whether that rule set was in force at the trigger.
    pub rule_set_in_force: bool,
}

/// A deadline of the knowledge base with how it stands and why it is what it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ExplainedKnowledgeDeadline {
    /// The deadline.
    #[serde(flatten)]
    pub deadline: KnowledgeDeadline,
    /// How it stands.
    pub status: DeadlineStatus,
    /// Working days left, while it runs and has not passed; 0 on the last one.
    pub working_days_left: Option<u16>,
    /// Working days overdue, while it runs and has passed; 0 on the first one.
    pub working_days_overdue: Option<u16>,
    /// How it came about, for people.
    pub explanation: Texts,
}

/// A missed deadline of the knowledge base.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct KnowledgeMissed {
    /// Which.
    pub deadline: KnowledgeDeadlineKind,
    /// The due instant that was missed.
    pub due_at: Time,
    /// How strictly it binds; only `law` counts as overdue.
    pub force: Force,
}

/// An entry after a command.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct KnowledgeOutcome {
    /// The entry.
    #[serde(flatten)]
    pub entry: KnowledgeEntry,
    /// The events that came of the command.
    pub events: Vec<KnowledgeEvent>,
}

/// An entry with everything that explains it.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct WholeKnowledgeEntry {
    /// The entry.
    #[serde(flatten)]
    pub entry: KnowledgeEntry,
    /// Whether people's own words are masked here.
    pub masked: bool,
    /// The texts that the entry refers to, by reference; those that were erased are left out.
    #[schema(value_type = Object)]
    pub texts: BTreeMap<String, String>,
    /// Every deadline that it ever had, oldest first, with its explanation.
    pub deadlines: Vec<ExplainedKnowledgeDeadline>,
    /// Everything that happened, oldest first.
    pub history: Vec<KnowledgeEvent>,
    /// Messages about it, oldest first.
    pub messages: Vec<KnowledgeMessage>,
}

/// Everything that happened to an entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct KnowledgeHistory {
    /// Its number.
    pub id: String,
    /// Its version.
    pub version: u64,
    /// The events, oldest first.
    pub events: Vec<KnowledgeEvent>,
}

/// One event of an entry's journal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct KnowledgeEvent {
    /// Position in the journal, from 1 without gaps; the entry's version after it.
    pub seq: u64,
    /// When.
    pub at: Time,
    /// By whom.
    pub by: Actor,
    /// What happened, such as `opened`, `checked`, `published`, `confirmed` or `answered`.
    #[schema(example = "published")]
    pub event: &'static str,
    /// What belongs to it, as the journal keeps it; texts are references into `texts`. Members are
    /// only ever added.
    #[schema(value_type = Object)]
    pub data: Value,
}

/// A message about an entry, without its text: whoever shows it fills a template.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct KnowledgeMessage {
    /// Its number.
    pub id: i64,
    /// When it was put into the box.
    pub at: Time,
    /// To whom.
    pub to: Recipient,
    /// What about, such as `awaits_review`, `expires_soon` or `feedback_opened`.
    #[schema(example = "expires_soon")]
    pub occasion: String,
    /// What belongs to it, such as until when a version is valid.
    #[schema(value_type = Object)]
    pub data: Value,
    /// On which ways it went out, and what became of it; none where it stays in the box.
    pub deliveries: Vec<Delivery>,
}

/// Why an entry stands as it does, and what can be done now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct KnowledgeExplanation {
    /// Its number.
    pub id: String,
    /// Its version.
    pub version: u64,
    /// Where it stands.
    pub stage: &'static str,
    /// When it was explained.
    pub now: Time,
    /// Every deadline that it has or had, each with how it came about.
    pub deadlines: Vec<ExplainedKnowledgeDeadline>,
    /// Every command on such an entry: who gives it, and what forbids it now.
    pub commands: Vec<KnowledgeCommand>,
}

/// A command and whether it can be given now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct KnowledgeCommand {
    /// The command, by name.
    #[schema(example = "confirm_point")]
    pub command: &'static str,
    /// Whether the unit that the entry is about gives it.
    pub by_unit: bool,
    /// Whether the centre gives it.
    pub by_center: bool,
    /// What forbids it where the entry stands now; null where it can be given.
    pub forbidden_by: Option<Prohibition>,
}

/// A published version of a point, as everybody may read it.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct PublishedVersion {
    /// The point's number.
    pub point: String,
    /// The unit that owns it.
    pub unit: String,
    /// Whether a consultation may be answered from this version now (Art. 13(1)).
    pub answers: bool,
    /// The last instant of the validity that it has, or had.
    pub valid_until: Time,
    /// The version.
    #[serde(flatten)]
    pub version: Version,
}

/// What differs between two versions of a point.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct PointDiff {
    /// The point's number.
    pub point: String,
    /// The older version.
    pub from: u32,
    /// The newer one; null for the draft.
    pub to: Option<u32>,
    /// The fields that differ, in the order in which one reads them; none if nothing does.
    pub changes: Vec<FieldChange>,
    /// The same as text: the field's name, then each line after `  `, `- ` or `+ `.
    pub text: String,
}

/// A field that differs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct FieldChange {
    /// Which.
    #[schema(example = "legal_basis")]
    pub field: &'static str,
    /// Its name for people.
    #[schema(example = "依据")]
    pub label: &'static str,
    /// Its lines, with what became of each: `kept`, `removed` or `added`.
    pub lines: Vec<DiffLine>,
}

/// A line of a field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct DiffLine {
    /// What became of it.
    #[schema(example = "added")]
    pub change: &'static str,
    /// The line.
    pub text: String,
}

pub(super) fn reference(TextId(id): TextId) -> Uuid {
    id
}

/// The word of a kind of point, by which the search index knows it.
pub(crate) fn point_kind_name(kind: contract::knowledge::PointKind) -> &'static str {
    PointKind::from(kind).word()
}
