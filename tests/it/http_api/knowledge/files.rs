//! Points in files over HTTP, in and out, and many points checked at once.

use std::fmt::Write as _;

use axum::http::StatusCode;
use expect_test::expect;
use serde_json::{Value, json};

use super::super::server::{Answer, Call, Server, UNIT};
use super::{BASE, published};

async fn import(
    server: &Server,
    actor: &'static str,
    query: &str,
    form: &str,
    file: &str,
) -> Answer {
    let call = Call::post(&format!("{BASE}/import{query}"))
        .by(actor)
        .header("content-type", form)
        .body(file);
    server.send(call).await
}

/// What came of an import: begun, edited, revised, unchanged, refused.
fn figures(report: &Value) -> [u64; 5] {
    let figure = |name: &str| report[name].as_u64().expect("a figure");
    let refused = report["refused"].as_array().expect("refusals").len();
    [
        figure("opened"),
        figure("edited"),
        figure("revised"),
        figure("unchanged"),
        u64::try_from(refused).expect("few"),
    ]
}

const JSONL: &str = "application/jsonl";
const CSV: &str = "text/csv; charset=utf-8";

#[tokio::test]
async fn files_are_taken_once_and_come_back() {
    let server = Server::new();
    let lines = concat!(
        "{\"number\": 17, \"question\": \"几点不能施工？\", \"answer\": \"<p>二十二时&nbsp;至次日六时。</p>\"}\n",
        "\n",
        "not JSON\n",
        "{\"question\": \"在哪里投诉？\", \"answer\": \"拨打12345。\", \"unit\": \"GZ-XX\", \"district\": \"x\"}\n",
        "{\"question\": \"在哪里投诉？\", \"answer\": \"拨打　12345。\"}",
    );
    let query = format!("?unit={UNIT}&kind=interpretation");
    let looked = import(
        &server,
        "unit",
        &format!("{query}&dry_run=true"),
        JSONL,
        lines,
    )
    .await;
    assert_eq!(figures(&looked.json()), [2, 0, 0, 0, 2]);
    let first = import(&server, "unit", &query, JSONL, lines).await.json();
    assert_eq!(figures(&first), [2, 0, 0, 0, 2], "{first}");
    expect![[r#"
        [
          {
            "line": 3,
            "problems": [
              {
                "field": "line",
                "problem": "is no object: expected ident at line 1 column 2",
                "way_out": "write one JSON object a line, such as {\"title\": \"…\", \"body\": \"…\"}"
              }
            ]
          },
          {
            "line": 4,
            "problems": [
              {
                "field": "unit",
                "problem": "`GZ-XX` is not in the directory",
                "way_out": "give the code or the name of a unit of the directory"
              }
            ]
          }
        ]"#]].assert_eq(&serde_json::to_string_pretty(&first["refused"]).expect("JSON"));
    assert_eq!(first["notes"]["cleaned answer: html_tags"], 1, "{first}");
    let again = import(&server, "unit", &query, JSONL, lines).await.json();
    assert_eq!(figures(&again), [0, 0, 0, 2, 2]);
    // With its number a changed record changes its point, and an old file does not change it back.
    let changed = "{\"number\": 17, \"question\": \"几点不能施工？\", \"answer\": \"二十二时。\"}";
    let changed = import(&server, "unit", &query, JSONL, changed).await.json();
    assert_eq!(figures(&changed), [0, 1, 0, 0, 0]);
    let again = import(&server, "unit", &query, JSONL, lines).await.json();
    assert_eq!(figures(&again), [0, 0, 0, 2, 2]);
    // Both forms come back as they went out.
    published(&server).await;
    for (format, form) in [("jsonl", JSONL), ("csv", CSV)] {
        let path = format!("{BASE}/export?format={format}");
        let file = server.get("unit", &path).await;
        assert_eq!(file.status, StatusCode::OK);
        let back = import(&server, "unit", "", form, &file.text()).await.json();
        assert_eq!(
            figures(&back),
            [0, 0, 0, 3, 0],
            "{format}: {back}\n{}",
            file.text()
        );
        let answering = server.get("unit", &format!("{path}&part=answering")).await;
        assert_eq!(answering.text().matches("夜间施工许可办理指南").count(), 1);
    }
    let others = server.get("other-unit", &format!("{BASE}/export")).await;
    assert_eq!(others.text(), "");
}

#[tokio::test]
async fn a_table_has_a_header_in_chinese_or_english() {
    let server = Server::new();
    let table = "\u{feff}编号,单位,标题,类型,正文,适用主体,备注\r\n\
        1,天河区城市管理和综合执法局,占道经营,policy,\"一、禁止\n二、处罚\",\"商户\n市民\",x\r\n\
        2,GZ-CGJ,他单位的,policy,文,,\r\n\
        3,,无单位,policy,文,,\r\n\
        4,,,,,,,,,多了\r\n";
    let report = import(&server, "unit", "", CSV, table).await.json();
    assert_eq!(report["opened"], 1, "{report}");
    let refused: Vec<(u64, &str)> = report["refused"]
        .as_array()
        .expect("refusals")
        .iter()
        .map(|it| {
            let field = it["problems"][0]["field"].as_str().expect("a field");
            (it["line"].as_u64().expect("a line"), field)
        })
        .collect();
    assert_eq!(refused, [(5, "line"), (6, "unit"), (7, "line")], "{report}");
    for (actor, form, file, outcome) in [
        ("unit", CSV, "什么,都,不是\n1,2,3\n", "422 invalid-input"),
        (
            "unit",
            "application/json",
            "{}",
            "415 unsupported-media-type",
        ),
        ("auditor", CSV, table, "403 not-permitted"),
        ("unit", CSV, "", "200"),
    ] {
        let answer = import(&server, actor, "", form, file).await;
        assert_eq!(answer.outcome(), outcome, "{}", answer.text());
    }
}

#[tokio::test]
async fn many_points_are_checked_page_by_page() {
    let server = Server::new();
    let mut file = String::new();
    for number in 1..=5 {
        let _ = writeln!(
            file,
            "{{\"number\": {number}, \"title\": \"题{number}\", \"kind\": \"policy\", \"body\": \"文\"}}"
        );
    }
    let query = format!("?unit={UNIT}");
    import(&server, "unit", &query, JSONL, &file).await;
    let path = format!("{BASE}/checks");
    let mut body = json!({"limit": 2});
    let mut seen = Vec::new();
    loop {
        let page = server.post("auditor", &path, body.clone()).await.json();
        assert_eq!(page["total"].is_null(), !seen.is_empty());
        for item in page["items"].as_array().expect("items") {
            assert_eq!(item["draft"], 1);
            let blocks = item["checks"].to_string().matches("\"block\"").count();
            assert!(blocks > 0, "{item}");
            seen.push(item["point"].as_str().expect("a number").to_owned());
        }
        if page["next"].is_null() {
            break;
        }
        body["after"] = page["next"].clone();
    }
    assert_eq!(seen.len(), 5);
    seen.dedup();
    assert_eq!(seen.len(), 5);
    let one = json!({"point": seen[0]});
    let one = server.post("unit", &path, one).await.json();
    assert_eq!(one["items"].as_array().map(Vec::len), Some(1));
    let others = server.post("other-unit", &path, json!({})).await.json();
    assert_eq!(others["items"], json!([]));
    let candidate = json!({"candidate": {"image": "0000", "scope": "440106"}});
    for (actor, outcome) in [
        ("admin", "404 not-found"),
        ("unit", "404 not-found"),
        ("channel", "404 not-found"),
    ] {
        let answer = server.post(actor, &path, candidate.clone()).await;
        assert_eq!(answer.outcome(), outcome, "{actor}: {}", answer.text());
    }
}
