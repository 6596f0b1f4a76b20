//! Every stage against every command, each from the role that may give it: the events, or why not.
//! Nothing is unexpected; a new stage or command forces a look at the whole table.

use std::fmt::Write as _;

use expect_test::expect_file;
use lifecycle::command::CommandKind;

use crate::script::World;
use crate::show::brief;

/// How to get to each stage, and an instant inside and one after its deadline.
const STAGES: [(&str, &str, &str, &str); 10] = [
    ("(none)", "", "2026-05-11 12:00", "2026-05-11 12:00"),
    (
        "awaiting_dispatch",
        "2026-05-11 10:00 register consultation",
        "2026-05-11 12:00",
        "2026-05-13 00:00:01",
    ),
    (
        "awaiting_verification",
        "2026-05-11 10:00 register complaint
         2026-05-11 11:00 dispatch GZ-CGJ",
        "2026-05-11 12:00",
        "2026-05-14 00:00:01",
    ),
    (
        "awaiting_verification (commendation)",
        "2026-05-11 10:00 register commendation
         2026-05-11 11:00 dispatch GZ-CGJ",
        "2026-05-11 12:00",
        "2026-05-26 00:00:01",
    ),
    (
        "in_handling",
        "2026-05-11 10:00 register complaint
         2026-05-11 11:00 dispatch GZ-CGJ
         2026-05-11 11:10 accept",
        "2026-05-11 12:00",
        "2026-05-26 00:00:01",
    ),
    (
        "under_review",
        "2026-05-11 10:00 register complaint
         2026-05-11 11:00 dispatch GZ-CGJ
         2026-05-11 11:20 reply
         2026-05-11 11:30 submit",
        "2026-05-11 12:00",
        "2026-05-26 00:00:01",
    ),
    (
        "awaiting_rating_offer",
        "2026-05-11 10:00 register complaint
         2026-05-11 11:00 dispatch GZ-CGJ
         2026-05-11 11:20 reply
         2026-05-11 11:30 submit
         2026-05-11 11:40 pass",
        "2026-05-11 12:00",
        "2026-05-12 11:40:01",
    ),
    (
        "awaiting_rating",
        "2026-05-11 10:00 register complaint
         2026-05-11 11:00 dispatch GZ-CGJ
         2026-05-11 11:20 reply
         2026-05-11 11:30 submit
         2026-05-11 11:40 pass
         2026-05-11 11:41 offer",
        "2026-05-11 12:00",
        "2026-05-17 00:00:01",
    ),
    (
        "awaiting_follow_up",
        "2026-05-11 10:00 register complaint
         2026-05-11 11:00 dispatch GZ-CGJ
         2026-05-11 11:20 reply
         2026-05-11 11:30 submit
         2026-05-11 11:40 pass
         2026-05-11 11:41 offer
         2026-05-11 11:50 rate dissatisfied",
        "2026-05-11 12:00",
        "2026-06-11 12:00",
    ),
    (
        "closed",
        "2026-05-11 10:00 register complaint
         2026-05-11 11:00 dispatch GZ-CGJ
         2026-05-11 11:20 reply
         2026-05-11 11:30 submit
         2026-05-11 11:40 pass
         2026-05-11 11:41 offer
         2026-05-11 11:50 rate satisfied",
        "2026-05-11 12:00",
        "2026-06-11 12:00",
    ),
];

/// The deadline that a timer would report in each stage.
fn deadline_of(stage: &str) -> &'static str {
    match stage {
        "awaiting_dispatch" => "dispatch",
        "awaiting_verification" => "verification",
        "awaiting_rating_offer" => "rating_offer",
        "awaiting_rating" => "rating",
        _ => "handling",
    }
}

/// A valid command of each kind, as a line of a script without its instant.
pub(crate) fn line_for(kind: CommandKind) -> &'static str {
    match kind {
        CommandKind::Register => "register complaint",
        CommandKind::AnswerDirectly => "answer",
        CommandKind::Route => "route advice=GZ-CGJ:900",
        CommandKind::Dispatch => "dispatch GZ-CGJ",
        CommandKind::AcceptDuty => "accept",
        CommandKind::RecordContactAttempt => "call 12:00..12:00 unanswered",
        CommandKind::RecordReply => "reply",
        CommandKind::Submit => "submit not_wanted",
        CommandKind::Review => "fail",
        CommandKind::RecordRatingOffer => "offer",
        CommandKind::Rate => "rate dissatisfied",
        CommandKind::RecordFollowUp => "follow_up",
        CommandKind::CloseDissatisfied => "close",
        CommandKind::MarkDue => "due handling",
        CommandKind::RecomputeDeadlines => "recompute",
    }
}

fn table(late: bool) -> String {
    let mut table = String::new();
    for (stage, past, in_time, after) in STAGES {
        writeln!(table, "{stage}").unwrap();
        let now = if late { after } else { in_time };
        for kind in CommandKind::ALL {
            let mut world = World::new();
            if !past.is_empty() {
                assert!(world.run(past).result.is_ok());
            }
            // The call of the line takes place at its own instant.
            let time = now.split(' ').nth(1).unwrap();
            let line = if kind == CommandKind::MarkDue {
                format!("{now} due {}", deadline_of(stage))
            } else {
                format!("{now} {}", line_for(kind).replace("12:00", time))
            };
            let result = world.step(&line).result;
            writeln!(table, "  {:24}{}", kind.name(), brief(&result)).unwrap();
        }
    }
    table
}

#[test]
fn every_stage_and_command_in_time() {
    expect_file!["snapshots/matrix-in-time.txt"].assert_eq(&table(false));
}

#[test]
fn every_stage_and_command_after_the_deadline() {
    expect_file!["snapshots/matrix-after-the-deadline.txt"].assert_eq(&table(true));
}
