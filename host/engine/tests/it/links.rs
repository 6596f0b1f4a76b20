//! Marks and links that one thing makes on another order: members of long-term matters (R50, R53), orders
//! about the same matter. They follow through the outbox, and end up right in whatever order.

use engine::{CommandOptions, Error, Texts};
use lifecycle::command::{Command, OrderLink, SupervisionCase, SupervisionOrder};
use lifecycle::dossier::{Command as OnDossier, DossierId, NewMatter};
use lifecycle::ids::{OrderId, UnitCode};
use lifecycle::rejection::Rejection;

use crate::world::{World, operator};

fn link(other: &OrderId, same: bool) -> impl FnOnce(&mut Texts) -> Command {
    let other = other.clone();
    move |texts| {
        Command::LinkOrders(OrderLink {
            other,
            same,
            reason: Some(texts.add("同一工地夜间施工".to_owned())),
        })
    }
}

fn linked(world: &World, order: &OrderId) -> Vec<OrderId> {
    world
        .engine
        .view(order, &operator())
        .unwrap()
        .order
        .same_matter_as
}

#[test]
fn a_link_is_on_both_orders_and_joins_nothing() {
    let world = World::new();
    let [one, other] = ["工地打桩", "同一工地打桩"].map(|text| world.register(text).order.id);
    let before = world.engine.view(&one, &operator()).unwrap().deadlines;
    world.give(&one, &operator(), link(&other, true)).unwrap();
    assert_eq!(linked(&world, &one).first(), Some(&other));
    world.work_off();
    assert_eq!(linked(&world, &other).first(), Some(&one));
    let after = world.engine.view(&one, &operator()).unwrap();
    assert_eq!(after.deadlines, before);
    assert_eq!(world.events(&other).last(), Some(&"orders_linked"));
    // It says so, and that nothing follows.
    let course = world.engine.explain(&other, &operator()).unwrap().course;
    let last = course.last().unwrap();
    assert!(last.explanation.zh.contains(one.as_str()), "{last:?}");
    assert!(last.explanation.zh.contains("时限不变"), "{last:?}");
    // There and back before anything was worked off: both ends have it as it is now.
    world.give(&other, &operator(), link(&one, false)).unwrap();
    world.give(&other, &operator(), link(&one, true)).unwrap();
    world.give(&other, &operator(), link(&one, false)).unwrap();
    world.work_off();
    assert!(linked(&world, &one).is_empty() && linked(&world, &other).is_empty());
    let nobodys = OrderId::new("20260916-NOBODYXXXX");
    let refused = world.give(&one, &operator(), link(&nobodys, true));
    assert!(matches!(
        refused,
        Err(Error::Rejected(Rejection::NotLinkable { .. }))
    ));
    // Whose they are makes no difference, so nobody's data was looked at.
    assert!(world.store.accesses().is_empty());
}

#[test]
fn what_a_matter_decides_is_marked_on_its_orders() {
    let world = World::new();
    let id = world.register("工地打桩").order.id;
    let options = CommandOptions::default();
    let open = |orders: Vec<OrderId>| {
        world.engine.open_dossier(&operator(), &options, |texts| {
            OnDossier::ListMatter(NewMatter {
                title: "某工地夜间施工".to_owned(),
                criteria: texts.add("多人持续反映".to_owned()),
                units: vec![UnitCode::new("GZ-D106")],
                orders,
            })
        })
    };
    let act = |matter: &DossierId, command: OnDossier| {
        world
            .engine
            .handle_dossier(matter, &operator(), &options, |_| command)
    };
    let supervised = || {
        world.give(&id, &operator(), |texts| {
            Command::Supervise(SupervisionOrder {
                case: SupervisionCase::LongTerm,
                requirement: texts.add("采取有效措施".to_owned()),
                guidance_unit: None,
            })
        })
    };
    let mark = || world.engine.view(&id, &operator()).unwrap().order.long_term;
    assert!(matches!(
        supervised(),
        Err(Error::Rejected(Rejection::SupervisionUnfounded { .. }))
    ));
    let matter = open(vec![id.clone()]).unwrap().dossier.id;
    world.work_off();
    assert_eq!(mark(), Some(matter.to_string()));
    supervised().unwrap();
    // One order, one matter.
    assert!(open(vec![id.clone()]).is_err());
    // Off, on and off before anything was worked off.
    let (off, on) = (
        OnDossier::RemoveOrders {
            orders: vec![id.clone()],
        },
        OnDossier::AddOrders {
            orders: vec![id.clone()],
        },
    );
    for command in [off.clone(), on.clone(), off] {
        act(&matter, command).unwrap();
    }
    world.work_off();
    assert_eq!(mark(), None);
    act(&matter, on).unwrap();
    world.work_off();
    assert_eq!(mark(), Some(matter.to_string()));
    // Nobody gives the mark by hand.
    let by_hand = world.give(&id, &operator(), |_| Command::ListLongTerm { matter: None });
    assert!(matches!(
        by_hand,
        Err(Error::Rejected(Rejection::NotPermitted { .. }))
    ));
}
