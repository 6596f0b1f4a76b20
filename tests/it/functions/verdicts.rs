//! A function's verdict has the bytes of the verdict that the host's own runtime gives.

use std::sync::OnceLock;

use contract::about::Kind;
use contract::{escalation, knowledge, routing};
use engine::ports::DecisionContext;
use lifecycle::advice::Outcome;
use plugins::{Image, Limits, RuleList, Runtime};
use serde::Serialize;
use serde_json::{Value, json};
use uuid::Uuid;

use super::client::post;
use super::{root, shipped};

/// Every shipped rule in the host's own runtime, active in its scope.
fn runtime() -> &'static Runtime {
    static RUNTIME: OnceLock<Runtime> = OnceLock::new();
    RUNTIME.get_or_init(|| {
        let runtime = Runtime::new(&Limits::shipped(), None).unwrap();
        let rules = RuleList::read(&root().join("plugins/rules.toml")).unwrap();
        for rule in rules.rules {
            let (image, scope) = Image::load(&root().join(&rule.image)).unwrap();
            runtime.activate(&scope, &runtime.load(&image).unwrap());
        }
        runtime
    })
}

fn context() -> DecisionContext {
    let now = contract::types::Instant {
        unix_ms: 1_772_413_200_000,
    };
    DecisionContext {
        id: Uuid::nil(),
        now,
        key: String::new(),
        scopes: Vec::new(),
    }
}

fn check(path: &str, question: &impl Serialize, outcome: &Outcome, expected: &impl Serialize) {
    let question = serde_json::to_string(question).unwrap();
    let reply = post(shipped(), path, &question);
    match outcome {
        Outcome::Answered | Outcome::NoOpinion => {
            assert_eq!(reply.status, 200, "{path} {question}: {reply:?}");
            assert_eq!(reply.header("content-type"), Some("application/json"));
            assert_eq!(
                reply.text(),
                serde_json::to_string(expected).unwrap(),
                "{question}"
            );
        }
        Outcome::Refused { detail } => {
            assert_eq!(
                (reply.status, reply.code().as_str()),
                (422, "refused"),
                "{question}"
            );
            assert_eq!(reply.json()["detail"], detail.as_str(), "{question}");
        }
        Outcome::Failed { .. } => panic!("{path} {question}: the host's own runtime: {outcome:?}"),
    }
}

/// The sample requests, each as it is, in Tianhe, and with its first choice excluded.
fn routing_questions() -> Vec<routing::Question> {
    let path = root().join("plugins/routing/fixtures/requests.json");
    let samples: Vec<Value> = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    assert!(samples.len() >= 30);
    let mut questions = Vec::new();
    for sample in samples {
        let question: routing::Question =
            serde_json::from_value(sample["question"].clone()).unwrap();
        let mut excluded = question.clone();
        let first = &sample["expected"]["candidates"][0]["unit"];
        excluded.excluded_units = vec![first.as_str().unwrap().to_owned()];
        let tianhe = routing::Question {
            district: Some("440106".to_owned()),
            street: Some("员村街道".to_owned()),
            ..question.clone()
        };
        questions.extend([question, excluded, tianhe]);
    }
    questions
}

#[test]
fn routing_is_the_hosts() {
    for (scope, path) in [("440100", "/routing/city"), ("440106", "/routing/440106")] {
        let rule = runtime().rule(scope, Kind::Routing).unwrap();
        for question in routing_questions() {
            let (attempt, candidates) = runtime().route_with(scope, &rule, &context(), &question);
            let verdict = candidates.map_or(routing::Verdict::NoOpinion, routing::Verdict::Ranked);
            check(path, &question, &attempt.outcome, &verdict);
        }
    }
}

fn escalation_questions() -> Vec<escalation::Question> {
    let triggers = [
        json!({"due_soon": 0}),
        json!({"due_soon": 1}),
        json!({"due_soon": 3}),
        json!({"overdue": 0}),
        json!({"overdue": 6}),
        json!({"returned": 1}),
        json!({"returned": 3}),
        json!({"rated_badly": "very_dissatisfied"}),
        json!({"one_of_many": 40}),
    ];
    let mut questions = Vec::new();
    for trigger in triggers {
        for (district, supervised) in [(None, false), (Some("440115"), false), (None, true)] {
            questions.push(json!({
                "trigger": trigger, "order_type": "complaint", "district": district,
                "category": "噪声", "unit": "GZ-CG", "now": "2026-03-09T10:00:00+08:00",
                "registered_at": "2026-03-02T09:15:00+08:00",
                "due_at": "2026-03-10T00:00:00+08:00", "return_count": 1,
                "supervised": supervised,
            }));
        }
    }
    questions
        .into_iter()
        .map(|question| serde_json::from_value(question).unwrap())
        .collect()
}

#[test]
fn escalation_is_the_hosts() {
    for (scope, path) in [
        ("440100", "/escalation/city"),
        ("440115", "/escalation/440115"),
    ] {
        let rule = runtime().rule(scope, Kind::Escalation).unwrap();
        for question in escalation_questions() {
            let (attempt, proposals) = runtime().escalate_with(scope, &rule, &context(), &question);
            let verdict = match proposals {
                None => escalation::Verdict::NoOpinion,
                Some(list) if list.is_empty() => escalation::Verdict::Nothing,
                Some(list) => escalation::Verdict::Actions(list),
            };
            check(path, &question, &attempt.outcome, &verdict);
        }
    }
}

#[test]
fn knowledge_is_the_hosts() {
    let good = json!({
        "owner": "GZ-GJJ", "kind": "policy", "title": "住房公积金提取", "body": "租房可按月提取。",
        "legal_basis": ["住房公积金管理条例"], "scope": "广州市", "subjects": ["缴存职工"],
        "conditions": ["连续缴存三个月"], "relations": ["公积金缴存"],
        "faqs": [{"question": "多久到账？", "answer": "三个工作日。"}],
        "valid_from": "2026-01-01", "valid_until": "2027-01-01", "today": "2026-03-02",
    });
    let changes = [
        json!({}),
        json!({"kind": "answer_script"}),
        json!({"valid_until": "2031-12-31"}),
        json!({"valid_until": "2031-12-31", "longer_validity_reason": "上位法有效期更长"}),
        json!({"valid_from": "2027-01-02"}),
        json!({"title": "", "body": ""}),
        json!({"legal_basis": [], "subjects": [""], "faqs": []}),
        json!({"body": "依照《信访条例》（国务院令第431号）和穗府规[2023]5号，自2月30日起。"}),
        json!({"subjects": ["外国人"], "districts": ["440104", "440106"]}),
        json!({"subjects": ["外国人"], "attachments": ["申请表.pdf"],
            "english": {"title": null, "summary": "Apply within 48 hours."}}),
    ];
    for change in changes {
        let mut point = good.clone();
        point
            .as_object_mut()
            .unwrap()
            .extend(change.as_object().unwrap().clone());
        let point: knowledge::Point = serde_json::from_value(point).unwrap();
        for (scope, path) in [
            ("440100", "/knowledge/city"),
            ("440100/citations", "/knowledge/city/citations"),
            ("440104", "/knowledge/440104"),
        ] {
            let rule = runtime().rule(scope, Kind::Knowledge).unwrap();
            let (attempt, findings) = runtime().check_with(scope, &rule, &context(), &point);
            let findings = findings.unwrap_or_default();
            check(path, &point, &attempt.outcome, &findings);
        }
    }
}
