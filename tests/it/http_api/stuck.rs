//! What fell due and cannot be carried out, over HTTP: listed, tried anew, and gone once it is done.

use rusqlite::Connection;
use serde_json::json;

use super::server::{Server, noise};

/// Replaces an order as the store keeps it, behind its back; gives what was there.
fn replace(server: &Server, order: &str, state: &str) -> String {
    let file = server.data().join("kapok.db");
    let connection = Connection::open(file).expect("a database");
    let before = "SELECT state FROM orders WHERE id = ?1";
    let before = connection.query_row(before, [order], |row| row.get(0));
    let change = "UPDATE orders SET state = ?2 WHERE id = ?1";
    let changed = connection.execute(change, [order, state]);
    assert_eq!(changed.expect("written"), 1);
    before.expect("an order")
}

#[tokio::test]
#[expect(clippy::too_many_lines, reason = "one story, told in order")]
async fn what_is_stuck_is_listed_and_tried_anew() {
    const LIST: &str = "/api/v1/due-items/stuck";
    let server = Server::new();
    let order = server.register(noise()).await;
    let other = server.register(noise()).await;
    server.advance_to("2026-09-18T09:00:01+08:00").await;
    let good = replace(&server, &order, "{}");
    // Verification ends at 24:00 of Monday, because Sunday is a working day; only the other is marked.
    server.advance_to("2026-09-22T00:00:00.001+08:00").await;
    let events = |history: serde_json::Value| history.to_string();
    let path = format!("/api/v1/orders/{other}/history");
    let shown = events(server.get("operator", &path).await.json());
    assert!(shown.contains("deadline_marked"), "{shown}");

    let listed = server.get("operator", LIST).await.json();
    let item = &listed["items"][0];
    let id = item["id"].as_str().expect("an id").to_owned();
    let expected = json!({
        "id": id,
        "kind": "timer",
        "order": order,
        "dossier": null,
        "knowledge": null,
        "deadline": "verification",
        "since": "2026-09-22T00:00:00+08:00",
        "attempts": 1,
        "last_error": item["last_error"],
        "next_at": "2026-09-22T00:01:00.001+08:00",
    });
    assert_eq!(*item, expected);
    let problem = item["last_error"].as_str().expect("a problem");
    assert!(
        problem.starts_with("the store failed to load an order"),
        "{problem}"
    );
    assert_eq!(listed["next"], json!(null));
    let retry = |id: &str| format!("{LIST}/{id}/retry");
    for (actor, path, outcome) in [
        ("unit", LIST.to_owned(), "403 not-permitted"),
        ("auditor", LIST.to_owned(), "403 not-permitted"),
        ("admin", format!("{LIST}?limit=0"), "400 invalid-parameter"),
        ("admin", format!("{LIST}?after=x"), "422 invalid-input"),
        ("admin", format!("{LIST}?limit=1"), "200"),
    ] {
        let answer = server.get(actor, &path).await;
        assert_eq!(
            answer.outcome(),
            outcome,
            "{actor} {path}: {}",
            answer.text()
        );
    }
    for (actor, path, outcome) in [
        ("operator", retry(&id), "403 not-permitted"),
        ("admin", retry("timer-x"), "404 not-found"),
        ("admin", retry(&id), "200"),
    ] {
        let answer = server.post(actor, &path, json!({})).await;
        assert_eq!(
            answer.outcome(),
            outcome,
            "{actor} {path}: {}",
            answer.text()
        );
    }
    // Tried at once, and stuck again; then it is mended, and done before its time.
    server.advance_to("2026-09-22T00:00:00.002+08:00").await;
    let listed = server.get("admin", LIST).await.json();
    assert_eq!(listed["items"][0]["attempts"], 2, "{listed}");
    replace(&server, &order, &good);
    let answer = server.post("admin", &retry(&id), json!({})).await;
    assert_eq!(answer.json()["next_at"], json!(null), "{}", answer.text());
    server.advance_to("2026-09-22T00:00:00.003+08:00").await;
    assert_eq!(server.get("admin", LIST).await.json()["items"], json!([]));
    let path = format!("/api/v1/orders/{order}/history");
    let shown = events(server.get("operator", &path).await.json());
    assert!(shown.contains("deadline_marked"), "{shown}");
}
