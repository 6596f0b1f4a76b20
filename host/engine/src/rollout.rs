//! Rule images and who answers where: the shell around the rollout log. The log decides (`rollout`),
//! the store keeps, and whoever asks the images follows [`Rollout::state`].

mod error;

mod read;

use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, SubsecRound as _, Utc};
use contract::about::{Description, Kind};
use lifecycle::advice::RuleImage;
use lifecycle::ids::{Actor, DistrictCode, UnitCode};
use rollout::{
    Activation, CandidateEnd, Command, Digest, Event, Policy, Proposal, PushedImage, Recorded,
    Rejection, Standing, State, TryResult,
};
use serde::Serialize;
use sha2::{Digest as _, Sha256};

pub use error::RolloutError;
pub(crate) use read::may_read;
pub use read::{ActivationFilter, PolicyView};

use crate::ports::{CITY, ImageRecord, NewImage, RolloutCommit, RolloutCommitError};
use crate::{Engine, Error};

/// So often a command is decided anew when others were faster.
const ATTEMPTS_MAX: u32 = 16;
/// So many events are read at once.
const EVENTS_READ: u32 = 1000;

/// The log as far as it was read.
#[derive(Default)]
pub(crate) struct RolloutLog(Mutex<Arc<State>>);

/// An image that somebody pushes. Whoever pushes has had it checked and baked; the digests are taken
/// here.
#[derive(Debug, Clone)]
pub struct Push {
    /// The image: the component with its settings frozen in.
    pub image: Vec<u8>,
    /// The component that it was baked from.
    pub component: Vec<u8>,
    /// The settings as they were given to the component, as JSON text.
    pub settings: String,
    /// What the plugin says about itself.
    pub description: Description,
    /// Engine that baked it, such as `wasmtime 48.0.8`.
    pub engine: String,
    /// Where it came from: a file's name or an address.
    pub source: String,
    /// The report of the checks that it passed, as JSON text.
    pub report: String,
}

/// What came of a push.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pushed {
    /// What is kept: of an image that was known, what was kept with it first.
    pub record: ImageRecord,
    /// Whether it was new.
    pub new: bool,
}

/// An activation and how it stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ActivationView {
    /// The activation.
    #[serde(flatten)]
    pub activation: Activation,
    /// How it stands now.
    pub standing: Standing,
    /// When it takes or took effect; nothing where it waits for approval or was withdrawn.
    pub effective_from: Option<DateTime<Utc>>,
    /// The plugin's name and version; nothing where there is no image.
    pub name: Option<String>,
    /// Whether its image is loaded here, so that it answers, or can at once; nothing where there is no image
    /// or nothing here runs images.
    pub loaded: Option<bool>,
    /// Why its image does not load; it is tried again, and the wider scope answers meanwhile.
    pub problem: Option<String>,
}

/// What came of a rule of the installation's list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Listed {
    /// It is proposed, under this id.
    Activated(u64),
    /// The list said the same last time.
    Unchanged,
    /// A person decided since, with this activation; the list changes nothing.
    LeftToPerson(u64),
    /// It is proposed under this id and waits for a second person; what answered before goes on.
    Waiting(u64),
    /// What activating takes here is not given, such as a trial; what answered before goes on.
    Refused(Rejection),
}

/// What is done about rule images. Made by [`Engine::rollout`].
#[derive(Clone, Copy)]
pub struct Rollout<'a> {
    engine: &'a Engine,
}

impl Engine {
    /// Rule images, and who answers where.
    #[must_use]
    pub const fn rollout(&self) -> Rollout<'_> {
        Rollout { engine: self }
    }
}

