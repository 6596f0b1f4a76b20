//! Whole lives of orders.

mod beside;

mod hard_case;

mod joint;

mod second_handling;

mod withdrawal;

use expect_test::expect;

use crate::script::World;
use crate::show::transcript;

#[test]
fn overdue_at_the_weekend_after() {
    // R25: submitted on Saturday 10-03, exactly ten working days used, nevertheless late.
    let script = "
        2026-09-16 09:00 register complaint
        2026-09-16 10:00 dispatch GZ-CGJ
        2026-09-16 11:00 accept
        2026-10-03 08:00 reply
        2026-10-03 09:00 submit
        2026-10-08 09:00 pass";
    expect![[r#"
        2026-09-16 09:00 register complaint
          registered, dispatch by 2026-09-17 24:00 (R20 第十三条第二项, 1 working day, from event 1)
          > tell center: AwaitsRouting
          = awaiting_dispatch, dispatch 2026-09-17 24:00
        2026-09-16 10:00 dispatch GZ-CGJ
          dispatched GZ-CGJ by Person, verification by 2026-09-18 24:00 (R26 第十六条, 2 working days, from event 2), handling by 2026-09-30 24:00 (R22 第十四条第二项, 10 working days, from event 2, warn 2026-09-20 24:00)
          > tell unit GZ-CGJ: Dispatched
          = awaiting_verification, verification 2026-09-18 24:00
        2026-09-16 11:00 accept
          duty_accepted
          = in_handling, handling 2026-09-30 24:00
        2026-10-03 08:00 reply
          ? escalation Overdue(0)
          deadline_marked(handling Passed) 2026-09-30 24:00 of GZ-CGJ, ask again 2026-10-07 24:00
          replied
          > tell unit GZ-CGJ: handling overdue
          > tell center: handling overdue
          = in_handling, handling 2026-09-30 24:00, missed handling by GZ-CGJ
        2026-10-03 09:00 submit
          submitted
          > tell center: AwaitsReview
          = under_review, no deadline: UnderReview, missed handling by GZ-CGJ
        2026-10-08 09:00 pass
          review_passed, rating_offer by 2026-10-09 09:00:00 (R56 第二十七条第二项, 24 hours, from event 7)
          > offer rating
          = awaiting_rating_offer, rating_offer 2026-10-09 09:00:00, missed handling by GZ-CGJ
    "#]].assert_eq(&transcript(script));
}

#[test]
fn failed_review_and_late_resubmission() {
    // R24: submitted 10-09 17:00, failed 10-10, resubmitted 10-12 09:00, passes: late.
    let script = "
        2026-09-18 15:00 register complaint
        2026-09-18 16:00 dispatch GZ-CGJ
        2026-09-20 09:00 accept
        2026-10-09 16:00 reply
        2026-10-09 17:00 submit
        2026-10-10 10:00 fail
        2026-10-12 09:00 submit
        2026-10-13 10:00 pass
        2026-10-13 10:05 offer delivered=10:05
        2026-10-18 23:59 rate 还行
        2026-10-19 00:00:01 due rating";
    let mut world = World::new();
    world.run(script);
    assert_eq!(
        world.order().assignments[0].failed_review_seconds,
        17 * 3600
    );
    expect![[r#"
        2026-09-18 15:00 register complaint
          registered, dispatch by 2026-09-20 24:00 (R20 第十三条第二项, 1 working day, from event 1)
          > tell center: AwaitsRouting
          = awaiting_dispatch, dispatch 2026-09-20 24:00
        2026-09-18 16:00 dispatch GZ-CGJ
          dispatched GZ-CGJ by Person, verification by 2026-09-21 24:00 (R26 第十六条, 2 working days, from event 2), handling by 2026-10-09 24:00 (R22 第十四条第二项, 10 working days, from event 2, warn 2026-09-22 24:00)
          > tell unit GZ-CGJ: Dispatched
          = awaiting_verification, verification 2026-09-21 24:00
        2026-09-20 09:00 accept
          duty_accepted
          = in_handling, handling 2026-10-09 24:00
        2026-10-09 16:00 reply
          replied
          = in_handling, handling 2026-10-09 24:00
        2026-10-09 17:00 submit
          submitted
          > tell center: AwaitsReview
          = under_review, no deadline: UnderReview
        2026-10-10 10:00 fail
          ? escalation Overdue(0)
          review_failed
          deadline_marked(handling Passed) 2026-10-09 24:00 of GZ-CGJ, ask again 2026-10-11 24:00
          > tell unit GZ-CGJ: ReviewFailed
          > tell unit GZ-CGJ: handling overdue
          > tell center: handling overdue
          = in_handling, handling 2026-10-09 24:00, missed handling by GZ-CGJ
        2026-10-12 09:00 submit
          submitted
          > tell center: AwaitsReview
          = under_review, no deadline: UnderReview, missed handling by GZ-CGJ
        2026-10-13 10:00 pass
          review_passed, rating_offer by 2026-10-14 10:00:00 (R56 第二十七条第二项, 24 hours, from event 9)
          > offer rating
          = awaiting_rating_offer, rating_offer 2026-10-14 10:00:00, missed handling by GZ-CGJ
        2026-10-13 10:05 offer delivered=10:05
          rating_offered, rating by 2026-10-18 24:00 (R57 第二十七条第三项, 5 calendar days, from event 10)
          = awaiting_rating, rating 2026-10-18 24:00, missed handling by GZ-CGJ
        2026-10-18 23:59 rate 还行
          invalid_rating_received
          = awaiting_rating, rating 2026-10-18 24:00, missed handling by GZ-CGJ
        2026-10-19 00:00:01 due rating
          rating_lapsed
          closed(CR13)
          > tell unit GZ-CGJ: Closed
          = closed, no deadline: Closed, missed handling by GZ-CGJ
    "#]].assert_eq(&transcript(script));
}

#[test]
fn review_that_passes_after_the_deadline() {
    // R24: submitted 10-09 17:00, passed on 10-13: the stop is 10-09 17:00, not overdue.
    let script = "
        2026-09-18 15:00 register complaint
        2026-09-18 16:00 dispatch GZ-CGJ
        2026-09-20 09:00 accept
        2026-10-09 16:00 reply
        2026-10-09 17:00 submit
        2026-10-13 10:00 pass";
    let mut world = World::new();
    world.run(script);
    let order = world.order();
    let submitted = crate::script::at("2026-10-09 17:00");
    assert_eq!(order.assignments[0].completed_at, Some(submitted));
    assert!(!order.is_overdue());
}

#[test]
fn consultation_dispatched_over_the_spring_festival() {
    let script = "
        2026-02-13 09:00 register consultation advice=GZ-CGJ:950
        2026-02-14 09:00 dispatch GZ-CGJ
        2026-02-26 00:00:01 due verification
        2026-02-26 00:00:01 due handling";
    expect![[r#"
        2026-02-13 09:00 register consultation advice=GZ-CGJ:950
          registered, dispatch by 2026-02-14 24:00 (R19 第十三条第一项, 1 working day, from event 1)
          routing_advised(MaybeAnswerable)
          > tell center: AwaitsRouting
          = awaiting_dispatch, dispatch 2026-02-14 24:00
        2026-02-14 09:00 dispatch GZ-CGJ
          dispatched GZ-CGJ by Person, verification by 2026-02-25 24:00 (R26 第十六条, 2 working days, from event 3), handling by 2026-02-25 24:00 (R21 第十四条第一项, 2 working days, from event 3, warn 2026-02-23 24:00)
          > tell unit GZ-CGJ: Dispatched
          = awaiting_verification, verification 2026-02-25 24:00
        2026-02-26 00:00:01 due verification
          ? escalation Overdue(0)
          deadline_marked(verification Passed) 2026-02-25 24:00 of GZ-CGJ
          duty_deemed_accepted
          deadline_marked(handling Passed) 2026-02-25 24:00 of GZ-CGJ, ask again 2026-02-26 24:00
          > tell unit GZ-CGJ: verification overdue
          > tell center: verification overdue
          > tell unit GZ-CGJ: handling overdue
          > tell center: handling overdue
          = in_handling, handling 2026-02-25 24:00, missed verification by GZ-CGJ, missed handling by GZ-CGJ
        2026-02-26 00:00:01 due handling
          rejected: nothing is due
    "#]].assert_eq(&transcript(script));
}

#[test]
fn dissatisfied_and_not_sent_back() {
    let script = "
        2026-05-11 09:00 register help_request district=440115 advice=GZ-CGJ:950
        2026-05-11 10:00 accept
        2026-05-12 10:00 reply
        2026-05-12 11:00 submit
        2026-05-13 10:00 pass
        2026-05-13 10:01 offer
        2026-05-14 10:00 rate very_dissatisfied escalate=notify_leader
        2026-05-15 10:00 follow_up
        2026-05-15 11:00 close
        2026-05-15 12:00 due handling";
    expect![[r#"
        2026-05-11 09:00 register help_request district=440115 advice=GZ-CGJ:950
          registered, dispatch by 2026-05-12 24:00 (R20 第十三条第二项, 1 working day, from event 1)
          routing_advised
          dispatched GZ-CGJ by Advice, verification by 2026-05-13 24:00 (R26 第十六条, 2 working days, from event 3), handling by 2026-05-25 24:00 (R22 第十四条第二项, 10 working days, from event 3, warn 2026-05-14 24:00)
          > tell unit GZ-CGJ: Dispatched
          > tell district 440115: Dispatched
          = awaiting_verification, verification 2026-05-13 24:00
        2026-05-11 10:00 accept
          duty_accepted
          = in_handling, handling 2026-05-25 24:00
        2026-05-12 10:00 reply
          replied
          = in_handling, handling 2026-05-25 24:00
        2026-05-12 11:00 submit
          submitted
          > tell center: AwaitsReview
          = under_review, no deadline: UnderReview
        2026-05-13 10:00 pass
          review_passed, rating_offer by 2026-05-14 10:00:00 (R56 第二十七条第二项, 24 hours, from event 7)
          > offer rating
          = awaiting_rating_offer, rating_offer 2026-05-14 10:00:00
        2026-05-13 10:01 offer
          rating_offered, rating by 2026-05-18 24:00 (R57 第二十七条第三项, 5 calendar days, from event 8)
          = awaiting_rating, rating 2026-05-18 24:00
        2026-05-14 10:00 rate very_dissatisfied escalate=notify_leader
          ? escalation RatedBadly(VeryDissatisfied)
          rated VeryDissatisfied
          escalation_advised
          > tell center: AwaitsFollowUp
          > tell leader of GZ-CGJ: attention, 即将到期
          = awaiting_follow_up, no deadline: FollowUp
        2026-05-15 10:00 follow_up
          followed_up
          = awaiting_follow_up, no deadline: FollowUp
        2026-05-15 11:00 close
          closed(CR15)
          > tell unit GZ-CGJ: Closed
          = closed, no deadline: Closed
        2026-05-15 12:00 due handling
          rejected: nothing is due
    "#]].assert_eq(&transcript(script));
}
