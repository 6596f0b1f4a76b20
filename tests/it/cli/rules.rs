//! `kapok rules`.

use std::fs;

use expect_test::expect;
use serde_json::Value;

use super::{check_contains, last, run};
use crate::artefacts::root;

#[test]
fn the_matrix_for_machines_is_the_one_that_is_checked_in() {
    let kept = fs::read_to_string(root().join("host/kapok/rules.json")).unwrap();
    let kept: Value = serde_json::from_str(&kept).unwrap();
    assert_eq!(last("rules"), kept);
    let first: Vec<&String> = kept[0].as_object().unwrap().keys().collect();
    assert_eq!(first, ["rule", "article", "module", "tests", "scenarios"]);
    let two = last("rules r36 R22");
    let two = two.as_array().unwrap().iter();
    let two: Vec<&str> = two.map(|line| line["rule"].as_str().unwrap()).collect();
    assert_eq!(two, ["R22", "R36"]);
}

/// The first three columns; the others change with the code.
fn told(text: &str) -> String {
    let lines = text.lines().map(|line| {
        let mut columns = 0;
        let told = |c: &char| {
            columns += if *c < '\u{2e80}' { 1 } else { 2 };
            columns <= 58
        };
        line.chars().take_while(told).collect::<String>()
    });
    let lines = lines.map(|line| line.trim_end().to_owned());
    let lines: Vec<String> = lines.filter(|line| !line.is_empty()).collect();
    lines.join("\n")
}

#[test]
fn the_matrix_for_people_tells_what_a_rule_says() {
    let text = run("rules R22 R44", 0);
    expect![[r#"
        rule  article           meaning
        R22   第十四条第二项    Everything else is handled and
                                replied to within 10 working days
                                非咨询类10个工作日内办理并回复
                                (enforced)
        R44   第二十三条第一项  A commendation is closed after
                                reading
                                表扬类阅处后结束
                                (enforced)"#]]
    .assert_eq(&told(&text));
    check_contains(
        &text,
        &[
            "lifecycle/rules/duty",
            "overdue-national-day",
            "commendation",
        ],
    );
    assert!(
        run("rules", 0)
            .lines()
            .all(|line| line.chars().count() < 200)
    );
}

#[test]
fn a_rule_that_is_none_is_refused() {
    check_contains(&run("rules R66", 1), &["there is no rule R66"]);
}
