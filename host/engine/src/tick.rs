//! What falls due: timers, effects, and deadlines under a new calendar. A tick works off
//! a bounded batch with one flush to disk; whoever runs it goes on while there is more.

use std::collections::BTreeSet;
use std::time::Duration;

use chrono::{DateTime, Utc};
use lifecycle::command::{Command, NoticeReceipt, OrderLink, RatingOffer};
use lifecycle::effect::{Effect, Notice, Notification, Recipient};
use lifecycle::ids::{Actor, DistrictCode, OrderId};
use lifecycle::order::{Stage, WorkOrder};

use crate::ports::{
    Commit, CommitError, DueItem, DueTimer, EffectId, Message, PendingEffect, Posting, Subject,
};
use crate::step::Step;
use crate::stuck::{has_moved_on, told};
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
    /// What could not be carried out and is tried again later.
    pub put_off: usize,
    /// Whether more is due now.
    pub more: bool,
}

impl Engine {
    /// Fires timers whose instant has passed, performs effects, and goes on recomputing
    /// deadlines; at most `limit` of each. Repeating it after a crash does nothing twice. What cannot
    /// be carried out is put off, and holds up nothing else.
    ///
    /// # Errors
    /// [`Error::Store`]; what was done before stays done.
    pub fn tick(&self, limit: u32) -> Result<Tick, Error> {
        let mut tick = Tick::default();
        let calendar = self.calendar();
        // Each goes its own way: where one fails, the others still happen, and the fault is told.
        let parts = [
            self.recompute_some(limit, &mut tick),
            self.recompute_some_dossiers(limit, &mut tick),
            self.recompute_some_knowledge(limit, &mut tick),
            self.recompute_again(limit, &mut tick),
            self.open_register(),
            self.fire_timers(limit, &mut tick),
            self.fire_dossier_timers(limit, &mut tick),
            self.fire_knowledge_timers(limit, &mut tick),
            self.perform_effects(limit, &mut tick),
        ];
        self.look_again_if_replaced(&calendar);
        parts.into_iter().collect::<Result<(), Error>>()?;
        Ok(tick)
    }

