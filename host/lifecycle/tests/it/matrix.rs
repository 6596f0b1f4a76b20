//! Every stage against every command, each from the role that may give it: the events, or why not.
//! Nothing is unexpected; a new stage or command forces a look at the whole table. What is accepted has
//! a line of its own, what is refused stands with its code (catalogue, stages and prohibitions).

use std::collections::BTreeMap;
use std::fmt::Write as _;

use expect_test::expect_file;
use lifecycle::command::CommandKind;
use lifecycle::order::Stage;
use lifecycle::{allowed, forbidden};

use crate::script::World;
use crate::show::brief;

/// A row of the matrix.
struct Row {
    /// Stage, and what is special about it.
    name: &'static str,
    /// How to get there; each line goes on from those of the row that it names.
    past: &'static [&'static str],
    /// An instant inside its deadline and one after it.
    now: [&'static str; 2],
    /// The deadline that a timer would report.
    deadline: &'static str,
}

/// How to get to a unit that handles, to a passed review, to the second handling.
const DISPATCHED: &str = "
    2026-05-11 09:00 register complaint
    2026-05-11 09:05 dispatch GZ-CGJ";
const RETURNED: &str = "
    2026-05-11 09:00 register complaint
    2026-05-11 09:05 dispatch GZ-GAJ
    2026-05-11 09:10 return duty
    2026-05-11 09:15 approve";
const REPORT: &str = "
    2026-05-11 09:00 register violation_report
    2026-05-11 09:05 dispatch GZ-CGJ";
const RETURNED_REPORT: &str = "
    2026-05-11 09:00 register violation_report
    2026-05-11 09:05 dispatch GZ-GAJ
    2026-05-11 09:10 return duty
    2026-05-11 09:15 approve";
const THREE_RETURNS: &str = "
    2026-05-11 09:20 dispatch GZ-SWJ
    2026-05-11 09:25 return facility
    2026-05-11 09:30 approve
    2026-05-11 09:35 dispatch GZ-JTJ
    2026-05-11 09:40 return area
    2026-05-11 09:45 approve
    2026-05-11 09:50 ask_opinion inter_district GZ-BB";
const OPINION: &str = "2026-05-11 10:00 opinion";
const ACCEPTED: &str = "2026-05-11 11:10 accept";
const SUBMITTED: &str = "
    2026-05-11 11:20 reply
    2026-05-11 11:30 submit";
const PASSED: &str = "2026-05-11 11:35 pass";
const OFFERED: &str = "2026-05-11 11:36 offer";
const DISSATISFIED: &str = "2026-05-11 11:40 rate dissatisfied";
const CALLED_BACK: &str = "2026-05-11 11:41 follow_up";
const SENT_BACK: &str = "2026-05-11 11:42 send_back";
const SECOND_REPORT: &str = "
    2026-05-11 11:43 reply
    2026-05-11 11:44 submit";
const SECOND_OFFER: &str = "
    2026-05-11 11:45 pass
    2026-05-11 11:46 offer";
const SECOND_RATING: &str = "2026-05-11 11:47 rate dissatisfied";
const SECOND_CALL: &str = "2026-05-11 11:48 follow_up";

const NOON: &str = "2026-05-11 12:00";
const NEXT_MONTH: [&str; 2] = [NOON, "2026-06-11 12:00"];
const VERIFICATION: [&str; 2] = [NOON, "2026-05-14 00:00:01"];
const HANDLING: [&str; 2] = [NOON, "2026-05-26 00:00:01"];
const RATING: [&str; 2] = [NOON, "2026-05-17 00:00:01"];

const fn row(
    name: &'static str,
    past: &'static [&'static str],
    now: [&'static str; 2],
    deadline: &'static str,
) -> Row {
    Row {
        name,
        past,
        now,
        deadline,
    }
}

