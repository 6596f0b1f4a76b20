//! `kapok replay`: makes a decision of the journal again.

use std::fmt::Write as _;
use std::process::ExitCode;

use clap::Args;
use serde_json::{Value, json};
use uuid::Uuid;

use super::plugin::{Platform, text};

/// Make a decision again: the same question to the same images must give the same bytes.
///
/// The decision's number stands in the order's history (`kapok order show`). What ended for a reason of
/// the machine then (no slot, wall clock) is told apart, and so is fuel of another engine.
#[derive(Debug, Args)]
#[command(after_long_help = "\
Examples:
  kapok replay 01934b7e-5f0a-7c3d-9a41-6f6c1b7f0d11

Exit codes: 0 the same, 1 not the same, or it cannot be made again, 2 usage")]
pub(crate) struct Arguments {
    /// The decision.
    decision: Uuid,
    #[command(flatten)]
    platform: Platform,
}

pub(super) fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    let client = arguments.platform.client()?.patient();
    let path = format!("/api/v1/decisions/{}/replay", arguments.decision);
    let answer = client.post(&path, &json!({}), None)?;
    arguments.platform.show(&answer, words)?;
    let same = answer.pointer("/same").and_then(Value::as_bool) == Some(true);
    Ok(if same {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

fn words(answer: &Value) -> String {
    let mut out = format!(
        "decision {} on order {}: {}\n",
        text(answer, "/decision"),
        text(answer, "/order"),
        if text(answer, "/same") == "true" {
            "the same again"
        } else {
            "NOT the same"
        },
    );
    let attempts = answer.pointer("/attempts").and_then(Value::as_array);
    for attempt in attempts.into_iter().flatten() {
        // Writing to a string does not fail.
        let _ = writeln!(
            out,
            "  {} {}: {}\n    then {} fuel {} on {}: {}\n    now  {} fuel {} on {}: {}",
            text(attempt, "/scope"),
            text(attempt, "/image"),
            text(attempt, "/result"),
            text(attempt, "/then/outcome"),
            text(attempt, "/then/fuel"),
            text(attempt, "/then/engine"),
            text(attempt, "/then/verdict"),
            text(attempt, "/now/outcome"),
            text(attempt, "/now/fuel"),
            text(attempt, "/now/engine"),
            text(attempt, "/now/verdict"),
        );
    }
    out
}
