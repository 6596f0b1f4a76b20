//! A returned order with a lead unit and assisting units (R13, R30, R32, Art. 17(3)); a district's
//! office that reviews first (R3).

use expect_test::{expect, expect_file};

use crate::script::World;
use crate::show::{brief, check, told, transcript};

#[test]
fn a_lead_unit_with_assisting_units_and_an_objection() {
    let script = "
        2026-05-07 09:00 register complaint
        2026-05-07 10:00 dispatch GZ-CGJ
        2026-05-08 10:00 return duty suggested=GZ-GAJ
        2026-05-11 10:00 approve
        2026-05-11 10:30 dispatch GZ-GAJ joint=yes
        2026-05-11 11:00 accept
        2026-05-13 09:00 assist GZ-CGJ,GZ-SWJ
        2026-05-13 10:00 object as=unit:GZ-SWJ
        2026-05-14 09:00 release GZ-SWJ
        2026-05-15 09:00 assisted as=unit:GZ-CGJ
        2026-05-18 09:00 reply
        2026-05-18 10:00 submit
        2026-05-19 10:00 pass";
    expect_file!["../snapshots/story-joint-handling.txt"].assert_eq(&transcript(script));
}

#[test]
fn the_two_models_do_not_mix() {
    // R13, R32: at the registration one order for each unit, after a return one order for several.
    let registered = "2026-05-07 09:00 register complaint contact=20260507-1";
    check(
        &format!("{registered}\n2026-05-07 10:00 dispatch GZ-CGJ joint=yes"),
        "rejected: joint-only-after-return",
    );
    // Each order of a contact has its own clock and its own end.
    let mut first = World::after(registered);
    let second = World::after("2026-05-08 09:00 register complaint contact=20260507-1");
    first.accept("2026-05-07 10:00 withdraw");
    assert_eq!(first.order().contact, second.order().contact);
    assert!(first.order().is_closed() && !second.order().is_closed());
    assert_ne!(first.order().dispatch_by, second.order().dispatch_by);
}

/// Led by GZ-CGJ, assisted by GZ-GAJ and GZ-SWJ.
const JOINT: &str = "
    2026-05-11 09:00 register complaint
    2026-05-11 09:05 dispatch GZ-GAJ
    2026-05-11 09:10 return duty
    2026-05-11 09:15 approve
    2026-05-11 09:20 dispatch GZ-CGJ joint=yes
    2026-05-11 09:25 assist GZ-GAJ,GZ-SWJ";

#[test]
fn who_does_what_in_a_joint_handling() {
    // R32, A-24: named once, units that there are, the lead unit not among them; only the lead submits.
    let line = |line: &str| format!("{JOINT}\n2026-05-11 10:00 {line}");
    check(&line("assist GZ-JTJ"), "rejected: not-a-lead-unit");
    let lead = JOINT.replace("2026-05-11 09:25 assist GZ-GAJ,GZ-SWJ", "");
    let name = |units: &str| format!("{lead}\n2026-05-11 10:00 assist {units}");
    check(&name("nobody"), "rejected: missing-field");
    check(&name("GZ-XXX"), "rejected: unknown-unit");
    check(&name("GZ-GAJ,GZ-GAJ"), "rejected: unit-named-twice");
    check(&name("GZ-CGJ"), "rejected: unit-named-twice");
    check(&name("GZ-GAJ"), "assisting_units_named");
    // Several handle it together, so there are others before the lead unit reports.
    check(
        &format!("{lead}\n2026-05-11 10:00 submit not_wanted"),
        "rejected: assisting-units-missing",
    );
    check(&line("submit not_wanted"), "duty_accepted + submitted");
    check(
        &line("submit not_wanted as=unit:GZ-GAJ"),
        "rejected: not-the-handling-unit",
    );
    check(&line("keep GZ-GAJ"), "rejected: no-objection");
    let objected = line("object as=unit:GZ-SWJ");
    check(
        &format!("{objected}\n2026-05-11 11:00 keep GZ-SWJ"),
        "objection_decided",
    );
    check(
        &format!(
            "{objected}\n2026-05-11 11:00 keep GZ-SWJ\n2026-05-11 12:00 assisted as=unit:GZ-SWJ"
        ),
        "assistance_recorded",
    );
    // The lead unit may return it like any other.
    check(&line("return duty"), "return_requested");
}