#[rustfmt::skip]
const ROWS: &[Row] = &[
    row("(none)", &[], [NOON, NOON], "handling"),
    row("awaiting_information (telephone)",
        &["2026-05-11 09:00 register consultation missing=yes"], NEXT_MONTH, "information"),
    row("awaiting_information (network, notice sent)",
        &["2026-05-11 09:00 register consultation channel=online missing=yes",
          "2026-05-11 09:01 notice"], [NOON, "2026-05-15 00:00:01"], "information"),
    row("awaiting_information (supplied)",
        &["2026-05-11 09:00 register consultation missing=yes", "2026-05-11 09:30 supply"],
        NEXT_MONTH, "information"),
    row("awaiting_dispatch (consultation)",
        &["2026-05-11 09:00 register consultation"], [NOON, "2026-05-13 00:00:01"], "dispatch"),
    row("awaiting_dispatch (asked before)",
        &["2026-05-11 09:00 register consultation missing=yes", "2026-05-11 09:30 supply",
          "2026-05-11 09:40 assess sufficient"], [NOON, "2026-05-13 00:00:01"], "dispatch"),
    row("awaiting_dispatch (returned)", &[RETURNED], NEXT_MONTH, "dispatch"),
    row("awaiting_dispatch (a returned violation report)", &[RETURNED_REPORT], NEXT_MONTH, "dispatch"),
    row("awaiting_verification", &[DISPATCHED], VERIFICATION, "verification"),
    row("awaiting_verification (commendation)",
        &["2026-05-11 09:00 register commendation", "2026-05-11 09:05 dispatch GZ-CGJ"],
        HANDLING, "handling"),
    row("awaiting_verification (lead)",
        &[RETURNED, "2026-05-11 10:00 dispatch GZ-CGJ joint=yes"], VERIFICATION, "assistance"),
    row("awaiting_verification (determined)",
        &[RETURNED, THREE_RETURNS, OPINION, "2026-05-11 10:10 dispatch GZ-CGJ"],
        VERIFICATION, "verification"),
    row("return_requested", &[DISPATCHED, "2026-05-11 10:00 return duty"], HANDLING, "handling"),
    row("in_coordination (opinion asked)", &[RETURNED, THREE_RETURNS], VERIFICATION, "opinion"),
    row("in_coordination (opinion given)", &[RETURNED, THREE_RETURNS, OPINION], NEXT_MONTH, "opinion"),
    row("in_coordination (a violation report)", &[RETURNED_REPORT, THREE_RETURNS], VERIFICATION, "opinion"),
    row("in_handling", &[DISPATCHED, ACCEPTED], HANDLING, "handling"),
    row("in_handling (return refused)",
        &[DISPATCHED, "2026-05-11 10:00 return duty", "2026-05-11 10:10 reject"],
        HANDLING, "handling"),
    row("in_handling (lead, an assisting unit objects)",
        &[RETURNED, "2026-05-11 10:00 dispatch GZ-CGJ joint=yes",
          "2026-05-11 10:10 assist GZ-GAJ,GZ-SWJ", "2026-05-11 10:20 object", ACCEPTED],
        HANDLING, "assistance"),
    row("in_handling (extended, requester not told)",
        &[DISPATCHED, ACCEPTED, "2026-05-11 11:15 extend 4wd"],
        [NOON, "2026-05-30 00:00:01"], "handling"),
    row("in_handling (an addition not judged)",
        &[DISPATCHED, ACCEPTED, "2026-05-11 11:15 add"], HANDLING, "handling"),
    row("in_handling (supervised, answered, a proposal waits)",
        &[DISPATCHED, ACCEPTED, "2026-05-26 00:00:01 due handling escalate=supervise,list",
          "2026-05-26 09:00 supervise overdue", "2026-05-26 10:00 answer_supervision"],
        ["2026-05-26 12:00", "2026-05-29 00:00:01"], "supervision"),
    row("in_handling (again)",
        &[DISPATCHED, ACCEPTED, SUBMITTED, PASSED, OFFERED, DISSATISFIED, CALLED_BACK, SENT_BACK],
        HANDLING, "handling"),
    row("under_district_review",
        &["2026-05-11 09:00 register complaint", "2026-05-11 09:05 dispatch GZ-D115", SUBMITTED],
        HANDLING, "handling"),
    row("under_district_review (a violation report)",
        &["2026-05-11 09:00 register violation_report", "2026-05-11 09:05 dispatch GZ-D115", SUBMITTED],
        HANDLING, "handling"),
    row("under_review", &[DISPATCHED, SUBMITTED], HANDLING, "handling"),
    row("under_review (a violation report)", &[REPORT, SUBMITTED], HANDLING, "handling"),
    row("under_review (again)",
        &[DISPATCHED, SUBMITTED, PASSED, OFFERED, DISSATISFIED, CALLED_BACK, SENT_BACK,
          SECOND_REPORT], HANDLING, "handling"),
    row("withdrawn", &[DISPATCHED, "2026-05-11 10:00 withdraw"], HANDLING, "handling"),
    row("withdrawn (a violation report, submitted before)",
        &[REPORT, SUBMITTED, "2026-05-11 11:31 withdraw"], HANDLING, "handling"),
    row("awaiting_rating_offer", &[DISPATCHED, SUBMITTED, PASSED],
        [NOON, "2026-05-12 11:35:01"], "rating_offer"),
    row("awaiting_rating", &[DISPATCHED, SUBMITTED, PASSED, OFFERED], RATING, "rating"),
    row("awaiting_rating (again)",
        &[DISPATCHED, SUBMITTED, PASSED, OFFERED, DISSATISFIED, CALLED_BACK, SENT_BACK,
          SECOND_REPORT, SECOND_OFFER], RATING, "rating"),
    row("awaiting_follow_up", &[DISPATCHED, SUBMITTED, PASSED, OFFERED, DISSATISFIED],
        NEXT_MONTH, "handling"),
    row("awaiting_follow_up (called back)",
        &[DISPATCHED, SUBMITTED, PASSED, OFFERED, DISSATISFIED, CALLED_BACK],
        NEXT_MONTH, "handling"),
    row("awaiting_follow_up (again)",
        &[DISPATCHED, SUBMITTED, PASSED, OFFERED, DISSATISFIED, CALLED_BACK, SENT_BACK,
          SECOND_REPORT, SECOND_OFFER, SECOND_RATING], NEXT_MONTH, "handling"),
    row("awaiting_statement",
        &[DISPATCHED, SUBMITTED, PASSED, OFFERED, DISSATISFIED, CALLED_BACK, SENT_BACK,
          SECOND_REPORT, SECOND_OFFER, SECOND_RATING, SECOND_CALL],
        [NOON, "2026-05-19 00:00:01"], "diligence_statement"),
    row("closed", &[DISPATCHED, SUBMITTED, PASSED, OFFERED, "2026-05-11 11:40 rate satisfied"],
        NEXT_MONTH, "handling"),
    row("closed (information too late)",
        &["2026-05-11 09:00 register consultation channel=online missing=yes",
          "2026-05-11 09:01 notice", "2026-05-15 00:00:01 due information"],
        ["2026-05-15 12:00", "2026-06-11 12:00"], "information"),
    row("closed (withdrawn)",
        &[DISPATCHED, "2026-05-11 10:00 withdraw", "2026-05-11 10:01 close_withdrawn"],
        NEXT_MONTH, "handling"),
    row("closed (not rated)",
        &[DISPATCHED, SUBMITTED, PASSED, OFFERED, "2026-05-17 00:00:01 due rating"],
        ["2026-05-17 12:00", "2026-06-11 12:00"], "rating"),
    row("closed (no statement)",
        &[DISPATCHED, SUBMITTED, PASSED, OFFERED, DISSATISFIED, CALLED_BACK, SENT_BACK,
          SECOND_REPORT, SECOND_OFFER, SECOND_RATING, SECOND_CALL,
          "2026-05-19 00:00:01 due diligence_statement"],
        ["2026-05-19 12:00", "2026-06-11 12:00"], "diligence_statement"),
    row("closed (supervised)",
        &[DISPATCHED, SUBMITTED, PASSED, OFFERED, "2026-05-11 11:40 rate satisfied",
          "2026-05-11 11:50 supervise feedback"], [NOON, "2026-05-19 00:00:01"], "supervision"),
];

