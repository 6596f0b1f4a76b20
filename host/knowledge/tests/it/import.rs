//! Points in files: cleaning, refusals with their fields, and the way out and back.

use contract::knowledge::{Faq, PointKind};
use knowledge_base::ids::PointId;
use knowledge_base::import::{
    COLUMNS, Cleaning, Columns, Defaults, Note, Record, Report, cells, clean_line, clean_text,
};
use knowledge_base::point::{
    Attachment, Content, English, LegalBasis, NewPoint, Relation, RelationKind, Span, Term,
};
use lifecycle::ids::{DistrictCode, UnitCode};
use proptest::prelude::*;

use super::script::{World, instant};

type Taken = Result<(NewPoint, Vec<Note>), Vec<String>>;

/// Reads a JSON line as of 2026-03-02; what is wrong is told as `field: problem`.
fn read(line: &str, defaults: &Defaults) -> Taken {
    let world = World::new();
    let problems = |problems: Vec<knowledge_base::import::Problem>| {
        problems
            .iter()
            .map(|it| {
                assert!(!it.way_out.is_empty());
                format!("{}: {}", it.field, it.problem)
            })
            .collect::<Vec<_>>()
    };
    let record = Record::read(line).map_err(problems)?;
    record
        .point(defaults, &world.context(instant("2026-03-02", "09:00")))
        .map_err(problems)
}

fn defaults() -> Defaults {
    Defaults {
        unit: Some(UnitCode::new("GZ-GJJ")),
        kind: Some(PointKind::AnswerScript),
    }
}

#[test]
fn cleaning() {
    for (dirty, clean) in [
        ("  两端　的 空白\t", "两端 的 空白"),
        (
            "<p>第一段</p><p>第二段<br/>第三段</p>",
            "第一段\n\n第二段\n第三段",
        ),
        ("<div class=\"a\"><span style='x'>字</span></div>", "字"),
        ("金额<5万元且>3万元", "金额<5万元且>3万元"),
        ("a<b, c>d", "a<b, c>d"),
        ("<办理地点>天河", "<办理地点>天河"),
        ("5&nbsp;&lt;&nbsp;6&amp;7", "5 < 6&7"),
        ("&amp;nbsp;双重&amp;ldquo;转义&amp;rdquo;", "双重“转义”"),
        ("&lt;p&gt;转义的标签&lt;/p&gt;", "转义的标签"),
        ("&#20013;&#x6587;", "中文"),
        ("AT&T; &未知; &#xD800;", "AT&T; &未知; &#xD800;"),
        (
            "<style>p{color:red}</style>正文<script>alert('<p>')</script>",
            "正文",
        ),
        (
            "<!-- 注释 -->正文<!--[if gte mso 9]><xml></xml><![endif]-->",
            "正文",
        ),
        ("<o:p></o:p>正文<st1:place>广州</st1:place>", "正文广州"),
        ("零\u{200b}宽\u{feff}字\u{ad}符\u{202e}", "零宽字符"),
        ("甲\r\n\r\n\r\n\r\n乙\r丙", "甲\n\n乙\n丙"),
        ("未完的标签<p", "未完的标签<p"),
        ("<script>没有结尾", ""),
    ] {
        assert_eq!(clean_text(dirty).text, clean, "{dirty}");
    }
    let cleaned = clean_text("<p>a&nbsp;\u{200b}b</p>");
    let done: Vec<Cleaning> = cleaned.done.into_iter().collect();
    assert_eq!(
        done,
        [
            Cleaning::HtmlTags,
            Cleaning::HtmlEntities,
            Cleaning::Invisible,
            Cleaning::Spaces
        ]
    );
    assert!(clean_text("丢\u{fffd}失").done.contains(&Cleaning::Lost));
    assert!(clean_text("干净的一行。\n另一行。").done.is_empty());
    assert_eq!(clean_line("甲\n\n乙").text, "甲 乙");
}

