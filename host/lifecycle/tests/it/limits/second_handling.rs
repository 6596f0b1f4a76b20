//! Art. 29, 30: the second handling, its rating, and the diligence statement (R59, R61–R63).

use calendar::due_text;

use super::sides;
use crate::script::World;
use crate::show::check;

/// Sent back on Thursday 2026-10-08 at 14:00.
pub(super) const SENT_BACK: &str = "
    2026-09-22 09:00 register complaint
    2026-09-22 10:00 dispatch GZ-CGJ
    2026-09-22 10:30 extend 10wd
    2026-09-22 10:31 told
    2026-09-23 10:00 submit not_wanted
    2026-09-24 10:00 pass
    2026-09-24 10:01 offer
    2026-09-25 10:00 rate dissatisfied
    2026-10-08 13:00 follow_up
    2026-10-08 14:00 send_back";

#[test]
fn the_period_of_the_first_dispatch_again() {
    // R59: until 10-21 24:00, the extension is not added; nothing to verify.
    let late = "deadline_marked(handling Passed) + submitted";
    sides(
        SENT_BACK,
        "2026-10-22 00:00:00",
        "submit not_wanted",
        ["submitted", "submitted", late],
    );
    let world = World::after(SENT_BACK);
    let deadline = &world.order().assignment().unwrap().handle_by;
    assert_eq!(deadline.rule, "R59");
    assert_eq!(world.order().round(), 2);
    let consultation = SENT_BACK
        .replace("complaint", "consultation")
        .replace("extend 10wd", "extend 2wd");
    let world = World::after(&consultation);
    let due_at = world.order().assignment().unwrap().handle_by.due.due_at;
    assert_eq!(due_text(due_at), "2026-10-10 24:00");
}

#[test]
fn special_limits_again() {
    // R23, R59: the same length; a document that names an instant gives the days up to it.
    for (limit, due_at) in [
        ("5nd", "2026-10-13 24:00"),
        ("36h", "2026-10-10 02:00:00"),
        ("2026-09-25t12:00", "2026-10-11 24:00"),
    ] {
        let dispatch = format!("dispatch GZ-CGJ limit={limit} basis=文件");
        let script = SENT_BACK.replace("dispatch GZ-CGJ", &dispatch);
        let script: Vec<&str> = script
            .lines()
            .filter(|line| !line.contains("extend") && !line.contains("told"))
            .collect();
        let world = World::after(&script.join("\n"));
        let deadline = &world.order().assignment().unwrap().handle_by;
        assert_eq!(due_text(deadline.due.due_at), due_at, "{limit}");
    }
}

#[test]
fn what_the_unit_may_not_do_again() {
    // R59, P3–P5: no return, no extension, no third handling; R26 does not apply, R17 does.
    let line = |command: &str| format!("{SENT_BACK}\n2026-10-09 10:00 {command}");
    check(&line("return duty"), "rejected: return-not-allowed");
    check(&line("extend 1wd"), "rejected: extension-not-allowed");
    check(&line("accept"), "rejected: wrong-stage");
    check(&line("reclassify consultation"), "rejected: type-fixed");
    check(&line("submit"), "rejected: reply-missing");
    check(&line("reply"), "replied");
    let unreachable = format!(
        "{SENT_BACK}
         2026-10-09 10:00 call 09:00..09:00 unanswered
         2026-10-09 10:00 call 09:15..09:15 unanswered
         2026-10-09 10:00 call 09:30..09:30 unanswered
         2026-10-09 10:00 submit end=unreachable"
    );
    check(&unreachable, "submitted");
}

/// Reviewed again on 2026-10-09 at 11:00.
fn reviewed_again() -> String {
    format!(
        "{SENT_BACK}
         2026-10-09 10:00 submit not_wanted
         2026-10-09 11:00 pass"
    )
}

#[test]
fn a_failed_review_moves_no_clock() {
    // R61: by analogy to R24.
    let failed = format!(
        "{SENT_BACK}
         2026-10-09 10:00 submit not_wanted
         2026-10-12 11:00 fail"
    );
    sides(
        &failed,
        "2026-10-22 00:00:00",
        "submit not_wanted",
        [
            "submitted",
            "submitted",
            "deadline_marked(handling Passed) + submitted",
        ],
    );
}

#[test]
fn the_second_rating() {
    // R56, R57, R61, R62: 24 hours, then five calendar days; satisfied or unrated is CR16.
    let offered = "rating_offered";
    sides(
        &reviewed_again(),
        "2026-10-10 11:00:00",
        "offer",
        [
            offered,
            offered,
            "deadline_marked(rating_offer Passed) + rating_offered",
        ],
    );
    let offered = format!("{}\n2026-10-09 11:01 offer", reviewed_again());
    let satisfied = "rated + closed(CR16)";
    let late = "rejected: rating-too-late";
    sides(
        &offered,
        "2026-10-15 00:00:00",
        "rate satisfied",
        [satisfied, satisfied, late],
    );
    sides(
        &offered,
        "2026-10-15 00:00:00",
        "rate very_dissatisfied",
        ["rated", "rated", late],
    );
    let nothing = "rejected: nothing-due";
    sides(
        &offered,
        "2026-10-15 00:00:00",
        "due rating",
        [nothing, nothing, "rating_lapsed + closed(CR16)"],
    );
}

/// Called back after the second dissatisfied rating on Friday 2026-05-08.
const STATEMENT: &str = "
    2026-04-20 09:00 register complaint
    2026-04-20 10:00 dispatch GZ-CGJ
    2026-04-21 10:00 submit not_wanted
    2026-04-21 11:00 pass
    2026-04-21 11:01 offer
    2026-04-22 10:00 rate dissatisfied
    2026-04-22 11:00 follow_up
    2026-04-22 12:00 send_back
    2026-04-23 10:00 submit not_wanted
    2026-05-06 11:00 pass
    2026-05-06 11:01 offer
    2026-05-07 10:00 rate dissatisfied
    2026-05-08 10:00 follow_up";

#[test]
fn a_statement_within_five_working_days() {
    // R63: 05-09 (made up), 11, 12, 13, 14: until Thursday 05-14 24:00, then CR18.
    let filed = "diligence_statement_filed + closed(CR17)";
    sides(
        STATEMENT,
        "2026-05-15 00:00:00",
        "statement",
        [filed, filed, "rejected: statement-window-over"],
    );
    let nothing = "rejected: nothing-due";
    sides(
        STATEMENT,
        "2026-05-15 00:00:00",
        "due diligence_statement",
        [nothing, nothing, "closed(CR18)"],
    );
}
