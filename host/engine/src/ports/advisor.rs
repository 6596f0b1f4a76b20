//! Asking rule plugins.

use contract::{about, escalation, knowledge, routing, types::Instant};
use lifecycle::advice::{Attempt, EscalationAdvice, RoutingAdvice, RuleImage};
use uuid::Uuid;

/// The city's scope, the widest one.
pub const CITY: &str = "440100";

/// What every decision carries besides its question.
#[derive(Debug, Clone)]
pub struct DecisionContext {
    /// Identifier of the decision; seeds the guest's random numbers.
    pub id: Uuid,
    /// The order's own instant; the guest's clock stands at it.
    pub now: Instant,
    /// Number of the order that the decision is about. By its hash, a canary serves the same orders
    /// every time.
    pub key: String,
    /// Whom to ask, narrowest scope first, such as `["440106", "440100"]`.
    pub scopes: Vec<String>,
}

/// A rule that is active now.
#[derive(Debug, Clone)]
pub struct ActiveRule {
    /// Its scope.
    pub scope: String,
    /// Its question.
    pub kind: about::Kind,
    /// Identity of its image.
    pub rule: RuleImage,
    /// What the plugin says about itself.
    pub summary: String,
}

/// Asks the rule plugins. Never fails: a failure of a plugin is part of the advice.
pub trait Advisor: Send + Sync {
    /// Which unit should handle this order?
    fn route(&self, context: &DecisionContext, question: &routing::Question) -> RoutingAdvice;

    /// This order needs attention: what now?
    fn escalate(
        &self,
        context: &DecisionContext,
        question: &escalation::Question,
    ) -> EscalationAdvice;

    /// Is this knowledge point fit to be published? Every scope is asked, each check in it, and all
    /// findings count.
    fn check(
        &self,
        context: &DecisionContext,
        point: &knowledge::Point,
    ) -> Vec<(Attempt, Vec<knowledge::Finding>)>;

    /// The rules that are active now, for display.
    fn active(&self) -> Vec<ActiveRule>;
}
