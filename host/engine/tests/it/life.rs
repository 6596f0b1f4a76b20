//! The main path, and what comes in its way: repetitions, conflicts, bad input.

use contract::types::Rating;
use engine::ports::{IdempotencyKey, OrderFilter};
use engine::{CommandOptions, Error};
use lifecycle::command::{Command, Dispatch, RatingChoice, Review};
use lifecycle::event::QueueReason;
use lifecycle::ids::UnitCode;
use lifecycle::order::Stage;
use lifecycle::rejection::Rejection;

use crate::world::{START, World, admin, at, channel, operator, reply, report, request, unit};

const PILING: &str = "员村街道某工地凌晨一点还在打桩,我叫李小明,电话13912345678";

#[test]
fn from_registration_to_a_satisfied_rating() {
    let world = World::new();
    let handled = world.register(PILING);
    let id = handled.order.id.clone();
    assert_eq!(handled.order.stage, Stage::AwaitingVerification);
    assert_eq!(handled.order.version, 3);
    let staff = unit("GZ-D106");
    world.give(&id, &staff, |_| Command::AcceptDuty).unwrap();
    let now = world.engine.now();
    world.give(&id, &staff, |texts| reply(now, texts)).unwrap();
    world.give(&id, &staff, |texts| report(now, texts)).unwrap();
    world
        .give(&id, &operator(), |_| Command::Review(Review::Pass))
        .unwrap();
    world.work_off();
    let satisfied = Command::Rate(RatingChoice::Option(Rating::Satisfied));
    world.give(&id, &channel("穗好办"), |_| satisfied).unwrap();
    assert_eq!(
        world.events(&id),
        [
            "registered",
            "routing_advised",
            "dispatched",
            "duty_accepted",
            "replied",
            "submitted",
            "review_passed",
            "rating_offered",
            "rated",
            "closed",
        ]
    );
    let view = world.engine.view(&id, &operator()).unwrap();
    let notices: Vec<String> = view
        .messages
        .iter()
        .map(|message| serde_json::to_string(&message.notification.about).unwrap())
        .collect();
    assert!(
        notices
            .iter()
            .any(|notice| notice.contains("rating_offered")),
        "{notices:?}"
    );
    assert_eq!(view.texts.len(), 4);
    assert!(serde_json::to_value(&view).is_ok());
}

#[test]
fn what_plugins_are_asked_is_masked_and_kept() {
    let world = World::new();
    let handled = world.register(PILING);
    let questions = world.store.questions();
    assert_eq!(questions.len(), 1);
    assert!(
        questions[0].contains("我叫〔姓名〕,电话〔电话〕"),
        "{}",
        questions[0]
    );
    let advice = handled.order.routing.unwrap();
    let kept = world.engine.question(&advice.question, &admin()).unwrap();
    assert_eq!(kept.as_deref(), Some(questions[0].as_bytes()));
    let asked = world.rule.asked.lock().unwrap();
    assert_eq!(asked[0].scopes, ["440106", "440100"]);
    assert_eq!(asked[0].id, advice.decision);
    assert_eq!(asked[0].now, at(START).into());
}

#[test]
fn what_is_not_clear_waits_for_a_person() {
    let world = World::new();
    for (text, reason) in [
        ("小区电梯一个月坏五次", QueueReason::TooClose),
        ("建议增设公交短线", QueueReason::NoOpinion),
    ] {
        let handled = world.register(text);
        assert_eq!(
            handled.order.stage,
            Stage::AwaitingDispatch { queue: reason },
            "{text}"
        );
        let line = &world
            .engine
            .list(&OrderFilter::default(), None, 1, &operator())
            .unwrap();
        assert!(!line.items.is_empty());
        let dispatch = Command::Dispatch(Dispatch {
            unit: UnitCode::new("GZ-ZJJ"),
            special_limit: None,
            joint: false,
        });
        let handled = world
            .give(&handled.order.id, &operator(), |_| dispatch)
            .unwrap();
        assert_eq!(
            handled.order.assignments[0].unit.as_str(),
            "GZ-ZJJ",
            "{text}"
        );
    }
}

fn key(key: &str, fingerprint: &str) -> CommandOptions {
    CommandOptions {
        if_match: None,
        idempotency: Some(IdempotencyKey {
            principal: "op-7".to_owned(),
            key: key.to_owned(),
            fingerprint: fingerprint.to_owned(),
            at: at(START),
        }),
    }
}

#[test]
fn a_repeated_request_is_answered_as_before() {
    let world = World::new();
    let register = |options: CommandOptions| {
        world
            .engine
            .register(request(PILING), &operator(), &options)
    };
    let first = register(key("k1", "f1")).unwrap();
    let id = &first.order.id;
    let staff = unit("GZ-D106");
    let accept = |options: CommandOptions| {
        world
            .engine
            .handle(id, &staff, &options, |_| Command::AcceptDuty)
    };
    let accepted = accept(key("k2", "f2")).unwrap();
    // The order has moved on, and still both are answered as they were.
    for (again, before) in [
        (register(key("k1", "f1")).unwrap(), &first),
        (accept(key("k2", "f2")).unwrap(), &accepted),
    ] {
        assert!(again.replayed);
        assert_eq!(
            (&again.order, &again.events),
            (&before.order, &before.events)
        );
    }
    assert!(matches!(
        register(key("k1", "other")),
        Err(Error::KeyReused)
    ));
    assert!(matches!(accept(key("k1", "f2")), Err(Error::KeyReused)));
    assert_eq!(
        world.rule.asked.lock().unwrap().len(),
        1,
        "nobody was asked again"
    );
}

