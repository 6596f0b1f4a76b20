//! `kapok bake`: makes the rule images of a rule list.

use std::fs;
use std::path::PathBuf;

use anyhow::Context as _;
use clap::Args;
use plugins::{Baked, Force, Limits, RuleEntry, RuleList};
use serde::Serialize;

use crate::output;

/// Make the rule images: components with their settings frozen in.
///
/// For every rule of the list, the component is instantiated, its `configure` runs once with the
/// settings, and the result is frozen into an image. The image's SHA-256 is the rule's identity: the
/// same component with the same settings gives the same bytes. What is up to date is left alone.
///
/// Problems that a plugin finds in its settings are printed with their paths.
#[derive(Debug, Args)]
#[command(after_long_help = "\
Examples:
  kapok bake
  kapok bake --rules plugins/rules.toml --force --json

Files:
  plugins/rules.toml   [[rule]] kind, scope, component, settings, image; paths start at the folder
                       above the one that holds the list

Exit codes: 0 all images are up to date, 1 a rule cannot be baked, 2 usage")]
pub(crate) struct Arguments {
    /// The rule list.
    #[arg(
        long,
        env = "KAPOK_RULES",
        value_name = "FILE",
        default_value = "plugins/rules.toml"
    )]
    rules: PathBuf,
    /// Bake everything again, also what is up to date.
    #[arg(long)]
    force: bool,
    /// Print one JSON object a rule.
    #[arg(long)]
    json: bool,
}

/// A line of the result.
#[derive(Debug, Serialize)]
struct Row {
    kind: String,
    scope: String,
    image: PathBuf,
    digest: String,
    bytes: u64,
    component: PathBuf,
    settings: PathBuf,
    state: &'static str,
}

pub(super) fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let list = RuleList::read(&arguments.rules)?;
    let force = if arguments.force {
        Force::Everything
    } else {
        Force::OnlyStale
    };
    let baked = list.bake_all(&Limits::shipped(), force).context(
        "the rule images are not complete; run `make plugins` if a component is missing",
    )?;
    let mut rows = Vec::new();
    for (rule, baked) in list.rules.iter().zip(baked) {
        rows.push(row(rule, baked)?);
    }
    if arguments.json {
        return rows.iter().try_for_each(output::json);
    }
    let cells: Vec<Vec<String>> = rows.into_iter().map(cells).collect();
    output::line(&output::table(
        &[
            "state",
            "kind",
            "scope",
            "digest",
            "bytes",
            "image",
            "component",
            "settings",
        ],
        &cells,
    ))
}

fn row(rule: &RuleEntry, baked: Baked) -> anyhow::Result<Row> {
    let metadata = fs::metadata(&baked.path)
        .with_context(|| format!("cannot read the image `{}`", baked.path.display()))?;
    Ok(Row {
        kind: baked.kind.to_string(),
        scope: baked.scope,
        image: rule.image.clone(),
        digest: baked.image,
        bytes: metadata.len(),
        component: rule.component.clone(),
        settings: rule.settings.clone(),
        state: if baked.fresh { "baked" } else { "up to date" },
    })
}

fn cells(row: Row) -> Vec<String> {
    let short: String = row.digest.chars().take(12).collect();
    vec![
        row.state.to_owned(),
        row.kind,
        row.scope,
        short,
        row.bytes.to_string(),
        row.image.display().to_string(),
        row.component.display().to_string(),
        row.settings.display().to_string(),
    ]
}
