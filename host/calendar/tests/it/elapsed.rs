//! Late or not, days left or overdue, working time used.

use calendar::Period::{CalendarDays, WorkingDays};
use calendar::Remaining::{self, Left, Overdue};
use calendar::{Calendar, is_late};
use chrono::TimeDelta;

use crate::{at, date};

#[test]
fn late_is_strictly_later() {
    let check = |trigger: &str, period, event: &str, late: bool| {
        let due = Calendar::shipped().due(at(trigger), period).unwrap();
        assert_eq!(is_late(at(event), due.due_at), late, "{event}");
        assert_eq!(due.is_late(at(event)), late);
    };
    // V07: due 2026-09-30 24:00; R25: Saturday in the holiday is late.
    let ten = WorkingDays(10);
    check("2026-09-16 09:00", ten, "2026-09-30 23:59:59", false);
    check("2026-09-16 09:00", ten, "2026-10-01 00:00:00", false);
    check("2026-09-16 09:00", ten, "2026-10-01 00:00:00.001", true);
    check("2026-09-16 09:00", ten, "2026-10-01 00:00:01", true);
    check("2026-09-16 09:00", ten, "2026-10-03 09:00", true);
    // R24: resubmitted after a failed audit.
    check("2026-09-18 16:00", ten, "2026-10-09 17:00", false);
    check("2026-09-18 16:00", ten, "2026-10-12 09:00", true);
    // R28: return after two working days; R31: a consultation already overdue.
    check(
        "2026-04-30 09:00",
        WorkingDays(2),
        "2026-05-07 23:50",
        false,
    );
    check(
        "2026-04-30 09:00",
        WorkingDays(2),
        "2026-05-08 00:00:01",
        true,
    );
    // R57: rating.
    check(
        "2026-10-01 09:30",
        CalendarDays(5),
        "2026-10-07 00:00:00",
        false,
    );
    check(
        "2026-10-01 09:30",
        CalendarDays(5),
        "2026-10-07 00:00:01",
        true,
    );
    // R16: supplement.
    check(
        "2026-10-01 22:00",
        CalendarDays(3),
        "2026-10-05 00:00:01",
        true,
    );
}

#[test]
fn days_left_and_overdue() {
    let check = |now: &str, due_at: &str, expected: Remaining| {
        let found = Calendar::shipped().remaining(at(now), at(due_at)).unwrap();
        assert_eq!(found, expected, "{now} against {due_at}");
    };
    // Due 2026-10-09 24:00, a Friday.
    let friday = "2026-10-10";
    check("2026-09-18 16:00", friday, Left(10));
    check("2026-09-19 16:00", friday, Left(10));
    check("2026-09-20 00:00", friday, Left(9));
    check("2026-09-30 23:59", friday, Left(2));
    check("2026-10-03 12:00", friday, Left(2));
    check("2026-10-08 12:00", friday, Left(1));
    check("2026-10-09 00:00", friday, Left(0));
    check("2026-10-09 23:59:59", friday, Left(0));
    check("2026-10-10 00:00", friday, Left(0));
    check("2026-10-10 00:00:01", friday, Overdue(0));
    check("2026-10-11 12:00", friday, Overdue(1));
    check("2026-10-12 12:00", friday, Overdue(1));
    check("2026-10-13 12:00", friday, Overdue(2));
    // Due 2026-09-30 24:00: the holiday does not count.
    check("2026-10-07 12:00", "2026-10-01", Overdue(0));
    check("2026-10-08 12:00", "2026-10-01", Overdue(0));
    check("2026-10-09 12:00", "2026-10-01", Overdue(1));
    // A due instant in the middle of a day.
    check("2026-10-08 12:00", "2026-10-09 17:00", Left(1));
    check("2026-10-09 12:00", "2026-10-09 17:00", Left(0));
    check("2026-10-09 18:00", "2026-10-09 17:00", Overdue(0));
    check("2026-10-10 08:00", "2026-10-09 17:00", Overdue(0));
    check("2026-10-12 08:00", "2026-10-09 17:00", Overdue(1));
}

#[test]
fn warning_instants() {
    let check = |due_at: &str, left: u16, instant: &str| {
        let calendar = Calendar::shipped();
        let found = calendar.due_soon_at(at(due_at), left).unwrap();
        assert_eq!(found, at(instant), "{left} before {due_at}");
        assert_eq!(calendar.remaining(found, at(due_at)).unwrap(), Left(left));
        let before = found - TimeDelta::seconds(1);
        assert_eq!(
            calendar.remaining(before, at(due_at)).unwrap(),
            Left(left + 1)
        );
    };
    check("2026-10-10", 0, "2026-10-09");
    check("2026-10-10", 1, "2026-10-08");
    check("2026-10-10", 2, "2026-09-30");
    check("2026-10-10", 9, "2026-09-20");
    // A limit in calendar days that ends within a holiday.
    check("2026-10-05", 0, "2026-09-30");
    check("2026-10-09 17:00", 0, "2026-10-09");
}

#[test]
fn working_days_between_dates() {
    let check = |after: &str, until: &str, days: u16| {
        let found = Calendar::shipped().working_days_between(date(after), date(until));
        assert_eq!(found.unwrap(), days, "{after} … {until}");
    };
    check("2022-12-31", "2023-12-31", 249);
    check("2023-12-31", "2024-12-31", 251);
    check("2024-12-31", "2025-12-31", 248);
    check("2025-12-31", "2026-12-31", 248);
    check("2026-10-09", "2026-10-10", 1);
    check("2026-10-10", "2026-10-11", 0);
    check("2026-10-10", "2026-10-10", 0);
    check("2026-10-10", "2026-10-01", 0);
}

#[test]
fn working_time() {
    let check = |start: &str, until: &str, hours: i64, minutes: i64| {
        let used = Calendar::shipped().working_time_used(at(start), at(until));
        let expected = TimeDelta::hours(hours) + TimeDelta::minutes(minutes);
        assert_eq!(used.unwrap(), expected, "{start} … {until}");
    };
    // R25: dispatched 09-16, submitted in the holiday: exactly ten working days, though late.
    check("2026-09-17", "2026-10-03 09:00", 240, 0);
    check("2026-09-17", "2026-10-01", 240, 0);
    check("2026-09-17", "2026-10-08 00:01", 240, 1);
    // R17: concluded on the evening of the dispatch, before the clock starts.
    check("2026-02-14", "2026-02-13 16:31", 0, 0);
    check("2026-02-14", "2026-02-14", 0, 0);
    check("2026-02-14", "2026-02-14 10:30", 10, 30);
    // A make-up Saturday counts 24 hours, the nine days off after it count nothing.
    check("2026-02-14", "2026-02-24 06:00", 30, 0);
    // A clock that starts in the middle of a day (a limit in hours).
    check("2026-10-09 18:00", "2026-10-11 12:00", 30, 0);
    check("2026-10-09 18:00", "2026-10-09 18:45", 0, 45);
    check("2026-10-09 18:00", "2026-10-09 12:00", 0, 0);
}

#[test]
fn outside_the_covered_years_nothing_is_guessed() {
    let calendar = Calendar::shipped();
    let (inside, outside) = (at("2099-12-01"), at("2100-02-01"));
    assert!(calendar.remaining(inside, outside).is_err());
    assert!(calendar.working_time_used(inside, outside).is_err());
    assert!(calendar.due_soon_at(outside, 1).is_err());
}
