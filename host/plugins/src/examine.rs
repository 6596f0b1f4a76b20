//! Asks a rule outside any order, for its author: fixtures, recorded questions, one question by hand.
//! The same instance, limits and clock as in a decision; besides the verdict it tells what the call
//! used and what the guest wrote.

use contract::about::Kind;
use contract::types::{CivilDate, Instant};
use contract::{escalation, knowledge, routing};
use engine::ports::DecisionContext;
use lifecycle::advice::{Attempt, Outcome};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use crate::fixtures::Misfit;
use crate::{Rule, Runtime};

/// China Standard Time is this far ahead of UTC.
const CST_OFFSET_MS: i64 = 8 * 3_600_000;

/// A question of the contract, of whichever kind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
#[expect(
    clippy::large_enum_variant,
    reason = "a question is made once and handed on by reference"
)]
pub enum Question {
    /// Which unit should handle this order?
    Routing(routing::Question),
    /// This order needs attention: what now?
    Escalation(escalation::Question),
    /// Is this knowledge point fit to be published?
    Knowledge(knowledge::Point),
}

/// What a call used.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Usage {
    /// Fuel, in the engine's units.
    pub fuel: u64,
    /// Linear memory at the end, in bytes; memory never shrinks, so this is also the most it had.
    pub memory_bytes: usize,
    /// What the guest wrote to its standard output and error, cut to the limit; often empty.
    pub log: String,
}

/// How a rule answered a question outside any order.
#[derive(Debug, Clone)]
pub struct Examined {
    /// As the journal would keep it.
    pub attempt: Attempt,
    /// The verdict in the contract's JSON form, as a function answers it: an object for routing and
    /// escalation, the list of findings for knowledge. `{"refused": …}` and `{"failed": …, "detail": …}`
    /// where there is none.
    pub answer: Value,
    /// What the call used.
    pub usage: Usage,
}

impl Question {
    /// Reads a question in the contract's JSON form.
    ///
    /// # Errors
    ///
    /// Which field is missing, unknown or of the wrong form.
    pub fn from_json(kind: Kind, json: &Value) -> Result<Self, Misfit> {
        match kind {
            Kind::Routing => read(json).map(Self::Routing),
            Kind::Escalation => read(json).map(Self::Escalation),
            Kind::Knowledge => read(json).map(Self::Knowledge),
        }
    }

    /// Which question it is.
    #[must_use]
    pub const fn kind(&self) -> Kind {
        match self {
            Self::Routing(_) => Kind::Routing,
            Self::Escalation(_) => Kind::Escalation,
            Self::Knowledge(_) => Kind::Knowledge,
        }
    }

    /// A decision about this question: the guest's clock stands at the question's own instant, and its
    /// random numbers follow from the question, so that asking again gives the same bytes.
    fn context(&self) -> DecisionContext {
        let now = match self {
            Self::Routing(question) => question.registered_at,
            Self::Escalation(question) => question.now,
            Self::Knowledge(point) => midnight(point.today),
        };
        // A question that cannot be written does not arise from JSON; it would share one seed.
        let bytes = serde_json::to_vec(self).unwrap_or_default();
        let seed: [u8; 32] = Sha256::digest(&bytes).into();
        let (half, _) = seed.split_at(16);
        let id = half
            .iter()
            .fold(0_u128, |id, &byte| (id << 8) | u128::from(byte));
        DecisionContext {
            id: Uuid::from_u128(id),
            now,
            key: String::new(),
            scopes: Vec::new(),
        }
    }
}

/// Deserializes with the path of what is wrong.
pub(crate) fn read<T: DeserializeOwned>(json: &Value) -> Result<T, Misfit> {
    serde_path_to_error::deserialize(json).map_err(|error| Misfit {
        field: error.path().to_string(),
        detail: error.inner().to_string(),
    })
}

/// The instant at which a day begins in the city; a day that does not exist gives the epoch.
fn midnight(day: CivilDate) -> Instant {
    let unix_ms = day
        .to_naive()
        .and_then(|day| day.and_hms_opt(0, 0, 0))
        .map_or(0, |local| {
            local.and_utc().timestamp_millis() - CST_OFFSET_MS
        });
    Instant { unix_ms }
}

impl Runtime {
    /// Asks one rule, active or not, and tells everything about the call. A rule of another kind than
    /// the question's has no opinion.
    #[must_use]
    pub fn examine(&self, scope: &str, rule: &Rule, question: &Question) -> Examined {
        self.examine_as(scope, rule, &question.context(), question)
    }

    /// [`Self::examine`] as a certain decision: with its identifier and instant, the answer to its
    /// question is the same, byte for byte. It takes a slot of the background, so that no order waits.
    #[must_use]
    pub fn examine_as(
        &self,
        scope: &str,
        rule: &Rule,
        context: &DecisionContext,
        question: &Question,
    ) -> Examined {
        let mut usage = Usage::default();
        let (attempt, verdict) = match question {
            Question::Routing(question) => {
                let (attempt, verdict) = self.ask_aside(scope, rule, context, question, &mut usage);
                let verdict = verdict.map_or(routing::Verdict::NoOpinion, routing::Verdict::Ranked);
                (attempt, serde_json::to_value(verdict))
            }
            Question::Escalation(question) => {
                let (attempt, verdict) = self.ask_aside(scope, rule, context, question, &mut usage);
                let verdict = match verdict {
                    None => escalation::Verdict::NoOpinion,
                    Some(list) if list.is_empty() => escalation::Verdict::Nothing,
                    Some(list) => escalation::Verdict::Actions(list),
                };
                (attempt, serde_json::to_value(verdict))
            }
            Question::Knowledge(point) => {
                let (attempt, findings) = self.ask_aside(scope, rule, context, point, &mut usage);
                (attempt, serde_json::to_value(findings.unwrap_or_default()))
            }
        };
        let answer = match &attempt.outcome {
            Outcome::Answered | Outcome::NoOpinion => verdict.unwrap_or_default(),
            Outcome::Refused { detail } => json!({ "refused": detail }),
            Outcome::Failed { kind, detail } => json!({ "failed": kind, "detail": detail }),
        };
        Examined {
            attempt,
            answer,
            usage,
        }
    }
}
