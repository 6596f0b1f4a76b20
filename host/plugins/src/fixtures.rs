//! Fixtures: questions in the contract's JSON form, each with the verdict that is expected of a
//! plugin. One format for plugins in every language, for the city's own ones and for a district's.
//!
//! A folder holds `*.json` files, each one case or a list of cases:
//!
//! ```json
//! [{ "name": "路灯不亮",
//!    "question": { "order_type": "complaint", "channel": "phone", "text": "路灯不亮",
//!                  "registered_at": "2026-09-18T16:00:00+08:00" },
//!    "expected": { "verdict": "ranked", "candidates": [{ "unit": "GZ-D113" }, "..."] } }]
//! ```
//!
//! What `expected` leaves out is not compared, and `"..."` at the end of a list stands for whatever
//! follows; everything that it says must be as it says. A bare question, as the server gives it out at
//! `/api/v1/questions/{digest}`, is a case without an expectation: a recorded one.

mod pattern;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use contract::about::Kind;
use lifecycle::advice::Outcome;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::examine::Question;
use crate::image::write_whole;
use crate::{Error, Examined, Rule, Runtime};

pub use pattern::{Difference, differences};

/// A field that is not what it should be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Misfit {
    /// Path from the root of the value, such as `candidates[0].unit`; `.` is the root itself.
    pub field: String,
    /// What is wrong and what would be right.
    pub detail: String,
}

/// One question with what is expected of it.
#[derive(Debug, Clone)]
pub struct Case {
    /// Its name; unique names make reports readable, nothing depends on it.
    pub name: String,
    /// The file that it stands in.
    pub path: PathBuf,
    /// Its position in the file, from 0.
    pub position: usize,
    /// The question.
    pub question: Question,
    /// What the answer must be like; nothing for a recorded question.
    pub expected: Option<Value>,
}

/// How a case went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Judgement {
    /// The answer is as expected.
    Passed,
    /// The answer differs from what was expected, or the plugin failed.
    Failed,
    /// The plugin answered, and nothing is expected of the answer.
    Open,
}

/// A case with its answer.
#[derive(Debug, Clone)]
pub struct Judged<'a> {
    /// The case.
    pub case: &'a Case,
    /// How it went.
    pub judgement: Judgement,
    /// Where the answer differs from what was expected.
    pub differences: Vec<Difference>,
    /// The answer, and what it cost.
    pub examined: Examined,
}

/// A case as its file spells it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Form {
    name: Option<String>,
    question: Value,
    expected: Option<Value>,
}

/// Reads the cases of a file, or of every `*.json` file in a folder, in the order of their names.
///
/// # Errors
///
/// A file cannot be read, or a field of a case is not what it should be: file, case and field are
/// named. A folder without a case is an error too, because nobody means that.
pub fn read(path: &Path, kind: Kind) -> Result<Vec<Case>, Error> {
    let mut cases = Vec::new();
    for file in files(path)? {
        cases.extend(from_text(&file, &text(&file)?, kind)?);
    }
    if cases.is_empty() {
        return Err(Error::Fixture {
            path: path.to_owned(),
            place: "no case".to_owned(),
            detail: "nothing would be tested; put a file `*.json` with questions there".to_owned(),
        });
    }
    Ok(cases)
}

/// Reads cases from a text, one case or a list of cases; `name` stands for the file in what is said about
/// them.
///
/// # Errors
///
/// The text is no JSON, or a field of a case is not what it should be: case and field are named.
pub fn from_text(name: &Path, text: &str, kind: Kind) -> Result<Vec<Case>, Error> {
    let list = match parse(name, text)? {
        Value::Array(list) => list,
        one @ (Value::Null
        | Value::Bool(_)
        | Value::Number(_)
        | Value::String(_)
        | Value::Object(_)) => vec![one],
    };
    let cases = list.iter().enumerate();
    cases
        .map(|(position, value)| case(name, position, value, kind))
        .collect()
}

/// Asks a rule every case, each in a fresh instance, and compares the answers.
pub fn run<'a>(
    runtime: &Runtime,
    rule: &Rule,
    cases: &'a [Case],
) -> impl Iterator<Item = Judged<'a>> {
    cases.iter().map(move |case| judge(runtime, rule, case))
}

fn judge<'a>(runtime: &Runtime, rule: &Rule, case: &'a Case) -> Judged<'a> {
    let examined = runtime.examine("", rule, &case.question);
    let failed = matches!(examined.attempt.outcome, Outcome::Failed { .. });
    let differences = case
        .expected
        .as_ref()
        .map(|expected| pattern::compare(expected, &examined.answer))
        .unwrap_or_default();
    let judgement = if failed || !differences.is_empty() {
        Judgement::Failed
    } else if case.expected.is_some() {
        Judgement::Passed
    } else {
        Judgement::Open
    };
    Judged {
        case,
        judgement,
        differences,
        examined,
    }
}

