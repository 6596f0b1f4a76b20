//! What a point says (Art. 34, R66) and how long it is to be valid (Art. 35, R67): the same form when it
//! is sent and when it is shown.

use chrono::NaiveDate;
use contract::knowledge::Faq as CoreFaq;
use knowledge_base::ids::PointId;
use knowledge_base::point::{self, Content, Term};
use lifecycle::ids::DistrictCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{PointKind, RelationKind};

/// What a point says, field by field (Art. 34). A draft may be unfinished: only title and kind are needed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PointContent {
    /// Title, at most 500 characters on one line.
    #[schema(example = "住房公积金提取办理指南")]
    pub title: String,
    /// Kind, which sets the longest validity.
    pub kind: PointKind,
    /// Main text, at most 100,000 characters; lines are paragraphs.
    #[serde(default)]
    pub body: String,
    /// What it rests on 依据.
    #[serde(default)]
    pub legal_basis: Vec<LegalBasis>,
    /// Where and to what it applies 适用范围.
    #[serde(default)]
    pub scope: String,
    /// Codes of the districts that it applies to; none for the whole city.
    #[serde(default)]
    #[schema(example = json!(["440106"]))]
    pub districts: Vec<String>,
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

/// A law, regulation, normative or policy document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LegalBasis {
    /// As one cites it.
    #[schema(example = "《广州市供水用水条例》第十条")]
    pub citation: String,
    /// Its document number.
    #[serde(default)]
    #[schema(example = "穗府规〔2021〕3号")]
    pub number: Option<String>,
    /// The year of its issue.
    #[serde(default)]
    pub year: Option<u16>,
}

/// What a point belongs with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case", tag = "to", deny_unknown_fields)]
pub enum Relation {
    /// Another point.
    Point {
        /// Its number.
        point: String,
        /// How they belong together.
        kind: RelationKind,
    },
    /// A service or matter outside the knowledge base.
    Service {
        /// Its name.
        name: String,
    },
}

/// A question that people ask, with its answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Faq {
    /// The question.
    pub question: String,
    /// The answer.
    pub answer: String,
}

/// A document that comes with a point, or the picture of a page. The document itself is kept elsewhere.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = PointAttachment)]
pub struct Attachment {
    /// Name for people, such as `提取申请表.pdf`.
    pub name: String,
    /// Where it is kept: an address or a key of the document store.
    pub reference: String,
    /// SHA-256 of its bytes, 64 hexadecimal digits in lower case.
    pub sha256: String,
}

/// A summary in English.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct English {
    /// Title in English.
    #[serde(default)]
    pub title: Option<String>,
    /// The summary.
    pub summary: String,
}

/// A length of validity: the word `longest`, or one of these members.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Span {
    /// The longest that Art. 35 allows in principle for the kind.
    #[default]
    Longest,
    /// So many calendar months, from the publication or the confirmation.
    Months(u16),
    /// Through this day.
    Until(NaiveDate),
}

impl From<Span> for point::Span {
    fn from(span: Span) -> Self {
        match span {
            Span::Longest => Self::Longest,
            Span::Months(months) => Self::Months(months),
            Span::Until(day) => Self::Until(day),
        }
    }
}

impl From<point::Span> for Span {
    fn from(span: point::Span) -> Self {
        match span {
            point::Span::Longest => Self::Longest,
            point::Span::Months(months) => Self::Months(months),
            point::Span::Until(day) => Self::Until(day),
        }
    }
}

/// The term of a draft or a version as it is shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = PointTerm)]
pub struct ShownTerm {
    /// How long it is to be valid.
    pub validity: Span,
    /// Why longer than the law allows in principle, if so.
    pub longer_reason: Option<String>,
}

impl From<&Term> for ShownTerm {
    fn from(term: &Term) -> Self {
        Self {
            validity: term.span.into(),
            longer_reason: term.longer_reason.clone(),
        }
    }
}

impl From<PointContent> for Content {
    fn from(given: PointContent) -> Self {
        let faq = |it: Faq| CoreFaq {
            question: it.question,
            answer: it.answer,
        };
        Self {
            title: given.title,
            kind: given.kind.into(),
            body: given.body,
            legal_basis: given.legal_basis.into_iter().map(Into::into).collect(),
            scope: given.scope,
            districts: given.districts.into_iter().map(DistrictCode::new).collect(),
            subjects: given.subjects,
            conditions: given.conditions,
            relations: given.relations.into_iter().map(Into::into).collect(),
            faqs: given.faqs.into_iter().map(faq).collect(),
            attachments: given.attachments.into_iter().map(Into::into).collect(),
            english: given.english.map(|it| point::English {
                title: it.title,
                summary: it.summary,
            }),
        }
    }
}

