//! A new holiday notice: preview, application, and what a crash leaves behind.

use calendar::{Calendar, YearNotice};
use engine::ports::{DueItem, Subject};
use engine::{DeadlineChange, Error};
use lifecycle::deadline::DeadlineKind;
use lifecycle::ids::OrderId;
use lifecycle::rejection::Rejection;

use crate::world::{World, admin, at, operator, unit};

/// A year as it might be announced: the statutory days, and two more off around New Year.
fn notice() -> YearNotice {
    Calendar::parse_year_json(
        r#"{
            "year": 2027,
            "notice": "国办发明电〔2026〕0号",
            "off": ["2027-01-01", "2027-01-02", "2027-01-03", "2027-01-04", "2027-01-05",
                    "2027-02-05", "2027-02-06", "2027-02-07", "2027-02-08",
                    "2027-04-05", "2027-05-01", "2027-05-02", "2027-06-09",
                    "2027-09-15", "2027-10-01", "2027-10-02", "2027-10-03"]
        }"#,
    )
    .unwrap()
}

/// A city with one order whose deadline needs 2027, and one whose deadline does not.
fn at_the_end_of_the_year() -> (World, OrderId) {
    let world = World::new();
    world.register("工地打桩");
    world
        .engine
        .pass_time(at("2026-12-28T09:00:00+08:00"), &admin(), 0)
        .unwrap();
    world.work_off();
    let id = world.register("工地打桩").order.id;
    (world, id)
}

fn due_at(world: &World, id: &OrderId) -> (chrono::DateTime<chrono::Utc>, bool) {
    let view = world.engine.view(id, &operator()).unwrap();
    let handling = |it: &&engine::DeadlineView| it.deadline.kind == DeadlineKind::Handling;
    let due = &view.deadlines.iter().find(handling).unwrap().deadline.due;
    (due.due_at, due.provisional)
}

#[test]
fn a_preview_changes_nothing() {
    let (world, id) = at_the_end_of_the_year();
    let before = due_at(&world, &id);
    assert!(before.1);
    let change = world
        .engine
        .import_calendar_year(&notice(), false, &admin())
        .unwrap();
    assert!(!change.applied);
    assert_eq!(change.changes.len(), 1);
    assert_eq!(change.changes[0].before, before.0);
    assert_eq!(due_at(&world, &id), before);
    assert_ne!(world.engine.calendar().version(), change.version);
}

#[test]
fn applying_moves_what_was_provisional() {
    let (world, id) = at_the_end_of_the_year();
    let (before, _) = due_at(&world, &id);
    let change = world
        .engine
        .import_calendar_year(&notice(), true, &admin())
        .unwrap();
    let (after, provisional) = due_at(&world, &id);
    assert!(!provisional);
    // Monday and Tuesday became days off, so it ends two days later in the week after.
    assert_eq!(after - before, chrono::TimeDelta::days(2));
    let kind = DeadlineKind::Handling;
    assert_eq!(
        change.changes,
        [DeadlineChange {
            order: id.clone(),
            kind,
            before,
            after
        }]
    );
    assert_eq!(world.engine.calendar().version(), change.version);
    let course = world.engine.explain(&id, &admin()).unwrap().course;
    let says_so = format!(
        "按日历{}重新计算,由{}变为{};办理期限按第十四条第二项10个工作日,",
        change.version,
        calendar::due_text(before),
        calendar::due_text(after),
    );
    assert!(
        course.iter().any(|it| it.explanation.zh.contains(&says_so)),
        "{says_so}\n{course:#?}"
    );
    // A restart finds the year again, and nothing is left to do.
    let world = world.restarted();
    assert_eq!(world.engine.calendar().version(), change.version);
    assert_eq!(world.work_off().recomputed, 0);
}

#[test]
fn ticks_finish_what_a_crash_left() {
    let (world, id) = at_the_end_of_the_year();
    // The year is kept, and the process ends before any order is looked at.
    let store: &dyn engine::ports::Store = &*world.store;
    store
        .add_calendar_year(&notice(), "admin", world.engine.now())
        .unwrap();
    let world = world.restarted();
    assert!(due_at(&world, &id).1);
    assert_eq!(world.work_off().recomputed, 1);
    assert!(!due_at(&world, &id).1);
}

#[test]
fn only_the_centre_imports_and_only_what_holds() {
    let (world, _) = at_the_end_of_the_year();
    assert!(matches!(
        world
            .engine
            .import_calendar_year(&notice(), true, &unit("GZ-D106")),
        Err(Error::Rejected(Rejection::NotPermitted { .. }))
    ));
    let empty = YearNotice {
        off: Vec::new(),
        ..notice()
    };
    assert!(matches!(
        world.engine.import_calendar_year(&empty, true, &admin()),
        Err(Error::Calendar(_))
    ));
}

