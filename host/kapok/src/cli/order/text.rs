//! Orders as text for people, from the same JSON that the HTTP interface gives.

use ::calendar::due_text;
use serde_json::Value;

use crate::{output, values};

/// An order with everything that explains it.
pub(super) fn order(order: &Value) -> String {
    let mut lines = head(order);
    section(&mut lines, "Deadlines", order, "deadlines", deadline);
    section(&mut lines, "Decisions", order, "decisions", decision);
    section(&mut lines, "History", order, "history", event);
    section(&mut lines, "Messages", order, "messages", message);
    lines.join("\n")
}

/// Why an order stands as it does.
pub(super) fn explanation(explanation: &Value) -> String {
    let mut lines = vec![format!(
        "{}  {}  (version {}; {}, calendar {})",
        text(explanation, "order"),
        text(explanation, "stage"),
        text(explanation, "version"),
        text(explanation, "rule_set"),
        text(explanation, "calendar_version"),
    )];
    section(&mut lines, "Deadlines", explanation, "deadlines", deadline);
    section(&mut lines, "Course", explanation, "course", step);
    section(&mut lines, "Commands", explanation, "commands", standing);
    lines.join("\n")
}

fn step(step: &Value) -> Vec<String> {
    let said = step.get("explanation").unwrap_or(&Value::Null);
    vec![
        format!("{} ({})", text(said, "zh"), text(step, "article")),
        format!("  {}", text(said, "en")),
    ]
}

fn standing(standing: &Value) -> Vec<String> {
    let (role, command) = (text(standing, "role"), text(standing, "command"));
    let head = format!("{role:<9} {command:<26}");
    vec![match standing.get("forbidden_by") {
        None | Some(Value::Null) => format!("{head} allowed"),
        Some(by) => {
            let article = text(by, "article");
            let article = if article.is_empty() {
                String::new()
            } else {
                format!("{article}: ")
            };
            let (detail, way_out) = (text(by, "detail"), text(by, "way_out"));
            format!("{head} no; {article}{detail}; {way_out}")
        }
    }]
}

/// A list of orders.
pub(super) fn list(orders: &[Value]) -> String {
    let rows: Vec<Vec<String>> = orders
        .iter()
        .map(|order| {
            let mut notes = Vec::new();
            for (name, note) in [("overdue", "overdue"), ("provisional", "provisional")] {
                if order.get(name).and_then(Value::as_bool) == Some(true) {
                    notes.push(note.to_owned());
                }
            }
            if let Some(queue) = order.get("queue").and_then(Value::as_str) {
                notes.push(format!("a person routes it: {queue}"));
            }
            vec![
                text(order, "id"),
                time(order, "registered_at"),
                text(order, "order_type"),
                text(order, "stage"),
                text(order, "district"),
                text(order, "unit"),
                due(order, "due_at"),
                notes.join(", "),
            ]
        })
        .collect();
    let head = [
        "id",
        "registered",
        "type",
        "stage",
        "district",
        "unit",
        "due",
        "notes",
    ];
    format!("{}\n{} shown", output::table(&head, &rows), orders.len())
}

fn head(order: &Value) -> Vec<String> {
    let mut lines = vec![
        format!(
            "{}  {}  (version {})",
            text(order, "id"),
            text(order, "stage"),
            text(order, "version")
        ),
        format!(
            "{} by {}, registered {}",
            text(order, "order_type"),
            text(order, "channel"),
            time(order, "registered_at")
        ),
    ];
    let known: Vec<String> = ["unit", "district", "street", "category", "source", "queue"]
        .into_iter()
        .filter(|name| order.get(name).is_some_and(|value| !value.is_null()))
        .map(|name| format!("{name} {}", text(order, name)))
        .collect();
    if !known.is_empty() {
        lines.push(known.join(", "));
    }
    let links = items(order, "same_matter_as").iter();
    let links: Vec<&str> = links.filter_map(Value::as_str).collect();
    if !links.is_empty() {
        lines.push(format!(
            "same matter as {}, each for itself",
            links.join(", ")
        ));
    }
    if let Some(matter) = order.get("long_term").and_then(Value::as_str) {
        lines.push(format!("member of the long-term matter {matter}"));
    }
    match order.get("request") {
        Some(request) if !request.is_null() => {
            let masked = order.get("masked").and_then(Value::as_bool) == Some(true);
            let masked = if masked { " (masked)" } else { "" };
            lines.push(format!("subject  {}{masked}", text(request, "subject")));
            lines.push(format!("text     {}", text(request, "text")));
        }
        Some(_) | None => lines.push("the request was erased".to_owned()),
    }
    lines
}

