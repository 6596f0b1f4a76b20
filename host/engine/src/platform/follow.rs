//! Following the rollout log. Every image that the log wants (in effect, to come, awaiting approval, or so
//! recently in effect that somebody may go back to it) is made ready beforehand and held for as long as it
//! is wanted, however many there are. Loading takes as long as a compiler does and holds nothing up; what
//! is ready is put into force at once.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};
use lifecycle::ids::Actor;
use rollout::{CandidateEnd, Digest, Standing, State};
use serde::Serialize;

use super::candidates::Counted;
use super::plan::{Image, Tables, images_of, tables};
use crate::ports::{Plan, ReadyImage, RunningCandidate, StoreError, Workshop};
use crate::rollout::RolloutError;
use crate::{Engine, Error};

/// So many earlier activations of each scope and kind stay loaded, so that going back compiles nothing.
const EARLIER_LOADED: usize = 3;
/// An image that does not load is tried again after so long, then after twice as long, and so on,
const RETRY_FIRST: TimeDelta = TimeDelta::seconds(2);
/// at least so often.
const RETRY_MAX: TimeDelta = TimeDelta::minutes(5);

/// How far the log is followed.
#[derive(Default)]
pub(crate) struct Following {
    state: Mutex<Followed>,
    /// An image was loaded, or was not.
    tried: Condvar,
    pub(super) counted: Counted,
}

#[derive(Default)]
struct Followed {
    /// As much of the log as anybody has put into force, and the instant that it was looked at for. Whoever
    /// comes later with an older look goes by this one.
    newest: Option<(Arc<State>, DateTime<Utc>)>,
    /// What is in force.
    tables: Tables,
    /// What the log wants and is loaded. Held here, so that it stays so.
    ready: BTreeMap<Digest, ReadyImage>,
    /// What is being loaded just now.
    loading: BTreeSet<Digest>,
    /// What did not load.
    broken: BTreeMap<Digest, Broken>,
    /// Everything is done up to this position of the log, until this instant.
    settled: Option<(u64, Option<DateTime<Utc>>)>,
}

/// An image that does not load.
struct Broken {
    problem: String,
    tries: u32,
    again_at: DateTime<Utc>,
}

/// What a look at the rollout log did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Follow {
    /// Whether something else is in force now.
    pub swapped: bool,
    /// Images that were loaded.
    pub loaded: usize,
    /// Candidates that were ended because they passed a limit.
    pub ended: usize,
}

/// Whether an image can be asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Readiness {
    pub(crate) loaded: bool,
    pub(crate) problem: Option<String>,
}

impl Following {
    fn lock(&self) -> MutexGuard<'_, Followed> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether an image can be asked, and why not if it was tried.
    pub(crate) fn readiness(&self, image: &Digest) -> Readiness {
        let followed = self.lock();
        Readiness {
            loaded: followed.ready.contains_key(image),
            problem: followed.broken.get(image).map(|it| it.problem.clone()),
        }
    }
}

impl Followed {
    fn image(&self, image: &Digest) -> Image {
        if self.ready.contains_key(image) {
            Image::Ready
        } else if self.broken.contains_key(image) {
            Image::Broken
        } else {
            Image::Missing
        }
    }

    fn note(
        &mut self,
        image: &Digest,
        result: Result<ReadyImage, String>,
        now: DateTime<Utc>,
    ) -> bool {
        match result {
            Ok(ready) => {
                self.broken.remove(image);
                self.ready.insert(image.clone(), ready);
                true
            }
            Err(problem) => {
                let before = self.broken.get(image).map_or(0, |it| it.tries);
                let pause = 1_i32
                    .checked_shl(before)
                    .and_then(|factor| RETRY_FIRST.checked_mul(factor))
                    .filter(|pause| *pause > TimeDelta::zero())
                    .map_or(RETRY_MAX, |pause| pause.min(RETRY_MAX));
                tracing::error!(
                    %image,
                    problem,
                    again_in_s = pause.num_seconds(),
                    "an image that the rollout log wants does not load"
                );
                let broken = Broken {
                    problem,
                    tries: before.saturating_add(1),
                    again_at: now.checked_add_signed(pause).unwrap_or(now),
                };
                self.broken.insert(image.clone(), broken);
                false
            }
        }
    }
}

