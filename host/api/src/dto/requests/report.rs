//! The unit's report: how it came to an end with the matter, and what Art. 22 wants of each type
//! (Art. 12(3), 16(2), 21, 22, 24, 26(2)).

use engine::Texts;
use lifecycle::command::{self, Command, HandlingConclusion, HandlingReport, ReplyException};
use lifecycle::ids::OrderId;
use serde::Deserialize;
use utoipa::ToSchema;

use super::{IntoCommand, NewEvidence, missing, superfluous};
use crate::dto::{Line, MediationOutcome, Time, Words};
use crate::problem::Problem;

/// What the unit submits (Art. 21, 22).
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Submission {
    /// When handling began.
    pub handled_from: Time,
    /// When handling ended.
    pub handled_until: Time,
    /// The executing body 经办机构 under the unit, if any (Art. 6).
    pub handling_office: Option<Line>,
    /// Course of the handling.
    pub course: Words,
    /// Result of the handling.
    pub result: Words,
    /// Why there was no reply, if there was none.
    pub reply_exception: Option<NoReply>,
    /// What else the unit deems necessary.
    pub remarks: Option<Words>,
    /// How the unit came to an end with the matter; `handled` if not given.
    pub conclusion: Option<Conclusion>,
    /// What the report must say for this type of matter (Art. 22); the regulation wants it where the
    /// matter was handled.
    pub content: Option<ReportContent>,
}

/// Why there is no reply (Art. 21).
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NoReply {
    /// Which exception.
    pub exception: NoReplyKind,
    /// Evidence that no reply is wanted; needed with `not_wanted`, and only there.
    pub evidence: Option<NewEvidence>,
}

/// Exceptions from the duty to reply (Art. 21).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum NoReplyKind {
    /// The requester said clearly that no reply is needed.
    NotWanted,
    /// Three recorded calls, each at least 15 minutes apart, did not reach the requester.
    Unreachable,
}

impl IntoCommand for Submission {
    fn check(&self) -> Result<(), Problem> {
        let evidence = "reply_exception.evidence";
        match &self.reply_exception {
            Some(NoReply {
                exception: NoReplyKind::NotWanted,
                evidence: None,
            }) => Err(missing(evidence, "`not_wanted` needs the evidence of it")),
            Some(NoReply {
                exception: NoReplyKind::Unreachable,
                evidence: Some(_),
            }) => {
                let why = "goes with `not_wanted` only; calls are recorded on the order";
                Err(superfluous(evidence, why))
            }
            Some(_) | None => Ok(()),
        }
    }

    fn into_command(self, texts: &mut Texts) -> Command {
        let exception = self.reply_exception.map(|given| match given.evidence {
            Some(evidence) => ReplyException::NotWanted {
                evidence: evidence.into(),
            },
            None => ReplyException::Unreachable,
        });
        Command::Submit(HandlingReport {
            handled_from: self.handled_from.into(),
            handled_until: self.handled_until.into(),
            handling_office: self.handling_office.map(Into::into),
            course: texts.add(self.course.into()),
            result: texts.add(self.result.into()),
            reply_exception: exception,
            remarks: self.remarks.map(|remarks| texts.add(remarks.into())),
            conclusion: self
                .conclusion
                .map(|conclusion| conclusion.into_core(texts))
                .unwrap_or_default(),
            content: self.content.map(|content| content.into_core(texts)),
        })
    }
}

/// How the unit came to an end with the matter (R17, R27, R46, R53). All of them are reviewed and rated.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case", tag = "conclusion", deny_unknown_fields)]
pub enum Conclusion {
    /// Handled.
    Handled {},
    /// The requester could not be reached to verify or supplement (Art. 12(3), CR06).
    Unreachable {},
    /// The requester refused to verify or supplement (Art. 12(3), CR06).
    Refused {
        /// Record of the refusal.
        evidence: NewEvidence,
    },
    /// Dealt with under Art. 11(2)(2)–(5) of the Measures (Art. 16(2), CR07).
    StatutoryDisposition {
        /// Code of the ground, one of the rule set's.
        ground: Line,
        /// What the ground rests on in this case.
        basis: Words,
        /// Where the requester was pointed to.
        guidance: Words,
        /// The document, where the ground wants one.
        attachment: Option<NewEvidence>,
    },
    /// The same requester again, without new facts, on what was lawfully finished (Art. 24, CR10).
    Repeat {
        /// Number of the finished order.
        #[schema(value_type = String)]
        earlier: OrderId,
        /// The written statement to the centre; the regulation refuses a repeat without.
        statement: Option<NewEvidence>,
    },
    /// The same requester again on what is a long-term matter (Art. 26(2), CR11).
    LongTermProgress {
        /// Number of the order that is listed under the matter.
        #[schema(value_type = String)]
        earlier: OrderId,
    },
}

