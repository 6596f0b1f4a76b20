//! Withdrawal (Art. 23(2), 9(3), 27(2)): R10, R45. It is made through the hotline; the unit that has the
//! order ends it, and its clock runs until then. A withdrawn order is not rated (P7).

use chrono::{DateTime, Utc};
use contract::types::OrderType;

use super::{check, due};
use crate::command::Withdrawal;
use crate::draft::Draft;
use crate::effect::Notice;
use crate::event::{CloseCode, Event};
use crate::ids::TextId;
use crate::order::{Stage, WorkOrder};
use crate::rejection::Rejection;

/// R45: the requester withdraws. Where no unit has the order, or it has submitted, nobody is left to end
/// it but the hotline.
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
    let with_unit = matches!(
        order.stage,
        Stage::AwaitingVerification | Stage::InHandling | Stage::ReturnRequested
    );
    if with_unit {
        draft.tell_unit(order, Notice::Withdrawn);
    } else {
        draft.close(CloseCode::Withdrawn, None);
        draft.tell_unit(order, Notice::Closed);
    }
    Ok(())
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
