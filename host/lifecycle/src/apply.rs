//! Folding events into an order. No rule stands here: what an event says has been decided, so replaying
//! a journal needs no calendar, no rule set and no plugin.

use chrono::{DateTime, Utc};

use crate::command::{Moment, Registration};
use crate::deadline::{Deadline, DeadlineKind};
use crate::event::{CloseCode, Event, QueueReason, Recorded, RoutingConsequence};
use crate::order::{Assignment, Duty, Missed, RatingRecord, Stage, WorkOrder};

/// A journal that `decide` cannot have written. Our fault, never a caller's.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Corrupt {
    /// The positions have a gap or a repetition.
    #[error("event {found} stands where event {expected} belongs")]
    Sequence {
        /// Position that belongs here.
        expected: u64,
        /// Position that was found.
        found: u64,
    },
    /// The first event is not a registration.
    #[error("the journal begins with `{event}` instead of `registered`")]
    NotRegistered {
        /// The event.
        event: &'static str,
    },
    /// An event that the stage of the order does not admit.
    #[error("event {seq}, `{event}`, cannot happen in stage {stage}")]
    Misplaced {
        /// Its position.
        seq: u64,
        /// The event.
        event: &'static str,
        /// The stage.
        stage: &'static str,
    },
}

/// Folds a journal from its beginning; nothing, if it is empty.
///
/// # Errors
/// [`Corrupt`] at the first event that cannot stand where it stands.
pub fn replay<'a>(
    events: impl IntoIterator<Item = &'a Recorded>,
) -> Result<Option<WorkOrder>, Corrupt> {
    let mut order = None;
    for recorded in events {
        order = Some(apply(order, recorded)?);
    }
    Ok(order)
}

/// Folds one event into an order; the first one makes it.
///
/// # Errors
/// [`Corrupt`], which never happens to what `decide` answered for the same order.
pub fn apply(order: Option<WorkOrder>, recorded: &Recorded) -> Result<WorkOrder, Corrupt> {
    let version = order.as_ref().map_or(0, |order| order.version);
    let expected = version.saturating_add(1);
    if recorded.seq != expected {
        return Err(Corrupt::Sequence {
            expected,
            found: recorded.seq,
        });
    }
    match (order, &recorded.event) {
        (
            None,
            Event::Registered {
                registration,
                dispatch_by,
            },
        ) => Ok(begin(registration, dispatch_by, recorded.at)),
        (None, event) => Err(Corrupt::NotRegistered {
            event: event.name(),
        }),
        (Some(mut order), event) => {
            let stage = order.stage.name();
            let misplaced = Corrupt::Misplaced {
                seq: recorded.seq,
                event: event.name(),
                stage,
            };
            fold(&mut order, event, recorded.at).ok_or(misplaced)?;
            order.version = recorded.seq;
            Ok(order)
        }
    }
}

fn begin(registration: &Registration, dispatch_by: &Deadline, at: DateTime<Utc>) -> WorkOrder {
    let it = registration.clone();
    WorkOrder {
        id: it.order,
        version: 1,
        order_type: it.order_type,
        channel: it.channel,
        district: it.district,
        street: it.street,
        category: it.category,
        requester: it.requester,
        request: it.request,
        source: it.source,
        registered_at: at,
        stage: Stage::AwaitingDispatch {
            queue: QueueReason::NotAsked,
        },
        dispatch_by: dispatch_by.clone(),
        assignments: Vec::new(),
        routing: None,
        direct_answer: None,
        ratings: Vec::new(),
        follow_ups: Vec::new(),
        missed: Vec::new(),
    }
}

/// Folds one event, or answers nothing if the order's stage does not admit it.
fn fold(order: &mut WorkOrder, event: &Event, at: DateTime<Utc>) -> Option<()> {
    match event {
        Event::Registered { .. } => None,
        Event::RoutingAdvised {
            advice,
            consequence,
        } => {
            let Stage::AwaitingDispatch { queue } = &mut order.stage else {
                return None;
            };
            if let RoutingConsequence::PersonQueue { reason } = consequence {
                *queue = *reason;
            }
            order.routing = Some(advice.clone());
            Some(())
        }
        Event::AnsweredDirectly(answer) => {
            awaiting_dispatch(order)?;
            order.direct_answer = Some(answer.clone());
            Some(())
        }
        Event::Dispatched { .. }
        | Event::DutyAccepted
        | Event::DutyDeemedAccepted
        | Event::ContactAttempted(_)
        | Event::Replied(_)
        | Event::Submitted(_)
        | Event::ReviewPassed { .. }
        | Event::ReviewFailed { .. } => fold_handling(order, event, at),
        Event::RatingOffered { .. }
        | Event::Rated { .. }
        | Event::InvalidRatingReceived { .. }
        | Event::RatingLapsed
        | Event::FollowedUp(_) => fold_rating(order, event, at),
        Event::DeadlineMarked { .. } => fold_marked(order, event),
        Event::EscalationAdvised { .. } => open(order),
        Event::DeadlineRecomputed {
            deadline,
            previous_due_at: _,
        } => {
            open(order)?;
            fold_recomputed(order, deadline)
        }
        Event::Closed { code, note: _ } => close(order, *code, at),
    }
}

