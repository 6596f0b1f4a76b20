//! `kapok knowledge`: the knowledge base of a running server: files in and out, checks in bulk, looking.

mod check;
mod looking;
mod searching;
mod server;
mod text;
mod transfer;

use std::process::ExitCode;

use clap::Subcommand;

/// Keep the knowledge base: import and export points, check them, look at them.
///
/// Points are written, reviewed and published over HTTP; see /api/v1/openapi.json.
#[derive(Debug, Subcommand)]
#[command(after_long_help = "\
Examples:
  kapok knowledge import points.csv --unit GZ-RSJ --kind interpretation --report refused.jsonl
  kapok knowledge export --format csv --out points.csv
  kapok knowledge check --all
  kapok knowledge check --all --candidate 3f9c12 --scope 440106
  kapok knowledge show K-20261124-K7Q2M4X9PA --diff 1..2
  kapok knowledge search gjj 提取
  kapok knowledge list --stage expiring
  kapok knowledge expiring --days 30")]
pub(crate) enum Command {
    Import(transfer::Import),
    Export(transfer::Export),
    Check(check::Check),
    Show(looking::Show),
    List(looking::List),
    Expiring(looking::Expiring),
    Search(searching::Search),
}

pub(super) fn run(command: &Command) -> anyhow::Result<ExitCode> {
    match command {
        Command::Import(arguments) => return transfer::import(arguments),
        Command::Export(arguments) => transfer::export(arguments)?,
        Command::Check(arguments) => return check::run(arguments),
        Command::Show(arguments) => looking::show(arguments)?,
        Command::List(arguments) => looking::list(arguments)?,
        Command::Expiring(arguments) => looking::expiring(arguments)?,
        Command::Search(arguments) => searching::run(arguments)?,
    }
    Ok(ExitCode::SUCCESS)
}
