//! Plays a story step by step: time passes, somebody acts, the answer and what became of the order are
//! held against the file, and the invariants are looked at.

use std::fmt::Write as _;

use axum::http::Method;
use lifecycle::ids::Actor;
use serde_json::{Value, json};

use crate::expectation::{self, Names, differences, first_missing, instant, is_absent};
use crate::http_api::server::{Answer, Call, Server};
use crate::invariants::{Growths, Ledger};
use crate::story::{Doing, Step, Story};

/// Where the interface begins.
const V1: &str = "/api/v1";

/// Plays a story to its end, and looks at everything once more after a restart.
pub(crate) fn play(story: &Story) -> Result<(), String> {
    let actors = story.actors()?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| error.to_string())?;
    runtime.block_on(async {
        let mut player = Player::begin(story, &actors).await?;
        for (number, step) in (1..).zip(&story.steps) {
            let played = player.play(step).await;
            played.map_err(|fault| fault.text(number, step))?;
        }
        let Player {
            server,
            now,
            mut ledger,
            ..
        } = player;
        let server = server.restarted_at(&now);
        let after = ledger.observe(&server).await;
        let growths = after.map_err(|fault| format!("after a restart: {fault}"))?;
        match growths.values().find(|growth| !growth.events.is_empty()) {
            Some(growth) => Err(format!("a restart made something up: {:?}", growth.events)),
            None => Ok(()),
        }
    })
}

struct Player {
    server: Server,
    names: Names,
    /// Where the clock stands.
    now: String,
    ledger: Ledger,
}

/// Why a step is not as the file says.
struct Fault {
    /// What was done, as it was sent.
    request: String,
    /// What differs.
    differ: Vec<String>,
    /// What the server said, as far as it did.
    answer: Option<Value>,
}

impl From<String> for Fault {
    fn from(problem: String) -> Self {
        Self {
            request: String::new(),
            differ: vec![problem],
            answer: None,
        }
    }
}

impl Fault {
    fn text(&self, number: usize, step: &Step) -> String {
        let mut text = format!("step {number}");
        let when = step.at.as_deref().map(|at| format!("at {at}"));
        let who = step.actor.as_deref().map(|who| format!("as {who}"));
        for part in when.into_iter().chain(who) {
            let _ = write!(text, " {part}");
        }
        if !self.request.is_empty() {
            let _ = write!(text, ", {}", self.request);
        }
        if let Some(note) = &step.note {
            let _ = write!(text, "\n“{note}”");
        }
        for line in &self.differ {
            let _ = write!(text, "\n  {line}");
        }
        if let Some(answer) = &self.answer {
            let _ = write!(text, "\nthe whole answer: {answer:#}");
        }
        text
    }
}

impl Player {
    async fn begin(story: &Story, actors: &[Actor]) -> Result<Self, String> {
        let now = instant(&story.start).ok_or("`start` is no instant")?;
        let player = Self {
            server: Server::reviewed_by(&story.reviewing_districts, actors, &now),
            names: Names::new(),
            now,
            ledger: Ledger::default(),
        };
        for notice in &story.notices {
            let call = Call::post(&format!("{V1}/calendar/years"));
            let notice = expectation::object(notice, &player.names)?;
            let (answer, _) = player.server.ask(call.by("admin").json(&notice)).await;
            if !answer.status.is_success() {
                return Err(format!("`notices`: {}", answer.text()));
            }
        }
        Ok(player)
    }

    async fn play(&mut self, step: &Step) -> Result<(), Fault> {
        if let Some(at) = step.at.as_deref().and_then(instant) {
            self.now = at;
            self.let_time_pass().await?;
        }
        let answer = match step.doing()? {
            Doing::Waiting => None,
            Doing::Get(path) => Some(self.ask(Method::GET, path, step).await?),
            Doing::Post(path) => Some(self.ask(Method::POST, path, step).await?),
            Doing::Put(path) => Some(self.ask(Method::PUT, path, step).await?),
        };
        // What follows at once, such as messages, follows before the next step.
        self.let_time_pass().await?;
        let growths = match self.ledger.observe(&self.server).await {
            Ok(growths) => growths,
            Err(broken) => return Err(self.broken(step, answer, broken)),
        };
        let (request, answer) = match answer {
            Some(answered) => answered,
            None => (String::new(), self.order(step, &growths)?),
        };
        let mut differ = self.unmet(step, &answer)?;
        self.unhappened(step, &growths, &mut differ)?;
        if differ.is_empty() {
            return Ok(());
        }
        Err(Fault {
            request,
            differ,
            answer: Some(answer),
        })
    }

    /// A step after which something does not hold, and what else is not as the file says.
    fn broken(&self, step: &Step, answer: Option<(String, Value)>, broken: String) -> Fault {
        let (request, answer) = answer.unzip();
        let unmet = answer.as_ref().map(|answer| self.unmet(step, answer));
        let mut differ = vec![broken];
        differ.extend(unmet.and_then(Result::ok).unwrap_or_default());
        Fault {
            request: request.unwrap_or_default(),
            differ,
            answer,
        }
    }