#[test]
fn nothing_is_registered_twice_from_one_source() {
    let world = World::new();
    let mut from_import = request(PILING);
    from_import.source = Some("import:1".to_owned());
    let register = || {
        world
            .engine
            .register(from_import.clone(), &operator(), &CommandOptions::default())
    };
    let id = register().unwrap().order.id;
    match register() {
        Err(Error::SourceExists { order }) => assert_eq!(order, id),
        other => panic!("{other:?}"),
    }
}

#[test]
fn who_was_slower_decides_anew() {
    let world = World::new();
    let id = world.register("建议增设公交短线").order.id;
    let other = id.clone();
    world.meanwhile(move |engine| {
        engine
            .handle(&other, &operator(), &CommandOptions::default(), |_| {
                Command::Route
            })
            .unwrap();
    });
    let handled = world.give(&id, &operator(), |_| Command::Route).unwrap();
    let advised = |name: &&&str| **name == "routing_advised";
    assert_eq!(
        world.events(&id).iter().filter(advised).count(),
        3,
        "both were recorded"
    );
    assert_eq!(handled.order.version, 4);

    // What the other one made of the order may forbid it.
    let other = id.clone();
    world.meanwhile(move |engine| {
        let unit = UnitCode::new("GZ-ZJJ");
        let dispatch = Command::Dispatch(Dispatch {
            unit,
            special_limit: None,
            joint: false,
        });
        engine
            .handle(&other, &operator(), &CommandOptions::default(), |_| {
                dispatch
            })
            .unwrap();
    });
    match world.give(&id, &operator(), |_| Command::Route) {
        Err(Error::Rejected(Rejection::WrongStage { .. })) => {}
        other => panic!("{other:?}"),
    }
}

#[test]
fn who_names_a_version_is_told_of_another() {
    let world = World::new();
    let id = world.register("建议增设公交短线").order.id;
    let route = |if_match| {
        let options = CommandOptions {
            if_match: Some(if_match),
            idempotency: None,
        };
        world
            .engine
            .handle(&id, &operator(), &options, |_| Command::Route)
    };
    match route(1) {
        Err(Error::VersionConflict {
            expected: 1,
            actual: 2,
        }) => {}
        other => panic!("{other:?}"),
    }
    let other = id.clone();
    world.meanwhile(move |engine| {
        engine
            .handle(&other, &operator(), &CommandOptions::default(), |_| {
                Command::Route
            })
            .unwrap();
    });
    match route(2) {
        Err(Error::VersionConflict {
            expected: 2,
            actual: 3,
        }) => {}
        other => panic!("{other:?}"),
    }
    assert_eq!(route(3).unwrap().order.version, 4);
}

#[test]
fn bad_input_names_its_field() {
    let world = World::new();
    let mut rows = Vec::new();
    let mut row = |field: &'static str, change: &dyn Fn(&mut engine::NewRequest)| {
        let mut bad = request(PILING);
        change(&mut bad);
        rows.push((field, bad));
    };
    row("text", &|it| it.text = " ".to_owned());
    row("text", &|it| it.text = "长".repeat(20_001));
    row("subject", &|it| it.subject = "长".repeat(201));
    row("personal.phone", &|it| {
        it.personal.phone = Some(String::new());
    });
    row("registered_at", &|it| {
        it.registered_at = Some(at("2026-09-16T10:00:01+08:00"));
    });
    for (expected, bad) in rows {
        match world
            .engine
            .register(bad, &operator(), &CommandOptions::default())
        {
            Err(Error::InvalidInput { field, .. }) => assert_eq!(field, expected),
            other => panic!("{expected}: {other:?}"),
        }
    }
    let id = world.register(PILING).order.id;
    world
        .give(&id, &unit("GZ-D106"), |_| Command::AcceptDuty)
        .unwrap();
    let now = world.engine.now();
    let empty = world.give(&id, &unit("GZ-D106"), |texts| {
        let _ = texts.add("\n".to_owned());
        reply(now, texts)
    });
    assert!(
        matches!(empty, Err(Error::InvalidInput { field: "text", .. })),
        "{empty:?}"
    );
}

#[test]
fn an_order_can_be_registered_at_its_own_instant() {
    let world = World::new();
    let mut earlier = request(PILING);
    earlier.registered_at = Some(at("2019-05-06T08:30:00.123456+08:00"));
    let handled = world
        .engine
        .register(earlier, &operator(), &CommandOptions::default())
        .unwrap();
    assert_eq!(
        handled.order.registered_at,
        at("2019-05-06T08:30:00.123+08:00")
    );
    assert!(handled.order.id.as_str().starts_with("20190506-"));
}

#[test]
fn the_journal_keeps_no_door_number_typed_as_a_street() {
    let world = World::new();
    let mut typed = request(PILING);
    typed.street = Some("员村二横路12号3栋502房 钟晓彤".to_owned());
    let handled = world
        .engine
        .register(typed, &operator(), &CommandOptions::default())
        .unwrap();
    assert_eq!(
        handled.order.street.as_deref(),
        Some("员村二横路〔门牌〕 〔姓名〕")
    );
}

#[test]
fn who_may_not_register_learns_nothing_and_troubles_nobody() {
    let world = World::new();
    let mut known = request(PILING);
    known.source = Some("import:1".to_owned());
    world
        .engine
        .register(known.clone(), &operator(), &CommandOptions::default())
        .unwrap();
    for request in [known, request(PILING)] {
        let refused = world
            .engine
            .register(request, &unit("GZ-D106"), &CommandOptions::default());
        assert!(
            matches!(
                refused,
                Err(Error::Rejected(Rejection::NotPermitted { .. }))
            ),
            "{refused:?}"
        );
    }
    assert_eq!(world.rule.asked.lock().unwrap().len(), 1);
}
