//! Odd input: it is answered, whatever it is.

use search::{Change, Error, Index, Query};

use crate::{MANUAL, ask, filled, ids, points, upserts};

#[test]
fn odd_questions_are_answered() {
    let index = filled();
    let long = "公积金提取，".repeat(6_000);
    assert!(long.len() > 100_000);
    for (question, first) in [
        ("", None),
        ("   \n\t　", None),
        ("？！。，…“”《》", None),
        ("😀🎉", None),
        ("\u{0}\u{7}\u{200b}\u{feff}", None),
        ("' OR title:* AND (", None),
        ("+-&&||!(){}[]^\"~*?:\\/", None),
        ("👨‍👩‍👧居住证👮🏻‍♀️", Some("residence")),
        ("<b>居住证</b>&nbsp;", Some("residence")),
        (long.as_str(), Some("fund-withdraw")),
        ("𠮷𡘙", None),
        (
            "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
            None,
        ),
    ] {
        let hits = ask(&index, question);
        let shown: String = question.chars().take(20).collect();
        if let Some(first) = first {
            assert_eq!(ids(&hits).first(), Some(&first), "{shown}");
        } else {
            assert_eq!(hits.total, 0, "{shown}: {:?}", ids(&hits));
        }
    }
}

#[test]
fn letters_without_an_end_are_a_question_too() {
    let hits = ask(&filled(), &"gongjijin".repeat(12_000));
    assert!(ids(&hits)[0].starts_with("fund-"), "{:?}", ids(&hits));
}

#[test]
fn limits_are_bounds() {
    let index = filled();
    for (limit, offset, count) in [
        (0, 0, 0),
        (usize::MAX, 0, 60),
        (10, usize::MAX, 0),
        (usize::MAX, usize::MAX, 0),
        (10, 55, 5),
    ] {
        let query = Query {
            kind: None,
            status: Some(search::Status::Published),
            limit,
            offset,
            ..Query::new("")
        };
        let hits = index.search(&query).unwrap();
        assert_eq!(
            (hits.total, hits.hits.len()),
            (60, count),
            "{limit} {offset}"
        );
    }
}

#[test]
fn odd_points_are_indexed() {
    let index = Index::in_memory(&MANUAL).unwrap();
    let mut points = points::all();
    points.truncate(4);
    points[0].title = String::new();
    points[0].questions = vec![String::new(), "  ".into()];
    points[0].answers.clear();
    points[1].body = "木棉😀<br/>".repeat(20_000);
    points[2].title = "字".repeat(10_000);
    points[3].title = "a".repeat(100_000);
    index.apply(upserts(points), 1).unwrap();
    index.flush().unwrap();
    assert_eq!(index.stats().unwrap().points, 4);
    assert_eq!(ids(&ask(&index, "木棉")), ["fund-loan"]);
}

#[test]
fn a_point_without_an_id_is_refused_with_its_batch() {
    let index = filled();
    let mut points = points::all();
    points.truncate(2);
    points[0].title = "木棉树苗领取".into();
    points[1].id = String::new();
    let refused = index.apply(upserts(points.clone()), 2);
    assert!(
        matches!(refused, Err(Error::Document { .. })),
        "{refused:?}"
    );
    let refused = index.rebuild(points.clone(), 9);
    assert!(
        matches!(refused, Err(Error::Document { .. })),
        "{refused:?}"
    );
    assert_eq!(index.position(), 1);
    assert_eq!(index.stats().unwrap().points, 60);
    points.truncate(1);
    index.apply(upserts(points), 2).unwrap();
    index
        .apply(vec![Change::Remove("nobody".into())], 3)
        .unwrap();
    index.flush().unwrap();
    assert_eq!(index.position(), 3);
    assert_eq!(ids(&ask(&index, "木棉树苗")), ["fund-withdraw"]);
}
