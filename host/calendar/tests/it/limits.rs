//! V01–V12 and the worked examples of R5–R78 that are computations of a limit.

use calendar::Period::{CalendarDays, Hours, Minutes, Months, Until, WorkingDays, Years};
use calendar::{Calendar, Period, due_text, last_day, midnight_at_start_of};
use expect_test::{Expect, expect};

use crate::{at, counted, date};

/// One row: the rule, the trigger's local date, the limit, the counted days, the day that ends it.
type Row = (&'static str, &'static str, u16, &'static str, &'static str);

/// Working-day limits: any time of day of the trigger gives the same result.
fn check_working_days(rows: &[Row]) {
    let calendar = Calendar::shipped();
    for &(rule, trigger, n, days, due_day) in rows {
        for time in ["00:00:00", "09:00:00", "23:59:59.999"] {
            let due = calendar
                .due(at(&format!("{trigger} {time}")), WorkingDays(n))
                .expect(rule);
            assert_eq!(counted(&due), days, "{rule} {trigger} {time}");
            assert_eq!(due_text(due.due_at), format!("{due_day} 24:00"), "{rule}");
            assert_eq!(last_day(due.due_at), date(due_day), "{rule}");
            assert_eq!(
                due.clock_start,
                midnight_at_start_of(due.counted[0]),
                "{rule}"
            );
            assert!(!due.provisional, "{rule}");
            assert_eq!(due.calendar_version, calendar.version());
        }
    }
}

#[test]
fn vectors() {
    check_working_days(&[
        ("V01 R20", "2026-02-13", 1, "02-14", "2026-02-14"),
        ("V02 R20", "2026-02-14", 1, "02-24", "2026-02-24"),
        ("V03 R20", "2026-10-03", 1, "10-08", "2026-10-08"),
        ("V04 R21", "2026-02-14", 2, "02-24 02-25", "2026-02-25"),
        ("V05 R21", "2026-09-24", 2, "09-28 09-29", "2026-09-29"),
        (
            "V06 R22",
            "2026-09-18",
            10,
            "09-20 09-21 09-22 09-23 09-24 09-28 09-29 09-30 10-08 10-09",
            "2026-10-09",
        ),
        (
            "V07 R22",
            "2026-09-16",
            10,
            "09-17 09-18 09-20 09-21 09-22 09-23 09-24 09-28 09-29 09-30",
            "2026-09-30",
        ),
        (
            "V08 R22",
            "2025-12-24",
            10,
            "12-25 12-26 12-29 12-30 12-31 01-04 01-05 01-06 01-07 01-08",
            "2026-01-08",
        ),
        (
            "V09 R22",
            "2026-04-30",
            10,
            "05-06 05-07 05-08 05-09 05-11 05-12 05-13 05-14 05-15 05-18",
            "2026-05-18",
        ),
        ("V10 R28", "2026-04-30", 2, "05-06 05-07", "2026-05-07"),
        (
            "V11 R30",
            "2026-05-11",
            10,
            "05-12 05-13 05-14 05-15 05-18 05-19 05-20 05-21 05-22 05-25",
            "2026-05-25",
        ),
        ("V12 R32", "2026-05-11", 2, "05-12 05-13", "2026-05-13"),
        (
            "boundary: the last one complete without 2027",
            "2026-12-17",
            10,
            "12-18 12-21 12-22 12-23 12-24 12-25 12-28 12-29 12-30 12-31",
            "2026-12-31",
        ),
    ]);
}

#[test]
fn worked_examples_before_the_result() {
    check_working_days(&[
        (
            "R5 staff change",
            "2026-09-25",
            10,
            "09-28 09-29 09-30 10-08 10-09 10-10 10-12 10-13 10-14 10-15",
            "2026-10-15",
        ),
        ("R11 registered", "2026-11-17", 1, "11-18", "2026-11-18"),
        ("R18 filed again", "2026-10-06", 1, "10-08", "2026-10-08"),
        ("R19 consultation", "2026-02-13", 1, "02-14", "2026-02-14"),
        (
            "R26 verification",
            "2026-04-30",
            2,
            "05-06 05-07",
            "2026-05-07",
        ),
        (
            "R34 staffing department",
            "2026-02-10",
            5,
            "02-11 02-12 02-13 02-14 02-24",
            "2026-02-24",
        ),
        (
            "R34 districts",
            "2026-02-10",
            2,
            "02-11 02-12",
            "2026-02-12",
        ),
        (
            "R37 first limit",
            "2025-09-18",
            10,
            "09-19 09-22 09-23 09-24 09-25 09-26 09-28 09-29 09-30 10-09",
            "2025-10-09",
        ),
        (
            "R38 restart on a Saturday's addition",
            "2026-05-16",
            10,
            "05-18 05-19 05-20 05-21 05-22 05-25 05-26 05-27 05-28 05-29",
            "2026-05-29",
        ),
    ]);
}

