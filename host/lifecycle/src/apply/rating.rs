//! Folding what happens from the rating offer to the end.

use chrono::{DateTime, Utc};
use contract::types::Rating;

use super::handling;
use crate::command::{FollowUp, RatingOffer};
use crate::deadline::Deadline;
use crate::event::AssignmentRole;
use crate::order::{Duty, RatingRecord, Stage, WorkOrder};

pub(super) fn offered(
    order: &mut WorkOrder,
    offer: &RatingOffer,
    rate_by: &Deadline,
) -> Option<()> {
    let Stage::AwaitingRatingOffer { .. } = order.stage else {
        return None;
    };
    order.stage = Stage::AwaitingRating {
        rate_by: rate_by.clone(),
        delivered: offer.delivered_at.is_some(),
    };
    Some(())
}

/// The receipt of a notice that asks the requester for something: of the rating offer, or of what is
/// missing.
pub(super) fn delivered(order: &mut WorkOrder, at: DateTime<Utc>) -> Option<()> {
    if let Stage::AwaitingRating { delivered, .. } = &mut order.stage {
        *delivered = true;
        return Some(());
    }
    let notice = order.information.as_mut()?.notice.as_mut()?;
    notice.delivered_at = Some(at);
    Some(())
}

pub(super) fn awaited(order: &WorkOrder) -> Option<()> {
    matches!(order.stage, Stage::AwaitingRating { .. }).then_some(())
}

/// Rated or lapsed; where that ends the order, the next event says so.
pub(super) fn rated(
    order: &mut WorkOrder,
    rating: Option<Rating>,
    at: DateTime<Utc>,
) -> Option<()> {
    awaited(order)?;
    order.held_rating = None;
    order.ratings.push(RatingRecord { rating, at });
    if rating.is_some() {
        order.stage = Stage::AwaitingFollowUp { followed_up: false };
    }
    Some(())
}

pub(super) fn followed_up(order: &mut WorkOrder, follow_up: &FollowUp) -> Option<()> {
    let Stage::AwaitingFollowUp { followed_up } = &mut order.stage else {
        return None;
    };
    *followed_up = true;
    order.follow_ups.push(follow_up.clone());
    Some(())
}

/// The same unit has the order anew; there is nothing to verify (R59).
pub(super) fn sent_back(
    order: &mut WorkOrder,
    handle_by: &Deadline,
    at: DateTime<Utc>,
) -> Option<()> {
    let Stage::AwaitingFollowUp { .. } = order.stage else {
        return None;
    };
    let unit = order.assignments.last()?.unit.clone();
    let role = AssignmentRole::Rehandling;
    let mut assignment = handling::assignment(unit, role, handle_by, at);
    assignment.duty = Duty::Accepted { at };
    order.assignments.push(assignment);
    order.stage = Stage::InHandling;
    Some(())
}

pub(super) fn statement_awaited(order: &mut WorkOrder, statement_by: &Deadline) -> Option<()> {
    let Stage::AwaitingFollowUp { .. } = order.stage else {
        return None;
    };
    order.stage = Stage::AwaitingStatement {
        statement_by: statement_by.clone(),
    };
    Some(())
}