/// A notice that lacks statutory holidays, such as one that was cut short, makes nothing final.
#[test]
fn an_incomplete_notice_is_refused() {
    let world = World::new();
    let version = world.engine.calendar().version().to_owned();
    let cut_short = YearNotice {
        year: 2026,
        off: vec!["2026-01-01".parse().unwrap()],
        ..notice()
    };
    for apply in [false, true] {
        let refused = world
            .engine
            .import_calendar_year(&cut_short, apply, &admin());
        let Err(Error::Calendar(error)) = refused else {
            panic!("{refused:?}");
        };
        assert!(error.to_string().contains("2026-10-01"), "{error}");
    }
    assert_eq!(world.engine.calendar().version(), version);
}

/// What one notice made final, a corrected one moves again.
#[test]
fn a_corrected_notice_moves_what_was_final() {
    let (world, id) = at_the_end_of_the_year();
    let import = |notice: &YearNotice| {
        world
            .engine
            .import_calendar_year(notice, true, &admin())
            .unwrap()
    };
    import(&notice());
    let wrong = due_at(&world, &id);
    let mut corrected = notice();
    corrected
        .off
        .retain(|day| !["2027-01-05"].contains(&&*day.to_string()));
    let change = import(&corrected);
    let right = due_at(&world, &id);
    assert_eq!(right, (wrong.0 - chrono::TimeDelta::days(1), false));
    assert_eq!((change.changes.len(), change.confirmed), (1, 0));
    // The same once more changes nothing, and neither do ticks.
    let change = import(&corrected);
    assert_eq!((change.changes.len(), change.confirmed), (0, 0));
    assert_eq!(world.work_off().recomputed, 0);
}

/// A deadline that only stops being provisional does not move.
#[test]
fn what_is_confirmed_is_no_move() {
    let (world, id) = at_the_end_of_the_year();
    let (before, _) = due_at(&world, &id);
    let mut as_expected = notice();
    let swapped = ["2027-01-04", "2027-01-05"];
    as_expected
        .off
        .retain(|day| !swapped.contains(&&*day.to_string()));
    let change = world
        .engine
        .import_calendar_year(&as_expected, true, &admin())
        .unwrap();
    assert_eq!(due_at(&world, &id), (before, false));
    assert_eq!((change.changes, change.confirmed), (Vec::new(), 1));
}

/// An order whose deadline cannot be recomputed keeps the one that it had; whoever imports is told, and
/// ticks try again until it has the new one.
#[test]
fn what_cannot_be_recomputed_is_told_and_tried_again() {
    let (world, id) = at_the_end_of_the_year();
    let other = world.register("工地打桩").order.id;
    let before = due_at(&world, &id);
    world.work_off();
    world.break_one(id.as_str());
    let change = world
        .engine
        .import_calendar_year(&notice(), true, &admin())
        .unwrap();
    let failed: Vec<&OrderId> = change.failed.iter().map(|it| &it.order).collect();
    assert_eq!(failed, [&id]);
    assert!(change.failed[0].error.contains("it is broken"));
    let moved: Vec<&OrderId> = change.changes.iter().map(|it| &it.order).collect();
    assert_eq!(moved, [&other]);
    world.work_off();
    assert_eq!(due_at(&world, &id), before);
    let stuck = || {
        let page = world.engine.stuck_items(None, 10, &operator());
        page.unwrap().items
    };
    let [one] = stuck().try_into().unwrap();
    assert!(matches!(one.item, DueItem::Recomputation(_)), "{one:?}");
    assert_eq!(one.item.subject(), Subject::Order(id.clone()));
    // Also after a restart, which finds every order looked at.
    let world = world.restarted();
    world.mend(id.as_str());
    world
        .clock
        .advance_to(world.engine.now() + chrono::TimeDelta::hours(1));
    assert_eq!(world.work_off().recomputed, 1);
    assert!(!due_at(&world, &id).1);
    assert_eq!(stuck(), []);
}

/// Two notices that are imported at the same moment are both in force afterwards.
#[test]
fn imports_at_the_same_moment_lose_nothing() {
    let world = World::new();
    let other = YearNotice {
        year: 2028,
        off: notice()
            .off
            .iter()
            .map(|day| day.to_string().replace("2027", "2028").parse().unwrap())
            .chain(
                [
                    "2028-01-25",
                    "2028-01-26",
                    "2028-01-27",
                    "2028-01-28",
                    "2028-04-04",
                    "2028-05-28",
                ]
                .map(|it| it.parse().unwrap()),
            )
            .collect(),
        ..notice()
    };
    *world.store.importers.wanted.lock().unwrap() = 2;
    std::thread::scope(|scope| {
        for notice in [notice(), other] {
            let engine = &world.engine;
            scope.spawn(move || {
                engine
                    .import_calendar_year(&notice, true, &admin())
                    .unwrap()
            });
        }
    });
    let calendar = world.engine.calendar();
    for day in ["2027-01-05", "2028-01-05"] {
        let day = calendar.day(day.parse().unwrap()).unwrap();
        assert!(!day.is_working(), "{day:?}");
    }
}
