//! Indicators for assessment and their formulas (Art. 31): R64. The store sums, the formulas divide.

mod forecast;

pub use forecast::{DayOfForecast, Forecast, ForecastDay, UnitForecast};

use std::collections::BTreeMap;

use chrono::NaiveDate;
use contract::types::OrderType;
use lifecycle::assessment::{Formulas, Ratio, Tally};
use lifecycle::ids::{Actor, DistrictCode, Role, UnitCode};
use lifecycle::rejection::Rejection;

use crate::ports::{TallyQuery, TallyRow};
use crate::{Engine, Error};

/// Name of the centre's own row.
const CENTER: &str = "热线中心";

/// What indicators are asked for; every field that is set must hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IndicatorQuery {
    /// First local date of the period.
    pub from: NaiveDate,
    /// Last local date of the period, inclusive.
    pub until: NaiveDate,
    /// One row for each of these.
    pub by: GroupBy,
    /// Of this unit.
    pub unit: Option<UnitCode>,
    /// Of orders from this district.
    pub district: Option<DistrictCode>,
    /// Of orders of this type.
    pub order_type: Option<OrderType>,
    /// Only bodies to which the Rules apply by reference (Art. 44), or only all others.
    pub by_reference: Option<bool>,
}

/// What rows stand for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum GroupBy {
    /// A handling unit each; the centre's own part has a row of its own.
    Unit,
    /// A district each.
    District,
    /// A type of matter each.
    OrderType,
    /// A month each.
    Month,
    /// Everything together.
    All,
}

impl GroupBy {
    /// All of them.
    pub const ALL: &'static [Self] = &[
        Self::Unit,
        Self::District,
        Self::OrderType,
        Self::Month,
        Self::All,
    ];

    /// Stable name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Unit => "unit",
            Self::District => "district",
            Self::OrderType => "order_type",
            Self::Month => "month",
            Self::All => "all",
        }
    }

    /// Name in Chinese.
    #[must_use]
    pub const fn zh(self) -> &'static str {
        match self {
            Self::Unit => "承办单位",
            Self::District => "行政区",
            Self::OrderType => "工单类型",
            Self::Month => "月份",
            Self::All => "合计",
        }
    }
}

/// Indicators of a period.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Indicators {
    /// First local date.
    pub from: NaiveDate,
    /// Last local date, inclusive.
    pub until: NaiveDate,
    /// What rows stand for.
    pub by: GroupBy,
    /// The formulas that they were computed by: one set for the whole period.
    pub formulas: Formulas,
    /// The rows, by key.
    pub rows: Vec<IndicatorRow>,
}

/// A row of indicators.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IndicatorRow {
    /// Code of the unit, the district or the type, or the month; none for the centre, an unknown
    /// district, or everything together.
    pub key: Option<String>,
    /// Name of it, where there is one.
    pub name: Option<String>,
    /// Whether it is about bodies to which the Rules apply by reference; they are assessed apart
    /// (Art. 44, R76).
    pub by_reference: bool,
    /// What was counted.
    pub tally: Tally,
    /// The value of each formula, in the order of the formulas.
    pub values: Vec<Ratio>,
}

impl Engine {
    /// Indicators of a period, as far as the actor may see them: the centre, the admin and auditors all
    /// of them, a unit its own, a district's office those of its district's orders.
    ///
    /// # Errors
    /// [`Error::Rejected`] for figures of others, [`Error::InvalidInput`] for a period that ends before
    /// it begins, or in which a rule set begins that reads the figures otherwise, [`Error::Store`].
    pub fn indicators(&self, query: &IndicatorQuery, by: &Actor) -> Result<Indicators, Error> {
        let (unit, district) = own(query.unit.as_ref(), query.district.as_ref(), by)?;
        if query.until < query.from {
            return Err(Error::InvalidInput {
                field: "until",
                problem: format!("{} lies before {}", query.until, query.from),
                way_out: "give the last day of the period; it is part of it",
            });
        }
        let formulas = self.formulas_for(query.from, query.until)?;
        let from = calendar::midnight_at_start_of(query.from);
        let sums = self.store.tallies(&TallyQuery {
            from,
            before: calendar::end_of(query.until),
            unit,
            district,
            order_type: query.order_type,
            by_month: query.by == GroupBy::Month,
        })?;
        let mut rows: BTreeMap<(Option<String>, bool), Tally> = BTreeMap::new();
        for sum in sums {
            let by_reference = self.by_reference(&sum);
            if query.by_reference.is_none_or(|asked| asked == by_reference) {
                let row = rows.entry((key(&sum, query.by), by_reference)).or_default();
                row.merge(&sum.tally);
            }
        }
        let row = |((key, by_reference), tally): ((Option<String>, bool), Tally)| IndicatorRow {
            name: self.name_of(key.as_deref(), query.by),
            key,
            by_reference,
            values: formulas.items.iter().map(|it| it.ratio(&tally)).collect(),
            tally,
        };
        Ok(Indicators {
            from: query.from,
            until: query.until,
            by: query.by,
            rows: rows.into_iter().map(row).collect(),
            formulas,
        })
    }

