//! Attempts to reach the requester by telephone (Art. 12, 21): R15, R17, R40, A-08, P2.

use chrono::{DateTime, TimeDelta, Utc};
use serde::Serialize;

use super::{check, due};
use crate::command::{ContactAttempt, ContactResult};
use crate::draft::Draft;
use crate::effect::{Notice, Recipient};
use crate::event::Event;
use crate::order::WorkOrder;
use crate::rejection::Rejection;
use crate::ruleset::{AttemptBase, AttemptGap};

/// Where a series of calls stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct ContactSeries {
    /// Unanswered calls that count since the last answered one.
    pub counted: u16,
    /// From when a further call counts; at once where none has counted yet.
    pub next_from: Option<DateTime<Utc>>,
    /// Whether the last call was answered: the series is void and begins anew.
    pub answered: bool,
}

/// Counts a series of calls, in whatever order they were recorded: the first unanswered call
/// counts, and each later one that begins at least `interval_minutes` after the end of the last
/// *counted* one, so that neither a burst of calls nor a call in between helps or harms. An answered
/// call voids what was before it. The rule set may count from the last call instead.
#[must_use]
pub fn contact_series(
    attempts: &[ContactAttempt],
    interval_minutes: u32,
    (gap, base): (AttemptGap, AttemptBase),
) -> ContactSeries {
    let mut calls: Vec<&ContactAttempt> = attempts.iter().collect();
    calls.sort_by_key(|call| (call.started_at, call.ended_at));
    let interval = TimeDelta::minutes(i64::from(interval_minutes));
    let mut series = ContactSeries {
        counted: 0,
        next_from: None,
        answered: false,
    };
    for call in calls {
        match call.result {
            ContactResult::Answered => {
                series = ContactSeries {
                    counted: 0,
                    next_from: None,
                    answered: true,
                };
            }
            ContactResult::Unanswered => {
                series.answered = false;
                let counts = series.next_from.is_none_or(|from| call.started_at >= from);
                if counts {
                    series.counted = series.counted.saturating_add(1);
                }
                if counts || base == AttemptBase::LastAttempt {
                    let from = match gap {
                        AttemptGap::EndToStart => call.ended_at,
                        AttemptGap::StartToStart => call.started_at,
                    };
                    series.next_from = from.checked_add_signed(interval);
                }
            }
        }
    }
    series
}

/// P2: "unreachable" needs the counted calls, none of them answered (R15, R17, R40). Where they are to
/// tell something, or the requester was heard of since, only calls from then on count.
pub(super) fn check_unreachable(
    attempts: &[ContactAttempt],
    since: Option<DateTime<Utc>>,
    draft: &Draft<'_>,
) -> Result<(), Rejection> {
    let rules = draft.context.rules();
    let gap = (rules.options.attempt_gap, rules.options.attempt_base);
    let from_then_on = attempts.iter();
    let from_then_on = from_then_on.filter(|call| since.is_none_or(|it| call.started_at >= it));
    let attempts: Vec<ContactAttempt> = from_then_on.cloned().collect();
    let series = contact_series(&attempts, rules.contact_interval_minutes, gap);
    let needed = rules.contact_attempts_min;
    if series.answered {
        Err(Rejection::RequesterWasReached)
    } else if series.counted < needed {
        let (counted, next_from) = (series.counted, series.next_from);
        Err(Rejection::TooFewContactAttempts {
            counted,
            needed,
            next_from,
        })
    } else {
        Ok(())
    }
}

/// R15, R17, R40: the centre, or the unit, called the requester. The unit's clock runs on. R9: where the
/// telephone number is concealed from the unit, the centre calls in its place, and the call counts for it.
pub(crate) fn record_attempt(
    order: &WorkOrder,
    attempt: &ContactAttempt,
    draft: &mut Draft<'_>,
) -> Result<(), Rejection> {
    check::not_in_future("ended_at", attempt.ended_at, draft.now())?;
    check::in_order(
        "ended_at",
        attempt.started_at,
        attempt.ended_at,
        "lies before started_at",
    )?;
    let (since, problem) = match (order.assignment(), &order.information) {
        (Some(assignment), _) => (
            assignment.dispatched_at,
            "lies before the dispatch to the unit",
        ),
        (None, Some(information)) => (
            information.asked_at,
            "lies before the information was found missing",
        ),
        (None, None) => (order.registered_at, "lies before the registration"),
    };
    check::in_order("started_at", since, attempt.started_at, problem)?;
    check::filled("evidence", &attempt.evidence)?;
    due::lapse(order, draft);
    draft.emit(Event::ContactAttempted(attempt.clone()));
    warn_of_hour(order, attempt, draft);
    Ok(())
}

/// R15: calls at night are no way to reach anybody. The law names no hours, so they count, and whoever made
/// this one is warned.
fn warn_of_hour(order: &WorkOrder, attempt: &ContactAttempt, draft: &mut Draft<'_>) {
    if !attempt.at_unusual_hour() {
        return;
    }
    let about = Notice::CalledAtUnusualHour {
        started_at: attempt.started_at,
    };
    if draft.by.role.unit().is_some() {
        draft.tell_unit(order, about);
    } else {
        draft.notify(Recipient::Center, about);
    }
}
