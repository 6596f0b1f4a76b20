//! Deliveries: made with their message, worked off in order, kept over a restart.

use chrono::TimeDelta;
use engine::ports::{
    Attempted, Delivery, DeliveryState, DeliveryStore as _, Message, Posting, Store as _, Subject,
};
use lifecycle::command::Command;
use lifecycle::effect::{Notice, Notification, Recipient};
use lifecycle::ids::OrderId;

use crate::fixture::{Fixture, START, at, step, unit};

const CHANNELS: [&str; 2] = ["mail", "hook"];

fn posting(id: i64, order: &OrderId) -> Posting {
    Posting {
        message: Message {
            id,
            subject: Subject::Order(order.clone()),
            at: at(START),
            notification: Notification {
                to: Recipient::Center,
                about: Notice::AwaitsRouting,
            },
        },
        channels: CHANNELS.map(str::to_owned).to_vec(),
    }
}

/// Orders with one message each, out by two channels.
fn posted() -> (Fixture, Vec<OrderId>) {
    let fixture = Fixture::new();
    let orders: Vec<OrderId> = (1..=2).map(|n| fixture.register(n).id).collect();
    let postings: Vec<Posting> = (101..)
        .zip(&orders)
        .map(|(id, order)| posting(id, order))
        .collect();
    fixture.store.deliver(&postings).unwrap();
    // Once more, because nobody remembers.
    fixture.store.deliver(&postings).unwrap();
    (fixture, orders)
}

fn due(fixture: &Fixture, now: &str, except: &[&str], limit: u32) -> Vec<i64> {
    let except: Vec<String> = except.iter().map(|&name| name.to_owned()).collect();
    let due = fixture
        .store
        .due_deliveries(at(now), &except, limit)
        .unwrap();
    due.into_iter().map(|(_, delivery)| delivery.id).collect()
}

fn delivery(fixture: &Fixture, id: i64) -> Delivery {
    fixture.store.delivery(id).unwrap().unwrap().1
}

fn again(next_at: &str) -> Attempted {
    Attempted::Again {
        next_at: at(next_at),
        problem: "no".to_owned(),
    }
}

fn sent() -> Attempted {
    Attempted::Sent {
        at: at(START),
        channel: "other".to_owned(),
        reference: Some("ref".to_owned()),
    }
}

#[test]
fn deliveries_are_made_once_with_their_message() {
    let (fixture, orders) = posted();
    let fixture = fixture.reopened();
    let (message, first) = fixture.store.delivery(1).unwrap().unwrap();
    assert_eq!(message, posting(101, &orders[0]).message);
    assert_eq!(
        first,
        Delivery {
            id: 1,
            message: 101,
            channel: "mail".to_owned(),
            state: DeliveryState::Pending,
            attempts: 0,
            next_at: Some(at(START)),
            problem: None,
            sent_at: None,
            delivered_at: None,
            reference: None,
        }
    );
    let of_second = fixture
        .store
        .deliveries_of(&Subject::Order(orders[1].clone()))
        .unwrap();
    assert_eq!(of_second.iter().map(|it| it.id).collect::<Vec<_>>(), [3, 4]);
    assert_eq!(fixture.store.delivery(5).unwrap(), None);
}

#[test]
fn a_commit_makes_the_deliveries_of_its_message() {
    let fixture = Fixture::new();
    let order = fixture.register(1);
    let now = at("2026-09-16T11:00:00+08:00");
    let mut commit = step(Some(&order), &Command::AcceptDuty, &unit(), now);
    commit.message = Some(posting(101, &order.id));
    // It conflicts: nothing of it is kept, then all of it is.
    let mut early = commit.clone();
    early.expected_version = 1;
    fixture.store.commit(early).unwrap_err();
    let subject = Subject::Order(order.id.clone());
    assert_eq!(fixture.store.deliveries_of(&subject).unwrap(), []);
    fixture.store.commit(commit).unwrap();
    assert_eq!(fixture.store.deliveries_of(&subject).unwrap().len(), 2);
}

#[test]
fn due_deliveries_come_in_order_and_without_channels_that_wait() {
    let (fixture, _) = posted();
    assert!(due(&fixture, "2026-09-16T09:59:59+08:00", &[], 9).is_empty());
    assert_eq!(due(&fixture, START, &[], 9), [1, 2, 3, 4]);
    assert_eq!(due(&fixture, START, &[], 3), [1, 2, 3]);
    assert_eq!(due(&fixture, START, &["mail"], 9), [2, 4]);
    assert!(due(&fixture, START, &CHANNELS, 9).is_empty());
    let later = "2026-09-16T10:01:00+08:00";
    fixture.store.record_attempt(1, &again(later)).unwrap();
    assert_eq!(due(&fixture, START, &[], 9), [2, 3, 4]);
    assert_eq!(due(&fixture, later, &[], 9), [2, 3, 4, 1]);
    let kept = delivery(&fixture, 1);
    assert_eq!((kept.attempts, kept.problem.as_deref()), (1, Some("no")));
}

#[test]
fn what_became_of_a_delivery_is_kept() {
    let (fixture, _) = posted();
    let later = at(START) + TimeDelta::minutes(5);
    let failed = Attempted::Failed {
        problem: "never".to_owned(),
    };
    fixture.store.record_attempt(1, &sent()).unwrap();
    fixture.store.record_attempt(2, &failed).unwrap();
    fixture
        .store
        .confirm_delivery(3, later, Some("r-3"))
        .unwrap();
    fixture.store.confirm_delivery(3, at(START), None).unwrap();
    // The record of the sending comes after its receipt.
    fixture.store.record_attempt(3, &sent()).unwrap();
    fixture.store.confirm_delivery(1, later, None).unwrap();
    let fixture = fixture.reopened();
    let first = delivery(&fixture, 1);
    assert_eq!(first.state, DeliveryState::Delivered);
    assert_eq!(
        (first.sent_at, first.delivered_at),
        (Some(at(START)), Some(later))
    );
    assert_eq!(
        (first.channel.as_str(), first.reference.as_deref()),
        ("other", Some("ref"))
    );
    let third = delivery(&fixture, 3);
    assert_eq!((third.state, third.attempts), (DeliveryState::Delivered, 1));
    assert_eq!(
        (third.delivered_at, third.reference.as_deref()),
        (Some(later), Some("r-3"))
    );
    assert_eq!((third.channel.as_str(), third.sent_at), ("mail", None));
    let in_state = |state, after, limit| {
        let found = fixture.store.deliveries_in(state, after, limit).unwrap();
        found.into_iter().map(|(_, it)| it.id).collect::<Vec<_>>()
    };
    assert_eq!(in_state(DeliveryState::Failed, None, 9), [2]);
    assert_eq!(in_state(DeliveryState::Delivered, None, 1), [1]);
    assert_eq!(in_state(DeliveryState::Delivered, Some(1), 9), [3]);
    assert_eq!(due(&fixture, START, &[], 9), [4]);
    assert!(!fixture.store.retry_delivery(1, later).unwrap());
    assert!(fixture.store.retry_delivery(2, later).unwrap());
    let second = delivery(&fixture, 2);
    assert_eq!((second.state, second.attempts), (DeliveryState::Pending, 0));
    assert_eq!(second.next_at, Some(later));
}
