//! Calls that reach nobody: the same counting for the centre (R15), for a unit that must verify (R17)
//! and for a unit that must reply (R40). A-08, P2.

use lifecycle::command::{ContactAttempt, ContactResult};
use lifecycle::contact_series;
use lifecycle::ruleset::{AttemptBase, AttemptGap};

use crate::script::{World, instant};
use crate::show::{brief, check as comes_to, told};

const DAY: &str = "2026-05-25";

/// Calls as `start-end` or `start`, an answered one with `!`; how many count; when the next one would,
/// from end to start and from start to start.
#[rustfmt::skip]
const SERIES: &[(&str, u16, Option<&str>)] = &[
    // The vectors of the catalogue.
    ("10:00 10:15 10:30", 3, Some("10:45")),
    ("10:00 10:14:59 10:30", 2, Some("10:45")),
    ("10:00 10:10 10:16 10:31", 3, Some("10:46")),
    ("10:00 10:15 10:29", 2, Some("10:30")),
    ("10:00:00 10:15:00", 2, Some("10:30")),
    ("21:00 21:15 21:30", 3, Some("21:45")),
    // From the end of the counted call, not from its start.
    ("10:00-10:01 10:15", 1, Some("10:16")),
    ("10:00-10:01 10:16", 2, Some("10:31")),
    ("10:00-10:01 10:15:59", 1, Some("10:16")),
    // A call that does not count does not push the next one back.
    ("10:00 10:14-10:20 10:15", 2, Some("10:30")),
    // In whatever order they were recorded.
    ("10:30 10:00 10:15", 3, Some("10:45")),
    // An answered call voids what was before it, and a new series may begin.
    ("10:00 10:15 10:30!", 0, None),
    ("10:00! 10:15 10:30", 2, Some("10:45")),
    ("10:00 10:15 10:30! 10:31 10:46", 2, Some("11:01")),
    ("10:00 10:15 10:30 10:45!", 0, None),
    ("", 0, None),
];

/// Times of a call, and whether it was answered.
fn call(text: &str) -> (&str, &str, bool) {
    let (times, answered) = match text.strip_suffix('!') {
        Some(times) => (times, true),
        None => (text, false),
    };
    let (start, end) = times.split_once('-').unwrap_or((times, times));
    (start, end, answered)
}

fn attempts(calls: &str) -> Vec<ContactAttempt> {
    let calls = calls.split_whitespace().map(call);
    calls
        .map(|(start, end, answered)| ContactAttempt {
            started_at: instant(DAY, start),
            ended_at: instant(DAY, end),
            result: if answered {
                ContactResult::Answered
            } else {
                ContactResult::Unanswered
            },
            evidence: "CALL".to_owned(),
        })
        .collect()
}

#[test]
fn calls_are_counted_greedily() {
    for (calls, counted, next_from) in SERIES {
        let series = contact_series(
            &attempts(calls),
            15,
            (AttemptGap::EndToStart, AttemptBase::LastCounted),
        );
        assert_eq!(series.counted, *counted, "{calls}");
        assert_eq!(
            series.next_from,
            next_from.map(|time| instant(DAY, time)),
            "{calls}"
        );
    }
}

#[test]
fn from_start_to_start_where_the_rule_set_reads_it_so() {
    // A-08, the other reading: how long it rang makes no difference.
    for (calls, counted) in [
        ("10:00-10:01 10:15", 2),
        ("10:00-10:14 10:15-10:29 10:30", 3),
        ("10:00-10:01 10:14:59", 1),
    ] {
        let series = contact_series(
            &attempts(calls),
            15,
            (AttemptGap::StartToStart, AttemptBase::LastCounted),
        );
        assert_eq!(series.counted, counted, "{calls}");
    }
    let script = |end: &str| {
        format!(
            "2026-05-25 09:00 register complaint
             2026-05-25 09:05 dispatch GZ-CGJ
             2026-05-25 12:00 call 10:00..10:01
             2026-05-25 12:00 call 10:15..10:16
             2026-05-25 12:00 call 10:30..10:31
             2026-05-25 12:01 {end}"
        )
    };
    let too_few = "rejected: too-few-contact-attempts";
    for end in ["submit unreachable", "submit end=unreachable"] {
        assert_eq!(brief(&World::new().run(&script(end)).result), too_few);
        let mut world = World::under(|rules| rules.options.attempt_gap = AttemptGap::StartToStart);
        assert_eq!(
            brief(&world.run(&script(end)).result),
            "duty_accepted + submitted"
        );
    }
}

/// R15, R17, R40: past, who calls, what ends it, and what that comes to.
#[rustfmt::skip]
const RULES: [(&str, &str, &str, &str); 3] = [
    ("2026-05-25 09:00 register complaint missing=yes",
        "as=operator", "close_incomplete unreachable", "closed(CR02)"),
    ("2026-05-25 09:00 register complaint\n2026-05-25 09:05 dispatch GZ-CGJ",
        "as=unit:GZ-CGJ", "submit end=unreachable", "duty_accepted + submitted"),
    ("2026-05-25 09:00 register complaint\n2026-05-25 09:05 dispatch GZ-CGJ",
        "as=unit:GZ-CGJ", "submit unreachable", "duty_accepted + submitted"),
];

#[test]
fn three_counted_calls_end_it_and_fewer_do_not() {
    for (past, caller, end, accepted) in RULES {
        for (calls, counted, _) in SERIES {
            let mut world = World::after(past);
            for (start, until, answered) in calls.split_whitespace().map(call) {
                let result = if answered { "answered" } else { "unanswered" };
                world.accept(&format!(
                    "{DAY} 22:00 call {start}..{until} {result} {caller}"
                ));
            }
            let expected = if *counted >= 3 {
                accepted
            } else if calls.ends_with('!') {
                "rejected: requester-was-reached"
            } else {
                "rejected: too-few-contact-attempts"
            };
            let result = world.step(&format!("{DAY} 22:00 {end}")).result;
            assert_eq!(brief(&result), expected, "{end}: {calls}");
        }
    }
}