/// A valid command of each kind, as a line of a script without its instant.
pub(crate) fn line_for(kind: CommandKind) -> &'static str {
    match kind {
        CommandKind::Register => "register complaint",
        CommandKind::RequestInformation => "request_information",
        CommandKind::RecordInformationNotice => "notice",
        CommandKind::SupplyInformation => "supply",
        CommandKind::AssessInformation => "assess sufficient",
        CommandKind::CloseIncomplete => "close_incomplete refused",
        CommandKind::Conceal => "conceal phone",
        CommandKind::FlagConduct => "flag",
        CommandKind::SetPriority => "priority high",
        CommandKind::Reclassify => "reclassify help_request",
        CommandKind::ListLongTerm => "list 逾期交楼",
        CommandKind::CountAlike => "count alike=5",
        CommandKind::LinkOrders => "link to=20260511-AAAAAAAAAA related=other",
        CommandKind::AnswerDirectly => "answer",
        CommandKind::Route => "route advice=GZ-CGJ:900",
        CommandKind::Dispatch => "dispatch GZ-CGJ",
        CommandKind::AcceptDuty => "accept",
        CommandKind::RequestReturn => "return duty",
        CommandKind::AllowLateReturn => "allow_late",
        CommandKind::DecideReturn => "approve",
        CommandKind::NameAssistingUnits => "assist GZ-GAJ,GZ-SWJ",
        CommandKind::RecordAssistance => "assisted",
        CommandKind::ObjectToAssisting => "object",
        CommandKind::DecideObjection => "release GZ-GAJ",
        CommandKind::OpenCoordination => "coordinate",
        CommandKind::RequestOpinion => "ask_opinion duty_division GZ-BB",
        CommandKind::RecordOpinion => "opinion",
        CommandKind::Extend => "extend 4wd",
        CommandKind::RecordExtensionNotice => "told",
        CommandKind::AddStatement => "add",
        CommandKind::JudgeStatement => "judge affects",
        CommandKind::RecordContactAttempt => "call 12:00..12:00 unanswered",
        CommandKind::RecordReply => "reply",
        CommandKind::Submit => "submit not_wanted",
        CommandKind::ReviewAtDistrict => "district_pass",
        CommandKind::Review => "fail",
        CommandKind::Withdraw => "withdraw",
        CommandKind::CloseWithdrawn => "close_withdrawn",
        CommandKind::RecordRatingOffer => "offer",
        CommandKind::RecordDelivery => "delivered",
        CommandKind::Rate => "rate dissatisfied",
        CommandKind::RateService => "service satisfied",
        CommandKind::RecordFollowUp => "follow_up",
        CommandKind::SendBack => "send_back",
        CommandKind::CloseDissatisfied => "close",
        CommandKind::FileDiligenceStatement => "statement",
        CommandKind::Supervise => "supervise feedback",
        CommandKind::AnswerSupervision => "answer_supervision",
        CommandKind::ReviewSupervision => "accept_answer",
        CommandKind::DismissProposal => "dismiss",
        CommandKind::MarkDue => "due handling",
        CommandKind::RecomputeDeadlines => "recompute",
    }
}

