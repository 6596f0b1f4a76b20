//! A new holiday notice: which deadlines of open orders it moves, and moving them (C3).

use std::sync::{Arc, PoisonError};

use calendar::{Calendar, YearNotice};
use chrono::{DateTime, Utc};
use knowledge_base::ids::Id;
use lifecycle::Context;
use lifecycle::command::Command;
use lifecycle::deadline::DeadlineKind;
use lifecycle::dossier::DossierId;
use lifecycle::event::Event;
use lifecycle::ids::{Actor, OrderId, Role};
use lifecycle::order::WorkOrder;
use lifecycle::rejection::Rejection;
use serde::Serialize;

use crate::ports::{Commit, DueItem, DueRecomputation, Subject};
use crate::stuck::{has_moved_on, told};
use crate::tick::{Outcomes, Tick, is_full};
use crate::{DossierDeadlineChange, Engine, Error, KnowledgeDeadlineChange};

/// So many orders are recomputed with one flush to disk.
const BATCH: u32 = 256;

/// What a holiday notice changes.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct CalendarChange {
    /// Version of the calendar with the notice.
    pub version: String,
    /// Whether the notice is in force now, or only looked at.
    pub applied: bool,
    /// Deadlines that move.
    pub changes: Vec<DeadlineChange>,
    /// Deadlines of dossiers that move.
    pub dossier_changes: Vec<DossierDeadlineChange>,
    /// Deadlines of entries of the knowledge base that move.
    pub knowledge_changes: Vec<KnowledgeDeadlineChange>,
    /// Number of deadlines that keep their instant and are no longer provisional.
    pub confirmed: usize,
    /// Orders whose deadlines cannot be computed under the notice. Where it is in force they keep the
    /// deadlines that they had, and are tried again and listed with what is stuck.
    pub failed: Vec<FailedRecomputation>,
    /// Dossiers of which the same is true.
    pub dossier_failed: Vec<FailedDossierRecomputation>,
    /// Entries of the knowledge base of which the same is true.
    pub knowledge_failed: Vec<FailedKnowledgeRecomputation>,
}

/// An order whose deadlines could not be recomputed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FailedRecomputation {
    /// Which order.
    pub order: OrderId,
    /// Why.
    pub error: String,
}

/// A dossier whose deadlines could not be recomputed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FailedDossierRecomputation {
    /// Which dossier.
    pub dossier: DossierId,
    /// Why.
    pub error: String,
}

/// An entry of the knowledge base whose deadlines could not be recomputed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FailedKnowledgeRecomputation {
    /// Which entry.
    pub entry: Id,
    /// Why.
    pub error: String,
}

/// A deadline that moves.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DeadlineChange {
    /// Of which order.
    pub order: OrderId,
    /// Which.
    pub kind: DeadlineKind,
    /// When it is due so far.
    pub before: DateTime<Utc>,
    /// When it is due under the new calendar.
    pub after: DateTime<Utc>,
}

impl Engine {
    /// Takes a holiday notice, or only shows what it would change. Deadlines of open orders and dossiers
    /// that it changes are recomputed, also those that an earlier notice made final; none becomes
    /// overdue in the past (C3). What a crash or a command under way leaves behind, and what could not
    /// be recomputed, ticks try again.
    ///
    /// # Errors
    /// [`Error::Rejected`] for roles other than the admin's and the centre's, [`Error::Calendar`] for
    /// a notice that does not hold or lacks statutory holidays, [`Error::Store`].
    pub fn import_calendar_year(
        &self,
        notice: &YearNotice,
        apply: bool,
        by: &Actor,
    ) -> Result<CalendarChange, Error> {
        match by.role {
            Role::System | Role::Admin | Role::Operator => {}
            Role::Unit(_) | Role::Leader(_) | Role::District(_) | Role::Channel | Role::Auditor => {
                return Err(Rejection::NotPermitted {
                    command: "import a calendar year",
                }
                .into());
            }
        }
        // Each import adds to the calendar that the one before it made.
        let _one_by_one = apply.then(|| {
            let importing = self.importing.lock();
            importing.unwrap_or_else(PoisonError::into_inner)
        });
        let calendar = Arc::new(self.calendar().with_year(notice.clone())?);
        notice.check_complete()?;
        let version = calendar.version().to_owned();
        if apply {
            self.store.add_calendar_year(notice, &by.name, self.now())?;
            self.set_calendar(Arc::clone(&calendar));
            // Commands under way may still use the calendar before; ticks look at everything again.
            tracing::info!(
                year = notice.year,
                version,
                by = by.name,
                "calendar year imported"
            );
        }
        let mut change = CalendarChange {
            version,
            applied: apply,
            ..CalendarChange::default()
        };
        self.recompute_all(&calendar, &mut change)?;
        self.recompute_all_dossiers(&calendar, &mut change)?;
        self.recompute_all_knowledge(&calendar, &mut change)?;
        Ok(change)
    }

