//! Random lives of orders: whatever is asked when, these hold after every step.

use std::collections::BTreeSet;

use chrono::{DateTime, TimeDelta, Utc};
use lifecycle::deadline::DeadlineKind;
use lifecycle::event::{AssignmentRole, CloseCode, Event, Recorded};
use lifecycle::order::{Assignment, Missed, NoDeadline, Stage, WorkOrder};
use lifecycle::rejection::Rejection;
use lifecycle::{replay, timers};
use proptest::prelude::*;

use crate::script::{World, at, moment_word};

/// Lines without their instant.
const COMMANDS: [&str; 96] = [
    "register complaint",
    "register consultation",
    "register commendation",
    "register suggestion advice=GZ-CGJ:900",
    "register help_request advice=GZ-CGJ:900,GZ-GAJ:880",
    "register complaint advice=failed",
    "register violation_report missing=yes",
    "register help_request missing=yes channel=online",
    "register complaint real_name=dispute given=name,id,contact mediation=yes",
    "register complaint against=GZ-CGJ district=440115",
    "request_information",
    "notice",
    "supply",
    "supply who=other",
    "assess sufficient advice=GZ-CGJ:900",
    "assess insufficient",
    "close_incomplete refused",
    "close_incomplete unreachable",
    "conceal phone",
    "flag",
    "priority urgent",
    "reclassify consultation",
    "reclassify complaint",
    "reclassify commendation",
    "list 逾期交楼",
    "list off",
    "answer",
    "answer point=",
    "route advice=GZ-CGJ:900",
    "route advice=no_opinion",
    "dispatch GZ-CGJ",
    "dispatch GZ-GAJ",
    "dispatch GZ-SWJ joint=yes",
    "dispatch GZ-D115",
    "dispatch GZ-XXX",
    "dispatch GZ-CGJ limit=36h basis=文件",
    "dispatch GZ-CGJ limit=3nd basis=文件 extensions=0",
    "accept",
    "accept as=unit:GZ-GAJ",
    "return duty",
    "return facility",
    "return basis proof=_",
    "allow_late",
    "approve",
    "reject",
    "assist GZ-GAJ,GZ-JTJ",
    "assisted",
    "object",
    "release GZ-GAJ",
    "keep GZ-GAJ",
    "coordinate",
    "ask_opinion inter_district GZ-BB",
    "ask_opinion legal_application GZ-SJJ",
    "opinion",
    "extend 10wd",
    "extend 2wd",
    "extend 3nd",
    "told",
    "told unreachable",
    "add",
    "add at=00:01",
    "judge affects",
    "judge not",
    "call 00:01..00:02 unanswered",
    "call 00:01..00:02 answered",
    "reply",
    "reply evidence=none",
    "submit",
    "submit not_wanted",
    "submit unreachable",
    "submit end=statutory",
    "submit not_wanted end=repeat earlier=A related=same,finished",
    "submit mediated=terminated",
    "submit as=unit:GZ-GAJ",
    "district_pass",
    "district_fail",
    "pass",
    "fail",
    "withdraw",
    "close_withdrawn",
    "offer",
    "delivered",
    "rate satisfied",
    "rate dissatisfied",
    "rate 还行",
    "service satisfied",
    "follow_up",
    "send_back",
    "close",
    "close exclusion=force_majeure",
    "statement",
    "supervise feedback",
    "supervise 3wd",
    "answer_supervision",
    "recompute calendar=2027",
    "accept as=admin",
];

