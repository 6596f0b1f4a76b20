//! Trials: they take minutes, so they run in a thread of their own, are asked about by an identifier, and can
//! be cancelled. The last ones are kept in memory; their results stand in the rollout log.

use std::collections::{BTreeMap, VecDeque};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;

use chrono::{DateTime, Utc};
use contract::about::Kind;
use lifecycle::ids::{Actor, Role};
use lifecycle::rejection::Rejection;
use rollout::{Digest, TryResult};
use serde::Serialize;
use serde_json::Value;
use uuid::Uuid;

use crate::platform::scope_filter;
use crate::ports::{DecisionCursor, DecisionFilter, StoreError, StoredDecision, TrialOrder};
use crate::rollout::RolloutError;
use crate::{Engine, Error, numbers};

/// Trials that are remembered.
const KEPT: usize = 16;
/// Decisions that are read at once.
const PAGE: u32 = 512;

/// What is to be tried.
#[derive(Debug, Clone)]
pub struct TrialRequest {
    /// The image.
    pub image: Digest,
    /// The scope that it would be active in.
    pub scope: String,
    /// Decisions from this instant on.
    pub since: Option<DateTime<Utc>>,
    /// Decisions before this instant.
    pub until: Option<DateTime<Utc>>,
}

/// A trial.
#[derive(Debug, Clone, Serialize)]
pub struct Trial {
    /// Its identifier, which no other trial has, also after a restart.
    pub id: Uuid,
    /// Who began it.
    pub by: Actor,
    /// The image.
    pub image: Digest,
    /// The scope.
    pub scope: String,
    /// The question.
    pub kind: Kind,
    /// When it began.
    pub begun_at: DateTime<Utc>,
    /// Decisions that there are to look at.
    pub total: u64,
    /// Decisions that have been looked at.
    pub seen: u64,
    /// How it stands.
    #[serde(flatten)]
    pub state: TrialState,
    /// The report as a page.
    #[serde(skip)]
    pub page: Option<Arc<str>>,
}

/// How a trial stands.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "snake_case", tag = "state")]
pub enum TrialState {
    /// It runs.
    Running,
    /// It is over; the result is in the log.
    Done {
        /// The report.
        report: Arc<Value>,
    },
    /// Somebody cancelled it; nothing is recorded.
    Cancelled {
        /// Who.
        cancelled_by: Actor,
    },
    /// It came to no result.
    Failed {
        /// Why.
        problem: String,
    },
}

/// The trials of a process.
#[derive(Default)]
pub(crate) struct Trials(Mutex<Kept>);

#[derive(Default)]
struct Kept {
    running: Option<Running>,
    order: VecDeque<Uuid>,
    trials: BTreeMap<Uuid, Trial>,
}

/// The trial that runs.
struct Running {
    id: Uuid,
    /// Once it is set, the trial is given no further decision.
    stop: Arc<AtomicBool>,
}

impl Trials {
    fn lock(&self) -> MutexGuard<'_, Kept> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn change(&self, id: Uuid, change: impl FnOnce(&mut Trial)) {
        if let Some(trial) = self.lock().trials.get_mut(&id) {
            change(trial);
        }
    }

    /// How a trial ends, unless it has ended.
    fn end(&self, id: Uuid, state: TrialState, page: Option<Arc<str>>) {
        let mut kept = self.lock();
        if let Some(trial) = kept.trials.get_mut(&id)
            && let TrialState::Running = trial.state
        {
            trial.state = state;
            trial.page = page;
        }
        kept.running.take_if(|it| it.id == id);
    }
}

/// The turn of a trial. However its thread ends, another trial may run then.
struct Turn<'a> {
    trials: &'a Trials,
    id: Uuid,
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        let problem = "its thread ended before it did; the server's log tells why".to_owned();
        let state = TrialState::Failed { problem };
        self.trials.end(self.id, state, None);
    }
}

/// A trial that is ready to run.
struct Prepared {
    trial: Trial,
    filter: DecisionFilter,
    stop: Arc<AtomicBool>,
}