#[test]
fn worked_examples_after_the_result() {
    check_working_days(&[
        ("R48 overdue", "2026-02-13", 2, "02-14 02-24", "2026-02-24"),
        (
            "R49 supervision",
            "2026-02-13",
            5,
            "02-14 02-24 02-25 02-26 02-27",
            "2026-02-27",
        ),
        (
            "R53 plan",
            "2026-06-18",
            10,
            "06-22 06-23 06-24 06-25 06-26 06-29 06-30 07-01 07-02 07-03",
            "2026-07-03",
        ),
        (
            "R54 final report",
            "2026-06-18",
            3,
            "06-22 06-23 06-24",
            "2026-06-24",
        ),
        (
            "R59 re-handling",
            "2026-10-08",
            10,
            "10-09 10-10 10-12 10-13 10-14 10-15 10-16 10-19 10-20 10-21",
            "2026-10-21",
        ),
        (
            "R59 consultation",
            "2026-10-08",
            2,
            "10-09 10-10",
            "2026-10-10",
        ),
        (
            "R63 diligence statement",
            "2026-05-08",
            5,
            "05-09 05-11 05-12 05-13 05-14",
            "2026-05-14",
        ),
        ("R68 ordinary", "2026-06-18", 2, "06-22 06-23", "2026-06-23"),
        ("R68 emergency", "2026-06-18", 1, "06-22", "2026-06-22"),
    ]);
}

/// Trigger, limit → due, clock start and counted days.
fn check(trigger: &str, period: Period, expected: &Expect) {
    let due = Calendar::shipped().due(at(trigger), period).unwrap();
    assert!(!due.provisional, "only working days look at the calendar");
    let start = due.clock_start.with_timezone(&calendar::zone());
    expected.assert_eq(&format!(
        "{} | {} | {}",
        due_text(due.due_at),
        start.format("%Y-%m-%d %H:%M:%S"),
        counted(&due),
    ));
}

#[test]
fn calendar_days_ignore_holidays() {
    // R16 supplement on the net, R23 five days set by the province, R57 rating, R70 outage.
    check(
        "2026-10-01 22:00",
        CalendarDays(3),
        &expect!["2026-10-04 24:00 | 2026-10-02 00:00:00 | 10-02 10-03 10-04"],
    );
    check(
        "2026-10-01 09:30",
        CalendarDays(5),
        &expect!["2026-10-06 24:00 | 2026-10-02 00:00:00 | 10-02 10-03 10-04 10-05 10-06"],
    );
    check(
        "2026-10-02 08:00",
        CalendarDays(1),
        &expect!["2026-10-03 24:00 | 2026-10-03 00:00:00 | 10-03"],
    );
    // Across the last known year: nothing is provisional.
    check(
        "2026-12-30 23:59:59",
        CalendarDays(3),
        &expect!["2027-01-02 24:00 | 2026-12-31 00:00:00 | 12-31 01-01 01-02"],
    );
}

#[test]
fn hours_and_minutes_run_from_the_instant() {
    // R56: evaluation within 24 hours, though the next day is a holiday.
    check(
        "2026-09-30 18:00",
        Hours(24),
        &expect!["2026-10-01 18:00:00 | 2026-09-30 18:00:00 | "],
    );
    check(
        "2026-09-30 23:50",
        Minutes(15),
        &expect!["2026-10-01 00:05:00 | 2026-09-30 23:50:00 | "],
    );
    check(
        "2026-09-30",
        Hours(24),
        &expect!["2026-09-30 24:00 | 2026-09-30 00:00:00 | "],
    );
    check(
        "2026-10-01 08:00",
        Until(at("2026-10-05 17:30")),
        &expect!["2026-10-05 17:30:00 | 2026-10-01 08:00:00 | "],
    );
}