impl Conclusion {
    fn into_core(self, texts: &mut Texts) -> HandlingConclusion {
        match self {
            Self::Handled {} => HandlingConclusion::Handled,
            Self::Unreachable {} => HandlingConclusion::Unreachable,
            Self::Refused { evidence } => HandlingConclusion::Refused {
                evidence: evidence.into(),
            },
            Self::StatutoryDisposition {
                ground,
                basis,
                guidance,
                attachment,
            } => HandlingConclusion::StatutoryDisposition {
                ground: ground.into(),
                basis: texts.add(basis.into()),
                guidance: texts.add(guidance.into()),
                attachment: attachment.map(Into::into),
            },
            Self::Repeat { earlier, statement } => HandlingConclusion::Repeat {
                earlier,
                statement: statement.map(Into::into),
            },
            Self::LongTermProgress { earlier } => HandlingConclusion::LongTermProgress { earlier },
        }
    }
}

/// What a report must say for its type of matter (Art. 22, R43).
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case", tag = "type", deny_unknown_fields)]
pub enum ReportContent {
    /// Of a consultation: basis and explanation (Art. 22(1)).
    Consultation {
        /// The basis.
        basis: Words,
    },
    /// Of a complaint: how it was dealt with (Art. 22(2)).
    Complaint {
        /// How.
        handling: Words,
        /// How the mediation ended; needed where a consumer dispute was mediated.
        mediation: Option<NewMediation>,
    },
    /// Of a violation report: the administrative measures, and whether a case was opened (Art. 22(3)).
    ViolationReport {
        /// The measures taken.
        measures: Words,
        /// Number of the case, where one was opened (已立案).
        case_opened: Option<Line>,
    },
    /// Of a help request: measures and state (Art. 22(4)).
    HelpRequest {
        /// Both.
        measures: Words,
    },
    /// Of a suggestion: adopted or not (Art. 22(5)).
    Suggestion {
        /// Which, with what the law wants of it.
        outcome: SuggestionOutcome,
    },
}

/// What became of a suggestion (Art. 22(5)).
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case", tag = "outcome", deny_unknown_fields)]
pub enum SuggestionOutcome {
    /// Adopted.
    Adopted {
        /// Measures taken or planned.
        measures: Words,
    },
    /// Not adopted.
    NotAdopted {
        /// Why not, from the unit's own duties.
        reasons: Words,
    },
}

/// How a mediation ended (Art. 22(2)).
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewMediation {
    /// How.
    pub outcome: MediationOutcome,
    /// The document, if there is one.
    pub document: Option<NewEvidence>,
}

impl ReportContent {
    fn into_core(self, texts: &mut Texts) -> command::ReportContent {
        match self {
            Self::Consultation { basis } => command::ReportContent::Consultation {
                basis: texts.add(basis.into()),
            },
            Self::Complaint {
                handling,
                mediation,
            } => command::ReportContent::Complaint {
                handling: texts.add(handling.into()),
                mediation: mediation.map(|mediation| command::Mediation {
                    outcome: mediation.outcome.into(),
                    document: mediation.document.map(Into::into),
                }),
            },
            Self::ViolationReport {
                measures,
                case_opened,
            } => command::ReportContent::ViolationReport {
                measures: texts.add(measures.into()),
                case_opened: case_opened.map(Into::into),
            },
            Self::HelpRequest { measures } => command::ReportContent::HelpRequest {
                measures: texts.add(measures.into()),
            },
            Self::Suggestion { outcome } => command::ReportContent::Suggestion {
                outcome: outcome.into_core(texts),
            },
        }
    }
}

impl SuggestionOutcome {
    fn into_core(self, texts: &mut Texts) -> command::SuggestionOutcome {
        match self {
            Self::Adopted { measures } => command::SuggestionOutcome::Adopted {
                measures: texts.add(measures.into()),
            },
            Self::NotAdopted { reasons } => command::SuggestionOutcome::NotAdopted {
                reasons: texts.add(reasons.into()),
            },
        }
    }
}
