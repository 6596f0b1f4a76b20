//! What is put off: not in the way of anything else, found again, and gone once it is done.

use chrono::{DateTime, TimeDelta, Utc};
use engine::ports::{
    DeliveryStore as _, DossierStore as _, DueItem, DueRecomputation, DueStore as _, DueTimer,
    ListError, Message, Posting, Store as _, StuckItem, Subject,
};
use lifecycle::command::Command;
use lifecycle::dossier::DossierId;
use lifecycle::effect::{Effect, Notice, Notification, Recipient};

use crate::dossiers::listed;
use crate::fixture::{Fixture, START, at, unit};

/// Long after everything is due.
fn end() -> DateTime<Utc> {
    at("2027-01-01T00:00:00+08:00")
}

fn stuck(fixture: &Fixture) -> Vec<StuckItem> {
    fixture.store.stuck_items(None, 100).unwrap().items
}

fn put_off(fixture: &Fixture, item: &DueItem, until: DateTime<Utc>) {
    let store = &fixture.store;
    store.put_off(item, end(), until, "it is broken").unwrap();
}

/// Every timer that is due at an instant.
fn timers(fixture: &Fixture, now: DateTime<Utc>) -> Vec<DueTimer> {
    fixture.store.due_timers(now, 100).unwrap()
}

#[test]
fn a_timer_waits_for_its_turn_and_others_do_not() {
    let fixture = Fixture::new();
    fixture.register(1);
    let order = fixture.register(2);
    let before = timers(&fixture, end());
    let item = DueItem::Timer(before[0].clone());
    let until = end() + TimeDelta::minutes(1);
    put_off(&fixture, &item, until);
    // Also after a restart; and a batch of one is not taken up by it.
    let fixture = fixture.reopened();
    assert_eq!(timers(&fixture, end()), before[1..]);
    assert_eq!(fixture.store.due_timers(end(), 1).unwrap(), before[1..2]);
    assert_eq!(timers(&fixture, until), before[1..]);
    let again = timers(&fixture, until + TimeDelta::milliseconds(1));
    let last = again.last().unwrap();
    assert_eq!((again.len(), last.attempts), (before.len(), 1));
    let expected = StuckItem {
        id: format!(
            "timer-{}-verification-passed-{}",
            before[0].order,
            before[0].at.timestamp_millis()
        ),
        item: DueItem::Timer(last.clone()),
        since: before[0].at,
        problem: "it is broken".to_owned(),
        next_at: Some(until),
    };
    assert_eq!(stuck(&fixture), std::slice::from_ref(&expected));
    // Somebody has it tried at once.
    let retried = fixture.store.retry_stuck_item(&expected.id).unwrap();
    assert_eq!(retried.unwrap().next_at, None);
    assert_eq!(timers(&fixture, end())[0].order, before[0].order);
    put_off(&fixture, &item, until);
    assert_eq!(stuck(&fixture)[0].item.attempts(), 2);
    // With the order's next commit it is forgotten, and the timers are those of the order.
    let order = if before[0].order == order.id {
        order
    } else {
        fixture.load(&before[0].order)
    };
    fixture
        .give(
            &order,
            &Command::AcceptDuty,
            &unit(),
            at("2026-09-16T11:00:00+08:00"),
        )
        .unwrap();
    assert_eq!(stuck(&fixture), []);
    // What is no longer due is not put off.
    put_off(&fixture, &item, until);
    assert_eq!(stuck(&fixture), []);
    assert_eq!(fixture.store.retry_stuck_item("timer-x").unwrap(), None);
}

#[test]
fn the_next_timer_is_the_next_turn() {
    let fixture = Fixture::new();
    fixture.register(1);
    let all = timers(&fixture, end());
    let until = end() + TimeDelta::hours(1);
    for timer in &all[1..] {
        put_off(&fixture, &DueItem::Timer(timer.clone()), until);
    }
    assert_eq!(fixture.store.next_timer_at().unwrap(), Some(all[0].at));
    put_off(&fixture, &DueItem::Timer(all[0].clone()), until);
    assert_eq!(fixture.store.next_timer_at().unwrap(), Some(until));
    for timer in &all {
        fixture.store.drop_timer(timer).unwrap();
    }
    assert_eq!(fixture.store.next_timer_at().unwrap(), None);
}

#[test]
fn an_effect_waits_for_its_turn_and_others_do_not() {
    let fixture = Fixture::new();
    let order = fixture.register(1);
    fixture.register(2);
    let pending = |now| fixture.store.pending_effects(now, 100).unwrap();
    let numbers = |now| pending(now).iter().map(|it| it.id).collect::<Vec<_>>();
    let before = numbers(end());
    let item = DueItem::Effect {
        id: before[0],
        subject: Subject::Order(order.id),
        attempts: 0,
    };
    let until = end() + TimeDelta::minutes(1);
    put_off(&fixture, &item, until);
    assert_eq!(numbers(end()), before[1..]);
    let again = pending(until);
    assert_eq!(
        again.last().map(|it| (it.id, it.attempts)),
        Some((before[0], 1))
    );
    let [one] = stuck(&fixture).try_into().unwrap();
    assert_eq!(
        (one.id, one.item.attempts()),
        (format!("effect-{}", before[0]), 1)
    );
    assert_eq!(one.since, at(START));
    fixture.store.complete_effect(before[0]).unwrap();
    assert_eq!(stuck(&fixture), []);
}

