//! The adapter without a plugin: every answer that it can give.

use contract::about::{Description, Kind};
use contract::knowledge::{Field, Finding, Point, Severity};
use contract::routing::{Candidate, Question, Verdict};
use contract::types::Refusal;
use serde_json::{Value, json};

use crate::{Answer, MAX_BODY_BYTES, Plan, answer};

const QUESTION: &str = r#"{"order_type":"complaint","channel":"phone","text":"路灯不亮","registered_at":"2026-03-02T09:15:00.000+08:00"}"#;

fn route(body: impl AsRef<[u8]>) -> Answer {
    crate::ask(body.as_ref(), |question: Question| {
        match question.text.as_str() {
            "?" => Err(Refusal::Unsupported("没有该类事项".to_owned())),
            "!" => Err(Refusal::Internal("empty table".to_owned())),
            "" => Ok(Verdict::NoOpinion),
            _ => Ok(Verdict::Ranked(vec![Candidate {
                unit: "GZ-CG".to_owned(),
                score_permille: 900,
                reason: "「路灯」".to_owned(),
            }])),
        }
    })
}

fn with(field: &str, value: Value) -> String {
    let mut question: Value = serde_json::from_str(QUESTION).unwrap();
    question[field] = value;
    question.to_string()
}

fn problem(answer: &Answer) -> Value {
    assert_eq!(
        answer.headers[0],
        ("content-type", "application/problem+json"),
        "{answer:?}"
    );
    let document: Value = serde_json::from_str(&answer.body).unwrap();
    assert_eq!(document["status"], answer.status, "{document}");
    document
}