#[test]
fn a_pair_becomes_a_draft() {
    let (new, notes) = read(
        r#"{"question": " 租房提取&nbsp;多少？", "answer": "<p>一千四百元。</p>", "来源": "2024"}"#,
        &defaults(),
    )
    .unwrap();
    assert_eq!(new.owner, UnitCode::new("GZ-GJJ"));
    assert_eq!(new.content.title, "租房提取 多少？");
    assert_eq!(new.content.body, "一千四百元。");
    // The title says the whole question.
    assert!(new.content.faqs.is_empty());
    assert_eq!(new.term, Term::longest());
    for note in [
        Note::Ignored {
            field: "来源".to_owned(),
        },
        Note::Defaulted { field: "unit" },
        Note::TitleFromQuestion,
        Note::Incomplete {
            field: "legal_basis",
        },
        Note::Incomplete { field: "subjects" },
    ] {
        assert!(notes.contains(&note), "{note:?} {notes:?}");
    }
    let long = "我在广州缴存公积金满一年".repeat(10);
    let line =
        format!(r#"{{"question": "{long}", "answer": "答", "unit": "广州住房公积金管理中心"}}"#);
    let (new, _) = read(&line, &defaults()).unwrap();
    assert_eq!(new.content.title.chars().count(), 60);
    assert_eq!(new.content.faqs[0].question, long);
    assert_eq!(new.content.faqs[0].answer, "答");
}

/// Everything that is wrong with a line is told at once, by field.
#[test]
fn refusals() {
    let none = Defaults::default();
    for (line, expected) in [
        (
            "不是 JSON",
            vec!["line: is no object: expected value at line 1 column 1"],
        ),
        (
            "[]",
            vec!["line: is no object: invalid type: sequence, expected a map at line 1 column 0"],
        ),
        (
            "{}",
            vec![
                "unit: is missing",
                "kind: is missing",
                "title: is missing",
                "body: is missing",
            ],
        ),
        (
            r#"{"unit": "没有", "kind": "policy", "title": "甲", "body": "乙"}"#,
            vec!["unit: `没有` is not in the directory"],
        ),
        (
            r#"{"unit": "GZ-GJJ", "kind": "法规", "title": "甲", "body": " &nbsp; "}"#,
            vec![
                "kind: `法规` is no kind of point; give policy, service_guide, answer_script or \
                 interpretation",
                "body: is missing",
            ],
        ),
        (
            r#"{"unit": "GZ-GJJ", "kind": "policy", "title": "甲", "body": "乙", "validity": "很久"}"#,
            vec!["validity: `很久` is no length"],
        ),
        (
            r#"{"unit": "GZ-GJJ", "kind": "policy", "title": "甲", "body": "乙", "validity": "2026-03-01"}"#,
            vec!["validity: ends before it begins"],
        ),
        (
            r#"{"unit": "GZ-GJJ", "kind": "policy", "title": ["甲"], "body": {"a": 1}}"#,
            vec![
                "title: is a list",
                "body: is an object",
                "title: is missing",
                "body: is missing",
            ],
        ),
        (
            r#"{"unit": "GZ-GJJ", "kind": "policy", "title": "甲", "body": "乙",
                "faqs": [{"question": "问"}], "legal_basis": [{"citation": "《甲》", "year": "某"}],
                "subjects": [1]}"#,
            vec![
                "legal_basis[0].year: invalid type: string \"某\", expected u16",
                "subjects[0]: is no text",
                "faqs[0]: missing field `answer`",
            ],
        ),
        (
            r#"{"unit": "GZ-GJJ", "kind": "policy", "title": "甲", "body": "乙", "districts": ["440999"]}"#,
            vec!["districts: district 440999 is not in the directory"],
        ),
    ] {
        let told = read(line, &none).unwrap_err();
        assert_eq!(told, expected, "{line}");
    }
}

#[test]
fn report_counts_lines() {
    let mut report = Report::default();
    for (number, line) in (1..).zip([
        r#"{"question": "<p>甲</p>", "answer": "<p>乙</p>"}"#,
        r#"{"question": "丙", "answer": "<b>丁</b>"}"#,
        r#"{"question": "只有问题"}"#,
    ]) {
        let world = World::new();
        let context = world.context(instant("2026-03-02", "09:00"));
        match Record::read(line).unwrap().point(&defaults(), &context) {
            Ok((_, notes)) => report.take(&notes),
            Err(problems) => report.refuse(number, problems),
        }
    }
    assert_eq!((report.read, report.taken), (3, 2));
    assert_eq!(report.notes["cleaned answer: html_tags"], 2);
    assert_eq!(report.notes["cleaned question: html_tags"], 1);
    assert_eq!(report.refused[0].line, 3);
    assert_eq!(
        report.refused[0].problems[0].to_string(),
        "body: is missing; give a body, or an answer"
    );
}

#[test]
fn tables() {
    let world = World::new();
    let context = world.context(instant("2026-03-02", "09:00"));
    let columns = Columns::new(["\u{feff}问题", "答案", "责任单位", "依据", "备注"]).unwrap();
    let row = [
        "多少？",
        "<p>一千四百元。</p>",
        "GZ-GJJ",
        "《条例》第一条\n国发〔2019〕8号",
        "x",
    ];
    let record = columns.read(row).unwrap();
    let (new, notes) = record.point(&defaults(), &context).unwrap();
    assert_eq!(new.content.body, "一千四百元。");
    assert_eq!(new.content.legal_basis[1].year, Some(2019));
    assert!(notes.contains(&Note::Ignored {
        field: "备注".to_owned()
    }));
    // Cells at the end of a row may be missing, not too many.
    assert!(columns.read(["多少？", "答"]).is_ok());
    let told = columns.read(["1", "2", "3", "4", "5", "6"]).unwrap_err();
    assert_eq!(
        told[0].problem,
        "has more cells than the header has columns"
    );
    assert!(Columns::new(["title", "标题"]).is_err());
    assert!(Columns::new(["a", "b"]).is_err());
}

