//! What a line of the import format means, or why it is refused.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use contract::types::{Channel, OrderType};
use engine::ports::PersonalData;
use lifecycle::directory::Directory;
use lifecycle::ids::DistrictCode;
use serde::Serialize;
use serde_json::{Map, Value};

use crate::values;

/// The longest identifier, in characters: with `import:` before it, the journal takes 128.
const ID_CHARS_MAX: usize = 121;

/// A message that can be filed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Record {
    /// Line that it stands in.
    pub(crate) line: u64,
    /// Its identifier in the file.
    pub(crate) id: String,
    /// Type of the matter.
    pub(crate) order_type: OrderType,
    /// Whether the type is the default because the line names none.
    pub(crate) default_type: bool,
    /// How it came in.
    pub(crate) channel: Channel,
    /// District, where known.
    pub(crate) district: Option<DistrictCode>,
    /// Street or town, where known.
    pub(crate) street: Option<String>,
    /// Category, where known.
    pub(crate) category: Option<String>,
    /// Subject line; may be empty.
    pub(crate) subject: String,
    /// What the requester said.
    pub(crate) text: String,
    /// Who asks.
    pub(crate) personal: PersonalData,
    /// When the message came in.
    pub(crate) received_at: Option<DateTime<Utc>>,
}

impl Record {
    /// What makes the order unique, so that no message is filed twice.
    pub(crate) fn source(&self) -> String {
        format!("import:{}", self.id)
    }
}

/// Why a line is refused, and what to do about it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Refusal {
    /// Number of the line.
    pub(crate) line: u64,
    /// The message's identifier, if the line has one.
    pub(crate) id: Option<String>,
    /// Which field; `.` is the line as a whole.
    pub(crate) field: String,
    /// What is wrong.
    pub(crate) problem: String,
    /// What would be right.
    pub(crate) way_out: String,
}

/// What a line needs to be understood.
#[derive(Debug, Clone)]
pub(crate) struct Format {
    /// Type of a message whose line names none.
    pub(crate) default_type: OrderType,
    /// Whether `received_at` must be there.
    pub(crate) needs_received_at: bool,
    /// The districts that there are.
    pub(crate) districts: Districts,
}

/// Districts by code and by name.
#[derive(Debug, Clone)]
pub(crate) struct Districts(BTreeMap<String, DistrictCode>);

impl Districts {
    /// These districts, each with its name.
    pub(crate) fn new<'a>(
        districts: impl IntoIterator<Item = (&'a DistrictCode, &'a str)>,
    ) -> Self {
        let mut known = BTreeMap::new();
        for (code, name) in districts {
            known.insert(code.to_string(), code.clone());
            known.insert(name.to_owned(), code.clone());
        }
        Self(known)
    }

    /// The districts of a directory.
    pub(crate) fn of(directory: &Directory) -> Self {
        let districts = directory.districts();
        Self::new(districts.map(|district| (&district.code, district.name.as_str())))
    }

    fn codes(&self) -> String {
        let codes: BTreeSet<&str> = self.0.values().map(DistrictCode::as_str).collect();
        codes.into_iter().collect::<Vec<_>>().join(", ")
    }
}

impl Format {
    /// Reads one line. The names of fields that the format does not know are counted in `ignored`.
    pub(crate) fn read(
        &self,
        line: u64,
        bytes: &[u8],
        ignored: &mut BTreeMap<String, u64>,
    ) -> Result<Record, Refusal> {
        let mut fields = Fields::parse(line, bytes)?;
        let id = fields.id()?;
        fields.id = Some(id.clone());
        let text = fields.required("text")?;
        let order_type = fields.named("type", values::order_type)?;
        let received_at = fields.named("received_at", values::instant)?;
        if received_at.is_none() && self.needs_received_at {
            return Err(fields.refuse(
                "received_at",
                "is missing",
                "give the instant at which the message came in, or import with --at now",
            ));
        }
        let record = Record {
            line,
            order_type: order_type.unwrap_or(self.default_type),
            default_type: order_type.is_none(),
            channel: fields
                .named("channel", values::channel)?
                .unwrap_or(Channel::Online),
            district: self.district(&mut fields)?,
            street: fields.optional("street")?,
            category: fields.optional("category")?,
            subject: fields.optional("subject")?.unwrap_or_default(),
            text,
            personal: PersonalData {
                name: fields.optional("name")?,
                phone: fields.optional("phone")?,
                id_number: fields.optional("id_number")?,
                account: fields.optional("requester")?,
                address: fields.optional("address")?,
            },
            received_at,
            id,
        };
        for (name, _) in fields.map {
            let count = ignored.entry(name).or_default();
            *count = count.saturating_add(1);
        }
        Ok(record)
    }

