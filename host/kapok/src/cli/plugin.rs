//! `kapok plugin`: what the author of a plugin does, and what the platform's admin does with it.

mod bake;
mod build;
mod dev;
mod new;
mod project;
mod registry;
mod report;
mod rollout;
mod server;
mod templates;
mod test;
mod trial;

pub(super) use server::{Platform, text};

use std::process::ExitCode;

use clap::Subcommand;

/// Write a rule plugin, and run the platform that it is pushed to.
///
/// A project is a folder with a `plugin.toml`, in Rust, Python, JavaScript or whatever else makes
/// WebAssembly components. `kapok plugin new` makes one that builds as it is.
#[derive(Debug, Subcommand)]
#[command(after_long_help = "\
Examples:
  kapok plugin new routing panyu-routing --lang python --scope 440113
  kapok plugin dev panyu-routing         rebuild on save, and see which answers change
  kapok plugin test panyu-routing        fixtures: question → expected verdict
  kapok plugin bake panyu-routing        the image that the platform takes and that Spin serves
  kapok plugin push panyu.wasm --settings panyu.toml
  kapok plugin try 3f9c12 --scope 440113 --since 2026-10-01 --html try.html
  kapok plugin activate 3f9c12 --scope 440113 --kind routing --note 'tried on October'
  kapok plugin rollback --scope 440113 --kind routing --note 'streets complain'")]
pub(crate) enum Command {
    New(new::Arguments),
    Build(build::Arguments),
    Test(test::Arguments),
    Dev(dev::Arguments),
    Bake(bake::Arguments),
    Push(registry::Push),
    List(registry::List),
    Show(registry::Show),
    Pull(registry::Pull),
    Try(trial::Try),
    Activate(rollout::Activate),
    Approve(rollout::Approve),
    Withdraw(rollout::Withdraw),
    End(rollout::End),
    Rollback(rollout::Rollback),
    Status(rollout::Status),
    History(rollout::History),
    Policy(rollout::Policy),
}

pub(super) fn run(command: &Command) -> anyhow::Result<ExitCode> {
    match command {
        Command::New(arguments) => new::run(arguments)?,
        Command::Build(arguments) => build::run(arguments)?,
        Command::Test(arguments) => return test::run(arguments),
        Command::Dev(arguments) => return dev::run(arguments),
        Command::Bake(arguments) => bake::run(arguments)?,
        Command::Push(arguments) => return registry::push(arguments),
        Command::List(arguments) => registry::list(arguments)?,
        Command::Show(arguments) => registry::show(arguments)?,
        Command::Pull(arguments) => registry::pull(arguments)?,
        Command::Try(arguments) => return trial::run(arguments),
        Command::Activate(arguments) => rollout::activate(arguments)?,
        Command::Approve(arguments) => rollout::approve(arguments)?,
        Command::Withdraw(arguments) => rollout::withdraw(arguments)?,
        Command::End(arguments) => rollout::end(arguments)?,
        Command::Rollback(arguments) => rollout::roll_back(arguments)?,
        Command::Status(arguments) => rollout::status(arguments)?,
        Command::History(arguments) => rollout::history(arguments)?,
        Command::Policy(arguments) => rollout::policy(arguments)?,
    }
    Ok(ExitCode::SUCCESS)
}
