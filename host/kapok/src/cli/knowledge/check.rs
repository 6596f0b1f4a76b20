//! `kapok knowledge check`: what the plugins find in points that are there, with the rules that are
//! active or with a candidate.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context as _;
use clap::{ArgGroup, Args, ValueEnum};
use serde_json::{Value, json};

use super::server::{Base, bar};
use super::text;
use crate::output;

/// Points that are asked about at a time.
const PAGE: u32 = 50;

/// Check points with the plugins of their unit, district and city.
///
/// Nothing is recorded and nobody is told. With --candidate, as if that image were active in the scope:
/// what would it find that is found by nobody now?
#[derive(Debug, Args)]
#[command(group = ArgGroup::new("which").required(true).args(["point", "all"]))]
#[command(after_long_help = "\
Examples:
  kapok knowledge check --all
  kapok knowledge check --all --unit GZ-RSJ --part published --report findings.jsonl
  kapok knowledge check --all --candidate 3f9c12 --scope 440106
  kapok knowledge check K-20261124-K7Q2M4X9PA --json

Output: a line for each finding, and the figures by rule. --json and --report give one object a draft or
version that was asked about, as POST /api/v1/knowledge/checks does, and last one line with the figures.

Exit codes: 0 nothing blocks, 1 no access or no such image, 2 usage, 3 some findings block")]
pub(crate) struct Check {
    /// Number of the point.
    point: Option<String>,
    /// All points that one may check.
    #[arg(long)]
    all: bool,
    /// What of each point.
    #[arg(long, value_enum, default_value = "both")]
    part: Part,
    /// Only points of this unit.
    #[arg(long, value_name = "UNIT")]
    unit: Option<String>,
    /// An image to be asked as if it were active: its digest, or the first digits.
    #[arg(long, value_name = "DIGEST")]
    candidate: Option<String>,
    /// The scope that it would be active in.
    #[arg(
        long,
        value_name = "SCOPE",
        default_value = "440100",
        requires = "candidate"
    )]
    scope: String,
    /// Also write everything that was asked, and the figures, to this file as JSON.
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,
    /// Print JSON.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    base: Base,
}

/// What of each point is checked.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum Part {
    /// The published version.
    Published,
    /// The draft.
    Draft,
    /// Both.
    Both,
}

impl Part {
    const fn name(self) -> &'static str {
        match self {
            Self::Published => "published",
            Self::Draft => "draft",
            Self::Both => "both",
        }
    }
}

pub(super) fn run(arguments: &Check) -> anyhow::Result<ExitCode> {
    let client = arguments.base.client()?.patient();
    let candidate = arguments
        .candidate
        .as_ref()
        .map(|image| json!({ "image": image, "scope": arguments.scope }));
    let mut body = json!({
        "part": arguments.part.name(),
        "unit": arguments.unit,
        "point": arguments.point,
        "candidate": candidate,
        "limit": PAGE,
    });
    let bar = bar(0, "{wide_bar} {pos}/{len} points, {per_sec}, {eta} left")?;
    let mut tally = Tally::default();
    let mut items = Vec::new();
    loop {
        let mut page = client.post("/api/v1/knowledge/checks", &body, None)?;
        if let Some(total) = page.get("total").and_then(Value::as_u64) {
            bar.set_length(total);
        }
        let looked_at = page.get("looked_at").and_then(Value::as_u64);
        tally.points = tally.points.saturating_add(looked_at.unwrap_or(0));
        bar.set_position(tally.points);
        let found = page.get_mut("items").and_then(Value::as_array_mut);
        for item in found.map(std::mem::take).unwrap_or_default() {
            tally.count(&item);
            items.push(item);
        }
        let next = page.get("next").cloned().unwrap_or_default();
        if next.is_null() {
            break;
        }
        if let Some(fields) = body.as_object_mut() {
            fields.insert("after".to_owned(), next);
        }
    }
    bar.finish_and_clear();
    let figures = tally.figures();
    if let Some(path) = &arguments.report {
        write(path, &items, &figures)?;
    }
    if arguments.json {
        items.iter().try_for_each(output::json)?;
        output::json(&figures)?;
    } else {
        output::line(&text::checked(&items, &figures))?;
    }
    Ok(if tally.block == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::from(3)
    })
}

fn write(path: &Path, items: &[Value], figures: &Value) -> anyhow::Result<()> {
    let write = || -> anyhow::Result<()> {
        let mut file = BufWriter::new(File::create(path)?);
        for item in items {
            writeln!(file, "{item}")?;
        }
        writeln!(file, "{figures}")?;
        Ok(file.flush()?)
    };
    write().with_context(|| format!("cannot write the report to `{}`", path.display()))
}

/// What was asked and found so far.
#[derive(Debug, Default)]
struct Tally {
    points: u64,
    parts: u64,
    blocked: u64,
    block: u64,
    warn: u64,
    not_asked: u64,
    /// By scope and rule.
    rules: BTreeMap<(String, String), Rule>,
}

/// What one rule was asked and found.
#[derive(Debug, Default)]
struct Rule {
    image: String,
    asked: u64,
    failed: u64,
    block: u64,
    warn: u64,
    fuel: u64,
}

fn bump(figure: &mut u64, by: u64) {
    *figure = figure.saturating_add(by);
}

impl Tally {
    fn count(&mut self, item: &Value) {
        bump(&mut self.parts, 1);
        bump(
            &mut self.not_asked,
            u64::from(item.get("problem").is_some_and(Value::is_string)),
        );
        let before = self.block;
        for check in text::items(item, "checks") {
            let image = check.get("rule").unwrap_or(&Value::Null);
            let key = (text::text(check, "scope"), text::text(image, "name"));
            let rule = self.rules.entry(key).or_default();
            rule.image = text::text(image, "image");
            bump(&mut rule.asked, 1);
            let failed = matches!(text::text(check, "outcome").as_str(), "failed" | "refused");
            bump(&mut rule.failed, u64::from(failed));
            bump(
                &mut rule.fuel,
                check.get("fuel").and_then(Value::as_u64).unwrap_or(0),
            );
            for finding in text::items(check, "findings") {
                let blocks = text::text(finding, "severity") == "block";
                let (all, own) = if blocks {
                    (&mut self.block, &mut rule.block)
                } else {
                    (&mut self.warn, &mut rule.warn)
                };
                bump(all, 1);
                bump(own, 1);
            }
        }
        bump(&mut self.blocked, u64::from(self.block > before));
    }

    fn figures(&self) -> Value {
        let rule = |((scope, name), rule): (&(String, String), &Rule)| {
            json!({
                "scope": scope, "name": name, "image": rule.image, "asked": rule.asked,
                "failed": rule.failed, "block": rule.block, "warn": rule.warn,
                "fuel_mean": rule.fuel.checked_div(rule.asked),
            })
        };
        json!({
            "points": self.points,
            "asked_about": self.parts,
            "not_asked": self.not_asked,
            "blocked": self.blocked,
            "block": self.block,
            "warn": self.warn,
            "rules": self.rules.iter().map(rule).collect::<Vec<_>>(),
        })
    }
}
