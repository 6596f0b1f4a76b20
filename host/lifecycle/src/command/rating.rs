//! What ratings, call-backs and what follows from them carry (Art. 27–30).

use chrono::{DateTime, Utc};
use contract::types::Rating;
use serde::{Deserialize, Serialize};

use crate::command::Evidence;
use crate::ids::TextId;

/// The rating channel as it was offered (R56).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RatingOffer {
    /// When it was sent.
    pub sent_at: DateTime<Utc>,
    /// When its delivery was confirmed, if it was; else the sending counts as receipt.
    pub delivered_at: Option<DateTime<Utc>>,
}

/// What the requester chose (R57).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RatingChoice {
    /// One of the five options.
    Option(Rating),
    /// Something else; invalid, kept for the record.
    Other(TextId),
}

/// How the requester rates the way in which the hotline took the request (R55). Same five options.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServiceRating {
    /// All in all.
    pub overall: Rating,
    /// Attitude 服务态度.
    pub attitude: Option<Rating>,
    /// Wording 服务用语规范.
    pub wording: Option<Rating>,
    /// Whether the demand was understood 正确理解诉求.
    pub understanding: Option<Rating>,
    /// Competence of the answers 专业性和准确性.
    pub competence: Option<Rating>,
}

/// A call-back (R58).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FollowUp {
    /// When it took place; not in the future.
    pub contacted_at: DateTime<Utc>,
    /// How.
    pub method: FollowUpMethod,
    /// Why the requester is dissatisfied, as he or she said.
    pub reasons: TextId,
    /// Which option the requester would choose now. It is kept; whether it changes the rating, the rule
    /// set says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rating: Option<Rating>,
    /// Record of the contact.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub evidence: Option<Evidence>,
}

/// How a dissatisfied requester is called back (Art. 28).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FollowUpMethod {
    /// By telephone.
    Phone,
    /// By short message.
    Sms,
    /// By internet.
    Internet,
}

/// Why a dissatisfied requester's order is not handled again, by law (R60).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Exclusion {
    /// Which of the six.
    pub ground: ExclusionGround,
    /// What proves it.
    pub proof: Evidence,
}

/// The six grounds of Art. 29(3). The dissatisfaction must come from them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ExclusionGround {
    /// Dealt with under Art. 11(2)(2)–(5) of the Measures (29(3)(1)).
    StatutoryDisposition,
    /// The requester was unreachable or refused at the unit (29(3)(2)).
    RequesterUnavailable,
    /// A suggestion was not adopted (29(3)(3)).
    SuggestionNotAdopted,
    /// The matter was mediated, or mediation was terminated (29(3)(4)).
    Mediated,
    /// Natural disaster or force majeure (29(3)(5)).
    ForceMajeure,
    /// A repeat of what was lawfully finished, explained and stated in writing (29(3)(6)).
    Repeat,
}
