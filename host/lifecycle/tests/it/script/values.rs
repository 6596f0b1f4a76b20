//! Values that the words of a script stand for.

use calendar::Period;
use chrono::{DateTime, NaiveDateTime, TimeDelta, Utc};
use contract::types::{OrderType, Rating};
use lifecycle::command::{Evidence, EvidenceKind, Moment, RatingChoice};
use lifecycle::deadline::DeadlineKind;
use lifecycle::ids::{Actor, DistrictCode, Role, TextId, UnitCode};
use serde::de::DeserializeOwned;
use uuid::Uuid;

/// An instant in the city's own time.
pub(crate) fn instant(date: &str, time: &str) -> DateTime<Utc> {
    let seconds = if time.len() == 5 { ":00" } else { "" };
    let local: NaiveDateTime = format!("{date}T{time}{seconds}")
        .parse()
        .unwrap_or_else(|_| panic!("`{date} {time}` is no instant"));
    local
        .and_local_timezone(calendar::zone())
        .unwrap()
        .with_timezone(&Utc)
}

/// `date time` as one text.
pub(crate) fn at(text: &str) -> DateTime<Utc> {
    let (date, time) = text.split_once(' ').expect("DATE TIME");
    instant(date, time)
}

pub(crate) fn actor(role: &str) -> Actor {
    let role = match role.split_once(':') {
        Some(("unit", code)) => Role::Unit(UnitCode::new(code)),
        Some(("leader", code)) => Role::Leader(UnitCode::new(code)),
        Some(("district", code)) => Role::District(DistrictCode::new(code)),
        Some(_) | None => match role {
            "system" => return Actor::system(),
            "operator" => Role::Operator,
            "channel" => Role::Channel,
            "admin" => Role::Admin,
            "auditor" => Role::Auditor,
            other => panic!("`{other}` is no role"),
        },
    };
    Actor {
        role,
        name: "tester".to_owned(),
    }
}

pub(crate) fn text(n: u128) -> TextId {
    TextId(Uuid::from_u128(n))
}

/// A value whose JSON is this word.
pub(crate) fn named<T: DeserializeOwned>(word: &str) -> T {
    serde_json::from_value(word.into()).unwrap_or_else(|error| panic!("`{word}`: {error}"))
}

pub(crate) fn order_type(name: &str) -> OrderType {
    named(name)
}

pub(crate) fn kind(name: &str) -> DeadlineKind {
    named(name)
}

/// Anything that is none of the five options is another answer.
pub(crate) fn rating(name: &str) -> RatingChoice {
    match serde_json::from_value::<Rating>(name.into()) {
        Ok(rating) => RatingChoice::Option(rating),
        Err(_) => RatingChoice::Other(text(7)),
    }
}

/// `_` stands for a space, so that `_` alone is a blank reference.
pub(crate) fn evidence(reference: &str) -> Evidence {
    Evidence {
        kind: EvidenceKind::Recording,
        reference: reference.replace('_', " "),
    }
}

/// `5wd`, `5nd`, `36h`, `2m` (months), or an instant `2026-10-06t12:00`.
pub(crate) fn period(text: &str) -> Period {
    if let Some((date, time)) = text.split_once('t') {
        return Period::Until(instant(date, time));
    }
    let number = text.trim_end_matches(char::is_alphabetic);
    match text.strip_prefix(number) {
        Some("wd") => Period::WorkingDays(number.parse().unwrap()),
        Some("nd") => Period::CalendarDays(number.parse().unwrap()),
        Some("h") => Period::Hours(number.parse().unwrap()),
        Some("min") => Period::Minutes(number.parse().unwrap()),
        Some("m") => Period::Months(number.parse().unwrap()),
        Some("y") => Period::Years(number.parse().unwrap()),
        Some(_) | None => panic!("`{text}` is no period"),
    }
}

/// The word of a `due` line for a moment.
pub(crate) fn moment_word(moment: Moment) -> &'static str {
    match moment {
        Moment::DueSoon => "soon",
        Moment::Passed => "",
        Moment::StillOverdue => "still",
    }
}

/// So many seconds later.
pub(crate) fn second(at: DateTime<Utc>, offset: i64) -> DateTime<Utc> {
    at + TimeDelta::seconds(offset)
}
