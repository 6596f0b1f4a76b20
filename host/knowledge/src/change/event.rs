//! What has happened to a notice of a change.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use lifecycle::ids::{TextId, UnitCode};
use serde::{Deserialize, Serialize};

use super::state::{ChangeKind, Lead, Measure, MeasureKind, PassedOn};
use crate::ids::{ChangeId, PointId};

/// An event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "event", content = "data")]
pub enum Event {
    /// A change was announced; the centre is told by it.
    Announced {
        /// Number of the notice.
        change: ChangeId,
        /// The unit.
        unit: UnitCode,
        /// Which kind of change.
        kind: ChangeKind,
        /// Title.
        title: String,
        /// What changes.
        summary: String,
        /// From when it is in effect.
        effective_on: NaiveDate,
        /// Points that it touches.
        points: Vec<PointId>,
        /// Measures that were agreed on.
        planned: BTreeSet<MeasureKind>,
        /// How long before the change the notice came.
        lead: Lead,
    },
    /// The change is another one, or comes at another time.
    Amended {
        /// From when it is in effect.
        effective_on: NaiveDate,
        /// What changes.
        summary: String,
        /// How long before the change this came.
        lead: Lead,
    },
    /// The centre has seen it.
    Acknowledged,
    /// The centre told others.
    PassedOn(PassedOn),
    /// A joint measure was taken.
    MeasureRecorded(Measure),
    /// The change took effect.
    TookEffect {
        /// Planned measures that nobody had recorded by then.
        open: BTreeSet<MeasureKind>,
    },
    /// Nothing more is to be done.
    Closed {
        /// Closing note.
        note: TextId,
    },
    /// The change does not come.
    Cancelled {
        /// Why.
        reason: TextId,
    },
}

impl Event {
    /// Stable name, as in JSON.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Announced { .. } => "announced",
            Self::Amended { .. } => "amended",
            Self::Acknowledged => "acknowledged",
            Self::PassedOn(_) => "passed_on",
            Self::MeasureRecorded(_) => "measure_recorded",
            Self::TookEffect { .. } => "took_effect",
            Self::Closed { .. } => "closed",
            Self::Cancelled { .. } => "cancelled",
        }
    }

    /// The texts that it refers to.
    #[must_use]
    pub fn texts(&self) -> Vec<TextId> {
        match self {
            Self::MeasureRecorded(measure) => measure.note.into_iter().collect(),
            Self::Closed { note } => vec![*note],
            Self::Cancelled { reason } => vec![*reason],
            Self::Announced { .. }
            | Self::Amended { .. }
            | Self::Acknowledged
            | Self::PassedOn(_)
            | Self::TookEffect { .. } => Vec::new(),
        }
    }
}