pub(in crate::cli) fn section(
    lines: &mut Vec<String>,
    title: &str,
    order: &Value,
    name: &str,
    show: impl Fn(&Value) -> Vec<String>,
) {
    let items = items(order, name);
    if items.is_empty() {
        return;
    }
    lines.push(String::new());
    lines.push(title.to_owned());
    for item in items {
        lines.extend(show(item).into_iter().map(|line| format!("  {line}")));
    }
}

pub(in crate::cli) fn deadline(deadline: &Value) -> Vec<String> {
    let left = |name: &str, words: &str| {
        let days = deadline.get(name).and_then(Value::as_u64)?;
        let unit = if days == 1 { "day" } else { "days" };
        Some(format!(", {days} working {unit} {words}"))
    };
    let days =
        left("working_days_left", "left").or_else(|| left("working_days_overdue", "overdue"));
    let explanation = deadline.get("explanation").unwrap_or(&Value::Null);
    vec![
        format!(
            "{}: due {}, {}{}  [{} {}; calendar {}, {}]",
            text(deadline, "kind"),
            due(deadline, "due_at"),
            text(deadline, "status"),
            days.unwrap_or_default(),
            text(deadline, "rule"),
            text(deadline, "article"),
            text(deadline, "calendar_version"),
            text(deadline, "rule_set"),
        ),
        format!("  {}", text(explanation, "zh")),
        format!("  {}", text(explanation, "en")),
    ]
}

fn decision(decision: &Value) -> Vec<String> {
    let consequence = match decision.get("consequence") {
        Some(consequence) if text(consequence, "kind") == "dispatch" => {
            format!(": dispatched to {}", text(consequence, "unit"))
        }
        Some(consequence) => format!(": a person routes it ({})", text(consequence, "reason")),
        None => String::new(),
    };
    let mut lines = vec![format!(
        "#{} {} {} {}{consequence}",
        text(decision, "seq"),
        time(decision, "at"),
        text(decision, "decision"),
        text(decision, "id")
    )];
    for attempt in items(decision, "attempts") {
        let rule = attempt.get("rule").unwrap_or(&Value::Null);
        let image: String = text(rule, "image").chars().take(12).collect();
        let mut outcome = text(attempt, "outcome");
        for name in ["failure", "detail"] {
            if let Some(more) = attempt.get(name).and_then(Value::as_str) {
                outcome.push_str(": ");
                outcome.push_str(more);
            }
        }
        let function = attempt.get("function").and_then(Value::as_str);
        let cost = match function {
            None => format!("fuel {}", text(attempt, "fuel")),
            Some(function) => format!("by the function at {function}"),
        };
        lines.push(format!(
            "  asked {} of scope {}, image {image}: {outcome}, {cost}",
            text(rule, "name"),
            text(attempt, "scope"),
        ));
    }
    for proposal in items(decision, "verdict") {
        let what = match proposal.get("unit") {
            Some(_) => format!(
                "{} {}‰",
                text(proposal, "unit"),
                text(proposal, "score_permille")
            ),
            None => text(proposal, "action"),
        };
        lines.push(format!("  {what}: {}", text(proposal, "reason")));
    }
    lines
}

pub(in crate::cli) fn event(event: &Value) -> Vec<String> {
    let by = event.get("by").unwrap_or(&Value::Null);
    let code = by.get("code").and_then(Value::as_str);
    let code = code.map(|code| format!(" {code}")).unwrap_or_default();
    vec![format!(
        "#{} {} {} by {}{code} {}",
        text(event, "seq"),
        time(event, "at"),
        text(event, "event"),
        text(by, "role"),
        text(by, "name")
    )]
}

fn message(message: &Value) -> Vec<String> {
    let to = message.get("to").unwrap_or(&Value::Null);
    let code = to.get("code").and_then(Value::as_str);
    let code = code.map(|code| format!(" {code}")).unwrap_or_default();
    let mut lines = vec![format!(
        "{} {} to {}{code}",
        time(message, "at"),
        text(message, "notice"),
        text(to, "recipient")
    )];
    lines.extend(items(message, "deliveries").iter().map(delivery));
    lines
}

