//! The unit verifies whether the matter is its own (Art. 16): R26, A-03, and R44 for commendations.

use super::due;
use crate::deadline::DeadlineKind;
use crate::draft::Draft;
use crate::event::{CloseCode, Event};
use crate::order::WorkOrder;
use crate::rejection::Rejection;
use crate::ruleset::Receipt;

/// R26: the unit says that the matter is its own. Said too late, it is deemed said when the time ended,
/// and that is what is recorded. R44: of a commendation it means "read", which ends the order.
pub(crate) fn accept(order: &WorkOrder, draft: &mut Draft<'_>) -> Result<(), Rejection> {
    let too_late = due::verification_lapsed(order, draft.now());
    due::lapse(order, draft);
    if too_late {
        return Ok(());
    }
    accepted(order, draft)?;
    if order.is_only_read() {
        draft.close(CloseCode::CommendationRead, None);
    }
    Ok(())
}

/// where acceptance is the receipt, the handling period begins with it; by default it has begun with
/// the dispatch.
pub(super) fn accepted(order: &WorkOrder, draft: &mut Draft<'_>) -> Result<(), Rejection> {
    draft.emit(Event::DutyAccepted);
    let assignment = order.assignment().filter(|_| !order.is_only_read());
    match (draft.context.rules().options.receipt, assignment) {
        (Receipt::AtDispatch, _) | (Receipt::AtAcceptance, None) => Ok(()),
        (Receipt::AtAcceptance, Some(assignment)) => {
            let old = &assignment.handle_by;
            let mut handle_by = draft.deadline(
                old.kind,
                order.order_type,
                (DeadlineKind::Handling.rule(order.order_type), old.period),
                draft.now(),
            )?;
            handle_by.rule.clone_from(&old.rule);
            handle_by.article.clone_from(&old.article);
            draft.emit(Event::PeriodBegun { handle_by });
            Ok(())
        }
    }
}
