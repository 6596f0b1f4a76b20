//! What is missing, what is hidden, what marks an order, and how it is withdrawn (Art. 8–12, 19, 20, 23,
//! 26).

use serde_json::{Value, json};

use super::actors;
use crate::http_api::server::Server;
use crate::http_api::story::{Story, at, evidence, unanswered};

const PHONE: &str = "13800000001";

fn server() -> Server {
    Server::acted_by(&actors(), &at("09-18T09:00"))
}

fn own() -> Value {
    json!({"phone": "+86 138-0000-0001"})
}

fn stranger() -> Value {
    json!({"phone": "13900000009"})
}

/// Something that no rule knows a unit for.
fn unclear(channel: &str) -> Value {
    json!({
        "order_type": "help_request", "channel": channel, "text": "有件事想请你们帮忙。",
        "requester": {"phone": PHONE},
    })
}

/// Art. 12(1), 12(4): the centre calls; who refuses may file anew.
pub(super) async fn by_telephone() -> String {
    let server = server();
    let mut request = unclear("phone");
    request["missing"] = json!("事发地址、时间。");
    let mut first = Story::begin(&server, request).await;
    let supply = |from: Value| json!({"content": "员村二横路，昨晚十点。", "from": from});
    first
        .give("channel", "information", supply(stranger()))
        .await;
    let sufficient = json!({"assessment": "sufficient"});
    first
        .give("operator", "information-assessment", sufficient.clone())
        .await;
    first
        .give("operator", "contact-attempts", unanswered("09-18T09:00"))
        .await;
    let unreachable = json!({"ground": {"ground": "unreachable"}, "note": "联系不上。"});
    first
        .give("operator", "close-incomplete", unreachable)
        .await;
    let refused = json!({
        "ground": {"ground": "refused", "evidence": evidence("rec-7")}, "note": "诉求人拒绝补充。",
    });
    first.give("operator", "close-incomplete", refused).await;
    first.give("channel", "information", supply(own())).await;

    let mut again = unclear("phone");
    again["refiled_from"] = json!(first.id);
    let mut second = Story::begin(&server, again).await;
    let missing = json!({"missing": "具体是什么事。"});
    second
        .give("tianhe", "information-request", missing.clone())
        .await;
    second
        .give("operator", "information-request", missing)
        .await;
    second.give("channel", "information", supply(own())).await;
    second
        .give("operator", "information-assessment", sufficient)
        .await;

    let mut third = unclear("phone");
    third["refiled_from"] = json!(second.id);
    let third = Story::try_to_begin(&server, "channel", third).await;
    [first.log, second.log, third].concat()
}

/// Art. 12(2): one notice, three calendar days.
pub(super) async fn by_network() -> String {
    let server = server();
    let mut request = unclear("online");
    request["missing"] = json!("事发地址。");
    let mut late = Story::begin(&server, request.clone()).await;
    let mut poor = Story::begin(&server, request).await;
    late.on("09-18T09:01").await;
    let unreachable = json!({"ground": {"ground": "unreachable"}, "note": "联系不上。"});
    late.give("operator", "close-incomplete", unreachable).await;
    let verified = json!({"verified": "视频核验身份证。"});
    let supply = json!({"content": "就是那里。", "from": verified});
    poor.give("channel", "information", supply.clone()).await;
    poor.give("operator", "information", supply.clone()).await;
    poor.give("operator", "information", supply.clone()).await;
    let insufficient = json!({"assessment": "insufficient", "note": "仍无地址。"});
    poor.give("operator", "information-assessment", insufficient)
        .await;
    late.on("09-22T00:01").await;
    late.give("operator", "information", supply).await;
    [late.log, poor.log].concat()
}

