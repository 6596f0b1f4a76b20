//! What falls due: timers, effects, and deadlines under a new calendar. A tick works off
//! a bounded batch with one flush to disk; whoever runs it goes on while there is more.

use std::collections::BTreeSet;
use std::time::Duration;

use chrono::{DateTime, Utc};
use lifecycle::command::{Command, NoticeReceipt, RatingOffer};
use lifecycle::effect::{Effect, Notice, Notification, Recipient};
use lifecycle::ids::{Actor, OrderId, TextId};
use lifecycle::order::Stage;
use lifecycle::rejection::Rejection;

use crate::ports::{Commit, CommitError, DueTimer, EffectId, Message, PendingEffect, Posting};
use crate::step::Step;
use crate::{Engine, Error};

/// So long do plugins think in one tick about what falls due; then what is decided becomes durable, and
/// the rest is left to the next tick. The last one asked may exceed it by its own limits.
const ASKING_MAX: Duration = Duration::from_millis(250);

/// What a tick did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tick {
    /// Timers that fired.
    pub timers: usize,
    /// Effects that were performed.
    pub effects: usize,
    /// Orders whose deadlines were recomputed under a new calendar.
    pub recomputed: usize,
    /// Whether more is due now.
    pub more: bool,
}

impl Engine {
    /// Fires timers whose instant has passed, performs effects, and goes on recomputing
    /// deadlines; at most `limit` of each. Repeating it after a crash does nothing twice.
    ///
    /// # Errors
    /// [`Error::Store`]; what was done before stays done.
    pub fn tick(&self, limit: u32) -> Result<Tick, Error> {
        let mut tick = Tick::default();
        let calendar = self.calendar();
        self.recompute_some(limit, &mut tick)?;
        self.recompute_some_dossiers(limit, &mut tick)?;
        self.open_register()?;
        self.fire_timers(limit, &mut tick)?;
        self.fire_dossier_timers(limit, &mut tick)?;
        self.perform_effects(limit, &mut tick)?;
        self.look_again_if_replaced(&calendar);
        Ok(tick)
    }

