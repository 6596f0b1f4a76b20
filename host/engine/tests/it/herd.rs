//! Very many deadlines that end at one instant: bounded batches, in order, each once, also after days
//! of downtime and a crash in the middle; and rules that think for long.

use std::collections::BTreeMap;
use std::sync::atomic::Ordering;

use engine::ports::{DueTimer, Store as _};
use lifecycle::advice::Outcome;
use lifecycle::command::Moment;
use lifecycle::deadline::DeadlineKind;
use lifecycle::event::Event;
use lifecycle::ids::OrderId;

use crate::world::{World, admin, at, operator};

const PILING: &str = "某工地凌晨一点还在打桩";
/// Timers a tick; far fewer than are due.
const BATCH: u32 = 7;

/// So many orders, dispatched at one instant, by number.
fn orders(world: &World, count: usize) -> Vec<OrderId> {
    let mut orders: Vec<OrderId> = (0..count)
        .map(|_| world.register(PILING).order.id)
        .collect();
    orders.sort();
    orders
}

/// Nothing happens until this instant: the process was down.
fn down_until(world: &World, instant: &str) {
    world.engine.pass_time(at(instant), &admin(), 0).unwrap();
}

fn due(world: &World) -> Vec<DueTimer> {
    world.store.due_timers(world.engine.now(), 10_000).unwrap()
}

/// How often each deadline of each order was marked.
fn marked(world: &World, orders: &[OrderId]) -> BTreeMap<(OrderId, DeadlineKind, Moment), usize> {
    let mut marked = BTreeMap::new();
    for order in orders {
        for recorded in world.engine.view(order, &operator()).unwrap().history {
            if let Event::DeadlineMarked {
                deadline, moment, ..
            } = recorded.event
            {
                *marked.entry((order.clone(), deadline, moment)).or_default() += 1;
            }
        }
    }
    marked
}

#[test]
fn one_instant_is_worked_off_in_batches_by_number() {
    let world = World::new();
    let orders = orders(&world, 40);
    // Verification ended at 24:00 of Friday; on Sunday the process comes up again.
    down_until(&world, "2026-09-20T09:00:00+08:00");
    let mut left = &orders[..];
    while !left.is_empty() {
        let tick = world.engine.tick(BATCH).unwrap();
        assert_eq!(tick.timers, left.len().min(7), "{tick:?}");
        assert!(tick.more || tick.timers < 7, "{tick:?}");
        left = &left[tick.timers..];
        let waiting: Vec<OrderId> = due(&world).into_iter().map(|it| it.order).collect();
        assert_eq!(waiting, left);
    }
    assert_eq!(world.work_off().timers, 0);
}

#[test]
fn earlier_instants_come_first_and_each_once_also_after_a_crash() {
    let mut world = World::new();
    let mut all = orders(&world, 25);
    down_until(&world, "2026-09-17T10:00:00+08:00");
    all.extend(orders(&world, 25));
    let before = marked(&world, &all);
    assert_eq!(before.len(), 0);
    down_until(&world, "2026-09-21T09:00:00+08:00");
    let expected = due(&world);
    let instants: Vec<_> = expected.iter().map(|timer| timer.at).collect();
    assert!(
        instants.first() < instants.last() && expected.len() > 50,
        "{instants:?}"
    );
    let mut waiting = expected.clone();
    for n in 0.. {
        let tick = world.engine.tick(BATCH).unwrap();
        let still = due(&world);
        let fired = waiting.iter().filter(|timer| !still.contains(timer));
        let last = fired.map(|timer| timer.at).max();
        assert!(still.iter().all(|timer| Some(timer.at) >= last), "{last:?}");
        waiting = still;
        if !tick.more {
            break;
        }
        if n == 3 {
            world = world.restarted();
        }
    }
    assert_eq!(waiting, []);
    let times = marked(&world, &all);
    for timer in &expected {
        let key = (timer.order.clone(), timer.deadline, timer.moment);
        assert_eq!(times.get(&key), Some(&1), "{timer:?}");
    }
    assert_eq!(times.len(), expected.len());
}

/// Which scopes the escalations of these orders asked, with those left out in brackets.
fn asked(world: &World, orders: &[OrderId]) -> Vec<String> {
    let mut asked = Vec::new();
    for order in orders {
        for recorded in world.engine.view(order, &operator()).unwrap().history {
            let Event::EscalationAdvised { advice, .. } = recorded.event else {
                continue;
            };
            let attempts = advice.attempts.iter().map(|attempt| match attempt.outcome {
                Outcome::Failed { .. } => format!("({})", attempt.scope),
                Outcome::Answered | Outcome::NoOpinion | Outcome::Refused { .. } => {
                    attempt.scope.clone()
                }
            });
            asked.push(attempts.collect::<Vec<_>>().join(" "));
        }
    }
    asked
}

#[test]
fn a_slow_rule_ends_the_batch_and_is_then_left_out() {
    let world = World::new();
    let orders = orders(&world, 20);
    down_until(&world, "2026-09-20T09:00:00+08:00");
    world.work_off();
    // The city's rule is asked about all of them at once, and thinks for a tenth of a second each.
    down_until(&world, "2026-09-21T09:00:00+08:00");
    assert_eq!(due(&world).len(), orders.len());
    world.rule.thinks_us.store(100_000, Ordering::Relaxed);
    let tick = world.engine.tick(512).unwrap();
    assert_eq!((tick.timers, tick.more), (3, true), "{tick:?}");
    // What was decided is durable, and what it brings about is done before the next are asked.
    assert_eq!(due(&world).len(), 17);
    assert!(tick.effects >= 3, "{tick:?}");
    // Three slow answers are enough: nobody else waits for a fourth.
    let tick = world.engine.tick(512).unwrap();
    assert_eq!((tick.timers, tick.more), (17, false), "{tick:?}");
    let mut expected = vec!["440100"; 3];
    expected.extend(["(440100)"; 17]);
    assert_eq!(asked(&world, &orders), expected);
    assert_eq!(
        world.rule.asked.lock().unwrap().last().unwrap().scopes,
        ["440106"]
    );

    // A minute later one question is a trial, and a rule that has recovered is asked as before.
    let more = self::orders(&world, 2);
    world.rule.thinks_us.store(0, Ordering::Relaxed);
    world
        .engine
        .pass_time(at("2026-10-20T09:00:00+08:00"), &admin(), usize::MAX)
        .unwrap();
    let later = asked(&world, &more);
    assert!(
        !later.is_empty() && later.iter().all(|scopes| scopes == "440100"),
        "{later:?}"
    );
}
