//! Circuit breakers: a rule that fails again and again is not asked for a while.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use engine::ports::Advisor as _;
use lifecycle::advice::{FailureKind, Outcome};
use plugins::{Limits, Runtime};

use super::{CITY, DISTRICT, PANICS, moody, table};
use crate::artefacts::{decision, question};

#[test]
fn failing_rule_rests_and_is_tried_again() {
    let seconds = Arc::new(AtomicU64::new(0));
    let clock = {
        let (start, seconds) = (Instant::now(), Arc::clone(&seconds));
        move || start + Duration::from_secs(seconds.load(Ordering::Relaxed))
    };
    let runtime = Runtime::with_clock(&Limits::shipped(), None, clock).unwrap();
    let (city, bad) = (moody(&runtime, "city", ""), moody(&runtime, "bad", PANICS));
    runtime.follow(&table(&[
        (DISTRICT, 1, Some(&bad), None),
        (CITY, 2, Some(&city), None),
    ]));
    let ask = |subject: &str| {
        let advice = runtime.route(&decision(1, &[DISTRICT, CITY]), &question(subject));
        let first = &advice.attempts[0];
        let found = match &first.outcome {
            Outcome::Answered => {
                assert_eq!(advice.attempts.len(), 1);
                return None;
            }
            Outcome::Failed { kind, detail } => (*kind, detail.clone(), first.fuel),
            other @ (Outcome::NoOpinion | Outcome::Refused { .. }) => panic!("{other:?}"),
        };
        assert_eq!(
            advice.attempts[1].outcome,
            Outcome::Answered,
            "the city answers instead"
        );
        Some(found)
    };
    for _ in 0..5 {
        assert_eq!(ask("panic").unwrap().0, FailureKind::Trapped);
    }
    let (kind, detail, fuel) = ask("").unwrap();
    assert_eq!(
        (kind, fuel),
        (FailureKind::CircuitOpen, 0),
        "not even a good question"
    );
    assert!(detail.contains("tried again in 1000 ms"), "{detail}");
    // Whoever asks for this very rule is not kept from it: repetition runs the image as before.
    let (attempt, verdict) = runtime.route_with(DISTRICT, &bad, &decision(1, &[]), &question(""));
    assert_eq!(
        (attempt.outcome, verdict.is_some()),
        (Outcome::Answered, true)
    );
    assert!(ask("").is_some());
    // The trial fails, and the pause grows.
    seconds.store(1, Ordering::Relaxed);
    assert_eq!(ask("panic").unwrap().0, FailureKind::Trapped);
    assert!(ask("").unwrap().1.contains("2000 ms"));
    seconds.store(3, Ordering::Relaxed);
    assert_eq!(ask(""), None, "the trial succeeds");
    for _ in 0..4 {
        assert_eq!(ask("panic").unwrap().0, FailureKind::Trapped);
    }
    assert_eq!(ask(""), None, "four in a row are not five");
}
