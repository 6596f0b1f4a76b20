//! The vectors of the catalogue (V01 to V12) and its spans of the calendar (C5), as orders meet them.

use calendar::due_text;
use lifecycle::deadline::{Deadline, DeadlineKind};

use super::around;
use crate::script::World;

/// Number, rule, deadline, past, counted days, due.
type Vector = (
    &'static str,
    &'static str,
    DeadlineKind,
    &'static str,
    &'static str,
    &'static str,
);

use DeadlineKind::{Assistance, Dispatch, Handling, Verification};

#[rustfmt::skip]
const VECTORS: &[Vector] = &[
    ("V01", "R20", Dispatch, "2026-02-13 09:00 register complaint",
        "02-14", "2026-02-14 24:00"),
    ("V02", "R20", Dispatch, "2026-02-14 10:00 register complaint",
        "02-24", "2026-02-24 24:00"),
    ("V03", "R20", Dispatch, "2026-10-03 12:00 register complaint",
        "10-08", "2026-10-08 24:00"),
    ("V04", "R21", Handling, "2026-02-14 09:00 register consultation
                              2026-02-14 09:00 dispatch GZ-CGJ",
        "02-24 02-25", "2026-02-25 24:00"),
    ("V05", "R21", Handling, "2026-09-24 15:00 register consultation
                              2026-09-24 15:00 dispatch GZ-CGJ",
        "09-28 09-29", "2026-09-29 24:00"),
    ("V06", "R22", Handling, "2026-09-18 16:00 register complaint
                              2026-09-18 16:00 dispatch GZ-CGJ",
        "09-20 09-21 09-22 09-23 09-24 09-28 09-29 09-30 10-08 10-09", "2026-10-09 24:00"),
    ("V07", "R22", Handling, "2026-09-16 23:59:59 register complaint
                              2026-09-16 23:59:59 dispatch GZ-CGJ",
        "09-17 09-18 09-20 09-21 09-22 09-23 09-24 09-28 09-29 09-30", "2026-09-30 24:00"),
    ("V08", "R22", Handling, "2025-12-24 00:00 register suggestion
                              2025-12-24 00:00 dispatch GZ-CGJ",
        "12-25 12-26 12-29 12-30 12-31 01-04 01-05 01-06 01-07 01-08", "2026-01-08 24:00"),
    ("V09", "R22", Handling, "2026-04-30 10:00 register violation_report
                              2026-04-30 10:00 dispatch GZ-CGJ",
        "05-06 05-07 05-08 05-09 05-11 05-12 05-13 05-14 05-15 05-18", "2026-05-18 24:00"),
    // The window of a return (R28) is that of the verification.
    ("V10", "R26", Verification, "2026-04-30 10:00 register complaint
                                  2026-04-30 10:00 dispatch GZ-CGJ",
        "05-06 05-07", "2026-05-07 24:00"),
    ("V11", "R30", Handling, "2026-04-30 10:00 register complaint
                              2026-04-30 10:00 dispatch GZ-GAJ
                              2026-05-07 17:00 return duty
                              2026-05-11 10:00 approve
                              2026-05-11 10:30 dispatch GZ-CGJ",
        "05-12 05-13 05-14 05-15 05-18 05-19 05-20 05-21 05-22 05-25", "2026-05-25 24:00"),
    ("V12", "R32", Assistance, "2026-04-30 10:00 register complaint
                                2026-04-30 10:00 dispatch GZ-GAJ
                                2026-05-07 17:00 return duty
                                2026-05-11 10:00 approve
                                2026-05-11 10:30 dispatch GZ-CGJ joint=yes",
        "05-12 05-13", "2026-05-13 24:00"),
    // The lead unit's clock starts with its own receipt, not with the naming of others.
    ("V12", "R32", Handling, "2026-04-30 10:00 register complaint
                              2026-04-30 10:00 dispatch GZ-GAJ
                              2026-05-07 17:00 return duty
                              2026-05-11 10:00 approve
                              2026-05-11 10:30 dispatch GZ-CGJ joint=yes
                              2026-05-13 10:30 assist GZ-GAJ",
        "05-12 05-13 05-14 05-15 05-18 05-19 05-20 05-21 05-22 05-25", "2026-05-25 24:00"),
    ("R19", "R19", Dispatch, "2026-02-13 09:00 register consultation",
        "02-14", "2026-02-14 24:00"),
    // registered when the information was there, whenever it came in.
    ("A-07", "R20", Dispatch, "2026-02-06 09:00 register complaint missing=yes
                               2026-02-13 09:00 supply
                               2026-02-13 10:00 assess sufficient",
        "02-14", "2026-02-14 24:00"),
    // a commendation is read within the time of a non-consultation.
    ("A-18", "R22", Handling, "2026-05-11 10:30 register commendation
                               2026-05-11 10:30 dispatch GZ-CGJ",
        "05-12 05-13 05-14 05-15 05-18 05-19 05-20 05-21 05-22 05-25", "2026-05-25 24:00"),
    // R23, R37, R59 go by the length of another document; holidays count.
    ("R23", "R23", Handling, "2026-10-01 09:00 register complaint
                              2026-10-01 09:00 dispatch GZ-CGJ limit=5nd basis=粤办函1号",
        "10-02 10-03 10-04 10-05 10-06", "2026-10-06 24:00"),
    // The last complete one without the notice for 2027.
    ("V07 and later", "R22", Handling, "2026-12-17 10:00 register complaint
                              2026-12-17 10:00 dispatch GZ-CGJ",
        "12-18 12-21 12-22 12-23 12-24 12-25 12-28 12-29 12-30 12-31", "2026-12-31 24:00"),
];

