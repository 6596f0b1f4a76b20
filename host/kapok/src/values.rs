//! Values as people type them and as Kapok prints them: instants, dates, types, channels.

use std::fmt::Write as _;

use calendar::zone;
use chrono::{DateTime, NaiveDate, NaiveDateTime, SecondsFormat, Utc};
use contract::types::{Channel, OrderType};

/// The names of every type of matter: in Kapok, on screens, and in Chinese (Art. 45, Art. 23).
const TYPES: [(OrderType, &str, &str); 6] = [
    (OrderType::Consultation, "consultation", "咨询"),
    (OrderType::Complaint, "complaint", "投诉"),
    (OrderType::ViolationReport, "violation_report", "举报"),
    (OrderType::HelpRequest, "help_request", "求助"),
    (OrderType::Suggestion, "suggestion", "意见建议"),
    (OrderType::Commendation, "commendation", "表扬"),
];

/// The names of every channel (Art. 12).
const CHANNELS: [(Channel, &str, &str); 2] = [
    (Channel::Phone, "phone", "电话"),
    (Channel::Online, "online", "网络"),
];

/// Reads a type of matter by its English or Chinese name.
pub(crate) fn order_type(text: &str) -> Result<OrderType, String> {
    let wanted = text.trim().to_lowercase().replace('-', "_");
    TYPES
        .iter()
        .find(|(_, english, chinese)| *english == wanted || *chinese == wanted)
        .map(|(value, ..)| *value)
        .ok_or_else(|| {
            format!(
                "`{text}` is no type of matter; use one of {}",
                names(&TYPES)
            )
        })
}

/// The English and Chinese name of a type of matter.
pub(crate) fn order_type_name(order_type: OrderType) -> (&'static str, &'static str) {
    name_of(&TYPES, order_type)
}

/// Reads a channel by its English or Chinese name.
pub(crate) fn channel(text: &str) -> Result<Channel, String> {
    let wanted = text.trim().to_lowercase();
    CHANNELS
        .iter()
        .find(|(_, english, chinese)| *english == wanted || *chinese == wanted)
        .map(|(value, ..)| *value)
        .ok_or_else(|| format!("`{text}` is no channel; use one of {}", names(&CHANNELS)))
}

/// The English name of a channel.
pub(crate) fn channel_name(channel: Channel) -> &'static str {
    name_of(&CHANNELS, channel).0
}

/// Reads an instant: RFC 3339 with an offset, or a local date and time in +08:00, or a local date,
/// which means its first instant.
pub(crate) fn instant(text: &str) -> Result<DateTime<Utc>, String> {
    let text = text.trim();
    if let Ok(instant) = DateTime::parse_from_rfc3339(text) {
        return Ok(instant.with_timezone(&Utc));
    }
    let local = [
        "%Y-%m-%dT%H:%M:%S%.f",
        "%Y-%m-%d %H:%M:%S%.f",
        "%Y-%m-%dT%H:%M",
        "%Y-%m-%d %H:%M",
    ]
    .iter()
    .find_map(|form| NaiveDateTime::parse_from_str(text, form).ok())
    .or_else(|| {
        NaiveDate::parse_from_str(text, "%Y-%m-%d")
            .ok()?
            .and_hms_opt(0, 0, 0)
    });
    local
        .and_then(|local| local.and_local_timezone(zone()).single())
        .map(|instant| instant.with_timezone(&Utc))
        .ok_or_else(|| {
            format!(
                "`{text}` is no instant; write 2026-09-18T16:00:00+08:00, or a date and time of the \
                 city's own zone such as 2026-09-18T16:00, or a date such as 2026-09-18"
            )
        })
}

/// An instant in RFC 3339, in the city's own zone.
pub(crate) fn rfc3339(instant: DateTime<Utc>) -> String {
    instant
        .with_timezone(&zone())
        .to_rfc3339_opts(SecondsFormat::AutoSi, false)
}

/// So many random bytes from the system, in hex.
pub(crate) fn random_hex<const BYTES: usize>() -> anyhow::Result<String> {
    let mut bytes = [0; BYTES];
    getrandom::fill(&mut bytes)
        .map_err(|error| anyhow::anyhow!("the system gives no random numbers: {error}"))?;
    Ok(hex::encode(bytes))
}

/// An instant for people: local date and time without the offset.
pub(crate) fn local(instant: DateTime<Utc>) -> String {
    instant
        .with_timezone(&zone())
        .format("%Y-%m-%d %H:%M:%S")
        .to_string()
}

/// A value as it stands in a query string or path: everything but unreserved characters is escaped.
pub(crate) fn escaped(value: &str) -> String {
    let mut text = String::new();
    for byte in value.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            text.push(char::from(byte));
        } else {
            // Writing to a String cannot fail.
            let _ = write!(text, "%{byte:02X}");
        }
    }
    text
}

fn names<T>(table: &[(T, &str, &str)]) -> String {
    let names: Vec<String> = table
        .iter()
        .map(|(_, english, chinese)| format!("{english} ({chinese})"))
        .collect();
    names.join(", ")
}

fn name_of<T: PartialEq + Copy>(
    table: &[(T, &'static str, &'static str)],
    wanted: T,
) -> (&'static str, &'static str) {
    table
        .iter()
        .find(|(value, ..)| *value == wanted)
        .map_or(("unknown", "未知"), |(_, english, chinese)| {
            (english, chinese)
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants_are_read_in_every_documented_form() {
        for (text, expected) in [
            ("2026-09-18T16:00:00+08:00", "2026-09-18T16:00:00+08:00"),
            ("2026-09-18T08:00:00Z", "2026-09-18T16:00:00+08:00"),
            ("2026-09-18 16:00:00", "2026-09-18T16:00:00+08:00"),
            ("2026-09-18T16:00", "2026-09-18T16:00:00+08:00"),
            ("2026-09-18", "2026-09-18T00:00:00+08:00"),
        ] {
            assert_eq!(
                instant(text).map(rfc3339),
                Ok(expected.to_owned()),
                "{text}"
            );
        }
        for text in [
            "",
            "18.09.2026",
            "2026-02-30",
            "2026-09-18T25:00",
            "1758182400",
        ] {
            assert!(instant(text).is_err(), "{text}");
        }
    }

    #[test]
    fn types_and_channels_have_english_and_chinese_names() {
        assert_eq!(order_type("投诉"), Ok(OrderType::Complaint));
        assert_eq!(
            order_type("violation-report"),
            Ok(OrderType::ViolationReport)
        );
        assert_eq!(channel("电话"), Ok(Channel::Phone));
        assert!(order_type("praise").is_err_and(|error| error.contains("commendation (表扬)")));
        assert!(channel("fax").is_err());
        for (value, english, chinese) in TYPES {
            assert_eq!(order_type_name(value), (english, chinese));
            assert_eq!(order_type(english), Ok(value));
        }
    }

    #[test]
    fn queries_are_escaped() {
        assert_eq!(escaped("import:Q05 噪/"), "import%3AQ05%20%E5%99%AA%2F");
    }
}
