//! `kapok replay`: makes a decision of the journal again.

use std::fmt::Write as _;
use std::process::ExitCode;

use clap::Args;
use serde_json::{Value, json};
use uuid::Uuid;

use super::plugin::{Platform, text};

/// Make a decision again: the same question to the same images must give the same bytes.
///
/// The decision's number stands among the decisions of `kapok order show`. What ended for a reason of the
/// machine then (no slot, wall clock) is told apart, and so is fuel of another engine; where nothing else
/// was asked, nothing can be compared.
#[derive(Debug, Args)]
#[command(after_long_help = "\
Examples:
  kapok replay 01934b7e-5f0a-7c3d-9a41-6f6c1b7f0d11

Exit codes: 0 the same, 1 not the same, or nothing can be compared or made again, 2 usage")]
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
    Ok(if verdict(&answer) == SAME {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// What is said of a decision that came out the same.
const SAME: &str = "the same again";

fn verdict(answer: &Value) -> &'static str {
    let same = answer.get("same").and_then(Value::as_bool) == Some(true);
    let compared = answer.get("compared").and_then(Value::as_u64).unwrap_or(0);
    match (same, compared) {
        (false, _) => "NOT the same",
        (true, 0) => "nothing could be compared: all that was asked ended for a reason of the host",
        (true, _) => SAME,
    }
}

fn words(answer: &Value) -> String {
    let mut out = format!(
        "decision {} on order {}: {}\n",
        text(answer, "/decision"),
        text(answer, "/order"),
        verdict(answer),
    );
    let attempts = answer.pointer("/attempts").and_then(Value::as_array);
    for attempt in attempts.into_iter().flatten() {
        // Writing to a string does not fail.
        let _ = writeln!(
            out,
            "  {} {}: {}",
            text(attempt, "/scope"),
            text(attempt, "/image"),
            text(attempt, "/result"),
        );
        for when in ["then", "now"] {
            if let Some(told) = attempt.get(when).filter(|it| !it.is_null()) {
                let _ = writeln!(
                    out,
                    "    {when:4} {} fuel {} on {}: {}",
                    text(told, "/outcome"),
                    text(told, "/fuel"),
                    text(told, "/engine"),
                    text(told, "/verdict"),
                );
            }
        }
    }
    out
}