#[test]
fn the_office_of_the_units_district_reviews_first() {
    // R3, A-04: Nansha's office does; the clock runs until it passes the report on.
    let script = "
        2026-05-11 09:00 register complaint district=440115
        2026-05-11 10:00 dispatch GZ-D115
        2026-05-12 10:00 reply
        2026-05-12 11:00 submit
        2026-05-13 09:00 district_fail
        2026-05-25 11:00 submit
        2026-05-26 09:00 district_pass
        2026-05-27 09:00 pass";
    expect![[r#"
        2026-05-11 09:00 register complaint district=440115
          registered, dispatch by 2026-05-12 24:00 (R20 第十三条第二项, 1 working day, from event 1)
          > tell center: AwaitsRouting
          = awaiting_dispatch, dispatch 2026-05-12 24:00
        2026-05-11 10:00 dispatch GZ-D115
          dispatched GZ-D115 by Person, verification by 2026-05-13 24:00 (R26 第十六条, 2 working days, from event 2), handling by 2026-05-25 24:00 (R22 第十四条第二项, 10 working days, from event 2, warn 2026-05-14 24:00)
          > tell unit GZ-D115: Dispatched
          > tell district 440115: Dispatched
          = awaiting_verification, verification 2026-05-13 24:00
        2026-05-12 10:00 reply
          replied
          = awaiting_verification, verification 2026-05-13 24:00
        2026-05-12 11:00 submit
          duty_accepted
          submitted
          passed_to_district 440115
          > tell district 440115: AwaitsReview
          = under_district_review, handling 2026-05-25 24:00
        2026-05-13 09:00 district_fail
          review_failed
          > tell unit GZ-D115: ReviewFailed
          = in_handling, handling 2026-05-25 24:00
        2026-05-25 11:00 submit
          submitted
          passed_to_district 440115
          > tell district 440115: AwaitsReview
          = under_district_review, handling 2026-05-25 24:00
        2026-05-26 09:00 district_pass
          ? escalation Overdue(0)
          deadline_marked(handling Passed) 2026-05-25 24:00 of GZ-D115, ask again 2026-05-26 24:00
          district_review_passed
          > tell unit GZ-D115: handling overdue
          > tell center: handling overdue
          > tell center: AwaitsReview
          = under_review, no deadline: UnderReview, missed handling by GZ-D115
        2026-05-27 09:00 pass
          review_passed, rating_offer by 2026-05-28 09:00:00 (R56 第二十七条第二项, 24 hours, from event 12)
          > offer rating
          = awaiting_rating_offer, rating_offer 2026-05-28 09:00:00, missed handling by GZ-D115
    "#]].assert_eq(&transcript(script));
}

#[test]
fn offices_that_do_not_review_are_passed_by() {
    // R3: Tianhe's office does not; and a unit of the city has no office.
    for unit in ["GZ-D106", "GZ-CGJ"] {
        let script = format!(
            "2026-05-11 09:00 register complaint district=440115
             2026-05-11 10:00 dispatch {unit}
             2026-05-12 11:00 submit not_wanted"
        );
        check(&script, "duty_accepted + submitted");
    }
}

#[test]
fn a_complaint_about_staff_is_for_the_leader_alone() {
    // R7: whatever there is to tell the unit about it.
    let mut world = World::new();
    let lines = "
        2026-05-11 09:00 register complaint against=GZ-D106
        2026-05-11 10:00 dispatch GZ-D106
        2026-05-11 11:00 accept
        2026-05-11 12:00 add
        2026-05-12 09:00 judge affects
        2026-05-15 00:00:01 due handling soon
        2026-05-26 00:00:01 due handling escalate=notify_unit
        2026-05-26 09:00 supervise overdue
        2026-05-26 10:00 answer_supervision
        2026-05-26 11:00 accept_answer
        2026-05-26 12:00 submit not_wanted
        2026-05-26 13:00 fail
        2026-05-26 14:00 submit not_wanted
        2026-05-26 15:00 pass
        2026-05-26 15:01 offer
        2026-05-26 16:00 rate dissatisfied
        2026-05-26 17:00 follow_up
        2026-05-26 18:00 send_back";
    let mut leader = 0;
    for line in lines.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let answer = world.step(line);
        let told = told(&answer.result);
        assert!(
            !told.iter().any(|it| it.contains("unit GZ-D106")),
            "{line}: {told:?}"
        );
        leader += told
            .iter()
            .filter(|it| it.contains("leader of GZ-D106"))
            .count();
    }
    assert_eq!(leader, 9);
    // Another unit that has the order is told as usual.
    let other =
        "2026-05-11 09:00 register complaint against=GZ-D106\n2026-05-11 10:00 dispatch GZ-CGJ";
    assert_eq!(
        told(&World::new().run(other).result),
        ["tell unit GZ-CGJ: Dispatched"]
    );
}

#[test]
fn advice_never_sends_an_order_back_to_who_returned_it() {
    // R30: a person may, to lead others; nobody may plainly.
    let returned = "
        2026-05-11 09:00 register complaint
        2026-05-11 09:05 dispatch GZ-CGJ
        2026-05-11 09:10 return duty
        2026-05-11 09:15 approve";
    let line = |line: &str| {
        brief(
            &World::after(returned)
                .step(&format!("2026-05-11 10:00 {line}"))
                .result,
        )
    };
    assert_eq!(
        line("route advice=GZ-CGJ:1000"),
        "routing_advised(Returned)"
    );
    assert_eq!(
        line("route advice=GZ-GAJ:1000"),
        "routing_advised + dispatched"
    );
    assert_eq!(
        line("dispatch GZ-CGJ"),
        "rejected: already-returned-by-unit"
    );
    assert_eq!(line("dispatch GZ-CGJ joint=yes"), "dispatched");
    // Who returned it has done with it.
    assert_eq!(
        told(&World::after(returned).step("2026-05-11 10:00 add").result),
        [""; 0]
    );
}
