//! `kapok import`: files messages from a file as work orders.

use std::io::{self, IsTerminal as _};
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::bail;
use clap::{Args, ValueEnum};
use contract::types::OrderType;

use crate::client::Client;
use crate::config::{DataOptions, RuleOptions, ServerOptions};
use crate::import::record::{Districts, Format};
use crate::import::report::Report;
use crate::import::run::Import;
use crate::import::target::{self, Target};
use crate::wiring::{Clock, Embedded};
use crate::{output, values};

/// File messages from a file as work orders.
///
/// Each message becomes one order: registered durably, asked of the routing plugins, and dispatched
/// where their advice is clear; else it waits in the queue that a person routes. Bad lines are refused
/// one by one, with line number, field and way out, and never stop the import.
///
/// A message is known by its id: what is there already with the same content is skipped, so an import
/// that was interrupted is simply run again. The same id with other content is refused.
#[derive(Debug, Args)]
#[command(after_long_help = FORMAT)]
pub(crate) struct Arguments {
    /// The messages, one JSON object a line, in UTF-8.
    file: PathBuf,
    /// Admin's token, which sets the server's clock with --at received. Default: --token.
    #[arg(
        long,
        env = "KAPOK_ADMIN_TOKEN",
        value_name = "TOKEN",
        hide_env_values = true
    )]
    admin_token: Option<String>,
    /// When the orders are registered.
    #[arg(long, env = "KAPOK_IMPORT_AT", value_enum, default_value = "now")]
    at: At,
    /// Type of messages that name none.
    #[arg(long, env = "KAPOK_IMPORT_DEFAULT_TYPE", value_name = "TYPE", default_value = "complaint", value_parser = values::order_type)]
    default_type: OrderType,
    /// So many messages are filed at a time; they share flushes to disk.
    #[arg(
        long,
        env = "KAPOK_IMPORT_WORKERS",
        value_name = "N",
        default_value = "64"
    )]
    workers: NonZeroUsize,
    /// Also write every refusal and the summary to this file, as --json prints them.
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,
    /// Print refusals and, as the last line, the summary as JSON.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    data: DataOptions,
    #[command(flatten)]
    rules: RuleOptions,
    #[command(flatten)]
    server: ServerOptions,
}

const FORMAT: &str = "\
Examples:
  kapok import host/kapok/demo/requests.jsonl
  kapok import messages.jsonl --data .kapok --report refused.jsonl
  kapok import messages.jsonl --data training --at received --json
  kapok import messages.jsonl --server http://127.0.0.1:8345 --token $OPERATOR_TOKEN

Format of FILE: one JSON object a line, at most 1 MiB; empty lines are passed over.
  id           required; text or whole number, unique in the source, at most 200 characters
  text         required; what the requester said, at most 20,000 characters
  subject      subject line, at most 200 characters
  received_at  when it came in: 2026-09-18T16:00:00+08:00, or local 2026-09-18T16:00 or 2026-09-18
  type         consultation 咨询, complaint 投诉, violation_report 举报, help_request 求助,
               suggestion 意见建议, commendation 表扬; default --default-type
  channel      phone 电话 or online 网络; default online
  district     code or name in the directory, such as 440106 or 天河区
  street, category
  requester    account of the requester; with name, phone, id_number and address personal data, kept
               apart and masked
Other fields are ignored and counted in the report.

When (--at):
  now       at the clock of the store or server
  received  each at its own received_at, in that order. The clock is a manual one that is advanced
            along, so deadlines fall due on the way. A data directory then stays on its manual
            clock; a server must have been started with --clock manual.

Output: the figures. --json and --report give one object a refused line,
  {\"line\",\"id\",\"field\",\"problem\",\"way_out\"}, and last one line
  {\"imported\",\"skipped\",\"refused\",\"routed\",\"dispatched\",\"person_queue\",\"default_type\",
   \"ignored_fields\",\"seconds\",\"orders_per_second\"}

Exit codes: 0 nothing refused, 1 failed (run it again to go on), 2 usage, 3 some lines refused";

/// When the orders are registered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum At {
    /// Now.
    Now,
    /// Each at its own instant.
    Received,
}

pub(super) fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    let mut report = match Client::of(&arguments.server)? {
        Some(client) => {
            let target = target::Server::new(client, arguments.admin_token.as_deref())?;
            import(arguments, &target, target.districts()?)?
        }
        None => embedded(arguments)?,
    };
    if let Some(path) = &arguments.report {
        report.write(path)?;
    }
    if arguments.json {
        report
            .refusals
            .drain(..)
            .try_for_each(|refusal| output::json(&refusal))?;
        output::json(&report.summary)?;
    } else {
        output::line(&report.text())?;
    }
    Ok(if report.summary.refused == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::from(3)
    })
}

fn embedded(arguments: &Arguments) -> anyhow::Result<Report> {
    let clock = match arguments.at {
        At::Now => Clock::AsLeft,
        At::Received => Clock::ManualFromBeginning,
    };
    let embedded = Embedded::open(&arguments.data, &arguments.rules, clock)?;
    let target = target::Store::new(&embedded);
    let districts = Districts::of(embedded.engine.directory());
    // Effects are performed while the import runs, so that they share its flushes to disk.
    let ticker = (arguments.at == At::Now)
        .then(|| embedded.start_ticker())
        .transpose()?;
    let report = import(arguments, &target, districts);
    drop(ticker);
    target.settle()?;
    report
}

fn import(
    arguments: &Arguments,
    target: &dyn Target,
    districts: Districts,
) -> anyhow::Result<Report> {
    if !arguments.file.is_file() {
        bail!(
            "`{}` is no file; give a file of messages",
            arguments.file.display()
        );
    }
    let import = Import {
        path: &arguments.file,
        format: Format {
            default_type: arguments.default_type,
            needs_received_at: arguments.at == At::Received,
            districts,
        },
        at: match arguments.at {
            At::Now => target::At::Now,
            At::Received => target::At::Received,
        },
        workers: arguments.workers,
        progress: !arguments.json && io::stderr().is_terminal(),
    };
    import.run(target)
}
