//! The rules that the installation brings: what its list names is pushed into the registry and activated
//! where no person has decided otherwise since; and following the rollout log.

use std::cell::Cell;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use chrono::{DateTime, Utc};
use contract::about::Kind;
use engine::ports::SharedWorkshop;
use engine::{ActivationFilter, Engine, Listed, Push};
use lifecycle::ids::Actor;
use plugins::{Functions, Limits, ListedRule, RuleList, RuleWorkshop, Runtime};
use rollout::{Digest, Origin, Standing};

use super::background::{Background, INTERVAL};

/// How often it is kept what candidates did. A process that is killed forgets so much.
const COUNTS_KEPT_EVERY: Duration = Duration::from_secs(1);
/// Why the system activates something.
const NOTE: &str = "as the list of rules of this installation says";

/// A runtime, and the list of rules of this installation.
#[derive(Clone)]
pub(crate) struct Rules {
    runtime: Arc<Runtime>,
    list: Option<PathBuf>,
}

/// What taking a list has changed, in rules.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Taken {
    /// Activated.
    pub(crate) activated: usize,
    /// No longer listed.
    pub(crate) deactivated: usize,
    /// As the list said before.
    pub(crate) unchanged: usize,
    /// Left to what a person decided since.
    pub(crate) left: usize,
    /// Awaiting a second person; what answered before goes on.
    pub(crate) waiting: usize,
    /// Refused by what activating takes there; what answered before goes on.
    pub(crate) refused: usize,
}

impl Rules {
    /// A runtime for the rules of a list; what was compiled before comes from the cache folder.
    pub(crate) fn open(list: &Path, cache: &Path, functions: Functions) -> anyhow::Result<Self> {
        let runtime = Runtime::new(&Limits::shipped(), Some(cache))?;
        Ok(Self {
            runtime: Arc::new(runtime.with_functions(functions)),
            list: Some(list.to_owned()),
        })
    }

    /// A runtime without rules.
    pub(crate) fn none() -> anyhow::Result<Self> {
        Ok(Self {
            runtime: Arc::new(Runtime::new(&Limits::shipped(), None)?),
            list: None,
        })
    }

    /// The runtime that asks the rules.
    pub(crate) fn runtime(&self) -> Arc<Runtime> {
        self.runtime.clone()
    }

    /// What works on rule images.
    pub(crate) fn workshop(&self) -> anyhow::Result<SharedWorkshop> {
        Ok(Arc::new(RuleWorkshop::new(self.runtime.clone())?))
    }

    /// Takes the list as it stands now. Every image is checked and loaded before the first one is activated,
    /// so that a bad one leaves all rules as they were. Where a scope's policy refuses one, that scope alone
    /// stays as it was, and the log says what to do.
    pub(crate) fn take(&self, engine: &Engine) -> anyhow::Result<Taken> {
        let mut taken = Taken::default();
        let Some(list) = &self.list else {
            return Ok(taken);
        };
        let rules = RuleList::read(list)
            .context("the rules cannot be read; name the list with --rules")?
            .load_all()
            .context("the rule images are not complete; run `kapok bake`, or `make images`")?;
        let rollout = engine.rollout();
        // Held until they are in force, however many there are.
        let mut held = Vec::new();
        let mut pushes = Vec::new();
        for rule in &rules {
            rollout.check_scope(&rule.scope)?;
            let loaded = self.runtime.load(&rule.image).with_context(|| {
                let (image, scope) = (&rule.image.image, &rule.scope);
                format!("the rule image {image} of scope {scope} cannot be used")
            })?;
            held.push(loaded);
            pushes.push(self.push_of(engine, rule)?);
        }
        let mut listed: Vec<(String, Kind)> = Vec::new();
        for push in pushes.into_iter().flatten() {
            rollout.push(push, &Actor::system())?;
        }
        for rule in rules {
            let kind = rule.image.description.kind;
            let image: Digest = rule.image.image.parse()?;
            let told = rollout.propose_listed(&rule.scope, kind, Some(&image), NOTE)?;
            count(&mut taken, told, &rule.scope, kind, Some(&image));
            listed.push((rule.scope, kind));
        }
        for (scope, kind) in of_the_list(engine)? {
            if !listed.contains(&(scope.clone(), kind)) {
                let told = rollout.propose_listed(&scope, kind, None, NOTE)?;
                count(&mut taken, told, &scope, kind, None);
            }
        }
        // What may only be needed later is loaded by the follower.
        engine.put_into_force()?;
        drop(held);
        Ok(taken)
    }

