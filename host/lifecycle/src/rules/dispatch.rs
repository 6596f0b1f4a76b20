//! Dispatch to a handling unit (Art. 13–15): R19–R24, and the start of both of the unit's clocks.

use super::routing::Matter;
use super::{check, due};
use crate::command::{Dispatch, SpecialLimit};
use crate::deadline::DeadlineKind;
use crate::draft::Draft;
use crate::effect::{Notice, Recipient};
use crate::event::{DispatchChoice, Event};
use crate::ids::{Role, UnitCode};
use crate::order::WorkOrder;
use crate::rejection::Rejection;
use contract::types::OrderType;

/// A dispatch that is decided.
pub(crate) struct Sending<'a> {
    pub(crate) matter: Matter<'a>,
    pub(crate) unit: UnitCode,
    pub(crate) chosen_by: DispatchChoice,
    pub(crate) special_limit: Option<SpecialLimit>,
}

/// R19, R20, R23: the centre dispatches, to a unit that exists, if need be with a limit of its own
/// that names its document. A dispatch after its time is the centre's miss, never the unit's.
pub(crate) fn dispatch(
    order: &WorkOrder,
    wanted: &Dispatch,
    draft: &mut Draft<'_>,
) -> Result<(), Rejection> {
    if draft.context.directory.unit(&wanted.unit).is_none() {
        return Err(Rejection::UnknownUnit {
            unit: wanted.unit.clone(),
        });
    }
    if let Some(limit) = &wanted.special_limit {
        check::filled("basis", &limit.basis).or(Err(Rejection::SpecialLimitWithoutBasis))?;
    }
    due::lapse(order, draft);
    let chosen_by = match draft.by.role {
        Role::System => DispatchChoice::System,
        Role::Operator
        | Role::Admin
        | Role::Unit(_)
        | Role::District(_)
        | Role::Channel
        | Role::Auditor => DispatchChoice::Person,
    };
    let matter = Matter {
        order_type: order.order_type,
        district: order.district.as_ref(),
    };
    let special_limit = wanted.special_limit.clone();
    send(
        Sending {
            matter,
            unit: wanted.unit.clone(),
            chosen_by,
            special_limit,
        },
        draft,
    )
}

/// The unit receives the order with the dispatch; both of its clocks start at 0:00 of the next
/// working day (R24). A commendation is only read (R44): there is nothing to verify.
pub(crate) fn send(sending: Sending<'_>, draft: &mut Draft<'_>) -> Result<(), Rejection> {
    let Sending {
        matter,
        unit,
        chosen_by,
        special_limit,
    } = sending;
    let now = draft.now();
    let order_type = matter.order_type;
    let verify_by = match order_type {
        OrderType::Commendation => None,
        OrderType::Consultation
        | OrderType::Complaint
        | OrderType::ViolationReport
        | OrderType::HelpRequest
        | OrderType::Suggestion => {
            Some(draft.deadline(DeadlineKind::Verification, order_type, None, now)?)
        }
    };
    let limit = special_limit.as_ref();
    let handle_by = draft.deadline(DeadlineKind::Handling, order_type, limit, now)?;
    draft.emit(Event::Dispatched {
        unit: unit.clone(),
        chosen_by,
        special_limit,
        verify_by,
        handle_by,
    });
    draft.notify(Recipient::Unit(unit), Notice::Dispatched);
    if let Some(district) = matter.district {
        draft.notify(
            Recipient::DistrictOffice(district.clone()),
            Notice::Dispatched,
        );
    }
    Ok(())
}
