//! A district whose plugin burns its whole budget keeps nobody else from a slot.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use engine::ports::Advisor as _;
use lifecycle::advice::{FailureKind, Outcome};
use plugins::{Limits, Runtime};

use super::{CITY, DISTRICT, moody, table};
use crate::artefacts::{decision, guest, question};

#[test]
fn burning_district_takes_no_slot_of_another() {
    // Nobody waits: whoever finds no slot at once would say so.
    let limits = Limits {
        concurrent: 4,
        wait: Duration::ZERO,
        ..Limits::shipped()
    };
    let runtime = Runtime::new(&limits, None).unwrap();
    let good = moody(&runtime, "good", "");
    let endless = runtime.load(&guest("endless", "{}")).unwrap();
    runtime.follow(&table(&[
        (DISTRICT, 1, Some(&good), None),
        (CITY, 2, Some(&good), None),
    ]));
    let (stop, full) = (AtomicBool::new(false), AtomicBool::new(false));
    let bad = "440113";
    let kinds: Vec<FailureKind> = thread::scope(|scope| {
        let askers: Vec<_> = (0..8)
            .map(|id| {
                let (runtime, endless, stop, full) = (&runtime, &endless, &stop, &full);
                scope.spawn(move || {
                    let mut kinds = Vec::new();
                    while !stop.load(Ordering::Relaxed) {
                        // Without its circuit breaker, so that it burns all the time.
                        let context = decision(id, &[]);
                        let asked = runtime.route_with(bad, endless, &context, &question(""));
                        let Outcome::Failed { kind, .. } = asked.0.outcome else {
                            panic!("{asked:?}")
                        };
                        full.fetch_or(kind == FailureKind::Overloaded, Ordering::Relaxed);
                        kinds.push(kind);
                        thread::yield_now();
                    }
                    kinds
                })
            })
            .collect();
        // From here on it holds its whole share.
        while !full.load(Ordering::Relaxed) {
            thread::yield_now();
        }
        for id in 0..200 {
            let advice = runtime.route(&decision(id, &[DISTRICT, CITY]), &question(""));
            assert_eq!(advice.attempts.len(), 1, "{advice:?}");
            assert_eq!(advice.attempts[0].outcome, Outcome::Answered);
        }
        stop.store(true, Ordering::Relaxed);
        askers
            .into_iter()
            .flat_map(|asker| asker.join().unwrap())
            .collect()
    });
    assert!(kinds.contains(&FailureKind::OutOfFuel), "it did burn");
    assert!(
        kinds.contains(&FailureKind::Overloaded),
        "and had no more than its share"
    );
}
