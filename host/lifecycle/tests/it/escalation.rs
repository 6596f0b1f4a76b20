//! When the escalation plugins are asked, with which trigger, and what becomes of their proposals.

use contract::escalation::Trigger;
use contract::types::Rating;
use expect_test::expect;

use crate::script::World;
use crate::show::transcript;

const IN_HANDLING: &str = "
    2026-09-15 10:00 register complaint district=440106
    2026-09-16 10:00 dispatch GZ-CGJ
    2026-09-16 11:00 accept";

#[track_caller]
fn asked(lines: &str, expected: Option<Trigger>) {
    let answer = World::new().run(&format!("{IN_HANDLING}\n{lines}"));
    assert_eq!(answer.needs.escalation, expected, "{lines}");
}

#[test]
fn triggers() {
    // Due 2026-09-30 24:00; 28, 29, 30 September are working days, 1 to 7 October are not.
    asked(
        "2026-09-28 00:00 due handling soon",
        Some(Trigger::DueSoon(2)),
    );
    asked(
        "2026-09-29 10:00 due handling soon",
        Some(Trigger::DueSoon(1)),
    );
    asked(
        "2026-09-30 23:59:59 due handling soon",
        Some(Trigger::DueSoon(0)),
    );
    asked(
        "2026-10-01 00:00:00 due handling soon",
        Some(Trigger::DueSoon(0)),
    );
    asked(
        "2026-10-01 00:00:01 due handling",
        Some(Trigger::Overdue(0)),
    );
    asked("2026-10-08 10:00 due handling", Some(Trigger::Overdue(0)));
    asked("2026-10-09 10:00 due handling", Some(Trigger::Overdue(1)));
    // Whatever finds the deadline passed asks, so that a late timer loses nothing.
    asked("2026-10-08 10:00 reply", Some(Trigger::Overdue(0)));
    asked("2026-09-30 10:00 reply", None);
    asked(
        "2026-10-01 00:00:01 due handling\n2026-10-02 10:00 reply",
        None,
    );
    asked("2026-09-20 23:59 due handling soon", None);
    asked(
        "2026-10-01 00:00:01 due handling\n2026-10-12 10:00 due handling still",
        Some(Trigger::Overdue(3)),
    );
    asked("2026-09-30 10:00 due verification", None);
}

#[test]
fn triggers_of_reviews_and_ratings() {
    let submitted = "2026-09-30 10:00 reply\n2026-09-30 11:00 submit";
    asked(&format!("{submitted}\n2026-09-30 12:00 fail"), None);
    asked(
        &format!("{submitted}\n2026-10-08 12:00 fail"),
        Some(Trigger::Overdue(0)),
    );
    asked(&format!("{submitted}\n2026-10-08 12:00 pass"), None);
    let offered = format!("{submitted}\n2026-09-30 12:00 pass\n2026-09-30 13:00 offer");
    let bad = Some(Trigger::RatedBadly(Rating::VeryDissatisfied));
    asked(
        &format!("{offered}\n2026-09-30 14:00 rate very_dissatisfied"),
        bad,
    );
    asked(&format!("{offered}\n2026-09-30 14:00 rate satisfied"), None);
    asked(
        &format!("{offered}\n2026-10-06 00:00:01 rate dissatisfied"),
        None,
    );
}

