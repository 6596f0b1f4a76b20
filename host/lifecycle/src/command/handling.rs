//! What handling carries: contact, extension, additions, reply and report (Art. 12, 16, 19–26).

use calendar::Period;
use chrono::{DateTime, Timelike, Utc};
use serde::{Deserialize, Serialize};

use crate::ids::{OrderId, TextId};

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

impl ContactAttempt {
    /// Whether it began outside 08:00 to 22:00, local time. The law names no hours, so the call counts
    /// all the same; whoever made it is warned (R15).
    #[must_use]
    pub fn at_unusual_hour(&self) -> bool {
        let hour = self.started_at.with_timezone(&calendar::zone()).hour();
        !(8..22).contains(&hour)
    }
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

/// An extension of the handling period (R36, R37).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Extension {
    /// How long; at most as long as the period of the first dispatch.
    pub period: Period,
    /// Why.
    pub reason: TextId,
    /// The centre's approval, where the rule set wants one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub approval: Option<Evidence>,
}

/// How the requester was told, or that it was tried three times (R36, R39).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "told")]
pub enum RequesterTold {
    /// Told.
    Told {
        /// When; not in the future.
        at: DateTime<Utc>,
        /// How.
        method: ReplyMethod,
        /// Record of it.
        evidence: Evidence,
    },
    /// Three counted calls, recorded on the order, were not answered.
    Unreachable,
}

/// What the unit makes of an addition (R38, R39).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatementJudgement {
    /// Position in the journal of the addition.
    pub statement: u64,
    /// Whether it affects the handling.
    pub effect: StatementEffect,
    /// What the requester was told, and what was recorded of the contact.
    pub explanation: TextId,
    /// How the requester was told.
    pub told: RequesterTold,
}

/// Whether an addition affects the handling.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StatementEffect {
    /// It does: the handling period begins anew with its receipt (R38).
    AffectsHandling,
    /// It does not: the clock runs on (R39).
    DoesNotAffect,
}

/// What the unit submits (R42, R43).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HandlingReport {
    /// When handling began.
    pub handled_from: DateTime<Utc>,
    /// When handling ended.
    pub handled_until: DateTime<Utc>,
    /// The executing body 经办机构 under the unit, if any (Art. 6, R4); the unit stays accountable.
    pub handling_office: Option<String>,
    /// Course of the handling.
    pub course: TextId,
    /// Result of the handling.
    pub result: TextId,
    /// Why there was no reply, if there was none.
    pub reply_exception: Option<ReplyException>,
    /// What else the unit deems necessary.
    pub remarks: Option<TextId>,
    /// How the unit came to an end with the matter.
    #[serde(default)]
    pub conclusion: HandlingConclusion,
    /// What the report must say for this type of matter (Art. 22); needed where the matter was handled.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub content: Option<ReportContent>,
}

/// How the unit came to an end with the matter. All of them are reviewed and rated.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "conclusion")]
pub enum HandlingConclusion {
    /// Handled.
    #[default]
    Handled,
    /// The requester could not be reached to verify or supplement (R17, kind CR06).
    Unreachable,
    /// The requester refused to verify or supplement (R17, kind CR06).
    Refused {
        /// Record of the refusal.
        evidence: Evidence,
    },
    /// Dealt with under Art. 11(2)(2)–(5) of the Measures (R27, kind CR07).
    StatutoryDisposition {
        /// Code of the ground, one of the rule set's.
        ground: String,
        /// What the ground rests on in this case.
        basis: TextId,
        /// Where the requester was pointed to.
        guidance: TextId,
        /// The document, where the ground wants one.
        attachment: Option<Evidence>,
    },
    /// The same requester again, without new facts, on what was lawfully finished (R46, kind CR10).
    Repeat {
        /// The finished order.
        earlier: OrderId,
        /// The written statement to the centre.
        statement: Option<Evidence>,
    },
    /// The same requester again on what is a long-term matter (R53, kind CR11).
    LongTermProgress {
        /// The order that is listed under the matter.
        earlier: OrderId,
    },
}

impl HandlingConclusion {
    /// The earlier order that it rests on, if it does.
    #[must_use]
    pub const fn earlier(&self) -> Option<&OrderId> {
        match self {
            Self::Repeat { earlier, .. } | Self::LongTermProgress { earlier } => Some(earlier),
            Self::Handled
            | Self::Unreachable
            | Self::Refused { .. }
            | Self::StatutoryDisposition { .. } => None,
        }
    }
}

/// What a report must say for its type of matter (Art. 22).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "type")]
pub enum ReportContent {
    /// Of a consultation: basis and explanation (Art. 22(1)).
    Consultation {
        /// The basis.
        basis: TextId,
    },
    /// Of a complaint: how it was dealt with (Art. 22(2)).
    Complaint {
        /// How.
        handling: TextId,
        /// How the mediation ended; needed where a consumer dispute was mediated.
        mediation: Option<Mediation>,
    },
    /// Of a violation report: the administrative measures, and whether a case was opened (Art. 22(3)).
    ViolationReport {
        /// The measures taken.
        measures: TextId,
        /// Number of the case, where one was opened (已立案).
        case_opened: Option<String>,
    },
    /// Of a help request: measures and state (Art. 22(4)).
    HelpRequest {
        /// Both.
        measures: TextId,
    },
    /// Of a suggestion: adopted or not (Art. 22(5)).
    Suggestion {
        /// Which, with what the law wants of it.
        outcome: SuggestionOutcome,
    },
}

/// What became of a suggestion.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "outcome")]
pub enum SuggestionOutcome {
    /// Adopted.
    Adopted {
        /// Measures taken or planned.
        measures: TextId,
    },
    /// Not adopted.
    NotAdopted {
        /// Why not, from the unit's own duties.
        reasons: TextId,
    },
}

/// How a mediation ended (Art. 22(2)).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mediation {
    /// How.
    pub outcome: MediationOutcome,
    /// The document, if there is one.
    pub document: Option<Evidence>,
}

/// How a mediation ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MediationOutcome {
    /// The parties agreed.
    Agreed,
    /// They did not agree.
    NotAgreed,
    /// It was terminated.
    Terminated,
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