#[test]
fn verdicts_are_written_as_the_contract_writes_them() {
    let rows = [
        (
            "路灯不亮",
            r#"{"verdict":"ranked","candidates":[{"unit":"GZ-CG","score_permille":900,"reason":"「路灯」"}]}"#,
        ),
        ("", r#"{"verdict":"no_opinion"}"#),
    ];
    for (text, body) in rows {
        let answer = route(with("text", json!(text)));
        assert_eq!((answer.status, answer.body.as_str()), (200, body));
        assert_eq!(answer.headers, [("content-type", "application/json")]);
    }
}

#[test]
fn findings_are_a_list() {
    let point = r#"{"owner":"U","kind":"policy","title":"t","body":"b","valid_from":"2026-01-01","valid_until":"2026-02-30","today":"2026-01-01"}"#;
    let ask = |_: Point| {
        Ok(vec![Finding {
            severity: Severity::Warn,
            field: Field::LegalBasis,
            index: None,
            code: "no-basis".to_owned(),
            message: "无依据".to_owned(),
        }])
    };
    assert_eq!(
        problem(&crate::ask(point.as_bytes(), ask))["field"],
        "valid_until"
    );
    let point = point.replace("02-30", "02-28");
    assert_eq!(
        crate::ask(point.as_bytes(), ask).body,
        r#"[{"severity":"warn","field":"legal_basis","index":null,"code":"no-basis","message":"无依据"}]"#
    );
}

/// Name, body, code and field of every malformed question.
type Malformed = (&'static str, Vec<u8>, &'static str, Value);

fn no_json() -> Vec<Malformed> {
    let trailing = format!("{QUESTION} {QUESTION}");
    let cut = QUESTION.as_bytes()[..58].to_vec();
    vec![
        ("empty", vec![], "invalid_json", json!(".")),
        ("blank", b" \n".to_vec(), "invalid_json", json!(".")),
        ("broken off", cut, "invalid_json", json!("text")),
        (
            "two documents",
            trailing.into(),
            "invalid_json",
            Value::Null,
        ),
        (
            "a surrogate",
            br#"{"text":"\ud800"}"#.to_vec(),
            "invalid_json",
            json!("text"),
        ),
        (
            "Latin-1",
            b"{\"text\":\"caf\xe9\"}".to_vec(),
            "invalid_utf8",
            Value::Null,
        ),
        (
            "a byte-order mark",
            format!("\u{feff}{QUESTION}").into(),
            "invalid_json",
            json!("."),
        ),
    ]
}

fn no_question() -> Vec<Malformed> {
    let deep = "[".repeat(100_000);
    let deep_text = format!(r#"{{"text":{deep}"#);
    let deep_unknown = QUESTION.replace(r#""text""#, &format!(r#""x":{deep},"text""#));
    let twice = QUESTION.replace(r#""text""#, r#""text":"a","text""#);
    let rows = [
        ("a list", "[]".to_owned(), "."),
        ("a number", "1".to_owned(), "."),
        ("missing", "{}".to_owned(), "order_type"),
        ("twice", twice, "text"),
        ("unknown", with("txt", json!(1)), "txt"),
        ("deep", deep_text, "text"),
        ("deep in unknown", deep_unknown, "x"),
        ("no case", with("channel", json!("fax")), "channel"),
        (
            "no instant",
            with("registered_at", json!("2026-03-02")),
            "registered_at",
        ),
        (
            "in a list",
            with("excluded_units", json!(["A", 1])),
            "excluded_units[1]",
        ),
    ];
    rows.map(|(name, body, field)| (name, body.into(), "invalid_question", json!(field)))
        .into()
}

#[test]
fn malformed_questions_are_named_by_their_place() {
    for (name, body, code, field) in no_json().into_iter().chain(no_question()) {
        let answer = route(body);
        let document = problem(&answer);
        assert_eq!(answer.status, 400, "{name}: {document}");
        assert_eq!(document["code"], code, "{name}: {document}");
        assert_eq!(
            document.get("field").unwrap_or(&Value::Null),
            &field,
            "{name}: {document}"
        );
    }
}

#[test]
fn refusals_keep_the_plugins_words() {
    let rows = [
        (
            "?",
            json!({"refusal": "unsupported", "detail": "没有该类事项"}),
        ),
        ("!", json!({"refusal": "internal", "detail": "empty table"})),
    ];
    for (text, refusal) in rows {
        let answer = route(with("text", json!(text)));
        let document = problem(&answer);
        assert_eq!((answer.status, &document["code"]), (422, &json!("refused")));
        assert_eq!(document["refusal"], refusal);
        assert_eq!(document["detail"], refusal["detail"]);
    }
}

#[test]
fn heads_are_judged_before_the_body() {
    let ask = |types: &[&[u8]]| crate::plan("POST", types.iter().copied());
    let taken: [&[&[u8]]; 6] = [
        &[],
        &[b"application/json"],
        &[b"Application/JSON ; charset=UTF-8"],
        &[b"application/json;charset=\"utf-8\""],
        &[b"application/json; profile=x"],
        &[b"application/json;"],
    ];
    for types in taken {
        assert_eq!(ask(types), Plan::Ask, "{types:?}");
    }
    let refused: [&[&[u8]]; 6] = [
        &[b""],
        &[b"text/json"],
        &[b"application/jsonp"],
        &[b"application/json; charset=gb18030"],
        &[b"\xff"],
        &[b"application/json", b"application/json"],
    ];
    for types in refused {
        let Plan::Send(answer) = ask(types) else {
            panic!("{types:?} was taken")
        };
        assert_eq!(
            (answer.status, &problem(&answer)["code"]),
            (415, &json!("unsupported_media_type"))
        );
    }
    for method in ["PUT", "DELETE", "PATCH", "TRACE", "post", "BREW", ""] {
        let Plan::Send(answer) = crate::plan(method, []) else {
            panic!("{method} was taken")
        };
        assert_eq!(
            (answer.status, &problem(&answer)["code"]),
            (405, &json!("method_not_allowed"))
        );
        assert_eq!(answer.headers[1], ("allow", "GET, HEAD, OPTIONS, POST"));
    }
    assert_eq!(crate::plan("GET", [b"x".as_slice()]), Plan::Describe);
    assert_eq!(crate::plan("HEAD", []), Plan::DescribeHead);
    let Plan::Send(options) = crate::plan("OPTIONS", []) else {
        panic!("OPTIONS asks")
    };
    assert_eq!((options.status, options.body.as_str()), (204, ""));
}

#[test]
fn bodies_have_a_limit_and_may_break_off() {
    let answer = answer::body_too_large();
    let document = problem(&answer);
    assert_eq!(
        (answer.status, &document["code"]),
        (413, &json!("body_too_large"))
    );
    assert!(
        document["detail"]
            .as_str()
            .unwrap()
            .contains(&MAX_BODY_BYTES.to_string())
    );
    assert_eq!(
        problem(&answer::unreadable_body())["code"],
        "unreadable_body"
    );
}

#[test]
fn descriptions_carry_the_schema_as_json() {
    let mut description = Description {
        name: "routing".to_owned(),
        version: "0.1.0".to_owned(),
        kind: Kind::Routing,
        summary: "s".to_owned(),
        settings_schema: r#"{"type": "object"}"#.to_owned(),
    };
    let answer = crate::describe(&description);
    assert_eq!(answer.status, 200);
    assert_eq!(
        answer.body,
        r#"{"name":"routing","version":"0.1.0","kind":"routing","summary":"s","settings_schema":{"type":"object"}}"#
    );
    description.settings_schema = "{".to_owned();
    let answer = crate::describe(&description);
    assert_eq!(
        (answer.status, &problem(&answer)["code"]),
        (500, &json!("invalid_schema"))
    );
}
