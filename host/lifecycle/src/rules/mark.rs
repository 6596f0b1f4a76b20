//! What marks an order without moving it: concealment, conduct, priority, type, lists, proposals
//! (Art. 9, 26, 45): R8, R9, R11, R52, R77, A-23.

use contract::escalation::Priority;
use contract::types::OrderType;

use super::{check, due};
use crate::command::{Concealment, Reclassification};
use crate::deadline::{DeadlineKind, Rule};
use crate::draft::Draft;
use crate::effect::{Notice, Recipient};
use crate::event::{Event, NewPeriods};
use crate::ids::TextId;
use crate::order::{ProposalState, Stage, WorkOrder};
use crate::rejection::Rejection;

/// R9: hides what the requester wants hidden from then on. R11: a matter that needs the real name
/// cannot be hidden from the handling unit.
pub(crate) fn conceal(
    order: &WorkOrder,
    wanted: &Concealment,
    draft: &mut Draft<'_>,
) -> Result<(), Rejection> {
    check_concealment(wanted)?;
    if order.real_name.is_some() && wanted.scope.hides_from_units() {
        return Err(Rejection::RealNameRequired);
    }
    draft.emit(Event::Concealed(wanted.clone()));
    draft.notify(Recipient::Requester, Notice::ConcealmentWarning);
    Ok(())
}

/// R9: which fields, and a record of the warning.
pub(super) fn check_concealment(wanted: &Concealment) -> Result<(), Rejection> {
    if wanted.fields.is_empty() {
        return Err(Rejection::ConcealmentWithoutFields);
    }
    check::evidence("concealment.warned.reference", &wanted.warned)
}

/// R8: a mark and nothing else; the law names no sanction.
pub(crate) fn flag_conduct(note: TextId, draft: &mut Draft<'_>) -> Result<(), Rejection> {
    draft.emit(Event::ConductFlagged { note });
    Ok(())
}

/// A person sets the priority, be it to undo what an escalation rule raised.
pub(crate) fn set_priority(
    priority: Priority,
    reason: TextId,
    draft: &mut Draft<'_>,
) -> Result<(), Rejection> {
    draft.emit(Event::PrioritySet {
        priority,
        reason: Some(reason),
    });
    Ok(())
}

/// R77, A-23: the centre corrects the type. With a unit, that is a new dispatch with the period of the
/// new type; a special limit of another document ends with it.
pub(crate) fn reclassify(
    order: &WorkOrder,
    wanted: &Reclassification,
    draft: &mut Draft<'_>,
) -> Result<(), Rejection> {
    if wanted.order_type == order.order_type {
        return Err(Rejection::Unchanged);
    }
    due::lapse(order, draft);
    let deadlines = match (&order.stage, order.assignment()) {
        (Stage::AwaitingVerification | Stage::InHandling, Some(_)) if order.round() > 1 => {
            return Err(Rejection::RehandledBefore);
        }
        (Stage::AwaitingVerification | Stage::InHandling, Some(_)) => {
            Some(new_periods(wanted.order_type, draft)?)
        }
        (_, _) => None,
    };
    let dispatched = deadlines.is_some();
    draft.emit(Event::Reclassified {
        order_type: wanted.order_type,
        reason: wanted.reason,
        deadlines,
    });
    if dispatched {
        draft.tell_unit(order, Notice::Dispatched);
    }
    Ok(())
}

fn new_periods(order_type: OrderType, draft: &Draft<'_>) -> Result<NewPeriods, Rejection> {
    let (rules, now) = (draft.context.rules, draft.now());
    let deadline = |kind: DeadlineKind, period| {
        let rule: Rule = kind.rule(order_type);
        draft.deadline(kind, order_type, (rule, period), now)
    };
    let verify_by = match order_type {
        OrderType::Commendation => None,
        OrderType::Consultation
        | OrderType::Complaint
        | OrderType::ViolationReport
        | OrderType::HelpRequest
        | OrderType::Suggestion => Some(deadline(DeadlineKind::Verification, rules.verify)?),
    };
    let handle_by = deadline(DeadlineKind::Handling, rules.handling_period(order_type))?;
    Ok(NewPeriods {
        verify_by,
        handle_by,
    })
}

/// R52: the centre lists the order under a long-term matter, or takes it off.
pub(crate) fn list_long_term(
    order: &WorkOrder,
    matter: Option<&String>,
    draft: &mut Draft<'_>,
) -> Result<(), Rejection> {
    if let Some(matter) = matter {
        check::filled("matter", matter)?;
    }
    if order.long_term.as_ref() == matter {
        return Err(Rejection::Unchanged);
    }
    draft.emit(Event::LongTermListed {
        matter: matter.cloned(),
    });
    Ok(())
}

/// A proposal waits for a person.
pub(super) fn may_dismiss(order: &WorkOrder) -> Result<(), Rejection> {
    let mut proposals = order.proposals.iter();
    if proposals.any(|it| it.state == ProposalState::Open) {
        Ok(())
    } else {
        Err(Rejection::NoSuchProposal)
    }
}

/// What an escalation rule proposed and a person does not follow.
pub(crate) fn dismiss(
    order: &WorkOrder,
    (advice, proposal): (u64, u16),
    reason: TextId,
    draft: &mut Draft<'_>,
) -> Result<(), Rejection> {
    may_dismiss(order)?;
    let mut proposals = order.proposals.iter();
    let open = proposals.any(|it| {
        it.advice == advice && it.proposal == proposal && it.state == ProposalState::Open
    });
    if !open {
        return Err(Rejection::NoSuchProposal);
    }
    draft.emit(Event::ProposalDismissed {
        advice,
        proposal,
        reason,
    });
    Ok(())
}
