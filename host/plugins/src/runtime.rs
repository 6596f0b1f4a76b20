//! The runtime: loads images, keeps the table of active rules, and asks them for the engine.

use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use contract::about::Kind;
use contract::{escalation, knowledge, routing};
use engine::ports::{ActiveRule, Advisor, DecisionContext, PlacementHealth};
use lifecycle::advice::{Advice, Attempt, EscalationAdvice, Outcome, RoutingAdvice};
use serde::Serialize;

use crate::bake::fit;
use crate::bindings;
use crate::breaker::Breaker;
use crate::cache::{Cache, Origin, compile};
use crate::caller::{Ask, Call, Caller, Lane};
use crate::candidate::Answer;
use crate::check::check;
use crate::examine::Usage;
use crate::image::{Image, digest};
use crate::rule::{Exports, Rule};
use crate::shadow::{Job, Shadow, Whom};
use crate::table::{Placement, Registry, Table};
use crate::warm::Warm;
use crate::{CandidateCounts, Error, Function, Functions, Limits, Refused};

/// Runs rules. One for a process: all rules share its engine and its limits.
pub struct Runtime {
    caller: Arc<Caller>,
    functions: Functions,
    cache: Option<Cache>,
    registry: Registry,
    warm: Warm,
    shadow: Shadow,
}

/// A verdict with the attempts that led to it.
type Given<V> = (Vec<Attempt>, Option<V>);

impl Runtime {
    /// A runtime without rules. With a cache folder, images that were compiled before start at once.
    ///
    /// # Errors
    ///
    /// The engine or a thread does not start, or the cache folder cannot be used.
    pub fn new(limits: &Limits, cache: Option<&Path>) -> Result<Self, Error> {
        Self::with_clock(limits, cache, Instant::now)
    }

    /// A runtime whose circuit breakers go by this clock. Nothing else does: limits of a call go by the
    /// machine's own time, and decisions by their order's.
    ///
    /// # Errors
    ///
    /// As [`Runtime::new`].
    pub fn with_clock(
        limits: &Limits,
        cache: Option<&Path>,
        clock: impl Fn() -> Instant + Send + Sync + 'static,
    ) -> Result<Self, Error> {
        let caller = Arc::new(Caller::new(limits, Arc::new(clock))?);
        Ok(Self {
            shadow: Shadow::start(&caller)?,
            caller,
            functions: Functions::default(),
            cache: cache.map(Cache::open).transpose()?,
            registry: Registry::default(),
            warm: Warm::new(limits.warm_rules),
        })
    }

    /// The same runtime, asking functions in this way. Without, they are asked with the system's
    /// certificates and no identity.
    #[must_use]
    pub fn with_functions(self, functions: Functions) -> Self {
        Self { functions, ..self }
    }

    /// Checks, compiles and links an image, unless it is loaded still. It is not active yet.
    /// Takes as long as the compiler does, so it stays off the path of any decision.
    ///
    /// # Errors
    ///
    /// The image is refused, does not compile, or does not fit the contract.
    pub fn load(&self, image: &Image) -> Result<Arc<Rule>, Error> {
        if let Some(rule) = self.warm(&image.image)
            && rule.identity == image.identity()
            && rule.description == image.description
        {
            return Ok(rule);
        }
        let rule = Arc::new(self.link(image)?);
        self.warm.put(&rule);
        Ok(rule)
    }

    /// The rule of this image (its SHA-256 in hex) if it is loaded still. Those that somebody holds are,
    /// such as the table does, and the last ones that were loaded or asked for here, as many as the limits
    /// say.
    #[must_use]
    pub fn warm(&self, image: &str) -> Option<Arc<Rule>> {
        self.warm.get(image)
    }

    fn link(&self, image: &Image) -> Result<Rule, Error> {
        let Caller {
            machine, limits, ..
        } = &*self.caller;
        let checked = check(&image.bytes, limits)?;
        let engine = &machine.engine;
        let (component, origin) = match &self.cache {
            Some(cache) => cache.component(engine, &digest(&image.bytes), &image.bytes)?,
            None => (compile(engine, &image.bytes)?, Origin::Compiled),
        };
        let mismatch = |error: wasmtime::Error| Refused::Mismatch {
            detail: format!("{error:#}"),
        };
        let pre = machine
            .linker
            .instantiate_pre(&component)
            .map_err(mismatch)?;
        let functions = match checked.kind {
            Kind::Routing => bindings::routing::GuestIndices::new(&pre).map(Exports::Routing),
            Kind::Escalation => {
                bindings::escalation::GuestIndices::new(&pre).map(Exports::Escalation)
            }
            Kind::Knowledge => bindings::knowledge::GuestIndices::new(&pre).map(Exports::Knowledge),
        }
        .map_err(mismatch)?;
        // Nothing is called here: what a call writes to stays with its slot of the pool, and every
        // later decision in that slot would have to clean it up.
        let mut store = self
            .caller
            .store([0; 32], contract::types::Instant { unix_ms: 0 })
            .map_err(Error::engine)?;
        let slot = self.caller.background.enter("loading");
        fit(machine, &mut store, &component, checked.kind)?;
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
        Ok(Rule {
            identity: image.identity(),
            description,
            origin,
            pre,
            functions,
            breaker: Breaker::new(),
        })
    }

