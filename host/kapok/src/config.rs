//! Options that several commands share. Each is a flag and an environment variable `KAPOK_*`; the
//! flag wins.

use std::fs;
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::Context as _;
use clap::{Args, ValueEnum};
use engine::ports::Clock;
use lifecycle::directory::Directory;
use lifecycle::ruleset::RuleBook;
use notify::Senders;
use plugins::Functions;

use crate::demo;
use crate::telemetry::LogFormat;

/// How to log.
#[derive(Debug, Args)]
#[command(next_help_heading = "Logging")]
pub(crate) struct LogOptions {
    /// Form of the logs, which go to standard error.
    #[arg(
        long,
        env = "KAPOK_LOG",
        value_enum,
        default_value = "text",
        global = true
    )]
    pub(crate) log: LogFormat,
    /// What to log, such as `info`, `debug` or `warn,engine=debug`. Default: `info` for servers,
    /// `warn` for everything else.
    #[arg(long, env = "KAPOK_LOG_FILTER", value_name = "FILTER", global = true)]
    pub(crate) log_filter: Option<String>,
}

/// Where the data directory is.
#[derive(Debug, Clone, Args)]
pub(crate) struct DataOptions {
    /// Data directory: the embedded store, tokens and the cache of compiled rule images.
    #[arg(long, env = "KAPOK_DATA", value_name = "DIR", default_value = ".kapok")]
    pub(crate) data: PathBuf,
}

/// What an embedded Kapok decides with.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Rules and organisations")]
pub(crate) struct RuleOptions {
    /// The active rules: which image answers which question for which scope.
    #[arg(
        long,
        env = "KAPOK_RULES",
        value_name = "FILE",
        default_value = "plugins/rules.toml"
    )]
    pub(crate) rules: PathBuf,
    /// Districts and handling units, in TOML. Default: the demo city that is built in.
    #[arg(long, env = "KAPOK_ORGANISATIONS", value_name = "FILE")]
    pub(crate) organisations: Option<PathBuf>,
    /// The regulation's rule sets, in TOML: limits by article, options for what the text leaves open,
    /// each with its validity. Default: Guangzhou's of 2023; `kapok rules --regulation` prints it.
    #[arg(long, env = "KAPOK_REGULATION", value_name = "FILE")]
    pub(crate) regulation: Option<PathBuf>,
    /// Where compiled rule images are kept; can be removed at any time. Default: `cache` in the data
    /// directory.
    #[arg(long, env = "KAPOK_CACHE", value_name = "DIR")]
    pub(crate) cache: Option<PathBuf>,
    /// How rules are asked that run as HTTP functions elsewhere, in TOML: bounds, certificates, tokens
    /// and keys by host. Default: the system's certificates, and no identity.
    #[arg(long, env = "KAPOK_FUNCTIONS", value_name = "FILE")]
    pub(crate) functions: Option<PathBuf>,
}

impl RuleOptions {
    /// The rule sets by which orders are decided.
    pub(crate) fn rule_book(&self) -> anyhow::Result<RuleBook> {
        let Some(path) = &self.regulation else {
            return Ok(RuleBook::default());
        };
        let shown = path.display();
        let text = fs::read_to_string(path)
            .with_context(|| format!("cannot read the regulation in `{shown}`"))?;
        toml::from_str(&text).with_context(|| format!("{shown}: not a list of rule sets"))
    }

    /// How functions are asked.
    pub(crate) fn functions(&self, clock: &Arc<dyn Clock>) -> anyhow::Result<Functions> {
        let functions = self
            .functions
            .as_ref()
            .map(|file| Functions::read(file, clock));
        Ok(functions.transpose()?.unwrap_or_default())
    }

    /// The directory of districts and handling units.
    pub(crate) fn directory(&self) -> anyhow::Result<Directory> {
        let (shown, text) = match &self.organisations {
            Some(path) => (
                path.display().to_string(),
                fs::read_to_string(path).with_context(|| {
                    format!("cannot read the organisations in `{}`", path.display())
                })?,
            ),
            None => (
                "the demo organisations".to_owned(),
                demo::ORGANISATIONS.to_owned(),
            ),
        };
        toml::from_str(&text).with_context(|| format!("{shown}: not a directory of organisations"))
    }
}

/// How messages leave the house.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Notifications")]
pub(crate) struct NotifyOptions {
    /// Channels (mail servers, webhooks) and who is told by which, in TOML. Default: none; every
    /// message stays in the message box.
    #[arg(long, env = "KAPOK_NOTIFY", value_name = "FILE")]
    pub(crate) notify: Option<PathBuf>,
}

impl NotifyOptions {
    /// The senders of the file, if there is one.
    pub(crate) fn senders(&self, directory: &Directory) -> anyhow::Result<Option<Senders>> {
        let senders = self
            .notify
            .as_ref()
            .map(|file| Senders::from_file(file, directory));
        Ok(senders.transpose()?)
    }
}

/// A running server to work on, instead of a data directory.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Working on a running server")]
pub(crate) struct ServerOptions {
    /// Work on this running server, such as `http://127.0.0.1:8345`, instead of a data directory.
    #[arg(
        long,
        env = "KAPOK_SERVER",
        value_name = "URL",
        conflicts_with = "data"
    )]
    pub(crate) server: Option<String>,
    /// Bearer token for the server; `kapok serve` prints one for every role.
    #[arg(
        long,
        env = "KAPOK_TOKEN",
        value_name = "TOKEN",
        hide_env_values = true
    )]
    pub(crate) token: Option<String>,
}

/// Which clock an embedded Kapok runs on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ClockKind {
    /// The machine's time.
    System,
    /// Stands still until somebody advances it; for tests and training.
    Manual,
}
