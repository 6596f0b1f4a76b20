//! Both sides of each limit, and the examples of the rule catalogue.

use knowledge_base::Entry;
use knowledge_base::change::Lead;
use knowledge_base::point::{Span, validity_of};
use knowledge_base::rules::OutageStart;
use lifecycle::ids::UnitCode;

use super::script::{World, brief, check, day, instant, published};

/// R67 with its examples: kind, day of publication, last day. Calendar months, not 30 days each.
#[test]
fn longest_validity_by_kind() {
    for (kind, from, last) in [
        ("script", "2026-08-31", "2027-02-28"),
        ("script", "2026-03-01", "2026-09-01"),
        ("script", "2027-08-31", "2028-02-29"),
        ("guide", "2024-02-29", "2025-02-28"),
        ("guide", "2026-01-01", "2027-01-01"),
        ("policy", "2024-02-29", "2029-02-28"),
        ("policy", "2023-06-15", "2028-06-15"),
        ("interpretation", "2025-12-31", "2026-12-31"),
    ] {
        let mut world = World::new();
        assert!(world.run(&published(from, "23:59", kind)).is_ok(), "{kind}");
        let validity = world.point("p").validity.clone().unwrap();
        assert_eq!(validity.last_day(), day(last), "{kind} {from}");
        assert_eq!(validity.expiry.rule, "R67");
        assert_eq!(validity.expiry.article, "第三十五条");
        assert!(!validity.is_longer());
        // Through 24:00 of the last day, and no instant longer (T8); no timer has fired.
        let point = world.point("p");
        let end = calendar::end_of(day(last));
        assert!(point.may_answer_directly(end));
        assert!(!point.may_answer_directly(end + chrono::TimeDelta::nanoseconds(1)));
        let before = instant(from, "23:58");
        assert!(!point.may_answer_directly(before));
    }
}

/// R67: one day more than the law allows needs its reason, whatever way the length is given.
#[test]
fn longer_than_the_law() {
    for (words, expected) in [
        ("script months=6", "submitted | GZ-CGJ: awaits_review"),
        ("script months=7", "rejected: validity-too-long"),
        (
            "script months=7 reason=长期",
            "submitted | GZ-CGJ: awaits_review",
        ),
        (
            "script until=2026-09-01",
            "submitted | GZ-CGJ: awaits_review",
        ),
        ("script until=2026-09-02", "rejected: validity-too-long"),
        (
            "script until=2026-03-01",
            "submitted | GZ-CGJ: awaits_review",
        ),
        ("script until=2026-02-28", "rejected: impossible-time"),
        ("script months=0", "rejected: malformed-field"),
        ("policy months=60", "submitted | GZ-CGJ: awaits_review"),
        ("policy months=61", "rejected: validity-too-long"),
        ("guide months=12", "submitted | GZ-CGJ: awaits_review"),
        ("guide months=13", "rejected: validity-too-long"),
        (
            "script months=65535 reason=长期",
            "submitted | GZ-CGJ: awaits_review",
        ),
    ] {
        let script = format!(
            "2026-03-01 09:00 p draft {words}
             2026-03-01 09:00 p check
             2026-03-01 09:00 p submit"
        );
        check(&script, expected);
    }
}

/// R67: reminders 30, 7 and 1 days before the last day, at 00:00; none for a length that is shorter.
#[test]
fn reminders_and_expiry() {
    let mut world = World::new();
    world
        .run(&published("2026-03-01", "09:00", "script"))
        .unwrap();
    assert_eq!(
        world.timers("p"),
        [
            "2026-08-01 24:00 remind 30",
            "2026-08-24 24:00 remind 7",
            "2026-08-30 24:00 remind 1",
            "2026-09-01 24:00 expiry",
        ]
    );
    for (line, expected) in [
        (
            "2026-08-02 00:00:00 p due remind 30",
            "rejected: nothing-due",
        ),
        (
            "2026-08-02 00:00:01 p due remind 7",
            "rejected: nothing-due",
        ),
        (
            "2026-08-02 00:00:01 p due remind 30",
            "reminded | GZ-CGJ: expires_soon",
        ),
        (
            "2026-08-02 00:00:02 p due remind 30",
            "rejected: nothing-due",
        ),
        // Two that passed unseen are one.
        (
            "2026-08-31 08:00 p due remind 7",
            "reminded | GZ-CGJ: expires_soon",
        ),
        ("2026-08-31 08:00 p due remind 1", "rejected: nothing-due"),
        ("2026-09-02 00:00:00 p due expiry", "rejected: nothing-due"),
        (
            "2026-09-02 00:00:01 p due expiry",
            "expired | GZ-CGJ: expired | centre: expired",
        ),
        ("2026-09-02 00:00:02 p due expiry", "rejected: nothing-due"),
    ] {
        assert_eq!(brief(&world.step(line)), expected, "{line}");
    }
    assert!(world.timers("p").is_empty());
    let mut world = World::new();
    world
        .run(&published("2026-03-01", "09:00", "script until=2026-03-04"))
        .unwrap();
    assert_eq!(
        world.timers("p"),
        ["2026-03-02 24:00 remind 1", "2026-03-04 24:00 expiry"]
    );
}

