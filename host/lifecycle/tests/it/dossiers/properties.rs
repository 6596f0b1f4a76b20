//! Random lives of dossiers: whatever is asked when, these hold after every step.

use chrono::{DateTime, TimeDelta, Utc};
use lifecycle::dossier::{Command, Content, Force, TaskStage, replay, timers};
use lifecycle::ids::Actor;
use proptest::prelude::*;

use super::script::{World, actor, command, instant};

/// Commands with who gives them.
const COMMANDS: [(&str, &str); 30] = [
    ("list GZ-CGJ,GZ-GAJ orders=A,C", "operator"),
    ("list GZ-CGJ", "operator"),
    ("announce GZ-CGJ 2026-01-05", "unit:GZ-CGJ"),
    ("announce GZ-CGJ 2026-02-13 filed", "unit:GZ-CGJ"),
    ("register 2026", "system"),
    ("meeting liaison 2026-01-06", "operator"),
    ("meeting plenary 2026-01-07", "operator"),
    ("solution unit=GZ-CGJ", "operator"),
    ("ruling", "operator"),
    ("add-unit GZ-ZJJ", "operator"),
    ("add-unit GZ-GAJ", "operator"),
    ("remove-unit GZ-GAJ", "operator"),
    ("remove-unit GZ-CGJ", "operator"),
    ("add B", "operator"),
    ("drop A,B", "operator"),
    ("bulletin", "operator"),
    ("plan", "unit:GZ-CGJ"),
    ("plan", "unit:GZ-GAJ"),
    ("progress", "unit:GZ-CGJ"),
    ("progress", "unit:GZ-GAJ"),
    ("stage", "unit:GZ-CGJ"),
    ("ended 2026-01-10", "unit:GZ-CGJ"),
    ("ended 2026-01-10", "unit:GZ-GAJ"),
    ("final to=GZ-ZJJ", "unit:GZ-CGJ"),
    ("final", "unit:GZ-GAJ"),
    ("opinion", "unit:GZ-CGJ"),
    ("opinion", "unit:GZ-GAJ"),
    ("outcome", "unit:GZ-CGJ"),
    ("close", "operator"),
    ("file new=cg-8", "unit:GZ-CGJ"),
];

/// How far time moves before a command, in seconds.
const STEPS: [i64; 6] = [0, 1, 3600, 86_400, 9 * 86_400, 40 * 86_400];

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 300,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn invariants_hold(
        first in 0..8_usize,
        steps in prop::collection::vec((0..COMMANDS.len(), 0..STEPS.len(), any::<bool>()), 1..40),
    ) {
        let mut world = World::new();
        let mut now = instant("2026-02-13", "09:00");
        let give = |world: &mut World, index: usize, now| {
            let (line, role) = COMMANDS[index];
            let words: Vec<&str> = line.split_whitespace().collect();
            let before = (world.dossier.clone(), world.journal.clone());
            if world.give(&command(words[0], &words[1..]), &actor(role), now).is_err() {
                assert_eq!((world.dossier.clone(), world.journal.clone()), before);
            }
        };
        give(&mut world, first, now);
        for (index, pause, fire) in steps {
            now += TimeDelta::seconds(STEPS[pause]);
            if fire {
                fire_timers(&mut world, now)?;
            }
            give(&mut world, index, now);
            holds(&world, now)?;
        }
        fire_timers(&mut world, now + TimeDelta::days(400))?;
        holds(&world, now + TimeDelta::days(400))?;
    }
}

/// Fires what is due, in order, as a scheduler would; each timer has something to do, and firing ends.
fn fire_timers(world: &mut World, now: DateTime<Utc>) -> Result<(), TestCaseError> {
    for _ in 0..100 {
        let Some(dossier) = &world.dossier else {
            return Ok(());
        };
        let due = timers(dossier).into_iter().find(|timer| timer.at < now);
        let Some(timer) = due else {
            return Ok(());
        };
        let at = (timer.at + TimeDelta::milliseconds(1))
            .max(last_event(world))
            .min(now);
        let command = Command::MarkDue {
            deadline: timer.deadline,
            unit: timer.unit.clone(),
        };
        let answer = world.give(&command, &Actor::system(), at);
        prop_assert!(answer.is_ok(), "{timer:?}: {answer:?}");
    }
    Err(TestCaseError::fail("timers never end"))
}

fn last_event(world: &World) -> DateTime<Utc> {
    world
        .journal
        .last()
        .map_or(DateTime::UNIX_EPOCH, |it| it.at)
}

fn holds(world: &World, now: DateTime<Utc>) -> Result<(), TestCaseError> {
    let Some(dossier) = &world.dossier else {
        prop_assert!(world.journal.is_empty());
        return Ok(());
    };
    // The journal is the truth.
    let replayed = replay(&world.journal).unwrap();
    prop_assert_eq!(replayed.as_ref(), Some(dossier));
    prop_assert_eq!(
        world.journal.len(),
        usize::try_from(dossier.version).unwrap()
    );
    // A miss is recorded once, after its instant, and only the law makes overdue.
    for (index, missed) in dossier.missed.iter().enumerate() {
        prop_assert!(missed.due_at < now);
        prop_assert!(!dossier.missed[..index].contains(missed));
    }
    let law = dossier.missed.iter().any(|it| it.force == Force::Law);
    prop_assert_eq!(dossier.is_overdue(), law);
    // Every deadline that runs is timed, or was missed.
    let timed = timers(dossier);
    for deadline in dossier.running_deadlines() {
        let is_timed = timed.iter().any(|timer| {
            (timer.at, timer.deadline, &timer.unit)
                == (deadline.due.due_at, deadline.kind, &deadline.unit)
        });
        prop_assert!(is_timed != dossier.has_missed(deadline), "{deadline:?}");
    }
    if let Content::LongTermMatter(matter) = &dossier.content {
        // A matter is always somebody's, and ends only once everybody has fed back.
        prop_assert!(matter.active_tasks().count() > 0);
        if matter.closed_at.is_some() {
            let done = |stage: &TaskStage| matches!(stage, TaskStage::Done { .. });
            prop_assert!(matter.active_tasks().all(|task| done(&task.stage)));
            let last = world.journal.last().unwrap().event.name();
            prop_assert_eq!(last, "matter_closed");
        }
    }
    Ok(())
}
