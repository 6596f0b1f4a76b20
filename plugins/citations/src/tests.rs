//! The city's own settings on texts, and on texts made of pieces.

use proptest::prelude::*;
use sdk::knowledge::{Faq, Field, Point, PointKind, Severity};
use sdk::{CivilDate, read_json, testing};

use crate::{Settings, check};

const SETTINGS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/settings.toml");

const fn date(year: i32, month: u8, day: u8) -> CivilDate {
    CivilDate { year, month, day }
}

/// A point without any citation, checked on 2026-03-01 and valid for a year.
fn point() -> Point {
    Point {
        owner: "GZ-GJJ".to_owned(),
        kind: PointKind::ServiceGuide,
        title: "租房提取住房公积金办理指南".to_owned(),
        body: "连续足额缴存满3个月的职工可以提取。".to_owned(),
        legal_basis: Vec::new(),
        scope: "广州市".to_owned(),
        districts: Vec::new(),
        subjects: Vec::new(),
        conditions: Vec::new(),
        relations: Vec::new(),
        faqs: Vec::new(),
        attachments: Vec::new(),
        english: None,
        valid_from: date(2026, 3, 1),
        valid_until: date(2027, 2, 28),
        longer_validity_reason: None,
        today: date(2026, 3, 1),
    }
}

/// What is found, one `severity code: “words”` a finding.
fn found(point: &Point) -> Vec<String> {
    let rules = testing::settings::<Settings>(SETTINGS).unwrap();
    let findings = check(&rules, point).unwrap();
    let told = findings.iter().map(|finding| {
        let severity = match finding.severity {
            Severity::Block => "block",
            Severity::Warn => "warn",
        };
        format!("{severity} {}: {}", finding.code, finding.message)
    });
    told.collect()
}

/// Each expectation is `severity code`, and words that its message has.
#[track_caller]
fn check_point(point: &Point, expected: &[(&str, &str)]) {
    let found = found(point);
    let fits = found.len() == expected.len()
        && found.iter().zip(expected).all(|(found, (code, words))| {
            found.starts_with(&format!("{code}: ")) && found.contains(words)
        });
    assert!(fits, "found {found:#?}, expected {expected:?}");
}

#[track_caller]
fn check_body(text: &str, expected: &[(&str, &str)]) {
    let mut point = point();
    point.body = text.to_owned();
    check_point(&point, expected);
}

#[test]
fn titles() {
    check_body("依照《住房公积金管理条例》第二十四条办理。", &[]);
    check_body("《关于印发《广州市公积金办法》的通知》已公布。", &[]);
    check_body("《〈条例〉实施细则》第三条。", &[]);
    check_body(
        "依照《住房公积金管理条例第二十四条办理。",
        &[(
            "block title-unclosed",
            "“《住房公积金管理条例第二十四条办理。”",
        )],
    );
    check_body(
        "依照《条例第一条和《办法》第二条",
        &[("block title-unclosed", "“《条例第一条")],
    );
    check_body(
        "住房公积金管理条例》第二十四条",
        &[("block title-unopened", "“住房公积金管理条例》”")],
    );
    check_body(
        "依照《管理条例第三条；见租赁条例》第五条",
        &[("block title-unclosed", "“《管理条例第三条")],
    );
    check_body("依照《 》办理", &[("block title-empty", "没有文件名称")]);
    check_body(
        "依照<<住房公积金管理条例>>办理",
        &[("warn title-marks", "请写作“《住房公积金管理条例》”")],
    );
    check_body(
        "依照＜＜条例＞＞办理",
        &[("warn title-marks", "“《条例》”")],
    );
    check_body("依照«条例»办理", &[("warn title-marks", "“《条例》”")]);
    check_body("依照〈条例〉办理", &[("warn title-marks", "“《条例》”")]);
    check_body("租金<2000元且>1000元；a<<b；〈", &[]);
    check_body(&"《".repeat(5000), &[("block title-unclosed", "“《《《")]);
}

