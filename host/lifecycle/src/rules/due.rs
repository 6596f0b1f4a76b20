//! What happens when time passes: questions before and after, missed deadlines, lapses (Art. 12–18,
//! 25, 27, 30): R16, R20, R25, R26, R32, R34, R47–R51, R56–R58, R63. Instants are compared, never working time (T8).

use chrono::{DateTime, Utc};

use super::{escalation, follow_up, information, rating};
use crate::command::Moment;
use crate::deadline::{Deadline, DeadlineKind};
use crate::draft::{Draft, staff_of};
use crate::effect::{Notice, Recipient};
use crate::event::Event;
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
            lapse_all(order, draft);
        }
        Moment::DueSoon => {
            let Some(deadline) = due_soon(order, kind, draft.now()) else {
                return Err(Rejection::NothingDue);
            };
            lapse(order, draft);
            draft.emit(marked(order, deadline, moment, draft));
            if warns_itself(order, draft) {
                draft.tell_unit(order, Notice::DueSoon { deadline: kind });
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

/// Whether the core itself warns the unit that a deadline comes near: once, unless the advice has the
/// unit told now, or had before. Neither a missing plugin nor one to which nothing need be done leaves
/// the unit unwarned, and what a plugin tells it needs no doubling.
fn warns_itself(order: &WorkOrder, draft: &Draft<'_>) -> bool {
    let unwarned = |assignment: &Assignment| !assignment.warned;
    !escalation::tells_unit(draft) && order.assignment().is_some_and(unwarned)
}

/// Marks every running deadline that has passed and leaves the order where it is. Commands do this
/// before anything else, because a timer may be late. What ends the order is left to its timer: a
/// command in that stage is refused by its own rule.
pub(super) fn lapse(order: &WorkOrder, draft: &mut Draft<'_>) {
    for deadline in order.lapsed_deadlines(draft.now()) {
        if !ends_the_order(deadline.kind) {
            pass(order, deadline, draft);
        }
    }
}

/// Marks every running deadline that has passed, with all that comes of it.
pub(super) fn lapse_all(order: &WorkOrder, draft: &mut Draft<'_>) {
    lapse(order, draft);
    for deadline in order.lapsed_deadlines(draft.now()) {
        if ends_the_order(deadline.kind) {
            pass(order, deadline, draft);
        }
    }
}

/// Whether a deadline has passed that ends the order, its timer being late.
pub(super) fn has_ended(order: &WorkOrder, now: DateTime<Utc>) -> bool {
    let lapsed = order.lapsed_deadlines(now);
    lapsed.iter().any(|deadline| ends_the_order(deadline.kind))
}

const fn ends_the_order(kind: DeadlineKind) -> bool {
    match kind {
        DeadlineKind::Information | DeadlineKind::Rating | DeadlineKind::DiligenceStatement => true,
        DeadlineKind::Dispatch
        | DeadlineKind::Verification
        | DeadlineKind::Handling
        | DeadlineKind::RatingOffer
        | DeadlineKind::Assistance
        | DeadlineKind::Opinion
        | DeadlineKind::Supervision
        | DeadlineKind::GuidanceFeedback => false,
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
        // R32, R34, R47–R51: a fact; the order goes on.
        DeadlineKind::Assistance
        | DeadlineKind::Opinion
        | DeadlineKind::Supervision
        | DeadlineKind::GuidanceFeedback => {
            draft.emit(marked(order, deadline, Moment::Passed, draft));
            tell_owner(order, deadline, draft);
        }
        // R16, R57, R58, R63: nobody's miss; it ends the order.
        DeadlineKind::Information => information::lapse(draft),
        DeadlineKind::Rating => rating::lapse(order, draft),
        DeadlineKind::DiligenceStatement => follow_up::lapse(order, draft),
    }
}

fn tell_owner(order: &WorkOrder, deadline: &Deadline, draft: &mut Draft<'_>) {
    let kind = deadline.kind;
    if let Some(unit) = order.owner(deadline).cloned() {
        let recipient = match kind {
            DeadlineKind::Opinion | DeadlineKind::GuidanceFeedback => Recipient::Adviser(unit),
            DeadlineKind::Supervision => Recipient::LeaderInCharge(unit),
            DeadlineKind::Dispatch
            | DeadlineKind::Verification
            | DeadlineKind::Handling
            | DeadlineKind::RatingOffer
            | DeadlineKind::Rating
            | DeadlineKind::Information
            | DeadlineKind::Assistance
            | DeadlineKind::DiligenceStatement => staff_of(&unit, order),
        };
        draft.notify(recipient, Notice::Overdue { deadline: kind });
    }
    draft.notify(Recipient::Center, Notice::Overdue { deadline: kind });
}

fn marked(order: &WorkOrder, deadline: &Deadline, moment: Moment, draft: &Draft<'_>) -> Event {
    let unit = order.owner(deadline).cloned();
    Event::DeadlineMarked {
        deadline: deadline.kind,
        moment,
        due_at: deadline.due.due_at,
        unit,
        provisional: deadline.due.provisional,
        ask_again_at: escalation::ask_again_at(deadline, draft.context),
        unit_warned: moment == Moment::DueSoon
            && (warns_itself(order, draft) || escalation::tells_unit(draft)),
    }
}

fn tell_overdue(order: &WorkOrder, deadline: DeadlineKind, draft: &mut Draft<'_>) {
    draft.tell_unit(order, Notice::Overdue { deadline });
    draft.notify(Recipient::Center, Notice::Overdue { deadline });
}
