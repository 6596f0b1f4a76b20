//! Joint handling by a lead unit and assisting units (Art. 17(3)): R32, A-24. The lead unit is liable for
//! the order and alone submits; assisting units have no clock and no return of their own.

use std::collections::BTreeSet;

use super::due;
use crate::command::{AssistingUnit, ReturnDecision};
use crate::draft::{Draft, staff_of};
use crate::effect::{Notice, Recipient};
use crate::event::{AssignmentRole, Event};
use crate::ids::{TextId, UnitCode};
use crate::order::{Assignment, Assisting, WorkOrder};
use crate::rejection::Rejection;

/// R32: the lead unit names the assisting units and tells each its part, once.
pub(crate) fn name(
    order: &WorkOrder,
    units: &[AssistingUnit],
    draft: &mut Draft<'_>,
) -> Result<(), Rejection> {
    let lead = may_name(order)?;
    if units.is_empty() {
        return Err(Rejection::Missing { field: "units" });
    }
    let mut named = BTreeSet::from([&lead.unit]);
    for assisting in units {
        let unit = &assisting.unit;
        if draft.context.directory.unit(unit).is_none() {
            return Err(Rejection::UnknownUnit { unit: unit.clone() });
        }
        if !named.insert(unit) {
            return Err(Rejection::UnitNamedTwice { unit: unit.clone() });
        }
    }
    due::lapse(order, draft);
    draft.emit(Event::AssistingUnitsNamed {
        units: units.to_vec(),
    });
    for assisting in units {
        let about = Notice::AssistanceAsked {
            part: assisting.part,
        };
        draft.notify(staff_of(&assisting.unit, order), about);
    }
    Ok(())
}

/// A lead unit that has named nobody yet.
pub(super) fn may_name(order: &WorkOrder) -> Result<&Assignment, Rejection> {
    order
        .assignment()
        .filter(|it| it.role == AssignmentRole::Lead && it.assisting.is_empty())
        .ok_or(Rejection::NotALeadUnit)
}

/// An assisting unit hands its part to the lead unit.
pub(crate) fn record(
    order: &WorkOrder,
    content: TextId,
    draft: &mut Draft<'_>,
) -> Result<(), Rejection> {
    let unit = own_part(order, draft)?.unit.clone();
    due::lapse(order, draft);
    draft.emit(Event::AssistanceRecorded { unit, content });
    draft.tell_unit(order, Notice::AssistanceGiven);
    Ok(())
}

/// An assisting unit objects: to the lead unit, and the centre decides. It is no return (R32).
pub(crate) fn object(
    order: &WorkOrder,
    reason: TextId,
    draft: &mut Draft<'_>,
) -> Result<(), Rejection> {
    let unit = own_part(order, draft)?.unit.clone();
    due::lapse(order, draft);
    draft.emit(Event::AssistanceObjected { unit, reason });
    draft.tell_unit(order, Notice::AssistanceObjected);
    draft.notify(Recipient::Center, Notice::AssistanceObjected);
    Ok(())
}

/// The centre releases the unit, or keeps it.
pub(crate) fn decide(
    order: &WorkOrder,
    unit: &UnitCode,
    decision: &ReturnDecision,
    draft: &mut Draft<'_>,
) -> Result<(), Rejection> {
    if !may_decide(order)?.iter().any(|it| it.unit == *unit) {
        return Err(Rejection::NoAssistingUnit { unit: unit.clone() });
    }
    due::lapse(order, draft);
    let (released, reason) = match decision {
        ReturnDecision::Approve { reason } => (true, *reason),
        ReturnDecision::Reject { reason } => (false, *reason),
    };
    draft.emit(Event::ObjectionDecided {
        unit: unit.clone(),
        released,
        reason,
    });
    draft.notify(staff_of(unit, order), Notice::ObjectionDecided);
    draft.tell_unit(order, Notice::ObjectionDecided);
    Ok(())
}

/// The assisting units that object, if any.
pub(super) fn may_decide(order: &WorkOrder) -> Result<Vec<&Assisting>, Rejection> {
    let assisting = order.assignment().into_iter().flat_map(|it| &it.assisting);
    let objecting: Vec<_> = assisting.filter(|it| it.objection.is_some()).collect();
    if objecting.is_empty() {
        return Err(Rejection::NoObjection);
    }
    Ok(objecting)
}

/// The part of the unit that gives the command.
fn own_part<'a>(order: &'a WorkOrder, draft: &Draft<'_>) -> Result<&'a Assisting, Rejection> {
    let Some(unit) = draft.by.role.unit() else {
        return Err(Rejection::NotPermitted { command: "assist" });
    };
    let mut assisting = order.assignment().into_iter().flat_map(|it| &it.assisting);
    assisting
        .find(|it| it.unit == *unit && !it.released)
        .ok_or_else(|| Rejection::NoAssistingUnit { unit: unit.clone() })
}
