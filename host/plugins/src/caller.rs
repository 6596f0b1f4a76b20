//! Calls a rule: a slot, a fresh instance, the call, and the judgement of what came back. The instance
//! is dropped afterwards, so that nothing of one order reaches the next.

use std::sync::Arc;
use std::time::{Duration, Instant};

use contract::about::Kind;
use contract::{escalation, knowledge, routing};
use engine::ports::DecisionContext;
use lifecycle::advice::{Attempt, FailureKind, Outcome};
use serde::Serialize;
use serde::de::DeserializeOwned;
use wasmtime::Store;
use wasmtime::component::Instance;

use crate::answer::{Failure, check_findings, check_proposals, check_ranking, shorten};
use crate::bindings;
use crate::breaker::{Breaker, Verdict};
use crate::examine::{Question, Usage};
use crate::gate::{Full, Gate};
use crate::guest::{Guest, seed_of};
use crate::machine::{Machine, ticks};
use crate::rule::{Exports, Rule};
use crate::{Error, Limits};

/// How long work in the background waits for a slot; nobody waits for it.
const BACKGROUND_WAIT: Duration = Duration::from_secs(60);

/// Where the time of circuit breakers comes from.
pub(crate) type Clock = Arc<dyn Fn() -> Instant + Send + Sync>;

/// What all calls share.
pub(crate) struct Caller {
    pub(crate) machine: Machine,
    pub(crate) limits: Limits,
    pub(crate) background: Gate,
    deadline: u64,
    gate: Gate,
    clock: Clock,
}

/// On whose behalf a rule is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Lane {
    /// An order waits for it: a slot of its scope's share, and the rule's circuit breaker.
    Decision,
    /// The same without the circuit breaker: somebody asks for this very rule.
    Direct,
    /// Nobody waits for it: a slot that decisions never use.
    Background,
}

/// One call.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Call<'a> {
    pub(crate) lane: Lane,
    pub(crate) scope: &'a str,
    pub(crate) rule: &'a Rule,
    pub(crate) context: &'a DecisionContext,
}

/// A guest's reply before it is judged: the contract's answer, or the plugin's refusal.
type Reply<A> = wasmtime::Result<Result<A, bindings::types::Refusal>>;

/// What came of a call: a verdict or no opinion, a refusal in the plugin's words, or a failure.
pub(crate) type Judged<V> = Result<Result<Option<V>, String>, Failure>;

/// A question of the contract: how a rule is asked, and what is an answer.
pub(crate) trait Ask: Serialize {
    /// What a rule may answer.
    type Verdict: Serialize;
    /// What a plugin says, in the contract's JSON form.
    type Said: DeserializeOwned;
    /// Which rules answer it.
    const KIND: Kind;

    /// Asks one rule. A rule of another kind has no opinion.
    fn ask(
        &self,
        caller: &Caller,
        call: Call<'_>,
        usage: &mut Usage,
    ) -> (Attempt, Option<Self::Verdict>);

    /// Whether what a plugin said is an answer, and if so the verdict; none where it has no opinion.
    fn judge(&self, said: Self::Said) -> Result<Option<Self::Verdict>, Failure>;

    /// The question as a value, for asking it later.
    fn to_question(&self) -> Question;
}

impl Ask for routing::Question {
    type Verdict = Vec<routing::Candidate>;
    type Said = routing::Verdict;
    const KIND: Kind = Kind::Routing;

    fn ask(
        &self,
        caller: &Caller,
        call: Call<'_>,
        usage: &mut Usage,
    ) -> (Attempt, Option<Self::Verdict>) {
        let put = |store: &mut Store<Guest>, instance: &Instance| {
            let Exports::Routing(functions) = &call.rule.functions else {
                return Ok(Ok(bindings::routing::Verdict::NoOpinion));
            };
            let question = self.clone().into();
            functions
                .load(&mut *store, instance)?
                .call_route(store, &question)
        };
        caller.attempt(call, usage, put, |verdict| self.judge(verdict.into()))
    }

    fn judge(&self, said: Self::Said) -> Result<Option<Self::Verdict>, Failure> {
        match said {
            routing::Verdict::Ranked(candidates) => {
                check_ranking(&candidates, &self.excluded_units)?;
                Ok(Some(candidates))
            }
            routing::Verdict::NoOpinion => Ok(None),
        }
    }

    fn to_question(&self) -> Question {
        Question::Routing(self.clone())
    }
}

