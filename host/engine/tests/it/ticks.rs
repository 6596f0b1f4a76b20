//! What falls due: once, in order, also after a crash; and the clock that is set by hand.

use engine::{DeadlineStatus, Error};
use lifecycle::command::{Command, Review};
use lifecycle::deadline::DeadlineKind;
use lifecycle::order::Stage;
use lifecycle::rejection::Rejection;

use crate::world::{World, admin, at, operator, reply, report, unit};

const PILING: &str = "某工地凌晨一点还在打桩";

/// How often each event happened.
fn count(world: &World, order: &lifecycle::ids::OrderId, name: &str) -> usize {
    world
        .events(order)
        .iter()
        .filter(|event| **event == name)
        .count()
}

#[test]
fn effects_are_performed_once_also_after_a_crash() {
    let world = World::new();
    let id = world.register(PILING).order.id;
    assert!(
        world
            .engine
            .view(&id, &operator())
            .unwrap()
            .messages
            .is_empty()
    );
    // The commit is durable, and the process ends before anybody is told.
    let world = world.restarted();
    let told = world.work_off().effects;
    assert!(told > 0);
    assert_eq!(world.work_off().effects, 0);
    assert_eq!(
        world.engine.view(&id, &operator()).unwrap().messages.len(),
        told
    );
}

#[test]
fn the_rating_is_offered_once() {
    let world = World::new();
    let id = world.register(PILING).order.id;
    let staff = unit("GZ-D106");
    let now = world.engine.now();
    world.give(&id, &staff, |_| Command::AcceptDuty).unwrap();
    world.give(&id, &staff, |texts| reply(now, texts)).unwrap();
    world.give(&id, &staff, |texts| report(now, texts)).unwrap();
    world
        .give(&id, &operator(), |_| Command::Review(Review::Pass))
        .unwrap();
    let world = world.restarted();
    world.work_off();
    world.work_off();
    assert_eq!(count(&world, &id, "rating_offered"), 1);
    // Nobody rates in five days: the timer ends the order.
    world
        .engine
        .pass_time(at("2026-09-22T00:00:00.001+08:00"), &admin(), 0)
        .unwrap();
    assert_eq!(world.work_off().timers, 1);
    assert_eq!(world.work_off().timers, 0);
    let view = world.engine.view(&id, &operator()).unwrap();
    assert!(
        matches!(view.order.stage, Stage::Closed { .. }),
        "{:?}",
        view.order.stage
    );
}

#[test]
fn deadlines_pass_once_and_strictly_after_their_instant() {
    let world = World::new();
    let orders = [
        world.register(PILING).order.id,
        world.register(PILING).order.id,
    ];
    // Verification ends at 24:00 of Friday the 18th.
    let due_at = at("2026-09-19T00:00:00+08:00");
    assert_eq!(world.engine.next_timer_at().unwrap(), Some(due_at));
    for (now, times) in [
        ("2026-09-19T00:00:00+08:00", 0),
        ("2026-09-19T00:00:00.001+08:00", 1),
    ] {
        world.engine.pass_time(at(now), &admin(), 0).unwrap();
        for _ in 0..2 {
            world.work_off();
            for id in &orders {
                assert_eq!(count(&world, id, "duty_deemed_accepted"), times, "{now}");
            }
        }
    }
    // Everything until long after the end of handling, on 30 September, in one go.
    world
        .engine
        .pass_time(at("2026-11-01T00:00:00+08:00"), &admin(), 0)
        .unwrap();
    world.work_off();
    for id in &orders {
        let view = world.engine.view(id, &operator()).unwrap();
        let status = |kind| {
            let of_kind = |deadline: &&engine::DeadlineView| deadline.deadline.kind == kind;
            view.deadlines
                .iter()
                .find(of_kind)
                .map(|deadline| deadline.status)
        };
        assert_eq!(status(DeadlineKind::Dispatch), Some(DeadlineStatus::Met));
        assert_eq!(
            status(DeadlineKind::Verification),
            Some(DeadlineStatus::Missed)
        );
        assert_eq!(
            status(DeadlineKind::Handling),
            Some(DeadlineStatus::Overdue)
        );
        assert!(count(&world, id, "escalation_advised") >= 1);
    }
    assert_eq!(world.work_off(), engine::Tick::default());
}

