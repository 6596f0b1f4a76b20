//! The rules that the installation brings: what its list names is pushed into the registry and activated
//! where no person has decided otherwise since; and following the rollout log.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Context as _;
use contract::about::Kind;
use engine::ports::SharedWorkshop;
use engine::{ActivationFilter, Engine, Listed, Push};
use lifecycle::ids::Actor;
use plugins::{Limits, RuleList, RuleWorkshop, Runtime};
use rollout::{Digest, Origin, Standing};

use super::background::Background;

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
}

impl Rules {
    /// A runtime for the rules of a list; what was compiled before comes from the cache folder.
    pub(crate) fn open(list: &Path, cache: &Path) -> anyhow::Result<Self> {
        Ok(Self {
            runtime: Arc::new(Runtime::new(&Limits::shipped(), Some(cache))?),
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

    /// Takes the list as it stands now. Every image is loaded before the first one is activated, so that
    /// a bad one leaves all rules as they were.
    pub(crate) fn take(&self, engine: &Engine) -> anyhow::Result<Taken> {
        let mut taken = Taken::default();
        let Some(list) = &self.list else {
            return Ok(taken);
        };
        let rules = RuleList::read(list)
            .context("the rules cannot be read; name the list with --rules")?
            .load_all()
            .context("the rule images are not complete; run `kapok bake`, or `make images`")?;
        for rule in &rules {
            self.runtime.load(&rule.image).with_context(|| {
                let (image, scope) = (&rule.image.image, &rule.scope);
                format!("the rule image {image} of scope {scope} cannot be used")
            })?;
        }
        let rollout = engine.rollout();
        let mut listed: Vec<(String, Kind)> = Vec::new();
        for rule in rules {
            let kind = rule.image.description.kind;
            let push = Push {
                image: rule.image.bytes,
                component: rule.component,
                settings: rule.settings,
                description: rule.image.description,
                engine: rule.image.engine,
                source: rule.source.display().to_string(),
                report: "{}".to_owned(),
            };
            let pushed = rollout.push(push, &Actor::system())?;
            let image = &pushed.record.image;
            count(
                &mut taken,
                rollout.propose_listed(&rule.scope, kind, Some(image), NOTE)?,
            );
            listed.push((rule.scope, kind));
        }
        for (scope, kind) in of_the_list(engine)? {
            if !listed.contains(&(scope.clone(), kind))
                && let Listed::Activated(_) = rollout.propose_listed(&scope, kind, None, NOTE)?
            {
                taken.deactivated += 1;
            }
        }
        engine.follow_rollout()?;
        Ok(taken)
    }
}

fn count(taken: &mut Taken, listed: Listed) {
    match listed {
        Listed::Activated(_) => taken.activated += 1,
        Listed::Unchanged => taken.unchanged += 1,
        Listed::LeftToPerson(activation) => {
            tracing::info!(
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
pub(crate) struct Follower(
    #[expect(dead_code, reason = "ends the thread when dropped")] Background,
);

impl Follower {
    /// Starts the thread.
    pub(crate) fn start(engine: Arc<Engine>) -> anyhow::Result<Self> {
        let work = move || engine.follow_rollout().map(|_| false);
        Background::start("kapok-rollout", work).map(Self)
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