    /// Looks at every open order under a calendar, and adds what comes of it to the change.
    fn recompute_all(&self, calendar: &Calendar, change: &mut CalendarChange) -> Result<(), Error> {
        let mut after = None;
        loop {
            let batch = self.recompute(calendar, after.as_ref(), BATCH)?;
            for (moved, provisional) in batch.commits.iter().flat_map(|(_, it)| changes_of(it)) {
                if moved.before != moved.after {
                    change.changes.push(moved);
                } else if !provisional {
                    change.confirmed = change.confirmed.saturating_add(1);
                }
            }
            let mut failed = batch.told();
            if change.applied {
                let outcomes = self.keep(batch.commits, batch.failed, &mut Tick::default())?;
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

    /// Something was kept that had been decided under this calendar. Where an import has replaced it
    /// meanwhile, ticks look at every open deadline again.
    pub(crate) fn look_again_if_replaced(&self, decided_under: &Calendar) {
        if self.calendar().version() == decided_under.version() {
            return;
        }
        self.set_catching_up(CatchUp {
            again: true,
            ..CatchUp::default()
        });
        self.look_at_knowledge_again();
        // What was kept is kept: this is for a Kapok that starts anew before it has looked.
        if let Err(error) = self.store.set_recomputed_under("") {
            tracing::error!(%error, "a recomputation under the new calendar may be missed");
        }
    }

    /// Goes on with deadlines that were computed under another calendar: after an import,
    /// where commands under way still used the calendar before, and with a Kapok that ships more
    /// years.
    pub(crate) fn recompute_some(&self, limit: u32, tick: &mut Tick) -> Result<(), Error> {
        let calendar = self.calendar();
        let mut progress = self.catching_up();
        if progress.target != calendar.version() {
            let known = self.store.recomputed_under()?;
            progress = CatchUp {
                target: calendar.version().to_owned(),
                after: None,
                done: known.as_deref() == Some(calendar.version()) && !progress.again,
                again: false,
            };
        }
        if !progress.done {
            let batch = self.recompute(&calendar, progress.after.as_ref(), limit)?;
            // What others were faster with is looked at again by the next tick.
            let outcomes = self.keep(batch.commits, batch.failed, tick)?;
            if outcomes.conflicts > 0 {
                return Ok(());
            }
            tick.more |= batch.next.is_some();
            progress.done = batch.next.is_none();
            progress.after = batch.next;
            if progress.done {
                self.store.set_recomputed_under(calendar.version())?;
            }
        }
        self.set_catching_up(progress);
        Ok(())
    }

    /// Tries again what could not be recomputed before.
    pub(crate) fn recompute_again(&self, limit: u32, tick: &mut Tick) -> Result<(), Error> {
        let due = self.store.due_recomputations(self.now(), limit)?;
        tick.more |= is_full(due.len(), limit);
        let calendar = self.calendar();
        let mut commits = Vec::new();
        for recomputation in due {
            let subject = recomputation.subject.clone();
            let decided = match &subject {
                Subject::Order(order) => self.recomputed(order, &calendar).map(|commit| {
                    let item = DueItem::Recomputation(recomputation.clone());
                    let is_some = commit.is_some();
                    commits.extend(commit.map(|commit| (item, commit)));
                    is_some
                }),
                Subject::Dossier(dossier) => {
                    self.recompute_dossier_again(dossier, &recomputation, tick)
                }
                Subject::Knowledge(entry) => {
                    self.recompute_knowledge_again(entry, &recomputation, tick)
                }
            };
            match decided {
                // What is decided here stays listed until the next look finds nothing left to do.
                Ok(true) => tick.more = true,
                Ok(false) => self.store.forget_recomputation(&subject)?,
                Err(error) => {
                    self.put_off(&DueItem::Recomputation(recomputation), &error, tick)?;
                }
            }
        }
        let outcomes = self.commit_each(commits, tick)?;
        tick.recomputed = tick.recomputed.saturating_add(outcomes.done);
        Ok(())
    }

    /// Decides on an order's deadlines under a calendar, if they differ.
    fn recomputed(&self, order: &OrderId, calendar: &Calendar) -> Result<Option<Commit>, Error> {
        let order = self.load(order)?;
        // Not the instant at which the tick began: others may have changed the order since.
        let context = self.context(self.now(), calendar);
        self.recompute_order(&order, &context)
    }

    fn recompute_order(
        &self,
        order: &WorkOrder,
        context: &Context<'_>,
    ) -> Result<Option<Commit>, Error> {
        if !lifecycle::needs_recomputation(order, context) {
            return Ok(None);
        }
        let (command, system) = (Command::RecomputeDeadlines, Actor::system());
        match self.step(Some(order), &command, &system, context, None) {
            Ok(step) => Ok(step.map(|step| step.commit)),
            Err(error) if has_moved_on(&error) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Decides on a batch of open orders under a calendar.
    fn recompute(
        &self,
        calendar: &Calendar,
        after: Option<&OrderId>,
        limit: u32,
    ) -> Result<Batch<Commit, OrderId>, Error> {
        let orders = self.store.open_orders(after, limit)?;
        let next = if is_full(orders.len(), limit) {
            orders.last().map(|order| order.id.clone())
        } else {
            None
        };
        let context = self.context(self.now(), calendar);
        let mut batch = Batch::new(next);
        for order in orders {
            let subject = Subject::Order(order.id.clone());
            batch.add(subject, self.recompute_order(&order, &context));
        }
        Ok(batch)
    }

    /// Makes what was decided durable, and puts off what could not be.
    fn keep(
        &self,
        commits: Vec<(DueItem, Commit)>,
        failed: Vec<(DueItem, Error)>,
        tick: &mut Tick,
    ) -> Result<Outcomes, Error> {
        for (item, error) in failed {
            self.put_off(&item, &error, tick)?;
        }
        let outcomes = self.commit_each(commits, tick)?;
        tick.recomputed = tick.recomputed.saturating_add(outcomes.done);
        Ok(outcomes)
    }
}

impl CalendarChange {
    /// Notes whose deadlines could not be recomputed.
    pub(crate) fn add_failure(&mut self, subject: Subject, error: String) {
        match subject {
            Subject::Order(order) => {
                self.changes.retain(|it| it.order != order);
                self.failed.push(FailedRecomputation { order, error });
            }
            Subject::Dossier(dossier) => {
                self.dossier_changes.retain(|it| it.dossier != dossier);
                let failed = FailedDossierRecomputation { dossier, error };
                self.dossier_failed.push(failed);
            }
            Subject::Knowledge(entry) => {
                self.knowledge_changes.retain(|it| it.entry != entry);
                let failed = FailedKnowledgeRecomputation { entry, error };
                self.knowledge_failed.push(failed);
            }
        }
    }
}

/// How far recomputing has come.
#[derive(Debug, Clone, Default)]
pub(crate) struct CatchUp {
    /// Version of the calendar that it goes towards.
    target: String,
    /// The last order that was looked at.
    after: Option<OrderId>,
    /// Whether every order was.
    done: bool,
    /// Whether to look at every order again, whatever the store says.
    again: bool,
}

/// What a look at some orders or dossiers came to.
pub(crate) struct Batch<C, Id> {
    pub(crate) commits: Vec<(DueItem, C)>,
    pub(crate) failed: Vec<(DueItem, Error)>,
    /// Where the next batch begins, if there may be one.
    pub(crate) next: Option<Id>,
}

impl<C, Id> Batch<C, Id> {
    pub(crate) const fn new(next: Option<Id>) -> Self {
        Self {
            commits: Vec::new(),
            failed: Vec::new(),
            next,
        }
    }

    /// Notes what became of one of them.
    pub(crate) fn add(&mut self, subject: Subject, decided: Result<Option<C>, Error>) {
        let item = DueItem::Recomputation(DueRecomputation {
            subject,
            attempts: 0,
        });
        match decided {
            Ok(Some(commit)) => self.commits.push((item, commit)),
            Ok(None) => {}
            Err(error) => self.failed.push((item, error)),
        }
    }

    /// What failed, and why.
    pub(crate) fn told(&self) -> Vec<(Subject, String)> {
        let failed = self.failed.iter();
        failed
            .map(|(item, error)| (item.subject(), told(error)))
            .collect()
    }
}

/// The deadlines that a commit recomputes, each with whether it is provisional still.
fn changes_of(commit: &Commit) -> impl Iterator<Item = (DeadlineChange, bool)> + '_ {
    commit.events.iter().filter_map(|recorded| {
        let Event::DeadlineRecomputed {
            deadline,
            previous_due_at,
        } = &recorded.event
        else {
            return None;
        };
        let change = DeadlineChange {
            order: commit.order.id.clone(),
            kind: deadline.kind,
            before: *previous_due_at,
            after: deadline.due.due_at,
        };
        Some((change, deadline.due.provisional))
    })
}