#[test]
fn recomputations_are_kept_until_they_are_forgotten() {
    let fixture = Fixture::new();
    let order = fixture.register(1);
    fixture.store.commit_dossier(listed("D-1", &[])).unwrap();
    let subjects = [
        Subject::Order(order.id),
        Subject::Dossier(DossierId::new("D-1")),
    ];
    let due = |now| fixture.store.due_recomputations(now, 10).unwrap();
    for (subject, minutes) in subjects.iter().zip([2, 1]) {
        let item = DueItem::Recomputation(DueRecomputation {
            subject: subject.clone(),
            attempts: 0,
        });
        put_off(&fixture, &item, end());
        put_off(&fixture, &item, end() + TimeDelta::minutes(minutes));
    }
    assert_eq!(due(end()), []);
    let all = due(end() + TimeDelta::minutes(2));
    let found: Vec<(&Subject, u32)> = all.iter().map(|it| (&it.subject, it.attempts)).collect();
    assert_eq!(found, [(&subjects[1], 2), (&subjects[0], 2)]);
    // One entry each, since the first failure; and page by page.
    let page = fixture.store.stuck_items(None, 1).unwrap();
    let next = page.next.unwrap();
    let rest = fixture.store.stuck_items(Some(&next), 1).unwrap();
    assert_eq!(
        (page.items.len(), rest.items.len(), rest.next),
        (1, 1, None)
    );
    assert!(
        page.items
            .iter()
            .chain(&rest.items)
            .all(|it| it.since == end())
    );
    let bad = fixture.store.stuck_items(Some("x"), 1);
    assert!(matches!(bad, Err(ListError::BadCursor)));
    fixture
        .store
        .retry_stuck_item(&page.items[0].id)
        .unwrap()
        .unwrap();
    assert_eq!(due(end()).len(), 1);
    for subject in &subjects {
        fixture.store.forget_recomputation(subject).unwrap();
    }
    assert_eq!(stuck(&fixture), []);
}

/// Dossiers have their timers put off, and their messages in the same box and on the same ways out.
#[test]
fn dossiers_have_the_same() {
    let fixture = Fixture::new();
    let order = fixture.register(1);
    let commit = listed("D-1", &[]);
    let id = commit.dossier.id.clone();
    fixture.store.commit_dossier(commit).unwrap();
    let due = |now| fixture.store.due_dossier_timers(now, 10).unwrap();
    let before = due(end());
    let until = end() + TimeDelta::minutes(1);
    put_off(&fixture, &DueItem::DossierTimer(before[0].clone()), until);
    assert_eq!(due(end()), before[1..]);
    let next = before[1..].iter().map(|it| it.at).chain([until]).min();
    assert_eq!(fixture.store.next_dossier_timer_at().unwrap(), next);
    let [one] = stuck(&fixture).try_into().unwrap();
    let DueItem::DossierTimer(timer) = &one.item else {
        panic!("{one:?}");
    };
    assert_eq!((&timer.unit, timer.attempts), (&before[0].unit, 1));
    fixture.store.drop_dossier_timer(timer).unwrap();
    assert_eq!(stuck(&fixture), []);

    let effects = fixture.store.pending_effects(at(START), 100).unwrap();
    let subject = Subject::Dossier(id);
    let effect = effects.iter().find(|it| it.subject == subject).unwrap();
    let Effect::Notify(notification) = &effect.effect else {
        panic!("{effect:?}");
    };
    let message = |id, subject: &Subject, notification: &Notification| Posting {
        message: Message {
            id,
            subject: subject.clone(),
            at: at(START),
            notification: notification.clone(),
        },
        channels: vec!["mail".to_owned()],
    };
    let of_order = Notification {
        to: Recipient::Center,
        about: Notice::AwaitsRouting,
    };
    let postings = [
        message(effect.id, &subject, notification),
        message(effect.id + 1000, &Subject::Order(order.id), &of_order),
    ];
    fixture.store.deliver(&postings).unwrap();
    let kept = fixture.store.messages(&subject).unwrap();
    assert_eq!(kept, [postings[0].message.clone()]);
    let due = fixture.store.due_deliveries(at(START), &[], 10).unwrap();
    let subjects: Vec<&Subject> = due.iter().map(|(message, _)| &message.subject).collect();
    assert_eq!(subjects, [&subject, &postings[1].message.subject]);
    let of_it = fixture.store.deliveries_of(&subject).unwrap();
    assert_eq!(of_it.len(), 1);
    assert_eq!(
        fixture.store.delivery(of_it[0].id).unwrap().unwrap().0,
        kept[0]
    );
}
