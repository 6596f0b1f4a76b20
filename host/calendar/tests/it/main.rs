//! Tests of the calendar: the vectors of the Rules, the notices, and every day of four years.
#![cfg(test)]

mod days;
mod elapsed;
mod every_day;
mod extensions;
mod import;
mod limits;
mod provisional;

use calendar::{Due, YearNotice, zone};
use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, Utc};

/// `2026-09-18` or `2026-09-18 16:00[:00[.000]]` in +08:00.
fn at(local: &str) -> DateTime<Utc> {
    let naive = if local.len() == 10 {
        date(local).and_time(NaiveTime::MIN)
    } else {
        ["%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%d %H:%M"]
            .iter()
            .find_map(|form| NaiveDateTime::parse_from_str(local, form).ok())
            .expect(local)
    };
    naive.and_local_timezone(zone()).unwrap().to_utc()
}

fn date(text: &str) -> NaiveDate {
    text.parse().expect(text)
}

fn dates(texts: &[&str]) -> Vec<NaiveDate> {
    texts.iter().map(|text| date(text)).collect()
}

/// `09-20 09-21 …`, as the Rules' vectors list counted days.
fn month_days<'a>(days: impl IntoIterator<Item = &'a NaiveDate>) -> String {
    let days = days.into_iter().map(|day| day.format("%m-%d").to_string());
    days.collect::<Vec<_>>().join(" ")
}

fn counted(due: &Due) -> String {
    month_days(&due.counted)
}

/// An invented notice for 2027: 01-04 off against Sunday 01-10, and a long Spring Festival.
fn invented_2027() -> YearNotice {
    YearNotice {
        year: 2027,
        notice: "invented for this test".to_owned(),
        off: dates(&[
            "2027-01-01",
            "2027-01-02",
            "2027-01-03",
            "2027-01-04",
            "2027-02-05",
            "2027-02-06",
            "2027-02-07",
            "2027-02-08",
            "2027-02-09",
            "2027-02-10",
            "2027-02-11",
            "2027-04-03",
            "2027-04-04",
            "2027-04-05",
            "2027-05-01",
            "2027-05-02",
            "2027-05-03",
            "2027-06-09",
            "2027-09-15",
            "2027-10-01",
            "2027-10-02",
            "2027-10-03",
            "2027-10-04",
            "2027-10-05",
        ]),
        work: dates(&["2027-01-10", "2027-02-20", "2027-10-09"]),
    }
}
