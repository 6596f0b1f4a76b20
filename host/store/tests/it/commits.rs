//! Expected versions, sources, keys, and that one caller's refusal harms no other.

use engine::ports::{CommitError, Earlier, IdempotencyKey, Store as _};
use lifecycle::command::Command;
use lifecycle::ids::TextId;

use crate::fixture::{Fixture, START, at, operator, registration, step, unit};

#[test]
fn a_stale_commit_is_refused_and_leaves_nothing() {
    let fixture = Fixture::new();
    let order = fixture.register(1);
    let later = at("2026-09-16T11:00:00+08:00");
    fixture
        .give(&order, &Command::AcceptDuty, &unit(), later)
        .unwrap();
    let after = fixture.load(&order.id);
    let mut stale = step(Some(&order), &Command::AcceptDuty, &unit(), later);
    let text = TextId(uuid::Uuid::from_u128(77));
    stale.texts = vec![(text, "不该留下".to_owned())];
    match fixture.store.commit(stale) {
        Err(CommitError::Conflict {
            expected: 3,
            actual: 4,
        }) => {}
        other => panic!("{other:?}"),
    }
    assert_eq!(fixture.load(&order.id), after);
    assert_eq!(fixture.store.texts(&[text]).unwrap(), []);
}

#[test]
fn a_number_is_given_once() {
    let fixture = Fixture::new();
    let order = fixture.register(1);
    let mut again = registration(2, at(START), &operator());
    again.order.id = order.id.clone();
    match fixture.store.commit(again) {
        Err(CommitError::Conflict {
            expected: 0,
            actual: 3,
        }) => {}
        other => panic!("{other:?}"),
    }
    // What changes an order that does not exist conflicts as well.
    let unknown = registration(3, at(START), &operator()).order;
    match fixture.give(&unknown, &Command::AcceptDuty, &unit(), at(START)) {
        Err(CommitError::Conflict {
            expected: 3,
            actual: 0,
        }) => {}
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_source_is_registered_once() {
    let fixture = Fixture::new();
    let order = fixture.register(1);
    let mut again = registration(2, at(START), &operator());
    again.order.source.clone_from(&order.source);
    match fixture.store.commit(again) {
        Err(CommitError::SourceExists { order: known }) => assert_eq!(known, order.id),
        other => panic!("{other:?}"),
    }
    assert_eq!(
        fixture.store.order_by_source("test:1").unwrap(),
        Some(order.id)
    );
    assert_eq!(fixture.store.order_by_source("test:2").unwrap(), None);
}

#[test]
fn of_one_batch_only_the_bad_ones_fail() {
    let fixture = Fixture::new();
    let order = fixture.register(1);
    let good = |n| registration(n, at(START), &operator());
    let mut stale = step(Some(&order), &Command::AcceptDuty, &unit(), at(START));
    stale.expected_version = 1;
    // Its text's identifier is taken, which only shows after its order and events were written.
    let mut broken = good(4);
    broken.texts.clone_from(&good(1).texts);
    let results = fixture
        .store
        .commit_all(vec![good(2), stale, good(3), broken, good(5)]);
    let names: Vec<&str> = results
        .iter()
        .map(|result| match result {
            Ok(()) => "kept",
            Err(CommitError::Conflict { .. }) => "conflict",
            Err(CommitError::Store(_)) => "broken",
            Err(other) => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(names, ["kept", "conflict", "kept", "broken", "kept"]);
    for (n, kept) in [(2, true), (3, true), (4, false), (5, true)] {
        let id = good(n).order.id;
        assert_eq!(fixture.store.load(&id).unwrap().is_some(), kept, "{n}");
        assert_eq!(
            fixture.store.history(&id).unwrap().len(),
            if kept { 3 } else { 0 },
            "{n}"
        );
    }
}

#[test]
fn many_callers_commit_at_once() {
    let fixture = Fixture::new();
    std::thread::scope(|scope| {
        for n in 0..64 {
            let store = &fixture.store;
            scope.spawn(move || {
                store
                    .commit(registration(n, at(START), &operator()))
                    .unwrap();
            });
        }
    });
    let fixture = fixture.reopened();
    for n in 0..64 {
        let commit = registration(n, at(START), &operator());
        assert_eq!(fixture.load(&commit.order.id), commit.order);
    }
}

fn key(key: &str, fingerprint: &str, sent: &str) -> IdempotencyKey {
    IdempotencyKey {
        principal: "op-7".to_owned(),
        key: key.to_owned(),
        fingerprint: fingerprint.to_owned(),
        at: at(sent),
    }
}

#[test]
fn a_key_recognises_its_request() {
    let fixture = Fixture::new();
    let keyed = |n, key| {
        let mut commit = registration(n, at(START), &operator());
        commit.idempotency = Some(key);
        commit
    };
    let first = keyed(1, key("k", "f", START));
    let id = first.order.id.clone();
    fixture.store.commit(first).unwrap();
    let earlier = Earlier {
        fingerprint: "f".to_owned(),
        order: id,
        events: 1..=3,
    };
    match fixture.store.commit(keyed(2, key("k", "f", START))) {
        Err(CommitError::Replayed(found)) => assert_eq!(found, earlier),
        other => panic!("{other:?}"),
    }
    match fixture.store.commit(keyed(2, key("k", "g", START))) {
        Err(CommitError::KeyReused) => {}
        other => panic!("{other:?}"),
    }
    // Another sender's key of the same name is another key.
    let others = IdempotencyKey {
        principal: "op-8".to_owned(),
        ..key("k", "g", START)
    };
    fixture.store.commit(keyed(2, others)).unwrap();
    assert_eq!(
        fixture.store.earlier(&key("k", "?", START)).unwrap(),
        Some(earlier)
    );
    // A week later it is forgotten, once somebody else sends one.
    let later = "2026-09-23T10:00:00.001+08:00";
    fixture
        .store
        .commit(keyed(3, key("l", "f", later)))
        .unwrap();
    assert_eq!(fixture.store.earlier(&key("k", "?", START)).unwrap(), None);
    assert!(
        fixture
            .store
            .earlier(&key("l", "?", START))
            .unwrap()
            .is_some()
    );
}
