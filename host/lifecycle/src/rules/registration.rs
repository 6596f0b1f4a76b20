//! Registration (Art. 11): R12. The order comes into being, and with it the centre's time to dispatch
//! it (R19, R20).

use super::check;
use super::routing::{self, Matter};
use crate::command::Registration;
use crate::deadline::DeadlineKind;
use crate::draft::Draft;
use crate::event::Event;
use crate::rejection::Rejection;

/// R12: registers a matter. It is routed in the same decision, so that an order whose unit is clear
/// never waits.
pub(crate) fn register(
    registration: &Registration,
    draft: &mut Draft<'_>,
) -> Result<(), Rejection> {
    let district = registration.district.as_ref();
    if let Some(code) = district
        && draft.context.directory.district(code).is_none()
    {
        return Err(Rejection::UnknownDistrict {
            district: code.clone(),
        });
    }
    let optional = [
        ("street", &registration.street),
        ("category", &registration.category),
        ("source", &registration.source),
    ];
    for (field, text) in optional {
        if let Some(text) = text {
            check::filled(field, text)?;
        }
    }
    let order_type = registration.order_type;
    let now = draft.now();
    let dispatch_by = draft.deadline(DeadlineKind::Dispatch, order_type, None, now)?;
    draft.emit(Event::Registered {
        registration: registration.clone(),
        dispatch_by,
    });
    routing::advised(
        Matter {
            order_type,
            district,
        },
        draft,
    )
}
