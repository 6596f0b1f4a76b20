//! Trying a rule on decisions of the past before it is activated: what would have been advised
//! otherwise, to whom, at what cost. Nothing changes by it; the orders keep what they were advised.

mod page;
mod report;
mod tally;

use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use contract::about::Kind;
use engine::ports::{CITY, DecisionContext, StoredAdvice, StoredDecision};
use lifecycle::advice::Outcome;
use serde_json::Value;

pub use report::{Class, Distribution, Group, Move, Sample, TrialReport};

use crate::examine::Question;
use crate::table::Table;
use crate::{Error, Rule, Runtime};
use tally::{Tally, Tried};

/// Decisions that a thread takes at a time.
const BATCH: usize = 32;

/// A trial of one rule in one scope.
pub struct Trial<'a> {
    /// Runs the rule, in slots that no order waits for, and has the rules of the wider scopes.
    pub runtime: &'a Runtime,
    /// The rule that is tried.
    pub candidate: &'a Arc<Rule>,
    /// The scope that it would be active in.
    pub scope: &'a str,
    /// Threads that ask it.
    pub threads: usize,
    /// Most samples of each kind of difference that the report shows.
    pub samples_max: usize,
}

/// Why a trial ended before its report.
#[derive(Debug, thiserror::Error)]
pub enum TrialError<E> {
    /// The decisions could not be read.
    #[error(transparent)]
    Decisions(E),
    /// A thread that asked the rule ended.
    #[error(transparent)]
    Runtime(Error),
}

impl Trial<'_> {
    /// Asks the rule what it would have advised in each decision, and compares. `progress` hears how
    /// many decisions have been looked at, now and then. Memory does not grow with their number.
    ///
    /// # Errors
    ///
    /// The decisions cannot be read, or a thread failed.
    pub fn run<E: Send>(
        &self,
        decisions: impl Iterator<Item = Result<StoredDecision, E>> + Send,
        progress: &(dyn Fn(u64) + Sync),
    ) -> Result<TrialReport, TrialError<E>> {
        let table = self.runtime.table();
        let source = Mutex::new((decisions.fuse(), 0_u64));
        let work = || -> Result<Tally, E> {
            let mut tally = Tally::new(self.samples_max);
            loop {
                let mut batch = Vec::with_capacity(BATCH);
                let seen = {
                    let mut source = source.lock().unwrap_or_else(PoisonError::into_inner);
                    for decision in source.0.by_ref().take(BATCH) {
                        batch.push(decision?);
                    }
                    source.1 = source
                        .1
                        .saturating_add(u64::try_from(batch.len()).unwrap_or(u64::MAX));
                    source.1
                };
                if batch.is_empty() {
                    return Ok(tally);
                }
                for decision in &batch {
                    tally.add(decision, self.tried(decision, &table));
                }
                progress(seen);
            }
        };
        let threads = self.threads.max(1);
        let tallies: Vec<Result<Tally, TrialError<E>>> = thread::scope(|scope| {
            let running: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
            running
                .into_iter()
                .map(|thread| match thread.join() {
                    Ok(tally) => tally.map_err(TrialError::Decisions),
                    Err(_) => Err(TrialError::Runtime(Error::Panicked { what: "trial" })),
                })
                .collect()
        });
        let mut sum = Tally::new(self.samples_max);
        for tally in tallies {
            sum.merge(tally?);
        }
        Ok(sum.report(self.candidate, self.scope))
    }

    /// What the decision would have been.
    fn tried(&self, decision: &StoredDecision, table: &Table) -> Tried {
        let kind = decision.advice.kind();
        if kind != self.candidate.kind() {
            return Tried::OutOfReach;
        }
        let scopes = scopes(decision);
        let Some(position) = scopes.iter().position(|scope| *scope == self.scope) else {
            return Tried::OutOfReach;
        };
        // A narrower scope has answered, and would again.
        let (narrower, from_here) = scopes.split_at(position);
        let answered = decision
            .advice
            .attempts()
            .iter()
            .find(|it| it.outcome == Outcome::Answered);
        if answered.is_some_and(|it| narrower.contains(&it.scope.as_str())) {
            return Tried::OutOfReach;
        }
        let question = decision.question.as_ref().and_then(|bytes| {
            let json: Value = serde_json::from_slice(bytes).ok()?;
            Question::from_json(kind, &json).ok()
        });
        let Some(question) = question else {
            return Tried::NoQuestion;
        };
        let context = context(decision);
        let own = self
            .runtime
            .examine_as(self.scope, self.candidate, &context, &question);
        let (outcome, fuel, duration_us) = (
            own.attempt.outcome.clone(),
            own.attempt.fuel,
            own.attempt.duration_us,
        );
        let after = if outcome == Outcome::Answered {
            Some(own.answer)
        } else {
            self.wider(from_here, &context, &question, table)
        };
        Tried::Asked {
            outcome,
            fuel,
            duration_us,
            // Only findings are by attempt, and no trial asks for them.
            before: given(&decision.advice, 0),
            after,
        }
    }

    /// What the scopes beyond this one advise, as they are now.
    fn wider(
        &self,
        scopes: &[&str],
        context: &DecisionContext,
        question: &Question,
        table: &Table,
    ) -> Option<Value> {
        scopes.iter().skip(1).find_map(|scope| {
            let rule = table.get(question.kind(), scope)?.rule.as_ref()?;
            let examined = self.runtime.examine_as(scope, rule, context, question);
            (examined.attempt.outcome == Outcome::Answered).then_some(examined.answer)
        })
    }
}

