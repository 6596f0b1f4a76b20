//! The runtime: loads images, keeps the active rules, and asks them. Every decision runs in a fresh
//! instance that is dropped afterwards, so that nothing of one order reaches the next.

use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use contract::about::Kind;
use contract::{escalation, knowledge, routing};
use engine::ports::{ActiveRule, Advisor, DecisionContext};
use lifecycle::advice::{Advice, Attempt, EscalationAdvice, FailureKind, Outcome, RoutingAdvice};
use serde::Serialize;
use wasmtime::Store;
use wasmtime::component::Instance;

use crate::answer::{Failure, check_findings, check_proposals, check_ranking, shorten};
use crate::bake::fit;
use crate::bindings;
use crate::cache::{Cache, Origin, compile};
use crate::check::check;
use crate::gate::Gate;
use crate::guest::{Guest, seed_of};
use crate::image::{Image, digest};
use crate::machine::{Machine, ticks};
use crate::registry::{Functions, Registry, Rule, Rules};
use crate::{Error, Limits, Refused};

/// Runs rules. One for a process: all rules share its engine and its limits.
pub struct Runtime {
    machine: Machine,
    limits: Limits,
    deadline: u64,
    gate: Gate,
    cache: Option<Cache>,
    registry: Registry,
}

/// A guest's reply before it is judged: the contract's answer, or the plugin's refusal.
type Reply<A> = wasmtime::Result<Result<A, bindings::types::Refusal>>;

impl Runtime {
    /// A runtime without rules. With a cache folder, images that were compiled before start at once.
    ///
    /// # Errors
    ///
    /// The engine does not start, or the cache folder cannot be used.
    pub fn new(limits: &Limits, cache: Option<&Path>) -> Result<Self, Error> {
        Ok(Self {
            machine: Machine::for_decisions(limits)?,
            deadline: ticks(limits.wall_clock),
            gate: Gate::new(limits.concurrent, limits.wait),
            cache: cache.map(Cache::open).transpose()?,
            registry: Registry::default(),
            limits: limits.clone(),
        })
    }

    /// Checks, compiles and links an image. It is not active yet.
    /// Takes as long as the compiler does, so it stays off the path of any decision.
    ///
    /// # Errors
    ///
    /// The image is refused, does not compile, or does not fit the contract.
    pub fn load(&self, image: &Image) -> Result<Arc<Rule>, Error> {
        let checked = check(&image.bytes, &self.limits)?;
        let engine = &self.machine.engine;
        let (component, origin) = match &self.cache {
            Some(cache) => cache.component(engine, &digest(&image.bytes), &image.bytes)?,
            None => (compile(engine, &image.bytes)?, Origin::Compiled),
        };
        let mismatch = |error: wasmtime::Error| Refused::Mismatch {
            detail: format!("{error:#}"),
        };
        let pre = self
            .machine
            .linker
            .instantiate_pre(&component)
            .map_err(mismatch)?;
        let functions = match checked.kind {
            Kind::Routing => bindings::routing::GuestIndices::new(&pre).map(Functions::Routing),
            Kind::Escalation => {
                bindings::escalation::GuestIndices::new(&pre).map(Functions::Escalation)
            }
            Kind::Knowledge => {
                bindings::knowledge::GuestIndices::new(&pre).map(Functions::Knowledge)
            }
        }
        .map_err(mismatch)?;
        // Nothing is called here: what a call writes to stays with its slot of the pool, and every
        // later decision in that slot would have to clean it up.
        let mut store = self
            .store([0; 32], contract::types::Instant { unix_ms: 0 })
            .map_err(Error::engine)?;
        let slot = self.gate.enter();
        fit(&self.machine, &mut store, &component, checked.kind)?;
        drop(store);
        drop(slot);
        let description = image.description.clone();
        if description.kind != checked.kind {
            return Err(Error::KindMismatch {
                described: description.kind,
                exported: checked.kind,
            });
        }
        tracing::info!(image = %image.image, kind = %checked.kind, ?origin, "rule loaded");
        Ok(Arc::new(Rule {
            identity: image.identity(),
            description,
            origin,
            pre,
            functions,
        }))
    }

    /// Makes a loaded rule the active one of its question in this scope, and gives back the one
    /// before. Decisions that have begun finish on the rule that they began with; the next one sees
    /// the new rule. Going back is the same call with the older rule.
    pub fn activate(&self, scope: &str, rule: &Arc<Rule>) -> Option<Arc<Rule>> {
        tracing::info!(scope, kind = %rule.kind(), image = rule.short(), "rule activated");
        self.registry.activate(scope, rule)
    }

    /// Leaves the scope without a rule for this question, and gives back the one before.
    pub fn deactivate(&self, scope: &str, kind: Kind) -> Option<Arc<Rule>> {
        tracing::info!(scope, %kind, "rule deactivated");
        self.registry.deactivate(scope, kind)
    }

