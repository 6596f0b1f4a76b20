//! Who may see what (Art. 43, R75): staff see the orders that are theirs, and words and personal data
//! only as far as their task needs.

use lifecycle::command::ConcealedField;
use lifecycle::event::Recorded;
use lifecycle::ids::{Actor, Role, UnitCode};
use lifecycle::order::WorkOrder;
use lifecycle::rejection::Rejection;

use crate::ports::{OrderFilter, PersonalData};

/// How much of an order somebody sees.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sight {
    /// Everything but the requester's personal data.
    Words,
    /// People's own words with names, numbers and door-level addresses masked.
    Masked,
}

/// Whether somebody may read an order, and how much of it.
pub(crate) fn sight(
    order: &WorkOrder,
    history: &[Recorded],
    by: &Actor,
) -> Result<Sight, Rejection> {
    let refused = Err(Rejection::NotPermitted {
        command: "read this order",
    });
    match &by.role {
        Role::System | Role::Operator => Ok(Sight::Words),
        Role::Admin | Role::Auditor => Ok(Sight::Masked),
        // R7: to staff that is complained of, it is an order of others.
        Role::Unit(unit) if order.is_about_staff(&by.role) => {
            Err(Rejection::NotTheHandlingUnit { unit: unit.clone() })
        }
        Role::Unit(unit) | Role::Leader(unit) => {
            if has_order(order, by) {
                Ok(Sight::Words)
            } else if has_part(order, unit) {
                Ok(Sight::Masked)
            } else {
                Err(Rejection::NotTheHandlingUnit { unit: unit.clone() })
            }
        }
        Role::District(district) if order.district.as_ref() == Some(district) => Ok(Sight::Words),
        Role::Channel if history.first().is_some_and(|first| first.by == *by) => Ok(Sight::Words),
        Role::District(_) | Role::Channel => refused,
    }
}

/// Whether somebody may read the requester's personal data: the centre, and the unit that has the
/// order and must reach the requester (Art. 21).
pub(crate) fn may_read_personal_data(order: &WorkOrder, by: &Actor) -> Result<(), Rejection> {
    match &by.role {
        Role::Operator => Ok(()),
        Role::Unit(_) | Role::Leader(_)
            if has_order(order, by) && !order.is_about_staff(&by.role) =>
        {
            Ok(())
        }
        Role::Unit(unit) | Role::Leader(unit) => {
            Err(Rejection::NotTheHandlingUnit { unit: unit.clone() })
        }
        Role::System | Role::Admin | Role::District(_) | Role::Channel | Role::Auditor => {
            Err(Rejection::NotPermitted {
                command: "read the requester's personal data",
            })
        }
    }
}

/// Narrows a list to what somebody may read.
pub(crate) fn narrow(filter: &OrderFilter, by: &Actor) -> Result<OrderFilter, Rejection> {
    let mut filter = filter.clone();
    let refused = Err(Rejection::NotPermitted {
        command: "list orders of others",
    });
    match &by.role {
        Role::System | Role::Operator | Role::Admin | Role::Auditor => {}
        Role::Unit(unit) | Role::Leader(unit) => {
            if filter.unit.as_ref().is_some_and(|asked| asked != unit) {
                return Err(Rejection::NotTheHandlingUnit { unit: unit.clone() });
            }
            filter.unit = Some(unit.clone());
            // R7: its leader alone sees complaints about its staff.
            if let Role::Unit(staff) = &by.role {
                filter.not_against = Some(staff.clone());
            }
        }
        Role::District(district) => {
            if filter
                .district
                .as_ref()
                .is_some_and(|asked| asked != district)
            {
                return refused;
            }
            filter.district = Some(district.clone());
        }
        Role::Channel => {
            if filter
                .registered_by
                .as_ref()
                .is_some_and(|asked| *asked != by.name)
            {
                return refused;
            }
            filter.registered_by = Some(by.name.clone());
        }
    }
    Ok(filter)
}

/// Whether a unit had the order once, assists on it, or was asked about it (Art. 17, 18, 25).
fn has_part(order: &WorkOrder, unit: &UnitCode) -> bool {
    let had = order.assignments.iter().map(|it| &it.unit);
    let assists = order.assignments.iter().flat_map(|it| &it.assisting);
    let opinions = order.coordination.iter().flat_map(|it| &it.opinions);
    let supervised = order.supervisions.iter();
    let supervised = supervised.flat_map(|it| std::iter::once(&it.unit).chain(&it.guidance));
    had.chain(assists.map(|it| &it.unit))
        .chain(opinions.map(|it| &it.request.adviser))
        .chain(supervised.map(|it| &it.unit))
        .any(|it| it == unit)
}

/// What somebody may see of the requester's personal data: what is concealed from handling units is
/// left out for them (Art. 9(2), R9).
pub(crate) fn conceal(order: &WorkOrder, by: &Actor, mut data: PersonalData) -> PersonalData {
    if by.role.unit().is_none() {
        return data;
    }
    let hidden = order.concealments.iter();
    let hidden = hidden.filter(|it| it.scope.hides_from_units());
    for field in hidden.flat_map(|it| &it.fields) {
        let field = match field {
            ConcealedField::Name => &mut data.name,
            ConcealedField::Phone => &mut data.phone,
            ConcealedField::IdNumber => &mut data.id_number,
            ConcealedField::Account => &mut data.account,
            ConcealedField::Address => &mut data.address,
        };
        *field = None;
    }
    data
}

/// Whether the order is with the actor's unit now, or ended there.
fn has_order(order: &WorkOrder, by: &Actor) -> bool {
    let Some(unit) = by.role.unit() else {
        return false;
    };
    order
        .assignments
        .last()
        .is_some_and(|assignment| assignment.unit == *unit)
}
