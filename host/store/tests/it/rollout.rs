//! Images, the rollout log and decisions through the port.

use std::sync::Arc;

use ::rollout::{Digest, Event, Mode, Origin, Place, Proposed, PushedImage, Recorded};
use chrono::TimeDelta;
use contract::about::{Description, Kind};
use engine::ports::{
    Commit, DecisionFilter, ImageFilter, ImageRecord, ListError, NewImage, RolloutCommit,
    RolloutCommitError, RolloutStore as _, Store as _, Subject,
};
use lifecycle::advice::RuleImage;
use lifecycle::event::Event as OrderEvent;
use lifecycle::ids::{Actor, Role};
use sha2::{Digest as _, Sha256};
use store::SqliteStore;
use uuid::Uuid;

use crate::fixture::{Fixture, START, at, operator, registration};

fn digest(bytes: &[u8]) -> Digest {
    hex::encode(Sha256::digest(bytes)).parse().unwrap()
}

/// The identifier of the n-th decision.
fn decision(n: u8) -> Uuid {
    Uuid::from_u128(u128::from(n) << 64)
}

/// The commit of the n-th registration, n minutes after the start, with a question that is kept.
pub(crate) fn decided(n: u8) -> Commit {
    let mut commit = registration(n, at(START) + TimeDelta::minutes(n.into()), &operator());
    let question = format!("{{\"question\":{n},\"text\":\"某工地凌晨打桩\"}}").into_bytes();
    let name = digest(&question).to_string();
    for recorded in &mut commit.events {
        if let OrderEvent::RoutingAdvised { advice, .. } = &mut recorded.event {
            advice.decision = decision(n);
            advice.question.clone_from(&name);
        }
    }
    commit.questions = vec![(name, question)];
    commit
}

fn admin() -> Actor {
    Actor {
        role: Role::Admin,
        name: "admin".to_owned(),
    }
}

fn bytes(text: &str) -> Vec<u8> {
    format!("image {text}").into_bytes()
}

/// The digest of an image.
pub(crate) fn image(text: &str) -> Digest {
    digest(&bytes(text))
}

fn new_image(text: &str) -> NewImage {
    let component = b"component".to_vec();
    let settings = format!("{{\"text\":\"{text}\"}}");
    NewImage {
        record: ImageRecord {
            image: image(text),
            component: digest(&component),
            settings_digest: digest(settings.as_bytes()),
            settings,
            description: Description {
                name: format!("rule-{text}"),
                version: "0.1.0".to_owned(),
                kind: Kind::Routing,
                summary: "goes by one word".to_owned(),
                settings_schema: "{}".to_owned(),
            },
            engine: "none".to_owned(),
            pushed_by: admin(),
            pushed_at: at(START),
            source: "rule.wasm".to_owned(),
            size: 7,
            report: "[]".to_owned(),
        },
        image: bytes(text).into(),
        component: component.into(),
    }
}

fn recorded(seq: u64, event: Event) -> Recorded {
    Recorded {
        seq,
        at: at(START),
        by: admin(),
        event,
    }
}

fn pushed(new: NewImage, seq: u64) -> RolloutCommit {
    let record = &new.record;
    let event = Event::Pushed(PushedImage {
        rule: RuleImage {
            image: record.image.to_string(),
            component: record.component.to_string(),
            settings: record.settings_digest.to_string(),
            name: format!("{} 0.1.0", record.description.name),
            engine: "none".to_owned(),
        },
        kind: Kind::Routing,
        size: record.size,
        source: record.source.clone(),
        record: digest(&serde_json::to_vec(record).unwrap()),
    });
    RolloutCommit {
        expected_seq: seq,
        events: vec![recorded(seq + 1, event)],
        image: Some(new),
    }
}

/// Pushes an image, after so many events.
pub(crate) fn push(store: &SqliteStore, text: &str, seq: u64) {
    store.commit_rollout(pushed(new_image(text), seq)).unwrap();
}

