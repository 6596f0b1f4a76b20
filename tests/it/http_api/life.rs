//! Whole lives of orders under a manual clock, and what repeated and conditional requests do.

use axum::http::StatusCode;
use expect_test::expect;
use serde_json::{Value, json};

use super::server::{Call, Server, UNIT, noise, unclear};
use super::story::{self, Story, events};

/// What a unit submits.
fn report(content: Value) -> Value {
    story::report("09-18T09:10", "09-18T09:20", content)
}

#[tokio::test]
async fn the_main_path_from_a_request_to_its_end() {
    let server = Server::new();
    let handled = report(json!({"type": "help_request", "measures": "已办结。"}));
    let mut story = Story::begin(&server, unclear()).await;
    story.give("operator", "route", json!({})).await;
    let unit = json!({ "unit": UNIT });
    story.give("operator", "dispatch", unit).await;
    story.now("10:00").await;
    story.give("unit", "accept", json!({})).await;
    story.now("11:00").await;
    story.give("unit", "submit", handled.clone()).await;
    let reply = json!({
        "replied_at": "2026-09-18T10:40:00+08:00",
        "method": "phone",
        "content": REPLY,
        "evidence": [{"kind": "recording", "reference": "rec-1"}],
    });
    story.give("unit", "reply", reply).await;
    story.give("unit", "submit", handled.clone()).await;
    let fail = json!({"review": "fail", "reason": "未写明是否复查。"});
    story.give("operator", "review", fail).await;
    story.give("unit", "submit", handled.clone()).await;
    let pass = json!({"review": "pass"});
    story.give("operator", "review", pass).await;
    assert_eq!(story.now("11:01").await["more"], false);
    let other = json!({"other": "还行吧"});
    story.give("channel", "rating", other).await;
    let satisfied = json!({"rating": "satisfied"});
    story.give("channel", "rating", satisfied.clone()).await;
    story.give("channel", "rating", satisfied).await;
    expect![[r#"
        route by operator: 200 v3 awaiting_dispatch, dispatch by 2026-09-21T00:00:00+08:00: routing_advised
        dispatch by operator: 200 v4 awaiting_verification, verification by 2026-09-22T00:00:00+08:00: dispatched
        accept by unit: 200 v5 in_handling, handling by 2026-10-10T00:00:00+08:00: duty_accepted
        submit by unit: 422 reply-missing the requester must be told the result before the report is submitted (第二十一条第二款)
        reply by unit: 200 v6 in_handling, handling by 2026-10-10T00:00:00+08:00: replied
        submit by unit: 200 v7 under_review, - by -: submitted
        review by operator: 200 v8 in_handling, handling by 2026-10-10T00:00:00+08:00: review_failed
        submit by unit: 200 v9 under_review, - by -: submitted
        review by operator: 200 v10 awaiting_rating_offer, rating_offer by 2026-09-19T11:00:00+08:00: review_passed
        rating by channel: 200 v12 awaiting_rating, rating by 2026-09-24T00:00:00+08:00: invalid_rating_received
        rating by channel: 200 v14 closed CR12, - by -: rated closed
        rating by channel: 422 already-rated the order is rated already (第二十七条第三项)
    "#]].assert_eq(&story.log);
    is_fully_explained(&story).await;
}

/// What the unit told the requester.
const REPLY: &str = "已责令停工，感谢反映。";

/// At its end an order shows everything that happened and why.
async fn is_fully_explained(story: &Story<'_>) {
    let path = format!("/api/v1/orders/{}", story.id);
    let shown = story.server.get("operator", &path).await;
    let order = shown.json();
    let tag = format!("\"{}\"", order["version"]);
    assert_eq!(shown.header("etag"), Some(tag.as_str()));
    assert_eq!(order["closed"]["code"], "CR12");
    let happened = events(&order, "history").replace(' ', "\n");
    expect![[r#"
        registered
        routing_advised
        routing_advised
        dispatched
        duty_accepted
        replied
        submitted
        review_failed
        submitted
        review_passed
        rating_offered
        invalid_rating_received
        rated
        closed"#]]
    .assert_eq(&happened);
    let explained = &order["deadlines"][1]["explanation"]["zh"];
    expect!["2026-09-18 09:00 转派,按第十六条2个工作日,自2026-09-20(下一个工作日)0时起算,只计工作日,计入09-20、09-21,于2026-09-21 24:00到期"].assert_eq(explained.as_str().expect("a text"));
    let reply = &order["assignments"][0]["reply"]["content"];
    let reference = reply.as_str().expect("a reference");
    assert_eq!(order["texts"][reference], REPLY);
    let mut messages = order["messages"].as_array().expect("messages").iter();
    assert!(messages.any(|message| message["notice"] == "rating_offered"));
    let history = story.server.get("operator", &story.path("history")).await;
    assert_eq!(history.json(), order["history"]);
}

#[tokio::test]
async fn a_clear_request_is_dispatched_by_its_rules_and_says_why() {
    let server = Server::new();
    let registered = server.post("operator", "/api/v1/orders", noise()).await;
    let order = registered.json();
    let id = order["id"].as_str().expect("a number");
    assert_eq!(
        registered.header("location"),
        Some(&*format!("/api/v1/orders/{id}"))
    );
    assert_eq!(registered.header("etag"), Some("\"3\""));
    assert_eq!(order["stage"], "awaiting_verification");
    assert_eq!(order["unit"], UNIT);
    assert_eq!(
        events(&order, "events"),
        "registered routing_advised dispatched"
    );
    let whole = server
        .get("unit", &format!("/api/v1/orders/{id}"))
        .await
        .json();
    let decision = &whole["decisions"][0];
    assert_eq!(decision["decision"], "routing");
    assert_eq!(decision["verdict"][0]["unit"], UNIT);
    assert!(
        decision["verdict"][0]["reason"]
            .as_str()
            .is_some_and(|reason| !reason.is_empty())
    );
    assert_eq!(
        decision["consequence"],
        json!({"kind": "dispatch", "unit": UNIT})
    );
    let attempt = &decision["attempts"][0];
    assert_eq!(attempt["scope"], "440106");
    assert_eq!(attempt["outcome"], "answered");
    let active = server.get("unit", "/api/v1/rules").await.json();
    let rules = active["items"].as_array().expect("rules");
    assert!(
        rules
            .iter()
            .any(|rule| rule["rule"]["image"] == attempt["rule"]["image"])
    );
}

#[tokio::test]
async fn a_dissatisfied_requester_is_called_back_before_the_end() {
    let server = Server::new();
    let mut story = Story::begin(&server, noise()).await;
    let call = |time: &str| {
        let instant = format!("2026-09-18T{time}:00+08:00");
        json!({
            "started_at": instant, "ended_at": instant, "result": "unanswered", "evidence": "log-1",
        })
    };
    // The second one comes too early to count.
    for time in ["09:30", "09:40", "09:50"] {
        story.now(time).await;
        story.give("unit", "contact-attempts", call(time)).await;
    }
    let mut report = report(json!({"type": "complaint", "handling": "责令停工。"}));
    report["reply_exception"] = json!({"exception": "unreachable"});
    story.give("unit", "submit", report.clone()).await;
    story.now("10:05").await;
    story.give("unit", "contact-attempts", call("10:05")).await;
    report["handling_office"] = json!("员村执法队");
    report["remarks"] = json!("已留言。");
    story.give("unit", "submit", report).await;
    let pass = json!({"review": "pass"});
    story.give("operator", "review", pass).await;
    story.now("10:31").await;
    let rating = json!({"rating": "very_dissatisfied"});
    story.give("channel", "rating", rating).await;
    let close = json!({"reason": "经回访，诉求人不再要求办理。"});
    story.give("operator", "close", close.clone()).await;
    let follow_up = json!({
        "contacted_at": "2026-09-18T10:31:00+08:00", "method": "phone", "reasons": "嫌慢。",
    });
    story.give("operator", "follow-up", follow_up).await;
    story.give("operator", "close", close).await;
    expect![[r#"
        contact-attempts by unit: 200 v4 awaiting_verification, verification by 2026-09-22T00:00:00+08:00: contact_attempted
        contact-attempts by unit: 200 v5 awaiting_verification, verification by 2026-09-22T00:00:00+08:00: contact_attempted
        contact-attempts by unit: 200 v6 awaiting_verification, verification by 2026-09-22T00:00:00+08:00: contact_attempted
        submit by unit: 422 too-few-contact-attempts 2 of 3 calls count; a further one from 2026-09-18 10:05:00 (第十二条、第二十一条第一款)
        contact-attempts by unit: 200 v7 awaiting_verification, verification by 2026-09-22T00:00:00+08:00: contact_attempted
        submit by unit: 200 v9 under_review, - by -: duty_accepted submitted
        review by operator: 200 v10 awaiting_rating_offer, rating_offer by 2026-09-19T10:05:00+08:00: review_passed
        rating by channel: 200 v14 awaiting_follow_up, - by -: rated escalation_advised priority_set
        close by operator: 422 follow-up-missing the requester must be called back before the order is ended (第二十八条)
        follow-up by operator: 200 v15 awaiting_follow_up, - by -: followed_up
        close by operator: 200 v16 closed CR15, - by -: closed
    "#]].assert_eq(&story.log);
}

#[tokio::test]
async fn other_ends_and_limits() {
    let server = Server::new();
    let question = json!({
        "order_type": "consultation", "channel": "phone",
        "text": "我在广州缴存公积金满一年，租房没有备案合同，每月最多能提取多少？需要什么材料？",
    });
    let mut answered = Story::begin(&server, question).await;
    let point = super::knowledge::published(&server).await.id;
    let answer = json!({
        "knowledge_point": point, "knowledge_version": 1, "answer": "每月最多可提取……",
    });
    answered.give("operator", "answer", answer).await;
    let mut limited = Story::begin(&server, unclear()).await;
    let dispatch = json!({
        "unit": "GZ-CGJ",
        "special_limit": {"period": {"calendar_days": 1}, "basis": "粤府函〔2026〕1号"},
    });
    limited.give("operator", "dispatch", dispatch).await;
    let praise = json!({
        "order_type": "commendation", "channel": "phone",
        "text": "感谢越秀区农林街道工作人员雨天帮我妈妈推轮椅。",
    });
    let mut praised = Story::begin(&server, praise).await;
    let unit = json!({ "unit": UNIT });
    praised.give("operator", "dispatch", unit).await;
    praised.give("unit", "accept", json!({})).await;
    expect![[r#"
        answer by operator: 200 v4 closed CR01, - by -: answered_directly closed
        dispatch by operator: 200 v3 awaiting_verification, handling by 2026-09-20T00:00:00+08:00: dispatched
        dispatch by operator: 200 v3 awaiting_verification, handling by 2026-10-10T00:00:00+08:00: dispatched
        accept by unit: 200 v5 closed CR08, - by -: duty_accepted closed
    "#]].assert_eq(&[answered.log, limited.log, praised.log].concat());
}

#[tokio::test]
async fn what_was_acknowledged_is_there_after_a_restart() {
    let server = Server::new();
    let id = server.register(noise()).await;
    let path = format!("/api/v1/orders/{id}");
    let before = server.get("operator", &path).await;
    let server = server.restarted_at("2026-09-18T09:00:00+08:00");
    let after = server.get("operator", &path).await;
    assert_eq!(after.json(), before.json());
}

#[tokio::test]
async fn a_repeated_request_is_carried_out_once() {
    let server = Server::new();
    let send = async |actor: &str, key: &str, body: &Value| {
        let call = Call::post("/api/v1/orders")
            .by(actor)
            .header("idempotency-key", key);
        server.send(call.json(body)).await
    };
    let first = send("operator", "k-1", &noise()).await;
    assert_eq!(first.header("idempotent-replayed"), None);
    let id = first.json()["id"].as_str().expect("a number").to_owned();
    // The order moves on; the repetition is still answered as the first time.
    let accept = Call::post(&format!("/api/v1/orders/{id}/accept"))
        .by("unit")
        .header("idempotency-key", "k-2");
    let accepted = server.send(accept.clone()).await;
    let again = send("operator", "k-1", &noise()).await;
    assert_eq!(again.status, StatusCode::CREATED);
    assert_eq!(again.header("idempotent-replayed"), Some("true"));
    assert_eq!(again.text(), first.text());
    assert_eq!(again.header("etag"), first.header("etag"));
    assert_eq!(again.header("location"), first.header("location"));
    let accepted_again = server.send(accept).await;
    assert_eq!(accepted_again.header("idempotent-replayed"), Some("true"));
    assert_eq!(accepted_again.text(), accepted.text());
    // The same key for something else, and from somebody else.
    let other = send("operator", "k-1", &unclear()).await;
    assert_eq!(other.outcome(), "422 idempotency-key-reused");
    let stranger = send("channel", "k-1", &noise()).await;
    assert_eq!(stranger.header("idempotent-replayed"), None);
    let listed = server.get("operator", "/api/v1/orders").await.json();
    assert_eq!(listed["items"].as_array().map(Vec::len), Some(2));
}

#[tokio::test]
async fn the_same_request_sent_by_many_at_once_is_carried_out_once() {
    let server = Server::new();
    let call = Call::post("/api/v1/orders")
        .by("operator")
        .header("idempotency-key", "k-1");
    let call = call.json(&noise());
    let calls = std::iter::repeat_with(|| server.send(call.clone())).take(8);
    let answers = futures_all(calls).await;
    let first = answers.first().expect("answers").text();
    assert!(answers.iter().all(|answer| answer.text() == first));
    let new = answers
        .iter()
        .filter(|answer| answer.header("idempotent-replayed").is_none());
    assert_eq!(new.count(), 1);
}

/// Awaits all of them at once.
async fn futures_all<F: Future>(futures: impl IntoIterator<Item = F>) -> Vec<F::Output> {
    let mut pending: Vec<_> = futures.into_iter().map(Box::pin).collect();
    let mut done = Vec::new();
    std::future::poll_fn(|context| {
        pending.retain_mut(|future| match future.as_mut().poll(context) {
            std::task::Poll::Ready(output) => {
                done.push(output);
                false
            }
            std::task::Poll::Pending => true,
        });
        if pending.is_empty() {
            std::task::Poll::Ready(())
        } else {
            std::task::Poll::Pending
        }
    })
    .await;
    done
}

#[tokio::test]
async fn a_command_may_name_the_version_that_it_is_meant_for() {
    let server = Server::new();
    let id = server.register(noise()).await;
    let path = format!("/api/v1/orders/{id}/accept");
    let send = async |actor: &str, tag: &str| {
        server
            .send(Call::post(&path).by(actor).header("if-match", tag))
            .await
    };
    let stale = send("unit", "\"2\"").await;
    assert_eq!(stale.outcome(), "412 version-conflict");
    assert_eq!(stale.json()["current_version"], 3);
    assert_eq!(stale.header("etag"), Some("\"3\""));
    // Weak tags never match, and permission comes before the version.
    assert_eq!(
        send("unit", "W/\"3\"").await.outcome(),
        "412 version-conflict"
    );
    assert_eq!(
        send("other-unit", "\"2\"").await.outcome(),
        "403 not-the-handling-unit"
    );
    assert_eq!(
        send("auditor", "\"2\"").await.outcome(),
        "403 not-permitted"
    );
    for malformed in ["3", "\"3\", \"4\"", "\"3"] {
        assert_eq!(
            send("unit", malformed).await.outcome(),
            "400 malformed-if-match"
        );
    }
    let fitting = send("unit", "\"3\"").await;
    assert_eq!(fitting.header("etag"), Some("\"4\""));
    // A star takes any version; what it is not possible in is the stage.
    assert_eq!(send("unit", "*").await.outcome(), "422 wrong-stage");
}