#[test]
fn numbers() {
    for good in [
        "穗府规〔2023〕5号",
        "按照穗府办函〔2025〕112号文件",
        "国务院令第588号",
        "广州市人民政府令第195号",
        "国家税务总局公告2023年第5号",
        "地铁（1）5号线，（2023）年度，5号楼（3栋）",
        "（2023）粤0104民初123号",
        "附件〔略〕",
        "命令第三人退出",
    ] {
        check_body(good, &[]);
    }
    for wrong in [
        "[2023]",
        "［2023］",
        "【2023】",
        "（2023）",
        "(2023)",
        "〔2023]",
        "(２０２３)",
    ] {
        check_body(
            &format!("见穗府规{wrong}5号。"),
            &[("warn number-brackets", "”改为“〔2023〕”")],
        );
    }
    check_body(
        "穗府规〔2023〕号",
        &[("block number-incomplete", "“穗府规〔2023〕号”缺少序号")],
    );
    check_body(
        "穗府规〔2023〕5",
        &[("block number-incomplete", "“穗府规〔2023〕5”缺少序号")],
    );
    check_body(
        "穗府规〔23〕5号",
        &[("block number-incomplete", "“穗府规〔23〕5号”的年份")],
    );
    check_body(
        "依据：〔2023〕5号",
        &[("block number-incomplete", "缺少发文机关代字")],
    );
    check_body(
        "国务院令第号",
        &[("block number-incomplete", "“国务院令第号”缺少序号")],
    );
    check_body(
        "穗府规〔2027〕5号",
        &[("block number-year", "“穗府规〔2027〕5号”的年份2027")],
    );
    check_body("穗府规〔2026〕5号", &[]);
    check_body("总局公告2031年第5号", &[("block number-year", "2031")]);
}

#[test]
fn numbers_that_are_missing() {
    let basis = |text: &str, expected: &[(&str, &str)]| {
        let mut point = point();
        point.legal_basis = vec!["《公积金条例》".to_owned(), text.to_owned()];
        check_point(&point, expected);
        check_body(text, &[]);
    };
    let missing = (
        "warn number-missing",
        "《关于调整限额的通知》未写明发文字号",
    );
    basis("《关于调整限额的通知》", &[missing]);
    basis("《关于调整限额的通知》（穗公积金〔2024〕2号）第三条", &[]);
    basis("穗公积金〔2024〕2号《关于调整限额的通知》", &[]);
    basis(
        "《关于调整限额的通知》《第二个方案》（穗府〔2024〕2号）",
        &[missing],
    );
    basis("《广州市某某办法》第十条", &[]);
    basis(
        "《关于开展试点的方案（试行）》",
        &[("warn number-missing", "方案（试行）")],
    );
}

#[test]
fn dates() {
    for good in [
        "2024年2月29日",
        "2月29日",
        "12月31日",
        "二〇二四年二月二十九日",
        "三月三十一号",
        "2026-02-28",
        "2026/2/28",
        "2026.02.28",
        "电话2026-02-30123",
        "版本2026.13.40.1",
        "农历二月三十日",
        "3个月31日内",
        "13月",
        "近十年3月1日",
        "每月31日前",
        "A2026-02-30",
        "2027年12月31日",
        "45日",
    ] {
        check_body(good, &[]);
    }
    for (wrong, words) in [
        ("自2023年2月30日起", "“2023年2月30日”"),
        ("自2023年 2 月 30 日起", "“2023年 2 月 30 日”"),
        ("自２０２３年２月３０日起", "“２０２３年２月３０日”"),
        ("2025年2月29日", "“2025年2月29日”"),
        ("二〇二五年二月二十九日", "“二〇二五年二月二十九日”"),
        ("每年2月30日", "“2月30日”"),
        ("2023年13月1日", "“2023年13月1日”"),
        ("4月31号", "“4月31号”"),
        ("1月0日", "“1月0日”"),
        ("2023-02-30生效", "“2023-02-30”"),
        ("2023/13/1", "“2023/13/1”"),
        ("2023.4.31", "“2023.4.31”"),
    ] {
        check_body(wrong, &[("block no-such-date", words)]);
    }
    check_body(
        "执行至2031年5月1日。",
        &[(
            "warn date-beyond-validity",
            "“2031年5月1日”晚于本知识点有效期届满之年2027",
        )],
    );
    check_body("到2035年基本建成", &[]);
}

