//! What happens when time passes: warnings, missed deadlines, lapses (Art. 13–16, 27): R20, R25, R26,
//! R56–R58. Instants are compared, never working time (T8).

use chrono::{DateTime, Utc};

use super::{escalation, rating};
use crate::command::Moment;
use crate::deadline::{Deadline, DeadlineKind};
use crate::draft::Draft;
use crate::effect::{Notice, Recipient};
use crate::event::Event;
use crate::ids::UnitCode;
use crate::order::WorkOrder;
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
            draft.emit(marked(order, deadline, moment));
            if let Some(unit) = unit_of(order) {
                draft.notify(Recipient::Unit(unit), Notice::DueSoon { deadline: kind });
            }
            escalation::advised(order, draft);
        }
    }
    Ok(())
}

/// The deadline of that kind, if its warning is due and was not given, and it has not passed itself.
pub(super) fn due_soon(
    order: &WorkOrder,
    kind: DeadlineKind,
    now: DateTime<Utc>,
) -> Option<&Deadline> {
    let running = order.running_deadlines();
    let deadline = running.into_iter().find(|deadline| deadline.kind == kind)?;
    let warn_at = order.warning_pending(deadline)?;
    (warn_at <= now && !deadline.is_late(now)).then_some(deadline)
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
            draft.emit(marked(order, deadline, Moment::Passed));
            draft.notify(Recipient::Center, Notice::Overdue { deadline: kind });
        }
        // R26: silence counts as "our own duty"; the order goes on.
        DeadlineKind::Verification => {
            draft.emit(marked(order, deadline, Moment::Passed));
            draft.emit(Event::DutyDeemedAccepted);
            tell_overdue(order, kind, draft);
        }
        // R25: a fact about the assignment; the order goes on.
        DeadlineKind::Handling => {
            draft.emit(marked(order, deadline, Moment::Passed));
            tell_overdue(order, kind, draft);
            escalation::advised(order, draft);
        }
        // R57, R58: nobody's miss; it ends the order.
        DeadlineKind::Rating => rating::lapse(order, draft),
    }
}

fn marked(order: &WorkOrder, deadline: &Deadline, moment: Moment) -> Event {
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
