//! What can be asked of an order. Imperative names; each is one step of a person, a channel system, a
//! timer or an effect.

use chrono::{DateTime, Utc};
use contract::types::{Channel, OrderType, Rating};
use serde::{Deserialize, Serialize};

use crate::deadline::DeadlineKind;
use crate::ids::{DistrictCode, OrderId, RequesterId, TextId, UnitCode};

/// A command. `decide` answers it with events and effects, or rejects it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// Register a matter: the work order comes into being (Art. 11).
    Register(Registration),
    /// Answer a consultation from the knowledge base at once (Art. 13(1)).
    AnswerDirectly(DirectAnswer),
    /// Ask the routing plugins (again); the advice comes in the facts.
    Route,
    /// Dispatch to a handling unit (Art. 13).
    Dispatch(Dispatch),
    /// The unit has verified that the matter is its own (Art. 16(1)).
    AcceptDuty,
    /// The unit has tried to reach the requester (Art. 12, 21).
    RecordContactAttempt(ContactAttempt),
    /// The unit has told the requester the result (Art. 21).
    RecordReply(Reply),
    /// The unit submits its handling report (Art. 21).
    Submit(HandlingReport),
    /// The centre has reviewed the report.
    Review(Review),
    /// The rating channel was offered to the requester (Art. 27(2)); an effect reports back.
    RecordRatingOffer(RatingOffer),
    /// The requester rates the handling (Art. 27(3)).
    Rate(RatingChoice),
    /// The centre has called back a dissatisfied requester (Art. 28).
    RecordFollowUp(FollowUp),
    /// The centre ends an order whose requester is dissatisfied, without sending it back
    /// (Art. 29: "may"), with its reason.
    CloseDissatisfied {
        /// Why it is not sent back.
        reason: TextId,
    },
    /// The instant of a deadline, or of a question to the escalation plugins about it, has passed; a
    /// timer reports it.
    MarkDue {
        /// Which deadline.
        deadline: DeadlineKind,
        /// The deadline itself, or a question before or after it.
        moment: Moment,
    },
    /// A new calendar is in force: recompute what it changes (C3).
    RecomputeDeadlines,
}

/// The kinds of command, without what they carry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum CommandKind {
    /// See [`Command::Register`].
    Register,
    /// See [`Command::AnswerDirectly`].
    AnswerDirectly,
    /// See [`Command::Route`].
    Route,
    /// See [`Command::Dispatch`].
    Dispatch,
    /// See [`Command::AcceptDuty`].
    AcceptDuty,
    /// See [`Command::RecordContactAttempt`].
    RecordContactAttempt,
    /// See [`Command::RecordReply`].
    RecordReply,
    /// See [`Command::Submit`].
    Submit,
    /// See [`Command::Review`].
    Review,
    /// See [`Command::RecordRatingOffer`].
    RecordRatingOffer,
    /// See [`Command::Rate`].
    Rate,
    /// See [`Command::RecordFollowUp`].
    RecordFollowUp,
    /// See [`Command::CloseDissatisfied`].
    CloseDissatisfied,
    /// See [`Command::MarkDue`].
    MarkDue,
    /// See [`Command::RecomputeDeadlines`].
    RecomputeDeadlines,
}

impl CommandKind {
    /// All kinds, in the order of an order's life.
    pub const ALL: [Self; 15] = [
        Self::Register,
        Self::AnswerDirectly,
        Self::Route,
        Self::Dispatch,
        Self::AcceptDuty,
        Self::RecordContactAttempt,
        Self::RecordReply,
        Self::Submit,
        Self::Review,
        Self::RecordRatingOffer,
        Self::Rate,
        Self::RecordFollowUp,
        Self::CloseDissatisfied,
        Self::MarkDue,
        Self::RecomputeDeadlines,
    ];

    /// Stable name, as in JSON.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Register => "register",
            Self::AnswerDirectly => "answer_directly",
            Self::Route => "route",
            Self::Dispatch => "dispatch",
            Self::AcceptDuty => "accept_duty",
            Self::RecordContactAttempt => "record_contact_attempt",
            Self::RecordReply => "record_reply",
            Self::Submit => "submit",
            Self::Review => "review",
            Self::RecordRatingOffer => "record_rating_offer",
            Self::Rate => "rate",
            Self::RecordFollowUp => "record_follow_up",
            Self::CloseDissatisfied => "close_dissatisfied",
            Self::MarkDue => "mark_due",
            Self::RecomputeDeadlines => "recompute_deadlines",
        }
    }
}

impl Command {
    /// Which kind of command it is.
    #[must_use]
    pub const fn kind(&self) -> CommandKind {
        match self {
            Self::Register(_) => CommandKind::Register,
            Self::AnswerDirectly(_) => CommandKind::AnswerDirectly,
            Self::Route => CommandKind::Route,
            Self::Dispatch(_) => CommandKind::Dispatch,
            Self::AcceptDuty => CommandKind::AcceptDuty,
            Self::RecordContactAttempt(_) => CommandKind::RecordContactAttempt,
            Self::RecordReply(_) => CommandKind::RecordReply,
            Self::Submit(_) => CommandKind::Submit,
            Self::Review(_) => CommandKind::Review,
            Self::RecordRatingOffer(_) => CommandKind::RecordRatingOffer,
            Self::Rate(_) => CommandKind::Rate,
            Self::RecordFollowUp(_) => CommandKind::RecordFollowUp,
            Self::CloseDissatisfied { .. } => CommandKind::CloseDissatisfied,
            Self::MarkDue { .. } => CommandKind::MarkDue,
            Self::RecomputeDeadlines => CommandKind::RecomputeDeadlines,
        }
    }
}

