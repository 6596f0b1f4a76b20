//! The district's own settings on one good point, and on the same point after one change.

use proptest::prelude::*;
use sdk::knowledge::{English, Faq, Point, PointKind, Severity};
use sdk::{CivilDate, read_json, testing};

use crate::{Settings, check};

const SETTINGS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/settings.toml");

const SUMMARY: &str = "Foreigners who stay outside hotels in Yuexiu register with the police within \
     24 hours of arrival. Bring your passport and the lease. The desk is open from 9:00 to 5:00 p.m.; \
     from 1 March 2026 the fine for late registration is up to 2,000 yuan.";

const fn date(year: i32, month: u8, day: u8) -> CivilDate {
    CivilDate { year, month, day }
}

/// A point for people from abroad that nothing is wrong with.
fn good() -> Point {
    Point {
        owner: "GZ-D104".to_owned(),
        kind: PointKind::ServiceGuide,
        title: "外国人住宿登记指南".to_owned(),
        body: "在旅馆以外住宿的，入住后二十四小时内到派出所登记，受理时间9时至17时。".to_owned(),
        legal_basis: vec!["《中华人民共和国出境入境管理法》第三十九条".to_owned()],
        scope: "越秀区".to_owned(),
        districts: vec!["440104".to_owned()],
        subjects: vec!["来穗人员".to_owned()],
        conditions: Vec::new(),
        relations: Vec::new(),
        faqs: vec![Faq {
            question: "逾期会怎样？".to_owned(),
            answer: "自2026年3月1日起可处2000元以下罚款。".to_owned(),
        }],
        attachments: Vec::new(),
        english: Some(English {
            title: Some("Registering where you stay".to_owned()),
            summary: SUMMARY.to_owned(),
        }),
        valid_from: date(2026, 4, 2),
        valid_until: date(2027, 4, 1),
        longer_validity_reason: None,
        today: date(2026, 4, 2),
    }
}

/// Each expectation is `severity field code`, and words that its message has.
#[track_caller]
fn check_point(change: impl FnOnce(&mut Point), expected: &[(&str, &str)]) {
    let rules = testing::settings::<Settings>(SETTINGS).unwrap();
    let mut point = good();
    change(&mut point);
    let found: Vec<String> = check(&rules, &point)
        .unwrap()
        .iter()
        .map(|finding| {
            let severity = match finding.severity {
                Severity::Block => "block",
                Severity::Warn => "warn",
            };
            let field = format!("{:?}", finding.field);
            format!("{severity} {field} {}: {}", finding.code, finding.message)
        })
        .collect();
    let fits = found.len() == expected.len()
        && found.iter().zip(expected).all(|(found, (start, words))| {
            found.starts_with(&format!("{start}: ")) && found.contains(words)
        });
    assert!(fits, "found {found:#?}, expected {expected:?}");
}

fn summary(from: &str, to: &str) -> impl FnOnce(&mut Point) {
    let summary = SUMMARY.replacen(from, to, 1);
    assert_ne!(summary, SUMMARY, "{from}");
    move |point| {
        if let Some(english) = &mut point.english {
            english.summary = summary;
        }
    }
}

#[test]
fn which_points() {
    let missing = ("block EnglishSummary missing", "提及“外国人”");
    check_point(|_| (), &[]);
    check_point(|p| p.english = None, &[missing]);
    let blank = English {
        title: None,
        summary: "　 ".to_owned(),
    };
    check_point(|p| p.english = Some(blank), &[missing]);
    check_point(
        |p| (p.english, p.districts) = (None, Vec::new()),
        &[missing],
    );
    let two = ["440103", "440104"].map(str::to_owned).to_vec();
    check_point(|p| (p.english, p.districts) = (None, two), &[missing]);
    let other = vec!["440106".to_owned()];
    check_point(|p| (p.english, p.districts) = (None, other), &[]);
    check_point(
        |p| (p.english, p.title) = (None, "住宿登记指南".to_owned()),
        &[],
    );
    check_point(
        |p| {
            (p.english, p.title) = (None, "住宿登记指南".to_owned());
            p.subjects.push("持签证的境外人员".to_owned());
        },
        &[("block EnglishSummary missing", "提及“签证”")],
    );
    check_point(
        |p| (p.english, p.title) = (None, "在华南植物园游览".to_owned()),
        &[],
    );
}