/// R67: before the end, not after it, and the new length counts from the confirmation.
#[test]
fn confirmation() {
    let point = published("2026-03-01", "09:00", "script months=3");
    for (line, expected) in [
        ("2026-06-02 00:00:00 p confirm", "confirmed"),
        ("2026-06-02 00:00:01 p confirm", "rejected: point-expired"),
        ("2026-06-01 09:00 p confirm months=6", "confirmed"),
        (
            "2026-06-01 09:00 p confirm months=7",
            "rejected: validity-too-long",
        ),
    ] {
        let script = format!("{point}{line}");
        check(&script, expected);
    }
    let mut world = World::new();
    world
        .run(&format!("{point}2026-05-15 09:00 p confirm"))
        .unwrap();
    assert_eq!(
        world.point("p").validity.as_ref().unwrap().last_day(),
        day("2026-08-15")
    );
    // A fixed day does not come again.
    let until = published("2026-03-01", "09:00", "script until=2026-05-01");
    check(
        &format!("{until}2026-04-30 09:00 p confirm"),
        "rejected: missing-field",
    );
    check(
        &format!("{until}2026-04-30 09:00 p confirm until=2026-10-30"),
        "confirmed",
    );
    check(
        &format!("{until}2026-04-30 09:00 p confirm until=2026-10-31"),
        "rejected: validity-too-long",
    );
}

/// R68 with its example, over the Dragon Boat holiday.
#[test]
fn feedback_in_working_days() {
    for (urgency, kind, due) in [
        ("", "feedback", "2026-06-23 24:00"),
        ("emergency", "emergency_feedback", "2026-06-22 24:00"),
    ] {
        let mut world = World::new();
        world
            .run(&format!("2026-06-18 16:00 f open new {urgency}"))
            .unwrap();
        assert_eq!(world.timers("f"), [format!("{due} {kind}")]);
        let Entry::Feedback(feedback) = &world.entries["f"] else {
            panic!()
        };
        let deadline = &feedback.answer_by;
        assert_eq!(
            (deadline.rule.as_str(), deadline.article.as_str()),
            ("R68", "第三十六条第二款")
        );
        assert_eq!(deadline.trigger_seq, 1);
        assert!(!deadline.due.provisional);
    }
    let open = "2026-06-18 16:00 f open new\n";
    for (line, expected) in [
        (
            "2026-06-24 00:00:00 f answer nothing why",
            "answered | centre: feedback_answered",
        ),
        (
            "2026-06-24 00:00:01 f answer nothing why",
            "deadline_marked answered | GZ-CGJ: overdue | leader of GZ-CGJ: overdue | \
             centre: overdue | centre: feedback_answered",
        ),
        (
            "2026-06-24 00:00:00 f due feedback",
            "rejected: nothing-due",
        ),
        (
            "2026-06-24 00:00:01 f due feedback",
            "deadline_marked | GZ-CGJ: overdue | leader of GZ-CGJ: overdue | centre: overdue",
        ),
        (
            "2026-06-24 00:00:01 f due emergency_feedback",
            "rejected: nothing-due",
        ),
    ] {
        check(&format!("{open}{line}"), expected);
    }
}

/// R69 with its example: no minimum, but what is late or short says so.
#[test]
fn lead_of_a_change() {
    for (at, lead) in [
        ("2026-07-06 10:00", Lead::NotInAdvance),
        ("2026-07-06 00:00:00", Lead::NotInAdvance),
        ("2026-07-05 23:59:59", Lead::Short { working_days: 0 }),
        ("2026-07-02 10:00", Lead::Short { working_days: 1 }),
        ("2026-07-01 23:59", Lead::Short { working_days: 2 }),
        ("2026-06-30 23:59", Lead::InTime { working_days: 3 }),
    ] {
        let mut world = World::new();
        world.run(&format!("{at} c announce 2026-07-06")).unwrap();
        let Entry::Change(change) = &world.entries["c"] else {
            panic!()
        };
        assert_eq!(change.lead, lead, "{at}");
        assert_eq!(change.took_effect_at.is_some(), lead == Lead::NotInAdvance);
    }
}