#[test]
fn only_the_admin_moves_the_clock_and_only_forward() {
    let world = World::new();
    let later = at("2026-09-17T00:00:00+08:00");
    assert!(matches!(
        world.engine.pass_time(later, &operator(), 0),
        Err(Error::Rejected(Rejection::NotPermitted { .. }))
    ));
    world.engine.pass_time(later, &admin(), 0).unwrap();
    assert_eq!(world.engine.now(), later);
    let kept = engine::ports::Store::manual_clock(&*world.store).unwrap();
    assert_eq!(kept, Some(later));
    assert!(matches!(
        world
            .engine
            .pass_time(at("2026-09-16T23:59:59+08:00"), &admin(), 0),
        Err(Error::InvalidInput { field: "now", .. })
    ));
}

#[test]
fn deadlines_explain_themselves() {
    let world = World::new();
    world
        .engine
        .pass_time(at("2026-09-18T16:00:00+08:00"), &admin(), 0)
        .unwrap();
    let id = world.register(PILING).order.id;
    let view = world.engine.view(&id, &operator()).unwrap();
    let of_kind = |kind| {
        let found = view
            .deadlines
            .iter()
            .find(|it| it.deadline.kind == kind)
            .unwrap();
        (found.explanation.zh.as_str(), found.explanation.en.as_str())
    };
    assert_eq!(
        of_kind(DeadlineKind::Handling),
        (
            "2026-09-18 16:00 转派,按第十四条第二项10个工作日,自2026-09-20(下一个工作日)0时起算,\
             只计工作日,计入09-20、09-21、09-22、09-23、09-24、09-28、09-29、09-30、10-08、10-09,于2026-10-09 24:00到期",
            "Dispatched 2026-09-18 16:00; 10 working days by 第十四条第二项 (R22); counted from \
             2026-09-20 00:00, the next working day, working days only; counting 09-20, 09-21, \
             09-22, 09-23, 09-24, 09-28, 09-29, 09-30, 10-08, 10-09; due 2026-10-09 24:00",
        )
    );
    assert!(
        of_kind(DeadlineKind::Dispatch)
            .0
            .starts_with("2026-09-18 16:00 登记,按第十三条")
    );
}

#[test]
fn the_clock_stays_within_the_calendar() {
    let world = World::new();
    let refusal = |to: &str| {
        world
            .engine
            .pass_time(at(to), &admin(), 0)
            .unwrap_err()
            .to_string()
    };
    let late = refusal("2200-01-01T00:00:00+08:00");
    assert!(late.contains("after 2098-01-01T00:00:00+08:00"), "{late}");
    assert_eq!(late, refusal("2098-01-01T00:00:00.001+08:00"));
    let back = refusal("2026-09-16T09:00:00+08:00");
    assert!(back.contains("before 2026-09-16T10:00:00+08:00"), "{back}");
    // At the last instant orders can still be registered.
    let last = at("2098-01-01T00:00:00+08:00");
    world.engine.pass_time(last, &admin(), 0).unwrap();
    world.register(PILING);
}

#[test]
fn everything_happens_at_its_own_instant() {
    let world = World::new();
    let id = world.register(PILING).order.id;
    let to = at("2026-11-01T00:00:00+08:00");
    let passed = world.engine.pass_time(to, &admin(), usize::MAX).unwrap();
    assert!(passed.timers > 1 && !passed.more, "{passed:?}");
    assert_eq!(world.engine.now(), to);
    assert_eq!(world.work_off(), engine::Tick::default());
    let view = world.engine.view(&id, &operator()).unwrap();
    let deemed = view
        .history
        .iter()
        .find(|it| it.event.name() == "duty_deemed_accepted")
        .unwrap();
    assert_eq!(deemed.at, at("2026-09-19T00:00:00.001+08:00"));

    // After so many items the clock jumps, and ticks do the rest.
    let world = World::new();
    world.register(PILING);
    let passed = world.engine.pass_time(to, &admin(), 1).unwrap();
    assert!(passed.more, "{passed:?}");
    assert_eq!(world.engine.now(), to);
    assert!(world.work_off().timers > 0);
}
