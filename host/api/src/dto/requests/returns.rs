//! Returns, joint handling, hard cases (Art. 16–18).

use engine::Texts;
use lifecycle::command::{self, Command};
use lifecycle::ids::UnitCode;
use serde::Deserialize;
use utoipa::ToSchema;

use super::{IntoCommand, NewEvidence};
use crate::dto::{Dispute, Words};

/// An application to return an order that is not the unit's own (Art. 16(3), 17(1), R28, R29).
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReturnRequest {
    /// What is disputed, with what must prove it.
    pub ground: ReturnGround,
    /// The concrete reasons.
    pub reason: Words,
    /// The unit that should have it, if the applicant has a suggestion.
    #[schema(value_type = Option<String>, example = "GZ-CGJ")]
    pub suggested_unit: Option<UnitCode>,
}

/// What is disputed, with what the law wants as proof of it (Art. 17(1), R29).
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case", tag = "ground", deny_unknown_fields)]
pub enum ReturnGround {
    /// Duty and authority (Art. 17(1)(1)).
    DutyAuthority {
        /// The unit's own functions.
        own_functions: Words,
        /// The part of the order that lies outside them.
        outside_part: Words,
    },
    /// Maintenance of a facility (Art. 17(1)(2)): one of the two.
    FacilityMaintenance {
        /// The unit's own range of maintenance.
        own_range: Option<Words>,
        /// The document by which the duty was handed over.
        handover: Option<NewEvidence>,
    },
    /// Area of jurisdiction (Art. 17(1)(3)).
    JurisdictionArea {
        /// The unit's own area.
        own_area: Words,
    },
    /// A document says so (Art. 17(1)(4)).
    ExplicitBasis {
        /// The document.
        document: NewEvidence,
        /// Reasons from the unit's own duties.
        duties: Words,
    },
}

impl ReturnGround {
    fn into_core(self, texts: &mut Texts) -> command::ReturnGround {
        match self {
            Self::DutyAuthority {
                own_functions,
                outside_part,
            } => command::ReturnGround::DutyAuthority {
                own_functions: texts.add(own_functions.into()),
                outside_part: texts.add(outside_part.into()),
            },
            Self::FacilityMaintenance {
                own_range,
                handover,
            } => command::ReturnGround::FacilityMaintenance {
                own_range: own_range.map(|range| texts.add(range.into())),
                handover: handover.map(Into::into),
            },
            Self::JurisdictionArea { own_area } => command::ReturnGround::JurisdictionArea {
                own_area: texts.add(own_area.into()),
            },
            Self::ExplicitBasis { document, duties } => command::ReturnGround::ExplicitBasis {
                document: document.into(),
                duties: texts.add(duties.into()),
            },
        }
    }
}

impl IntoCommand for ReturnRequest {
    fn into_command(self, texts: &mut Texts) -> Command {
        Command::RequestReturn(command::ReturnRequest {
            ground: self.ground.into_core(texts),
            reason: texts.add(self.reason.into()),
            suggested_unit: self.suggested_unit,
        })
    }
}

one_text! {
    /// That the centre admits a return after the unit's time (Art. 16(3), R28).
    LateReturn {
        /// Why.
        reason
    } = AllowLateReturn;
}

/// What the centre says to an application to return the order (Art. 17(2), R30, R31).
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReturnDecision {
    /// Granted or refused.
    pub decision: ReturnOutcome,
    /// Why.
    pub reason: Words,
}

/// Granted or refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ReturnOutcome {
    /// Granted.
    Approve,
    /// Refused; the unit goes on, and its clock has never stopped.
    Reject,
}

impl ReturnOutcome {
    fn into_core(self, reason: Words, texts: &mut Texts) -> command::ReturnDecision {
        let reason = texts.add(reason.into());
        match self {
            Self::Approve => command::ReturnDecision::Approve { reason },
            Self::Reject => command::ReturnDecision::Reject { reason },
        }
    }
}

impl IntoCommand for ReturnDecision {
    fn into_command(self, texts: &mut Texts) -> Command {
        Command::DecideReturn(self.decision.into_core(self.reason, texts))
    }
}

/// The units that assist the lead unit (Art. 17(3), R32).
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AssistingUnits {
    /// The units, each with its part. The regulation refuses an empty list.
    pub units: Vec<NewAssistingUnit>,
}

/// A unit that assists the lead unit, and its part.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewAssistingUnit {
    /// Code of a unit of the directory.
    #[schema(value_type = String, example = "GZ-CGJ")]
    pub unit: UnitCode,
    /// What it does.
    pub part: Words,
}

impl IntoCommand for AssistingUnits {
    fn into_command(self, texts: &mut Texts) -> Command {
        let units = self.units.into_iter();
        let units = units.map(|assisting| command::AssistingUnit {
            unit: assisting.unit,
            part: texts.add(assisting.part.into()),
        });
        Command::NameAssistingUnits {
            units: units.collect(),
        }
    }
}

one_text! {
    /// What an assisting unit hands to the lead unit (Art. 17(3), R32).
    Assistance {
        /// What it did.
        content
    } = RecordAssistance;

    /// The objection of an assisting unit to its part (Art. 17(3), R32).
    AssistanceObjection {
        /// Why.
        reason
    } = ObjectToAssisting;
}

/// What the centre says to the objection of an assisting unit (Art. 17(3), R32).
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ObjectionDecision {
    /// Which unit.
    #[schema(value_type = String, example = "GZ-CGJ")]
    pub unit: UnitCode,
    /// Granted, which releases the unit, or refused.
    pub decision: ReturnOutcome,
    /// Why.
    pub reason: Words,
}

impl IntoCommand for ObjectionDecision {
    fn into_command(self, texts: &mut Texts) -> Command {
        Command::DecideObjection {
            unit: self.unit,
            decision: self.decision.into_core(self.reason, texts),
        }
    }
}

one_text! {
    /// That the coordination of a hard case begins (Art. 18, R33).
    Coordination {
        /// Why.
        reason
    } = OpenCoordination;
}

/// A question to an authority (Art. 18(1), R34).
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OpinionRequest {
    /// What is disputed.
    pub dispute: Dispute,
    /// Who is asked: code of a unit of the directory.
    #[schema(value_type = String, example = "GZ-BB")]
    pub adviser: UnitCode,
    /// The question.
    pub question: Words,
}

impl IntoCommand for OpinionRequest {
    fn into_command(self, texts: &mut Texts) -> Command {
        Command::RequestOpinion(command::OpinionRequest {
            dispute: self.dispute.into(),
            adviser: self.adviser,
            question: texts.add(self.question.into()),
        })
    }
}

/// An authority's guidance opinion (Art. 18, R34).
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OpinionGiven {
    /// The authority that gave it; the centre must name it, an authority need not.
    #[schema(value_type = Option<String>, example = "GZ-BB")]
    pub adviser: Option<UnitCode>,
    /// What it says.
    pub opinion: Words,
    /// The document.
    pub document: NewEvidence,
}

impl IntoCommand for OpinionGiven {
    fn into_command(self, texts: &mut Texts) -> Command {
        Command::RecordOpinion {
            adviser: self.adviser,
            opinion: texts.add(self.opinion.into()),
            document: self.document.into(),
        }
    }
}
