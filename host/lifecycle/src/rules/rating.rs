//! Rating of the handling (Art. 27, 28): R56–R58, P8, A-19.

use contract::types::Rating;

use super::{check, due};
use crate::command::{RatingChoice, RatingOffer};
use crate::deadline::DeadlineKind;
use crate::draft::Draft;
use crate::effect::{Notice, Recipient};
use crate::event::{CloseCode, Event};
use crate::gate;
use crate::order::{Stage, WorkOrder};
use crate::rejection::Rejection;

/// R56: the channel was offered. Whether that was in time is judged by when it was sent. The
/// requester's time starts with the receipt: the delivery, where it was confirmed, else the sending
///
pub(crate) fn record_offer(
    order: &WorkOrder,
    offer: &RatingOffer,
    draft: &mut Draft<'_>,
) -> Result<(), Rejection> {
    let Stage::AwaitingRatingOffer { offer_by } = &order.stage else {
        return Err(gate::wrong_stage(order, "awaiting_rating_offer"));
    };
    let (sent_at, now) = (offer.sent_at, draft.now());
    check::not_in_future("sent_at", sent_at, now)?;
    check::in_order(
        "sent_at",
        offer_by.trigger_at,
        sent_at,
        "lies before the passed review",
    )?;
    if let Some(delivered_at) = offer.delivered_at {
        check::not_in_future("delivered_at", delivered_at, now)?;
        check::in_order("delivered_at", sent_at, delivered_at, "lies before sent_at")?;
    }
    if offer_by.is_late(sent_at) {
        due::lapse(order, draft);
    }
    let received_at = offer.delivered_at.unwrap_or(sent_at);
    let rate_by = draft.deadline(DeadlineKind::Rating, order.order_type, None, received_at)?;
    draft.emit(Event::RatingOffered {
        offer: offer.clone(),
        rate_by,
    });
    Ok(())
}

/// R57, R58: the first of the five options that comes in time stands. Anything else is no rating; it is
/// kept, and the requester may still choose.
pub(crate) fn rate(
    order: &WorkOrder,
    choice: &RatingChoice,
    draft: &mut Draft<'_>,
) -> Result<(), Rejection> {
    let Stage::AwaitingRating { rate_by } = &order.stage else {
        return Err(gate::wrong_stage(order, "awaiting_rating"));
    };
    if rate_by.is_late(draft.now()) {
        return Err(Rejection::RatingTooLate {
            due_at: rate_by.due.due_at,
        });
    }
    match choice {
        RatingChoice::Other(answer) => draft.emit(Event::InvalidRatingReceived { answer: *answer }),
        RatingChoice::Option(rating) => {
            draft.emit(Event::Rated { rating: *rating });
            if is_dissatisfied(*rating) {
                draft.notify(Recipient::Center, Notice::AwaitsFollowUp);
                super::escalation::advised(order, draft);
            } else {
                close(order, CloseCode::RatedSatisfied, draft);
            }
        }
    }
    Ok(())
}

/// R58: nobody rated in time; unrated ends the order like a satisfied rating.
pub(super) fn lapse(order: &WorkOrder, draft: &mut Draft<'_>) {
    draft.emit(Event::RatingLapsed);
    close(order, CloseCode::NotRated, draft);
}

/// R58: which of the five options mean a call-back.
pub(crate) fn is_dissatisfied(rating: Rating) -> bool {
    match rating {
        Rating::VerySatisfied | Rating::Satisfied | Rating::BasicallySatisfied => false,
        Rating::Dissatisfied | Rating::VeryDissatisfied => true,
    }
}

fn close(order: &WorkOrder, code: CloseCode, draft: &mut Draft<'_>) {
    draft.emit(Event::Closed { code, note: None });
    if let Some(assignment) = order.assignment() {
        draft.notify(Recipient::Unit(assignment.unit.clone()), Notice::Closed);
    }
}
