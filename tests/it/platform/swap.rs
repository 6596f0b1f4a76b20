//! Whole tables swapped under constant load.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Weak};
use std::thread;

use contract::about::Kind;
use engine::ports::Advisor as _;
use lifecycle::advice::Outcome;
use plugins::{Limits, Placement, Rule, Runtime, Table};

use super::{CITY, DISTRICT, moody, table};
use crate::artefacts::{decision, guest, question};

/// Clients that ask without a pause.
const CLIENTS: u128 = 32;

/// Activations, of which every second one goes back.
const SWAPS: u64 = 1000;

/// Decisions between two activations, so that every table is used.
const BETWEEN: u64 = 4;

/// A district's rule and the city's, which are activated together.
type Pair = (Arc<Rule>, Arc<Rule>);

/// Which of the rules an activation puts into force: forward to one of two, and back to the first.
fn rule_of(activation: u64) -> usize {
    if activation.is_multiple_of(2) {
        0
    } else {
        1 + usize::try_from(activation / 2 % 2).unwrap()
    }
}

/// Asks until it is told to stop. Every decision must be answered, and by the rules of one and the same
/// table, one that was in force while the decision began.
fn ask(
    runtime: &Runtime,
    rules: &[Pair],
    client: u128,
    stop: &AtomicBool,
    count: &AtomicU64,
) -> u64 {
    let activation = || runtime.table().get(Kind::Routing, CITY).unwrap().activation;
    let mut certain = 0;
    let mut id = client;
    while !stop.load(Ordering::Relaxed) {
        id += 1000;
        let (before, advice, after) = (
            activation(),
            runtime.route(&decision(id, &[DISTRICT, CITY]), &question("")),
            activation(),
        );
        let [narrow, wide] = advice.attempts.as_slice() else {
            panic!("a decision was not made: {advice:?}")
        };
        assert!(
            matches!(narrow.outcome, Outcome::Refused { .. }),
            "{narrow:?}"
        );
        assert_eq!(wide.outcome, Outcome::Answered, "{wide:?}");
        let of = |image: &str, which: fn(&Pair) -> &Arc<Rule>| {
            rules
                .iter()
                .position(|pair| which(pair).identity().image == image)
                .expect("a known image")
        };
        let used = of(&narrow.rule.image, |pair| &pair.0);
        assert_eq!(
            used,
            of(&wide.rule.image, |pair| &pair.1),
            "rules of two tables"
        );
        assert!(
            (before..=after).any(|activation| rule_of(activation) == used),
            "rule {used} was not active between {before} and {after}"
        );
        certain += u64::from(before == after);
        count.fetch_add(1, Ordering::Relaxed);
    }
    certain
}

