//! Logs: structured, to standard error, in text or JSON. They name orders, rules and outcomes, and
//! never a person, a number or a word that a requester wrote.

use std::io::IsTerminal as _;

use clap::ValueEnum;
use tracing_subscriber::EnvFilter;

/// How logs are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum LogFormat {
    /// Lines for people.
    Text,
    /// One JSON object a line, for a log collector.
    Json,
}

/// Starts logging. `level` counts unless the filter says otherwise, which takes the syntax of
/// tracing's `EnvFilter`, such as `info,engine=debug`.
pub(crate) fn start(format: LogFormat, filter: Option<&str>, level: &str) -> anyhow::Result<()> {
    let text = filter.unwrap_or(level);
    let filter = EnvFilter::try_new(text).map_err(|error| {
        anyhow::anyhow!("--log-filter `{text}` is not understood: {error}; try `info` or `debug`")
    })?;
    let builder = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(std::io::stderr().is_terminal())
        .with_writer(std::io::stderr);
    let started = match format {
        LogFormat::Text => builder.with_target(false).try_init(),
        LogFormat::Json => builder.json().flatten_event(true).try_init(),
    };
    started.map_err(|error| anyhow::anyhow!("logging cannot be started: {error}"))
}
