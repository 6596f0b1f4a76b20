//! Bodies of all commands: good ones, and what is refused in their form.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use axum::http::{Method, StatusCode};
use expect_test::expect;
use serde_json::{Value, json};

use super::document::Document;
use super::server::{Server, UNIT, noise};
use super::story::{at, evidence};

const NOW: &str = "2026-09-18T09:00:00+08:00";

/// A body that is good in form for every route that takes one, by the end of its path.
pub(crate) fn bodies() -> BTreeMap<&'static str, Value> {
    let mut bodies = commands();
    bodies.extend([
        ("/api/v1/orders", noise()),
        (
            "years",
            json!({"year": 2027, "notice": "国办发明电〔2026〕1号", "off": ["2027-01-01"]}),
        ),
        ("clock", json!({ "now": NOW })),
        ("receipt", json!({ "delivered_at": NOW })),
        // A dossier's progress is something else.
        (
            "/api/v1/orders/{id}/progress",
            json!({"from": {"phone": "13800000000"}}),
        ),
    ]);
    bodies.extend(super::dossiers::bodies());
    bodies.extend(super::knowledge::bodies());
    bodies
}

/// Those of commands on an order.
fn commands() -> BTreeMap<&'static str, Value> {
    let mut bodies = BTreeMap::new();
    bodies.extend(of_the_intake());
    bodies.extend(of_returns());
    bodies.extend(of_handling());
    bodies.extend(of_ratings());
    bodies
}

