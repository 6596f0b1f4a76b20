//! What a draft may hold, citations, and readable differences.

use contract::knowledge::{Faq, PointKind};
use knowledge_base::ids::PointId;
use knowledge_base::point::{
    Attachment, Command, Content, English, LegalBasis, NewPoint, Relation, RelationKind, Term, diff,
};
use lifecycle::ids::{DistrictCode, UnitCode};

use super::script::{World, actor, brief, instant};

/// What is expected, and what is changed before.
type Case = (&'static str, fn(&mut Content));

#[test]
fn bounds_of_a_draft() {
    let cases: &[Case] = &[
        ("opened", |_| {}),
        ("rejected: missing-field", |it| it.title = "　".to_owned()),
        ("opened", |it| it.title = "字".repeat(500)),
        ("rejected: text-too-long", |it| it.title = "字".repeat(501)),
        ("opened", |it| it.body = "字".repeat(100_000)),
        ("rejected: text-too-long", |it| {
            it.body = "字".repeat(100_001);
        }),
        ("opened", |it| it.subjects = vec!["市民".to_owned(); 500]),
        ("rejected: too-many-entries", |it| {
            it.subjects = vec!["市民".to_owned(); 501];
        }),
        ("rejected: missing-field", |it| {
            it.conditions = vec![String::new()];
        }),
        ("rejected: malformed-field", |it| {
            it.conditions = vec!["甲\n乙".to_owned()];
        }),
        ("opened", |it| it.conditions = vec!["甲|乙".to_owned()]),
        ("rejected: malformed-field", |it| {
            it.legal_basis = vec![LegalBasis::cited("甲|乙")];
        }),
        ("opened", |it| {
            it.districts.insert(DistrictCode::new("440106"));
        }),
        ("rejected: unknown-district", |it| {
            it.districts.insert(DistrictCode::new("440999"));
        }),
        ("rejected: malformed-field", |it| {
            it.relations = vec![relation("p")];
        }),
        ("opened", |it| it.relations = vec![relation("p2")]),
        ("opened", |it| {
            it.attachments = vec![attachment(&"a1".repeat(32))];
        }),
        ("rejected: malformed-field", |it| {
            it.attachments = vec![attachment(&"A1".repeat(32))];
        }),
        ("rejected: malformed-field", |it| {
            it.attachments = vec![attachment(&"a1".repeat(31))];
        }),
        ("rejected: missing-field", |it| {
            it.faqs = vec![faq("", "答")];
        }),
        ("opened", |it| it.faqs = vec![faq("问", "")]),
        ("rejected: missing-field", |it| {
            it.english = Some(english(" "));
        }),
        ("opened", |it| {
            it.english = Some(english("Rent withdrawal"));
        }),
    ];
    for (index, (expected, change)) in cases.iter().enumerate() {
        let mut content = Content::titled("租房提取公积金", PointKind::AnswerScript);
        change(&mut content);
        let command = knowledge_base::Command::Point(Command::Draft(NewPoint {
            owner: UnitCode::new("GZ-CGJ"),
            content,
            term: Term::longest(),
        }));
        let now = instant("2026-03-02", "09:00");
        let by = actor("unit:GZ-CGJ/writer");
        let answer = World::new().give("p", &command, &by, Vec::new(), now);
        assert_eq!(brief(&answer), *expected, "case {index}");
    }
}

/// R66, Art. 34: what is submitted has its basis, scope and subjects, says something, and relates to
/// points that exist.
#[test]
fn what_is_submitted() {
    let cases: &[Case] = &[
        ("submitted | GZ-CGJ: awaits_review", |_| {}),
        ("rejected: missing-field", |it| it.legal_basis.clear()),
        ("rejected: missing-field", |it| it.scope.clear()),
        ("rejected: missing-field", |it| it.subjects.clear()),
        ("rejected: missing-field", |it| it.body.clear()),
        ("submitted | GZ-CGJ: awaits_review", |it| {
            it.body.clear();
            it.faqs = vec![faq("问", "答")];
        }),
        ("rejected: missing-field", |it| {
            it.faqs = vec![faq("问", "")];
        }),
        ("rejected: unknown-point", |it| {
            it.relations = vec![relation("p2")];
        }),
    ];
    for (index, (expected, change)) in cases.iter().enumerate() {
        let mut content = full();
        change(&mut content);
        let command = knowledge_base::Command::Point(Command::Draft(NewPoint {
            owner: UnitCode::new("GZ-CGJ"),
            content,
            term: Term::longest(),
        }));
        let now = instant("2026-03-02", "09:00");
        let mut world = World::new();
        let by = actor("unit:GZ-CGJ/writer");
        world.give("p", &command, &by, Vec::new(), now).unwrap();
        let answer = world.run("2026-03-02 09:01 p check\n2026-03-02 09:02 p submit");
        assert_eq!(brief(&answer), *expected, "case {index}");
    }
}

#[test]
fn document_numbers() {
    for (citation, expected) in [
        (
            "《细则》（穗政数规字〔2023〕1号）",
            Some(("穗政数规字〔2023〕1号", 2023)),
        ),
        ("国办发〔2020〕53号", Some(("国办发〔2020〕53号", 2020))),
        (
            "《办法》（穗府规[2021]第3号）第十条",
            Some(("穗府规[2021]第3号", 2021)),
        ),
        ("《广州市供水用水条例》第十条", None),
        ("〔2021〕3号", None),
        ("穗府规〔21〕3号", None),
        ("穗府规〔2021〕号", None),
        ("穗府规〔2021〕3条", None),
        ("[注] 见国发〔2019〕8号", Some(("国发〔2019〕8号", 2019))),
    ] {
        let basis = LegalBasis::cited(citation);
        let found = basis.number.as_deref().zip(basis.year);
        // What stands before a number without a break belongs to it.
        let found = found.map(|(number, year)| (number.trim_start_matches('见'), year));
        assert_eq!(found, expected, "{citation}");
        assert_eq!(basis.text(), citation);
    }
    let basis = LegalBasis {
        citation: "《条例》".to_owned(),
        number: Some("国发〔2019〕8号".to_owned()),
        year: Some(2019),
    };
    assert_eq!(basis.text(), "《条例》（国发〔2019〕8号）");
}

#[test]
fn differences_by_field_and_line() {
    let mut old = full();
    old.body = "第一段\n第二段\n第三段\n第四段".to_owned();
    let mut new = old.clone();
    assert!(diff::diff(&old, &new).is_empty());
    new.kind = PointKind::ServiceGuide;
    new.body = "第一段\n新段\n第三段改\n第四段".to_owned();
    new.subjects.push("退休职工".to_owned());
    new.faqs = vec![faq("多少？", "一千四百元。")];
    let expected = "\
类型
- answer_script
+ service_guide
适用主体
  缴存职工
+ 退休职工
正文
  第一段
- 第二段
- 第三段
+ 新段
+ 第三段改
  第四段
常见问题解答
+ 问：多少？
+ 答：一千四百元。
";
    assert_eq!(diff::text(&diff::diff(&old, &new)), expected);
    // What stays in the middle is kept.
    old.body = "甲\n乙\n丙\n丁".to_owned();
    new = old.clone();
    new.body = "子\n乙\n丑\n丁\n寅".to_owned();
    let text = diff::text(&diff::diff(&old, &new));
    assert_eq!(text, "正文\n- 甲\n+ 子\n  乙\n- 丙\n+ 丑\n  丁\n+ 寅\n");
}

/// Very long texts are compared as a whole rather than for minutes.
#[test]
fn differences_of_long_texts() {
    let lines = |word: &str| {
        (0..5000)
            .map(|n| format!("{word}{n}"))
            .collect::<Vec<_>>()
            .join("\n")
    };
    let mut old = full();
    old.body = lines("甲");
    let mut new = old.clone();
    new.body = lines("乙");
    let changes = diff::diff(&old, &new);
    assert_eq!(changes[0].lines.len(), 10_000);
}

fn full() -> Content {
    let mut content = Content::titled("租房提取公积金", PointKind::AnswerScript);
    content.body = "每月最多提取一千四百元。".to_owned();
    content.legal_basis = vec![LegalBasis::cited("《住房公积金管理条例》第二十四条")];
    content.scope = "全市".to_owned();
    content.subjects = vec!["缴存职工".to_owned()];
    content
}

fn faq(question: &str, answer: &str) -> Faq {
    Faq {
        question: question.to_owned(),
        answer: answer.to_owned(),
    }
}

fn relation(point: &str) -> Relation {
    Relation::Point {
        point: PointId::new(point),
        kind: RelationKind::Explains,
    }
}

fn attachment(sha256: &str) -> Attachment {
    Attachment {
        name: "提取申请表.pdf".to_owned(),
        reference: "docs/1.pdf".to_owned(),
        sha256: sha256.to_owned(),
    }
}

fn english(summary: &str) -> English {
    English {
        title: None,
        summary: summary.to_owned(),
    }
}
