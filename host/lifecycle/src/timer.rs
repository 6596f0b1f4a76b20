//! What must be timed for an order as it stands.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::command::Moment;
use crate::deadline::DeadlineKind;
use crate::order::WorkOrder;

/// An instant at which `MarkDue` must be given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Timer {
    /// The command is given at the first tick strictly after this instant (T8).
    pub at: DateTime<Utc>,
    /// For which deadline.
    pub deadline: DeadlineKind,
    /// The deadline itself, or a question to the escalation plugins before or after it.
    pub moment: Moment,
}

/// Everything that is to be timed for an order, earliest first; it replaces what was timed before.
#[must_use]
pub fn timers(order: &WorkOrder) -> Vec<Timer> {
    let mut timers = Vec::new();
    for deadline in order.running_deadlines() {
        let kind = deadline.kind;
        let missed = order.has_missed(deadline);
        if !missed {
            timers.push(Timer {
                at: deadline.due.due_at,
                deadline: kind,
                moment: Moment::Passed,
            });
        }
        if let Some(at) = order.ask_at(deadline) {
            let moment = if missed {
                Moment::StillOverdue
            } else {
                Moment::DueSoon
            };
            timers.push(Timer {
                at,
                deadline: kind,
                moment,
            });
        }
    }
    timers.sort_unstable();
    timers
}
