//! Checks of content that several rules share: nothing empty, no time that cannot be.

use chrono::{DateTime, Utc};

use crate::command::{ContactAttempt, Evidence, Identity, RequesterTold};
use crate::draft::Draft;
use crate::ids::Role;
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

/// A piece of evidence that can be found again (R41).
pub(super) fn evidence(field: &'static str, evidence: &Evidence) -> Result<(), Rejection> {
    filled(field, &evidence.reference)
}

/// R10, P13: the same number or account, or somebody whom the centre verified.
pub(super) fn is_requester(identity: Identity, draft: &Draft<'_>) -> Result<(), Rejection> {
    match identity {
        Identity::SameAccount => Ok(()),
        Identity::Verified { how: _ } if draft.by.role == Role::Operator => Ok(()),
        Identity::Verified { how: _ } | Identity::Other => Err(Rejection::NotTheRequester),
    }
}

/// How the requester was told, or the counted calls that did not reach him or her (R36, R39); either
/// way after there was something to tell.
pub(super) fn told(
    told: &RequesterTold,
    since: DateTime<Utc>,
    attempts: &[ContactAttempt],
    draft: &Draft<'_>,
) -> Result<(), Rejection> {
    match told {
        RequesterTold::Told { at, evidence, .. } => {
            not_in_future("told.at", *at, draft.now())?;
            in_order("told.at", since, *at, "lies before what is to be told")?;
            self::evidence("told.evidence.reference", evidence)
        }
        RequesterTold::Unreachable => {
            super::contact::check_unreachable(attempts, Some(since), draft)
        }
    }
}
