//! The knowledge base over HTTP: the life of a point, a feedback, a change and an outage; direct answers;
//! what repeated, conditional and bad requests do. Files and checks in bulk stand beside.

mod files;
mod searching;

use std::fmt::Write as _;

use axum::http::StatusCode;
use expect_test::expect;
use serde_json::{Value, json};

use super::document::Document;
use super::server::{Answer, Call, Server, UNIT};

const BASE: &str = "/api/v1/knowledge";

/// A point that has what Art. 34 asks for.
fn content() -> Value {
    json!({
        "title": "夜间施工许可办理指南",
        "kind": "service_guide",
        "body": "因特殊工艺需要连续作业的，施工单位应当在施工三日前向住房城乡建设部门申请夜间施工许可。",
        "legal_basis": [{"citation": "《中华人民共和国噪声污染防治法》第四十三条"}],
        "scope": "广州市",
        "subjects": ["施工单位"],
        "conditions": ["因生产工艺要求须连续施工"],
        "relations": [{"to": "service", "name": "夜间施工许可"}],
        "faqs": [{"question": "几点以后不能施工？", "answer": "二十二时至次日六时。"}],
    })
}

fn draft() -> Value {
    json!({"owner": UNIT, "content": content()})
}

/// One entry's life, written down command by command.
pub(crate) struct Story<'a> {
    server: &'a Server,
    place: String,
    pub(crate) id: String,
    log: String,
}

impl<'a> Story<'a> {
    async fn begin(server: &'a Server, actor: &'static str, list: &str, body: Value) -> Self {
        let answer = server.post(actor, &format!("{BASE}/{list}"), body).await;
        assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.text());
        let entry = answer.json();
        let id = entry["id"].as_str().expect("a number").to_owned();
        let place = format!("{BASE}/{list}/{id}");
        assert_eq!(answer.header("location"), Some(&*place));
        let log = format!("{list} by {actor}: {}\n", events(&entry));
        Self {
            server,
            place,
            id,
            log,
        }
    }

    /// Gives a command and writes down what came of it.
    async fn give(&mut self, actor: &'static str, command: &str, body: Value) -> Value {
        let path = format!("{}/{command}", self.place);
        let answer = self.server.post(actor, &path, body).await;
        let entry = answer.json();
        let line = if answer.status.is_success() {
            format!(
                "v{} {}: {}",
                entry["version"],
                entry["stage"].as_str().expect("a stage"),
                events(&entry)
            )
        } else {
            let detail = entry["detail"].as_str().expect("a detail");
            let article = entry["article"].as_str().unwrap_or("-");
            format!("{} [{article}]", detail.replace(&self.id, "ID"))
        };
        let _ = writeln!(
            self.log,
            "{command} by {actor}: {} {line}",
            answer.outcome()
        );
        entry
    }

    async fn shown(&self, actor: &'static str) -> Value {
        self.server.get(actor, &self.place).await.json()
    }

    async fn read(&self, actor: &'static str, part: &str) -> Answer {
        let path = format!("{}/{part}", self.place);
        self.server.get(actor, &path).await
    }

    /// Checks, submits and publishes the draft at a revision.
    async fn publish(&mut self, revision: u32) {
        self.give("unit", "check", json!({ "draft": revision }))
            .await;
        self.give("unit", "submission", json!({})).await;
        let pass = json!({"revision": revision, "verdict": "pass"});
        self.give("leader", "review", pass).await;
    }
}

/// The events of an answer, by name.
fn events(answer: &Value) -> String {
    let events = answer["events"].as_array().expect("events");
    let names: Vec<&str> = events
        .iter()
        .filter_map(|event| event["event"].as_str())
        .collect();
    names.join(" ")
}

/// A point that consultations may be answered from.
pub(crate) async fn published(server: &Server) -> Story<'_> {
    let mut story = Story::begin(server, "unit", "points", draft()).await;
    story.publish(1).await;
    story
}