impl From<&Content> for PointContent {
    fn from(content: &Content) -> Self {
        let faq = |it: &CoreFaq| Faq {
            question: it.question.clone(),
            answer: it.answer.clone(),
        };
        Self {
            title: content.title.clone(),
            kind: content.kind.into(),
            body: content.body.clone(),
            legal_basis: content.legal_basis.iter().map(Into::into).collect(),
            scope: content.scope.clone(),
            districts: content.districts.iter().map(ToString::to_string).collect(),
            subjects: content.subjects.clone(),
            conditions: content.conditions.clone(),
            relations: content.relations.iter().map(Into::into).collect(),
            faqs: content.faqs.iter().map(faq).collect(),
            attachments: content.attachments.iter().map(Into::into).collect(),
            english: content.english.as_ref().map(|it| English {
                title: it.title.clone(),
                summary: it.summary.clone(),
            }),
        }
    }
}

impl From<LegalBasis> for point::LegalBasis {
    fn from(basis: LegalBasis) -> Self {
        Self {
            citation: basis.citation,
            number: basis.number,
            year: basis.year,
        }
    }
}

impl From<&point::LegalBasis> for LegalBasis {
    fn from(basis: &point::LegalBasis) -> Self {
        Self {
            citation: basis.citation.clone(),
            number: basis.number.clone(),
            year: basis.year,
        }
    }
}

impl From<Relation> for point::Relation {
    fn from(relation: Relation) -> Self {
        match relation {
            Relation::Point { point, kind } => Self::Point {
                point: PointId::new(point),
                kind: kind.into(),
            },
            Relation::Service { name } => Self::Service { name },
        }
    }
}

impl From<&point::Relation> for Relation {
    fn from(relation: &point::Relation) -> Self {
        match relation {
            point::Relation::Point { point, kind } => Self::Point {
                point: point.to_string(),
                kind: (*kind).into(),
            },
            point::Relation::Service { name } => Self::Service { name: name.clone() },
        }
    }
}

impl From<Attachment> for point::Attachment {
    fn from(attachment: Attachment) -> Self {
        Self {
            name: attachment.name,
            reference: attachment.reference,
            sha256: attachment.sha256,
        }
    }
}

impl From<&point::Attachment> for Attachment {
    fn from(attachment: &point::Attachment) -> Self {
        Self {
            name: attachment.name.clone(),
            reference: attachment.reference.clone(),
            sha256: attachment.sha256.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_sent_is_what_is_shown() {
        let whole = json!({
            "title": "供水报装", "kind": "service_guide", "body": "一、材料\n二、时限",
            "legal_basis": [{"citation": "《广州市供水用水条例》", "number": null, "year": 2021}],
            "scope": "全市", "districts": ["440106"], "subjects": ["用户"], "conditions": ["已立户"],
            "relations": [
                {"to": "point", "point": "K-1", "kind": "see_also"},
                {"to": "service", "name": "供水报装"},
            ],
            "faqs": [{"question": "多久？", "answer": "五日。"}],
            "attachments": [{"name": "表.pdf", "reference": "doc:1", "sha256": "ab"}],
            "english": {"title": null, "summary": "Water"},
        });
        let given: PointContent = serde_json::from_value(whole.clone()).unwrap();
        let shown = PointContent::from(&Content::from(given));
        assert_eq!(serde_json::to_value(shown).unwrap(), whole);
    }

    #[test]
    fn a_length_is_a_word_or_one_member() {
        let rows = [
            (json!("longest"), true),
            (json!({"months": 6}), true),
            (json!({"until": "2027-06-30"}), true),
            (json!({"months": -1}), false),
            (json!({"until": "2027-02-30"}), false),
            (json!({"months": 6, "until": "2027-06-30"}), false),
            (json!("for ever"), false),
        ];
        for (given, good) in rows {
            let span: Option<Span> = serde_json::from_value(given.clone()).ok();
            assert_eq!(span.is_some(), good, "{given}");
            if let Some(span) = span {
                let shown = Span::from(point::Span::from(span));
                assert_eq!(serde_json::to_value(shown).unwrap(), given);
            }
        }
    }
}
