//! Values with a form of their own: instants, periods, texts with a limit.

use std::fmt;

use chrono::{DateTime, SecondsFormat, Utc};
use serde::de::{Deserializer, Error as _};
use serde::{Deserialize, Serialize, Serializer};
use serde_json::Value;
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{KnownFormat, ObjectBuilder, Schema, SchemaFormat, Type};
use utoipa::{PartialSchema, ToSchema};

/// An instant: RFC 3339 with any offset when read, in +08:00 when written, as the hotline counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Time(pub DateTime<Utc>);

impl Time {
    /// As it stands in JSON, such as `2026-10-10T00:00:00+08:00`.
    #[must_use]
    pub fn text(self) -> String {
        self.0
            .with_timezone(&calendar::zone())
            .to_rfc3339_opts(SecondsFormat::AutoSi, false)
    }
}

impl From<DateTime<Utc>> for Time {
    fn from(value: DateTime<Utc>) -> Self {
        Self(value)
    }
}

impl From<Time> for DateTime<Utc> {
    fn from(value: Time) -> Self {
        value.0
    }
}

impl Serialize for Time {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.text())
    }
}

impl<'de> Deserialize<'de> for Time {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        // In a query string a bare `+` stands for a space.
        let time = DateTime::parse_from_rfc3339(&text.replace(' ', "+"))
            .or_else(|_| DateTime::parse_from_rfc3339(&text))
            .map_err(|error| {
                let example = "2026-09-18T16:00:00+08:00";
                D::Error::custom(format!(
                    "`{text}` is no RFC 3339 instant such as `{example}`: {error}"
                ))
            })?;
        Ok(Self(time.to_utc()))
    }
}

impl PartialSchema for Time {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::String)
            .format(Some(SchemaFormat::KnownFormat(KnownFormat::DateTime)))
            .description(Some(
                "RFC 3339 with any offset when read, +08:00 when written",
            ))
            .examples(["2026-10-10T00:00:00+08:00"])
            .into()
    }
}

impl ToSchema for Time {}

/// The length of a limit: one of these members. Lengths in days are counted by the calendar and are
/// never durations (Art. 14, 15).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Period {
    /// 工作日.
    WorkingDays(u16),
    /// 自然日.
    CalendarDays(u16),
    /// Hours, through nights and holidays.
    Hours(u32),
    /// Minutes, through nights and holidays.
    Minutes(u32),
    /// Months, to the corresponding date.
    Months(u16),
    /// Years, to the corresponding date.
    Years(u16),
    /// A fixed instant.
    Until(Time),
}

impl From<calendar::Period> for Period {
    fn from(period: calendar::Period) -> Self {
        match period {
            calendar::Period::WorkingDays(n) => Self::WorkingDays(n),
            calendar::Period::CalendarDays(n) => Self::CalendarDays(n),
            calendar::Period::Hours(n) => Self::Hours(n),
            calendar::Period::Minutes(n) => Self::Minutes(n),
            calendar::Period::Months(n) => Self::Months(n),
            calendar::Period::Years(n) => Self::Years(n),
            calendar::Period::Until(instant) => Self::Until(instant.into()),
        }
    }
}

impl From<Period> for calendar::Period {
    fn from(period: Period) -> Self {
        match period {
            Period::WorkingDays(n) => Self::WorkingDays(n),
            Period::CalendarDays(n) => Self::CalendarDays(n),
            Period::Hours(n) => Self::Hours(n),
            Period::Minutes(n) => Self::Minutes(n),
            Period::Months(n) => Self::Months(n),
            Period::Years(n) => Self::Years(n),
            Period::Until(Time(instant)) => Self::Until(instant),
        }
    }
}

macro_rules! text {
    ($(#[doc = $doc:literal])+ $name:ident, $max:literal) => {
        $(#[doc = $doc])+
        #[derive(Clone, PartialEq, Eq)]
        pub struct $name(String);

        // Texts are somebody's own words: they stand in no log.
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(concat!(stringify!($name), "(…)"))
            }
        }

        impl $name {
            /// Longest text, in characters.
            pub const CHARS_MAX: usize = $max;
        }

        impl From<$name> for String {
            fn from(text: $name) -> Self {
                text.0
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = String::deserialize(deserializer)?;
                match fault(&text, Self::CHARS_MAX) {
                    Some(fault) => Err(D::Error::custom(fault)),
                    None => Ok(Self(text)),
                }
            }
        }

        impl PartialSchema for $name {
            fn schema() -> RefOr<Schema> {
                ObjectBuilder::new()
                    .schema_type(Type::String)
                    .min_length(Some(1))
                    .max_length(Some($max))
                    .description(Some(concat!($($doc),+).trim()))
                    .into()
            }
        }

        impl ToSchema for $name {}
    };
}