impl Engine {
    /// Begins a trial and answers its identifier. One runs at a time: it takes all slots that no order
    /// needs.
    ///
    /// # Errors
    /// [`Error::Rejected`] for anybody but the admin and the scope's district, [`RolloutError`] where the
    /// image or the scope is unknown, its question is not kept in decisions, or another trial runs,
    /// [`Error::Store`].
    pub fn begin_trial(
        self: &Arc<Self>,
        request: TrialRequest,
        by: &Actor,
    ) -> Result<Trial, Error> {
        let prepared = self.prepare_trial(&request, by)?;
        let trial = prepared.trial.clone();
        let id = trial.id;
        let engine = Arc::clone(self);
        let work = move || {
            let trials = &engine.platform.trials;
            let _turn = Turn { trials, id };
            engine.finish_trial(&request, &prepared);
        };
        if let Err(error) = thread::Builder::new()
            .name("kapok-trial".to_owned())
            .spawn(work)
        {
            let problem = error.to_string();
            let state = TrialState::Failed { problem };
            self.platform.trials.end(id, state, None);
        }
        Ok(trial)
    }

    /// A trial.
    ///
    /// # Errors
    /// [`Error::Rejected`] for whoever may not read the rollout log, [`RolloutError::NoTrial`].
    pub fn trial(&self, id: Uuid, by: &Actor) -> Result<Trial, Error> {
        crate::rollout::may_read(by)?;
        let found = self.platform.trials.lock().trials.get(&id).cloned();
        found.ok_or_else(|| RolloutError::NoTrial { id }.into())
    }

    /// Cancels a trial that runs. Another one may begin at once; nothing of this one is recorded.
    ///
    /// # Errors
    /// [`Error::Rejected`] for anybody but the admin and the scope's district, [`RolloutError::NoTrial`],
    /// [`RolloutError::TrialIsOver`].
    pub fn cancel_trial(&self, id: Uuid, by: &Actor) -> Result<Trial, Error> {
        may_try(&self.trial(id, by)?.scope, by)?;
        let mut kept = self.platform.trials.lock();
        let Some(running) = kept.running.take_if(|it| it.id == id) else {
            return Err(RolloutError::TrialIsOver { id }.into());
        };
        running.stop.store(true, Ordering::Relaxed);
        let Some(trial) = kept.trials.get_mut(&id) else {
            return Err(RolloutError::NoTrial { id }.into());
        };
        trial.state = TrialState::Cancelled {
            cancelled_by: by.clone(),
        };
        tracing::info!(trial = %id, by = by.name, "a trial was cancelled");
        Ok(trial.clone())
    }

    fn prepare_trial(&self, request: &TrialRequest, by: &Actor) -> Result<Prepared, Error> {
        may_try(&request.scope, by)?;
        self.rollout().check_scope(&request.scope)?;
        let record = self.store.image(&request.image)?;
        let kind = record
            .ok_or_else(|| RolloutError::NoImage {
                image: request.image.to_string(),
            })?
            .description
            .kind;
        if !self.workshop()?.can_try(kind) {
            return Err(RolloutError::NotInDecisions { kind }.into());
        }
        let filter = DecisionFilter {
            since: request.since,
            until: request.until,
            scope: scope_filter(&request.scope),
            kind: Some(kind),
        };
        let total = self.store.count_decisions(&filter)?;
        let begun_at = self.now();
        let mut kept = self.platform.trials.lock();
        if let Some(Running { id, stop: _ }) = kept.running {
            let owner = kept.trials.get(&id).map(|it| it.by.name.clone());
            let owner = owner.unwrap_or_default();
            return Err(RolloutError::TrialRuns { id, owner }.into());
        }
        let trial = Trial {
            id: numbers::uuid(begun_at),
            by: by.clone(),
            image: request.image.clone(),
            scope: request.scope.clone(),
            kind,
            begun_at,
            total,
            seen: 0,
            state: TrialState::Running,
            page: None,
        };
        let stop = Arc::new(AtomicBool::new(false));
        kept.running = Some(Running {
            id: trial.id,
            stop: Arc::clone(&stop),
        });
        kept.order.push_back(trial.id);
        kept.trials.insert(trial.id, trial.clone());
        if kept.order.len() > KEPT
            && let Some(oldest) = kept.order.pop_front()
        {
            kept.trials.remove(&oldest);
        }
        Ok(Prepared {
            trial,
            filter,
            stop,
        })
    }

