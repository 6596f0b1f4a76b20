//! `kapok plugin try`: what an image would have advised in decisions of the past.

use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context as _, bail};
use chrono::{DateTime, Utc};
use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::{Value, json};

use super::server::{Platform, text};
use crate::client::Client;
use crate::{output, values, wiring};

/// How often the server is asked how far the trial is.
const LOOK: Duration = Duration::from_millis(300);
/// Moves that are shown as text.
const MOVES: usize = 15;
/// Differences that are shown side by side as text.
const SAMPLES: usize = 3;

/// Try an image on decisions of the past: how many verdicts would change, where, and at what cost.
///
/// The server asks the image in slots that no order needs, one trial at a time; Ctrl-C cancels it. Nothing
/// changes by it; the result stands in the rollout log, where activation may require it.
#[derive(Debug, Args)]
#[command(after_long_help = "\
Examples:
  kapok plugin try 3f9c12 --scope 440106 --since 2026-10-01
  kapok plugin try 3f9c12 --scope 440100 --since 2026-11-01 --html try.html

Exit codes: 0 done, 1 it came to no result or no access, 2 usage")]
pub(crate) struct Try {
    /// Digest, or its first digits.
    image: String,
    /// The scope that it would be active in.
    #[arg(long)]
    scope: String,
    /// Decisions from this day or instant on.
    #[arg(long, value_name = "TIME", value_parser = values::instant)]
    since: Option<DateTime<Utc>>,
    /// Decisions before this day or instant.
    #[arg(long, value_name = "TIME", value_parser = values::instant)]
    until: Option<DateTime<Utc>>,
    /// Write the report as a page that needs nothing else.
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,
    #[command(flatten)]
    platform: Platform,
}

pub(super) fn run(arguments: &Try) -> anyhow::Result<ExitCode> {
    let client = arguments.platform.client()?;
    let body = json!({
        "image": arguments.image,
        "scope": arguments.scope,
        "since": arguments.since.map(values::rfc3339),
        "until": arguments.until.map(values::rfc3339),
    });
    let begun = client.post("/api/v1/trials", &body, None)?;
    let path = format!("/api/v1/trials/{}", text(&begun, "/id"));
    let bar = ProgressBar::new(number(&begun, "/total"));
    let style = "{wide_bar} {pos}/{len} decisions, {per_sec}, {eta} left";
    bar.set_style(ProgressStyle::with_template(style)?);
    let trial = wiring::block_on(follow(&client, &path, &bar))?;
    bar.finish_and_clear();
    if text(&trial, "/state") != "done" {
        bail!("the trial came to no result: {}", text(&trial, "/problem"));
    }
    if let Some(file) = &arguments.html {
        let page = client.get_bytes(&format!("{path}/page"))?;
        fs::write(file, page).with_context(|| format!("cannot write {}", file.display()))?;
        output::note(&format!("report: {}", file.display()));
    }
    let report = trial.pointer("/report").cloned().unwrap_or_default();
    arguments.platform.show(&report, words)?;
    Ok(ExitCode::SUCCESS)
}

/// Asks how a trial stands until it is over. Ctrl-C cancels it, so that it keeps nobody from another one.
async fn follow(client: &Client, path: &str, bar: &ProgressBar) -> anyhow::Result<Value> {
    let stop = wiring::stop_signal()?;
    tokio::pin!(stop);
    loop {
        let trial = client.get(path)?;
        bar.set_position(number(&trial, "/seen"));
        if text(&trial, "/state") != "running" {
            return Ok(trial);
        }
        tokio::select! {
            () = &mut stop => {
                client.delete(path).context("the trial goes on, because it cannot be cancelled")?;
                bail!("cancelled; nothing of the trial is recorded");
            }
            () = tokio::time::sleep(LOOK) => {}
        }
    }
}

fn number(value: &Value, path: &str) -> u64 {
    value.pointer(path).and_then(Value::as_u64).unwrap_or(0)
}

fn words(report: &Value) -> String {
    let mut out = String::new();
    let mut say = |line: &str| {
        // Writing to a string does not fail.
        let _ = writeln!(out, "{line}");
    };
    say(&format!(
        "{} in {}: {} ‰ of {} decisions would differ",
        text(report, "/rule/name"),
        text(report, "/scope"),
        text(report, "/changed_permille"),
        text(report, "/asked"),
    ));
    let rows: Vec<Vec<String>> = [
        ("decisions looked at", "/decisions"),
        ("would not have asked it", "/out_of_reach"),
        ("question not kept", "/without_question"),
        ("asked it", "/asked"),
        ("same, byte for byte", "/same"),
        ("other reasons or scores only", "/reworded"),
        ("other verdict", "/changed"),
        ("verdict where there was none", "/gained"),
        ("none where there was one", "/lost"),
        ("fuel, p50", "/fuel/p50"),
        ("fuel, p99", "/fuel/p99"),
        ("µs, p50", "/duration_us/p50"),
        ("µs, p99", "/duration_us/p99"),
    ]
    .into_iter()
    .map(|(label, path)| vec![label.to_owned(), text(report, path)])
    .collect();
    say(&output::table(&["", "n"], &rows));
    let failures = report
        .pointer("/without_verdict")
        .and_then(Value::as_object);
    for (name, count) in failures.into_iter().flatten() {
        say(&format!("no verdict of its own, {name}: {count}"));
    }
    groups(report, &mut say);
    moves(report, &mut say);
    samples(report, &mut say);
    out
}

/// Some differences side by side.
fn samples(report: &Value, say: &mut impl FnMut(&str)) {
    let samples = report.get("samples").and_then(Value::as_array);
    let differ = samples
        .into_iter()
        .flatten()
        .filter(|it| text(it, "/class") != "reworded");
    for sample in differ.take(SAMPLES) {
        say(&format!(
            "order {}, decision {}\n  then {}\n  now  {}",
            text(sample, "/order"),
            text(sample, "/decision"),
            text(sample, "/before"),
            text(sample, "/after"),
        ));
    }
}

/// The share that differs, by district, category and unit, most first.
fn groups(report: &Value, say: &mut impl FnMut(&str)) {
    for (title, path) in [
        ("by district", "/by_district"),
        ("by category", "/by_category"),
        ("by unit", "/by_unit"),
    ] {
        let groups = report.pointer(path).and_then(Value::as_object);
        let mut rows: Vec<(u64, Vec<String>)> = groups
            .into_iter()
            .flatten()
            .map(|(name, group)| {
                let changed = number(group, "/changed");
                let asked = text(group, "/asked");
                (changed, vec![name.clone(), changed.to_string(), asked])
            })
            .collect();
        rows.sort_by(|a, b| b.0.cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
        rows.truncate(MOVES);
        let rows: Vec<Vec<String>> = rows.into_iter().map(|(_, row)| row).collect();
        say(&output::table(&[title, "differ", "asked"], &rows));
    }
}

/// From what to what, most frequent first.
fn moves(report: &Value, say: &mut impl FnMut(&str)) {
    let moves = report.pointer("/moves").and_then(Value::as_array);
    let none = |text: String| {
        if text.is_empty() {
            "—".to_owned()
        } else {
            text
        }
    };
    let rows: Vec<Vec<String>> = moves
        .into_iter()
        .flatten()
        .take(MOVES)
        .map(|it| {
            vec![
                none(text(it, "/from")),
                none(text(it, "/to")),
                text(it, "/count"),
            ]
        })
        .collect();
    if !rows.is_empty() {
        say(&output::table(&["then", "now", "n"], &rows));
    }
}
