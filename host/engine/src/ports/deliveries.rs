//! Keeping deliveries: which message is on which way out, and what became of it. Rows are made together
//! with their message (see [`Posting`]) and worked off by `Engine::deliver_due`.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::ports::{EffectId, Message, StoreError, Subject};

/// Position of a delivery.
pub type DeliveryId = i64;

/// A message with the channels by which it goes out from its box.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Posting {
    /// The message.
    pub message: Message,
    /// The channels, each once; none where the message stays in its box.
    pub channels: Vec<String>,
}

/// How a delivery stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeliveryState {
    /// To be sent, or sent again.
    Pending,
    /// The other side has taken it over.
    Sent,
    /// The other side has confirmed that it arrived.
    Delivered,
    /// Given up; a person can have it tried anew.
    Failed,
}

/// A message on its way out by one channel.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Delivery {
    /// Its position; unique.
    pub id: DeliveryId,
    /// The message.
    pub message: EffectId,
    /// The channel, by its name in the configuration.
    pub channel: String,
    /// How it stands.
    pub state: DeliveryState,
    /// So often it was tried.
    pub attempts: u32,
    /// When it is tried next, while it is pending.
    pub next_at: Option<DateTime<Utc>>,
    /// Why the last attempt failed, if one did.
    pub problem: Option<String>,
    /// When the other side took it over.
    pub sent_at: Option<DateTime<Utc>>,
    /// When it arrived, as the other side says.
    pub delivered_at: Option<DateTime<Utc>>,
    /// The other side's own reference.
    pub reference: Option<String>,
}

/// What came of an attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Attempted {
    /// The other side took it over.
    Sent {
        /// When.
        at: DateTime<Utc>,
        /// By which channel it went.
        channel: String,
        /// The other side's own reference, if it gave one.
        reference: Option<String>,
    },
    /// It did not, and it is tried again.
    Again {
        /// When.
        next_at: DateTime<Utc>,
        /// Why it failed.
        problem: String,
    },
    /// It did not, and it is given up.
    Failed {
        /// Why.
        problem: String,
    },
}

/// The part of the store that keeps deliveries. Every method blocks until its outcome is durable.
pub trait DeliveryStore: Send + Sync {
    /// Pending deliveries whose instant has come, earliest first, at most `limit`; none by the
    /// channels in `except`.
    ///
    /// # Errors
    /// When the store itself fails; so everywhere below.
    fn due_deliveries(
        &self,
        now: DateTime<Utc>,
        except: &[String],
        limit: u32,
    ) -> Result<Vec<(Message, Delivery)>, StoreError>;

    /// Counts an attempt and keeps what came of it. Changes nothing but the count where the delivery
    /// is not pending any more, because its receipt was faster.
    fn record_attempt(&self, id: DeliveryId, attempted: &Attempted) -> Result<(), StoreError>;

    /// Keeps that a message arrived. Changes nothing where that is known already.
    fn confirm_delivery(
        &self,
        id: DeliveryId,
        delivered_at: DateTime<Utc>,
        reference: Option<&str>,
    ) -> Result<(), StoreError>;

    /// Has a delivery that was given up tried anew, counted from none. Gives whether it was given up.
    fn retry_delivery(&self, id: DeliveryId, at: DateTime<Utc>) -> Result<bool, StoreError>;

    /// A delivery with its message.
    fn delivery(&self, id: DeliveryId) -> Result<Option<(Message, Delivery)>, StoreError>;

    /// Deliveries of the messages about an order or a dossier, oldest first.
    fn deliveries_of(&self, subject: &Subject) -> Result<Vec<Delivery>, StoreError>;

    /// Deliveries in a state with their messages, oldest first, after the given one, at most `limit`.
    fn deliveries_in(
        &self,
        state: DeliveryState,
        after: Option<DeliveryId>,
        limit: u32,
    ) -> Result<Vec<(Message, Delivery)>, StoreError>;
}
