//! What callers hand in and get back.

use chrono::{DateTime, Utc};
use contract::types::{Channel, OrderType};
use lifecycle::command::{Concealment, RealNameGround};
use lifecycle::event::Recorded;
use lifecycle::ids::{DistrictCode, OrderId, TextId, UnitCode};
use lifecycle::order::WorkOrder;

use crate::numbers;
use crate::ports::{IdempotencyKey, PersonalData};
use crate::{Engine, Error};

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
    /// Why the requester's real name is needed (Art. 10), where it is.
    pub real_name: Option<RealNameGround>,
    /// What the requester wants hidden, and from whom (Art. 9(2)).
    pub concealment: Option<Concealment>,
    /// Whether a consumer dispute is to be mediated (Art. 22(2)).
    pub consumer_mediation: bool,
    /// The unit whose staff is complained of (Art. 8(4)), where it is.
    pub against_unit: Option<UnitCode>,
    /// The contact that the matter is a part of (Art. 11).
    pub contact: Option<String>,
    /// The order that ended for missing information and is filed again (Art. 12(4)).
    pub refiled_from: Option<OrderId>,
    /// All that is missing, if something is (Art. 12).
    pub missing: Option<String>,
    /// The instant at which it was registered elsewhere. Only under a manual clock, and not later
    /// than that clock.
    pub registered_at: Option<DateTime<Utc>>,
}

impl NewRequest {
    /// A request of which nothing else is known.
    #[must_use]
    pub fn new(order_type: OrderType, channel: Channel, text: String) -> Self {
        Self {
            order_type,
            channel,
            district: None,
            street: None,
            category: None,
            subject: String::new(),
            text,
            personal: PersonalData::default(),
            source: None,
            real_name: None,
            concealment: None,
            consumer_mediation: false,
            against_unit: None,
            contact: None,
            refiled_from: None,
            missing: None,
            registered_at: None,
        }
    }

    /// Checks what needs no rule and no order.
    pub(crate) fn validate(&self) -> Result<(), Error> {
        required("text", &self.text)?;
        no_longer("text", &self.text, TEXT_CHARS_MAX)?;
        no_longer("subject", &self.subject, SUBJECT_CHARS_MAX)?;
        if let Some(missing) = &self.missing {
            required("missing", missing)?;
            no_longer("missing", missing, TEXT_CHARS_MAX)?;
        }
        let personal = &self.personal;
        for (field, value) in [
            ("street", &self.street),
            ("category", &self.category),
            ("source", &self.source),
            ("contact", &self.contact),
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

/// How somebody shows that a request is his or hers (Art. 9(3), R10).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum IdentityClaim {
    /// Speaks from this telephone number.
    Phone(String),
    /// Speaks from this account.
    Account(String),
    /// The centre verified who it is, in this way.
    Verified(String),
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

/// What a request is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum About {
    Order,
    Dossier,
    Knowledge,
}

impl Engine {
    /// Whether a key was used for a request about something else. The same request may take effect
    /// meanwhile; that it is the same the commit tells.
    pub(crate) fn is_used_up(&self, key: &IdempotencyKey, about: About) -> Result<bool, Error> {
        let order = about != About::Order && self.store.earlier(key)?.is_some();
        let dossier = about != About::Dossier && self.store.earlier_dossier(key)?.is_some();
        let knowledge = about != About::Knowledge && self.store.earlier_knowledge(key)?.is_some();
        Ok(order || dossier || knowledge)
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
