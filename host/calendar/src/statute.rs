//! The statutory pattern: what is certain about a year before its notice comes out.
//!
//! 《全国年节及纪念日放假办法》 names the holidays; which weekends are swapped for them only the yearly
//! notice says. Each edition counts for the years in which it was in force: 1999 (New Year 1, Spring
//! Festival 3, Labour Day 3, National Day 3), 2007 (Labour Day 1; new: New Year's Eve instead of the
//! third day, Qingming, Dragon Boat, Mid-Autumn), 2013 (New Year's Eve out again), 2024 (New Year's
//! Eve in, Labour Day 2).

use std::sync::OnceLock;

use chrono::{Datelike, NaiveDate};
use tyme4rs::tyme::lunar::LunarDay;
use tyme4rs::tyme::solar::{SolarDay, SolarTerm};

use crate::year::is_weekend;
use crate::{Day, DayKind};

/// The first year whose working days are known or can be computed.
pub const FIRST_YEAR: i32 = 2000;

/// The last year whose working days are known or can be computed.
pub const LAST_YEAR: i32 = 2099;

/// Names the rules of this file in the calendar's version: change it when they change.
pub(crate) const EDITION: &str = "statute 1999-2007-2013-2024";

/// Number of years from [`FIRST_YEAR`] to [`LAST_YEAR`].
const YEARS: usize = 100;

/// Place of 清明 among the solar terms of a year, 冬至 of the year before being 0.
const QINGMING: isize = 7;

/// The editions of the statute, by the year in which they were decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Edition {
    Of1999,
    Of2007,
    Of2013,
    Of2024,
}

impl Edition {
    /// The edition in force in `year`; each came into force on a 1 January.
    fn of(year: i32) -> Self {
        match year {
            ..2008 => Self::Of1999,
            2008..2014 => Self::Of2007,
            2014..2025 => Self::Of2013,
            2025.. => Self::Of2024,
        }
    }
}

/// The days of `year`, in order, as the statute alone gives them; all provisional.
///
/// None outside [`FIRST_YEAR`]–[`LAST_YEAR`]. Lunar dates cost some ten microseconds each, so a year
/// is computed once per process.
pub(crate) fn pattern(year: i32) -> Option<&'static [Day]> {
    static PATTERNS: [OnceLock<Vec<Day>>; YEARS] = [const { OnceLock::new() }; YEARS];
    let slot = usize::try_from(year.checked_sub(FIRST_YEAR)?).ok()?;
    let slot = PATTERNS.get(slot)?;
    if slot.get().is_none() {
        // Two threads may both compute the year; they find the same.
        let _ = slot.set(days_of(year)?);
    }
    slot.get().map(Vec::as_slice)
}

/// The statutory holidays of `year` in date order, days on a weekend included.
///
/// None outside [`FIRST_YEAR`]–[`LAST_YEAR`].
pub(crate) fn holidays(year: i32) -> Option<Vec<NaiveDate>> {
    if !(FIRST_YEAR..=LAST_YEAR).contains(&year) {
        return None;
    }
    let solar = |month, day| NaiveDate::from_ymd_opt(year, month, day);
    let lunar = |month, day| {
        let date = LunarDay::new(isize::try_from(year).ok()?, month, day).ok()?;
        civil(&date.get_solar_day())
    };
    let edition = Edition::of(year);
    let new_year = lunar(1, 1)?;
    let mut days = vec![solar(1, 1)?, new_year, lunar(1, 2)?];
    match edition {
        Edition::Of1999 | Edition::Of2013 => days.push(lunar(1, 3)?),
        Edition::Of2007 => days.push(new_year.pred_opt()?),
        Edition::Of2024 => days.extend([new_year.pred_opt()?, lunar(1, 3)?]),
    }
    days.push(solar(5, 1)?);
    match edition {
        Edition::Of1999 => days.extend([solar(5, 2)?, solar(5, 3)?]),
        Edition::Of2007 | Edition::Of2013 => {}
        Edition::Of2024 => days.push(solar(5, 2)?),
    }
    if edition != Edition::Of1999 {
        let term = SolarTerm::from_index(isize::try_from(year).ok()?, QINGMING);
        days.extend([civil(&term.get_solar_day())?, lunar(5, 5)?, lunar(8, 15)?]);
    }
    days.extend([solar(10, 1)?, solar(10, 2)?, solar(10, 3)?]);
    days.sort();
    days.dedup();
    Some(days)
}

fn days_of(year: i32) -> Option<Vec<Day>> {
    let holidays = holidays(year)?;
    let kind = |date: NaiveDate| {
        if holidays.contains(&date) {
            DayKind::Holiday
        } else {
            weekday_kind(date)
        }
    };
    let days = dates_of(year).map(|date| Day {
        kind: kind(date),
        provisional: true,
    });
    Some(days.collect())
}

/// All dates of `year` in order.
pub(crate) fn dates_of(year: i32) -> impl Iterator<Item = NaiveDate> {
    NaiveDate::from_ymd_opt(year, 1, 1)
        .into_iter()
        .flat_map(|first| first.iter_days())
        .take_while(move |date| date.year() == year)
}

/// What a date is when nothing but its weekday is known.
pub(crate) fn weekday_kind(date: NaiveDate) -> DayKind {
    if is_weekend(date) {
        DayKind::Weekend
    } else {
        DayKind::WorkingDay
    }
}

fn civil(day: &SolarDay) -> Option<NaiveDate> {
    NaiveDate::from_ymd_opt(
        i32::try_from(day.get_year()).ok()?,
        u32::try_from(day.get_month()).ok()?,
        u32::try_from(day.get_day()).ok()?,
    )
}
