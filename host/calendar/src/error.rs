//! What can be wrong with a calendar year or a period.

use chrono::{DateTime, NaiveDate, Utc};

use crate::{FIRST_YEAR, LAST_YEAR, instant_text};

/// Why a year was refused or a due instant could not be computed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The text of a year is not JSON of the form that [`crate::YearNotice`] documents.
    #[error(
        "calendar year: `{path}` is not as expected; a year is \
         {{\"year\": 2027, \"notice\": \"…\", \"off\": [\"YYYY-MM-DD\", …], \"work\": […]}}"
    )]
    Form {
        /// Path of the offending field, such as `off[3]`.
        path: String,
        /// What the parser said.
        source: serde_json::Error,
    },
    /// The year of a notice lies outside the years that the calendar covers.
    #[error(
        "calendar year {year}: `year` must lie between {} and {LAST_YEAR}",
        FIRST_YEAR + 1
    )]
    YearNotCovered {
        /// The year of the notice.
        year: i32,
    },
    /// A notice without its reference does not make a year known (C2).
    #[error(
        "calendar year {year}: `notice` is empty; give the URL or the document number of the State \
         Council notice"
    )]
    NoticeMissing {
        /// The year of the notice.
        year: i32,
    },
    /// A notice without days off does not make a year known (C2).
    #[error("calendar year {year}: `off` is empty; list every day off that the notice names")]
    NoDaysOff {
        /// The year of the notice.
        year: i32,
    },
    /// A notice that leaves statutory holidays out, so that the file is not the whole notice.
    #[error(
        "calendar year {year}: `off` lacks the statutory holidays {}; list every day off that the \
         notice names, weekend days among them included",
        listed(.dates)
    )]
    StatutoryMissing {
        /// The year of the notice.
        year: i32,
        /// What is missing, in order.
        dates: Vec<NaiveDate>,
    },
    /// A date that this year's notice cannot set.
    #[error(
        "calendar year {year}: `{field}` has {date}; a notice sets days of its own year and of the \
         December before"
    )]
    OutsideYear {
        /// The year of the notice.
        year: i32,
        /// `off` or `work`.
        field: &'static str,
        /// The date in question.
        date: NaiveDate,
    },
    /// A date stands twice in one list.
    #[error("calendar year {year}: `{field}` has {date} twice; remove one")]
    Twice {
        /// The year of the notice.
        year: i32,
        /// `off` or `work`.
        field: &'static str,
        /// The date in question.
        date: NaiveDate,
    },
    /// A date is both a day off and a make-up working day.
    #[error("calendar year {year}: {date} is in `off` and in `work`; keep it in one of them")]
    OffAndWork {
        /// The year of the notice.
        year: i32,
        /// The date in question.
        date: NaiveDate,
    },
    /// A make-up working day that is no Saturday or Sunday.
    #[error(
        "calendar year {year}: `work` has {date}, a weekday; only Saturdays and Sundays are made \
         working days"
    )]
    WorkOnWeekday {
        /// The year of the notice.
        year: i32,
        /// The date in question.
        date: NaiveDate,
    },
    /// Neither a notice nor the statutory pattern covers the date.
    #[error("{date}: working days are known from {FIRST_YEAR} to {LAST_YEAR} only")]
    DateNotCovered {
        /// The date in question.
        date: NaiveDate,
    },
    /// A period of length zero is no limit.
    #[error("a period of length 0 sets no limit; give at least 1")]
    EmptyPeriod,
    /// A fixed end that does not lie after the start.
    #[error(
        "the fixed end {} does not lie after {}; give a later instant",
        instant_text(*.until),
        instant_text(*.start)
    )]
    EndNotAfterStart {
        /// The fixed end.
        until: DateTime<Utc>,
        /// The trigger, or the expiry that is extended.
        start: DateTime<Utc>,
    },
    /// The due instant lies beyond what an instant can hold.
    #[error(
        "a period that starts at {} ends beyond the last representable instant",
        instant_text(*.start)
    )]
    Overflow {
        /// The trigger, or the expiry that is extended.
        start: DateTime<Utc>,
    },
}

fn listed(dates: &[NaiveDate]) -> String {
    let dates: Vec<String> = dates.iter().map(NaiveDate::to_string).collect();
    dates.join(", ")
}