#[test]
fn repealed_documents() {
    let civil_code = (
        "block repealed",
        "已于2021-01-01废止，请改引《中华人民共和国民法典》",
    );
    check_body("依照《中华人民共和国合同法》第五条", &[civil_code]);
    check_body("依照《合同法》第五条", &[civil_code]);
    check_body("依照《合同法（1999年）》第五条", &[civil_code]);
    check_body("依照《 合同法 》第五条", &[civil_code]);
    check_body("依照《劳动合同法》第五条", &[]);
    check_body("原《合同法》第五条", &[]);
    check_body("《合同法》同时废止。", &[]);
    check_body("《关于废止《信访条例》的决定》", &[]);
    check_body("《合同法》第五条；该办法废止", &[civil_code]);
    let petitions = ("block repealed", "请改引《信访工作条例》");
    check_body("《信访条例》（国务院令第431号）", &[petitions]);
    check_body("根据国务院令第431号办理", &[petitions]);
    check_body("国务院令第4310号", &[]);
    let mut early = point();
    early.body = "《信访条例》".to_owned();
    (early.today, early.valid_until) = (date(2022, 4, 1), date(2022, 12, 31));
    check_point(&early, &[("warn repealed-ahead", "将于2022-05-01废止")]);
    early.valid_until = date(2022, 4, 30);
    check_point(&early, &[]);
}

#[test]
fn every_part_that_cites_is_read() {
    let wrong = || "见2月30日".to_owned();
    let mut point = point();
    (point.title, point.body, point.scope) = (wrong(), wrong(), wrong());
    point.legal_basis = vec!["《条例》".to_owned(), wrong()];
    (point.subjects, point.conditions) = (vec![wrong()], vec![wrong()]);
    point.faqs = vec![Faq {
        question: "哪天？".to_owned(),
        answer: wrong(),
    }];
    (point.relations, point.attachments) = (vec![wrong()], vec![wrong()]);
    let rules = testing::settings::<Settings>(SETTINGS).unwrap();
    let places: Vec<_> = check(&rules, &point)
        .unwrap()
        .iter()
        .map(|finding| (finding.field, finding.index))
        .collect();
    let expected = [
        (Field::Title, None),
        (Field::Body, None),
        (Field::Scope, None),
        (Field::LegalBasis, Some(1)),
        (Field::Subjects, Some(0)),
        (Field::Conditions, Some(0)),
        (Field::Faqs, Some(0)),
    ];
    assert_eq!(places, expected);
}

/// Pieces that texts of this kind are made of, whole and broken.
const PIECES: [&str; 44] = [
    "《",
    "》",
    "〈",
    "〉",
    "<<",
    ">>",
    "«",
    "»",
    "＜＜",
    "＞＞",
    "〔",
    "〕",
    "[",
    "]",
    "（",
    "）",
    "第",
    "号",
    "令",
    "年",
    "月",
    "日",
    "2023",
    "２０２３",
    "13",
    "30",
    "0",
    "三十一",
    "二〇二三",
    "万亿",
    "99999999999999999999",
    "-",
    "/",
    ".",
    " ",
    "\n",
    "合同法",
    "信访条例",
    "国务院",
    "穗府规",
    "公告",
    "废止",
    "原",
    "的通知",
];

