//! What the requester adds before the unit submits (Art. 20): R10, R38, R39, A-17, T11.

use chrono::{DateTime, Utc};

use super::{check, due};
use crate::command::{Identity, StatementEffect, StatementJudgement};
use crate::deadline::{Deadline, DeadlineKind, Rule};
use crate::draft::Draft;
use crate::effect::{Notice, Recipient};
use crate::event::Event;
use crate::ids::TextId;
use crate::order::{Assignment, WorkOrder};
use crate::rejection::Rejection;
use crate::ruleset::LateAddition;

/// R10, R38: the requester adds something. Whether it changes anything, the unit judges.
pub(crate) fn add(
    order: &WorkOrder,
    content: TextId,
    received_at: DateTime<Utc>,
    identity: Identity,
    draft: &mut Draft<'_>,
) -> Result<(), Rejection> {
    check::is_requester(identity, draft)?;
    check::not_in_future("received_at", received_at, draft.now())?;
    let since = order
        .assignment()
        .map_or(order.registered_at, |it| it.dispatched_at);
    let problem = "lies before the unit received the order, or before its registration";
    check::in_order("received_at", since, received_at, problem)?;
    due::lapse(order, draft);
    draft.emit(Event::StatementAdded {
        content,
        received_at,
        identity,
    });
    draft.tell_unit(order, Notice::StatementAdded);
    Ok(())
}

/// R38: what affects the handling begins the period anew, from the day on which it was received, not
/// on which the unit judged it; running extensions lapse, a miss stays. R39: what does not,
/// leaves the clock as it is. Either way the requester is told.
pub(crate) fn judge(
    order: &WorkOrder,
    judgement: &StatementJudgement,
    draft: &mut Draft<'_>,
) -> Result<(), Rejection> {
    may_judge(order)?;
    let mut unjudged = order.unjudged_statements();
    let statement = unjudged.find(|it| it.seq == judgement.statement);
    let (Some(statement), Some(assignment)) = (statement, order.assignment()) else {
        return Err(Rejection::NoSuchStatement {
            statement: judgement.statement,
        });
    };
    let attempts = &assignment.contact_attempts;
    check::told(&judgement.told, statement.received_at, attempts, draft)?;
    due::lapse(order, draft);
    let handle_by = match judgement.effect {
        StatementEffect::DoesNotAffect => None,
        // R24, A-23: a corrected type dispatched the order anew after the receipt; that period is the
        // later one, and runs.
        StatementEffect::AffectsHandling if statement.received_at < assignment.dispatched_at => {
            None
        }
        StatementEffect::AffectsHandling => {
            Some(restarted(order, assignment, statement.received_at, draft)?)
        }
    };
    let undoes_miss = handle_by.is_some() && undoes_miss(assignment, statement.received_at, draft);
    let due_at = handle_by.as_ref().map(|deadline| deadline.due.due_at);
    draft.emit(Event::StatementJudged {
        judgement: judgement.clone(),
        handle_by,
        undoes_miss,
    });
    if let Some(due_at) = due_at {
        let about = Notice::HandlingRestarted { due_at };
        draft.notify(Recipient::Requester, about.clone());
        draft.notify(Recipient::Center, about);
        warn_of_many(assignment, draft);
    }
    Ok(())
}

/// Something was added and is not judged.
pub(super) fn may_judge(order: &WorkOrder) -> Result<(), Rejection> {
    let mut unjudged = order.unjudged_statements();
    unjudged.next().map(|_| ()).ok_or(Rejection::NothingToJudge)
}

/// The full period from the receipt of the addition. It may end before what runs now, where an
/// extension reached further: the extension lapses.
fn restarted(
    order: &WorkOrder,
    assignment: &Assignment,
    received_at: DateTime<Utc>,
    draft: &Draft<'_>,
) -> Result<Deadline, Rejection> {
    let kind = DeadlineKind::Handling;
    let limit = (Rule::RESTART, assignment.limit_anew());
    draft.deadline(kind, order.order_type, limit, received_at)
}

/// whether an addition that came after the due instant undoes the miss.
fn undoes_miss(assignment: &Assignment, received_at: DateTime<Utc>, draft: &Draft<'_>) -> bool {
    match draft.context.rules().options.late_addition {
        LateAddition::MissStays => false,
        LateAddition::UndoesTheMiss => assignment.handle_by.is_late(received_at),
    }
}

/// Additions restart the period without end; the centre looks at orders with many.
fn warn_of_many(assignment: &Assignment, draft: &mut Draft<'_>) {
    let times = assignment.restarts().saturating_add(1);
    if times > usize::from(draft.context.rules().restarts_usual) {
        let times = u16::try_from(times).unwrap_or(u16::MAX);
        draft.notify(Recipient::Center, Notice::RestartedOften { times });
    }
}
