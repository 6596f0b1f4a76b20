//! When the escalation plugins are asked, and what becomes of their proposals: what is to be told is
//! told, everything else is laid before the centre. The core decides, a plugin only proposes.

use calendar::{Period, Remaining};
use chrono::{DateTime, Utc};
use contract::escalation::{Action, Audience, Trigger};

use super::{due, rating, returns};
use crate::command::{Command, CommandKind, Moment, RatingChoice, ReturnDecision, Review};
use crate::deadline::{Deadline, DeadlineKind};
use crate::decide::{Alike, Context};
use crate::draft::{Draft, staff_of};
use crate::effect::{Effect, Notice, Notification, Recipient};
use crate::event::Event;
use crate::order::{Stage, WorkOrder};
use crate::rejection::Rejection;

/// So many proposals are acted on at most; the rest stays in the record only.
const PROPOSALS_MAX: usize = 16;

/// What a command will have to ask about, if anything.
pub(crate) fn needed(
    order: &WorkOrder,
    command: &Command,
    context: &Context<'_>,
) -> Option<Trigger> {
    let now = context.now;
    if let Command::Rate(choice) = command {
        return rated_badly(order, choice, now);
    }
    if let Command::DecideReturn(ReturnDecision::Approve { .. }) = command
        && order.stage == Stage::ReturnRequested
    {
        let times = returns::returned_with_this(order).len();
        return Some(Trigger::Returned(u16::try_from(times).unwrap_or(u16::MAX)));
    }
    let asked_about = if let Command::Review(Review::Fail { .. }) = command
        && matches!(order.stage, Stage::UnderReview { .. })
    {
        due::passed_during_review(order, now)
    } else if let Command::MarkDue { deadline, moment } = command
        && *moment != Moment::Passed
    {
        match moment {
            Moment::DueSoon => due::due_soon(order, *deadline, now),
            Moment::StillOverdue => due::still_overdue(order, *deadline, now),
            Moment::Passed => None,
        }
    } else if marks_what_has_passed(command.kind()) {
        let lapsed = order.lapsed_deadlines(now);
        let mut lapsed = lapsed.into_iter();
        lapsed.find(|deadline| deadline.kind == DeadlineKind::Handling)
    } else {
        None
    };
    trigger_at(asked_about?, context)
}

/// R58: a dissatisfied rating that counts.
fn rated_badly(order: &WorkOrder, choice: &RatingChoice, now: DateTime<Utc>) -> Option<Trigger> {
    let RatingChoice::Option(rating) = choice else {
        return None;
    };
    let counts = rating::may_rate(order, now).is_ok() && rating::is_dissatisfied(*rating);
    counts.then_some(Trigger::RatedBadly(*rating))
}

/// Art. 26(1): what to ask about open orders of this number, where it has reached another step of the
/// rule set since one of them was asked about.
#[must_use]
pub fn many_alike(alike: &Alike, context: &Context<'_>) -> Option<Trigger> {
    let steps = &context.rules().many_alike.steps;
    let asked = alike.asked.unwrap_or(0);
    let reached = |step: &u32| asked < *step && *step <= alike.orders;
    steps
        .iter()
        .any(reached)
        .then_some(Trigger::OneOfMany(alike.orders))
}

/// R52: many open orders about the same thing are laid before the escalation plugins. The order that was
/// the last straw keeps the number, so that the next step is asked about once.
pub(crate) fn count_alike(order: &WorkOrder, draft: &mut Draft<'_>) -> Result<(), Rejection> {
    let alike = draft.facts.alike;
    let Some(alike) = alike.filter(|alike| many_alike(alike, draft.context).is_some()) else {
        return Err(Rejection::NothingDue);
    };
    draft.emit(Event::ManyAlike {
        orders: alike.orders,
    });
    advised(order, draft);
    Ok(())
}

/// Has the open orders about the same thing counted, where it is known what the thing is.
pub(super) fn have_alike_counted(category: Option<&String>, draft: &mut Draft<'_>) {
    if category.is_some() {
        draft.effect(Effect::CountAlike);
    }
}

