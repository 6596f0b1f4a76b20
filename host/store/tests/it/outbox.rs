//! Timers and effects: in order, replaced with the order's state, done once.

use engine::ports::{DueTimer, Message, Posting, Store as _, Subject};
use lifecycle::command::{Command, Moment};
use lifecycle::deadline::DeadlineKind;
use lifecycle::effect::{Effect, Notice, Notification, Recipient};
use lifecycle::timer::Timer;

use crate::fixture::{Fixture, START, at, operator, registration, step, unit};

#[test]
fn timers_come_earliest_first_and_strictly_after_their_instant() {
    let fixture = Fixture::new();
    // Registered in the wrong order: Thursday, then Wednesday.
    for (n, now) in [
        (1, "2026-09-17T10:00:00+08:00"),
        (2, "2026-09-16T10:00:00+08:00"),
    ] {
        fixture
            .store
            .commit(registration(n, at(now), &operator()))
            .unwrap();
    }
    // Verification ends at 24:00 of Friday, and for Thursday's order of the make-up Sunday.
    let wednesdays = at("2026-09-19T00:00:00+08:00");
    assert_eq!(fixture.store.next_timer_at().unwrap(), Some(wednesdays));
    assert_eq!(fixture.store.due_timers(wednesdays, 10).unwrap(), []);
    let due = fixture
        .store
        .due_timers(at("2027-01-01T00:00:00+08:00"), 10)
        .unwrap();
    let order: Vec<(char, DeadlineKind, Moment)> = due
        .iter()
        .map(|it| {
            (
                it.order.as_str().chars().last().unwrap(),
                it.deadline,
                it.moment,
            )
        })
        .collect();
    use DeadlineKind::{Handling, Verification};
    use Moment::{DueSoon, Passed};
    assert_eq!(
        order,
        [
            ('2', Verification, Passed),
            ('1', Verification, Passed),
            ('2', Handling, DueSoon),
            ('1', Handling, DueSoon),
            ('2', Handling, Passed),
            ('1', Handling, Passed),
        ]
    );
    assert!(due.is_sorted_by_key(|timer| timer.at));
    assert_eq!(
        fixture
            .store
            .due_timers(at("2027-01-01T00:00:00+08:00"), 2)
            .unwrap(),
        due[..2]
    );
}

#[test]
fn timers_go_with_the_state() {
    let fixture = Fixture::new();
    let order = fixture.register(1);
    let all = |fixture: &Fixture| {
        fixture
            .store
            .due_timers(at("2027-01-01T00:00:00+08:00"), 10)
            .unwrap()
    };
    let before = all(&fixture);
    fixture
        .give(
            &order,
            &Command::AcceptDuty,
            &unit(),
            at("2026-09-16T11:00:00+08:00"),
        )
        .unwrap();
    let after = all(&fixture);
    let verification = |it: &&DueTimer| it.deadline == DeadlineKind::Verification;
    assert_eq!(before.iter().filter(verification).count(), 1);
    assert_eq!(after.iter().filter(verification).count(), 0);
    assert_eq!(after.len(), before.len() - 1);
    fixture.store.drop_timer(&after[0]).unwrap();
    assert_eq!(all(&fixture), after[1..]);
    // A timer that has been set anew meanwhile is not the one that is dropped.
    let moved = DueTimer {
        at: after[1].at + chrono::TimeDelta::days(1),
        ..after[1].clone()
    };
    fixture.store.drop_timer(&moved).unwrap();
    assert_eq!(all(&fixture), after[1..]);
}

#[test]
fn deadlines_of_one_kind_have_a_timer_each() {
    let fixture = Fixture::new();
    let mut commit = registration(1, at("2026-09-16T10:00:00+08:00"), &operator());
    let (early, late) = (
        at("2026-09-18T00:00:00+08:00"),
        at("2026-09-19T00:00:00+08:00"),
    );
    // Two of them end at one instant.
    commit.timers = [late, early, late]
        .map(|at| Timer {
            at,
            ..commit.timers[0]
        })
        .to_vec();
    fixture.store.commit(commit).unwrap();
    let all = || {
        let end = at("2027-01-01T00:00:00+08:00");
        fixture.store.due_timers(end, 10).unwrap()
    };
    let due = all();
    assert_eq!(
        due.iter().map(|it| it.at).collect::<Vec<_>>(),
        [early, late]
    );
    fixture.store.drop_timer(&due[0]).unwrap();
    assert_eq!(all(), due[1..]);
}

/// A message that stays in its box.
fn boxed(message: Message) -> Posting {
    Posting {
        message,
        channels: Vec::new(),
    }
}

#[test]
fn effects_are_pending_until_they_are_done() {
    let fixture = Fixture::new();
    let orders = [fixture.register(1), fixture.register(2)];
    let pending = fixture.store.pending_effects(at(START), 10).unwrap();
    assert!(pending.len() >= 2);
    assert!(pending.is_sorted_by_key(|effect| effect.id));
    assert_eq!(
        fixture.store.pending_effects(at(START), 1).unwrap().len(),
        1
    );
    let message = |it: &engine::ports::PendingEffect| {
        let Effect::Notify(notification) = it.effect.clone() else {
            panic!("{it:?}")
        };
        Message {
            id: it.id,
            subject: it.subject.clone(),
            at: it.at,
            notification,
        }
    };
    let messages: Vec<Message> = pending.iter().map(message).collect();
    // Delivered, and delivered once more because nobody remembers.
    let postings: Vec<Posting> = messages.iter().cloned().map(boxed).collect();
    fixture.store.deliver(&postings).unwrap();
    fixture.store.deliver(&postings).unwrap();
    assert!(
        fixture
            .store
            .pending_effects(at(START), 10)
            .unwrap()
            .is_empty()
    );
    let fixture = fixture.reopened();
    for order in &orders {
        let of_order: Vec<Message> = messages
            .iter()
            .filter(|it| it.subject == Subject::Order(order.id.clone()))
            .cloned()
            .collect();
        let subject = Subject::Order(order.id.clone());
        assert_eq!(fixture.store.messages(&subject).unwrap(), of_order);
    }
    // Numbers of effects are never used again, or the next message would be taken for delivered.
    fixture.register(3);
    let next = fixture.store.pending_effects(at(START), 1).unwrap();
    assert!(next[0].id > messages.last().unwrap().id);
    fixture.store.complete_effect(next[0].id).unwrap();
    assert!(
        fixture
            .store
            .pending_effects(at(START), 9)
            .unwrap()
            .iter()
            .all(|it| it.id != next[0].id)
    );
}

#[test]
fn a_commit_completes_its_effect_and_delivers_its_message() {
    let fixture = Fixture::new();
    let order = fixture.register(1);
    let effect = fixture.store.pending_effects(at(START), 1).unwrap()[0].id;
    let mut commit = step(
        Some(&order),
        &Command::AcceptDuty,
        &unit(),
        at("2026-09-16T11:00:00+08:00"),
    );
    let message = Message {
        id: effect,
        subject: Subject::Order(order.id.clone()),
        at: at("2026-09-16T11:00:00+08:00"),
        notification: Notification {
            to: Recipient::Requester,
            about: Notice::RatingOffered,
        },
    };
    commit.completes = Some(effect);
    commit.message = Some(boxed(message.clone()));
    fixture.store.commit(commit).unwrap();
    assert!(
        fixture
            .store
            .pending_effects(at(START), 9)
            .unwrap()
            .iter()
            .all(|it| it.id != effect)
    );
    let subject = Subject::Order(order.id.clone());
    assert_eq!(fixture.store.messages(&subject).unwrap(), [message]);
}
