//! What runs beside the stages: extensions and restarts told of, supervision, priority, proposals, and
//! calendars (R36–R39, R47–R50, C3).

use calendar::due_text;
use contract::escalation::Priority;
use expect_test::expect;
use lifecycle::order::ProposalState;

use crate::script::World;
use crate::show::{brief, check, transcript, transcript_in};

#[test]
fn extended_twice_and_restarted_in_between() {
    // R36–R39, A-12: who is told what; the third extension is refused whatever began anew.
    let script = "
        2026-05-11 09:00 register complaint
        2026-05-11 10:00 dispatch GZ-CGJ
        2026-05-11 11:00 accept
        2026-05-20 09:00 extend 4wd
        2026-05-20 09:30 told
        2026-05-21 09:00 add
        2026-05-22 09:00 judge not
        2026-05-26 09:00 add
        2026-05-27 09:00 judge affects
        2026-06-08 09:00 extend 10wd
        2026-06-08 09:30 told
        2026-06-22 09:00 extend 10wd
        2026-06-24 00:00:01 due handling";
    expect![[r#"
        2026-05-11 09:00 register complaint
          registered, dispatch by 2026-05-12 24:00 (R20 第十三条第二项, 1 working day, from event 1)
          > tell center: AwaitsRouting
          = awaiting_dispatch, dispatch 2026-05-12 24:00
        2026-05-11 10:00 dispatch GZ-CGJ
          dispatched GZ-CGJ by Person, verification by 2026-05-13 24:00 (R26 第十六条, 2 working days, from event 2), handling by 2026-05-25 24:00 (R22 第十四条第二项, 10 working days, from event 2, warn 2026-05-14 24:00)
          > tell unit GZ-CGJ: Dispatched
          = awaiting_verification, verification 2026-05-13 24:00
        2026-05-11 11:00 accept
          duty_accepted
          = in_handling, handling 2026-05-25 24:00
        2026-05-20 09:00 extend 4wd
          extended, handling by 2026-05-29 24:00 (R37 第十九条, 4 working days, from event 4, warn 2026-05-20 24:00)
          > tell requester: Extended until 2026-05-29 24:00
          > tell center: Extended until 2026-05-29 24:00
          = in_handling, handling 2026-05-29 24:00
        2026-05-20 09:30 told
          extension_noticed
          = in_handling, handling 2026-05-29 24:00
        2026-05-21 09:00 add
          statement_added
          > tell unit GZ-CGJ: StatementAdded
          = in_handling, handling 2026-05-29 24:00
        2026-05-22 09:00 judge not
          statement_judged DoesNotAffect
          = in_handling, handling 2026-05-29 24:00
        2026-05-26 09:00 add
          statement_added
          > tell unit GZ-CGJ: StatementAdded
          = in_handling, handling 2026-05-29 24:00
        2026-05-27 09:00 judge affects
          statement_judged AffectsHandling, handling by 2026-06-09 24:00 (R38 第二十条第一项, 10 working days, from event 9, warn 2026-05-31 24:00)
          > tell requester: HandlingRestarted until 2026-06-09 24:00
          > tell center: HandlingRestarted until 2026-06-09 24:00
          = in_handling, handling 2026-06-09 24:00
        2026-06-08 09:00 extend 10wd
          extended, handling by 2026-06-24 24:00 (R37 第十九条, 10 working days, from event 10, warn 2026-06-14 24:00)
          > tell requester: Extended until 2026-06-24 24:00
          > tell center: Extended until 2026-06-24 24:00
          = in_handling, handling 2026-06-24 24:00
        2026-06-08 09:30 told
          extension_noticed
          = in_handling, handling 2026-06-24 24:00
        2026-06-22 09:00 extend 10wd
          rejected: 2 extensions are the most
        2026-06-24 00:00:01 due handling
          rejected: nothing is due
    "#]].assert_eq(&transcript(script));
}

#[test]
fn supervised_after_the_end() {
    // R47, R49: the order stays closed; what is supervised runs on beside it.
    let script = "
        2026-05-11 09:00 register complaint
        2026-05-11 09:05 dispatch GZ-CGJ
        2026-05-11 10:00 submit not_wanted
        2026-05-11 10:02 pass
        2026-05-11 10:03 offer
        2026-05-11 10:04 rate satisfied
        2026-05-12 09:00 supervise feedback
        2026-05-20 00:00:01 due supervision
        2026-05-20 09:00 answer_supervision
        2026-05-21 09:00 accept_answer
        2026-05-21 09:01 accept_answer";
    expect![[r#"
        2026-05-11 09:00 register complaint
          registered, dispatch by 2026-05-12 24:00 (R20 第十三条第二项, 1 working day, from event 1)
          > tell center: AwaitsRouting
          = awaiting_dispatch, dispatch 2026-05-12 24:00
        2026-05-11 09:05 dispatch GZ-CGJ
          dispatched GZ-CGJ by Person, verification by 2026-05-13 24:00 (R26 第十六条, 2 working days, from event 2), handling by 2026-05-25 24:00 (R22 第十四条第二项, 10 working days, from event 2, warn 2026-05-14 24:00)
          > tell unit GZ-CGJ: Dispatched
          = awaiting_verification, verification 2026-05-13 24:00
        2026-05-11 10:00 submit not_wanted
          duty_accepted
          submitted
          > tell center: AwaitsReview
          = under_review, no deadline: UnderReview
        2026-05-11 10:02 pass
          review_passed, rating_offer by 2026-05-12 10:02:00 (R56 第二十七条第二项, 24 hours, from event 5)
          > offer rating
          = awaiting_rating_offer, rating_offer 2026-05-12 10:02:00
        2026-05-11 10:03 offer
          rating_offered, rating by 2026-05-16 24:00 (R57 第二十七条第三项, 5 calendar days, from event 6)
          = awaiting_rating, rating 2026-05-16 24:00
        2026-05-11 10:04 rate satisfied
          rated Satisfied
          closed(CR12)
          > tell unit GZ-CGJ: Closed
          = closed, no deadline: Closed
        2026-05-12 09:00 supervise feedback
          supervised FeedbackInadequate of GZ-CGJ, supervision by 2026-05-19 24:00 (R49 第二十五条第二款第二项, 5 working days, from event 9)
          > tell unit GZ-CGJ: Supervised
          > tell leader of GZ-CGJ: Supervised
          = closed, supervision 2026-05-19 24:00
        2026-05-20 00:00:01 due supervision
          deadline_marked(supervision Passed) 2026-05-19 24:00 of GZ-CGJ
          > tell leader of GZ-CGJ: supervision overdue
          > tell center: supervision overdue
          = closed, supervision 2026-05-19 24:00, missed supervision by GZ-CGJ
        2026-05-20 09:00 answer_supervision
          supervision_answered GZ-CGJ
          > tell center: SupervisionAnswered
          = closed, no deadline: Closed, missed supervision by GZ-CGJ
        2026-05-21 09:00 accept_answer
          supervision_accepted
          > tell unit GZ-CGJ: SupervisionAccepted
          = closed, no deadline: Closed, missed supervision by GZ-CGJ
        2026-05-21 09:01 accept_answer
          rejected: no supervision of the order waits for this
    "#]].assert_eq(&transcript(script));
}

#[test]
fn a_rule_raises_the_priority_and_a_person_sets_it_back() {
    // A plugin only proposes: what orders lists takes effect at once, the rest waits for a person.
    let mut world = World::after(
        "2026-09-15 10:00 register complaint
         2026-09-16 10:00 dispatch GZ-CGJ
         2026-09-16 11:00 accept",
    );
    let shown = transcript_in(
        &mut world,
        "2026-09-21 00:00:01 due handling soon escalate=high,supervise
         2026-09-22 00:00:01 due handling soon escalate=high,urgent,supervise
         2026-09-22 09:00 priority normal
         2026-09-23 00:00:01 due handling soon escalate=notify_center",
    );
    expect![[r#"
        2026-09-21 00:00:01 due handling soon escalate=high,supervise
          ? escalation DueSoon(6)
          deadline_marked(handling DueSoon) 2026-09-30 24:00 of GZ-CGJ, ask again 2026-09-21 24:00
          escalation_advised
          priority_set High by a rule
          > tell unit GZ-CGJ: handling due soon
          > tell center: proposed Supervise, 即将到期
          = in_handling, handling 2026-09-30 24:00
        2026-09-22 00:00:01 due handling soon escalate=high,urgent,supervise
          ? escalation DueSoon(5)
          deadline_marked(handling DueSoon) 2026-09-30 24:00 of GZ-CGJ, ask again 2026-09-22 24:00
          escalation_advised
          priority_set Urgent by a rule
          > tell center: proposed Supervise, 即将到期
          = in_handling, handling 2026-09-30 24:00
        2026-09-22 09:00 priority normal
          priority_set Normal by a person
          = in_handling, handling 2026-09-30 24:00
        2026-09-23 00:00:01 due handling soon escalate=notify_center
          ? escalation DueSoon(4)
          deadline_marked(handling DueSoon) 2026-09-30 24:00 of GZ-CGJ, ask again 2026-09-23 24:00
          escalation_advised
          > tell center: attention, 即将到期
          = in_handling, handling 2026-09-30 24:00
    "#]]
    .assert_eq(&shown);
    assert_eq!(world.order().priority, Priority::Normal);
    // The same proposal does not wait twice.
    assert_eq!(world.order().proposals.len(), 1);
}

#[test]
fn a_proposal_is_followed_or_dismissed() {
    let past = "
        2026-09-15 10:00 register complaint
        2026-09-16 10:00 dispatch GZ-CGJ
        2026-09-16 11:00 accept
        2026-10-01 00:00:01 due handling escalate=supervise,list,coordinate";
    let states = |lines: &str| {
        let world = World::after(&format!("{past}\n{lines}"));
        let proposals = world.order().proposals.iter().map(|it| it.state);
        proposals.collect::<Vec<_>>()
    };
    use ProposalState::{Dismissed, Followed, Open};
    assert_eq!(states(""), [Open, Open, Open]);
    assert_eq!(
        states("2026-10-08 09:00 supervise overdue"),
        [Followed, Open, Open]
    );
    assert_eq!(
        states("2026-10-08 09:00 list 占道经营"),
        [Open, Followed, Open]
    );
    assert_eq!(states("2026-10-08 09:00 dismiss"), [Dismissed, Open, Open]);
    // Dismissed, it may be proposed again.
    assert_eq!(
        states(
            "2026-10-08 09:00 dismiss\n2026-10-09 00:00:01 due handling still escalate=supervise"
        ),
        [Dismissed, Open, Open, Open]
    );
    check(
        &format!("{past}\n2026-10-08 09:00 priority urgent"),
        "priority_set",
    );
}

/// Dispatched on 2026-12-16: due 12-30; extended to 2027-01-14 and 2027-01-28 on the statutory pattern.
const OVER_THE_YEAR: &str = "
    2026-12-15 09:00 register complaint
    2026-12-16 10:00 dispatch GZ-CGJ
    2026-12-16 11:00 accept
    2026-12-28 09:00 extend 10wd
    2026-12-28 09:30 told
    2026-12-28 10:00 extend 10wd
    2026-12-28 10:30 told";

#[test]
fn extensions_over_the_year_end_move_with_the_calendar() {
    // R37, C3, P14: provisional as long as 2027 is not announced; then the whole chain counts anew.
    let mut world = World::after(OVER_THE_YEAR);
    let due = |world: &World| due_text(world.order().assignment().unwrap().handle_by.due.due_at);
    assert!(world.order().is_provisional());
    let before = due(&world);
    let shown = transcript_in(&mut world, "2026-12-29 09:00 recompute calendar=2027");
    expect![[r#"
        2026-12-29 09:00 recompute calendar=2027
          deadline_recomputed(handling) from 2027-01-28 24:00, handling by 2027-01-29 24:00 (R37 第十九条, 10 working days, from event 6, warn 2027-01-20 24:00)
          > tell unit GZ-CGJ: handling recomputed
          > tell requester: handling recomputed
          = in_handling, handling 2027-01-29 24:00
    "#]].assert_eq(&shown);
    assert_ne!(due(&world), before);
    assert!(!world.order().is_provisional());
    // A notice that is corrected moves it again, and back.
    world.accept("2026-12-29 10:00 recompute calendar=2027b");
    world.accept("2026-12-29 11:00 recompute calendar=2027");
    assert!(shown.contains(&due(&world)));
    assert_eq!(
        brief(
            &world
                .step("2026-12-29 12:00 recompute calendar=2027")
                .result
        ),
        "rejected: nothing-due"
    );
}

#[test]
fn every_kind_of_deadline_moves_with_the_calendar() {
    // C3: whatever runs over the year's end, the centre's, the units', the authorities'.
    let returned = |units: &[&str]| {
        let returns = units.iter().map(|unit| {
            format!(
                "2026-12-30 10:00 dispatch {unit}
                 2026-12-30 10:01 return duty
                 2026-12-30 10:02 approve"
            )
        });
        let registered = "2026-12-30 09:00 register complaint".to_owned();
        let lines: Vec<String> = std::iter::once(registered).chain(returns).collect();
        lines.join("\n")
    };
    let lead = format!(
        "{}\n2026-12-30 11:00 dispatch GZ-CGJ joint=yes",
        returned(&["GZ-GAJ"])
    );
    let asked = format!(
        "{}\n2026-12-30 11:00 ask_opinion duty_division",
        returned(&["GZ-GAJ", "GZ-SWJ", "GZ-JTJ"])
    );
    let supervised = "
        2026-12-30 09:00 register complaint
        2026-12-30 10:00 dispatch GZ-CGJ
        2026-12-30 10:30 submit not_wanted
        2026-12-30 11:00 supervise feedback";
    for (past, expected) in [
        (
            "2026-12-30 09:00 register complaint",
            "deadline_recomputed(dispatch)",
        ),
        (
            &lead,
            "deadline_recomputed(verification) + deadline_recomputed(assistance) + \
             deadline_recomputed(handling)",
        ),
        (&asked, "deadline_recomputed(opinion)"),
        (
            supervised,
            "deadline_recomputed(supervision) + deadline_recomputed(handling)",
        ),
    ] {
        check(
            &format!("{past}\n2026-12-30 12:00 recompute calendar=2027"),
            expected,
        );
    }
    let twice = crate::rejections::TWICE.replace("2026-05-11", "2026-12-30");
    check(
        &format!("{twice}\n2026-12-30 11:00 follow_up\n2026-12-30 12:00 recompute calendar=2027"),
        "deadline_recomputed(diligence_statement)",
    );
}
