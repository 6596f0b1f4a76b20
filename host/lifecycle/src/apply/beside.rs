//! Folding what runs beside the stages: supervision, and proposals of escalation rules.

use chrono::{DateTime, Utc};
use contract::escalation::Action;

use crate::advice::EscalationAdvice;
use crate::command::SupervisionAnswer;
use crate::event::Event;
use crate::ids::UnitCode;
use crate::order::{
    ProposalState, Proposed, SupervisedUnit, Supervision, SupervisionState, WorkOrder,
};

pub(super) fn supervised(
    order: &mut WorkOrder,
    event: &Event,
    (seq, at): (u64, DateTime<Utc>),
) -> Option<()> {
    let Event::Supervised {
        order: wanted,
        unit,
        answer_by,
        guidance_by,
    } = event
    else {
        return None;
    };
    let addressee = |unit: &UnitCode, answer_by| SupervisedUnit {
        unit: unit.clone(),
        answer_by,
        answer: None,
    };
    let guidance = wanted.guidance_unit.as_ref();
    order.supervisions.push(Supervision {
        seq,
        at,
        order: wanted.clone(),
        unit: addressee(unit, answer_by.clone()),
        guidance: guidance.map(|unit| addressee(unit, guidance_by.clone())),
        state: SupervisionState::Open,
    });
    followed(order, &Action::Supervise);
    Some(())
}

fn find(order: &mut WorkOrder, seq: u64) -> Option<&mut Supervision> {
    order.supervisions.iter_mut().find(|it| it.seq == seq)
}

pub(super) fn answered(
    order: &mut WorkOrder,
    unit: &UnitCode,
    answer: &SupervisionAnswer,
) -> Option<()> {
    let supervision = find(order, answer.supervision)?;
    let addressees = std::iter::once(&mut supervision.unit).chain(&mut supervision.guidance);
    for addressee in addressees.filter(|it| it.unit == *unit) {
        addressee.answer = Some(*answer);
    }
    let mut all = std::iter::once(&supervision.unit).chain(&supervision.guidance);
    if all.all(|it| it.answer.is_some()) {
        supervision.state = SupervisionState::Answered;
    }
    Some(())
}

pub(super) fn accepted(order: &mut WorkOrder, seq: u64) -> Option<()> {
    find(order, seq)?.state = SupervisionState::Accepted;
    Some(())
}

/// Another answer is owed; the limit stays what it is.
pub(super) fn rejected(order: &mut WorkOrder, seq: u64) -> Option<()> {
    let supervision = find(order, seq)?;
    supervision.state = SupervisionState::Open;
    supervision.unit.answer = None;
    if let Some(guidance) = &mut supervision.guidance {
        guidance.answer = None;
    }
    Some(())
}

/// Keeps the proposals that a person decides; what waits already is not kept twice.
pub(super) fn advised(order: &mut WorkOrder, advice: &EscalationAdvice, seq: u64) {
    for (proposal, proposed) in (0_u16..).zip(advice.verdict.iter().flatten()) {
        let action = proposed.action;
        let for_a_person = match action {
            Action::Supervise | Action::OpenCoordination | Action::ListLongTerm => true,
            Action::Notify(_) | Action::RaisePriority(_) => false,
        };
        let mut waiting = order.proposals.iter();
        let waits = waiting.any(|it| it.action == action && it.state == ProposalState::Open);
        if for_a_person && !waits {
            order.proposals.push(Proposed {
                advice: seq,
                proposal,
                action,
                reason: proposed.reason.clone(),
                state: ProposalState::Open,
            });
        }
    }
}

/// What a person did follows every open proposal of that action.
pub(super) fn followed(order: &mut WorkOrder, action: &Action) {
    let open = order.proposals.iter_mut();
    for proposal in open.filter(|it| it.action == *action && it.state == ProposalState::Open) {
        proposal.state = ProposalState::Followed;
    }
}

pub(super) fn dismissed(order: &mut WorkOrder, (advice, proposal): (u64, u16)) -> Option<()> {
    let mut proposals = order.proposals.iter_mut();
    let it = proposals.find(|it| it.advice == advice && it.proposal == proposal)?;
    it.state = ProposalState::Dismissed;
    Some(())
}
