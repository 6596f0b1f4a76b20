//! Dispatch to a handling unit (Art. 13–15, 17, 18): R19–R24, R30, R32, R34, and the start of the unit's
//! clocks.

use super::routing::Matter;
use super::{check, due};
use crate::command::{Dispatch, SpecialLimit};
use crate::deadline::{DeadlineKind, Rule};
use crate::draft::Draft;
use crate::effect::{Notice, Recipient};
use crate::event::{AssignmentRole, DispatchChoice, Event};
use crate::ids::{Role, UnitCode};
use crate::order::{Stage, WorkOrder};
use crate::rejection::Rejection;

/// A dispatch that is decided.
pub(crate) struct Sending {
    pub(crate) unit: UnitCode,
    pub(crate) chosen_by: DispatchChoice,
    pub(crate) special_limit: Option<SpecialLimit>,
    pub(crate) role: AssignmentRole,
}

/// R19, R20, R23: the centre dispatches, to a unit that exists, if need be with a limit of its own
/// that names its document. A dispatch after its time is the centre's miss, never the unit's.
pub(crate) fn dispatch(
    order: &WorkOrder,
    wanted: &Dispatch,
    draft: &mut Draft<'_>,
) -> Result<(), Rejection> {
    may_dispatch(order)?;
    let unit = &wanted.unit;
    if draft.context.directory.unit(unit).is_none() {
        return Err(Rejection::UnknownUnit { unit: unit.clone() });
    }
    if let Some(limit) = &wanted.special_limit {
        check::filled("basis", &limit.basis).or(Err(Rejection::SpecialLimitWithoutBasis))?;
        if let Some(document) = &limit.attachment {
            check::evidence("special_limit.attachment.reference", document)?;
        }
    }
    let role = role(order, wanted)?;
    due::lapse(order, draft);
    let chosen_by = match draft.by.role {
        Role::System => DispatchChoice::System,
        Role::Operator
        | Role::Admin
        | Role::Unit(_)
        | Role::Leader(_)
        | Role::District(_)
        | Role::Channel
        | Role::Auditor => DispatchChoice::Person,
    };
    let sending = Sending {
        unit: unit.clone(),
        chosen_by,
        special_limit: wanted.special_limit.clone(),
        role,
    };
    send(&Matter::of(order), sending, draft)
}

/// R34: a hard case is dispatched on the basis of an opinion, to whatever unit.
pub(super) fn may_dispatch(order: &WorkOrder) -> Result<(), Rejection> {
    let mut opinions = order.coordination.iter().flat_map(|it| &it.opinions);
    if matches!(order.stage, Stage::InCoordination) && !opinions.any(|it| it.given.is_some()) {
        return Err(Rejection::OpinionMissing);
    }
    Ok(())
}

/// R30, R32, R34: in which role the unit gets the order. A unit that returned it does not get it again,
/// unless to lead others or because coordination determined it; a joint dispatch follows a return.
fn role(order: &WorkOrder, wanted: &Dispatch) -> Result<AssignmentRole, Rejection> {
    let returned = order.returned_by().any(|unit| *unit == wanted.unit);
    let coordinated = matches!(order.stage, Stage::InCoordination);
    match (coordinated, wanted.joint) {
        // Art. 18 determines one unit; several together are for Art. 17(3).
        (true, true) => Err(Rejection::JointOnlyAfterReturn),
        (true, false) => Ok(AssignmentRole::Determined),
        (false, true) if order.returned_by().next().is_none() => {
            Err(Rejection::JointOnlyAfterReturn)
        }
        (false, true) => Ok(AssignmentRole::Lead),
        (false, false) if returned => Err(Rejection::AlreadyReturnedByUnit {
            unit: wanted.unit.clone(),
        }),
        (false, false) => Ok(AssignmentRole::Ordinary),
    }
}

/// The unit receives the order with the dispatch; its clocks start at 0:00 of the next working
/// day (R24). A commendation is only read (R44): there is nothing to verify.
pub(crate) fn send(
    matter: &Matter<'_>,
    sending: Sending,
    draft: &mut Draft<'_>,
) -> Result<(), Rejection> {
    let Sending {
        unit,
        chosen_by,
        special_limit,
        role,
    } = sending;
    let (now, rules) = (draft.now(), draft.context.rules());
    let order_type = matter.order_type;
    let deadline = |kind: DeadlineKind, (rule, period), draft: &Draft<'_>| {
        draft.deadline(kind, order_type, (rule, period), now)
    };
    let kind = DeadlineKind::Verification;
    let verify_by = if rules.is_only_read(order_type) {
        None
    } else {
        let limit = (kind.rule(order_type), rules.verify);
        Some(deadline(kind, limit, draft)?)
    };
    let kind = DeadlineKind::Assistance;
    let assist_by = if role == AssignmentRole::Lead {
        let rule = kind.rule(order_type);
        Some(deadline(kind, (rule, rules.name_assisting), draft)?)
    } else {
        None
    };
    let limit = match &special_limit {
        Some(limit) => (Rule::SPECIAL_LIMIT, limit.period),
        None => {
            let rule = match role {
                AssignmentRole::Lead => Rule::LEAD,
                AssignmentRole::Determined => Rule::DETERMINED,
                AssignmentRole::Rehandling => Rule::REHANDLING,
                AssignmentRole::Ordinary if matter.returned_by.is_empty() => {
                    DeadlineKind::Handling.rule(order_type)
                }
                AssignmentRole::Ordinary => Rule::REDISPATCH,
            };
            (rule, rules.handling_period(order_type))
        }
    };
    let handle_by = deadline(DeadlineKind::Handling, limit, draft)?;
    draft.emit(Event::Dispatched {
        unit: unit.clone(),
        chosen_by,
        special_limit,
        verify_by,
        handle_by,
        role,
        assist_by,
    });
    tell(matter, unit, draft);
    Ok(())
}

/// R7: what is about a unit's own staff goes to its leader alone.
fn tell(matter: &Matter<'_>, unit: UnitCode, draft: &mut Draft<'_>) {
    if matter.against_unit == Some(&unit) {
        draft.notify(
            Recipient::LeaderInCharge(unit),
            Notice::ComplaintAgainstStaff,
        );
    } else {
        draft.notify(Recipient::Unit(unit), Notice::Dispatched);
    }
    if let Some(district) = matter.district {
        draft.notify(
            Recipient::DistrictOffice(district.clone()),
            Notice::Dispatched,
        );
    }
}
