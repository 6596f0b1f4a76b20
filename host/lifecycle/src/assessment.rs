//! What of an order counts for the assessment of handling units (Art. 31): R64.
//!
//! [`Assessment::of`] takes the facts out of an order as it stands: one [`Record`] for the order itself,
//! which is the centre's own part, one for each dispatch to a unit, and one for each part of an assisting
//! unit. Records only say what happened
//! and what is left out by law; which of their counts make a rate is for the [`Formulas`], which are
//! versioned data. No rate is ever a fraction in floating point.

mod assistance;

mod facts;

mod formula;

mod measure;

mod open;

pub use assistance::AssistanceFacts;
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
pub const FACTS_VERSION: &str = "2";

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
    /// 0 for the order itself; then the dispatches, from 1; then the parts of assisting units.
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
        let handlings = AssignmentFacts::all(order, calendar);
        let assistances = AssistanceFacts::all(order, &handlings);
        let mut positions = 1_u32..;
        let dispatches = handlings.into_iter().zip(positions.by_ref());
        let dispatches: Vec<Record> = dispatches
            .filter_map(|(facts, position)| {
                let at = facts.counted_at()?;
                let tally = facts.tally();
                Some(record(position, Some(facts.unit), at, tally))
            })
            .collect();
        let assistances = assistances.into_iter().zip(positions);
        let assistances = assistances.map(|(facts, position)| {
            let (at, tally) = (facts.counted_at, facts.tally());
            record(position, Some(facts.unit), at, tally)
        });
        let of_units = dispatches.into_iter().chain(assistances);
        Self {
            records: own.into_iter().chain(of_units).collect(),
            open: OpenHandling::of(order),
        }
    }
}
