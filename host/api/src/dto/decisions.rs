//! What rules advised: which image was asked, what it said, and why.

use contract::{escalation, routing};
use engine::DecisionView;
use lifecycle::advice::{self, Advice, Outcome};
use lifecycle::event::RoutingConsequence;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::dto::{FailureKind, QueueReason, Time};

/// What rules advised at one point of the history.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case", tag = "decision")]
pub enum Decision {
    /// Which unit should handle the order.
    Routing {
        /// Position in the history.
        seq: u64,
        /// When.
        at: Time,
        /// Who was asked, and what came of it.
        #[serde(flatten)]
        advice: RoutingDecision,
        /// What the core made of it.
        consequence: Consequence,
    },
    /// What to do about an order that needs attention.
    Escalation {
        /// Position in the history.
        seq: u64,
        /// When.
        at: Time,
        /// Who was asked, and what came of it.
        #[serde(flatten)]
        advice: EscalationDecision,
    },
}

/// Routing advice with everybody who was asked.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct RoutingDecision {
    /// Identifier of the decision; seeds the rule's random numbers.
    pub id: Uuid,
    /// Digest of the question; `/api/v1/questions/{digest}` has it.
    pub question: String,
    /// Candidates, best first; null when nobody had an opinion.
    pub verdict: Option<Vec<Candidate>>,
    /// Everybody who was asked, narrowest scope first; the last one gave the verdict, if there is one.
    pub attempts: Vec<Attempt>,
}

/// Escalation advice with everybody who was asked.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct EscalationDecision {
    /// Identifier of the decision; seeds the rule's random numbers.
    pub id: Uuid,
    /// Digest of the question; `/api/v1/questions/{digest}` has it.
    pub question: String,
    /// Proposals in order; an empty list means that nothing need be done, null that nobody had an
    /// opinion.
    pub verdict: Option<Vec<Proposal>>,
    /// Everybody who was asked, narrowest scope first; the last one gave the verdict, if there is one.
    pub attempts: Vec<Attempt>,
}

/// A unit that could handle the order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Candidate {
    /// Code of the unit.
    #[schema(example = "GZ-CGJ")]
    pub unit: String,
    /// How well it fits, 0 to 1000.
    pub score_permille: u16,
    /// Why, for clerks.
    pub reason: String,
}

/// What a rule proposes.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Proposal {
    /// What to do: a word such as `supervise`, or an object such as `{"notify": "leader_in_charge"}`.
    #[schema(value_type = Value)]
    pub action: Value,
    /// Why, for clerks.
    pub reason: String,
}

/// What the core made of routing advice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum Consequence {
    /// Clear enough to dispatch without a person.
    Dispatch {
        /// To this unit.
        unit: String,
    },
    /// A person decides.
    PersonQueue {
        /// Why.
        reason: QueueReason,
    },
}

/// One rule image that was asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Attempt {
    /// Scope that the rule is active for: `440100`, a district's or a unit's code.
    #[schema(example = "440106")]
    pub scope: String,
    /// Which image was asked.
    pub rule: RuleImage,
    /// How it answered: `answered`, `no_opinion`, `refused` or `failed`.
    pub outcome: &'static str,
    /// In which way it failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failure: Option<FailureKind>,
    /// What it said when it refused, or what the host saw when it failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// Fuel that it used, in the engine's units; 0 where a function was asked.
    pub fuel: u64,
    /// Wall-clock time that it took, in microseconds.
    pub duration_us: u64,
    /// Whether it was asked as a canary.
    pub canary: bool,
    /// Where it was asked: `embedded` in the host, or `function`.
    #[schema(example = "embedded")]
    pub placement: &'static str,
    /// Host and port of the function that was asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "tianhe.example.org")]
    pub function: Option<String>,
}

/// Identity of a rule image.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct RuleImage {
    /// SHA-256 of the image, in hex: the rule's identity.
    pub image: String,
    /// SHA-256 of the component that it was baked from, in hex.
    pub component: String,
    /// SHA-256 of the settings frozen into it, in hex.
    pub settings: String,
    /// The plugin's own name and version.
    #[schema(example = "routing 0.1.0")]
    pub name: String,
    /// Engine that ran it.
    #[schema(example = "wasmtime 48.0.8")]
    pub engine: String,
}

impl From<&DecisionView> for Decision {
    fn from(view: &DecisionView) -> Self {
        match view {
            DecisionView::Routing {
                seq,
                at,
                advice,
                consequence,
            } => Self::Routing {
                seq: *seq,
                at: (*at).into(),
                advice: advice.into(),
                consequence: match consequence {
                    RoutingConsequence::Dispatch { unit } => Consequence::Dispatch {
                        unit: unit.to_string(),
                    },
                    RoutingConsequence::PersonQueue { reason } => Consequence::PersonQueue {
                        reason: (*reason).into(),
                    },
                },
            },
            DecisionView::Escalation { seq, at, advice } => Self::Escalation {
                seq: *seq,
                at: (*at).into(),
                advice: advice.into(),
            },
        }
    }
}

impl From<&Advice<Vec<routing::Candidate>>> for RoutingDecision {
    fn from(advice: &Advice<Vec<routing::Candidate>>) -> Self {
        let candidate = |candidate: &routing::Candidate| Candidate {
            unit: candidate.unit.clone(),
            score_permille: candidate.score_permille,
            reason: candidate.reason.clone(),
        };
        Self {
            id: advice.decision,
            question: advice.question.clone(),
            verdict: advice
                .verdict
                .as_ref()
                .map(|all| all.iter().map(candidate).collect()),
            attempts: advice.attempts.iter().map(Into::into).collect(),
        }
    }
}

impl From<&Advice<Vec<escalation::Proposal>>> for EscalationDecision {
    fn from(advice: &Advice<Vec<escalation::Proposal>>) -> Self {
        let proposal = |proposal: &escalation::Proposal| Proposal {
            action: serde_json::to_value(proposal.action).unwrap_or_default(),
            reason: proposal.reason.clone(),
        };
        Self {
            id: advice.decision,
            question: advice.question.clone(),
            verdict: advice
                .verdict
                .as_ref()
                .map(|all| all.iter().map(proposal).collect()),
            attempts: advice.attempts.iter().map(Into::into).collect(),
        }
    }
}

impl From<&advice::Attempt> for Attempt {
    fn from(attempt: &advice::Attempt) -> Self {
        let (outcome, failure, detail) = match &attempt.outcome {
            Outcome::Answered => ("answered", None, None),
            Outcome::NoOpinion => ("no_opinion", None, None),
            Outcome::Refused { detail } => ("refused", None, Some(detail.clone())),
            Outcome::Failed { kind, detail } => {
                ("failed", Some((*kind).into()), Some(detail.clone()))
            }
        };
        Self {
            scope: attempt.scope.clone(),
            rule: RuleImage::from(&attempt.rule),
            outcome,
            failure,
            detail,
            fuel: attempt.fuel,
            duration_us: attempt.duration_us,
            canary: attempt.canary,
            placement: match attempt.function {
                None => "embedded",
                Some(_) => "function",
            },
            function: attempt.function.clone(),
        }
    }
}

impl From<&advice::RuleImage> for RuleImage {
    fn from(rule: &advice::RuleImage) -> Self {
        Self {
            image: rule.image.clone(),
            component: rule.component.clone(),
            settings: rule.settings.clone(),
            name: rule.name.clone(),
            engine: rule.engine.clone(),
        }
    }
}
