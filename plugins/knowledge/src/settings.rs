//! What the centre maintains. The file beside this crate, `settings.toml`, is the city's own.

use schemars::JsonSchema;
use sdk::knowledge::PointKind;
use sdk::{Level, Problem, problem};
use serde::Deserialize;

/// The whole of the settings.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// Longest validity by kind, in months (Art. 35).
    pub validity_months: ByKind<u32>,
    /// A point that ends within so many days is reported as ending soon.
    pub ends_soon_days: u16,
    /// Lengths of the title, in characters.
    pub title: Length,
    /// Lengths of the main text, in characters.
    pub body: Length,
    /// Least number of questions and answers, by kind.
    pub faqs_min: ByKind<usize>,
    /// Words that say that a text is not finished.
    pub placeholders: Vec<String>,
    /// How much each finding weighs.
    pub severities: Severities,
}

/// One value for each kind of knowledge point.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ByKind<T> {
    /// 政策法规.
    pub policy: T,
    /// 办事指南.
    pub service_guide: T,
    /// 具体事项答复口径.
    pub answer_script: T,
    /// 业务解读 and others.
    pub interpretation: T,
}

impl<T: Copy> ByKind<T> {
    /// The value of a kind.
    #[must_use]
    pub fn get(&self, kind: PointKind) -> T {
        match kind {
            PointKind::Policy => self.policy,
            PointKind::ServiceGuide => self.service_guide,
            PointKind::AnswerScript => self.answer_script,
            PointKind::Interpretation => self.interpretation,
        }
    }
}

/// How short and how long a text may be, in characters.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Length {
    /// At least so many.
    pub min: usize,
    /// At most so many.
    pub max: usize,
}

/// How much each finding weighs.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Severities {
    /// No title, text, owner, basis, scope or subject (Art. 34).
    pub missing: Level,
    /// No condition, relation or question, which some points have none of (Art. 34).
    pub missing_detail: Level,
    /// An entry of a list is empty.
    pub empty_entry: Level,
    /// A title or text is too short.
    pub too_short: Level,
    /// A title or text is too long.
    pub too_long: Level,
    /// Marks of HTML.
    pub html: Level,
    /// A word that says that the text is not finished.
    pub unfinished: Level,
    /// A basis that names no document in `《…》`.
    pub basis_unnamed: Level,
    /// A question of the questions and answers stands there twice.
    pub faq_repeated: Level,
    /// A date that does not exist.
    pub no_such_date: Level,
    /// The last day lies before the first.
    pub reversed: Level,
    /// The last day is over.
    pub expired: Level,
    /// The last day is near.
    pub ends_soon: Level,
    /// Valid for longer than Art. 35 allows, without a reason.
    pub validity_too_long: Level,
    /// Valid for longer than Art. 35 allows in principle, with a reason for the centre to judge.
    pub validity_long_with_reason: Level,
}

impl Severities {
    /// The weight of one finding.
    pub(crate) const fn get(&self, code: Code) -> Level {
        match code {
            Code::Missing => self.missing,
            Code::MissingDetail => self.missing_detail,
            Code::EmptyEntry => self.empty_entry,
            Code::TooShort => self.too_short,
            Code::TooLong => self.too_long,
            Code::Html => self.html,
            Code::Unfinished => self.unfinished,
            Code::BasisUnnamed => self.basis_unnamed,
            Code::FaqRepeated => self.faq_repeated,
            Code::NoSuchDate => self.no_such_date,
            Code::Reversed => self.reversed,
            Code::Expired => self.expired,
            Code::EndsSoon => self.ends_soon,
            Code::ValidityTooLong => self.validity_too_long,
            Code::ValidityLongWithReason => self.validity_long_with_reason,
        }
    }
}

/// What can be found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Code {
    Missing,
    MissingDetail,
    EmptyEntry,
    TooShort,
    TooLong,
    Html,
    Unfinished,
    BasisUnnamed,
    FaqRepeated,
    NoSuchDate,
    Reversed,
    Expired,
    EndsSoon,
    ValidityTooLong,
    ValidityLongWithReason,
}

impl Code {
    /// Its name, as settings and findings spell it.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::MissingDetail => "missing-detail",
            Self::EmptyEntry => "empty-entry",
            Self::TooShort => "too-short",
            Self::TooLong => "too-long",
            Self::Html => "html",
            Self::Unfinished => "unfinished",
            Self::BasisUnnamed => "basis-unnamed",
            Self::FaqRepeated => "faq-repeated",
            Self::NoSuchDate => "no-such-date",
            Self::Reversed => "reversed",
            Self::Expired => "expired",
            Self::EndsSoon => "ends-soon",
            Self::ValidityTooLong => "validity-too-long",
            Self::ValidityLongWithReason => "validity-long-with-reason",
        }
    }
}

impl sdk::Settings for Settings {
    type Rules = Self;

    fn prepare(self) -> Result<Self, Vec<Problem>> {
        let mut problems = Vec::new();
        let months = [
            ("policy", self.validity_months.policy),
            ("service_guide", self.validity_months.service_guide),
            ("answer_script", self.validity_months.answer_script),
            ("interpretation", self.validity_months.interpretation),
        ];
        for (kind, months) in months {
            if !(1..=1200).contains(&months) {
                let path = format!("validity_months.{kind}");
                problems.push(problem(path, "must be between 1 and 1200 months"));
            }
        }
        for (field, length) in [("title", self.title), ("body", self.body)] {
            if length.min > length.max {
                problems.push(problem(format!("{field}.min"), "must not exceed `max`"));
            }
        }
        for (n, word) in self.placeholders.iter().enumerate() {
            if word.trim().is_empty() {
                problems.push(problem(format!("placeholders[{n}]"), "must not be empty"));
            }
        }
        if problems.is_empty() {
            Ok(self)
        } else {
            Err(problems)
        }
    }
}
