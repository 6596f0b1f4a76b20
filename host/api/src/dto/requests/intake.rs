//! Taking in: what is missing, direct answer, routing, dispatch, withdrawal (Art. 12, 13, 16, 23).

use engine::{IdentityClaim, Texts};
use lifecycle::command::{self, Command, Identity};
use lifecycle::ids::UnitCode;
use serde::Deserialize;
use utoipa::ToSchema;

use super::{IntoCommand, NewEvidence, NewIdentity, missing, superfluous};
use crate::dto::{Line, Period, Words};
use crate::problem::Problem;

one_text! {
    /// A question for everything that is missing, at once (Art. 12(1), 12(2), R15, R16).
    InformationRequest {
        /// All that is missing.
        missing
    } = RequestInformation;
}

/// What the requester supplies of what was missing (Art. 12, R16).
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct InformationSupply {
    /// What was supplied.
    pub content: Words,
    /// Who supplied it.
    pub from: NewIdentity,
}

impl IntoCommand for InformationSupply {
    fn into_command(self, texts: &mut Texts) -> Command {
        Command::SupplyInformation {
            content: texts.add(self.content.into()),
            identity: Identity::Other,
        }
    }

    fn claim(&self) -> Option<IdentityClaim> {
        Some(self.from.claim())
    }
}

/// Whether what was supplied is enough (Art. 12, R15, R16).
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct InformationAssessment {
    /// Whether it is.
    pub assessment: Assessment,
    /// The note that the law wants; with `insufficient`, and only there.
    pub note: Option<Words>,
}

/// Whether supplied information is enough.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Assessment {
    /// The matter can be registered.
    Sufficient,
    /// It still cannot; the order ends with CR04.
    Insufficient,
}

impl IntoCommand for InformationAssessment {
    fn check(&self) -> Result<(), Problem> {
        match (self.assessment, &self.note) {
            (Assessment::Insufficient, None) => Err(missing(
                "note",
                "`insufficient` needs what is still missing",
            )),
            (Assessment::Sufficient, Some(_)) => {
                Err(superfluous("note", "goes with `insufficient` only"))
            }
            (Assessment::Insufficient, Some(_)) | (Assessment::Sufficient, None) => Ok(()),
        }
    }

    fn into_command(self, texts: &mut Texts) -> Command {
        Command::AssessInformation(match self.note {
            Some(note) => command::InformationAssessment::Insufficient {
                note: texts.add(note.into()),
            },
            None => command::InformationAssessment::Sufficient,
        })
    }
}

/// The end of an order whose information stays missing (Art. 12(1), R15).
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Incomplete {
    /// Why it stays missing.
    pub ground: IncompleteGround,
    /// The note that the law wants.
    pub note: Words,
}

/// Why information stays missing.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case", tag = "ground", deny_unknown_fields)]
pub enum IncompleteGround {
    /// Three counted calls were not answered (CR02).
    Unreachable {},
    /// The requester refused (CR03).
    Refused {
        /// Record of the refusal.
        evidence: NewEvidence,
    },
}

impl IntoCommand for Incomplete {
    fn into_command(self, texts: &mut Texts) -> Command {
        Command::CloseIncomplete {
            ground: match self.ground {
                IncompleteGround::Unreachable {} => command::IncompleteGround::Unreachable,
                IncompleteGround::Refused { evidence } => command::IncompleteGround::Refused {
                    evidence: evidence.into(),
                },
            },
            note: texts.add(self.note.into()),
        }
    }
}

/// Asks the routing rules again: `{}` or no body.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RouteAgain {}

impl IntoCommand for RouteAgain {
    fn into_command(self, _: &mut Texts) -> Command {
        Command::Route
    }
}

/// Says that the matter is the unit's own (Art. 16(1)): `{}` or no body.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AcceptDuty {}

impl IntoCommand for AcceptDuty {
    fn into_command(self, _: &mut Texts) -> Command {
        Command::AcceptDuty
    }
}

/// An answer from the knowledge base (Art. 13(1)).
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Answer {
    /// The knowledge point that was used.
    pub knowledge_point: Line,
    /// Its version.
    pub knowledge_version: u32,
    /// The answer as it was given.
    pub answer: Words,
}

impl IntoCommand for Answer {
    fn into_command(self, texts: &mut Texts) -> Command {
        Command::AnswerDirectly(command::DirectAnswer {
            knowledge_point: self.knowledge_point.into(),
            knowledge_version: self.knowledge_version,
            answer: texts.add(self.answer.into()),
        })
    }
}

/// A dispatch to a handling unit (Art. 13, 17, 18).
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Dispatch {
    /// Code of a unit of the directory.
    #[schema(value_type = String, example = "GZ-CGJ")]
    pub unit: UnitCode,
    /// A handling period of its own, set by another document (Art. 14(3)).
    pub special_limit: Option<NewSpecialLimit>,
    /// Whether several units handle the order together, this one as lead unit (Art. 17(3), R32); only
    /// after a return.
    #[serde(default)]
    pub joint: bool,
}

/// A handling period set by another document (Art. 14(3), R23).
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewSpecialLimit {
    /// The period.
    pub period: Period,
    /// Title and number of the document. The regulation refuses an empty one.
    #[serde(default)]
    pub basis: String,
    /// Where the document is kept, if it is attached.
    pub attachment: Option<NewEvidence>,
    /// How many extensions the document allows; the law's two if not given.
    pub extensions_max: Option<u16>,
}

impl IntoCommand for Dispatch {
    fn into_command(self, _: &mut Texts) -> Command {
        Command::Dispatch(command::Dispatch {
            unit: self.unit,
            special_limit: self.special_limit.map(|limit| command::SpecialLimit {
                period: limit.period.into(),
                basis: limit.basis,
                attachment: limit.attachment.map(Into::into),
                extensions_max: limit.extensions_max,
            }),
            joint: self.joint,
        })
    }
}

/// A withdrawal through the hotline (Art. 9(3), 23(2), R45).
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Withdrawal {
    /// Who withdraws.
    pub from: NewIdentity,
    /// Record of the contact.
    pub evidence: NewEvidence,
}

impl IntoCommand for Withdrawal {
    fn into_command(self, _: &mut Texts) -> Command {
        Command::Withdraw(command::Withdrawal {
            identity: Identity::Other,
            evidence: self.evidence.into(),
        })
    }

    fn claim(&self) -> Option<IdentityClaim> {
        Some(self.from.claim())
    }
}

/// The end of an order that was withdrawn (Art. 23(2), R45).
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WithdrawalClose {
    /// The note of the unit.
    pub note: Words,
    /// Of a violation report: whether the unit goes on with it inside its own duties.
    #[serde(default)]
    pub goes_on: bool,
}

impl IntoCommand for WithdrawalClose {
    fn into_command(self, texts: &mut Texts) -> Command {
        Command::CloseWithdrawn {
            note: texts.add(self.note.into()),
            goes_on: self.goes_on,
        }
    }
}
