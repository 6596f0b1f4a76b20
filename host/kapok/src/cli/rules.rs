//! `kapok rules`: which rule of the regulation stands where in the code, and what shows that it holds.

use anyhow::{Context as _, bail};
use clap::Args;
use lifecycle::catalogue::{self, Rule};
use lifecycle::ruleset::RuleBook;
use serde::{Deserialize, Serialize};

use crate::output;

/// The matrix, generated from the sources by a test that fails when it is out of date.
const MATRIX: &str = include_str!("../../rules.json");

/// Width of the column of meanings.
const MEANING_WIDTH: usize = 34;

/// Show where each rule of the regulation is kept, tested and told.
///
/// One row a rule: its number, its article in the implementing rules (穗政数规字〔2023〕1号), what it says,
/// the modules whose comments name it, the test files that name it, and the scenarios that show it at
/// work. Modules and tests are shown without `host/`, `src/` and `tests/it/`; --json has whole paths.
#[derive(Debug, Args)]
#[command(after_long_help = "\
Examples:
  kapok rules                  the whole matrix
  kapok rules R36 R37          these rules only
  kapok rules --json           the matrix for machines

Formats:
  --json   one list of {\"rule\",\"article\",\"module\",\"tests\",\"scenarios\"}; the last three are lists of
           paths from the root of the repository

Exit codes: 0 shown, 1 no such rule, 2 usage")]
pub(crate) struct Arguments {
    /// Rules to show; all without any.
    #[arg(value_name = "RULE")]
    rules: Vec<String>,
    /// Print one JSON list.
    #[arg(long)]
    json: bool,
    /// Print the rule sets that are built in, as the TOML file that `--regulation FILE` of `kapok
    /// serve` takes: limits by article, and the options for what the text leaves open.
    #[arg(long, conflicts_with_all = ["rules", "json"])]
    regulation: bool,
}

/// A line of the matrix.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    rule: String,
    article: String,
    module: Vec<String>,
    tests: Vec<String>,
    scenarios: Vec<String>,
}

pub(super) fn run(arguments: &Arguments) -> anyhow::Result<()> {
    if arguments.regulation {
        return output::line(toml::to_string(&RuleBook::default())?.trim_end());
    }
    let mut lines = matrix()?;
    let ids = |line: &Line| arguments.rules.iter().any(|id| is_id(id, line));
    if let Some(id) = arguments
        .rules
        .iter()
        .find(|id| !lines.iter().any(|line| is_id(id, line)))
    {
        bail!("there is no rule {id}; the catalogue has those that `kapok rules` lists");
    }
    lines.retain(|line| arguments.rules.is_empty() || ids(line));
    if arguments.json {
        return output::json(&lines);
    }
    output::line(&table(&lines))
}

fn is_id(id: &str, line: &Line) -> bool {
    id.eq_ignore_ascii_case(&line.rule)
}

fn matrix() -> anyhow::Result<Vec<Line>> {
    serde_json::from_str(MATRIX).context("host/kapok/rules.json is not as it must be")
}

fn table(lines: &[Line]) -> String {
    let head = ["rule", "article", "meaning", "module", "tests", "scenarios"];
    let mut rows = vec![head.map(|title| vec![title.to_owned()])];
    rows.extend(lines.iter().map(row));
    let mut widths = [0; 6];
    for row in &rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            let widest = cell.iter().map(|text| columns(text)).max();
            *width = widest.unwrap_or(0).max(*width);
        }
    }
    let rows: Vec<String> = rows.iter().map(|row| laid_out(row, &widths)).collect();
    rows.join("\n")
}

/// A rule's cells, each of them a few lines.
fn row(line: &Line) -> [Vec<String>; 6] {
    let known = catalogue::rules().iter().find(|rule| rule.id == line.rule);
    let files = |files: &[String]| {
        let short: Vec<String> = files.iter().map(|file| short(file)).collect();
        if short.is_empty() {
            vec!["-".to_owned()]
        } else {
            short
        }
    };
    [
        vec![line.rule.clone()],
        line.article.split('、').map(str::to_owned).collect(),
        known.map_or_else(Vec::new, meaning),
        files(&line.module),
        files(&line.tests),
        files(&line.scenarios),
    ]
}

