//! The active rules: the images that a list names, and taking the list again while decisions run.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Context as _;
use contract::about::Kind;
use plugins::{Limits, RuleList, Runtime};

/// A runtime that has the rules of a list.
#[derive(Clone)]
pub(crate) struct Rules {
    runtime: Arc<Runtime>,
    list: PathBuf,
}

/// What taking a list has changed, in rules.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Taken {
    /// Swapped or added.
    pub(crate) activated: usize,
    /// No longer listed.
    pub(crate) deactivated: usize,
    /// Active already.
    pub(crate) unchanged: usize,
}

impl Rules {
    /// A runtime with the rules of this list; what was compiled before comes from the cache folder.
    pub(crate) fn open(list: &Path, cache: &Path) -> anyhow::Result<Self> {
        let runtime = Runtime::new(&Limits::shipped(), Some(cache))?;
        let rules = Self {
            runtime: Arc::new(runtime),
            list: list.to_owned(),
        };
        rules.take()?;
        Ok(rules)
    }

    /// A runtime without rules.
    pub(crate) fn none() -> anyhow::Result<Self> {
        let runtime = Runtime::new(&Limits::shipped(), None)?;
        Ok(Self {
            runtime: Arc::new(runtime),
            list: PathBuf::new(),
        })
    }

    /// The runtime that asks the rules.
    pub(crate) fn runtime(&self) -> Arc<Runtime> {
        self.runtime.clone()
    }

    /// Takes the list as it stands now. Every image is loaded before the first one is swapped, so that
    /// a bad one leaves all rules as they were. Decisions that have begun finish on the rule that they
    /// began with.
    pub(crate) fn take(&self) -> anyhow::Result<Taken> {
        let images = RuleList::read(&self.list)
            .context("the rules cannot be read; name the list with --rules")?
            .load_all()
            .context("the rule images are not complete; run `kapok bake`, or `make images`")?;
        let mut taken = Taken::default();
        let mut listed: Vec<(String, Kind)> = Vec::new();
        let mut loaded = Vec::new();
        for (scope, image) in images {
            let kind = image.description.kind;
            let active = self.runtime.rule(&scope, kind);
            listed.push((scope.clone(), kind));
            if active.is_some_and(|rule| rule.identity().image == image.image) {
                taken.unchanged += 1;
                continue;
            }
            let rule = self.runtime.load(&image).with_context(|| {
                format!(
                    "the rule image {} of scope {scope} cannot be used",
                    image.image
                )
            })?;
            loaded.push((scope, rule));
        }
        for (scope, rule) in loaded {
            self.runtime.activate(&scope, &rule);
            taken.activated += 1;
        }
        for active in engine::ports::Advisor::active(&*self.runtime) {
            let is_it =
                |(scope, kind): &(String, Kind)| *scope == active.scope && *kind == active.kind;
            if !listed.iter().any(is_it) {
                self.runtime.deactivate(&active.scope, active.kind);
                taken.deactivated += 1;
            }
        }
        Ok(taken)
    }
}

/// Takes the rules' list again at every SIGHUP, until the process ends.
pub(crate) async fn retake_on_hangup(rules: Rules) {
    use tokio::signal::unix::{SignalKind, signal};
    let Ok(mut hangup) = signal(SignalKind::hangup()) else {
        tracing::warn!("SIGHUP cannot be received; restart to take new rules");
        return;
    };
    while hangup.recv().await.is_some() {
        let rules = rules.clone();
        match tokio::task::spawn_blocking(move || rules.take()).await {
            Ok(Ok(taken)) => tracing::info!(
                activated = taken.activated,
                deactivated = taken.deactivated,
                unchanged = taken.unchanged,
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
