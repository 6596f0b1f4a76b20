//! Ratings of the hotline's service and of the handling (Art. 27, 28, 30): R55–R58, R61, R62, P8, A-19.

use chrono::{DateTime, Utc};
use contract::types::Rating;

use super::{check, due};
use crate::command::{NoticeReceipt, RatingChoice, RatingOffer, ServiceRating};
use crate::deadline::{Deadline, DeadlineKind};
use crate::draft::Draft;
use crate::effect::{Notice, Recipient};
use crate::event::{CloseCode, Event};
use crate::gate;
use crate::order::{Stage, WorkOrder};
use crate::rejection::Rejection;
use crate::ruleset::RatingChoiceCounts;

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
    let rate_by = rate_by(order, received_at, draft)?;
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
    may_rate(order, draft.now())?;
    match choice {
        RatingChoice::Other(answer) => draft.emit(Event::InvalidRatingReceived { answer: *answer }),
        RatingChoice::Option(rating) => match draft.context.rules().options.rating_choice {
            RatingChoiceCounts::First => stands(order, *rating, draft),
            RatingChoiceCounts::Last => draft.emit(Event::RatingHeld { rating: *rating }),
        },
    }
    Ok(())
}

/// The rating that counts.
fn stands(order: &WorkOrder, rating: Rating, draft: &mut Draft<'_>) {
    draft.emit(Event::Rated { rating });
    if is_dissatisfied(rating) {
        draft.notify(Recipient::Center, Notice::AwaitsFollowUp);
        super::escalation::advised(order, draft);
    } else {
        end(order, CloseCode::RatedSatisfied, draft);
    }
}

/// P8: while the requester's time runs.
pub(super) fn may_rate(order: &WorkOrder, now: DateTime<Utc>) -> Result<(), Rejection> {
    let Stage::AwaitingRating { rate_by, .. } = &order.stage else {
        return Err(gate::wrong_stage(order, "awaiting_rating"));
    };
    if rate_by.is_late(now) {
        return Err(Rejection::RatingTooLate {
            due_at: Some(rate_by.due.due_at),
        });
    }
    Ok(())
}

/// R58: nobody rated in time; unrated ends the order like a satisfied rating.
pub(super) fn lapse(order: &WorkOrder, draft: &mut Draft<'_>) {
    match order.held_rating {
        // the last one in time.
        Some(rating) => stands(order, rating, draft),
        None => {
            draft.emit(Event::RatingLapsed);
            end(order, CloseCode::NotRated, draft);
        }
    }
}

/// R58: which of the five options mean a call-back.
pub(crate) fn is_dissatisfied(rating: Rating) -> bool {
    match rating {
        Rating::VerySatisfied | Rating::Satisfied | Rating::BasicallySatisfied => false,
        Rating::Dissatisfied | Rating::VeryDissatisfied => true,
    }
}

/// R58, R62: the second round has one code for both.
pub(super) fn end(order: &WorkOrder, code: CloseCode, draft: &mut Draft<'_>) {
    let code = if order.round() > 1 {
        CloseCode::SecondRoundEnded
    } else {
        code
    };
    draft.close(code, None);
    draft.tell_unit(order, Notice::Closed);
}

/// R57: five calendar days from the receipt of the notice.
fn rate_by(
    order: &WorkOrder,
    received_at: DateTime<Utc>,
    draft: &Draft<'_>,
) -> Result<Deadline, Rejection> {
    let kind = DeadlineKind::Rating;
    let limit = (
        kind.rule(order.order_type),
        draft.context.rules.at(received_at).rate,
    );
    draft.deadline(kind, order.order_type, limit, received_at)
}

/// R16, R57, A-19: the channel confirms the delivery of the notice that started the requester's time;
/// it runs from then. The first confirmation stands: a later one, or one that comes after that time is
/// over, changes nothing any more.
pub(crate) fn record_delivery(
    order: &WorkOrder,
    delivered_at: DateTime<Utc>,
    draft: &mut Draft<'_>,
) -> Result<(), Rejection> {
    let old = may_deliver(order, draft.now())?;
    check::not_in_future("delivered_at", delivered_at, draft.now())?;
    check::in_order(
        "delivered_at",
        old.trigger_at,
        delivered_at,
        "lies before the sending",
    )?;
    let deadline = if old.kind == DeadlineKind::Rating {
        rate_by(order, delivered_at, draft)?
    } else {
        let receipt = NoticeReceipt {
            sent_at: old.trigger_at,
            delivered_at: Some(delivered_at),
        };
        super::information::answer_by(order, &receipt, draft)?
    };
    draft.emit(Event::DeliveryRecorded {
        delivered_at,
        deadline,
    });
    Ok(())
}

/// The requester's time that a confirmed delivery starts anew, while it runs.
pub(super) fn may_deliver(order: &WorkOrder, now: DateTime<Utc>) -> Result<&Deadline, Rejection> {
    let running = match &order.stage {
        Stage::AwaitingRating {
            rate_by,
            delivered: false,
        } => Some(rate_by),
        Stage::AwaitingInformation { answer_by, .. } if !was_delivered(order) => answer_by.as_ref(),
        Stage::AwaitingInformation { .. }
        | Stage::AwaitingDispatch { .. }
        | Stage::AwaitingVerification
        | Stage::ReturnRequested
        | Stage::InCoordination
        | Stage::InHandling
        | Stage::UnderDistrictReview { .. }
        | Stage::UnderReview { .. }
        | Stage::Withdrawn
        | Stage::AwaitingRatingOffer { .. }
        | Stage::AwaitingRating { .. }
        | Stage::AwaitingFollowUp { .. }
        | Stage::AwaitingStatement { .. }
        | Stage::Closed { .. } => None,
    };
    running
        .filter(|it| !it.is_late(now))
        .ok_or(Rejection::NothingDue)
}

/// Whether the delivery of the notice of what is missing was confirmed.
fn was_delivered(order: &WorkOrder) -> bool {
    let notice = order.information.as_ref().and_then(|it| it.notice.as_ref());
    notice.is_some_and(|notice| notice.delivered_at.is_some())
}

/// R55: how the hotline took the request, once; direct answers too, and after the end.
pub(crate) fn rate_service(
    order: &WorkOrder,
    given: &ServiceRating,
    draft: &mut Draft<'_>,
) -> Result<(), Rejection> {
    may_rate_service(order)?;
    draft.emit(Event::ServiceRated(*given));
    Ok(())
}

/// The first choice stands.
pub(super) fn may_rate_service(order: &WorkOrder) -> Result<(), Rejection> {
    if order.service_rating.is_some() {
        return Err(Rejection::ServiceRatedBefore);
    }
    Ok(())
}
