//! Messages that leave the house: sent at least once, tried again with growing pauses, confirmed by
//! receipts, and seen by those that they concern.

use std::sync::{Arc, Mutex};

use chrono::TimeDelta;
use engine::ports::{
    Delivery, DeliveryState, DeliveryStore as _, Failure, Notifier, Outgoing, SendError, Sent,
    Subject,
};
use engine::{Deliveries, Error, IdentityClaim};
use lifecycle::command::{Command, Identity, Review};
use lifecycle::dossier;
use lifecycle::effect::Recipient;
use lifecycle::ids::{Actor, OrderId, UnitCode};
use lifecycle::rejection::Rejection;

use crate::memory::{ATTEMPTS, MemoryStore};
use crate::world::{
    START, World, admin, at, auditor, channel, district, operator, reply, report, unit,
};

/// The other side: notes what arrives and answers as it is told to.
#[derive(Default)]
struct OtherSide {
    arrived: Mutex<Vec<Outgoing>>,
    /// How the channel of this name fails.
    failing: Mutex<Option<(&'static str, Failure)>>,
    /// The order about which any message makes the sender panic.
    poison: Mutex<Option<OrderId>>,
}

impl OtherSide {
    fn fail(&self, how: Option<(&'static str, Failure)>) {
        *self.failing.lock().unwrap() = how;
    }

    /// Message and channel of everything that arrived, sorted.
    fn arrived(&self) -> Vec<(i64, String)> {
        let mut all: Vec<(i64, String)> = self
            .arrived
            .lock()
            .unwrap()
            .iter()
            .map(|it| (it.message.id, it.channel.clone()))
            .collect();
        all.sort();
        all
    }
}

impl Notifier for OtherSide {
    fn channels(&self, to: &Recipient) -> Vec<String> {
        let names: &[&str] = match to {
            Recipient::Requester => &["sms"],
            Recipient::Unit(_) => &["mail", "hook"],
            Recipient::LeaderInCharge(_)
            | Recipient::DistrictOffice(_)
            | Recipient::Center
            | Recipient::Adviser(_) => &[],
        };
        names.iter().map(|&name| name.to_owned()).collect()
    }