type Bodies = Vec<(&'static str, Value)>;

fn own() -> Value {
    json!({"phone": "13800000001"})
}

fn of_the_intake() -> Bodies {
    vec![
        ("information-request", json!({"missing": "缺地址"})),
        ("information", json!({"content": "地址", "from": own()})),
        (
            "information-assessment",
            json!({"assessment": "insufficient", "note": "仍缺"}),
        ),
        (
            "close-incomplete",
            json!({"ground": {"ground": "refused", "evidence": evidence("r")}, "note": "注"}),
        ),
        (
            "concealment",
            json!({"fields": ["name"], "scope": "third_parties", "warned": evidence("r")}),
        ),
        ("conduct", json!({"note": "注"})),
        ("priority", json!({"priority": "high", "reason": "因"})),
        ("type", json!({"order_type": "suggestion", "reason": "因"})),
        ("links", json!({"order": "x", "reason": "因"})),
        (
            "answer",
            json!({"knowledge_point": "K", "knowledge_version": 1, "answer": "答"}),
        ),
        (
            "dispatch",
            json!({"unit": "GZ-CGJ", "joint": false, "special_limit": {
                "period": {"hours": 4}, "basis": "文", "attachment": evidence("r"),
                "extensions_max": 1,
            }}),
        ),
        (
            "withdrawal",
            json!({"from": {"account": "wx-1"}, "evidence": evidence("r")}),
        ),
        ("withdrawal-close", json!({"note": "注", "goes_on": false})),
        (
            "proposal-dismissal",
            json!({"advice": 1, "proposal": 0, "reason": "因"}),
        ),
    ]
}

fn of_returns() -> Bodies {
    vec![
        (
            "return",
            json!({
                "ground": {
                    "ground": "explicit_basis", "document": evidence("r"), "duties": "职责",
                },
                "reason": "因", "suggested_unit": "GZ-CGJ",
            }),
        ),
        ("late-return", json!({"reason": "因"})),
        (
            "return-decision",
            json!({"decision": "reject", "reason": "因"}),
        ),
        (
            "assisting-units",
            json!({"units": [{"unit": "GZ-CGJ", "part": "协办"}]}),
        ),
        ("assistance", json!({"content": "已办"})),
        ("assistance-objection", json!({"reason": "因"})),
        (
            "objection-decision",
            json!({"unit": "GZ-CGJ", "decision": "approve", "reason": "因"}),
        ),
        ("coordination", json!({"reason": "因"})),
        (
            "opinion-request",
            json!({"dispute": "inter_district", "adviser": "GZ-BB", "question": "问"}),
        ),
        (
            "opinion",
            json!({"adviser": "GZ-BB", "opinion": "意见", "document": evidence("r")}),
        ),
    ]
}

fn of_handling() -> Bodies {
    let told = || json!({"told": "told", "at": NOW, "method": "sms", "evidence": evidence("r")});
    vec![
        (
            "extension",
            json!({"period": {"working_days": 5}, "reason": "因"}),
        ),
        ("extension-notice", told()),
        (
            "statements",
            json!({"content": "追加", "received_at": NOW, "from": {"verified": "已核验"}}),
        ),
        (
            "statement-judgement",
            json!({
                "statement": 1, "effect": "does_not_affect", "explanation": "已告知",
                "told": told(),
            }),
        ),
        (
            "contact-attempts",
            json!({"started_at": NOW, "ended_at": NOW, "result": "answered", "evidence": "e"}),
        ),
        (
            "reply",
            json!({
                "replied_at": NOW, "method": "sms", "content": "答", "evidence": [evidence("r")],
            }),
        ),
        (
            "submit",
            json!({
                "handled_from": NOW, "handled_until": NOW, "course": "程", "result": "果",
                "handling_office": "某所", "remarks": "注",
                "reply_exception": {"exception": "not_wanted", "evidence": evidence("r")},
                "conclusion": {
                    "conclusion": "statutory_disposition", "ground": "G", "basis": "据",
                    "guidance": "引导", "attachment": evidence("r"),
                },
                "content": {
                    "type": "complaint", "handling": "处理",
                    "mediation": {"outcome": "agreed", "document": evidence("r")},
                },
            }),
        ),
        ("district-review", json!({"review": "fail", "reason": "因"})),
        ("review", json!({"review": "fail", "reason": "因"})),
        (
            "supervision",
            json!({
                "case": {"case": "other", "period": {"working_days": 3}}, "requirement": "要求",
                "guidance_unit": "GZ-CGJ",
            }),
        ),
        (
            "supervision-answer",
            json!({"supervision": 1, "answer": "答", "delay_explanation": "因"}),
        ),
        (
            "supervision-review",
            json!({"supervision": 1, "rejected": "因"}),
        ),
    ]
}

fn of_ratings() -> Bodies {
    vec![
        ("rating", json!({"rating": "satisfied"})),
        (
            "service-rating",
            json!({
                "overall": "satisfied", "attitude": "satisfied", "wording": "satisfied",
                "understanding": "satisfied", "competence": "satisfied",
            }),
        ),
        (
            "follow-up",
            json!({
                "contacted_at": NOW, "method": "phone", "reasons": "因", "evidence": evidence("r"),
            }),
        ),
        ("send-back", json!({"reason": "因"})),
        (
            "close",
            json!({
                "reason": "因",
                "exclusion": {"ground": "force_majeure", "proof": evidence("r")},
            }),
        ),
        ("diligence-statement", json!({"statement": "说明"})),
    ]
}

/// Other forms of the same commands.
#[expect(clippy::too_many_lines, reason = "a table with a row for each form")]
fn other_forms() -> Bodies {
    let submit = |conclusion: Value, content: Value| {
        json!({
            "handled_from": NOW, "handled_until": NOW, "course": "程", "result": "果",
            "conclusion": conclusion, "content": content,
        })
    };
    let ground = |ground: Value| json!({"ground": ground, "reason": "因"});
    let case = |case: &str| json!({"case": {"case": case}, "requirement": "要求"});
    vec![
        (
            "information-assessment",
            json!({"assessment": "sufficient"}),
        ),
        (
            "close-incomplete",
            json!({"ground": {"ground": "unreachable"}, "note": "注"}),
        ),
        (
            "links",
            json!({"order": "x", "same": false, "reason": "因"}),
        ),
        ("extension-notice", json!({"told": "unreachable"})),
        ("rating", json!({"other": "还行"})),
        ("review", json!({"review": "pass"})),
        ("supervision", case("overdue")),
        ("supervision", case("feedback_inadequate")),
        ("supervision", case("long_term")),
        ("supervision", case("statement_objection")),
        (
            "return",
            ground(json!({
                "ground": "duty_authority", "own_functions": "职能", "outside_part": "之外",
            })),
        ),
        (
            "return",
            ground(json!({
                "ground": "facility_maintenance", "own_range": "范围", "handover": evidence("r"),
            })),
        ),
        (
            "return",
            ground(json!({"ground": "jurisdiction_area", "own_area": "辖区"})),
        ),
        (
            "submit",
            submit(
                json!({"conclusion": "handled"}),
                json!({"type": "consultation", "basis": "据"}),
            ),
        ),
        (
            "submit",
            submit(
                json!({"conclusion": "unreachable"}),
                json!({"type": "violation_report", "measures": "措施", "case_opened": "案1"}),
            ),
        ),
        (
            "submit",
            submit(
                json!({"conclusion": "refused", "evidence": evidence("r")}),
                json!({"type": "help_request", "measures": "措施"}),
            ),
        ),
        (
            "submit",
            submit(
                json!({"conclusion": "repeat", "earlier": "x", "statement": evidence("r")}),
                json!({"type": "suggestion", "outcome": {"outcome": "adopted", "measures": "措施"}}),
            ),
        ),
        (
            "submit",
            submit(
                json!({"conclusion": "long_term_progress", "earlier": "x"}),
                json!({
                    "type": "suggestion", "outcome": {"outcome": "not_adopted", "reasons": "因"},
                }),
            ),
        ),
    ]
}

/// Every place in a value, as a JSON pointer.
fn places(value: &Value, at: &str, found: &mut Vec<String>) {
    found.push(at.to_owned());
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                places(member, &format!("{at}/{name}"), found);
            }
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                places(item, &format!("{at}/{index}"), found);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// Codes and numbers of others, and what the regulation itself judges, are no texts.
const NO_TEXTS: [&str; 6] = [
    "unit",
    "suggested_unit",
    "guidance_unit",
    "adviser",
    "earlier",
    "basis",
];

/// What is wrong in form, made from a good body: where and how.
fn spoiled(good: &Value) -> Vec<(String, Value)> {
    let mut found = Vec::new();
    places(good, "", &mut found);
    let mut spoiled = Vec::new();
    for place in found {
        let mut with = |how: &str, change: &dyn Fn(&mut Value)| {
            let mut body = good.clone();
            change(body.pointer_mut(&place).expect("a place"));
            spoiled.push((format!("{place} {how}"), body));
        };
        let value = good.pointer(&place).expect("a place");
        let name = place.rsplit('/').next().unwrap_or_default();
        match value {
            Value::Object(_) => with("with a member too many", &|it| it["surplus"] = json!(1)),
            Value::Array(_) => with("is no list", &|it| *it = json!("x")),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {
                with("is of another type", &|it| *it = json!({"surplus": 1}));
            }
        }
        let in_a_limit = place.starts_with("/special_limit");
        if value.is_string() && (!NO_TEXTS.contains(&name) || name == "basis" && !in_a_limit) {
            with("is blank", &|it| *it = json!(" \n"));
        }
    }
    spoiled
}

#[tokio::test]
async fn every_body_is_refused_when_a_part_of_it_is_of_the_wrong_form() {
    let server = Server::new();
    let id = server.register(noise()).await;
    let progress = ("progress", json!({"from": {"phone": "13800000000"}}));
    let all: Bodies = commands()
        .into_iter()
        .chain(other_forms())
        .chain([progress])
        .collect();
    let mut tried = BTreeSet::new();
    for (command, good) in all {
        let path = format!("/api/v1/orders/{id}/{command}");
        let answer = server.post("operator", &path, good.clone()).await;
        assert_ne!(
            answer.status,
            StatusCode::BAD_REQUEST,
            "{command}: {}",
            answer.text()
        );
        for (place, body) in spoiled(&good) {
            let answer = server.post("operator", &path, body.clone()).await;
            let outcome = answer.outcome();
            assert_eq!(outcome, "400 invalid-field", "{command}{place}: {body}");
        }
        tried.insert(command);
    }
    let mut operations = Document::get().operations().into_iter();
    let untried = operations.find(|(method, template)| {
        let command = template.strip_prefix("/api/v1/orders/{id}/");
        let bare = [Some("accept"), Some("route")].contains(&command);
        *method == Method::POST && !bare && command.is_some_and(|command| !tried.contains(command))
    });
    assert_eq!(untried, None);
}

#[tokio::test]
async fn every_body_is_refused_without_what_it_needs() {
    let server = Server::new();
    let id = server.register(noise()).await;
    for (command, good) in commands() {
        let path = format!("/api/v1/orders/{id}/{command}");
        let required = Document::get().required(&path);
        for name in good.as_object().expect("an object").keys() {
            let mut body = good.clone();
            body.as_object_mut().expect("an object").shift_remove(name);
            let answer = server.post("operator", &path, body).await;
            if required.contains(name) {
                assert_eq!(
                    answer.outcome(),
                    "400 invalid-field",
                    "{command} without {name}"
                );
                assert_eq!(answer.json()["errors"][0]["field"], *name, "{command}");
            }
        }
    }
}

/// What fields say of each other, and how faults within parts are named.
#[tokio::test]
#[expect(clippy::too_many_lines, reason = "a table with a row for each fault")]
async fn a_fault_within_a_part_is_named() {
    let server = Server::new();
    let id = server.register(noise()).await;
    let told = |told: Value| {
        json!({
            "statement": 1, "effect": "does_not_affect", "explanation": "已告知", "told": told,
        })
    };
    let rows = [
        (
            "information-assessment",
            json!({"assessment": "insufficient"}),
        ),
        (
            "information-assessment",
            json!({"assessment": "sufficient", "note": "注"}),
        ),
        ("district-review", json!({"review": "fail"})),
        (
            "extension-notice",
            json!({"told": "told", "at": NOW, "method": "sms"}),
        ),
        (
            "extension-notice",
            json!({"told": "unreachable", "at": NOW}),
        ),
        (
            "statement-judgement",
            told(json!({"told": "told", "method": "sms"})),
        ),
        (
            "information",
            json!({"content": "址", "from": {"phone": "1", "account": "2"}}),
        ),
        (
            "information",
            json!({"content": "址", "from": {"name": "某"}}),
        ),
        (
            "information",
            json!({"content": "址", "from": {"phone": " "}}),
        ),
        ("links", json!({"reason": "因"})),
        (
            "concealment",
            json!({"fields": ["age"], "scope": "x", "warned": evidence("r")}),
        ),
        (
            "return",
            json!({"ground": {"ground": "mood"}, "reason": "因"}),
        ),
        (
            "return",
            json!({"ground": {"ground": "jurisdiction_area"}, "reason": "因"}),
        ),
        (
            "supervision",
            json!({"case": {"case": "other"}, "requirement": "要求"}),
        ),
        (
            "supervision",
            json!({"case": {"case": "overdue", "period": {}}, "requirement": "要求"}),
        ),
        ("type", json!({"order_type": "投诉", "reason": "因"})),
        (
            "assisting-units",
            json!({"units": [{"unit": "GZ-CGJ", "part": " "}]}),
        ),
        (
            "statements",
            json!({"content": "追", "received_at": at("09-31T09:00"), "from": own()}),
        ),
    ];
    let mut text = String::new();
    for (command, body) in rows {
        let answer = server
            .post("operator", &format!("/api/v1/orders/{id}/{command}"), body)
            .await;
        assert_eq!(answer.outcome(), "400 invalid-field", "{command}");
        let _ = writeln!(
            text,
            "{command}: {}",
            answer.json()["detail"].as_str().expect("a text")
        );
    }
    expect![[r#"
        information-assessment: `note`: is missing; `insufficient` needs what is still missing
        information-assessment: `note`: goes with `insufficient` only
        district-review: `reason`: is missing; `fail` needs what is missing
        extension-notice: `evidence`: is missing; `told` needs when, how and the record of it
        extension-notice: `at`: goes with `told` only; calls are recorded on the order
        statement-judgement: `told.at`: is missing; `told` needs when, how and the record of it
        information: `from`: takes one member only
        information: `from`: unknown variant `name`, expected one of `phone`, `account`, `verified`
        information: `from.phone`: is blank; fill it in, or leave it out where it is optional
        links: `order`: missing field `order`
        concealment: `fields[0]`: unknown variant `age`, expected one of `name`, `phone`, `id_number`, `account`, `address`
        return: `ground.ground`: unknown variant `mood`, expected one of `duty_authority`, `facility_maintenance`, `jurisdiction_area`, `explicit_basis`
        return: `ground.own_area`: missing field `own_area`
        supervision: `case.period`: missing field `period`
        supervision: `case`: unknown field `period`, there are no fields
        type: `order_type`: unknown variant `投诉`, expected one of `consultation`, `complaint`, `violation_report`, `help_request`, `suggestion`, `commendation`
        assisting-units: `units[0].part`: is blank; fill it in, or leave it out where it is optional
        statements: `received_at`: `2026-09-31T09:00:00+08:00` is no RFC 3339 instant such as `2026-09-18T16:00:00+08:00`: input is out of range
    "#]].assert_eq(&text);
}

/// The parts of an order that are for some only.
#[tokio::test]
async fn parts_of_an_order_are_seen_by_those_whom_they_concern() {
    let server = Server::new();
    let mut request = noise();
    request["against_unit"] = json!("GZ-CGJ");
    let id = server.register(request).await;
    let path = format!("/api/v1/orders/{id}");
    let note = json!({"note": "SECRET-NOTE"});
    server
        .post("operator", &format!("{path}/conduct"), note)
        .await;
    let order = json!({
        "case": {"case": "feedback_inadequate"}, "requirement": "SECRET-REQUIREMENT",
    });
    server
        .post("operator", &format!("{path}/supervision"), order)
        .await;
    server
        .post("unit", &format!("{path}/accept"), json!({}))
        .await;
    let mut table = String::new();
    for actor in ["operator", "unit", "district", "auditor", "admin"] {
        let seen = server.get(actor, &path).await;
        let (text, order) = (seen.text(), seen.json());
        let shown = |part: &str| order[part].as_array().map(Vec::len);
        let _ = writeln!(
            table,
            "{actor}: against {}, said {}, notes {:?} {}, supervisions {:?} {}",
            order["against_unit"],
            text.contains("GZ-CGJ"),
            shown("conduct_notes"),
            text.contains("SECRET-NOTE"),
            shown("supervisions"),
            text.contains("SECRET-REQUIREMENT"),
        );
        let history = server.get(actor, &format!("{path}/history")).await.json();
        assert_eq!(history, order["history"], "{actor}");
    }
    assert_eq!(UNIT, "GZ-D106-CG");
    expect![[r#"
        operator: against "GZ-CGJ", said true, notes Some(1) true, supervisions Some(1) true
        unit: against null, said false, notes Some(0) false, supervisions Some(1) true
        district: against null, said false, notes Some(0) false, supervisions Some(1) true
        auditor: against null, said false, notes Some(1) true, supervisions Some(1) true
        admin: against null, said false, notes Some(1) true, supervisions Some(1) true
    "#]]
    .assert_eq(&table);
}