#[test]
fn proposals_become_notices() {
    let script = "
        2026-09-15 10:00 register complaint district=440106
        2026-09-16 10:00 dispatch GZ-CGJ
        2026-09-16 11:00 accept
        2026-09-28 00:00:01 due handling soon escalate=notify_unit,notify_leader,notify_unit
        2026-09-28 00:00:01 due handling soon escalate=notify_unit
        2026-09-29 00:00:01 due handling soon escalate=nothing
        2026-10-01 00:00:01 due handling escalate=notify_district,supervise,notify_center,coordinate
        2026-10-01 00:00:01 due handling escalate=supervise
        2026-10-08 00:00:01 due handling still escalate=supervise
        2026-10-08 00:00:01 due handling still escalate=supervise";
    expect![[r#"
        2026-09-15 10:00 register complaint district=440106
          registered, dispatch by 2026-09-16 24:00 (R20 第十三条第二项, 1 working day, from event 1)
          > tell center: AwaitsRouting
          = awaiting_dispatch, dispatch 2026-09-16 24:00
        2026-09-16 10:00 dispatch GZ-CGJ
          dispatched GZ-CGJ by Person, verification by 2026-09-18 24:00 (R26 第十六条, 2 working days, from event 2), handling by 2026-09-30 24:00 (R22 第十四条第二项, 10 working days, from event 2, warn 2026-09-20 24:00)
          > tell unit GZ-CGJ: Dispatched
          > tell district 440106: Dispatched
          = awaiting_verification, verification 2026-09-18 24:00
        2026-09-16 11:00 accept
          duty_accepted
          = in_handling, handling 2026-09-30 24:00
        2026-09-28 00:00:01 due handling soon escalate=notify_unit,notify_leader,notify_unit
          ? escalation DueSoon(2)
          deadline_marked(handling DueSoon) 2026-09-30 24:00 of GZ-CGJ, ask again 2026-09-28 24:00
          escalation_advised
          > tell unit GZ-CGJ: attention, 即将到期
          > tell leader of GZ-CGJ: attention, 即将到期
          = in_handling, handling 2026-09-30 24:00
        2026-09-28 00:00:01 due handling soon escalate=notify_unit
          rejected: nothing is due
        2026-09-29 00:00:01 due handling soon escalate=nothing
          ? escalation DueSoon(1)
          deadline_marked(handling DueSoon) 2026-09-30 24:00 of GZ-CGJ, ask again 2026-09-29 24:00
          escalation_advised
          = in_handling, handling 2026-09-30 24:00
        2026-10-01 00:00:01 due handling escalate=notify_district,supervise,notify_center,coordinate
          ? escalation Overdue(0)
          deadline_marked(handling Passed) 2026-09-30 24:00 of GZ-CGJ, ask again 2026-10-07 24:00
          escalation_advised
          > tell unit GZ-CGJ: handling overdue
          > tell center: handling overdue
          > tell district 440106: attention, 即将到期
          > tell center: proposed Supervise, 即将到期
          > tell center: attention, 即将到期
          > tell center: proposed OpenCoordination, 即将到期
          = in_handling, handling 2026-09-30 24:00, missed handling by GZ-CGJ
        2026-10-01 00:00:01 due handling escalate=supervise
          rejected: nothing is due
        2026-10-08 00:00:01 due handling still escalate=supervise
          ? escalation Overdue(0)
          deadline_marked(handling StillOverdue) 2026-09-30 24:00 of GZ-CGJ, ask again 2026-10-08 24:00
          escalation_advised
          > tell center: proposed Supervise, 即将到期
          = in_handling, handling 2026-09-30 24:00, missed handling by GZ-CGJ
        2026-10-08 00:00:01 due handling still escalate=supervise
          rejected: nothing is due
    "#]].assert_eq(&transcript(script));
}

#[test]
fn without_advice_the_core_tells_all_the_same() {
    let script = "
        2026-09-15 10:00 register complaint
        2026-09-16 10:00 dispatch GZ-CGJ
        2026-09-19 00:00:01 due verification
        2026-09-21 00:00:01 due handling soon escalate=nothing
        2026-09-22 00:00:01 due handling soon escalate=failed
        2026-09-23 00:00:01 due handling soon
        2026-10-01 00:00:01 due handling escalate=failed
        2026-10-08 00:00:01 due handling still";
    expect![[r#"
        2026-09-15 10:00 register complaint
          registered, dispatch by 2026-09-16 24:00 (R20 第十三条第二项, 1 working day, from event 1)
          > tell center: AwaitsRouting
          = awaiting_dispatch, dispatch 2026-09-16 24:00
        2026-09-16 10:00 dispatch GZ-CGJ
          dispatched GZ-CGJ by Person, verification by 2026-09-18 24:00 (R26 第十六条, 2 working days, from event 2), handling by 2026-09-30 24:00 (R22 第十四条第二项, 10 working days, from event 2, warn 2026-09-20 24:00)
          > tell unit GZ-CGJ: Dispatched
          = awaiting_verification, verification 2026-09-18 24:00
        2026-09-19 00:00:01 due verification
          deadline_marked(verification Passed) 2026-09-18 24:00 of GZ-CGJ
          duty_deemed_accepted
          > tell unit GZ-CGJ: verification overdue
          > tell center: verification overdue
          = in_handling, handling 2026-09-30 24:00, missed verification by GZ-CGJ
        2026-09-21 00:00:01 due handling soon escalate=nothing
          ? escalation DueSoon(6)
          deadline_marked(handling DueSoon) 2026-09-30 24:00 of GZ-CGJ, ask again 2026-09-21 24:00
          escalation_advised
          > tell unit GZ-CGJ: handling due soon
          = in_handling, handling 2026-09-30 24:00, missed verification by GZ-CGJ
        2026-09-22 00:00:01 due handling soon escalate=failed
          ? escalation DueSoon(5)
          deadline_marked(handling DueSoon) 2026-09-30 24:00 of GZ-CGJ, ask again 2026-09-22 24:00
          escalation_advised
          = in_handling, handling 2026-09-30 24:00, missed verification by GZ-CGJ
        2026-09-23 00:00:01 due handling soon
          ? escalation DueSoon(4)
          deadline_marked(handling DueSoon) 2026-09-30 24:00 of GZ-CGJ, ask again 2026-09-23 24:00
          = in_handling, handling 2026-09-30 24:00, missed verification by GZ-CGJ
        2026-10-01 00:00:01 due handling escalate=failed
          ? escalation Overdue(0)
          deadline_marked(handling Passed) 2026-09-30 24:00 of GZ-CGJ, ask again 2026-10-07 24:00
          escalation_advised
          > tell unit GZ-CGJ: handling overdue
          > tell center: handling overdue
          = in_handling, handling 2026-09-30 24:00, missed verification by GZ-CGJ, missed handling by GZ-CGJ
        2026-10-08 00:00:01 due handling still
          ? escalation Overdue(0)
          deadline_marked(handling StillOverdue) 2026-09-30 24:00 of GZ-CGJ, ask again 2026-10-08 24:00
          = in_handling, handling 2026-09-30 24:00, missed verification by GZ-CGJ, missed handling by GZ-CGJ
    "#]].assert_eq(&transcript(script));
}
