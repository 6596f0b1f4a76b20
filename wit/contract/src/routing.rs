//! Which unit should handle this order? (`interface routing`)

use serde::{Deserialize, Serialize};

use crate::types::{Channel, Instant, OrderType};

/// An order to be routed, without personal data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Question {
    /// What kind of matter it is.
    pub order_type: OrderType,
    /// How it came in.
    pub channel: Channel,
    /// Six-digit district code, such as `440106`, where known.
    #[serde(default)]
    pub district: Option<String>,
    /// Street or town, such as `员村街道`, where known.
    #[serde(default)]
    pub street: Option<String>,
    /// Category of the matter from the centre's tree, where known.
    #[serde(default)]
    pub category: Option<String>,
    /// Subject line, masked.
    #[serde(default)]
    pub subject: String,
    /// What the requester said, masked.
    pub text: String,
    /// When the order was registered (Art. 11).
    pub registered_at: Instant,
    /// Units that already returned this order and may not be proposed again (Art. 17).
    #[serde(default)]
    pub excluded_units: Vec<String>,
}

/// A unit that could handle the order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Candidate {
    /// Code of the handling unit, such as `GZ-SCJG`.
    pub unit: String,
    /// How well it fits, 0 to 1000.
    pub score_permille: u16,
    /// Why, in words that a clerk understands.
    pub reason: String,
}

/// The advice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "verdict", content = "candidates")]
pub enum Verdict {
    /// At least one candidate, best first, each unit once.
    Ranked(Vec<Candidate>),
    /// Nothing to say about the order; the next wider scope is asked.
    NoOpinion,
}