    /// When the next timer will be due; it fires in the first tick after that instant.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub fn next_timer_at(&self) -> Result<Option<DateTime<Utc>>, Error> {
        let dossiers = self.store.next_dossier_timer_at()?;
        let knowledge = self.store.next_knowledge_timer_at()?;
        let all = [self.store.next_timer_at()?, dossiers, knowledge];
        Ok(all.into_iter().flatten().min())
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
                    commits.push((DueItem::Timer(timer), step.commit));
                }
                Ok(None) => self.drop_timer(&timer, tick)?,
                Err(error) if has_moved_on(&error) => self.drop_timer(&timer, tick)?,
                Err(error) => self.put_off(&DueItem::Timer(timer), &error, tick)?,
            }
        }
        let outcomes = self.commit_each(commits, tick)?;
        tick.timers = tick.timers.saturating_add(outcomes.done);
        Ok(())
    }

    fn drop_timer(&self, timer: &DueTimer, tick: &mut Tick) -> Result<(), Error> {
        tracing::debug!(order = %timer.order, deadline = ?timer.deadline, "nothing is due any more");
        self.store.drop_timer(timer)?;
        tick.timers = tick.timers.saturating_add(1);
        Ok(())
    }

    fn perform_effects(&self, limit: u32, tick: &mut Tick) -> Result<(), Error> {
        let pending = self.store.pending_effects(self.now(), limit)?;
        // Not before what is pending was decided: a notice cannot be sent before there is a reason to.
        let now = self.now();
        tick.more |= is_full(pending.len(), limit);
        let mut postings = Vec::new();
        let mut commits = Vec::new();
        let mut told_of = BTreeSet::new();
        for PendingEffect {
            id,
            subject,
            at: _,
            effect,
            attempts,
        } in pending
        {
            let item = DueItem::Effect {
                id,
                subject: subject.clone(),
                attempts,
            };
            let counts = effect == Effect::CountAlike;
            match self.performed(id, subject, effect, now) {
                Ok(Performed::Posted(posting)) => postings.push((item, posting)),
                // Of many that came together one is told of; the others are counted again once it is.
                Ok(Performed::Decided(commit))
                    if counts && !told_of.insert(thing(&commit.order)) =>
                {
                    tick.more = true;
                }
                Ok(Performed::Decided(commit)) => commits.push((item, *commit)),
                Ok(Performed::Nothing) => self.store.complete_effect(id)?,
                Err(error) if has_moved_on(&error) => self.store.complete_effect(id)?,
                Err(error) => self.put_off(&item, &error, tick)?,
            }
        }
        self.post(postings, tick)?;
        let outcomes = self.commit_each(commits, tick)?;
        tick.effects = tick.effects.saturating_add(outcomes.done);
        Ok(())
    }

    /// What is to be made durable for an effect.
    fn performed(
        &self,
        id: EffectId,
        subject: Subject,
        effect: Effect,
        now: DateTime<Utc>,
    ) -> Result<Performed, Error> {
        if let Effect::Notify(notification) = effect {
            return Ok(Performed::Posted(self.posting(Message {
                id,
                subject,
                at: now,
                notification,
            })));
        }
        let order = self.order_of(&subject)?;
        // Where the order has moved on there is no command.
        let matter = match effect {
            Effect::ListLongTerm => self.matter_of(&order.id)?,
            Effect::Notify(_)
            | Effect::OfferRating
            | Effect::AskForInformation
            | Effect::CountAlike
            | Effect::LinkBack { .. } => None,
        };
        let Some(wanted) = wanted(effect, &order, matter, now) else {
            return Ok(Performed::Nothing);
        };
        let order = match &wanted.on {
            Some(other) => self.load(other)?,
            None => order,
        };
        let Some(step) = self.decided(&order, &wanted.command)? else {
            return Ok(Performed::Nothing);
        };
        let mut commit = step.commit;
        commit.completes = Some(id);
        // A notice to the requester goes out and is recorded together.
        commit.message = wanted.about.map(|about| {
            self.posting(Message {
                id,
                subject,
                at: now,
                notification: Notification {
                    to: Recipient::Requester,
                    about,
                },
            })
        });
        Ok(Performed::Decided(Box::new(commit)))
    }

    /// Puts messages into their boxes; where that fails for some, all others are.
    fn post(&self, postings: Vec<(DueItem, Posting)>, tick: &mut Tick) -> Result<(), Error> {
        let (items, postings): (Vec<DueItem>, Vec<Posting>) = postings.into_iter().unzip();
        if self.store.deliver(&postings).is_ok() {
            tick.effects = tick.effects.saturating_add(postings.len());
            return Ok(());
        }
        for (item, posting) in items.iter().zip(&postings) {
            match self.store.deliver(std::slice::from_ref(posting)) {
                Ok(()) => tick.effects = tick.effects.saturating_add(1),
                Err(error) => self.put_off(item, &error.into(), tick)?,
            }
        }
        Ok(())
    }

    /// The order that an effect is about. Only a notice is ever about something else.
    fn order_of(&self, subject: &Subject) -> Result<WorkOrder, Error> {
        match subject {
            Subject::Order(order) => self.load(order),
            Subject::Dossier(_) | Subject::Knowledge(_) => Err(Error::NotFound {
                order: OrderId::new(subject.number()),
            }),
        }
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
        self.decided(&self.load(order)?, command)
    }

    fn decided(&self, order: &WorkOrder, command: &Command) -> Result<Option<Step>, Error> {
        let calendar = self.calendar();
        let context = self.context(self.now(), &calendar);
        self.step(Some(order), command, &Actor::system(), &context, None)
    }

    /// Makes commits durable with few flushes. Those that others were faster than stay due; those that
    /// cannot be kept are put off, so that the others go on.
    pub(crate) fn commit_each(
        &self,
        commits: Vec<(DueItem, Commit)>,
        tick: &mut Tick,
    ) -> Result<Outcomes, Error> {
        let (items, commits): (Vec<DueItem>, Vec<Commit>) = commits.into_iter().unzip();
        let mut outcomes = Outcomes::default();
        if commits.is_empty() {
            return Ok(outcomes);
        }
        // All results are looked at, also when the store as a whole has failed meanwhile.
        let mut failure = None;
        for (item, result) in items.into_iter().zip(self.store.commit_all(commits)) {
            match result {
                Ok(()) => outcomes.done = outcomes.done.saturating_add(1),
                Err(CommitError::Store(error)) => {
                    let error = Error::Store(error);
                    failure = self.put_off(&item, &error, tick).err().or(failure);
                    outcomes.failed.push((item.subject(), told(&error)));
                }
                Err(
                    CommitError::Conflict { .. }
                    | CommitError::SourceExists { .. }
                    | CommitError::Replayed(_)
                    | CommitError::KeyReused,
                ) => outcomes.conflicts = outcomes.conflicts.saturating_add(1),
            }
        }
        tick.more |= outcomes.conflicts > 0;
        failure.map_or(Ok(outcomes), Err)
    }
}

