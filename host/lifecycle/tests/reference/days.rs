//! Limits, counted day by day over a plain list of days (Art. 14, 15, 19; T1–T8). The calendar crate is
//! asked once for each date whether offices work on it, and for nothing else.

use calendar::{Calendar, Period};
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};

/// Every day that the lives of the test can touch.
pub(crate) struct Days {
    first: NaiveDate,
    days: Vec<Day>,
}

#[derive(Clone, Copy)]
struct Day {
    works: bool,
    announced: bool,
}

/// A limit with what it was counted from, so that it can be counted again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Limit {
    from: From,
    /// How long.
    pub(crate) period: Period,
    /// The last instant that is in time.
    pub(crate) due: DateTime<Utc>,
    /// Whether a day that no notice has announced was looked at.
    pub(crate) provisional: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum From {
    /// The day of an event; it does not count itself (T3).
    Event(DateTime<Utc>),
    /// The expiry of the limit before (Art. 19).
    Expiry(Box<Limit>),
}

impl Days {
    pub(crate) fn read(calendar: &Calendar) -> Self {
        let first = NaiveDate::from_ymd_opt(2025, 1, 1).unwrap();
        let read = |date| {
            let day = calendar.day(date).unwrap();
            Day {
                works: day.is_working(),
                announced: !day.provisional,
            }
        };
        let days = first.iter_days().take(4 * 366).map(read).collect();
        Self { first, days }
    }

    fn day(&self, date: NaiveDate) -> Day {
        let index = (date - self.first).num_days();
        self.days[usize::try_from(index).unwrap()]
    }

    pub(crate) fn works(&self, date: NaiveDate) -> bool {
        self.day(date).works
    }

    /// A limit from an event on.
    pub(crate) fn limit(&self, event: DateTime<Utc>, period: Period) -> Option<Limit> {
        self.count(From::Event(event), period)
    }

    /// An extension: counted from the expiry of the limit before it.
    pub(crate) fn extended(&self, before: &Limit, period: Period) -> Option<Limit> {
        self.count(From::Expiry(Box::new(before.clone())), period)
    }

    /// The same limit by the days as they are known now.
    pub(crate) fn again(&self, limit: &Limit) -> Limit {
        match &limit.from {
            From::Event(_) => self.count(limit.from.clone(), limit.period).unwrap(),
            From::Expiry(before) => {
                let before = self.again(before);
                self.extended(&before, limit.period).unwrap()
            }
        }
    }

    fn count(&self, from: From, period: Period) -> Option<Limit> {
        let (start, mut date, mut provisional) = match &from {
            From::Event(at) => (*at, date_of(*at), false),
            // 24:00 of a day belongs to that day.
            From::Expiry(before) => (
                before.due,
                date_of(before.due - TimeDelta::seconds(1)),
                before.provisional,
            ),
        };
        let due = match period {
            Period::WorkingDays(0) | Period::CalendarDays(0) | Period::Hours(0) => return None,
            Period::WorkingDays(n) => {
                let mut counted = 0;
                while counted < n {
                    date = date.succ_opt().unwrap();
                    provisional |= !self.day(date).announced;
                    if self.works(date) {
                        counted += 1;
                    }
                }
                midnight(date.succ_opt().unwrap())
            }
            Period::CalendarDays(n) => {
                for _ in 0..n {
                    date = date.succ_opt().unwrap();
                }
                midnight(date.succ_opt().unwrap())
            }
            Period::Hours(n) => start + TimeDelta::hours(i64::from(n)),
            Period::Until(instant) if instant <= start => return None,
            Period::Until(instant) => instant,
            Period::Minutes(_) | Period::Months(_) | Period::Years(_) => return None,
        };
        Some(Limit {
            from,
            period,
            due,
            provisional,
        })
    }

    /// 00:00 of the first working day strictly after the day of an instant.
    pub(crate) fn next_morning(&self, after: DateTime<Utc>) -> DateTime<Utc> {
        let mut date = date_of(after).succ_opt().unwrap();
        while !self.works(date) {
            date = date.succ_opt().unwrap();
        }
        midnight(date)
    }

    /// How many working days lie strictly after one date, up to another one with it.
    pub(crate) fn working_between(&self, after: NaiveDate, until: NaiveDate) -> usize {
        let days = after.iter_days().skip(1).take_while(|day| *day <= until);
        days.filter(|day| self.works(*day)).count()
    }
}

/// The date of an instant in the city, eight hours before Greenwich.
pub(crate) fn date_of(instant: DateTime<Utc>) -> NaiveDate {
    (instant + TimeDelta::hours(8)).date_naive()
}

/// 00:00 of a date in the city.
pub(crate) fn midnight(date: NaiveDate) -> DateTime<Utc> {
    date.and_hms_opt(0, 0, 0).unwrap().and_utc() - TimeDelta::hours(8)
}
