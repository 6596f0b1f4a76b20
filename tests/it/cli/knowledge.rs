//! `kapok knowledge` against a real server: files in and out, what is shown, checks in bulk.

use std::fmt::Write as _;
use std::fs;

use serde_json::{Value, json};

use super::server::Server;
use super::{Data, check_contains, last, lines, run};

const UNIT: &str = "--unit GZ-GJJ --kind interpretation";

/// A file of so many questions and answers, as they are copied from web pages.
fn questions(count: u32) -> String {
    let mut file = String::new();
    for number in 1..=count {
        let line = json!({
            "number": number,
            "question": format!("第{number}个问题：提取需要什么材料？"),
            "answer": format!("<p>身份证、&nbsp;合同。</p>\u{3000}第{number}条"),
            "source": "网页",
        });
        let _ = writeln!(file, "{line}");
    }
    file
}

/// Begun, unchanged and refused.
fn figures(summary: &Value) -> [u64; 3] {
    ["opened", "unchanged", "refused"].map(|name| summary[name].as_u64().expect("a figure"))
}

#[test]
fn a_file_is_taken_once_and_comes_back() {
    let data = Data::new();
    let server = Server::start(&format!("--data {}", data.path()));
    let by = server.by("operator");
    let mut text = questions(600);
    text.push_str("not JSON\n\n{\"question\": \"没有答案\"}\n");
    let file = data.file("questions.jsonl", &text);
    let report = data.file("report.jsonl", "");
    let import = format!("knowledge import {file} {UNIT} {by}");
    assert_eq!(
        figures(&last_of(&format!("{import} --dry-run"))),
        [600, 0, 2]
    );
    let refused = lines(&format!("{import} --report {report}"), 3);
    assert_eq!(figures(refused.last().expect("figures")), [600, 0, 2]);
    // Lines are those of the file, however it was cut into pieces.
    assert_eq!(
        (&refused[0]["line"], &refused[1]["line"]),
        (&json!(601), &json!(603))
    );
    assert_eq!(refused[1]["problems"][0]["field"], json!("body"));
    assert_eq!(
        fs::read_to_string(&report)
            .expect("a report")
            .lines()
            .count(),
        3
    );
    let text = run(&import, 3);
    check_contains(
        &text,
        &[
            "unchanged 600",
            "refused line 603: `body` is missing",
            "cleaned answer: html_tags: 600",
        ],
    );
    let listed = lines(&format!("knowledge list --title 第7个 {by}"), 0);
    assert_eq!(listed.len(), 1, "{listed:?}");
    let id = listed[0]["id"].as_str().expect("a number");
    let shown = run(&format!("knowledge show {id} {by}"), 0);
    check_contains(
        &shown,
        &[
            "Draft, revision 1, editing",
            "身份证、 合同。",
            "edit_point",
        ],
    );
    for name in ["all.jsonl", "all.csv"] {
        let out = data.file(name, "");
        run(&format!("knowledge export --out {out} {by}"), 0);
        let back = last(&format!("knowledge import {out} {by}"));
        assert_eq!(figures(&back), [0, 600, 0], "{name}");
    }
    let out = run(&format!("knowledge export --answering {by}"), 0);
    assert_eq!(out, "");
    server.stop();
}

/// The figures, whatever the exit code.
fn last_of(line: &str) -> Value {
    lines(line, 3).pop().expect("figures")
}

#[test]
fn points_are_checked_in_bulk_and_alone() {
    let data = Data::new();
    let server = Server::start(&format!("--data {}", data.path()));
    let by = server.by("operator");
    let table = "编号,标题,类型,正文,依据,适用范围,适用主体,适用条件,关联关系,常见问题解答\n\
        1,租房提取,service_guide,连续缴存满三个月的职工可以提取。,《住房公积金管理条例》第二十四条,\
        广州市,缴存职工,连续缴存满三个月,无,\"问：要合同吗？\n答：不要。\"\n\
        2,空的,service_guide,文,,,,,,\n";
    let file = data.file("points.csv", table);
    run(&format!("knowledge import {file} --unit GZ-GJJ {by}"), 0);
    let all = lines(&format!("knowledge check --all {by}"), 3);
    let figures = all.last().expect("figures");
    assert_eq!(
        (&figures["points"], &figures["blocked"]),
        (&json!(2), &json!(1)),
        "{figures}"
    );
    let text = run(&format!("knowledge check --all {by}"), 3);
    check_contains(
        &text,
        &[
            "block",
            "in 440100",
            "2 points, 2 drafts and versions asked about",
        ],
    );
    let good = all
        .iter()
        .find(|it| it["title"] == "租房提取")
        .and_then(|it| it["point"].as_str())
        .expect("the good one");
    let one = last(&format!("knowledge check {good} {by}"));
    assert_eq!(one["points"], json!(1));
    for (line, code, part) in [
        (
            format!("knowledge check --all --candidate 0000 {by}"),
            1,
            "not-found",
        ),
        (format!("knowledge check {by}"), 2, "--all"),
        (
            format!("knowledge show {good} --version 1 {by}"),
            1,
            "version-not-found",
        ),
        (format!("knowledge show X-1 {by}"), 1, "is no number"),
        (
            format!("knowledge import /nonexistent.csv {by}"),
            1,
            "is no file",
        ),
        (
            format!("knowledge import {file} --server http://127.0.0.1:9"),
            1,
            "not reached",
        ),
    ] {
        check_contains(&run(&line, code), &[part]);
    }
    let none = run(&format!("knowledge expiring --days 7 {by}"), 0);
    check_contains(&none, &["0 points within 7 days"]);
    server.stop();
}
