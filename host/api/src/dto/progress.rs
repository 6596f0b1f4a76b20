//! How an order stands, for its requester (Art. 9(3), R10).

use engine::IdentityClaim;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::dto::requests::NewIdentity;
use crate::dto::{CloseCode, OrderType, Time};

/// A requester's question how the order stands.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ProgressQuery {
    /// Who asks.
    pub from: NewIdentity,
}

impl ProgressQuery {
    pub(crate) fn claim(&self) -> IdentityClaim {
        self.from.claim()
    }
}

/// How an order stands, for its requester: what he or she may know, and nobody else's data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Progress {
    /// Number of the order.
    #[schema(example = "20261124-K7Q2M4X9PA")]
    pub id: String,
    /// Type of the matter.
    pub order_type: OrderType,
    /// Stage by name, as of an order.
    #[schema(example = "in_handling")]
    pub stage: &'static str,
    /// When it was registered, or came in, as long as something is missing.
    pub registered_at: Time,
    /// The unit that has it, or had it last; null while it waits for its next one.
    pub unit: Option<String>,
    /// When that unit received it.
    pub dispatched_at: Option<Time>,
    /// By when that unit must have handled it (Art. 14); null once it has.
    pub due_at: Option<Time>,
    /// Whether a holiday notice that is not out yet may move that.
    pub provisional: bool,
    /// How often that unit extended its period (Art. 19).
    pub extensions: usize,
    /// Until when the requester may supply what is missing, or rate (Art. 12(2), 27(3)).
    pub answer_by: Option<Time>,
    /// When the requester was told the result, or answered at once.
    pub replied_at: Option<Time>,
    /// What the requester was told, with names, numbers and door-level addresses masked.
    pub reply: Option<String>,
    /// When it ended, if it did.
    pub closed_at: Option<Time>,
    /// How it ended.
    pub close_code: Option<CloseCode>,
}

impl From<engine::Progress> for Progress {
    fn from(it: engine::Progress) -> Self {
        Self {
            id: it.order.to_string(),
            order_type: it.order_type.into(),
            stage: it.stage,
            registered_at: it.registered_at.into(),
            unit: it.unit.map(|unit| unit.to_string()),
            dispatched_at: it.dispatched_at.map(Into::into),
            due_at: it.due_at.map(Into::into),
            provisional: it.provisional,
            extensions: it.extensions,
            answer_by: it.answer_by.map(Into::into),
            replied_at: it.replied_at.map(Into::into),
            reply: it.reply,
            closed_at: it.closed.map(|(_, at)| at.into()),
            close_code: it.closed.map(|(code, _)| code.into()),
        }
    }
}
