//! What falls due in the knowledge base: reminders, ends of validity and deadlines (R67, R68, R70), changes
//! that take effect (R69), and deadlines under a new calendar (C3).

use std::collections::BTreeSet;
use std::sync::{Mutex, MutexGuard, PoisonError};

use calendar::Calendar;
use chrono::{DateTime, Utc};
use knowledge_base::deadline::DeadlineKind;
use knowledge_base::ids::Id;
use knowledge_base::{Command, Context, Entry, Event, feedback, outage};
use lifecycle::ids::{Actor, UnitCode};
use serde::Serialize;

use super::KnowledgeError;
use crate::ports::{
    DueItem, DueKnowledgeTimer, DueRecomputation, KnowledgeCommit, KnowledgeCommitError, Subject,
};
use crate::stuck::{has_moved_on, told};
use crate::tick::{Outcomes, Tick, is_full};
use crate::years::Batch;
use crate::{CalendarChange, Engine, Error};

/// So many entries are recomputed with one flush to disk.
const BATCH: u32 = 256;

/// A deadline of an entry that a holiday notice moves.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct KnowledgeDeadlineChange {
    /// Of which entry.
    pub entry: Id,
    /// Which.
    pub kind: DeadlineKind,
    /// Whose.
    pub unit: UnitCode,
    /// When it is due so far.
    pub before: DateTime<Utc>,
    /// When it is due under the new calendar.
    pub after: DateTime<Utc>,
}

/// What the engine keeps in mind about the knowledge base between ticks.
#[derive(Debug, Default)]
pub(crate) struct KnowledgeWork {
    progress: Mutex<Progress>,
}

#[derive(Debug, Default)]
struct Progress {
    /// Version of the calendar that deadlines are being recomputed under.
    target: String,
    /// The last entry that was looked at.
    after: Option<Id>,
    /// Whether every entry was.
    done: bool,
}

