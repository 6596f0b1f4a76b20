//! Reports by type (Art. 22), the ways in which a unit ends a matter early (Art. 12(3), 16(2), 24,
//! 26(2)), grounds of returns (Art. 17(1)), and the six exclusions from a second handling (Art. 29(3)).

use lifecycle::ruleset::EarlyEndWindow;

use crate::script::World;
use crate::show::{brief, check};

/// With a unit that has told the requester the result.
fn replied(order_type: &str, words: &str) -> String {
    format!(
        "2026-05-11 09:00 register {order_type} {words}
         2026-05-11 10:00 dispatch GZ-CGJ
         2026-05-11 11:00 accept
         2026-05-12 09:00 reply"
    )
}

#[track_caller]
fn submitted(order_type: &str, words: &str, expected: &str) {
    let past = replied(order_type, "");
    check(
        &format!("{past}\n2026-05-12 10:00 submit {words}"),
        expected,
    );
}

#[test]
fn each_type_has_contents_of_its_own() {
    // R43, P6: its own, not another's.
    let types = [
        "consultation",
        "complaint",
        "violation_report",
        "help_request",
        "suggestion",
    ];
    for of_order in types {
        submitted(of_order, "content=none", "rejected: content-missing");
        for of_report in types {
            let expected = if of_order == of_report {
                "submitted"
            } else {
                "rejected: content-missing"
            };
            submitted(of_order, &format!("content={of_report}"), expected);
        }
    }
    submitted("suggestion", "adopted=no", "submitted");
    submitted("violation_report", "case=穗城立案〔2026〕1号", "submitted");
    submitted("violation_report", "case=_", "rejected: missing-field");
}

#[test]
fn a_consumer_mediation_is_reported() {
    // R43, Art. 22(2): agreed or not, with or without a document (Q06).
    let past = replied("complaint", "mediation=yes");
    let submit = |words: &str| format!("{past}\n2026-05-12 10:00 submit {words}");
    check(&submit(""), "rejected: mediation-missing");
    for outcome in ["agreed", "not_agreed", "terminated"] {
        check(&submit(&format!("mediated={outcome}")), "submitted");
    }
    check(&submit("mediated=agreed record=DOC-9"), "submitted");
    check(
        &submit("mediated=agreed record=_"),
        "rejected: missing-field",
    );
}

#[test]
fn grounds_of_the_measures() {
    // R27: codes of the rule set, in force, with their document where they want one.
    submitted("complaint", "end=statutory ground=P11_2_2", "submitted");
    submitted("complaint", "end=statutory ground=P11_2_5", "submitted");
    submitted(
        "complaint",
        "end=statutory ground=P11_2_1",
        "rejected: unknown-ground",
    );
    submitted(
        "complaint",
        "end=statutory attachment=_",
        "rejected: missing-field",
    );
    // No content of the type is wanted: the matter was not handled.
    submitted("complaint", "end=statutory content=none", "submitted");
    let past = replied("complaint", "");
    let mut world = World::under(|rules| {
        rules.statutory_grounds[0].evidence_required = true;
        rules.statutory_grounds[1].effective_from = "2026-05-13".parse().unwrap();
    });
    world.accept(&past);
    let mut last = |line: &str| brief(&world.step(line).result);
    assert_eq!(
        last("2026-05-12 10:00 submit end=statutory ground=P11_2_2"),
        "rejected: ground-needs-evidence"
    );
    assert_eq!(
        last("2026-05-12 23:59:59 submit end=statutory ground=P11_2_3"),
        "rejected: unknown-ground"
    );
    assert_eq!(
        last("2026-05-13 00:00:00 submit end=statutory ground=P11_2_3"),
        "submitted"
    );
}

#[test]
fn when_an_early_end_must_come() {
    // within the time for handling; or for verification, where the rule set reads it so.
    let past = replied("complaint", "");
    let late = "2026-05-14 00:00:01 submit end=statutory";
    let in_time = "2026-05-14 00:00:00 submit end=statutory";
    check(&format!("{past}\n{late}"), "submitted");
    let run = |line: &str| {
        let mut world = World::under(|rules| {
            rules.options.early_end_window = EarlyEndWindow::Verification;
        });
        world.accept(&past);
        brief(&world.step(line).result)
    };
    assert_eq!(run(in_time), "submitted");
    assert_eq!(run(late), "rejected: early-end-too-late");
}

#[test]
fn repeats() {
    // R46, P9: the same requester's, lawfully finished, with the written statement (Q25).
    let repeat = "end=repeat earlier=20260910-EARLIERXXX";
    submitted(
        "complaint",
        &format!("{repeat} related=same,finished"),
        "submitted",
    );
    submitted(
        "complaint",
        &format!("{repeat} related=same,finished statement=none"),
        "rejected: repeat-statement-missing",
    );
    submitted(
        "complaint",
        &format!("{repeat} related=same,finished statement=_"),
        "rejected: missing-field",
    );
    let refused = "rejected: not-a-repeat";
    submitted("complaint", &format!("{repeat} related=finished"), refused);
    submitted("complaint", repeat, refused);
    // R18: what ended for unreachability was not finished.
    submitted("complaint", &format!("{repeat} related=same,CR02"), refused);
    let other = format!("{repeat} related=same,finished told_of=20260910-ANOTHERXXX");
    submitted("complaint", &other, refused);
}

#[test]
fn progress_of_long_term_matters() {
    // R53: the same requester's order that is listed; others' are not covered.
    let progress = "end=progress earlier=20260910-EARLIERXXX";
    submitted(
        "complaint",
        &format!("{progress} related=same,listed"),
        "submitted",
    );
    let refused = "rejected: not-a-repeat";
    submitted("complaint", &format!("{progress} related=listed"), refused);
    submitted(
        "complaint",
        &format!("{progress} related=same,finished"),
        refused,
    );
}

