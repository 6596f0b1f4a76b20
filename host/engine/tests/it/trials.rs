//! Trials: one at a time, who may cancel one, and that none blocks the next however it ends.

use std::collections::BTreeSet;
use std::sync::mpsc::sync_channel;
use std::thread;
use std::time::Duration;

use contract::about::Kind;
use engine::{Error, RolloutError, Trial, TrialRequest, TrialState};
use lifecycle::ids::Actor;
use rollout::Digest;
use uuid::Uuid;

use crate::following::Platform;
use crate::workbench::Trying;
use crate::world::{admin, auditor, district};

/// A district of the city in [`crate::following`].
const HERE: &str = "440106";

fn begin(platform: &Platform, image: &Digest, by: &Actor) -> Result<Trial, Error> {
    let request = TrialRequest {
        image: image.clone(),
        scope: HERE.to_owned(),
        since: None,
        until: None,
    };
    platform.engine.begin_trial(request, by)
}

/// How a trial ended; nothing depends on how long it takes.
fn ended(platform: &Platform, id: Uuid) -> TrialState {
    loop {
        let trial = platform.engine.trial(id, &admin()).unwrap();
        if !matches!(trial.state, TrialState::Running) {
            return trial.state;
        }
        thread::sleep(Duration::from_millis(1));
    }
}

#[test]
fn a_trial_is_cancelled_by_its_own_and_the_next_begins_at_once() {
    let platform = Platform::new();
    let image = platform.push(Kind::Routing, "a");
    let (go, first) = sync_channel::<()>(1);
    let (go_on, second) = sync_channel::<()>(1);
    *platform.bench.trying.lock().unwrap() = vec![Trying::When(first), Trying::When(second)];
    let trial = begin(&platform, &image, &district(HERE)).unwrap();
    // The first has its turn before another one is begun.
    while platform.bench.trying.lock().unwrap().len() == 2 {
        thread::sleep(Duration::from_millis(1));
    }
    let refused = begin(&platform, &image, &admin()).unwrap_err();
    let told = refused.to_string();
    assert!(told.contains(&trial.id.to_string()), "{told}");
    assert!(told.contains(&district(HERE).name), "{told}");
    for by in [district("440101"), auditor()] {
        let refused = platform.engine.cancel_trial(trial.id, &by).unwrap_err();
        assert!(matches!(refused, Error::Rejected(_)), "{by:?}: {refused}");
    }
    let cancelled = platform.engine.cancel_trial(trial.id, &district(HERE));
    assert!(matches!(
        cancelled.unwrap().state,
        TrialState::Cancelled { .. }
    ));
    let next = begin(&platform, &image, &admin()).unwrap();
    assert_ne!(next.id, trial.id);
    // What was cancelled comes to its end, and neither records anything nor ends the next one's turn.
    go.send(()).unwrap();
    let over = platform.engine.cancel_trial(trial.id, &admin());
    assert!(matches!(
        over.unwrap_err(),
        Error::Rollout(RolloutError::TrialIsOver { .. })
    ));
    assert!(begin(&platform, &image, &admin()).is_err());
    go_on.send(()).unwrap();
    // Nothing was decided yet, so that the log refuses the result; a cancelled one does not get there.
    assert!(matches!(
        ended(&platform, next.id),
        TrialState::Failed { .. }
    ));
    assert!(matches!(
        ended(&platform, trial.id),
        TrialState::Cancelled { .. }
    ));
}

#[test]
fn a_trial_that_panics_blocks_nobody_and_no_identifier_comes_again() {
    let platform = Platform::new();
    let image = platform.push(Kind::Routing, "a");
    let mut seen = BTreeSet::new();
    for process in [platform.restarted(), platform.restarted()] {
        *process.bench.trying.lock().unwrap() = vec![Trying::Panic, Trying::Panic];
        for _ in 0..2 {
            let trial = begin(&process, &image, &admin()).unwrap();
            assert!(seen.insert(trial.id), "the clock stands still");
            let TrialState::Failed { problem } = ended(&process, trial.id) else {
                panic!("it has no result")
            };
            assert!(problem.contains("log"), "{problem}");
        }
    }
}
