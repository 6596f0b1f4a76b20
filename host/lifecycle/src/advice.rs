//! What plugins advised, as the journal keeps it: who was asked in which order, which image answered,
//! and what it said. The core reads advice as a fact; it never asks for it.

use contract::{escalation, routing};
use serde::{Deserialize, Serialize};

/// Identity of the rule image that was asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RuleImage {
    /// SHA-256 of the image (component with its settings frozen in), in hex: the rule's identity.
    pub image: String,
    /// SHA-256 of the component that the image was baked from, in hex.
    pub component: String,
    /// SHA-256 of the settings as they were given to the component, in hex.
    pub settings: String,
    /// The plugin's own name and version, such as `routing 0.1.0`.
    pub name: String,
    /// Engine that ran it, such as `wasmtime 48.0.8`; fuel is comparable within one engine only.
    pub engine: String,
}

/// Why a rule gave no usable answer. None of them stops an order: the next wider scope is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FailureKind {
    /// The guest trapped: panic, unreachable code, out-of-bounds access.
    Trapped,
    /// The guest used up its fuel, the legal limit of a decision.
    OutOfFuel,
    /// The safety net of wall-clock time ended the guest.
    TimedOut,
    /// The guest asked for more memory or table space than it may have.
    OutOfMemory,
    /// The answer is larger than the host accepts.
    ResultTooLarge,
    /// The answer breaks the contract, for example a score above 1000 or an empty ranking.
    InvalidAnswer,
    /// The host had no free slot in time.
    Overloaded,
    /// It was not asked: it failed too often lately, and rests until it is tried again.
    CircuitOpen,
    /// The function that runs it was not reached, or did not answer as one.
    Unreachable,
    /// The function did not answer by the image that was activated.
    WrongImage,
}

/// How one rule image answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "outcome")]
pub enum Outcome {
    /// It gave a verdict, which ended the search.
    Answered,
    /// It had no opinion.
    NoOpinion,
    /// It refused to answer, with its reason.
    Refused {
        /// The plugin's own words.
        detail: String,
    },
    /// It failed.
    Failed {
        /// In which way.
        kind: FailureKind,
        /// What the host saw, for the plugin's author.
        detail: String,
    },
}

/// One rule image asked for one decision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attempt {
    /// Scope that the rule is active for: `440100`, a district code, or a unit code.
    pub scope: String,
    /// Which image was asked.
    pub rule: RuleImage,
    /// How it answered.
    #[serde(flatten)]
    pub outcome: Outcome,
    /// Fuel that it used, in the engine's units; 0 where a function was asked, which tells none.
    pub fuel: u64,
    /// Wall-clock time that it took, in microseconds; for operators only, nothing depends on it.
    pub duration_us: u64,
    /// Whether it was asked as a canary: as the candidate that serves a share of the orders.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub canary: bool,
    /// Host and port of the function that was asked; none where the image was asked in the host.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub function: Option<String>,
}

/// Advice on one question: everybody who was asked, narrowest scope first, and the verdict of the
/// last one if it gave any.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Advice<V> {
    /// Identifier of the decision, also the seed of the guest's random numbers.
    pub decision: uuid::Uuid,
    /// SHA-256 of the question's canonical bytes, in hex; the store keeps the bytes.
    pub question: String,
    /// Who was asked, in order.
    pub attempts: Vec<Attempt>,
    /// The verdict, or nothing when nobody had one.
    pub verdict: Option<V>,
}

/// Advice on who should handle an order. Candidates only; "no opinion" is the absence of a verdict.
pub type RoutingAdvice = Advice<Vec<routing::Candidate>>;

/// Advice on what to do about an order. An empty list means that nothing need be done.
pub type EscalationAdvice = Advice<Vec<escalation::Proposal>>;