#[test]
fn vectors() {
    for (id, rule, kind, past, days, due_at) in VECTORS {
        let world = World::after(past);
        let deadline = running(&world, *kind);
        assert_eq!(deadline.rule, *rule, "{id}");
        assert_eq!(counted(&deadline), *days, "{id}");
        assert_eq!(due_text(deadline.due.due_at), *due_at, "{id}");
        assert!(!deadline.due.provisional, "{id}");
        assert_eq!(deadline.rule_set, "穗政数规字〔2023〕1号");
        // T8: at 24:00 it is in time, a second later it is not.
        let [before, at, after] = around(past, deadline.due.due_at, &format!("due {kind}"));
        assert_eq!(
            [before.as_str(), at.as_str()],
            ["rejected: nothing-due"; 2],
            "{id}"
        );
        let marked = format!("deadline_marked({kind} Passed)");
        assert!(after.contains(&marked), "{id}: {after}");
    }
}

/// Day before the span, working days in it.
#[rustfmt::skip]
const SPANS: &[(&str, &str)] = &[
    ("2023-09-28", "10-07 10-08"),
    ("2024-02-03", "02-04 02-05 02-06 02-07 02-08 02-09 02-18"),
    ("2025-01-25", "01-26 01-27 02-05 02-06 02-07 02-08"),
    ("2025-09-27", "09-28 09-29 09-30 10-09 10-10 10-11"),
    ("2025-12-27", "12-29 12-30 12-31 01-04 01-05"),
    ("2026-02-13", "02-14 02-24 02-25 02-26 02-27 02-28"),
    ("2026-09-19", "09-20 09-21 09-22 09-23 09-24 09-28 09-29 09-30 10-08 10-09 10-10"),
];

#[test]
fn spans_of_the_calendar() {
    // R24: make-up working days count, days off do not, whatever day of the week.
    for (before, days) in SPANS {
        let count = days.split(' ').count();
        let world = World::after(&format!(
            "{before} 12:00 register complaint
             {before} 13:00 dispatch GZ-CGJ limit={count}wd basis=文件"
        ));
        assert_eq!(counted(&running(&world, Handling)), *days, "{before}");
    }
}

#[test]
fn the_time_of_day_makes_no_difference() {
    // R24: 00:00, 23:59:59 and a day off behave alike.
    for at in [
        "2026-09-18 00:00:00",
        "2026-09-18 23:59:59",
        "2026-09-19 12:00:00",
    ] {
        let world = World::after(&format!(
            "{at} register complaint
             {at} dispatch GZ-CGJ"
        ));
        assert_eq!(
            due_text(running(&world, Handling).due.due_at),
            "2026-10-09 24:00"
        );
    }
}

#[test]
fn provisional_from_the_next_day_on() {
    // R22, P14: dispatched on the 18th, the tenth day lies in a year without a notice.
    let world = World::after(
        "2026-12-18 09:00 register complaint
         2026-12-18 10:00 dispatch GZ-CGJ",
    );
    assert!(running(&world, Handling).due.provisional);
    assert!(!running(&world, Verification).due.provisional);
    assert!(world.order().is_provisional());
}

fn running(world: &World, kind: DeadlineKind) -> Deadline {
    let running = world.order().running_deadlines();
    let found = running.into_iter().find(|deadline| deadline.kind == kind);
    found.unwrap_or_else(|| panic!("no {kind} runs")).clone()
}

fn counted(deadline: &Deadline) -> String {
    let days = deadline.due.counted.iter();
    let days: Vec<String> = days.map(|day| day.format("%m-%d").to_string()).collect();
    days.join(" ")
}
