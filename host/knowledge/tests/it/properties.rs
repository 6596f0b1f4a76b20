//! Random lives: whatever is asked when by whom, these hold after every step.

use chrono::{DateTime, TimeDelta, Utc};
use knowledge_base::point::{DraftStage, Standing, Version};
use knowledge_base::{Command, Entry, Moment, Timer, replay, timers};
use lifecycle::ids::Actor;
use proptest::prelude::*;

use super::script::{World, actor, checks, instant};

/// What may be asked, with whom it is usual.
const COMMANDS: &[(&str, &str)] = &[
    ("p draft script", "unit:GZ-CGJ/a"),
    ("p draft policy months=60", "unit:GZ-CGJ/b"),
    ("p edit script body=甲", "unit:GZ-CGJ/a"),
    ("p edit guide months=40 reason=长期", "unit:GZ-CGJ/b"),
    ("p edit script months=1", "unit:GZ-CGJ/c"),
    ("p revise script body=乙", "unit:GZ-CGJ/a"),
    ("p revise script months=7 reason=长期", "unit:GZ-CGJ/b"),
    ("p discard", "unit:GZ-CGJ/a"),
    ("p check", "unit:GZ-CGJ/a"),
    ("p check", "system/kapok"),
    ("p check block", "system/kapok"),
    ("p submit", "unit:GZ-CGJ/a"),
    ("p submit", "unit:GZ-CGJ/b"),
    ("p review", "unit:GZ-CGJ/a"),
    ("p review", "unit:GZ-CGJ/b"),
    ("p review", "leader:GZ-CGJ/c"),
    ("p review no", "leader:GZ-CGJ/c"),
    ("p confirm", "unit:GZ-CGJ/a"),
    ("p confirm months=3", "unit:GZ-CGJ/b"),
    ("p ask months=90", "unit:GZ-CGJ/a"),
    ("p longer draft", "operator/z"),
    ("p longer draft no", "operator/z"),
    ("p longer published", "operator/z"),
    ("p longer published no", "operator/z"),
    ("p down", "unit:GZ-CGJ/a"),
    ("p down", "operator/z"),
    ("p restore", "unit:GZ-CGJ/a"),
    ("p restore", "operator/z"),
    ("f open error point=p", "operator/z"),
    ("f open new emergency", "operator/z"),
    ("f answer nothing why", "unit:GZ-CGJ/a"),
    ("f answer revised", "unit:GZ-CGJ/a"),
    ("f answer confirmed", "unit:GZ-CGJ/a"),
    ("f withdraw", "operator/z"),
    ("c announce 2026-03-10", "unit:GZ-CGJ/a"),
    ("c amend 2026-04-10", "unit:GZ-CGJ/a"),
    ("c measure train 2026-03-02", "unit:GZ-CGJ/a"),
    ("c cancel", "unit:GZ-CGJ/a"),
    ("c close", "unit:GZ-CGJ/a"),
    ("o report", "operator/z"),
    ("o report since=2026-02-20T10:00", "unit:GZ-CGJ/a"),
    ("o script", "unit:GZ-CGJ/a"),
    ("o tell onsite", "unit:GZ-CGJ/a"),
    ("o end 2026-03-02T12:00", "unit:GZ-CGJ/a"),
];

/// The order of an ordinary life, so that random ones get far.
const USUAL: &[usize] = &[0, 8, 11, 14];

/// How far time moves before a command, in seconds.
const STEPS: &[i64] = &[0, 1, 3600, 86_400, 20 * 86_400, 200 * 86_400];

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 400,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn invariants_hold(
        begun in 0..=USUAL.len(),
        steps in prop::collection::vec((0..COMMANDS.len(), 0..STEPS.len(), any::<bool>()), 1..60),
    ) {
        let mut world = World::new();
        let mut now = instant("2026-03-02", "09:00");
        let usual = USUAL.iter().take(begun).map(|&index| (index, 1, false));
        for (index, pause, fire) in usual.chain(steps) {
            now += TimeDelta::seconds(STEPS[pause]);
            if fire {
                fire_timers(&mut world, now)?;
            }
            let before = world.clone();
            give(&mut world, index, now);
            grows(&before, &world)?;
            holds(&world, now)?;
        }
        let end = now + TimeDelta::days(4000);
        fire_timers(&mut world, end)?;
        holds(&world, end)?;
    }
}

fn give(world: &mut World, index: usize, now: DateTime<Utc>) {
    let (line, role) = COMMANDS[index];
    let words: Vec<&str> = line.split_whitespace().collect();
    let command = world.command(words[0], words[1], &words[2..]);
    let checks = if words[1] == "check" {
        checks(&words[2..])
    } else {
        Vec::new()
    };
    let before = world.entries.clone();
    if world
        .give(words[0], &command, &actor(role), checks, now)
        .is_err()
    {
        assert_eq!(world.entries, before);
    }
}

