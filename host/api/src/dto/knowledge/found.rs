//! What is looked for in the knowledge base, and what is found.

use lifecycle::ids::{DistrictCode, UnitCode};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::PointKind;

/// What is looked for; every filter that is given must hold.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct SearchParameters {
    /// Words, characters, pinyin or initials, in any mixture.
    #[param(example = "gjj 提取")]
    pub q: String,
    /// The unit that owns the point.
    #[param(value_type = Option<String>)]
    pub unit: Option<UnitCode>,
    /// Kind of point.
    pub point_kind: Option<PointKind>,
    /// The district that the point is for; points for the whole city count too.
    #[param(value_type = Option<String>)]
    pub district: Option<DistrictCode>,
    /// Only points that are valid now, as if not given; all that were ever published, if `false`.
    pub valid: Option<bool>,
    /// Points at most, 1 to 200; 50 if not given.
    #[param(minimum = 1, maximum = 200, default = 50)]
    pub limit: Option<u32>,
    /// Of the best so many are passed over.
    pub offset: Option<u32>,
}

/// An order's text, for which points are suggested.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SuggestionRequest {
    /// The text as far as it is typed.
    pub text: String,
    /// The order's district; points for the whole city count too.
    #[schema(value_type = Option<String>)]
    pub district: Option<DistrictCode>,
    /// Points at most, 1 to 200; 5 if not given.
    #[schema(minimum = 1, maximum = 200, default = 5)]
    pub limit: Option<u32>,
}

/// Points that were found, the best first.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct FoundPoints {
    /// How many match in all.
    pub total: usize,
    /// The best of them.
    pub items: Vec<FoundPoint>,
}

/// A point that was found.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct FoundPoint {
    /// Number of the point.
    pub point: String,
    /// The published version that matches; a direct answer names it.
    pub version: u64,
    /// How well it matches; comparable within one answer only.
    pub score: f32,
    /// Its title.
    pub title: FoundText,
    /// Where else it matches best.
    pub snippet: FoundSnippet,
    /// Why it was found, the strongest reasons first.
    pub why: Vec<FoundReason>,
}

/// A text with what matches in it.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct FoundText {
    /// The text.
    pub text: String,
    /// What matches: from the first character until before the second.
    pub spans: Vec<(usize, usize)>,
}

/// A part of a point.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct FoundSnippet {
    /// Of which part: `title`, `question`, `answer` or `body`.
    #[schema(example = "question")]
    pub part: &'static str,
    /// The text.
    #[serde(flatten)]
    pub shown: FoundText,
    /// Whether the part has text before it.
    pub cut_before: bool,
    /// Whether the part has text after it.
    pub cut_after: bool,
}

/// A reason why a point was found.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct FoundReason {
    /// `word`, `synonym`, `pinyin`, `initials`, `typo`, `homophone` or `characters`.
    #[schema(example = "word")]
    pub reason: &'static str,
    /// What was asked.
    pub asked: String,
    /// What stands in the point.
    pub found: String,
    /// In which part.
    #[schema(example = "title")]
    pub part: &'static str,
}

impl From<search::Hits> for FoundPoints {
    fn from(hits: search::Hits) -> Self {
        Self {
            total: hits.total,
            items: hits.hits.into_iter().map(Into::into).collect(),
        }
    }
}

impl From<search::Hit> for FoundPoint {
    fn from(hit: search::Hit) -> Self {
        let why = hit.why.into_iter().map(|why| FoundReason {
            reason: reason(why.reason),
            asked: why.asked,
            found: why.found,
            part: part(why.part),
        });
        Self {
            point: hit.id,
            version: hit.version,
            score: hit.score,
            title: hit.title.into(),
            snippet: FoundSnippet {
                part: part(hit.snippet.part),
                shown: hit.snippet.shown.into(),
                cut_before: hit.snippet.cut_before,
                cut_after: hit.snippet.cut_after,
            },
            why: why.collect(),
        }
    }
}

impl From<search::Highlighted> for FoundText {
    fn from(shown: search::Highlighted) -> Self {
        let spans = shown.spans.iter().map(|span| (span.start, span.end));
        Self {
            spans: spans.collect(),
            text: shown.text,
        }
    }
}

const fn part(part: search::Part) -> &'static str {
    match part {
        search::Part::Title => "title",
        search::Part::Question => "question",
        search::Part::Answer => "answer",
        search::Part::Body => "body",
    }
}

const fn reason(reason: search::Reason) -> &'static str {
    match reason {
        search::Reason::Word => "word",
        search::Reason::Synonym => "synonym",
        search::Reason::Pinyin => "pinyin",
        search::Reason::Initials => "initials",
        search::Reason::Typo => "typo",
        search::Reason::Homophone => "homophone",
        search::Reason::Characters => "characters",
    }
}
