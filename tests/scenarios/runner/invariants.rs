//! What holds of every order after every step of every story: nothing is lost, the journal replays to
//! what is shown, no clock ever pauses, and what was missed stays missed.

use std::collections::{BTreeMap, BTreeSet};

use api::dto::orders::Order;
use chrono::{Datelike as _, Days, NaiveDate, NaiveTime, Weekday};
use lifecycle::event::Recorded;
use lifecycle::ids::{Actor, Role};
use serde_json::{Map, Value, json};

use crate::http_api::server::{Call, Server};

/// What became of each order since the step before.
pub(crate) type Growths = BTreeMap<String, Growth>;

/// What became of an order since the step before.
pub(crate) struct Growth {
    /// The order as the centre sees it now.
    pub(crate) order: Value,
    /// What happened.
    pub(crate) events: Vec<String>,
    /// Who was told what: `unit:GZ-CGJ dispatched`.
    pub(crate) messages: Vec<String>,
}

/// Everything that was seen, to see that it stays.
#[derive(Default)]
pub(crate) struct Ledger {
    orders: BTreeMap<String, Value>,
    /// Days on which offices work or do not, against the weekday, by calendar version and year.
    years: BTreeMap<(String, i32), Exceptions>,
}

/// A year's days off and make-up days.
struct Exceptions {
    off: BTreeSet<String>,
    work: BTreeSet<String>,
}

impl Ledger {
    /// Looks at every order; gives what became of each, or what does not hold.
    pub(crate) async fn observe(&mut self, server: &Server) -> Result<Growths, String> {
        let list = read(server, "/api/v1/orders?limit=200").await?;
        if !list["next"].is_null() {
            return Err("more than 200 orders; tell a shorter story".to_owned());
        }
        let lines: BTreeMap<&str, &Value> = items(&list["items"])
            .iter()
            .filter_map(|line| Some((line["id"].as_str()?, line)))
            .collect();
        if let Some(lost) = self
            .orders
            .keys()
            .find(|id| !lines.contains_key(id.as_str()))
        {
            return Err(format!("invariant: {lost} is lost"));
        }
        let mut growths = Growths::new();
        for (id, line) in lines {
            let growth = self.look_at(server, id, line).await;
            let growth = growth.map_err(|fault| format!("invariant of {id}: {fault}"))?;
            growths.insert(id.to_owned(), growth);
        }
        Ok(growths)
    }

    async fn look_at(&mut self, server: &Server, id: &str, line: &Value) -> Result<Growth, String> {
        let order = read(server, &format!("/api/v1/orders/{id}")).await?;
        let history = read(server, &format!("/api/v1/orders/{id}/history")).await?;
        if order["history"] != history {
            return Err(format!(
                "the order and its history tell different stories: {history:#}"
            ));
        }
        agrees_with_its_line(&order, line)?;
        is_in_order(&order)?;
        replays(&order)?;
        explains_its_deadlines(&order)?;
        self.never_pauses(server, &order).await?;
        let before = self.orders.get(id).unwrap_or(&Value::Null);
        let events = grown("history", before, &order)?;
        let messages = grown("messages", before, &order)?;
        grown("missed", before, &order)?;
        keeps_its_deadlines(before, &order)?;
        let growth = Growth {
            events: events.iter().map(|event| word(&event["event"])).collect(),
            messages: messages.iter().map(message).collect(),
            order: order.clone(),
        };
        self.orders.insert(id.to_owned(), order);
        Ok(growth)
    }

