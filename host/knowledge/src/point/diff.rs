//! What differs between two versions of a point, field by field and line by line, for people to read.

use std::fmt::Write as _;

use serde::Serialize;

use super::content::{Content, Field};
use super::fields::lines;

/// Most pairs of lines that are compared; above it a changed part is shown as taken out and put in as
/// a whole.
const PAIRS_MAX: usize = 4_000_000;

/// A field that differs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FieldChange {
    /// Which.
    pub field: Field,
    /// Its lines, with what became of each, in the order in which one reads them.
    pub lines: Vec<Line>,
}

/// A line of a field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Line {
    /// What became of it.
    pub change: LineChange,
    /// The line.
    pub text: String,
}

/// What became of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum LineChange {
    /// It is in both.
    Kept,
    /// It is in the older one only.
    Removed,
    /// It is in the newer one only.
    Added,
}

/// The fields that differ, in the order in which one reads them. No field, if the contents are equal.
#[must_use]
pub fn diff(old: &Content, new: &Content) -> Vec<FieldChange> {
    let changes = Field::ALL.into_iter().filter_map(|field| {
        let (before, after) = (lines(old, field), lines(new, field));
        (before != after).then(|| FieldChange {
            field,
            lines: compare(&before, &after),
        })
    });
    changes.collect()
}

/// The changes as text: the field's name, then each line after `  `, `- ` or `+ `.
#[must_use]
pub fn text(changes: &[FieldChange]) -> String {
    let mut text = String::new();
    for change in changes {
        // Writing to a String cannot fail.
        let _ = writeln!(text, "{}", change.field.label());
        for line in &change.lines {
            let mark = match line.change {
                LineChange::Kept => ' ',
                LineChange::Removed => '-',
                LineChange::Added => '+',
            };
            let _ = writeln!(text, "{mark} {}", line.text);
        }
    }
    text
}

/// The shortest way from one list of lines to the other: what is common at both ends is set aside,
/// between them the longest common subsequence is kept.
fn compare(before: &[String], after: &[String]) -> Vec<Line> {
    let same = before.iter().zip(after);
    let head = same.take_while(|(a, b)| a == b).count();
    let (common, before) = before.split_at(head);
    let after = after.get(head..).unwrap_or_default();
    let same = before.iter().rev().zip(after.iter().rev());
    let tail = same.take_while(|(a, b)| a == b).count();
    let (before, ending) = before.split_at(before.len().saturating_sub(tail));
    let after = after
        .get(..after.len().saturating_sub(tail))
        .unwrap_or_default();
    let mut result: Vec<Line> = common.iter().map(kept).collect();
    result.extend(middle(before, after));
    result.extend(ending.iter().map(kept));
    result
}

fn middle(before: &[String], after: &[String]) -> Vec<Line> {
    let removed = |text: &String| line(LineChange::Removed, text);
    let added = |text: &String| line(LineChange::Added, text);
    if before.len().saturating_mul(after.len()) > PAIRS_MAX {
        let removed = before.iter().map(removed);
        return removed.chain(after.iter().map(added)).collect();
    }
    let lengths = common_lengths(before, after);
    let length = |i: usize, j: usize| {
        let row = lengths.get(i);
        row.and_then(|row| row.get(j)).copied().unwrap_or_default()
    };
    let (mut i, mut j) = (0_usize, 0_usize);
    let mut result = Vec::new();
    loop {
        match (before.get(i), after.get(j)) {
            (Some(old), Some(new)) if old == new => {
                result.push(kept(old));
                i = i.saturating_add(1);
                j = j.saturating_add(1);
            }
            (Some(old), new)
                if new.is_none()
                    || length(i.saturating_add(1), j) >= length(i, j.saturating_add(1)) =>
            {
                result.push(removed(old));
                i = i.saturating_add(1);
            }
            (_, Some(new)) => {
                result.push(added(new));
                j = j.saturating_add(1);
            }
            (Some(_) | None, None) => return result,
        }
    }
}

/// For each pair of positions, how many lines the rests after them have in common.
fn common_lengths(before: &[String], after: &[String]) -> Vec<Vec<u32>> {
    let mut rows: Vec<Vec<u32>> = vec![vec![0; after.len().saturating_add(1)]];
    for old in before.iter().rev() {
        let below = rows.last().cloned().unwrap_or_default();
        let mut row: Vec<u32> = vec![0];
        // From the last column to the first.
        let pairs = after.iter().zip(&below).zip(below.iter().skip(1)).rev();
        for ((new, down), diagonal) in pairs {
            let right = row.last().copied().unwrap_or_default();
            row.push(if old == new {
                diagonal.saturating_add(1)
            } else {
                right.max(*down)
            });
        }
        row.reverse();
        rows.push(row);
    }
    rows.reverse();
    rows
}

fn kept(text: impl AsRef<str>) -> Line {
    line(LineChange::Kept, text.as_ref())
}

fn line(change: LineChange, text: &str) -> Line {
    Line {
        change,
        text: text.to_owned(),
    }
}
