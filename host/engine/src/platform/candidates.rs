//! What candidates did. Their counts live in the process that asks them; they are kept now and then, so that
//! a restart is no fresh start and limits cannot be outrun by it.

use std::collections::BTreeMap;
use std::sync::{Mutex, OnceLock, PoisonError};

use lifecycle::ids::Actor;
use rollout::Standing;
use serde_json::Value;

use crate::ports::RunningCandidate;
use crate::{Engine, Error};

/// Counts by activation.
type Counts = BTreeMap<u64, Value>;

/// What was counted before, and what was kept last.
#[derive(Default)]
pub(crate) struct Counted {
    before: OnceLock<Counts>,
    kept: Mutex<Option<Counts>>,
}

impl Engine {
    /// The candidates that run here, with their counts.
    ///
    /// # Errors
    /// [`Error::Rejected`] for whoever may not read the rollout log, [`crate::RolloutError::NoWorkshop`].
    pub fn running_candidates(&self, by: &Actor) -> Result<Vec<RunningCandidate>, Error> {
        crate::rollout::may_read(by)?;
        Ok(self.workshop()?.running_candidates())
    }

    /// Keeps what the candidates did so far, where they did something since; says whether. To be called
    /// now and then, and before the process ends: what was not kept is not counted after a restart.
    ///
    /// # Errors
    /// [`Error::Store`], [`crate::RolloutError::NoWorkshop`].
    pub fn keep_candidate_counts(&self) -> Result<bool, Error> {
        let state = self.rollout().state()?;
        let now = state.instant(self.now());
        // One that does not load now may do so after the next restart.
        let in_effect = |id: u64| state.standing(id, now) == Some(Standing::InEffect);
        let before = self.counted_before()?;
        let mut counts: Counts = before
            .iter()
            .filter(|(id, _)| in_effect(**id))
            .map(|(id, counts)| (*id, counts.clone()))
            .collect();
        let running = self.workshop()?.running_candidates();
        counts.extend(running.into_iter().map(|it| (it.activation, it.counts)));
        let kept = &self.platform.following.counted.kept;
        let mut kept = kept.lock().unwrap_or_else(PoisonError::into_inner);
        if *kept.as_ref().unwrap_or(before) == counts {
            return Ok(false);
        }
        let text = serde_json::to_string(&counts).map_err(Error::Question)?;
        self.store.keep_candidate_counts(&text)?;
        *kept = Some(counts);
        Ok(true)
    }

    /// What candidates had done when this process began.
    pub(super) fn counted_before(&self) -> Result<&Counts, Error> {
        let before = &self.platform.following.counted.before;
        if let Some(counts) = before.get() {
            return Ok(counts);
        }
        let counts = match self.store.candidate_counts()? {
            Some(text) => serde_json::from_str(&text).unwrap_or_else(|error| {
                tracing::warn!(%error, "what candidates did cannot be read; they count anew");
                Counts::new()
            }),
            None => Counts::new(),
        };
        Ok(before.get_or_init(|| counts))
    }
}
