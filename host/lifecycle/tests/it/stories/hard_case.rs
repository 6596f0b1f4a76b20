//! Hard cases: returns that open the coordination, and returns that only suggest it (R33, R34, A-14).

use contract::escalation::Trigger;
use expect_test::expect_file;
use lifecycle::ruleset::ReturnCount;

use crate::script::World;
use crate::show::{brief, check, told, transcript};

#[test]
fn three_units_return_it_and_a_fourth_must_keep_it() {
    // Q27: at the border of two districts.
    let script = "
        2026-02-02 09:00 register help_request
        2026-02-02 10:00 dispatch GZ-D106
        2026-02-03 09:00 return facility
        2026-02-03 10:00 approve
        2026-02-04 10:00 dispatch GZ-D111
        2026-02-06 09:00 return area
        2026-02-06 10:00 approve
        2026-02-09 10:00 dispatch GZ-CGJ
        2026-02-10 09:00 return duty
        2026-02-10 10:00 approve escalate=coordinate
        2026-02-10 11:00 ask_opinion inter_district GZ-JTJ
        2026-02-10 11:30 ask_opinion duty_division GZ-BB
        2026-02-13 00:00:01 due opinion
        2026-02-13 09:00 opinion as=unit:GZ-BB
        2026-02-13 10:00 dispatch GZ-D106
        2026-02-13 11:00 return area
        2026-02-24 11:00 accept
        2026-02-24 12:00 reply
        2026-02-24 13:00 submit";
    let rejected = "2026-02-13 11:00 return area";
    let transcript = transcript(script);
    assert!(transcript.contains(rejected));
    expect_file!["../snapshots/story-hard-case.txt"].assert_eq(&transcript);
}

#[test]
fn what_does_not_count_as_a_return() {
    // R33, A-14: applications that were refused, and one unit's alone.
    let script = "
        2026-02-02 09:00 register help_request
        2026-02-02 10:00 dispatch GZ-D106
        2026-02-03 09:00 return facility
        2026-02-03 10:00 reject
        2026-02-03 11:00 submit not_wanted
        2026-02-03 12:00 fail";
    let world = World::after(script);
    assert_eq!(world.order().returned_by().count(), 0);
    check(
        &format!("{script}\n2026-02-03 13:00 return area"),
        "rejected: return-rejected-before",
    );
}

/// Returned by A, by B, and by A again as lead unit.
const A_B_A: &str = "
    2026-02-02 09:00 register help_request
    2026-02-02 10:00 dispatch GZ-CGJ
    2026-02-03 09:00 return facility
    2026-02-03 10:00 approve
    2026-02-04 10:00 dispatch GZ-GAJ
    2026-02-06 09:00 return area
    2026-02-06 10:00 approve
    2026-02-09 10:00 dispatch GZ-CGJ joint=yes
    2026-02-10 09:00 return duty
    2026-02-10 10:00 approve";

