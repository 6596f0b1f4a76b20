//! What happens when time passes: questions before and after, missed deadlines, lapses (Art. 13–16,
//! 27): R20, R25, R26, R56–R58. Instants are compared, never working time (T8).

use chrono::{DateTime, Utc};

use super::{escalation, rating};
use crate::command::Moment;
use crate::deadline::{Deadline, DeadlineKind};
use crate::draft::Draft;
use crate::effect::{Notice, Recipient};
use crate::event::Event;
use crate::ids::UnitCode;
use crate::order::{Assignment, WorkOrder};
use crate::rejection::Rejection;

/// A timer reports. What has moved on or was marked before is not due.
pub(crate) fn mark_due(
    order: &WorkOrder,
    kind: DeadlineKind,
    moment: Moment,
    draft: &mut Draft<'_>,
) -> Result<(), Rejection> {
    match moment {
        Moment::Passed => {
            let lapsed = order.lapsed_deadlines(draft.now());
            if !lapsed.iter().any(|deadline| deadline.kind == kind) {
                return Err(Rejection::NothingDue);
            }
            lapse(order, draft);
        }
        Moment::DueSoon => {
            let Some(deadline) = due_soon(order, kind, draft.now()) else {
                return Err(Rejection::NothingDue);
            };
            lapse(order, draft);
            draft.emit(marked(order, deadline, moment, draft));
            if let Some(unit) = unit_of(order).filter(|_| warns_itself(order, draft)) {
                draft.notify(Recipient::Unit(unit), Notice::DueSoon { deadline: kind });
            }
            escalation::advised(order, draft);
        }
        Moment::StillOverdue => {
            let Some(deadline) = still_overdue(order, kind, draft.now()) else {
                return Err(Rejection::NothingDue);
            };
            lapse(order, draft);
            draft.emit(marked(order, deadline, moment, draft));
            escalation::advised(order, draft);
        }
    }
    Ok(())
}

/// The deadline of that kind, if the plugins are to be asked about it now and it has not passed.
pub(super) fn due_soon(
    order: &WorkOrder,
    kind: DeadlineKind,
    now: DateTime<Utc>,
) -> Option<&Deadline> {
    to_ask_about(order, kind, now).filter(|deadline| !deadline.is_late(now))
}

/// The deadline of that kind, if it was missed and the plugins are to be asked about it again now.
pub(super) fn still_overdue(
    order: &WorkOrder,
    kind: DeadlineKind,
    now: DateTime<Utc>,
) -> Option<&Deadline> {
    to_ask_about(order, kind, now).filter(|deadline| order.has_missed(deadline))
}

fn to_ask_about(order: &WorkOrder, kind: DeadlineKind, now: DateTime<Utc>) -> Option<&Deadline> {
    let running = order.running_deadlines();
    let deadline = running.into_iter().find(|deadline| deadline.kind == kind)?;
    (order.ask_at(deadline)? <= now).then_some(deadline)
}

/// Whether the core itself warns the unit that a deadline comes near: once, where nobody has a verdict.
/// A missing plugin must not leave the unit unwarned, and a plugin's proposals need no doubling.
fn warns_itself(order: &WorkOrder, draft: &Draft<'_>) -> bool {
    let answered = escalation::has_verdict(draft);
    let unwarned = |assignment: &Assignment| !assignment.warned;
    !answered && order.assignment().is_some_and(unwarned)
}

/// Marks every running deadline that has passed. Commands do this before anything else, because a
/// timer may be late.
pub(super) fn lapse(order: &WorkOrder, draft: &mut Draft<'_>) {
    for deadline in order.lapsed_deadlines(draft.now()) {
        pass(order, deadline, draft);
    }
}

/// R24, R25: the report failed, so the clock never stopped; if the deadline passed meanwhile, it is
/// missed.
pub(super) fn lapse_after_failed_review(order: &WorkOrder, draft: &mut Draft<'_>) {
    if let Some(deadline) = passed_during_review(order, draft.now()) {
        pass(order, deadline, draft);
    }
}

/// The handling deadline, if it has passed and was not marked.
pub(super) fn passed_during_review(order: &WorkOrder, now: DateTime<Utc>) -> Option<&Deadline> {
    let deadline = &order.assignment()?.handle_by;
    (deadline.is_late(now) && !order.has_missed(deadline)).then_some(deadline)
}

/// R26: whether the unit's time to verify has ended without a word.
pub(super) fn verification_lapsed(order: &WorkOrder, now: DateTime<Utc>) -> bool {
    let lapsed = order.lapsed_deadlines(now);
    lapsed
        .into_iter()
        .any(|deadline| deadline.kind == DeadlineKind::Verification)
}

/// What the end of each deadline means.
fn pass(order: &WorkOrder, deadline: &Deadline, draft: &mut Draft<'_>) {
    let kind = deadline.kind;
    match kind {
        // R19, R20, R56: the centre's own miss; the order goes on.
        DeadlineKind::Dispatch | DeadlineKind::RatingOffer => {
            draft.emit(marked(order, deadline, Moment::Passed, draft));
            draft.notify(Recipient::Center, Notice::Overdue { deadline: kind });
        }
        // R26: silence counts as "our own duty"; the order goes on.
        DeadlineKind::Verification => {
            draft.emit(marked(order, deadline, Moment::Passed, draft));
            draft.emit(Event::DutyDeemedAccepted);
            tell_overdue(order, kind, draft);
        }
        // R25: a fact about the assignment; the order goes on.
        DeadlineKind::Handling => {
            draft.emit(marked(order, deadline, Moment::Passed, draft));
            tell_overdue(order, kind, draft);
            escalation::advised(order, draft);
        }
        // R57, R58: nobody's miss; it ends the order.
        DeadlineKind::Rating => rating::lapse(order, draft),
    }
}

fn marked(order: &WorkOrder, deadline: &Deadline, moment: Moment, draft: &Draft<'_>) -> Event {
    let unit = match deadline.kind {
        DeadlineKind::Verification | DeadlineKind::Handling => unit_of(order),
        DeadlineKind::Dispatch | DeadlineKind::RatingOffer | DeadlineKind::Rating => None,
    };
    Event::DeadlineMarked {
        deadline: deadline.kind,
        moment,
        due_at: deadline.due.due_at,
        unit,
        provisional: deadline.due.provisional,
        ask_again_at: escalation::ask_again_at(deadline, draft.context),
        unit_warned: moment == Moment::DueSoon && warns_itself(order, draft),
    }
}

fn tell_overdue(order: &WorkOrder, deadline: DeadlineKind, draft: &mut Draft<'_>) {
    let unit = unit_of(order).map(Recipient::Unit);
    for recipient in unit.into_iter().chain([Recipient::Center]) {
        draft.notify(recipient, Notice::Overdue { deadline });
    }
}

fn unit_of(order: &WorkOrder) -> Option<UnitCode> {
    order.assignment().map(|assignment| assignment.unit.clone())
}
