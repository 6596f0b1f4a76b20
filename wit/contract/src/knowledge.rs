//! Is this knowledge point fit to be published? (`interface knowledge`)

use serde::{Deserialize, Serialize};

use crate::types::CivilDate;

/// Kinds of knowledge points (Art. 35), each with its own maximum validity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PointKind {
    /// 政策法规: at most 5 years.
    Policy,
    /// 办事指南: at most 1 year.
    ServiceGuide,
    /// 具体事项答复口径: at most 6 months.
    AnswerScript,
    /// 业务解读 and others: at most 1 year.
    Interpretation,
}

/// A question that people ask, with its answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Faq {
    /// The question.
    pub question: String,
    /// The answer.
    pub answer: String,
}

/// What a point says in English, for people who do not read Chinese.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct English {
    /// Title in English.
    #[serde(default)]
    pub title: Option<String>,
    /// Summary in English.
    pub summary: String,
}

/// A knowledge point as its owner wants to publish it (Art. 34).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Point {
    /// Code of the unit that owns it.
    pub owner: String,
    /// Its kind.
    pub kind: PointKind,
    /// Title.
    pub title: String,
    /// Main text.
    pub body: String,
    /// Laws, regulations, normative and policy documents that it rests on (依据).
    #[serde(default)]
    pub legal_basis: Vec<String>,
    /// Where it applies (适用范围).
    #[serde(default)]
    pub scope: String,
    /// Six-digit codes of the districts that it applies to; none for the whole city.
    #[serde(default)]
    pub districts: Vec<String>,
    /// To whom it applies (适用主体).
    #[serde(default)]
    pub subjects: Vec<String>,
    /// On which conditions (适用条件).
    #[serde(default)]
    pub conditions: Vec<String>,
    /// Other points or services that it belongs with (关联关系).
    #[serde(default)]
    pub relations: Vec<String>,
    /// Frequent questions and answers (常见问题解答).
    #[serde(default)]
    pub faqs: Vec<Faq>,
    /// Names of the documents that come with it, such as `提取申请表.pdf`.
    #[serde(default)]
    pub attachments: Vec<String>,
    /// What it says in English, if anything.
    #[serde(default)]
    pub english: Option<English>,
    /// First day on which it may be used.
    pub valid_from: CivilDate,
    /// Last day on which it may be used.
    pub valid_until: CivilDate,
    /// Why it should be valid for longer than Art. 35 allows in principle, if so.
    #[serde(default)]
    pub longer_validity_reason: Option<String>,
    /// The day of the check.
    pub today: CivilDate,
}

impl Point {
    /// Every text of the point that people read, with the part that it stands in and, where that is a
    /// list, its position there. The question and the answer of an [`Faq`] are two texts.
    pub fn texts(&self) -> impl Iterator<Item = (Field, Option<usize>, &str)> {
        fn list(
            field: Field,
            list: &[String],
        ) -> impl Iterator<Item = (Field, Option<usize>, &str)> {
            let entries = list.iter().enumerate();
            entries.map(move |(n, text)| (field, Some(n), text.as_str()))
        }
        let single = |field, text| std::iter::once((field, None, text));
        let faqs = self.faqs.iter().enumerate().flat_map(|(n, faq)| {
            [&faq.question, &faq.answer].map(|text| (Field::Faqs, Some(n), text.as_str()))
        });
        let english = self.english.iter().flat_map(|english| {
            let title = english.title.as_deref();
            let title = title.map(|title| (Field::EnglishTitle, None, title));
            let summary = (Field::EnglishSummary, None, english.summary.as_str());
            title.into_iter().chain([summary])
        });
        single(Field::Title, self.title.as_str())
            .chain(single(Field::Body, self.body.as_str()))
            .chain(single(Field::Scope, self.scope.as_str()))
            .chain(list(Field::LegalBasis, &self.legal_basis))
            .chain(list(Field::Subjects, &self.subjects))
            .chain(list(Field::Conditions, &self.conditions))
            .chain(list(Field::Relations, &self.relations))
            .chain(faqs)
            .chain(list(Field::Attachments, &self.attachments))
            .chain(english)
    }
}

/// How much a finding weighs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// The point must not be published as it is.
    Block,
    /// The point may be published, but its owner should look.
    Warn,
}

/// Which part of the point a finding is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Field {
    /// `owner`.
    Owner,
    /// `kind`.
    Kind,
    /// `title`.
    Title,
    /// `body`.
    Body,
    /// `legal_basis`.
    LegalBasis,
    /// `scope`.
    Scope,
    /// `districts`.
    Districts,
    /// `subjects`.
    Subjects,
    /// `conditions`.
    Conditions,
    /// `relations`.
    Relations,
    /// `faqs`.
    Faqs,
    /// `attachments`.
    Attachments,
    /// `title` of `english`.
    EnglishTitle,
    /// `summary` of `english`.
    EnglishSummary,
    /// `valid_from`.
    ValidFrom,
    /// `valid_until`.
    ValidUntil,
    /// `longer_validity_reason`.
    LongerValidityReason,
    /// The point as a whole.
    Point,
}

/// One finding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Finding {
    /// How much it weighs.
    pub severity: Severity,
    /// Which part it is about.
    pub field: Field,
    /// Position in that part where it is a list, from 0.
    #[serde(default)]
    pub index: Option<u32>,
    /// Short stable code of the plugin's own, such as `validity-too-long`.
    pub code: String,
    /// What is wrong and what would be right, in words that a clerk understands.
    pub message: String,
}
