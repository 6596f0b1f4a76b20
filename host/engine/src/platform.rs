//! The plugin platform: pushing images, following the rollout log, trying, repeating. The log and the
//! store are behind [`Engine::rollout`]; what runs WebAssembly is behind [`Workshop`].

mod trials;

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

use chrono::{DateTime, Utc};
use lifecycle::ids::{Actor, Role};
use lifecycle::rejection::Rejection;
use rollout::{CandidateEnd, Digest, Table};
use serde_json::Value;
use uuid::Uuid;

pub(crate) use trials::Trials;
pub use trials::{Trial, TrialRequest, TrialState};

use crate::ports::{
    CITY, Checked, Draft, KeptImage, Repetition, RunningCandidate, SharedWorkshop, StoreError,
    Workshop,
};
use crate::rollout::{Push, Pushed, RolloutError};
use crate::{Engine, Error};

/// So many earlier activations of each scope and kind stay loaded, so that going back compiles nothing.
const EARLIER_LOADED: usize = 3;

/// What the platform knows of itself while it runs.
#[derive(Default)]
pub(crate) struct Platform {
    pub(crate) workshop: Option<SharedWorkshop>,
    pub(crate) trials: Trials,
    followed: Mutex<Followed>,
}

/// How far the log is followed.
#[derive(Default)]
struct Followed {
    table: Option<Table>,
    /// Images that do not load, so that each is told once and not at every look.
    broken: BTreeSet<Digest>,
}

/// What a look at the rollout log did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Follow {
    /// Whether another table is in force now.
    pub swapped: bool,
    /// Images that were loaded.
    pub loaded: usize,
    /// Candidates that were ended because they passed a limit.
    pub ended: usize,
}

/// What came of a push.
#[derive(Debug, Clone)]
pub struct PushOutcome {
    /// Whether every check passed.
    pub passed: bool,
    /// Every check, as JSON.
    pub report: Value,
    /// What is kept; nothing where a check failed.
    pub pushed: Option<Pushed>,
}

impl Engine {
    /// The same engine, with a workshop for rule images.
    #[must_use]
    pub fn with_workshop(mut self, workshop: SharedWorkshop) -> Self {
        self.platform.workshop = Some(workshop);
        self
    }

    fn workshop(&self) -> Result<&dyn Workshop, Error> {
        let workshop = self.platform.workshop.as_deref();
        workshop.ok_or_else(|| RolloutError::NoWorkshop.into())
    }

    /// Checks a component with its settings and keeps the image if nothing stands in the way. With `keep`
    /// off, only the report is made.
    ///
    /// # Errors
    /// [`Error::Rejected`] for anybody but the admin and districts, [`RolloutError`], [`Error::Store`].
    pub fn push_plugin(
        &self,
        draft: &Draft<'_>,
        source: &str,
        keep: bool,
        by: &Actor,
    ) -> Result<PushOutcome, Error> {
        self.may_push(by)?;
        let Checked { report, made } = self.workshop()?.check_draft(draft).map_err(broken)?;
        let passed = made.is_some();
        let pushed = match made {
            Some(made) if keep => {
                let push = Push {
                    image: made.image,
                    component: draft.component.to_vec(),
                    settings: made.settings,
                    description: made.description,
                    engine: made.engine,
                    source: source.to_owned(),
                    report: report.to_string(),
                };
                Some(self.rollout().push(push, by)?)
            }
            Some(_) | None => None,
        };
        Ok(PushOutcome {
            passed,
            report,
            pushed,
        })
    }

    /// Before a component is compiled for somebody: the compiler costs more than a refusal.
    fn may_push(&self, by: &Actor) -> Result<(), Error> {
        match by.role {
            Role::Admin | Role::System | Role::District(_) => Ok(()),
            Role::Operator | Role::Unit(_) | Role::Leader(_) | Role::Channel | Role::Auditor => {
                Err(Rejection::NotPermitted {
                    command: "push a plugin",
                }
                .into())
            }
        }
    }

    /// Goes on with the rollout log: loads what will be needed, puts into force what is due, ends
    /// candidates that passed a limit. For a thread of its own, because loading compiles.
    ///
    /// # Errors
    /// [`Error::Store`], [`RolloutError::Corrupt`].
    pub fn follow_rollout(&self) -> Result<Follow, Error> {
        let workshop = self.workshop()?;
        let mut done = Follow::default();
        for candidate in workshop.running_candidates() {
            if let RunningCandidate {
                activation,
                ended: Some(why),
                ..
            } = candidate
            {
                done.ended = done
                    .ended
                    .saturating_add(self.end_by_itself(activation, why)?);
            }
        }
        let state = self.rollout().state()?;
        let now = state.instant(self.now());
        let mut followed = self
            .platform
            .followed
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        // What is in force comes first, what may be needed later after it.
        let table = state.table(now);
        for image in images_of(&table) {
            done.loaded = done.loaded.saturating_add(self.make_ready(
                workshop,
                image,
                &mut followed.broken,
            )?);
        }
        if followed.table.as_ref() != Some(&table) {
            let usable = without(&table, &followed.broken);
            workshop.follow(&usable).map_err(broken)?;
            tracing::info!(
                placements = usable.placements.len(),
                "the rollout log is followed"
            );
            followed.table = Some(table);
            done.swapped = true;
        }
        for image in state.wanted_images(now, EARLIER_LOADED) {
            done.loaded = done.loaded.saturating_add(self.make_ready(
                workshop,
                &image,
                &mut followed.broken,
            )?);
        }
        Ok(done)
    }

