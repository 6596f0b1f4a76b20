//! What falls due in dossiers: timers, deadlines under a new calendar (C3), and the joint conference's
//! register of each year (R2).

use std::collections::BTreeSet;
use std::sync::{Mutex, MutexGuard, PoisonError};

use calendar::Calendar;
use chrono::{DateTime, Datelike as _, Utc};
use lifecycle::dossier::{self, Command, DossierDeadlineKind, DossierId, Event, Rejection};
use lifecycle::ids::{Actor, UnitCode};
use serde::Serialize;

use super::DossierError;
use crate::ports::{DossierCommit, DossierCommitError, DueDossierTimer};
use crate::tick::{Tick, is_full};
use crate::{Engine, Error};

/// So many dossiers are recomputed with one flush to disk.
const BATCH: u32 = 256;

/// A dossier's deadline that a holiday notice moves.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DossierDeadlineChange {
    /// Of which dossier.
    pub dossier: DossierId,
    /// Which.
    pub kind: DossierDeadlineKind,
    /// Whose; none where it is the centre's.
    pub unit: Option<UnitCode>,
    /// When it is due so far.
    pub before: DateTime<Utc>,
    /// When it is due under the new calendar.
    pub after: DateTime<Utc>,
}

/// What the engine keeps in mind about dossiers between ticks.
#[derive(Debug)]
pub(crate) struct DossierWork {
    progress: Mutex<Progress>,
}

#[derive(Debug, Default)]
struct Progress {
    /// The year whose register is known to be there, or not to be needed.
    register: Option<i32>,
    /// Version of the calendar that deadlines are being recomputed under.
    target: String,
    /// The last dossier that was looked at.
    after: Option<DossierId>,
    /// Whether every dossier was.
    done: bool,
}

impl DossierWork {
    pub(crate) fn new() -> Self {
        Self {
            progress: Mutex::default(),
        }
    }

