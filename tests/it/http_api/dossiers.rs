//! Dossiers over HTTP: the life of a long-term matter and of a liaison filing, warnings, and what
//! repeated, conditional and bad requests do.

use std::fmt::Write as _;

use axum::http::StatusCode;
use expect_test::expect;
use serde_json::{Value, json};

use super::server::{Call, Server, UNIT, noise, unclear};

/// One dossier's life, written down command by command.
struct Story<'a> {
    server: &'a Server,
    id: String,
    log: String,
}

impl<'a> Story<'a> {
    async fn begin(server: &'a Server, actor: &'static str, path: &str, body: Value) -> Self {
        let answer = server.post(actor, &format!("/api/v1/{path}"), body).await;
        assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.text());
        let dossier = answer.json();
        let id = dossier["id"].as_str().expect("a number").to_owned();
        let location = format!("/api/v1/dossiers/{id}");
        assert_eq!(answer.header("location"), Some(&*location));
        assert_eq!(
            answer.header("etag"),
            Some(&*format!("\"{}\"", dossier["version"]))
        );
        let log = format!("{path} by {actor}: {}\n", events(&dossier));
        Self { server, id, log }
    }

    fn path(&self, command: &str) -> String {
        format!("/api/v1/dossiers/{}/{command}", self.id)
    }

    /// Gives a command and writes down what came of it.
    async fn give(&mut self, actor: &'static str, command: &str, body: Value) {
        let answer = self.server.post(actor, &self.path(command), body).await;
        let dossier = answer.json();
        let line = if answer.status.is_success() {
            format!(
                "v{} {}: {}",
                dossier["version"],
                dossier["stage"].as_str().expect("a stage"),
                events(&dossier)
            )
        } else {
            let detail = dossier["detail"].as_str().expect("a detail");
            detail.replace(&self.id, "ID")
        };
        let _ = writeln!(
            self.log,
            "{command} by {actor}: {} {line}",
            answer.outcome()
        );
    }

    async fn shown(&self, actor: &'static str) -> Value {
        let path = format!("/api/v1/dossiers/{}", self.id);
        self.server.get(actor, &path).await.json()
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

/// The running deadlines of a dossier.
fn running(dossier: &Value) -> String {
    let mut lines = String::new();
    for deadline in dossier["running"].as_array().expect("deadlines") {
        let _ = writeln!(
            lines,
            "{} {} {} by {}",
            deadline["kind"].as_str().expect("a kind"),
            deadline["unit"].as_str().unwrap_or("-"),
            deadline["force"].as_str().expect("a force"),
            deadline["due_at"].as_str().expect("an instant"),
        );
    }
    lines
}

fn matter(orders: &[&str]) -> Value {
    json!({
        "title": "员村街道夜间施工扰民",
        "criteria": "三个月内同一地段投诉二十件，涉及多个部门审批。",
        "units": [UNIT],
        "orders": orders,
    })
}

/// A body that is good in form for every route of dossiers, by the end of its path.
pub(crate) fn bodies() -> Vec<(&'static str, Value)> {
    let on = "2026-09-18";
    vec![
        ("long-term-matters", matter(&[])),
        ("units", json!({"unit": "GZ-CGJ"})),
        ("unit-removals", json!({"unit": UNIT, "reason": "因"})),
        ("members", json!({"orders": ["x"]})),
        ("member-removals", json!({"orders": ["x"]})),
        ("plan", json!({"plan": "方案"})),
        ("progress", json!({"content": "进展"})),
        ("stage-reports", json!({"report": "阶段"})),
        ("procedure-end", json!({ "ended_on": on })),
        (
            "final-report",
            json!({"guiding_department": "省住建厅", "report": "情况"}),
        ),
        ("guiding-opinion", json!({"opinion": "意见"})),
        ("outcome", json!({"content": "结果"})),
        ("closing", json!({"note": "办结"})),
        (
            "liaison-filings",
            json!({"unit": UNIT, "position": "liaison_officer", "completed_on": on}),
        ),
        ("filing", json!({"new_staff": "CG-8"})),
        (
            "meetings",
            json!({"meeting": "liaison", "district": "440106", "held_on": on, "members": [UNIT]}),
        ),
        (
            "trainings",
            json!({"unit": UNIT, "held_on": on, "participants": 1, "subject": "题"}),
        ),
        (
            "contacts",
            json!({"channel": "phone", "parts": [
                {"part": "handed_off", "to": "119", "mode": "transferred"},
            ]}),
        ),
        (
            "solutions",
            json!({"unit": UNIT, "to": "joint_conference", "solution": "方案"}),
        ),
        ("ruling", json!({"ruling": "同意"})),
        (
            "publications",
            json!({"from": "public", "content": "建议", "on": on}),
        ),
    ]
}

#[tokio::test]
async fn a_long_term_matter_from_its_listing_to_its_end() {
    let server = Server::at("2026-06-18T10:00:00+08:00");
    let order = server.register(noise()).await;
    let mut story = Story::begin(&server, "operator", "long-term-matters", matter(&[&order])).await;
    expect![[r#"
        bulletin - target by 2026-07-19T00:00:00+08:00
        plan GZ-D106-CG law by 2026-07-04T00:00:00+08:00
        progress GZ-D106-CG in_principle by 2026-07-19T00:00:00+08:00
    "#]]
    .assert_eq(&running(&story.shown("unit").await));
    let other = server.register(unclear()).await;
    story
        .give("operator", "members", json!({"orders": [other]}))
        .await;
    let unit = json!({"unit": "GZ-CGJ"});
    story.give("operator", "units", unit.clone()).await;
    let reason = json!({"unit": "GZ-CGJ", "reason": "职责不涉及。"});
    story.give("operator", "unit-removals", reason).await;
    let plan = json!({"plan": "错峰施工，安装噪声监测。"});
    story.give("other-unit", "plan", plan.clone()).await;
    story.give("unit", "plan", plan).await;
    let progress = json!({"content": "已约谈施工单位，正在安装监测设备。"});
    story.give("unit", "progress", progress).await;
    story.give("operator", "bulletins", json!({})).await;
    let results = json!({"report": "监测设备已安装三处。"});
    story.give("unit", "stage-reports", results).await;
    let opinion = json!({"opinion": "同意结案。"});
    story.give("unit", "guiding-opinion", opinion.clone()).await;
    let ended = json!({"ended_on": "2026-06-18"});
    story.give("unit", "procedure-end", ended).await;
    expect![[r#"
        bulletin - target by 2026-07-19T00:00:00+08:00
        progress GZ-D106-CG in_principle by 2026-07-19T00:00:00+08:00
        final_report GZ-D106-CG law by 2026-06-25T00:00:00+08:00
    "#]]
    .assert_eq(&running(&story.shown("operator").await));
    // R54: one second after 24:00 of the third working day the limit is missed, and the way goes on.
    server.advance_to("2026-06-25T00:00:01+08:00").await;
    let report = json!({"guiding_department": "市住房和城乡建设局", "report": "已整改完毕。"});
    story.give("unit", "final-report", report).await;
    story.give("unit", "guiding-opinion", opinion).await;
    story
        .give("operator", "closing", json!({"note": "办结"}))
        .await;
    let outcome = json!({"content": "工地已停止夜间施工并完成整改。"});
    story.give("unit", "outcome", outcome).await;
    story
        .give("operator", "closing", json!({"note": "办结"}))
        .await;
    story.give("operator", "bulletins", json!({})).await;
    expect![[r#"
        long-term-matters by operator: matter_listed
        members by operator: 200 v2 open: orders_added
        units by operator: 200 v3 open: unit_added
        unit-removals by operator: 200 v4 open: unit_removed
        plan by other-unit: 403 not-a-party the dossier does not concern GZ-CGJ
        plan by unit: 200 v5 open: plan_submitted
        progress by unit: 200 v6 open: progress_told
        bulletins by operator: 200 v7 open: bulletin_issued
        stage-reports by unit: 200 v8 open: stage_reported
        guiding-opinion by unit: 422 wrong-dossier-stage not possible in stage advancing; it needs awaiting_opinion
        procedure-end by unit: 200 v9 open: procedure_ended
        final-report by unit: 200 v11 open: final_reported
        guiding-opinion by unit: 200 v12 open: opinion_recorded
        closing by operator: 422 unit-unfinished unit GZ-D106-CG has not told requesters and centre the outcome; it is feeding_back
        outcome by unit: 200 v13 open: fed_back
        closing by operator: 200 v14 closed: matter_closed
        bulletins by operator: 422 dossier-closed the dossier ID is closed
    "#]].assert_eq(&story.log);
    is_fully_explained(&story, &order).await;
}

/// At its end a dossier shows everything that happened and why, and the requesters were told.
async fn is_fully_explained(story: &Story<'_>, order: &str) {
    let shown = story.shown("operator").await;
    assert_eq!(
        (&shown["stage"], &shown["overdue"]),
        (&json!("closed"), &json!(true))
    );
    assert_eq!(shown["missed"][0]["deadline"], "final_report");
    let plan = shown["long_term_matter"]["units"][0]["plan"].as_str();
    let plan = plan.expect("a reference");
    assert_eq!(shown["texts"][plan], "错峰施工，安装噪声监测。");
    let mut deadlines = shown["deadlines"].as_array().expect("deadlines").iter();
    let report = deadlines
        .find(|deadline| deadline["kind"] == "final_report")
        .expect("a deadline");
    expect!["2026-06-18 00:00 法定程序终结,按第二十六条第三款3个工作日,自2026-06-22(下一个工作日)0时起算,只计工作日,计入06-22、06-23、06-24,于2026-06-24 24:00到期"].assert_eq(report["explanation"]["zh"].as_str().expect("a text"));
    story.server.advance_to("2026-06-25T00:01:00+08:00").await;
    let path = format!("/api/v1/orders/{order}");
    let messages = story.server.get("operator", &path).await.json()["messages"].clone();
    let told: Vec<&str> = messages
        .as_array()
        .expect("messages")
        .iter()
        .filter(|message| message["to"]["recipient"] == "requester")
        .filter_map(|message| message["data"]["occasion"].as_str())
        .collect();
    assert_eq!(told, ["progress", "fed_back"]);
    let listed = format!("/api/v1/dossiers?order={order}&kind=long_term_matter");
    let listed = story.server.get("unit", &listed).await.json();
    assert_eq!(listed["items"][0]["id"], story.id.as_str());
}

/// R5: announced on the Mid-Autumn holiday, filed one second too late.
#[tokio::test]
async fn a_liaison_filing_and_its_lateness() {
    let server = Server::at("2026-09-25T10:00:00+08:00");
    let change = json!({
        "unit": UNIT, "position": "leader_in_charge", "completed_on": "2026-09-25",
    });
    let mut story = Story::begin(&server, "unit", "liaison-filings", change.clone()).await;
    expect![[r#"
        filing GZ-D106-CG law by 2026-10-16T00:00:00+08:00
    "#]]
    .assert_eq(&running(&story.shown("unit").await));
    server.advance_to("2026-10-16T00:00:01+08:00").await;
    let warned = server.get("operator", "/api/v1/warnings").await.json();
    let late = &warned["items"][1];
    assert_eq!(late["dossier"], story.id.as_str());
    expect!["人员调整尚未备案,期限2026-10-15 24:00"]
        .assert_eq(late["text"]["zh"].as_str().expect("a text"));
    story.give("unit", "filing", json!({})).await;
    story
        .give("unit", "filing", json!({"new_staff": "13912345678"}))
        .await;
    let filing = json!({"old_staff": "CG-7", "new_staff": "CG-8", "details": "新任：欧阳木棉"});
    story.give("unit", "filing", filing.clone()).await;
    story.give("unit", "filing", filing.clone()).await;
    expect![[r#"
        liaison-filings by unit: change_announced
        filing by unit: 422 missing-field new_staff must not be empty
        filing by unit: 422 invalid-input `new_staff`: it looks like a telephone number, and it would be kept for ever
        filing by unit: 200 v3 filed: change_filed
        filing by unit: 422 wrong-dossier-stage not possible in stage filed; it needs announced
    "#]].assert_eq(&story.log);
    let shown = story.shown("operator").await;
    assert_eq!(shown["liaison_filing"]["late"], true);
    let journal = shown["history"].to_string();
    assert!(!journal.contains("欧阳木棉"), "{journal}");
    // In time and at once, with the change itself.
    let mut at_once = change;
    at_once["completed_on"] = json!("2026-10-15");
    at_once["filing"] = filing;
    let story = Story::begin(&server, "unit", "liaison-filings", at_once).await;
    let filed = story.shown("auditor").await;
    assert_eq!(
        (&filed["stage"], &filed["liaison_filing"]["late"]),
        (&json!("filed"), &json!(false))
    );
}

/// R2, R6, R35, R65: what is recorded and has no deadline but the year's plenary.
#[tokio::test]
async fn registers_and_entries() {
    let server = Server::new();
    let meeting = json!({
        "meeting": "liaison", "held_on": "2026-06-03", "members": [UNIT, "GZ-CGJ"],
        "decisions": ["夜间施工许可由住建部门统一公示。"],
    });
    let mut story = Story::begin(&server, "operator", "meetings", meeting.clone()).await;
    assert_eq!(story.id, "JC-2026");
    let warned = server.get("auditor", "/api/v1/warnings").await.json();
    expect!["本年度尚未召开联席会议全体会议,期限2026-12-31 24:00"]
        .assert_eq(warned["items"][0]["text"]["zh"].as_str().expect("a text"));
    let mut plenary = meeting.clone();
    plenary["meeting"] = json!("plenary");
    plenary["held_on"] = json!("2026-09-17");
    story = Story::begin(&server, "operator", "meetings", plenary).await;
    assert_eq!(
        story.shown("unit").await["joint_conference"]["has_plenary"],
        true
    );
    let warned = server.get("admin", "/api/v1/warnings").await.json();
    assert_eq!(warned["items"], json!([]));
    let mut district = meeting;
    district["district"] = json!("440106");
    Story::begin(&server, "district", "meetings", district).await;
    let training = json!({
        "unit": UNIT, "handling_office": "员村执法队", "held_on": "2026-09-17", "participants": 12,
        "subject": "工单办理规范。",
    });
    Story::begin(&server, "unit", "trainings", training).await;
    let solution = json!({
        "unit": UNIT, "to": "joint_conference", "solution": "夜间施工类诉求统一由城管牵头。",
    });
    let mut story = Story::begin(&server, "unit", "solutions", solution).await;
    let ruling = json!({"ruling": "同意。"});
    story.give("unit", "ruling", ruling.clone()).await;
    story.give("operator", "ruling", ruling).await;
    let page =
        json!({"title": "受理渠道", "address": "https://www.gz.gov.cn/12345", "on": "2026-09-18"});
    Story::begin(&server, "operator", "publications", page).await;
    let suggestion = json!({"from": "public", "content": "建议公布接通率。", "on": "2026-09-18"});
    Story::begin(&server, "channel", "publications", suggestion).await;
    expect![[r#"
        solutions by unit: solution_submitted
        ruling by unit: 403 not-permitted this role may not record_ruling
        ruling by operator: 200 v2 ruled: ruling_recorded
    "#]]
    .assert_eq(&story.log);
    let listed = server.get("operator", "/api/v1/dossiers?limit=2").await;
    assert!(
        listed
            .header("link")
            .is_some_and(|link| link.contains("/api/v1/dossiers?limit=2&after="))
    );
    let all = server.get("operator", "/api/v1/dossiers").await.json();
    let kinds: Vec<&str> = all["items"]
        .as_array()
        .expect("items")
        .iter()
        .filter_map(|line| line["kind"].as_str())
        .collect();
    assert_eq!(kinds.len(), 5, "{kinds:?}");
}

#[tokio::test]
async fn repeated_and_conditional_requests() {
    let server = Server::new();
    let list = Call::post("/api/v1/long-term-matters")
        .by("operator")
        .header("idempotency-key", "k-1")
        .json(&matter(&[]));
    let first = server.send(list.clone()).await;
    let id = first.json()["id"].as_str().expect("a number").to_owned();
    let plan = |tag: &str, key: &str| {
        Call::post(&format!("/api/v1/dossiers/{id}/plan"))
            .by("unit")
            .header("if-match", tag)
            .header("idempotency-key", key)
            .json(&json!({"plan": "方案"}))
    };
    let stale = server.send(plan("\"7\"", "k-2")).await;
    assert_eq!(stale.outcome(), "412 dossier-version-conflict");
    assert_eq!(stale.json()["current_version"], 1);
    assert_eq!(stale.header("etag"), Some("\"1\""));
    let planned = server.send(plan("\"1\"", "k-3")).await;
    assert_eq!(planned.header("etag"), Some("\"2\""));
    let again = server.send(plan("\"1\"", "k-3")).await;
    assert_eq!(again.header("idempotent-replayed"), Some("true"));
    assert_eq!(again.text(), planned.text());
    let again = server.send(list).await;
    assert_eq!(again.header("idempotent-replayed"), Some("true"));
    assert_eq!(again.text(), first.text());
    let other = Call::post("/api/v1/orders")
        .by("operator")
        .header("idempotency-key", "k-1")
        .json(&noise());
    assert_eq!(
        server.send(other).await.outcome(),
        "422 idempotency-key-reused"
    );
}

/// What is refused, with its code; nothing is half done.
#[tokio::test]
#[expect(clippy::too_many_lines, reason = "a table with a row for each request")]
async fn bad_requests_are_told() {
    let server = Server::new();
    let story = Story::begin(&server, "operator", "long-term-matters", matter(&[])).await;
    let id = &story.id;
    let with = |name: &str, value: Value| {
        let mut body = matter(&[]);
        body[name] = value;
        body
    };
    let open = |actor: &str, path: &str, body: &Value| {
        Call::post(&format!("/api/v1/{path}")).by(actor).json(body)
    };
    let give = |actor: &str, command: &str, body: Value| {
        Call::post(&format!("/api/v1/dossiers/{id}/{command}"))
            .by(actor)
            .json(&body)
    };
    let list = |name: &str, value: Value| open("operator", "long-term-matters", &with(name, value));
    let page = json!({"title": "a", "from": "public", "on": "2026-09-18"});
    let rows = [
        ("400 invalid-field", list("priority", json!(1))),
        ("400 invalid-field", list("title", json!(" "))),
        ("422 missing-field", list("units", json!([]))),
        ("422 unknown-unit", list("units", json!(["GZ-NONE"]))),
        ("422 unit-listed", list("units", json!([UNIT, UNIT]))),
        (
            "422 unknown-order",
            list("orders", json!(["20260918-NONE"])),
        ),
        (
            "403 not-permitted",
            open("unit", "long-term-matters", &matter(&[])),
        ),
        ("400 invalid-field", open("operator", "publications", &page)),
        (
            "400 invalid-field",
            give("unit", "procedure-end", json!({"ended_on": "18.9."})),
        ),
        (
            "422 impossible-time",
            give("unit", "procedure-end", json!({"ended_on": "2026-09-19"})),
        ),
        (
            "422 wrong-dossier-stage",
            give("unit", "outcome", json!({"content": "果"})),
        ),
        (
            "422 wrong-dossier-kind",
            give("operator", "ruling", json!({"ruling": "可"})),
        ),
        (
            "422 unit-unfinished",
            give("operator", "closing", json!({"note": "终"})),
        ),
        (
            "422 last-unit",
            give(
                "operator",
                "unit-removals",
                json!({"unit": UNIT, "reason": "因"}),
            ),
        ),
        (
            "422 order-not-listed",
            give("operator", "member-removals", json!({"orders": ["x"]})),
        ),
        (
            "403 not-a-party",
            give("other-unit", "plan", json!({"plan": "案"})),
        ),
        (
            "403 not-permitted",
            give("auditor", "plan", json!({"plan": "案"})),
        ),
        (
            "404 dossier-not-found",
            Call::get("/api/v1/dossiers/D-NONE").by("operator"),
        ),
        (
            "403 not-a-party",
            Call::get(&format!("/api/v1/dossiers/{id}")).by("other-unit"),
        ),
        (
            "403 not-permitted",
            Call::get("/api/v1/dossiers").by("channel"),
        ),
        (
            "400 invalid-parameter",
            Call::get("/api/v1/dossiers?kind=x").by("operator"),
        ),
        (
            "400 invalid-parameter",
            Call::get("/api/v1/dossiers?after=x").by("operator"),
        ),
        (
            "403 not-permitted",
            Call::get("/api/v1/warnings").by("unit"),
        ),
    ];
    for (outcome, call) in rows {
        let answer = server.send(call.clone()).await;
        assert_eq!(answer.outcome(), outcome, "{call:?}: {}", answer.text());
    }
    assert_eq!(story.shown("operator").await["version"], 1);
}
