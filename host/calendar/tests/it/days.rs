//! C5: the tricky spans, the totals, the statutory pattern of years without a notice.

use calendar::{Calendar, Day, DayKind, FIRST_YEAR, LAST_YEAR};
use chrono::{Datelike, NaiveDate};

use crate::{at, date, invented_2027, month_days};

/// The dates of a span that satisfy a condition, as `MM-DD …`.
fn those(
    calendar: &Calendar,
    from: NaiveDate,
    until: NaiveDate,
    wanted: impl Fn(Day) -> bool,
) -> String {
    let days: Vec<NaiveDate> = from
        .iter_days()
        .take_while(|day| *day <= until)
        .filter(|day| wanted(calendar.day(*day).unwrap()))
        .collect();
    month_days(&days)
}

fn those_of_year(calendar: &Calendar, year: i32, kind: DayKind) -> String {
    let first = NaiveDate::from_ymd_opt(year, 1, 1).unwrap();
    let last = NaiveDate::from_ymd_opt(year, 12, 31).unwrap();
    those(calendar, first, last, |day| day.kind == kind)
}

#[test]
fn verified_spans() {
    let check = |from: &str, until: &str, working: &str| {
        let found = those(
            &Calendar::shipped(),
            date(from),
            date(until),
            Day::is_working,
        );
        assert_eq!(found, working, "{from} … {until}");
    };
    check("2023-09-29", "2023-10-08", "10-07 10-08");
    check(
        "2024-02-04",
        "2024-02-18",
        "02-04 02-05 02-06 02-07 02-08 02-09 02-18",
    );
    check(
        "2025-01-26",
        "2025-02-08",
        "01-26 01-27 02-05 02-06 02-07 02-08",
    );
    check(
        "2025-09-27",
        "2025-10-12",
        "09-28 09-29 09-30 10-09 10-10 10-11",
    );
    check("2025-12-27", "2026-01-05", "12-29 12-30 12-31 01-04 01-05");
    check(
        "2026-02-14",
        "2026-02-28",
        "02-14 02-24 02-25 02-26 02-27 02-28",
    );
    check(
        "2026-09-19",
        "2026-10-11",
        "09-20 09-21 09-22 09-23 09-24 09-28 09-29 09-30 10-08 10-09 10-10",
    );
}

#[test]
fn make_up_days_and_totals() {
    let check = |year: i32, total: usize, make_up: &str| {
        let calendar = Calendar::shipped();
        assert_eq!(
            those_of_year(&calendar, year, DayKind::MakeUpWorkingDay),
            make_up
        );
        let weekdays = those_of_year(&calendar, year, DayKind::WorkingDay);
        let found = weekdays.split(' ').count() + make_up.split(' ').count();
        assert_eq!(found, total, "{year}");
    };
    check(2023, 249, "01-28 01-29 04-23 05-06 06-25 10-07 10-08");
    check(2024, 251, "02-04 02-18 04-07 04-28 05-11 09-14 09-29 10-12");
    check(2025, 248, "01-26 02-08 04-27 09-28 10-11");
    check(2026, 248, "01-04 02-14 02-28 05-09 09-20 10-10");
}

#[test]
fn kinds() {
    let check = |day: &str, kind: DayKind, provisional: bool| {
        let found = Calendar::shipped().day(date(day)).unwrap();
        assert_eq!(found, Day { kind, provisional }, "{day}");
    };
    check("2026-10-09", DayKind::WorkingDay, false);
    check("2026-10-10", DayKind::MakeUpWorkingDay, false);
    check("2026-10-11", DayKind::Weekend, false);
    check("2026-10-04", DayKind::Holiday, false);
    check("2026-12-31", DayKind::WorkingDay, false);
    check("2027-01-01", DayKind::Holiday, true);
    check("2027-01-02", DayKind::Weekend, true);
    check("2027-01-04", DayKind::WorkingDay, true);
    // Set by the notice of 2023, although 2022 has none here.
    check("2022-12-31", DayKind::Holiday, false);
    check("2022-12-30", DayKind::WorkingDay, true);
    assert!(Calendar::shipped().day(date("1999-12-31")).is_err());
    assert!(Calendar::shipped().day(date("2100-01-01")).is_err());
}

