//! The life of one order, written down command by command.

use std::fmt::Write as _;

use serde_json::{Value, json};

use super::server::{Call, Server};

/// The events of an answer, by name.
pub(crate) fn events(answer: &Value, member: &str) -> String {
    let events = answer[member].as_array().expect("events");
    let names: Vec<&str> = events
        .iter()
        .filter_map(|event| event["event"].as_str())
        .collect();
    names.join(" ")
}

pub(crate) struct Story<'a> {
    pub(crate) server: &'a Server,
    pub(crate) id: String,
    pub(crate) log: String,
}

impl<'a> Story<'a> {
    pub(crate) async fn begin(server: &'a Server, request: Value) -> Self {
        let id = server.register(request).await;
        let log = String::new();
        Self { server, id, log }
    }

    /// Begins with a registration that may be refused; tells what came of it.
    pub(crate) async fn try_to_begin(
        server: &Server,
        actor: &'static str,
        request: Value,
    ) -> String {
        let answer = server.post(actor, "/api/v1/orders", request).await;
        let order = answer.json();
        let line = if answer.status.is_success() {
            told(&order)
        } else {
            refused(&order)
        };
        format!("register by {actor}: {} {line}\n", answer.outcome())
    }

    pub(crate) fn path(&self, command: &str) -> String {
        format!("/api/v1/orders/{}/{command}", self.id)
    }

    /// Sets the clock to a time of 2026-09-18.
    pub(crate) async fn now(&self, time: &str) -> Value {
        let instant = format!("2026-09-18T{time}:00+08:00");
        self.server.advance_to(&instant).await
    }

    /// Sets the clock to an instant such as `09-21T10:00` of 2026, and writes it down.
    pub(crate) async fn on(&mut self, instant: &str) {
        self.server.advance_to(&at(instant)).await;
        let _ = writeln!(self.log, "-- {instant}");
    }

    /// Gives a command and writes down what came of it.
    pub(crate) async fn give(&mut self, actor: &'static str, command: &str, body: Value) -> Value {
        let answer = self.server.post(actor, &self.path(command), body).await;
        let order = answer.json();
        let line = if answer.status.is_success() {
            told(&order)
        } else {
            refused(&order)
        };
        let outcome = answer.outcome();
        let _ = writeln!(self.log, "{command} by {actor}: {outcome} {line}");
        order
    }

    /// The order as somebody sees it.
    pub(crate) async fn seen_by(&self, actor: &'static str) -> Value {
        let path = format!("/api/v1/orders/{}", self.id);
        let answer = self.server.send(Call::get(&path).by(actor)).await;
        answer.json()
    }

    /// The position in the history of the last event of that name.
    pub(crate) async fn last(&self, event: &str) -> u64 {
        let order = self.seen_by("operator").await;
        let mut history = order["history"].as_array().expect("a history").iter().rev();
        let found = history.find(|entry| entry["event"] == event);
        found.expect("such an event")["seq"]
            .as_u64()
            .expect("a position")
    }
}

fn told(order: &Value) -> String {
    let due = order["deadline"]["due_at"].as_str().unwrap_or("-");
    let kind = order["deadline"]["kind"].as_str().unwrap_or("-");
    let stage = order["stage"].as_str().expect("a stage");
    let code = order["closed"]["code"].as_str();
    let stage = code.map_or(stage.to_owned(), |code| format!("{stage} {code}"));
    let (version, events) = (&order["version"], events(order, "events"));
    format!("v{version} {stage}, {kind} by {due}: {events}")
}

fn refused(problem: &Value) -> String {
    let detail = problem["detail"].as_str().expect("a detail");
    match problem["article"].as_str() {
        Some(article) => format!("{detail} ({article})"),
        None => detail.to_owned(),
    }
}

/// An instant such as `09-21T10:00` of 2026, in full.
pub(crate) fn at(instant: &str) -> String {
    format!("2026-{instant}:00+08:00")
}

pub(crate) fn evidence(reference: &str) -> Value {
    json!({"kind": "recording", "reference": reference})
}

/// A call that nobody answered.
pub(crate) fn unanswered(instant: &str) -> Value {
    let instant = at(instant);
    json!({
        "started_at": instant, "ended_at": instant, "result": "unanswered", "evidence": "log-1",
    })
}

/// What the requester was told at that instant.
pub(crate) fn reply(instant: &str) -> Value {
    json!({
        "replied_at": at(instant),
        "method": "phone",
        "content": "已责令停工，感谢反映。",
        "evidence": [evidence("rec-1")],
    })
}

/// What a unit submits, handled between the two instants, with what Art. 22 wants.
pub(crate) fn report(from: &str, until: &str, content: Value) -> Value {
    let mut report = json!({
        "handled_from": at(from),
        "handled_until": at(until),
        "course": "到现场核查，责令停工。",
        "result": "工地已停止夜间施工。",
    });
    if !content.is_null() {
        report["content"] = content;
    }
    report
}
