//! Messages leave the house: pending deliveries are sent, tried again with growing pauses, and confirmed
//! by receipts. The message box stays the record; what happens here adds to it.
//!
//! At least once: what was sent and not recorded, because the process ended in between, is sent again
//! under the same message and channel.

use std::collections::BTreeMap;
use std::panic::{self, AssertUnwindSafe};
use std::sync::{Mutex, PoisonError};
use std::thread;

use chrono::{DateTime, TimeDelta, Utc};
use lifecycle::command::Command;
use lifecycle::dossier::{DossierNotice, Occasion};
use lifecycle::effect::{Notice, Recipient};
use lifecycle::ids::{Actor, Role, TextId};
use lifecycle::order::{Stage, WorkOrder};
use lifecycle::rejection::Rejection;

use crate::ports::{
    Attempted, Delivery, DeliveryId, DeliveryState, Failure, ForRequester, Message, Outgoing, Page,
    SendError, Sent, StoreError, Subject,
};
use crate::stuck::{has_moved_on, told};
use crate::tick::is_full;
use crate::{CommandOptions, Engine, Error};

/// Why a requester's contact data are read, in the access log.
const PURPOSE: &str = "notification";
/// So many messages are on their way at the same time.
const SENDERS: usize = 8;
/// After so many failed attempts a delivery is given up: with these pauses, after about a day.
const ATTEMPTS_MAX: u32 = 10;
/// Pause after the first failed attempt; each further one is three times as long.
const FIRST_PAUSE: TimeDelta = TimeDelta::minutes(1);
/// Longest pause between two attempts.
const LONGEST_PAUSE: TimeDelta = TimeDelta::hours(6);
/// So far other systems' clocks may differ from this one.
const SKEW: TimeDelta = TimeDelta::minutes(5);
/// Most lines on a page of deliveries.
const PAGE_MAX: u32 = 200;

/// What one call of [`Engine::deliver_due`] did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Deliveries {
    /// Messages that the other side took over.
    pub sent: usize,
    /// Attempts that failed and are repeated later.
    pub put_off: usize,
    /// Deliveries that were given up.
    pub failed: usize,
    /// Whether more may be due now.
    pub more: bool,
}

/// Channels that take nothing now, each with the instant at which it is tried again.
#[derive(Debug, Default)]
pub(crate) struct Unreachable(Mutex<BTreeMap<String, DateTime<Utc>>>);

impl Unreachable {
    fn note(&self, channel: &str, until: DateTime<Utc>) {
        let mut channels = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        channels.insert(channel.to_owned(), until);
    }

    fn at(&self, now: DateTime<Utc>) -> Vec<String> {
        let mut channels = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        channels.retain(|_, until| *until > now);
        channels.keys().cloned().collect()
    }
}

impl Engine {
    /// Sends what is due, at most `limit` messages, some at a time. A channel that takes nothing is
    /// left alone for a minute and holds up no other.
    ///
    /// # Errors
    /// [`Error::Store`]; what was recorded before stays.
    pub fn deliver_due(&self, limit: u32) -> Result<Deliveries, Error> {
        let except = self.unreachable.at(self.now());
        let due = self.store.due_deliveries(self.now(), &except, limit)?;
        let senders = SENDERS.min(due.len());
        let mut done = Deliveries {
            more: is_full(due.len(), limit),
            ..Deliveries::default()
        };
        let queue = Mutex::new(due.into_iter());
        let next = || {
            let mut queue = queue.lock().unwrap_or_else(PoisonError::into_inner);
            queue.next()
        };
        let work = || -> Vec<Result<Option<Attempted>, Error>> {
            let mut results = Vec::new();
            while let Some((message, delivery)) = next() {
                results.push(self.attempt(message, &delivery));
            }
            results
        };
        let results: Vec<Result<Option<Attempted>, Error>> = thread::scope(|scope| {
            let threads: Vec<_> = (0..senders).map(|_| scope.spawn(work)).collect();
            let ended = threads.into_iter().map(|thread| thread.join());
            ended
                .flat_map(|result| result.unwrap_or_else(|_| vec![Err(worker_panicked())]))
                .collect()
        });
        // What could not be recorded stays due, and holds up no other.
        for attempted in results {
            match attempted? {
                Some(Attempted::Sent { .. }) => done.sent = done.sent.saturating_add(1),
                Some(Attempted::Again { .. }) => done.put_off = done.put_off.saturating_add(1),
                Some(Attempted::Failed { .. }) => done.failed = done.failed.saturating_add(1),
                None => {}
            }
        }
        Ok(done)
    }