    /// When the next timer will be due; it fires in the first tick after that instant.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub fn next_timer_at(&self) -> Result<Option<DateTime<Utc>>, Error> {
        let dossiers = self.store.next_dossier_timer_at()?;
        let both = [self.store.next_timer_at()?, dossiers];
        Ok(both.into_iter().flatten().min())
    }

    fn fire_timers(&self, limit: u32, tick: &mut Tick) -> Result<(), Error> {
        let now = self.now();
        let due = self.store.due_timers(now, limit)?;
        tick.more |= is_full(due.len(), limit);
        let mut orders = BTreeSet::new();
        let mut commits = Vec::new();
        let mut asking = Duration::ZERO;
        for timer in due {
            if asking >= ASKING_MAX {
                tick.more = true;
                break;
            }
            // The next timer of the same order is decided on what this one makes of the order.
            if !orders.insert(timer.order.clone()) {
                tick.more = true;
                continue;
            }
            let command = Command::MarkDue {
                deadline: timer.deadline,
                moment: timer.moment,
            };
            match self.system_step(&timer.order, &command) {
                Ok(Some(step)) => {
                    asking = asking.saturating_add(step.asking);
                    commits.push(step.commit);
                }
                Ok(None) => self.drop_timer(&timer, tick)?,
                Err(error) if is_about_one_order(&error) => {
                    report("timer", &timer.order, &error);
                    self.drop_timer(&timer, tick)?;
                }
                Err(error) => return Err(error),
            }
        }
        self.commit_each(commits, &mut tick.timers, &mut tick.more)?;
        Ok(())
    }

    fn drop_timer(&self, timer: &DueTimer, tick: &mut Tick) -> Result<(), Error> {
        self.store.drop_timer(timer)?;
        tick.timers = tick.timers.saturating_add(1);
        Ok(())
    }

    fn perform_effects(&self, limit: u32, tick: &mut Tick) -> Result<(), Error> {
        let pending = self.store.pending_effects(limit)?;
        // Not before what is pending was decided: a notice cannot be sent before there is a reason to.
        let now = self.now();
        tick.more |= is_full(pending.len(), limit);
        let mut postings = Vec::new();
        let mut commits = Vec::new();
        for PendingEffect {
            id,
            order,
            at: _,
            effect,
        } in pending
        {
            match effect {
                Effect::Notify(notification) => {
                    postings.push(self.posting(Message {
                        id,
                        order,
                        at: now,
                        notification,
                    }));
                }
                Effect::OfferRating => {
                    // Sending counts as receipt until a channel confirms delivery.
                    let command = Command::RecordRatingOffer(RatingOffer {
                        sent_at: now,
                        delivered_at: None,
                    });
                    let about = Notice::RatingOffered;
                    commits.extend(self.told_requester(id, order, &command, about)?);
                }
                Effect::AskForInformation => {
                    let Some(missing) = self.missing(&order)? else {
                        self.store.complete_effect(id)?;
                        continue;
                    };
                    let command = Command::RecordInformationNotice(NoticeReceipt {
                        sent_at: now,
                        delivered_at: None,
                    });
                    let about = Notice::InformationNeeded { missing };
                    commits.extend(self.told_requester(id, order, &command, about)?);
                }
            }
        }
        self.store.deliver(&postings)?;
        tick.effects = tick.effects.saturating_add(postings.len());
        self.commit_each(commits, &mut tick.effects, &mut tick.more)?;
        Ok(())
    }

    /// The commit by which a notice to the requester goes out and is recorded, together; nothing where
    /// the order has moved on.
    fn told_requester(
        &self,
        id: EffectId,
        order: OrderId,
        command: &Command,
        about: Notice,
    ) -> Result<Option<Commit>, Error> {
        let now = self.now();
        match self.system_step(&order, command) {
            Ok(Some(mut step)) => {
                step.commit.completes = Some(id);
                step.commit.message = Some(self.posting(Message {
                    id,
                    order,
                    at: now,
                    notification: Notification {
                        to: Recipient::Requester,
                        about,
                    },
                }));
                Ok(Some(step.commit))
            }
            Ok(None) => {
                self.store.complete_effect(id)?;
                Ok(None)
            }
            Err(error) if is_about_one_order(&error) => {
                report("effect", &order, &error);
                self.store.complete_effect(id)?;
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }

    /// What an order lacks, if it still does.
    fn missing(&self, order: &OrderId) -> Result<Option<TextId>, Error> {
        let order = self.load(order)?;
        let waits = matches!(order.stage, Stage::AwaitingInformation { .. });
        let information = order.information.filter(|_| waits);
        Ok(information.map(|information| information.missing))
    }

    /// A message with its ways out.
    fn posting(&self, message: Message) -> Posting {
        Posting {
            channels: self.notifier.channels(&message.notification.to),
            message,
        }
    }

    /// Decides what Kapok itself does to an order, at an instant after which nobody else has changed it:
    /// in a journal time never runs back.
    pub(crate) fn system_step(
        &self,
        order: &OrderId,
        command: &Command,
    ) -> Result<Option<Step>, Error> {
        let current = self.load(order)?;
        let calendar = self.calendar();
        let context = self.context(self.now(), &calendar);
        self.step(Some(&current), command, &Actor::system(), &context, None)
    }

    /// Makes commits durable with one flush. Those that others were faster than stay due; gives how
    /// many they are.
    pub(crate) fn commit_each(
        &self,
        commits: Vec<Commit>,
        done: &mut usize,
        more: &mut bool,
    ) -> Result<usize, Error> {
        if commits.is_empty() {
            return Ok(0);
        }
        let mut failure = None;
        let mut conflicts: usize = 0;
        for result in self.store.commit_all(commits) {
            match result {
                Ok(()) => *done = done.saturating_add(1),
                Err(CommitError::Store(error)) => failure = Some(error),
                Err(
                    CommitError::Conflict { .. }
                    | CommitError::SourceExists { .. }
                    | CommitError::Replayed(_)
                    | CommitError::KeyReused,
                ) => conflicts = conflicts.saturating_add(1),
            }
        }
        *more |= conflicts > 0;
        failure.map_or(Ok(conflicts), |error| Err(error.into()))
    }
}

/// Whether a batch was as large as it may be, so that there may be more.
pub(crate) fn is_full(len: usize, limit: u32) -> bool {
    usize::try_from(limit).is_ok_and(|limit| len >= limit)
}

/// Whether an error concerns one order alone, so that the others go on.
pub(crate) fn is_about_one_order(error: &Error) -> bool {
    match error {
        Error::Rejected(_)
        | Error::NotFound { .. }
        | Error::NoDelivery { .. }
        | Error::VersionConflict { .. }
        | Error::SourceExists { .. }
        | Error::KeyReused
        | Error::InvalidInput { .. }
        | Error::Busy { .. }
        | Error::Dossier(_)
        | Error::Calendar(_)
        | Error::Corrupt { .. }
        | Error::Question(_) => true,
        Error::Store(_) => false,
    }
}

/// Says what became of a due item that could not be carried out. An order that has moved on is no
/// news.
pub(crate) fn report(what: &'static str, order: &OrderId, error: &Error) {
    if matches!(
        error,
        Error::Rejected(Rejection::NothingDue | Rejection::Closed)
    ) {
        tracing::debug!(%order, what, "nothing left to do");
    } else {
        tracing::error!(%order, what, %error, "could not be carried out and is given up");
    }
}
