//! What a point says (Art. 34, R66), field by field.

use std::collections::BTreeSet;
use std::fmt;

use contract::knowledge::{Faq, PointKind};
use lifecycle::ids::DistrictCode;
use serde::{Deserialize, Serialize};

use crate::ids::PointId;

/// The fields of a point.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Content {
    /// Title.
    pub title: String,
    /// Kind, which sets the longest validity.
    pub kind: PointKind,
    /// Main text; lines are paragraphs.
    #[serde(default)]
    pub body: String,
    /// What it rests on 依据.
    #[serde(default)]
    pub legal_basis: Vec<LegalBasis>,
    /// Where and to what it applies 适用范围.
    #[serde(default)]
    pub scope: String,
    /// The districts that it applies to; none for the whole city.
    #[serde(default)]
    pub districts: BTreeSet<DistrictCode>,
    /// To whom it applies 适用主体.
    #[serde(default)]
    pub subjects: Vec<String>,
    /// On which conditions 适用条件.
    #[serde(default)]
    pub conditions: Vec<String>,
    /// What it belongs with 关联关系.
    #[serde(default)]
    pub relations: Vec<Relation>,
    /// Frequent questions and answers 常见问题解答.
    #[serde(default)]
    pub faqs: Vec<Faq>,
    /// Documents that come with it.
    #[serde(default)]
    pub attachments: Vec<Attachment>,
    /// A summary in English.
    #[serde(default)]
    pub english: Option<English>,
}

impl Content {
    /// A point with a title and a kind and nothing else yet.
    #[must_use]
    pub fn titled(title: impl Into<String>, kind: PointKind) -> Self {
        Self {
            title: title.into(),
            kind,
            body: String::new(),
            legal_basis: Vec::new(),
            scope: String::new(),
            districts: BTreeSet::new(),
            subjects: Vec::new(),
            conditions: Vec::new(),
            relations: Vec::new(),
            faqs: Vec::new(),
            attachments: Vec::new(),
            english: None,
        }
    }

    /// The points that it relates to.
    pub fn related_points(&self) -> impl Iterator<Item = &PointId> {
        self.relations.iter().filter_map(|relation| match relation {
            Relation::Point { point, .. } => Some(point),
            Relation::Service { .. } => None,
        })
    }
}

/// A law, regulation, normative or policy document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LegalBasis {
    /// As one cites it, such as `《广州市供水用水条例》第十条`.
    pub citation: String,
    /// Its document number, such as `穗府规〔2021〕3号`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<String>,
    /// The year of its issue, such as 2021.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub year: Option<u16>,
}

impl LegalBasis {
    /// Reads a citation as people write it. A document number in it, `机关字〔年份〕序号`, is taken
    /// with its year.
    #[must_use]
    pub fn cited(citation: &str) -> Self {
        let found = document_number(citation);
        Self {
            citation: citation.to_owned(),
            number: found.map(|(number, _)| number.to_owned()),
            year: found.map(|(_, year)| year),
        }
    }

    /// In one text, with the number where the citation lacks it.
    #[must_use]
    pub fn text(&self) -> String {
        match &self.number {
            Some(number) if !self.citation.contains(number.as_str()) => {
                format!("{}（{number}）", self.citation)
            }
            Some(_) | None => self.citation.clone(),
        }
    }
}

/// The first `X〔2021〕3号` of a text, with its year. Square and full-width brackets are taken too,
/// because that is how they get copied.
fn document_number(text: &str) -> Option<(&str, u16)> {
    for (at, open) in text.char_indices() {
        if !matches!(open, '〔' | '［' | '[' | '【') {
            continue;
        }
        let Some((year, rest)) = text
            .get(at..)
            .and_then(|it| it.strip_prefix(open))
            .and_then(|it| it.split_once(['〕', '］', ']', '】']))
        else {
            continue;
        };
        let issuer: &str = text.get(..at).unwrap_or_default();
        let begin = issuer
            .char_indices()
            .rev()
            .take_while(|(_, letter)| letter.is_alphanumeric())
            .last();
        let digits = rest.trim_start_matches('第');
        let serial = digits.trim_start_matches(|it: char| it.is_ascii_digit());
        let end = text.len().checked_sub(serial.len());
        let is_number = serial.len() < digits.len() && serial.starts_with('号');
        let year = (year.len() == 4)
            .then(|| year.parse::<u16>().ok())
            .flatten();
        if let (true, Some((begin, _)), Some(end), Some(year)) = (is_number, begin, end, year) {
            let end = end.saturating_add('号'.len_utf8());
            return text.get(begin..end).map(|number| (number, year));
        }
    }
    None
}

