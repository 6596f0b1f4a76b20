//! R7: a complaint about a unit's staff goes there by a person alone, and its leader alone sees it.

use serde_json::{Value, json};

use super::server::{Server, UNIT, noise};

fn about_staff() -> Value {
    let mut request = noise();
    request["against_unit"] = json!(UNIT);
    request
}

#[tokio::test]
async fn the_leader_alone_sees_and_handles_it() {
    let server = Server::new();
    // The routing rule is as sure of the unit as it is without the complaint.
    let plain = server
        .post("operator", "/api/v1/orders", noise())
        .await
        .json();
    assert_eq!(plain["unit"], UNIT);
    let answer = server
        .post("operator", "/api/v1/orders", about_staff())
        .await;
    let order = answer.json();
    assert_eq!(order["stage"], "awaiting_dispatch");
    assert_eq!(order["queue"], "against_unit");
    let id = order["id"].as_str().expect("a number");
    let path = format!("/api/v1/orders/{id}");
    let dispatch = json!({"unit": UNIT});
    let answer = server
        .post("operator", &format!("{path}/dispatch"), dispatch)
        .await;
    assert_eq!(answer.outcome(), "200");
    for (actor, read, given) in [
        (
            "unit",
            "403 not-the-handling-unit",
            "403 not-the-handling-unit",
        ),
        (
            "other-unit",
            "403 not-the-handling-unit",
            "403 not-the-handling-unit",
        ),
        ("leader", "200", "200"),
    ] {
        for below in [
            "",
            "/history",
            "/explain",
            "/messages",
            "/requester?purpose=x",
        ] {
            let answer = server.get(actor, &format!("{path}{below}")).await;
            assert_eq!(answer.outcome(), read, "{actor} {below}");
        }
        let list = server.get(actor, "/api/v1/orders").await.text();
        assert_eq!(list.contains(id), actor == "leader", "{actor}");
        let answer = server
            .post(actor, &format!("{path}/accept"), json!({}))
            .await;
        assert_eq!(answer.outcome(), given, "{actor}");
    }
    let seen = server.get("leader", &path).await.json();
    assert_eq!(seen["against_unit"], UNIT);
    let last = seen["history"]
        .as_array()
        .and_then(|it| it.last())
        .expect("an entry");
    assert_eq!(last["by"]["role"], "leader");
    // What else the unit has, both see.
    let other = plain["id"].as_str().expect("a number");
    for actor in ["unit", "leader"] {
        let list = server.get(actor, "/api/v1/orders").await.text();
        assert!(list.contains(other), "{actor}");
    }
}
