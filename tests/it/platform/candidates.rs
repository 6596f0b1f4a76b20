//! Shadows and canaries.

use std::collections::BTreeSet;
use std::thread;
use std::time::Duration;

use engine::ports::Advisor as _;
use lifecycle::advice::{FailureKind, Outcome, RoutingAdvice};
use plugins::{CandidateCounts, Limits, Runtime};
use rollout::{CandidateEnd, Mode};

use super::{CITY, DISTRICT, PANICS, candidate, moody, table};
use crate::artefacts::{decision, guest, question};

fn canary(share_permille: u16, limits: rollout::Limits) -> Mode {
    Mode::Canary {
        share_permille,
        limits,
    }
}

/// Limits that nothing is beyond.
const PATIENT: rollout::Limits = rollout::Limits {
    failures_permille_max: 1000,
    divergence_permille_max: 1000,
    decisions_min: 1,
};

fn ask(runtime: &Runtime, id: u128, subject: &str) -> RoutingAdvice {
    runtime.route(&decision(id, &[DISTRICT, CITY]), &question(subject))
}

fn reason(advice: &RoutingAdvice) -> Option<&str> {
    let first = advice.verdict.as_ref()?.first()?;
    Some(&first.reason)
}

/// The only candidate's counts.
fn counts(runtime: &Runtime) -> CandidateCounts {
    let mut all = runtime.candidates();
    assert_eq!(all.len(), 1);
    all.remove(0)
}

/// Waits until the work in the background has come so far; nothing depends on how long it takes.
fn wait_until(runtime: &Runtime, done: impl Fn(&CandidateCounts) -> bool) -> CandidateCounts {
    loop {
        let counts = counts(runtime);
        if done(&counts) {
            return counts;
        }
        thread::sleep(Duration::from_millis(1));
    }
}

#[test]
fn canary_serves_the_same_orders_every_time() {
    let runtime = Runtime::new(&Limits::shipped(), None).unwrap();
    let (old, new) = (moody(&runtime, "old", ""), moody(&runtime, "new", ""));
    let mut seen = BTreeSet::new();
    for (share, about) in [(0, 0), (100, 100), (100, 100), (400, 400), (1000, 1000)] {
        let mode = canary(share, PATIENT);
        runtime.follow(&table(&[(
            CITY,
            1,
            Some(&old),
            Some(candidate(2, &new, mode)),
        )]));
        let mut served = BTreeSet::new();
        for id in 0..1000 {
            let advice = ask(&runtime, id, "");
            let [attempt] = advice.attempts.as_slice() else {
                panic!("{advice:?}")
            };
            assert_eq!(
                reason(&advice),
                Some(if attempt.canary { "new" } else { "old" })
            );
            if attempt.canary {
                assert_eq!(attempt.rule.image, new.identity().image);
                served.insert(id);
            }
        }
        assert!(
            served.len().abs_diff(about) < 60,
            "{} at {share}",
            served.len()
        );
        assert!(served.is_superset(&seen), "who was in stays in");
        seen = served;
    }
}

#[test]
fn failing_canary_costs_the_order_nothing_and_ends() {
    let runtime = Runtime::new(&Limits::shipped(), None).unwrap();
    let (old, new) = (moody(&runtime, "old", ""), moody(&runtime, "new", PANICS));
    let mode = canary(
        1000,
        rollout::Limits {
            failures_permille_max: 100,
            divergence_permille_max: 1000,
            decisions_min: 20,
        },
    );
    let placed = table(&[(DISTRICT, 1, Some(&old), Some(candidate(2, &new, mode)))]);
    runtime.follow(&placed);
    for id in 0..17 {
        assert_eq!(reason(&ask(&runtime, id, "")), Some("new"));
    }
    for (id, failed) in (17..20).zip(1..) {
        let advice = ask(&runtime, id, "panic");
        assert_eq!(
            reason(&advice),
            Some("old"),
            "the active rule of the same scope answers"
        );
        let told: Vec<_> = advice
            .attempts
            .iter()
            .map(|it| {
                (
                    it.scope.as_str(),
                    it.canary,
                    it.outcome == Outcome::Answered,
                )
            })
            .collect();
        assert_eq!(told, [(DISTRICT, true, false), (DISTRICT, false, true)]);
        let counts = counts(&runtime);
        let ended = (failed == 3).then_some(CandidateEnd::Failures {
            decisions: 20,
            failed: 3,
        });
        assert_eq!(counts.ended, ended, "not before 20 decisions");
        let counts = counts.counts;
        assert_eq!(
            (counts.asked, counts.answered, counts.failed),
            (17 + failed, 17, failed)
        );
        assert!(counts.fuel > 0 && counts.last.is_some());
    }
    // It is over at once, and stays so while the same table is followed again.
    for _ in 0..2 {
        let advice = ask(&runtime, 99, "");
        assert_eq!((reason(&advice), advice.attempts.len()), (Some("old"), 1));
        assert!(counts(&runtime).ended.is_some());
        runtime.follow(&placed);
    }
    let again = candidate(3, &new, canary(1000, PATIENT));
    runtime.follow(&table(&[(DISTRICT, 1, Some(&old), Some(again))]));
    assert_eq!(
        reason(&ask(&runtime, 99, "")),
        Some("new"),
        "another activation counts anew"
    );
    assert_eq!(counts(&runtime).counts.asked, 1);
}

