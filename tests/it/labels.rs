//! Labels such as R36, T8 or A-17: what comments, tests, documents and answers cite stands in the
//! catalogue, `host/docs/catalogue.md`, and the catalogue says what the code says.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::sync::LazyLock;

use lifecycle::order::Stage;
use lifecycle::ruleset::RuleSet;
use regex::{Captures, Regex};

use crate::artefacts::root;
use crate::traceability::files;

/// Where the labels stand.
const CATALOGUE: &str = "host/docs/catalogue.md";

/// How many labels each family has; they are numbered without gaps.
const FAMILIES: [(&str, u8); 7] = [
    ("R", 78),
    ("T", 13),
    ("C", 5),
    ("CR", 18),
    ("P", 15),
    ("A-", 30),
    ("Q", 30),
];

/// Vectors, of which some were given up.
const VECTORS: &str = "V";

/// Tests name this rule where there is none.
const NO_RULE: (&str, u8) = ("R", 99);

/// Family and number.
type Label = (String, u8);

#[test]
fn every_label_in_use_is_in_the_catalogue() {
    let known: BTreeSet<Label> = rows().into_keys().collect();
    let mut wrong = Vec::new();
    let folders = ["host", "plugins", "tests", "wit"];
    let kinds = ["rs", "md", "toml", "wit"];
    let mut paths: Vec<String> = folders
        .iter()
        .flat_map(|folder| kinds.iter().flat_map(|kind| files(folder, kind)))
        .collect();
    paths.push("README.md".to_owned());
    for path in paths {
        let text = fs::read_to_string(root().join(&path)).unwrap();
        for (family, number) in used(&text) {
            let is_none = (family.as_str(), number) == NO_RULE;
            if !is_none && !known.contains(&(family.clone(), number)) {
                wrong.push(format!("{path}: {family}{number} is not in {CATALOGUE}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn the_catalogue_leaves_no_number_out() {
    let known: BTreeSet<Label> = rows().into_keys().collect();
    for (family, last) in FAMILIES {
        let found: Vec<u8> = known
            .iter()
            .filter(|(of, _)| of == family)
            .map(|(_, number)| *number)
            .collect();
        let expected: Vec<u8> = (1..=last).collect();
        assert_eq!(found, expected, "{family}");
    }
    let families: BTreeSet<&str> = known.iter().map(|(family, _)| family.as_str()).collect();
    let mut expected: BTreeSet<&str> = FAMILIES.iter().map(|(family, _)| *family).collect();
    expected.insert(VECTORS);
    assert_eq!(families, expected);
}

#[test]
fn the_catalogue_says_what_the_code_says() {
    let rows = rows();
    for (number, rule) in (1..).zip(lifecycle::catalogue::rules()) {
        let row = &rows[&("R".to_owned(), number)];
        assert_eq!(
            row.get(1).map(String::as_str),
            Some(rule.article),
            "{row:?}"
        );
    }
    let text = fs::read_to_string(root().join(CATALOGUE)).unwrap();
    for stage in Stage::NAMES {
        assert!(text.contains(&format!("| `{stage}` |")), "no stage {stage}");
    }
    let options = serde_json::to_value(RuleSet::guangzhou_2023().options).unwrap();
    let open: Vec<&String> = rows
        .iter()
        .filter(|((family, _), _)| family == "A-")
        .filter_map(|(_, row)| row.last())
        .collect();
    for name in options.as_object().unwrap().keys() {
        assert!(
            open.iter().any(|cell| cell.contains(&format!("`{name}`"))),
            "no open question names the option {name}"
        );
    }
}

#[test]
fn labels_are_told_from_what_looks_like_them() {
    let check = |text: &str, expected: &[(&str, u8)]| {
        let expected: Vec<Label> = expected
            .iter()
            .map(|(family, number)| ((*family).to_owned(), *number))
            .collect();
        assert_eq!(used(text), expected, "{text}");
    };
    check("R36, T8 (A-17)", &[("R", 36), ("T", 8), ("A-", 17)]);
    check(
        "`CR01` P10 V07 Q05",
        &[("CR", 1), ("P", 10), ("V", 7), ("Q", 5)],
    );
    check("R15–R18: C3", &[("R", 15), ("R", 18), ("C", 3)]);
    // Times, codes of units, routes, versions, other names.
    check(
        "T24:00 2026-10-09T00:00 GZ-D106 V1 P11_2_2 XR3 R01 R123",
        &[],
    );
    check("SHA-256 A-1 r36 R36x", &[]);
}

/// The labels of a text, in its order.
fn used(text: &str) -> Vec<Label> {
    static LABEL: LazyLock<Regex> = LazyLock::new(|| {
        let families = [r"(CR|V|Q|A-)(\d{2})", r"([RTCP])([1-9]\d?)"].join("|");
        Regex::new(&format!(r"(?-u:\b)(?:{families})(?-u:\b)(:\d)?")).unwrap()
    });
    let label = |found: Captures<'_>| {
        // `T24:00` is a time.
        if found.get(5).is_some() && found.get(3).is_some_and(|it| it.as_str() == "T") {
            return None;
        }
        let family = found.get(1).or_else(|| found.get(3))?;
        let number = found.get(2).or_else(|| found.get(4))?;
        Some((family.as_str().to_owned(), number.as_str().parse().unwrap()))
    };
    LABEL.captures_iter(text).filter_map(label).collect()
}

/// The rows of the catalogue that say what a label, or each of a range of labels, stands for.
fn rows() -> BTreeMap<Label, Vec<String>> {
    let text = fs::read_to_string(root().join(CATALOGUE)).unwrap();
    let mut rows = BTreeMap::new();
    // The table at its beginning tells of the families.
    let (_, sections) = text.split_once("\n## ").expect("sections");
    for line in sections.lines() {
        let Some(row) = line.strip_prefix("| ").and_then(|it| it.strip_suffix('|')) else {
            continue;
        };
        let cells: Vec<String> = row.split(" | ").map(|it| it.trim().to_owned()).collect();
        let is_label = |sign: char| sign.is_ascii_alphanumeric() || "-–".contains(sign);
        if !cells[0].chars().all(is_label) {
            continue;
        }
        let labels = used(&cells[0]);
        let (Some((family, first)), Some((_, last))) = (labels.first(), labels.last()) else {
            continue;
        };
        for number in *first..=*last {
            let before = rows.insert((family.clone(), number), cells.clone());
            assert_eq!(before, None, "{family}{number} stands there twice");
        }
    }
    rows
}
