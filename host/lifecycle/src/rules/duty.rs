//! The unit verifies whether the matter is its own (Art. 16): R26, and R44 for commendations.

use contract::types::OrderType;

use super::due;
use crate::draft::Draft;
use crate::event::{CloseCode, Event};
use crate::order::WorkOrder;

/// R26: the unit says that the matter is its own. Said too late, it is deemed said when the time ended,
/// and that is what is recorded. R44: of a commendation it means "read", which ends the order.
pub(crate) fn accept(order: &WorkOrder, draft: &mut Draft<'_>) {
    let too_late = due::verification_lapsed(order, draft.now());
    due::lapse(order, draft);
    if too_late {
        return;
    }
    draft.emit(Event::DutyAccepted);
    match order.order_type {
        OrderType::Commendation => {
            draft.close(CloseCode::CommendationRead, None);
        }
        OrderType::Consultation
        | OrderType::Complaint
        | OrderType::ViolationReport
        | OrderType::HelpRequest
        | OrderType::Suggestion => {}
    }
}
