//! What is due and cannot be carried out: put off, seen, tried again, and never lost; nothing waits for it.

use chrono::TimeDelta;
use engine::ports::{DueItem, StuckItem, Subject};
use engine::{Error, Tick};
use lifecycle::command::{Command, Review};
use lifecycle::dossier::{self, DossierId};
use lifecycle::ids::{Actor, OrderId, UnitCode};
use lifecycle::rejection::Rejection;

use crate::world::{World, admin, at, auditor, channel, district, operator, reply, report, unit};

const PILING: &str = "某工地凌晨一点还在打桩";
/// Just after the time for verification has passed.
const PASSED: &str = "2026-09-19T00:00:01+08:00";

fn stuck(world: &World) -> Vec<StuckItem> {
    world
        .engine
        .stuck_items(None, 10, &operator())
        .unwrap()
        .items
}

fn pass(world: &World, time: TimeDelta) {
    world.clock.advance_to(world.engine.now() + time);
}

/// So many orders with a unit, by number: as their timers come.
fn orders(world: &World, number: usize) -> Vec<OrderId> {
    let all = (0..number).map(|_| world.register(PILING).order.id);
    let mut all: Vec<OrderId> = all.collect();
    all.sort();
    world.work_off();
    all
}

fn marks(world: &World, order: &OrderId) -> usize {
    let events = world.events(order);
    events.iter().filter(|it| **it == "deadline_marked").count()
}

#[test]
fn a_timer_that_cannot_fire_is_put_off_and_fires_later() {
    let world = World::new();
    let orders = orders(&world, 4);
    world.break_one(orders[0].as_str());
    world.clock.advance_to(at(PASSED));
    // Of a batch that begins with what is broken, and of a batch of one.
    let tick = world.engine.tick(2).unwrap();
    assert_eq!((tick.timers, tick.put_off, tick.more), (1, 1, true));
    assert_eq!(world.work_off().timers, 2);
    assert!(orders[1..].iter().all(|order| marks(&world, order) == 1));
    let items = stuck(&world);
    let [one] = items.as_slice() else {
        panic!("{items:?}");
    };
    let DueItem::Timer(timer) = &one.item else {
        panic!("{one:?}");
    };
    assert_eq!((&timer.order, timer.attempts), (&orders[0], 1));
    assert_eq!(one.since, at("2026-09-19T00:00:00+08:00"));
    assert_eq!(one.next_at, Some(at("2026-09-19T00:01:01+08:00")));
    assert_eq!(one.problem, "the store failed to load: it is broken");
    // A restart forgets nothing, and nothing happens before its time.
    let world = world.restarted();
    assert_eq!(world.work_off(), Tick::default());
    pass(&world, TimeDelta::minutes(1) + TimeDelta::milliseconds(1));
    assert_eq!(world.work_off().put_off, 1);
    let again = &stuck(&world)[0];
    assert_eq!((&again.id, again.item.attempts()), (&one.id, 2));
    assert_eq!(
        again.next_at,
        Some(world.engine.now() + TimeDelta::minutes(3))
    );
    world.mend(orders[0].as_str());
    pass(&world, TimeDelta::minutes(4));
    assert_eq!(world.work_off().timers, 1);
    assert_eq!(marks(&world, &orders[0]), 1);
    assert_eq!(stuck(&world), []);
}

/// The clock that is set by hand passes what is stuck, as it passes the time of everything else.
#[test]
fn time_passes_over_what_is_stuck() {
    let world = World::new();
    let orders = orders(&world, 2);
    world.break_one(orders[0].as_str());
    let to = at("2026-09-21T00:00:00+08:00");
    world.engine.pass_time(to, &admin(), usize::MAX).unwrap();
    assert_eq!(marks(&world, &orders[1]), 1);
    let attempts = stuck(&world)[0].item.attempts();
    assert!((9..20).contains(&attempts), "{attempts}");
    world.mend(orders[0].as_str());
    let to = at("2026-09-22T00:00:00+08:00");
    world.engine.pass_time(to, &admin(), usize::MAX).unwrap();
    assert_eq!(marks(&world, &orders[0]), marks(&world, &orders[1]));
    assert_eq!(stuck(&world), []);
}

#[test]
fn an_effect_that_cannot_be_performed_is_put_off_and_performed_later() {
    let world = World::new();
    let orders = orders(&world, 2);
    let staff = unit("GZ-D106");
    let now = world.engine.now();
    for order in &orders {
        world.give(order, &staff, |_| Command::AcceptDuty).unwrap();
        world
            .give(order, &staff, |texts| reply(now, texts))
            .unwrap();
        world
            .give(order, &staff, |texts| report(now, texts))
            .unwrap();
    }
    world.work_off();
    for order in &orders {
        let review = |_: &mut engine::Texts| Command::Review(Review::Pass);
        world.give(order, &operator(), review).unwrap();
    }
    world.break_one(orders[0].as_str());
    // One at a time: what is put off is not in the way of the other.
    let done: Vec<(usize, usize)> = (0..3)
        .map(|_| world.engine.tick(1).unwrap())
        .map(|tick| (tick.effects, tick.put_off))
        .collect();
    assert_eq!(done, [(0, 1), (1, 0), (0, 0)]);
    assert!(world.events(&orders[1]).contains(&"rating_offered"));
    let one = &stuck(&world)[0];
    assert!(matches!(one.item, DueItem::Effect { .. }), "{one:?}");
    assert_eq!(one.item.subject(), Subject::Order(orders[0].clone()));
    world.mend(orders[0].as_str());
    pass(&world, TimeDelta::minutes(1));
    world.work_off();
    assert!(world.events(&orders[0]).contains(&"rating_offered"));
    assert_eq!(stuck(&world), []);
}