#[test]
fn what_it_says() {
    check_point(
        |p| p.english.as_mut().unwrap().title = None,
        &[("warn EnglishTitle title-missing", "请补充")],
    );
    check_point(
        |p| p.english.as_mut().unwrap().title = Some("外国人住宿登记".to_owned()),
        &[(
            "block EnglishTitle not-english",
            "英文标题中拉丁字母只占0.0%",
        )],
    );
    check_point(
        |p| p.english.as_mut().unwrap().title = Some("Stay".to_owned()),
        &[("warn EnglishTitle too-short", "1个词")],
    );
    check_point(
        |p| p.english.as_mut().unwrap().summary = p.body.clone(),
        &[("block EnglishSummary not-english", "请用英文填写")],
    );
    check_point(
        |p| p.english.as_mut().unwrap().summary = "12345".to_owned(),
        &[("block EnglishSummary not-english", "只占0.0%")],
    );
    check_point(
        |p| p.english.as_mut().unwrap().summary = "Ask the police where you live.".to_owned(),
        &[("warn EnglishSummary too-short", "6个词，应不少于15个")],
    );
    check_point(
        |p| p.english.as_mut().unwrap().summary = "Ask the police. ".repeat(90),
        &[("warn EnglishSummary too-long", "270个词，应不超过250个")],
    );
    check_point(summary("Yuexiu", "Yuexiu (越秀)"), &[]);
}

#[test]
fn numbers_are_those_of_the_chinese_text() {
    check_point(
        summary("24 hours", "48 hours"),
        &[("warn EnglishSummary number-differs", "“48”")],
    );
    check_point(
        summary("2,000", "20,000"),
        &[("warn EnglishSummary number-differs", "“20,000”")],
    );
    check_point(
        summary("March", "July"),
        &[("warn EnglishSummary month-differs", "“July”")],
    );
    check_point(summary("March", "April"), &[]);
    check_point(summary("5:00 p.m.", "17:00"), &[]);
    check_point(
        summary("5:00 p.m.", "6:00 p.m."),
        &[("warn EnglishSummary number-differs", "“6”")],
    );
    check_point(summary("passport", "passport, or call 12345"), &[]);
    check_point(
        summary("2026", "2025"),
        &[("warn EnglishSummary number-differs", "“2025”")],
    );
}

proptest! {
    /// Whatever stands there: no panic, no finding without words or with too many for the host, the same
    /// findings again.
    #[test]
    fn any_text_is_read(
        title in "\\PC{0,40}",
        summary in "([a-zA-Z]{1,9}|[0-9,.:]{1,6}|[一-十]|March|May| ){0,80}",
        body in "([0-9]{1,25}|[万亿十百零.]|\\PC){0,40}",
    ) {
        let rules = testing::settings::<Settings>(SETTINGS).unwrap();
        let mut point = good();
        point.body = body;
        point.english = Some(English { title: Some(title), summary });
        let findings = check(&rules, &point).unwrap();
        prop_assert_eq!(&findings, &check(&rules, &point).unwrap());
        for finding in findings {
            prop_assert!((1..=500).contains(&finding.message.chars().count()), "{:?}", finding);
        }
    }

    /// A number that both texts give is never a difference, however Chinese writes it.
    #[test]
    fn same_numbers(value in 1..10_000_000_u64, thousands in any::<bool>()) {
        let english = if thousands { grouped(value) } else { value.to_string() };
        let chinese = if value % 10_000 == 0 { format!("{}万", value / 10_000) } else { value.to_string() };
        let rules = testing::settings::<Settings>(SETTINGS).unwrap();
        let mut point = good();
        point.body = format!("费用{chinese}元。{}", point.body);
        let summary = format!("{SUMMARY} The fee is {english} yuan.");
        point.english = Some(English { title: Some("Registering here".to_owned()), summary });
        prop_assert_eq!(check(&rules, &point).unwrap(), Vec::new());
    }
}

/// `1234567` as `1,234,567`.
fn grouped(value: u64) -> String {
    let digits = value.to_string();
    let letters: Vec<char> = digits.chars().collect();
    let groups: Vec<String> = letters
        .rchunks(3)
        .rev()
        .map(|group| group.iter().collect())
        .collect();
    groups.join(",")
}

#[test]
fn settings() {
    let json = testing::settings_json(SETTINGS).unwrap();
    #[track_caller]
    fn check_settings(json: &str, from: &str, to: &str, expected: &[&str]) {
        assert!(json.contains(from), "{from} does not stand in {json}");
        let problems = read_json::<Settings>(&json.replacen(from, to, 1)).unwrap_err();
        let paths: Vec<_> = problems.iter().map(|it| it.path.as_str()).collect();
        assert_eq!(paths, expected, "{problems:?}");
    }
    check_settings(&json, "440104", "4401", &["district"]);
    check_settings(&json, r#""外国人""#, r#"" ""#, &["keywords[0]"]);
    check_settings(&json, "在华侨", "华侨", &["except[2]"]);
    check_settings(&json, r#""min":15"#, r#""min":251"#, &["summary_words.min"]);
    check_settings(&json, "850", "1001", &["latin.permille_min"]);
    check_settings(
        &json,
        r#""missing":"block""#,
        r#""missing":"blok""#,
        &["severities.missing"],
    );
    check_settings(&json, r#""district":"#, r#""region":"#, &["region"]);
}
