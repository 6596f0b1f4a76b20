//! Traceability: every rule of the catalogue has a marker in the code, a test and a scenario, and those that
//! set a limit a row in the tables of limits.
//!
//! `host/kapok/rules.json` is generated here from the sources and checked in, and `kapok rules` prints
//! it. After a change of the sources, `UPDATE_EXPECT=1 cargo test -p tests --test it traceability`
//! writes it anew.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use lifecycle::catalogue::{self, Rule};
use regex::Regex;
use serde::{Deserialize, Serialize};

use crate::artefacts::root;

/// Where the matrix is kept.
const MATRIX: &str = "host/kapok/rules.json";

/// A longer range names a chapter, not the rules in it.
const RANGE_MAX: usize = 10;

/// Files that name rules without being about them.
const ABOUT_ALL_RULES: [&str; 4] = [
    "host/lifecycle/src/catalogue.rs",
    "host/kapok/src/cli/rules.rs",
    "tests/it/cli/rules.rs",
    "tests/it/traceability.rs",
];

/// A line of the matrix.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct Line {
    rule: &'static str,
    article: &'static str,
    /// Sources of the host whose comments name the rule.
    module: Vec<String>,
    /// Files with tests that name it.
    tests: Vec<String>,
    /// Stories that list it.
    scenarios: Vec<String>,
}

impl Line {
    /// What the rule lacks.
    fn lacks(&self) -> Vec<&'static str> {
        let parts = [
            (&self.module, "a comment in host/*/src that names it"),
            (&self.tests, "a test that names it"),
            (&self.scenarios, "a scenario that lists it"),
        ];
        let lacking = parts.iter().filter(|(files, _)| files.is_empty());
        lacking.map(|(_, what)| *what).collect()
    }
}

#[test]
fn the_matrix_is_up_to_date() {
    let text = serde_json::to_string_pretty(&matrix()).unwrap() + "\n";
    let path = root().join(MATRIX);
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        fs::write(&path, text).unwrap();
        return;
    }
    let kept = fs::read_to_string(&path).unwrap_or_default();
    let differing = kept.lines().zip(text.lines()).find(|(a, b)| a != b);
    assert!(
        kept == text,
        "{MATRIX} is not what the sources say ({differing:?} at first); run the test with \
         UPDATE_EXPECT=1 and look at the difference"
    );
}

