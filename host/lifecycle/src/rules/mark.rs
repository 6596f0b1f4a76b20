//! What marks an order without moving it: concealment, conduct, priority, type, lists, links, proposals
//! (Art. 9, 26, 45): R8, R9, R11, R13, R50, R52, R77, A-23, A-25.

use calendar::Period;
use contract::escalation::Priority;
use contract::types::OrderType;

use super::{check, due};
use crate::command::{Concealment, OrderLink, Reclassification};
use crate::deadline::{DeadlineKind, Rule};
use crate::draft::Draft;
use crate::effect::{Effect, Notice, Recipient};
use crate::event::{Event, NewPeriods};
use crate::ids::{Role, TextId};
use crate::order::{Assignment, ProposalState, Stage, WorkOrder};
use crate::rejection::Rejection;
use crate::ruleset::ReclassifiedPeriods;

/// Most links of an order. What more requesters than that raise is a long-term matter (Art. 26(1)).
const LINKS_MAX: usize = 100;

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
/// new type: verification, extensions, calls and reply begin anew, as with every dispatch.
///
/// What does not come from the type goes on. A special limit does (R23): Art. 14(3) sets it for the order
/// that the document is about, whatever its type, so its period begins anew instead of the type's. So
/// does an addition that the unit has not judged (R38): Art. 20 wants it judged before the report, and
/// the unit is the same. Who handles it jointly (R32) stays as it is.
pub(crate) fn reclassify(
    order: &WorkOrder,
    wanted: &Reclassification,
    draft: &mut Draft<'_>,
) -> Result<(), Rejection> {
    may_reclassify(order)?;
    if wanted.order_type == order.order_type {
        return Err(Rejection::Unchanged);
    }
    due::lapse(order, draft);
    let deadlines = match (&order.stage, order.assignment()) {
        (Stage::AwaitingVerification | Stage::InHandling, Some(assignment)) => {
            let rules = draft.context.rules();
            // What is only read has no period to verify, so there is none to keep.
            let read = [order.order_type, wanted.order_type].map(|it| rules.is_only_read(it));
            match (rules.options.reclassified_periods, read) {
                (ReclassifiedPeriods::Kept, [false, false]) => None,
                (ReclassifiedPeriods::Anew | ReclassifiedPeriods::Kept, _) => {
                    Some(new_periods(wanted.order_type, assignment, draft)?)
                }
            }
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

/// R59: not in the second handling, which Art. 29(2) gives the unit once, with the period of the first.
pub(super) fn may_reclassify(order: &WorkOrder) -> Result<(), Rejection> {
    if order.round() > 1 {
        return Err(Rejection::TypeFixed);
    }
    Ok(())
}

fn new_periods(
    order_type: OrderType,
    assignment: &Assignment,
    draft: &Draft<'_>,
) -> Result<NewPeriods, Rejection> {
    let (rules, now) = (draft.context.rules(), draft.now());
    let deadline = |kind: DeadlineKind, (rule, period): (Rule, Period)| {
        draft.deadline(kind, order_type, (rule, period), now)
    };
    let verify_by = if rules.is_only_read(order_type) {
        None
    } else {
        let kind = DeadlineKind::Verification;
        Some(deadline(kind, (kind.rule(order_type), rules.verify))?)
    };
    let kind = DeadlineKind::Handling;
    // Nothing is dispatched anew by an instant that is over.
    let is_over = |period: Period| matches!(period, Period::Until(until) if until <= now);
    let special_limit = assignment.special_limit.as_ref();
    let special_limit = special_limit
        .filter(|limit| !is_over(limit.period))
        .cloned();
    let limit = match &special_limit {
        Some(limit) => (Rule::SPECIAL_LIMIT, limit.period),
        None => (kind.rule(order_type), rules.handling_period(order_type)),
    };
    Ok(NewPeriods {
        verify_by,
        handle_by: deadline(kind, limit)?,
        special_limit,
    })
}

/// R50, R52: the order is a member of a long-term matter from now on, or not any more. Membership is
/// decided in the matter; this is its mark on the order, for supervision (R50) and for repeats of it
/// (R53).
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

/// another order is about the same matter, or is not after all. Each keeps its own clock, reply and
/// evaluation (R13): Art. 26(2) lets a unit end only the orders of one requester together. The other order
/// is linked back.
pub(crate) fn link(
    order: &WorkOrder,
    link: &OrderLink,
    draft: &mut Draft<'_>,
) -> Result<(), Rejection> {
    let refused = |why| Err(Rejection::NotLinkable { why });
    let known = draft.facts.related.as_ref();
    if link.other == order.id {
        return refused("it is the order itself");
    }
    if known.is_none_or(|related| related.order != link.other) {
        return refused("there is no such order");
    }
    let of_a_person = draft.by.role != Role::System;
    if of_a_person && link.reason.is_none() {
        return Err(Rejection::Missing { field: "reason" });
    }
    if order.same_matter_as.contains(&link.other) == link.same {
        return Err(Rejection::Unchanged);
    }
    // The other end follows whatever it has.
    if link.same && of_a_person && order.same_matter_as.len() >= LINKS_MAX {
        return refused("the order has as many links as it may; list the matter (Art. 26)");
    }
    draft.emit(Event::OrdersLinked(link.clone()));
    if of_a_person {
        draft.effect(Effect::LinkBack {
            other: link.other.clone(),
        });
    }
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
