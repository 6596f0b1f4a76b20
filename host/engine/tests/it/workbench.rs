//! A workshop that runs no WebAssembly: it notes what it is asked to load and to follow, fails where it is
//! told to, and takes as long as the test says.

use std::collections::BTreeSet;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex};

use chrono::{DateTime, Utc};
use contract::knowledge;
use engine::ports::{
    Checked, DecisionContext, Draft, KeptImage, PlacementHealth, Plan, ReadyImage, Repetition,
    RunningCandidate, StoreError, StoredDecision, TrialOrder, TrialOutcome, Workshop,
    WorkshopError,
};
use lifecycle::advice::Attempt;
use rollout::{Digest, Table};
use serde_json::Value;

/// What was put into force last.
#[derive(Debug, Clone, Default)]
pub(crate) struct Followed {
    pub(crate) now: Table,
    pub(crate) to_come: Vec<(DateTime<Utc>, Table)>,
    /// What the candidates had done before, by activation.
    pub(crate) counts: Vec<(u64, Value)>,
}

/// What a trial does.
pub(crate) enum Trying {
    /// It asks for every decision, once it is told to.
    When(Receiver<()>),
    /// It panics.
    Panic,
}

/// An image whose loading waits: which, who hears that it has begun, and who lets it go.
type Slow = (Digest, SyncSender<()>, Receiver<()>);

#[derive(Default)]
pub(crate) struct Workbench {
    /// Every image that was loaded, in order, also in vain.
    pub(crate) loads: Mutex<Vec<Digest>>,
    pub(crate) broken: Mutex<BTreeSet<Digest>>,
    /// Loading this image says that it has begun, and waits to be let go.
    pub(crate) slow: Mutex<Option<Slow>>,
    pub(crate) followed: Mutex<Vec<Followed>>,
    pub(crate) candidates: Mutex<Vec<RunningCandidate>>,
    pub(crate) healths: Mutex<Vec<PlacementHealth>>,
    pub(crate) trying: Mutex<Vec<Trying>>,
}

impl Workbench {
    /// How often something was loaded.
    pub(crate) fn loads(&self) -> usize {
        self.loads.lock().unwrap().len()
    }

    pub(crate) fn followed(&self) -> Followed {
        let followed = self.followed.lock().unwrap();
        followed.last().cloned().unwrap_or_default()
    }

    /// Loading this image takes until something is sent; hears that it has begun.
    pub(crate) fn slow_down(&self, image: &Digest) -> (Receiver<()>, SyncSender<()>) {
        let (begun, hear) = sync_channel(1);
        let (go, wait) = sync_channel(1);
        *self.slow.lock().unwrap() = Some((image.clone(), begun, wait));
        (hear, go)
    }
}

impl Workshop for Workbench {
    fn check_draft(&self, _: &Draft<'_>) -> Result<Checked, WorkshopError> {
        Err(WorkshopError {
            detail: "nothing is pushed through it".to_owned(),
        })
    }

    fn load(&self, image: &KeptImage) -> Result<ReadyImage, WorkshopError> {
        let digest = image.record.image.clone();
        self.loads.lock().unwrap().push(digest.clone());
        let slow = self.slow.lock().unwrap().take_if(|it| it.0 == digest);
        if let Some((_, begun, wait)) = slow {
            begun.send(()).unwrap();
            wait.recv().unwrap();
        }
        if self.broken.lock().unwrap().contains(&digest) {
            let detail = "it is broken; mend it".to_owned();
            return Err(WorkshopError { detail });
        }
        Ok(ReadyImage::new(Arc::new(digest)))
    }

    fn follow(&self, plan: &Plan<'_>) -> Result<(), WorkshopError> {
        let mut counts = Vec::new();
        let later = plan.to_come.iter().map(|(_, table)| table);
        for table in [plan.now].into_iter().chain(later) {
            for row in table.placements.values() {
                let candidate = row.candidate.as_ref();
                let active = row.active.as_ref().map(|(_, image)| image);
                for image in active.into_iter().chain(candidate.map(|it| &it.image)) {
                    let ready = (plan.images)(image).expect("given with the plan");
                    assert_eq!(*ready.made::<Digest>().unwrap(), *image);
                }
                let activation = candidate.map(|it| it.activation);
                let before = activation.and_then(|it| Some((it, (plan.counts)(it)?)));
                counts.extend(before);
            }
        }
        self.followed.lock().unwrap().push(Followed {
            now: plan.now.clone(),
            to_come: plan.to_come.to_vec(),
            counts,
        });
        Ok(())
    }

    fn placements(&self) -> Vec<PlacementHealth> {
        self.healths.lock().unwrap().clone()
    }

    fn running_candidates(&self) -> Vec<RunningCandidate> {
        self.candidates.lock().unwrap().clone()
    }

    fn try_out(&self, order: TrialOrder<'_>) -> Result<TrialOutcome, WorkshopError> {
        let trying = self.trying.lock().unwrap().remove(0);
        match trying {
            Trying::When(go) => {
                let _ = go.recv();
            }
            Trying::Panic => panic!("as the test says"),
        }
        let decisions = order.decisions.count();
        Ok(TrialOutcome {
            decisions: u64::try_from(decisions).unwrap(),
            changed_permille: 0,
            failed_permille: 0,
            report: Value::Null,
            page: String::new(),
        })
    }

    fn repeat(
        &self,
        _: &StoredDecision,
        _: &dyn Fn(&Digest) -> Result<Option<KeptImage>, StoreError>,
    ) -> Result<Repetition, WorkshopError> {
        Err(WorkshopError {
            detail: "nothing is repeated by it".to_owned(),
        })
    }

    fn check_point(
        &self,
        _: &KeptImage,
        _: &str,
        _: &DecisionContext,
        _: &knowledge::Point,
    ) -> Result<(Attempt, Vec<knowledge::Finding>), WorkshopError> {
        Err(WorkshopError {
            detail: "no point is checked by it".to_owned(),
        })
    }
}
