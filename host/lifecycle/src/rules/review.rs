//! The centre's review of the report (Art. 5, 15): R24, R25, R56.

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
/// and not at all if it passes.
pub(crate) fn review(
    order: &WorkOrder,
    review: &Review,
    draft: &mut Draft<'_>,
) -> Result<(), Rejection> {
    match review {
        Review::Pass => {
            let now = draft.now();
            let kind = DeadlineKind::RatingOffer;
            let offer_by = draft.deadline(kind, order.order_type, None, now)?;
            draft.emit(Event::ReviewPassed { offer_by });
            draft.effect(Effect::OfferRating);
        }
        Review::Fail { reason } => {
            draft.emit(Event::ReviewFailed { reason: *reason });
            if let Some(assignment) = order.assignment() {
                draft.notify(
                    Recipient::Unit(assignment.unit.clone()),
                    Notice::ReviewFailed,
                );
            }
            due::lapse_after_failed_review(order, draft);
        }
    }
    Ok(())
}
