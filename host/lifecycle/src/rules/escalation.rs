//! When the escalation plugins are asked, and what becomes of their proposals: what is to be told is
//! told, everything else is laid before the centre. The core decides, a plugin only proposes.

use calendar::{Period, Remaining};
use chrono::{DateTime, Utc};
use contract::escalation::{Action, Audience, Trigger};

use super::{due, rating};
use crate::command::{Command, Moment, RatingChoice, Review};
use crate::deadline::{Deadline, DeadlineKind};
use crate::decide::Context;
use crate::draft::Draft;
use crate::effect::{Effect, Notice, Notification, Recipient};
use crate::event::Event;
use crate::order::{Stage, WorkOrder};

/// So many proposals are acted on at most; the rest stays in the record only.
const PROPOSALS_MAX: usize = 16;

/// What a command will have to ask about, if anything.
pub(crate) fn needed(
    order: &WorkOrder,
    command: &Command,
    context: &Context<'_>,
) -> Option<Trigger> {
    let now = context.now;
    match command {
        Command::Rate(RatingChoice::Option(rating)) => {
            let bad = rating::is_dissatisfied(*rating);
            match &order.stage {
                Stage::AwaitingRating { rate_by } if bad && !rate_by.is_late(now) => {
                    Some(Trigger::RatedBadly(*rating))
                }
                Stage::AwaitingRating { .. }
                | Stage::AwaitingDispatch { .. }
                | Stage::AwaitingVerification
                | Stage::InHandling
                | Stage::UnderReview { .. }
                | Stage::AwaitingRatingOffer { .. }
                | Stage::AwaitingFollowUp { .. }
                | Stage::Closed { .. } => None,
            }
        }
        Command::Review(Review::Fail { .. })
            if matches!(order.stage, Stage::UnderReview { .. }) =>
        {
            trigger_at(due::passed_during_review(order, now)?, context)
        }
        Command::MarkDue {
            deadline,
            moment: Moment::DueSoon,
        } => trigger_at(due::due_soon(order, *deadline, now)?, context),
        Command::MarkDue {
            deadline,
            moment: Moment::StillOverdue,
        } => trigger_at(due::still_overdue(order, *deadline, now)?, context),
        Command::Rate(_)
        | Command::Review(_)
        | Command::Register(_)
        | Command::AnswerDirectly(_)
        | Command::Route
        | Command::Dispatch(_)
        | Command::AcceptDuty
        | Command::RecordContactAttempt(_)
        | Command::RecordReply(_)
        | Command::Submit(_)
        | Command::RecordRatingOffer(_)
        | Command::RecordFollowUp(_)
        | Command::CloseDissatisfied { .. }
        | Command::MarkDue {
            moment: Moment::Passed,
            ..
        }
        | Command::RecomputeDeadlines => {
            let lapsed = order.lapsed_deadlines(now);
            let is_handling = |deadline: &&Deadline| deadline.kind == DeadlineKind::Handling;
            trigger_at(lapsed.into_iter().find(is_handling)?, context)
        }
    }
}

/// Records the advice, if there is any, and does what it proposes as far as the core lets it.
pub(super) fn advised(order: &WorkOrder, draft: &mut Draft<'_>) {
    let Some(advice) = &draft.facts.escalation else {
        return;
    };
    draft.emit(Event::EscalationAdvised {
        advice: advice.clone(),
    });
    let mut told: Vec<Notification> = Vec::new();
    for proposal in advice.verdict.iter().flatten().take(PROPOSALS_MAX) {
        let reason = proposal.reason.clone();
        let notification = match proposal.action {
            Action::Notify(audience) => Notification {
                to: recipient(order, audience),
                about: Notice::Attention { reason },
            },
            action @ (Action::Supervise
            | Action::RaisePriority(_)
            | Action::OpenCoordination
            | Action::ListLongTerm) => {
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
    for notification in told {
        draft.effect(Effect::Notify(notification));
    }
}

/// Whether a plugin had something to say, be it that nothing need be done.
pub(super) fn has_verdict(draft: &Draft<'_>) -> bool {
    let advice = draft.facts.escalation.as_ref();
    advice.is_some_and(|advice| advice.verdict.is_some())
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
        let days = context.rules.overdue_ask_working_days;
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
    let unit = order.assignment().map(|assignment| assignment.unit.clone());
    let found = match audience {
        Audience::HandlingUnit => unit.map(Recipient::Unit),
        Audience::LeaderInCharge => unit.map(Recipient::LeaderInCharge),
        Audience::DistrictOffice => order.district.clone().map(Recipient::DistrictOffice),
        Audience::HotlineCenter => None,
    };
    found.unwrap_or(Recipient::Center)
}