/// One entry of each kind, by the part of the path that its list has.
pub(crate) async fn entries(server: &Server) -> Vec<(&'static str, String)> {
    let bodies = bodies();
    let mut entries = Vec::new();
    for (list, part) in [
        ("points", "/points/"),
        ("feedback", "/feedback/"),
        ("changes", "/changes/"),
        ("outages", "/outages/"),
    ] {
        let route = format!("{BASE}/{list}");
        let body = bodies.iter().find(|(name, _)| *name == route);
        let (_, body) = body.expect("a body").clone();
        let story = Story::begin(server, "operator", list, body).await;
        entries.push((part, story.id));
    }
    entries
}

/// A body that is good in form for every command on the knowledge base, by its route.
#[expect(
    clippy::too_many_lines,
    reason = "a table with a row for each operation"
)]
pub(crate) fn bodies() -> Vec<(&'static str, Value)> {
    let day = "2026-09-18";
    let now = "2026-09-18T09:00:00+08:00";
    let edit = json!({"content": content(), "validity": {"months": 6}, "longer_reason": "因"});
    vec![
        ("/api/v1/knowledge/points", draft()),
        (
            "/api/v1/knowledge/suggestions",
            json!({"text": "工地半夜施工"}),
        ),
        ("/api/v1/knowledge/points/{number}/draft", edit.clone()),
        ("/api/v1/knowledge/points/{number}/revision", edit),
        (
            "/api/v1/knowledge/points/{number}/check",
            json!({"draft": 1}),
        ),
        (
            "/api/v1/knowledge/points/{number}/review",
            json!({"revision": 1, "verdict": "fail", "reason": "因"}),
        ),
        (
            "/api/v1/knowledge/points/{number}/confirmation",
            json!({"validity": {"months": 6}}),
        ),
        (
            "/api/v1/knowledge/points/{number}/longer-validity",
            json!({"validity": {"until": "2029-01-01"}, "reason": "因"}),
        ),
        (
            "/api/v1/knowledge/points/{number}/longer-validity-decision",
            json!({"of": "published", "verdict": "fail", "reason": "因"}),
        ),
        (
            "/api/v1/knowledge/points/{number}/take-down",
            json!({"reason": "因"}),
        ),
        (
            "/api/v1/knowledge/checks",
            json!({"part": "draft", "unit": UNIT, "limit": 1}),
        ),
        (
            "/api/v1/knowledge/feedback",
            json!({"unit": UNIT, "fault": "new_point", "urgency": "ordinary", "description": "缺"}),
        ),
        (
            "/api/v1/knowledge/feedback/{number}/answer",
            json!({"action": "nothing_to_do", "explanation": "因"}),
        ),
        (
            "/api/v1/knowledge/feedback/{number}/withdrawal",
            json!({"reason": "因"}),
        ),
        (
            "/api/v1/knowledge/changes",
            json!({
                "unit": UNIT, "kind": "business_rule", "title": "题", "summary": "要",
                "effective_on": "2026-10-09", "planned": ["train_agents"],
            }),
        ),
        (
            "/api/v1/knowledge/changes/{number}/amendment",
            json!({"effective_on": "2026-10-12", "summary": "改"}),
        ),
        (
            "/api/v1/knowledge/changes/{number}/passing-on",
            json!({"whom": "district_office", "code": "440106"}),
        ),
        (
            "/api/v1/knowledge/changes/{number}/measures",
            json!({"measure": "train_agents", "done_on": day, "note": "注"}),
        ),
        (
            "/api/v1/knowledge/changes/{number}/closing",
            json!({"note": "注"}),
        ),
        (
            "/api/v1/knowledge/changes/{number}/cancellation",
            json!({"reason": "因"}),
        ),
        (
            "/api/v1/knowledge/outages",
            json!({"unit": UNIT, "system": "穗城管", "state": {"affected": "全部业务"}}),
        ),
        (
            "/api/v1/knowledge/outages/{number}/correction",
            json!({"cause": "因", "affected": "全部业务", "recovery_at": now}),
        ),
        (
            "/api/v1/knowledge/outages/{number}/notices",
            json!({
                "page": "首页", "published_at": now, "cause": "因", "time": "时", "affected": "业务",
                "recovery": "待定",
            }),
        ),
        (
            "/api/v1/knowledge/outages/{number}/scripts",
            json!({"text": "口径"}),
        ),
        (
            "/api/v1/knowledge/outages/{number}/progress",
            json!({"progress": "进展", "support": "script", "script": {"text": "口径"}}),
        ),
        (
            "/api/v1/knowledge/outages/{number}/end",
            json!({"ended_at": now, "note": "注"}),
        ),
    ]
}

