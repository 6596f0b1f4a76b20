//! How an order stands, for its requester (R10), and what links orders of several requesters.

use serde_json::{Value, json};

use super::server::{Server, UNIT, noise};

fn path(id: &str) -> String {
    format!("/api/v1/orders/{id}/progress")
}

fn from(member: &str, value: &str) -> Value {
    json!({"from": {member: value}})
}

const NUMBER: &str = "13800000001";

/// From that number.
fn numbered() -> Value {
    let mut request = noise();
    request["requester"] = json!({"phone": NUMBER});
    request
}

#[tokio::test]
async fn it_is_told_to_the_requester_and_refused_alike_to_all_others() {
    let server = Server::new();
    let id = server.register(numbered()).await;
    let own = from("phone", NUMBER);
    for actor in ["channel", "other-channel", "operator"] {
        let answer = server.post(actor, &path(&id), own.clone()).await;
        assert_eq!(answer.outcome(), "200", "{actor}");
        let told = answer.json();
        assert_eq!(told["id"], id.as_str());
        assert_eq!(told["stage"], "awaiting_verification");
        assert_eq!(told["unit"], UNIT);
        assert_eq!(told["due_at"], "2026-10-10T00:00:00+08:00");
        assert_eq!(told["reply"], Value::Null);
        // What the order is about, and who asks, was said by the requester; it is not repeated.
        assert!(!answer.text().contains(NUMBER), "{}", answer.text());
    }
    let verified = from("verified", "回拨核实。");
    let answer = server.post("operator", &path(&id), verified.clone()).await;
    assert_eq!(answer.outcome(), "200");
    // Another number, no such order, a way that is not the channel's: one and the same answer.
    let mut refusals = Vec::new();
    for (id, body) in [
        (id.as_str(), from("phone", "13800009999")),
        (id.as_str(), from("account", NUMBER)),
        (id.as_str(), verified),
        ("20260918-NOBODYXXXX", own.clone()),
    ] {
        let answer = server.post("channel", &path(id), body).await;
        assert_eq!(answer.outcome(), "403 not-the-requester");
        let mut problem = answer.json();
        let members = problem.as_object_mut().expect("a problem");
        // Which request it was, and where.
        members.retain(|name, _| !["instance", "request_id"].contains(&name.as_str()));
        refusals.push(problem);
    }
    for refusal in &refusals {
        assert_eq!(refusal, &refusals[0]);
    }
    for actor in ["unit", "leader", "district", "auditor", "admin"] {
        let answer = server.post(actor, &path(&id), own.clone()).await;
        assert_eq!(answer.outcome(), "403 not-permitted", "{actor}");
    }
}

#[tokio::test]
async fn orders_about_one_matter_are_linked_both_ways_and_go_their_own() {
    let server = Server::new();
    let one = server.register(noise()).await;
    let other = server.register(noise()).await;
    let shown = async |actor: &'static str, id: &str| {
        server
            .get(actor, &format!("/api/v1/orders/{id}"))
            .await
            .json()
    };
    let before = shown("operator", &other).await;
    let link = json!({"order": other, "reason": "同一工地。"});
    let command = format!("/api/v1/orders/{one}/links");
    let answer = server.post("operator", &command, link).await;
    assert_eq!(answer.json()["same_matter_as"], json!([other]));
    server.advance_to("2026-09-18T09:01:00+08:00").await;
    let after = shown("operator", &other).await;
    assert_eq!(after["same_matter_as"], json!([one]));
    assert_eq!(after["deadlines"], before["deadlines"]);
    assert_eq!(shown("unit", &other).await["same_matter_as"], json!([one]));
    let course = server
        .get("operator", &format!("/api/v1/orders/{other}/explain"))
        .await;
    assert!(course.text().contains("各自办理"), "{}", course.text());
    // A channel speaks for one requester and hears of no other's order.
    let filed = server
        .post("channel", "/api/v1/orders", noise())
        .await
        .json();
    let filed = filed["id"].as_str().expect("a number");
    let link = json!({"order": one, "reason": "同一工地。"});
    server
        .post("operator", &format!("/api/v1/orders/{filed}/links"), link)
        .await;
    let seen = server
        .get("channel", &format!("/api/v1/orders/{filed}"))
        .await;
    assert_eq!(seen.json()["same_matter_as"], json!([]));
    assert!(!seen.text().contains(&one), "{}", seen.text());
}

#[tokio::test]
async fn a_matter_marks_its_orders() {
    let server = Server::new();
    let id = server.register(noise()).await;
    let supervise = json!({"case": {"case": "long_term"}, "requirement": "采取有效措施。"});
    let supervision = format!("/api/v1/orders/{id}/supervision");
    let answer = server
        .post("operator", &supervision, supervise.clone())
        .await;
    assert_eq!(answer.outcome(), "422 supervision-unfounded");
    let matter = json!({
        "title": "员村街道夜间施工扰民", "criteria": "多人持续反映。", "units": [UNIT], "orders": [id],
    });
    let opened = server
        .post("operator", "/api/v1/long-term-matters", matter)
        .await;
    let matter = opened.json()["id"].clone();
    server.advance_to("2026-09-18T09:01:00+08:00").await;
    let answer = server.post("operator", &supervision, supervise).await;
    assert_eq!(answer.outcome(), "200");
    assert_eq!(answer.json()["long_term"], matter);
    // Nobody makes the mark by hand.
    let by_hand = format!("/api/v1/orders/{id}/long-term");
    let answer = server
        .post("operator", &by_hand, json!({"matter": "LT-1"}))
        .await;
    assert_eq!(answer.outcome(), "404 not-found");
}
