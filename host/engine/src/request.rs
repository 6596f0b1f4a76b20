//! What callers hand in and get back.

use chrono::{DateTime, Utc};
use contract::types::{Channel, OrderType};
use lifecycle::event::Recorded;
use lifecycle::ids::{DistrictCode, TextId};
use lifecycle::order::WorkOrder;

use crate::Error;
use crate::numbers;
use crate::ports::{IdempotencyKey, PersonalData};

/// Longest subject line, in characters.
const SUBJECT_CHARS_MAX: usize = 200;
/// Longest text in somebody's own words, in characters.
const TEXT_CHARS_MAX: usize = 20_000;
/// Longest name, code or reference, in characters.
const NAME_CHARS_MAX: usize = 200;

/// A request as it comes in, to be registered (Art. 11).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewRequest {
    /// Type of the matter, set by the centre (Art. 45).
    pub order_type: OrderType,
    /// How it came in.
    pub channel: Channel,
    /// District, where known; must be one of the directory.
    pub district: Option<DistrictCode>,
    /// Street or town, where known.
    pub street: Option<String>,
    /// Category of the matter, where known.
    pub category: Option<String>,
    /// Subject line; may be empty.
    pub subject: String,
    /// What the requester said.
    pub text: String,
    /// Who asks.
    pub personal: PersonalData,
    /// Where it comes from, such as `import:360114`; nothing is registered twice from one source.
    pub source: Option<String>,
    /// The instant at which it was registered elsewhere. Only under a manual clock, and not later
    /// than that clock.
    pub registered_at: Option<DateTime<Utc>>,
}

impl NewRequest {
    /// Checks what needs no rule and no order.
    pub(crate) fn validate(&self) -> Result<(), Error> {
        required("text", &self.text)?;
        no_longer("text", &self.text, TEXT_CHARS_MAX)?;
        no_longer("subject", &self.subject, SUBJECT_CHARS_MAX)?;
        let personal = &self.personal;
        for (field, value) in [
            ("street", &self.street),
            ("category", &self.category),
            ("source", &self.source),
            ("personal.name", &personal.name),
            ("personal.phone", &personal.phone),
            ("personal.id_number", &personal.id_number),
            ("personal.account", &personal.account),
            ("personal.address", &personal.address),
        ] {
            if let Some(value) = value {
                required(field, value)?;
                no_longer(field, value, NAME_CHARS_MAX)?;
            }
        }
        Ok(())
    }
}

/// How a command is to be carried out.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CommandOptions {
    /// The version that the order must have; another one is [`Error::VersionConflict`]. Without it,
    /// the command is decided anew when the order moves on meanwhile.
    pub if_match: Option<u64>,
    /// Makes a repetition of the request recognisable: it is not carried out again.
    pub idempotency: Option<IdempotencyKey>,
}

/// What came of a command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Handled {
    /// The order after it.
    pub order: WorkOrder,
    /// The events that came of it.
    pub events: Vec<Recorded>,
    /// Whether it was carried out before, under the same idempotency key; order and events are those
    /// of that time.
    pub replayed: bool,
}

/// Texts in somebody's own words that become durable together with the command that refers to them.
#[derive(Debug)]
pub struct Texts {
    now: DateTime<Utc>,
    kept: Vec<(TextId, String)>,
}

impl Texts {
    pub(crate) fn new(now: DateTime<Utc>) -> Self {
        Self {
            now,
            kept: Vec::new(),
        }
    }

    /// Takes a text and gives the reference that a command carries.
    pub fn add(&mut self, text: String) -> TextId {
        let id = TextId(numbers::uuid(self.now));
        self.kept.push((id, text));
        id
    }

    /// The texts, each neither empty nor too long.
    pub(crate) fn into_checked(self) -> Result<Vec<(TextId, String)>, Error> {
        for (_, text) in &self.kept {
            required("text", text)?;
            no_longer("text", text, TEXT_CHARS_MAX)?;
        }
        Ok(self.kept)
    }
}

/// A field that must say something.
pub(crate) fn required(field: &'static str, value: &str) -> Result<(), Error> {
    if value.trim().is_empty() {
        return Err(Error::InvalidInput {
            field,
            problem: "it is empty".to_owned(),
            way_out: "fill it in, or leave it out where it is optional",
        });
    }
    Ok(())
}

/// A field with a limit.
pub(crate) fn no_longer(field: &'static str, value: &str, max: usize) -> Result<(), Error> {
    // Bytes are an upper bound of characters, and cheap.
    if value.len() > max && value.chars().count() > max {
        return Err(Error::InvalidInput {
            field,
            problem: format!("it is longer than {max} characters"),
            way_out: "shorten it",
        });
    }
    Ok(())
}
