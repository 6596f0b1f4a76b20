//! What falls due in dossiers: timers, deadlines under a new calendar (C3), and the joint conference's
//! register of each year (R2).

use std::collections::BTreeSet;
use std::sync::{Mutex, MutexGuard, PoisonError};

use calendar::Calendar;
use chrono::{DateTime, Datelike as _, Utc};
use lifecycle::dossier::{self, Command, Context, Dossier, DossierDeadlineKind, DossierId, Event};
use lifecycle::ids::{Actor, UnitCode};
use serde::Serialize;

use super::DossierError;
use crate::ports::{
    DossierCommit, DossierCommitError, DueDossierTimer, DueItem, DueRecomputation, Subject,
};
use crate::stuck::{has_moved_on, told};
use crate::tick::{Outcomes, Tick, is_full};
use crate::years::Batch;
use crate::{CalendarChange, Engine, Error};

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
                Ok(commit) => commits.push((DueItem::DossierTimer(timer), commit)),
                Err(error) if has_moved_on(&error) => {
                    tracing::debug!(dossier = %timer.dossier, "nothing is due any more");
                    self.store.drop_dossier_timer(&timer)?;
                    tick.timers = tick.timers.saturating_add(1);
                }
                Err(error) => self.put_off(&DueItem::DossierTimer(timer), &error, tick)?,
            }
        }
        let outcomes = self.keep_dossiers(commits, tick)?;
        tick.timers = tick.timers.saturating_add(outcomes.done);
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

    /// Looks at every open dossier under a calendar, as importing a notice does, and adds what comes of
    /// it to the change.
    pub(crate) fn recompute_all_dossiers(
        &self,
        calendar: &Calendar,
        change: &mut CalendarChange,
    ) -> Result<(), Error> {
        let mut after = None;
        loop {
            let batch = self.recompute_dossiers(calendar, after.as_ref(), BATCH)?;
            for (moved, provisional) in batch.commits.iter().flat_map(|(_, it)| changes_of(it)) {
                if moved.before != moved.after {
                    change.dossier_changes.push(moved);
                } else if !provisional {
                    change.confirmed = change.confirmed.saturating_add(1);
                }
            }
            let mut failed = batch.told();
            if change.applied {
                let outcomes =
                    self.keep_batch(batch.commits, batch.failed, &mut Tick::default())?;
                failed.extend(outcomes.failed);
            }
            for (subject, error) in failed {
                change.add_failure(subject, error);
            }
            match batch.next {
                Some(next) => after = Some(next),
                None => return Ok(()),
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
        let batch = self.recompute_dossiers(&calendar, after.as_ref(), limit)?;
        // What others were faster with is looked at again by the next tick.
        if self
            .keep_batch(batch.commits, batch.failed, tick)?
            .conflicts
            > 0
        {
            return Ok(());
        }
        tick.more |= batch.next.is_some();
        let mut progress = self.dossier_work.progress();
        if progress.target == calendar.version() {
            progress.done = batch.next.is_none();
            progress.after = batch.next;
        }
        Ok(())
    }

    /// Tries a dossier again that could not be recomputed before. Whether anything was decided.
    pub(crate) fn recompute_dossier_again(
        &self,
        id: &DossierId,
        recomputation: &DueRecomputation,
        tick: &mut Tick,
    ) -> Result<bool, Error> {
        let calendar = self.calendar();
        let Some(dossier) = self.store.load_dossier(id)? else {
            let dossier = id.clone();
            return Err(DossierError::NotFound { dossier }.into());
        };
        let context = self.dossier_context(self.now(), &calendar);
        let Some(commit) = self.recomputed_dossier(&dossier, &context)? else {
            return Ok(false);
        };
        let item = DueItem::Recomputation(recomputation.clone());
        self.keep_batch(vec![(item, commit)], Vec::new(), tick)?;
        Ok(true)
    }

    /// Decides on a dossier's deadlines under a calendar, if they differ.
    fn recomputed_dossier(
        &self,
        dossier: &Dossier,
        context: &Context<'_>,
    ) -> Result<Option<DossierCommit>, Error> {
        if !dossier::needs_recomputation(dossier, context) {
            return Ok(None);
        }
        let (command, system) = (Command::RecomputeDeadlines, Actor::system());
        match self.dossier_step(&dossier.id, Some(dossier), &command, &system, context) {
            Ok(commit) => Ok(Some(commit)),
            Err(error) if has_moved_on(&error) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Decides on a batch of open dossiers under a calendar.
    fn recompute_dossiers(
        &self,
        calendar: &Calendar,
        after: Option<&DossierId>,
        limit: u32,
    ) -> Result<Batch<DossierCommit, DossierId>, Error> {
        let open = self.store.open_dossiers(after, limit)?;
        let next = if is_full(open.len(), limit) {
            open.last().map(|dossier| dossier.id.clone())
        } else {
            None
        };
        let context = self.dossier_context(self.now(), calendar);
        let mut batch = Batch::new(next);
        for dossier in open {
            let subject = Subject::Dossier(dossier.id.clone());
            batch.add(subject, self.recomputed_dossier(&dossier, &context));
        }
        Ok(batch)
    }

    /// Makes recomputed deadlines durable, and puts off what could not be recomputed.
    fn keep_batch(
        &self,
        commits: Vec<(DueItem, DossierCommit)>,
        failed: Vec<(DueItem, Error)>,
        tick: &mut Tick,
    ) -> Result<Outcomes, Error> {
        for (item, error) in failed {
            self.put_off(&item, &error, tick)?;
        }
        let outcomes = self.keep_dossiers(commits, tick)?;
        tick.recomputed = tick.recomputed.saturating_add(outcomes.done);
        Ok(outcomes)
    }

    /// Makes commits durable. Those that others were faster than stay due; those that cannot be kept
    /// are put off, so that the others go on.
    fn keep_dossiers(
        &self,
        commits: Vec<(DueItem, DossierCommit)>,
        tick: &mut Tick,
    ) -> Result<Outcomes, Error> {
        let (items, commits): (Vec<DueItem>, Vec<DossierCommit>) = commits.into_iter().unzip();
        let mut outcomes = Outcomes::default();
        if commits.is_empty() {
            return Ok(outcomes);
        }
        let mut failure = None;
        for (item, result) in items.into_iter().zip(self.store.commit_dossiers(commits)) {
            match result {
                Ok(()) => outcomes.done = outcomes.done.saturating_add(1),
                Err(DossierCommitError::Store(error)) => {
                    let error = Error::Store(error);
                    failure = self.put_off(&item, &error, tick).err().or(failure);
                    outcomes.failed.push((item.subject(), told(&error)));
                }
                Err(
                    DossierCommitError::Conflict { .. }
                    | DossierCommitError::Replayed(_)
                    | DossierCommitError::KeyReused,
                ) => outcomes.conflicts = outcomes.conflicts.saturating_add(1),
            }
        }
        tick.more |= outcomes.conflicts > 0;
        failure.map_or(Ok(outcomes), Err)
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
