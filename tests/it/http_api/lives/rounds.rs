//! Report, reviews, ratings, the second handling (Art. 5, 16, 21, 22, 24, 27–30).

use serde_json::{Value, json};

use super::actors;
use crate::http_api::server::{Server, noise};
use crate::http_api::story::{Story, at, evidence, reply, report};

/// Night construction in Tianhe, whose office reviews first; dissatisfied twice.
pub(super) async fn twice() -> String {
    let server = Server::reviewed_by(&["440106".to_owned()], &actors(), &at("09-18T09:00"));
    let mut request = noise();
    request["consumer_mediation"] = json!(true);
    let mut story = Story::begin(&server, request).await;
    story.on("09-18T10:00").await;
    reported(&mut story).await;
    reviewed(&mut story).await;
    rated(&mut story, "dissatisfied", "09-18T10:31").await;
    sent_back(&mut story).await;
    again(&mut story).await;
    stated(&mut story).await;
    story.log
}

fn complaint(mediation: Value) -> Value {
    let mut content = json!({"type": "complaint", "handling": "责令停工。"});
    if !mediation.is_null() {
        content["mediation"] = mediation;
    }
    content
}

fn handled(from: &str, until: &str) -> Value {
    report(from, until, complaint(json!({"outcome": "agreed"})))
}

async fn reported(story: &mut Story<'_>) {
    let submit = |content| report("09-18T09:10", "09-18T09:20", content);
    story.give("tianhe", "submit", submit(Value::Null)).await;
    story
        .give("tianhe", "submit", submit(complaint(Value::Null)))
        .await;
    story
        .give("tianhe", "submit", handled("09-18T09:10", "09-18T09:20"))
        .await;
    let mut bare = reply("09-18T09:40");
    bare["evidence"] = json!([]);
    story.give("tianhe", "reply", bare).await;
    story.give("tianhe", "reply", reply("09-18T09:40")).await;
    story
        .give("tianhe", "submit", handled("09-18T09:10", "09-18T09:20"))
        .await;
}

async fn reviewed(story: &mut Story<'_>) {
    let pass = json!({"review": "pass"});
    story
        .give("other-district", "district-review", pass.clone())
        .await;
    let fail = json!({"review": "fail", "reason": "缺少现场照片。"});
    story.give("district", "district-review", fail).await;
    story
        .give("tianhe", "submit", handled("09-18T09:10", "09-18T09:20"))
        .await;
    story
        .give("district", "district-review", pass.clone())
        .await;
    story.give("tianhe", "review", pass.clone()).await;
    story.give("operator", "review", pass).await;
}

async fn rated(story: &mut Story<'_>, rating: &str, instant: &str) {
    story.on(instant).await;
    let given = json!({ "rating": rating });
    story.give("operator", "rating", given.clone()).await;
    story.give("channel", "rating", given).await;
}

fn called_back(instant: &str) -> Value {
    json!({
        "contacted_at": at(instant), "method": "phone", "reasons": "噪声仍未停止。",
        "evidence": evidence("rec-8"),
    })
}

async fn sent_back(story: &mut Story<'_>) {
    let reason = json!({"reason": "诉求人称噪声仍在。"});
    story.give("operator", "send-back", reason.clone()).await;
    story
        .give("tianhe", "follow-up", called_back("09-18T10:31"))
        .await;
    story
        .give("operator", "follow-up", called_back("09-18T10:31"))
        .await;
    let mediated = json!({
        "reason": "已调解。",
        "exclusion": {
            "ground": "suggestion_not_adopted",
            "proof": {"kind": "document", "reference": "doc-4"},
        },
    });
    story.give("operator", "close", mediated).await;
    story.give("operator", "send-back", reason).await;
}