/// Proposes it.
pub(crate) fn propose(store: &SqliteStore, text: &str, seq: u64) {
    let event = Event::Proposed(Proposed {
        scope: "440100".to_owned(),
        kind: Kind::Routing,
        image: Some(image(text)),
        mode: Mode::Active,
        place: Place::Embedded,
        from: at(START),
        note: "because".to_owned(),
        origin: Origin::Person,
        tried: None,
        needs_approval: false,
    });
    let commit = RolloutCommit {
        expected_seq: seq,
        events: vec![recorded(seq + 1, event)],
        image: None,
    };
    store.commit_rollout(commit).unwrap();
}

#[test]
fn an_image_is_kept_with_its_event_or_not_at_all() {
    let fixture = Fixture::new();
    push(&fixture.store, "a", 0);
    let late = fixture.store.commit_rollout(pushed(new_image("b"), 0));
    assert!(matches!(
        late,
        Err(RolloutCommitError::Conflict {
            expected: 0,
            actual: 1
        })
    ));
    assert_eq!(fixture.store.image(&image("b")).unwrap(), None);
    push(&fixture.store, "b", 1);
    propose(&fixture.store, "a", 2);
    let fixture = fixture.reopened();
    let store = &fixture.store;
    let events = store.rollout_events(0, 99).unwrap();
    let names: Vec<&str> = events.iter().map(|it| it.event.name()).collect();
    assert_eq!(names, ["pushed", "pushed", "proposed"]);
    assert_eq!(store.rollout_events(1, 1).unwrap(), events[1..2]);
    assert_eq!(
        store.image(&image("a")).unwrap(),
        Some(new_image("a").record)
    );
    assert_eq!(store.image_bytes(&image("a")).unwrap(), Some(bytes("a")));
    let component = digest(b"component");
    assert_eq!(
        store.component_bytes(&component).unwrap().as_deref(),
        Some(&b"component"[..])
    );
    assert_eq!(store.image_bytes(&component).unwrap(), None);
    assert_eq!(store.image(&digest(b"none")).unwrap(), None);
    assert_eq!(::rollout::replay(&events).unwrap().seq(), 3);
}

#[test]
fn a_large_image_comes_back_as_it_was() {
    let fixture = Fixture::new();
    // More than a question may have, and hard to compress.
    let large: Vec<u8> = (0..20_000_000_u32)
        .flat_map(|it| it.wrapping_mul(2_654_435_761).to_be_bytes())
        .take(20_000_000)
        .collect();
    let mut new = new_image("a");
    new.record.image = digest(&large);
    new.image = Arc::from(large.clone());
    let name = new.record.image.clone();
    fixture.store.commit_rollout(pushed(new, 0)).unwrap();
    assert!(fixture.store.image_bytes(&name).unwrap() == Some(large));
    let report = fixture.store.verify_audit(None, &|_, _| {}).unwrap();
    assert_eq!(report.faults, []);
}

#[test]
fn images_are_listed_newest_first() {
    let fixture = Fixture::new();
    for (seq, text) in (0..).zip(["a", "b", "c"]) {
        push(&fixture.store, text, seq);
    }
    let names = |filter: &ImageFilter, after: Option<&str>, limit| {
        let page = fixture.store.images(filter, after, limit).unwrap();
        let names: Vec<String> = page
            .items
            .into_iter()
            .map(|it| it.description.name)
            .collect();
        (names.join(" "), page.next)
    };
    let all = ImageFilter::default();
    let (first, next) = names(&all, None, 2);
    assert_eq!(first, "rule-c rule-b");
    assert_eq!(names(&all, next.as_deref(), 2), ("rule-a".to_owned(), None));
    let check = |filter: ImageFilter, expected: &str| {
        assert_eq!(names(&filter, None, 9).0, expected, "{filter:?}");
    };
    check(
        ImageFilter {
            name: Some("rule-b".to_owned()),
            ..all.clone()
        },
        "rule-b",
    );
    check(
        ImageFilter {
            kind: Some(Kind::Knowledge),
            ..all.clone()
        },
        "",
    );
    let digits = image("c").as_str()[..10].to_uppercase();
    check(
        ImageFilter {
            digest_prefix: Some(digits),
            ..all.clone()
        },
        "rule-c",
    );
    check(
        ImageFilter {
            digest_prefix: Some("%".to_owned()),
            ..all.clone()
        },
        "",
    );
    assert!(matches!(
        fixture.store.images(&all, Some("x"), 2),
        Err(ListError::BadCursor)
    ));
}

