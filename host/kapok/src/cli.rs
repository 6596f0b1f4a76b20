//! The command line: one file for each command.

mod audit;
mod bake;
mod calendar;
mod clock;
mod deadline;
mod dossier;
mod forecast;
mod functions;
mod import;
mod indicators;
mod knowledge;
mod order;
mod plugin;
mod replay;
mod rules;
mod serve;
mod spin;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::config::LogOptions;
use crate::telemetry;

/// Kapok (木棉): rule plugins for a city's 12345 hotline.
///
/// Work orders live by the regulation; what differs between districts and changes from month to month
/// lives in WebAssembly plugins that are swapped while the hotline runs.
#[derive(Debug, Parser)]
#[command(name = "kapok", version, propagate_version = true, after_long_help = AFTER_HELP)]
pub(crate) struct Cli {
    #[command(flatten)]
    log: LogOptions,
    #[command(subcommand)]
    command: Command,
}

const AFTER_HELP: &str = "\
Examples:
  kapok bake                                       make the rule images of plugins/rules.toml
  kapok serve                                      start with embedded defaults on 127.0.0.1:8345
  kapok import host/kapok/demo/requests.jsonl      file the thirty sample requests
  kapok order list --stage awaiting_dispatch       what waits for a person
  kapok deadline --type 投诉 --dispatched 2026-09-18T16:00
  kapok indicators --from 2026-09-01 --until 2026-09-30
  kapok forecast                                   which deadlines end on the next ten working days
  kapok knowledge import points.csv --unit GZ-RSJ  begin knowledge points from a table
  kapok rules R36                                  where a rule is kept, tested and told
  kapok plugin new routing NAME --lang python      begin a rule plugin

Every command that prints data has --json. Options that stay the same from call to call also have an
environment variable KAPOK_*; the option wins.

Exit codes:
  0  done
  1  failed; the error says why and what to do
  2  the command line is not understood
  3  done, but not all is well: import refused some lines, a check found what blocks";

// Each variant takes its help from the type that it holds.
#[derive(Debug, Subcommand)]
enum Command {
    Serve(serve::Arguments),
    Bake(bake::Arguments),
    Import(import::Arguments),
    #[command(subcommand)]
    Order(order::Command),
    #[command(subcommand)]
    Dossier(dossier::Command),
    Deadline(deadline::Arguments),
    #[command(subcommand)]
    Calendar(calendar::Command),
    Functions(functions::Arguments),
    #[command(subcommand)]
    Clock(clock::Command),
    Rules(rules::Arguments),
    Replay(replay::Arguments),
    #[command(subcommand)]
    Audit(audit::Command),
    Indicators(indicators::Arguments),
    Forecast(forecast::Arguments),
    #[command(subcommand)]
    Knowledge(knowledge::Command),
    #[command(subcommand)]
    Plugin(plugin::Command),
    #[command(subcommand)]
    Spin(spin::Command),
}

/// Runs a command.
pub(crate) fn run(cli: Cli) -> anyhow::Result<ExitCode> {
    let LogOptions { log, log_filter } = cli.log;
    let level = match &cli.command {
        Command::Serve(_) | Command::Functions(_) => "info",
        Command::Bake(_)
        | Command::Import(_)
        | Command::Order(_)
        | Command::Dossier(_)
        | Command::Deadline(_)
        | Command::Calendar(_)
        | Command::Clock(_)
        | Command::Rules(_)
        | Command::Replay(_)
        | Command::Audit(_)
        | Command::Indicators(_)
        | Command::Knowledge(_)
        | Command::Forecast(_)
        | Command::Spin(_) => "warn",
        // It shows by itself what a plugin does wrong.
        Command::Plugin(_) => "error",
    };
    telemetry::start(log, log_filter.as_deref(), level)?;
    match cli.command {
        Command::Serve(arguments) => serve::run(&arguments)?,
        Command::Bake(arguments) => bake::run(&arguments)?,
        Command::Import(arguments) => return import::run(&arguments),
        Command::Order(command) => order::run(&command)?,
        Command::Dossier(command) => dossier::run(&command)?,
        Command::Deadline(arguments) => deadline::run(&arguments)?,
        Command::Calendar(command) => calendar::run(&command)?,
        Command::Functions(arguments) => functions::run(&arguments)?,
        Command::Clock(command) => clock::run(&command)?,
        Command::Replay(arguments) => return replay::run(&arguments),
        Command::Audit(command) => return audit::run(&command),
        Command::Rules(arguments) => rules::run(&arguments)?,
        Command::Indicators(arguments) => indicators::run(&arguments)?,
        Command::Forecast(arguments) => forecast::run(&arguments)?,
        Command::Knowledge(command) => return knowledge::run(&command),
        Command::Plugin(command) => return plugin::run(&command),
        Command::Spin(command) => spin::run(&command)?,
    }
    Ok(ExitCode::SUCCESS)
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    #[test]
    fn the_command_line_is_consistent() {
        super::Cli::command().debug_assert();
    }
}
