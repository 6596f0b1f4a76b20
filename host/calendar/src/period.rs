//! Periods and the due instants they give (T3–T6, Art. 14, 15, 19).
//!
//! A length in days is never a duration: working days, calendar days and hours are different variants
//! and are counted differently.

use std::fmt;

use chrono::{DateTime, Days, Months, NaiveDate, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use crate::zone::{end_of, last_day, local_date, midnight_at_start_of};
use crate::{Calendar, Error};

/// The length of a limit. In JSON `{"working_days": 10}` and so on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Period {
    /// 工作日: counts the working days strictly after the day of the trigger, ends 24:00 of the last
    /// (T3, Art. 15).
    WorkingDays(u16),
    /// 自然日: counts every day strictly after the day of the trigger, ends 24:00 of the last, holiday
    /// or not (T4).
    CalendarDays(u16),
    /// Runs from the exact instant through nights and holidays (T5).
    Hours(u32),
    /// As [`Period::Hours`].
    Minutes(u32),
    /// Ends 24:00 of the corresponding date, or of the month's last day if there is none (T6).
    Months(u16),
    /// As [`Period::Months`].
    Years(u16),
    /// Ends at a fixed instant, set by the document that assigned the order (R23).
    Until(DateTime<Utc>),
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::WorkingDays(1) => f.write_str("1 working day"),
            Self::WorkingDays(n) => write!(f, "{n} working days"),
            Self::CalendarDays(1) => f.write_str("1 calendar day"),
            Self::CalendarDays(n) => write!(f, "{n} calendar days"),
            Self::Hours(1) => f.write_str("1 hour"),
            Self::Hours(n) => write!(f, "{n} hours"),
            Self::Minutes(1) => f.write_str("1 minute"),
            Self::Minutes(n) => write!(f, "{n} minutes"),
            Self::Months(1) => f.write_str("1 month"),
            Self::Months(n) => write!(f, "{n} months"),
            Self::Years(1) => f.write_str("1 year"),
            Self::Years(n) => write!(f, "{n} years"),
            Self::Until(instant) => write!(f, "until {instant}"),
        }
    }
}

/// A due instant and how it came about (T12).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Due {
    /// The last instant that is in time; only later ones are late (T8).
    pub due_at: DateTime<Utc>,
    /// Where the clock starts: 00:00 of the first counted day, or of the day after the trigger's for
    /// months and years; the trigger itself for hours, minutes and a fixed end.
    pub clock_start: DateTime<Utc>,
    /// The days counted, in order, for limits in working or calendar days; else empty.
    pub counted: Vec<NaiveDate>,
    /// True if a day without a notice was looked at: the due instant may move when the year is
    /// imported (P14). Only working days look at the calendar.
    pub provisional: bool,
    /// [`Calendar::version`] of the calendar that computed it (C3).
    pub calendar_version: String,
}

impl Due {
    /// True if an event at `event` is late (T8).
    pub fn is_late(&self, event: DateTime<Utc>) -> bool {
        crate::is_late(event, self.due_at)
    }
}

impl Calendar {
    /// The due instant of a limit that `trigger` starts.
    ///
    /// The time of day of the trigger matters for hours and minutes only.
    ///
    /// # Errors
    /// [`Error::EmptyPeriod`], [`Error::EndNotAfterStart`] for a fixed end, [`Error::DateNotCovered`]
    /// for working days outside the covered years, [`Error::Overflow`].
    pub fn due(&self, trigger: DateTime<Utc>, period: Period) -> Result<Due, Error> {
        self.due_from(local_date(trigger), trigger, period)
    }

    /// The due instant of an extension: counted from the expiry of the limit before it (Art. 19, R37).
    ///
    /// Contiguous: a limit that ended 24:00 of D goes on with the day after D, whenever the extension
    /// was filed. A limit that ended in the middle of a day goes on with the day after that one, or
    /// for hours and minutes at once.
    ///
    /// # Errors
    /// As [`Calendar::due`].
    pub fn due_after(&self, expiry: DateTime<Utc>, period: Period) -> Result<Due, Error> {
        self.due_from(last_day(expiry), expiry, period)
    }