#[test]
fn nothing_of_it_can_be_changed_or_deleted() {
    let fixture = Fixture::new();
    fixture.store.commit(decided(1)).unwrap();
    push(&fixture.store, "a", 0);
    let raw = fixture.raw();
    for table in ["rollout_events", "images", "blobs", "audit"] {
        let column = if table == "rollout_events" {
            "seq"
        } else {
            "n"
        };
        let update = raw.execute(&format!("UPDATE {table} SET {column} = 7"), []);
        assert!(update.is_err(), "{table} was changed");
        let delete = raw.execute(&format!("DELETE FROM {table}"), []);
        assert!(delete.is_err(), "{table} was emptied");
    }
}

#[test]
fn decisions_are_read_page_by_page_and_found_by_their_identifier() {
    let fixture = Fixture::new();
    // Committed in another order than that of their instants.
    for n in [3, 1, 2, 5, 4] {
        fixture.store.commit(decided(n)).unwrap();
    }
    let minutes = |n: i64| at(START) + TimeDelta::minutes(n);
    let read = |filter: &DecisionFilter| {
        let mut found = Vec::new();
        let mut after = None;
        loop {
            let page = fixture.store.decisions(filter, after, 2).unwrap();
            assert!(page.len() <= 2);
            let Some(last) = page.last() else {
                break;
            };
            after = Some(last.cursor);
            found.extend(page.into_iter().map(|it| it.advice.decision()));
        }
        let count = fixture.store.count_decisions(filter).unwrap();
        assert_eq!(usize::try_from(count).unwrap(), found.len(), "{filter:?}");
        found
    };
    let check = |filter: DecisionFilter, expected: &[u8]| {
        let expected: Vec<Uuid> = expected.iter().map(|&n| decision(n)).collect();
        assert_eq!(read(&filter), expected, "{filter:?}");
    };
    let all = DecisionFilter::default();
    let scope = |scope: &str| Some(scope.to_owned());
    check(all.clone(), &[1, 2, 3, 4, 5]);
    check(
        DecisionFilter {
            since: Some(minutes(2)),
            until: Some(minutes(4)),
            ..all.clone()
        },
        &[2, 3],
    );
    check(
        DecisionFilter {
            scope: scope("440106"),
            ..all.clone()
        },
        &[1, 2, 3, 4, 5],
    );
    check(
        DecisionFilter {
            scope: scope("440100"),
            ..all.clone()
        },
        &[1, 2, 3, 4, 5],
    );
    check(
        DecisionFilter {
            scope: scope("440111"),
            ..all.clone()
        },
        &[],
    );
    check(
        DecisionFilter {
            kind: Some(Kind::Escalation),
            ..all
        },
        &[],
    );
    let one = fixture.store.decision(decision(4)).unwrap().unwrap();
    let commit = decided(4);
    assert_eq!(one.subject, Subject::Order(commit.order.id.clone()));
    assert_eq!(one.at, minutes(4));
    assert_eq!(one.question.as_ref(), Some(&commit.questions[0].1));
    assert_eq!(fixture.store.decision(decision(9)).unwrap(), None);
}

/// Many at one instant: a page ends in their middle.
#[test]
fn decisions_of_one_instant_are_not_lost_between_pages() {
    let fixture = Fixture::new();
    for n in 1..8 {
        let mut commit = decided(n);
        for recorded in &mut commit.events {
            recorded.at = at(START);
        }
        fixture.store.commit(commit).unwrap();
    }
    let mut after = None;
    let mut found = Vec::new();
    loop {
        let page = fixture
            .store
            .decisions(&DecisionFilter::default(), after, 3)
            .unwrap();
        let Some(last) = page.last() else {
            break;
        };
        after = Some(last.cursor);
        found.extend(page.into_iter().map(|it| it.advice.decision()));
    }
    let expected: Vec<Uuid> = (1..8).map(decision).collect();
    assert_eq!(found, expected);
}