    fn progress(&self) -> MutexGuard<'_, Progress> {
        self.progress.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Engine {
    /// R2: opens the register of the present year, once; its timer tells at the year's end whether there
    /// was a plenary. Not for years in which the Rules are not in force.
    pub(crate) fn open_register(&self) -> Result<(), Error> {
        let now = self.now();
        let year = calendar::local_date(now).year();
        if self.dossier_work.progress().register == Some(year) {
            return Ok(());
        }
        let id = DossierId::conference_of(year);
        if self.rules.at(now).in_force_at(now) && self.store.load_dossier(&id)?.is_none() {
            let calendar = self.calendar();
            let context = self.dossier_context(now, &calendar);
            let command = Command::OpenRegister { year };
            let step = self.dossier_step(&id, None, &command, &Actor::system(), &context)?;
            match self.store.commit_dossier(step) {
                // Somebody recorded a meeting meanwhile, and the register is there.
                Ok(()) | Err(DossierCommitError::Conflict { .. }) => {}
                Err(DossierCommitError::Store(error)) => return Err(error.into()),
                Err(DossierCommitError::Replayed(_) | DossierCommitError::KeyReused) => {}
            }
        }
        self.dossier_work.progress().register = Some(year);
        Ok(())
    }

    /// Fires timers of dossiers whose instant has passed, at most `limit`.
    pub(crate) fn fire_dossier_timers(&self, limit: u32, tick: &mut Tick) -> Result<(), Error> {
        let now = self.now();
        let due = self.store.due_dossier_timers(now, limit)?;
        tick.more |= is_full(due.len(), limit);
        let mut dossiers = BTreeSet::new();
        let mut commits = Vec::new();
        for timer in due {
            // The next timer of the same dossier is decided on what this one makes of it.
            if !dossiers.insert(timer.dossier.clone()) {
                tick.more = true;
                continue;
            }
            match self.fire(&timer) {
                Ok(commit) => commits.push(commit),
                Err(Error::Dossier(error)) => {
                    report("timer", &timer.dossier, &error);
                    self.store.drop_dossier_timer(&timer)?;
                    tick.timers = tick.timers.saturating_add(1);
                }
                Err(error) => return Err(error),
            }
        }
        self.keep_dossiers(commits, &mut tick.timers, &mut tick.more)?;
        Ok(())
    }

    fn fire(&self, timer: &DueDossierTimer) -> Result<DossierCommit, Error> {
        let id = &timer.dossier;
        let current = self.store.load_dossier(id)?;
        let command = Command::MarkDue {
            deadline: timer.deadline,
            unit: timer.unit.clone(),
        };
        let calendar = self.calendar();
        // Not the instant at which the tick began: others may have changed the dossier since.
        let context = self.dossier_context(self.now(), &calendar);
        self.dossier_step(id, current.as_ref(), &command, &Actor::system(), &context)
    }

    /// Looks at every open dossier under a calendar, as importing a notice does: the deadlines that move,
    /// and the number of those that are confirmed as they are.
    pub(crate) fn recompute_all_dossiers(
        &self,
        calendar: &Calendar,
        apply: bool,
    ) -> Result<(Vec<DossierDeadlineChange>, usize), Error> {
        let mut changes = Vec::new();
        let mut confirmed: usize = 0;
        let mut after = None;
        loop {
            let (commits, next) = self.recompute_dossiers(calendar, after.as_ref(), BATCH)?;
            for (change, provisional) in commits.iter().flat_map(changes_of) {
                if change.before != change.after {
                    changes.push(change);
                } else if !provisional {
                    confirmed = confirmed.saturating_add(1);
                }
            }
            if apply {
                let mut tick = Tick::default();
                self.keep_dossiers(commits, &mut tick.recomputed, &mut tick.more)?;
            }
            match next {
                Some(next) => after = Some(next),
                None => return Ok((changes, confirmed)),
            }
        }
    }

    /// Goes on with dossiers under the calendar in force. What was looked at is not kept on disk: a new
    /// process looks at every open dossier once, of which there are few.
    pub(crate) fn recompute_some_dossiers(&self, limit: u32, tick: &mut Tick) -> Result<(), Error> {
        let calendar = self.calendar();
        let after = {
            let mut progress = self.dossier_work.progress();
            if progress.target != calendar.version() {
                calendar.version().clone_into(&mut progress.target);
                (progress.after, progress.done) = (None, false);
            }
            if progress.done {
                return Ok(());
            }
            progress.after.clone()
        };
        let (commits, next) = self.recompute_dossiers(&calendar, after.as_ref(), limit)?;
        // What others were faster with is looked at again by the next tick.
        if self.keep_dossiers(commits, &mut tick.recomputed, &mut tick.more)? > 0 {
            return Ok(());
        }
        tick.more |= next.is_some();
        let mut progress = self.dossier_work.progress();
        if progress.target == calendar.version() {
            progress.done = next.is_none();
            progress.after = next;
        }
        Ok(())
    }

    /// Decides on a batch of open dossiers under a calendar; with where the next batch begins.
    fn recompute_dossiers(
        &self,
        calendar: &Calendar,
        after: Option<&DossierId>,
        limit: u32,
    ) -> Result<(Vec<DossierCommit>, Option<DossierId>), Error> {
        let open = self.store.open_dossiers(after, limit)?;
        let next = if is_full(open.len(), limit) {
            open.last().map(|dossier| dossier.id.clone())
        } else {
            None
        };
        let context = self.dossier_context(self.now(), calendar);
        let mut commits = Vec::new();
        for dossier in open {
            if !dossier::needs_recomputation(&dossier, &context) {
                continue;
            }
            let command = Command::RecomputeDeadlines;
            let system = Actor::system();
            match self.dossier_step(&dossier.id, Some(&dossier), &command, &system, &context) {
                Ok(commit) => commits.push(commit),
                Err(Error::Dossier(error)) => report("recomputation", &dossier.id, &error),
                Err(error) => return Err(error),
            }
        }
        Ok((commits, next))
    }

    /// Makes commits durable; gives how many of them others were faster with.
    fn keep_dossiers(
        &self,
        commits: Vec<DossierCommit>,
        done: &mut usize,
        more: &mut bool,
    ) -> Result<usize, Error> {
        if commits.is_empty() {
            return Ok(0);
        }
        let mut failure = None;
        let mut conflicts: usize = 0;
        for result in self.store.commit_dossiers(commits) {
            match result {
                Ok(()) => *done = done.saturating_add(1),
                Err(DossierCommitError::Store(error)) => failure = Some(error),
                Err(
                    DossierCommitError::Conflict { .. }
                    | DossierCommitError::Replayed(_)
                    | DossierCommitError::KeyReused,
                ) => conflicts = conflicts.saturating_add(1),
            }
        }
        *more |= conflicts > 0;
        failure.map_or(Ok(conflicts), |error| Err(error.into()))
    }
}

/// The deadlines that a commit recomputes, each with whether it is provisional still.
fn changes_of(commit: &DossierCommit) -> impl Iterator<Item = (DossierDeadlineChange, bool)> + '_ {
    commit.events.iter().filter_map(|recorded| {
        let Event::DeadlineRecomputed {
            deadline,
            previous_due_at,
        } = &recorded.event
        else {
            return None;
        };
        let change = DossierDeadlineChange {
            dossier: commit.dossier.id.clone(),
            kind: deadline.kind,
            unit: deadline.unit.clone(),
            before: *previous_due_at,
            after: deadline.due.due_at,
        };
        Some((change, deadline.due.provisional))
    })
}

/// Says what became of a due item that could not be carried out. A dossier that has moved on is no news.
fn report(what: &'static str, dossier: &DossierId, error: &DossierError) {
    if matches!(error, DossierError::Rejected(Rejection::NothingDue)) {
        tracing::debug!(%dossier, what, "nothing left to do");
    } else {
        tracing::error!(%dossier, what, %error, "could not be carried out and is given up");
    }
}