    /// Advances the clock from timer to timer to where it must stand, and works off what is due.
    async fn let_time_pass(&self) -> Result<(), Fault> {
        let call = Call::put(&format!("{V1}/clock")).by("admin");
        let (answer, _) = self.server.ask(call.json(&json!({"now": self.now}))).await;
        let answered = body(&answer);
        if answered.get("more") == Some(&Value::Bool(false)) {
            return Ok(());
        }
        Err(Fault {
            request: format!("the clock goes to {}", self.now),
            differ: vec!["time does not pass".to_owned()],
            answer: Some(answered),
        })
    }

    /// Does what the step says; gives what was sent and what came back, if both are in order.
    async fn ask(
        &mut self,
        method: Method,
        path: &str,
        step: &Step,
    ) -> Result<(String, Value), Fault> {
        let path = expectation::text(path, &self.names)?;
        let request = format!("{method} {path}");
        let mut call = Call::new(method, &format!("{V1}{path}"));
        call = call.by(step.actor.as_deref().unwrap_or_default());
        if let Some(table) = &step.body {
            call = call.json(&expectation::object(table, &self.names)?);
        }
        if let Some(version) = &step.if_match {
            let version = expectation::text(version, &self.names)?;
            call = call.header("if-match", &format!("\"{version}\""));
        }
        let (answer, judged) = self.server.ask(call).await;
        let mut differ: Vec<String> = judged.err().into_iter().collect();
        let status = answer.status;
        match step.status {
            Some(expected) if expected != status.as_u16() => {
                differ.push(format!("expected status {expected}, found {status}"));
            }
            None if !status.is_success() => {
                differ.push(format!("expected success, found status {status}"));
            }
            Some(_) | None => {}
        }
        let answered = body(&answer);
        self.save(step, &answered, &mut differ);
        if differ.is_empty() {
            return Ok((request, answered));
        }
        Err(Fault {
            request,
            differ,
            answer: Some(answered),
        })
    }

    fn save(&mut self, step: &Step, answer: &Value, differ: &mut Vec<String>) {
        for (name, place) in &step.save {
            let value = match expectation::at(answer, place) {
                Some(value @ (Value::String(_) | Value::Number(_))) => value.clone(),
                found => {
                    differ.push(format!("`{name}`: {place} is no text or number: {found:?}"));
                    continue;
                }
            };
            self.names.insert(name.clone(), value);
        }
    }

    /// The order that the step is about, as the centre sees it.
    fn order(&self, step: &Step, growths: &Growths) -> Result<Value, String> {
        let name = step.order.as_deref().unwrap_or("order");
        let id = self
            .names
            .get(name)
            .ok_or_else(|| format!("nothing was saved as `{name}`"))?;
        let growth = growths
            .get(id.as_str().unwrap_or_default())
            .ok_or_else(|| format!("`{name}` is {id}, which is no order"))?;
        Ok(growth.order.clone())
    }

    /// What the answer does not say as the file does.
    fn unmet(&self, step: &Step, answer: &Value) -> Result<Vec<String>, String> {
        let expected = expectation::object(&step.expect, &self.names)?;
        let mut differ = Vec::new();
        differences(&expected, answer, "", &mut differ);
        for place in &step.absent {
            if !is_absent(answer, place) {
                differ.push(format!("expected nothing at {place}"));
            }
        }
        Ok(differ)
    }

    /// What did not happen to the order, or should not have.
    fn unhappened(
        &self,
        step: &Step,
        growths: &Growths,
        differ: &mut Vec<String>,
    ) -> Result<(), String> {
        let looks = [&step.events, &step.messages, &step.no_messages];
        if looks.iter().all(|list| list.is_empty()) {
            return Ok(());
        }
        let name = step.order.as_deref().unwrap_or("order");
        let growth = self.names.get(name).and_then(Value::as_str);
        let growth = growth.and_then(|id| growths.get(id));
        let growth = growth.ok_or_else(|| format!("`{name}` is no order"))?;
        let (events, messages) = (&growth.events, &growth.messages);
        if let Some(event) = first_missing(&step.events, events) {
            differ.push(format!(
                "expected the event {event} in its place, found {events:?}"
            ));
        }
        for message in &step.messages {
            if !messages.contains(message) {
                differ.push(format!(
                    "expected the message {message}, found {messages:?}"
                ));
            }
        }
        for message in &step.no_messages {
            if messages.contains(message) {
                differ.push(format!("expected no message {message}"));
            }
        }
        Ok(())
    }
}

/// An answer's body; as text if it is not JSON.
fn body(answer: &Answer) -> Value {
    serde_json::from_slice(&answer.bytes).unwrap_or_else(|_| Value::from(answer.text()))
}