#[test]
fn every_rule_has_code_a_test_and_a_scenario() {
    let mut wrong = Vec::new();
    for line in matrix() {
        let lacks = line.lacks();
        if !lacks.is_empty() {
            wrong.push(format!("{} lacks {}", line.rule, lacks.join(", ")));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// Where both sides of every limit are.
const LIMIT_TABLES: [&str; 2] = [
    "host/lifecycle/tests/it/limits",
    "host/lifecycle/tests/it/dossiers/limits",
];

/// Where deadlines name the rules that set them.
const DEADLINES: [&str; 2] = [
    "host/lifecycle/src/deadline.rs",
    "host/lifecycle/src/dossier/deadline.rs",
];

/// Limits that are no deadline of their own: counted calls, the time for a return, that for an extension.
const OTHER_LIMITS: [usize; 3] = [15, 28, 36];

#[test]
fn every_rule_that_sets_a_limit_has_a_row_in_the_tables_of_limits() {
    let rule = Regex::new(r#"\(\s*"R([1-9]\d?)",\s*"第"#).unwrap();
    let mut limits = BTreeSet::from(OTHER_LIMITS);
    for path in DEADLINES {
        let text = fs::read_to_string(root().join(path)).unwrap();
        let (code, _) = split(&text);
        let found = rule
            .captures_iter(code)
            .map(|it| it[1].parse::<usize>().unwrap());
        let before = limits.len();
        limits.extend(found);
        assert!(limits.len() > before + 4, "{path} names too few rules");
    }
    let rows: BTreeSet<usize> = files("host/lifecycle/tests/it", "rs")
        .into_iter()
        .filter(|path| LIMIT_TABLES.iter().any(|table| path.starts_with(table)))
        .flat_map(|path| named(&fs::read_to_string(root().join(path)).unwrap()))
        .collect();
    let lacking: Vec<String> = limits
        .difference(&rows)
        .map(|it| format!("R{it}"))
        .collect();
    assert!(
        lacking.is_empty(),
        "no row in {LIMIT_TABLES:?}: {lacking:?}"
    );
}

#[test]
fn rules_are_found_by_name_and_in_short_ranges() {
    let check = |text: &str, expected: &[usize]| {
        let expected: BTreeSet<usize> = expected.iter().copied().collect();
        assert_eq!(named(text), expected, "{text}");
    };
    check("R1, R65 and R66 (P5)", &[1, 65, 66]);
    check("R15-R18", &[15, 16, 17, 18]);
    check("R56–R58, R26", &[26, 56, 57, 58]);
    check("\"R22\" R24(1) R60-1", &[22, 24, 60]);
    // A range over chapters, close codes, other names, other numbers.
    check("R5–R78 CR12 XR3 R01 R007 R123 R2x R R_4 r6", &[]);
    check("R9-R 第R7条 R9–R8", &[7, 9]);
}

#[test]
fn only_comments_mark_code_and_tests_begin_with_their_attribute() {
    let source =
        "//! R1\nlet a = \"R2\"; // R3\n/// R4\n#[cfg(test)]\nmod tests {\n// R5\n\"R6\"\n";
    let (code, tests) = split(source);
    assert_eq!(named(&comments(code)), BTreeSet::from([1, 3, 4]));
    assert_eq!(named(tests), BTreeSet::from([5, 6]));
}

/// The matrix as the sources have it.
fn matrix() -> Vec<Line> {
    let (mut module, mut tests, mut scenarios) =
        (Files::default(), Files::default(), Files::default());
    for path in files("host", "rs") {
        let text = fs::read_to_string(root().join(&path)).unwrap();
        let (code, tested) = if is_source(&path) {
            split(&text)
        } else {
            ("", text.as_str())
        };
        module.add(&path, named(&comments(code)));
        tests.add(&path, named(tested));
    }
    for path in files("tests/it", "rs") {
        let text = fs::read_to_string(root().join(&path)).unwrap();
        tests.add(&path, named(&text));
    }
    for path in files("tests/scenarios", "toml") {
        // Those in folders below are about the runner.
        if Path::new(&path).parent() == Some(Path::new("tests/scenarios")) {
            let text = fs::read_to_string(root().join(&path)).unwrap();
            let story: Story =
                toml::from_str(&text).unwrap_or_else(|error| panic!("{path}: {error}"));
            scenarios.add(&path, named(&story.rules.join(" ")));
        }
    }
    let line = |(number, rule): (usize, &Rule)| Line {
        rule: rule.id,
        article: rule.article,
        module: module.of(number),
        tests: tests.of(number),
        scenarios: scenarios.of(number),
    };
    (1..).zip(catalogue::rules()).map(line).collect()
}

/// What is read of a story.
#[derive(Debug, Deserialize)]
struct Story {
    rules: Vec<String>,
}

/// Files by the number of the rule that they name.
#[derive(Default)]
struct Files(BTreeMap<usize, BTreeSet<String>>);

impl Files {
    fn add(&mut self, path: &str, rules: BTreeSet<usize>) {
        if ABOUT_ALL_RULES.contains(&path) {
            return;
        }
        for number in rules {
            self.0.entry(number).or_default().insert(path.to_owned());
        }
    }

    fn of(&self, number: usize) -> Vec<String> {
        self.0.get(&number).into_iter().flatten().cloned().collect()
    }
}

/// Files of this kind below a folder, from the root of the repository, by name.
pub(crate) fn files(folder: &str, extension: &str) -> Vec<String> {
    let mut files = Vec::new();
    let mut folders = vec![root().join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path: PathBuf = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|found| found == extension) {
                files.push(path.strip_prefix(root()).unwrap().display().to_string());
            }
        }
    }
    files.sort();
    files
}

/// Whether a file below `host` belongs to a crate's sources, and not to its tests.
fn is_source(path: &str) -> bool {
    path.contains("/src/") && !path.ends_with("/tests.rs")
}

/// A source file's code and its tests, which stand at its end.
fn split(text: &str) -> (&str, &str) {
    text.split_at(text.find("#[cfg(test)]").unwrap_or(text.len()))
}

/// What stands in comments.
fn comments(code: &str) -> String {
    let of_line = |line: &str| line.split_once("//").map(|(_, comment)| comment.to_owned());
    let comments: Vec<String> = code.lines().filter_map(of_line).collect();
    comments.join("\n")
}

/// Numbers of the rules that a text names: `R22`, and `R15-R18` or `R15–R18` with what lies between.
fn named(text: &str) -> BTreeSet<usize> {
    static NAME: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"(?-u:\b)R([1-9]\d?)(?-u:\b)(?:[-–]R([1-9]\d?)(?-u:\b))?").unwrap()
    });
    let number = |found: regex::Match<'_>| found.as_str().parse::<usize>().unwrap();
    let mut numbers = BTreeSet::new();
    for captures in NAME.captures_iter(text) {
        let from = number(captures.get(1).unwrap());
        let to = captures.get(2).map_or(from, number);
        if (from..from + RANGE_MAX).contains(&to) {
            numbers.extend(from..=to);
        }
    }
    numbers
}
