//! Which deadlines of handling end on the next working days, and how far the units have come with them:
//! what may become overdue (R25), seen before it is.

use std::collections::BTreeMap;

use calendar::Calendar;
use chrono::{DateTime, Datelike as _, NaiveDate, Utc};
use lifecycle::assessment::Standing;
use lifecycle::ids::{Actor, DistrictCode, UnitCode};

use super::own;
use crate::ports::OpenCount;
use crate::{Engine, Error};

/// Most working days ahead.
const DAYS_MAX: u16 = 60;

/// The deadlines of handling that end soon.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Forecast {
    /// As of when.
    pub at: DateTime<Utc>,
    /// Those that have ended already. What is under review among them is overdue only if the review
    /// fails and the report came in late.
    pub ended: Vec<UnitForecast>,
    /// Those that end on each day, earliest first: every working day, the present one too, and days off
    /// on which one ends.
    pub days: Vec<ForecastDay>,
}

/// The deadlines that end on a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ForecastDay {
    /// The day; where no notice has announced it, this and everything after it.
    pub date: NaiveDate,
    /// What kind of day it is.
    pub kind: DayOfForecast,
    /// The deadlines, by unit.
    pub units: Vec<UnitForecast>,
}

/// What kind of day it is, as far as anybody knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DayOfForecast {
    /// A working day.
    Working,
    /// A day off.
    Off,
    /// Its year is not announced: which of the days from here on are working days, and whether these
    /// deadlines stay where they are, nobody knows.
    Unannounced {
        /// The year.
        year: i32,
    },
}

/// The deadlines of one unit, and how far it has come with them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnitForecast {
    /// The unit.
    pub unit: UnitCode,
    /// Its name, where the directory has it.
    pub name: Option<String>,
    /// All deadlines that end then.
    pub ending: u64,
    /// Of these: not submitted, or submitted and not passed on by the district's office.
    pub not_submitted: u64,
    /// Of those not submitted: the requester was not told the result yet, and must be.
    pub no_reply: u64,
    /// Of those not submitted: an application to return waits for the centre.
    pub return_requested: u64,
    /// Under review by the centre; if the report fails, the clock never stopped (R24).
    pub under_review: u64,
    /// Provisional: a year that is not announced may move them.
    pub provisional: u64,
}

impl Engine {
    /// Deadlines of handling that end on so many of the next working days, from 1 to 60, as far as the
    /// actor may see them. It stops at a year that is not announced, and says so.
    ///
    /// # Errors
    /// [`Error::Rejected`] for figures of others, [`Error::InvalidInput`], [`Error::Calendar`] outside
    /// the years that the calendar covers, [`Error::Store`].
    pub fn forecast(
        &self,
        days: u16,
        unit: Option<&UnitCode>,
        district: Option<&DistrictCode>,
        by: &Actor,
    ) -> Result<Forecast, Error> {
        let (unit, district) = own(unit, district, by)?;
        if !(1..=DAYS_MAX).contains(&days) {
            return Err(Error::InvalidInput {
                field: "days",
                problem: format!("{days} is not between 1 and {DAYS_MAX}"),
                way_out: "ask for 1 to 60 working days; leave it out for 10",
            });
        }
        let at = self.now();
        let mut ended = Units::default();
        let mut ahead = ahead(&self.calendar(), calendar::local_date(at), days)?;
        for open in self
            .store
            .open_handlings(unit.as_ref(), district.as_ref())?
        {
            if calendar::is_late(at, open.due_at) {
                ended.add(&open);
                continue;
            }
            let date = calendar::last_day(open.due_at);
            let from_then_on = ahead.last_mut().filter(|(from, kind, _)| {
                matches!(kind, DayOfForecast::Unannounced { .. }) && *from <= date
            });
            if let Some((_, _, units)) = from_then_on {
                units.add(&open);
            } else if let Some((_, _, units)) = ahead.iter_mut().find(|(day, _, _)| *day == date) {
                units.add(&open);
            }
        }
        let days = ahead.into_iter().map(|(date, kind, units)| ForecastDay {
            date,
            kind,
            units: self.named(units),
        });
        let shown = |day: &ForecastDay| day.kind != DayOfForecast::Off || !day.units.is_empty();
        Ok(Forecast {
            at,
            ended: self.named(ended),
            days: days.filter(shown).collect(),
        })
    }

    fn named(&self, units: Units) -> Vec<UnitForecast> {
        let name = |unit: &UnitCode| Some(self.directory.unit(unit)?.name.clone());
        let named = units.0.into_values().map(|forecast| UnitForecast {
            name: name(&forecast.unit),
            ..forecast
        });
        named.collect()
    }
}

/// The days from today on until so many working days are among them, or one is not announced.
fn ahead(
    calendar: &Calendar,
    today: NaiveDate,
    working_days: u16,
) -> Result<Vec<(NaiveDate, DayOfForecast, Units)>, Error> {
    let mut left = working_days;
    let mut ahead = Vec::new();
    for date in today.iter_days() {
        let day = calendar.day(date)?;
        let kind = if day.provisional {
            let year = date.year();
            DayOfForecast::Unannounced { year }
        } else if day.is_working() {
            left = left.saturating_sub(1);
            DayOfForecast::Working
        } else {
            DayOfForecast::Off
        };
        ahead.push((date, kind, Units::default()));
        if left == 0 || matches!(kind, DayOfForecast::Unannounced { .. }) {
            break;
        }
    }
    Ok(ahead)
}

/// Counts by unit.
#[derive(Debug, Default)]
struct Units(BTreeMap<UnitCode, UnitForecast>);

impl Units {
    fn add(&mut self, open: &OpenCount) {
        let it = self.0.entry(open.unit.clone()).or_insert(UnitForecast {
            unit: open.unit.clone(),
            name: None,
            ending: 0,
            not_submitted: 0,
            no_reply: 0,
            return_requested: 0,
            under_review: 0,
            provisional: 0,
        });
        let add = |sum: &mut u64, count: u64| *sum = sum.saturating_add(count);
        add(&mut it.ending, open.count);
        add(&mut it.provisional, open.provisional);
        let count = open.count;
        match open.standing {
            Standing::UnderReview => add(&mut it.under_review, count),
            Standing::NotSubmitted | Standing::UnderDistrictReview | Standing::Withdrawn => {
                add(&mut it.not_submitted, count);
            }
            Standing::NoReply => {
                add(&mut it.not_submitted, count);
                add(&mut it.no_reply, count);
            }
            Standing::ReturnRequested => {
                add(&mut it.not_submitted, count);
                add(&mut it.return_requested, count);
            }
        }
    }
}
