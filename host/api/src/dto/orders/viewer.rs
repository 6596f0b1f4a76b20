//! Who sees which parts of an order that he or she may read at all (Art. 8(4), 43, R7, R75). The centre,
//! the admin and auditors see them all; units see what is about them; against whose staff a complaint
//! is, the centre and that unit's leader alone.

use lifecycle::command::SupervisionOrder;
use lifecycle::effect::Notice;
use lifecycle::event::Event;
use lifecycle::ids::{Actor, Role, UnitCode};
use lifecycle::order::WorkOrder;

/// Somebody who reads an order.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Viewer<'a> {
    order: &'a WorkOrder,
    role: &'a Role,
}

impl<'a> Viewer<'a> {
    pub(crate) fn new(order: &'a WorkOrder, by: &'a Actor) -> Self {
        let role = &by.role;
        Self { order, role }
    }

    /// Notes and proposals that are for the centre to act on, and for those who oversee it.
    pub(crate) fn sees_internal(self) -> bool {
        match self.role {
            Role::System | Role::Operator | Role::Admin | Role::Auditor => true,
            Role::Unit(_) | Role::Leader(_) | Role::District(_) | Role::Channel => false,
        }
    }

    /// Orders of other requesters about the same matter, by number: those who handle it, not a
    /// channel system, which speaks for one requester.
    pub(crate) fn sees_links(self) -> bool {
        match self.role {
            Role::Channel => false,
            Role::System
            | Role::Operator
            | Role::Admin
            | Role::Auditor
            | Role::Unit(_)
            | Role::Leader(_)
            | Role::District(_) => true,
        }
    }

    /// Against which unit's staff the order is (R7).
    pub(crate) fn sees_against(self) -> bool {
        match self.role {
            Role::System | Role::Operator => true,
            Role::Leader(unit) => self.order.against_unit.as_ref() == Some(unit),
            // Staff that is complained of reads nothing of the order, other staff not of whom.
            Role::Unit(_) | Role::Admin | Role::District(_) | Role::Channel | Role::Auditor => {
                false
            }
        }
    }

    /// A supervision: those whom it is for, and the district's office beside the centre.
    pub(crate) fn sees_supervision(self, unit: &UnitCode, guidance: Option<&UnitCode>) -> bool {
        match self.role {
            Role::Unit(own) | Role::Leader(own) => own == unit || Some(own) == guidance,
            Role::District(_) => true,
            Role::Channel => false,
            Role::System | Role::Operator | Role::Admin | Role::Auditor => true,
        }
    }

    /// The part of an assisting unit, or the question to an authority: that unit's own, unless the
    /// viewer has, or had, the order itself.
    pub(crate) fn sees_part_of(self, unit: &UnitCode) -> bool {
        match self.role {
            Role::Unit(own) | Role::Leader(own) => {
                let mut assignments = self.order.assignments.iter();
                own == unit || assignments.any(|it| it.unit == *own)
            }
            Role::District(_) => true,
            Role::Channel => false,
            Role::System | Role::Operator | Role::Admin | Role::Auditor => true,
        }
    }

    /// Whether what belongs to an entry of the history is shown. That it happened always is.
    pub(crate) fn sees_data_of(self, event: &Event) -> bool {
        let by_number = |seq: u64| {
            let found = self.order.supervision(seq);
            found.is_none_or(|it| self.sees_supervision(&it.unit.unit, guidance(&it.order)))
        };
        if let Event::ConductFlagged { .. } | Event::ProposalDismissed { .. } = event {
            self.sees_internal()
        } else if let Event::OrdersLinked(_) = event {
            self.sees_links()
        } else if let Event::Supervised { order, unit, .. } = event {
            self.sees_supervision(unit, guidance(order))
        } else if let Event::SupervisionAnswered { answer, .. } = event {
            by_number(answer.supervision)
        } else if let Event::SupervisionAccepted { supervision }
        | Event::SupervisionRejected { supervision, .. } = event
        {
            by_number(*supervision)
        } else if let Event::AssistanceRecorded { unit, .. }
        | Event::AssistanceObjected { unit, .. }
        | Event::ObjectionDecided { unit, .. }
        | Event::OpinionRecorded { adviser: unit, .. } = event
        {
            self.sees_part_of(unit)
        } else if let Event::OpinionRequested { request, .. } = event {
            self.sees_part_of(&request.adviser)
        } else if let Event::AssistingUnitsNamed { units } = event {
            units.iter().all(|it| self.sees_part_of(&it.unit))
        } else {
            true
        }
    }

    /// Whether a message about the order is shown: one says against whose staff the order is.
    pub(crate) fn sees_message(self, about: &Notice) -> bool {
        !matches!(about, Notice::ComplaintAgainstStaff) || self.sees_against()
    }
}

fn guidance(order: &SupervisionOrder) -> Option<&UnitCode> {
    order.guidance_unit.as_ref()
}
