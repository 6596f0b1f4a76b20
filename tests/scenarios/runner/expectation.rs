//! What a story writes down, held against what the server says. Instants are local in a file and
//! carry +08:00 in an answer; of tables only the members that stand in the file are compared.

use std::collections::BTreeMap;

use chrono::{Days, NaiveDateTime, NaiveTime};
use serde_json::{Map, Value};
use toml::Table;

/// What a story knows by name: texts and numbers.
pub(crate) type Names = BTreeMap<String, Value>;

/// A local time such as `2026-05-11T10:00`, seconds if need be; 24:00 is the end of the day. Gives it
/// as the server writes it.
pub(crate) fn instant(text: &str) -> Option<String> {
    let shape = |c: char| c.is_ascii_digit() || matches!(c, '-' | 'T' | ':');
    if !matches!(text.len(), 16 | 19) || !text.chars().all(shape) {
        return None;
    }
    let time = match text.strip_suffix("T24:00") {
        Some(day) => {
            let day = day.parse::<chrono::NaiveDate>().ok()?;
            day.checked_add_days(Days::new(1))?.and_time(NaiveTime::MIN)
        }
        None => ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"]
            .iter()
            .find_map(|form| NaiveDateTime::parse_from_str(text, form).ok())?,
    };
    Some(format!("{}+08:00", time.format("%Y-%m-%dT%H:%M:%S")))
}

/// A text of the file as the server takes it: names in braces filled in, instants with their offset.
pub(crate) fn text(text: &str, names: &Names) -> Result<String, String> {
    if let Some(instant) = instant(text) {
        return Ok(instant);
    }
    let mut filled = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        let (name, behind) = after
            .split_once('}')
            .ok_or_else(|| format!("`{text}`: a brace is not closed"))?;
        filled.push_str(before);
        let value = known(name, text, names)?;
        match value.as_str() {
            Some(value) => filled.push_str(value),
            None => filled.push_str(&value.to_string()),
        }
        rest = behind;
    }
    filled.push_str(rest);
    Ok(filled)
}

fn known<'a>(name: &str, text: &str, names: &'a Names) -> Result<&'a Value, String> {
    let value = names.get(name);
    value.ok_or_else(|| format!("`{text}`: nothing was saved as `{name}`"))
}

/// A text of a body or an expectation. A name alone stands for what was saved as it is, so that a number
/// stays one.
fn filled(given: &str, names: &Names) -> Result<Value, String> {
    let name = given.strip_prefix('{').and_then(|it| it.strip_suffix('}'));
    match name.filter(|name| !name.contains(['{', '}'])) {
        Some(name) => known(name, given, names).cloned(),
        None => Ok(Value::String(text(given, names)?)),
    }
}

/// A table of the file as JSON.
pub(crate) fn object(table: &Table, names: &Names) -> Result<Value, String> {
    let members = table
        .iter()
        .map(|(key, value)| Ok((key.clone(), json(value, names)?)));
    Ok(Value::Object(
        members.collect::<Result<Map<_, _>, String>>()?,
    ))
}

fn json(value: &toml::Value, names: &Names) -> Result<Value, String> {
    Ok(match value {
        toml::Value::String(given) => filled(given, names)?,
        toml::Value::Integer(number) => Value::from(*number),
        toml::Value::Float(number) => Value::from(*number),
        toml::Value::Boolean(truth) => Value::Bool(*truth),
        toml::Value::Datetime(time) => Value::String(text(&time.to_string(), names)?),
        toml::Value::Array(items) => {
            let items = items.iter().map(|item| json(item, names));
            Value::Array(items.collect::<Result<_, _>>()?)
        }
        toml::Value::Table(table) => object(table, names)?,
    })
}

/// What stands at a place such as `assignments.0.unit`; `last` is the last item of a list.
pub(crate) fn at<'a>(whole: &'a Value, place: &str) -> Option<&'a Value> {
    place.split('.').try_fold(whole, step_into)
}

fn step_into<'a>(value: &'a Value, key: &str) -> Option<&'a Value> {
    let Value::Array(items) = value else {
        return value.get(key);
    };
    if key == "last" {
        return items.last();
    }
    items.get(key.parse::<usize>().ok()?)
}

/// What differs, each as a sentence. A table that stands against a list names its items by number.
pub(crate) fn differences(expected: &Value, found: &Value, place: &str, differ: &mut Vec<String>) {
    if let Value::Object(members) = expected
        && (found.is_object() || found.is_array())
    {
        for (key, expected) in members {
            let place = format!("{place}{}{key}", if place.is_empty() { "" } else { "." });
            match step_into(found, key) {
                Some(found) => differences(expected, found, &place, differ),
                None => differ.push(format!("expected {place} = {expected}, found nothing")),
            }
        }
    } else if let (Value::Array(items), Value::Array(others)) = (expected, found)
        && items.len() == others.len()
    {
        for (number, (expected, found)) in items.iter().zip(others).enumerate() {
            differences(expected, found, &format!("{place}.{number}"), differ);
        }
    } else if expected != found {
        differ.push(format!("expected {place} = {expected}, found {found}"));
    }
}

/// Whether nothing stands at a place.
pub(crate) fn is_absent(whole: &Value, place: &str) -> bool {
    match at(whole, place) {
        None | Some(Value::Null) => true,
        Some(Value::Array(items)) => items.is_empty(),
        Some(Value::Object(members)) => members.is_empty(),
        Some(Value::Bool(_) | Value::Number(_) | Value::String(_)) => false,
    }
}

/// The first expected word that does not come, in order, among the words found.
pub(crate) fn first_missing<'a>(expected: &'a [String], found: &[String]) -> Option<&'a String> {
    let mut rest = found.iter();
    expected
        .iter()
        .find(|word| !rest.any(|other| other == *word))
}
