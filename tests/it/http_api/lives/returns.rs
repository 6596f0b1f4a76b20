//! Returns, joint handling, coordination (Art. 16–18).

use serde_json::{Value, json};

use super::actors;
use crate::http_api::server::Server;
use crate::http_api::story::{Story, at};

/// Three units return the order; an authority's opinion says whose it is.
pub(super) async fn to_coordination() -> String {
    let server = Server::acted_by(&actors(), &at("09-18T09:00"));
    let request = json!({
        "order_type": "help_request", "channel": "phone", "text": "有件事想请你们帮忙。",
    });
    let mut story = Story::begin(&server, request).await;
    first(&mut story).await;
    jointly(&mut story).await;
    third(&mut story).await;
    coordinated(&mut story).await;
    story.log
}

/// Whose it is stays disputed after one return, and the centre does not wait for a third.
pub(super) async fn to_coordination_by_hand() -> String {
    let server = Server::acted_by(&actors(), &at("09-18T09:00"));
    let request = json!({
        "order_type": "help_request", "channel": "phone", "text": "有件事想请你们帮忙。",
    });
    let mut story = Story::begin(&server, request).await;
    let by_hand = json!({"reason": "职责有争议。"});
    story
        .give("operator", "coordination", by_hand.clone())
        .await;
    story
        .give("operator", "dispatch", unit("GZ-CGJ", false))
        .await;
    story.give("chengguan", "return", not_ours()).await;
    story
        .give("operator", "coordination", by_hand.clone())
        .await;
    story
        .give("operator", "return-decision", decide("approve"))
        .await;
    story
        .give("chengguan", "coordination", by_hand.clone())
        .await;
    story.give("operator", "coordination", by_hand).await;
    story.log
}

fn unit(code: &str, joint: bool) -> Value {
    json!({"unit": code, "joint": joint})
}

fn decide(decision: &str) -> Value {
    json!({"decision": decision, "reason": "经核实。"})
}

fn not_ours() -> Value {
    json!({
        "ground": {
            "ground": "duty_authority",
            "own_functions": "负责市容环境卫生管理。",
            "outside_part": "消防通道不在职责内。",
        },
        "reason": "职责不符。",
        "suggested_unit": "GZ-GAJ",
    })
}

async fn first(story: &mut Story<'_>) {
    story
        .give("operator", "dispatch", unit("GZ-CGJ", true))
        .await;
    story
        .give("operator", "dispatch", unit("GZ-CGJ", false))
        .await;
    let unproven =
        json!({"ground": {"ground": "facility_maintenance"}, "reason": "非我单位设施。"});
    story.give("chengguan", "return", unproven).await;
    story
        .give("operator", "late-return", json!({"reason": "情况特殊。"}))
        .await;
    story.give("chengguan", "return", not_ours()).await;
    story
        .give("chengguan", "return-decision", decide("approve"))
        .await;
    story
        .give("operator", "return-decision", decide("approve"))
        .await;
    story
        .give("operator", "dispatch", unit("GZ-CGJ", false))
        .await;
}

async fn jointly(story: &mut Story<'_>) {
    story
        .give("operator", "dispatch", unit("GZ-SCJG", true))
        .await;
    let named = |units: &[&str]| {
        let units: Vec<Value> = units
            .iter()
            .map(|unit| json!({"unit": unit, "part": "核查场地产权。"}))
            .collect();
        json!({ "units": units })
    };
    story
        .give("shijian", "assisting-units", named(&["GZ-STHJ", "GZ-STHJ"]))
        .await;
    story
        .give("shijian", "assisting-units", named(&["GZ-STHJ", "GZ-GAJ"]))
        .await;
    let content = json!({"content": "场地产权属街道。"});
    story.give("bianban", "assistance", content.clone()).await;
    story.give("shengtai", "assistance", content).await;
    let reason = json!({"reason": "不涉及治安。"});
    story
        .give("operator", "assistance-objection", reason.clone())
        .await;
    story.give("gongan", "assistance-objection", reason).await;
    let of = |code: &str| json!({"unit": code, "decision": "approve", "reason": "确不涉及。"});
    story
        .give("operator", "objection-decision", of("GZ-STHJ"))
        .await;
    story
        .give("operator", "objection-decision", of("GZ-GAJ"))
        .await;
    story.give("shijian", "return", not_ours()).await;
    story
        .give("operator", "return-decision", decide("approve"))
        .await;
}

async fn third(story: &mut Story<'_>) {
    story
        .give("operator", "dispatch", unit("GZ-STHJ", false))
        .await;
    // Verification ran out at the end of the second working day.
    story.on("09-22T10:00").await;
    story.give("shengtai", "return", not_ours()).await;
    story
        .give("operator", "late-return", json!({"reason": "情况特殊。"}))
        .await;
    story.give("shengtai", "return", not_ours()).await;
    story
        .give("operator", "return-decision", decide("approve"))
        .await;
}

async fn coordinated(story: &mut Story<'_>) {
    let ask = |adviser: &str| json!({"dispute": "duty_division", "adviser": adviser, "question": "由哪个部门负责？"});
    story
        .give("operator", "opinion-request", ask("GZ-NONE"))
        .await;
    story
        .give("operator", "opinion-request", ask("GZ-BB"))
        .await;
    story
        .give("operator", "dispatch", unit("GZ-CGJ", false))
        .await;
    let mut opinion = json!({
        "opinion": "由市城市管理部门负责。",
        "document": {"kind": "document", "reference": "doc-1"},
    });
    story.give("operator", "opinion", opinion.clone()).await;
    story.give("gongan", "opinion", opinion.clone()).await;
    story.give("bianban", "opinion", opinion.clone()).await;
    opinion["adviser"] = json!("GZ-BB");
    story.give("operator", "opinion", opinion).await;
    story
        .give("operator", "dispatch", unit("GZ-CGJ", false))
        .await;
    story.give("chengguan", "return", not_ours()).await;
    story.give("chengguan", "accept", json!({})).await;
    story.give("chengguan", "accept", json!({})).await;
}
