//! Random lives of orders: whatever is asked when, these hold after every step.

use chrono::{DateTime, TimeDelta, Utc};
use lifecycle::event::{Event, Recorded};
use lifecycle::ids::Role;
use lifecycle::order::{Missed, NoDeadline, Stage, WorkOrder};
use lifecycle::rejection::Rejection;
use lifecycle::{replay, timers};
use proptest::prelude::*;

use crate::script::{World, at, moment_word};

/// Lines without their instant.
const COMMANDS: [&str; 36] = [
    "register complaint",
    "register consultation",
    "register commendation",
    "register suggestion advice=GZ-CGJ:900",
    "register help_request advice=GZ-CGJ:900,GZ-GAJ:880",
    "register complaint advice=failed",
    "answer",
    "answer point=",
    "route advice=GZ-CGJ:900",
    "route advice=no_opinion",
    "dispatch GZ-CGJ",
    "dispatch GZ-GAJ",
    "dispatch GZ-XXX",
    "dispatch GZ-CGJ limit=36h basis=文件",
    "dispatch GZ-CGJ limit=3nd basis=文件",
    "accept",
    "accept as=unit:GZ-GAJ",
    "call 00:01..00:02 unanswered",
    "call 00:01..00:02 answered",
    "reply",
    "reply evidence=none",
    "submit",
    "submit not_wanted",
    "submit unreachable",
    "submit as=unit:GZ-GAJ",
    "pass",
    "fail",
    "offer",
    "rate satisfied",
    "rate dissatisfied",
    "rate 还行",
    "follow_up",
    "close",
    "recompute calendar=2027",
    "recompute calendar=2027b",
    "accept as=admin",
];

/// Lines that lead on from a stage; without them few random lives would get anywhere.
fn likely(order: Option<&WorkOrder>) -> &'static [&'static str] {
    let Some(order) = order else {
        return &[
            "register complaint",
            "register consultation",
            "register commendation",
        ];
    };
    match &order.stage {
        Stage::AwaitingDispatch { .. } => &["dispatch GZ-CGJ", "route advice=GZ-CGJ:900"],
        Stage::AwaitingVerification => &["accept", "reply", "submit not_wanted"],
        Stage::InHandling => &[
            "reply",
            "submit",
            "submit not_wanted",
            "recompute calendar=2027b",
        ],
        Stage::UnderReview { .. } => &["pass", "fail", "recompute calendar=2027"],
        Stage::AwaitingRatingOffer { .. } => &["offer"],
        Stage::AwaitingRating { .. } => &["rate satisfied", "rate dissatisfied", "rate 还行"],
        Stage::AwaitingFollowUp { .. } => &["follow_up", "close"],
        Stage::Closed { .. } => &["rate satisfied"],
    }
}

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
    fn invariants_hold(start in 0_i64..400, steps in prop::collection::vec(step(), 1..50)) {
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
            let open = !matches!(before.stage, Stage::Closed { .. });
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
        let restarted = new.handle_by.trigger_at != old.handle_by.trigger_at;
        prop_assert!(!restarted, "a clock restarted without a dispatch");
    }
    Ok(())
}

/// What holds for every order at any time.
fn check_order(order: &WorkOrder, world: &World, now: DateTime<Utc>) -> Result<(), TestCaseError> {
    let replayed = replay(&world.journal).unwrap();
    prop_assert_eq!(replayed.as_ref(), Some(order));
    check_deadline(order)?;
    check_misses(order, now)?;
    let ended = world
        .journal
        .iter()
        .filter(|recorded| recorded.event.name() == "closed")
        .count();
    prop_assert_eq!(
        ended,
        usize::from(matches!(order.stage, Stage::Closed { .. }))
    );
    prop_assert!(order.ratings.len() <= 1);
    for recorded in &world.journal {
        if recorded.event.name() == "duty_accepted" {
            prop_assert!(matches!(recorded.by.role, Role::Unit(_)));
        }
    }
    Ok(())
}

/// Exactly one deadline is current, or none with its cause.
fn check_deadline(order: &WorkOrder) -> Result<(), TestCaseError> {
    let expected = match &order.stage {
        Stage::UnderReview { .. } => Some(NoDeadline::UnderReview),
        Stage::AwaitingFollowUp { .. } => Some(NoDeadline::FollowUp),
        Stage::Closed { .. } => Some(NoDeadline::Closed),
        Stage::AwaitingDispatch { .. }
        | Stage::AwaitingVerification
        | Stage::InHandling
        | Stage::AwaitingRatingOffer { .. }
        | Stage::AwaitingRating { .. } => None,
    };
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
    use lifecycle::deadline::DeadlineKind as Kind;
    for (n, missed) in order.missed.iter().enumerate() {
        prop_assert!(missed.due_at < now);
        let of_unit = matches!(missed.deadline, Kind::Verification | Kind::Handling);
        prop_assert_eq!(missed.unit.is_some(), of_unit);
        prop_assert_ne!(missed.deadline, Kind::Rating, "not rating is nobody's miss");
        let again = order.missed[..n]
            .iter()
            .any(|other| other.deadline == missed.deadline);
        prop_assert!(!again, "{:?} missed twice", missed.deadline);
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