#[test]
fn three_returns_by_two_units_suggest_it() {
    // two units are not three; a person may open it all the same, or dispatch.
    let mut world = World::new();
    let answer = world.run(A_B_A);
    assert_eq!(brief(&answer.result), "return_approved");
    assert_eq!(answer.needs.escalation, Some(Trigger::Returned(3)));
    assert!(told(&answer.result).contains(&"tell center: CoordinationSuggested".to_owned()));
    check(
        &format!("{A_B_A}\n2026-02-10 11:00 dispatch GZ-SWJ"),
        "dispatched",
    );
    let opened = format!("{A_B_A}\n2026-02-10 11:00 coordinate");
    check(&opened, "coordination_opened");
    assert!(
        !World::after(&opened)
            .order()
            .coordination
            .as_ref()
            .unwrap()
            .automatic
    );
    // started by hand with fewer returns too, but not before there is any; then as any hard case.
    let lines: Vec<&str> = A_B_A.lines().collect();
    let registered = lines[..2].join("\n");
    check(
        &format!("{registered}\n2026-02-02 11:00 coordinate"),
        "rejected: not-returned",
    );
    for returns in [1, 2] {
        let past = lines[..2 + 3 * returns].join("\n");
        check(
            &format!("{past}\n2026-02-06 11:00 coordinate"),
            "coordination_opened",
        );
        let determined = format!(
            "{past}
             2026-02-06 11:00 coordinate
             2026-02-06 11:05 ask_opinion duty_division GZ-BB
             2026-02-06 11:10 opinion
             2026-02-06 11:15 dispatch GZ-SWJ"
        );
        check(&determined, "dispatched");
        check(
            &format!("{determined}\n2026-02-06 11:20 return duty"),
            "rejected: return-not-allowed",
        );
    }
    // A-14, read otherwise: any three returns, if by more than one unit.
    let mut world = World::under(|rules| rules.options.return_count = ReturnCount::AnyReturns);
    let answer = world.run(A_B_A);
    assert_eq!(
        brief(&answer.result),
        "return_approved + coordination_opened"
    );
}

#[test]
fn on_what_a_unit_is_determined() {
    // R34: one opinion is needed; the authority that was asked gives it, with its document.
    let coordinated = crate::rejections::COORDINATED;
    let line = |line: &str| format!("{coordinated}\n2026-05-11 10:00 {line}");
    check(&line("dispatch GZ-CGJ"), "rejected: opinion-missing");
    check(
        &line("route advice=GZ-CGJ:1000"),
        "rejected: coordination-required",
    );
    check(&line("opinion"), "rejected: no-opinion-asked");
    check(
        &line("ask_opinion duty_division GZ-XXX"),
        "rejected: unknown-unit",
    );
    let asked = line("ask_opinion duty_division GZ-BB");
    check(
        &format!("{asked}\n2026-05-11 11:00 dispatch GZ-CGJ"),
        "rejected: opinion-missing",
    );
    check(
        &format!("{asked}\n2026-05-11 11:00 opinion document=_"),
        "rejected: missing-field",
    );
    // R34: the centre says whose opinion it is; an authority speaks for itself.
    for (words, expected) in [
        ("opinion adviser=none", "rejected: missing-field"),
        ("opinion adviser=GZ-SJJ", "rejected: no-opinion-asked"),
        ("opinion adviser=GZ-BB", "opinion_recorded"),
        ("opinion as=unit:GZ-BB", "opinion_recorded"),
        (
            "opinion as=unit:GZ-BB adviser=GZ-SJJ",
            "rejected: no-opinion-asked",
        ),
    ] {
        check(&format!("{asked}\n2026-05-11 11:00 {words}"), expected);
    }
    // Of two that were asked, the one that is named has answered.
    let mut world = World::after(&asked);
    world.accept("2026-05-11 10:30 ask_opinion legal_application GZ-SJJ");
    world.accept("2026-05-11 11:00 opinion adviser=GZ-SJJ");
    let opinions = &world.order().coordination.as_ref().unwrap().opinions;
    let given: Vec<bool> = opinions.iter().map(|it| it.given.is_some()).collect();
    assert_eq!(given, [false, true]);
    let given = format!("{asked}\n2026-05-11 11:00 opinion");
    check(
        &format!("{given}\n2026-05-11 12:00 opinion"),
        "rejected: no-opinion-asked",
    );
    // Also to a unit that had returned it, which must keep it now.
    let determined = format!("{given}\n2026-05-11 12:00 dispatch GZ-GAJ");
    check(&determined, "dispatched");
    check(
        &format!("{determined}\n2026-05-11 13:00 return duty"),
        "rejected: return-not-allowed",
    );
    check(
        &format!("{determined}\n2026-06-11 13:00 allow_late"),
        "rejected: return-not-allowed",
    );
    check(
        &format!("{determined}\n2026-05-11 13:00 extend 10wd"),
        "extended",
    );
}