impl Ask for escalation::Question {
    type Verdict = Vec<escalation::Proposal>;
    type Said = escalation::Verdict;
    const KIND: Kind = Kind::Escalation;

    fn ask(
        &self,
        caller: &Caller,
        call: Call<'_>,
        usage: &mut Usage,
    ) -> (Attempt, Option<Self::Verdict>) {
        let put = |store: &mut Store<Guest>, instance: &Instance| {
            let Exports::Escalation(functions) = &call.rule.functions else {
                return Ok(Ok(bindings::escalation::Verdict::NoOpinion));
            };
            let question = self.clone().into();
            functions
                .load(&mut *store, instance)?
                .call_escalate(store, &question)
        };
        caller.attempt(call, usage, put, |verdict| self.judge(verdict.into()))
    }

    fn judge(&self, said: Self::Said) -> Result<Option<Self::Verdict>, Failure> {
        match said {
            escalation::Verdict::Actions(proposals) => {
                check_proposals(&proposals)?;
                Ok(Some(proposals))
            }
            escalation::Verdict::Nothing => Ok(Some(Vec::new())),
            escalation::Verdict::NoOpinion => Ok(None),
        }
    }

    fn to_question(&self) -> Question {
        Question::Escalation(self.clone())
    }
}

impl Ask for knowledge::Point {
    type Verdict = Vec<knowledge::Finding>;
    type Said = Vec<knowledge::Finding>;
    const KIND: Kind = Kind::Knowledge;

    fn ask(
        &self,
        caller: &Caller,
        call: Call<'_>,
        usage: &mut Usage,
    ) -> (Attempt, Option<Self::Verdict>) {
        let put = |store: &mut Store<Guest>, instance: &Instance| {
            let Exports::Knowledge(functions) = &call.rule.functions else {
                return Ok(Ok(Vec::new()));
            };
            let point = self.clone().into();
            functions
                .load(&mut *store, instance)?
                .call_check(store, &point)
        };
        caller.attempt(call, usage, put, |findings| {
            self.judge(findings.into_iter().map(Into::into).collect())
        })
    }

    fn judge(&self, findings: Self::Said) -> Result<Option<Self::Verdict>, Failure> {
        check_findings(&findings)?;
        Ok(Some(findings))
    }

    fn to_question(&self) -> Question {
        Question::Knowledge(self.clone())
    }
}

impl Caller {
    pub(crate) fn new(limits: &Limits, clock: Clock) -> Result<Self, Error> {
        Ok(Self {
            machine: Machine::for_decisions(limits)?,
            deadline: ticks(limits.wall_clock),
            gate: Gate::new(limits.concurrent, limits.queue, limits.wait),
            background: Gate::new(limits.background, usize::MAX, BACKGROUND_WAIT),
            limits: limits.clone(),
            clock,
        })
    }

    /// The instant of circuit breakers.
    pub(crate) fn now(&self) -> Instant {
        (self.clock)()
    }

    /// One rule asked once.
    fn attempt<A, V>(
        &self,
        call: Call<'_>,
        usage: &mut Usage,
        put: impl FnOnce(&mut Store<Guest>, &Instance) -> Reply<A>,
        judge: impl FnOnce(A) -> Result<Option<V>, Failure>,
    ) -> (Attempt, Option<V>) {
        let Call {
            lane: _,
            scope,
            rule,
            context: _,
        } = call;
        let span = tracing::debug_span!(
            "plugins.decide",
            scope,
            kind = rule.kind().name(),
            image = rule.short(),
            fuel = tracing::field::Empty
        );
        let _entered = span.enter();
        let begun = Instant::now();
        let judged = self.admit(call, || match self.run(call, put, usage)? {
            Ok(answer) => judge(answer).map(Ok),
            Err(
                bindings::types::Refusal::Unsupported(detail)
                | bindings::types::Refusal::Internal(detail),
            ) => Ok(Err(shorten(&detail))),
        });
        span.record("fuel", usage.fuel);
        told(call, begun, usage.fuel, None, judged)
    }

    /// Lets a call in as its lane demands.
    fn admit<T>(
        &self,
        call: Call<'_>,
        run: impl FnOnce() -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        let Call {
            lane,
            scope,
            rule,
            context: _,
        } = call;
        match lane {
            Lane::Background => {
                let _slot = self.background.enter(scope).map_err(full)?;
                run()
            }
            Lane::Direct => {
                let _slot = self.gate.enter(scope).map_err(full)?;
                run()
            }
            Lane::Decision => self.guarded(&self.gate, &rule.breaker, scope, run),
        }
    }

