//! Counts for assessment and forecast, kept beside the orders and summed by the store.

use chrono::{DateTime, Utc};
use contract::types::OrderType;
use lifecycle::assessment::{Standing, Tally};
use lifecycle::ids::{DistrictCode, UnitCode};

use crate::ports::StoreError;

/// Which records are summed; every field that is set must hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TallyQuery {
    /// Records that count at this instant or later.
    pub from: DateTime<Utc>,
    /// Records that count before this instant.
    pub before: DateTime<Utc>,
    /// Of this unit; the centre's own part is no unit's.
    pub unit: Option<UnitCode>,
    /// Of orders from this district.
    pub district: Option<DistrictCode>,
    /// Of orders of this type.
    pub order_type: Option<OrderType>,
    /// Whether each month is summed by itself.
    pub by_month: bool,
}

/// The sum for one month (where asked for), unit, district and type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TallyRow {
    /// The local month, such as `2026-09`.
    pub month: Option<String>,
    /// The unit; none for the centre's own part.
    pub unit: Option<UnitCode>,
    /// The orders' district, where known.
    pub district: Option<DistrictCode>,
    /// Type of the matter.
    pub order_type: OrderType,
    /// The counts.
    pub tally: Tally,
}

/// How many deadlines of handling of a unit end at one instant, with the unit as far as it has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenCount {
    /// When they end.
    pub due_at: DateTime<Utc>,
    /// The unit.
    pub unit: UnitCode,
    /// How far it has come.
    pub standing: Standing,
    /// How many.
    pub count: u64,
    /// How many of them are provisional.
    pub provisional: u64,
}

/// What the store sums. What is summed comes with each [`crate::ports::Commit`].
pub trait IndicatorStore: Send + Sync {
    /// Sums of records by unit, district and type, in no particular order.
    ///
    /// # Errors
    /// When the store itself fails; so below.
    fn tallies(&self, query: &TallyQuery) -> Result<Vec<TallyRow>, StoreError>;

    /// Deadlines of handling that run, or may run on, earliest first; of one unit or of orders from
    /// one district, where given.
    fn open_handlings(
        &self,
        unit: Option<&UnitCode>,
        district: Option<&DistrictCode>,
    ) -> Result<Vec<OpenCount>, StoreError>;
}
