//! The city's own settings on the sample requests, and the scoring on small settings.

use sdk::routing::{Question, Verdict};
use sdk::{Channel, Instant, OrderType, read_json, testing};
use serde::Deserialize;

use crate::{Rules, Settings, route};

const SETTINGS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/settings.toml");
const FIXTURES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/requests.json");

fn ranking(rules: &Rules, question: &Question) -> Vec<(String, u16, String)> {
    match route(rules, question).unwrap() {
        Verdict::Ranked(list) => list
            .into_iter()
            .map(|c| (c.unit, c.score_permille, c.reason))
            .collect(),
        Verdict::NoOpinion => Vec::new(),
    }
}

/// What a fixture expects: the first candidate's unit, and whatever follows (`"..."`).
#[derive(Debug, Deserialize)]
struct Expected {
    candidates: (First, String),
}

#[derive(Debug, Deserialize)]
struct First {
    unit: String,
}

/// The first candidate is the expected unit. `kapok plugin test` runs the same fixtures on the component.
#[test]
fn requests() {
    let rules = testing::settings::<Settings>(SETTINGS).unwrap();
    let count = testing::fixtures(FIXTURES, |question: Question, expected: Expected| {
        let ranking = ranking(&rules, &question);
        match ranking.first() {
            Some((unit, score, reason)) => {
                if expected.candidates.0.unit != *unit {
                    return Err(format!("got {ranking:?}, expected {expected:?}"));
                }
                if *score > 1000 || reason.is_empty() {
                    return Err(format!("score {score}, reason `{reason}`"));
                }
                Ok(())
            }
            None => Err("no opinion".to_owned()),
        }
    })
    .unwrap();
    assert!(count >= 40);
}

/// Small settings whose arithmetic can be followed.
const SMALL: &str = r#"{
    "scoring": {
        "least": 300, "candidates_max": 2, "category": 900, "other_category": 500, "subject": 200
    },
    "units": [
        { "code": "GZ-A", "name": "甲局", "matters": ["噪声"], "keywords": [
            { "weight": 500, "terms": ["施工", "噪音"] }, { "weight": 800, "terms": ["夜间施工"] }
        ] },
        { "code": "GZ-B", "name": "乙局",
          "keywords": [{ "weight": 500, "terms": ["工资", "施工", "APP"] }],
          "negative": [{ "weight": 400, "terms": ["噪音"] }] },
        { "code": "GZ-C", "name": "丙局", "keywords": [{ "weight": 299, "terms": ["小事"] }] }
    ],
    "districts": [
        { "code": "440106", "name": "天河区", "unit": "GZ-D106", "names": ["黄埔大道"],
          "streets": ["员村街道"] },
        { "code": "440112", "name": "黄埔区", "unit": "GZ-D112", "names": ["黄埔"] }
    ],
    "local": {
        "place": 250, "order_types": ["complaint"], "matters": ["路灯"],
        "keywords": [{ "weight": 600, "terms": ["路灯"] }],
        "negative": [{ "weight": 1000, "terms": ["地铁"] }]
    }
}"#;

/// What a row of the table says beside the text.
#[derive(Clone, Copy, Default)]
struct Given<'a> {
    subject: &'a str,
    category: Option<&'a str>,
    district: Option<&'a str>,
    street: Option<&'a str>,
    excluded: &'a [&'a str],
    consultation: bool,
}

#[track_caller]
fn check(text: &str, given: Given<'_>, expected: &[(&str, u16, &str)]) {
    let rules = read_json::<Settings>(SMALL).unwrap();
    let question = Question {
        order_type: match given.consultation {
            true => OrderType::Consultation,
            false => OrderType::Complaint,
        },
        channel: Channel::Phone,
        district: given.district.map(str::to_owned),
        street: given.street.map(str::to_owned),
        category: given.category.map(str::to_owned),
        subject: given.subject.to_owned(),
        text: text.to_owned(),
        registered_at: Instant { unix_ms: 0 },
        excluded_units: given.excluded.iter().map(|&unit| unit.to_owned()).collect(),
    };
    let got = ranking(&rules, &question);
    let got: Vec<_> = got
        .iter()
        .map(|(u, s, r)| (u.as_str(), *s, r.as_str()))
        .collect();
    assert_eq!(got, expected, "{text}");
}

#[test]
fn words() {
    let given = Given::default();
    check("噪音", given, &[("GZ-A", 500, "命中“噪音”，属甲局职责")]);
    // Independent words support each other, the same word again does not.
    check(
        "噪音噪音",
        given,
        &[("GZ-A", 500, "命中“噪音”，属甲局职责")],
    );
    check(
        "噪音，夜间施工",
        given,
        &[("GZ-A", 900, "命中“噪音”“夜间施工”，属甲局职责")],
    );
    // A longer word covers a shorter one: 乙局 does not get its 施工.
    check(
        "夜间施工",
        given,
        &[("GZ-A", 800, "命中“夜间施工”，属甲局职责")],
    );
    // The order of the settings decides between equal scores.
    check(
        "施工",
        given,
        &[
            ("GZ-A", 500, "命中“施工”，属甲局职责"),
            ("GZ-B", 500, "命中“施工”，属乙局职责"),
        ],
    );
    // Words against a unit lower it: (1 - 0.5 × 0.5) × 0.6.
    check(
        "工资施工噪音",
        given,
        &[
            ("GZ-A", 750, "命中“施工”“噪音”，属甲局职责"),
            (
                "GZ-B",
                450,
                "命中“工资”“施工”，因出现“噪音”酌减，属乙局职责",
            ),
        ],
    );
    check(
        "工资",
        Given {
            subject: "工资",
            ..given
        },
        &[("GZ-B", 600, "命中“工资”，属乙局职责")],
    );
    check(
        "下载ａｐｐ",
        given,
        &[("GZ-B", 500, "命中“APP”，属乙局职责")],
    );
    check("小事", given, &[]);
    check("无关", given, &[]);
    check("", given, &[]);
}