impl Rollout<'_> {
    /// The log as it stands, with what others added to it.
    ///
    /// # Errors
    /// [`RolloutError::Corrupt`], [`Error::Store`].
    pub fn state(&self) -> Result<Arc<State>, Error> {
        let mut known = self
            .engine
            .rollout_log
            .0
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        loop {
            let events = self.engine.store.rollout_events(known.seq(), EVENTS_READ)?;
            if events.is_empty() {
                return Ok(Arc::clone(&known));
            }
            let mut state = State::clone(&known);
            for event in &events {
                state = rollout::apply(state, event).map_err(RolloutError::Corrupt)?;
            }
            *known = Arc::new(state);
        }
    }

    /// Keeps an image with everything about it. One that is known is left as it is, and nothing is
    /// recorded, so that pushing again does no harm.
    ///
    /// # Errors
    /// [`RolloutError::Rejected`], [`Error::Store`].
    pub fn push(&self, push: Push, by: &Actor) -> Result<Pushed, Error> {
        let image = digest(&push.image)?;
        let new = NewImage {
            record: ImageRecord {
                component: digest(&push.component)?,
                settings_digest: digest(push.settings.as_bytes())?,
                settings: push.settings,
                description: push.description,
                engine: push.engine,
                pushed_by: by.clone(),
                pushed_at: self.engine.now(),
                source: push.source.trim().to_owned(),
                size: u64::try_from(push.image.len()).unwrap_or(u64::MAX),
                report: push.report,
                image: image.clone(),
            },
            image: push.image.into(),
            component: push.component.into(),
        };
        let command = Command::Push(pushed_image(&new.record)?);
        match self.give(&command, Some(&new), by) {
            Ok(_) => Ok(Pushed {
                record: new.record,
                new: true,
            }),
            Err(Error::Rollout(RolloutError::Rejected(Rejection::AlreadyPushed { .. }))) => {
                Ok(Pushed {
                    record: self.kept(&image)?,
                    new: false,
                })
            }
            Err(error) => Err(error),
        }
    }

    /// Keeps what a trial showed. For whoever ran it.
    ///
    /// # Errors
    /// [`RolloutError`], [`Error::Store`].
    pub fn record_try(
        &self,
        image: &Digest,
        scope: &str,
        kind: Kind,
        result: TryResult,
        by: &Actor,
    ) -> Result<(), Error> {
        self.check_scope(scope)?;
        let result = TryResult {
            at: result.at.trunc_subsecs(3),
            ..result
        };
        let command = Command::RecordTry {
            image: image.clone(),
            scope: scope.to_owned(),
            kind,
            result,
        };
        self.give(&command, None, by).map(drop)
    }

    /// Has an image answer, or run beside, from an instant on.
    ///
    /// # Errors
    /// [`RolloutError`] with the field and the way out, [`Error::Store`].
    pub fn propose(&self, proposal: Proposal, by: &Actor) -> Result<ActivationView, Error> {
        self.check_scope(&proposal.scope)?;
        let proposal = Proposal {
            from: proposal.from.map(|from| from.trunc_subsecs(3)),
            ..proposal
        };
        let id = self.give(&Command::Propose(proposal), None, by)?;
        self.view_of(id)
    }

    /// Activates what the installation's list says, if it says something new, no person decided there
    /// since, and it has what activating takes there.
    ///
    /// # Errors
    /// [`RolloutError::UnknownScope`], [`Error::Store`].
    pub fn propose_listed(
        &self,
        scope: &str,
        kind: Kind,
        image: Option<&Digest>,
        note: &str,
    ) -> Result<Listed, Error> {
        let proposal = Proposal {
            scope: scope.to_owned(),
            kind,
            image: image.cloned(),
            mode: rollout::Mode::Active,
            place: rollout::Place::Embedded,
            from: None,
            note: note.to_owned(),
        };
        match self.propose(proposal, &Actor::system()) {
            Ok(view) if view.activation.awaits_approval() => {
                Ok(Listed::Waiting(view.activation.id))
            }
            Ok(view) => Ok(Listed::Activated(view.activation.id)),
            Err(Error::Rollout(RolloutError::Rejected(Rejection::LeftToPerson { activation }))) => {
                Ok(Listed::LeftToPerson(activation))
            }
            Err(Error::Rollout(RolloutError::Rejected(
                Rejection::ListUnchanged { .. } | Rejection::AlreadyThere { .. },
            ))) => Ok(Listed::Unchanged),
            Err(Error::Rollout(RolloutError::Rejected(rejection))) => {
                Ok(Listed::Refused(rejection))
            }
            Err(error) => Err(error),
        }
    }

    /// Agrees to an activation or a policy, as a second person.
    ///
    /// # Errors
    /// [`RolloutError`], [`Error::Store`].
    pub fn approve(&self, id: u64, by: &Actor) -> Result<Option<ActivationView>, Error> {
        self.give(&Command::Approve { id }, None, by)?;
        self.view_of_any(id)
    }

    /// Takes back an activation or a policy that has not taken effect.
    ///
    /// # Errors
    /// [`RolloutError`], [`Error::Store`].
    pub fn withdraw(
        &self,
        id: u64,
        reason: &str,
        by: &Actor,
    ) -> Result<Option<ActivationView>, Error> {
        let command = Command::Withdraw {
            id,
            reason: reason.to_owned(),
        };
        self.give(&command, None, by)?;
        self.view_of_any(id)
    }

    /// Returns to what an earlier activation had, at once; without a number, to what answered before
    /// the present one. The answer is the new activation.
    ///
    /// # Errors
    /// [`RolloutError`], [`Error::Store`].
    pub fn roll_back(
        &self,
        scope: &str,
        kind: Kind,
        to: Option<u64>,
        note: &str,
        by: &Actor,
    ) -> Result<ActivationView, Error> {
        let command = Command::Rollback {
            scope: scope.to_owned(),
            kind,
            to,
            note: note.to_owned(),
        };
        let id = self.give(&command, None, by)?;
        self.view_of(id)
    }

    /// Ends a candidate; the system where it passed a limit.
    ///
    /// # Errors
    /// [`RolloutError`], [`Error::Store`].
    pub fn end_candidate(
        &self,
        activation: u64,
        why: CandidateEnd,
        by: &Actor,
    ) -> Result<ActivationView, Error> {
        let command = Command::EndCandidate { activation, why };
        self.give(&command, None, by)?;
        self.view_of(activation)
    }

    /// Says what activating in a scope takes, for one kind or for all. A policy that loosens one which
    /// asks for a second person holds only when a second person agrees.
    ///
    /// # Errors
    /// [`RolloutError`], [`Error::Store`].
    pub fn set_policy(
        &self,
        scope: &str,
        kind: Option<Kind>,
        policy: Policy,
        note: &str,
        by: &Actor,
    ) -> Result<PolicyView, Error> {
        self.check_scope(scope)?;
        let command = Command::SetPolicy {
            scope: scope.to_owned(),
            kind,
            policy,
            note: note.to_owned(),
        };
        let id = self.give(&command, None, by)?;
        let state = self.state()?;
        let waits = state.policy_proposals().any(|it| it.id == id);
        Ok(PolicyView {
            scope: scope.to_owned(),
            kind,
            policy,
            waiting: waits.then_some(id),
            by: waits.then(|| by.clone()),
        })
    }

    /// Has the log decide a command and keeps what came of it; gives the position of its first event.
    fn give(&self, command: &Command, image: Option<&NewImage>, by: &Actor) -> Result<u64, Error> {
        for _ in 0..ATTEMPTS_MAX {
            let state = self.state()?;
            let now = self.engine.now();
            let events = rollout::decide(&state, command.clone(), by, now)?;
            let commit = RolloutCommit {
                expected_seq: state.seq(),
                events: recorded(&state, events, by, now),
                image: image.cloned(),
            };
            match self.engine.store.commit_rollout(commit) {
                Ok(()) => return Ok(state.seq().saturating_add(1)),
                Err(RolloutCommitError::Conflict { .. }) => {}
                Err(RolloutCommitError::Store(error)) => return Err(error.into()),
            }
        }
        Err(RolloutError::Busy.into())
    }

    /// A scope is the city, a district, or a unit of the directory, with or without a name.
    ///
    /// # Errors
    /// [`RolloutError::UnknownScope`].
    pub fn check_scope(&self, scope: &str) -> Result<(), Error> {
        let directory = self.engine.directory();
        let code = rollout::scope_code(scope);
        let known = code == CITY
            || directory.district(&DistrictCode::new(code)).is_some()
            || directory.unit(&UnitCode::new(code)).is_some();
        if known {
            return Ok(());
        }
        let scope = scope.to_owned();
        Err(RolloutError::UnknownScope { scope }.into())
    }
}

/// The events as they are recorded.
fn recorded(state: &State, events: Vec<Event>, by: &Actor, now: DateTime<Utc>) -> Vec<Recorded> {
    let seqs = state.seq().saturating_add(1)..;
    seqs.zip(events)
        .map(|(seq, event)| Recorded {
            seq,
            at: state.instant(now),
            by: by.clone(),
            event,
        })
        .collect()
}

/// What the log keeps of an image.
fn pushed_image(record: &ImageRecord) -> Result<PushedImage, Error> {
    let description = &record.description;
    Ok(PushedImage {
        rule: RuleImage {
            image: record.image.to_string(),
            component: record.component.to_string(),
            settings: record.settings_digest.to_string(),
            name: format!("{} {}", description.name, description.version),
            engine: record.engine.clone(),
        },
        kind: description.kind,
        size: record.size,
        source: record.source.clone(),
        record: digest(&serde_json::to_vec(record).map_err(Error::Question)?)?,
    })
}

/// SHA-256 of some bytes.
fn digest(bytes: &[u8]) -> Result<Digest, Error> {
    let hex = hex::encode(Sha256::digest(bytes));
    Ok(Digest::try_from(hex).map_err(RolloutError::from)?)
}
