//! The command `kapok`: command line, configuration, telemetry and wiring. No rule of the hotline
//! stands here; what an order may do is decided in `lifecycle`, and everything else in the crates
//! between.
#![forbid(unsafe_code)]

mod cli;
mod client;
mod config;
mod demo;
mod import;
mod output;
mod telemetry;
mod values;
mod wiring;

use std::process::ExitCode;

use clap::Parser as _;

fn main() -> ExitCode {
    match cli::run(cli::Cli::parse()) {
        Ok(code) => code,
        Err(error) if output::is_broken_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            output::error(&error);
            ExitCode::FAILURE
        }
    }
}