    /// Keeps that a message arrived, as the channel system says that brought it there: the actor whose
    /// name is the channel's. Saying it twice changes nothing.
    ///
    /// # Errors
    /// [`Error::Rejected`] for anybody but a channel system, [`Error::NoDelivery`] for a delivery of
    /// another channel too, [`Error::InvalidInput`] for an instant before the message or in the
    /// future, [`Error::Store`].
    pub fn confirm_delivery(
        &self,
        id: DeliveryId,
        delivered_at: DateTime<Utc>,
        reference: Option<&str>,
        by: &Actor,
    ) -> Result<(Message, Delivery), Error> {
        if by.role != Role::Channel {
            return Err(not_permitted("confirm a delivery"));
        }
        let (message, delivery) = self.known_delivery(id)?;
        if delivery.channel != by.name {
            return Err(Error::NoDelivery { id });
        }
        if delivery.state == DeliveryState::Delivered {
            return Ok((message, delivery));
        }
        let delivered_at = plausible(delivered_at, message.at, self.now())?;
        // The order first: whoever repeats a receipt after a crash finds the delivery unconfirmed.
        self.tell_order(&message, delivered_at)?;
        self.store.confirm_delivery(id, delivered_at, reference)?;
        self.known_delivery(id)
    }

    /// Has a delivery that was given up tried anew.
    ///
    /// # Errors
    /// [`Error::Rejected`] for anybody but the admin, [`Error::NoDelivery`], [`Error::InvalidInput`]
    /// when it was not given up, [`Error::Store`].
    pub fn retry_delivery(&self, id: DeliveryId, by: &Actor) -> Result<(Message, Delivery), Error> {
        if by.role != Role::Admin {
            return Err(not_permitted("retry a delivery"));
        }
        self.known_delivery(id)?;
        if !self.store.retry_delivery(id, self.now())? {
            return Err(Error::InvalidInput {
                field: "id",
                problem: format!("delivery {id} was not given up"),
                way_out: "read its state; only a failed delivery is tried anew",
            });
        }
        self.known_delivery(id)
    }

    /// A page of deliveries in a state with their messages, oldest first; `after` is the last
    /// delivery of the page before.
    ///
    /// # Errors
    /// [`Error::Rejected`] for anybody but the centre and the admin, [`Error::Store`].
    pub fn deliveries(
        &self,
        state: DeliveryState,
        after: Option<DeliveryId>,
        limit: u32,
        by: &Actor,
    ) -> Result<Page<(Message, Delivery)>, Error> {
        match by.role {
            Role::Operator | Role::Admin => {}
            Role::System
            | Role::Unit(_)
            | Role::Leader(_)
            | Role::District(_)
            | Role::Channel
            | Role::Auditor => {
                return Err(not_permitted("list deliveries"));
            }
        }
        let limit = limit.clamp(1, PAGE_MAX);
        let asked = limit.saturating_add(1);
        let mut items = self.store.deliveries_in(state, after, asked)?;
        let has_more = is_full(items.len(), asked);
        items.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
        let last = items.last().map(|(_, delivery)| delivery.id.to_string());
        Ok(Page {
            next: last.filter(|_| has_more),
            items,
        })
    }

    /// Tells an order that a message about it arrived: the receipt starts the requester's time for
    /// rating (Art. 27(3)) and for supplements (Art. 12(2)), which counted from the sending so far
    ///
    fn tell_order(&self, message: &Message, delivered_at: DateTime<Utc>) -> Result<(), Error> {
        let about = &message.notification.about;
        let starts_time = matches!(
            about,
            Notice::RatingOffered | Notice::InformationNeeded { .. }
        );
        let Subject::Order(order) = &message.subject else {
            return Ok(());
        };
        if !starts_time || message.notification.to != Recipient::Requester {
            return Ok(());
        }
        if !is_awaited(&self.load(order)?, message) {
            tracing::debug!(%order, "a receipt of a message that the order is past changes nothing");
            return Ok(());
        }
        let record = Command::RecordDelivery { delivered_at };
        let options = CommandOptions::default();
        match self.handle(order, &Actor::system(), &options, |_| record) {
            Ok(_) => Ok(()),
            // The order has moved on meanwhile, or has this receipt; it stands with the delivery.
            Err(error) if has_moved_on(&error) => {
                tracing::debug!(%order, "a receipt changes nothing");
                Ok(())
            }
            // The receipt stands with the delivery all the same, but somebody should know.
            Err(Error::Rejected(rejection)) => {
                let code = rejection.code();
                tracing::warn!(%order, code, %rejection, "a receipt was refused by its order");
                Ok(())
            }
            Err(error) => Err(error),
        }
    }

    fn known_delivery(&self, id: DeliveryId) -> Result<(Message, Delivery), Error> {
        self.store.delivery(id)?.ok_or(Error::NoDelivery { id })
    }

