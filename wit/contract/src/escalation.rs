//! This order needs attention: what now? (`interface escalation`)

use serde::{Deserialize, Serialize};

use crate::types::{Instant, OrderType, Rating};

/// What made the host ask.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Trigger {
    /// The deadline comes near; how many working days are left, 0 on the last one.
    DueSoon(u16),
    /// The deadline has passed; how many working days ago, 0 on the first one.
    Overdue(u16),
    /// Returned by units this many times so far.
    Returned(u16),
    /// Rated dissatisfied or very dissatisfied.
    RatedBadly(Rating),
    /// One of this many open orders about the same thing.
    OneOfMany(u32),
}

/// An order that needs attention, without personal data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Question {
    /// What made the host ask.
    pub trigger: Trigger,
    /// What kind of matter it is.
    pub order_type: OrderType,
    /// Six-digit district code, where known.
    #[serde(default)]
    pub district: Option<String>,
    /// Street or town, such as `员村街道`, where known.
    #[serde(default)]
    pub street: Option<String>,
    /// Category of the matter, where known.
    #[serde(default)]
    pub category: Option<String>,
    /// The handling unit that has the order now, if any.
    #[serde(default)]
    pub unit: Option<String>,
    /// The instant at which the question is asked.
    pub now: Instant,
    /// When the order was registered.
    pub registered_at: Instant,
    /// When the handling period in force ends, if a unit has the order.
    #[serde(default)]
    pub due_at: Option<Instant>,
    /// How often the period was extended (Art. 19).
    #[serde(default)]
    pub extension_count: u16,
    /// How often the order was returned (Art. 17).
    #[serde(default)]
    pub return_count: u16,
    /// Whether the order is under supervision already (Art. 25).
    #[serde(default)]
    pub supervised: bool,
    /// How urgent it is already.
    #[serde(default)]
    pub priority: Priority,
}

/// Whom to notify.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Audience {
    /// The handling unit's own staff.
    HandlingUnit,
    /// The unit's leader in charge (分管领导, Art. 7).
    LeaderInCharge,
    /// The district's hotline office (Art. 5).
    DistrictOffice,
    /// The hotline centre.
    HotlineCenter,
}

/// How urgent an order is.
#[derive(
    Debug, Default, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum Priority {
    /// As usual.
    #[default]
    Normal,
    /// Before ordinary ones.
    High,
    /// First of all.
    Urgent,
}

/// What the plugin proposes. The host decides what the law allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// Tell somebody.
    Notify(Audience),
    /// Put the order under supervision (督办, Art. 25).
    Supervise,
    /// Raise the priority.
    RaisePriority(Priority),
    /// Open hard-case coordination (Art. 18).
    OpenCoordination,
    /// List as a long-term matter (Art. 26).
    ListLongTerm,
}

/// A proposed action with its reason.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Proposal {
    /// What to do.
    pub action: Action,
    /// Why, in words that a clerk understands.
    pub reason: String,
}

/// The advice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "verdict", content = "proposals")]
pub enum Verdict {
    /// What to do, in this order; never empty.
    Actions(Vec<Proposal>),
    /// Nothing need be done. The wider scopes are not asked.
    Nothing,
    /// Nothing to say; the next wider scope is asked.
    NoOpinion,
}
