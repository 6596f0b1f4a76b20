//! The city's own settings on a good point, and on the same point after one change.

use sdk::knowledge::{Faq, Point, PointKind, Severity};
use sdk::{CivilDate, read_json, testing};

use crate::{Settings, check};

const SETTINGS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/settings.toml");

fn date(text: &str) -> CivilDate {
    let mut parts = text.split('-');
    CivilDate {
        year: parts.next().unwrap().parse().unwrap(),
        month: parts.next().unwrap().parse().unwrap(),
        day: parts.next().unwrap().parse().unwrap(),
    }
}

/// A point that nothing is wrong with.
fn good() -> Point {
    let texts = |list: &[&str]| list.iter().map(|&text| text.to_owned()).collect();
    Point {
        owner: "GZ-GJJ".to_owned(),
        kind: PointKind::ServiceGuide,
        title: "租房提取住房公积金办理指南".to_owned(),
        body: "职工连续足额缴存住房公积金满3个月，本人及配偶在本市无自有住房且租赁住房的，\
               可以提取住房公积金支付房租，租金<2000元的按实际支出。"
            .to_owned(),
        legal_basis: texts(&["《住房公积金管理条例》第二十四条"]),
        scope: "广州市".to_owned(),
        districts: Vec::new(),
        subjects: texts(&["缴存职工"]),
        conditions: texts(&["连续足额缴存满3个月", "在本市无自有住房"]),
        relations: texts(&["无"]),
        faqs: vec![Faq {
            question: "没有备案合同可以提取吗？".to_owned(),
            answer: "可以，按无租赁合同备案的限额提取。".to_owned(),
        }],
        attachments: Vec::new(),
        english: None,
        valid_from: date("2026-03-01"),
        valid_until: date("2027-03-01"),
        longer_validity_reason: None,
        today: date("2026-03-01"),
    }
}

/// What is found, one `severity field[index] code` a finding.
fn findings(settings: &Settings, point: &Point) -> Vec<String> {
    let name = |value: String| value.to_lowercase();
    check(settings, point)
        .unwrap()
        .iter()
        .map(|finding| {
            assert!(!finding.message.is_empty());
            let index = finding
                .index
                .map(|index| format!("[{index}]"))
                .unwrap_or_default();
            let severity = match finding.severity {
                Severity::Block => "block",
                Severity::Warn => "warn",
            };
            format!(
                "{severity} {}{index} {}",
                name(format!("{:?}", finding.field)),
                finding.code
            )
        })
        .collect()
}

#[track_caller]
fn check_point(change: impl FnOnce(&mut Point), expected: &[&str]) {
    let settings = testing::settings::<Settings>(SETTINGS).unwrap();
    let mut point = good();
    change(&mut point);
    assert_eq!(findings(&settings, &point), expected, "{point:#?}");
}

#[test]
fn contents() {
    check_point(|_| (), &[]);
    check_point(|p| p.owner.clear(), &["block owner missing"]);
    check_point(|p| p.title = "　 ".to_owned(), &["block title missing"]);
    check_point(|p| p.body.clear(), &["block body missing"]);
    check_point(|p| p.legal_basis.clear(), &["block legalbasis missing"]);
    check_point(|p| p.scope.clear(), &["block scope missing"]);
    check_point(|p| p.subjects.clear(), &["block subjects missing"]);
    check_point(
        |p| p.conditions.clear(),
        &["warn conditions missing-detail"],
    );
    check_point(|p| p.relations.clear(), &["warn relations missing-detail"]);
    check_point(|p| p.faqs.clear(), &["warn faqs missing-detail"]);
    check_point(
        |p| (p.faqs, p.kind) = (Vec::new(), PointKind::Interpretation),
        &[],
    );
    check_point(
        |p| p.conditions.push(" ".to_owned()),
        &["block conditions[2] empty-entry"],
    );
    check_point(|p| p.faqs[0].answer.clear(), &["block faqs[0] empty-entry"]);
    check_point(
        |p| p.faqs[0].question.clear(),
        &["block faqs[0] empty-entry"],
    );
    check_point(
        |p| p.faqs.push(p.faqs[0].clone()),
        &["warn faqs[1] faq-repeated"],
    );
    check_point(|p| p.title = "公积".to_owned(), &["warn title too-short"]);
    check_point(|p| p.title = "金".repeat(60), &[]);
    check_point(|p| p.title = "金".repeat(61), &["warn title too-long"]);
    check_point(
        |p| p.legal_basis[0] = "公积金条例".to_owned(),
        &["warn legalbasis[0] basis-unnamed"],
    );
    check_point(
        |p| (p.scope, p.relations) = (String::new(), Vec::new()),
        &["block scope missing", "warn relations missing-detail"],
    );
}

