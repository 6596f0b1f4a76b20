//! Withdrawal (Art. 23(2), 9(3), 27(2)): R10, R45. It is made through the hotline; the unit that has the
//! order ends it, and its clock runs until then. A withdrawn order is not rated (P7).
//!
//! A violation report is the unit's to end up to the passed review, whoever has it just then: Art. 23(2)
//! lets the unit that knows of it look into it further, so the hotline does not end it over its head.

use chrono::{DateTime, Utc};
use contract::types::OrderType;

use super::{check, due};
use crate::command::Withdrawal;
use crate::draft::{Draft, staff_of};
use crate::effect::Notice;
use crate::event::{CloseCode, Event};
use crate::ids::{TextId, UnitCode};
use crate::order::{Stage, WorkOrder};
use crate::rejection::Rejection;

/// R45: the requester withdraws. Where no unit has the order, or it has submitted, nobody is left to end
/// it but the hotline, unless it is a report that the unit may go on with.
pub(crate) fn withdraw(
    order: &WorkOrder,
    withdrawal: &Withdrawal,
    draft: &mut Draft<'_>,
) -> Result<(), Rejection> {
    may_withdraw(order, draft.now())?;
    check::is_requester(withdrawal.identity, draft)?;
    check::evidence("evidence.reference", &withdrawal.evidence)?;
    due::lapse(order, draft);
    draft.emit(Event::Withdrawn(withdrawal.clone()));
    if let Some(unit) = unit_that_ends(order) {
        draft.notify(staff_of(unit, order), Notice::Withdrawn);
    } else {
        draft.close(CloseCode::Withdrawn, None);
        draft.tell_unit(order, Notice::Closed);
    }
    Ok(())
}

/// R45: whose it is to end the order: the unit that has it; of a report the unit that has it or had it last,
/// though it has submitted or returned it.
fn unit_that_ends(order: &WorkOrder) -> Option<&UnitCode> {
    let report = order.order_type == OrderType::ViolationReport;
    let its_own = match &order.stage {
        Stage::AwaitingVerification | Stage::InHandling | Stage::ReturnRequested => true,
        Stage::AwaitingDispatch { .. }
        | Stage::InCoordination
        | Stage::UnderDistrictReview { .. }
        | Stage::UnderReview { .. } => report,
        // Handled, or with nobody who could go on.
        Stage::AwaitingInformation { .. }
        | Stage::AwaitingRatingOffer { .. }
        | Stage::AwaitingRating { .. }
        | Stage::AwaitingFollowUp { .. }
        | Stage::AwaitingStatement { .. }
        | Stage::Withdrawn
        | Stage::Closed { .. } => false,
    };
    let last = order.assignment().filter(|_| its_own);
    last.map(|it| &it.unit)
}

/// R16, R57: not once the requester's time is over, which ends the order otherwise.
pub(super) fn may_withdraw(order: &WorkOrder, now: DateTime<Utc>) -> Result<(), Rejection> {
    if due::has_ended(order, now) {
        return Err(Rejection::Closed);
    }
    Ok(())
}

/// R45: the unit ends the order. What a violation report told it may go on to look into, inside its own
/// duties.
pub(crate) fn close(
    order: &WorkOrder,
    note: TextId,
    goes_on: bool,
    draft: &mut Draft<'_>,
) -> Result<(), Rejection> {
    if goes_on && order.order_type != OrderType::ViolationReport {
        return Err(Rejection::GoesOnOnlyReports);
    }
    due::lapse(order, draft);
    draft.emit(Event::Closed {
        code: CloseCode::Withdrawn,
        note: Some(note),
        exclusion: None,
        goes_on,
    });
    Ok(())
}