/// How a message went out, by one channel.
fn delivery(delivery: &Value) -> String {
    let state = text(delivery, "state");
    let (channel, attempts) = (text(delivery, "channel"), text(delivery, "attempts"));
    let detail = match state.as_str() {
        "sent" => time(delivery, "sent_at"),
        "delivered" => time(delivery, "delivered_at"),
        _ => format!("after {attempts} attempts: {}", text(delivery, "problem")),
    };
    format!("  by {channel}: {state} {detail}")
}

pub(in crate::cli) fn items<'a>(value: &'a Value, name: &str) -> &'a [Value] {
    value
        .get(name)
        .and_then(Value::as_array)
        .map_or(&[], Vec::as_slice)
}

/// A field as text; `-` if it is not there.
pub(in crate::cli) fn text(value: &Value, name: &str) -> String {
    match value.get(name) {
        None | Some(Value::Null) => "-".to_owned(),
        Some(Value::String(text)) => text.clone(),
        Some(other @ (Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_))) => {
            other.to_string()
        }
    }
}

/// A field that is an instant, as local date and time.
pub(in crate::cli) fn time(value: &Value, name: &str) -> String {
    let text = text(value, name);
    values::instant(&text).map_or(text, values::local)
}

/// A field that is a due instant, as the regulation writes it: `2026-10-09 24:00`.
pub(in crate::cli) fn due(value: &Value, name: &str) -> String {
    let text = text(value, name);
    values::instant(&text).map_or(text, due_text)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_order_is_shown_with_its_reasons() {
        let shown = order(&json!({
            "id": "20260908-ABC", "version": 3, "stage": "awaiting_verification",
            "order_type": "complaint", "channel": "phone", "district": "440106",
            "registered_at": "2026-09-08T01:25:30+08:00",
            "request": {"subject": "工地", "text": "打桩"},
            "deadlines": [{
                "kind": "handling", "due_at": "2026-09-23T00:00:00+08:00", "status": "running",
                "working_days_left": 9, "rule": "R22", "article": "第十四条第二项",
                "calendar_version": "2023-2026+1a2b3c4d", "rule_set": "guangzhou-2023",
                "explanation": {"zh": "中文", "en": "English"},
            }],
            "decisions": [{
                "decision": "routing", "id": "01934b7e-5f0a-7c3d", "seq": 2, "at": "2026-09-08T01:25:30+08:00",
                "consequence": {"kind": "dispatch", "unit": "GZ-D106"},
                "attempts": [{
                    "scope": "440106", "outcome": "answered", "fuel": 5,
                    "rule": {"name": "tianhe-routing 0.1.0", "image": "0123456789abcdef"},
                }],
                "verdict": [{"unit": "GZ-D106", "score_permille": 900, "reason": "夜间施工"}],
            }],
            "history": [{
                "seq": 1, "at": "2026-09-08T01:25:30+08:00", "event": "registered",
                "by": {"role": "operator", "name": "op-1"},
            }],
            "messages": [],
        }));
        for part in [
            "20260908-ABC  awaiting_verification  (version 3)",
            "handling: due 2026-09-22 24:00, running, 9 working days left  \
             [R22 第十四条第二项; calendar 2023-2026+1a2b3c4d, guangzhou-2023]",
            "#2 2026-09-08 01:25:30 routing 01934b7e-5f0a-7c3d: dispatched to GZ-D106",
            "asked tianhe-routing 0.1.0 of scope 440106, image 0123456789ab: answered, fuel 5",
            "GZ-D106 900‰: 夜间施工",
            "#1 2026-09-08 01:25:30 registered by operator op-1",
        ] {
            assert!(shown.contains(part), "{part}\n{shown}");
        }
        assert!(!shown.contains("Messages"));
    }

    #[test]
    fn one_day_is_no_days() {
        let check = |name: &str, days: u64, expected: &str| {
            let mut value = json!({
                "kind": "handling", "due_at": "2026-09-23T00:00:00+08:00", "status": "running",
            });
            value[name] = json!(days);
            let shown = deadline(&value).join("\n");
            assert!(shown.contains(expected), "{expected}\n{shown}");
        };
        check("working_days_left", 0, "running, 0 working days left  [");
        check("working_days_left", 1, "running, 1 working day left  [");
        check("working_days_left", 2, "running, 2 working days left  [");
        check(
            "working_days_overdue",
            1,
            "running, 1 working day overdue  [",
        );
    }
}
