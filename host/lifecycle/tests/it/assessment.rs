//! What of an order counts for assessment (R64), each line computed by hand from the story above it.

use std::fmt::Write as _;

use expect_test::{Expect, expect};
use lifecycle::assessment::{Assessment, Formulas, Measure, Tally};
use lifecycle::ruleset::{
    CallBack, CommendationCourse, ExtensionCount, FailedReview, LateAddition, Options,
    RatingChoiceCounts, ReturnReview, RuleSet, UnitEnded,
};

use crate::script::World;

/// `POSITION UNIT COUNTED: code[=count] …`, without what is 0; then the deadline that still runs.
#[track_caller]
fn check(script: &str, expected: &Expect) {
    let world = World::after(script);
    let assessment = Assessment::of(world.order(), &world.calendar);
    let mut text = String::new();
    for record in &assessment.records {
        let unit = record.unit.as_ref().map_or("-", |unit| unit.as_str());
        let at = record.counted_at.with_timezone(&calendar::zone());
        let at = at.format("%m-%d %H:%M:%S%.f");
        write!(text, "{} {unit} {at}:", record.position).unwrap();
        for measure in Measure::ALL {
            match record.tally.get(*measure) {
                0 => {}
                1 => write!(text, " {}", measure.code()).unwrap(),
                count => write!(text, " {}={count}", measure.code()).unwrap(),
            }
        }
        text.push('\n');
    }
    if let Some(open) = &assessment.open {
        let due = calendar::due_text(open.due_at);
        let doubt = if open.provisional { " provisional" } else { "" };
        writeln!(text, "open {} {due} {:?}{doubt}", open.unit, open.standing).unwrap();
    }
    expected.assert_eq(&text);
}

/// Lead unit and assisting units; the order is due on 2026-10-09 at 24:00.
const JOINT: &str = "
    2026-09-17 15:00 register complaint
    2026-09-17 16:00 dispatch GZ-SWJ
    2026-09-18 09:00 return duty
    2026-09-18 10:00 approve
    2026-09-18 16:00 dispatch GZ-CGJ joint=yes
    2026-09-20 09:00 assist GZ-GAJ,GZ-JTJ
    2026-09-20 09:05 accept
";

/// Friday; the clock starts on Sunday, a make-up working day, and ends on 2026-10-09 at 24:00.
const DISPATCHED: &str = "
    2026-09-18 15:00 register complaint district=440106
    2026-09-18 16:00 dispatch GZ-CGJ
    2026-09-20 09:00 accept
";

fn dispatched(rest: &str) -> String {
    format!("{DISPATCHED}{rest}")
}

