//! What is asked, and what is answered.

use chrono::{DateTime, Utc};

use crate::document::Status;

/// A question to the knowledge base.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Query {
    /// What is looked for: words, characters, pinyin, initials, in any mixture. Blank or punctuation
    /// only: everything that the filters leave, or nothing when there are none.
    pub text: String,
    /// Only points of this unit.
    pub unit: Option<String>,
    /// Only points of this kind.
    pub kind: Option<String>,
    /// Only points for this district, with those that hold for the whole city.
    pub district: Option<String>,
    /// Only points that stand there.
    pub status: Option<Status>,
    /// Only published points that are valid at this instant: what may be used for a direct answer
    /// (R19, R67). A point is valid from `valid_from` on and until just before `valid_until`.
    pub only_valid_at: Option<DateTime<Utc>>,
    /// How many hits at most; more than 1,000 count as 1,000.
    pub limit: usize,
    /// How many of the best to skip; `limit` and `offset` reach 10,000 hits together.
    pub offset: usize,
}

impl Query {
    /// A question for the ten best points, without filters.
    #[must_use]
    pub fn new(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            unit: None,
            kind: None,
            district: None,
            status: None,
            only_valid_at: None,
            limit: 10,
            offset: 0,
        }
    }
}

/// What an order says so far, for which points are suggested.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suggestion {
    /// The text as it is typed: long, noisy, unfinished.
    pub text: String,
    /// Only points for this district, with those that hold for the whole city.
    pub district: Option<String>,
    /// The instant at which the points must be valid (R67).
    pub at: DateTime<Utc>,
    /// How many points at most.
    pub limit: usize,
}

/// The answer to a question.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Hits {
    /// How many points match in all.
    pub total: usize,
    /// The best of them, from the offset on.
    pub hits: Vec<Hit>,
}

/// A point that matches.
#[derive(Debug, Clone, PartialEq)]
pub struct Hit {
    /// Which point.
    pub id: String,
    /// Its version.
    pub version: u64,
    /// How well it matches; comparable within one answer only.
    pub score: f32,
    /// Its title.
    pub title: Highlighted,
    /// Where in its questions, answers or body it matches best.
    pub snippet: Snippet,
    /// Why it was found, the strongest reasons first.
    pub why: Vec<Why>,
}

/// Text with what matched in it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Highlighted {
    /// The text as it is.
    pub text: String,
    /// What matched in `text`, ascending and apart from one another.
    pub spans: Vec<Span>,
}

/// A part of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Snippet {
    /// Of which part of the point.
    pub part: Part,
    /// The text and what matched in it; places count within this text.
    pub shown: Highlighted,
    /// Whether the part has text before it.
    pub cut_before: bool,
    /// Whether the part has text after it.
    pub cut_after: bool,
}

/// A range of characters (not bytes): from `start` until before `end`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Span {
    /// The first character.
    pub start: usize,
    /// The character after the last one.
    pub end: usize,
}

/// A part of a point.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    /// Its title.
    Title,
    /// One of its questions.
    Question,
    /// One of its answers.
    Answer,
    /// Its running text.
    Body,
}

/// One reason for a hit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Why {
    /// How the two belong together.
    pub reason: Reason,
    /// What was asked, folded.
    pub asked: String,
    /// What stands in the point.
    pub found: String,
    /// Where.
    pub part: Part,
}

/// How a question and a point belong together, the strongest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reason {
    /// The same word.
    Word,
    /// A synonym of the centre's list.
    Synonym,
    /// The pinyin of the point's characters.
    Pinyin,
    /// The initials of the point's characters.
    Initials,
    /// A word with a typing mistake.
    Typo,
    /// Other characters that sound the same.
    Homophone,
    /// Characters next to each other, or a single one.
    Characters,
}
