//! What the centre maintains. The file beside this crate, `settings.toml`, is the city's own.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use schemars::JsonSchema;
use sdk::knowledge::Field;
use sdk::{Level, Problem, problem};
use serde::Deserialize;

use crate::report::Code;

/// What laws are often called without.
const STATE: &str = "中华人民共和国";

/// The whole of the settings.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// Where a title needs its document number.
    pub number_needed: NumberNeeded,
    /// What says that a document is only spoken of, not relied on.
    pub spoken_of: SpokenOf,
    /// Documents that are no longer in force.
    #[serde(default)]
    pub repealed: Vec<Repealed>,
    /// How much each finding weighs.
    pub severities: Severities,
}

/// Where a title needs its document number.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NumberNeeded {
    /// In which fields.
    pub fields: Vec<TextField>,
    /// What the titles end in that need one, such as `通知`.
    pub endings: Vec<String>,
    /// Titles that need none all the same.
    pub except: Vec<String>,
}

/// A field that citations stand in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum TextField {
    /// 标题.
    Title,
    /// 正文.
    Body,
    /// 依据.
    LegalBasis,
    /// 适用范围.
    Scope,
    /// 适用主体.
    Subjects,
    /// 适用条件.
    Conditions,
    /// 常见问题解答.
    Faqs,
}

impl TextField {
    const fn field(self) -> Field {
        match self {
            Self::Title => Field::Title,
            Self::Body => Field::Body,
            Self::LegalBasis => Field::LegalBasis,
            Self::Scope => Field::Scope,
            Self::Subjects => Field::Subjects,
            Self::Conditions => Field::Conditions,
            Self::Faqs => Field::Faqs,
        }
    }
}

/// What says that a document is only spoken of, not relied on.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SpokenOf {
    /// Directly before the title, such as `原`.
    pub before: Vec<String>,
    /// Shortly after it, such as `废止`.
    pub after: Vec<String>,
}

/// A document that is no longer in force.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Repealed {
    /// Its titles, without `《》`. `中华人民共和国` at the beginning and a version in brackets at the end
    /// make no difference.
    #[serde(default)]
    pub titles: Vec<String>,
    /// Its numbers, such as `国务院令第431号`.
    #[serde(default)]
    pub numbers: Vec<String>,
    /// First day on which it is no longer in force, such as `2022-05-01`.
    pub since: String,
    /// What took its place, as it should be cited.
    pub successor: Option<String>,
}

/// How much each finding weighs.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Severities {
    /// `《` without `》`.
    pub title_unclosed: Level,
    /// `》` without `《`.
    pub title_unopened: Level,
    /// `《》`.
    pub title_empty: Level,
    /// Other marks in the place of `《》`.
    pub title_marks: Level,
    /// Other brackets around the year in the place of `〔〕`.
    pub number_brackets: Level,
    /// A number without its issuer, year or serial.
    pub number_incomplete: Level,
    /// A title without a number where one is needed.
    pub number_missing: Level,
    /// A number of a year that has not begun.
    pub number_year: Level,
    /// A date that does not exist.
    pub no_such_date: Level,
    /// A date of a year after the point's last one.
    pub date_beyond_validity: Level,
    /// A document that is no longer in force.
    pub repealed: Level,
    /// A document that will no longer be in force before the point ends.
    pub repealed_ahead: Level,
}

impl Severities {
    /// The weight of one finding.
    pub(crate) const fn get(&self, code: Code) -> Level {
        match code {
            Code::TitleUnclosed => self.title_unclosed,
            Code::TitleUnopened => self.title_unopened,
            Code::TitleEmpty => self.title_empty,
            Code::TitleMarks => self.title_marks,
            Code::NumberBrackets => self.number_brackets,
            Code::NumberIncomplete => self.number_incomplete,
            Code::NumberMissing => self.number_missing,
            Code::NumberYear => self.number_year,
            Code::NoSuchDate => self.no_such_date,
            Code::DateBeyondValidity => self.date_beyond_validity,
            Code::Repealed => self.repealed,
            Code::RepealedAhead => self.repealed_ahead,
        }
    }
}

/// A document that is no longer in force, ready for comparing.
#[derive(Debug)]
pub struct Repeal {
    /// First day on which it is no longer in force.
    pub(crate) since: NaiveDate,
    /// What took its place.
    pub(crate) successor: Option<String>,
}

/// The settings, checked and ready for comparing.
#[derive(Debug)]
pub struct Rules {
    /// How much each finding weighs.
    pub(crate) severities: Severities,
    /// Words directly before a title that is only spoken of.
    pub(crate) spoken_before: Vec<String>,
    /// Words shortly after it.
    pub(crate) spoken_after: Vec<String>,
    needed: NumberNeeded,
    repeals: Vec<Repeal>,
    titles: BTreeMap<String, usize>,
    numbers: BTreeMap<String, usize>,
}