/// Art. 8(4), 9(2), 10: the real name, and what is hidden.
pub(super) async fn who_asks() -> String {
    let server = server();
    let hidden = |fields: Value, scope: &str| json!({"fields": fields, "scope": scope, "warned": evidence("rec-9")});
    let mut request = unclear("phone");
    request["real_name"] = json!({"ground": "own_information"});
    let mut log = Story::try_to_begin(&server, "operator", request.clone()).await;
    request["requester"] =
        json!({"name": "某某", "id_number": "440106199001011234", "phone": PHONE});
    request["concealment"] = hidden(json!(["phone"]), "handling_units");
    log += &Story::try_to_begin(&server, "operator", request.clone()).await;
    request["concealment"] = hidden(json!([]), "third_parties");
    log += &Story::try_to_begin(&server, "operator", request.clone()).await;
    request["concealment"] = hidden(json!(["name", "phone"]), "third_parties");
    request["real_name"] = json!({"ground": "other_law", "basis": "《个人信息保护法》"});
    request["against_unit"] = json!("GZ-NONE");
    log += &Story::try_to_begin(&server, "operator", request.clone()).await;
    request["against_unit"] = json!("GZ-CGJ");
    request["contact"] = json!("contact-1");
    let mut story = Story::begin(&server, request).await;
    story
        .give(
            "operator",
            "concealment",
            hidden(json!([]), "third_parties"),
        )
        .await;
    let towards_units = hidden(json!(["address"]), "units_and_districts");
    story.give("operator", "concealment", towards_units).await;
    story
        .give(
            "operator",
            "concealment",
            hidden(json!(["address"]), "third_parties"),
        )
        .await;
    log + &story.log
}

/// Art. 9, 19, 20, 23(2), 26, 45: everything that may happen on the way to a withdrawal.
pub(super) async fn withdrawn() -> String {
    let server = server();
    let mut story = Story::begin(&server, unclear("phone")).await;
    let note = json!({"note": "一天内来电三十次。"});
    story.give("tianhe", "conduct", note.clone()).await;
    story.give("operator", "conduct", note).await;
    let urgent = json!({"priority": "urgent", "reason": "涉及人身安全。"});
    story.give("channel", "priority", urgent.clone()).await;
    story.give("operator", "priority", urgent).await;
    let complaint = json!({"order_type": "complaint", "reason": "反映自身权益受损。"});
    story
        .give("operator", "dispatch", json!({"unit": "GZ-CGJ"}))
        .await;
    story.give("chengguan", "type", complaint.clone()).await;
    story.give("operator", "type", complaint.clone()).await;
    story.give("operator", "type", complaint).await;
    extended(&mut story).await;
    added(&mut story).await;
    let other = server.register(unclear("phone")).await;
    let linked = json!({"order": other, "reason": "同一地点。"});
    story.give("operator", "links", linked.clone()).await;
    story.give("operator", "links", linked).await;
    let withdraw = |from: Value| json!({"from": from, "evidence": evidence("rec-5")});
    story
        .give("channel", "withdrawal", withdraw(stranger()))
        .await;
    story.give("channel", "withdrawal", withdraw(own())).await;
    let close = |goes_on: bool| json!({"note": "诉求人已撤回。", "goes_on": goes_on});
    story
        .give("chengguan", "withdrawal-close", close(true))
        .await;
    story
        .give("chengguan", "withdrawal-close", close(false))
        .await;
    let service = json!({"overall": "satisfied", "attitude": "very_satisfied"});
    story
        .give("channel", "service-rating", service.clone())
        .await;
    story.give("channel", "service-rating", service).await;
    story.log
}

async fn extended(story: &mut Story<'_>) {
    let told = |instant: &str| {
        json!({
            "told": "told", "at": at(instant), "method": "sms",
            "evidence": {"kind": "sms_log", "reference": "sms-1"},
        })
    };
    story
        .give("chengguan", "extension-notice", told("09-18T09:00"))
        .await;
    let extend = |days: u16| json!({"period": {"working_days": days}, "reason": "需现场检测。"});
    story.give("chengguan", "extension", extend(11)).await;
    story.give("chengguan", "extension", extend(10)).await;
    story.give("chengguan", "extension", extend(5)).await;
    story
        .give(
            "chengguan",
            "extension-notice",
            json!({"told": "unreachable"}),
        )
        .await;
    story
        .give("chengguan", "extension-notice", told("09-18T09:00"))
        .await;
}

async fn added(story: &mut Story<'_>) {
    story.on("09-21T10:00").await;
    let add = |from: Value| json!({"content": "现场又运来一台打桩机。", "received_at": at("09-21T09:30"), "from": from});
    story.give("channel", "statements", add(stranger())).await;
    story.give("channel", "statements", add(own())).await;
    let seq = story.last("statement_added").await;
    let judge = |statement: u64| {
        json!({
            "statement": statement,
            "effect": "affects_handling",
            "explanation": "已告知期限重新起算。",
            "told": {
                "told": "told", "at": at("09-21T09:50"), "method": "phone",
                "evidence": evidence("rec-3"),
            },
        })
    };
    story
        .give("chengguan", "statement-judgement", judge(1))
        .await;
    story
        .give("chengguan", "statement-judgement", judge(seq))
        .await;
}