    /// T2, T3, T11: between the first and the last counted day no working day is left out and no other
    /// day counted, as many as the period has; and the deadline is the end of the last one.
    async fn never_pauses(&mut self, server: &Server, order: &Value) -> Result<(), String> {
        let calendar = read(server, "/api/v1/calendar").await?;
        for deadline in items(&order["deadlines"]) {
            let period = &deadline["period"];
            let working = period.get("working_days").and_then(Value::as_u64);
            let length = working.or_else(|| period.get("calendar_days").and_then(Value::as_u64));
            let Some(length) = length else { continue };
            // Counted by a calendar that was replaced since.
            if deadline["calendar_version"] != calendar["version"] {
                continue;
            }
            let counted: Vec<NaiveDate> = items(&deadline["counted"])
                .iter()
                .filter_map(|date| date.as_str()?.parse().ok())
                .collect();
            let (Some(first), Some(last)) = (counted.first(), counted.last()) else {
                return Err(format!("no days are counted: {deadline:#}"));
            };
            let mut expected = Vec::new();
            for date in first.iter_days().take_while(|date| date <= last) {
                if working.is_none() || self.is_working(server, &calendar, date).await? {
                    expected.push(date);
                }
            }
            let end = last.checked_add_days(Days::new(1)).expect("another day");
            let due_at = format!("{}+08:00", end.and_time(NaiveTime::MIN).format("%FT%T"));
            let is_whole = u64::try_from(counted.len()) == Ok(length);
            if !is_whole || counted != expected || deadline["due_at"] != due_at {
                return Err(format!(
                    "the days between {first} and {last} that count are {expected:?}: {deadline:#}"
                ));
            }
        }
        Ok(())
    }

    async fn is_working(
        &mut self,
        server: &Server,
        calendar: &Value,
        date: NaiveDate,
    ) -> Result<bool, String> {
        let key = (word(&calendar["version"]), date.year());
        if !self.years.contains_key(&key) {
            let year = read(server, &format!("/api/v1/calendar/{}", date.year())).await?;
            let dates = |member: &str| items(&year[member]).iter().map(word).collect();
            let exceptions = Exceptions {
                off: dates("off"),
                work: dates("work"),
            };
            self.years.insert(key.clone(), exceptions);
        }
        let Exceptions { off, work } = &self.years[&key];
        let name = date.to_string();
        let weekend = matches!(date.weekday(), Weekday::Sat | Weekday::Sun);
        Ok(work.contains(&name) || (!weekend && !off.contains(&name)))
    }
}

/// The centre's line of the order says the same as the order.
fn agrees_with_its_line(order: &Value, line: &Value) -> Result<(), String> {
    let members = [
        "version",
        "stage",
        "unit",
        "overdue",
        "provisional",
        "queue",
    ];
    let due_at = order["deadline"].get("due_at").unwrap_or(&Value::Null);
    let agrees = members.iter().all(|member| line[member] == order[member]);
    if agrees && line["due_at"] == *due_at {
        return Ok(());
    }
    Err(format!(
        "its line in the list says something else: {line:#}"
    ))
}

/// Numbers without gaps, instants that do not run back, one deadline or the reason why there is none.
fn is_in_order(order: &Value) -> Result<(), String> {
    let history = items(&order["history"]);
    for (seq, entry) in (1_u64..).zip(history) {
        if entry["seq"] != seq {
            return Err(format!("entry {seq} of the journal is not there"));
        }
    }
    if order["version"] != history.len() {
        return Err(format!(
            "the version is not that of {} entries",
            history.len()
        ));
    }
    let mut pairs = history.iter().zip(history.iter().skip(1));
    if let Some((_, later)) = pairs.find(|(one, next)| word(&one["at"]) > word(&next["at"])) {
        return Err(format!("time runs back in the journal: {later:#}"));
    }
    if order["deadline"].is_null() == order["no_deadline"].is_null() {
        return Err("either a deadline runs, or there is a reason why none does".to_owned());
    }
    if (order["stage"] == "closed") == order["closed"].is_null() {
        return Err("closed, or how it was closed, but not both".to_owned());
    }
    Ok(())
}

