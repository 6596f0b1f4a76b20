//! Attempts to reach the requester by telephone (Art. 12, 21): R17, R40, A-08, P2.

use chrono::{DateTime, TimeDelta, Utc};
use serde::Serialize;

use super::{check, due};
use crate::command::{ContactAttempt, ContactResult};
use crate::draft::Draft;
use crate::event::Event;
use crate::order::WorkOrder;
use crate::rejection::Rejection;

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
/// call voids what was before it.
#[must_use]
pub fn contact_series(attempts: &[ContactAttempt], interval_minutes: u32) -> ContactSeries {
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
                if series.next_from.is_none_or(|from| call.started_at >= from) {
                    series.counted = series.counted.saturating_add(1);
                    series.next_from = call.ended_at.checked_add_signed(interval);
                }
            }
        }
    }
    series
}

/// R17, R40: the unit called the requester. Its clock runs on.
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
    if let Some(assignment) = order.assignment() {
        let (received, began) = (assignment.dispatched_at, attempt.started_at);
        check::in_order(
            "started_at",
            received,
            began,
            "lies before the dispatch to the unit",
        )?;
    }
    check::filled("evidence", &attempt.evidence)?;
    due::lapse(order, draft);
    draft.emit(Event::ContactAttempted(attempt.clone()));
    Ok(())
}
