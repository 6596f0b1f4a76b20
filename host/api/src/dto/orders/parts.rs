//! What happened to an order beside its dispatches: what was missing, hidden, added, coordinated,
//! withdrawn, rated, supervised, proposed.

use lifecycle::{command, order};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

use super::assignment::{ContactAttempt, Evidence};
use super::viewer::Viewer;
use crate::dto::deadlines::Deadline;
use crate::dto::{
    ConcealedField, ConcealmentScope, Dispute, FollowUpMethod, ProposalState, Rating,
    StatementEffect, SupervisionState, Time, as_journaled,
};

/// What was missing, and what came of asking for it (Art. 12).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Information {
    /// All that was missing: reference into `texts`.
    pub missing: Uuid,
    /// When it was asked for.
    pub asked_at: Time,
    /// When the notice was sent, on network channels.
    pub notice_sent_at: Option<Time>,
    /// When its delivery was confirmed.
    pub notice_delivered_at: Option<Time>,
    /// By when the requester must answer, while that time runs.
    pub answer_by: Option<Deadline>,
    /// The calls of the centre, on the telephone channel.
    pub contact_attempts: Vec<ContactAttempt>,
    /// What was supplied: reference into `texts`.
    pub supplied: Option<Uuid>,
}

/// What is hidden from whom (Art. 9(2)); the data itself stands nowhere here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Concealment {
    /// Which fields.
    pub fields: Vec<ConcealedField>,
    /// Towards whom.
    pub scope: ConcealmentScope,
    /// Record of the requester having been warned.
    pub warned: Evidence,
}

/// Something that the requester added (Art. 20).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Statement {
    /// Position in the history.
    pub seq: u64,
    /// What was added: reference into `texts`.
    pub content: Uuid,
    /// When it was received.
    pub received_at: Time,
    /// What the unit made of it; null where it has not judged it.
    pub effect: Option<StatementEffect>,
}

/// The coordination of a hard case (Art. 18).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Coordination {
    /// When it was opened.
    pub opened_at: Time,
    /// Whether the third unit's return opened it.
    pub automatic: bool,
    /// The opinions that were asked for; for the authority that was asked, its own only.
    pub opinions: Vec<Opinion>,
}

/// A guidance opinion (Art. 18(1)).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Opinion {
    /// What is disputed.
    pub dispute: Dispute,
    /// Who was asked.
    pub adviser: String,
    /// The question: reference into `texts`.
    pub question: Uuid,
    /// By when it must answer.
    pub opinion_by: Deadline,
    /// The opinion: reference into `texts`; null while it is owed.
    pub opinion: Option<Uuid>,
    /// Its document.
    pub document: Option<Evidence>,
}

/// How the order was withdrawn (Art. 23(2)).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Withdrawn {
    /// When.
    pub at: Time,
    /// Record of the contact.
    pub evidence: Evidence,
    /// How the centre verified who withdrew: reference into `texts`; null where telephone number or
    /// account were the request's.
    pub verified: Option<Uuid>,
}

/// How the requester rated the hotline's service (Art. 27(1)).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct ServiceRating {
    /// All in all.
    pub overall: Rating,
    /// Attitude 服务态度.
    pub attitude: Option<Rating>,
    /// Wording 服务用语规范.
    pub wording: Option<Rating>,
    /// Whether the demand was understood 正确理解诉求.
    pub understanding: Option<Rating>,
    /// Competence of the answers 专业性和准确性.
    pub competence: Option<Rating>,
}

/// A call-back to a dissatisfied requester (Art. 28).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct CallBack {
    /// When it took place.
    pub contacted_at: Time,
    /// How.
    pub method: FollowUpMethod,
    /// Why the requester is dissatisfied: reference into `texts`.
    pub reasons: Uuid,
    /// Record of the contact.
    pub evidence: Option<Evidence>,
}

/// A supervision of the order (Art. 25).
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Supervision {
    /// Position in the history; answers and reviews name it.
    pub seq: u64,
    /// When it was ordered.
    pub at: Time,
    /// Which case of Art. 25(2) it is, as in the history.
    #[schema(value_type = Object)]
    pub case: Value,
    /// What the unit must do: reference into `texts`.
    pub requirement: Uuid,
    /// The unit that answers.
    pub unit: SupervisedUnit,
    /// The guidance unit, where it answers too.
    pub guidance: Option<SupervisedUnit>,
    /// Where it stands.
    pub state: SupervisionState,
}

/// One addressee of a supervision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct SupervisedUnit {
    /// The unit.
    pub unit: String,
    /// By when it must answer, where there is a limit.
    pub answer_by: Option<Deadline>,
    /// Its latest answer: reference into `texts`.
    pub answer: Option<Uuid>,
    /// Why the order was late: reference into `texts`.
    pub delay_explanation: Option<Uuid>,
}

