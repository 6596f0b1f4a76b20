//! `kapok plugin test`: the project's fixtures in the real runtime.

use std::process::ExitCode;

use clap::Args;
use plugins::Project;
use plugins::fixtures::{self, Judged, Judgement};

use super::project::{Building, Folder, Ready};
use super::report;
use crate::output;

/// Run the fixtures: questions with the verdicts that are expected.
///
/// Builds the component if a source has changed, bakes it with the project's settings, and asks every
/// question of `fixtures/` in the runtime of the server: a fresh instance for each, the same limits. Tells
/// where an answer differs, field by field, and the fuel and memory of each case.
///
/// A fixture file holds a case `{"name", "question", "expected"}` or a list of them, in the contract's
/// JSON form. What `expected` leaves out is not compared, and "..." at the end of a list stands for
/// whatever follows.
#[derive(Debug, Args)]
#[command(after_long_help = "\
Examples:
  kapok plugin test
  kapok plugin test plugins/routing --json
  kapok plugin test --update       take the answers as they are; read them before you commit them

Exit codes: 0 all passed, 1 a case failed or could not be run, 2 usage")]
pub(crate) struct Arguments {
    #[command(flatten)]
    folder: Folder,
    /// Write the answers that were given as what is expected, where they differ.
    #[arg(long)]
    update: bool,
    #[command(flatten)]
    building: Building,
    /// Print one JSON object a case.
    #[arg(long)]
    json: bool,
}

pub(super) fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    let project = arguments.folder.project()?;
    // Before anything is built: a bad fixture is found at once.
    let cases = project.cases()?;
    arguments.building.run(&project)?;
    let ready = Ready::make(&project)?;
    let judged: Vec<Judged<'_>> = fixtures::run(&ready.runtime, &ready.rule, &cases).collect();
    if arguments.json {
        for one in &judged {
            output::json(&report::Row::from(one))?;
        }
    } else {
        show(arguments, &project, &ready, &judged)?;
    }
    if arguments.update {
        let changed = fixtures::update(&judged)?;
        output::note(&format!("{changed} expectations written"));
    }
    // What was written is expected from now on; a failure never is.
    let bad = judged.iter().any(|one| match one.judgement {
        Judgement::Passed => false,
        Judgement::Failed => !arguments.update || one.examined.answer.get("failed").is_some(),
        Judgement::Open => !arguments.update,
    });
    Ok(if bad {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    })
}

fn show(
    arguments: &Arguments,
    project: &Project,
    ready: &Ready,
    judged: &[Judged<'_>],
) -> anyhow::Result<()> {
    output::line(&report::table(judged))?;
    for one in judged {
        if one.judgement == Judgement::Failed {
            output::line(&format!("\n{}", report::failure(one, project.folder())))?;
        }
    }
    let open = judged.iter().any(|one| one.judgement == Judgement::Open);
    let hint = if open && !arguments.update {
        "\nA case without `expected` tests nothing: --update writes the answer that was given"
    } else {
        ""
    };
    output::line(&format!(
        "\n{}; {}{hint}",
        report::count(judged),
        report::most(judged, &ready.limits)
    ))
}
