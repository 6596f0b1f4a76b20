//! Repeating a decision of the journal: the same question to the same images under the same clock and
//! seed must give the same bytes.

use engine::ports::StoredDecision;
use lifecycle::advice::{Attempt, FailureKind, Outcome};
use serde::Serialize;
use serde_json::Value;

use crate::examine::Question;
use crate::trial::{context, given};
use crate::{ENGINE, Error, Image, Runtime};

/// What came of a repetition.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Replay {
    /// The decision.
    pub decision: uuid::Uuid,
    /// Number of the order, or of the knowledge point.
    pub order: String,
    /// Whether everything that can be repeated came out the same.
    pub same: bool,
    /// So many attempts could be repeated; where none could, nothing is proven.
    pub compared: usize,
    /// Each image that was asked.
    pub attempts: Vec<ReplayedAttempt>,
}

/// One image asked again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ReplayedAttempt {
    /// Scope that it was active for.
    pub scope: String,
    /// SHA-256 of the image, in hex.
    pub image: String,
    /// How it compares.
    pub result: Repeated,
    /// What the journal has: the outcome, and the fuel.
    pub then: Told,
    /// What it came to now.
    pub now: Option<Told>,
}

/// An answer with its cost.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Told {
    /// How it answered.
    #[serde(flatten)]
    pub outcome: Outcome,
    /// The verdict, where it gave one.
    pub verdict: Option<Value>,
    /// Fuel that it used.
    pub fuel: u64,
    /// Engine that ran it.
    pub engine: String,
}

/// How a repeated attempt compares.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Repeated {
    /// The same outcome and the same bytes; on the same engine, the same fuel too.
    Same,
    /// Something else. This must not happen.
    Different,
    /// It ended for a reason of the host then (no slot, wall clock, circuit breaker), or of the function that
    /// was asked, which is no matter of the image.
    HostsOwn,
    /// It ran out of fuel on one engine and not on another, which count differently.
    OtherEngine,
}

/// Why a decision cannot be repeated.
#[derive(Debug, thiserror::Error)]
pub enum ReplayError<E: std::error::Error + 'static> {
    /// An image cannot be read.
    #[error(transparent)]
    Image(E),
    /// Its question is not kept any more, or cannot be read.
    #[error("decision {decision}: its question is not kept; without it nothing can be asked again")]
    NoQuestion {
        /// The decision.
        decision: uuid::Uuid,
    },
    /// An image is not in the registry.
    #[error("image {image}: it is not in the registry; push the file again that it came from")]
    NoImage {
        /// SHA-256 of the image, in hex.
        image: String,
    },
    /// An image does not load.
    #[error(transparent)]
    Runtime(Error),
}

/// Repeats a decision. `image` gives the bytes of an image by its SHA-256 in hex.
///
/// # Errors
///
/// The question or an image is not there, or an image does not load.
pub fn replay<E: std::error::Error + 'static>(
    runtime: &Runtime,
    decision: &StoredDecision,
    image: impl Fn(&str) -> Result<Option<Image>, E>,
) -> Result<Replay, ReplayError<E>> {
    let id = decision.advice.decision();
    let kind = decision.advice.kind();
    let question = decision.question.as_ref().and_then(|bytes| {
        let json: Value = serde_json::from_slice(bytes).ok()?;
        Question::from_json(kind, &json).ok()
    });
    let question = question.ok_or(ReplayError::NoQuestion { decision: id })?;
    let context = context(decision);
    let mut attempts = Vec::new();
    for (place, then) in decision.advice.attempts().iter().enumerate() {
        let verdict = (then.outcome == Outcome::Answered)
            .then(|| given(&decision.advice, place))
            .flatten();
        let told = Told {
            outcome: then.outcome.clone(),
            verdict,
            fuel: then.fuel,
            engine: then.rule.engine.clone(),
        };
        let now = if is_hosts_own(then) {
            None
        } else {
            let digest = &then.rule.image;
            let rule = match runtime.warm(digest) {
                Some(rule) => rule,
                None => {
                    let found = image(digest).map_err(ReplayError::Image)?;
                    let found = found.ok_or_else(|| ReplayError::NoImage {
                        image: digest.clone(),
                    })?;
                    runtime.load(&found).map_err(ReplayError::Runtime)?
                }
            };
            let examined = runtime.examine_as(&then.scope, &rule, &context, &question);
            let answered = examined.attempt.outcome == Outcome::Answered;
            Some(Told {
                outcome: examined.attempt.outcome,
                verdict: answered.then_some(examined.answer),
                fuel: examined.attempt.fuel,
                engine: ENGINE.to_owned(),
            })
        };
        attempts.push(ReplayedAttempt {
            scope: then.scope.clone(),
            image: then.rule.image.clone(),
            result: compare(then, &told, now.as_ref()),
            then: told,
            now,
        });
    }
    Ok(Replay {
        decision: id,
        order: decision.subject.number().to_owned(),
        same: attempts.iter().all(|it| it.result != Repeated::Different),
        compared: attempts
            .iter()
            .filter(|it| matches!(it.result, Repeated::Same | Repeated::Different))
            .count(),
        attempts,
    })
}

fn compare(then: &Attempt, told: &Told, now: Option<&Told>) -> Repeated {
    let Some(now) = now else {
        return Repeated::HostsOwn;
    };
    let same_engine = told.engine == now.engine;
    let out_of_fuel = |outcome: &Outcome| {
        matches!(
            outcome,
            Outcome::Failed {
                kind: FailureKind::OutOfFuel,
                ..
            }
        )
    };
    let same = is_same(&then.outcome, &now.outcome)
        && bytes(told.verdict.as_ref()) == bytes(now.verdict.as_ref())
        // A function tells no fuel.
        && (!same_engine || then.function.is_some() || told.fuel == now.fuel);
    if same {
        Repeated::Same
    } else if !same_engine && (out_of_fuel(&then.outcome) || out_of_fuel(&now.outcome)) {
        Repeated::OtherEngine
    } else {
        Repeated::Different
    }
}

/// A verdict as the journal has it.
fn bytes(verdict: Option<&Value>) -> Option<String> {
    verdict.map(Value::to_string)
}

/// A failure is the same by its kind: its detail names addresses of compiled code.
fn is_same(then: &Outcome, now: &Outcome) -> bool {
    match (then, now) {
        (Outcome::Failed { kind: then, .. }, Outcome::Failed { kind: now, .. }) => then == now,
        (then, now) => then == now,
    }
}

const fn is_hosts_own(then: &Attempt) -> bool {
    match &then.outcome {
        // Another machine, other limits, and a network in between.
        Outcome::Failed { .. } if then.function.is_some() => true,
        Outcome::Failed { kind, .. } => match kind {
            FailureKind::TimedOut
            | FailureKind::Overloaded
            | FailureKind::CircuitOpen
            | FailureKind::Unreachable
            | FailureKind::WrongImage => true,
            FailureKind::Trapped
            | FailureKind::OutOfFuel
            | FailureKind::OutOfMemory
            | FailureKind::ResultTooLarge
            | FailureKind::InvalidAnswer => false,
        },
        Outcome::Answered | Outcome::NoOpinion | Outcome::Refused { .. } => false,
    }
}