proptest! {
    /// Whatever stands in a text: no panic, no finding without words or with too many for the host, the
    /// same findings again, and what blocks first.
    #[test]
    fn any_text_is_read(pieces in prop::collection::vec(prop::sample::select(&PIECES[..]), 0..60)) {
        let mut point = point();
        point.body = pieces.concat();
        point.legal_basis = vec![pieces.concat()];
        let rules = testing::settings::<Settings>(SETTINGS).unwrap();
        let findings = check(&rules, &point).unwrap();
        prop_assert_eq!(&findings, &check(&rules, &point).unwrap());
        prop_assert!(findings.is_sorted_by_key(|finding| finding.severity));
        for finding in findings {
            prop_assert!((1..=500).contains(&finding.message.chars().count()), "{:?}", finding);
            prop_assert!(!finding.message.contains('\n'));
        }
    }

    /// A title, number and date that are right raise nothing, whatever plain words stand around.
    #[test]
    fn right_citations_raise_nothing(
        name in "[甲乙丙丁戊]{1,12}(条例|办法|规定)",
        issuer in "(穗府规|穗府办函|粤建法)",
        year in 1990..=2026_i32,
        serial in 1..9999_u32,
        (month, day) in (1..=12_u32, 1..=28_u32),
        words in "[子丑寅卯，。]{0,8}",
    ) {
        let text = format!(
            "{words}《{name}》（{issuer}〔{year}〕{serial}号），自{year}年{month}月{day}日起施行{words}"
        );
        let mut point = point();
        point.legal_basis = vec![text.clone()];
        point.body = text;
        prop_assert_eq!(found(&point), Vec::<String>::new());
    }

    /// The same with one mark taken away or changed is found.
    #[test]
    fn wrong_citations_are_found(
        name in "[甲乙丙丁戊]{1,12}条例",
        (from, to, code) in prop::sample::select(&[
            ("《", "", "block title-unopened"),
            ("》", "", "block title-unclosed"),
            ("〔", "[", "warn number-brackets"),
            ("〕", "］", "warn number-brackets"),
            ("5号", "号", "block number-incomplete"),
            ("2023", "23", "block number-incomplete"),
            ("2023", "2033", "block number-year"),
            ("6月1日", "6月31日", "block no-such-date"),
        ][..]),
    ) {
        let text = format!("《{name}》（穗府规〔2023〕5号），自6月1日起施行").replacen(from, to, 1);
        let mut point = point();
        point.body = text;
        let found = found(&point);
        prop_assert!(found.len() == 1 && found[0].starts_with(code), "{:?}", found);
    }
}

/// A text that is one mistake over and over costs no more than what a decision may.
#[test]
fn long_texts() {
    for piece in PIECES {
        let mut point = point();
        point.body = piece.repeat(20_000 / piece.chars().count());
        assert!(found(&point).len() <= 400, "{piece}");
    }
    let days: String = (0..3000).map(|n| format!("13月{n}日，")).collect();
    assert_eq!(
        found(&{
            let mut it = point();
            it.body = days;
            it
        })
        .len(),
        200
    );
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
    check_settings(&json, "2021-01-01", "2021-02-30", &["repealed[0].since"]);
    check_settings(
        &json,
        "中华人民共和国婚姻法",
        "合同法",
        &["repealed[1].titles[0]"],
    );
    check_settings(
        &json,
        "中华人民共和国合同法",
        "《合同法》",
        &["repealed[0].titles[0]"],
    );
    check_settings(&json, r#"["中华人民共和国合同法"]"#, "[]", &["repealed[0]"]);
    check_settings(
        &json,
        "国务院令第305号",
        "国务院令第431号",
        &["repealed[10].numbers[0]"],
    );
    check_settings(&json, r#""通知""#, r#"" ""#, &["number_needed.endings[0]"]);
    check_settings(
        &json,
        r#""legal_basis""#,
        r#""basis""#,
        &["number_needed.fields[0]"],
    );
    check_settings(
        &json,
        r#""repealed-ahead":"warn""#,
        r#""repealed-ahead":"no""#,
        &["severities.repealed-ahead"],
    );
    check_settings(
        &json,
        r#""except":"#,
        r#""exempt":"#,
        &["number_needed.exempt"],
    );
}
