//! What assisting units did: R32, A-24. The lead unit is liable for the order, so nothing here makes
//! anybody late.

use chrono::{DateTime, Utc};

use super::{AssignmentFacts, Measure, Tally, Timeliness};
use crate::ids::UnitCode;
use crate::order::{Assisting, WorkOrder};

/// What an assisting unit did for the lead unit (R32, A-24): an indicator of its own. It has no clock;
/// its part is settled with the handling that it belongs to, when the lead unit's report that passed
/// came in, or when the lead unit became late.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AssistanceFacts {
    /// The assisting unit.
    pub unit: UnitCode,
    /// When that was settled, as it counts for the lead unit.
    pub counted_at: DateTime<Utc>,
    /// Whether it had handed in its part by then.
    pub given: bool,
}

impl AssistanceFacts {
    /// Those that are settled, of every dispatch to a lead unit. A unit that the centre released owes
    /// nothing, and none owes while its objection waits for the centre.
    #[must_use]
    pub fn all(order: &WorkOrder, handlings: &[AssignmentFacts]) -> Vec<Self> {
        let mut facts = Vec::new();
        for (assignment, handling) in order.assignments.iter().zip(handlings) {
            let settled_at = match handling.timeliness {
                Timeliness::Open | Timeliness::LeftOut => None,
                Timeliness::Late { due_at, .. } => Some(due_at),
                Timeliness::OnTime => handling.completed_at,
            };
            let (Some(settled_at), Some(counted_at)) = (settled_at, handling.counted_at()) else {
                continue;
            };
            let owes = |it: &&Assisting| !it.released && it.objection.is_none();
            facts.extend(assignment.assisting.iter().filter(owes).map(|it| Self {
                unit: it.unit.clone(),
                counted_at,
                given: it.contributed_at.is_some_and(|at| at <= settled_at),
            }));
        }
        facts
    }

    /// What it adds to the counts.
    #[must_use]
    pub fn tally(&self) -> Tally {
        let mut tally = Tally::default();
        tally.count(Measure::AssistancesGiven, self.given);
        tally.count(Measure::AssistancesMissed, !self.given);
        tally
    }
}
