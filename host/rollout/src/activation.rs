//! An activation: one image proposed for one scope and kind, and what became of it.

use chrono::{DateTime, Utc};
use contract::about::Kind;
use lifecycle::ids::Actor;
use serde::{Deserialize, Serialize};

use crate::{Digest, Place};

/// The whole, in thousandths.
pub const PERMILLE: u16 = 1000;

/// How an image takes part.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "mode")]
pub enum Mode {
    /// It answers.
    Active,
    /// It is asked beside the active one, without effect.
    Shadow,
    /// It answers for a stable share of the orders, by the hash of their number.
    Canary {
        /// The share, in thousandths: 1 to 1000.
        share_permille: u16,
        /// When it ends by itself.
        limits: Limits,
    },
}

impl Mode {
    /// Whether the image is a candidate beside the active one.
    #[must_use]
    pub const fn is_candidate(&self) -> bool {
        match self {
            Self::Active => false,
            Self::Shadow | Self::Canary { .. } => true,
        }
    }

    /// Whether an order may be decided by it.
    #[must_use]
    pub const fn has_effect(&self) -> bool {
        match self {
            Self::Active | Self::Canary { .. } => true,
            Self::Shadow => false,
        }
    }
}

/// When a canary ends by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Limits {
    /// Most failures, in thousandths of its decisions.
    pub failures_permille_max: u16,
    /// Most decisions that differ from the active image's, in thousandths.
    pub divergence_permille_max: u16,
    /// So many decisions are waited for before either counts; at least 1.
    pub decisions_min: u32,
}

/// Where an activation comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "origin")]
pub enum Origin {
    /// A person proposed it.
    Person,
    /// The list of rules that the installation brings; proposed by the system.
    List,
    /// A return to what an earlier activation had.
    Rollback {
        /// That activation.
        of: u64,
    },
}

/// What trying an image on stored decisions showed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TryResult {
    /// Decisions that were replayed.
    pub decisions: u64,
    /// Of them would have changed, in thousandths, rounded up.
    pub changed_permille: u16,
    /// In so many it failed, whatever a wider scope then answered; in thousandths, rounded up.
    pub failed_permille: u16,
    /// It was tried on decisions from this instant on; on all, if none.
    pub since: Option<DateTime<Utc>>,
    /// And before this one; on all up to the trial, if none.
    pub until: Option<DateTime<Utc>>,
    /// When it was tried.
    pub at: DateTime<Utc>,
}

/// Whether a second person must agree, and did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "approval")]
pub enum Approval {
    /// Nobody need agree.
    NotNeeded,
    /// Another admin must agree.
    Awaited,
    /// Another admin agreed.
    Given {
        /// Who.
        by: Actor,
        /// When.
        at: DateTime<Utc>,
    },
}

/// When an activation became certain: proposed where nobody need agree, else approved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settled {
    /// The event that did it; of two activations for one instant, the one settled later holds.
    pub seq: u64,
    /// When.
    pub at: DateTime<Utc>,
}

/// Taken back before it took effect.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Withdrawal {
    /// When.
    pub at: DateTime<Utc>,
    /// By whom.
    pub by: Actor,
    /// Why.
    pub reason: String,
}

/// The end of a candidate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ended {
    /// When.
    pub at: DateTime<Utc>,
    /// By whom; the system where a limit was passed.
    pub by: Actor,
    /// Why.
    pub why: CandidateEnd,
}

/// Why a candidate ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "why")]
pub enum CandidateEnd {
    /// It failed more often than its limit allows.
    Failures {
        /// Decisions that it was asked for.
        decisions: u64,
        /// Of them it failed.
        failed: u64,
    },
    /// It differed from the active image more often than its limit allows.
    Divergence {
        /// Decisions that could be compared.
        decisions: u64,
        /// Of them it differed.
        diverged: u64,
    },
    /// A person ended it.
    Person {
        /// Why.
        note: String,
    },
}

