//! Review of the report (Art. 5, 15, 30): R3, R24, R25, R56, R61.

use super::due;
use crate::command::Review;
use crate::deadline::DeadlineKind;
use crate::draft::Draft;
use crate::effect::{Effect, Notice, Recipient};
use crate::event::Event;
use crate::order::WorkOrder;
use crate::rejection::Rejection;

/// R24: a report that passes ended the handling when it was submitted; one that fails never stopped
/// the clock. So a deadline that passed during the review is missed only now, if the report fails
/// and not at all if it passes. R61: the same after the second handling.
pub(crate) fn review(
    order: &WorkOrder,
    review: &Review,
    draft: &mut Draft<'_>,
) -> Result<(), Rejection> {
    match review {
        Review::Pass => {
            let now = draft.now();
            let kind = DeadlineKind::RatingOffer;
            let limit = (
                kind.rule(order.order_type),
                draft.context.rules.offer_rating,
            );
            let offer_by = draft.deadline(kind, order.order_type, limit, now)?;
            draft.emit(Event::ReviewPassed { offer_by });
            draft.effect(Effect::OfferRating);
        }
        Review::Fail { reason } => {
            draft.emit(Event::ReviewFailed { reason: *reason });
            draft.tell_unit(order, Notice::ReviewFailed);
            due::lapse_after_failed_review(order, draft);
        }
    }
    Ok(())
}

/// R3, A-04: the district's office passes the report on, and only then has it come in; the unit's clock
/// ran until now. Or it gives the report back.
pub(crate) fn at_district(
    order: &WorkOrder,
    review: &Review,
    draft: &mut Draft<'_>,
) -> Result<(), Rejection> {
    due::lapse(order, draft);
    match review {
        Review::Pass => {
            draft.emit(Event::DistrictReviewPassed);
            draft.notify(Recipient::Center, Notice::AwaitsReview);
        }
        Review::Fail { reason } => {
            draft.emit(Event::ReviewFailed { reason: *reason });
            draft.tell_unit(order, Notice::ReviewFailed);
        }
    }
    Ok(())
}
