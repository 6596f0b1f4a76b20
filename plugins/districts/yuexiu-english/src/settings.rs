//! What the district maintains. The file beside this crate, `settings.toml`, is the district's own.

use std::collections::BTreeSet;

use schemars::JsonSchema;
use sdk::text::{Terms, normalise};
use sdk::{Level, Problem, problem};
use serde::Deserialize;

/// The whole of the settings.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// Six-digit code of the district.
    pub district: String,
    /// Words by which a point concerns people from abroad.
    pub keywords: Vec<String>,
    /// Longer words that contain one of them and mean something else.
    #[serde(default)]
    pub except: Vec<String>,
    /// Words of the summary.
    pub summary_words: Length,
    /// Words of the title.
    pub title_words: Length,
    /// What counts as English.
    pub latin: Latin,
    /// Numbers in the English text.
    pub numbers: Numbers,
    /// How much each finding weighs.
    pub severities: Severities,
}

/// How short and how long a text may be, in words.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Length {
    /// At least so many.
    pub min: usize,
    /// At most so many.
    pub max: usize,
}

/// What counts as English.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Latin {
    /// Least share of Latin letters among all letters, in thousandths.
    pub permille_min: u64,
}

/// Numbers in the English text.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Numbers {
    /// Those that need not stand in the Chinese text, such as 12345.
    pub allowed: BTreeSet<u64>,
}

/// How much each finding weighs.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Severities {
    /// No summary in English.
    pub missing: Level,
    /// A summary, but no title in English.
    pub title_missing: Level,
    /// Too few Latin letters.
    pub not_english: Level,
    /// Fewer words than the least.
    pub too_short: Level,
    /// More words than the most.
    pub too_long: Level,
    /// A number that the Chinese text does not have.
    pub number_differs: Level,
    /// A month that the Chinese text does not have.
    pub month_differs: Level,
}

/// The settings, checked and ready for searching.
#[derive(Debug)]
pub struct Rules {
    pub(crate) settings: Settings,
    pub(crate) allowed: BTreeSet<u64>,
    /// The keywords, and after them the exceptions.
    terms: Terms,
}

impl Rules {
    /// The first keyword in a text that is no part of an exception.
    pub(crate) fn keyword(&self, text: &str) -> Option<&str> {
        let found = self.terms.find(&normalise(text));
        let keyword = |term: &usize| self.settings.keywords.get(*term);
        found.iter().find_map(keyword).map(String::as_str)
    }
}

impl sdk::Settings for Settings {
    type Rules = Rules;

    fn prepare(self) -> Result<Rules, Vec<Problem>> {
        let mut problems = Vec::new();
        if self.district.len() != 6 || !self.district.bytes().all(|it| it.is_ascii_digit()) {
            problems.push(problem(
                "district",
                "must be a code of six digits, such as `440104`",
            ));
        }
        if self.keywords.is_empty() {
            problems.push(problem("keywords", "must have at least one word"));
        }
        for (path, words) in [("keywords", &self.keywords), ("except", &self.except)] {
            for (n, word) in words.iter().enumerate() {
                if word.trim().is_empty() {
                    problems.push(problem(format!("{path}[{n}]"), "must not be empty"));
                }
            }
        }
        for (n, word) in self.except.iter().enumerate() {
            if !self.keywords.iter().any(|keyword| word.contains(keyword)) {
                let message = "must contain one of `keywords`, or it excepts nothing";
                problems.push(problem(format!("except[{n}]"), message));
            }
        }
        let lengths = [
            ("summary_words", self.summary_words),
            ("title_words", self.title_words),
        ];
        for (path, length) in lengths {
            if length.min > length.max {
                problems.push(problem(format!("{path}.min"), "must not exceed `max`"));
            }
        }
        if self.latin.permille_min > 1000 {
            problems.push(problem("latin.permille_min", "must be at most 1000"));
        }
        if !problems.is_empty() {
            return Err(problems);
        }
        let words = self.keywords.iter().chain(&self.except);
        let terms = Terms::new(words.map(String::as_str))
            .map_err(|error| vec![problem("keywords", error.to_string())])?;
        Ok(Rules {
            allowed: self.numbers.allowed.clone(),
            settings: self,
            terms,
        })
    }
}
