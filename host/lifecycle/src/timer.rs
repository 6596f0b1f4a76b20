//! What must be timed for an order as it stands.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::command::Moment;
use crate::deadline::DeadlineKind;

/// An instant at which `MarkDue` must be given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Timer {
    /// The command is given at the first tick strictly after this instant (T8).
    pub at: DateTime<Utc>,
    /// For which deadline.
    pub deadline: DeadlineKind,
    /// Warning or the deadline itself.
    pub moment: Moment,
}