    /// Sends one message and keeps what came of it; nothing where its channel has just turned out to
    /// take nothing.
    fn attempt(&self, message: Message, delivery: &Delivery) -> Result<Option<Attempted>, Error> {
        let now = self.now();
        if self.unreachable.at(now).contains(&delivery.channel) {
            return Ok(None);
        }
        let (of, id) = (message.subject.number().to_owned(), delivery.id);
        let attempted = match self.send(message, delivery, now) {
            Ok(None) => Attempted::Failed {
                problem: "the requester's personal data was erased".to_owned(),
            },
            Ok(Some(sent)) => Attempted::Sent {
                at: self.now(),
                channel: sent.channel,
                reference: sent.reference,
            },
            Err(error) => {
                let pause = pause_after(delivery.attempts.saturating_add(1));
                match (error.failure, pause) {
                    (Failure::Permanent, _) | (_, None) => Attempted::Failed {
                        problem: error.problem,
                    },
                    (failure @ (Failure::Temporary | Failure::Unreachable), Some(pause)) => {
                        if failure == Failure::Unreachable {
                            let until = later(self.now(), FIRST_PAUSE);
                            self.unreachable.note(&delivery.channel, until);
                        }
                        Attempted::Again {
                            next_at: later(self.now(), pause),
                            problem: error.problem,
                        }
                    }
                }
            }
        };
        self.store.record_attempt(id, &attempted)?;
        let channel = &delivery.channel;
        match &attempted {
            Attempted::Sent { channel, .. } => tracing::debug!(of, id, channel, "sent"),
            Attempted::Again { problem, .. } => {
                tracing::warn!(of, id, channel, problem, "not sent; tried again later");
            }
            Attempted::Failed { problem } => {
                tracing::error!(of, id, channel, problem, "not sent and given up");
            }
        }
        Ok(Some(attempted))
    }

    /// Sends one message; nothing where its requester's data was erased. Whatever goes wrong about it,
    /// a panic of the sender included, is a failed attempt of this delivery and of no other.
    fn send(
        &self,
        message: Message,
        delivery: &Delivery,
        now: DateTime<Utc>,
    ) -> Result<Option<Sent>, SendError> {
        let temporary = |problem| SendError {
            failure: Failure::Temporary,
            problem,
        };
        let work = || match self.outgoing(message, delivery, now) {
            Ok(Some(outgoing)) => self.notifier.send(&outgoing).map(Some),
            Ok(None) => Ok(None),
            Err(error) => Err(temporary(told(&error.into()))),
        };
        // Nothing that the sender leaves half done is looked at again here.
        panic::catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|_| {
            // What a panic says may hold the message, and stands in the process's own output.
            Err(temporary("the sender panicked; see its output".to_owned()))
        })
    }

    /// A message with what its text may say and where it goes; nothing for a requester whose data was
    /// erased.
    fn outgoing(
        &self,
        message: Message,
        delivery: &Delivery,
        now: DateTime<Utc>,
    ) -> Result<Option<Outgoing>, StoreError> {
        let order = match &message.subject {
            // An order is never deleted, and its messages refer to it.
            Subject::Order(order) => match self.store.load(order)? {
                Some(order) => Some(order),
                None => return Ok(None),
            },
            Subject::Dossier(_) | Subject::Knowledge(_) => None,
        };
        let requester = if message.notification.to == Recipient::Requester {
            let about = &message.notification.about;
            let requester = match &order {
                Some(order) => self.for_requester(order, about, now)?,
                None => None,
            };
            match requester {
                Some(requester) => Some(requester),
                None => return Ok(None),
            }
        } else {
            None
        };
        // Whoever is told something is named in it, rather than who has the order.
        let unit = match &message.notification.to {
            Recipient::Unit(unit) | Recipient::LeaderInCharge(unit) | Recipient::Adviser(unit) => {
                Some(unit)
            }
            Recipient::Requester | Recipient::DistrictOffice(_) | Recipient::Center => {
                let assignment = order.as_ref().and_then(WorkOrder::assignment);
                assignment.map(|assignment| &assignment.unit)
            }
        };
        let unit = unit
            .and_then(|unit| self.directory.unit(unit))
            .map(|unit| unit.name.clone());
        let deadlines = order.iter().flat_map(WorkOrder::open_deadlines);
        Ok(Some(Outgoing {
            delivery: delivery.id,
            channel: delivery.channel.clone(),
            message,
            now,
            order_type: order.as_ref().map(|order| order.order_type),
            unit,
            deadlines: deadlines
                .map(|deadline| (deadline.kind, deadline.due.due_at))
                .collect(),
            requester,
        }))
    }

    /// Where the requester can be reached, and what the staff wrote to them. The access is logged (R75).
    fn for_requester(
        &self,
        order: &WorkOrder,
        about: &Notice,
        now: DateTime<Utc>,
    ) -> Result<Option<ForRequester>, StoreError> {
        let by = Actor::system().name;
        let data = self
            .store
            .personal_data(order.requester, &order.id, &by, now, PURPOSE)?;
        let Some(data) = data else {
            return Ok(None);
        };
        let words = match words_of(about) {
            Some(text) => self.store.texts(&[text])?.pop(),
            None => None,
        };
        Ok(Some(ForRequester {
            phone: data.phone,
            account: data.account,
            words: words.map(|(_, text)| text),
        }))
    }
}