    /// When the table changes next by itself.
    ///
    /// # Errors
    /// [`Error::Store`], [`RolloutError::Corrupt`].
    pub fn next_rollout_at(&self) -> Result<Option<DateTime<Utc>>, Error> {
        let state = self.rollout().state()?;
        Ok(state.next_change_after(state.instant(self.now())))
    }

    /// Loads an image unless it is; gives how many were loaded. One that does not load is told, and left
    /// out of the table: the next wider scope answers, and the scope shows that it is broken.
    fn make_ready(
        &self,
        workshop: &dyn Workshop,
        image: &Digest,
        broken: &mut BTreeSet<Digest>,
    ) -> Result<usize, Error> {
        if workshop.is_loaded(image) || broken.contains(image) {
            return Ok(0);
        }
        let Some(kept) = self.kept_image(image)? else {
            tracing::error!(%image, "an activated image is not in the registry");
            broken.insert(image.clone());
            return Ok(0);
        };
        match workshop.load(&kept) {
            Ok(()) => Ok(1),
            Err(error) => {
                tracing::error!(%image, %error, "an activated image does not load; the wider scope answers");
                broken.insert(image.clone());
                Ok(0)
            }
        }
    }

    fn end_by_itself(&self, activation: u64, why: CandidateEnd) -> Result<usize, Error> {
        match self
            .rollout()
            .end_candidate(activation, why, &Actor::system())
        {
            Ok(_) => Ok(1),
            // Somebody else was faster; it has ended.
            Err(Error::Rollout(RolloutError::Rejected(_))) => Ok(0),
            Err(error) => Err(error),
        }
    }

    /// An image with what is kept about it.
    pub(crate) fn kept_image(&self, image: &Digest) -> Result<Option<KeptImage>, StoreError> {
        let record = self.store.image(image)?;
        let bytes = self.store.image_bytes(image)?;
        Ok(record
            .zip(bytes)
            .map(|(record, bytes)| KeptImage { record, bytes }))
    }

    /// The candidates that run here, with their counts.
    ///
    /// # Errors
    /// [`Error::Rejected`] for whoever may not read the rollout log, [`RolloutError::NoWorkshop`].
    pub fn running_candidates(&self, by: &Actor) -> Result<Vec<RunningCandidate>, Error> {
        crate::rollout::may_read(by)?;
        Ok(self.workshop()?.running_candidates())
    }

    /// Makes a decision of the journal again.
    ///
    /// # Errors
    /// [`RolloutError::NoDecision`], [`RolloutError::Workshop`] where its question or an image is not
    /// there, [`Error::Store`].
    pub fn repeat_decision(&self, id: Uuid, by: &Actor) -> Result<Repetition, Error> {
        let decision = self.rollout().decision(id, by)?;
        let image = |image: &Digest| self.kept_image(image);
        self.workshop()?.repeat(&decision, &image).map_err(broken)
    }
}

/// Images that a table names.
fn images_of(table: &Table) -> BTreeSet<&Digest> {
    table
        .placements
        .values()
        .flat_map(|placement| {
            let active = placement.active.as_ref().map(|(_, image)| image);
            let candidate = placement.candidate.as_ref().map(|it| &it.image);
            active.into_iter().chain(candidate)
        })
        .collect()
}

/// The table without images that do not load.
fn without(table: &Table, broken: &BTreeSet<Digest>) -> Table {
    let mut table = table.clone();
    for placement in table.placements.values_mut() {
        if placement
            .active
            .as_ref()
            .is_some_and(|(_, image)| broken.contains(image))
        {
            placement.active = None;
        }
        if placement
            .candidate
            .as_ref()
            .is_some_and(|it| broken.contains(&it.image))
        {
            placement.candidate = None;
        }
    }
    table
}

fn broken(error: crate::ports::WorkshopError) -> Error {
    RolloutError::Workshop {
        detail: error.detail,
    }
    .into()
}

/// The scope as the decisions of a district or of the whole city are chosen by.
pub(crate) fn scope_filter(scope: &str) -> Option<String> {
    (scope != CITY).then(|| scope.to_owned())
}
