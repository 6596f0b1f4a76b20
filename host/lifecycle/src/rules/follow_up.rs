//! The call-back to a dissatisfied requester, and the end without another handling (Art. 28, 29):
//! R58, R59, A-20.

use super::check;
use crate::command::FollowUp;
use crate::draft::Draft;
use crate::effect::{Notice, Recipient};
use crate::event::{CloseCode, Event};
use crate::ids::TextId;
use crate::order::{Stage, WorkOrder};
use crate::rejection::Rejection;

/// R58: the call-back is recorded; the rating stays what it is, whatever the requester says.
pub(crate) fn record(
    order: &WorkOrder,
    follow_up: &FollowUp,
    draft: &mut Draft<'_>,
) -> Result<(), Rejection> {
    check::not_in_future("contacted_at", follow_up.contacted_at, draft.now())?;
    if let Some(rating) = order.ratings.last() {
        let (rated, contacted) = (rating.at, follow_up.contacted_at);
        check::in_order("contacted_at", rated, contacted, "lies before the rating")?;
    }
    draft.emit(Event::FollowedUp(follow_up.clone()));
    Ok(())
}

/// R59, A-20: sending back is the centre's choice; not doing so needs a reason, and the call-back first.
pub(crate) fn close_dissatisfied(
    order: &WorkOrder,
    reason: TextId,
    draft: &mut Draft<'_>,
) -> Result<(), Rejection> {
    if !matches!(order.stage, Stage::AwaitingFollowUp { followed_up: true }) {
        return Err(Rejection::FollowUpMissing);
    }
    draft.emit(Event::Closed {
        code: CloseCode::NotSentBack,
        note: Some(reason),
    });
    if let Some(assignment) = order.assignment() {
        draft.notify(Recipient::Unit(assignment.unit.clone()), Notice::Closed);
    }
    Ok(())
}