    /// Lets a call in by a slot of its scope's share and a circuit breaker, and tells the breaker what came
    /// of it.
    pub(crate) fn guarded<T>(
        &self,
        gate: &Gate,
        breaker: &Breaker,
        scope: &str,
        run: impl FnOnce() -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        // Looked at before, so that nobody waits for a slot in vain, and again after, because it may have
        // opened meanwhile.
        if let Some(left) = breaker.rests((self.clock)()) {
            return Err(resting(left));
        }
        let _slot = gate.enter(scope).map_err(full)?;
        let pass = breaker.enter((self.clock)()).map_err(resting)?;
        let result = run();
        let verdict = match &result {
            Ok(_) => Verdict::Good,
            Err(failure) => Verdict::of(failure.kind),
        };
        pass.done(verdict, (self.clock)());
        result
    }

    /// The call itself. The instance and its store are gone when this returns, also after a trap.
    fn run<A>(
        &self,
        call: Call<'_>,
        put: impl FnOnce(&mut Store<Guest>, &Instance) -> Reply<A>,
        usage: &mut Usage,
    ) -> Result<Result<A, bindings::types::Refusal>, Failure> {
        let Call {
            lane: _,
            scope: _,
            rule,
            context,
        } = call;
        if !wasmtime::Engine::same(rule.pre.engine(), &self.machine.engine) {
            let detail = "the rule was loaded by another runtime";
            return Err(Failure::new(FailureKind::Trapped, detail));
        }
        let failed = |error: wasmtime::Error| Failure::of(&error);
        let mut store = self
            .store(seed_of(context.id), context.now)
            .map_err(failed)?;
        let reply = rule
            .pre
            .instantiate(&mut store)
            .and_then(|instance| put(&mut store, &instance));
        usage.fuel = self
            .limits
            .fuel
            .saturating_sub(store.get_fuel().unwrap_or(0));
        usage.memory_bytes = store.data().memory_bytes();
        if let Some((text, dropped)) = store.data_mut().take_log() {
            tracing::debug!(dropped, text, "the guest wrote to its log");
            usage.log = text;
        }
        reply.map_err(failed)
    }

    /// A fresh store with a decision's limits.
    pub(crate) fn store(
        &self,
        seed: [u8; 32],
        now: contract::types::Instant,
    ) -> wasmtime::Result<Store<Guest>> {
        let mut store = Store::new(&self.machine.engine, Guest::new(now, seed, &self.limits));
        Guest::limit(&mut store, &self.limits, self.limits.fuel)?;
        store.set_epoch_deadline(self.deadline);
        Ok(store)
    }
}

/// What the journal keeps of a call that began then. `function` is the host of the function that was
/// asked in the image's place, if one was.
pub(crate) fn told<V>(
    call: Call<'_>,
    begun: Instant,
    fuel: u64,
    function: Option<String>,
    judged: Judged<V>,
) -> (Attempt, Option<V>) {
    let Call { scope, rule, .. } = call;
    let (outcome, verdict) = match judged {
        Ok(Ok(Some(verdict))) => (Outcome::Answered, Some(verdict)),
        Ok(Ok(None)) => (Outcome::NoOpinion, None),
        Ok(Err(detail)) => (Outcome::Refused { detail }, None),
        Err(Failure { kind, detail }) => {
            if kind == FailureKind::CircuitOpen {
                tracing::debug!(scope, image = rule.short(), detail, "a rule rests");
            } else {
                let image = rule.short();
                tracing::warn!(scope, image, function, ?kind, detail, "a rule failed");
            }
            (Outcome::Failed { kind, detail }, None)
        }
    };
    let attempt = Attempt {
        scope: scope.to_owned(),
        rule: rule.identity.clone(),
        outcome,
        fuel,
        duration_us: u64::try_from(begun.elapsed().as_micros()).unwrap_or(u64::MAX),
        canary: false,
        function,
    };
    (attempt, verdict)
}

fn full(full: Full) -> Failure {
    Failure::new(FailureKind::Overloaded, &full.to_string())
}

/// An attempt that was not made.
fn resting(left: Duration) -> Failure {
    let detail = if left.is_zero() {
        "it failed too often lately, and another decision is trying it just now".to_owned()
    } else {
        let ms = left.as_millis();
        format!("it failed too often lately, and is tried again in {ms} ms")
    };
    Failure::new(FailureKind::CircuitOpen, &detail)
}
