//! What of an order is kept from the units that handle it: R7, R9.

use super::WorkOrder;
use crate::command::{ConcealedField, Concealment};
use crate::ids::Role;

impl WorkOrder {
    /// Whether it complains about the staff that this role belongs to (Art. 8(4)): then the unit's leader
    /// alone sees and handles it (R7).
    #[must_use]
    pub fn is_about_staff(&self, role: &Role) -> bool {
        matches!(role, Role::Unit(unit) if self.against_unit.as_ref() == Some(unit))
    }

    /// Whether the requester's telephone number is concealed from handling units (Art. 9(2)): the centre
    /// calls in the unit's place then (R9).
    #[must_use]
    pub fn is_relayed(&self) -> bool {
        let from_units = |it: &&Concealment| it.scope.hides_from_units();
        let mut concealed = self.concealments.iter().filter(from_units);
        concealed.any(|it| it.fields.contains(&ConcealedField::Phone))
    }
}