/// Writes the answers that were given into the files, in the place of expectations that they differ
/// from and of those that are missing; a short expectation stays short. A failure is no answer and is
/// never written. Gives the number of cases that changed.
///
/// # Errors
///
/// A file cannot be read or written.
pub fn update(judged: &[Judged<'_>]) -> Result<usize, Error> {
    let mut by_file: BTreeMap<&Path, Vec<&Judged<'_>>> = BTreeMap::new();
    for one in judged {
        let answered = !matches!(one.examined.attempt.outcome, Outcome::Failed { .. });
        if answered && one.judgement != Judgement::Passed {
            by_file.entry(&one.case.path).or_default().push(one);
        }
    }
    let mut changed = 0;
    for (path, judged) in by_file {
        let mut json = parse(path, &text(path)?)?;
        for one in judged {
            let place = if json.is_array() {
                json.get_mut(one.case.position)
            } else {
                Some(&mut json)
            };
            let Some(place) = place else { continue };
            let answer = &one.examined.answer;
            let expected = one.case.expected.as_ref().map_or_else(
                || answer.clone(),
                |expected| pattern::reshape(expected, answer),
            );
            let whole = match place.as_object_mut() {
                Some(form) if form.contains_key("question") => {
                    form.insert("expected".to_owned(), expected);
                    None
                }
                // A recorded question becomes a case.
                _ => Some(json!({
                    "name": one.case.name, "question": place.clone(), "expected": expected,
                })),
            };
            if let Some(whole) = whole {
                *place = whole;
            }
            changed += 1;
        }
        write_whole(path, format!("{json:#}\n").as_bytes())?;
    }
    Ok(changed)
}

/// The files at a path, sorted.
fn files(path: &Path) -> Result<Vec<PathBuf>, Error> {
    if path.is_file() {
        return Ok(vec![path.to_owned()]);
    }
    let unreadable = |source| Error::Read {
        path: path.to_owned(),
        source,
    };
    let mut files = Vec::new();
    for entry in fs::read_dir(path).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        if path
            .extension()
            .is_some_and(|extension| extension == "json")
        {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

fn text(path: &Path) -> Result<String, Error> {
    fs::read_to_string(path).map_err(|source| Error::Read {
        path: path.to_owned(),
        source,
    })
}

fn parse(path: &Path, text: &str) -> Result<Value, Error> {
    serde_json::from_str(text).map_err(|error| Error::Fixture {
        path: path.to_owned(),
        place: format!("line {}", error.line()),
        detail: error.to_string(),
    })
}

/// Reads one case, and checks that its expectation can be met at all.
fn case(path: &Path, position: usize, value: &Value, kind: Kind) -> Result<Case, Error> {
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    let mut name = match position {
        0 => stem.into_owned(),
        _ => format!("{stem} {}", position + 1),
    };
    let wrong = |name: &str, prefix: &str, misfit: Misfit| Error::Fixture {
        path: path.to_owned(),
        place: format!(
            "case {} ({name}), field {}",
            position + 1,
            misfit.below(prefix)
        ),
        detail: misfit.detail,
    };
    let (question, expected, prefix) = if value.get("question").is_some() {
        let form: Form = crate::examine::read(value).map_err(|misfit| wrong(&name, "", misfit))?;
        name = form.name.unwrap_or(name);
        (form.question, form.expected, "question")
    } else if value.get("expected").is_some() {
        let misfit = Misfit::new(".", "missing field `question`");
        return Err(wrong(&name, "", misfit));
    } else {
        (value.clone(), None, "")
    };
    let question =
        Question::from_json(kind, &question).map_err(|misfit| wrong(&name, prefix, misfit))?;
    if let Some(expected) = &expected {
        pattern::check(kind, expected).map_err(|misfit| wrong(&name, "expected", misfit))?;
    }
    Ok(Case {
        name,
        path: path.to_owned(),
        position,
        question,
        expected,
    })
}

impl Misfit {
    pub(crate) fn new(field: impl Into<String>, detail: impl Into<String>) -> Self {
        Self {
            field: field.into(),
            detail: detail.into(),
        }
    }

    /// The field's path from a value that holds this one under `prefix`.
    fn below(&self, prefix: &str) -> String {
        match (prefix, self.field.as_str()) {
            (prefix, ".") if !prefix.is_empty() => prefix.to_owned(),
            ("", field) => field.to_owned(),
            (prefix, field) if field.starts_with('[') => format!("{prefix}{field}"),
            (prefix, field) => format!("{prefix}.{field}"),
        }
    }
}

#[cfg(test)]
mod tests;
