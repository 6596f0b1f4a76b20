//! Telling people outside: what is to be told, and what became of it. How it travels (mail, webhook) is
//! the adapter's business.

use std::fmt;

use chrono::{DateTime, Utc};
use contract::types::OrderType;
use lifecycle::deadline::DeadlineKind;
use lifecycle::effect::Recipient;

use crate::ports::{DeliveryId, Message};

/// Sends messages to people and systems outside.
pub trait Notifier: Send + Sync {
    /// The channels by which this recipient is told, each once. Nothing for somebody who has no address
    /// here: the message stays in its box.
    ///
    /// A requester has one channel at most, the one that is tried first; which one it becomes is known
    /// only when the contact data are read, on sending.
    fn channels(&self, to: &Recipient) -> Vec<String>;

    /// Sends one message. Blocks until the other side has answered or time is out. Sending the same
    /// again under the same [`Outgoing::message`] and channel must look like a repetition to the
    /// other side.
    ///
    /// # Errors
    /// [`SendError`], which says whether trying again can help.
    fn send(&self, outgoing: &Outgoing) -> Result<Sent, SendError>;
}

/// Sends nothing: everything stays in the message box.
#[derive(Debug, Clone, Copy, Default)]
pub struct BoxOnly;

impl Notifier for BoxOnly {
    fn channels(&self, _: &Recipient) -> Vec<String> {
        Vec::new()
    }

    fn send(&self, outgoing: &Outgoing) -> Result<Sent, SendError> {
        Err(SendError {
            failure: Failure::Permanent,
            problem: format!("no channel `{}` is configured", outgoing.channel),
        })
    }
}

/// A message on its way out, with everything that a text about it may say.
#[derive(Debug, Clone)]
pub struct Outgoing {
    /// The delivery that this is an attempt of.
    pub delivery: DeliveryId,
    /// By which channel.
    pub channel: String,
    /// The message.
    pub message: Message,
    /// The present instant, by the engine's clock.
    pub now: DateTime<Utc>,
    /// Type of the order's matter; none where the message is about a dossier.
    pub order_type: Option<OrderType>,
    /// Name of the unit that is told, or whose leader is; else of the one that has, or had last, the
    /// order. A message about a dossier to anybody else has none.
    pub unit: Option<String>,
    /// The deadlines of the order that run now, with their due instants.
    pub deadlines: Vec<(DeadlineKind, DateTime<Utc>)>,
    /// What a message to the requester needs beside all that; nothing in a message to anybody else.
    pub requester: Option<ForRequester>,
}

/// What only a message to the requester gets. Personal: not shown by `Debug`.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct ForRequester {
    /// Telephone number.
    pub phone: Option<String>,
    /// Account at the channel that the request came by.
    pub account: Option<String>,
    /// What the staff wrote to the requester, such as what is missing, or why it takes longer.
    pub words: Option<String>,
}

impl fmt::Debug for ForRequester {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ForRequester(…)")
    }
}

/// What the other side has taken over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sent {
    /// The channel that it went by.
    pub channel: String,
    /// The other side's own reference, if it gave one.
    pub reference: Option<String>,
}

/// Why a message could not be sent.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{problem}")]
pub struct SendError {
    /// Whether trying again can help.
    pub failure: Failure,
    /// What went wrong, for whoever runs Kapok; without anybody's number or words.
    pub problem: String,
}

/// Whether trying again can help.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Failure {
    /// This message will never be taken.
    Permanent,
    /// This message may be taken later.
    Temporary,
    /// The channel as a whole takes nothing now, so nothing else is tried by it for a while.
    Unreachable,
}