/// What activating in a scope takes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Policy {
    /// A second admin must approve what has an effect.
    pub approval: bool,
    /// What has an effect must have been tried, and shown no more than this.
    pub trial: Option<TrialPolicy>,
}

/// What a trial must show. Its span is the policy's and nobody's choice: who could choose it could choose
/// an hour in which nothing happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TrialPolicy {
    /// At most this share of the decisions may change, in thousandths.
    pub changed_permille_max: u16,
    /// It may fail in at most this share of them, in thousandths.
    pub failed_permille_max: u16,
    /// It must have been tried on at least all decisions of so many times 24 hours before the trial, and
    /// so long does the trial count.
    pub days: u16,
}

impl TrialPolicy {
    const fn is_loosened_by(self, other: Self) -> bool {
        other.changed_permille_max > self.changed_permille_max
            || other.failed_permille_max > self.failed_permille_max
            || other.days < self.days
    }
}

impl Policy {
    /// Whether something that this policy asks for is not asked for by another, or less strictly.
    #[must_use]
    pub const fn is_loosened_by(&self, other: &Self) -> bool {
        let try_loosened = match (self.trial, other.trial) {
            (None, _) => false,
            (Some(_), None) => true,
            (Some(before), Some(after)) => before.is_loosened_by(after),
        };
        (self.approval && !other.approval) || try_loosened
    }
}

/// One image proposed for one scope and kind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Activation {
    /// Position in the log of the event that proposed it.
    pub id: u64,
    /// `440100`, a district's or a unit's code.
    pub scope: String,
    /// Which question it answers.
    pub kind: Kind,
    /// The image; none where the scope is to have no rule, so that the next wider one answers.
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
    /// From when; it takes effect later where its approval came later.
    pub from: DateTime<Utc>,
    /// Why.
    pub note: String,
    /// Who proposed it.
    pub by: Actor,
    /// When it was proposed.
    pub proposed_at: DateTime<Utc>,
    /// Where it comes from.
    #[serde(flatten)]
    pub origin: Origin,
    /// What trying it showed last, before it was proposed.
    pub tried: Option<TryResult>,
    /// Whether a second person must agree, and did.
    pub approval: Approval,
    /// When it became certain.
    pub settled: Option<Settled>,
    /// Taken back before it took effect.
    pub withdrawn: Option<Withdrawal>,
    /// Its end, if it was a candidate and was ended.
    pub ended: Option<Ended>,
}

impl Activation {
    /// When it takes or took effect: at its instant, or with its approval where that came later.
    /// Nothing where it waits for approval or was withdrawn.
    #[must_use]
    pub fn effective_from(&self) -> Option<DateTime<Utc>> {
        match (self.settled, &self.withdrawn) {
            (Some(settled), None) => Some(self.from.max(settled.at)),
            (None, _) | (_, Some(_)) => None,
        }
    }

    /// Orders the activations of one scope and kind: the greatest one that is not in the future holds.
    pub(crate) fn rank(&self) -> Option<(DateTime<Utc>, u64)> {
        let seq = self.settled?.seq;
        self.effective_from().map(|from| (from, seq))
    }

    /// Whether it is neither settled nor withdrawn.
    #[must_use]
    pub const fn awaits_approval(&self) -> bool {
        self.settled.is_none() && self.withdrawn.is_none()
    }
}

/// How an activation stands at an instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// It waits for a second person.
    AwaitingApproval,
    /// Its instant has not come.
    Scheduled,
    /// It answers, or is the candidate.
    InEffect,
    /// Another one took its place.
    Superseded,
    /// It was a candidate, and was ended.
    Ended,
    /// It was taken back before it took effect.
    Withdrawn,
}

impl Standing {
    /// Its name, as in JSON.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::AwaitingApproval => "awaiting_approval",
            Self::Scheduled => "scheduled",
            Self::InEffect => "in_effect",
            Self::Superseded => "superseded",
            Self::Ended => "ended",
            Self::Withdrawn => "withdrawn",
        }
    }
}