/// What a point belongs with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "to")]
pub enum Relation {
    /// Another point.
    Point {
        /// Its number.
        point: PointId,
        /// How they belong together.
        kind: RelationKind,
    },
    /// A service or matter outside the knowledge base, by name.
    Service {
        /// The name.
        name: String,
    },
}

/// How two points belong together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RelationKind {
    /// One should read the other too.
    SeeAlso,
    /// This one explains the other, or says how it is carried out.
    Explains,
    /// This one takes the other's place.
    Replaces,
}

impl RelationKind {
    /// All kinds.
    pub const ALL: [Self; 3] = [Self::SeeAlso, Self::Explains, Self::Replaces];

    /// Stable name, as in JSON.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::SeeAlso => "see_also",
            Self::Explains => "explains",
            Self::Replaces => "replaces",
        }
    }
}

/// A document that comes with a point. The document itself is kept elsewhere.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Attachment {
    /// Name for people, such as `提取申请表.pdf`.
    pub name: String,
    /// Where it is kept: an address or a key of the document store.
    pub reference: String,
    /// SHA-256 of its bytes, 64 hexadecimal digits in lower case.
    pub sha256: String,
}

/// A summary in English.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct English {
    /// Title in English.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// The summary.
    pub summary: String,
}

/// The fields by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Field {
    /// [`Content::title`].
    Title,
    /// [`Content::kind`].
    Kind,
    /// [`Content::legal_basis`].
    LegalBasis,
    /// [`Content::scope`].
    Scope,
    /// [`Content::districts`].
    Districts,
    /// [`Content::subjects`].
    Subjects,
    /// [`Content::conditions`].
    Conditions,
    /// [`Content::body`].
    Body,
    /// [`Content::faqs`].
    Faqs,
    /// [`Content::relations`].
    Relations,
    /// [`Content::attachments`].
    Attachments,
    /// [`English::title`].
    EnglishTitle,
    /// [`English::summary`].
    EnglishSummary,
}

impl Field {
    /// All fields, in the order in which people read them.
    pub const ALL: [Self; 13] = [
        Self::Title,
        Self::Kind,
        Self::LegalBasis,
        Self::Scope,
        Self::Districts,
        Self::Subjects,
        Self::Conditions,
        Self::Body,
        Self::Faqs,
        Self::Relations,
        Self::Attachments,
        Self::EnglishTitle,
        Self::EnglishSummary,
    ];

    /// Stable name, as in JSON and in the header of a table.
    #[must_use]
    pub const fn name(self) -> &'static str {
        self.names().0
    }

    /// Name for people.
    #[must_use]
    pub const fn label(self) -> &'static str {
        self.names().1
    }

    const fn names(self) -> (&'static str, &'static str) {
        match self {
            Self::Title => ("title", "标题"),
            Self::Kind => ("kind", "类型"),
            Self::LegalBasis => ("legal_basis", "依据"),
            Self::Scope => ("scope", "适用范围"),
            Self::Districts => ("districts", "适用区域"),
            Self::Subjects => ("subjects", "适用主体"),
            Self::Conditions => ("conditions", "适用条件"),
            Self::Body => ("body", "正文"),
            Self::Faqs => ("faqs", "常见问题解答"),
            Self::Relations => ("relations", "关联关系"),
            Self::Attachments => ("attachments", "附件"),
            Self::EnglishTitle => ("english_title", "英文标题"),
            Self::EnglishSummary => ("english_summary", "英文摘要"),
        }
    }
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
