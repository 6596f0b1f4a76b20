//! The calendar: what each day counts for, from the notices of the years and the statutory pattern.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::fmt::Write as _;

use chrono::{Datelike, NaiveDate};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::statute::{self, EDITION};
use crate::{Error, YearNotice};

/// What a day counts for (T2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DayKind {
    /// A weekday on which public offices work (`工作日`).
    WorkingDay,
    /// A Saturday or Sunday that the notice makes a working day (`调休上班`).
    MakeUpWorkingDay,
    /// A Saturday or Sunday without anything special.
    Weekend,
    /// A day off by the notice or, before it comes out, by the statute.
    Holiday,
}

/// One day of the calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Day {
    /// What the day counts for.
    pub kind: DayKind,
    /// True if no notice covers the day, so that the kind may still change.
    pub provisional: bool,
}

impl Day {
    /// True for working days and make-up working days.
    pub fn is_working(self) -> bool {
        match self.kind {
            DayKind::WorkingDay | DayKind::MakeUpWorkingDay => true,
            DayKind::Weekend | DayKind::Holiday => false,
        }
    }
}

/// The working-day calendar.
///
/// A value: importing a year gives a new calendar with a new [`Calendar::version`].
#[derive(Debug, Clone)]
pub struct Calendar {
    notices: BTreeMap<i32, YearNotice>,
    /// The days of every year that a notice touches; all other years follow the statute.
    years: BTreeMap<i32, Vec<Day>>,
    version: String,
}

impl Calendar {
    /// The calendar of 2023–2026, as the State Council announced them.
    pub fn shipped() -> Self {
        Self::from_list(include_str!("../data/2023-2026.json"))
    }

    /// A calendar of these notices; of two for the same year the later one in the list counts.
    ///
    /// # Errors
    /// What [`YearNotice::validate`] finds in the first bad notice.
    pub fn new(notices: impl IntoIterator<Item = YearNotice>) -> Result<Self, Error> {
        let mut known = BTreeMap::new();
        for notice in notices {
            notice.validate()?;
            known.insert(notice.year, notice);
        }
        Self::build(known)
    }

    /// This calendar with one more year, or with a year replaced.
    ///
    /// The notice may also change the December before its year; where two notices set the same day,
    /// the later year's counts.
    ///
    /// # Errors
    /// What [`YearNotice::validate`] finds.
    pub fn with_year(&self, notice: YearNotice) -> Result<Self, Error> {
        Self::new(self.notices.values().cloned().chain([notice]))
    }

    /// Identifies the content, such as `2023-2026+1a2b3c4d`: the known years and the start of a
    /// SHA-256 digest over the notices. The same on every machine; stored with each deadline (C3).
    pub fn version(&self) -> &str {
        &self.version
    }

    /// The years that have a notice, ascending.
    pub fn known_years(&self) -> Vec<i32> {
        self.notices.keys().copied().collect()
    }

    /// The notices behind the known years, ascending by year.
    pub fn notices(&self) -> impl Iterator<Item = &YearNotice> {
        self.notices.values()
    }

    /// What `date` counts for.
    ///
    /// # Errors
    /// [`Error::DateNotCovered`] outside [`crate::FIRST_YEAR`]–[`crate::LAST_YEAR`].
    pub fn day(&self, date: NaiveDate) -> Result<Day, Error> {
        let year = date.year();
        let days = match self.years.get(&year) {
            Some(days) => Some(days.as_slice()),
            None => statute::pattern(year),
        };
        days.and_then(|days| days.get(usize::try_from(date.ordinal0()).ok()?))
            .copied()
            .ok_or(Error::DateNotCovered { date })
    }

    /// True if public offices work on `date`.
    ///
    /// # Errors
    /// As [`Calendar::day`].
    pub fn is_working_day(&self, date: NaiveDate) -> Result<bool, Error> {
        self.day(date).map(Day::is_working)
    }

    #[expect(
        clippy::expect_used,
        reason = "the text is part of this crate and every test of the crate reads it"
    )]
    fn from_list(text: &str) -> Self {
        let notices: Vec<YearNotice> =
            serde_json::from_str(text).expect("the shipped years have the import format");
        Self::new(notices).expect("the shipped years are valid")
    }

    /// Lays validated notices over the statutory pattern.
    fn build(notices: BTreeMap<i32, YearNotice>) -> Result<Self, Error> {
        let mut years: BTreeMap<i32, Vec<Day>> = BTreeMap::new();
        for &year in notices.keys() {
            years.insert(year, announced_weeks(year));
        }
        // Ascending, so that a later notice has the last word on the December before it.
        for notice in notices.values() {
            let off = notice.off.iter().map(|date| (date, DayKind::Holiday));
            let work = notice
                .work
                .iter()
                .map(|date| (date, DayKind::MakeUpWorkingDay));
            for (&date, kind) in off.chain(work) {
                set_day(&mut years, date, kind).ok_or(Error::DateNotCovered { date })?;
            }
        }
        let version = version_of(&notices);
        Ok(Self {
            notices,
            years,
            version,
        })
    }
}

/// The days of a year with a notice before its special days are set.
fn announced_weeks(year: i32) -> Vec<Day> {
    let days = statute::dates_of(year).map(|date| Day {
        kind: statute::weekday_kind(date),
        provisional: false,
    });
    days.collect()
}

/// Sets a day that a notice names. A year without a notice of its own starts as the statute says.
fn set_day(years: &mut BTreeMap<i32, Vec<Day>>, date: NaiveDate, kind: DayKind) -> Option<()> {
    let year = date.year();
    let days = match years.entry(year) {
        Entry::Occupied(entry) => entry.into_mut(),
        Entry::Vacant(entry) => entry.insert(statute::pattern(year)?.to_vec()),
    };
    let index = usize::try_from(date.ordinal0()).ok()?;
    *days.get_mut(index)? = Day {
        kind,
        provisional: false,
    };
    Some(())
}

/// `2023-2026+1a2b3c4d`. The digest is over a text of its own, so that it depends neither on the order
/// of the dates in a file nor on how JSON is written.
fn version_of(notices: &BTreeMap<i32, YearNotice>) -> String {
    let mut digest = Sha256::new();
    digest.update(EDITION);
    for notice in notices.values() {
        digest.update(format!("\nyear {} {}", notice.year, notice.notice.trim()));
        for (sign, dates) in [('-', &notice.off), ('+', &notice.work)] {
            let mut dates = dates.clone();
            dates.sort();
            for date in dates {
                digest.update(format!("\n{sign}{date}"));
            }
        }
    }
    let mut version = year_ranges(notices.keys().copied());
    version.push('+');
    for byte in digest.finalize().iter().take(4) {
        // Writing to a String cannot fail.
        let _ = write!(version, "{byte:02x}");
    }
    version
}

/// `2023-2026`, or `2023-2024,2026` with a gap, or `none`.
fn year_ranges(years: impl Iterator<Item = i32>) -> String {
    let mut ranges: Vec<(i32, i32)> = Vec::new();
    for year in years {
        match ranges.last_mut() {
            Some((_, last)) if last.checked_add(1) == Some(year) => *last = year,
            Some(_) | None => ranges.push((year, year)),
        }
    }
    if ranges.is_empty() {
        return "none".to_owned();
    }
    let text = |(first, last): &(i32, i32)| {
        if first == last {
            first.to_string()
        } else {
            format!("{first}-{last}")
        }
    };
    ranges.iter().map(text).collect::<Vec<_>>().join(",")
}