/// The turn to load an image; whoever wants the same one waits for its end, whatever it is.
struct Turn<'a>(&'a Following, &'a Digest);

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        self.0.lock().loading.remove(self.1);
        self.0.tried.notify_all();
    }
}

impl Engine {
    /// Goes on with the rollout log: puts into force what is due, loads what is or may be needed, ends
    /// candidates that passed a limit. For a thread of its own, because loading compiles. Where nothing is
    /// to be done, it only looks whether the log goes on.
    ///
    /// # Errors
    /// [`Error::Store`], [`RolloutError::Corrupt`], [`RolloutError::NoWorkshop`].
    pub fn follow_rollout(&self) -> Result<Follow, Error> {
        let workshop = self.workshop()?;
        let mut done = Follow {
            ended: self.end_candidates(workshop)?,
            ..Follow::default()
        };
        let state = self.rollout().state()?;
        let now = state.instant(self.now());
        let settled = self.platform.following.lock().settled;
        if settled
            .is_some_and(|(seq, until)| seq == state.seq() && until.is_none_or(|until| now < until))
        {
            return Ok(done);
        }
        self.put_into_force_of(&state, now, &mut done)?;
        let wanted = state.wanted_images(now, EARLIER_LOADED);
        self.load_all(&state, &wanted.iter().collect(), &mut done)?;
        self.settle(&state, now, &wanted);
        Ok(done)
    }

    /// Puts into force what is due, and leaves to [`Engine::follow_rollout`] what may only be needed later:
    /// for whoever is about to decide.
    ///
    /// # Errors
    /// [`Error::Store`], [`RolloutError::Corrupt`], [`RolloutError::NoWorkshop`].
    pub fn put_into_force(&self) -> Result<Follow, Error> {
        let mut done = Follow::default();
        let state = self.rollout().state()?;
        let now = state.instant(self.now());
        self.put_into_force_of(&state, now, &mut done)?;
        Ok(done)
    }

    /// What is ready goes first; it waits for nothing.
    fn put_into_force_of(
        &self,
        state: &Arc<State>,
        now: DateTime<Utc>,
        done: &mut Follow,
    ) -> Result<(), Error> {
        done.swapped |= self.swap(self.workshop()?, state)?;
        self.load_all(state, &images_of(&state.table(now)), done)
    }

    fn load_all(
        &self,
        state: &Arc<State>,
        images: &BTreeSet<&Digest>,
        done: &mut Follow,
    ) -> Result<(), Error> {
        let workshop = self.workshop()?;
        for image in images {
            let loaded = self.make_ready(workshop, image, Patience::Keep)?;
            done.loaded = done.loaded.saturating_add(usize::from(loaded));
        }
        done.swapped |= self.swap(workshop, state)?;
        Ok(())
    }

    /// Puts a change of the log into force at once, for whoever made it: the activation's own image is
    /// loaded if it is not, and nothing else is waited for. An image that does not load is no error; the
    /// activation's view tells.
    ///
    /// # Errors
    /// [`Error::Store`], [`RolloutError::Corrupt`], [`RolloutError::NoWorkshop`].
    pub fn take_up(&self, activation: u64) -> Result<(), Error> {
        let workshop = self.workshop()?;
        let state = self.rollout().state()?;
        let now = state.instant(self.now());
        let is_wanted = match state.standing(activation, now) {
            Some(Standing::InEffect | Standing::Scheduled | Standing::AwaitingApproval) => true,
            Some(Standing::Superseded | Standing::Ended | Standing::Withdrawn) | None => false,
        };
        let image = state
            .activation(activation)
            .and_then(|it| it.image.as_ref());
        if let Some(image) = image.filter(|_| is_wanted) {
            self.make_ready(workshop, image, Patience::Lose)?;
        }
        self.swap(workshop, &state).map(drop)
    }

    /// When the table changes next by itself.
    ///
    /// # Errors
    /// [`Error::Store`], [`RolloutError::Corrupt`].
    pub fn next_rollout_at(&self) -> Result<Option<DateTime<Utc>>, Error> {
        let state = self.rollout().state()?;
        Ok(state.next_change_after(state.instant(self.now())))
    }

