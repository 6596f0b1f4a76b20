//! Art. 16–18: the window of a return, the clocks of units that come after it, opinions.

use calendar::due_text;

use super::sides;
use crate::script::World;
use crate::show::check;

/// Dispatched on Thursday 2026-04-30; 1 to 5 May are off.
const DISPATCHED: &str = "
    2026-04-30 09:00 register complaint
    2026-04-30 10:00 dispatch GZ-CGJ";

fn due_of(script: &str) -> String {
    let world = World::after(script);
    due_text(world.order().assignment().unwrap().handle_by.due.due_at)
}

#[test]
fn a_return_within_two_working_days() {
    // R26, R28, P3, V10: until 05-07 24:00; 05-08 00:00:01 is refused.
    let requested = "return_requested";
    sides(
        DISPATCHED,
        "2026-05-08 00:00:00",
        "return duty",
        [requested, requested, "rejected: return-too-late"],
    );
    // unless the centre admits it, and it admits only what is too late.
    let unchanged = "rejected: unchanged";
    let admitted =
        "deadline_marked(verification Passed) + duty_deemed_accepted + late_return_allowed";
    sides(
        DISPATCHED,
        "2026-05-08 00:00:00",
        "allow_late",
        [unchanged, unchanged, admitted],
    );
    let admitted = format!("{DISPATCHED}\n2026-05-08 09:00 allow_late");
    check(
        &format!("{admitted}\n2026-05-08 10:00 return duty"),
        requested,
    );
}

#[test]
fn an_approved_return_starts_another_clock() {
    // R30, V11: returned 05-07 17:00, approved and dispatched to another unit on 05-11.
    let approved = format!("{DISPATCHED}\n2026-05-07 17:00 return duty\n2026-05-11 10:00 approve");
    // R30: no limit for dispatching it again.
    check(
        &format!("{approved}\n2026-07-01 10:00 due dispatch"),
        "rejected: nothing-due",
    );
    let again = format!("{approved}\n2026-05-11 10:30 dispatch GZ-GAJ");
    assert_eq!(due_of(&again), "2026-05-25 24:00");
    let late = "deadline_marked(verification Passed) + duty_deemed_accepted + \
                deadline_marked(handling Passed) + submitted";
    let verified = "deadline_marked(verification Passed) + duty_deemed_accepted + submitted";
    sides(
        &again,
        "2026-05-26 00:00:00",
        "submit not_wanted",
        [verified, verified, late],
    );
}

#[test]
fn a_refused_return_changes_no_clock() {
    // R31: refused on 05-11; the due instant stays 05-18 24:00.
    let refused = format!("{DISPATCHED}\n2026-05-07 17:00 return duty\n2026-05-11 10:00 reject");
    assert_eq!(due_of(&refused), "2026-05-18 24:00");
    sides(
        &refused,
        "2026-05-19 00:00:00",
        "submit not_wanted",
        [
            "submitted",
            "submitted",
            "deadline_marked(handling Passed) + submitted",
        ],
    );
    // it runs while the centre decides.
    let applied = format!("{DISPATCHED}\n2026-05-07 17:00 return duty");
    sides(
        &applied,
        "2026-05-19 00:00:00",
        "reject",
        [
            "return_rejected",
            "return_rejected",
            "deadline_marked(handling Passed) + return_rejected",
        ],
    );
}

#[test]
fn a_refused_return_of_a_consultation_comes_too_late_to_handle() {
    // R31: applied 05-07 23:50, refused 05-08 09:00: overdue since 05-07 24:00.
    let script = "
        2026-04-30 09:00 register consultation
        2026-04-30 10:00 dispatch GZ-CGJ
        2026-05-07 23:50 return duty
        2026-05-08 09:00 reject";
    check(script, "deadline_marked(handling Passed) + return_rejected");
    let world = World::after(script);
    assert_eq!(due_of(script), "2026-05-07 24:00");
    // The unit has said that it is not its own: that was in time, and only the handling is late.
    let missed: Vec<&str> = world
        .order()
        .missed
        .iter()
        .map(|it| it.deadline.name())
        .collect();
    assert_eq!(missed, ["handling"]);
}

#[test]
fn a_lead_unit_names_the_others_within_two_working_days() {
    // R32, V12: received Monday 05-11, until Wednesday 05-13 24:00; late is late, and still done.
    let lead = format!(
        "{DISPATCHED}
         2026-05-07 17:00 return duty
         2026-05-11 10:00 approve
         2026-05-11 10:30 dispatch GZ-GAJ joint=yes
         2026-05-11 11:00 accept"
    );
    let named = "assisting_units_named";
    let late = "deadline_marked(assistance Passed) + assisting_units_named";
    sides(
        &lead,
        "2026-05-14 00:00:00",
        "assist GZ-CGJ",
        [named, named, late],
    );
    let nothing = "rejected: nothing-due";
    let marked = "deadline_marked(assistance Passed)";
    sides(
        &lead,
        "2026-05-14 00:00:00",
        "due assistance",
        [nothing, nothing, marked],
    );
    // Once named, nothing is owed any more.
    let done = format!("{lead}\n2026-05-13 10:00 assist GZ-CGJ");
    sides(
        &done,
        "2026-05-14 00:00:00",
        "due assistance",
        [nothing, nothing, nothing],
    );
}

/// R33: returned by three units on 2026-02-03, 02-06 and 02-10.
const COORDINATED: &str = "
    2026-02-02 09:00 register complaint
    2026-02-02 10:00 dispatch GZ-CGJ
    2026-02-03 09:00 return duty
    2026-02-03 10:00 approve
    2026-02-04 10:00 dispatch GZ-GAJ
    2026-02-06 09:00 return facility
    2026-02-06 10:00 approve
    2026-02-09 10:00 dispatch GZ-SWJ
    2026-02-10 09:00 return area
    2026-02-10 10:00 approve";

#[test]
fn the_third_unit_opens_the_coordination() {
    // R33: at the third approval, not at the second.
    check(COORDINATED, "return_approved + coordination_opened");
    let two: Vec<&str> = COORDINATED.lines().take(8).collect();
    check(&two.join("\n"), "return_approved");
}

#[test]
fn opinions_within_two_or_five_working_days() {
    // R34: asked on Tuesday 2026-02-10: five days end on 02-24, over the Spring Festival; two on 02-12.
    for (question, due_at) in [
        ("duty_division GZ-BB", "2026-02-25 00:00:00"),
        ("legal_application GZ-SJJ", "2026-02-25 00:00:00"),
        ("inter_district GZ-JTJ", "2026-02-13 00:00:00"),
    ] {
        let asked = format!("{COORDINATED}\n2026-02-10 11:00 ask_opinion {question}");
        let nothing = "rejected: nothing-due";
        let marked = "deadline_marked(opinion Passed)";
        sides(&asked, due_at, "due opinion", [nothing, nothing, marked]);
        let late = "deadline_marked(opinion Passed) + opinion_recorded";
        let given = "opinion_recorded";
        sides(&asked, due_at, "opinion", [given, given, late]);
    }
}

#[test]
fn the_determined_unit_has_a_clock_of_its_own() {
    // R34: from its own receipt.
    let determined = format!(
        "{COORDINATED}
         2026-02-10 11:00 ask_opinion duty_division GZ-BB
         2026-02-24 11:00 opinion
         2026-02-24 16:00 dispatch GZ-CGJ"
    );
    let world = World::after(&determined);
    let deadline = &world.order().assignment().unwrap().handle_by;
    assert_eq!(deadline.rule, "R34");
    assert_eq!(due_text(deadline.due.due_at), "2026-03-09 24:00");
}
