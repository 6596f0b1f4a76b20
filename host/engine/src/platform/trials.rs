//! Trials: they take minutes, so they run in a thread of their own and are asked about by a number. The
//! last ones are kept in memory; their results stand in the rollout log.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;

use chrono::{DateTime, Utc};
use contract::about::Kind;
use lifecycle::ids::{Actor, Role};
use lifecycle::rejection::Rejection;
use rollout::{Digest, TryResult};
use serde::Serialize;
use serde_json::Value;

use crate::platform::scope_filter;
use crate::ports::{DecisionCursor, DecisionFilter, StoreError, StoredDecision, TrialOrder};
use crate::rollout::RolloutError;
use crate::{Engine, Error};

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
    /// Its number, since the process began.
    pub id: u64,
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
    last: u64,
    running: bool,
    order: VecDeque<u64>,
    trials: BTreeMap<u64, Trial>,
}

impl Trials {
    fn lock(&self) -> MutexGuard<'_, Kept> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn change(&self, id: u64, change: impl FnOnce(&mut Trial)) {
        if let Some(trial) = self.lock().trials.get_mut(&id) {
            change(trial);
        }
    }
}

impl Engine {
    /// Begins a trial and answers its number. One runs at a time: it takes all slots that no order needs.
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
        let (trial, filter) = self.prepare_trial(&request, by)?;
        let engine = Arc::clone(self);
        let (id, by) = (trial.id, by.clone());
        let work = move || engine.finish_trial(id, &request, &filter, &by);
        if let Err(error) = thread::Builder::new()
            .name("kapok-trial".to_owned())
            .spawn(work)
        {
            self.end_trial(
                id,
                TrialState::Failed {
                    problem: error.to_string(),
                },
                None,
            );
        }
        Ok(trial)
    }

    /// A trial.
    ///
    /// # Errors
    /// [`Error::Rejected`] for whoever may not read the rollout log, [`RolloutError::NoTrial`].
    pub fn trial(&self, id: u64, by: &Actor) -> Result<Trial, Error> {
        crate::rollout::may_read(by)?;
        let found = self.platform.trials.lock().trials.get(&id).cloned();
        found.ok_or_else(|| RolloutError::NoTrial { id }.into())
    }

    fn prepare_trial(
        &self,
        request: &TrialRequest,
        by: &Actor,
    ) -> Result<(Trial, DecisionFilter), Error> {
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
        if kept.running {
            return Err(RolloutError::TrialRuns.into());
        }
        kept.running = true;
        kept.last = kept.last.saturating_add(1);
        let trial = Trial {
            id: kept.last,
            image: request.image.clone(),
            scope: request.scope.clone(),
            kind,
            begun_at,
            total,
            seen: 0,
            state: TrialState::Running,
            page: None,
        };
        kept.order.push_back(trial.id);
        kept.trials.insert(trial.id, trial.clone());
        if kept.order.len() > KEPT
            && let Some(oldest) = kept.order.pop_front()
        {
            kept.trials.remove(&oldest);
        }
        Ok((trial, filter))
    }

    fn finish_trial(&self, id: u64, request: &TrialRequest, filter: &DecisionFilter, by: &Actor) {
        let told = |seen| self.platform.trials.change(id, |trial| trial.seen = seen);
        match self.try_out(request, filter, by, &told) {
            Ok((report, page)) => {
                let report = Arc::new(report);
                self.end_trial(id, TrialState::Done { report }, Some(page.into()));
            }
            Err(error) => {
                let problem = error.to_string();
                tracing::error!(trial = id, problem, "a trial came to no result");
                self.end_trial(id, TrialState::Failed { problem }, None);
            }
        }
    }

    fn end_trial(&self, id: u64, state: TrialState, page: Option<Arc<str>>) {
        self.platform.trials.change(id, |trial| {
            trial.state = state;
            trial.page = page;
        });
        self.platform.trials.lock().running = false;
    }

    fn try_out(
        &self,
        request: &TrialRequest,
        filter: &DecisionFilter,
        by: &Actor,
        progress: &(dyn Fn(u64) + Sync),
    ) -> Result<(Value, String), Error> {
        let image = self
            .kept_image(&request.image)?
            .ok_or_else(|| RolloutError::NoImage {
                image: request.image.to_string(),
            })?;
        let order = TrialOrder {
            image: &image,
            scope: &request.scope,
            decisions: Box::new(Pages::new(self, filter)),
            progress,
        };
        let outcome = self.workshop()?.try_out(order).map_err(super::broken)?;
        let result = TryResult {
            decisions: outcome.decisions,
            changed_permille: outcome.changed_permille,
            at: self.now(),
        };
        let kind = image.record.description.kind;
        self.rollout()
            .record_try(&request.image, &request.scope, kind, result, by)?;
        Ok((outcome.report, outcome.page))
    }
}

/// The platform's admin, and a district for itself.
fn may_try(scope: &str, by: &Actor) -> Result<(), Error> {
    match &by.role {
        Role::Admin | Role::System => Ok(()),
        Role::District(district) if district.as_str() == scope => Ok(()),
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

/// Decisions page by page, so that a million of them need no more memory than one page.
struct Pages<'a> {
    engine: &'a Engine,
    filter: &'a DecisionFilter,
    after: Option<DecisionCursor>,
    page: VecDeque<StoredDecision>,
    over: bool,
}

impl<'a> Pages<'a> {
    const fn new(engine: &'a Engine, filter: &'a DecisionFilter) -> Self {
        Self {
            engine,
            filter,
            after: None,
            page: VecDeque::new(),
            over: false,
        }
    }
}

impl Iterator for Pages<'_> {
    type Item = Result<StoredDecision, StoreError>;

    fn next(&mut self) -> Option<Self::Item> {
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
