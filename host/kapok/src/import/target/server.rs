//! Files messages at a running server, many requests at a time.

use std::thread;
use std::time::Duration;

use anyhow::Context as _;
use chrono::{DateTime, Utc};
use contract::types::OrderType;
use lifecycle::ids::DistrictCode;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{At, Existing, Outcome, Target};
use crate::client::{Client, Problem, problem_of};
use crate::import::record::{Districts, Record, Refusal};
use crate::values;

/// So often a message is sent when the server is busy or not reached.
const ATTEMPTS_MAX: u32 = 6;
/// Pause after the first of them; it doubles each time.
const FIRST_PAUSE: Duration = Duration::from_millis(200);

/// Longest idempotency key that the server takes.
const KEY_BYTES_MAX: usize = 255;

/// A running server as a target.
pub(crate) struct Server {
    client: Client,
    /// Sets the clock; only the admin may.
    admin: Client,
    /// Begins the idempotency keys of this run, so that a message that is sent twice is filed once,
    /// and a later run is told that it is there already.
    run: String,
}

impl Server {
    /// A server, with the token that registers and the one that sets the clock.
    pub(crate) fn new(client: Client, admin_token: Option<&str>) -> anyhow::Result<Self> {
        let admin = admin_token.map_or_else(|| client.clone(), |token| client.with_token(token));
        Ok(Self {
            client,
            admin,
            run: values::random_hex::<8>()?,
        })
    }

    /// The server's districts.
    pub(crate) fn districts(&self) -> anyhow::Result<Districts> {
        #[derive(Deserialize)]
        struct Directory {
            districts: Vec<District>,
        }
        #[derive(Deserialize)]
        struct District {
            code: DistrictCode,
            name: String,
        }
        let answer = self.client.get("/api/v1/directory")?;
        let directory = Directory::deserialize(&answer)
            .context("the server's directory of districts cannot be read")?;
        let districts = directory.districts.iter();
        Ok(Districts::new(
            districts.map(|district| (&district.code, district.name.as_str())),
        ))
    }

    /// Sends until the server has taken it in; the key makes repetitions harmless.
    fn send(&self, record: &Record, body: &Value) -> anyhow::Result<Value> {
        let key = format!("{}-{}", self.run, values::escaped(&record.id));
        let key = Some(key.as_str()).filter(|key| key.len() <= KEY_BYTES_MAX);
        let mut pause = FIRST_PAUSE;
        let mut attempt = 1;
        loop {
            let error = match self.client.post("/api/v1/orders", body, key) {
                Ok(answer) => return Ok(answer),
                Err(error) => error,
            };
            let busy = match problem_of(&error) {
                Some(problem) => matches!(problem.status, 429 | 503),
                None => true,
            };
            if !busy || attempt == ATTEMPTS_MAX {
                return Err(error);
            }
            thread::sleep(pause);
            pause = pause.saturating_mul(2);
            attempt += 1;
        }
    }

    fn refused(&self, record: &Record, problem: &Problem) -> anyhow::Result<Outcome> {
        if let ("source-exists", Some(order)) = (problem.code.as_str(), &problem.order) {
            return self.compare(record, order);
        }
        let field = problem.errors.first();
        let way_out = problem.way_out.as_deref().unwrap_or("correct the line");
        Ok(Outcome::Refused(refusal(
            record,
            field.map_or(".", |field| file_field(&field.field)),
            field.map_or(&problem.detail, |field| &field.detail).clone(),
            way_out,
        )))
    }

    fn compare(&self, record: &Record, order: &str) -> anyhow::Result<Outcome> {
        let view = self.client.get(&format!("/api/v1/orders/{order}"))?;
        let text = |name: &str| view.get(name).and_then(Value::as_str);
        let order_type = text("order_type").and_then(|name| values::order_type(name).ok());
        let words = view.get("request").and_then(|request| {
            Some((
                request.get("subject")?.as_str()?,
                request.get("text")?.as_str()?,
            ))
        });
        let existing = Existing {
            order,
            order_type: order_type.unwrap_or(OrderType::Complaint),
            district: text("district"),
            street: text("street"),
            category: text("category"),
            words,
        };
        Ok(existing.compare(record))
    }
}

