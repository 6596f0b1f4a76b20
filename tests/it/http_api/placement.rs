//! A rule that is activated as a function, over HTTP: what is refused, where the decision says that it was
//! made, and that the image itself, asked again here, says the same.

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::plugins::{answering, two_images};
use super::server::{Answer, Server};
use crate::functions::shipped;

const TIANHE: &str = "440106";

async fn activate(
    server: &Server,
    scope: &str,
    image: &str,
    placement: Value,
    mode: &str,
) -> Answer {
    let body = json!({
        "scope": scope, "kind": "routing", "image": image, "placement": placement,
        "mode": { "mode": mode }, "note": "a test",
    });
    server.post("admin", "/api/v1/activations", body).await
}

/// The attempts of the newest order's decision, as `GET /orders/{number}` shows them.
async fn attempts(server: &Server) -> Value {
    let order = server.register(super::server::noise()).await;
    let order = server
        .get("operator", &format!("/api/v1/orders/{order}"))
        .await
        .json();
    order["decisions"][0]["attempts"].clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rule_is_asked_as_a_function_and_the_decision_says_so() {
    let server = Server::with_platform();
    let [city, own] = two_images(&server).await;
    let host = tokio::task::spawn_blocking(shipped).await.unwrap();
    let host = host.to_string();
    let embedded = json!({ "at": "embedded" });
    let function = json!({ "at": "function", "url": format!("http://{host}/routing/{TIANHE}") });
    let first = activate(&server, "440100", &city, embedded, "active").await;
    assert_eq!(first.status, StatusCode::CREATED, "{}", first.text());
    assert_eq!(first.json().get("placement"), None, "{}", first.text());
    let active = activate(&server, TIANHE, &own, function.clone(), "active").await;
    assert_eq!(active.json()["placement"], function, "{}", active.text());
    let asked = attempts(&server).await;
    assert_eq!(asked[0]["outcome"], "answered", "{asked}");
    assert_eq!(asked[0]["placement"], "function");
    assert_eq!(asked[0]["function"], host.as_str());
    assert_eq!(asked[0]["canary"], false);
    assert_eq!(asked[0]["rule"]["image"], own.as_str());
    // The image itself, in this host, says the same bytes.
    let (_, decision) = answering(&server).await;
    let again = server
        .post(
            "auditor",
            &format!("/api/v1/decisions/{decision}/replay"),
            json!({}),
        )
        .await
        .json();
    assert_eq!(again["same"], true, "{again}");
    assert_eq!(again["attempts"][0]["result"], "same", "{again}");
    // A function that runs another image decides nothing; the city does.
    let other = json!({ "at": "function", "url": format!("http://{host}/routing/city") });
    activate(&server, TIANHE, &own, other, "active").await;
    let asked = attempts(&server).await;
    assert_eq!(asked[0]["failure"], "wrong_image", "{asked}");
    assert!(asked[0]["detail"].to_string().contains(&city), "{asked}");
    assert_eq!(asked[1]["outcome"], "answered");
    assert_eq!(asked[1]["placement"], "embedded");
    // What a function did wrong is no matter of the image.
    let (_, decision) = answering(&server).await;
    let again = server
        .post(
            "auditor",
            &format!("/api/v1/decisions/{decision}/replay"),
            json!({}),
        )
        .await
        .json();
    assert_eq!(again["same"], true, "{again}");
    assert_eq!(again["attempts"][0]["result"], "hosts_own", "{again}");
}

#[tokio::test]
async fn what_is_no_function_is_refused() {
    let server = Server::with_platform();
    let [city, _] = two_images(&server).await;
    let function = |url: &str| json!({ "at": "function", "url": url });
    let good = function("https://tianhe.example.org/routing/440106");
    for (placement, mode, field) in [
        (
            function("https://user:secret@a/b"),
            "active",
            "placement.url",
        ),
        (function("tianhe"), "active", "placement.url"),
        (good.clone(), "shadow", "placement"),
    ] {
        let answer = activate(&server, TIANHE, &city, placement, mode).await;
        assert_eq!(answer.outcome(), "422 invalid-input", "{}", answer.text());
        let text = answer.text();
        assert!(text.contains(field), "{text} lacks {field}");
        assert!(!text.contains("secret"), "{text}");
    }
    let unknown = json!({ "at": "moon" });
    let answer = activate(&server, TIANHE, &city, unknown, "active").await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{}", answer.text());
}
