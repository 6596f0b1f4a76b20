//! {{name}}: proposes the handling unit of an order by the words that stand in it.

pub mod component;

use schemars::JsonSchema;
use serde::Deserialize;

use component::{Candidate, Problem, Question, Refusal, Verdict, problem};

/// One sentence for the platform admin.
pub const SUMMARY: &str = "按关键词推荐承办单位";

/// `settings.toml`: what can be changed without a new component. The doc comments are the descriptions
/// in the schema of the settings.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// Candidates that are proposed at most.
    pub candidates_max: usize,
    /// Units that can be proposed.
    pub units: Vec<Unit>,
}

/// A unit that can be proposed.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Unit {
    /// Code of the handling unit, such as `GZ-LYYL`.
    pub code: String,
    /// Its name, as reasons show it.
    pub name: String,
    /// Words that speak for the unit.
    pub words: Vec<String>,
}

impl Settings {
    /// What types cannot check: every problem, not only the first one.
    pub fn problems(&self) -> Vec<Problem> {
        let mut problems = Vec::new();
        if self.candidates_max == 0 {
            problems.push(problem("candidates_max", "must be at least 1"));
        }
        for (n, unit) in self.units.iter().enumerate() {
            if unit.code.is_empty() {
                problems.push(problem(format!("units[{n}].code"), "must not be empty"));
            }
            if unit.words.is_empty() || unit.words.iter().any(String::is_empty) {
                let message = "must hold at least one word, and no empty one";
                problems.push(problem(format!("units[{n}].words"), message));
            }
        }
        problems
    }
}

/// Which unit should handle this order? Depends on nothing but the settings and the question: there is
/// no network and no file, and the clock stands at the order's own instant.
pub fn route(settings: &Settings, question: &Question) -> Result<Verdict, Refusal> {
    let category = question.category.as_deref().unwrap_or("");
    let text = [question.subject.as_str(), &question.text, category].join("\n");
    let mut candidates: Vec<Candidate> = settings
        .units
        .iter()
        .filter(|unit| !question.excluded_units.contains(&unit.code))
        .filter_map(|unit| candidate(unit, &text))
        .collect();
    candidates.sort_by(|a, b| b.score_permille.cmp(&a.score_permille));
    candidates.truncate(settings.candidates_max);
    Ok(if candidates.is_empty() {
        Verdict::NoOpinion
    } else {
        Verdict::Ranked(candidates)
    })
}

fn candidate(unit: &Unit, text: &str) -> Option<Candidate> {
    let found: Vec<&str> = unit
        .words
        .iter()
        .map(String::as_str)
        .filter(|word| text.contains(word))
        .collect();
    if found.is_empty() {
        return None;
    }
    let words: String = found.iter().map(|word| format!("“{word}”")).collect();
    Some(Candidate {
        unit: unit.code.clone(),
        score_permille: (600 + 100 * found.len()).min(1000) as u16,
        reason: format!("诉求提到{words}，属{}职责", unit.name),
    })
}
