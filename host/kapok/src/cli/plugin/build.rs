//! `kapok plugin build`: runs the project's build command.

use clap::Args;

use super::project::{self, Folder};
use crate::output;

/// Build the component.
///
/// Runs the command that `plugin.toml` names under `build`, in the project's folder. What it prints goes
/// to standard error; the component's path to standard output.
#[derive(Debug, Args)]
#[command(after_long_help = "\
Examples:
  kapok plugin build
  kapok plugin build plugins/districts/panyu-knowledge --if-changed

Exit codes: 0 built, 1 the build failed, 2 usage")]
pub(crate) struct Arguments {
    #[command(flatten)]
    folder: Folder,
    /// Do nothing if the component was built from the sources as they are.
    #[arg(long)]
    if_changed: bool,
}

pub(super) fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let project = arguments.folder.project()?;
    if !(arguments.if_changed && project.is_built()?) {
        project::build(&project)?;
    }
    output::line(&project.component().display().to_string())
}
