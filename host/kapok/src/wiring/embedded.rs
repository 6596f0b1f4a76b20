//! An engine in this process: the store of a data directory, its clock, and the rule images.

use std::fs::DirBuilder;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context as _, bail};
use engine::ports::{self, ManualClock, OrderFilter, SystemClock};
use engine::{Engine, Parts};
use lifecycle::ids::{Actor, Role};
use lifecycle::ruleset::RuleSet;
use plugins::{Limits, RuleList, Runtime};

use super::ticker::{Ticker, settle};
use crate::config::{ClockKind, DataOptions, RuleOptions};
use crate::values;

/// File of the embedded store within a data directory.
const STORE_FILE: &str = "kapok.db";
/// Folder of compiled rule images within a data directory.
const CACHE_FOLDER: &str = "cache";

/// Which clock to run on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Clock {
    /// The one that the data directory was left on; the machine's for a new one.
    AsLeft,
    /// This one.
    Kind(ClockKind),
    /// A manual one that can go back to the beginning of time, if nothing has happened yet.
    ManualFromBeginning,
}

/// Whether rules are asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Rules {
    /// They are.
    Ask,
    /// Nothing is decided, so no rule is loaded.
    None,
}

/// An engine in this process.
pub(crate) struct Embedded {
    /// The engine.
    pub(crate) engine: Arc<Engine>,
    /// Its store.
    pub(crate) store: Arc<dyn ports::Store>,
    name: &'static str,
}

impl Embedded {
    /// Opens a data directory, which is made if it is not there.
    pub(crate) fn open(
        data: &DataOptions,
        rules: &RuleOptions,
        clock: Clock,
        asked: Rules,
    ) -> anyhow::Result<Self> {
        let directory = rules.directory()?;
        let folder = &data.data;
        // It holds personal data, so it is nobody else's.
        DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(folder)
            .with_context(|| format!("cannot make the data directory `{}`", folder.display()))?;
        let store = open_store(folder)?;
        let clock = make_clock(&*store, clock, folder)?;
        let advisor = match asked {
            Rules::Ask => {
                let cache = rules.cache.clone().unwrap_or_else(|| folder.join(CACHE_FOLDER));
                load_rules(&rules.rules, &cache)?
            },
            Rules::None => Runtime::new(&Limits::default(), None)?,
        };
        let engine = Engine::new(Parts {
            store: store.clone(),
            advisor: Arc::new(advisor),
            clock,
            directory,
            rules: RuleSet::guangzhou_2023(),
        })?;
        Ok(Self { engine: Arc::new(engine), store, name: "kapok-cli" })
    }

    /// Opens a data directory that must be there, to look at it only.
    pub(crate) fn look(data: &DataOptions) -> anyhow::Result<Self> {
        let file = data.data.join(STORE_FILE);
        if !file.is_file() {
            bail!(
                "`{}` is no data directory; make one with `kapok serve` or `kapok import`, or name \
                 another with --data",
                data.data.display()
            );
        }
        let rules = RuleOptions { rules: PathBuf::new(), organisations: None, cache: None };
        Self::open(data, &rules, Clock::AsLeft, Rules::None)
    }

    /// Works off what is due in the background, until the result is dropped.
    pub(crate) fn start_ticker(&self) -> anyhow::Result<Ticker> {
        Ticker::start(self.engine.clone())
    }

    /// Lets happen what is due now, until nothing is.
    pub(crate) fn settle(&self) -> anyhow::Result<()> {
        settle(&self.engine)
    }

    /// Whoever works at this command line, as the platform's admin.
    pub(crate) fn admin(&self) -> Actor {
        Actor { role: Role::Admin, name: self.name.to_owned() }
    }

    /// Whoever works at this command line, as staff of the centre.
    pub(crate) fn operator(&self) -> Actor {
        Actor { role: Role::Operator, name: self.name.to_owned() }
    }
}

fn open_store(folder: &Path) -> anyhow::Result<Arc<dyn ports::Store>> {
    let store = store::SqliteStore::open(&folder.join(STORE_FILE))?;
    Ok(Arc::new(store))
}

fn make_clock(
    store: &dyn ports::Store,
    clock: Clock,
    folder: &Path,
) -> anyhow::Result<Arc<dyn ports::Clock>> {
    let left = store.manual_clock()?;
    let manual = |at| -> anyhow::Result<Arc<dyn ports::Clock>> {
        store.set_manual_clock(at)?;
        Ok(Arc::new(ManualClock::at(at)))
    };
    let system_now = || ports::Clock::now(&SystemClock);
    match (clock, left) {
        (Clock::AsLeft | Clock::Kind(ClockKind::Manual) | Clock::ManualFromBeginning, Some(at)) => {
            manual(at)
        }
        (Clock::AsLeft | Clock::Kind(ClockKind::System), None) => Ok(Arc::new(SystemClock)),
        (Clock::Kind(ClockKind::Manual), None) => manual(system_now()),
        (Clock::Kind(ClockKind::System), Some(at)) => bail!(
            "`{}` stands on a manual clock, at {}; use --clock manual, or another --data",
            folder.display(),
            values::rfc3339(at)
        ),
        (Clock::ManualFromBeginning, None) => {
            let any = store.list(&OrderFilter::default(), None, 1)?;
            if !any.items.is_empty() {
                bail!(
                    "`{}` has orders on the machine's time; import with --at now, or into another \
                     --data",
                    folder.display()
                );
            }
            // Kept only once it is advanced, so that an import that files nothing leaves no trace.
            Ok(Arc::new(ManualClock::at(chrono::DateTime::UNIX_EPOCH)))
        }
    }
}

fn load_rules(list: &Path, cache: &Path) -> anyhow::Result<Runtime> {
    let runtime = Runtime::new(&Limits::default(), Some(cache))?;
    let images = RuleList::read(list)
        .context("the rules cannot be read; name the list with --rules")?
        .load_all()
        .context("the rule images are not complete; run `kapok bake`, or `make images`")?;
    for (scope, image) in images {
        let rule = runtime
            .load(&image)
            .with_context(|| format!("the rule image {} of scope {scope} cannot be used", image.image))?;
        runtime.activate(&scope, &rule);
    }
    Ok(runtime)
}