#[test]
fn months_and_years_end_on_the_corresponding_date() {
    for (trigger, period, last) in [
        ("2026-08-31", Months(6), "2027-02-28"), // R67 script
        ("2024-02-29", Years(1), "2025-02-28"),  // R67 guide
        ("2024-02-29", Years(5), "2029-02-28"),  // R67 policy
        ("2024-02-29", Years(4), "2028-02-29"),
        ("2026-01-31", Months(1), "2026-02-28"), // R53 progress notice
        ("2026-03-31", Months(1), "2026-04-30"),
        ("2026-12-15", Months(1), "2027-01-15"),
        ("2023-01-10", Years(5), "2028-01-10"), // R78 validity of the Rules
    ] {
        for time in ["00:00:00", "23:59:59"] {
            let start = at(&format!("{trigger} {time}"));
            let due = Calendar::shipped().due(start, period).unwrap();
            assert_eq!(
                due_text(due.due_at),
                format!("{last} 24:00"),
                "{trigger} {period}"
            );
            assert_eq!(due.clock_start, calendar::end_of(date(trigger)));
            assert!(due.counted.is_empty() && !due.provisional);
        }
    }
}

#[test]
fn impossible_periods_are_refused() {
    let check = |trigger: &str, period: Period, expected: &Expect| {
        let error = Calendar::shipped().due(at(trigger), period).unwrap_err();
        expected.assert_eq(&error.to_string());
    };
    for empty in [
        WorkingDays(0),
        CalendarDays(0),
        Hours(0),
        Minutes(0),
        Months(0),
        Years(0),
    ] {
        check(
            "2026-10-01",
            empty,
            &expect!["a period of length 0 sets no limit; give at least 1"],
        );
    }
    check(
        "2026-10-01 08:00",
        Until(at("2026-10-01 08:00")),
        &expect![
            "the fixed end 2026-10-01T08:00:00+08:00 does not lie after 2026-10-01T08:00:00+08:00; give a later instant"
        ],
    );
    check(
        "2099-12-25",
        WorkingDays(10),
        &expect!["2100-01-01: working days are known from 2000 to 2099 only"],
    );
    check(
        "1999-12-01",
        WorkingDays(10),
        &expect!["1999-12-02: working days are known from 2000 to 2099 only"],
    );
}

#[test]
fn the_end_of_time_is_an_error_and_no_panic() {
    let calendar = Calendar::shipped();
    let ends = [
        chrono::DateTime::<chrono::Utc>::MAX_UTC,
        chrono::DateTime::<chrono::Utc>::MIN_UTC,
    ];
    for end in ends {
        for period in [
            WorkingDays(1),
            CalendarDays(u16::MAX),
            Hours(u32::MAX),
            Minutes(u32::MAX),
            Months(u16::MAX),
            Years(u16::MAX),
        ] {
            // At the first representable instant some of them have an end; the others are errors.
            let _ = calendar.due(end, period);
            let _ = calendar.due_after(end, period);
        }
        let _ = due_text(end);
        assert!(calendar.day(calendar::local_date(end)).is_err());
    }
    // Not cut short either: five days before the last one, ten days are an error.
    let near = ends[0] - chrono::TimeDelta::days(5);
    assert!(calendar.due(near, CalendarDays(10)).is_err());
    assert!(calendar.due(near, CalendarDays(3)).is_ok());
    let overflow = calendar.due(ends[0], Hours(1)).unwrap_err();
    expect!["a period that starts at +262142-12-31T23:59:59.999999999+00:00 ends beyond the last representable instant"]
        .assert_eq(&overflow.to_string());
    for period in [CalendarDays(1), Months(1), Years(1)] {
        assert!(calendar.due(ends[0], period).is_err(), "{period}");
    }
}

#[test]
fn json_of_a_period_and_a_due() {
    let check = |period: Period, json: &str| {
        assert_eq!(serde_json::to_string(&period).unwrap(), json);
        assert_eq!(serde_json::from_str::<Period>(json).unwrap(), period);
    };
    check(WorkingDays(10), r#"{"working_days":10}"#);
    check(CalendarDays(5), r#"{"calendar_days":5}"#);
    check(Hours(24), r#"{"hours":24}"#);
    check(Minutes(15), r#"{"minutes":15}"#);
    check(Months(6), r#"{"months":6}"#);
    check(Years(5), r#"{"years":5}"#);
    check(
        Until(at("2026-10-05 17:30")),
        r#"{"until":"2026-10-05T09:30:00Z"}"#,
    );

    let due = Calendar::shipped()
        .due(at("2026-02-14 10:00"), WorkingDays(2))
        .unwrap();
    let json = serde_json::to_string_pretty(&due).unwrap();
    assert_eq!(serde_json::from_str::<calendar::Due>(&json).unwrap(), due);
    expect![[r#"
        {
          "due_at": "2026-02-25T16:00:00Z",
          "clock_start": "2026-02-23T16:00:00Z",
          "counted": [
            "2026-02-24",
            "2026-02-25"
          ],
          "provisional": false,
          "calendar_version": "2023-2026+271c0387"
        }"#]]
    .assert_eq(&json);
}