/// The second handling can be neither returned nor extended (Art. 29(2)).
async fn again(story: &mut Story<'_>) {
    let not_ours = json!({
        "ground": {"ground": "jurisdiction_area", "own_area": "越秀区。"}, "reason": "不在辖区。",
    });
    story.give("tianhe", "return", not_ours).await;
    let extend = json!({"period": {"working_days": 1}, "reason": "需复查。"});
    story.give("tianhe", "extension", extend).await;
    story.on("09-18T11:00").await;
    story.give("tianhe", "reply", reply("09-18T10:50")).await;
    story
        .give("tianhe", "submit", handled("09-18T10:40", "09-18T10:50"))
        .await;
    let pass = json!({"review": "pass"});
    story
        .give("district", "district-review", pass.clone())
        .await;
    story.give("operator", "review", pass).await;
    rated(story, "very_dissatisfied", "09-18T11:01").await;
    story
        .give("operator", "send-back", json!({"reason": "再次发回。"}))
        .await;
    story
        .give("operator", "follow-up", called_back("09-18T11:01"))
        .await;
}

/// The diligence statement, and the objection to it (Art. 25(2)(4), 30(3)).
async fn stated(story: &mut Story<'_>) {
    let statement = json!({"statement": "已三次到场执法。"});
    story
        .give("chengguan", "diligence-statement", statement.clone())
        .await;
    let object = |guidance: Value| {
        json!({
            "case": {"case": "statement_objection"}, "requirement": "说明到场记录。",
            "guidance_unit": guidance,
        })
    };
    story
        .give("operator", "supervision", object(json!("GZ-CGJ")))
        .await;
    story.give("tianhe", "diligence-statement", statement).await;
    story
        .give("operator", "supervision", object(Value::Null))
        .await;
    story
        .give("operator", "supervision", object(json!("GZ-CGJ")))
        .await;
    let seq = story.last("supervised").await;
    let answer = json!({"supervision": seq, "answer": "附到场记录。"});
    story
        .give("chengguan", "supervision-answer", answer.clone())
        .await;
    story
        .give(
            "operator",
            "supervision-review",
            json!({"supervision": seq}),
        )
        .await;
    story.give("tianhe", "supervision-answer", answer).await;
    story
        .give(
            "operator",
            "supervision-review",
            json!({"supervision": seq}),
        )
        .await;
}

/// Ends of other kinds: grounds of the Measures, repeats, and a dissatisfied requester whose order is
/// not handled again (Art. 16(2), 24, 29(3)).
pub(super) async fn other_ends() -> String {
    let server = Server::acted_by(&actors(), &at("09-18T09:00"));
    let mut story = Story::begin(&server, noise()).await;
    story.on("09-18T10:00").await;
    let ended = |conclusion: Value| {
        let mut report = report("09-18T09:10", "09-18T09:20", Value::Null);
        report["conclusion"] = conclusion;
        report
    };
    let ground = |ground: &str| {
        json!({
            "conclusion": "statutory_disposition", "ground": ground,
            "basis": "已进入诉讼程序。", "guidance": "请向人民法院反映。",
        })
    };
    story.give("tianhe", "submit", ended(ground("NONE"))).await;
    let repeat = json!({"conclusion": "repeat", "earlier": story.id});
    story.give("tianhe", "submit", ended(repeat)).await;
    let listed = json!({"conclusion": "long_term_progress", "earlier": story.id});
    story.give("tianhe", "submit", ended(listed)).await;
    let refused = json!({"conclusion": "refused", "evidence": evidence("rec-2")});
    story.give("tianhe", "submit", ended(refused)).await;
    story
        .give("operator", "review", json!({"review": "pass"}))
        .await;
    rated(&mut story, "dissatisfied", "09-18T10:31").await;
    story
        .give("operator", "follow-up", called_back("09-18T10:31"))
        .await;
    let exclusion = json!({
        "reason": "诉求人拒绝配合。",
        "exclusion": {"ground": "requester_unavailable", "proof": evidence("rec-2")},
    });
    story.give("operator", "close", exclusion).await;
    story.log
}
