//! One problem of each class, as clients get it.

use std::fmt::Write as _;

use axum::http::{Method, StatusCode};
use expect_test::expect_file;
use serde_json::{Value, json};

use super::server::{Call, Server, noise, unclear};

/// Bad requests against an order that a unit has.
fn bad_requests(id: &str) -> Vec<(&'static str, Call)> {
    let orders = || Call::post("/api/v1/orders").by("operator");
    let order = |command: &str| Call::post(&format!("/api/v1/orders/{id}/{command}"));
    let with = |name: &str, value: Value| {
        let mut request = noise();
        request[name] = value;
        orders().json(&request)
    };
    let late = json!({
        "replied_at": "2026-09-19T09:00:00+08:00", "method": "phone", "content": "答",
        "evidence": [{"kind": "recording", "reference": "r"}],
    });
    let no_evidence = json!({
        "replied_at": "2026-09-18T09:00:00+08:00", "method": "phone", "content": "答",
    });
    let unknown_kind = json!({
        "replied_at": "2026-09-18T09:00:00+08:00", "method": "phone", "content": "答",
        "evidence": [{"kind": "recording", "reference": "r"}, {"kind": "rumour", "reference": "r"}],
    });
    vec![
        (
            "not JSON",
            orders()
                .header("content-type", "application/json")
                .body("{\"order_type\": "),
        ),
        ("a list", orders().json(&json!([1]))),
        ("an unknown field", with("priority", json!(1))),
        (
            "an unknown field of the requester",
            with("requester", json!({"wechat": "x"})),
        ),
        ("a word that is none", with("order_type", json!("咨询"))),
        (
            "a missing field",
            orders().json(&json!({"order_type": "complaint", "channel": "phone"})),
        ),
        ("a blank text", with("text", json!("  "))),
        ("a text too long", with("text", json!("长".repeat(20_001)))),
        ("an unknown district", with("district", json!("110101"))),
        (
            "an instant to come",
            with("registered_at", json!("2026-09-18T09:00:01+08:00")),
        ),
        (
            "no JSON by its type",
            orders().header("content-type", "text/plain").body("{}"),
        ),
        (
            "a body too large",
            orders()
                .header("content-type", "application/json")
                .body(vec![b' '; 1024 * 1024 + 1]),
        ),
        ("no token", Call::get("/api/v1/orders")),
        (
            "an unknown token",
            Call::get("/api/v1/orders").by("stranger"),
        ),
        (
            "a role that may not",
            order("review").by("unit").json(&json!({"review": "pass"})),
        ),
        ("another unit", order("accept").by("other-unit")),
        (
            "no such order",
            Call::get("/api/v1/orders/20260918-NONE").by("operator"),
        ),
        (
            "no such order to act on",
            Call::post("/api/v1/orders/x/accept").by("unit"),
        ),
        ("no such route", Call::get("/api/v2/orders").by("operator")),
        (
            "a wrong method",
            Call::new(Method::DELETE, "/api/v1/orders").by("operator"),
        ),
        (
            "an unknown parameter",
            Call::get("/api/v1/orders?colour=red").by("operator"),
        ),
        (
            "an address too long",
            Call::get(&format!("/api/v1/orders?source={}", "x".repeat(5000))),
        ),
        (
            "headers too large",
            Call::get("/api/v1/orders").header("x-big", &"x".repeat(20_000)),
        ),
        (
            "a malformed key",
            orders().header("idempotency-key", "").json(&noise()),
        ),
        (
            "a malformed tag",
            order("accept").by("unit").header("if-match", "3"),
        ),
        (
            "a stale version",
            order("accept").by("unit").header("if-match", "\"1\""),
        ),
        (
            "a wrong stage",
            order("dispatch")
                .by("operator")
                .json(&json!({"unit": "GZ-CGJ"})),
        ),
        ("a reply to come", order("reply").by("unit").json(&late)),
        (
            "a reply without evidence",
            order("reply").by("unit").json(&no_evidence),
        ),
        (
            "evidence of an unknown kind",
            order("reply").by("unit").json(&unknown_kind),
        ),
        (
            "a review without reason",
            order("review")
                .by("operator")
                .json(&json!({"review": "fail"})),
        ),
        (
            "no rating at all",
            order("rating").by("channel").json(&json!({})),
        ),
    ]
}

#[tokio::test]
async fn each_class_of_problem_is_told_with_its_way_out() {
    let server = Server::new();
    let id = server.register(noise()).await;
    let mut text = String::new();
    for (name, call) in bad_requests(&id) {
        let answer = server.send(call).await;
        assert_eq!(
            answer.header("content-type"),
            Some("application/problem+json"),
            "{name}"
        );
        let problem = answer.json();
        assert_eq!(problem["status"], answer.status.as_u16(), "{name}");
        let allowed = (answer.status == StatusCode::METHOD_NOT_ALLOWED).then_some("POST,GET,HEAD");
        assert_eq!(answer.header("allow"), allowed, "{name}");
        let shown = serde_json::to_string_pretty(&problem)
            .expect("JSON")
            .replace(&id, "ORDER");
        let _ = writeln!(text, "## {name}: {}\n{shown}\n", answer.status);
    }
    expect_file!["problems.txt"].assert_eq(&text);
    // Nothing was half done.
    let order = server
        .get("operator", &format!("/api/v1/orders/{id}"))
        .await
        .json();
    assert_eq!(order["version"], 3);
    let listed = server.get("operator", "/api/v1/orders").await.json();
    assert_eq!(listed["items"].as_array().map(Vec::len), Some(1));
}

#[tokio::test]
async fn the_regulation_refuses_with_its_article() {
    let server = Server::new();
    let id = server.register(unclear()).await;
    let dispatch = |body: Value| {
        Call::post(&format!("/api/v1/orders/{id}/dispatch"))
            .by("operator")
            .json(&body)
    };
    let answer = json!({"knowledge_point": "K", "knowledge_version": 1, "answer": "答"});
    let calls = [
        ("422 unknown-unit", dispatch(json!({"unit": "GZ-NONE"}))),
        (
            "422 special-limit-without-basis",
            dispatch(json!({"unit": "GZ-CGJ", "special_limit": {"period": {"hours": 4}}})),
        ),
        (
            "422 not-a-consultation",
            Call::post(&format!("/api/v1/orders/{id}/answer"))
                .by("operator")
                .json(&answer),
        ),
    ];
    for (outcome, call) in calls {
        let answer = server.send(call).await;
        assert_eq!(answer.outcome(), outcome);
        let problem = answer.json();
        for member in ["article", "way_out", "title_zh", "detail"] {
            assert!(problem[member].is_string(), "{outcome} has no {member}");
        }
    }
}