#[test]
fn each_calls_while_the_order_is_with_it() {
    // R15, R17: the centre before the dispatch, the unit after it.
    let [(asked, ..), (dispatched, ..), _] = RULES;
    let call = "2026-05-25 10:00 call 09:58..09:59";
    let result = |past: &str, role: &str| {
        brief(&World::after(past).step(&format!("{call} as={role}")).result)
    };
    assert_eq!(result(asked, "operator"), "contact_attempted");
    assert_eq!(
        result(asked, "unit:GZ-CGJ"),
        "rejected: not-the-handling-unit"
    );
    assert_eq!(result(dispatched, "unit:GZ-CGJ"), "contact_attempted");
    assert_eq!(result(dispatched, "operator"), "rejected: wrong-stage");
    // Nobody calls before there is something to call about.
    let early = "2026-05-25 10:00 call 08:58..08:59";
    for (past, caller, ..) in RULES {
        let result = World::after(past).step(&format!("{early} {caller}")).result;
        assert_eq!(brief(&result), "rejected: impossible-time");
    }
    // A commendation that lacks something is asked about like anything else.
    let commendation = "2026-05-25 09:00 register commendation missing=yes";
    assert_eq!(result(commendation, "operator"), "contact_attempted");
}

#[test]
fn the_centre_calls_for_a_unit_that_may_not_know_the_number() {
    // R9: concealed from units, at registration or later; hidden from others alone, or another field, it
    // is the unit that calls.
    let script = |concealed: &str| {
        format!(
            "2026-05-25 09:00 register complaint {concealed}
             2026-05-25 09:05 dispatch GZ-CGJ"
        )
    };
    let call = |past: &str| {
        let line = "2026-05-25 10:00 call 09:58..09:59 as=operator";
        brief(&World::after(past).step(line).result)
    };
    let relayed = script("conceal=phone");
    assert_eq!(call(&relayed), "contact_attempted");
    let later = format!("{}\n2026-05-25 09:10 conceal phone", script(""));
    assert_eq!(call(&later), "contact_attempted");
    for concealed in ["", "conceal=name", "conceal=phone scope=third_parties"] {
        let refused = "rejected: wrong-stage";
        assert_eq!(call(&script(concealed)), refused, "{concealed}");
    }
    // The calls count for the unit, whoever makes them.
    let three = "
        2026-05-25 12:00 call 10:00..10:00 as=operator
        2026-05-25 12:00 call 10:15..10:15 as=operator
        2026-05-25 12:00 call 10:30..10:30
        2026-05-25 12:01 submit end=unreachable";
    let result = World::new().run(&format!("{relayed}\n{three}")).result;
    assert_eq!(brief(&result), "duty_accepted + submitted");
}

#[test]
fn after_an_addition_only_later_calls_count() {
    // R17, R38, R40: who added something has been heard of since.
    let script = |later: &str| {
        format!(
            "2026-05-25 09:00 register complaint
             2026-05-25 09:05 dispatch GZ-CGJ
             2026-05-25 12:00 call 10:00..10:00
             2026-05-25 12:00 call 10:15..10:15
             2026-05-25 12:00 call 10:30..10:30
             2026-05-25 12:01 add
             2026-05-25 12:02 judge affects
             {later}"
        )
    };
    for end in ["submit unreachable", "submit end=unreachable"] {
        let at_once = script(&format!("2026-05-25 12:03 {end}"));
        let too_few = "rejected: too-few-contact-attempts";
        assert_eq!(brief(&World::new().run(&at_once).result), too_few);
        let called_again = script(&format!(
            "2026-05-25 13:00 call 12:05..12:05
             2026-05-25 13:00 call 12:20..12:20
             2026-05-25 13:00 call 12:35..12:35
             2026-05-25 13:00 {end}"
        ));
        let accepted = "duty_accepted + submitted";
        assert_eq!(brief(&World::new().run(&called_again).result), accepted);
    }
}

#[test]
fn calls_at_night_count_and_whoever_makes_them_is_warned() {
    // R15: the law names no hours, the catalogue wants a warning outside 08:00 to 22:00. Both sides.
    let dispatched = "2026-05-11 09:00 register complaint\n2026-05-11 09:05 dispatch GZ-CGJ";
    let asked = "2026-05-11 09:00 register complaint missing=yes";
    let (unit, centre) = ("unit GZ-CGJ", "center");
    for (past, who, role) in [
        (dispatched, unit, "unit:GZ-CGJ"),
        (asked, centre, "operator"),
    ] {
        for (begun, is_usual) in [
            ("07:59:59", false),
            ("08:00:00", true),
            ("21:59:59", true),
            ("22:00:00", false),
            ("03:00:00", false),
        ] {
            let mut world = World::after(past);
            let line = format!("2026-05-12 23:59:59 call {begun}..{begun} as={role}");
            let result = world.step(&line).result;
            assert_eq!(brief(&result), "contact_attempted", "{line}");
            let warning = format!("tell {who}: CalledAtUnusualHour");
            assert_eq!(told(&result).contains(&warning), !is_usual, "{line}");
        }
    }
    let at_night = "
        2026-05-12 06:00 call 03:00..03:01
        2026-05-12 06:00 call 03:20..03:21
        2026-05-12 06:00 call 03:40..03:41
        2026-05-12 06:01 submit end=unreachable";
    comes_to(
        &format!("{dispatched}{at_night}"),
        "duty_accepted + submitted",
    );
}
