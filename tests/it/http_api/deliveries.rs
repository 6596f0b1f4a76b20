//! Messages on their way out, over HTTP: shown with their order, listed, confirmed, tried anew.

use std::fs;
use std::sync::Arc;

use axum::http::StatusCode;
use lifecycle::directory::Directory;
use notify::Senders;
use serde_json::json;

use super::server::{Server, unclear};

/// The centre is told by a webhook that nobody listens at, whose channel has a channel system's name.
fn senders() -> Arc<Senders> {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("notify.toml");
    fs::write(
        folder.path().join("secret"),
        "a-secret-of-more-than-16-bytes",
    )
    .expect("written");
    let settings = "
        channels.channel = { webhook = \"http://127.0.0.1:9/\", secret = { file = \"secret\" } }
        routes.center = [{ channel = \"channel\" }]";
    fs::write(&file, settings).expect("written");
    Arc::new(Senders::from_file(&file, &Directory::default()).expect("a good file"))
}

#[tokio::test]
#[expect(clippy::too_many_lines, reason = "one story, told in order")]
async fn a_delivery_is_shown_listed_and_confirmed() {
    let server = Server::telling(senders());
    let order = server.register(unclear()).await;
    server.advance_to("2026-09-18T09:00:01+08:00").await;
    server.engine().deliver_due(10).expect("a store");
    let path = format!("/api/v1/orders/{order}/messages");
    let messages = server.get("operator", &path).await.json();
    assert_eq!(messages[0]["notice"], "awaits_routing");
    let delivery = &messages[0]["deliveries"][0];
    let expected = json!({
        "id": 1,
        "channel": "channel",
        "state": "pending",
        "attempts": 1,
        "next_at": "2026-09-18T09:01:01+08:00",
        "problem": delivery["problem"],
        "sent_at": null,
        "delivered_at": null,
        "reference": null,
    });
    assert_eq!(*delivery, expected);
    let problem = delivery["problem"].as_str().expect("a problem");
    assert!(problem.starts_with("no answer"), "{problem}");
    let shown = server
        .get("operator", &format!("/api/v1/orders/{order}"))
        .await;
    assert_eq!(shown.json()["messages"], messages);
    assert_eq!(
        server.get("unit", &path).await.status,
        StatusCode::FORBIDDEN
    );

    let receipt = "/api/v1/deliveries/1/receipt";
    let body = json!({"delivered_at": "2026-09-18T09:00:01+08:00", "reference": "gw-7"});
    for (actor, body, outcome) in [
        ("operator", body.clone(), "403 not-permitted"),
        ("other-channel", body.clone(), "404 not-found"),
        ("channel", json!({}), "400 invalid-field"),
        (
            "channel",
            json!({"delivered_at": "2027-01-01T00:00:00+08:00"}),
            "422 invalid-input",
        ),
        ("channel", body.clone(), "200"),
        ("channel", body, "200"),
    ] {
        let answer = server.post(actor, receipt, body).await;
        assert_eq!(answer.outcome(), outcome, "{}", answer.text());
    }
    let list = |query: &str| format!("/api/v1/deliveries{query}");
    let delivered = server.get("admin", &list("?state=delivered")).await.json();
    let line = &delivered["items"][0];
    assert_eq!(
        (&line["order"], &line["reference"]),
        (&json!(order), &json!("gw-7"))
    );
    assert_eq!(line["to"], json!({"recipient": "center"}));
    assert_eq!(delivered["next"], json!(null));
    let failed = server.get("operator", &list("")).await.json();
    assert_eq!(failed["items"], json!([]));
    for (query, outcome) in [
        ("?limit=0", "400 invalid-parameter"),
        ("?state=lost", "400 invalid-parameter"),
    ] {
        assert_eq!(server.get("admin", &list(query)).await.outcome(), outcome);
    }
    let retry = server
        .post("admin", "/api/v1/deliveries/1/retry", json!({}))
        .await;
    assert_eq!(retry.outcome(), "422 invalid-input");
    let unknown = server
        .post("admin", "/api/v1/deliveries/2/retry", json!({}))
        .await;
    assert_eq!(unknown.outcome(), "404 not-found");
}
