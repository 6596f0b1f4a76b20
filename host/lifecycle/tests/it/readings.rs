//! What the text leaves open (catalogue, A-01 to A-30): the default reading of each, and the other one, on the same
//! story.

use lifecycle::ruleset::{
    Anonymous, AttemptBase, CalendarDayEnd, CallBack, CommendationCourse, ExtensionApproval,
    IncompleteCall, LateAddition, Lateness, Options, RatingChoiceCounts, Receipt,
    ReclassifiedPeriods, RegistrationInstant, ReturnReview, SecondExtension, SendBackDuty,
    StatementRound, UnitEnded,
};

use crate::script::World;
use crate::show::{brief, state};

/// Tells the story under the default and under the other reading; compares what its last line came to,
/// with the state after it where a reading shows only there.
#[track_caller]
fn readings(story: &str, other: impl FnOnce(&mut Options), [first, second]: [&str; 2]) {
    let told = |mut world: World| {
        let result = brief(&world.run(story).result);
        format!("{result} = {} =", state(world.order()))
    };
    let default = told(World::new());
    assert!(
        default.contains(first),
        "default reading: {default}\n{story}"
    );
    let read_otherwise = told(World::under(|rules| other(&mut rules.options)));
    assert!(
        read_otherwise.contains(second),
        "other reading: {read_otherwise}\n{story}"
    );
    assert!(
        !default.contains(second),
        "both readings come to the same: {default}\n{story}"
    );
}

const DISPATCHED: &str = "
    2026-09-15 10:00 register complaint
    2026-09-16 10:00 dispatch GZ-CGJ";
const OFFERED: &str = "
    2026-09-15 10:00 register complaint
    2026-09-16 10:00 dispatch GZ-CGJ
    2026-09-16 11:00 accept
    2026-09-29 10:00 reply
    2026-09-29 17:00 submit
    2026-09-30 18:00 pass
    2026-10-01 09:31 offer sent=09:00 delivered=09:30";

#[test]
fn a_limit_in_calendar_days_that_ends_on_a_day_off() {
    // received on Thursday 10-01, a holiday; five days end on 10-06, the holidays on 10-07.
    readings(
        OFFERED,
        |options| options.calendar_day_end = CalendarDayEnd::OnAWorkingDay,
        ["2026-10-06 24:00", "2026-10-08 24:00"],
    );
}

#[test]
fn a_submission_on_the_days_off_after_the_last_day() {
    // dispatched on 09-16, ten working days end on Wednesday 09-30; 10-01 to 10-07 are holidays.
    let story = format!(
        "{DISPATCHED}
        2026-09-16 11:00 accept
        2026-10-03 10:00 reply
        2026-10-03 11:00 submit"
    );
    let missed = |change: fn(&mut Options)| {
        let mut world = World::under(|rules| change(&mut rules.options));
        world.accept(&story);
        world.order().missed.len()
    };
    assert_eq!(missed(|_| ()), 1);
    assert_eq!(
        missed(|options| options.lateness = Lateness::WorkingTime),
        0
    );
}

#[test]
fn receipt() {
    // dispatched on Wednesday 09-16, accepted on Friday 09-18; ten days from the one or the other.
    readings(
        &format!("{DISPATCHED}\n2026-09-18 11:00 accept"),
        |options| options.receipt = Receipt::AtAcceptance,
        ["2026-09-30 24:00", "2026-10-09 24:00"],
    );
}

#[test]
fn the_instant_of_a_registration_that_waited() {
    // contact on Monday 09-14, complete on Thursday 09-17; one working day to dispatch.
    readings(
        "2026-09-14 10:00 register complaint missing=yes
        2026-09-17 10:00 supply
        2026-09-17 10:10 assess sufficient",
        |options| options.registration_instant = RegistrationInstant::AtFirstContact,
        ["2026-09-18 24:00", "2026-09-15 24:00"],
    );
}

#[test]
fn a_call_in_between() {
    // 10:00, 10:10, 10:20, 10:40 count thrice after counted calls; after any call only twice.
    readings(
        "2026-09-14 09:00 register complaint missing=yes
        2026-09-14 10:01 call 10:00..10:01 unanswered as=operator
        2026-09-14 10:11 call 10:10..10:11 unanswered as=operator
        2026-09-14 10:21 call 10:20..10:21 unanswered as=operator
        2026-09-14 10:41 call 10:40..10:41 unanswered as=operator
        2026-09-14 10:50 close_incomplete unreachable",
        |options| options.attempt_base = AttemptBase::LastAttempt,
        ["closed(CR02)", "rejected: too-few-contact-attempts"],
    );
}

#[test]
fn what_a_unit_ended_without_handling_it() {
    // A-09, R27.
    readings(
        &format!(
            "{DISPATCHED}
            2026-09-16 11:00 accept
            2026-09-17 10:00 reply
            2026-09-17 11:00 submit end=statutory
            2026-09-18 10:00 pass"
        ),
        |options| options.unit_ended = UnitEnded::NotRated,
        ["awaiting_rating_offer", "review_passed + closed(CR07)"],
    );
}

#[test]
fn the_approval_of_an_extension() {
    //
    let other = |options: &mut Options| options.extension_approval = ExtensionApproval::Center;
    let filed = format!("{DISPATCHED}\n2026-09-18 10:00 extend 5wd");
    readings(
        &filed,
        other,
        ["extended", "rejected: extension-needs-approval"],
    );
    let mut world = World::under(|rules| other(&mut rules.options));
    let approved = world.run(&format!("{filed} approval=DOC-9"));
    assert_eq!(brief(&approved.result), "extended");
}

