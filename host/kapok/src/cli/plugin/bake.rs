//! `kapok plugin bake`: makes the project's image.

use std::path::PathBuf;

use clap::Args;
use plugins::Limits;
use serde::Serialize;

use super::project::{self, Building, Folder};
use crate::output;

/// Make the image: the component with the project's settings frozen in.
///
/// The image is a component too, and Spin serves it behind the adapter. The platform bakes its own from what
/// `kapok plugin push` sends it; the same digest is the proof that both are one. Beside it
/// stands a JSON file that says what it is. The same component with the same settings gives the same
/// image; its SHA-256 is the rule's identity.
#[derive(Debug, Args)]
#[command(after_long_help = "\
Examples:
  kapok plugin bake
  kapok plugin bake panyu-routing --out panyu.wasm --json

Exit codes: 0 the image is there, 1 it cannot be made, 2 usage")]
pub(crate) struct Arguments {
    #[command(flatten)]
    folder: Folder,
    /// Where the image goes; otherwise where `plugin.toml` says, or beside the component.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    #[command(flatten)]
    building: Building,
    /// Print one JSON object.
    #[arg(long)]
    json: bool,
}

/// The result.
#[derive(Debug, Serialize)]
struct Row<'a> {
    path: PathBuf,
    image: &'a str,
    component: &'a str,
    settings: &'a str,
    kind: String,
    scope: &'a str,
    name: &'a str,
    version: &'a str,
    bytes: usize,
}

pub(super) fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let project = arguments.folder.project()?;
    arguments.building.run(&project)?;
    let image = project::bake(&project, &Limits::shipped())?;
    let path = match &arguments.out {
        Some(path) => {
            image.save(path, project.scope())?;
            path.clone()
        }
        None => project.image(),
    };
    let row = Row {
        path,
        image: &image.image,
        component: &image.component,
        settings: &image.settings,
        kind: project.kind().to_string(),
        scope: project.scope(),
        name: &image.description.name,
        version: &image.description.version,
        bytes: image.bytes.len(),
    };
    if arguments.json {
        return output::json(&row);
    }
    output::line(&format!(
        "{}\n  {} {} answers {} for {}, {} bytes\n  image     {}\n  component {}\n  settings  {}",
        row.path.display(),
        row.name,
        row.version,
        row.kind,
        row.scope,
        row.bytes,
        row.image,
        row.component,
        row.settings,
    ))
}