impl Rules {
    /// Whether titles in a field need their numbers.
    pub(crate) fn asks_number(&self, field: Field) -> bool {
        self.needed.fields.iter().any(|it| it.field() == field)
    }

    /// Whether a document of this title is cited with its number.
    pub(crate) fn needs_number(&self, title: &str) -> bool {
        let key = title_key(title);
        let ends = |ending: &String| key.ends_with(ending.as_str());
        self.needed.endings.iter().any(ends)
            && !self.needed.except.iter().any(|it| title_key(it) == key)
    }

    /// The repealed document with this title, as [`title_key`] makes it comparable.
    pub(crate) fn by_title(&self, key: &str) -> Option<&Repeal> {
        self.repeals.get(*self.titles.get(key)?)
    }

    /// The repealed document whose number this is, with whatever people write before it without a gap.
    pub(crate) fn by_number(&self, written: &str) -> Option<&Repeal> {
        let suffixes = written
            .char_indices()
            .filter_map(|(at, _)| written.get(at..));
        let found = suffixes.into_iter().find_map(|it| self.numbers.get(it))?;
        self.repeals.get(*found)
    }
}

/// What makes titles comparable: no spaces, no `中华人民共和国` at the beginning, no version such as
/// `（2018修正）` at the end.
pub(crate) fn title_key(title: &str) -> String {
    let title: String = title.chars().filter(|it| !it.is_whitespace()).collect();
    let title = title.strip_prefix(STATE).unwrap_or(&title);
    let base = title
        .strip_suffix(['）', ')'])
        .and_then(|title| title.rsplit_once(['（', '(']))
        .map_or(title, |(base, _)| base);
    base.to_owned()
}

impl sdk::Settings for Settings {
    type Rules = Rules;

    fn prepare(self) -> Result<Rules, Vec<Problem>> {
        let mut problems = Vec::new();
        let lists = [
            ("number_needed.endings", &self.number_needed.endings),
            ("number_needed.except", &self.number_needed.except),
            ("spoken_of.before", &self.spoken_of.before),
            ("spoken_of.after", &self.spoken_of.after),
        ];
        for (path, words) in lists {
            not_blank(path, words, &mut problems);
        }
        let mut rules = Rules {
            severities: self.severities,
            spoken_before: self.spoken_of.before,
            spoken_after: self.spoken_of.after,
            needed: self.number_needed,
            repeals: Vec::new(),
            titles: BTreeMap::new(),
            numbers: BTreeMap::new(),
        };
        for (n, repealed) in self.repealed.into_iter().enumerate() {
            rules.add(n, repealed, &mut problems);
        }
        if problems.is_empty() {
            Ok(rules)
        } else {
            Err(problems)
        }
    }
}

impl Rules {
    fn add(&mut self, n: usize, repealed: Repealed, problems: &mut Vec<Problem>) {
        let path = format!("repealed[{n}]");
        not_blank(&format!("{path}.titles"), &repealed.titles, problems);
        not_blank(&format!("{path}.numbers"), &repealed.numbers, problems);
        if repealed.titles.is_empty() && repealed.numbers.is_empty() {
            problems.push(problem(&path, "must have a title or a number"));
        }
        let index = self.repeals.len();
        for (m, title) in repealed.titles.iter().enumerate() {
            if title.contains(['《', '》']) {
                let path = format!("{path}.titles[{m}]");
                problems.push(problem(path, "must be the title without `《》`"));
            } else if self.titles.insert(title_key(title), index).is_some() {
                problems.push(problem(format!("{path}.titles[{m}]"), "stands here twice"));
            }
        }
        for (m, number) in repealed.numbers.into_iter().enumerate() {
            if self.numbers.insert(number, index).is_some() {
                problems.push(problem(format!("{path}.numbers[{m}]"), "stands here twice"));
            }
        }
        match repealed.since.parse() {
            Ok(since) => self.repeals.push(Repeal {
                since,
                successor: repealed.successor,
            }),
            Err(error) => {
                let message = format!("must be a date such as `2022-05-01`: {error}");
                problems.push(problem(format!("{path}.since"), message));
            }
        }
    }
}

fn not_blank(path: &str, words: &[String], problems: &mut Vec<Problem>) {
    for (n, word) in words.iter().enumerate() {
        if word.trim().is_empty() {
            problems.push(problem(format!("{path}[{n}]"), "must not be empty"));
        }
    }
}
