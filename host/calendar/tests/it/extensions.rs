//! R37: an extension is counted from the expiry of the limit before it, contiguously.

use calendar::Period::{CalendarDays, Hours, Months, WorkingDays};
use calendar::{Calendar, Due, Period, due_text};

use crate::{at, counted};

/// A first limit and its extensions, one expected end each.
fn check(trigger: &str, first: Period, extensions: &[Period], ends: &[&str]) -> Vec<Due> {
    let calendar = Calendar::shipped();
    let mut chain = vec![calendar.due(at(trigger), first).unwrap()];
    for &period in extensions {
        let expiry = chain[chain.len() - 1].due_at;
        chain.push(calendar.due_after(expiry, period).unwrap());
    }
    let found: Vec<String> = chain.iter().map(|due| due_text(due.due_at)).collect();
    assert_eq!(found, ends, "{trigger} {first}");
    chain
}

#[test]
fn contiguous_working_days() {
    let chain = check(
        "2025-09-18 10:00",
        WorkingDays(10),
        &[WorkingDays(10), WorkingDays(10)],
        &["2025-10-09 24:00", "2025-10-22 24:00", "2025-11-05 24:00"],
    );
    assert_eq!(
        counted(&chain[1]),
        "10-10 10-11 10-13 10-14 10-15 10-16 10-17 10-20 10-21 10-22"
    );
    assert_eq!(chain[1].clock_start, chain[0].due_at);
    // Two full extensions are as long as one limit of thirty working days.
    let whole = Calendar::shipped().due(at("2025-09-18 10:00"), WorkingDays(30));
    assert_eq!(whole.unwrap().due_at, chain[2].due_at);

    check(
        "2025-09-18 10:00",
        WorkingDays(10),
        &[WorkingDays(4), WorkingDays(10)],
        &["2025-10-09 24:00", "2025-10-14 24:00", "2025-10-28 24:00"],
    );
    let consultation = check(
        "2026-02-14 09:00",
        WorkingDays(2),
        &[WorkingDays(2), WorkingDays(2)],
        &["2026-02-25 24:00", "2026-02-27 24:00", "2026-03-02 24:00"],
    );
    assert_eq!(counted(&consultation[2]), "02-28 03-02");
}

#[test]
fn over_a_holiday_the_clock_starts_after_it() {
    let chain = check(
        "2026-09-16 10:00",
        WorkingDays(10),
        &[WorkingDays(1)],
        &["2026-09-30 24:00", "2026-10-08 24:00"],
    );
    assert_eq!(chain[1].clock_start, at("2026-10-08"));
}

#[test]
fn other_units() {
    check(
        "2026-10-01 08:00",
        CalendarDays(5),
        &[CalendarDays(5)],
        &["2026-10-06 24:00", "2026-10-11 24:00"],
    );
    // A special limit in hours is extended by exact hours.
    check(
        "2026-10-01 08:00",
        Hours(48),
        &[Hours(48)],
        &["2026-10-03 08:00:00", "2026-10-05 08:00:00"],
    );
    // In days after an expiry in the middle of a day: that day is the start day and does not count.
    check(
        "2026-10-08 08:00",
        Hours(24),
        &[WorkingDays(1), CalendarDays(1)],
        &[
            "2026-10-09 08:00:00",
            "2026-10-10 24:00",
            "2026-10-11 24:00",
        ],
    );
    check(
        "2026-08-31 08:00",
        Months(6),
        &[Months(6)],
        &["2027-02-28 24:00", "2027-08-28 24:00"],
    );
}