#[test]
fn the_base_of_a_second_extension() {
    // ten days end on 09-30; two extensions of five and eight days, one after the other or both
    // from 09-30.
    readings(
        &format!(
            "{DISPATCHED}
            2026-09-18 10:00 extend 5wd
            2026-09-18 10:01 told
            2026-09-21 10:00 extend 8wd"
        ),
        |options| options.second_extension = SecondExtension::FromTheFirstExpiry,
        ["2026-10-23 24:00", "2026-10-16 24:00"],
    );
}

#[test]
fn a_second_extension_that_ends_before_the_first() {
    // three days from the first expiry end before the five of the first extension do.
    readings(
        &format!(
            "{DISPATCHED}
            2026-09-18 10:00 extend 5wd
            2026-09-18 10:01 told
            2026-09-21 10:00 extend 3wd"
        ),
        |options| options.second_extension = SecondExtension::FromTheFirstExpiry,
        ["extended", "rejected: period-out-of-range"],
    );
}

#[test]
fn an_addition_after_the_due_instant() {
    //
    readings(
        &format!(
            "{DISPATCHED}
            2026-09-16 11:00 accept
            2026-10-01 00:00:01 due handling
            2026-10-08 09:00 add
            2026-10-08 09:30 judge affects"
        ),
        |options| options.late_addition = LateAddition::UndoesTheMiss,
        ["missed handling", "2026-10-21 24:00 ="],
    );
}

#[test]
fn a_commendation() {
    //
    readings(
        "2026-09-15 10:00 register commendation
        2026-09-16 10:00 dispatch GZ-CGJ
        2026-09-16 11:00 accept",
        |options| options.commendation = CommendationCourse::AsOtherMatters,
        ["closed(CR08)", "in_handling"],
    );
}

#[test]
fn several_ratings() {
    // dissatisfied first, satisfied then.
    let other = |options: &mut Options| options.rating_choice = RatingChoiceCounts::Last;
    let first = format!("{OFFERED}\n2026-10-02 10:00 rate dissatisfied");
    readings(&first, other, ["rated = awaiting_follow_up", "rating_held"]);
    let mut world = World::under(|rules| other(&mut rules.options));
    world.accept(&format!("{first}\n2026-10-03 10:00 rate satisfied"));
    let lapsed = world.step("2026-10-07 00:00:01 due rating");
    assert_eq!(brief(&lapsed.result), "rated + closed(CR12)");
}

const DISSATISFIED: &str = "
    2026-09-15 10:00 register complaint
    2026-09-16 10:00 dispatch GZ-CGJ
    2026-09-16 11:00 accept
    2026-09-29 10:00 reply
    2026-09-29 17:00 submit
    2026-09-30 18:00 pass
    2026-10-01 09:31 offer sent=09:00 delivered=09:30
    2026-10-02 10:00 rate dissatisfied";

#[test]
fn the_duty_to_send_back() {
    // not sent back after the first round.
    let story = format!(
        "{DISSATISFIED}
        2026-10-03 10:00 follow_up
        2026-10-03 11:00 close"
    );
    readings(
        &story,
        |options| options.send_back = SendBackDuty::UnlessExcluded,
        ["closed(CR15)", "rejected: must-be-sent-back"],
    );
    readings(
        &story,
        |options| options.statement_round = StatementRound::Any,
        ["closed(CR15)", "statement_awaited"],
    );
}

#[test]
fn a_type_corrected_at_the_unit() {
    // the two days of the verification begin anew on 09-17, or run since 09-16.
    readings(
        &format!("{DISPATCHED}\n2026-09-17 10:00 reclassify consultation"),
        |options| options.reclassified_periods = ReclassifiedPeriods::Kept,
        ["2026-09-20 24:00", "2026-09-18 24:00"],
    );
}

#[test]
fn a_mind_changed_in_the_call_back() {
    //
    readings(
        &format!("{DISSATISFIED}\n2026-10-03 10:00 follow_up rating=satisfied"),
        |options| options.call_back = CallBack::ReplacesRating,
        [
            "followed_up = awaiting_follow_up",
            "rating_changed + closed(CR12)",
        ],
    );
}

#[test]
fn a_matter_without_a_name() {
    //
    let mut world = World::new();
    let line = "2026-09-15 10:00 register complaint";
    assert_eq!(brief(&world.step(line).result), "registered");
    let mut world = World::under(|rules| rules.options.anonymous = Anonymous::Refused);
    assert_eq!(brief(&world.step(line).result), "rejected: name-required");
    let named = format!("{line} given=name");
    assert_eq!(brief(&world.step(&named).result), "registered");
}

#[test]
fn a_call_that_ended_early() {
    //
    readings(
        "2026-09-15 10:00 register complaint missing=yes",
        |options| options.incomplete_call = IncompleteCall::Registered,
        ["received = awaiting_information", "registered"],
    );
}

#[test]
fn the_time_of_a_refused_return() {
    // applied on 09-17, refused on 09-18; a day and an hour are taken off.
    let seconds = |change: fn(&mut Options)| {
        let mut world = World::under(|rules| change(&mut rules.options));
        world.accept(&format!(
            "{DISPATCHED}
            2026-09-17 10:00 return duty
            2026-09-18 11:00 reject"
        ));
        world.order().assignment().unwrap().return_review_seconds
    };
    assert_eq!(seconds(|_| ()), 0);
    let excused = |options: &mut Options| options.return_review = ReturnReview::ExcusedInAssessment;
    assert_eq!(seconds(excused), 25 * 3600);
}
