//! Types that several interfaces share (`interface types`).

use chrono::{DateTime, FixedOffset, NaiveDate, SecondsFormat, TimeZone, Utc};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de, ser};

/// Offset of China Standard Time from UTC in seconds; there is no daylight saving.
const CST_OFFSET_SECONDS: i32 = 8 * 3600;

/// A point in time, in milliseconds since the Unix epoch. JSON: RFC 3339, written in +08:00.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Instant {
    /// Milliseconds since 1970-01-01T00:00:00Z.
    pub unix_ms: i64,
}

impl From<DateTime<Utc>> for Instant {
    fn from(value: DateTime<Utc>) -> Self {
        Self {
            unix_ms: value.timestamp_millis(),
        }
    }
}

impl Serialize for Instant {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let text = FixedOffset::east_opt(CST_OFFSET_SECONDS)
            .and_then(|zone| zone.timestamp_millis_opt(self.unix_ms).single())
            .map(|time| time.to_rfc3339_opts(SecondsFormat::Millis, false))
            .ok_or_else(|| {
                ser::Error::custom("the instant lies outside the years that can be written")
            })?;
        serializer.serialize_str(&text)
    }
}

impl<'de> Deserialize<'de> for Instant {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let time = DateTime::parse_from_rfc3339(&text).map_err(|error| {
            de::Error::custom(format!(
                "`{text}` is no RFC 3339 instant such as `2026-09-18T16:00:00+08:00`: {error}"
            ))
        })?;
        Ok(Self {
            unix_ms: time.timestamp_millis(),
        })
    }
}

/// A date in the city's own zone. JSON: `YYYY-MM-DD`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CivilDate {
    /// Year, such as 2026.
    pub year: i32,
    /// Month, 1 to 12.
    pub month: u8,
    /// Day of the month, 1 to 31.
    pub day: u8,
}

impl CivilDate {
    /// The same date as chrono's type, or `None` for a date that does not exist, such as 30 February.
    #[must_use]
    pub fn to_naive(self) -> Option<NaiveDate> {
        NaiveDate::from_ymd_opt(self.year, u32::from(self.month), u32::from(self.day))
    }
}

impl Serialize for CivilDate {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&format!(
            "{:04}-{:02}-{:02}",
            self.year, self.month, self.day
        ))
    }
}

impl<'de> Deserialize<'de> for CivilDate {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        use chrono::Datelike as _;
        let text = String::deserialize(deserializer)?;
        let date: NaiveDate = text.parse().map_err(|error| {
            de::Error::custom(format!("`{text}` is no date such as `2026-09-18`: {error}"))
        })?;
        let part = |value: u32| u8::try_from(value).map_err(de::Error::custom);
        Ok(Self {
            year: date.year(),
            month: part(date.month())?,
            day: part(date.day())?,
        })
    }
}

/// What kind of matter the requester brings (Art. 45, and Art. 23 for commendations).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OrderType {
    /// 咨询: wants to learn public information.
    Consultation,
    /// 投诉: sees an own right or the public interest harmed.
    Complaint,
    /// 举报: reports somebody else's violation or crime.
    ViolationReport,
    /// 求助: asks for help.
    HelpRequest,
    /// 意见建议: makes a suggestion.
    Suggestion,
    /// 表扬: praises.
    Commendation,
}

/// How the matter came in (Art. 12).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    /// By telephone.
    Phone,
    /// By web site, app, WeChat or another network channel.
    Online,
}

/// One of the five options of Art. 27.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rating {
    /// 非常满意.
    VerySatisfied,
    /// 满意.
    Satisfied,
    /// 基本满意.
    BasicallySatisfied,
    /// 不满意.
    Dissatisfied,
    /// 非常不满意.
    VeryDissatisfied,
}

/// Why a plugin gives no verdict at all.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "refusal", content = "detail")]
pub enum Refusal {
    /// The question lies outside what this plugin was built for; the text says why.
    Unsupported(String),
    /// The plugin found itself in a state that it cannot answer from; the text says which.
    Internal(String),
}
