//! Every limit on both sides: one second before the due instant, at it, one second after (T8).

mod extensions;

mod information;

mod returns;

mod second_handling;

mod statements;

mod supervision;

mod vectors;

use calendar::zone;
use chrono::{DateTime, Utc};

use crate::script::{World, at, second};
use crate::show::brief;

const REGISTERED: &str = "2026-09-15 10:00 register complaint";
const DISPATCHED: &str = "
    2026-09-15 10:00 register complaint
    2026-09-16 10:00 dispatch GZ-CGJ";
const IN_HANDLING: &str = "
    2026-09-15 10:00 register complaint
    2026-09-16 10:00 dispatch GZ-CGJ
    2026-09-16 11:00 accept
    2026-09-29 10:00 reply";
const UNDER_REVIEW: &str = "
    2026-09-15 10:00 register complaint
    2026-09-16 10:00 dispatch GZ-CGJ
    2026-09-16 11:00 accept
    2026-09-29 10:00 reply
    2026-09-29 17:00 submit";
const REVIEWED: &str = "
    2026-09-15 10:00 register complaint
    2026-09-16 10:00 dispatch GZ-CGJ
    2026-09-16 11:00 accept
    2026-09-29 10:00 reply
    2026-09-29 17:00 submit
    2026-09-30 18:00 pass";
const OFFERED: &str = "
    2026-09-15 10:00 register complaint
    2026-09-16 10:00 dispatch GZ-CGJ
    2026-09-16 11:00 accept
    2026-09-29 10:00 reply
    2026-09-29 17:00 submit
    2026-09-30 18:00 pass
    2026-10-01 09:31 offer sent=09:00 delivered=09:30";

/// Gives a command one second before an instant, at it, and one second after, each to an order of its
/// own with the same past.
#[track_caller]
fn sides(past: &str, due_at: &str, command: &str, expected: [&str; 3]) {
    assert_eq!(around(past, at(due_at), command), expected, "{command}");
}

/// What the command came to at each of the three instants.
#[track_caller]
fn around(past: &str, due_at: DateTime<Utc>, command: &str) -> [String; 3] {
    [-1, 0, 1].map(|offset| {
        let now = second(due_at, offset).with_timezone(&zone());
        let line = format!("{} {command}", now.format("%Y-%m-%d %H:%M:%S"));
        let mut world = World::after(past);
        brief(&world.step(&line).result)
    })
}

#[test]
fn dispatch_within_one_working_day() {
    // R20: registered Tuesday 2026-09-15, due Wednesday 24:00. The centre's miss, never the unit's.
    let late = "deadline_marked(dispatch Passed) + dispatched";
    let due_at = "2026-09-17 00:00:00";
    sides(
        REGISTERED,
        due_at,
        "dispatch GZ-CGJ",
        ["dispatched", "dispatched", late],
    );
    let marked = "deadline_marked(dispatch Passed)";
    let nothing = "rejected: nothing-due";
    sides(
        REGISTERED,
        due_at,
        "due dispatch",
        [nothing, nothing, marked],
    );
    let advised = "routing_advised(NoOpinion)";
    let late = "deadline_marked(dispatch Passed) + routing_advised(NoOpinion)";
    sides(
        REGISTERED,
        due_at,
        "route advice=no_opinion",
        [advised, advised, late],
    );
}

#[test]
fn direct_answer_after_the_dispatch_deadline() {
    let past = "2026-09-15 10:00 register consultation";
    let answered = "answered_directly + closed(CR01)";
    let late = "deadline_marked(dispatch Passed) + answered_directly + closed(CR01)";
    sides(
        past,
        "2026-09-17 00:00:00",
        "answer",
        [answered, answered, late],
    );
}

#[test]
fn verification_within_two_working_days() {
    // R26: dispatched Wednesday 2026-09-16, due Friday 24:00; afterwards silence means "own duty".
    let due_at = "2026-09-19 00:00:00";
    let lapsed = "deadline_marked(verification Passed) + duty_deemed_accepted";
    sides(
        DISPATCHED,
        due_at,
        "accept",
        ["duty_accepted", "duty_accepted", lapsed],
    );
    let nothing = "rejected: nothing-due";
    sides(
        DISPATCHED,
        due_at,
        "due verification",
        [nothing, nothing, lapsed],
    );
    let early = "duty_accepted + submitted";
    let late = "deadline_marked(verification Passed) + duty_deemed_accepted + submitted";
    let past = &format!("{DISPATCHED}\n2026-09-17 09:00 reply");
    sides(past, due_at, "submit", [early, early, late]);
}

