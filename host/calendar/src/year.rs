//! One year's holiday notice of the State Council: days off and make-up working days (C2).

use std::collections::BTreeSet;

use chrono::{Datelike, NaiveDate, Weekday};
use serde::{Deserialize, Deserializer, Serialize};

use crate::statute::{self, FIRST_YEAR, LAST_YEAR};
use crate::{Calendar, Error};

/// What the State Council's notice for one year says. This is also the import format:
///
/// ```json
/// {
///   "year": 2026,
///   "notice": "https://www.gov.cn/zhengce/zhengceku/202511/content_7047091.htm",
///   "off":  ["2026-01-01", "2026-01-02", "2026-01-03"],
///   "work": ["2026-01-04"]
/// }
/// ```
///
/// - `year`: the year in the notice's title.
/// - `notice`: the URL or the document number of the notice. A list (`["…"]`) and the name `papers`
///   are taken too; several references are joined by `; `.
/// - `off`: every day off that the notice names, weekend days among them included. Weekends that it
///   does not name need not be listed.
/// - `work`: the Saturdays and Sundays that it makes working days (调休). May be left out if none.
///
/// Dates lie in `year` or in the December before, which a notice may still change (元旦). Unknown
/// fields are errors.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct YearNotice {
    /// The year in the notice's title.
    pub year: i32,
    /// URL or document number of the notice; a year without it is not known (C2).
    #[serde(alias = "papers", deserialize_with = "one_or_many")]
    pub notice: String,
    /// Days off, weekend days among them included.
    pub off: Vec<NaiveDate>,
    /// Saturdays and Sundays on which public offices work.
    #[serde(default)]
    pub work: Vec<NaiveDate>,
}

impl YearNotice {
    /// Checks that the notice can make its year known.
    ///
    /// # Errors
    /// The first thing wrong, naming field and date: `year` not covered, `notice` or `off` empty
    /// (C2), a date outside the year, a date twice, a date both off and working, a make-up working
    /// day that is a weekday.
    pub fn validate(&self) -> Result<(), Error> {
        let year = self.year;
        if year <= FIRST_YEAR || year > LAST_YEAR {
            return Err(Error::YearNotCovered { year });
        }
        if self.notice.trim().is_empty() {
            return Err(Error::NoticeMissing { year });
        }
        if self.off.is_empty() {
            return Err(Error::NoDaysOff { year });
        }
        let off = self.set_of("off", &self.off)?;
        let work = self.set_of("work", &self.work)?;
        if let Some(&date) = off.intersection(&work).next() {
            return Err(Error::OffAndWork { year, date });
        }
        match work.iter().find(|date| !is_weekend(**date)) {
            Some(&date) => Err(Error::WorkOnWeekday { year, date }),
            None => Ok(()),
        }
    }

    /// Statutory holidays of the year that `off` does not list.
    ///
    /// Every notice so far lists them all, so a date here means that the file is cut short.
    pub fn missing_statutory(&self) -> Vec<NaiveDate> {
        let mut missing = statute::holidays(self.year).unwrap_or_default();
        missing.retain(|date| !self.off.contains(date));
        missing
    }

    /// Checks that `off` lists every statutory holiday of the year; what is imported must, or it would
    /// make wrong deadlines final.
    ///
    /// # Errors
    /// [`Error::StatutoryMissing`] with the dates.
    pub fn check_complete(&self) -> Result<(), Error> {
        let year = self.year;
        let dates = self.missing_statutory();
        if dates.is_empty() {
            Ok(())
        } else {
            Err(Error::StatutoryMissing { year, dates })
        }
    }

    /// The dates of one list, each once and each one that this notice can set.
    fn set_of(
        &self,
        field: &'static str,
        dates: &[NaiveDate],
    ) -> Result<BTreeSet<NaiveDate>, Error> {
        let year = self.year;
        let mut set = BTreeSet::new();
        for &date in dates {
            let december_before = date.month() == 12 && date.year().checked_add(1) == Some(year);
            if date.year() != year && !december_before {
                return Err(Error::OutsideYear { year, field, date });
            }
            if !set.insert(date) {
                return Err(Error::Twice { year, field, date });
            }
        }
        Ok(set)
    }
}

impl Calendar {
    /// Reads one year in the import format of [`YearNotice`] and checks it.
    ///
    /// # Errors
    /// [`Error::Form`] with the path of the field, or what [`YearNotice::validate`] finds.
    pub fn parse_year_json(text: &str) -> Result<YearNotice, Error> {
        let form = |path: String, source| Error::Form { path, source };
        let mut parser = serde_json::Deserializer::from_str(text);
        let notice: YearNotice = serde_path_to_error::deserialize(&mut parser)
            .map_err(|error| form(error.path().to_string(), error.into_inner()))?;
        parser.end().map_err(|error| form(".".to_owned(), error))?;
        notice.validate()?;
        Ok(notice)
    }
}

/// Saturday or Sunday.
pub(crate) fn is_weekend(date: NaiveDate) -> bool {
    matches!(date.weekday(), Weekday::Sat | Weekday::Sun)
}

/// A reference as text, or several as a list of texts.
fn one_or_many<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged, expecting = "a URL or document number, or a list of them")]
    enum OneOrMany {
        One(String),
        Many(Vec<String>),
    }
    Ok(match OneOrMany::deserialize(deserializer)? {
        OneOrMany::One(reference) => reference,
        OneOrMany::Many(references) => references.join("; "),
    })
}