    fn finish_trial(&self, request: &TrialRequest, prepared: &Prepared) {
        let id = prepared.trial.id;
        let trials = &self.platform.trials;
        let told = |seen| trials.change(id, |trial| trial.seen = seen);
        match self.try_out(request, prepared, &told) {
            Ok(Some((report, page))) => {
                let report = Arc::new(report);
                trials.end(id, TrialState::Done { report }, Some(page.into()));
            }
            // Whoever cancelled it has said so.
            Ok(None) => {}
            Err(error) => {
                let problem = error.to_string();
                tracing::error!(trial = %id, problem, "a trial came to no result");
                trials.end(id, TrialState::Failed { problem }, None);
            }
        }
    }

    /// The report, as JSON and as a page; nothing where it was cancelled.
    fn try_out(
        &self,
        request: &TrialRequest,
        prepared: &Prepared,
        progress: &(dyn Fn(u64) + Sync),
    ) -> Result<Option<(Value, String)>, Error> {
        let Prepared {
            trial,
            filter,
            stop,
        } = prepared;
        let image = self
            .kept_image(&request.image)?
            .ok_or_else(|| RolloutError::NoImage {
                image: request.image.to_string(),
            })?;
        let order = TrialOrder {
            image: &image,
            scope: &request.scope,
            decisions: Box::new(Pages::new(self, filter, stop)),
            progress,
        };
        let outcome = self.workshop()?.try_out(order).map_err(super::broken)?;
        if stop.load(Ordering::Relaxed) {
            return Ok(None);
        }
        let result = TryResult {
            decisions: outcome.decisions,
            changed_permille: outcome.changed_permille,
            failed_permille: outcome.failed_permille,
            since: filter.since,
            until: filter.until,
            at: self.now(),
        };
        let kind = image.record.description.kind;
        self.rollout()
            .record_try(&request.image, &request.scope, kind, result, &trial.by)?;
        Ok(Some((outcome.report, outcome.page)))
    }
}

/// The platform's admin, and a district for itself.
fn may_try(scope: &str, by: &Actor) -> Result<(), Error> {
    match &by.role {
        Role::Admin | Role::System => Ok(()),
        Role::District(district) if district.as_str() == rollout::scope_code(scope) => Ok(()),
        Role::District(_)
        | Role::Operator
        | Role::Unit(_)
        | Role::Leader(_)
        | Role::Channel
        | Role::Auditor => Err(Rejection::NotPermitted {
            command: "try a plugin",
        }
        .into()),
    }
}

/// Decisions page by page, so that a million of them need no more memory than one page. They end when the
/// trial is cancelled.
struct Pages<'a> {
    engine: &'a Engine,
    filter: &'a DecisionFilter,
    stop: &'a AtomicBool,
    after: Option<DecisionCursor>,
    page: VecDeque<StoredDecision>,
    over: bool,
}

impl<'a> Pages<'a> {
    const fn new(engine: &'a Engine, filter: &'a DecisionFilter, stop: &'a AtomicBool) -> Self {
        Self {
            engine,
            filter,
            stop,
            after: None,
            page: VecDeque::new(),
            over: false,
        }
    }
}

impl Iterator for Pages<'_> {
    type Item = Result<StoredDecision, StoreError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.stop.load(Ordering::Relaxed) {
            return None;
        }
        if self.page.is_empty() && !self.over {
            match self.engine.store.decisions(self.filter, self.after, PAGE) {
                Ok(page) => self.page.extend(page),
                Err(error) => {
                    self.over = true;
                    return Some(Err(error));
                }
            }
            self.over = self.page.is_empty();
        }
        let decision = self.page.pop_front()?;
        self.after = Some(decision.cursor);
        Some(Ok(decision))
    }
}
