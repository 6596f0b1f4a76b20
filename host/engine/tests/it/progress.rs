//! R10: how an order stands, for its requester alone; everybody else hears the same refusal.

use engine::{CommandOptions, Error, IdentityClaim, NewRequest, Progress};
use lifecycle::command::{
    Command, ConcealedField, Concealment, ConcealmentScope, Evidence, EvidenceKind,
};
use lifecycle::ids::{Actor, OrderId, UnitCode};
use lifecycle::rejection::Rejection;

use crate::world::{
    World, admin, auditor, channel, district, leader, operator, reply, report, request, unit,
};

const PILING: &str = "工地打桩,我叫李小明,电话13912345678";

fn phone(number: &str) -> IdentityClaim {
    IdentityClaim::Phone(number.to_owned())
}

fn asked(world: &World, order: &OrderId, by: &Actor, claim: IdentityClaim) -> Option<Progress> {
    match world.engine.progress(order, by, claim) {
        Ok(progress) => Some(progress),
        Err(Error::Rejected(Rejection::NotTheRequester)) => None,
        Err(error) => panic!("{error}"),
    }
}

#[test]
fn the_number_of_the_request_opens_it_and_nothing_else() {
    let world = World::new();
    let id = world.register(PILING).order.id;
    let nobodys = OrderId::new("20260916-NOBODYXXXX");
    let account = |name: &str| IdentityClaim::Account(name.to_owned());
    let verified = || IdentityClaim::Verified("回拨核实".to_owned());
    for (order, by, claim, opens) in [
        (&id, channel("微信"), phone("13800001234"), true),
        (&id, channel("微信"), phone("+86 138-0000-1234"), true),
        (&id, operator(), phone("13800001234"), true),
        (&id, operator(), verified(), true),
        (&id, channel("微信"), phone("13800001235"), false),
        (&id, channel("微信"), phone(""), false),
        (&id, channel("微信"), account("13800001234"), false),
        (&id, channel("微信"), verified(), false),
        (&nobodys, channel("微信"), phone("13800001234"), false),
        (&nobodys, operator(), verified(), false),
    ] {
        let progress = asked(&world, order, &by, claim.clone());
        assert_eq!(progress.is_some(), opens, "{order} {by:?} {claim:?}");
    }
    for by in [
        unit("GZ-D106"),
        leader("GZ-D106"),
        district("440106"),
        auditor(),
        admin(),
    ] {
        let refused = world.engine.progress(&id, &by, phone("13800001234"));
        let Err(Error::Rejected(Rejection::NotPermitted { .. })) = refused else {
            panic!("{by:?}: {refused:?}");
        };
    }
    let blank = world
        .engine
        .progress(&id, &operator(), IdentityClaim::Verified(" ".to_owned()));
    assert!(matches!(blank, Err(Error::InvalidInput { .. })));
    // Comparing is logged, and how the centre verified somebody (R75).
    let log = world.store.accesses();
    let verified = format!("op-7 {id} progress; verified: 回拨核实");
    assert!(log.contains(&verified), "{log:?}");
}

#[test]
fn it_tells_what_the_requester_may_know() {
    let world = World::new();
    let channel = channel("微信");
    let mut new = request(PILING);
    new.against_unit = Some(UnitCode::new("GZ-ZJJ"));
    let id = world
        .engine
        .register(new, &operator(), &CommandOptions::default())
        .unwrap()
        .order
        .id;
    let now = world.engine.now();
    let ask = || asked(&world, &id, &channel, phone("13800001234")).unwrap();
    let dispatched = ask();
    assert_eq!(dispatched.stage, "awaiting_verification");
    assert_eq!(dispatched.unit, Some(UnitCode::new("GZ-D106")));
    assert_eq!(dispatched.dispatched_at, Some(now));
    let due_at = calendar::due_text(dispatched.due_at.unwrap());
    assert_eq!(due_at, "2026-09-30 24:00");
    assert_eq!((dispatched.reply, dispatched.replied_at), (None, None));
    // Hidden from units or not, the requester asks about his or her own.
    let concealed = Concealment {
        fields: vec![ConcealedField::Phone],
        scope: ConcealmentScope::UnitsAndDistricts,
        warned: Evidence {
            kind: EvidenceKind::Recording,
            reference: "rec-2".to_owned(),
        },
    };
    world
        .give(&id, &operator(), |_| Command::Conceal(concealed))
        .unwrap();
    let staff = unit("GZ-D106");
    world.give(&id, &staff, |texts| reply(now, texts)).unwrap();
    assert_eq!(ask().reply.as_deref(), Some("已责令夜间停工"));
    world.give(&id, &staff, |texts| report(now, texts)).unwrap();
    let passed = |_: &mut engine::Texts| Command::Review(lifecycle::command::Review::Pass);
    world.give(&id, &operator(), passed).unwrap();
    world.work_off();
    let rating = ask();
    assert_eq!((rating.stage, rating.due_at), ("awaiting_rating", None));
    assert_eq!(rating.replied_at, Some(now));
    assert!(rating.answer_by.is_some());
    assert_eq!(rating.closed, None);
    // Nobody's data, and nothing of what is between centre and units.
    let all = format!("{rating:?}");
    for hidden in ["李小明", "13912345678", "陈女士", "现场检查", "GZ-ZJJ"] {
        assert!(!all.contains(hidden), "{hidden}: {all}");
    }
}

#[test]
fn a_reply_names_nobody_else() {
    let world = World::new();
    let id = world.register(PILING).order.id;
    let now = world.engine.now();
    let named = |texts: &mut engine::Texts| {
        let Command::RecordReply(mut reply) = reply(now, texts) else {
            panic!("a reply");
        };
        reply.content = texts.add("工地负责人陈女士,电话13912345678,已停工".to_owned());
        Command::RecordReply(reply)
    };
    world.give(&id, &unit("GZ-D106"), named).unwrap();
    let told = asked(&world, &id, &channel("微信"), phone("13800001234")).unwrap();
    let told = told.reply.unwrap();
    assert!(told.contains("已停工"), "{told}");
    assert!(
        !told.contains("13912345678") && !told.contains("陈女士"),
        "{told}"
    );
}

#[test]
fn an_answer_at_once_is_told_too() {
    let world = World::new();
    let new = NewRequest {
        order_type: contract::types::OrderType::Consultation,
        ..request("公积金怎么提取")
    };
    let registered = world
        .engine
        .register(new, &operator(), &CommandOptions::default())
        .unwrap();
    let id = registered.order.id;
    let point = world.published("每月可以提取一次,到窗口办理");
    let answer = |texts: &mut engine::Texts| {
        Command::AnswerDirectly(lifecycle::command::DirectAnswer {
            knowledge_point: point.to_string(),
            knowledge_version: 1,
            answer: texts.add("每月可以提取一次".to_owned()),
        })
    };
    world.give(&id, &operator(), answer).unwrap();
    let told = asked(&world, &id, &channel("微信"), phone("13800001234")).unwrap();
    assert_eq!(told.reply.as_deref(), Some("每月可以提取一次"));
    assert_eq!(told.closed.map(|(code, _)| code.code()), Some("CR01"));
    assert_eq!(told.replied_at, told.closed.map(|(_, at)| at));
}
