//! One problem of each class, as clients get it.

use std::fmt::Write as _;

use axum::http::{Method, StatusCode};
use expect_test::expect_file;
use serde_json::{Value, json};

use super::server::{Call, Server, noise, unclear};

type Bad = Vec<(&'static str, Call)>;

fn register() -> Call {
    Call::post("/api/v1/orders").by("operator")
}

/// Bodies that are wrong.
fn bad_bodies() -> Bad {
    let with = |name: &str, value: Value| {
        let mut request = noise();
        request[name] = value;
        register().json(&request)
    };
    let typed = |media_type| register().header("content-type", media_type);
    let json = "application/json";
    let too_large = vec![b' '; 1024 * 1024 + 1];
    let incomplete = json!({"order_type": "complaint", "channel": "phone"});
    let to_come = json!("2026-09-18T09:00:01+08:00");
    vec![
        ("not JSON", typed(json).body("{\"order_type\": ")),
        ("a list", register().json(&json!([1]))),
        ("an unknown field", with("priority", json!(1))),
        (
            "an unknown field of the requester",
            with("requester", json!({"wechat": "x"})),
        ),
        ("a word that is none", with("order_type", json!("咨询"))),
        ("a missing field", register().json(&incomplete)),
        ("a blank text", with("text", json!("  "))),
        ("a text too long", with("text", json!("长".repeat(20_001)))),
        ("an unknown district", with("district", json!("110101"))),
        ("an instant to come", with("registered_at", to_come)),
        ("no JSON by its type", typed("text/plain").body("{}")),
        ("a body too large", typed(json).body(too_large)),
    ]
}

/// Heads that are wrong.
fn bad_heads(id: &str) -> Bad {
    let list = |query: &str| Call::get(&format!("/api/v1/orders{query}"));
    let accept = || Call::post(&format!("/api/v1/orders/{id}/accept"));
    let delete = Call::new(Method::DELETE, "/api/v1/orders").by("operator");
    let long = format!("?source={}", "x".repeat(5000));
    let none = Call::get("/api/v1/orders/20260918-NONE").by("operator");
    vec![
        ("no token", list("")),
        ("an unknown token", list("").by("stranger")),
        ("another unit", accept().by("other-unit")),
        ("no such order", none),
        (
            "no such order to act on",
            Call::post("/api/v1/orders/x/accept").by("unit"),
        ),
        ("no such route", Call::get("/api/v2/orders").by("operator")),
        ("a wrong method", delete),
        ("an unknown parameter", list("?colour=red").by("operator")),
        ("an address too long", list(&long)),
        (
            "headers too large",
            list("").header("x-big", &"x".repeat(20_000)),
        ),
        (
            "a malformed key",
            register().header("idempotency-key", "").json(&noise()),
        ),
        (
            "a malformed tag",
            accept().by("unit").header("if-match", "3"),
        ),
        (
            "a stale version",
            accept().by("unit").header("if-match", "\"1\""),
        ),
    ]
}

/// Commands that are wrong for an order that a unit has.
fn bad_commands(id: &str) -> Bad {
    let give = |actor: &str, command: &str, body: &Value| {
        let call = Call::post(&format!("/api/v1/orders/{id}/{command}"));
        call.by(actor).json(body)
    };
    let reply = |at: &str, evidence: &[&str]| {
        let piece = |kind: &&str| json!({"kind": kind, "reference": "r"});
        let evidence: Vec<Value> = evidence.iter().map(piece).collect();
        let at = format!("2026-09-{at}T09:00:00+08:00");
        json!({"replied_at": at, "method": "phone", "content": "答", "evidence": evidence})
    };
    let pass = json!({"review": "pass"});
    let fail = json!({"review": "fail"});
    let elsewhere = json!({"unit": "GZ-CGJ"});
    let late = reply("19", &["recording"]);
    let bare = reply("18", &[]);
    let rumour = reply("18", &["recording", "rumour"]);
    vec![
        ("a role that may not", give("unit", "review", &pass)),
        ("a wrong stage", give("operator", "dispatch", &elsewhere)),
        ("a reply to come", give("unit", "reply", &late)),
        ("a reply without evidence", give("unit", "reply", &bare)),
        (
            "evidence of an unknown kind",
            give("unit", "reply", &rumour),
        ),
        ("a review without reason", give("operator", "review", &fail)),
        ("no rating at all", give("channel", "rating", &json!({}))),
    ]
}

#[tokio::test]
async fn each_class_of_problem_is_told_with_its_way_out() {
    let server = Server::new();
    let id = server.register(noise()).await;
    let mut text = String::new();
    let all = [bad_bodies(), bad_heads(&id), bad_commands(&id)];
    for (name, call) in all.into_iter().flatten() {
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
