//! What the rollout log keeps. Events that were written are read for ever: fields are only added.

use chrono::{DateTime, Utc};
use contract::about::Kind;
use lifecycle::advice::RuleImage;
use lifecycle::ids::Actor;
use serde::{Deserialize, Serialize};

use crate::{CandidateEnd, Digest, Mode, Origin, Place, Policy, TryResult};

/// An event with its position.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recorded {
    /// Position in the log, from 1 without gaps.
    pub seq: u64,
    /// When; never before the event before.
    pub at: DateTime<Utc>,
    /// By whom.
    pub by: Actor,
    /// What.
    #[serde(flatten)]
    pub event: Event,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "event", content = "data")]
pub enum Event {
    /// An image passed its checks and is kept.
    Pushed(PushedImage),
    /// An image was tried on stored decisions.
    Tried {
        /// The image.
        image: Digest,
        /// For which scope.
        scope: String,
        /// For which question.
        kind: Kind,
        /// What it showed.
        result: TryResult,
    },
    /// An activation was proposed; the event's position is its id.
    Proposed(Proposed),
    /// A second person agreed.
    Approved {
        /// The activation, or the policy.
        id: u64,
    },
    /// It was taken back before it took effect.
    Withdrawn {
        /// The activation, or the policy.
        id: u64,
        /// Why.
        reason: String,
    },
    /// A candidate ended.
    CandidateEnded {
        /// Its activation.
        activation: u64,
        /// Why.
        #[serde(flatten)]
        why: CandidateEnd,
    },
    /// What activating in a scope takes.
    PolicySet {
        /// In which scope.
        scope: String,
        /// For which question; none for all that have no policy of their own.
        kind: Option<Kind>,
        /// What it takes.
        policy: Policy,
        /// Whether it holds only when a second person agrees.
        needs_approval: bool,
        /// Why.
        note: String,
    },
}

/// An image, as the log knows it; the store keeps the rest under its digest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PushedImage {
    /// Its identity.
    pub rule: RuleImage,
    /// Which question it answers.
    pub kind: Kind,
    /// Bytes of the image.
    pub size: u64,
    /// Where it came from: a file's name or an address, as told.
    pub source: String,
    /// SHA-256 of the record that the store keeps with it.
    pub record: Digest,
}

/// What was proposed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proposed {
    /// `440100`, a district's or a unit's code.
    pub scope: String,
    /// Which question.
    pub kind: Kind,
    /// The image; none where the scope is to have no rule.
    pub image: Option<Digest>,
    /// How it takes part.
    #[serde(flatten)]
    pub mode: Mode,
    /// Where it is asked.
    #[serde(
        default,
        rename = "placement",
        skip_serializing_if = "Place::is_embedded"
    )]
    pub place: Place,
    /// From when.
    pub from: DateTime<Utc>,
    /// Why.
    pub note: String,
    /// Where it comes from.
    #[serde(flatten)]
    pub origin: Origin,
    /// What trying it showed last.
    pub tried: Option<TryResult>,
    /// Whether it takes effect only when a second person agrees.
    pub needs_approval: bool,
}

impl Event {
    /// Its name, as in JSON.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Pushed(_) => "pushed",
            Self::Tried { .. } => "tried",
            Self::Proposed(_) => "proposed",
            Self::Approved { .. } => "approved",
            Self::Withdrawn { .. } => "withdrawn",
            Self::CandidateEnded { .. } => "candidate_ended",
            Self::PolicySet { .. } => "policy_set",
        }
    }
}