/// The way out and back, for everything that a point may say.
fn round_trip(content: &Content, term: &Term) -> Result<(), TestCaseError> {
    let world = World::new();
    let context = world.context(instant("2026-03-02", "09:00"));
    let (number, owner) = (PointId::new("p"), UnitCode::new("GZ-GJJ"));
    let line = Record::json_line(&number, &owner, content, term);
    let cells = cells(&number, &owner, content, term);
    let columns = Columns::new(COLUMNS).unwrap();
    let row = columns.read(cells.iter().map(String::as_str)).unwrap();
    for record in [Record::read(&line).unwrap(), row] {
        prop_assert_eq!(record.number(), Some(number.clone()));
        let taken = record.point(&Defaults::default(), &context);
        let (new, _) = taken.map_err(|it| TestCaseError::fail(format!("{it:?} {line}")))?;
        prop_assert_eq!(&new.owner, &owner);
        prop_assert_eq!(&new.content, content);
        prop_assert_eq!(&new.term, term);
    }
    Ok(())
}

/// Words and lines that try the marks of the table's form.
fn line() -> impl Strategy<Value = String> {
    let words = ["甲", "问：", "答：", "\\", "5 < 6", "“引”", "AT&T"];
    prop::collection::vec(prop::sample::select(words.to_vec()), 1..4).prop_map(|it| it.join(""))
}

fn text() -> impl Strategy<Value = String> {
    prop::collection::vec(line(), 1..4).prop_map(|it| it.join("\n"))
}

prop_compose! {
    fn any_content()(
        title in line(),
        body in text(),
        basis in prop::collection::vec((line(), any::<bool>()), 0..3),
        subjects in prop::collection::vec(line(), 0..3),
        faqs in prop::collection::vec((text(), text()), 0..3),
        english in prop::option::of(text()),
        (related, service, attached, district) in any::<(bool, bool, bool, bool)>(),
    ) -> Content {
        let mut content = Content::titled(title, PointKind::ServiceGuide);
        content.body = body;
        content.scope = "全市".to_owned();
        content.legal_basis = basis
            .into_iter()
            .map(|(citation, dated)| LegalBasis {
                citation,
                number: dated.then(|| "国发〔2019〕8号".to_owned()),
                year: dated.then_some(2019),
            })
            .collect();
        content.conditions.clone_from(&subjects);
        content.subjects = subjects;
        content.faqs = faqs.into_iter().map(|(question, answer)| Faq { question, answer }).collect();
        content.english = english.map(|summary| English { title: Some("Title".to_owned()), summary });
        if related {
            content.relations.push(Relation::Point {
                point: PointId::new("p2"),
                kind: RelationKind::Replaces,
            });
        }
        if service {
            content.relations.push(Relation::Service { name: "租房提取".to_owned() });
        }
        if attached {
            content.attachments.push(Attachment {
                name: "表.pdf".to_owned(),
                reference: "docs/1.pdf".to_owned(),
                sha256: "a1".repeat(32),
            });
        }
        if district {
            content.districts.insert(DistrictCode::new("440106"));
        }
        content
    }
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 300,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn out_and_back(content in any_content(), span in 0..3, reason in prop::option::of(text())) {
        let span = match span {
            0 => Span::Longest,
            1 => Span::Months(7),
            _ => Span::Until("2027-06-30".parse().unwrap()),
        };
        round_trip(&content, &Term { span, longer_reason: reason })?;
    }

    #[test]
    fn cleaning_twice_changes_nothing(
        parts in prop::collection::vec(
            prop::sample::select(vec![
                "甲", " ", "\u{3000}", "\n", "<p>", "</p>", "<", ">", "&amp;", "&nbsp;", "&lt;",
                "p>", "\u{200b}", "<br", "/>", "<script>", "</script>", "&#65;", "\r", "\t", "-->",
            ]),
            0..12,
        ),
    ) {
        let once = clean_text(&parts.concat());
        let twice = clean_text(&once.text);
        prop_assert_eq!(&twice.text, &once.text);
        prop_assert!(twice.done.is_empty(), "{:?} {:?}", once, twice);
    }
}