impl KnowledgeWork {
    fn progress(&self) -> MutexGuard<'_, Progress> {
        self.progress.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Engine {
    /// Fires timers of entries whose instant has passed, at most `limit`.
    pub(crate) fn fire_knowledge_timers(&self, limit: u32, tick: &mut Tick) -> Result<(), Error> {
        let now = self.now();
        let due = self.store.due_knowledge_timers(now, limit)?;
        tick.more |= is_full(due.len(), limit);
        let mut entries = BTreeSet::new();
        let mut commits = Vec::new();
        for timer in due {
            // The next timer of the same entry is decided on what this one makes of it.
            if !entries.insert(timer.entry.clone()) {
                tick.more = true;
                continue;
            }
            match self.fire_knowledge(&timer) {
                Ok(commit) => commits.push((DueItem::KnowledgeTimer(timer), commit)),
                Err(error) if has_moved_on(&error) => {
                    tracing::debug!(entry = %timer.entry, "nothing is due any more");
                    self.store.drop_knowledge_timer(&timer)?;
                    tick.timers = tick.timers.saturating_add(1);
                }
                Err(error) => self.put_off(&DueItem::KnowledgeTimer(timer), &error, tick)?,
            }
        }
        let outcomes = self.keep_knowledge(commits, tick)?;
        tick.timers = tick.timers.saturating_add(outcomes.done);
        Ok(())
    }

    fn fire_knowledge(&self, timer: &DueKnowledgeTimer) -> Result<KnowledgeCommit, Error> {
        let id = &timer.entry;
        let current = self.store.load_knowledge(id)?;
        let command = Command::MarkDue(timer.moment);
        let calendar = self.calendar();
        // Not the instant at which the tick began: others may have changed the entry since.
        let context = self.knowledge_context(self.now(), &calendar);
        self.knowledge_step(id, current.as_ref(), &command, &Actor::system(), &context)
    }

    /// Looks at every entry with a running deadline under a calendar, as importing a notice does, and
    /// adds what comes of it to the change.
    pub(crate) fn recompute_all_knowledge(
        &self,
        calendar: &Calendar,
        change: &mut CalendarChange,
    ) -> Result<(), Error> {
        let mut after = None;
        loop {
            let batch = self.recompute_knowledge(calendar, after.as_ref(), BATCH)?;
            for (moved, provisional) in batch.commits.iter().flat_map(|(_, it)| changes_of(it)) {
                if moved.before != moved.after {
                    change.knowledge_changes.push(moved);
                } else if !provisional {
                    change.confirmed = change.confirmed.saturating_add(1);
                }
            }
            let mut failed = batch.told();
            if change.applied {
                let outcomes =
                    self.keep_recomputed(batch.commits, batch.failed, &mut Tick::default())?;
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

    /// Goes on with entries under the calendar in force. What was looked at is not kept on disk: a new
    /// process looks at every entry with a running deadline once, of which there are few.
    pub(crate) fn recompute_some_knowledge(
        &self,
        limit: u32,
        tick: &mut Tick,
    ) -> Result<(), Error> {
        let calendar = self.calendar();
        let after = {
            let mut progress = self.knowledge_work.progress();
            if progress.target != calendar.version() {
                calendar.version().clone_into(&mut progress.target);
                (progress.after, progress.done) = (None, false);
            }
            if progress.done {
                return Ok(());
            }
            progress.after.clone()
        };
        let batch = self.recompute_knowledge(&calendar, after.as_ref(), limit)?;
        let outcomes = self.keep_recomputed(batch.commits, batch.failed, tick)?;
        // What others were faster with is looked at again by the next tick.
        if outcomes.conflicts > 0 {
            return Ok(());
        }
        tick.more |= batch.next.is_some();
        let mut progress = self.knowledge_work.progress();
        if progress.target == calendar.version() {
            progress.done = batch.next.is_none();
            progress.after = batch.next;
        }
        Ok(())
    }

    /// Has ticks look at every entry again, because something was decided under a calendar that was
    /// replaced meanwhile.
    pub(crate) fn look_at_knowledge_again(&self) {
        self.knowledge_work.progress().target.clear();
    }

    /// Tries an entry again that could not be recomputed before. Whether anything was decided.
    pub(crate) fn recompute_knowledge_again(
        &self,
        id: &Id,
        recomputation: &DueRecomputation,
        tick: &mut Tick,
    ) -> Result<bool, Error> {
        let calendar = self.calendar();
        let Some(entry) = self.store.load_knowledge(id)? else {
            return Err(KnowledgeError::NotFound { entry: id.clone() }.into());
        };
        let context = self.knowledge_context(self.now(), &calendar);
        let Some(commit) = self.recomputed_knowledge(&entry, &context)? else {
            return Ok(false);
        };
        let item = DueItem::Recomputation(recomputation.clone());
        self.keep_recomputed(vec![(item, commit)], Vec::new(), tick)?;
        Ok(true)
    }

    /// Decides on an entry's deadlines under a calendar, if they differ.
    fn recomputed_knowledge(
        &self,
        entry: &Entry,
        context: &Context<'_>,
    ) -> Result<Option<KnowledgeCommit>, Error> {
        if !knowledge_base::needs_recomputation(entry, context) {
            return Ok(None);
        }
        let (command, system) = (Command::RecomputeDeadlines, Actor::system());
        match self.knowledge_step(&entry.id(), Some(entry), &command, &system, context) {
            Ok(commit) => Ok(Some(commit)),
            Err(error) if has_moved_on(&error) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Decides on a batch of entries under a calendar.
    fn recompute_knowledge(
        &self,
        calendar: &Calendar,
        after: Option<&Id>,
        limit: u32,
    ) -> Result<Batch<KnowledgeCommit, Id>, Error> {
        let open = self.store.open_knowledge(after, limit)?;
        let next = if is_full(open.len(), limit) {
            open.last().map(Entry::id)
        } else {
            None
        };
        let context = self.knowledge_context(self.now(), calendar);
        let mut batch = Batch::new(next);
        for entry in open {
            let subject = Subject::Knowledge(entry.id());
            batch.add(subject, self.recomputed_knowledge(&entry, &context));
        }
        Ok(batch)
    }

    /// Makes recomputed deadlines durable, and puts off what could not be recomputed.
    fn keep_recomputed(
        &self,
        commits: Vec<(DueItem, KnowledgeCommit)>,
        failed: Vec<(DueItem, Error)>,
        tick: &mut Tick,
    ) -> Result<Outcomes, Error> {
        for (item, error) in failed {
            self.put_off(&item, &error, tick)?;
        }
        let outcomes = self.keep_knowledge(commits, tick)?;
        tick.recomputed = tick.recomputed.saturating_add(outcomes.done);
        Ok(outcomes)
    }

    /// Makes commits durable. Those that others were faster than stay due; those that cannot be kept
    /// are put off, so that the others go on.
    fn keep_knowledge(
        &self,
        commits: Vec<(DueItem, KnowledgeCommit)>,
        tick: &mut Tick,
    ) -> Result<Outcomes, Error> {
        let (items, commits): (Vec<DueItem>, Vec<KnowledgeCommit>) = commits.into_iter().unzip();
        let mut outcomes = Outcomes::default();
        if commits.is_empty() {
            return Ok(outcomes);
        }
        let mut failure = None;
        let results = self.store.commit_knowledge_all(commits);
        for (item, result) in items.into_iter().zip(results) {
            match result {
                Ok(()) => outcomes.done = outcomes.done.saturating_add(1),
                Err(KnowledgeCommitError::Store(error)) => {
                    let error = Error::Store(error);
                    failure = self.put_off(&item, &error, tick).err().or(failure);
                    outcomes.failed.push((item.subject(), told(&error)));
                }
                Err(
                    KnowledgeCommitError::Conflict { .. }
                    | KnowledgeCommitError::Replayed(_)
                    | KnowledgeCommitError::KeyReused,
                ) => outcomes.conflicts = outcomes.conflicts.saturating_add(1),
            }
        }
        tick.more |= outcomes.conflicts > 0;
        failure.map_or(Ok(outcomes), Err)
    }
}

/// The deadlines that a commit recomputes, each with whether it is provisional still.
fn changes_of(
    commit: &KnowledgeCommit,
) -> impl Iterator<Item = (KnowledgeDeadlineChange, bool)> + '_ {
    commit.events.iter().filter_map(|recorded| {
        let (deadline, before) = match &recorded.event {
            Event::Feedback(feedback::Event::DeadlineRecomputed {
                deadline,
                previous_due_at,
            })
            | Event::Outage(outage::Event::DeadlineRecomputed {
                deadline,
                previous_due_at,
            }) => (deadline, *previous_due_at),
            Event::Point(_) | Event::Feedback(_) | Event::Change(_) | Event::Outage(_) => {
                return None;
            }
        };
        let change = KnowledgeDeadlineChange {
            entry: commit.entry.id(),
            kind: deadline.kind,
            unit: deadline.unit.clone(),
            before,
            after: deadline.due.due_at,
        };
        Some((change, deadline.due.provisional))
    })
}