#[test]
fn handling_within_ten_working_days() {
    // R22, V07: due Wednesday 2026-09-30 24:00. At exactly 24:00 it is in time.
    let due_at = "2026-10-01 00:00:00";
    let late = "deadline_marked(handling Passed) + submitted";
    sides(
        IN_HANDLING,
        due_at,
        "submit",
        ["submitted", "submitted", late],
    );
    let marked = "deadline_marked(handling Passed)";
    let nothing = "rejected: nothing-due";
    sides(
        IN_HANDLING,
        due_at,
        "due handling",
        [nothing, nothing, marked],
    );
    let late = "deadline_marked(handling Passed) + replied";
    sides(IN_HANDLING, due_at, "reply", ["replied", "replied", late]);
    let call = "call 16:00..16:01 unanswered as=unit:GZ-CGJ";
    let early = "rejected: impossible-time";
    let call_at = "2026-09-16 16:01:00";
    let called = "contact_attempted";
    sides(DISPATCHED, call_at, call, [early, called, called]);
}

#[test]
fn questions_before_the_handling_deadline() {
    // Six working days before 2026-09-30: 00:00 of Monday the 21st.
    let soon = "deadline_marked(handling DueSoon)";
    let nothing = "rejected: nothing-due";
    sides(
        IN_HANDLING_EARLY,
        "2026-09-21 00:00:00",
        "due handling soon",
        [nothing, soon, soon],
    );
    let asked = &format!("{IN_HANDLING_EARLY}\n2026-09-21 08:00 due handling soon");
    sides(
        asked,
        "2026-09-22 00:00:00",
        "due handling soon",
        [nothing, soon, soon],
    );
    // Once the deadline itself has passed, there is nothing to ask before it.
    sides(
        IN_HANDLING_EARLY,
        "2026-10-01 00:00:00",
        "due handling soon",
        [soon, soon, nothing],
    );
}

#[test]
fn questions_after_the_handling_deadline() {
    // The first working-day morning after the miss: Thursday, 8 October.
    let missed = &format!("{IN_HANDLING_EARLY}\n2026-10-01 00:00:01 due handling");
    let still = "deadline_marked(handling StillOverdue)";
    let nothing = "rejected: nothing-due";
    sides(
        missed,
        "2026-10-08 00:00:00",
        "due handling still",
        [nothing, still, still],
    );
    let asked = &format!("{missed}\n2026-10-08 00:00:01 due handling still");
    sides(
        asked,
        "2026-10-09 00:00:00",
        "due handling still",
        [nothing, still, still],
    );
    // Before the miss is recorded there is none to ask about; recording it asks.
    sides(
        IN_HANDLING_EARLY,
        "2026-10-08 00:00:00",
        "due handling still",
        [nothing, nothing, nothing],
    );
}

const IN_HANDLING_EARLY: &str = "
    2026-09-15 10:00 register complaint
    2026-09-16 10:00 dispatch GZ-CGJ
    2026-09-16 11:00 accept";

#[test]
fn review_that_outlasts_the_deadline() {
    // R24: passed, the submission stands as the end; failed, the clock never stopped.
    let due_at = "2026-10-01 00:00:00";
    let passed = "review_passed";
    sides(UNDER_REVIEW, due_at, "pass", [passed, passed, passed]);
    let missed = "review_failed + deadline_marked(handling Passed)";
    sides(
        UNDER_REVIEW,
        due_at,
        "fail",
        ["review_failed", "review_failed", missed],
    );
    let nothing = "rejected: nothing-due";
    sides(
        UNDER_REVIEW,
        due_at,
        "due handling",
        [nothing, nothing, nothing],
    );
    let failed = &format!("{UNDER_REVIEW}\n2026-09-30 10:00 fail");
    let late = "deadline_marked(handling Passed) + submitted";
    sides(failed, due_at, "submit", ["submitted", "submitted", late]);
}

