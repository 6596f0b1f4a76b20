//! Who sees what (Art. 43, R75).

use engine::ports::OrderFilter;
use engine::{CommandOptions, Error};
use lifecycle::ids::{Actor, UnitCode};
use lifecycle::rejection::Rejection;

use crate::world::{
    World, admin, auditor, channel, district, leader, operator, reply, report, request, unit,
};

const PILING: &str = "工地打桩,我叫李小明,电话13912345678";

/// What somebody sees of the order: its words, its words masked, or nothing.
#[derive(Debug, PartialEq, Eq)]
enum Seen {
    Words,
    Masked,
    Nothing,
}

#[test]
fn an_order_is_seen_by_whose_task_it_is() {
    let world = World::new();
    let by = channel("穗好办");
    let registered = world
        .engine
        .register(request(PILING), &by, &CommandOptions::default())
        .unwrap();
    let id = registered.order.id;
    let staff = unit("GZ-D106");
    let now = world.engine.now();
    world
        .give(&id, &staff, |_| lifecycle::command::Command::AcceptDuty)
        .unwrap();
    world.give(&id, &staff, |texts| reply(now, texts)).unwrap();
    world.give(&id, &staff, |texts| report(now, texts)).unwrap();
    for (who, expected, listed, personal) in [
        (operator(), Seen::Words, 1, true),
        (unit("GZ-D106"), Seen::Words, 1, true),
        (unit("GZ-ZJJ"), Seen::Nothing, 0, false),
        (district("440106"), Seen::Words, 1, false),
        (district("440111"), Seen::Nothing, 0, false),
        (channel("穗好办"), Seen::Words, 1, false),
        (channel("微信"), Seen::Nothing, 0, false),
        (auditor(), Seen::Masked, 1, false),
        (admin(), Seen::Masked, 1, false),
    ] {
        let seen = match world.engine.view(&id, &who) {
            Ok(view) => {
                let words = serde_json::to_string(&(&view.request, &view.texts)).unwrap();
                let private = ["李小明", "13912345678", "陈女士"].map(|it| words.contains(it));
                assert_eq!(private, [!view.masked; 3], "{who:?}: {words}");
                if view.masked {
                    Seen::Masked
                } else {
                    Seen::Words
                }
            }
            Err(Error::Rejected(
                Rejection::NotPermitted { .. } | Rejection::NotTheHandlingUnit { .. },
            )) => Seen::Nothing,
            Err(error) => panic!("{who:?}: {error}"),
        };
        assert_eq!(seen, expected, "{who:?}");
        let page = world
            .engine
            .list(&OrderFilter::default(), None, 10, &who)
            .unwrap();
        assert_eq!(page.items.len(), listed, "{who:?}");
        let data = world.engine.requester(&id, &who, "回访");
        assert_eq!(data.is_ok(), personal, "{who:?}: {data:?}");
    }
    let log = world.store.accesses();
    assert_eq!(
        log,
        [
            format!("op-7 {id} 回访"),
            format!("staff of GZ-D106 {id} 回访")
        ]
    );
}

#[test]
fn staff_that_is_complained_of_sees_nothing() {
    // R7: the leader sees what staff sees otherwise.
    let world = World::new();
    let about = |against: Option<&str>| {
        let mut new = request("电梯维修拖延");
        new.against_unit = against.map(UnitCode::new);
        let options = CommandOptions::default();
        let id = world
            .engine
            .register(new, &operator(), &options)
            .unwrap()
            .order
            .id;
        let dispatch = |_: &mut engine::Texts| {
            lifecycle::command::Command::Dispatch(lifecycle::command::Dispatch {
                unit: UnitCode::new("GZ-ZJJ"),
                special_limit: None,
                joint: false,
            })
        };
        world.give(&id, &operator(), dispatch).unwrap();
        id
    };
    let (theirs, anothers) = (about(Some("GZ-ZJJ")), about(Some("GZ-D106")));
    for (order, who, seen) in [
        (&theirs, unit("GZ-ZJJ"), false),
        (&theirs, leader("GZ-ZJJ"), true),
        (&theirs, unit("GZ-D106"), false),
        (&theirs, leader("GZ-D106"), false),
        (&anothers, unit("GZ-ZJJ"), true),
        (&anothers, leader("GZ-ZJJ"), true),
    ] {
        let view = world.engine.view(order, &who);
        assert_eq!(view.is_ok(), seen, "{who:?}");
        assert_eq!(world.engine.explain(order, &who).is_ok(), seen, "{who:?}");
        let data = world.engine.requester(order, &who, "回访");
        assert_eq!(data.is_ok(), seen, "{who:?}");
        let page = world
            .engine
            .list(&OrderFilter::default(), None, 10, &who)
            .unwrap();
        let listed = page.items.iter().any(|line| line.id == *order);
        assert_eq!(listed, seen, "{who:?}");
    }
    let accepted =
        |who: &Actor| world.give(&theirs, who, |_| lifecycle::command::Command::AcceptDuty);
    assert!(matches!(
        accepted(&unit("GZ-ZJJ")),
        Err(Error::Rejected(Rejection::NotTheHandlingUnit { .. }))
    ));
    accepted(&leader("GZ-ZJJ")).unwrap();
}

#[test]
fn personal_data_needs_a_purpose() {
    let world = World::new();
    let id = world.register(PILING).order.id;
    let data = world.engine.requester(&id, &operator(), " ");
    assert!(matches!(
        data,
        Err(Error::InvalidInput {
            field: "purpose",
            ..
        })
    ));
    assert!(world.store.accesses().is_empty());
    let data = world
        .engine
        .requester(&id, &operator(), "核实")
        .unwrap()
        .unwrap();
    assert_eq!(data.name.as_deref(), Some("钟晓彤"));
}

#[test]
fn a_filter_cannot_reach_further_than_its_asker() {
    let world = World::new();
    world.register(PILING);
    let of_others = OrderFilter {
        unit: Some(UnitCode::new("GZ-D106")),
        district: Some(lifecycle::ids::DistrictCode::new("440106")),
        registered_by: Some("微信".to_owned()),
        ..OrderFilter::default()
    };
    let ask = |who: &Actor| world.engine.list(&of_others, None, 10, who);
    for who in [unit("GZ-ZJJ"), district("440111"), channel("穗好办")] {
        assert!(matches!(ask(&who), Err(Error::Rejected(_))), "{who:?}");
    }
    assert!(matches!(
        world.engine.list(
            &OrderFilter::default(),
            Some("none of ours"),
            10,
            &operator()
        ),
        Err(Error::InvalidInput { field: "after", .. })
    ));
}