/// Fires what is due, in order, as a scheduler would; each timer has something to do, and firing ends.
fn fire_timers(world: &mut World, now: DateTime<Utc>) -> Result<(), TestCaseError> {
    for _ in 0..200 {
        let due = world.entries.iter().find_map(|(name, entry)| {
            let timer = timers(entry).into_iter().find(|timer| timer.at < now)?;
            Some((name.clone(), timer))
        });
        let Some((name, Timer { at, moment })) = due else {
            return Ok(());
        };
        let last = world.journals[&name].last().map_or(at, |it| it.at);
        let at = (at + TimeDelta::milliseconds(1)).max(last).min(now);
        let answer = world.give(
            &name,
            &Command::MarkDue(moment),
            &Actor::system(),
            Vec::new(),
            at,
        );
        prop_assert!(answer.is_ok(), "{moment:?}: {answer:?}");
    }
    Err(TestCaseError::fail("timers never end"))
}

/// History never shrinks and never changes.
fn grows(before: &World, after: &World) -> Result<(), TestCaseError> {
    for (name, journal) in &before.journals {
        prop_assert!(after.journals[name].starts_with(journal));
    }
    if let (Some(Entry::Point(old)), Some(Entry::Point(new))) =
        (before.entries.get("p"), after.entries.get("p"))
    {
        prop_assert!(new.versions.starts_with(&old.versions));
        prop_assert!(new.revision >= old.revision);
    }
    Ok(())
}

fn holds(world: &World, now: DateTime<Utc>) -> Result<(), TestCaseError> {
    for (name, entry) in &world.entries {
        // The journal is the truth.
        let journal = &world.journals[name];
        let replayed = replay(journal).unwrap();
        prop_assert_eq!(replayed.as_ref(), Some(entry));
        prop_assert_eq!(journal.len(), usize::try_from(entry.version()).unwrap());
        // Every running deadline is timed.
        for deadline in entry.running_deadlines() {
            let is_timed = timers(entry).iter().any(|timer| {
                let moment = Moment::Deadline {
                    deadline: deadline.kind,
                };
                (timer.at, timer.moment) == (deadline.due.due_at, moment)
            });
            prop_assert!(is_timed, "{:?}", deadline);
        }
    }
    if let Some(Entry::Outage(outage)) = world.entries.get("o") {
        for (index, missed) in outage.missed.iter().enumerate() {
            prop_assert!(missed.due_at < now);
            prop_assert!(!outage.missed[..index].contains(missed));
        }
    }
    if let Some(Entry::Point(_)) = world.entries.get("p") {
        point_holds(world, now)?;
    }
    Ok(())
}

fn point_holds(world: &World, now: DateTime<Utc>) -> Result<(), TestCaseError> {
    let point = world.point("p");
    for (number, version) in (1..).zip(&point.versions) {
        prop_assert_eq!(version.number, number);
        version_holds(version)?;
    }
    // P10: no validity beyond the law without the centre's approval, whatever renewed it.
    if let Some(validity) = &point.validity {
        prop_assert!(!validity.is_longer() || validity.approval.is_some());
        let longest = world
            .rules
            .longest(point.last_version().unwrap().content.kind);
        let from = validity.expiry.trigger_at;
        let longest = world.calendar.due(from, longest).unwrap().due_at;
        prop_assert_eq!(longest, validity.longest_until);
    }
    // R19, R67: what answers is published, reviewed, and not over, at every instant.
    for days in [0, 1, 30, 190, 800, 3000] {
        let at = now + TimeDelta::days(days);
        let answers = point.may_answer_directly(at);
        let published = matches!(point.standing, Standing::Published);
        let over = point
            .validity
            .as_ref()
            .is_some_and(|it| it.expiry.due.due_at < at);
        prop_assert_eq!(answers, published && !over && !point.versions.is_empty());
        prop_assert_eq!(
            answers,
            point
                .check_direct_answer(u32::try_from(point.versions.len()).unwrap(), at)
                .is_ok()
        );
    }
    // Nobody reviews what is not handed in.
    if let Some(draft) = &point.draft {
        let handed_in = !matches!(draft.stage, DraftStage::Editing);
        prop_assert!(!handed_in || draft.checks.is_some());
    }
    Ok(())
}

fn version_holds(version: &Version) -> Result<(), TestCaseError> {
    // R66: whoever wrote it did not review it.
    prop_assert!(!version.authors.contains(&version.reviewer));
    prop_assert!(!version.reviewer.is_empty());
    // R66: no plugin blocks it.
    prop_assert!(version.checks.iter().all(|it| it.blocking().count() == 0));
    let longer = version.validity.is_longer();
    prop_assert!(!longer || version.validity.approval.is_some());
    prop_assert!(version.validity.expiry.due.due_at > version.published_at);
    Ok(())
}
