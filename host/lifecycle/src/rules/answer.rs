//! A consultation that the knowledge base answers (Art. 13(1)): R19.

use super::{check, due};
use crate::command::DirectAnswer;
use crate::draft::Draft;
use crate::event::{CloseCode, Event};
use crate::order::WorkOrder;
use crate::rejection::Rejection;

/// R19: answered directly, ended with CR01. No unit handled it, so no handling is rated.
pub(crate) fn answer_directly(
    order: &WorkOrder,
    answer: &DirectAnswer,
    draft: &mut Draft<'_>,
) -> Result<(), Rejection> {
    check::filled("knowledge_point", &answer.knowledge_point)?;
    if answer.knowledge_version == 0 {
        return Err(Rejection::Missing {
            field: "knowledge_version",
        });
    }
    due::lapse(order, draft);
    draft.emit(Event::AnsweredDirectly(answer.clone()));
    draft.close(CloseCode::AnsweredDirectly, None);
    Ok(())
}