/// Lines that lead on from a stage; without them few random lives would get anywhere.
fn likely(order: Option<&WorkOrder>) -> &'static [&'static str] {
    let Some(order) = order else {
        return &[
            "register complaint",
            "register consultation",
            "register commendation",
            "register complaint missing=yes",
            "register complaint missing=yes channel=online",
        ];
    };
    match &order.stage {
        Stage::AwaitingInformation { .. } => &["notice", "supply", "assess sufficient"],
        Stage::AwaitingDispatch { .. } => &[
            "dispatch GZ-CGJ",
            "dispatch GZ-GAJ",
            "dispatch GZ-SWJ joint=yes",
            "dispatch GZ-D115",
            "route advice=GZ-CGJ:900",
        ],
        Stage::AwaitingVerification => &["accept", "return duty", "reply", "submit not_wanted"],
        Stage::ReturnRequested => &["approve", "approve", "reject"],
        Stage::InCoordination => &["ask_opinion duty_division", "opinion", "dispatch GZ-CGJ"],
        Stage::InHandling => &[
            "reply",
            "submit",
            "submit not_wanted",
            "extend 10wd",
            "told",
            "add",
            "judge affects",
            "assist GZ-GAJ",
            "recompute calendar=2027b",
        ],
        Stage::UnderDistrictReview { .. } => &["district_pass", "district_fail"],
        Stage::UnderReview { .. } => &["pass", "fail", "recompute calendar=2027"],
        Stage::Withdrawn => &["close_withdrawn"],
        Stage::AwaitingRatingOffer { .. } => &["offer"],
        Stage::AwaitingRating { .. } => &["rate satisfied", "rate dissatisfied", "rate 还行"],
        Stage::AwaitingFollowUp { .. } => &["follow_up", "send_back", "close"],
        Stage::AwaitingStatement { .. } => &["statement", "supervise feedback"],
        Stage::Closed { .. } => &["rate satisfied", "supervise feedback", "answer_supervision"],
    }
}

/// What an order accepts after its end; everything else is refused.
const AFTER_THE_END: [&str; 7] = [
    "list ",
    "service ",
    "supervise ",
    "answer_supervision",
    "recompute",
    "dismiss",
    "due ",
];

/// How far time moves before a command, in seconds.
const STEPS: [i64; 8] = [0, 1, 60, 900, 3600, 6 * 3600, 86_400, 3 * 86_400];

/// One step: which command, how long after the last one, whether timers fire before it, and whether it
/// is one that leads on.
type Step = (usize, usize, bool, bool);

fn step() -> impl Strategy<Value = Step> {
    (
        any::<prop::sample::Index>(),
        0..STEPS.len(),
        any::<bool>(),
        any::<bool>(),
    )
        .prop_map(|(command, pause, fire, on)| (command.index(COMMANDS.len()), pause, fire, on))
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 400,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn invariants_hold(start in 0_i64..400, steps in prop::collection::vec(step(), 1..60)) {
        let mut world = World::new();
        let mut now = at("2025-12-20 09:00") + TimeDelta::days(start);
        for (command, pause, fire, on) in steps {
            now += TimeDelta::seconds(STEPS[pause]);
            if fire {
                fire_timers(&mut world, now)?;
            }
            let lines = if on { likely(world.order.as_ref()) } else { &COMMANDS[..] };
            step_once(&mut world, lines[command % lines.len()], now)?;
        }
        fire_timers(&mut world, now + TimeDelta::days(60))?;
        check_journal(&world)?;
    }
}

/// Fires what is due, in order, as a scheduler would; each timer must have something to do, and firing
/// it again must have nothing.
fn fire_timers(world: &mut World, now: DateTime<Utc>) -> Result<(), TestCaseError> {
    for _ in 0..20 {
        let Some(order) = &world.order else {
            return Ok(());
        };
        let due = timers(order).into_iter().find(|timer| timer.at < now);
        let Some(timer) = due else { return Ok(()) };
        let word = moment_word(timer.moment);
        let kind = timer.deadline.name();
        let line = format!("{} due {kind} {word} escalate=notify_unit", stamp(now));
        let before = order.clone();
        let answer = world.step(&line);
        let asked_too_late = word == "soon" && answer.result == Err(Rejection::NothingDue);
        if asked_too_late {
            // The deadline itself has passed too; its own timer comes next.
            let passed = format!("{} due {kind}", stamp(now));
            prop_assert!(world.step(&passed).result.is_ok(), "{passed}");
        } else {
            prop_assert!(answer.result.is_ok(), "{line}: {:?}", answer.result);
            prop_assert_eq!(world.step(&line).result, Err(Rejection::NothingDue));
        }
        check_step(&before, world)?;
    }
    prop_assert!(false, "timers never come to an end");
    Ok(())
}