    /// The limits that its calls have.
    #[must_use]
    pub fn limits(&self) -> &Limits {
        &self.caller.limits
    }

    /// Puts a whole table into force, with one store of a pointer. Decisions that have begun finish on
    /// the table that they began with; the next one sees the new table. A candidate that stands in both
    /// goes on counting. Going back is the same call with the older table. What the table says of instants
    /// to come takes effect by itself: a decision is made by the table of its own instant.
    pub fn follow(&self, table: &Table) {
        tracing::info!(placements = table.iter().count(), "rules swapped");
        self.registry.follow(table);
    }

    /// The table in force.
    #[must_use]
    pub fn table(&self) -> Arc<Table> {
        Arc::clone(&self.registry.now())
    }

    /// What the candidates of the table in force did so far, and which of them are no longer asked
    /// because they were beyond their limits. Those stay in the table until one without them is followed,
    /// so that whoever keeps the log can ask as often as it takes to write it down.
    #[must_use]
    pub fn candidates(&self) -> Vec<CandidateCounts> {
        self.registry
            .now()
            .iter()
            .filter_map(|(kind, scope, placement)| {
                Some(placement.candidate.as_ref()?.count(kind, scope))
            })
            .collect()
    }

    /// How what answers does, by question and scope.
    #[must_use]
    pub fn placements(&self) -> Vec<PlacementHealth> {
        let now = self.caller.now();
        let table = self.registry.now();
        let placements = table.iter().filter_map(|(kind, scope, placement)| {
            let rule = placement.rule.as_ref()?;
            let function = placement.function.as_ref();
            let breaker = function.map_or(&rule.breaker, |function| function.breaker());
            let (asked, failed) = placement.tally.counts();
            Some(PlacementHealth {
                scope: scope.to_owned(),
                kind,
                activation: placement.activation,
                breaker: breaker.state(now),
                asked,
                failed,
            })
        });
        placements.collect()
    }