#[test]
fn category_and_excluded() {
    let noise = || Given {
        category: Some("噪声"),
        ..Given::default()
    };
    check(
        "无关",
        noise(),
        &[("GZ-A", 900, "事项分类为“噪声”，属甲局职责")],
    );
    // Others keep half of their score.
    check(
        "工资施工",
        noise(),
        &[
            ("GZ-A", 950, "事项分类为“噪声”，命中“施工”，属甲局职责"),
            ("GZ-B", 375, "命中“工资”“施工”，属乙局职责"),
        ],
    );
    // A category that nobody lists changes nothing.
    let other = Given {
        category: Some("其他"),
        ..Given::default()
    };
    check("工资", other, &[("GZ-B", 500, "命中“工资”，属乙局职责")]);
    check(
        "施工",
        Given {
            excluded: &["GZ-A"],
            ..noise()
        },
        &[],
    );
    let excluded = Given {
        excluded: &["GZ-A"],
        ..Given::default()
    };
    check("施工", excluded, &[("GZ-B", 500, "命中“施工”，属乙局职责")]);
}

/// The lamps of `text` are the business of this unit in this district, or nobody's.
#[track_caller]
fn check_lamps(text: &str, given: Given<'_>, expected: Option<(&str, &str)>) {
    match expected {
        Some((unit, place)) => {
            let reason = format!("事发地在{place}，命中“路灯”，由属地处理");
            check(text, given, &[(unit, 700, &reason)]);
        }
        None => check(text, given, &[]),
    }
}

#[test]
fn places() {
    let given = Given::default();
    check_lamps("天河区路灯不亮", given, Some(("GZ-D106", "天河区")));
    check_lamps("黄埔路灯不亮", given, Some(("GZ-D112", "黄埔区")));
    // A longer name covers a shorter one: the road lies in 天河.
    check_lamps("黄埔大道路灯不亮", given, Some(("GZ-D106", "天河区")));
    // The code decides over the text, and so does the street.
    let coded = Given {
        district: Some("440106"),
        ..given
    };
    check_lamps("黄埔路灯不亮", coded, Some(("GZ-D106", "天河区")));
    let street = Given {
        street: Some("员村街道"),
        ..given
    };
    check_lamps("黄埔路灯不亮", street, Some(("GZ-D106", "天河区")));
    check_lamps("路灯不亮", given, None);
    check_lamps(
        "天河区路灯不亮",
        Given {
            consultation: true,
            ..given
        },
        None,
    );
    check_lamps("天河区地铁路灯不亮", given, None);
    check_lamps(
        "天河区路灯",
        Given {
            excluded: &["GZ-D106"],
            ..given
        },
        None,
    );
    let listed = Given {
        category: Some("路灯"),
        ..coded
    };
    check(
        "不亮",
        listed,
        &[(
            "GZ-D106",
            925,
            "事发地在天河区，事项分类为“路灯”，由属地处理",
        )],
    );
}

/// Problems of [`SMALL`] after one replacement.
#[track_caller]
fn check_settings(from: &str, to: &str, expected: &[&str]) {
    assert!(
        SMALL.contains(from),
        "{from} does not stand in the settings"
    );
    let problems = read_json::<Settings>(&SMALL.replacen(from, to, 1))
        .map(|_| ())
        .unwrap_err();
    let paths: Vec<_> = problems
        .iter()
        .map(|problem| problem.path.as_str())
        .collect();
    assert_eq!(paths, expected, "{problems:?}");
}

#[test]
fn bad_settings() {
    check_settings(
        "\"weight\": 800",
        "\"weight\": 1001",
        &["units[0].keywords[1].weight"],
    );
    check_settings(
        "\"weight\": 400",
        "\"weight\": 0",
        &["units[1].negative[0].weight"],
    );
    check_settings("GZ-B", "GZ-A", &["units[1].code"]);
    check_settings("GZ-D112", "GZ-D106", &["districts[1].unit"]);
    check_settings("GZ-B", "乙", &["units[1].code"]);
    check_settings("乙局", " ", &["units[1].name"]);
    check_settings("\"噪音\"", "\"施工\"", &["units[0].keywords[0].terms[1]"]);
    check_settings("\"APP\"", "\"噪音\"", &["units[1].negative[0].terms[0]"]);
    check_settings("\"小事\"", "\"\"", &["units[2].keywords[0].terms[0]"]);
    check_settings("440112", "44011", &["districts[1].code"]);
    check_settings(
        "\"category\": 900",
        "\"category\": 1100",
        &["scoring.category"],
    );
    check_settings(
        "\"candidates_max\": 2",
        "\"candidates_max\": 0",
        &["scoring.candidates_max"],
    );
    check_settings("\"least\": 300", "\"lest\": 300", &["scoring.lest"]);
    check_settings("\"complaint\"", "\"complain\"", &["local.order_types[0]"]);
    check_settings(
        "\"names\": [\"黄埔\"]",
        "\"streets\": [\"员村街道\"]",
        &["districts[1].streets[0]"],
    );
}