#[test]
fn canary_without_an_active_rule_falls_back_to_the_wider_scope() {
    let runtime = Runtime::new(&Limits::shipped(), None).unwrap();
    let (city, new) = (moody(&runtime, "city", ""), moody(&runtime, "new", PANICS));
    runtime.follow(&table(&[
        (
            DISTRICT,
            1,
            None,
            Some(candidate(2, &new, canary(1000, PATIENT))),
        ),
        (CITY, 3, Some(&city), None),
    ]));
    assert_eq!(reason(&ask(&runtime, 1, "")), Some("new"));
    let advice = ask(&runtime, 1, "panic");
    assert_eq!(reason(&advice), Some("city"));
    let told: Vec<_> = advice
        .attempts
        .iter()
        .map(|it| (it.scope.as_str(), it.canary))
        .collect();
    assert_eq!(told, [(DISTRICT, true), (CITY, false)]);
}

#[test]
fn resting_canary_counts_as_failed() {
    let runtime = Runtime::new(&Limits::shipped(), None).unwrap();
    let (old, new) = (moody(&runtime, "old", ""), moody(&runtime, "new", PANICS));
    let placed = candidate(2, &new, canary(1000, PATIENT));
    runtime.follow(&table(&[(CITY, 1, Some(&old), Some(placed))]));
    let mut kinds = Vec::new();
    for id in 0..7 {
        let advice = ask(&runtime, id, "panic");
        assert_eq!(reason(&advice), Some("old"));
        let Outcome::Failed { kind, .. } = advice.attempts[0].outcome else {
            panic!("{advice:?}")
        };
        kinds.push(kind);
    }
    assert_eq!(kinds[..5], [FailureKind::Trapped; 5]);
    assert_eq!(kinds[5..], [FailureKind::CircuitOpen; 2]);
    let counts = counts(&runtime).counts;
    assert_eq!((counts.asked, counts.failed), (7, 7));
}

#[test]
fn canary_that_differs_too_often_ends() {
    let runtime = Runtime::new(&Limits::shipped(), None).unwrap();
    let old = moody(&runtime, "old", "");
    for (says, expected) in [("new", true), ("old", false)] {
        let new = moody(&runtime, says, PANICS);
        let limits = rollout::Limits {
            failures_permille_max: 1000,
            divergence_permille_max: 500,
            decisions_min: 10,
        };
        let placed = candidate(2, &new, canary(1000, limits));
        runtime.follow(&table(&[(CITY, 1, Some(&old), Some(placed))]));
        for id in 0..10 {
            assert_eq!(reason(&ask(&runtime, id, "")), Some(says));
        }
        let counts = wait_until(&runtime, |it| it.counts.compared == 10);
        let ended = expected.then_some(CandidateEnd::Divergence {
            decisions: 10,
            diverged: 10,
        });
        assert_eq!(counts.ended, ended, "{says}");
        let after = ask(&runtime, 11, "");
        assert_eq!(after.attempts[0].canary, !expected);
        runtime.follow(&table(&[]));
    }
}

#[test]
fn shadow_answers_without_effect() {
    let runtime = Runtime::new(&Limits::shipped(), None).unwrap();
    let (old, new) = (moody(&runtime, "old", ""), moody(&runtime, "new", PANICS));
    let placed = table(&[(CITY, 1, Some(&old), Some(candidate(2, &new, Mode::Shadow)))]);
    runtime.follow(&placed);
    for (id, subject) in [(1, ""), (2, ""), (3, "panic")] {
        let advice = ask(&runtime, id, subject);
        assert_eq!((reason(&advice), advice.attempts.len()), (Some("old"), 1));
        assert!(!advice.attempts[0].canary);
    }
    let it = wait_until(&runtime, |it| it.counts.asked == 3);
    assert_eq!(
        (it.activation, it.scope.as_str(), &it.mode),
        (2, CITY, &Mode::Shadow)
    );
    let it = wait_until(&runtime, |it| it.counts.compared == 2).counts;
    assert_eq!(
        (it.answered, it.failed, it.diverged, it.dropped),
        (2, 1, 2, 0)
    );
    // A swap of something else leaves the counts alone; another candidate begins anew.
    runtime.follow(&placed);
    assert_eq!(counts(&runtime).counts.asked, 3);
    let same = moody(&runtime, "old", PANICS);
    let other = candidate(3, &same, Mode::Shadow);
    runtime.follow(&table(&[(CITY, 1, Some(&old), Some(other))]));
    ask(&runtime, 4, "");
    let it = wait_until(&runtime, |it| it.counts.compared == 1).counts;
    assert_eq!(
        (it.asked, it.diverged),
        (1, 0),
        "another image that says the same"
    );
}

#[test]
fn endless_shadow_takes_no_slot_and_what_finds_no_room_is_counted() {
    let limits = Limits {
        concurrent: 1,
        wait: Duration::ZERO,
        ..Limits::shipped()
    };
    let runtime = Runtime::new(&limits, None).unwrap();
    let old = moody(&runtime, "old", "");
    let endless = runtime.load(&guest("endless", "{}")).unwrap();
    let shadow = candidate(2, &endless, Mode::Shadow);
    runtime.follow(&table(&[(CITY, 1, Some(&old), Some(shadow))]));
    let asked = 1000;
    for id in 0..asked {
        assert_eq!(reason(&ask(&runtime, u128::from(id), "")), Some("old"));
    }
    let it = counts(&runtime).counts;
    assert!(it.dropped > 0, "{it:?}");
    assert!(it.asked + it.dropped <= asked, "{it:?}");
    // What waits still is dropped with the candidate.
    runtime.follow(&table(&[(CITY, 1, Some(&old), None)]));
    assert_eq!(runtime.candidates(), []);
}