#[test]
fn thousand_swaps_under_load_lose_no_decision() {
    let runtime = Runtime::new(&Limits::shipped(), None).unwrap();
    let rules: Vec<Pair> = ["one", "two", "three"]
        .map(|says| {
            let narrow = moody(&runtime, says, r#","refuses":true"#);
            (narrow, moody(&runtime, says, ""))
        })
        .into();
    let follow = |activation: u64| {
        let (narrow, wide) = &rules[rule_of(activation)];
        // From the digest alone, as whoever goes back would: nothing is compiled.
        let warm = |rule: &Arc<Rule>| {
            let warm = runtime.warm(&rule.identity().image).expect("loaded still");
            assert!(Arc::ptr_eq(&warm, rule));
            warm
        };
        runtime.follow(&table(&[
            (DISTRICT, activation, Some(&warm(narrow)), None),
            (CITY, activation, Some(&warm(wide)), None),
        ]));
    };
    follow(0);
    let (stop, count) = (AtomicBool::new(false), AtomicU64::new(0));
    let certain: u64 = thread::scope(|scope| {
        let clients: Vec<_> = (0..CLIENTS)
            .map(|client| {
                let (runtime, rules, stop, count) = (&runtime, &rules, &stop, &count);
                scope.spawn(move || ask(runtime, rules, client, stop, count))
            })
            .collect();
        for activation in 1..=SWAPS {
            follow(activation);
            let enough = count.load(Ordering::Relaxed) + BETWEEN;
            while count.load(Ordering::Relaxed) < enough
                && !clients.iter().any(thread::ScopedJoinHandle::is_finished)
            {
                thread::yield_now();
            }
        }
        stop.store(true, Ordering::Relaxed);
        clients
            .into_iter()
            .map(|client| client.join().unwrap())
            .sum()
    });
    let decisions = count.into_inner();
    assert!(decisions >= SWAPS * BETWEEN, "{decisions} decisions");
    assert!(certain > 0, "no decision fell between two swaps");
    // Whoever keeps old tables would keep their rules.
    runtime.follow(&Table::default());
    for (narrow, wide) in &rules {
        for rule in [narrow, wide] {
            assert_eq!(
                Arc::strong_count(rule),
                2,
                "one here, and one in the warm store"
            );
        }
    }
}

#[test]
fn old_rules_are_freed_but_for_the_last_ones() {
    let limits = Limits {
        warm_rules: 3,
        ..Limits::shipped()
    };
    let cache = tempfile::tempdir().unwrap();
    let runtime = Runtime::new(&limits, Some(cache.path())).unwrap();
    let images = ["a", "b", "c", "d", "e"].map(|says| {
        let settings = format!(r#"{{"says":"{says}"}}"#);
        guest("moody", &settings)
    });
    let mut all: Vec<Weak<Rule>> = Vec::new();
    for round in 0..40 {
        let image = &images[round % images.len()];
        let rule = runtime.load(image).unwrap();
        runtime.activate(CITY, &rule);
        all.push(Arc::downgrade(&rule));
        drop(rule);
        let alive = all.iter().filter(|rule| rule.strong_count() > 0).count();
        assert!(alive <= 3, "{alive} rules after {round} activations");
    }
    let last = [4, 3, 2].map(|n| runtime.warm(&images[n].image).is_some());
    assert_eq!(last, [true; 3], "the last ones stay");
    assert!(runtime.warm(&images[0].image).is_none());
    assert!(runtime.warm(&images[1].image).is_none());
}

#[test]
fn active_rule_is_warm_however_old_it_is() {
    let limits = Limits {
        warm_rules: 1,
        ..Limits::shipped()
    };
    let runtime = Runtime::new(&limits, None).unwrap();
    let old = moody(&runtime, "old", "");
    runtime.activate(CITY, &old);
    let new = moody(&runtime, "new", "");
    let again = runtime.load(&guest("moody", r#"{"says":"old"}"#)).unwrap();
    assert!(Arc::ptr_eq(&again, &old), "the same image is one rule");
    assert!(runtime.warm(&new.identity().image).is_some());
}

#[test]
fn table_of_the_log_needs_every_image() {
    let runtime = Runtime::new(&Limits::shipped(), None).unwrap();
    let rule = moody(&runtime, "one", "");
    let digest = |image: &str| rollout::Digest::try_from(image.to_owned()).unwrap();
    let mut log = rollout::Table::default();
    let row = rollout::Placement {
        active: Some((7, digest(&rule.identity().image))),
        place: rollout::Place::Embedded,
        candidate: Some(rollout::Candidate {
            activation: 8,
            image: digest(&"0".repeat(64)),
            mode: rollout::Mode::Shadow,
        }),
    };
    log.placements.insert((Kind::Routing, CITY.to_owned()), row);
    let of = |log: &rollout::Table| Table::of(log, |image| runtime.warm(image.as_str()));
    let error = of(&log).unwrap_err().to_string();
    assert!(error.contains(&"0".repeat(64)), "{error}");
    for row in log.placements.values_mut() {
        row.candidate = None;
    }
    let table = of(&log).unwrap();
    let placement = table.get(Kind::Routing, CITY).unwrap();
    assert_eq!(placement.activation, 7);
    assert!(Arc::ptr_eq(placement.rule.as_ref().unwrap(), &rule));
    let misplaced = Placement {
        activation: 1,
        rule: Some(rule),
        ..Placement::default()
    };
    let error = Table::default()
        .place(Kind::Knowledge, CITY, misplaced)
        .unwrap_err();
    assert!(error.to_string().contains("asks `knowledge`"), "{error}");
}
