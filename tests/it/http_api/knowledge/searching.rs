//! Finding points over HTTP: what is published and valid, and by whatever is typed.

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::{BASE, Server, Story, draft, published};

fn numbers(found: &Value) -> Vec<&str> {
    let items = found["items"].as_array().expect("items");
    items
        .iter()
        .map(|it| it["point"].as_str().expect("a number"))
        .collect()
}

async fn found(server: &Server, query: &str) -> Value {
    server.index();
    let answer = server
        .get("operator", &format!("{BASE}/search?{query}"))
        .await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
    answer.json()
}

#[tokio::test]
async fn points_are_found_while_they_are_published_and_valid() {
    let server = Server::new();
    // A draft is nobody's answer.
    let _draft = Story::begin(&server, "unit", "points", draft()).await;
    assert_eq!(numbers(&found(&server, "q=夜间施工").await), [""; 0]);
    let mut story = published(&server).await;
    for query in [
        "q=夜间施工",
        "q=yjsg",
        "q=yejianshigong",
        "q=夜间施功",
        "q=几点以后不能施工",
        "q=施工&district=440106",
        "q=施工&point_kind=service_guide",
    ] {
        let found = found(&server, query).await;
        assert_eq!(numbers(&found), [&story.id], "{query}");
        assert_eq!(found["items"][0]["version"], 1, "{query}");
        assert!(found["items"][0]["why"][0]["reason"].is_string(), "{query}");
    }
    for query in [
        "q=社保卡",
        "q=施工&point_kind=policy",
        "q=施工&unit=GZ-STHJ",
    ] {
        assert_eq!(numbers(&found(&server, query).await), [""; 0], "{query}");
    }
    let typed =
        json!({"text": "你好，我想问一下，我们小区旁边的工地半夜还在施工，请问几点以后不能施工"});
    let path = format!("{BASE}/suggestions");
    let suggested = server.post("operator", &path, typed.clone()).await.json();
    assert_eq!(numbers(&suggested), [&story.id]);
    // What is taken down answers nobody, and is still found by who asks for everything.
    let wrong = json!({"reason": "依据已修订"});
    story.give("unit", "take-down", wrong).await;
    assert_eq!(numbers(&found(&server, "q=夜间施工").await), [""; 0]);
    let all = found(&server, "q=夜间施工&valid=false").await;
    assert_eq!(numbers(&all), [&story.id]);
    let suggested = server.post("operator", &path, typed).await.json();
    assert_eq!(numbers(&suggested), [""; 0]);
}

#[tokio::test]
async fn whoever_may_not_search_is_told() {
    let server = Server::new();
    let path = format!("{BASE}/search?q=施工");
    let refused = server.get("channel", &path).await;
    assert_eq!(refused.outcome(), "403 not-permitted");
    let long = format!("{BASE}/search?q={}", "a".repeat(2001));
    let refused = server.get("operator", &long).await;
    assert_eq!(refused.outcome(), "400 invalid-parameter");
}
