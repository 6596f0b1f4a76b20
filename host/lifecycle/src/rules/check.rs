//! Checks of content that several rules share: nothing empty, no time that cannot be.

use chrono::{DateTime, Utc};

use crate::rejection::Rejection;

/// A text that must say something.
pub(super) fn filled(field: &'static str, text: &str) -> Result<(), Rejection> {
    if text.trim().is_empty() {
        Err(Rejection::Missing { field })
    } else {
        Ok(())
    }
}

/// Two instants in the order in which they can only have happened; equal ones are fine.
pub(super) fn in_order(
    field: &'static str,
    earlier: DateTime<Utc>,
    later: DateTime<Utc>,
    problem: &'static str,
) -> Result<(), Rejection> {
    if earlier <= later {
        Ok(())
    } else {
        Err(Rejection::ImpossibleTime { field, problem })
    }
}

/// An instant that has come already.
pub(super) fn not_in_future(
    field: &'static str,
    at: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<(), Rejection> {
    in_order(field, at, now, "lies in the future")
}