/// Whom the decision asked, narrowest first.
fn scopes(decision: &StoredDecision) -> Vec<&str> {
    let district = decision.district.as_ref().map(|district| district.as_str());
    district
        .filter(|code| *code != CITY)
        .into_iter()
        .chain([CITY])
        .collect()
}

/// The decision as its guest saw it.
pub(crate) fn context(decision: &StoredDecision) -> DecisionContext {
    DecisionContext {
        id: decision.advice.decision(),
        now: decision.at.into(),
        key: decision.subject.number().to_owned(),
        scopes: Vec::new(),
    }
}

/// The verdict of a decision in the contract's JSON form, as [`Runtime::examine_as`] gives it.
/// Of a knowledge point, what the attempt at this place found.
pub(crate) fn given(advice: &StoredAdvice, place: usize) -> Option<Value> {
    use contract::{escalation, routing};
    match advice {
        StoredAdvice::Routing(advice) => {
            let list = advice.verdict.clone()?;
            serde_json::to_value(routing::Verdict::Ranked(list)).ok()
        }
        StoredAdvice::Escalation(advice) => {
            let list = advice.verdict.clone()?;
            let verdict = if list.is_empty() {
                escalation::Verdict::Nothing
            } else {
                escalation::Verdict::Actions(list)
            };
            serde_json::to_value(verdict).ok()
        }
        StoredAdvice::Knowledge(advice) => {
            let findings = advice.verdict.as_ref()?.get(place)?;
            serde_json::to_value(findings).ok()
        }
    }
}

/// What a verdict means, without scores and reasons: the units in their order, or the actions.
pub(crate) fn gist(kind: Kind, verdict: &Value) -> Vec<String> {
    let (list, field) = match kind {
        Kind::Routing => ("candidates", "unit"),
        Kind::Escalation => ("proposals", "action"),
        Kind::Knowledge => return vec![verdict.to_string()],
    };
    let items = verdict.get(list).and_then(Value::as_array);
    items
        .into_iter()
        .flatten()
        .filter_map(|item| item.get(field))
        .map(|value| match value {
            Value::String(text) => text.clone(),
            Value::Null
            | Value::Bool(_)
            | Value::Number(_)
            | Value::Array(_)
            | Value::Object(_) => value.to_string(),
        })
        .collect()
}