/// A message that cannot be put into its box stays to be put there; the others of its batch are.
#[test]
fn a_message_is_put_off_alone() {
    let world = World::new();
    let orders: Vec<OrderId> = (0..3).map(|_| world.register(PILING).order.id).collect();
    world.break_one(orders[1].as_str());
    world.work_off();
    let told = |order: &OrderId| {
        let view = world.engine.view(order, &operator()).unwrap();
        view.messages.len()
    };
    let all = told(&orders[0]);
    assert!(all > 0);
    assert_eq!((told(&orders[1]), told(&orders[2])), (0, all));
    assert_eq!(stuck(&world).len(), all);
    world.mend(orders[1].as_str());
    pass(&world, TimeDelta::minutes(1));
    world.work_off();
    assert_eq!((told(&orders[1]), stuck(&world)), (all, Vec::new()));
}

/// What an order has moved on from is nothing to be put off: it ends without a word.
#[test]
fn what_an_order_has_moved_on_from_is_dropped() {
    let world = World::new();
    let order = orders(&world, 1).remove(0);
    let staff = unit("GZ-D106");
    let now = world.engine.now();
    world.give(&order, &staff, |_| Command::AcceptDuty).unwrap();
    world
        .give(&order, &staff, |texts| reply(now, texts))
        .unwrap();
    world
        .give(&order, &staff, |texts| report(now, texts))
        .unwrap();
    let review = |_: &mut engine::Texts| Command::Review(Review::Pass);
    world.give(&order, &operator(), review).unwrap();
    // Kapok itself records the offer before its effect is performed.
    let offer = |_: &mut engine::Texts| {
        Command::RecordRatingOffer(lifecycle::command::RatingOffer {
            sent_at: now,
            delivered_at: None,
        })
    };
    world.give(&order, &Actor::system(), offer).unwrap();
    assert_eq!(world.work_off().put_off, 0);
    assert_eq!(stuck(&world), []);
}

/// A dossier's timer, in the same way.
#[test]
fn a_dossiers_timer_is_put_off_too() {
    let world = World::new();
    let id = matter(&world);
    world.break_one(id.as_str());
    world.clock.advance_to(at("2027-01-30T00:00:00+08:00"));
    let tick = world.work_off();
    assert!(tick.put_off > 0, "{tick:?}");
    let items = stuck(&world);
    assert!(
        items
            .iter()
            .any(|it| matches!(&it.item, DueItem::DossierTimer(timer) if timer.dossier == id)),
        "{items:?}"
    );
    world.mend(id.as_str());
    pass(&world, TimeDelta::hours(7));
    world.work_off();
    assert_eq!(stuck(&world), []);
    let view = world.engine.dossier(&id, &operator()).unwrap();
    let marked = |it: &dossier::Recorded| it.event.name() == "deadline_marked";
    assert!(view.history.iter().any(marked));
}

fn matter(world: &World) -> DossierId {
    let listed = |texts: &mut engine::Texts| {
        dossier::Command::ListMatter(dossier::NewMatter {
            title: "天河某小区停车难".to_owned(),
            criteria: texts.add("三个月内多人反映".to_owned()),
            units: vec![UnitCode::new("GZ-D106")],
            orders: Vec::new(),
        })
    };
    let options = engine::CommandOptions::default();
    let opened = world.engine.open_dossier(&operator(), &options, listed);
    world.work_off();
    opened.unwrap().dossier.id
}

#[test]
fn the_centre_sees_it_and_the_admin_has_it_tried() {
    let world = World::new();
    let orders = orders(&world, 3);
    for order in &orders {
        world.break_one(order.as_str());
    }
    world.clock.advance_to(at(PASSED));
    world.work_off();
    for stranger in [
        unit("GZ-D106"),
        district("440106"),
        channel("mail"),
        auditor(),
    ] {
        let refused = world.engine.stuck_items(None, 10, &stranger);
        assert!(
            matches!(
                refused,
                Err(Error::Rejected(Rejection::NotPermitted { .. }))
            ),
            "{stranger:?}"
        );
    }
    // Page by page.
    let page = world.engine.stuck_items(None, 2, &admin()).unwrap();
    assert_eq!(page.items.len(), 2);
    let next = page.next.as_deref();
    let rest = world.engine.stuck_items(next, 2, &admin()).unwrap();
    assert_eq!((rest.items.len(), rest.next), (1, None));
    let bad = world.engine.stuck_items(Some("x"), 2, &admin());
    assert!(matches!(
        bad,
        Err(Error::InvalidInput { field: "after", .. })
    ));
    // At once, whatever the pause.
    let one = page.items[0].clone();
    world.mend(one.item.subject().number());
    let retry = |id: &str, by: &Actor| world.engine.retry_stuck_item(id, by);
    assert!(matches!(
        retry(&one.id, &operator()),
        Err(Error::Rejected(Rejection::NotPermitted { .. }))
    ));
    let retried = retry(&one.id, &admin()).unwrap();
    assert_eq!((retried.item, retried.next_at), (one.item, None));
    assert_eq!(world.work_off().timers, 1);
    assert_eq!(stuck(&world).len(), 2);
    for gone in [one.id.as_str(), "", "timer-x"] {
        assert!(matches!(retry(gone, &admin()), Err(Error::NotStuck { .. })));
    }
}