/// Which instant of a deadline a timer stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Moment {
    /// The deadline comes near: a morning on which the escalation plugins are asked.
    DueSoon,
    /// The deadline has passed.
    Passed,
    /// The deadline was missed before: a morning on which the escalation plugins are asked again.
    StillOverdue,
}

/// A matter to be registered (R12).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Registration {
    /// Number of the new order.
    pub order: OrderId,
    /// Type of the matter (Art. 45), set by the centre.
    pub order_type: OrderType,
    /// How it came in.
    pub channel: Channel,
    /// District, where known.
    pub district: Option<DistrictCode>,
    /// Street or town, where known.
    pub street: Option<String>,
    /// Category of the matter, where known.
    pub category: Option<String>,
    /// Who asks.
    pub requester: RequesterId,
    /// The request in the requester's own words: subject and text.
    pub request: TextId,
    /// Where it comes from, such as `import:360114`; unique, so that nothing is registered twice.
    pub source: Option<String>,
}

/// An answer from the knowledge base (R19).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DirectAnswer {
    /// The knowledge point that was used.
    pub knowledge_point: String,
    /// Its version.
    pub knowledge_version: u32,
    /// The answer as it was given.
    pub answer: TextId,
}

/// A dispatch (R19–R24).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dispatch {
    /// The handling unit.
    pub unit: UnitCode,
    /// A handling period of its own, where a superior or another document sets one (Art. 14(3)).
    pub special_limit: Option<SpecialLimit>,
}

/// A handling period set by another document (R23).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SpecialLimit {
    /// The period.
    pub period: calendar::Period,
    /// The document that sets it, by title and number.
    pub basis: String,
}

/// One attempt to reach the requester by telephone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContactAttempt {
    /// When it began.
    pub started_at: DateTime<Utc>,
    /// When it ended; not before it began, not in the future.
    pub ended_at: DateTime<Utc>,
    /// What came of it.
    pub result: ContactResult,
    /// Identifier of the recording or call log.
    pub evidence: String,
}

/// What came of a call. A busy line, a switched-off telephone and an empty number count as
/// unanswered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ContactResult {
    /// Nobody answered.
    Unanswered,
    /// Somebody answered, the requester or another.
    Answered,
}

/// How the requester was told (Art. 21).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReplyMethod {
    /// By telephone.
    Phone,
    /// By short message.
    Sms,
    /// In writing.
    Writing,
    /// By another fitting way.
    Other,
}

/// A kind of reply evidence (R41).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EvidenceKind {
    /// Telephone recording 电话录音.
    Recording,
    /// Call log 通话记录.
    CallLog,
    /// Message log 短信记录.
    SmsLog,
    /// A letter or another document.
    Document,
}

/// A piece of reply evidence, searchable by its reference.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence {
    /// Its kind.
    pub kind: EvidenceKind,
    /// Where it is kept: identifier in the recording or document system; never empty.
    pub reference: String,
}

/// A reply to the requester (R40, R41).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reply {
    /// When the requester was told; not in the future, not before the dispatch.
    pub replied_at: DateTime<Utc>,
    /// How.
    pub method: ReplyMethod,
    /// Main content.
    pub content: TextId,
    /// At least one piece.
    pub evidence: Vec<Evidence>,
}

/// Why there is no reply (Art. 21).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "exception")]
pub enum ReplyException {
    /// The requester said clearly that no reply is needed.
    NotWanted {
        /// Evidence of it.
        evidence: Evidence,
    },
    /// Three attempts, each at least 15 minutes apart, did not reach the requester; they must be
    /// recorded on the order.
    Unreachable,
}

/// What the unit submits (R42).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HandlingReport {
    /// When handling began.
    pub handled_from: DateTime<Utc>,
    /// When handling ended.
    pub handled_until: DateTime<Utc>,
    /// The executing body 经办机构 under the unit, if any (Art. 6).
    pub handling_office: Option<String>,
    /// Course of the handling.
    pub course: TextId,
    /// Result of the handling.
    pub result: TextId,
    /// Why there was no reply, if there was none.
    pub reply_exception: Option<ReplyException>,
    /// What else the unit deems necessary.
    pub remarks: Option<TextId>,
}

/// Outcome of the centre's review.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "review")]
pub enum Review {
    /// The report meets the requirements.
    Pass,
    /// It does not; the unit goes on, and its clock has never stopped (R24).
    Fail {
        /// What is missing.
        reason: TextId,
    },
}

/// The rating channel as it was offered (R56).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RatingOffer {
    /// When it was sent.
    pub sent_at: DateTime<Utc>,
    /// When its delivery was confirmed, if it was; else the sending counts as receipt.
    pub delivered_at: Option<DateTime<Utc>>,
}

/// What the requester chose (R57).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RatingChoice {
    /// One of the five options.
    Option(Rating),
    /// Something else; invalid, kept for the record.
    Other(TextId),
}

/// A call-back (R58).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FollowUp {
    /// When it took place; not in the future.
    pub contacted_at: DateTime<Utc>,
    /// How.
    pub method: FollowUpMethod,
    /// Why the requester is dissatisfied, as he or she said.
    pub reasons: TextId,
}

/// How a dissatisfied requester is called back (Art. 28).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FollowUpMethod {
    /// By telephone.
    Phone,
    /// By short message.
    Sms,
    /// By internet.
    Internet,
}
