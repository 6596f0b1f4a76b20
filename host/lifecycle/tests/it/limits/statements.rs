//! Art. 20: what affects the handling begins the period anew, from the day on which it was received.

use calendar::due_text;

use super::sides;
use crate::script::World;
use crate::show::{check, told};

/// Dispatched on Monday 2026-05-11, due 05-25; something was added on Saturday 05-16 at 11:00.
const ADDED: &str = "
    2026-05-11 09:00 register complaint
    2026-05-11 10:00 dispatch GZ-CGJ
    2026-05-11 11:00 accept
    2026-05-16 11:05 add at=11:00";

fn due_of(world: &World) -> String {
    due_text(world.order().assignment().unwrap().handle_by.due.due_at)
}

#[test]
fn from_its_receipt_not_from_the_judgement() {
    // R38: judged on Tuesday 05-19 only, and still counted from 05-18: due Friday 05-29 24:00.
    let judged = format!("{ADDED}\n2026-05-19 10:00 judge affects\n2026-05-19 10:30 reply");
    let world = World::after(&judged);
    let deadline = &world.order().assignment().unwrap().handle_by;
    assert_eq!(deadline.rule, "R38");
    assert_eq!(deadline.due.counted[0].to_string(), "2026-05-18");
    assert_eq!(due_of(&world), "2026-05-29 24:00");
    sides(
        &judged,
        "2026-05-30 00:00:00",
        "submit",
        [
            "submitted",
            "submitted",
            "deadline_marked(handling Passed) + submitted",
        ],
    );
}

#[test]
fn without_effect_the_clock_runs_on() {
    // R39: due stays 05-25; it is recorded, and the requester is told.
    let judged = format!("{ADDED}\n2026-05-19 10:00 judge not\n2026-05-19 10:30 reply");
    assert_eq!(due_of(&World::after(&judged)), "2026-05-25 24:00");
    sides(
        &judged,
        "2026-05-26 00:00:00",
        "submit",
        [
            "submitted",
            "submitted",
            "deadline_marked(handling Passed) + submitted",
        ],
    );
}

#[test]
fn while_it_is_not_judged_the_old_clock_runs() {
    // T11: nothing pauses.
    let nothing = "rejected: nothing-due";
    sides(
        ADDED,
        "2026-05-26 00:00:00",
        "due handling",
        [nothing, nothing, "deadline_marked(handling Passed)"],
    );
    // judged after the expiry, the miss stays and another period runs.
    let late = format!("{ADDED}\n2026-05-26 09:00 judge affects");
    check(&late, "deadline_marked(handling Passed) + statement_judged");
    let world = World::after(&late);
    assert!(world.order().is_overdue());
    assert_eq!(due_of(&world), "2026-05-29 24:00");
}

#[test]
fn what_was_added_after_the_expiry() {
    // a new period from then; missed twice, it is missed twice.
    let script = "
        2026-05-11 09:00 register complaint
        2026-05-11 10:00 dispatch GZ-CGJ
        2026-05-11 11:00 accept
        2026-05-26 09:00 due handling
        2026-05-27 10:00 add
        2026-05-27 11:00 judge affects
        2026-06-11 00:00:01 due handling";
    let world = World::after(script);
    assert_eq!(due_of(&world), "2026-06-10 24:00");
    assert_eq!(
        world
            .order()
            .missed
            .iter()
            .filter(|it| it.unit.is_some())
            .count(),
        2
    );
}

#[test]
fn restarts_without_end_are_laid_before_the_centre() {
    // the third within one assignment.
    let mut world = World::after(ADDED);
    world.accept("2026-05-19 10:00 judge affects");
    world.accept("2026-05-20 10:00 add\n2026-05-20 11:00 judge affects");
    world.accept("2026-05-21 10:00 add");
    let third = world.step("2026-05-21 11:00 judge affects");
    let told = told(&third.result);
    assert!(
        told.contains(&"tell center: RestartedOften, 3 times".to_owned()),
        "{told:?}"
    );
    assert!(told.contains(&"tell requester: HandlingRestarted until 2026-06-04 24:00".to_owned()));
}

#[test]
fn a_special_limit_begins_anew_with_its_length() {
    // R23, R38: days as days; a document that names an instant gives the days up to it.
    for (limit, due_at) in [
        ("5nd", "2026-05-21 24:00"),
        ("36h", "2026-05-17 23:00:00"),
        ("2026-05-20t12:00", "2026-05-25 24:00"),
    ] {
        let world = World::after(&format!(
            "2026-05-11 09:00 register complaint
             2026-05-11 10:00 dispatch GZ-CGJ limit={limit} basis=粤办函1号
             2026-05-11 11:00 accept
             2026-05-16 11:05 add at=11:00
             2026-05-19 10:00 judge affects"
        ));
        assert_eq!(due_of(&world), due_at, "{limit}");
    }
}

#[test]
fn only_before_the_submission() {
    // R38: but for a report that failed.
    let submitted = "
        2026-05-11 09:00 register complaint
        2026-05-11 10:00 dispatch GZ-CGJ
        2026-05-12 10:00 submit not_wanted";
    check(
        &format!("{submitted}\n2026-05-12 11:00 add"),
        "rejected: statement-too-late",
    );
    check(
        &format!("{submitted}\n2026-05-13 09:00 fail\n2026-05-13 11:00 add"),
        "statement_added",
    );
}

#[test]
fn in_the_second_handling_too() {
    // R59: the text is silent; facts may begin the period anew, extensions may not.
    let again = super::second_handling::SENT_BACK;
    let world = World::after(&format!(
        "{again}\n2026-10-13 10:00 add\n2026-10-14 10:00 judge affects"
    ));
    assert_eq!(due_of(&world), "2026-10-27 24:00");
}

#[test]
fn only_the_unit_to_which_it_came_judges_it() {
    // R38: what came before the dispatch is a part of the request.
    let before = "
        2026-05-11 09:00 register complaint
        2026-05-11 09:30 add
        2026-05-11 10:00 dispatch GZ-CGJ";
    check(
        &format!("{before}\n2026-05-12 10:00 submit not_wanted"),
        "duty_accepted + submitted",
    );
    check(
        &format!("{before}\n2026-05-12 10:00 judge affects statement=2"),
        "rejected: nothing-to-judge",
    );
    let applied = "
        2026-05-11 09:00 register complaint
        2026-05-11 10:00 dispatch GZ-CGJ
        2026-05-12 10:00 return duty
        2026-05-12 11:00 add";
    check(
        &format!("{applied}\n2026-05-12 12:00 reject\n2026-05-12 13:00 submit not_wanted"),
        "rejected: statement-unjudged",
    );
    let next = format!("{applied}\n2026-05-12 12:00 approve\n2026-05-12 12:30 dispatch GZ-GAJ");
    check(
        &format!("{next}\n2026-05-12 13:00 submit not_wanted"),
        "duty_accepted + submitted",
    );
}