    fn send(&self, outgoing: &Outgoing) -> Result<Sent, SendError> {
        self.arrived.lock().unwrap().push(outgoing.clone());
        let poison = self.poison.lock().unwrap().clone();
        let order = outgoing.message.subject.order();
        assert!(poison.is_none() || poison.as_ref() != order, "poison");
        match *self.failing.lock().unwrap() {
            Some((name, failure)) if name == outgoing.channel => Err(SendError {
                failure,
                problem: "no".to_owned(),
            }),
            _ => Ok(Sent {
                channel: outgoing.channel.clone(),
                reference: Some("ref-1".to_owned()),
            }),
        }
    }
}

fn world() -> (World, Arc<OtherSide>) {
    let other = Arc::new(OtherSide::default());
    let clock = Arc::new(engine::ports::ManualClock::at(at(START)));
    let store = Arc::new(MemoryStore::default());
    (World::telling(store, clock, other.clone()), other)
}

/// An order that a unit was told of by two channels.
fn dispatched(world: &World) -> OrderId {
    let id = world.register("某工地凌晨一点还在打桩").order.id;
    world.work_off();
    id
}

fn deliveries(world: &World, order: &OrderId) -> Vec<Delivery> {
    world.engine.view(order, &operator()).unwrap().deliveries
}

/// How an order's deliveries stand, by channel.
fn states(world: &World, order: &OrderId) -> Vec<(String, DeliveryState, u32)> {
    deliveries(world, order)
        .into_iter()
        .map(|it| (it.channel, it.state, it.attempts))
        .collect()
}

fn state(channel: &str, state: DeliveryState, attempts: u32) -> (String, DeliveryState, u32) {
    (channel.to_owned(), state, attempts)
}

fn pass(world: &World, time: TimeDelta) {
    world.clock.advance_to(world.engine.now() + time);
}

use DeliveryState::{Delivered, Pending, Sent as Taken};

#[test]
fn a_message_goes_out_by_each_channel_once() {
    let (world, other) = world();
    let id = dispatched(&world);
    assert_eq!(
        states(&world, &id),
        [state("mail", Pending, 0), state("hook", Pending, 0)]
    );
    let done = world.engine.deliver_due(10).unwrap();
    assert_eq!((done.sent, done.more), (2, false));
    assert_eq!(world.engine.deliver_due(10).unwrap(), Deliveries::default());
    assert_eq!(
        states(&world, &id),
        [state("mail", Taken, 1), state("hook", Taken, 1)]
    );
    let kept = deliveries(&world, &id);
    assert_eq!(kept[0].sent_at, Some(at(START)));
    assert_eq!(kept[0].reference.as_deref(), Some("ref-1"));
    let arrived = other.arrived.lock().unwrap();
    assert!(arrived.iter().all(|it| it.requester.is_none()));
    assert_eq!(arrived[0].unit.as_deref(), Some("GZ-D106"));
    assert!(!arrived[0].deadlines.is_empty());
    assert_eq!(world.store.accesses(), Vec::<String>::new());
}

/// R75: only a message to the requester reads who that is, and the access log says what for.
#[test]
fn contact_data_are_read_for_the_requester_alone() {
    let (world, other) = world();
    let id = dispatched(&world);
    rated(&world, &id);
    world.engine.deliver_due(10).unwrap();
    let arrived = other.arrived.lock().unwrap();
    let contacts: Vec<_> = arrived
        .iter()
        .filter_map(|it| it.requester.as_ref())
        .collect();
    assert_eq!(contacts.len(), 1);
    assert_eq!(contacts[0].phone.as_deref(), Some("13800001234"));
    assert!(!format!("{arrived:?}").contains("13800001234"));
    let accesses = world.store.accesses();
    assert_eq!(accesses.len(), 1);
    assert!(accesses[0].contains("notification"), "{accesses:?}");
}

/// Brings an order to where its requester is offered a rating.
fn rated(world: &World, id: &OrderId) {
    let (staff, now) = (unit("GZ-D106"), world.engine.now());
    world.give(id, &staff, |_| Command::AcceptDuty).unwrap();
    world.give(id, &staff, |texts| reply(now, texts)).unwrap();
    world.give(id, &staff, |texts| report(now, texts)).unwrap();
    let pass = |_: &mut engine::Texts| Command::Review(Review::Pass);
    world.give(id, &operator(), pass).unwrap();
    world.work_off();
}

#[test]
fn what_is_refused_for_now_is_tried_again_until_it_is_given_up() {
    let (world, other) = world();
    let id = dispatched(&world);
    other.fail(Some(("mail", Failure::Temporary)));
    let first = world.engine.deliver_due(10).unwrap();
    assert_eq!((first.sent, first.put_off), (1, 1));
    assert_eq!(deliveries(&world, &id)[0].problem.as_deref(), Some("no"));
    // Not a moment before a minute has passed.
    pass(&world, TimeDelta::milliseconds(59_999));
    assert_eq!(world.engine.deliver_due(10).unwrap(), Deliveries::default());
    pass(&world, TimeDelta::milliseconds(1));
    assert_eq!(world.engine.deliver_due(10).unwrap().put_off, 1);
    for attempt in 3..=10 {
        pass(&world, TimeDelta::hours(6));
        let done = world.engine.deliver_due(10).unwrap();
        assert_eq!(done.failed, usize::from(attempt == 10), "{attempt}");
    }
    assert_eq!(
        states(&world, &id)[0],
        state("mail", DeliveryState::Failed, 10)
    );
    pass(&world, TimeDelta::days(9));
    assert_eq!(world.engine.deliver_due(10).unwrap(), Deliveries::default());
    // An admin has it tried anew.
    other.fail(None);
    let (_, failed) = failed(&world, &admin()).unwrap().remove(0);
    assert!(world.engine.retry_delivery(failed.id, &operator()).is_err());
    world.engine.retry_delivery(failed.id, &admin()).unwrap();
    assert_eq!(states(&world, &id)[0], state("mail", Pending, 0));
    assert_eq!(world.engine.deliver_due(10).unwrap().sent, 1);
    let again = world.engine.retry_delivery(failed.id, &admin());
    assert!(matches!(
        again,
        Err(Error::InvalidInput { field: "id", .. })
    ));
}

fn failed(world: &World, by: &Actor) -> Result<Vec<(engine::ports::Message, Delivery)>, Error> {
    let page = world
        .engine
        .deliveries(DeliveryState::Failed, None, 50, by)?;
    Ok(page.items)
}

#[test]
fn what_is_refused_for_good_is_given_up_at_once_and_seen() {
    let (world, other) = world();
    let id = dispatched(&world);
    other.fail(Some(("mail", Failure::Permanent)));
    let done = world.engine.deliver_due(10).unwrap();
    assert_eq!((done.sent, done.failed), (1, 1));
    let seen = failed(&world, &operator()).unwrap();
    assert_eq!(seen.len(), 1);
    assert_eq!(seen[0].0.subject, Subject::Order(id));
    for stranger in [
        unit("GZ-D106"),
        channel("mail"),
        auditor(),
        district("440106"),
    ] {
        let refused = failed(&world, &stranger);
        assert!(
            matches!(
                refused,
                Err(Error::Rejected(Rejection::NotPermitted { .. }))
            ),
            "{stranger:?}"
        );
    }
}

/// A dead gateway costs one attempt a minute and holds up no other channel.
#[test]
fn a_channel_that_takes_nothing_is_left_alone() {
    let (world, other) = world();
    let orders = [(); 20].map(|()| dispatched(&world));
    other.fail(Some(("hook", Failure::Unreachable)));
    let mut sent = 0;
    for _ in 0..20 {
        sent += world.engine.deliver_due(16).unwrap().sent;
    }
    assert_eq!(sent, orders.len());
    let tried = other
        .arrived()
        .iter()
        .filter(|(_, to)| to == "hook")
        .count();
    assert!(tried <= 8, "{tried}");
    other.fail(None);
    assert_eq!(world.engine.deliver_due(100).unwrap().sent, 0);
    pass(&world, TimeDelta::minutes(1));
    assert_eq!(world.engine.deliver_due(100).unwrap().sent, orders.len());
}

#[test]
fn what_was_sent_and_not_recorded_is_sent_again_under_the_same_name() {
    let (world, other) = world();
    dispatched(&world);
    world.break_one(ATTEMPTS);
    assert!(matches!(world.engine.deliver_due(1), Err(Error::Store(_))));
    world.mend(ATTEMPTS);
    // The process ended; a new one finds it still due.
    let (store, clock) = (world.store.clone(), world.clock.clone());
    let world = World::telling(store, clock, other.clone());
    assert_eq!(world.engine.deliver_due(1).unwrap().sent, 1);
    let arrived = other.arrived();
    assert_eq!(arrived.len(), 2);
    assert_eq!(arrived[0], arrived[1]);
}

#[test]
fn a_receipt_counts_once_and_from_its_own_channel() {
    let (world, other) = world();
    let id = dispatched(&world);
    let mail = deliveries(&world, &id)[0].id;
    let now = world.engine.now();
    let confirm = |by: &Actor, at| world.engine.confirm_delivery(mail, at, Some("m-7"), by);
    for stranger in [admin(), operator(), unit("GZ-D106")] {
        assert!(matches!(confirm(&stranger, now), Err(Error::Rejected(_))));
    }
    // Another channel is told no more than that there is no such delivery of its own.
    let refused = confirm(&channel("hook"), now);
    assert!(matches!(refused, Err(Error::NoDelivery { .. })));
    let unknown = world
        .engine
        .confirm_delivery(99, now, None, &channel("mail"));
    assert!(matches!(unknown, Err(Error::NoDelivery { id: 99 })));
    let tomorrow = confirm(&channel("mail"), now + TimeDelta::days(1));
    assert!(matches!(tomorrow, Err(Error::InvalidInput { .. })));
    // The receipt may be faster than the record of the sending, and stays.
    confirm(&channel("mail"), now).unwrap();
    pass(&world, TimeDelta::minutes(1));
    confirm(&channel("mail"), now + TimeDelta::minutes(1)).unwrap();
    world.engine.deliver_due(10).unwrap();
    assert_eq!(other.arrived().len(), 1);
    let kept = &deliveries(&world, &id)[0];
    assert_eq!((kept.state, kept.delivered_at), (Delivered, Some(now)));
    assert_eq!(kept.reference.as_deref(), Some("m-7"));
}

/// until its receipt, an offer counts from its sending.
#[test]
fn a_receipt_starts_the_requesters_time() {
    let (world, _) = world();
    let id = dispatched(&world);
    rated(&world, &id);
    let due = || {
        let order = world.engine.view(&id, &operator()).unwrap().order;
        order.current_deadline().unwrap().due.due_at
    };
    let before = due();
    world.engine.deliver_due(10).unwrap();
    let offer = deliveries(&world, &id)
        .into_iter()
        .find(|it| it.channel == "sms");
    let offer = offer.unwrap().id;
    pass(&world, TimeDelta::days(1));
    let now = world.engine.now();
    let confirm = || {
        let by = channel("sms");
        world
            .engine
            .confirm_delivery(offer, now, None, &by)
            .unwrap();
    };
    confirm();
    assert_eq!(due(), before + TimeDelta::days(1));
    let events = world.events(&id);
    assert_eq!(events.last(), Some(&"delivery_recorded"), "{events:?}");
    confirm();
    assert_eq!(world.events(&id), events);
}

/// What one message does to its sender, or what is wrong about its order, is nothing to the others.
#[test]
fn a_poisoned_message_holds_up_no_other() {
    let (world, other) = world();
    let orders = [(); 12].map(|()| dispatched(&world));
    let (poison, broken) = (&orders[0], &orders[1]);
    *other.poison.lock().unwrap() = Some(poison.clone());
    world.break_one(broken.as_str());
    let done = world.engine.deliver_due(100).unwrap();
    assert_eq!((done.sent, done.put_off, done.failed), (20, 4, 0));
    for bad in [poison, broken] {
        let all = world
            .store
            .deliveries_of(&Subject::Order(bad.clone()))
            .unwrap();
        for delivery in all {
            assert_eq!((delivery.state, delivery.attempts), (Pending, 1));
            let problem = delivery.problem.unwrap();
            assert!(
                problem.contains("panicked") || problem.contains("it is broken"),
                "{problem}"
            );
        }
    }
    // Each is tried again like any other, and given up like any other.
    world.mend(broken.as_str());
    for attempt in 2..=10 {
        pass(&world, TimeDelta::hours(6));
        let done = world.engine.deliver_due(100).unwrap();
        let expected = match attempt {
            2 => (2, 2, 0),
            10 => (0, 0, 2),
            _ => (0, 2, 0),
        };
        assert_eq!(
            (done.sent, done.put_off, done.failed),
            expected,
            "{attempt}"
        );
    }
}

/// the first receipt starts the requester's time. No later one moves it, be it of the same delivery
/// after a crash, or of an earlier offer.
#[test]
fn no_second_receipt_moves_the_requesters_time() {
    let (world, _) = world();
    let id = dispatched(&world);
    rated(&world, &id);
    let order = || world.engine.view(&id, &operator()).unwrap().order;
    let sent = order().current_deadline().unwrap().due.due_at;
    let receipt = |delivered_at| {
        let record = |_: &mut engine::Texts| Command::RecordDelivery { delivered_at };
        world.give(&id, &Actor::system(), record)
    };
    // On the day of the sending, so the time ends as it did; and still it is the first receipt.
    receipt(world.engine.now()).unwrap();
    assert_eq!(order().current_deadline().unwrap().due.due_at, sent);
    pass(&world, TimeDelta::days(2));
    let second = receipt(world.engine.now());
    assert!(
        matches!(second, Err(Error::Rejected(Rejection::NothingDue))),
        "{second:?}"
    );
    assert_eq!(order().current_deadline().unwrap().due.due_at, sent);
    // The channel's own receipt comes last, and is kept with the delivery.
    world.engine.deliver_due(10).unwrap();
    let all = deliveries(&world, &id);
    let offer = all.iter().find(|it| it.channel == "sms").unwrap().id;
    let (now, by) = (world.engine.now(), channel("sms"));
    let kept = world
        .engine
        .confirm_delivery(offer, now, None, &by)
        .unwrap();
    assert_eq!(kept.1.state, Delivered);
    assert_eq!(order().current_deadline().unwrap().due.due_at, sent);
}

/// Messages about dossiers go out as those about orders do: by the same channels, with the same retries
/// and receipts.
#[test]
fn messages_about_dossiers_leave_the_house_too() {
    let (world, other) = world();
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
    let id = opened.unwrap().dossier.id;
    world.work_off();
    other.fail(Some(("mail", Failure::Temporary)));
    let done = world.engine.deliver_due(10).unwrap();
    assert_eq!((done.sent, done.put_off), (1, 1));
    other.fail(None);
    pass(&world, TimeDelta::minutes(1));
    assert_eq!(world.engine.deliver_due(10).unwrap().sent, 1);
    {
        let arrived = other.arrived.lock().unwrap();
        let last = arrived.last().unwrap();
        assert_eq!(last.message.subject, Subject::Dossier(id.clone()));
        assert_eq!(last.unit.as_deref(), Some("GZ-D106"));
        assert_eq!((last.order_type, last.requester.is_some()), (None, false));
    }
    let view = world.engine.dossier(&id, &operator()).unwrap();
    assert_eq!(view.messages.len(), 1);
    let states = |view: engine::DossierView| -> Vec<_> {
        let all = view.deliveries.into_iter();
        all.map(|it| (it.channel, it.state, it.attempts)).collect()
    };
    let mail = view.deliveries[0].id;
    assert_eq!(
        states(view),
        [state("mail", Taken, 2), state("hook", Taken, 1)]
    );
    let (now, by) = (world.engine.now(), channel("mail"));
    world.engine.confirm_delivery(mail, now, None, &by).unwrap();
    let view = world.engine.dossier(&id, &operator()).unwrap();
    assert_eq!(states(view)[0], state("mail", Delivered, 2));
    assert_eq!(world.store.accesses(), Vec::<String>::new());
}

/// R10, R75: who compares a claim with the requester's data has read them, and the access log says what
/// for. What the centre verified in its own way reads nothing.
#[test]
fn comparing_a_claim_is_logged() {
    let (world, _) = world();
    let id = dispatched(&world);
    let claims = [
        (IdentityClaim::Phone("138-0000-1234".to_owned()), true),
        (IdentityClaim::Account("wx-1".to_owned()), false),
    ];
    let add = |claim, by: &Actor| {
        let now = world.engine.now();
        let add = |texts: &mut engine::Texts| Command::AddStatement {
            content: texts.add("又开始了".to_owned()),
            received_at: now,
            identity: Identity::Other,
        };
        let options = engine::CommandOptions::default();
        world.engine.handle_as(&id, by, &options, Some(claim), add)
    };
    for (claim, is_requester) in claims {
        assert_eq!(add(claim, &channel("portal")).is_ok(), is_requester);
    }
    let line = format!("portal {id} identity comparison");
    assert_eq!(world.store.accesses(), [line.clone(), line.clone()]);
    let verified = IdentityClaim::Verified("核对身份证".to_owned());
    add(verified, &operator()).unwrap();
    assert_eq!(world.store.accesses(), [line.clone(), line]);
}