    fn district(&self, fields: &mut Fields) -> Result<Option<DistrictCode>, Refusal> {
        let Some(text) = fields.optional("district")? else {
            return Ok(None);
        };
        let district = self.districts.0.get(&text).cloned();
        district.map(Some).ok_or_else(|| {
            fields.refuse(
                "district",
                format!("`{text}` is not in the directory"),
                format!("use one of {}, or leave it out", self.districts.codes()),
            )
        })
    }
}

/// The fields of a line; what is taken out is understood, what remains is not.
struct Fields {
    line: u64,
    id: Option<String>,
    map: Map<String, Value>,
}

impl Fields {
    fn parse(line: u64, bytes: &[u8]) -> Result<Self, Refusal> {
        let whole = |problem: String, way_out: &str| Refusal {
            line,
            id: None,
            field: ".".to_owned(),
            problem,
            way_out: way_out.to_owned(),
        };
        let text = std::str::from_utf8(bytes).map_err(|error| {
            whole(
                format!(
                    "is not UTF-8 from byte {} on",
                    error.valid_up_to().saturating_add(1)
                ),
                "save the file as UTF-8",
            )
        })?;
        // The parser's own message may quote the line, which may hold personal data; its place not.
        let value: Value = serde_json::from_str(text).map_err(|error| {
            whole(
                format!(
                    "is not JSON at column {} ({})",
                    error.column(),
                    kind_of(&error)
                ),
                "write one JSON object a line",
            )
        })?;
        match value {
            Value::Object(map) => Ok(Self {
                line,
                id: None,
                map,
            }),
            Value::Null
            | Value::Bool(_)
            | Value::Number(_)
            | Value::String(_)
            | Value::Array(_) => Err(whole(
                "is no JSON object".to_owned(),
                "write one JSON object a line",
            )),
        }
    }

    fn id(&mut self) -> Result<String, Refusal> {
        if let Some(Value::Number(number)) = self.map.get("id")
            && (number.is_u64() || number.is_i64())
        {
            let id = number.to_string();
            self.map.shift_remove("id");
            return Ok(id);
        }
        let id = self.required("id")?;
        if id.chars().count() > ID_CHARS_MAX || id.chars().any(char::is_control) {
            return Err(self.refuse(
                "id",
                "is too long or has control characters",
                format!("use at most {ID_CHARS_MAX} printable characters"),
            ));
        }
        Ok(id)
    }

    fn required(&mut self, name: &str) -> Result<String, Refusal> {
        self.optional(name)?.ok_or_else(|| {
            self.refuse(name, "is missing or empty", "give a text that is not empty")
        })
    }

    /// A text, trimmed; `null` and an empty text count as absent.
    fn optional(&mut self, name: &str) -> Result<Option<String>, Refusal> {
        match self.map.shift_remove(name) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) => {
                let text = text.trim();
                Ok((!text.is_empty()).then(|| text.to_owned()))
            }
            Some(Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_)) => {
                Err(self.refuse(name, "is no text", "write it as a JSON string"))
            }
        }
    }

    fn named<T>(
        &mut self,
        name: &str,
        read: impl Fn(&str) -> Result<T, String>,
    ) -> Result<Option<T>, Refusal> {
        let Some(text) = self.optional(name)? else {
            return Ok(None);
        };
        read(&text)
            .map(Some)
            .map_err(|message| match message.split_once("; ") {
                Some((problem, way_out)) => self.refuse(name, problem, way_out),
                None => self.refuse(name, message, "correct it or leave it out"),
            })
    }

    fn refuse(
        &self,
        field: &str,
        problem: impl Into<String>,
        way_out: impl Into<String>,
    ) -> Refusal {
        Refusal {
            line: self.line,
            id: self.id.clone(),
            field: field.to_owned(),
            problem: problem.into(),
            way_out: way_out.into(),
        }
    }
}