    /// Puts into force what is ready of what the log says. Loads nothing.
    fn swap(&self, workshop: &dyn Workshop, state: &Arc<State>) -> Result<bool, Error> {
        let counts = self.counted_before()?;
        let mut followed = self.platform.following.lock();
        let (state, now) = match followed.newest.take() {
            Some((newer, at)) if newer.seq() > state.seq() => (newer, at),
            Some((_, at)) => (Arc::clone(state), at),
            None => (Arc::clone(state), DateTime::UNIX_EPOCH),
        };
        let now = state.instant(self.now()).max(now);
        followed.newest = Some((Arc::clone(&state), now));
        let tables = tables(&state, now, &followed.tables.now, &|image| {
            followed.image(image)
        });
        if followed.tables == tables {
            return Ok(false);
        }
        let plan = Plan {
            now: &tables.now,
            to_come: &tables.to_come,
            images: &|image| followed.ready.get(image).cloned(),
            counts: &|activation| counts.get(&activation).cloned(),
        };
        workshop.follow(&plan).map_err(super::broken)?;
        tracing::info!(
            placements = tables.now.placements.len(),
            to_come = tables.to_come.len(),
            "the rollout log is followed"
        );
        followed.tables = tables;
        Ok(true)
    }

    /// Loads an image unless it is; says whether it was loaded here and now. One that does not load is told
    /// and tried again later.
    fn make_ready(
        &self,
        workshop: &dyn Workshop,
        image: &Digest,
        patience: Patience,
    ) -> Result<bool, Error> {
        let following = &self.platform.following;
        let mut followed = following.lock();
        let mut patience = patience;
        loop {
            if followed.ready.contains_key(image) {
                return Ok(false);
            }
            if !followed.loading.contains(image) {
                break;
            }
            followed = following
                .tried
                .wait(followed)
                .unwrap_or_else(PoisonError::into_inner);
            // It was tried just now.
            patience = Patience::Keep;
        }
        let rests = |broken: &Broken| self.now() < broken.again_at;
        if patience == Patience::Keep && followed.broken.get(image).is_some_and(rests) {
            return Ok(false);
        }
        followed.loading.insert(image.clone());
        drop(followed);
        let turn = Turn(following, image);
        let result = self.load_image(workshop, image)?;
        let loaded = following.lock().note(image, result, self.now());
        drop(turn);
        Ok(loaded)
    }

    fn load_image(
        &self,
        workshop: &dyn Workshop,
        image: &Digest,
    ) -> Result<Result<ReadyImage, String>, StoreError> {
        let Some(kept) = self.kept_image(image)? else {
            return Ok(Err(
                "the registry does not hold it; push it again".to_owned()
            ));
        };
        Ok(workshop.load(&kept).map_err(|error| error.detail))
    }

    /// Everything of this state is done: what is no longer wanted may go.
    fn settle(&self, state: &State, now: DateTime<Utc>, wanted: &BTreeSet<Digest>) {
        let mut followed = self.platform.following.lock();
        let newest = followed.newest.as_ref().map(|(newest, _)| newest.seq());
        if newest.is_some_and(|seq| seq > state.seq()) {
            return;
        }
        let keep = |image: &Digest| wanted.contains(image);
        let gone: Vec<(Digest, ReadyImage)> = followed
            .ready
            .extract_if(.., |image, _| !keep(image))
            .collect();
        followed.broken.retain(|image, _| keep(image));
        let retry = followed.broken.values().map(|it| it.again_at).min();
        let next = state.next_change_after(now);
        let until = retry.into_iter().chain(next).min();
        followed.settled = Some((state.seq(), until));
        // Freeing compiled code takes its time, which nobody need wait for.
        drop(followed);
        drop(gone);
    }

    fn end_candidates(&self, workshop: &dyn Workshop) -> Result<usize, Error> {
        let mut count = 0_usize;
        for candidate in workshop.running_candidates() {
            if let RunningCandidate {
                activation,
                ended: Some(why),
                ..
            } = candidate
            {
                let ended = self.end_by_itself(activation, why)?;
                count = count.saturating_add(usize::from(ended));
            }
        }
        Ok(count)
    }

    fn end_by_itself(&self, activation: u64, why: CandidateEnd) -> Result<bool, Error> {
        match self
            .rollout()
            .end_candidate(activation, why, &Actor::system())
        {
            Ok(_) => Ok(true),
            // Somebody else was faster; it has ended.
            Err(Error::Rollout(RolloutError::Rejected(_))) => Ok(false),
            Err(error) => Err(error),
        }
    }
}

/// Whether the pause of an image that did not load is kept to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Patience {
    Keep,
    /// Somebody waits for this very image.
    Lose,
}