    /// The rule that is active in exactly this scope.
    #[must_use]
    pub fn rule(&self, scope: &str, kind: Kind) -> Option<Arc<Rule>> {
        self.registry.now().get(kind, scope).cloned()
    }

    /// The engine, for comparing a decision with a bare call of the same code.
    #[must_use]
    pub const fn engine(&self) -> &wasmtime::Engine {
        &self.machine.engine
    }

    /// Asks one routing rule, active or not: the same as [`Advisor::route`] does in one scope. A
    /// rule of another kind has no opinion.
    pub fn route_with(
        &self,
        scope: &str,
        rule: &Rule,
        context: &DecisionContext,
        question: &routing::Question,
    ) -> (Attempt, Option<Vec<routing::Candidate>>) {
        let call = |store: &mut Store<Guest>, instance: &Instance| {
            let Functions::Routing(functions) = &rule.functions else {
                return Ok(Ok(bindings::routing::Verdict::NoOpinion));
            };
            let question = question.clone().into();
            functions
                .load(&mut *store, instance)?
                .call_route(store, &question)
        };
        self.attempt(scope, rule, context, call, |verdict| match verdict.into() {
            routing::Verdict::Ranked(candidates) => {
                check_ranking(&candidates, &question.excluded_units)?;
                Ok(Some(candidates))
            }
            routing::Verdict::NoOpinion => Ok(None),
        })
    }

    /// Asks one escalation rule, active or not. A rule of another kind has no opinion.
    pub fn escalate_with(
        &self,
        scope: &str,
        rule: &Rule,
        context: &DecisionContext,
        question: &escalation::Question,
    ) -> (Attempt, Option<Vec<escalation::Proposal>>) {
        let call = |store: &mut Store<Guest>, instance: &Instance| {
            let Functions::Escalation(functions) = &rule.functions else {
                return Ok(Ok(bindings::escalation::Verdict::NoOpinion));
            };
            let question = question.clone().into();
            functions
                .load(&mut *store, instance)?
                .call_escalate(store, &question)
        };
        self.attempt(scope, rule, context, call, |verdict| match verdict.into() {
            escalation::Verdict::Actions(proposals) => {
                check_proposals(&proposals)?;
                Ok(Some(proposals))
            }
            escalation::Verdict::Nothing => Ok(Some(Vec::new())),
            escalation::Verdict::NoOpinion => Ok(None),
        })
    }

    /// Asks one knowledge rule, active or not. A rule of another kind finds nothing.
    pub fn check_with(
        &self,
        scope: &str,
        rule: &Rule,
        context: &DecisionContext,
        point: &knowledge::Point,
    ) -> (Attempt, Option<Vec<knowledge::Finding>>) {
        let call = |store: &mut Store<Guest>, instance: &Instance| {
            let Functions::Knowledge(functions) = &rule.functions else {
                return Ok(Ok(Vec::new()));
            };
            let point = point.clone().into();
            functions
                .load(&mut *store, instance)?
                .call_check(store, &point)
        };
        self.attempt(scope, rule, context, call, |findings| {
            let findings: Vec<knowledge::Finding> = findings.into_iter().map(Into::into).collect();
            check_findings(&findings)?;
            Ok(Some(findings))
        })
    }

    /// One rule asked once: a slot, a fresh instance, the call, and the judgement of what came back.
    fn attempt<A, V>(
        &self,
        scope: &str,
        rule: &Rule,
        context: &DecisionContext,
        call: impl FnOnce(&mut Store<Guest>, &Instance) -> Reply<A>,
        judge: impl FnOnce(A) -> Result<Option<V>, Failure>,
    ) -> (Attempt, Option<V>) {
        let span = tracing::debug_span!(
            "plugins.decide",
            scope,
            kind = rule.kind().name(),
            image = rule.short(),
            fuel = tracing::field::Empty
        );
        let _entered = span.enter();
        let begun = Instant::now();
        let mut fuel = 0;
        let judged = self
            .call(rule, context, call, &mut fuel)
            .and_then(|reply| match reply {
                Ok(answer) => judge(answer).map(Ok),
                Err(refusal) => Ok(Err(refusal)),
            });
        span.record("fuel", fuel);
        let (outcome, verdict) = match judged {
            Ok(Ok(Some(verdict))) => (Outcome::Answered, Some(verdict)),
            Ok(Ok(None)) => (Outcome::NoOpinion, None),
            Ok(Err(refusal)) => {
                let detail = match refusal {
                    bindings::types::Refusal::Unsupported(detail)
                    | bindings::types::Refusal::Internal(detail) => detail,
                };
                let detail = shorten(&detail);
                (Outcome::Refused { detail }, None)
            }
            Err(Failure { kind, detail }) => {
                tracing::warn!(scope, image = rule.short(), ?kind, detail, "a rule failed");
                (Outcome::Failed { kind, detail }, None)
            }
        };
        let attempt = Attempt {
            scope: scope.to_owned(),
            rule: rule.identity.clone(),
            outcome,
            fuel,
            duration_us: u64::try_from(begun.elapsed().as_micros()).unwrap_or(u64::MAX),
        };
        (attempt, verdict)
    }