/// A proposal of an escalation rule that a person follows or not.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct OpenProposal {
    /// Position in the history of the advice.
    pub advice: u64,
    /// Position of the proposal in it, from 0.
    pub proposal: u16,
    /// What: a word such as `supervise`, or an object such as `{"notify": "leader_in_charge"}`.
    #[schema(value_type = Value)]
    pub action: Value,
    /// The rule's reason.
    pub reason: String,
    /// What became of it.
    pub state: ProposalState,
}

impl Information {
    pub(super) fn new(information: &order::Information, stage: &order::Stage) -> Self {
        let answer_by = if let order::Stage::AwaitingInformation { answer_by, .. } = stage {
            answer_by.as_ref().map(Into::into)
        } else {
            None
        };
        let notice = information.notice;
        Self {
            missing: information.missing.0,
            asked_at: information.asked_at.into(),
            notice_sent_at: notice.map(|notice| notice.sent_at.into()),
            notice_delivered_at: notice
                .and_then(|notice| notice.delivered_at)
                .map(Into::into),
            answer_by,
            contact_attempts: information
                .contact_attempts
                .iter()
                .map(Into::into)
                .collect(),
            supplied: information.supplied.map(|text| text.0),
        }
    }
}

impl From<&command::Concealment> for Concealment {
    fn from(concealment: &command::Concealment) -> Self {
        Self {
            fields: concealment
                .fields
                .iter()
                .map(|field| (*field).into())
                .collect(),
            scope: concealment.scope.into(),
            warned: Evidence::from(&concealment.warned),
        }
    }
}

impl From<&order::AdditionalStatement> for Statement {
    fn from(statement: &order::AdditionalStatement) -> Self {
        Self {
            seq: statement.seq,
            content: statement.content.0,
            received_at: statement.received_at.into(),
            effect: statement.effect.map(Into::into),
        }
    }
}

impl Coordination {
    pub(super) fn new(coordination: &order::Coordination, viewer: Viewer<'_>) -> Self {
        let opinions = coordination.opinions.iter();
        let opinions = opinions.filter(|it| viewer.sees_part_of(&it.request.adviser));
        Self {
            opened_at: coordination.opened_at.into(),
            automatic: coordination.automatic,
            opinions: opinions.map(Into::into).collect(),
        }
    }
}

impl From<&order::Opinion> for Opinion {
    fn from(opinion: &order::Opinion) -> Self {
        let request = &opinion.request;
        Self {
            dispute: request.dispute.into(),
            adviser: request.adviser.to_string(),
            question: request.question.0,
            opinion_by: Deadline::from(&opinion.opinion_by),
            opinion: opinion.given.as_ref().map(|(text, _)| text.0),
            document: opinion.given.as_ref().map(|(_, document)| document.into()),
        }
    }
}

impl From<&order::Withdrawn> for Withdrawn {
    fn from(withdrawn: &order::Withdrawn) -> Self {
        let verified = match withdrawn.withdrawal.identity {
            command::Identity::Verified { how } => Some(how.0),
            command::Identity::SameAccount | command::Identity::Other => None,
        };
        Self {
            at: withdrawn.at.into(),
            evidence: Evidence::from(&withdrawn.withdrawal.evidence),
            verified,
        }
    }
}

impl From<&command::ServiceRating> for ServiceRating {
    fn from(rating: &command::ServiceRating) -> Self {
        Self {
            overall: rating.overall.into(),
            attitude: rating.attitude.map(Into::into),
            wording: rating.wording.map(Into::into),
            understanding: rating.understanding.map(Into::into),
            competence: rating.competence.map(Into::into),
        }
    }
}

impl From<&command::FollowUp> for CallBack {
    fn from(follow_up: &command::FollowUp) -> Self {
        Self {
            contacted_at: follow_up.contacted_at.into(),
            method: follow_up.method.into(),
            reasons: follow_up.reasons.0,
            evidence: follow_up.evidence.as_ref().map(Into::into),
        }
    }
}

impl From<&order::Supervision> for Supervision {
    fn from(supervision: &order::Supervision) -> Self {
        Self {
            seq: supervision.seq,
            at: supervision.at.into(),
            case: as_journaled(&supervision.order.case),
            requirement: supervision.order.requirement.0,
            unit: SupervisedUnit::from(&supervision.unit),
            guidance: supervision.guidance.as_ref().map(Into::into),
            state: supervision.state.into(),
        }
    }
}

impl From<&order::SupervisedUnit> for SupervisedUnit {
    fn from(unit: &order::SupervisedUnit) -> Self {
        let explanation = |answer: command::SupervisionAnswer| answer.delay_explanation;
        Self {
            unit: unit.unit.to_string(),
            answer_by: unit.answer_by.as_ref().map(Into::into),
            answer: unit.answer.map(|answer| answer.answer.0),
            delay_explanation: unit.answer.and_then(explanation).map(|text| text.0),
        }
    }
}

impl From<&order::Proposed> for OpenProposal {
    fn from(proposed: &order::Proposed) -> Self {
        Self {
            advice: proposed.advice,
            proposal: proposed.proposal,
            action: as_journaled(&proposed.action),
            reason: proposed.reason.clone(),
            state: proposed.state.into(),
        }
    }
}
