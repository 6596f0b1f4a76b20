//! `kapok spin`: a scope's rules as a Spin application of their own.

mod application;
mod export;

use clap::Subcommand;

/// Make a scope's rules a Spin application of their own.
///
/// What a district runs on its own Spin or SpinKube is the very images that the city activated; the city
/// then asks them there, by `kapok plugin activate --function`.
#[derive(Debug, Subcommand)]
#[command(after_long_help = "\
Examples:
  kapok spin export --scope 440106 --out tianhe
  kapok spin export --scope 440106 --out tianhe --local")]
pub(crate) enum Command {
    Export(export::Arguments),
}

pub(super) fn run(command: &Command) -> anyhow::Result<()> {
    match command {
        Command::Export(arguments) => export::run(arguments),
    }
}