/// The journal alone, replayed, is the order that is shown.
fn replays(order: &Value) -> Result<(), String> {
    let recorded: Vec<Recorded> = items(&order["history"])
        .iter()
        .map(recorded)
        .collect::<Result<_, _>>()?;
    let replayed = lifecycle::replay(&recorded)
        .map_err(|error| format!("the journal does not replay: {error}"))?
        .ok_or("the journal is empty")?;
    let operator = Actor {
        role: Role::Operator,
        name: "operator".to_owned(),
    };
    let replayed = serde_json::to_value(Order::new(&replayed, &operator))
        .map_err(|error| error.to_string())?;
    for (member, value) in replayed.as_object().into_iter().flatten() {
        if order[member] != *value {
            return Err(format!(
                "the journal replays to another {member}: {value:#}"
            ));
        }
    }
    Ok(())
}

/// Every deadline that counts is among those that are explained.
fn explains_its_deadlines(order: &Value) -> Result<(), String> {
    let of_assignments = items(&order["assignments"])
        .iter()
        .flat_map(|assignment| [&assignment["verify_by"], &assignment["handle_by"]]);
    let mut counting = of_assignments
        .chain([&order["deadline"]])
        .filter_map(Value::as_object);
    let explained = items(&order["deadlines"]);
    let is_explained = |deadline: &Map<String, Value>| {
        let same = |other: &Value| deadline.iter().all(|(name, value)| other[name] == *value);
        explained.iter().any(same)
    };
    match counting.find(|deadline| !is_explained(deadline)) {
        Some(deadline) => Err(format!("nothing explains the deadline {deadline:?}")),
        None => Ok(()),
    }
}

/// An entry as the journal keeps it, from how it is shown.
fn recorded(entry: &Value) -> Result<Recorded, String> {
    let by = &entry["by"];
    let role = match by.get("code") {
        Some(code) => json!({ word(&by["role"]): code }),
        None => by["role"].clone(),
    };
    let mut kept = entry.clone();
    kept["by"] = json!({"role": role, "name": by["name"]});
    let members = kept.as_object_mut().expect("an entry is an object");
    // Events without content have none in the journal.
    if members.get("data") == Some(&json!({})) {
        members.shift_remove("data");
    }
    serde_json::from_value(kept).map_err(|error| format!("no journal entry, {error}: {entry:#}"))
}

/// What a list has gained; what was there before must stand there unchanged.
fn grown<'a>(member: &str, before: &Value, order: &'a Value) -> Result<&'a [Value], String> {
    let (before, now) = (items(&before[member]), items(&order[member]));
    match now.split_at_checked(before.len()) {
        Some((kept, new)) if kept == before => Ok(new),
        Some(_) | None => Err(format!(
            "{member} has lost or changed what was there: {before:?}"
        )),
    }
}

/// A deadline that was final never moves and never goes.
fn keeps_its_deadlines(before: &Value, order: &Value) -> Result<(), String> {
    let identity = |deadline: &Value| {
        ["kind", "trigger_seq", "due_at", "counted"].map(|member| deadline[member].clone())
    };
    let now: Vec<_> = items(&order["deadlines"]).iter().map(identity).collect();
    let mut kept = items(&before["deadlines"])
        .iter()
        .filter(|deadline| deadline["provisional"] == false);
    match kept.find(|deadline| !now.contains(&identity(deadline))) {
        Some(moved) => Err(format!("a final deadline has moved or gone: {moved:#}")),
        None => Ok(()),
    }
}

/// A message as a story names it.
fn message(message: &Value) -> String {
    let to = &message["to"];
    let recipient = word(&to["recipient"]);
    let code = to["code"].as_str();
    let recipient = code.map_or(recipient.clone(), |code| format!("{recipient}:{code}"));
    format!("{recipient} {}", word(&message["notice"]))
}

async fn read(server: &Server, path: &str) -> Result<Value, String> {
    let (answer, judged) = server.ask(Call::get(path).by("operator")).await;
    judged?;
    if !answer.status.is_success() {
        return Err(format!("{path} is answered {}", answer.text()));
    }
    Ok(answer.json())
}

fn items(list: &Value) -> &[Value] {
    list.as_array().map_or(&[], Vec::as_slice)
}

fn word(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}