/// What a rule says in both languages, and what is done about it.
fn meaning(rule: &Rule) -> Vec<String> {
    let mut lines = wrapped(rule.meaning.split_inclusive(' '));
    lines.extend(wrapped(rule.meaning_zh.split_inclusive(|_| true)));
    lines.push(format!("({})", rule.kind.name()));
    lines
}

/// Pieces put together to lines.
fn wrapped<'a>(pieces: impl Iterator<Item = &'a str>) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = String::new();
    for piece in pieces {
        if columns(&line) + columns(piece.trim_end()) > MEANING_WIDTH {
            lines.push(std::mem::take(&mut line).trim_end().to_owned());
        }
        line.push_str(piece);
    }
    lines.push(line);
    lines
}

/// A path without what all of them have.
fn short(path: &str) -> String {
    let path = path.strip_prefix("host/").unwrap_or(path);
    let path = path.replace("/src/", "/").replace("/tests/it/", "/");
    let path = path.strip_prefix("tests/scenarios/").unwrap_or(&path);
    let path = path.strip_prefix("tests/").unwrap_or(path);
    let end = path.rfind('.').unwrap_or(path.len());
    path.get(..end).unwrap_or(path).to_owned()
}

/// A row as lines of text, with an empty one behind.
fn laid_out(row: &[Vec<String>; 6], widths: &[usize; 6]) -> String {
    let height = row.iter().map(Vec::len).max().unwrap_or(0);
    let mut text = String::new();
    for number in 0..height {
        let mut line = String::new();
        for (cell, &width) in row.iter().zip(widths) {
            let part = cell.get(number).map_or("", String::as_str);
            line.push_str(part);
            line.extend(std::iter::repeat_n(
                ' ',
                width.saturating_sub(columns(part)) + 2,
            ));
        }
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}

/// Columns that a text takes on a terminal, where Chinese characters take two.
fn columns(text: &str) -> usize {
    /// Where the blocks of characters of double width begin.
    const WIDE_FROM: char = '\u{2e80}';
    text.chars()
        .map(|c| if c < WIDE_FROM { 1 } else { 2 })
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_matrix_is_that_of_the_catalogue() {
        let lines = matrix().unwrap();
        let found = lines.iter().map(|line| (&*line.rule, &*line.article));
        let expected = catalogue::rules()
            .iter()
            .map(|rule| (rule.id, rule.article));
        assert!(found.eq(expected));
    }

    #[test]
    fn a_path_is_shown_by_what_tells_it_apart() {
        for (path, shown) in [
            ("host/lifecycle/src/rules/due.rs", "lifecycle/rules/due"),
            ("host/lifecycle/tests/it/limits.rs", "lifecycle/limits"),
            ("tests/it/http_api/life.rs", "it/http_api/life"),
            ("tests/scenarios/commendation.toml", "commendation"),
        ] {
            assert_eq!(short(path), shown);
        }
    }

    #[test]
    fn columns_line_up_although_chinese_is_wide() {
        let line = |rule: &str, article: &str, module: &[&str]| Line {
            rule: rule.to_owned(),
            article: article.to_owned(),
            module: module.iter().map(|&file| file.to_owned()).collect(),
            tests: Vec::new(),
            scenarios: vec!["tests/scenarios/a.toml".to_owned()],
        };
        let files = ["host/a/src/b.rs", "host/a/src/c.rs"];
        let lines = [
            line("R9", "第九条第二款", &files),
            line("R99", "第一条", &[]),
        ];
        let expected = "\
rule  article       meaning                             module  tests  scenarios

R9    第九条第二款  Personal data is concealed in       a/b     -      a
                    agreed fields and scope, with a     a/c
                    warning
                    按约定的信息和范围隐匿，并告知影响
                    (enforced)

R99   第一条                                            -       -      a
";
        assert_eq!(table(&lines), expected);
    }
}
