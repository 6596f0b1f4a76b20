//! Messages on their way out, and their receipts.

use engine::ports::{
    Delivery as CoreDelivery, DeliveryState as CoreDeliveryState, Message as CoreMessage,
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::dto::history::{Message, Recipient};
use crate::dto::{Line, Time};

/// How a delivery stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum DeliveryState {
    /// To be sent, or sent again.
    Pending,
    /// The other side has taken it over.
    Sent,
    /// The other side has confirmed that it arrived.
    Delivered,
    /// Given up; an admin can have it tried anew.
    Failed,
}

/// A message's way out by one channel.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Delivery {
    /// Its number; receipts name it.
    pub id: i64,
    /// The channel, by its name in the server's notification file.
    #[schema(example = "sms")]
    pub channel: String,
    /// How it stands.
    pub state: DeliveryState,
    /// So often it was tried.
    pub attempts: u32,
    /// When it is tried next, while it is pending.
    pub next_at: Option<Time>,
    /// Why the last attempt failed, if one did.
    pub problem: Option<String>,
    /// When the other side took it over.
    pub sent_at: Option<Time>,
    /// When it arrived, as the other side says.
    pub delivered_at: Option<Time>,
    /// The other side's own reference.
    pub reference: Option<String>,
}

/// A delivery with what it delivers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct DeliveryLine {
    /// The delivery.
    #[serde(flatten)]
    pub delivery: Delivery,
    /// The message, by its number.
    pub message: i64,
    /// About which order; null where it is about something else.
    pub order: Option<String>,
    /// About which dossier; null where it is about something else.
    pub dossier: Option<String>,
    /// About which entry of the knowledge base; null where it is about something else.
    pub knowledge: Option<String>,
    /// To whom.
    pub to: Recipient,
    /// What about.
    #[schema(example = "dispatched")]
    pub notice: String,
}

/// A page of deliveries, oldest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct DeliveryPage {
    /// The deliveries.
    pub items: Vec<DeliveryLine>,
    /// The last delivery of this page, if there are more: `after` of the next page.
    pub next: Option<String>,
}

/// Which deliveries are listed.
#[derive(Debug, Clone, Copy, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct DeliveryParameters {
    /// How they stand; those that were given up if not given.
    pub state: Option<DeliveryState>,
    /// Where the page begins: `next` of the page before.
    pub after: Option<i64>,
    /// Deliveries on a page, 1 to 200; 50 if not given.
    #[param(minimum = 1, maximum = 200, default = 50)]
    pub limit: Option<u32>,
}

/// That a message arrived.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Receipt {
    /// When.
    pub delivered_at: Time,
    /// The channel system's own reference.
    #[schema(value_type = Option<String>, min_length = 1, max_length = 200)]
    pub reference: Option<Line>,
}

impl From<CoreDeliveryState> for DeliveryState {
    fn from(state: CoreDeliveryState) -> Self {
        match state {
            CoreDeliveryState::Pending => Self::Pending,
            CoreDeliveryState::Sent => Self::Sent,
            CoreDeliveryState::Delivered => Self::Delivered,
            CoreDeliveryState::Failed => Self::Failed,
        }
    }
}

impl From<DeliveryState> for CoreDeliveryState {
    fn from(state: DeliveryState) -> Self {
        match state {
            DeliveryState::Pending => Self::Pending,
            DeliveryState::Sent => Self::Sent,
            DeliveryState::Delivered => Self::Delivered,
            DeliveryState::Failed => Self::Failed,
        }
    }
}

impl From<&CoreDelivery> for Delivery {
    fn from(delivery: &CoreDelivery) -> Self {
        Self {
            id: delivery.id,
            channel: delivery.channel.clone(),
            state: delivery.state.into(),
            attempts: delivery.attempts,
            next_at: delivery.next_at.map(Into::into),
            problem: delivery.problem.clone(),
            sent_at: delivery.sent_at.map(Into::into),
            delivered_at: delivery.delivered_at.map(Into::into),
            reference: delivery.reference.clone(),
        }
    }
}

impl From<&(CoreMessage, CoreDelivery)> for DeliveryLine {
    fn from((message, delivery): &(CoreMessage, CoreDelivery)) -> Self {
        let shown = Message::new(message, &[]);
        Self {
            delivery: delivery.into(),
            message: message.id,
            order: message.subject.order().map(ToString::to_string),
            dossier: message.subject.dossier().map(ToString::to_string),
            knowledge: message.subject.knowledge().map(ToString::to_string),
            to: shown.to,
            notice: shown.notice,
        }
    }
}