#[test]
fn rating_offer_within_24_hours() {
    // R56: hours, not working days; judged by when it was sent.
    let due_at = "2026-10-01 18:00:00";
    let offered = "rating_offered";
    let late = "deadline_marked(rating_offer Passed) + rating_offered";
    sides(REVIEWED, due_at, "offer", [offered, offered, late]);
    sides(
        REVIEWED,
        due_at,
        "offer sent=17:00",
        [offered, offered, offered],
    );
    let marked = "deadline_marked(rating_offer Passed)";
    let nothing = "rejected: nothing-due";
    sides(
        REVIEWED,
        due_at,
        "due rating_offer",
        [nothing, nothing, marked],
    );
}

#[test]
fn rating_within_five_calendar_days() {
    // R57: received Thursday 2026-10-01 09:30, until Tuesday 10-06 24:00, holidays counted.
    let due_at = "2026-10-07 00:00:00";
    let late = "rejected: rating-too-late";
    let satisfied = "rated + closed(CR12)";
    sides(
        OFFERED,
        due_at,
        "rate basically_satisfied",
        [satisfied, satisfied, late],
    );
    sides(
        OFFERED,
        due_at,
        "rate dissatisfied",
        ["rated", "rated", late],
    );
    let invalid = "invalid_rating_received";
    sides(OFFERED, due_at, "rate 还行", [invalid, invalid, late]);
    let lapsed = "rating_lapsed + closed(CR13)";
    let nothing = "rejected: nothing-due";
    sides(OFFERED, due_at, "due rating", [nothing, nothing, lapsed]);
}

#[test]
fn rating_time_starts_with_the_receipt() {
    // sent before midnight, delivered after it; without a confirmation the sending counts.
    let late = "rejected: rating-too-late";
    let satisfied = "rated + closed(CR12)";
    let offered = format!("{REVIEWED}\n2026-10-01 00:11 offer sent=2026-09-30t23:50");
    sides(
        &offered,
        "2026-10-06 00:00:00",
        "rate satisfied",
        [satisfied, satisfied, late],
    );
    let delivered = format!("{offered} delivered=00:10");
    sides(
        &delivered,
        "2026-10-07 00:00:00",
        "rate satisfied",
        [satisfied, satisfied, late],
    );
}

#[test]
fn commendation_read_within_ten_working_days() {
    // as a non-consultation; R44: reading ends it, late or not.
    let past = "
        2026-09-15 10:00 register commendation
        2026-09-16 10:00 dispatch GZ-CGJ";
    let read = "duty_accepted + closed(CR08)";
    let late = "deadline_marked(handling Passed) + duty_accepted + closed(CR08)";
    sides(past, "2026-10-01 00:00:00", "accept", [read, read, late]);
}

#[test]
fn special_limits() {
    // R23: 5 calendar days over the holiday, 36 hours to the second, a fixed instant.
    let past = |limit: &str| {
        format!(
            "2026-09-30 10:00 register complaint
             2026-10-01 10:00 dispatch GZ-CGJ limit={limit} basis=粤办函1号
             2026-10-01 10:00 accept"
        )
    };
    let marked = "deadline_marked(handling Passed)";
    let nothing = "rejected: nothing-due";
    for (limit, due_at) in [
        ("5nd", "2026-10-07 00:00:00"),
        ("36h", "2026-10-02 22:00:00"),
        ("2026-10-03t12:00", "2026-10-03 12:00:00"),
    ] {
        sides(
            &past(limit),
            due_at,
            "due handling",
            [nothing, nothing, marked],
        );
    }
}

#[test]
fn rule_set_in_force() {
    // R78, A-05: until 2028-01-10; later deadlines are computed all the same and say so.
    let in_force = |registered: &str| {
        let mut world = World::new();
        world.run(&format!("{registered} register complaint"));
        let dispatch_by = world.order().dispatch_by.as_ref();
        dispatch_by.unwrap().rule_set_in_force
    };
    assert!(!in_force("2023-01-09 23:59:59"));
    assert!(in_force("2023-01-10 00:00:00"));
    assert!(in_force("2028-01-10 23:59:59"));
    assert!(!in_force("2028-01-11 00:00:00"));
}