impl Target for Server {
    fn file(&self, record: &Record, at: At) -> anyhow::Result<Outcome> {
        match self.send(record, &body(record, at)) {
            Ok(order) => Ok(imported(&order)),
            Err(error) => match problem_of(&error) {
                Some(problem) if matches!(problem.status, 400 | 409 | 413 | 422) => {
                    self.refused(record, problem)
                }
                Some(_) | None => Err(error.context(format!(
                    "line {} could not be filed; what was imported before stays, and the next run \
                     goes on from here",
                    record.line
                ))),
            },
        }
    }

    fn advance(&self, to: DateTime<Utc>) -> anyhow::Result<()> {
        let clock = self.admin.get("/api/v1/clock")?;
        let now = clock
            .get("now")
            .and_then(Value::as_str)
            .and_then(|now| values::instant(now).ok());
        if now.is_some_and(|now| now >= to) {
            return Ok(());
        }
        self.admin
            .put("/api/v1/clock", &json!({ "now": values::rfc3339(to) }))
            .map(drop)
            .map_err(|error| {
                error.context(
                    "--at received sets the server's clock: start it with `--clock manual`, and give \
                     an admin's token with --admin-token",
                )
            })
    }

    fn settle(&self) -> anyhow::Result<()> {
        // The server's own ticker does it.
        Ok(())
    }
}

fn body(record: &Record, at: At) -> Value {
    let (order_type, _) = values::order_type_name(record.order_type);
    let personal = &record.personal;
    let mut requester = Map::new();
    for (name, value) in [
        ("name", &personal.name),
        ("phone", &personal.phone),
        ("id_number", &personal.id_number),
        ("account", &personal.account),
        ("address", &personal.address),
    ] {
        if let Some(value) = value {
            requester.insert(name.to_owned(), json!(value));
        }
    }
    let mut body = Map::new();
    let mut put = |name: &str, value: Value| body.insert(name.to_owned(), value);
    put("order_type", json!(order_type));
    put("channel", json!(values::channel_name(record.channel)));
    for (name, value) in [
        (
            "district",
            record.district.as_ref().map(|district| district.as_str()),
        ),
        ("street", record.street.as_deref()),
        ("category", record.category.as_deref()),
        (
            "subject",
            Some(record.subject.as_str()).filter(|subject| !subject.is_empty()),
        ),
    ] {
        if let Some(value) = value {
            put(name, json!(value));
        }
    }
    put("text", json!(record.text));
    put("requester", Value::Object(requester));
    put("source", json!(record.source()));
    if let (At::Received, Some(received_at)) = (at, record.received_at) {
        put("registered_at", json!(values::rfc3339(received_at)));
    }
    Value::Object(body)
}

fn imported(order: &Value) -> Outcome {
    let stage = order.get("stage").and_then(Value::as_str);
    let verdict = order
        .get("routing")
        .and_then(|routing| routing.get("verdict"));
    Outcome::Imported {
        routed: verdict.is_some_and(|verdict| !verdict.is_null()),
        dispatched: stage.is_some_and(|stage| stage != "awaiting_dispatch"),
    }
}

/// The server and the file have different names for the same thing.
fn file_field(field: &str) -> &str {
    match field {
        "order_type" => "type",
        "registered_at" => "received_at",
        "source" => "id",
        "requester.account" => "requester",
        other => other.strip_prefix("requester.").unwrap_or(other),
    }
}

fn refusal(record: &Record, field: &str, problem: String, way_out: &str) -> Refusal {
    Refusal {
        line: record.line,
        id: Some(record.id.clone()),
        field: field.to_owned(),
        problem,
        way_out: way_out.to_owned(),
    }
}