fn kind_of(error: &serde_json::Error) -> &'static str {
    match error.classify() {
        serde_json::error::Category::Eof => "it ends too early",
        serde_json::error::Category::Syntax => "wrong syntax",
        serde_json::error::Category::Data | serde_json::error::Category::Io => "unreadable",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn format(needs_received_at: bool) -> Format {
        let directory = toml::from_str(crate::demo::ORGANISATIONS).unwrap();
        Format {
            default_type: OrderType::Complaint,
            needs_received_at,
            districts: Districts::of(&directory),
        }
    }

    #[track_caller]
    fn check_refused(line: &[u8], field: &str, problem: &str) {
        let refusal = format(true)
            .read(7, line, &mut BTreeMap::new())
            .unwrap_err();
        assert_eq!(
            (refusal.line, refusal.field.as_str()),
            (7, field),
            "{refusal:?}"
        );
        assert!(refusal.problem.contains(problem), "{refusal:?}");
        assert!(!refusal.way_out.is_empty(), "{refusal:?}");
    }

    #[test]
    fn bad_lines_are_refused_by_field() {
        check_refused(b"\xff\xfe", ".", "not UTF-8 from byte 1");
        check_refused(b"{\"id\":", ".", "not JSON at column 6 (it ends too early)");
        check_refused(b"{'id'}", ".", "wrong syntax");
        check_refused(b"[1]", ".", "no JSON object");
        check_refused(br#"{"text":"x"}"#, "id", "missing");
        check_refused(br#"{"id":1.5,"text":"x"}"#, "id", "no text");
        check_refused(br#"{"id":"a\nb","text":"x"}"#, "id", "control characters");
        check_refused(br#"{"id":"1"}"#, "text", "missing");
        check_refused(br#"{"id":"1","text":"  "}"#, "text", "empty");
        check_refused(br#"{"id":"1","text":5}"#, "text", "no text");
        check_refused(br#"{"id":"1","text":"x"}"#, "received_at", "missing");
        check_refused(
            br#"{"id":"1","text":"x","received_at":"soon"}"#,
            "received_at",
            "no instant",
        );
        check_refused(
            br#"{"id":"1","text":"x","type":"praise"}"#,
            "type",
            "`praise` is no type",
        );
        check_refused(
            r#"{"id":"1","text":"x","received_at":"2026-01-01","district":"440107"}"#.as_bytes(),
            "district",
            "not in the directory",
        );
        check_refused(
            br#"{"id":"1","text":"x","received_at":"2026-01-01","channel":"fax"}"#,
            "channel",
            "no channel",
        );
    }

    #[test]
    fn a_full_line_is_read_and_unknown_fields_are_counted() {
        let line = r#"{"id":360114,"type":"投诉","text":" 噪声 ","requester":"A1","phone":"13800000000",
            "received_at":"2026-01-01","district":"天河区","likes":0,"dislikes":9,"name":null}"#;
        let mut ignored = BTreeMap::new();
        let record = format(true).read(1, line.as_bytes(), &mut ignored).unwrap();
        assert_eq!(record.source(), "import:360114");
        assert_eq!(record.order_type, OrderType::Complaint);
        assert!(!record.default_type);
        assert_eq!(record.text, "噪声");
        assert_eq!(record.district, Some(DistrictCode::new("440106")));
        assert_eq!(record.personal.account.as_deref(), Some("A1"));
        assert_eq!(record.personal.name, None);
        assert_eq!(
            ignored,
            BTreeMap::from([("dislikes".to_owned(), 1), ("likes".to_owned(), 1)])
        );
    }

    #[test]
    fn the_sample_requests_have_the_format() {
        let requests = include_str!("../../demo/requests.jsonl");
        let mut ignored = BTreeMap::new();
        let format = format(true);
        for (line, text) in (1..).zip(requests.lines()) {
            let record = format.read(line, text.as_bytes(), &mut ignored).unwrap();
            assert!(!record.default_type, "{}", record.id);
        }
        assert_eq!(requests.lines().count(), 30);
        assert!(ignored.is_empty(), "{ignored:?}");
    }
}
