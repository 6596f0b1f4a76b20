//! Dossiers as text for people, from the same JSON that the HTTP interface gives.

use serde_json::Value;

use crate::cli::order::text::{deadline, due, event, items, section, text, time};
use crate::output;

/// A dossier with everything that explains it.
pub(super) fn dossier(dossier: &Value) -> String {
    let mut lines = vec![format!(
        "{}  {}  {}  (version {}), opened {}",
        text(dossier, "id"),
        text(dossier, "kind"),
        text(dossier, "stage"),
        text(dossier, "version"),
        time(dossier, "opened_at"),
    )];
    let kind = text(dossier, "kind");
    if let Some(content) = dossier.get(&kind).and_then(Value::as_object) {
        let shown = content.iter().filter(|(_, value)| is_simple(value));
        lines.extend(shown.map(|(name, _)| format!("{name}  {}", words(dossier, &kind, name))));
        for unit in items(dossier.get(&kind).unwrap_or(&Value::Null), "units") {
            lines.push(format!(
                "unit {}  {}, listed {}, plan {}, last progress {}",
                text(unit, "unit"),
                text(unit, "stage"),
                time(unit, "listed_at"),
                if unit.get("plan").is_some_and(Value::is_string) {
                    "there"
                } else {
                    "-"
                },
                time(unit, "progress_at"),
            ));
        }
    }
    section(&mut lines, "Deadlines", dossier, "deadlines", explained);
    section(&mut lines, "History", dossier, "history", event);
    section(&mut lines, "Messages", dossier, "messages", message);
    lines.join("\n")
}

/// A list of dossiers.
pub(super) fn list(dossiers: &[Value]) -> String {
    let row = |dossier: &Value| {
        let mut notes = Vec::new();
        for name in ["overdue", "provisional"] {
            if dossier.get(name).and_then(Value::as_bool) == Some(true) {
                notes.push(name.to_owned());
            }
        }
        if let Some(title) = dossier.get("title").and_then(Value::as_str) {
            notes.push(title.to_owned());
        }
        vec![
            text(dossier, "id"),
            time(dossier, "opened_at"),
            text(dossier, "kind"),
            text(dossier, "stage"),
            due(dossier, "due_at"),
            notes.join(", "),
        ]
    };
    let rows: Vec<Vec<String>> = dossiers.iter().map(row).collect();
    let head = ["id", "opened", "kind", "stage", "due", "notes"];
    format!("{}\n{} shown", output::table(&head, &rows), dossiers.len())
}

/// Whether a member of a dossier's content fits on a line.
fn is_simple(value: &Value) -> bool {
    match value {
        Value::Bool(_) | Value::Number(_) | Value::String(_) => true,
        Value::Null | Value::Array(_) | Value::Object(_) => false,
    }
}

/// A member of the content; a reference is shown as the text that it leads to.
fn words(dossier: &Value, kind: &str, name: &str) -> String {
    let content = dossier.get(kind).unwrap_or(&Value::Null);
    let shown = text(content, name);
    match dossier.pointer(&format!("/texts/{shown}")) {
        Some(Value::String(words)) => words.clone(),
        Some(_) | None => shown,
    }
}

fn explained(of: &Value) -> Vec<String> {
    let mut lines = deadline(of);
    if let (Some(first), Some(unit)) = (lines.first_mut(), of.get("unit").and_then(Value::as_str)) {
        *first = format!("{unit} {first}");
    }
    lines
}

fn message(message: &Value) -> Vec<String> {
    let to = message.get("to").unwrap_or(&Value::Null);
    let code = to.get("code").and_then(Value::as_str);
    let code = code.map(|code| format!(" {code}")).unwrap_or_default();
    vec![format!(
        "{} {} to {}{code}",
        time(message, "at"),
        text(message, "occasion"),
        text(to, "recipient")
    )]
}
