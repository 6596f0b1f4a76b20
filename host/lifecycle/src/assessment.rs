//! What of an order counts for the assessment of handling units (Art. 31): R64.
//!
//! [`Assessment::of`] takes the facts out of an order as it stands: one [`Record`] for the order itself,
//! which is the centre's own part, and one for each dispatch to a unit. Records only say what happened
//! and what is left out by law; which of their counts make a rate is for the [`Formulas`], which are
//! versioned data. No rate is ever a fraction in floating point.

mod facts;

mod formula;

mod measure;

mod open;

pub use facts::{AssignmentFacts, OrderFacts, Rated, Timeliness};
pub use formula::{Formula, FormulaUnit, Formulas, Ratio};
pub use measure::{Measure, Tally};
pub use open::{OpenHandling, Standing};

use ::calendar::Calendar;
use chrono::{DateTime, Utc};
use contract::types::OrderType;

use crate::ids::{DistrictCode, UnitCode};
use crate::order::WorkOrder;

/// Version of the facts that are taken out of an order. Where it changes, what was kept under the one
/// before is taken out anew.
pub const FACTS_VERSION: &str = "1";

/// Everything about an order that statistics need.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Assessment {
    /// What counts, by position.
    pub records: Vec<Record>,
    /// The deadline of handling that runs, or may run on.
    pub open: Option<OpenHandling>,
}

/// What one order, or one dispatch of it, adds to the counts of a period.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// 0 for the order itself; then the dispatches, from 1.
    pub position: u32,
    /// The unit; none for the order itself, which is the centre's own part.
    pub unit: Option<UnitCode>,
    /// The order's district, where known.
    pub district: Option<DistrictCode>,
    /// Type of the matter.
    pub order_type: OrderType,
    /// The instant whose period it counts in: the registration, or when it was settled whether the unit
    /// was in time.
    pub counted_at: DateTime<Utc>,
    /// What it adds.
    pub tally: Tally,
}

impl Assessment {
    /// What counts of an order as it stands. The calendar is for the working time used only.
    #[must_use]
    pub fn of(order: &WorkOrder, calendar: &Calendar) -> Self {
        let record = |position, unit, counted_at, tally| Record {
            position,
            unit,
            district: order.district.clone(),
            order_type: order.order_type,
            counted_at,
            tally,
        };
        let own = OrderFacts::of(order).map(|facts| {
            let at = facts.registered_at;
            record(0, None, at, facts.tally())
        });
        let dispatches = (1_u32..).zip(AssignmentFacts::all(order, calendar));
        let dispatches = dispatches.filter_map(|(position, facts)| {
            let at = facts.counted_at()?;
            let tally = facts.tally();
            Some(record(position, Some(facts.unit), at, tally))
        });
        Self {
            records: own.into_iter().chain(dispatches).collect(),
            open: OpenHandling::of(order),
        }
    }
}