    /// One period, one way of reading it: figures of two readings do not add up.
    fn formulas_for(&self, from: NaiveDate, until: NaiveDate) -> Result<Formulas, Error> {
        let at_first = self.rules.at(calendar::midnight_at_start_of(from));
        let formulas = Formulas::of(&at_first.options);
        let mut later = self.rules.sets();
        let other = later.find(|set| {
            from < set.in_force_from
                && set.in_force_from <= until
                && Formulas::of(&set.options).version != formulas.version
        });
        let Some(other) = other else {
            return Ok(formulas);
        };
        Err(Error::InvalidInput {
            field: "until",
            problem: format!(
                "rule set `{}` begins on {} and counts otherwise ({} before, {} from then on)",
                other.version,
                other.in_force_from,
                formulas.version,
                Formulas::of(&other.options).version
            ),
            way_out: "ask for the days before it and those from it on apart",
        })
    }

    /// By the directory as it is now; the centre's own part is not.
    fn by_reference(&self, sum: &TallyRow) -> bool {
        let unit = sum.unit.as_ref();
        let unit = unit.and_then(|unit| self.directory.unit(unit));
        unit.is_some_and(|unit| unit.by_reference)
    }

    fn name_of(&self, key: Option<&str>, by: GroupBy) -> Option<String> {
        match (by, key) {
            (GroupBy::Unit, None) => Some(CENTER.to_owned()),
            (GroupBy::Unit, Some(code)) => {
                let unit = self.directory.unit(&UnitCode::new(code));
                unit.map(|unit| unit.name.clone())
            }
            (GroupBy::District, Some(code)) => {
                let district = self.directory.district(&DistrictCode::new(code));
                district.map(|district| district.name.clone())
            }
            (GroupBy::OrderType, Some(code)) => {
                let types = TYPES.iter().find(|(_, known, _)| *known == code);
                types.map(|(_, _, name)| (*name).to_owned())
            }
            (GroupBy::District, None) => Some("未注明".to_owned()),
            (GroupBy::All, _) => Some(by.zh().to_owned()),
            (GroupBy::OrderType, None) | (GroupBy::Month, _) => None,
        }
    }
}

/// Every type with its code and its name.
const TYPES: [(OrderType, &str, &str); 6] = [
    (OrderType::Consultation, "consultation", "咨询"),
    (OrderType::Complaint, "complaint", "投诉"),
    (OrderType::ViolationReport, "violation_report", "举报"),
    (OrderType::HelpRequest, "help_request", "求助"),
    (OrderType::Suggestion, "suggestion", "意见建议"),
    (OrderType::Commendation, "commendation", "表扬"),
];

fn key(sum: &TallyRow, by: GroupBy) -> Option<String> {
    match by {
        GroupBy::Unit => sum.unit.as_ref().map(ToString::to_string),
        GroupBy::District => sum.district.as_ref().map(ToString::to_string),
        GroupBy::OrderType => {
            let known = TYPES.iter().find(|(known, _, _)| *known == sum.order_type);
            known.map(|(_, code, _)| (*code).to_owned())
        }
        GroupBy::Month => sum.month.clone(),
        GroupBy::All => None,
    }
}

/// Narrows figures to what somebody may see (Art. 5, 43).
fn own(
    unit: Option<&UnitCode>,
    district: Option<&DistrictCode>,
    by: &Actor,
) -> Result<(Option<UnitCode>, Option<DistrictCode>), Rejection> {
    let (unit, district) = (unit.cloned(), district.cloned());
    let refused = Err(Rejection::NotPermitted {
        command: "read figures of others",
    });
    match &by.role {
        Role::System | Role::Operator | Role::Admin | Role::Auditor => Ok((unit, district)),
        Role::Unit(own) | Role::Leader(own) => match unit {
            Some(asked) if asked != *own => {
                Err(Rejection::NotTheHandlingUnit { unit: own.clone() })
            }
            Some(_) | None => Ok((Some(own.clone()), district)),
        },
        Role::District(own) => match district {
            Some(asked) if asked != *own => refused,
            Some(_) | None => Ok((unit, Some(own.clone()))),
        },
        Role::Channel => refused,
    }
}