#[test]
fn a_handling_counts_when_it_ends_and_not_before() {
    // Two and a half working days: Sunday, Monday, half of Tuesday.
    check(
        &dispatched(
            "2026-09-22 11:00 reply
             2026-09-22 12:00 submit",
        ),
        &expect![[r#"
            0 - 09-18 15:00:00: orders dispatches_on_time
            open GZ-CGJ 2026-10-09 24:00 UnderReview
        "#]],
    );
    check(
        &dispatched(
            "2026-09-22 11:00 reply
             2026-09-22 12:00 submit
             2026-09-23 09:00 pass
             2026-09-23 09:05 offer
             2026-09-24 09:00 rate satisfied",
        ),
        &expect![[r#"
            0 - 09-18 15:00:00: orders dispatches_on_time rating_offers_on_time reviews_on_target
            1 GZ-CGJ 09-22 12:00:00: assignments completed on_time verified_on_time working_seconds=216000 first_handlings satisfied_1
        "#]],
    );
}

#[test]
fn a_second_makes_the_difference() {
    check(
        &dispatched(
            "2026-10-09 23:59:58 reply
             2026-10-10 00:00:00 submit
             2026-10-12 09:00 pass",
        ),
        &expect![[r#"
            0 - 09-18 15:00:00: orders dispatches_on_time reviews_on_target
            1 GZ-CGJ 10-10 00:00:00: assignments completed on_time verified_on_time working_seconds=864000 first_handlings rating_open
        "#]],
    );
    check(
        &dispatched(
            "2026-10-09 23:59:58 reply
             2026-10-10 00:00:01 submit
             2026-10-12 09:00 pass",
        ),
        &expect![[r#"
            0 - 09-18 15:00:00: orders dispatches_on_time reviews_on_target
            1 GZ-CGJ 10-09 23:59:59.999: assignments completed late_unexcused verified_on_time working_seconds=864001 first_handlings rating_open
        "#]],
    );
    // Not ending it does not keep it out.
    check(
        &dispatched("2026-10-10 00:00:01 due handling"),
        &expect![[r#"
            0 - 09-18 15:00:00: orders dispatches_on_time
            1 GZ-CGJ 10-09 23:59:59.999: assignments late_unexcused overdue_open verified_on_time
            open GZ-CGJ 2026-10-09 24:00 NoReply
        "#]],
    );
}

#[test]
fn a_failed_review_is_excused_where_it_alone_made_it_late() {
    // A whole day in the review; without it, submitted on the last day at noon.
    check(
        &dispatched(
            "2026-10-09 09:00 reply
             2026-10-09 10:00 submit
             2026-10-10 10:00 fail
             2026-10-10 12:00 submit
             2026-10-11 09:00 pass",
        ),
        &expect![[r#"
            0 - 09-18 15:00:00: orders dispatches_on_time reviews_on_target=2
            1 GZ-CGJ 10-09 23:59:59.999: assignments completed late_excused verified_on_time working_seconds=907200 first_handlings rating_open
        "#]],
    );
    // An hour in the review does not help.
    check(
        &dispatched(
            "2026-10-09 09:00 reply
             2026-10-09 23:30 submit
             2026-10-10 00:30 fail
             2026-10-10 12:00 submit
             2026-10-11 09:00 pass",
        ),
        &expect![[r#"
            0 - 09-18 15:00:00: orders dispatches_on_time reviews_on_target=2
            1 GZ-CGJ 10-09 23:59:59.999: assignments completed late_unexcused verified_on_time working_seconds=907200 first_handlings rating_open
        "#]],
    );
}

#[test]
fn what_was_missed_before_a_restart_stays_missed() {
    // The new limit counts from 2026-10-12, when the addition was received; the time used too.
    check(
        &dispatched(
            "2026-10-10 00:00:01 due handling
             2026-10-12 10:00 add
             2026-10-12 11:00 judge affects
             2026-10-13 11:00 reply
             2026-10-13 12:00 submit
             2026-10-14 09:00 pass",
        ),
        &expect![[r#"
            0 - 09-18 15:00:00: orders dispatches_on_time reviews_on_target
            1 GZ-CGJ 10-09 23:59:59.999: assignments completed late_unexcused verified_on_time working_seconds=43200 first_handlings rating_open
        "#]],
    );
}

#[test]
fn an_extended_handling_is_in_time_until_the_extension_ends() {
    check(
        &dispatched(
            "2026-10-09 10:00 extend 5wd
             2026-10-09 10:05 told
             2026-10-15 11:00 reply
             2026-10-15 12:00 submit
             2026-10-16 09:00 pass",
        ),
        &expect![[r#"
            0 - 09-18 15:00:00: orders dispatches_on_time reviews_on_target
            1 GZ-CGJ 10-15 12:00:00: assignments completed on_time verified_on_time extended extensions working_seconds=1252800 first_handlings rating_open
        "#]],
    );
}

#[test]
fn returns_count_as_decided_and_leave_the_time_out_only_if_approved() {
    let requested = "
        2026-09-18 15:00 register complaint
        2026-09-18 16:00 dispatch GZ-CGJ
        2026-09-21 10:00 return";
    check(
        requested,
        &expect![[r#"
        0 - 09-18 15:00:00: orders dispatches_on_time
        open GZ-CGJ 2026-10-09 24:00 ReturnRequested
    "#]],
    );
    // Decided late: the clock ran out meanwhile, and that is not the unit's fault.
    check(
        &format!(
            "{requested}
             2026-10-10 00:00:01 due handling
             2026-10-10 10:00 approve
             2026-10-10 11:00 dispatch GZ-GAJ"
        ),
        &expect![[r#"
            0 - 09-18 15:00:00: orders dispatches_on_time
            1 GZ-CGJ 09-21 10:00:00: assignments returns_approved verified_on_time
            open GZ-GAJ 2026-10-23 24:00 NoReply
        "#]],
    );
    check(
        &format!(
            "{requested}
             2026-10-10 10:00 reject"
        ),
        &expect![[r#"
            0 - 09-18 15:00:00: orders dispatches_on_time
            1 GZ-CGJ 10-09 23:59:59.999: assignments late_unexcused overdue_open returns_rejected verified_on_time
            open GZ-CGJ 2026-10-09 24:00 NoReply
        "#]],
    );
    check(
        &dispatched("2026-10-09 10:00 reply"),
        &expect![[r#"
            0 - 09-18 15:00:00: orders dispatches_on_time
            open GZ-CGJ 2026-10-09 24:00 NotSubmitted
        "#]],
    );
}

#[test]
fn who_does_not_verify_in_time_is_late_with_that_alone() {
    check(
        "2026-09-18 15:00 register complaint
         2026-09-18 16:00 dispatch GZ-CGJ
         2026-09-22 00:00:01 due verification
         2026-09-22 11:00 reply
         2026-09-22 12:00 submit
         2026-09-23 09:00 pass",
        &expect![[r#"
            0 - 09-18 15:00:00: orders dispatches_on_time reviews_on_target
            1 GZ-CGJ 09-22 12:00:00: assignments completed on_time verified_late working_seconds=216000 first_handlings rating_open
        "#]],
    );
}

#[test]
fn both_ratings_count_each_for_its_handling() {
    let dissatisfied = dispatched(
        "2026-09-22 11:00 reply
         2026-09-22 12:00 submit
         2026-09-23 09:00 pass
         2026-09-23 09:05 offer
         2026-09-24 09:00 rate very_dissatisfied
         2026-09-24 10:00 follow_up",
    );
    check(
        &format!(
            "{dissatisfied}
             2026-09-24 11:00 send_back
             2026-09-28 11:00 reply
             2026-09-28 12:00 submit
             2026-09-29 09:00 pass
             2026-09-29 09:05 offer
             2026-10-05 00:00:01 due rating"
        ),
        &expect![[r#"
            0 - 09-18 15:00:00: orders dispatches_on_time rating_offers_on_time=2 reviews_on_target=2
            1 GZ-CGJ 09-22 12:00:00: assignments completed on_time verified_on_time working_seconds=216000 first_handlings rehandled very_dissatisfied_1
            2 GZ-CGJ 09-28 12:00:00: assignments completed on_time working_seconds=43200 unrated_2
        "#]],
    );
    // A second handling that is late leaves the first one in time.
    check(
        &format!(
            "{dissatisfied}
             2026-09-24 11:00 send_back
             2026-10-17 09:00 due handling"
        ),
        &expect![[r#"
            0 - 09-18 15:00:00: orders dispatches_on_time rating_offers_on_time reviews_on_target
            1 GZ-CGJ 09-22 12:00:00: assignments completed on_time verified_on_time working_seconds=216000 first_handlings rehandled very_dissatisfied_1
            2 GZ-CGJ 10-15 23:59:59.999: assignments late_unexcused overdue_open
            open GZ-CGJ 2026-10-15 24:00 NoReply
        "#]],
    );
    check(
        &format!(
            "{dissatisfied}
             2026-09-24 11:00 close"
        ),
        &expect![[r#"
            0 - 09-18 15:00:00: orders dispatches_on_time rating_offers_on_time reviews_on_target
            1 GZ-CGJ 09-22 12:00:00: assignments completed on_time verified_on_time working_seconds=216000 first_handlings very_dissatisfied_1
        "#]],
    );
}

#[test]
fn a_withdrawn_order_is_not_rated_and_only_a_miss_of_it_counts() {
    check(
        &dispatched(
            "2026-09-22 11:00 reply
             2026-09-22 12:00 submit
             2026-09-23 09:00 pass
             2026-09-23 09:05 offer
             2026-09-24 09:00 withdraw",
        ),
        &expect![[r#"
            0 - 09-18 15:00:00: orders orders_withdrawn dispatches_on_time reviews_on_target
            1 GZ-CGJ 09-22 12:00:00: assignments assignments_withdrawn completed on_time verified_on_time working_seconds=216000 first_handlings
        "#]],
    );
    check(
        &dispatched(
            "2026-09-22 11:00 withdraw
             2026-09-22 12:00 close_withdrawn",
        ),
        &expect![[r#"
            0 - 09-18 15:00:00: orders orders_withdrawn dispatches_on_time
            1 GZ-CGJ 09-22 12:00:00: assignments assignments_withdrawn verified_on_time
        "#]],
    );
    check(
        &dispatched(
            "2026-10-10 00:00:01 due handling
             2026-10-10 11:00 withdraw
             2026-10-10 12:00 close_withdrawn",
        ),
        &expect![[r#"
            0 - 09-18 15:00:00: orders orders_withdrawn dispatches_on_time
            1 GZ-CGJ 10-09 23:59:59.999: assignments assignments_withdrawn late_unexcused verified_on_time
        "#]],
    );
    check(
        &dispatched("2026-09-22 11:00 withdraw"),
        &expect![[r#"
            0 - 09-18 15:00:00: orders orders_withdrawn dispatches_on_time
            open GZ-CGJ 2026-10-09 24:00 Withdrawn
        "#]],
    );
}

#[test]
fn a_commendation_is_read_and_a_direct_answer_is_nobodys_handling() {
    check(
        "2026-09-18 15:00 register commendation
         2026-09-18 16:00 dispatch GZ-CGJ
         2026-09-20 09:00 accept",
        &expect![[r#"
            0 - 09-18 15:00:00: orders dispatches_on_time
            1 GZ-CGJ 09-20 09:00:00: assignments on_time
        "#]],
    );
    check(
        "2026-09-18 15:00 register consultation
         2026-09-18 15:10 answer
         2026-09-18 15:20 service dissatisfied",
        &expect![[r#"
            0 - 09-18 15:00:00: orders direct_answers dispatches_on_time service_dissatisfied
        "#]],
    );
}

#[test]
fn the_centre_has_its_own_misses() {
    check(
        "2026-09-18 15:00 register complaint
         2026-09-21 00:00:01 due dispatch
         2026-09-21 16:00 dispatch GZ-CGJ
         2026-09-22 09:00 accept
         2026-09-22 11:00 reply
         2026-09-22 12:00 submit
         2026-09-23 09:00 pass
         2026-09-24 09:00:01 due rating_offer",
        &expect![[r#"
            0 - 09-18 15:00:00: orders dispatches_late rating_offers_late reviews_on_target
            1 GZ-CGJ 09-22 12:00:00: assignments completed on_time verified_on_time working_seconds=43200 first_handlings rating_open
        "#]],
    );
    check(
        "2026-09-18 15:00 register complaint",
        &expect![[r#"
            0 - 09-18 15:00:00: orders
        "#]],
    );
    // Not registered as long as something is missing (A-07).
    check(
        "2026-09-18 15:00 register complaint missing=yes",
        &expect![[r#""#]],
    );
}

/// A deadline in a year that is not announced may be missed for a reason that nobody knew.
#[test]
fn a_provisional_miss_says_so() {
    check(
        "2026-12-24 15:00 register complaint
         2026-12-24 16:00 dispatch GZ-CGJ
         2026-12-25 09:00 accept
         2027-02-01 09:00 due handling",
        &expect![[r#"
            0 - 12-24 15:00:00: orders dispatches_on_time
            1 GZ-CGJ 01-08 23:59:59.999: assignments late_unexcused late_provisional overdue_open verified_on_time
            open GZ-CGJ 2027-01-08 24:00 NoReply provisional
        "#]],
    );
}

#[test]
fn every_formula_is_shown_with_its_terms() {
    let mut text = String::new();
    let mut options = RuleSet::guangzhou_2023().options;
    for failed_review in [FailedReview::Counts, FailedReview::ExcusedInAssessment] {
        options.failed_review = failed_review;
        let formulas = Formulas::of(&options);
        writeln!(text, "{}", formulas.version).unwrap();
        for formula in &formulas.items {
            writeln!(text, "  {} {}", formula.code, formula.text_en()).unwrap();
            assert!(!formula.excludes_en.is_empty() && !formula.excludes_zh.is_ascii());
        }
    }
    expect![[r#"
        2026-2
          on_time on_time / (on_time + late_excused + late_unexcused)
          overdue (late_excused + late_unexcused) / (on_time + late_excused + late_unexcused)
          verification verified_on_time / (verified_on_time + verified_late)
          handling_time working_seconds / completed
          extension extended / assignments
          return returns_approved / assignments
          invalid_return returns_rejected / (returns_approved + returns_rejected)
          rehandling rehandled / first_handlings
          satisfaction_1 (very_satisfied_1 + satisfied_1 + basically_satisfied_1) / (very_satisfied_1 + satisfied_1 + basically_satisfied_1 + dissatisfied_1 + very_dissatisfied_1)
          satisfaction_2 (very_satisfied_2 + satisfied_2 + basically_satisfied_2) / (very_satisfied_2 + satisfied_2 + basically_satisfied_2 + dissatisfied_2 + very_dissatisfied_2)
          dispatch dispatches_on_time / (dispatches_on_time + dispatches_late)
          rating_offer rating_offers_on_time / (rating_offers_on_time + rating_offers_late)
          direct_answer direct_answers / orders
          service_satisfaction service_satisfied / (service_satisfied + service_dissatisfied)
          review reviews_on_target / (reviews_on_target + reviews_beyond_target)
          assistance assistances_given / (assistances_given + assistances_missed)
        2026-2+A-06
          on_time (on_time + late_excused) / (on_time + late_excused + late_unexcused)
          overdue late_unexcused / (on_time + late_excused + late_unexcused)
          verification verified_on_time / (verified_on_time + verified_late)
          handling_time working_seconds / completed
          extension extended / assignments
          return returns_approved / assignments
          invalid_return returns_rejected / (returns_approved + returns_rejected)
          rehandling rehandled / first_handlings
          satisfaction_1 (very_satisfied_1 + satisfied_1 + basically_satisfied_1) / (very_satisfied_1 + satisfied_1 + basically_satisfied_1 + dissatisfied_1 + very_dissatisfied_1)
          satisfaction_2 (very_satisfied_2 + satisfied_2 + basically_satisfied_2) / (very_satisfied_2 + satisfied_2 + basically_satisfied_2 + dissatisfied_2 + very_dissatisfied_2)
          dispatch dispatches_on_time / (dispatches_on_time + dispatches_late)
          rating_offer rating_offers_on_time / (rating_offers_on_time + rating_offers_late)
          direct_answer direct_answers / orders
          service_satisfaction service_satisfied / (service_satisfied + service_dissatisfied)
          review reviews_on_target / (reviews_on_target + reviews_beyond_target)
          assistance assistances_given / (assistances_given + assistances_missed)
    "#]].assert_eq(&text);
    let formulas = Formulas::of(&options);
    let on_time = formulas.formula("on_time").unwrap();
    expect![
        "（按时办结＋扣除审核未通过时间后未逾期） ÷ （按时办结＋扣除审核未通过时间后未逾期＋逾期）"
    ]
    .assert_eq(&on_time.text_zh());
}

/// R64: every reading that makes a figure another one stands in the version, and in the terms of those
/// figures that it touches, and of no others.
#[test]
fn a_reading_that_changes_figures_changes_the_version() {
    let defaults = RuleSet::guangzhou_2023().options;
    let plain = Formulas::of(&defaults);
    let read = |change: fn(&mut Options)| {
        let mut options = defaults.clone();
        change(&mut options);
        Formulas::of(&options)
    };
    let mut text = String::new();
    for formulas in [
        read(|it| it.failed_review = FailedReview::ExcusedInAssessment),
        read(|it| it.unit_ended = UnitEnded::NotRated),
        read(|it| it.return_review = ReturnReview::ExcusedInAssessment),
        read(|it| it.late_addition = LateAddition::UndoesTheMiss),
        read(|it| it.commendation = CommendationCourse::AsOtherMatters),
        read(|it| it.rating_choice = RatingChoiceCounts::Last),
        read(|it| it.call_back = CallBack::ReplacesRating),
        read(|it| {
            it.return_review = ReturnReview::ExcusedInAssessment;
            it.late_addition = LateAddition::UndoesTheMiss;
        }),
        // It moves deadlines, and they say so themselves.
        read(|it| it.extension_count = ExtensionCount::PerOrder),
    ] {
        let both = formulas.items.iter().zip(&plain.items);
        let changed = both.filter(|(new, old)| {
            let zh = new.excludes_zh != old.excludes_zh;
            assert_eq!(zh, new.excludes_en != old.excludes_en, "{}", new.code);
            zh
        });
        let codes: Vec<&str> = changed.map(|(new, _)| new.code).collect();
        writeln!(text, "{}: {}", formulas.version, codes.join(" ")).unwrap();
    }
    expect![[r#"
        2026-2+A-06: on_time overdue
        2026-2+A-09: satisfaction_1 satisfaction_2
        2026-2+A-13: on_time overdue
        2026-2+A-17: on_time overdue
        2026-2+A-18: on_time overdue verification satisfaction_1
        2026-2+A-19: satisfaction_1 satisfaction_2
        2026-2+A-26: satisfaction_1 satisfaction_2
        2026-2+A-13+A-17: on_time overdue
        2026-2: 
    "#]]
    .assert_eq(&text);
}

/// A-28: from the submission to the decision, either way; both sides of the target's end. Wednesday,
/// then Thursday and, Friday being a holiday, Monday 09-28.
#[test]
fn reviews_have_a_target_and_no_limit() {
    let reviewed = |at: &str| {
        let script = format!(
            "2026-09-23 11:00 reply
             2026-09-23 12:00 submit
             {at}"
        );
        let world = World::after(&dispatched(&script));
        let assessment = Assessment::of(world.order(), &world.calendar);
        let tally = &assessment.records[0].tally;
        let on = tally.get(Measure::ReviewsOnTarget);
        (on, tally.get(Measure::ReviewsBeyondTarget))
    };
    assert_eq!(reviewed("2026-09-28 23:59:59 pass"), (1, 0));
    assert_eq!(reviewed("2026-09-29 00:00:00 pass"), (1, 0));
    assert_eq!(reviewed("2026-09-29 00:00:01 pass"), (0, 1));
    assert_eq!(reviewed("2026-09-29 00:00:01 fail"), (0, 1));
    let twice = "2026-09-24 09:00 fail
        2026-09-24 10:00 submit
        2026-09-30 10:00 pass";
    assert_eq!(reviewed(twice), (1, 1));
    // Nobody is late by it: nothing is due, and the unit is in time.
    let world = World::after(&dispatched(
        "2026-09-23 11:00 reply\n2026-09-23 12:00 submit\n2026-11-23 09:00 pass",
    ));
    assert!(world.order().missed.is_empty());
}

/// A-24: the assisting unit's own indicator, whatever becomes of the lead unit's.
#[test]
fn parts_of_assisting_units_count_for_them() {
    // One hands its part in, one does not.
    check(
        &format!(
            "{JOINT}
             2026-09-22 09:00 assisted as=unit:GZ-GAJ
             2026-09-22 11:00 reply
             2026-09-22 12:00 submit
             2026-09-22 13:00 pass"
        ),
        &expect![[r#"
            0 - 09-17 15:00:00: orders dispatches_on_time reviews_on_target
            1 GZ-SWJ 09-18 09:00:00: assignments returns_approved verified_on_time
            2 GZ-CGJ 09-22 12:00:00: assignments completed on_time verified_on_time working_seconds=216000 first_handlings rating_open
            3 GZ-GAJ 09-22 12:00:00: assistances_given
            4 GZ-JTJ 09-22 12:00:00: assistances_missed
        "#]],
    );
    // After the lead unit became late it is too late, and the lead unit is late all the same.
    check(
        &format!(
            "{JOINT}
             2026-10-09 09:00 assisted as=unit:GZ-GAJ
             2026-10-10 00:00:01 due handling
             2026-10-10 09:00 assisted as=unit:GZ-JTJ"
        ),
        &expect![[r#"
            0 - 09-17 15:00:00: orders dispatches_on_time
            1 GZ-SWJ 09-18 09:00:00: assignments returns_approved verified_on_time
            2 GZ-CGJ 10-09 23:59:59.999: assignments late_unexcused overdue_open verified_on_time
            3 GZ-GAJ 10-09 23:59:59.999: assistances_given
            4 GZ-JTJ 10-09 23:59:59.999: assistances_missed
            open GZ-CGJ 2026-10-09 24:00 NoReply
        "#]],
    );
    // Released, or objecting in vain of an answer: nothing is owed.
    check(
        &format!(
            "{JOINT}
             2026-09-21 09:00 object as=unit:GZ-GAJ
             2026-09-21 10:00 release GZ-GAJ
             2026-09-21 11:00 object as=unit:GZ-JTJ
             2026-09-22 11:00 reply
             2026-09-22 12:00 submit
             2026-09-22 13:00 pass"
        ),
        &expect![[r#"
            0 - 09-17 15:00:00: orders dispatches_on_time reviews_on_target
            1 GZ-SWJ 09-18 09:00:00: assignments returns_approved verified_on_time
            2 GZ-CGJ 09-22 12:00:00: assignments completed on_time verified_on_time working_seconds=216000 first_handlings rating_open
        "#]],
    );
}

/// Counts, and the rate of them in thousandths, rounded half up.
#[test]
fn a_rate_is_made_of_whole_numbers() {
    let formulas = Formulas::of(&RuleSet::guangzhou_2023().options);
    let overdue = formulas.formula("overdue").unwrap();
    let time = formulas.formula("handling_time").unwrap();
    for (on_time, late, expected) in [
        (0, 0, None),
        (1, 0, Some(0)),
        (0, 1, Some(1000)),
        (2, 1, Some(333)),
        (1, 2, Some(667)),
        (1999, 1, Some(1)),
        (2000, 1, Some(0)),
    ] {
        let mut tally = Tally::default();
        tally.add(Measure::OnTime, on_time);
        tally.add(Measure::LateUnexcused, late);
        let ratio = overdue.ratio(&tally);
        assert_eq!(
            (ratio.numerator, ratio.denominator, ratio.value),
            (late, on_time + late, expected)
        );
    }
    let mut tally = Tally::default();
    tally.add(Measure::WorkingSeconds, 100_001);
    tally.add(Measure::Completed, 2);
    assert_eq!(time.ratio(&tally).value, Some(50_001));
}