/// What an order is about, as it is counted (R52).
fn thing(order: &WorkOrder) -> (Option<String>, Option<DistrictCode>, Option<String>) {
    (
        order.category.clone(),
        order.district.clone(),
        order.street.clone(),
    )
}

/// What is to be made durable for an effect.
enum Performed {
    /// A message.
    Posted(Posting),
    /// What the order made of it, with the message.
    Decided(Box<Commit>),
    /// The order has moved on.
    Nothing,
}

/// What became of commits.
#[derive(Debug, Default)]
pub(crate) struct Outcomes {
    /// So many are durable.
    pub(crate) done: usize,
    /// So many others were faster than.
    pub(crate) conflicts: usize,
    /// What could not be kept and was put off, and why.
    pub(crate) failed: Vec<(Subject, String)>,
}

/// What an effect on an order comes to.
struct Wanted {
    /// The command that does it, or records that it was done.
    command: Command,
    /// The notice that goes to the requester together with it.
    about: Option<Notice>,
    /// The order that the command is for, where that is another one.
    on: Option<OrderId>,
}

/// What an effect on an order comes to, as long as the order waits for it.
/// `matter` is the long-term matter that has the order as a member now.
fn wanted(
    effect: Effect,
    order: &WorkOrder,
    matter: Option<String>,
    sent_at: DateTime<Utc>,
) -> Option<Wanted> {
    let told = |command, about| Wanted {
        command,
        about: Some(about),
        on: None,
    };
    // Sending counts as receipt until a channel confirms delivery.
    let delivered_at = None;
    match effect {
        Effect::Notify(_) => None,
        Effect::OfferRating => {
            let waits = matches!(order.stage, Stage::AwaitingRatingOffer { .. });
            let offer = RatingOffer {
                sent_at,
                delivered_at,
            };
            let command = Command::RecordRatingOffer(offer);
            waits.then_some(told(command, Notice::RatingOffered))
        }
        Effect::AskForInformation => {
            let waits = matches!(order.stage, Stage::AwaitingInformation { .. });
            let asked = order.information.as_ref().filter(|_| waits)?;
            let missing = asked.missing;
            let receipt = NoticeReceipt {
                sent_at,
                delivered_at,
            };
            let command = Command::RecordInformationNotice(receipt);
            let unasked = asked.notice.is_none();
            unasked.then_some(told(command, Notice::InformationNeeded { missing }))
        }
        Effect::ListLongTerm => (order.long_term != matter).then_some(Wanted {
            command: Command::ListLongTerm { matter },
            about: None,
            on: None,
        }),
        Effect::CountAlike => Some(Wanted {
            command: Command::CountAlike,
            about: None,
            on: None,
        }),
        Effect::LinkBack { other } => Some(Wanted {
            command: Command::LinkOrders(OrderLink {
                other: order.id.clone(),
                same: order.same_matter_as.contains(&other),
                reason: None,
            }),
            about: None,
            on: Some(other),
        }),
    }
}

/// Whether a batch was as large as it may be, so that there may be more.
pub(crate) fn is_full(len: usize, limit: u32) -> bool {
    usize::try_from(limit).is_ok_and(|limit| len >= limit)
}