/// From the dispatch to the end of the review.
fn fold_handling(order: &mut WorkOrder, event: &Event, at: DateTime<Utc>) -> Option<()> {
    match event {
        Event::Dispatched {
            unit,
            chosen_by: _,
            special_limit,
            verify_by,
            handle_by,
        } => {
            awaiting_dispatch(order)?;
            order.assignments.push(Assignment {
                unit: unit.clone(),
                dispatched_at: at,
                special_limit: special_limit.clone(),
                verify_by: verify_by.clone(),
                handle_by: handle_by.clone(),
                duty: Duty::Unverified,
                ask_at: handle_by.warn_at,
                warned: false,
                contact_attempts: Vec::new(),
                reply: None,
                report: None,
                completed_at: None,
                failed_review_seconds: 0,
            });
            order.stage = Stage::AwaitingVerification;
        }
        Event::DutyAccepted => verified(order, Duty::Accepted { at })?,
        Event::DutyDeemedAccepted => verified(order, Duty::DeemedAccepted { at })?,
        Event::ContactAttempted(attempt) => {
            with_unit(order)?.contact_attempts.push(attempt.clone());
        }
        Event::Replied(reply) => with_unit(order)?.reply = Some(reply.clone()),
        Event::Submitted(report) => {
            in_handling(order)?;
            order.assignments.last_mut()?.report = Some(report.clone());
            order.stage = Stage::UnderReview { submitted_at: at };
        }
        Event::ReviewPassed { offer_by } => {
            let submitted_at = submitted_at(order)?;
            order.assignments.last_mut()?.completed_at = Some(submitted_at);
            order.stage = Stage::AwaitingRatingOffer {
                offer_by: offer_by.clone(),
            };
        }
        Event::ReviewFailed { reason: _ } => {
            let waited = at
                .signed_duration_since(submitted_at(order)?)
                .num_seconds()
                .max(0);
            let assignment = order.assignments.last_mut()?;
            assignment.failed_review_seconds =
                assignment.failed_review_seconds.saturating_add(waited);
            order.stage = Stage::InHandling;
        }
        Event::Registered { .. }
        | Event::RoutingAdvised { .. }
        | Event::AnsweredDirectly(_)
        | Event::RatingOffered { .. }
        | Event::Rated { .. }
        | Event::InvalidRatingReceived { .. }
        | Event::RatingLapsed
        | Event::FollowedUp(_)
        | Event::DeadlineMarked { .. }
        | Event::EscalationAdvised { .. }
        | Event::DeadlineRecomputed { .. }
        | Event::Closed { .. } => return None,
    }
    Some(())
}

/// From the rating offer to the call-back.
fn fold_rating(order: &mut WorkOrder, event: &Event, at: DateTime<Utc>) -> Option<()> {
    match event {
        Event::RatingOffered { offer: _, rate_by } => {
            let Stage::AwaitingRatingOffer { .. } = order.stage else {
                return None;
            };
            order.stage = Stage::AwaitingRating {
                rate_by: rate_by.clone(),
            };
        }
        Event::Rated { rating } => {
            awaiting_rating(order)?;
            order.ratings.push(RatingRecord {
                rating: Some(*rating),
                at,
            });
            order.stage = Stage::AwaitingFollowUp { followed_up: false };
        }
        Event::InvalidRatingReceived { answer: _ } => awaiting_rating(order)?,
        Event::RatingLapsed => {
            awaiting_rating(order)?;
            order.ratings.push(RatingRecord { rating: None, at });
        }
        Event::FollowedUp(follow_up) => {
            let Stage::AwaitingFollowUp { followed_up } = &mut order.stage else {
                return None;
            };
            *followed_up = true;
            order.follow_ups.push(follow_up.clone());
        }
        Event::Registered { .. }
        | Event::RoutingAdvised { .. }
        | Event::AnsweredDirectly(_)
        | Event::Dispatched { .. }
        | Event::DutyAccepted
        | Event::DutyDeemedAccepted
        | Event::ContactAttempted(_)
        | Event::Replied(_)
        | Event::Submitted(_)
        | Event::ReviewPassed { .. }
        | Event::ReviewFailed { .. }
        | Event::DeadlineMarked { .. }
        | Event::EscalationAdvised { .. }
        | Event::DeadlineRecomputed { .. }
        | Event::Closed { .. } => return None,
    }
    Some(())
}

