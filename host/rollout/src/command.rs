//! What can be asked of the rollout log.

use chrono::{DateTime, Utc};
use contract::about::Kind;

use crate::{CandidateEnd, Digest, Mode, Place, Policy, PushedImage, TryResult};

/// A command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// An image passed its checks and is kept.
    Push(PushedImage),
    /// An image was tried on stored decisions. Given by whoever ran the trial, never by its reader.
    RecordTry {
        /// The image.
        image: Digest,
        /// For which scope.
        scope: String,
        /// For which question.
        kind: Kind,
        /// What it showed.
        result: TryResult,
    },
    /// Have an image answer, or run beside, from an instant on.
    Propose(Proposal),
    /// Agree, as a second person.
    Approve {
        /// The activation, or the policy, by the position of its event.
        id: u64,
    },
    /// Take back what has not taken effect.
    Withdraw {
        /// The activation, or the policy, by the position of its event.
        id: u64,
        /// Why.
        reason: String,
    },
    /// Return to what an earlier activation had, at once.
    Rollback {
        /// In which scope.
        scope: String,
        /// For which question.
        kind: Kind,
        /// The earlier activation; what answered before the present one, if none.
        to: Option<u64>,
        /// Why.
        note: String,
    },
    /// End a candidate.
    EndCandidate {
        /// Its activation.
        activation: u64,
        /// Why.
        why: CandidateEnd,
    },
    /// Say what activating in a scope takes.
    SetPolicy {
        /// In which scope.
        scope: String,
        /// For which question; none for all that have no policy of their own.
        kind: Option<Kind>,
        /// What it takes.
        policy: Policy,
        /// Why.
        note: String,
    },
}

/// What is proposed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proposal {
    /// `440100`, a district's or a unit's code.
    pub scope: String,
    /// Which question.
    pub kind: Kind,
    /// The image; none where the scope is to have no rule.
    pub image: Option<Digest>,
    /// How it takes part.
    pub mode: Mode,
    /// Where it is asked; a candidate only in the host.
    pub place: Place,
    /// From when; none for at once.
    pub from: Option<DateTime<Utc>>,
    /// Why.
    pub note: String,
}