/// Commands mark what has passed before anything else (see `due::lapse`), but for those that only mark
/// the order and move no clock.
const fn marks_what_has_passed(command: CommandKind) -> bool {
    !matches!(
        command,
        CommandKind::Conceal
            | CommandKind::FlagConduct
            | CommandKind::SetPriority
            | CommandKind::ListLongTerm
            | CommandKind::CountAlike
            | CommandKind::LinkOrders
            | CommandKind::RateService
            | CommandKind::DismissProposal
    )
}

/// Records the advice, if there is any, and does what it proposes as far as the core lets it.
pub(super) fn advised(order: &WorkOrder, draft: &mut Draft<'_>) {
    let Some(advice) = &draft.facts.escalation else {
        return;
    };
    // A command asks once, whatever it finds due.
    if draft.has_escalation() {
        return;
    }
    draft.emit(Event::EscalationAdvised {
        advice: advice.clone(),
    });
    let mut told: Vec<Notification> = Vec::new();
    let mut raised = order.priority;
    for proposal in advice.verdict.iter().flatten().take(PROPOSALS_MAX) {
        let reason = proposal.reason.clone();
        let notification = match proposal.action {
            Action::Notify(audience) => Notification {
                to: recipient(order, audience),
                about: Notice::Attention { reason },
            },
            // Takes effect, and a person can undo it by setting the priority.
            Action::RaisePriority(priority) => {
                if priority > raised {
                    raised = priority;
                }
                continue;
            }
            action @ (Action::Supervise | Action::OpenCoordination | Action::ListLongTerm) => {
                let about = Notice::EscalationProposed { action, reason };
                Notification {
                    to: Recipient::Center,
                    about,
                }
            }
        };
        if !told.contains(&notification) {
            told.push(notification);
        }
    }
    if raised > order.priority {
        draft.emit(Event::PrioritySet {
            priority: raised,
            reason: None,
        });
    }
    for notification in told {
        draft.effect(Effect::Notify(notification));
    }
}

/// Whether the advice has the unit told something.
pub(super) fn tells_unit(draft: &Draft<'_>) -> bool {
    let advice = draft.facts.escalation.iter();
    let proposals = advice.flat_map(|advice| advice.verdict.iter().flatten().take(PROPOSALS_MAX));
    let told = Action::Notify(Audience::HandlingUnit);
    proposals
        .into_iter()
        .any(|proposal| proposal.action == told)
}

/// When the plugins are asked about a deadline next, having been asked now: on the next working-day
/// morning, if that comes before the deadline, or after a miss within the time of the rule set. What
/// the calendar does not reach ends the asking, never the marking of a deadline.
pub(super) fn ask_again_at(deadline: &Deadline, context: &Context<'_>) -> Option<DateTime<Utc>> {
    if deadline.kind != DeadlineKind::Handling {
        return None;
    }
    let (calendar, now) = (context.calendar, context.now);
    let next_day = calendar.due(now, Period::WorkingDays(1)).ok()?;
    let morning = next_day.clock_start;
    let due_at = deadline.due.due_at;
    let asked = if deadline.is_late(now) {
        let days = context.rules().overdue_ask_working_days;
        matches!(calendar.remaining(morning, due_at).ok()?, Remaining::Overdue(n) if n <= days)
    } else {
        morning < due_at
    };
    asked.then_some(morning)
}

/// Due soon or overdue, in working days.
fn trigger_at(deadline: &Deadline, context: &Context<'_>) -> Option<Trigger> {
    let due_at: DateTime<Utc> = deadline.due.due_at;
    match context.calendar.remaining(context.now, due_at).ok()? {
        Remaining::Left(days) => Some(Trigger::DueSoon(days)),
        Remaining::Overdue(days) => Some(Trigger::Overdue(days)),
    }
}

/// Whom an audience means on this order; the centre, where there is nobody else.
fn recipient(order: &WorkOrder, audience: Audience) -> Recipient {
    let unit = order.assignment().map(|assignment| &assignment.unit);
    let found = match audience {
        Audience::HandlingUnit => unit.map(|unit| staff_of(unit, order)),
        Audience::LeaderInCharge => unit.cloned().map(Recipient::LeaderInCharge),
        Audience::DistrictOffice => order.district.clone().map(Recipient::DistrictOffice),
        Audience::HotlineCenter => None,
    };
    found.unwrap_or(Recipient::Center)
}