/// A question or a miss. A miss is a fact: nothing ever takes it back.
fn fold_marked(order: &mut WorkOrder, event: &Event) -> Option<()> {
    let Event::DeadlineMarked {
        deadline,
        moment,
        due_at,
        unit,
        provisional,
        ask_again_at,
        unit_warned,
    } = event
    else {
        return None;
    };
    open(order)?;
    match moment {
        Moment::DueSoon | Moment::StillOverdue => {}
        Moment::Passed => order.missed.push(Missed {
            deadline: *deadline,
            due_at: *due_at,
            unit: unit.clone(),
            provisional: *provisional,
        }),
    }
    if *deadline == DeadlineKind::Handling {
        let assignment = order.assignments.last_mut()?;
        assignment.ask_at = *ask_again_at;
        assignment.warned |= unit_warned;
    }
    Some(())
}

/// A deadline under a new calendar. Where that moves it or the first question about it, asking begins
/// anew: at once, if the plugins should have been asked by now.
fn fold_recomputed(order: &mut WorkOrder, deadline: &Deadline) -> Option<()> {
    let slot = slot(order, deadline.kind)?;
    let moved = slot.due.due_at != deadline.due.due_at || slot.warn_at != deadline.warn_at;
    *slot = deadline.clone();
    if moved && deadline.kind == DeadlineKind::Handling {
        order.assignments.last_mut()?.ask_at = deadline.warn_at;
    }
    Some(())
}

fn close(order: &mut WorkOrder, code: CloseCode, at: DateTime<Utc>) -> Option<()> {
    open(order)?;
    order.stage = Stage::Closed { code, at };
    Some(())
}

/// Where a deadline of this kind is kept, if one of it runs or may run on.
fn slot(order: &mut WorkOrder, kind: DeadlineKind) -> Option<&mut Deadline> {
    match (kind, &mut order.stage) {
        (DeadlineKind::Dispatch, Stage::AwaitingDispatch { .. }) => Some(&mut order.dispatch_by),
        (DeadlineKind::Verification, Stage::AwaitingVerification) => {
            order.assignments.last_mut()?.verify_by.as_mut()
        }
        (
            DeadlineKind::Handling,
            Stage::AwaitingVerification | Stage::InHandling | Stage::UnderReview { .. },
        ) => Some(&mut order.assignments.last_mut()?.handle_by),
        (DeadlineKind::RatingOffer, Stage::AwaitingRatingOffer { offer_by }) => Some(offer_by),
        (DeadlineKind::Rating, Stage::AwaitingRating { rate_by }) => Some(rate_by),
        (_, _) => None,
    }
}

fn verified(order: &mut WorkOrder, duty: Duty) -> Option<()> {
    let Stage::AwaitingVerification = order.stage else {
        return None;
    };
    order.assignments.last_mut()?.duty = duty;
    order.stage = Stage::InHandling;
    Some(())
}

/// The assignment, while the unit verifies or handles.
fn with_unit(order: &mut WorkOrder) -> Option<&mut Assignment> {
    match order.stage {
        Stage::AwaitingVerification | Stage::InHandling => order.assignments.last_mut(),
        Stage::AwaitingDispatch { .. }
        | Stage::UnderReview { .. }
        | Stage::AwaitingRatingOffer { .. }
        | Stage::AwaitingRating { .. }
        | Stage::AwaitingFollowUp { .. }
        | Stage::Closed { .. } => None,
    }
}

fn submitted_at(order: &WorkOrder) -> Option<DateTime<Utc>> {
    if let Stage::UnderReview { submitted_at } = order.stage {
        Some(submitted_at)
    } else {
        None
    }
}

fn awaiting_dispatch(order: &WorkOrder) -> Option<()> {
    matches!(order.stage, Stage::AwaitingDispatch { .. }).then_some(())
}

fn in_handling(order: &WorkOrder) -> Option<()> {
    matches!(order.stage, Stage::InHandling).then_some(())
}

fn awaiting_rating(order: &WorkOrder) -> Option<()> {
    matches!(order.stage, Stage::AwaitingRating { .. }).then_some(())
}

fn open(order: &WorkOrder) -> Option<()> {
    (!matches!(order.stage, Stage::Closed { .. })).then_some(())
}
