//! P14: a limit that needs an unannounced year is provisional until the year is imported.

use calendar::Period::WorkingDays;
use calendar::{Calendar, due_text};

use crate::{at, counted, date, dates, invented_2027};

/// Trigger date and limit, with the due day and "provisional" before and after the import.
fn check(trigger: &str, n: u16, before: (&str, bool), after: (&str, bool)) {
    let shipped = Calendar::shipped();
    let imported = shipped.with_year(invented_2027()).unwrap();
    for (calendar, (due_day, provisional)) in [(&shipped, before), (&imported, after)] {
        let due = calendar.due(at(trigger), WorkingDays(n)).unwrap();
        assert_eq!(
            due_text(due.due_at),
            format!("{due_day} 24:00"),
            "{trigger}"
        );
        assert_eq!(due.provisional, provisional, "{trigger}");
        assert_eq!(due.calendar_version, calendar.version());
    }
}

#[test]
fn turn_of_the_year() {
    check(
        "2026-12-17",
        10,
        ("2026-12-31", false),
        ("2026-12-31", false),
    );
    check(
        "2026-12-18",
        10,
        ("2027-01-04", true),
        ("2027-01-05", false),
    );
    // R22: dispatched on Thursday 2026-12-24.
    check(
        "2026-12-24",
        10,
        ("2027-01-08", true),
        ("2027-01-10", false),
    );
    // The trigger's own day does not count: it needs no notice, but the days after it do.
    check("2026-12-31", 1, ("2027-01-04", true), ("2027-01-05", false));
    check("2027-02-04", 2, ("2027-02-10", true), ("2027-02-15", false));
    // Days before the first known year are provisional too, unless a notice set them.
    check("2022-12-29", 2, ("2023-01-03", true), ("2023-01-03", true));
    check(
        "2022-12-30",
        1,
        ("2023-01-03", false),
        ("2023-01-03", false),
    );
    // 2028 stays unannounced.
    check("2027-12-30", 2, ("2028-01-03", true), ("2028-01-03", true));
}

#[test]
fn counted_days_follow_the_imported_year() {
    let imported = Calendar::shipped().with_year(invented_2027()).unwrap();
    let due = imported
        .due(at("2026-12-24 09:00"), WorkingDays(10))
        .unwrap();
    assert_eq!(
        counted(&due),
        "12-25 12-28 12-29 12-30 12-31 01-05 01-06 01-07 01-08 01-10"
    );
}

#[test]
fn an_extension_can_be_provisional_alone() {
    let calendar = Calendar::shipped();
    let first = calendar.due(at("2026-12-17"), WorkingDays(10)).unwrap();
    let second = calendar.due_after(first.due_at, WorkingDays(1)).unwrap();
    assert!(!first.provisional && second.provisional);
    assert_eq!(due_text(second.due_at), "2027-01-04 24:00");
}

#[test]
fn the_next_notice_may_change_december() {
    let shipped = Calendar::shipped();
    let mut notice = invented_2027();
    notice.off.push(date("2026-12-31"));
    notice.work.push(date("2026-12-26"));
    let imported = shipped.with_year(notice).unwrap();
    for (day, before, after) in [
        ("2026-12-26", false, true),
        ("2026-12-30", true, true),
        ("2026-12-31", true, false),
    ] {
        assert_eq!(shipped.is_working_day(date(day)).unwrap(), before, "{day}");
        assert_eq!(imported.is_working_day(date(day)).unwrap(), after, "{day}");
    }

    // Importing 2026 again does not undo what the later notice says, even if it names the same day.
    let mut again = shipped.notices().last().unwrap().clone();
    let unchanged = imported.with_year(again.clone()).unwrap();
    assert_eq!(unchanged.version(), imported.version());
    again.off.push(date("2026-12-26"));
    let again = imported.with_year(again).unwrap();
    assert!(again.is_working_day(date("2026-12-26")).unwrap());
}

#[test]
fn a_december_set_by_a_notice_is_not_provisional() {
    let mut notice = invented_2027();
    notice.year = 2030;
    notice.off = dates(&["2029-12-31", "2030-01-01"]);
    notice.work = dates(&["2029-12-29"]);
    let calendar = Calendar::shipped().with_year(notice).unwrap();
    for (day, working, provisional) in [
        ("2029-12-28", true, true),
        ("2029-12-29", true, false),
        ("2029-12-30", false, true),
        ("2029-12-31", false, false),
        ("2030-01-01", false, false),
        ("2030-01-02", true, false),
    ] {
        let found = calendar.day(date(day)).unwrap();
        assert_eq!(found.is_working(), working, "{day}");
        assert_eq!(found.provisional, provisional, "{day}");
    }
}
