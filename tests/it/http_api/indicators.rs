//! Indicators and the forecast: JSON, CSV, whose figures somebody sees.

use std::fmt::Write as _;

use axum::http::StatusCode;
use expect_test::{expect, expect_file};
use serde_json::{Value, json};

use super::server::{Call, Server, UNIT, noise};
use super::story::{self, Story};

const SEPTEMBER: &str = "/api/v1/indicators?from=2026-09-01&until=2026-09-30";

/// Two orders of one unit: one done and rated, one neither.
async fn two_orders(server: &Server) {
    let mut story = Story::begin(server, noise()).await;
    let mut request = noise();
    request["text"] = json!("工地凌晨打桩，另一处。");
    server.register(request).await;
    story.now("10:00").await;
    story.give("unit", "accept", json!({})).await;
    story.now("11:00").await;
    story
        .give("unit", "reply", story::reply("09-18T10:40"))
        .await;
    let content = json!({"type": "complaint", "handling": "已停工。"});
    let report = story::report("09-18T10:10", "09-18T10:20", content);
    story.give("unit", "submit", report).await;
    story
        .give("operator", "review", json!({"review": "pass"}))
        .await;
    story.now("11:01").await;
    let rated = story
        .give("channel", "rating", json!({"rating": "dissatisfied"}))
        .await;
    assert_eq!(rated["stage"], "awaiting_follow_up", "{}", story.log);
}