/// The statutory pattern, read from a calendar without any notice.
#[test]
fn statutory_pattern() {
    let check = |year: i32, holidays: &str| {
        let calendar = Calendar::new([]).unwrap();
        assert_eq!(
            those_of_year(&calendar, year, DayKind::Holiday),
            holidays,
            "{year}"
        );
        assert_eq!(
            those_of_year(&calendar, year, DayKind::MakeUpWorkingDay),
            ""
        );
    };
    check(
        2007,
        "01-01 02-18 02-19 02-20 05-01 05-02 05-03 10-01 10-02 10-03",
    );
    check(
        2013,
        "01-01 02-09 02-10 02-11 04-04 05-01 06-12 09-19 10-01 10-02 10-03",
    );
    check(
        2020,
        "01-01 01-25 01-26 01-27 04-04 05-01 06-25 10-01 10-02 10-03",
    );
    check(
        2022,
        "01-01 02-01 02-02 02-03 04-05 05-01 06-03 09-10 10-01 10-02 10-03",
    );
    check(
        2024,
        "01-01 02-10 02-11 02-12 04-04 05-01 06-10 09-17 10-01 10-02 10-03",
    );
    check(
        2025,
        "01-01 01-28 01-29 01-30 01-31 04-04 05-01 05-02 05-31 10-01 10-02 10-03 10-06",
    );
    // Spring Festival 02-06, Qingming 04-05, Dragon Boat 06-09, Mid-Autumn 09-15.
    check(
        2027,
        "01-01 02-05 02-06 02-07 02-08 04-05 05-01 05-02 06-09 09-15 10-01 10-02 10-03",
    );
    check(
        2028,
        "01-01 01-25 01-26 01-27 01-28 04-04 05-01 05-02 05-28 10-01 10-02 10-03",
    );
}

#[test]
fn statutory_pattern_of_every_covered_year() {
    let calendar = Calendar::new([]).unwrap();
    for year in FIRST_YEAR..=LAST_YEAR {
        let holidays = those_of_year(&calendar, year, DayKind::Holiday);
        let number = holidays.split(' ').count();
        // Mid-Autumn or Dragon Boat may fall on another holiday; never more than one does.
        let full = match year {
            ..2008 => 10,
            2008..2025 => 11,
            2025.. => 13,
        };
        assert!(number == full || number + 1 == full, "{year}: {holidays}");
        for day in NaiveDate::from_ymd_opt(year, 1, 1)
            .unwrap()
            .iter_days()
            .take_while(|day| day.year() == year)
        {
            assert!(calendar.day(day).unwrap().provisional, "{day}");
        }
    }
}

#[test]
fn shipped_notices_contain_every_statutory_holiday() {
    for notice in Calendar::shipped().notices() {
        assert_eq!(notice.missing_statutory(), [], "{}", notice.year);
    }
    assert_eq!(invented_2027().missing_statutory(), []);
    let mut cut_short = invented_2027();
    cut_short.off.truncate(20);
    assert_eq!(month_days(&cut_short.missing_statutory()), "10-02 10-03");
    assert!(invented_2027().check_complete().is_ok());
    assert_eq!(
        cut_short.check_complete().unwrap_err().to_string(),
        "calendar year 2027: `off` lacks the statutory holidays 2027-10-02, 2027-10-03; list every \
         day off that the notice names, weekend days among them included"
    );
}

/// The version is stored with deadlines for years: it must not change with a release.
#[test]
fn versions() {
    let shipped = Calendar::shipped();
    assert_eq!(shipped.version(), "2023-2026+271c0387");
    assert_eq!(shipped.known_years(), [2023, 2024, 2025, 2026]);
    assert!(Calendar::new([]).unwrap().version().starts_with("none+"));

    let imported = shipped.with_year(invented_2027()).unwrap();
    assert!(
        imported.version().starts_with("2023-2027+"),
        "{}",
        imported.version()
    );
    assert_eq!(imported.known_years(), [2023, 2024, 2025, 2026, 2027]);

    // The order of the dates does not matter, each date and the reference do.
    let mut same = invented_2027();
    same.off.reverse();
    assert_eq!(
        shipped.with_year(same).unwrap().version(),
        imported.version()
    );
    let mut moved = invented_2027();
    moved.off.pop();
    assert_ne!(
        imported.with_year(moved).unwrap().version(),
        imported.version()
    );
    let mut renamed = invented_2027();
    renamed.notice.push('2');
    assert_ne!(
        imported.with_year(renamed).unwrap().version(),
        imported.version()
    );

    let mut later = invented_2027();
    later.year = 2029;
    later.off = vec![date("2029-01-01")];
    later.work.clear();
    let with_gap = shipped.with_year(later).unwrap();
    assert!(
        with_gap.version().starts_with("2023-2026,2029+"),
        "{}",
        with_gap.version()
    );
}

#[test]
fn local_dates_change_at_midnight_in_the_zone() {
    for (instant, day) in [
        ("2026-10-08T15:59:59.999Z", "2026-10-08"),
        ("2026-10-08T16:00:00Z", "2026-10-09"),
        ("2026-10-09T00:00:00+08:00", "2026-10-09"),
        ("2026-10-08T23:00:00-08:00", "2026-10-09"),
    ] {
        assert_eq!(
            calendar::local_date(instant.parse().unwrap()),
            date(day),
            "{instant}"
        );
    }
    assert_eq!(
        calendar::midnight_at_start_of(date("2026-10-09")),
        at("2026-10-09 00:00")
    );
    assert_eq!(calendar::end_of(date("2026-10-09")), at("2026-10-10 00:00"));
    assert_eq!(
        calendar::last_day(at("2026-10-10 00:00")),
        date("2026-10-09")
    );
    assert_eq!(
        calendar::last_day(at("2026-10-10 00:00:01")),
        date("2026-10-10")
    );
}