#[test]
fn marks() {
    let body = |text: &str| {
        let text = text.to_owned();
        move |p: &mut Point| p.body.push_str(&text)
    };
    check_point(body("<p>详见</p>"), &["block body html"]);
    check_point(body("</div>"), &["block body html"]);
    check_point(body("<br/>"), &["block body html"]);
    check_point(body("&nbsp;"), &["block body html"]);
    check_point(body("&#160;"), &["block body html"]);
    check_point(body("A&B公司；甲<乙>丙；a<b"), &[]);
    check_point(body("（待补充）"), &["block body unfinished"]);
    check_point(
        |p| p.faqs[0].answer.push_str("<b>"),
        &["block faqs[0] html"],
    );
    check_point(
        |p| p.conditions[1].push_str("TODO"),
        &["block conditions[1] unfinished"],
    );
}

/// Each row: kind, first day, last day, day of the check, and what is found.
const VALIDITY: &str = "
    script 2026-08-31 2027-02-28 2026-08-31
    script 2026-08-31 2027-03-01 2026-08-31 block validuntil validity-too-long
    script 2026-02-28 2026-08-28 2026-02-28
    script 2026-02-28 2026-08-29 2026-02-28 block validuntil validity-too-long
    guide  2024-02-29 2025-02-28 2024-02-29
    guide  2024-02-29 2025-03-01 2024-02-29 block validuntil validity-too-long
    policy 2024-02-29 2029-02-28 2024-02-29
    policy 2024-02-29 2029-03-01 2024-02-29 block validuntil validity-too-long
    other  2026-01-01 2027-01-01 2026-01-01
    other  2026-01-01 2027-01-02 2026-01-01 block validuntil validity-too-long
    guide  2026-01-01 2026-06-30 2026-06-15
    guide  2026-01-01 2026-06-30 2026-06-16 warn validuntil ends-soon
    guide  2026-01-01 2026-06-30 2026-06-30 warn validuntil ends-soon
    guide  2026-01-01 2026-06-30 2026-07-01 block validuntil expired
    guide  2026-06-30 2026-06-29 2026-06-01 block validuntil reversed
    guide  2026-02-30 2026-06-30 2026-06-01 block validfrom no-such-date
    guide  2026-02-01 2026-13-01 2026-02-01 block validuntil no-such-date
";

#[test]
fn validity() {
    for row in VALIDITY.trim().lines() {
        let words: Vec<_> = row.split_whitespace().collect();
        let kind = match words[0] {
            "script" => PointKind::AnswerScript,
            "guide" => PointKind::ServiceGuide,
            "policy" => PointKind::Policy,
            other => {
                assert_eq!(other, "other", "{row}");
                PointKind::Interpretation
            }
        };
        let expected = words[4..].join(" ");
        let change = |p: &mut Point| {
            p.kind = kind;
            (p.valid_from, p.valid_until, p.today) =
                (date(words[1]), date(words[2]), date(words[3]));
        };
        match expected.as_str() {
            "" => check_point(change, &[]),
            finding => check_point(change, &[finding]),
        }
    }
}

#[test]
fn longer_validity() {
    let reason = |reason: &str| {
        let reason = Some(reason.to_owned());
        move |p: &mut Point| {
            (p.longer_validity_reason, p.valid_until) = (reason, date("2028-03-01"));
        }
    };
    check_point(
        reason("条例五年内不修订"),
        &["warn validuntil validity-long-with-reason"],
    );
    check_point(reason(" "), &["block validuntil validity-too-long"]);
}

#[test]
fn settings() {
    let json = testing::settings_json(SETTINGS).unwrap();
    #[track_caller]
    fn check_settings(json: &str, from: &str, to: &str, expected: &[&str]) {
        assert!(json.contains(from), "{from} does not stand in {json}");
        let problems = read_json::<Settings>(&json.replacen(from, to, 1)).unwrap_err();
        let paths: Vec<_> = problems
            .iter()
            .map(|problem| problem.path.as_str())
            .collect();
        assert_eq!(paths, expected, "{problems:?}");
    }
    check_settings(&json, r#""html":"block","#, "", &["severities"]);
    check_settings(
        &json,
        r#""html":"block""#,
        r#""html":"blok""#,
        &["severities.html"],
    );
    check_settings(&json, r#""html":"#, r#""htm":"#, &["severities.htm"]);
    check_settings(
        &json,
        r#""policy":60"#,
        r#""policy":0"#,
        &["validity_months.policy"],
    );
    check_settings(&json, r#""min":4"#, r#""min":61"#, &["title.min"]);
    check_settings(&json, "待补充", "", &["placeholders[0]"]);
    let off = json.replacen(r#""html":"block""#, r#""html":"off""#, 1);
    let mut point = good();
    point.body.push_str("<p>");
    assert_eq!(
        findings(&read_json::<Settings>(&off).unwrap(), &point),
        [""; 0]
    );
}
