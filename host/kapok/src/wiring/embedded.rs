//! An engine in this process: the store of a data directory, its clock, and the rule images.

use std::path::Path;
use std::sync::Arc;

use anyhow::bail;
use chrono::{DateTime, Utc};
use engine::ports::{self, ManualClock, OrderFilter, SystemClock};
use engine::{Engine, Parts};
use lifecycle::directory::Directory;
use lifecycle::ids::{Actor, Role};
use lifecycle::ruleset::RuleBook;
use notify::Senders;
use store::SqliteStore;

use super::deliverer::Deliverer;
use super::indexer::Indexer;
use super::rules::{Follower, Rules};
use super::ticker::{Ticker, settle};
use crate::config::{ClockKind, DataOptions, NotifyOptions, RuleOptions};
use crate::values;

/// Folder of compiled rule images within a data directory.
const CACHE_FOLDER: &str = "cache";
/// How whoever works at this command line is named in the journal.
const ACTOR: &str = "kapok-cli";

/// Which clock to run on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Clock {
    /// The one that the data directory was left on; the machine's for a new one.
    AsLeft,
    /// This one.
    Kind(ClockKind),
    /// A manual one that begins at this instant, if nothing has happened yet.
    ManualFrom(DateTime<Utc>),
    /// A manual one that can go back to the beginning of time, if nothing has happened yet.
    ManualFromBeginning,
}

/// An engine in this process.
pub(crate) struct Embedded {
    /// The engine.
    pub(crate) engine: Arc<Engine>,
    /// Its store.
    pub(crate) store: Arc<dyn ports::Store>,
    /// Its rules.
    pub(crate) rules: Rules,
    /// The channels that messages leave the house by, for the log; none without a file.
    channels: Option<String>,
}

/// Who decides, and by which rules.
#[derive(Default)]
struct Organisation {
    directory: Directory,
    book: RuleBook,
}

impl Embedded {
    /// Opens a data directory, which is made if it is not there. Nobody else can open it meanwhile.
    /// Messages stay in the message box.
    pub(crate) fn open(
        data: &DataOptions,
        rules: &RuleOptions,
        clock: Clock,
    ) -> anyhow::Result<Self> {
        Self::open_with(data, rules, &NotifyOptions { notify: None }, clock)
    }

    /// The same, with messages that leave the house by the channels of a file.
    pub(crate) fn open_with(
        data: &DataOptions,
        rules: &RuleOptions,
        notify: &NotifyOptions,
        clock: Clock,
    ) -> anyhow::Result<Self> {
        let directory = rules.directory()?;
        let book = rules.rule_book()?;
        let senders = notify.senders(&directory)?;
        let folder = &data.data;
        let store: Arc<dyn ports::Store> =
            Arc::new(SqliteStore::open(folder, &store::Options::default())?);
        let clock = make_clock(&*store, clock, folder)?;
        let cache = rules
            .cache
            .clone()
            .unwrap_or_else(|| folder.join(CACHE_FOLDER));
        let functions = rules.functions(&clock)?;
        let rules = Rules::open(&rules.rules, &cache, functions)?;
        let organisation = Organisation { directory, book };
        let embedded = Self::of(store, clock, organisation, rules, senders)?;
        embedded.engine.keep_rule_sets()?;
        embedded.rules.take(&embedded.engine)?;
        Ok(embedded)
    }

    /// Opens a data directory that must be there for looking at it, also while a server works on it.
    /// Nothing is decided, so no rule is loaded.
    pub(crate) fn look(data: &DataOptions) -> anyhow::Result<Self> {
        Self::looking(data, Organisation::default())
    }

    /// The same with the organisations and the regulation, for whoever needs names and options.
    pub(crate) fn look_with(data: &DataOptions, rules: &RuleOptions) -> anyhow::Result<Self> {
        let (directory, book) = (rules.directory()?, rules.rule_book()?);
        Self::looking(data, Organisation { directory, book })
    }