/// R70 with its example, in a holiday: one calendar day, then the second stage.
#[test]
fn outage_in_calendar_days() {
    let mut world = World::new();
    world.run("2026-10-02 08:00 o report").unwrap();
    assert_eq!(
        world.timers("o"),
        [
            "2026-10-03 24:00 outage_script",
            "2026-10-03 24:00 second stage"
        ]
    );
    let report = "2026-10-02 08:00 o report\n";
    let late = "GZ-CGJ: overdue | leader of GZ-CGJ: overdue | centre: overdue";
    let second = "GZ-CGJ: second_stage | leader of GZ-CGJ: second_stage | centre: second_stage";
    let ended = "GZ-CGJ: outage_ended | centre: outage_ended";
    for (line, expected) in [
        (
            "2026-10-04 00:00:00 o script",
            "script_provided | centre: script_provided".to_owned(),
        ),
        (
            "2026-10-04 00:00:01 o script",
            format!(
                "deadline_marked second_stage_begun script_provided | {late} | {second} | \
                 centre: script_provided"
            ),
        ),
        (
            "2026-10-04 00:00:00 o due second",
            "rejected: nothing-due".to_owned(),
        ),
        (
            "2026-10-04 00:00:01 o due second",
            format!("deadline_marked second_stage_begun | {late} | {second}"),
        ),
        // What works again at the instant itself does not last into the second stage, whenever that is
        // told.
        (
            "2026-10-09 09:00 o end 2026-10-04T00:00",
            format!("ended | {ended}"),
        ),
        (
            "2026-10-09 09:00 o end 2026-10-04T00:00:01",
            format!("deadline_marked second_stage_begun ended | {late} | {second} | {ended}"),
        ),
        (
            "2026-10-09 09:00 o end 2026-10-09T09:01",
            "rejected: impossible-time".to_owned(),
        ),
        (
            "2026-10-09 09:00 o end 2026-10-02T07:59",
            "rejected: impossible-time".to_owned(),
        ),
    ] {
        check(&format!("{report}{line}"), &expected);
    }
}

/// A-21: from the outage where its start is known, or from the report.
#[test]
fn start_of_an_outage() {
    let report = "2026-10-02 08:00 o report since=2026-10-01T23:00";
    for (start, due) in [
        (OutageStart::OutageOrReport, "2026-10-02 24:00"),
        (OutageStart::Report, "2026-10-03 24:00"),
    ] {
        let mut world = World::new();
        world.rules.outage_start = start;
        world.run(report).unwrap();
        assert_eq!(world.timers("o")[0], format!("{due} outage_script"));
    }
    // The other reading of one calendar day: 24 hours.
    let mut world = World::new();
    world.rules.outage_script = calendar::Period::Hours(24);
    world.run(report).unwrap();
    assert_eq!(world.timers("o")[0], "2026-10-02 23:00:00 outage_script");
}

/// P14: an announcement of 2027 moves what was provisional; a miss stays.
#[test]
fn new_calendar() {
    let mut world = World::new();
    world.run("2026-12-31 10:00 f open new").unwrap();
    assert_eq!(world.timers("f"), ["2027-01-05 24:00 feedback"]);
    check(
        "2026-12-31 10:00 f open new\n2026-12-31 11:00 f recompute",
        "rejected: nothing-due",
    );
    let json =
        r#"{"year": 2027, "notice": "test", "off": ["2027-01-01", "2027-01-04", "2027-01-05"]}"#;
    let notice = calendar::Calendar::parse_year_json(json).unwrap();
    world.calendar = world.calendar.with_year(notice).unwrap();
    let now = instant("2026-12-31", "12:00");
    let needed = |world: &World| {
        knowledge_base::needs_recomputation(&world.entries["f"], &world.context(now))
    };
    assert!(needed(&world));
    let answer = world.step("2026-12-31 12:00 f recompute");
    assert_eq!(
        brief(&answer),
        "deadline_recomputed | GZ-CGJ: deadline_recomputed"
    );
    assert_eq!(world.timers("f"), ["2027-01-07 24:00 feedback"]);
    assert!(!needed(&world));
}

/// A period beyond the dates that there are is told, not computed wrongly.
#[test]
fn impossible_periods() {
    let world = World::new();
    let now = "+262000-01-01T00:00:00Z".parse().unwrap();
    let unit = UnitCode::new("GZ-CGJ");
    let kind = contract::knowledge::PointKind::Policy;
    let far = validity_of(kind, Span::Months(u16::MAX), &unit, 1, &world.context(now));
    assert_eq!(far.unwrap_err().code(), "period-out-of-range");
}
