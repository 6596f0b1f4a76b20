//! Looking at a limit while it runs or after it ended: late or not, days left, time used (Art. 15).

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use crate::zone::{end_of, last_day, local_date, midnight_at_start_of};
use crate::{Calendar, Error};

/// True if `event` is late against `due_at`: strictly later, instants compared (Art. 15 「超出」, T8).
///
/// An event at exactly 24:00 of the last day is in time.
pub fn is_late(event: DateTime<Utc>, due_at: DateTime<Utc>) -> bool {
    event > due_at
}

/// How an instant stands to a due instant, in working days.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Remaining {
    /// Working days left after today; 0 on the last one.
    Left(u16),
    /// Whole working days that passed since the due instant; 0 on the first one.
    Overdue(u16),
}

impl Calendar {
    /// How many working days are left until `due_at` at `now`, or how many it is overdue.
    ///
    /// # Errors
    /// As [`Calendar::day`].
    pub fn remaining(&self, now: DateTime<Utc>, due_at: DateTime<Utc>) -> Result<Remaining, Error> {
        let today = local_date(now);
        let last = last_day(due_at);
        if is_late(now, due_at) {
            let yesterday = today.pred_opt().unwrap_or(today);
            self.working_days_between(last, yesterday)
                .map(Remaining::Overdue)
        } else {
            self.working_days_between(today, last).map(Remaining::Left)
        }
    }

    /// The instant from which `working_days` are left until `due_at`: 00:00 of that working day.
    ///
    /// With 0, of the last working day on or before the day on which the limit ends.
    ///
    /// # Errors
    /// As [`Calendar::day`].
    pub fn due_soon_at(
        &self,
        due_at: DateTime<Utc>,
        working_days: u16,
    ) -> Result<DateTime<Utc>, Error> {
        let mut date = last_day(due_at);
        let mut left = working_days;
        loop {
            if self.is_working_day(date)? {
                match left.checked_sub(1) {
                    Some(fewer) => left = fewer,
                    None => return Ok(midnight_at_start_of(date)),
                }
            }
            date = date.pred_opt().ok_or(Error::DateNotCovered { date })?;
        }
    }

    /// Number of working days strictly after `after`, up to and including `until`; 0 if there is no
    /// such day. Counts no further than 65,535.
    ///
    /// # Errors
    /// As [`Calendar::day`].
    pub fn working_days_between(&self, after: NaiveDate, until: NaiveDate) -> Result<u16, Error> {
        let mut days: u16 = 0;
        for date in after.iter_days().skip(1).take_while(|date| *date <= until) {
            if self.is_working_day(date)? {
                days = days.saturating_add(1);
            }
        }
        Ok(days)
    }

    /// 办理用时: the part of [`clock_start`, `until`] that lies on working days, 24 hours each.
    ///
    /// Zero if `until` lies before the clock's start, such as a result submitted the same evening.
    /// A figure for reports: lateness is [`is_late`].
    ///
    /// # Errors
    /// As [`Calendar::day`].
    pub fn working_time_used(
        &self,
        clock_start: DateTime<Utc>,
        until: DateTime<Utc>,
    ) -> Result<TimeDelta, Error> {
        let mut used = TimeDelta::zero();
        let last = local_date(until);
        for date in local_date(clock_start)
            .iter_days()
            .take_while(|date| *date <= last)
        {
            if self.is_working_day(date)? {
                let from = midnight_at_start_of(date).max(clock_start);
                let to = end_of(date).min(until);
                let part = to.signed_duration_since(from).max(TimeDelta::zero());
                used = used.checked_add(&part).unwrap_or(TimeDelta::MAX);
            }
        }
        Ok(used)
    }
}