    fn looking(data: &DataOptions, organisation: Organisation) -> anyhow::Result<Self> {
        let store = SqliteStore::open_read_only(&data.data, &store::Options::default())?;
        let store: Arc<dyn ports::Store> = Arc::new(store);
        let clock: Arc<dyn ports::Clock> = match store.manual_clock()? {
            Some(at) => Arc::new(ManualClock::at(at)),
            None => Arc::new(SystemClock),
        };
        Self::of(store, clock, organisation, Rules::none()?, None)
    }

    fn of(
        store: Arc<dyn ports::Store>,
        clock: Arc<dyn ports::Clock>,
        organisation: Organisation,
        rules: Rules,
        senders: Option<Senders>,
    ) -> anyhow::Result<Self> {
        let channels = senders.as_ref().map(|senders| {
            let names: Vec<&str> = senders.names().collect();
            names.join(", ")
        });
        let engine = Engine::new(Parts {
            store: store.clone(),
            advisor: rules.runtime(),
            clock,
            directory: organisation.directory,
            rules: organisation.book,
        })?;
        let engine = engine.with_workshop(rules.workshop()?);
        let engine = match senders {
            Some(senders) => engine.with_notifier(Arc::new(senders)),
            None => engine,
        };
        Ok(Self {
            engine: Arc::new(engine),
            store,
            rules,
            channels,
        })
    }

    /// Follows the rollout log in the background, until the result is dropped.
    pub(crate) fn start_follower(&self) -> anyhow::Result<Follower> {
        Follower::start(self.engine.clone())
    }

    /// Keeps the search index in the background, until the result is dropped.
    pub(crate) fn start_indexer(&self, data: &DataOptions) -> anyhow::Result<Indexer> {
        Indexer::start(self.engine.clone(), &data.data)
    }

    /// Works off what is due in the background, until the result is dropped.
    pub(crate) fn start_ticker(&self) -> anyhow::Result<Ticker> {
        Ticker::start(self.engine.clone())
    }

    /// Sends messages in the background, until the result is dropped; says in the log by which
    /// channels, or that there are none.
    pub(crate) fn start_deliverer(&self) -> anyhow::Result<Option<Deliverer>> {
        let Some(channels) = &self.channels else {
            tracing::info!("no --notify file: messages stay in the message box");
            return Ok(None);
        };
        tracing::info!(channels, "messages are sent");
        Deliverer::start(self.engine.clone()).map(Some)
    }

    /// Lets happen what is due now, until nothing is.
    pub(crate) fn settle(&self) -> anyhow::Result<()> {
        settle(&self.engine)
    }

    /// Whoever works at this command line, as the platform's admin.
    pub(crate) fn admin(&self) -> Actor {
        Actor {
            role: Role::Admin,
            name: ACTOR.to_owned(),
        }
    }

    /// Whoever works at this command line, as staff of the centre.
    pub(crate) fn operator(&self) -> Actor {
        Actor {
            role: Role::Operator,
            name: ACTOR.to_owned(),
        }
    }
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
        (Clock::ManualFrom(_), Some(at)) => bail!(
            "`{}` stands on a manual clock already, at {}; leave out --clock-start, or use another \
             --data",
            folder.display(),
            values::rfc3339(at)
        ),
        (Clock::ManualFrom(at), None) => {
            unused(store, folder)?;
            manual(at)
        }
        (Clock::ManualFromBeginning, None) => {
            unused(store, folder)?;
            // Kept only once it is advanced, so that an import that files nothing leaves no trace.
            Ok(Arc::new(ManualClock::at(DateTime::UNIX_EPOCH)))
        }
    }
}

/// Whether nothing has happened in a data directory, so that its time may begin anywhere.
fn unused(store: &dyn ports::Store, folder: &Path) -> anyhow::Result<()> {
    let any = store.list(&OrderFilter::default(), None, 1)?;
    if !any.items.is_empty() {
        bail!(
            "`{}` has orders on the machine's time; keep to it (import with --at now), or use \
             another --data",
            folder.display()
        );
    }
    Ok(())
}