    /// Makes a loaded rule the active one of its question in this scope outside any rollout log, and
    /// gives back the one before.
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
        self.registry.now().get(kind, scope)?.rule.clone()
    }

    /// The engine, for comparing a decision with a bare call of the same code.
    #[must_use]
    pub fn engine(&self) -> &wasmtime::Engine {
        &self.caller.machine.engine
    }

    /// Asks one routing rule, active or not: the same as [`Advisor::route`] does in one scope, but
    /// without its circuit breaker. A rule of another kind has no opinion.
    pub fn route_with(
        &self,
        scope: &str,
        rule: &Rule,
        context: &DecisionContext,
        question: &routing::Question,
    ) -> (Attempt, Option<Vec<routing::Candidate>>) {
        self.ask_directly(scope, rule, context, question)
    }

    /// Asks one escalation rule, active or not. A rule of another kind has no opinion.
    pub fn escalate_with(
        &self,
        scope: &str,
        rule: &Rule,
        context: &DecisionContext,
        question: &escalation::Question,
    ) -> (Attempt, Option<Vec<escalation::Proposal>>) {
        self.ask_directly(scope, rule, context, question)
    }

    /// Asks one knowledge rule, active or not. A rule of another kind finds nothing.
    pub fn check_with(
        &self,
        scope: &str,
        rule: &Rule,
        context: &DecisionContext,
        point: &knowledge::Point,
    ) -> (Attempt, Option<Vec<knowledge::Finding>>) {
        self.ask_directly(scope, rule, context, point)
    }

    fn ask_directly<Q: Ask>(
        &self,
        scope: &str,
        rule: &Rule,
        context: &DecisionContext,
        question: &Q,
    ) -> (Attempt, Option<Q::Verdict>) {
        let lane = Lane::Direct;
        let call = Call {
            lane,
            scope,
            rule,
            context,
        };
        question.ask(&self.caller, call, &mut Usage::default())
    }

    /// Asks one rule in the background, telling what the call used.
    pub(crate) fn ask_aside<Q: Ask>(
        &self,
        scope: &str,
        rule: &Rule,
        context: &DecisionContext,
        question: &Q,
        usage: &mut Usage,
    ) -> (Attempt, Option<Q::Verdict>) {
        let lane = Lane::Background;
        let call = Call {
            lane,
            scope,
            rule,
            context,
        };
        question.ask(&self.caller, call, usage)
    }

    /// Asks what stands in one scope: the canary if the order is one of its share, or else the active
    /// rule; and the active rule too when the canary failed, so that the order loses nothing by it.
    fn ask_placement<Q: Ask>(
        &self,
        scope: &str,
        placement: &Placement,
        context: &DecisionContext,
        question: &Q,
    ) -> Given<Q::Verdict> {
        let ask = |rule: &Rule, function: Option<&Function>| {
            let lane = Lane::Decision;
            let call = Call {
                lane,
                scope,
                rule,
                context,
            };
            match function {
                Some(function) => self
                    .functions
                    .attempt(&self.caller, function, call, question),
                None => question.ask(&self.caller, call, &mut Usage::default()),
            }
        };
        let job = |candidate, whom, given| Job {
            candidate: Arc::clone(candidate),
            whom,
            scope: scope.to_owned(),
            context: context.clone(),
            question: question.to_question(),
            given,
        };
        let mut attempts = Vec::new();
        let candidate = placement.candidate.as_ref();
        if let Some(canary) = candidate.filter(|it| it.serves(&context.key)) {
            let (mut attempt, verdict) = ask(canary.rule(), None);
            attempt.canary = true;
            canary.note_answer(&attempt.outcome, attempt.fuel, context.now);
            let given = Answer::of(&attempt.outcome, verdict.as_ref());
            attempts.push(attempt);
            if given.is_some() {
                if let Some(active) = &placement.rule {
                    let whom = Whom::Active(Arc::clone(active));
                    self.shadow.offer(canary, || job(canary, whom, given));
                }
                return (attempts, verdict);
            }
        }
        let mut verdict = None;
        let mut given = None;
        if let Some(rule) = &placement.rule {
            let (attempt, answer) = ask(rule, placement.function.as_deref());
            placement.tally.note(&attempt.outcome);
            given = Answer::of(&attempt.outcome, answer.as_ref());
            verdict = answer;
            attempts.push(attempt);
        }
        if let Some(shadow) = candidate.filter(|it| it.shadows()) {
            self.shadow
                .offer(shadow, || job(shadow, Whom::Candidate, given));
        }
        (attempts, verdict)
    }

    /// Asks the scopes in turn until one gives a verdict.
    fn search<Q: Ask>(&self, context: &DecisionContext, question: &Q) -> Advice<Q::Verdict> {
        // Taken once: the whole decision sees one table.
        let table = self.registry.at(context.now);
        let mut advice = Advice {
            decision: context.id,
            question: question_digest(question),
            attempts: Vec::new(),
            verdict: None,
        };
        for scope in &context.scopes {
            let Some(placement) = table.get(Q::KIND, scope) else {
                continue;
            };
            let (attempts, verdict) = self.ask_placement(scope, placement, context, question);
            advice.attempts.extend(attempts);
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
        self.search(context, question)
    }

    fn escalate(
        &self,
        context: &DecisionContext,
        question: &escalation::Question,
    ) -> EscalationAdvice {
        self.search(context, question)
    }

    fn check(
        &self,
        context: &DecisionContext,
        point: &knowledge::Point,
    ) -> Vec<(Attempt, Vec<knowledge::Finding>)> {
        let table = self.registry.at(context.now);
        let mut all = Vec::new();
        let scopes = context.scopes.iter();
        for (scope, placement) in scopes.flat_map(|scope| table.within(Kind::Knowledge, scope)) {
            let (attempts, findings) = self.ask_placement(scope, placement, context, point);
            let mut findings = findings.unwrap_or_default();
            all.extend(attempts.into_iter().map(|attempt| {
                let answered = attempt.outcome == Outcome::Answered;
                let found = if answered {
                    std::mem::take(&mut findings)
                } else {
                    Vec::new()
                };
                (attempt, found)
            }));
        }
        all
    }

    fn active(&self) -> Vec<ActiveRule> {
        self.registry
            .now()
            .iter()
            .filter_map(|(kind, scope, placement)| {
                let rule = placement.rule.as_ref()?;
                Some(ActiveRule {
                    scope: scope.to_owned(),
                    kind,
                    rule: rule.identity.clone(),
                    summary: rule.description.summary.clone(),
                })
            })
            .collect()
    }
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
