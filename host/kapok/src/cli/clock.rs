//! `kapok clock`: shows or advances a manual clock.

use chrono::{DateTime, Utc};
use clap::{Args, Subcommand};
use serde_json::{Value, json};

use crate::client::Client;
use crate::config::{DataOptions, RuleOptions, ServerOptions};
use crate::wiring::{Clock, Embedded};
use crate::{output, values};

/// Show or advance a manual clock.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Show(Show),
    Advance(Advance),
}

/// Show where the clock stands, and whether it is the machine's or a manual one.
#[derive(Debug, Args)]
#[command(after_long_help = "\
Examples:
  kapok clock show --data training
  kapok clock show --server http://127.0.0.1:8345 --token $ADMIN_TOKEN --json

Formats:
  --json   {\"now\",\"kind\"}; kind is system or manual

Exit codes: 0 shown, 1 no access, 2 usage")]
pub(crate) struct Show {
    /// Print one JSON object.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    data: DataOptions,
    #[command(flatten)]
    server: ServerOptions,
}

/// Advance a manual clock, for tests and training. Time never runs back.
///
/// A data directory has a manual clock once it was used with `kapok serve --clock manual` or
/// `kapok import --at received`.
#[derive(Debug, Args)]
#[command(after_long_help = "\
Examples:
  kapok clock advance 2026-09-21T00:00:01+08:00 --data training
  kapok clock advance 2026-09-21 --server http://127.0.0.1:8345 --token $ADMIN_TOKEN

Exit codes: 0 advanced, 1 the clock is the machine's, the instant lies before it, or no access, 2 usage")]
pub(crate) struct Advance {
    /// Where to: 2026-09-21T00:00:01+08:00, or local 2026-09-21T00:00 or 2026-09-21.
    #[arg(value_parser = values::instant)]
    to: DateTime<Utc>,
    /// Print one JSON object.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    data: DataOptions,
    #[command(flatten)]
    rules: RuleOptions,
    #[command(flatten)]
    server: ServerOptions,
}

pub(super) fn run(command: &Command) -> anyhow::Result<()> {
    match command {
        Command::Show(arguments) => {
            let shown = match Client::of(&arguments.server)? {
                Some(client) => client.get("/api/v1/clock")?,
                None => shown(&Embedded::look(&arguments.data)?),
            };
            print(&shown, arguments.json)
        }
        Command::Advance(arguments) => {
            let shown = match Client::of(&arguments.server)? {
                Some(client) => client.put(
                    "/api/v1/clock",
                    &json!({ "now": values::rfc3339(arguments.to) }),
                )?,
                None => {
                    let (data, rules) = (&arguments.data, &arguments.rules);
                    let embedded = Embedded::open(data, rules, Clock::AsLeft)?;
                    embedded
                        .engine
                        .pass_time(arguments.to, &embedded.admin(), usize::MAX)?;
                    shown(&embedded)
                }
            };
            print(&shown, arguments.json)
        }
    }
}

fn shown(embedded: &Embedded) -> Value {
    let manual = embedded.engine.clock().manual().is_some();
    json!({
        "now": values::rfc3339(embedded.engine.now()),
        "kind": if manual { "manual" } else { "system" },
    })
}

fn print(shown: &Value, as_json: bool) -> anyhow::Result<()> {
    if as_json {
        return output::json(shown);
    }
    let text = |name: &str| shown.get(name).and_then(Value::as_str).unwrap_or_default();
    output::line(&format!("{} ({} clock)", text("now"), text("kind")))
}
