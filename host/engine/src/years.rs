//! A new holiday notice: which deadlines of open orders it moves, and moving them (C3).

use std::sync::Arc;

use calendar::{Calendar, YearNotice};
use chrono::{DateTime, Utc};
use lifecycle::command::Command;
use lifecycle::deadline::DeadlineKind;
use lifecycle::event::Event;
use lifecycle::ids::{Actor, OrderId, Role};
use lifecycle::rejection::Rejection;
use serde::Serialize;

use crate::step::Step;
use crate::tick::{Tick, is_about_one_order, is_full, report};
use crate::{DossierDeadlineChange, Engine, Error};

/// So many orders are recomputed with one flush to disk.
const BATCH: u32 = 256;

/// What a holiday notice changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CalendarChange {
    /// Version of the calendar with the notice.
    pub version: String,
    /// Whether the notice is in force now, or only looked at.
    pub applied: bool,
    /// Deadlines that move.
    pub changes: Vec<DeadlineChange>,
    /// Deadlines of dossiers that move.
    pub dossier_changes: Vec<DossierDeadlineChange>,
    /// Number of deadlines that keep their instant and are no longer provisional.
    pub confirmed: usize,
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
    /// Takes a holiday notice, or only shows what it would change. Deadlines of open orders
    /// that it changes are recomputed, also those that an earlier notice made final; none becomes overdue in the past (C3). What a crash or a command
    /// under way leaves behind, ticks find.
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
            Role::Unit(_) | Role::District(_) | Role::Channel | Role::Auditor => {
                return Err(Rejection::NotPermitted {
                    command: "import a calendar year",
                }
                .into());
            }
        }
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
        let mut changes = Vec::new();
        let mut confirmed: usize = 0;
        let mut after = None;
        loop {
            let batch = self.recompute(&calendar, after.as_ref(), BATCH)?;
            for (change, provisional) in batch.steps.iter().flat_map(changes_of) {
                if change.before != change.after {
                    changes.push(change);
                } else if !provisional {
                    confirmed = confirmed.saturating_add(1);
                }
            }
            if apply {
                self.keep(batch.steps, &mut Tick::default())?;
            }
            match batch.next {
                Some(next) => after = Some(next),
                None => break,
            }
        }
        let (dossier_changes, more) = self.recompute_all_dossiers(&calendar, apply)?;
        Ok(CalendarChange {
            version,
            applied: apply,
            changes,
            dossier_changes,
            confirmed: confirmed.saturating_add(more),
        })
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
            if self.keep(batch.steps, tick)? > 0 {
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

    /// Decides on a batch of open orders under a calendar.
    fn recompute(
        &self,
        calendar: &Calendar,
        after: Option<&OrderId>,
        limit: u32,
    ) -> Result<Batch, Error> {
        let orders = self.store.open_orders(after, limit)?;
        let next = if is_full(orders.len(), limit) {
            orders.last().map(|order| order.id.clone())
        } else {
            None
        };
        let context = self.context(self.now(), calendar);
        let mut steps = Vec::new();
        for order in orders {
            if !lifecycle::needs_recomputation(&order, &context) {
                continue;
            }
            let decided = self.step(
                Some(&order),
                &Command::RecomputeDeadlines,
                &Actor::system(),
                &context,
                None,
            );
            match decided {
                Ok(Some(step)) => steps.push(step),
                Ok(None) => {}
                Err(error) if is_about_one_order(&error) => {
                    report("recomputation", &order.id, &error);
                }
                Err(error) => return Err(error),
            }
        }
        Ok(Batch { steps, next })
    }

    /// Makes steps durable; gives how many of them others were faster with.
    fn keep(&self, steps: Vec<Step>, tick: &mut Tick) -> Result<usize, Error> {
        let commits = steps.into_iter().map(|step| step.commit).collect();
        self.commit_each(commits, &mut tick.recomputed, &mut tick.more)
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

struct Batch {
    steps: Vec<Step>,
    /// Where the next batch begins, if there may be one.
    next: Option<OrderId>,
}

/// The deadlines that a step recomputes, each with whether it is provisional still.
fn changes_of(step: &Step) -> impl Iterator<Item = (DeadlineChange, bool)> + '_ {
    step.commit.events.iter().filter_map(|recorded| {
        let Event::DeadlineRecomputed {
            deadline,
            previous_due_at,
        } = &recorded.event
        else {
            return None;
        };
        let change = DeadlineChange {
            order: step.commit.order.id.clone(),
            kind: deadline.kind,
            before: *previous_due_at,
            after: deadline.due.due_at,
        };
        Some((change, deadline.due.provisional))
    })
}
