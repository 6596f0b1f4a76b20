//! The knowledge base as text for people, from the same JSON that the HTTP interface gives.

use serde_json::Value;

use crate::cli::order::text::{deadline, due, event, section, time};
pub(super) use crate::cli::order::text::{items, text};
use crate::output;

/// Findings that are shown as text.
const FINDINGS_SHOWN_MAX: usize = 200;
/// Digits of a digest that tell images apart.
const DIGITS: usize = 12;

/// An entry with everything that explains it.
pub(super) fn entry(entry: &Value) -> String {
    let kind = text(entry, "kind");
    let mut lines = vec![format!(
        "{}  {kind} of {}  {}  (version {}), opened {}",
        text(entry, "id"),
        text(entry, "unit"),
        text(entry, "stage"),
        text(entry, "version"),
        time(entry, "opened_at"),
    )];
    let body = entry.get(&kind).unwrap_or(&Value::Null);
    if kind == "point" {
        point(&mut lines, entry, body);
    } else if let Some(members) = body.as_object() {
        let shown = members.keys().filter_map(|name| words(entry, body, name));
        lines.extend(shown);
    }
    section(&mut lines, "Deadlines", entry, "deadlines", deadline);
    section(&mut lines, "History", entry, "history", event);
    let allowed: Vec<String> = items(entry, "allowed").iter().map(plain).collect();
    if !allowed.is_empty() {
        lines.push(format!("\nYou may: {}", allowed.join(", ")));
    }
    lines.join("\n")
}

fn point(lines: &mut Vec<String>, entry: &Value, point: &Value) {
    let answers = point.get("answers").and_then(Value::as_bool) == Some(true);
    lines.push(format!(
        "{} from it now",
        if answers {
            "consultations are answered"
        } else {
            "nothing is answered"
        }
    ));
    let is_there = |name: &str| point.get(name).filter(|it| !it.is_null());
    if let Some(validity) = is_there("validity") {
        let expiry = validity.get("expiry").unwrap_or(&Value::Null);
        let article = text(expiry, "article");
        lines.push(format!("valid until {} ({article})", due(expiry, "due_at")));
    }
    if let Some(down) = words(entry, point, "taken_down_reason") {
        lines.push(down);
    }
    if let Some(version) = is_there("version") {
        lines.push(format!("\nPublished version {}", text(version, "number")));
        lines.extend(content(version.get("content").unwrap_or(&Value::Null)));
        lines.extend(findings(version, "checks"));
    }
    if let Some(draft) = is_there("draft") {
        lines.push(format!(
            "\nDraft, revision {}, {}",
            text(draft, "revision"),
            text(draft, "stage")
        ));
        lines.extend(words(entry, draft, "returned"));
        lines.extend(content(draft.get("content").unwrap_or(&Value::Null)));
        lines.extend(findings(draft, "checks"));
    }
}

/// A published version.
pub(super) fn version(version: &Value) -> String {
    let mut lines = vec![format!(
        "{} version {} of {}, published {}, reviewed by {}",
        text(version, "point"),
        text(version, "number"),
        text(version, "unit"),
        time(version, "published_at"),
        text(version, "reviewer"),
    )];
    lines.extend(content(version.get("content").unwrap_or(&Value::Null)));
    lines.extend(findings(version, "checks"));
    lines.join("\n")
}

/// What differs between two versions.
pub(super) fn diff(diff: &Value) -> String {
    let text = text(diff, "text");
    if text.is_empty() {
        "nothing differs".to_owned()
    } else {
        text
    }
}

