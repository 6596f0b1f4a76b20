//! How cases are shown: a table, differences field by field, JSON.

use std::path::{Path, PathBuf};

use plugins::Limits;
use plugins::fixtures::{Difference, Judged, Judgement};
use serde::Serialize;
use serde_json::Value;

use crate::output;

/// Bytes of a mebibyte, in which memory is shown.
const MIB: usize = 1 << 20;

/// A case as JSON.
#[derive(Debug, Serialize)]
pub(super) struct Row<'a> {
    case: &'a str,
    file: &'a PathBuf,
    result: Judgement,
    answer: &'a Value,
    differences: Vec<RowDifference<'a>>,
    fuel: u64,
    memory_bytes: usize,
    duration_us: u64,
    log: &'a str,
}

/// A difference as JSON.
#[derive(Debug, Serialize)]
struct RowDifference<'a> {
    path: &'a str,
    expected: &'a Option<Value>,
    got: &'a Option<Value>,
}

impl<'a> From<&'a Judged<'a>> for Row<'a> {
    fn from(judged: &'a Judged<'a>) -> Self {
        let examined = &judged.examined;
        Self {
            case: &judged.case.name,
            file: &judged.case.path,
            result: judged.judgement,
            answer: &examined.answer,
            differences: judged
                .differences
                .iter()
                .map(|difference| RowDifference {
                    path: &difference.path,
                    expected: &difference.before,
                    got: &difference.now,
                })
                .collect(),
            fuel: examined.usage.fuel,
            memory_bytes: examined.usage.memory_bytes,
            duration_us: examined.attempt.duration_us,
            log: &examined.usage.log,
        }
    }
}

/// The cases as a table: how each went, and what it cost.
pub(super) fn table(judged: &[Judged<'_>]) -> String {
    let cells: Vec<Vec<String>> = judged
        .iter()
        .map(|one| {
            let examined = &one.examined;
            vec![
                word(one.judgement).to_owned(),
                grouped(examined.usage.fuel),
                mib(examined.usage.memory_bytes),
                milliseconds(examined.attempt.duration_us),
                one.case.name.clone(),
            ]
        })
        .collect();
    output::table(&["result", "fuel", "memory", "time", "case"], &cells)
}

/// A judgement as a word.
pub(super) const fn word(judgement: Judgement) -> &'static str {
    match judgement {
        Judgement::Passed => "ok",
        Judgement::Failed => "FAILED",
        Judgement::Open => "open",
    }
}

/// What was expected of a case that went wrong, what came instead, and what the guest wrote.
pub(super) fn failure(one: &Judged<'_>, folder: &Path) -> String {
    let path = one.case.path.strip_prefix(folder).unwrap_or(&one.case.path);
    let mut lines = vec![format!("{} ({})", one.case.name, path.display())];
    let failed = one.examined.answer.get("failed");
    if failed.is_some() || one.differences.is_empty() {
        lines.push(format!("  answer: {}", one.examined.answer));
    } else {
        lines.extend(differences(&one.differences, "expected", "got"));
    }
    lines.extend(log(&one.examined.usage.log));
    lines.join("\n")
}

/// Differences, three lines each: texts in Chinese are long, and are compared best one above the other.
pub(super) fn differences(differences: &[Difference], before: &str, now: &str) -> Vec<String> {
    let width = before.len().max(now.len());
    let shown = |value: &Option<Value>| {
        value
            .as_ref()
            .map_or_else(|| "(absent)".to_owned(), Value::to_string)
    };
    differences
        .iter()
        .flat_map(|difference| {
            [
                format!("  {}", difference.path),
                format!("    {before:<width$}  {}", shown(&difference.before)),
                format!("    {now:<width$}  {}", shown(&difference.now)),
            ]
        })
        .collect()
}

/// What the guest wrote, such as the traceback of an exception.
pub(super) fn log(text: &str) -> Vec<String> {
    let mut lines: Vec<String> = text.lines().map(|line| format!("  | {line}")).collect();
    if !lines.is_empty() {
        lines.insert(0, "  the plugin wrote:".to_owned());
    }
    lines
}

/// The most that a case used, against what a decision has.
pub(super) fn most(judged: &[Judged<'_>], limits: &Limits) -> String {
    let fuel = judged.iter().map(|one| one.examined.usage.fuel).max();
    let memory = judged
        .iter()
        .map(|one| one.examined.usage.memory_bytes)
        .max();
    format!(
        "at most {} of {} fuel and {} of {} memory",
        grouped(fuel.unwrap_or(0)),
        grouped(limits.fuel),
        mib(memory.unwrap_or(0)),
        mib(limits.memory_bytes),
    )
}

/// How many cases went how.
pub(super) fn count(judged: &[Judged<'_>]) -> String {
    let count = |judgement: Judgement| {
        judged
            .iter()
            .filter(|one| one.judgement == judgement)
            .count()
    };
    let open = match count(Judgement::Open) {
        0 => String::new(),
        open => format!(", {open} without an expectation"),
    };
    format!(
        "{} passed, {} failed{open}",
        count(Judgement::Passed),
        count(Judgement::Failed)
    )
}

/// A number with its digits in groups of three.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (n, digit) in digits.chars().enumerate() {
        if n > 0 && (digits.len() - n).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// Bytes in mebibytes, with one digit after the point.
fn mib(bytes: usize) -> String {
    let tenths = bytes.saturating_mul(10).div_ceil(MIB);
    format!("{}.{} MiB", tenths / 10, tenths % 10)
}

/// Microseconds in milliseconds, with one digit after the point.
fn milliseconds(us: u64) -> String {
    format!("{}.{} ms", us / 1000, us % 1000 / 100)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_readable() {
        let fuels = [0, 999, 1000, 1_234_567].map(grouped);
        assert_eq!(fuels, ["0", "999", "1,000", "1,234,567"]);
        assert_eq!(
            [0, 1, MIB, 22 * MIB + MIB / 2].map(mib),
            ["0.0 MiB", "0.1 MiB", "1.0 MiB", "22.5 MiB"]
        );
        assert_eq!([40, 2150].map(milliseconds), ["0.0 ms", "2.1 ms"]);
    }
}
