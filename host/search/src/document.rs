//! What is searched: knowledge points as the index needs them (R66), and changes to them.

use chrono::{DateTime, Utc};

/// A knowledge point as it is indexed: the version that is in force, or a draft.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// Which point; one id is in the index at most once.
    pub id: String,
    /// Its version, which a direct answer keeps (R19).
    pub version: u64,
    /// Its title.
    pub title: String,
    /// Its running text: legal basis, scope, subjects, conditions, in any order.
    pub body: String,
    /// Questions that it answers.
    pub questions: Vec<String>,
    /// The answers' text.
    pub answers: Vec<String>,
    /// The unit that owns it.
    pub unit: String,
    /// Its kind, which decides how long it may be valid (R67).
    pub kind: String,
    /// The districts that it holds for; none: the whole city.
    pub districts: Vec<String>,
    /// From when it is valid; nothing: always was.
    pub valid_from: Option<DateTime<Utc>>,
    /// The instant from which on it is not valid any more (R67); nothing: no end.
    pub valid_until: Option<DateTime<Utc>>,
    /// Where it stands.
    pub status: Status,
}

/// Where a knowledge point stands. Only `Published` ones are for direct answers (R19, R67).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Status {
    /// Being written.
    Draft,
    /// Before a second person.
    InReview,
    /// In force within its validity.
    Published,
    /// Taken down.
    TakenDown,
}

impl Status {
    pub(crate) fn code(self) -> u64 {
        match self {
            Self::Draft => 0,
            Self::InReview => 1,
            Self::Published => 2,
            Self::TakenDown => 3,
        }
    }
}

/// One change to the index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// Put a point in, in place of what is there under its id.
    Upsert(Box<Document>),
    /// Take the point of this id out. It need not be there.
    Remove(String),
}
