//! {{name}}: checks a knowledge point before it is published.

pub mod component;

use schemars::JsonSchema;
use serde::Deserialize;

use component::{Field, Finding, Point, Problem, Refusal, Severity, problem};

/// One sentence for the platform admin.
pub const SUMMARY: &str = "检查知识点的标题长度和绝对化用语";

/// `settings.toml`: what can be changed without a new component. The doc comments are the descriptions
/// in the schema of the settings.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// Longest title, in characters.
    pub title_chars_max: usize,
    /// Words that promise more than an authority can keep.
    pub forbidden_words: Vec<String>,
}

impl Settings {
    /// What types cannot check: every problem, not only the first one.
    pub fn problems(&self) -> Vec<Problem> {
        let mut problems = Vec::new();
        if self.title_chars_max == 0 {
            problems.push(problem("title_chars_max", "must be at least 1"));
        }
        for (n, word) in self.forbidden_words.iter().enumerate() {
            if word.is_empty() {
                problems.push(problem(format!("forbidden_words[{n}]"), "must not be empty"));
            }
        }
        problems
    }
}

/// Is this knowledge point fit to be published? Depends on nothing but the settings and the point:
/// there is no network and no file, and the clock stands at the day of the check.
pub fn check(settings: &Settings, point: &Point) -> Result<Vec<Finding>, Refusal> {
    let mut findings = Vec::new();
    let chars = point.title.chars().count();
    if chars > settings.title_chars_max {
        findings.push(Finding {
            severity: Severity::Warn,
            field: Field::Title,
            index: None,
            code: "title-too-long".to_owned(),
            message: format!("标题有{chars}字，建议不超过{}字", settings.title_chars_max),
        });
    }
    for word in &settings.forbidden_words {
        if point.body.contains(word.as_str()) {
            findings.push(Finding {
                severity: Severity::Block,
                field: Field::Body,
                index: None,
                code: "forbidden-word".to_owned(),
                message: format!("正文含有“{word}”，请改用不作绝对承诺的表述"),
            });
        }
    }
    Ok(findings)
}
