//! Art. 25: answers to supervisions (R47–R51).

use super::sides;
use crate::script::World;
use crate::show::check;

/// Overdue since 2026-02-10 24:00, and supervised on Friday 2026-02-13.
const OVERDUE: &str = "
    2026-01-27 09:00 register complaint
    2026-01-27 10:00 dispatch GZ-CGJ
    2026-01-27 11:00 accept
    2026-02-11 00:00:01 due handling
    2026-02-13 10:00 supervise overdue";

#[track_caller]
fn answered_until(past: &str, due_at: &str) {
    let answered = "supervision_answered";
    let late = "deadline_marked(supervision Passed) + supervision_answered";
    sides(
        past,
        due_at,
        "answer_supervision",
        [answered, answered, late],
    );
    let nothing = "rejected: nothing-due";
    let marked = "deadline_marked(supervision Passed)";
    sides(past, due_at, "due supervision", [nothing, nothing, marked]);
}

#[test]
fn overdue_two_working_days() {
    // R48: received Friday 2026-02-13: 02-14 (made up) and 02-24.
    answered_until(OVERDUE, "2026-02-25 00:00:00");
}

#[test]
fn feedback_five_working_days() {
    // R49: received the same day: 14, 24, 25, 26, 27 February.
    let past = "
        2026-02-12 09:00 register complaint
        2026-02-12 10:00 dispatch GZ-CGJ
        2026-02-12 11:00 submit not_wanted
        2026-02-13 10:00 supervise feedback";
    answered_until(past, "2026-02-28 00:00:00");
}

#[test]
fn a_limit_of_the_centre() {
    // R47.
    let past = "
        2026-02-12 09:00 register complaint
        2026-02-12 10:00 dispatch GZ-CGJ
        2026-02-12 11:00 submit not_wanted
        2026-02-13 10:00 supervise 24h";
    answered_until(past, "2026-02-14 10:00:00");
}

#[test]
fn an_objection_has_two_addressees() {
    // R51: five working days each, for unit and guidance unit apart, after the order has ended.
    let past = format!(
        "{}
         2026-05-11 10:12 follow_up
         2026-05-11 10:13 statement
         2026-05-12 09:00 supervise objection guidance=GZ-SJJ",
        crate::rejections::TWICE
    );
    let due_at = "2026-05-20 00:00:00";
    let answered = "supervision_answered";
    let of_both = "deadline_marked(supervision Passed) + deadline_marked(guidance_feedback Passed)";
    let late = format!("{of_both} + supervision_answered");
    for unit in ["GZ-CGJ", "GZ-SJJ"] {
        let answer = format!("answer_supervision as=unit:{unit}");
        sides(&past, due_at, &answer, [answered, answered, &late]);
    }
    let nothing = "rejected: nothing-due";
    sides(
        &past,
        due_at,
        "due supervision",
        [nothing, nothing, of_both],
    );
    let of_one = "deadline_marked(guidance_feedback Passed)";
    sides(
        &format!("{past}\n2026-05-13 09:00 answer_supervision"),
        due_at,
        "due guidance_feedback",
        [nothing, nothing, of_one],
    );
    let mut world = World::after(&past);
    world.step("2026-05-20 00:00:01 due guidance_feedback");
    let owners: Vec<&str> = world
        .order()
        .missed
        .iter()
        .filter_map(|it| Some(it.unit.as_ref()?.as_str()))
        .collect();
    assert_eq!(owners, ["GZ-CGJ", "GZ-SJJ"]);
}

#[test]
fn long_term_matters_have_no_limit_in_days() {
    // R50.
    let past = "
        2026-02-12 09:00 register complaint
        2026-02-12 10:00 dispatch GZ-CGJ
        2026-02-12 10:30 list 逾期交楼
        2026-02-12 11:00 submit not_wanted
        2026-02-13 10:00 supervise long_term";
    check(
        &format!("{past}\n2026-08-13 10:00 due supervision"),
        "rejected: nothing-due",
    );
    check(
        &format!("{past}\n2026-08-13 10:00 answer_supervision"),
        "supervision_answered",
    );
}

#[test]
fn an_answer_that_is_refused_leaves_the_limit() {
    // R47: answered in time, refused in time, due as before.
    let refused = format!(
        "{OVERDUE}
         2026-02-14 09:00 answer_supervision
         2026-02-14 10:00 reject_answer"
    );
    answered_until(&refused, "2026-02-25 00:00:00");
    // Refused after the limit, the miss shows at once.
    let late = format!(
        "{OVERDUE}
         2026-02-14 09:00 answer_supervision
         2026-02-26 10:00 reject_answer
         2026-02-26 10:00:01 answer_supervision"
    );
    check(
        &late,
        "deadline_marked(supervision Passed) + supervision_answered",
    );
    let accepted =
        format!("{OVERDUE}\n2026-02-14 09:00 answer_supervision\n2026-02-26 10:00 accept_answer");
    check(&accepted, "supervision_accepted");
    check(
        &format!("{accepted}\n2026-02-26 11:00 due supervision"),
        "rejected: nothing-due",
    );
}

#[test]
fn each_case_is_founded() {
    // R48, R50, R51.
    let dispatched = "2026-02-12 09:00 register complaint\n2026-02-12 10:00 dispatch GZ-CGJ";
    let unfounded = "rejected: supervision-unfounded";
    check(
        "2026-02-12 09:00 register complaint\n2026-02-12 10:00 supervise feedback",
        unfounded,
    );
    for case in [
        "overdue",
        "long_term",
        "objection guidance=GZ-SJJ",
        "feedback guidance=GZ-SJJ",
        "3wd guidance=GZ-SJJ",
    ] {
        check(
            &format!("{dispatched}\n2026-02-13 09:00 supervise {case}"),
            unfounded,
        );
    }
    // Overdue, whether the timer has fired yet or not.
    check(
        &format!("{dispatched}\n2026-03-20 09:00 supervise overdue"),
        "deadline_marked(verification Passed) + duty_deemed_accepted + \
         deadline_marked(handling Passed) + supervised",
    );
    let filed = format!(
        "{}
         2026-05-11 10:12 follow_up
         2026-05-11 10:13 statement",
        crate::rejections::TWICE
    );
    check(
        &format!("{filed}\n2026-05-12 09:00 supervise objection"),
        "rejected: missing-field",
    );
    check(
        &format!("{filed}\n2026-05-12 09:00 supervise objection guidance=GZ-XXX"),
        "rejected: unknown-unit",
    );
    check(
        &format!("{OVERDUE}\n2026-02-14 09:00 answer_supervision explained=no"),
        "rejected: delay-unexplained",
    );
    check(
        &format!("{OVERDUE}\n2026-02-14 09:00 accept_answer"),
        "rejected: no-supervision-waits",
    );
    check(
        &format!(
            "{OVERDUE}\n2026-02-14 09:00 answer_supervision\n2026-02-14 09:01 answer_supervision"
        ),
        "rejected: no-supervision-waits",
    );
}
