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
    /// `subjects`.
    Subjects,
    /// `conditions`.
    Conditions,
    /// `relations`.
    Relations,
    /// `faqs`.
    Faqs,
    /// `valid_from`.
    ValidFrom,
    /// `valid_until`.
    ValidUntil,
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
