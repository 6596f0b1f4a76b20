//! Recomputing deadlines under a new calendar: C3, P14.
//!
//! Every deadline of an open order is computed anew, whether it was provisional or not, because a notice
//! may correct an earlier one. Only those that have been missed stay: a miss is a fact, marked as
//! provisional for assessment to see. Where the new due instant lies in the past and the old one did
//! not, the unit has until 24:00 of the day on which the calendar is recomputed, but never longer than it
//! had: it relied on what it was told, so nothing becomes overdue in the past. The days counted stay
//! those of the calendar then; the event keeps what the due instant was before.
//!
//! Whose deadline moved is told, and so is the requester wherever a date was named to him or her before.

use super::due;
use crate::deadline::{Deadline, DeadlineKind, due as due_of, due_after};
use crate::decide::Context;
use crate::draft::{Draft, out_of_range, staff_of};
use crate::effect::{Notice, Recipient};
use crate::event::Event;
use crate::order::{Superseded, SupersededBy, WorkOrder};
use crate::rejection::Rejection;
use crate::ruleset::{RuleSet, SecondExtension};

/// C3: recomputes with the calendar of the context, records each change, tells whose deadline moved.
pub(crate) fn recompute(order: &WorkOrder, draft: &mut Draft<'_>) -> Result<(), Rejection> {
    due::lapse_all(order, draft);
    // What has passed just now was marked as missed above.
    let lapsed = order.lapsed_deadlines(draft.now());
    for deadline in order.open_deadlines() {
        if order.has_missed(deadline) || lapsed.contains(&deadline) {
            continue;
        }
        let renewed = renewed(order, deadline, draft.context).map_err(out_of_range)?;
        let moved = renewed.due.due_at != deadline.due.due_at;
        if differs(&renewed, deadline) {
            let previous_due_at = deadline.due.due_at;
            draft.emit(Event::DeadlineRecomputed {
                deadline: renewed,
                previous_due_at,
            });
        }
        if moved {
            tell(order, deadline, draft);
        }
    }
    if draft.is_empty() {
        Err(Rejection::NothingDue)
    } else {
        Ok(())
    }
}

/// Whether the calendar of the context has an open deadline of the order otherwise than the order
/// does. Cheap, because it is asked of every open order: nothing is decided and nobody is asked.
#[must_use]
pub fn needs_recomputation(order: &WorkOrder, context: &Context<'_>) -> bool {
    order.open_deadlines().into_iter().any(|deadline| {
        // What cannot be computed is told by the decision itself.
        !order.has_missed(deadline)
            && renewed(order, deadline, context).map_or(true, |renewed| differs(&renewed, deadline))
    })
}

/// Something of the order is to be computed anew, or to be marked as missed before.
pub(super) fn may_recompute(order: &WorkOrder, context: &Context<'_>) -> Result<(), Rejection> {
    let lapsed = !order.lapsed_deadlines(context.now).is_empty();
    if lapsed || needs_recomputation(order, context) {
        Ok(())
    } else {
        Err(Rejection::NothingDue)
    }
}

/// The calendar's version alone makes no difference, nor do the rules of today.
fn differs(new: &Deadline, old: &Deadline) -> bool {
    (new.due.due_at, new.due.provisional, &new.due.counted)
        != (old.due.due_at, old.due.provisional, &old.due.counted)
}

/// The deadline as the calendar of the context has it, but not earlier than the unit can still meet.
fn renewed(
    order: &WorkOrder,
    old: &Deadline,
    context: &Context<'_>,
) -> Result<Deadline, calendar::Error> {
    let mut new = counted_anew(order, old, context)?;
    if new.is_late(context.now) {
        let today = calendar::end_of(calendar::local_date(context.now));
        new.due.due_at = new.due.due_at.max(today.min(old.due.due_at));
    }
    new.warn_at = new.warning(order.order_type, governing(old, context), context)?;
    Ok(new)
}

/// An extension counts from the expiry of the period before it, so that period is counted anew first
/// (R37). It is over, so nothing is made easier about it: the result must not depend on the day of the
/// recomputation.
fn counted_anew(
    order: &WorkOrder,
    old: &Deadline,
    context: &Context<'_>,
) -> Result<Deadline, calendar::Error> {
    let mut new = old.clone();
    let rules = governing(old, context);
    match old.counted_from {
        None => new.due = due_of(old.trigger_at, old.period, rules, context.calendar)?,
        Some(known) => {
            let (expiry, provisional) = match extension_base(order, old, rules) {
                Some(before) => {
                    let before = counted_anew(order, before, context)?;
                    (before.due.due_at, before.due.provisional)
                }
                None => (known, false),
            };
            new.counted_from = Some(expiry);
            new.due = due_after(expiry, old.period, rules, context.calendar)?;
            new.due.provisional |= provisional;
        }
    }
    Ok(new)
}

/// the deadline whose expiry an extension counts from.
fn extension_base<'a>(
    order: &'a WorkOrder,
    extension: &Deadline,
    rules: &RuleSet,
) -> Option<&'a Deadline> {
    let mut base = extended_from(order, extension)?;
    while rules.options.second_extension == SecondExtension::FromTheFirstExpiry
        && base.counted_from.is_some()
    {
        base = extended_from(order, base)?;
    }
    Some(base)
}

/// The rule set that the deadline was computed under: a new notice changes the days, not the rules.
fn governing<'a>(deadline: &Deadline, context: &Context<'a>) -> &'a RuleSet {
    let named = context.rules.named(&deadline.rule_set);
    named.unwrap_or_else(|| context.rules.at(deadline.trigger_at))
}

/// The deadline that an extension took the place of.
fn extended_from<'a>(order: &'a WorkOrder, extension: &Deadline) -> Option<&'a Deadline> {
    let superseded = &order.assignment()?.superseded;
    let newer = superseded
        .iter()
        .position(|it| it.deadline.trigger_seq == extension.trigger_seq)
        .unwrap_or(superseded.len());
    let before = superseded.get(newer.checked_sub(1)?)?;
    Some(&before.deadline)
}

fn tell(order: &WorkOrder, deadline: &Deadline, draft: &mut Draft<'_>) {
    let recipient = order.owner(deadline).map(|unit| staff_of(unit, order));
    let about = Notice::DeadlineRecomputed {
        deadline: deadline.kind,
    };
    draft.notify(recipient.unwrap_or(Recipient::Center), about.clone());
    if was_told_to_requester(order, deadline) {
        draft.notify(Recipient::Requester, about);
    }
}

/// Whether the requester was told when this deadline ends: of an extension (Art. 19) or a period that
/// began anew (Art. 20), and of the requester's own time to rate (Art. 27(3)) or to supply what is missing
/// (Art. 12(2)).
fn was_told_to_requester(order: &WorkOrder, deadline: &Deadline) -> bool {
    match deadline.kind {
        DeadlineKind::Handling => order.assignment().is_some_and(|assignment| {
            let told = |it: &Superseded| match it.by {
                SupersededBy::Extension | SupersededBy::Restart => true,
                SupersededBy::Acceptance => false,
            };
            assignment.superseded.iter().any(told)
        }),
        DeadlineKind::Rating | DeadlineKind::Information => true,
        DeadlineKind::Dispatch
        | DeadlineKind::Verification
        | DeadlineKind::RatingOffer
        | DeadlineKind::Assistance
        | DeadlineKind::Opinion
        | DeadlineKind::DiligenceStatement
        | DeadlineKind::Supervision
        | DeadlineKind::GuidanceFeedback => false,
    }
}