#[tokio::test]
async fn every_indicator_is_given_with_its_formula_and_its_parts() {
    let server = Server::new();
    two_orders(&server).await;
    let found = server.get("operator", SEPTEMBER).await.json();
    assert_eq!(found["formulas_version"], "2026-2");
    let formula = &found["formulas"][0];
    expect![[r#"
        {
          "code": "on_time",
          "name": {
            "zh": "按时办结率",
            "en": "on-time rate"
          },
          "unit": "permille",
          "formula": {
            "zh": "按时办结 ÷ （按时办结＋扣除审核未通过时间后未逾期＋逾期）",
            "en": "on_time / (on_time + late_excused + late_unexcused)"
          },
          "leaves_out": {
            "zh": "不计退回成立的、撤回且未逾期的、更正类型后重新计时的，以及尚未到期也未办结的",
            "en": "approved returns, withdrawn orders without a miss, dispatches overtaken by a corrected type, and what is neither due nor done"
          }
        }"#]]
    .assert_eq(&serde_json::to_string_pretty(formula).unwrap());
    let value = |row: usize, code: &str| {
        let values = found["rows"][row]["indicators"].as_array().unwrap();
        values.iter().find(|it| it["code"] == code).unwrap().clone()
    };
    let ratio = |code: &str, numerator: i64, denominator: i64, value: Value| json!({"code": code, "numerator": numerator, "denominator": denominator, "value": value});
    assert_eq!(found["rows"][0]["name"], "热线中心");
    assert_eq!(value(0, "dispatch"), ratio("dispatch", 2, 2, json!(1000)));
    assert_eq!(value(0, "on_time"), ratio("on_time", 0, 0, Value::Null));
    assert_eq!(found["rows"][1]["key"], UNIT);
    assert_eq!(value(1, "on_time"), ratio("on_time", 1, 1, json!(1000)));
    assert_eq!(
        value(1, "satisfaction_1"),
        ratio("satisfaction_1", 0, 1, json!(0))
    );
    assert_eq!(found["rows"][1]["counts"]["dissatisfied_1"], 1);
}

#[tokio::test]
async fn the_table_is_rfc_4180_with_stable_codes_and_chinese_names() {
    let server = Server::new();
    two_orders(&server).await;
    let answer = server
        .get("operator", &format!("{SEPTEMBER}&format=csv"))
        .await;
    let media_type = answer.header("content-type");
    assert_eq!(media_type, Some("text/csv; charset=utf-8; header=present"));
    let text = answer.text();
    // The byte order mark, once: Excel shows no Chinese without it.
    let text = text.strip_prefix('\u{feff}').expect("a byte order mark");
    assert!(text.starts_with("key 代码,") && text.ends_with("\r\n"));
    assert_eq!(text.matches('\n').count(), text.matches("\r\n").count());
    let columns: Vec<usize> = text.lines().map(|line| line.split(',').count()).collect();
    assert!(
        columns.iter().all(|count| *count == columns[0]),
        "{columns:?}"
    );
    expect_file!["indicators.csv"].assert_eq(&text.replace("\r\n", "\n"));
}

#[tokio::test]
async fn everybody_sees_the_figures_that_are_theirs() {
    let server = Server::new();
    two_orders(&server).await;
    // The open order's deadline ends on the eleventh working day.
    let paths = [SEPTEMBER, "/api/v1/forecast?days=11"];
    let mut seen = String::new();
    for actor in [
        "operator",
        "admin",
        "auditor",
        "unit",
        "other-unit",
        "district",
        "other-district",
        "channel",
    ] {
        for path in paths {
            let answer = server.send(Call::get(path).by(actor)).await;
            let count = match answer.status {
                StatusCode::OK if path == SEPTEMBER => {
                    answer.json()["rows"].as_array().unwrap().len().to_string()
                }
                StatusCode::OK => {
                    let days = answer.json()["days"].clone();
                    let days = days.as_array().unwrap().clone();
                    let ending = days.iter().flat_map(|day| day["units"].as_array().unwrap());
                    ending
                        .map(|unit| unit["ending"].as_u64().unwrap())
                        .sum::<u64>()
                        .to_string()
                }
                _ => answer.json()["code"].as_str().unwrap().to_owned(),
            };
            writeln!(seen, "{actor} {}: {count}", path.split('?').next().unwrap()).unwrap();
        }
    }
    expect![[r#"
        operator /api/v1/indicators: 2
        operator /api/v1/forecast: 1
        admin /api/v1/indicators: 2
        admin /api/v1/forecast: 1
        auditor /api/v1/indicators: 2
        auditor /api/v1/forecast: 1
        unit /api/v1/indicators: 1
        unit /api/v1/forecast: 1
        other-unit /api/v1/indicators: 0
        other-unit /api/v1/forecast: 0
        district /api/v1/indicators: 2
        district /api/v1/forecast: 1
        other-district /api/v1/indicators: 0
        other-district /api/v1/forecast: 0
        channel /api/v1/indicators: not-permitted
        channel /api/v1/forecast: not-permitted
    "#]]
    .assert_eq(&seen);
}

#[tokio::test]
async fn the_forecast_tells_what_ends_on_which_working_day() {
    let server = Server::new();
    two_orders(&server).await;
    server.advance_to("2026-10-08T09:00:00+08:00").await;
    let forecast = server
        .get("operator", "/api/v1/forecast?days=3")
        .await
        .json();
    expect![[r#"
        {
          "at": "2026-10-08T09:00:00+08:00",
          "ended": [],
          "days": [
            {
              "date": "2026-10-08",
              "kind": "working",
              "units": []
            },
            {
              "date": "2026-10-09",
              "kind": "working",
              "units": [
                {
                  "unit": "GZ-D106-CG",
                  "name": "天河区城市管理和综合执法局",
                  "ending": 1,
                  "not_submitted": 1,
                  "no_reply": 1,
                  "return_requested": 0,
                  "under_review": 0,
                  "provisional": 0
                }
              ]
            },
            {
              "date": "2026-10-10",
              "kind": "working",
              "units": []
            }
          ]
        }"#]]
    .assert_eq(&serde_json::to_string_pretty(&forecast).unwrap());
    server.advance_to("2026-12-30T09:00:00+08:00").await;
    let forecast = server.get("operator", "/api/v1/forecast").await.json();
    let last = forecast["days"].as_array().unwrap().last().unwrap().clone();
    assert_eq!(
        (&last["date"], &last["kind"]),
        (&json!("2027-01-01"), &json!("unannounced"))
    );
    assert!(
        last["note"]["zh"]
            .as_str()
            .unwrap()
            .starts_with("2027年放假安排尚未公布")
    );
}

#[tokio::test]
async fn what_makes_no_sense_is_refused_by_name() {
    let server = Server::new();
    let mut text = String::new();
    for path in [
        "/api/v1/indicators",
        "/api/v1/indicators?from=2026-09-01&until=2026-08-31",
        "/api/v1/indicators?from=2026-09-01&until=2026-13-01",
        "/api/v1/indicators?from=2026-09-01&until=2026-09-30&by=street",
        "/api/v1/indicators?from=2026-09-01&until=2026-09-30&format=xls",
        "/api/v1/forecast?days=0",
        "/api/v1/forecast?days=ten",
        "/api/v1/forecast?day=10",
    ] {
        let answer = server.get("operator", path).await;
        writeln!(text, "{}", answer.outcome()).unwrap();
    }
    expect![[r#"
        400 invalid-parameter
        422 invalid-input
        400 invalid-parameter
        400 invalid-parameter
        400 invalid-parameter
        422 invalid-input
        400 invalid-parameter
        400 invalid-parameter
    "#]]
    .assert_eq(&text);
}