    /// The image of a rule with its report, if the registry does not have it.
    fn push_of(&self, engine: &Engine, rule: &ListedRule) -> anyhow::Result<Option<Push>> {
        let image: Digest = rule.image.image.parse()?;
        if engine.rollout().state()?.image(&image).is_some() {
            return Ok(None);
        }
        let push = plugins::Push {
            component: &rule.component,
            settings: &rule.settings,
            fixtures: &|_| Ok(Vec::new()),
        };
        let report = plugins::report_baked(&self.runtime, &rule.image, &push);
        if !report.passed() {
            let (image, scope) = (&rule.image.image, &rule.scope);
            bail!("the rule image {image} of scope {scope} does not pass its checks\n{report}");
        }
        Ok(Some(Push {
            image: rule.image.bytes.clone(),
            component: rule.component.clone(),
            settings: rule.settings.clone(),
            description: rule.image.description.clone(),
            engine: rule.image.engine.clone(),
            source: rule.source.display().to_string(),
            report: serde_json::to_string(&report)?,
        }))
    }
}

fn count(taken: &mut Taken, listed: Listed, scope: &str, kind: Kind, image: Option<&Digest>) {
    let named = image.map_or("none", Digest::as_str);
    match listed {
        Listed::Activated(_) if image.is_none() => taken.deactivated += 1,
        Listed::Activated(_) => taken.activated += 1,
        Listed::Waiting(activation) => {
            tracing::warn!(
                scope,
                %kind,
                image = named,
                activation,
                "the list's rule waits for a second person; what answered before goes on, until somebody \
                 says `kapok plugin approve {activation}`"
            );
            taken.waiting += 1;
        }
        Listed::Refused(rejection) => {
            tracing::warn!(
                scope,
                %kind,
                image = named,
                reason = rejection.problem(),
                way_out = rejection.way_out(),
                "the list's rule is refused here; what answered before goes on, until somebody activates it \
                 by hand: `kapok plugin activate {named} --scope {scope} --kind {kind}`"
            );
            taken.refused += 1;
        }
        Listed::Unchanged => taken.unchanged += 1,
        Listed::LeftToPerson(activation) => {
            tracing::info!(
                scope,
                %kind,
                activation,
                "a person decided here since; the list changes nothing"
            );
            taken.left += 1;
        }
    }
}

/// Scopes and kinds in which what an earlier list activated is in effect.
fn of_the_list(engine: &Engine) -> anyhow::Result<Vec<(String, Kind)>> {
    let filter = ActivationFilter {
        standing: Some(Standing::InEffect),
        ..ActivationFilter::default()
    };
    let mut found = Vec::new();
    for view in engine.rollout().activations(&filter, &Actor::system())? {
        let activation = view.activation;
        let image: Option<&Digest> = activation.image.as_ref();
        if activation.origin == Origin::List && image.is_some() {
            found.push((activation.scope, activation.kind));
        }
    }
    Ok(found)
}

/// A thread that follows the rollout log, until it is dropped. It loads and compiles, so it is no other
/// work's thread.
pub(crate) struct Follower {
    engine: Arc<Engine>,
    thread: Option<Background>,
}

impl Follower {
    /// Starts the thread. It sleeps until the log's next instant, and looks now and then whether the log
    /// goes on or a candidate has passed a limit; whoever changes the log here puts it into force without
    /// waiting for that.
    pub(crate) fn start(engine: Arc<Engine>) -> anyhow::Result<Self> {
        let follower = Arc::clone(&engine);
        let kept = Cell::new(Instant::now());
        let work = move || {
            engine.follow_rollout()?;
            if kept.get().elapsed() >= COUNTS_KEPT_EVERY {
                engine.keep_candidate_counts()?;
                kept.set(Instant::now());
            }
            let until = |at: DateTime<Utc>| (at - engine.now()).to_std().unwrap_or_default();
            let next = engine.next_rollout_at()?.map(until);
            Ok(next.map_or(INTERVAL, |next| next.min(INTERVAL)))
        };
        Ok(Self {
            thread: Some(Background::start("kapok-rollout", work)?),
            engine: follower,
        })
    }
}

impl Drop for Follower {
    fn drop(&mut self) {
        drop(self.thread.take());
        if let Err(error) = self.engine.keep_candidate_counts() {
            tracing::error!(%error, "what candidates did since the last second is not kept");
        }
    }
}

/// Takes the rules' list again at every SIGHUP, until the process ends.
pub(crate) async fn retake_on_hangup(rules: Rules, engine: Arc<Engine>) {
    use tokio::signal::unix::{SignalKind, signal};
    let Ok(mut hangup) = signal(SignalKind::hangup()) else {
        tracing::warn!("SIGHUP cannot be received; restart to take new rules");
        return;
    };
    while hangup.recv().await.is_some() {
        let (rules, engine) = (rules.clone(), engine.clone());
        match tokio::task::spawn_blocking(move || rules.take(&engine)).await {
            Ok(Ok(taken)) => tracing::info!(
                activated = taken.activated,
                deactivated = taken.deactivated,
                unchanged = taken.unchanged,
                left = taken.left,
                waiting = taken.waiting,
                refused = taken.refused,
                "SIGHUP: rules taken"
            ),
            Ok(Err(error)) => {
                tracing::error!(
                    error = format!("{error:#}"),
                    "SIGHUP: the rules stay as they were"
                );
            }
            Err(panic) => tracing::error!(%panic, "SIGHUP: the rules stay as they were"),
        }
    }
}