    /// Counts days strictly after `day_zero`, hours from `start`.
    fn due_from(
        &self,
        day_zero: NaiveDate,
        start: DateTime<Utc>,
        period: Period,
    ) -> Result<Due, Error> {
        let overflow = || Error::Overflow { start };
        match period {
            Period::WorkingDays(0)
            | Period::CalendarDays(0)
            | Period::Hours(0)
            | Period::Minutes(0)
            | Period::Months(0)
            | Period::Years(0) => Err(Error::EmptyPeriod),
            Period::WorkingDays(n) => {
                let (counted, provisional) = self.next_working_days(day_zero, n)?;
                let mut due = self.day_limit(counted).ok_or_else(overflow)?;
                due.provisional = provisional;
                Ok(due)
            }
            Period::CalendarDays(n) => {
                let counted = day_zero.iter_days().skip(1).take(usize::from(n));
                self.day_limit(counted.collect())
                    .filter(|due| due.counted.len() == usize::from(n))
                    .ok_or_else(overflow)
            }
            Period::Hours(n) => self.exact(start, TimeDelta::hours(i64::from(n))),
            Period::Minutes(n) => self.exact(start, TimeDelta::minutes(i64::from(n))),
            Period::Months(n) => self
                .month_limit(day_zero, u32::from(n))
                .ok_or_else(overflow),
            Period::Years(n) => u32::from(n)
                .checked_mul(12)
                .and_then(|months| self.month_limit(day_zero, months))
                .ok_or_else(overflow),
            Period::Until(until) if until <= start => Err(Error::EndNotAfterStart { until, start }),
            Period::Until(until) => Ok(self.plain(until, start)),
        }
    }

    /// The `n` working days strictly after `day_zero`, and whether a provisional day was looked at.
    fn next_working_days(
        &self,
        day_zero: NaiveDate,
        n: u16,
    ) -> Result<(Vec<NaiveDate>, bool), Error> {
        let mut counted = Vec::with_capacity(usize::from(n));
        let mut provisional = false;
        let mut date = day_zero;
        while counted.len() < usize::from(n) {
            date = date.succ_opt().ok_or(Error::DateNotCovered { date })?;
            let day = self.day(date)?;
            provisional |= day.provisional;
            if day.is_working() {
                counted.push(date);
            }
        }
        Ok((counted, provisional))
    }

    /// From 00:00 of the first counted day to 24:00 of the last.
    fn day_limit(&self, counted: Vec<NaiveDate>) -> Option<Due> {
        let clock_start = midnight_at_start_of(*counted.first()?);
        let due_at = midnight_at_start_of(counted.last()?.succ_opt()?);
        Some(Due {
            counted,
            ..self.plain(due_at, clock_start)
        })
    }

    /// To 24:00 of the corresponding date (Civil Code Art. 202).
    fn month_limit(&self, day_zero: NaiveDate, months: u32) -> Option<Due> {
        let last = day_zero.checked_add_months(Months::new(months))?;
        let due_at = midnight_at_start_of(last.checked_add_days(Days::new(1))?);
        Some(self.plain(due_at, end_of(day_zero)))
    }

    /// From the instant itself (Civil Code Art. 201).
    fn exact(&self, start: DateTime<Utc>, length: TimeDelta) -> Result<Due, Error> {
        let due_at = start
            .checked_add_signed(length)
            .ok_or(Error::Overflow { start })?;
        Ok(self.plain(due_at, start))
    }

    fn plain(&self, due_at: DateTime<Utc>, clock_start: DateTime<Utc>) -> Due {
        Due {
            due_at,
            clock_start,
            counted: Vec::new(),
            provisional: false,
            calendar_version: self.version().to_owned(),
        }
    }
}
