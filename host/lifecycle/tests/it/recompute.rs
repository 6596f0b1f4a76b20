//! Recomputing provisional deadlines under a new calendar (C3). The notices for 2027 are made up: `2027`
//! has 2026-12-31 and 1 to 4 January off and Sunday 10 January worked; `2027b` has only 1 January off
//! and the weekend of the 9th worked.

use expect_test::expect;

use lifecycle::ruleset::CalendarDayEnd;

use crate::script::World;
use crate::show::{check, transcript, transcript_in};

fn dispatched(at: &str) -> String {
    format!("2026-12-18 09:00 register complaint\n{at} dispatch GZ-CGJ\n{at} accept")
}

#[test]
fn moves_what_is_provisional() {
    let script = "
        2026-12-18 09:00 register complaint
        2026-12-18 10:00 dispatch GZ-CGJ
        2026-12-18 11:00 recompute
        2026-12-20 11:00 recompute calendar=2027
        2026-12-20 11:00 recompute calendar=2027";
    expect![[r#"
        2026-12-18 09:00 register complaint
          registered, dispatch by 2026-12-21 24:00 (R20 第十三条第二项, 1 working day, from event 1)
          > tell center: AwaitsRouting
          = awaiting_dispatch, dispatch 2026-12-21 24:00
        2026-12-18 10:00 dispatch GZ-CGJ
          dispatched GZ-CGJ by Person, verification by 2026-12-22 24:00 (R26 第十六条, 2 working days, from event 2), handling by 2027-01-04 24:00 (R22 第十四条第二项, 10 working days, from event 2, warn 2026-12-23 24:00, provisional)
          > tell unit GZ-CGJ: Dispatched
          = awaiting_verification, verification 2026-12-22 24:00
        2026-12-18 11:00 recompute
          rejected: nothing is due
        2026-12-20 11:00 recompute calendar=2027
          deadline_recomputed(handling) from 2027-01-04 24:00, handling by 2027-01-06 24:00 (R22 第十四条第二项, 10 working days, from event 2, warn 2026-12-23 24:00)
          > tell unit GZ-CGJ: handling recomputed
          = awaiting_verification, verification 2026-12-22 24:00
        2026-12-20 11:00 recompute calendar=2027
          rejected: nothing is due
    "#]].assert_eq(&transcript(script));
}

#[test]
fn nothing_to_recompute() {
    let past = dispatched("2026-12-18 10:00");
    let nothing = "rejected: nothing-due";
    check(&format!("{past}\n2026-12-20 11:00 recompute"), nothing);
    // A missed deadline is a fact and stays, even where the notice would have given more time.
    check(
        &format!(
            "{past}\n2027-01-05 00:00:01 due handling\n2027-01-05 11:00 recompute calendar=2027"
        ),
        nothing,
    );
    // A closed order keeps its deadlines.
    check(
        "2026-12-31 09:00 register consultation
         2026-12-31 10:00 answer
         2026-12-31 11:00 recompute calendar=2027",
        nothing,
    );
}

#[test]
fn what_passed_unnoticed_is_missed_first() {
    let past = dispatched("2026-12-18 10:00");
    check(
        &format!("{past}\n2027-01-05 00:00:01 recompute calendar=2027"),
        "deadline_marked(handling Passed)",
    );
}

#[test]
fn goes_on_during_a_review() {
    let past = dispatched("2026-12-18 10:00");
    let submitted = format!("{past}\n2026-12-30 10:00 reply\n2026-12-30 10:00 submit");
    check(
        &format!("{submitted}\n2027-01-06 10:00 recompute calendar=2027"),
        "deadline_recomputed(handling)",
    );
}

#[test]
fn never_makes_a_submission_late() {
    // Submitted on the 18th, before the old instant; the notice would have it due on the 15th.
    check(
        "2027-01-04 09:00 register complaint
         2027-01-05 10:00 dispatch GZ-CGJ
         2027-01-05 11:00 accept
         2027-01-18 10:00 submit not_wanted
         2027-01-19 10:00 recompute calendar=2027b
         2027-01-19 11:00 fail",
        "review_failed",
    );
}

#[test]
fn never_makes_anything_overdue_in_the_past() {
    // Dispatched on Tuesday 2027-01-05: 01-19 on the statutory pattern, 01-15 with the weekend of the
    // 9th worked. Recomputed on the 18th, the unit has until 24:00 of that day.
    let script = "
        2027-01-04 09:00 register complaint
        2027-01-05 10:00 dispatch GZ-CGJ
        2027-01-05 11:00 accept
        2027-01-18 10:00 recompute calendar=2027b
        2027-01-19 00:00:00 due handling
        2027-01-19 00:00:01 due handling";
    expect![[r#"
        2027-01-04 09:00 register complaint
          registered, dispatch by 2027-01-05 24:00 (R20 第十三条第二项, 1 working day, from event 1, provisional)
          > tell center: AwaitsRouting
          = awaiting_dispatch, dispatch 2027-01-05 24:00
        2027-01-05 10:00 dispatch GZ-CGJ
          dispatched GZ-CGJ by Person, verification by 2027-01-07 24:00 (R26 第十六条, 2 working days, from event 2, provisional), handling by 2027-01-19 24:00 (R22 第十四条第二项, 10 working days, from event 2, warn 2027-01-10 24:00, provisional)
          > tell unit GZ-CGJ: Dispatched
          = awaiting_verification, verification 2027-01-07 24:00
        2027-01-05 11:00 accept
          duty_accepted
          = in_handling, handling 2027-01-19 24:00
        2027-01-18 10:00 recompute calendar=2027b
          deadline_recomputed(handling) from 2027-01-19 24:00, handling by 2027-01-18 24:00 (R22 第十四条第二项, 10 working days, from event 2, warn 2027-01-09 24:00)
          > tell unit GZ-CGJ: handling recomputed
          = in_handling, handling 2027-01-18 24:00
        2027-01-19 00:00:00 due handling
          rejected: nothing is due
        2027-01-19 00:00:01 due handling
          ? escalation Overdue(0)
          deadline_marked(handling Passed) 2027-01-18 24:00 of GZ-CGJ, ask again 2027-01-19 24:00
          > tell unit GZ-CGJ: handling overdue
          > tell center: handling overdue
          = in_handling, handling 2027-01-18 24:00, missed handling by GZ-CGJ
    "#]].assert_eq(&transcript(script));
}

/// A notice that is corrected moves what the one before made final.
#[test]
fn a_correction_moves_what_was_final() {
    let past = dispatched("2026-12-18 10:00");
    let wrong = format!("{past}\n2026-12-20 11:00 recompute calendar=2027");
    check(
        &format!("{wrong}\n2026-12-21 11:00 recompute calendar=2027b"),
        "deadline_recomputed(handling)",
    );
}

/// Mistake 27: a date that was named to the requester does not move without a word to the requester: that
/// of an extension, of a period that began anew, and of the requester's own time.
#[test]
fn the_requester_is_told_what_was_named_to_the_requester() {
    const RECOMPUTE: &str = "2026-12-28 10:00 recompute calendar=2027";
    let told = |past: &str| {
        let mut world = World::under(|rules| {
            rules.options.calendar_day_end = CalendarDayEnd::OnAWorkingDay;
        });
        let shown = transcript_in(&mut world, past);
        let (_, last) = shown.split_once(RECOMPUTE).unwrap();
        let lines = last.lines().map(str::trim);
        let told = lines.filter_map(|line| line.strip_prefix("> tell "));
        told.collect::<Vec<_>>().join(", ")
    };
    let handling = dispatched("2026-12-18 10:00");
    for (past, expected) in [
        (handling.clone(), "unit GZ-CGJ: handling recomputed"),
        (
            format!("{handling}\n2026-12-21 10:00 extend 10wd"),
            "unit GZ-CGJ: handling recomputed, requester: handling recomputed",
        ),
        (
            format!("{handling}\n2026-12-22 09:00 add at=08:00\n2026-12-22 10:00 judge affects"),
            "unit GZ-CGJ: handling recomputed, requester: handling recomputed",
        ),
        (
            "2026-12-27 09:00 register complaint channel=online missing=yes
             2026-12-28 09:00 notice"
                .to_owned(),
            "center: information recomputed, requester: information recomputed",
        ),
        (
            format!(
                "{handling}\n2026-12-22 10:00 submit not_wanted\n2026-12-22 11:00 pass
                 2026-12-26 12:00 offer"
            ),
            "center: rating recomputed, requester: rating recomputed",
        ),
    ] {
        assert_eq!(told(&format!("{past}\n{RECOMPUTE}")), expected, "{past}");
    }
}
