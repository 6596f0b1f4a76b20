//! Withdrawals in every stage (R45, Art. 23(2)): through the hotline, ended by the unit that has the
//! order, never rated (P7).

use expect_test::expect;

use crate::rejections::{COORDINATED, DISPATCHED, DISSATISFIED, RETURNED};
use crate::script::World;
use crate::show::{brief, check, state, told, transcript};

#[test]
fn with_the_unit_the_unit_ends_it() {
    // Q30: the wages are paid, the report is withdrawn, and the unit looks further into it.
    let script = "
        2026-11-09 09:00 register violation_report
        2026-11-09 10:00 dispatch GZ-CGJ
        2026-11-09 11:00 accept
        2026-11-10 10:00 withdraw
        2026-11-10 10:30 add
        2026-11-10 11:00 submit not_wanted
        2026-11-24 00:00:01 due handling
        2026-11-24 10:00 close_withdrawn goes_on=yes
        2026-11-24 11:00 offer";
    expect![[r#"
        2026-11-09 09:00 register violation_report
          registered, dispatch by 2026-11-10 24:00 (R20 第十三条第二项, 1 working day, from event 1)
          > tell center: AwaitsRouting
          = awaiting_dispatch, dispatch 2026-11-10 24:00
        2026-11-09 10:00 dispatch GZ-CGJ
          dispatched GZ-CGJ by Person, verification by 2026-11-11 24:00 (R26 第十六条, 2 working days, from event 2), handling by 2026-11-23 24:00 (R22 第十四条第二项, 10 working days, from event 2, warn 2026-11-12 24:00)
          > tell unit GZ-CGJ: Dispatched
          = awaiting_verification, verification 2026-11-11 24:00
        2026-11-09 11:00 accept
          duty_accepted
          = in_handling, handling 2026-11-23 24:00
        2026-11-10 10:00 withdraw
          withdrawn
          > tell unit GZ-CGJ: Withdrawn
          = withdrawn, handling 2026-11-23 24:00
        2026-11-10 10:30 add
          rejected: the request is withdrawn
        2026-11-10 11:00 submit not_wanted
          rejected: not possible in stage withdrawn; it needs awaiting_verification or in_handling
        2026-11-24 00:00:01 due handling
          ? escalation Overdue(0)
          deadline_marked(handling Passed) 2026-11-23 24:00 of GZ-CGJ, ask again 2026-11-24 24:00
          > tell unit GZ-CGJ: handling overdue
          > tell center: handling overdue
          = withdrawn, handling 2026-11-23 24:00, missed handling by GZ-CGJ
        2026-11-24 10:00 close_withdrawn goes_on=yes
          closed(CR09)
          = closed, no deadline: Closed, missed handling by GZ-CGJ
        2026-11-24 11:00 offer
          rejected: the order is closed
    "#]].assert_eq(&transcript(script));
}

#[test]
fn only_violation_reports_go_on() {
    for (order_type, expected) in [
        ("violation_report", "closed(CR09)"),
        ("complaint", "rejected: goes-on-only-reports"),
        ("help_request", "rejected: goes-on-only-reports"),
    ] {
        let script = format!(
            "2026-11-09 09:00 register {order_type}
             2026-11-09 10:00 dispatch GZ-CGJ
             2026-11-09 11:00 withdraw
             2026-11-09 12:00 close_withdrawn"
        );
        check(&script, "closed(CR09)");
        check(&format!("{script} goes_on=yes"), expected);
    }
}

#[test]
fn a_report_is_its_units_to_end_until_it_has_passed() {
    // R45, mistake 19: whoever had it may go on with it, though it returned or submitted it; then no clock
    // of the unit runs any more, and it is charged with nothing.
    let report = |past: &str| past.replace("complaint", "violation_report");
    let submitted = format!("{DISPATCHED}\n2026-05-11 10:00 submit not_wanted");
    let passed = format!("{submitted}\n2026-05-11 10:05 pass");
    let office = "
        2026-05-11 09:00 register complaint
        2026-05-11 09:05 dispatch GZ-D115
        2026-05-11 10:00 submit not_wanted";
    let untimed = "withdrawn, no deadline: Withdrawn";
    for (past, expected) in [
        (RETURNED, untimed),
        (COORDINATED, untimed),
        (office, "withdrawn, handling 2026-05-25 24:00"),
        (&submitted, untimed),
    ] {
        let withdrawn = format!("{}\n2026-05-11 11:00 withdraw", report(past));
        let mut world = World::after(&withdrawn);
        assert_eq!(state(world.order()), expected, "{withdrawn}");
        let told = told(&World::new().run(&withdrawn).result);
        assert!(
            told.iter().any(|it| it.ends_with(": Withdrawn")),
            "{told:?}"
        );
        // Its unit says in the end whether it goes on. Where it had handed the order over, that is never late.
        let late = brief(&world.step("2026-06-30 09:00 due handling").result);
        let is_timed = expected != untimed;
        assert_eq!(late == "rejected: nothing-due", !is_timed, "{late}");
        let ended = world
            .step("2026-06-30 10:00 close_withdrawn goes_on=yes")
            .result;
        assert_eq!(brief(&ended), "closed(CR09)");
        assert_eq!(world.order().is_overdue(), is_timed, "{withdrawn}");
    }
    // Nobody has had it, or it is handled: the hotline ends it.
    for past in ["2026-05-11 09:00 register complaint", passed.as_str()] {
        let withdrawn = format!("{}\n2026-05-11 11:00 withdraw", report(past));
        check(&withdrawn, "withdrawn + closed(CR09)");
    }
}

#[test]
fn in_every_stage() {
    // Before a rating is given, in any stage; the unit ends it where it has the order.
    let submitted = format!("{DISPATCHED}\n2026-05-11 10:00 submit not_wanted");
    let passed = format!("{submitted}\n2026-05-11 10:05 pass");
    let offered = format!("{passed}\n2026-05-11 10:06 offer");
    let office = "
        2026-05-11 09:00 register complaint
        2026-05-11 09:05 dispatch GZ-D115
        2026-05-11 10:00 submit not_wanted";
    let (open, ended) = ("withdrawn", "withdrawn + closed(CR09)");
    for (past, stage, expected) in [
        (
            "2026-05-11 09:00 register complaint missing=yes",
            "awaiting_information",
            ended,
        ),
        (
            "2026-05-11 09:00 register complaint",
            "awaiting_dispatch",
            ended,
        ),
        (RETURNED, "awaiting_dispatch", ended),
        (COORDINATED, "in_coordination", ended),
        (DISPATCHED, "awaiting_verification", open),
        (
            &format!("{DISPATCHED}\n2026-05-11 10:00 accept"),
            "in_handling",
            open,
        ),
        (
            &format!("{DISPATCHED}\n2026-05-11 10:00 return duty"),
            "return_requested",
            open,
        ),
        (office, "under_district_review", ended),
        (&submitted, "under_review", ended),
        (&passed, "awaiting_rating_offer", ended),
        (&offered, "awaiting_rating", ended),
        (
            DISSATISFIED,
            "awaiting_follow_up",
            "rejected: already-rated",
        ),
    ] {
        let mut world = World::after(past);
        assert_eq!(world.order().stage.name(), stage);
        let answer = world.step("2026-05-11 11:00 withdraw");
        assert_eq!(brief(&answer.result), expected, "{stage}");
        if answer.result.is_ok() {
            assert!(world.order().ratings.is_empty());
            assert!(world.order().withdrawn.is_some());
        }
        // Who returned it is not told of it any more.
        if matches!(stage, "awaiting_dispatch" | "in_coordination") {
            assert_eq!(told(&answer.result), [""; 0], "{stage}");
        }
    }
}

#[test]
fn not_after_the_requesters_time() {
    // R16, R57: it has ended then as what it ended as, whether its timer has fired or not.
    let offered = format!(
        "{DISPATCHED}
         2026-05-11 10:00 submit not_wanted
         2026-05-11 10:05 pass
         2026-05-11 10:06 offer"
    );
    check(
        &format!("{offered}\n2026-05-17 00:00:00 withdraw"),
        "withdrawn + closed(CR09)",
    );
    check(
        &format!("{offered}\n2026-05-17 00:00:01 withdraw"),
        "rejected: order-closed",
    );
    let notified = "
        2026-05-11 09:00 register complaint channel=online missing=yes
        2026-05-11 09:01 notice";
    check(
        &format!("{notified}\n2026-05-15 00:00:00 withdraw"),
        "withdrawn + closed(CR09)",
    );
    check(
        &format!("{notified}\n2026-05-15 00:00:01 withdraw"),
        "rejected: order-closed",
    );
    check(
        &format!("{notified}\n2026-05-15 00:00:01 close_incomplete refused"),
        "rejected: order-closed",
    );
}