/// Whether an order still waits for what a message asks its requester: the time that runs for it began
/// with this message, not with a later one.
fn is_awaited(order: &WorkOrder, message: &Message) -> bool {
    let running = match (&order.stage, &message.notification.about) {
        (Stage::AwaitingRating { rate_by, .. }, Notice::RatingOffered) => Some(rate_by),
        (Stage::AwaitingInformation { answer_by, .. }, Notice::InformationNeeded { .. }) => {
            answer_by.as_ref()
        }
        (_, _) => None,
    };
    running.is_some_and(|deadline| deadline.trigger_at <= message.at)
}

/// The text in a notice that was written to the requester. Other texts in notices are for the staff.
fn words_of(about: &Notice) -> Option<TextId> {
    if let Notice::InformationNeeded { missing: words }
    | Notice::Extended { reason: words, .. }
    | Notice::Dossier(DossierNotice {
        occasion:
            Occasion::Progress { content: words, .. } | Occasion::FedBack { content: words, .. },
        ..
    }) = about
    {
        Some(*words)
    } else {
        None
    }
}

/// How long to wait after so many failed attempts; nothing when it is given up.
fn pause_after(attempts: u32) -> Option<TimeDelta> {
    if attempts >= ATTEMPTS_MAX {
        return None;
    }
    let factor = 3_i32.checked_pow(attempts.saturating_sub(1));
    let pause = factor.and_then(|factor| FIRST_PAUSE.checked_mul(factor));
    Some(pause.map_or(LONGEST_PAUSE, |pause| pause.min(LONGEST_PAUSE)))
}

/// The instant of a receipt, as far as the clocks of two systems can agree.
fn plausible(
    delivered_at: DateTime<Utc>,
    posted_at: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<DateTime<Utc>, Error> {
    let refused = |problem: String| Error::InvalidInput {
        field: "delivered_at",
        problem,
        way_out: "give the instant at which the message arrived; check the clocks",
    };
    if delivered_at > later(now, SKEW) {
        let now = calendar::instant_text(now);
        return Err(refused(format!("it lies after {now}, which is now")));
    }
    if later(delivered_at, SKEW) < posted_at {
        let posted = calendar::instant_text(posted_at);
        return Err(refused(format!(
            "it lies before {posted}, when the message came about"
        )));
    }
    Ok(delivered_at.min(now).max(posted_at))
}

fn later(instant: DateTime<Utc>, by: TimeDelta) -> DateTime<Utc> {
    instant.checked_add_signed(by).unwrap_or(instant)
}

fn not_permitted(command: &'static str) -> Error {
    Rejection::NotPermitted { command }.into()
}

/// A thread ended by a bug outside the senders; the deliveries it had in hand stay due.
fn worker_panicked() -> Error {
    Error::Store(StoreError::new(
        "send messages",
        "a thread that sends messages panicked",
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_to_a_limit_and_end() {
        let minutes: Vec<Option<i64>> = (1..=10)
            .map(|attempts| pause_after(attempts).map(|pause| pause.num_minutes()))
            .collect();
        let expected = [1, 3, 9, 27, 81, 243, 360, 360, 360].map(Some);
        assert_eq!(minutes[..9], expected);
        assert_eq!(minutes[9], None);
    }

    #[test]
    fn a_receipt_lies_between_the_message_and_now() {
        let at = |text: &str| text.parse::<DateTime<Utc>>().unwrap();
        let (posted, now) = (at("2026-09-16T10:00:00Z"), at("2026-09-16T11:00:00Z"));
        for (given, kept) in [
            ("2026-09-16T10:30:00Z", Some("2026-09-16T10:30:00Z")),
            ("2026-09-16T11:05:00Z", Some("2026-09-16T11:00:00Z")),
            ("2026-09-16T11:05:00.001Z", None),
            ("2026-09-16T09:55:00Z", Some("2026-09-16T10:00:00Z")),
            ("2026-09-16T09:54:59.999Z", None),
        ] {
            let found = plausible(at(given), posted, now).ok();
            assert_eq!(found, kept.map(at), "{given}");
        }
    }
}
