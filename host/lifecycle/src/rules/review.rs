//! Review of the report (Art. 5, 15, 30): R3, R24, R25, R56, R61.

use super::due;
use crate::command::{HandlingConclusion, Review};
use crate::deadline::{self, DeadlineKind};
use crate::draft::Draft;
use crate::effect::{Effect, Notice, Recipient};
use crate::event::{CloseCode, Event};
use crate::order::{Stage, WorkOrder};
use crate::rejection::Rejection;
use crate::ruleset::UnitEnded;

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
                draft.context.rules().offer_rating,
            );
            let offer_by = draft.deadline(kind, order.order_type, limit, now)?;
            draft.emit(Event::ReviewPassed {
                offer_by,
                on_target: on_target(order, draft),
            });
            match ends_here(order, draft) {
                Some(code) => draft.close(code, None),
                None => draft.effect(Effect::OfferRating),
            }
        }
        Review::Fail { reason } => {
            draft.emit(Event::ReviewFailed {
                reason: *reason,
                on_target: on_target(order, draft),
            });
            draft.tell_unit(order, Notice::ReviewFailed);
            due::lapse_after_failed_review(order, draft);
        }
    }
    Ok(())
}

/// whether the centre decided within its own target, by the rule set in force when the report came
/// in. The law sets no limit, so nobody is late by it.
fn on_target(order: &WorkOrder, draft: &Draft<'_>) -> Option<bool> {
    let Stage::UnderReview { submitted_at } = order.stage else {
        return None;
    };
    let context = draft.context;
    let rules = context.rules.at(submitted_at);
    let due = deadline::due(submitted_at, rules.review_target, rules, context.calendar).ok()?;
    Some(!calendar::is_late(context.now, due.due_at))
}

/// what the unit ended without handling it is rated like the rest, unless the rule set reads the
/// text otherwise; then the passed review ends it.
fn ends_here(order: &WorkOrder, draft: &Draft<'_>) -> Option<CloseCode> {
    match draft.context.rules().options.unit_ended {
        UnitEnded::Rated => None,
        UnitEnded::NotRated => match &order.assignment()?.report.as_ref()?.conclusion {
            HandlingConclusion::Handled => None,
            HandlingConclusion::Unreachable | HandlingConclusion::Refused { .. } => {
                Some(CloseCode::UnitUnreachable)
            }
            HandlingConclusion::StatutoryDisposition { .. } => {
                Some(CloseCode::StatutoryDisposition)
            }
            HandlingConclusion::Repeat { .. } => Some(CloseCode::Repeat),
            HandlingConclusion::LongTermProgress { .. } => Some(CloseCode::LongTermProgress),
        },
    }
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
            draft.emit(Event::ReviewFailed {
                reason: *reason,
                on_target: None,
            });
            draft.tell_unit(order, Notice::ReviewFailed);
        }
    }
    Ok(())
}