/// The fields of a point, each with its name.
fn content(content: &Value) -> Vec<String> {
    let mut lines = Vec::new();
    for (name, value) in content.as_object().into_iter().flatten() {
        match value {
            Value::String(text) if !text.is_empty() => lines.push(format!("{name}  {text}")),
            Value::Array(entries) => {
                let entries = entries.iter().map(|it| format!("{name}  {}", member(it)));
                lines.extend(entries);
            }
            Value::Object(_) => lines.push(format!("{name}  {}", member(value))),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }
    lines
}

/// An entry of a list on one line.
fn member(value: &Value) -> String {
    match value {
        Value::Object(fields) => {
            let parts = fields.values().filter(|it| !it.is_null()).map(plain);
            parts.collect::<Vec<_>>().join(" | ")
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => {
            plain(value)
        }
    }
}

fn plain(value: &Value) -> String {
    value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_owned)
}

/// A member of an entry in words; a reference is shown as the text that it leads to.
fn words(entry: &Value, body: &Value, name: &str) -> Option<String> {
    let shown = match body.get(name)? {
        Value::Null | Value::Array(_) | Value::Object(_) => return None,
        Value::Bool(_) | Value::Number(_) | Value::String(_) => text(body, name),
    };
    let shown = match entry.pointer(&format!("/texts/{shown}")) {
        Some(Value::String(words)) => words.clone(),
        Some(_) | None => shown,
    };
    Some(format!("{name}  {shown}"))
}

/// What the plugins said.
fn findings(of: &Value, name: &str) -> Vec<String> {
    let mut lines = Vec::new();
    for check in items(of, name) {
        let rule = check.get("rule").unwrap_or(&Value::Null);
        lines.push(format!(
            "check  {} {} in {}: {}",
            text(rule, "name"),
            short(&text(rule, "image")),
            text(check, "scope"),
            text(check, "outcome"),
        ));
        for finding in items(check, "findings") {
            lines.push(format!(
                "  {} {} {}: {}",
                text(finding, "severity"),
                text(finding, "field"),
                text(finding, "code"),
                text(finding, "message"),
            ));
        }
    }
    lines
}

/// A list of entries.
pub(super) fn list(entries: &[Value]) -> String {
    let row = |entry: &Value| {
        let ends = ["expires_at", "due_at"]
            .into_iter()
            .find(|name| entry.get(name).is_some_and(Value::is_string));
        let mut stage = text(entry, "stage");
        if let Some(draft) = entry.get("draft_stage").and_then(Value::as_str) {
            stage = format!("{stage} + {draft}");
        }
        let mut notes = Vec::new();
        for name in ["overdue", "provisional", "longer"] {
            if entry.get(name).and_then(Value::as_bool) == Some(true) {
                notes.push(name.to_owned());
            }
        }
        notes.push(text(entry, "title"));
        vec![
            text(entry, "id"),
            time(entry, "opened_at"),
            text(entry, "unit"),
            stage,
            ends.map_or_else(String::new, |name| due(entry, name)),
            notes.join(", "),
        ]
    };
    let rows: Vec<Vec<String>> = entries.iter().map(row).collect();
    let head = ["id", "opened", "unit", "stage", "until", "title"];
    format!("{}\n{} shown", output::table(&head, &rows), entries.len())
}

/// What expires soon, by unit.
pub(super) fn expiring(answer: &Value) -> String {
    let row = |unit: &Value| {
        vec![
            text(unit, "unit"),
            text(unit, "count"),
            text(unit, "reminded"),
            due(unit, "first_at"),
        ]
    };
    let rows: Vec<Vec<String>> = items(answer, "units").iter().map(row).collect();
    format!(
        "{}\n{} points within {} days",
        output::table(&["unit", "points", "reminded", "first ends"], &rows),
        text(answer, "count"),
        text(answer, "days"),
    )
}

/// What a check found.
pub(super) fn checked(checked: &[Value], figures: &Value) -> String {
    let mut rows = Vec::new();
    for item in checked {
        let part = match item.get("draft") {
            None | Some(Value::Null) => format!("version {}", text(item, "version")),
            Some(_) => format!("draft {}", text(item, "draft")),
        };
        let row = |severity: String, rule: String, what: String| {
            vec![text(item, "point"), part.clone(), severity, rule, what]
        };
        if let Some(problem) = item.get("problem").and_then(Value::as_str) {
            rows.push(row("-".to_owned(), String::new(), problem.to_owned()));
        }
        for check in items(item, "checks") {
            let rule = check.get("rule").unwrap_or(&Value::Null);
            let rule = format!("{} in {}", text(rule, "name"), text(check, "scope"));
            if let Some(detail) = check.get("detail").and_then(Value::as_str) {
                rows.push(row(text(check, "outcome"), rule.clone(), detail.to_owned()));
            }
            for finding in items(check, "findings") {
                let what = format!("{}: {}", text(finding, "field"), text(finding, "message"));
                rows.push(row(text(finding, "severity"), rule.clone(), what));
            }
        }
    }
    let hidden = rows.len().saturating_sub(FINDINGS_SHOWN_MAX);
    rows.truncate(FINDINGS_SHOWN_MAX);
    let mut lines = Vec::new();
    if !rows.is_empty() {
        lines.push(output::table(
            &["point", "part", "finding", "rule", "what"],
            &rows,
        ));
    }
    if hidden > 0 {
        lines.push(format!(
            "… and {hidden} more; see all with --report FILE or --json"
        ));
    }
    lines.push(String::new());
    lines.push(rules(figures));
    lines.push(format!(
        "{} points, {} drafts and versions asked about: {} blocked; {} findings block, {} warn",
        text(figures, "points"),
        text(figures, "asked_about"),
        text(figures, "blocked"),
        text(figures, "block"),
        text(figures, "warn"),
    ));
    lines.join("\n").trim_start().to_owned()
}

fn rules(figures: &Value) -> String {
    let row = |rule: &Value| {
        vec![
            text(rule, "scope"),
            short(&text(rule, "image")),
            text(rule, "asked"),
            text(rule, "failed"),
            text(rule, "block"),
            text(rule, "warn"),
            text(rule, "fuel_mean"),
            text(rule, "name"),
        ]
    };
    let rows: Vec<Vec<String>> = items(figures, "rules").iter().map(row).collect();
    let head = [
        "scope", "image", "asked", "failed", "block", "warn", "fuel", "rule",
    ];
    output::table(&head, &rows)
}

fn short(digest: &str) -> String {
    digest.get(..DIGITS).unwrap_or(digest).to_owned()
}
