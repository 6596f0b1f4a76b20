//! An overdue order, what the escalation rule proposes, and supervision (Art. 15, 25).

use serde_json::json;

use super::actors;
use crate::http_api::server::{Server, noise};
use crate::http_api::story::{Story, at};

/// Two working days overdue the rule proposes to supervise; the centre does not follow it at first.
pub(super) async fn overdue() -> String {
    let server = Server::acted_by(&actors(), &at("09-18T09:00"));
    let mut story = Story::begin(&server, noise()).await;
    let order = json!({"case": {"case": "overdue"}, "requirement": "限期办结并说明原因。"});
    story.give("operator", "supervision", order.clone()).await;
    // Due at the end of 2026-10-09; asked on the morning of each working day after.
    for morning in ["10-10T00:01", "10-12T00:01", "10-13T00:01", "10-14T09:00"] {
        story.on(morning).await;
    }
    let seen = story.seen_by("operator").await;
    let open = &seen["proposals"][0];
    assert_eq!(open["action"], "supervise", "{}", seen["proposals"]);
    let dismiss = |proposal: u64| json!({"advice": open["advice"], "proposal": proposal, "reason": "已电话催办。"});
    story
        .give("operator", "proposal-dismissal", dismiss(99))
        .await;
    let proposal = open["proposal"].as_u64().expect("a position");
    story
        .give("operator", "proposal-dismissal", dismiss(proposal))
        .await;
    story.give("operator", "supervision", order).await;
    let seq = story.last("supervised").await;
    let mut answer = json!({"supervision": seq, "answer": "已停工。"});
    story
        .give("tianhe", "supervision-answer", answer.clone())
        .await;
    answer["delay_explanation"] = json!("检测排期延误。");
    story
        .give("tianhe", "supervision-answer", answer.clone())
        .await;
    let rejected = json!({"supervision": seq, "rejected": "未附检测报告。"});
    story
        .give("tianhe", "supervision-review", rejected.clone())
        .await;
    story.give("operator", "supervision-review", rejected).await;
    story.give("tianhe", "supervision-answer", answer).await;
    story
        .give(
            "operator",
            "supervision-review",
            json!({"supervision": seq}),
        )
        .await;
    story.log
}