    /// The call itself. The instance and its store are gone when this returns, also after a trap.
    fn call<A>(
        &self,
        rule: &Rule,
        context: &DecisionContext,
        call: impl FnOnce(&mut Store<Guest>, &Instance) -> Reply<A>,
        fuel: &mut u64,
    ) -> Result<Result<A, bindings::types::Refusal>, Failure> {
        if !wasmtime::Engine::same(rule.pre.engine(), &self.machine.engine) {
            let detail = "the rule was loaded by another runtime";
            return Err(Failure::new(FailureKind::Trapped, detail));
        }
        let Some(_slot) = self.gate.enter() else {
            let detail = format!(
                "all {} slots were taken for {} ms",
                self.limits.concurrent,
                self.limits.wait.as_millis()
            );
            return Err(Failure::new(FailureKind::Overloaded, &detail));
        };
        let failed = |error: wasmtime::Error| Failure::of(&error);
        let mut store = self
            .store(seed_of(context.id), context.now)
            .map_err(failed)?;
        let reply = rule
            .pre
            .instantiate(&mut store)
            .and_then(|instance| call(&mut store, &instance));
        *fuel = self
            .limits
            .fuel
            .saturating_sub(store.get_fuel().unwrap_or(0));
        if let Some((text, dropped)) = store.data_mut().take_log() {
            tracing::debug!(dropped, text, "the guest wrote to its log");
        }
        reply.map_err(failed)
    }

    fn store(
        &self,
        seed: [u8; 32],
        now: contract::types::Instant,
    ) -> wasmtime::Result<Store<Guest>> {
        let mut store = Store::new(&self.machine.engine, Guest::new(now, seed, &self.limits));
        Guest::limit(&mut store, &self.limits, self.limits.fuel)?;
        store.set_epoch_deadline(self.deadline);
        Ok(store)
    }

    /// Asks the scopes in turn until one gives a verdict.
    fn search<Q: Serialize, V>(
        &self,
        kind: Kind,
        context: &DecisionContext,
        question: &Q,
        ask: impl Fn(&str, &Rule) -> (Attempt, Option<V>),
    ) -> Advice<V> {
        // Taken once: the whole decision sees one table.
        let rules = self.registry.now();
        let mut advice = Advice {
            decision: context.id,
            question: question_digest(question),
            attempts: Vec::new(),
            verdict: None,
        };
        for (scope, rule) in in_scopes(&rules, kind, context) {
            let (attempt, verdict) = ask(scope, rule);
            advice.attempts.push(attempt);
            if verdict.is_some() {
                advice.verdict = verdict;
                break;
            }
        }
        advice
    }
}

impl Advisor for Runtime {
    fn route(&self, context: &DecisionContext, question: &routing::Question) -> RoutingAdvice {
        self.search(Kind::Routing, context, question, |scope, rule| {
            self.route_with(scope, rule, context, question)
        })
    }

    fn escalate(
        &self,
        context: &DecisionContext,
        question: &escalation::Question,
    ) -> EscalationAdvice {
        self.search(Kind::Escalation, context, question, |scope, rule| {
            self.escalate_with(scope, rule, context, question)
        })
    }

    fn check(
        &self,
        context: &DecisionContext,
        point: &knowledge::Point,
    ) -> Vec<(Attempt, Vec<knowledge::Finding>)> {
        let rules = self.registry.now();
        in_scopes(&rules, Kind::Knowledge, context)
            .map(|(scope, rule)| {
                let (attempt, findings) = self.check_with(scope, rule, context, point);
                (attempt, findings.unwrap_or_default())
            })
            .collect()
    }

    fn active(&self) -> Vec<ActiveRule> {
        self.registry
            .now()
            .iter()
            .map(|(kind, scope, rule)| ActiveRule {
                scope: scope.to_owned(),
                kind,
                rule: rule.identity.clone(),
                summary: rule.description.summary.clone(),
            })
            .collect()
    }
}

/// The rules of the scopes to be asked, narrowest first; a scope without a rule is skipped.
fn in_scopes<'a>(
    rules: &'a Rules,
    kind: Kind,
    context: &'a DecisionContext,
) -> impl Iterator<Item = (&'a str, &'a Rule)> {
    context.scopes.iter().filter_map(move |scope| {
        rules
            .get(kind, scope)
            .map(|rule| (scope.as_str(), rule.as_ref()))
    })
}

/// SHA-256 of a question's canonical bytes, its JSON in the order of the contract's declaration.
fn question_digest(question: &impl Serialize) -> String {
    match serde_json::to_vec(question) {
        Ok(bytes) => digest(&bytes),
        Err(error) => {
            // Only an instant outside the years that can be written gets here.
            tracing::error!(%error, "a question cannot be written as JSON; it has no digest");
            String::new()
        }
    }
}