#[tokio::test]
#[expect(clippy::too_many_lines, reason = "one story, told in order")]
async fn a_point_from_its_draft_to_its_end() {
    let server = Server::new();
    let mut unfinished = draft();
    unfinished["content"]["legal_basis"] = json!([]);
    let mut story = Story::begin(&server, "unit", "points", unfinished).await;
    story.give("unit", "submission", json!({})).await;
    story.give("unit", "check", json!({"draft": 2})).await;
    let checked = story.give("unit", "check", json!({"draft": 1})).await;
    // Which plugin and image raised it stands beside each finding.
    let check = &checked["point"]["draft"]["checks"][0];
    assert_eq!(check["findings"][0]["severity"], "block", "{checked}");
    assert_eq!(check["rule"]["image"].as_str().map(str::len), Some(64));
    story.give("unit", "submission", json!({})).await;
    let edit = json!({"content": content()});
    story.give("other-unit", "draft", edit.clone()).await;
    story.give("unit", "draft", edit).await;
    story.give("unit", "check", json!({"draft": 2})).await;
    story.give("unit", "submission", json!({})).await;
    let pass = json!({"revision": 2, "verdict": "pass"});
    story.give("unit", "review", pass.clone()).await;
    let fail = json!({"revision": 2, "verdict": "fail", "reason": "正文缺少办理时限。"});
    story.give("leader", "review", fail).await;
    let mut better = content();
    better["body"] = json!("施工单位应当在施工三日前提出申请，审批时限为五个工作日。");
    story
        .give("unit", "draft", json!({ "content": better }))
        .await;
    story.publish(3).await;
    story
        .give("operator", "take-down", json!({"reason": "依据已废止。"}))
        .await;
    story.give("unit", "restoration", json!({})).await;
    story.give("operator", "restoration", json!({})).await;
    better["scope"] = json!("广州市行政区域");
    story
        .give("unit", "revision", json!({ "content": better }))
        .await;
    story.publish(4).await;
    expect![[r#"
        points by unit: opened
        submission by unit: 422 missing-field legal_basis must not be empty [第三十四条]
        check by unit: 422 stale-revision the draft is at revision 1, not 2 [第三十四条]
        check by unit: 200 v2 unpublished: checked
        submission by unit: 422 missing-field legal_basis must not be empty [第三十四条]
        draft by other-unit: 403 not-a-party the entry is not GZ-CGJ's [第三十四条]
        draft by unit: 200 v3 unpublished: edited
        check by unit: 200 v4 unpublished: checked
        submission by unit: 200 v5 unpublished: submitted
        review by unit: 422 same-person the same person wrote or submitted the draft [第三十四条]
        review by leader: 200 v6 unpublished: review_failed
        draft by unit: 200 v7 unpublished: edited
        check by unit: 200 v8 unpublished: checked
        submission by unit: 200 v9 unpublished: submitted
        review by leader: 200 v10 published: published
        take-down by operator: 200 v11 taken_down: taken_down
        restoration by unit: 403 not-permitted this role may not restore_point [第三十三条、第三十四条]
        restoration by operator: 200 v12 published: restored
        revision by unit: 200 v13 published: revised
        check by unit: 200 v14 published: checked
        submission by unit: 200 v15 published: submitted
        review by leader: 200 v16 published: published
    "#]].assert_eq(&story.log);
    let diff = story.read("unit", "diff?from=1&to=2").await.json();
    expect![[r#"
        适用范围
        - 广州市
        + 广州市行政区域
    "#]]
    .assert_eq(diff["text"].as_str().expect("text"));
    // Everybody but channel systems reads what is published; the draft and its history are the unit's.
    let seen = story.read("other-unit", "published").await.json();
    assert_eq!(
        (&seen["number"], &seen["answers"]),
        (&json!(2), &json!(true))
    );
    let earlier = story.read("unit", "versions/1").await.json();
    assert_eq!(earlier["answers"], false);
    for (actor, part, outcome) in [
        ("other-unit", "history", "403 not-a-party"),
        ("other-unit", "versions/2", "200"),
        ("other-unit", "versions/1", "422 point-superseded"),
        ("channel", "published", "403 not-permitted"),
        ("unit", "versions/7", "404 version-not-found"),
        ("unit", "diff?from=1", "422 wrong-knowledge-stage"),
    ] {
        assert_eq!(story.read(actor, part).await.outcome(), outcome, "{part}");
    }
    let explained = story.read("operator", "explanation").await.json();
    let commands = explained["commands"].as_array().expect("commands");
    let confirm = commands
        .iter()
        .find(|it| it["command"] == "confirm_point")
        .expect("a command");
    assert_eq!(confirm["forbidden_by"], json!(null));
    assert_eq!(
        (&confirm["by_unit"], &confirm["by_center"]),
        (&json!(true), &json!(false))
    );
    let expiry = explained["deadlines"]
        .as_array()
        .and_then(|all| all.last())
        .expect("a deadline");
    expect!["2026-09-18 09:00 有效期起算,按第三十五条1年,自2026-09-19(次日)0时起算,至对应日期24时止,于2027-09-18 24:00到期"].assert_eq(expiry["explanation"]["zh"].as_str().expect("text"));
}

#[tokio::test]
async fn validity_is_confirmed_made_longer_and_ends() {
    let server = Server::new();
    let mut story = published(&server).await;
    let expiring = |days: u16| format!("{BASE}/expiring?days={days}");
    let none = server.get("operator", &expiring(30)).await.json();
    assert_eq!(none["count"], 0);
    let all = server.get("operator", &expiring(400)).await.json();
    assert_eq!(all["units"][0]["unit"], UNIT);
    let listed = format!("{BASE}/points?expires_by=2027-12-31&unit={UNIT}");
    let listed = server.get("auditor", &listed).await.json();
    assert_eq!(listed["items"][0]["id"], story.id.as_str());
    let long = json!({"validity": {"until": "2029-12-31"}, "reason": "许可证有效期为三年。"});
    story.give("unit", "longer-validity", long.clone()).await;
    story.give("unit", "longer-validity", long).await;
    let waiting = format!("{BASE}/points?longer=true");
    let waiting = server.get("operator", &waiting).await.json();
    assert_eq!(waiting["items"][0]["longer"], true);
    let pass = json!({"of": "published", "verdict": "pass"});
    story
        .give("unit", "longer-validity-decision", pass.clone())
        .await;
    story
        .give("operator", "longer-validity-decision", pass)
        .await;
    let shown = story.shown("unit").await;
    let validity = &shown["point"]["validity"];
    assert_eq!(validity["expiry"]["due_at"], "2030-01-01T00:00:00+08:00");
    assert_eq!(validity["approved_by"], "operator");
    story
        .give("unit", "confirmation", json!({"validity": {"months": 13}}))
        .await;
    story
        .give("unit", "confirmation", json!({"validity": {"months": 3}}))
        .await;
    // The instant alone decides, whether a timer has fired or not.
    server.advance_to("2026-12-19T00:00:01+08:00").await;
    story.give("unit", "confirmation", json!({})).await;
    assert_eq!(story.shown("unit").await["stage"], "expired");
    assert_eq!(
        story.read("unit", "published").await.outcome(),
        "422 point-expired"
    );
    expect![[r#"
        points by unit: opened
        check by unit: 200 v2 unpublished: checked
        submission by unit: 200 v3 unpublished: submitted
        review by leader: 200 v4 published: published
        longer-validity by unit: 200 v5 published: longer_requested
        longer-validity by unit: 422 wrong-knowledge-stage not possible in stage with a request for a longer validity; it needs no such request [-]
        longer-validity-decision by unit: 403 not-permitted this role may not decide_longer_validity [第三十三条、第三十四条]
        longer-validity-decision by operator: 200 v6 published: longer_approved
        confirmation by unit: 422 validity-too-long the validity ends after 2027-09-18, the latest day for this kind of point [第三十五条]
        confirmation by unit: 200 v7 published: confirmed
        confirmation by unit: 422 point-expired the point is not valid any more since the end of 2026-12-18 [第三十五条]
    "#]].assert_eq(&story.log);
}

#[tokio::test]
async fn a_direct_answer_keeps_its_point_and_version() {
    let server = Server::new();
    let mut story = published(&server).await;
    let consultation = json!({
        "order_type": "consultation", "channel": "phone", "district": "440106",
        "text": "请问工地几点以后不能施工？",
    });
    let order = server.register(consultation.clone()).await;
    let path = format!("/api/v1/orders/{order}/answer");
    let answer = |point: &str, version: u32| {
        json!({
            "knowledge_point": point, "knowledge_version": version,
            "answer": "二十二时至次日六时不得施工。",
        })
    };
    for (point, version, outcome) in [
        ("K-20260101-0000000000", 1, "422 unknown-point"),
        (&*story.id, 2, "422 point-superseded"),
        (&*story.id, 1, "200"),
    ] {
        let given = server.post("operator", &path, answer(point, version)).await;
        assert_eq!(given.outcome(), outcome, "{}", given.text());
    }
    story
        .give("unit", "take-down", json!({"reason": "有误。"}))
        .await;
    let other = server.register(consultation).await;
    let path = format!("/api/v1/orders/{other}/answer");
    let late = server.post("operator", &path, answer(&story.id, 1)).await;
    assert_eq!(late.outcome(), "422 wrong-knowledge-stage");
    let used = story.read("operator", "answers").await.json();
    let items = used["items"].as_array().expect("answers");
    assert_eq!(items.len(), 1, "{used}");
    assert_eq!(
        (&items[0]["order"], &items[0]["version"]),
        (&json!(order), &json!(1))
    );
    assert_eq!(items[0]["text"], "二十二时至次日六时不得施工。");
    assert_eq!(
        story.read("unit", "answers?version=2").await.json()["items"],
        json!([])
    );
    assert_eq!(
        story.read("other-unit", "answers").await.outcome(),
        "403 not-a-party"
    );
}

/// R68: ordinary and emergency, late, and that nothing is to be done.
#[tokio::test]
async fn feedback_and_its_answers() {
    let server = Server::new();
    let point = published(&server).await;
    // What was done before the feedback is no answer to it.
    server.advance_to("2026-09-18T10:00:00+08:00").await;
    let asked = |urgency: &str| {
        json!({
            "unit": UNIT, "point": point.id, "fault": "gap", "urgency": urgency,
            "description": "市民问周末能否申请，知识点未提及。",
        })
    };
    let mut story = Story::begin(&server, "operator", "feedback", asked("ordinary")).await;
    let shown = story.shown("unit").await;
    let answer_by = &shown["feedback"]["answer_by"];
    assert_eq!(answer_by["period"], json!({"working_days": 2}));
    let text = shown["feedback"]["description"]
        .as_str()
        .expect("a reference");
    assert!(
        shown["texts"][text]
            .as_str()
            .is_some_and(|it| it.contains("周末"))
    );
    let nothing = json!({"action": "nothing_to_do"});
    story.give("unit", "answer", nothing).await;
    story
        .give("unit", "answer", json!({"action": "revised"}))
        .await;
    story
        .give("unit", "answer", json!({"action": "added"}))
        .await;
    let nothing = json!({"action": "nothing_to_do", "explanation": "正文第二段已说明。"});
    story.give("other-unit", "answer", nothing.clone()).await;
    story.give("unit", "answer", nothing).await;
    story
        .give("operator", "withdrawal", json!({"reason": "误"}))
        .await;
    expect![[r#"
        feedback by operator: opened
        answer by unit: 422 missing-field explanation must not be empty [第三十四条]
        answer by unit: 422 action-not-done the point was not published in a new version since the feedback was opened [第三十六条第二款]
        answer by unit: 400 invalid-field `point`: is missing; `added` names the new point [-]
        answer by other-unit: 403 not-a-party the entry is not GZ-CGJ's [第三十四条]
        answer by unit: 200 v2 answered: answered
        withdrawal by operator: 422 wrong-knowledge-stage not possible in stage answered; it needs open [-]
    "#]].assert_eq(&story.log);
    let mut story = Story::begin(&server, "operator", "feedback", asked("emergency")).await;
    let shown = story.shown("operator").await;
    assert_eq!(
        shown["feedback"]["answer_by"]["period"],
        json!({"working_days": 1})
    );
    server.advance_to("2026-09-30T09:00:00+08:00").await;
    let late = json!({"action": "nothing_to_do", "explanation": "无需修改。"});
    let answered = story.give("unit", "answer", late).await;
    assert_eq!(answered["feedback"]["answer"]["late"], true);
    let figures = format!("{BASE}/feedback-figures?from=2026-09-01&until=2026-09-30");
    let figures = server.get("operator", &figures).await.json();
    let row = &figures["rows"][0];
    assert_eq!(
        (
            &row["opened"],
            &row["on_time"],
            &row["late"],
            &row["nothing_to_do"]
        ),
        (&json!(2), &json!(1), &json!(1), &json!(2)),
        "{figures}"
    );
    assert_eq!(row["on_time_permille"], 500);
}

/// R69: announced, amended, passed on, with its measures.
#[tokio::test]
async fn a_notice_of_a_change() {
    let server = Server::new();
    let notice = json!({
        "unit": UNIT, "kind": "business_rule", "title": "夜间施工许可改为网上办理",
        "summary": "自十月十二日起只在网上受理。", "effective_on": "2026-10-12",
        "planned": ["update_points", "train_agents"],
    });
    let mut story = Story::begin(&server, "unit", "changes", notice).await;
    assert_eq!(story.shown("unit").await["change"]["lead"], "in_time");
    story.give("unit", "acknowledgement", json!({})).await;
    story.give("operator", "acknowledgement", json!({})).await;
    let office = json!({"whom": "district_office", "code": "440106"});
    story.give("operator", "passing-on", office).await;
    story
        .give(
            "operator",
            "passing-on",
            json!({"whom": "agents", "code": "x"}),
        )
        .await;
    let amended = json!({"effective_on": "2026-09-21", "summary": "提前到九月二十一日。"});
    let amended = story.give("unit", "amendment", amended).await;
    assert_eq!(amended["change"]["lead"], "short");
    let measure = json!({"measure": "train_agents", "done_on": "2026-09-17", "note": "两场"});
    let taken = story.give("operator", "measures", measure).await;
    assert_eq!(taken["change"]["open_measures"], json!(["update_points"]));
    story
        .give("unit", "closing", json!({"note": "咨询已平稳。"}))
        .await;
    story
        .give("unit", "cancellation", json!({"reason": "误"}))
        .await;
    expect![[r#"
        changes by unit: announced
        acknowledgement by unit: 403 not-permitted this role may not acknowledge_change_notice [第三十三条、第三十四条]
        acknowledgement by operator: 200 v2 open: acknowledged
        passing-on by operator: 200 v3 open: passed_on
        passing-on by operator: 400 invalid-field `code`: goes with a district's office or a unit only [-]
        amendment by unit: 200 v4 open: amended
        measures by operator: 200 v5 open: measure_recorded
        closing by unit: 200 v6 closed: closed
        cancellation by unit: 422 wrong-knowledge-stage not possible in stage closed; it needs open [-]
    "#]].assert_eq(&story.log);
    let listed = server
        .get("district", &format!("{BASE}/changes?stage=closed"))
        .await;
    assert_eq!(listed.json()["items"][0]["id"], story.id.as_str());
    assert_eq!(
        server.get("other-district", &story.place).await.outcome(),
        "403 not-permitted"
    );
}

/// R70: reported, scripted, in its second stage, over.
#[tokio::test]
async fn an_outage_and_its_second_stage() {
    let server = Server::new();
    let report = json!({
        "unit": UNIT, "system": "穗城管小程序", "started_at": "2026-09-18T08:00:00+08:00",
        "state": {"affected": "停车费查询"},
    });
    let mut story = Story::begin(&server, "unit", "outages", report).await;
    let known = json!({
        "cause": "机房断电", "affected": "停车费查询", "recovery_at": "2026-09-21T08:00:00+08:00",
    });
    story.give("operator", "correction", known).await;
    let page = json!({
        "page": "https://cg.gz.gov.cn", "published_at": "2026-09-18T08:30:00+08:00",
        "cause": "机房断电", "time": "九月十八日八时起", "affected": "停车费查询", "recovery": "待定",
    });
    story.give("unit", "notices", page).await;
    story
        .give(
            "unit",
            "scripts",
            json!({"text": "系统故障，正在抢修，请稍后再试。"}),
        )
        .await;
    let unchanged = json!({"progress": "仍在抢修", "support": "unchanged"});
    story.give("unit", "progress", unchanged.clone()).await;
    server.advance_to("2026-09-20T09:00:00+08:00").await;
    story.give("unit", "progress", unchanged).await;
    story
        .give(
            "unit",
            "progress",
            json!({"progress": "x", "support": "script"}),
        )
        .await;
    let end = json!({"ended_at": "2026-09-20T08:59:00+08:00"});
    let ended = story.give("unit", "end", end).await;
    assert_eq!(ended["outage"]["script_late"], false);
    expect![[r#"
        outages by unit: reported
        correction by operator: 200 v2 down: corrected
        notices by unit: 200 v3 down: notice_published
        scripts by unit: 200 v4 down: script_provided
        progress by unit: 422 wrong-knowledge-stage not possible in stage down; it needs second_stage [-]
        progress by unit: 200 v6 second_stage: progress_told
        progress by unit: 400 invalid-field `script`: is missing; `script` gives the new one [-]
        end by unit: 200 v7 ended: ended
    "#]].assert_eq(&story.log);
}

#[tokio::test]
async fn repeated_and_conditional_requests() {
    let server = Server::new();
    let begin = Call::post(&format!("{BASE}/points"))
        .by("unit")
        .header("idempotency-key", "k-1")
        .json(&draft());
    let first = server.send(begin.clone()).await;
    let id = first.json()["id"].as_str().expect("a number").to_owned();
    let again = server.send(begin).await;
    assert_eq!(again.header("idempotent-replayed"), Some("true"));
    assert_eq!(again.text(), first.text());
    let check = |tag: &str| {
        Call::post(&format!("{BASE}/points/{id}/check"))
            .by("unit")
            .header("if-match", tag)
            .json(&json!({"draft": 1}))
    };
    let stale = server.send(check("\"7\"")).await;
    assert_eq!(stale.outcome(), "412 knowledge-version-conflict");
    assert_eq!(stale.json()["current_version"], 1);
    assert_eq!(stale.header("etag"), Some("\"1\""));
    assert_eq!(
        server.send(check("\"1\"")).await.header("etag"),
        Some("\"2\"")
    );
}

/// What is wrong in form, and what is refused, with its code and field.
#[tokio::test]
#[expect(clippy::too_many_lines, reason = "a table with a row for each request")]
async fn bad_requests_are_told() {
    let server = Server::new();
    let mut log = String::new();
    let with = |place: &str, value: Value| {
        let mut body = draft();
        let (parent, name) = place.rsplit_once('/').expect("a place");
        let parent = body.pointer_mut(parent).expect("a parent");
        match name.parse::<usize>() {
            Ok(index) => parent[index] = value,
            Err(_) => parent[name] = value,
        }
        body
    };
    let bad = [
        with("/nummer", json!(1)),
        with("/content", json!({"title": "题"})),
        with("/content/kind", json!("law")),
        with("/content/legal_basis/0", json!({"citation": "x", "nr": 1})),
        with(
            "/content/relations/0",
            json!({"to": "point", "point": "K-1"}),
        ),
        with("/validity", json!("for ever")),
        with("/owner", json!("GZ-XX")),
        with("/owner", json!("GZ-CGJ")),
        with("/content/title", json!(" ")),
        with("/content/districts", json!(["990000"])),
        with(
            "/content/attachments",
            json!([{"name": "a", "reference": "b", "sha256": "c"}]),
        ),
        with("/content/body", json!("长".repeat(100_001))),
    ];
    for body in bad {
        let actor = if body["owner"] == "GZ-XX" {
            "operator"
        } else {
            "unit"
        };
        let answer = server.post(actor, &format!("{BASE}/points"), body).await;
        let field = answer.json()["errors"][0]["field"].clone();
        let _ = writeln!(
            log,
            "{} {}: {}",
            answer.outcome(),
            field.as_str().unwrap_or("-"),
            answer.json()["detail"].as_str().expect("a detail")
        );
    }
    for path in [
        "points/K-1",
        "points/KF-1",
        "feedback/KF-1",
        "points?limit=0",
        "expiring?days=x",
    ] {
        let answer = server.get("operator", &format!("{BASE}/{path}")).await;
        let _ = writeln!(log, "{path}: {}", answer.outcome());
    }
    expect![[r#"
        400 invalid-field nummer: `nummer`: unknown field `nummer`, expected one of `owner`, `content`, `validity`, `longer_reason`
        400 invalid-field content.kind: `content.kind`: missing field `kind`
        400 invalid-field content.kind: `content.kind`: unknown variant `law`, expected one of `policy`, `service_guide`, `answer_script`, `interpretation`
        400 invalid-field content.legal_basis[0].nr: `content.legal_basis[0].nr`: unknown field `nr`, expected one of `citation`, `number`, `year`
        400 invalid-field content.relations[0].kind: `content.relations[0].kind`: missing field `kind`
        400 invalid-field validity: `validity`: unknown variant `for ever`, expected one of `longest`, `months`, `until`
        422 unknown-unit -: unit GZ-XX is not in the directory of handling units
        403 not-a-party -: the entry is not GZ-D106-CG's
        422 missing-field title: title must not be empty
        422 unknown-district districts: district 990000 is not in the directory
        422 malformed-field attachments: attachments has a `sha256` that is not 64 hexadecimal digits in lower case
        422 text-too-long body: body has more than 100000 characters
        points/K-1: 404 knowledge-not-found
        points/KF-1: 404 knowledge-not-found
        feedback/KF-1: 404 knowledge-not-found
        points?limit=0: 400 invalid-parameter
        expiring?days=x: 400 invalid-parameter
    "#]].assert_eq(&log);
}

#[tokio::test]
async fn every_command_on_the_knowledge_base_has_a_good_body() {
    let known: Vec<&str> = bodies().into_iter().map(|(route, _)| route).collect();
    let bare = [
        "discard",
        "submission",
        "restoration",
        "acknowledgement",
        "import",
    ];
    for (method, route) in Document::get().operations() {
        let name = route.rsplit('/').next().expect("a name");
        let needs_one =
            method == axum::http::Method::POST && route.starts_with(BASE) && !bare.contains(&name);
        assert!(
            !needs_one || known.contains(&&*route),
            "{route} has no body"
        );
    }
    let server = Server::new();
    for (route, body) in bodies() {
        let path = route.replace("{number}", "K-1");
        let answer = server.post("operator", &path, body).await;
        assert_ne!(
            answer.status,
            StatusCode::BAD_REQUEST,
            "{route}: {}",
            answer.text()
        );
        let surplus = server.post("operator", &path, json!({"surplus": 1})).await;
        assert_eq!(surplus.outcome(), "400 invalid-field", "{route}");
    }
}