#[test]
fn refusals_and_what_need_not_be_told() {
    // R17, R40: who was unreachable or refused need not be told; of all others the requester is told.
    let past = "
        2026-05-11 09:00 register complaint
        2026-05-11 10:00 dispatch GZ-CGJ";
    let submit = |words: &str| format!("{past}\n2026-05-12 10:00 submit {words}");
    check(&submit("end=refused"), "duty_accepted + submitted");
    check(&submit("end=refused refusal=_"), "rejected: missing-field");
    check(&submit("end=statutory"), "rejected: reply-missing");
    check(
        &submit("end=repeat earlier=A related=same,finished"),
        "rejected: reply-missing",
    );
    check(
        &submit("end=progress earlier=A related=same,listed"),
        "rejected: reply-missing",
    );
}

/// What proves each ground of a return (R29).
#[test]
fn each_ground_of_a_return_has_its_proof() {
    let past = "
        2026-05-11 09:00 register complaint
        2026-05-11 10:00 dispatch GZ-CGJ";
    for (words, expected) in [
        ("duty", "return_requested"),
        ("duty suggested=GZ-GAJ", "return_requested"),
        ("duty suggested=GZ-XXX", "rejected: unknown-unit"),
        ("facility proof=range", "return_requested"),
        ("facility", "return_requested"),
        ("facility proof=none", "rejected: return-proof-missing"),
        ("facility proof=_", "rejected: missing-field"),
        ("area", "return_requested"),
        ("basis", "return_requested"),
        ("basis proof=_", "rejected: missing-field"),
    ] {
        check(
            &format!("{past}\n2026-05-11 11:00 return {words}"),
            expected,
        );
    }
    // Having said that it is its own, a unit may still see otherwise in time.
    check(
        &format!("{past}\n2026-05-11 11:00 accept\n2026-05-13 11:00 return duty"),
        "return_requested",
    );
}

/// Report, registration, and the grounds that its proof carries; force majeure is the centre's to see.
#[rustfmt::skip]
const EXCLUSIONS: [(&str, &str, &[&str]); 8] = [
    ("complaint", "submit", &[]),
    ("complaint", "submit end=statutory", &["statutory_disposition"]),
    ("complaint", "submit end=refused", &["requester_unavailable"]),
    ("suggestion", "submit adopted=no", &["suggestion_not_adopted"]),
    ("suggestion", "submit", &[]),
    ("complaint mediation=yes", "submit mediated=terminated", &["mediated"]),
    ("complaint", "submit end=repeat earlier=A related=same,finished", &["repeat"]),
    ("complaint", "submit end=progress earlier=A related=same,listed", &[]),
];

#[test]
fn six_exclusions_and_what_the_report_must_show() {
    // R60: each of the six, against each kind of report.
    let grounds = [
        "statutory_disposition",
        "requester_unavailable",
        "suggestion_not_adopted",
        "mediated",
        "force_majeure",
        "repeat",
    ];
    for (matter, report, shown) in EXCLUSIONS {
        let past = format!(
            "{}
             2026-05-12 10:00 {report}
             2026-05-12 11:00 pass
             2026-05-12 11:01 offer
             2026-05-13 10:00 rate very_dissatisfied
             2026-05-13 11:00 follow_up",
            replied(matter, "")
        );
        for ground in grounds {
            let proven = shown.contains(&ground) || ground == "force_majeure";
            let expected = if proven {
                "closed(CR14)"
            } else {
                "rejected: exclusion-not-proven"
            };
            let line = format!("2026-05-13 12:00 close exclusion={ground}");
            let result = World::after(&past).step(&line).result;
            assert_eq!(brief(&result), expected, "{report}: {ground}");
            let blank = World::after(&past).step(&format!("{line} proof=_")).result;
            assert_eq!(brief(&blank), "rejected: missing-field");
        }
        // The cause decides, not the kind of report: the centre may send it back all the same.
        check(&format!("{past}\n2026-05-13 12:00 send_back"), "sent_back");
        check(&format!("{past}\n2026-05-13 12:00 close"), "closed(CR15)");
    }
}

#[test]
fn early_ends_are_reviewed_and_rated() {
    // A-09, R27, R46, R53, R56: none of them is the end; the centre reviews, the requester rates.
    for end in [
        "end=refused",
        "end=statutory",
        "end=repeat earlier=A related=same,finished",
        "end=progress earlier=A related=same,listed",
    ] {
        let mut world = World::after(&replied("complaint", ""));
        for (line, stage) in [
            (format!("submit {end}"), "under_review"),
            ("pass".to_owned(), "awaiting_rating_offer"),
            ("offer".to_owned(), "awaiting_rating"),
            ("rate satisfied".to_owned(), "closed"),
        ] {
            world.accept(&format!("2026-05-12 10:00 {line}"));
            assert_eq!(world.order().stage.name(), stage, "{end}");
        }
    }
    // Unreachable at the unit, the same evening: the clock has not started, nothing is used of it.
    let world = World::after(
        "2026-02-13 10:00 register complaint
         2026-02-13 15:00 dispatch GZ-CGJ
         2026-02-13 17:00 call 16:00..16:00
         2026-02-13 17:00 call 16:15..16:15
         2026-02-13 17:00 call 16:30..16:30
         2026-02-13 17:00 submit end=unreachable
         2026-02-25 10:00 pass",
    );
    let assignment = world.order().assignment().unwrap();
    let due = &assignment.handle_by.due;
    let used = world
        .calendar
        .working_time_used(due.clock_start, assignment.completed_at.unwrap());
    assert!(used.unwrap().is_zero());
    assert!(!world.order().is_overdue());
}