text! {
    /// A name, code or reference on one line; not blank.
    Line, 200
}

text! {
    /// A text in somebody's own words; not blank.
    Words, 20_000
}

/// What is wrong with a text.
fn fault(text: &str, chars_max: usize) -> Option<String> {
    let control = |c: char| c.is_control() && !matches!(c, '\n' | '\r' | '\t');
    if text.trim().is_empty() {
        Some("is blank; fill it in, or leave it out where it is optional".to_owned())
    } else if text.chars().count() > chars_max {
        Some(format!("is longer than {chars_max} characters; shorten it"))
    } else if text.contains(control) {
        Some("contains control characters; take them out".to_owned())
    } else {
        None
    }
}

/// The journal keeps instants in UTC; everything that is shown has them in local time.
pub(crate) fn in_local_time(value: Value) -> Value {
    match value {
        Value::String(text) => match instant(&text) {
            Some(time) => Value::String(time.text()),
            None => Value::String(text),
        },
        Value::Array(items) => items.into_iter().map(in_local_time).collect(),
        Value::Object(members) => {
            let local = |(name, value)| (name, in_local_time(value));
            Value::Object(members.into_iter().map(local).collect())
        }
        other @ (Value::Null | Value::Bool(_) | Value::Number(_)) => other,
    }
}

/// A part of an order in the form that it has in the journal, but with local times.
pub(crate) fn as_journaled(part: &impl Serialize) -> Value {
    // What the journal keeps is always valid JSON.
    in_local_time(serde_json::to_value(part).unwrap_or_default())
}

/// An instant as the journal writes it.
fn instant(text: &str) -> Option<Time> {
    let shape = text.ends_with('Z') && text.get(10..11) == Some("T");
    let time = shape
        .then(|| DateTime::parse_from_rfc3339(text).ok())
        .flatten()?;
    Some(Time(time.to_utc()))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_instant_is_read_with_any_offset_and_written_in_local_time() {
        let rows = [
            ("2026-10-09T16:00:00Z", Some("2026-10-10T00:00:00+08:00")),
            (
                "2026-10-10T00:00:00.250+08:00",
                Some("2026-10-10T00:00:00.250+08:00"),
            ),
            (
                "2026-10-10T00:00:00 08:00",
                Some("2026-10-10T00:00:00+08:00"),
            ),
            ("2026-10-10", None),
            ("2026-02-30T00:00:00Z", None),
            ("", None),
        ];
        for (given, expected) in rows {
            let time: Option<Time> = serde_json::from_value(json!(given)).ok();
            assert_eq!(time.map(Time::text).as_deref(), expected, "{given:?}");
        }
    }

    #[test]
    fn a_period_has_exactly_one_member() {
        let rows = [
            (json!({"working_days": 5}), true),
            (json!({"until": "2026-10-10T00:00:00+08:00"}), true),
            (json!({"working_days": 5, "hours": 1}), false),
            (json!({"fortnights": 1}), false),
            (json!({}), false),
            (json!({"working_days": -1}), false),
        ];
        for (given, good) in rows {
            let period: Option<Period> = serde_json::from_value(given.clone()).ok();
            assert_eq!(period.is_some(), good, "{given}");
            if let Some(period) = period {
                let core = calendar::Period::from(period);
                assert_eq!(serde_json::to_value(Period::from(core)).unwrap(), given);
            }
        }
    }

    #[test]
    fn a_text_says_something_and_has_a_limit() {
        let rows = [
            ("好".repeat(200), true),
            ("好".repeat(201), false),
            (" \n".to_owned(), false),
            (String::new(), false),
            ("a\tb\nc".to_owned(), true),
            ("a\0b".to_owned(), false),
        ];
        for (given, good) in rows {
            let line: Result<Line, _> = serde_json::from_value(json!(given));
            assert_eq!(line.is_ok(), good, "{given:?}");
        }
    }
}