fn table(late: bool) -> String {
    let mut table = String::new();
    for row in ROWS {
        writeln!(table, "{}", row.name).unwrap();
        let now = row.now[usize::from(late)];
        let arrived = arrived(row);
        let mut refused: BTreeMap<String, Vec<&str>> = BTreeMap::new();
        for kind in CommandKind::ALL.iter().copied() {
            let result = arrived.clone().step(&line_of(row, kind, now)).result;
            let text = brief(&result);
            match text.strip_prefix("rejected: ") {
                Some(code) => refused
                    .entry(code.to_owned())
                    .or_default()
                    .push(kind.name()),
                None => writeln!(table, "  {:27}{text}", kind.name()).unwrap(),
            }
        }
        for (code, kinds) in refused {
            writeln!(table, "  ! {code}: {}", kinds.join(" ")).unwrap();
        }
    }
    table
}

/// The call of the line takes place at its own instant.
fn line_of(row: &Row, kind: CommandKind, now: &str) -> String {
    let line = if kind == CommandKind::MarkDue {
        format!("due {}", row.deadline)
    } else {
        let time = now.split(' ').nth(1).unwrap();
        line_for(kind).replace("12:00", time)
    };
    format!("{now} {line}")
}

fn arrived(row: &Row) -> World {
    let mut world = World::new();
    for part in row.past {
        world.accept(part);
    }
    let stage = world.order.as_ref().map(|order| order.stage.name());
    let named = row.name.split(' ').next();
    assert!(stage.is_none() || stage == named, "{}: {stage:?}", row.name);
    world
}

#[test]
fn every_stage_has_a_row() {
    for stage in Stage::NAMES {
        let rows = ROWS.iter().filter(|row| row.name.starts_with(stage));
        assert_ne!(rows.count(), 0, "{stage}");
    }
}

#[test]
fn every_stage_and_command_in_time() {
    expect_file!["snapshots/matrix-in-time.txt"].assert_eq(&table(false));
}

#[test]
fn every_stage_and_command_after_the_deadline() {
    expect_file!["snapshots/matrix-after-the-deadline.txt"].assert_eq(&table(true));
}

/// Refusals for what a command carries, or for what is known of another order: with something else it may
/// be accepted. All others are said beforehand.
const MENDABLE: &[&str] = &[
    "already-replied",
    "already-returned-by-unit",
    "content-missing",
    "impossible-time",
    "joint-only-after-return",
    "no-such-statement",
    "no-such-supervision",
    "nothing-due",
    "reply-missing",
    "supervision-unfounded",
    "unchanged",
    "wrong-channel",
];

#[test]
fn what_is_said_beforehand_holds() {
    // What is forbidden whatever it carries is refused so when it is given, and what is said to be allowed
    // is refused for its content only.
    for (row, now) in ROWS.iter().flat_map(|row| row.now.map(|now| (row, now))) {
        if row.past.is_empty() {
            continue;
        }
        let arrived = arrived(row);
        for kind in CommandKind::ALL.iter().copied() {
            let mut world = arrived.clone();
            let line = line_of(row, kind, now);
            let (by, at) = world.speaker(&line);
            let allowed = allowed(world.order(), &by).contains(&kind);
            let forbidden = forbidden(world.order(), &by, &world.context(at));
            let mut forbidden = forbidden.into_iter().filter(|(it, _)| *it == kind);
            let said = forbidden.next().and_then(|(_, rejection)| rejection);
            let result = world.step(&line).result;
            if let Some(said) = said {
                assert_eq!(result.as_ref().err(), Some(&said), "{}: {line}", row.name);
            } else if allowed && let Err(rejection) = result {
                let code = rejection.code();
                assert!(MENDABLE.contains(&code), "{}: {line}: {code}", row.name);
            }
        }
    }
}