fn step_once(world: &mut World, command: &str, now: DateTime<Utc>) -> Result<(), TestCaseError> {
    let before = world.order.clone();
    let answer = world.step(&format!("{} {command} escalate=supervise", stamp(now)));
    match (&before, &answer.result) {
        (_, Err(_)) => prop_assert_eq!(&before, &world.order, "a rejected command changes nothing"),
        (None, Ok(_)) => prop_assert!(command.starts_with("register")),
        (Some(before), Ok(_)) => {
            let late = AFTER_THE_END.iter().any(|name| command.starts_with(name));
            let open = !before.is_closed() || late;
            prop_assert!(open, "a closed order accepted `{}`", command);
            check_step(before, world)?;
        }
    }
    if command.ends_with("as=admin") {
        let refused = matches!(answer.result, Err(Rejection::NotPermitted { .. }));
        prop_assert!(
            refused,
            "`{}` of a role that may not: {:?}",
            command,
            answer.result
        );
    }
    if let Some(order) = &world.order {
        check_order(order, world, now)?;
    }
    Ok(())
}

/// The journal survives being written and read, and calendars never made anything late in the past.
fn check_journal(world: &World) -> Result<(), TestCaseError> {
    let text = serde_json::to_string(&world.journal).unwrap();
    let read: Vec<Recorded> = serde_json::from_str(&text).unwrap();
    prop_assert_eq!(&read, &world.journal);
    for recorded in &world.journal {
        if let Event::DeadlineRecomputed {
            deadline,
            previous_due_at,
        } = &recorded.event
        {
            let due_at = deadline.due.due_at;
            prop_assert!(due_at >= recorded.at || due_at >= *previous_due_at);
        }
    }
    Ok(())
}

/// What holds between an order before and after a step.
fn check_step(before: &WorkOrder, world: &World) -> Result<(), TestCaseError> {
    let after = world.order();
    prop_assert!(after.version > before.version);
    let kept: &[Missed] = &after.missed[..before.missed.len()];
    prop_assert_eq!(kept, before.missed.as_slice(), "a missed deadline vanished");
    for (old, new) in before.assignments.iter().zip(&after.assignments) {
        prop_assert_eq!(&old.unit, &new.unit);
        prop_assert!(new.failed_review_seconds >= old.failed_review_seconds);
        // R30, R37, R38: a clock moves by a dispatch, an extension, a restart; else only a calendar
        // moves it.
        let moved = new.handle_by.trigger_seq != old.handle_by.trigger_seq;
        let superseded = new.superseded.len() > old.superseded.len();
        prop_assert_eq!(moved, superseded, "a clock moved by itself");
    }
    Ok(())
}

/// What holds for every order at any time.
fn check_order(order: &WorkOrder, world: &World, now: DateTime<Utc>) -> Result<(), TestCaseError> {
    let replayed = replay(&world.journal).unwrap();
    prop_assert_eq!(replayed.as_ref(), Some(order));
    check_deadline(order)?;
    check_misses(order, now)?;
    check_prohibitions(order)?;
    let ended = world
        .journal
        .iter()
        .filter(|recorded| recorded.event.name() == "closed")
        .count();
    prop_assert_eq!(
        ended,
        usize::from(matches!(order.stage, Stage::Closed { .. }))
    );
    for recorded in &world.journal {
        if recorded.event.name() == "duty_accepted" {
            prop_assert!(recorded.by.role.unit().is_some());
        }
    }
    Ok(())
}

/// P3, P4, P5, P7: what an order never has, however it got where it is.
fn check_prohibitions(order: &WorkOrder) -> Result<(), TestCaseError> {
    let mut returned = BTreeSet::new();
    let again = |it: &&Assignment| it.role == AssignmentRole::Rehandling;
    prop_assert!(order.assignments.iter().filter(again).count() <= 1);
    for assignment in &order.assignments {
        prop_assert!(assignment.extensions.len() <= 2);
        if assignment.role == AssignmentRole::Rehandling {
            prop_assert!(assignment.extensions.is_empty());
        }
        if matches!(
            assignment.role,
            AssignmentRole::Rehandling | AssignmentRole::Determined
        ) {
            prop_assert!(assignment.return_application.is_none());
        }
        // R33: after the third unit's return nothing but a determined unit gets it.
        if returned.len() >= 3 {
            prop_assert_ne!(assignment.role, AssignmentRole::Ordinary);
            prop_assert_ne!(assignment.role, AssignmentRole::Lead);
        }
        if assignment.was_returned() {
            returned.insert(&assignment.unit);
        }
    }
    // fewer returns, and a person opened it.
    let coordination = order.coordination.as_ref();
    prop_assert!(returned.len() < 3 || coordination.is_some());
    prop_assert!(returned.len() >= 3 || coordination.is_none_or(|it| !it.automatic));
    prop_assert!(!returned.is_empty() || coordination.is_none());
    prop_assert!(order.ratings.len() <= 2);
    if let Stage::Closed {
        code: CloseCode::Withdrawn,
        ..
    } = order.stage
    {
        prop_assert!(order.ratings.is_empty(), "a withdrawn order was rated");
    }
    Ok(())
}

/// Exactly one deadline is current, or none with its cause.
fn check_deadline(order: &WorkOrder) -> Result<(), TestCaseError> {
    let expected = match &order.stage {
        Stage::AwaitingInformation {
            answer_by: None, ..
        }
        | Stage::AwaitingInformation { supplied: true, .. } => Some(NoDeadline::Information),
        Stage::AwaitingDispatch { .. } if order.assignment().is_some() => {
            Some(NoDeadline::Returned)
        }
        Stage::InCoordination => {
            let mut opinions = order.coordination.iter().flat_map(|it| &it.opinions);
            let asked = opinions.any(|it| it.given.is_none());
            (!asked).then_some(NoDeadline::Coordination)
        }
        Stage::UnderReview { .. } => Some(NoDeadline::UnderReview),
        Stage::AwaitingFollowUp { .. } => Some(NoDeadline::FollowUp),
        Stage::Closed { .. } => Some(NoDeadline::Closed),
        Stage::AwaitingInformation { .. }
        | Stage::AwaitingDispatch { .. }
        | Stage::AwaitingVerification
        | Stage::ReturnRequested
        | Stage::InHandling
        | Stage::UnderDistrictReview { .. }
        | Stage::Withdrawn
        | Stage::AwaitingRatingOffer { .. }
        | Stage::AwaitingRating { .. }
        | Stage::AwaitingStatement { .. } => None,
    };
    let supervised = order.running_deadlines().iter().any(|deadline| {
        matches!(
            deadline.kind,
            DeadlineKind::Supervision | DeadlineKind::GuidanceFeedback
        )
    });
    let expected = expected.filter(|_| !supervised);
    prop_assert_eq!(order.current_deadline().err(), expected);
    if expected.is_some() {
        prop_assert!(
            timers(order).is_empty(),
            "a timer without a running deadline"
        );
    }
    Ok(())
}

/// A miss is of the past, charged to the unit only where the unit missed it, and recorded once.
fn check_misses(order: &WorkOrder, now: DateTime<Utc>) -> Result<(), TestCaseError> {
    use DeadlineKind as Kind;
    for (n, missed) in order.missed.iter().enumerate() {
        prop_assert!(missed.due_at < now);
        let of_center = matches!(missed.deadline, Kind::Dispatch | Kind::RatingOffer);
        prop_assert_eq!(missed.unit.is_none(), of_center);
        let nobodys = matches!(
            missed.deadline,
            Kind::Rating | Kind::Information | Kind::DiligenceStatement
        );
        prop_assert!(!nobodys, "{:?} is nobody's miss", missed.deadline);
        let beside = matches!(missed.deadline, Kind::Supervision | Kind::Opinion);
        let again = order.missed[..n].iter().any(|other| {
            other.deadline == missed.deadline
                && other.due_at == missed.due_at
                && other.unit == missed.unit
        });
        // Two questions to one authority, two supervisions of one unit, may end together.
        prop_assert!(!again || beside, "{:?} missed twice", missed.deadline);
    }
    let done = order
        .assignments
        .iter()
        .filter_map(|it| Some((it.completed_at?, &it.handle_by)));
    for (completed_at, handle_by) in done {
        let late = completed_at > handle_by.due.due_at;
        if late {
            prop_assert!(
                order.has_missed(handle_by),
                "a late report without its miss"
            );
        }
    }
    Ok(())
}

fn stamp(now: DateTime<Utc>) -> String {
    now.with_timezone(&calendar::zone())
        .format("%Y-%m-%d %H:%M:%S")
        .to_string()
}
