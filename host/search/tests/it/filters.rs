//! Filters, and what is valid.

use chrono::{DateTime, Duration, Utc};
use search::{Index, Query, Status};

use crate::{MANUAL, filled, ids, points, upserts};

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

#[test]
fn filters_leave_what_fits() {
    let index = filled();
    let query = |text: &str| Query {
        limit: 100,
        ..Query::new(text)
    };
    let unit = Query {
        unit: Some("公积金中心".into()),
        ..query("怎么办")
    };
    let found = index.search(&unit).unwrap();
    assert!(!found.hits.is_empty() && ids(&found).iter().all(|id| id.starts_with("fund-")));

    // Blank text: all that the filters leave, and nothing without a filter.
    let all_of_unit = index
        .search(&Query {
            text: " ？".into(),
            ..unit
        })
        .unwrap();
    assert_eq!(all_of_unit.total, 4);
    assert_eq!(index.search(&query("。")).unwrap().total, 0);

    let kind = Query {
        kind: Some("script".into()),
        ..query("")
    };
    assert_eq!(index.search(&kind).unwrap().total, 10);
    let nobody = Query {
        unit: Some("没有的单位".into()),
        ..query("")
    };
    assert_eq!(index.search(&nobody).unwrap().total, 0);

    // A district's question finds the district's points and the city's.
    for (district, tianhe, nansha) in [
        (Some("440106"), true, false),
        (Some("440115"), false, true),
        (Some("440103"), false, false),
        (None, true, true),
    ] {
        let query = Query {
            district: district.map(str::to_owned),
            ..query("积分入学 户口迁入 公积金提取")
        };
        let found = index.search(&query).unwrap();
        let found = ids(&found);
        assert_eq!(found.contains(&"school-move"), tianhe, "{district:?}");
        assert_eq!(found.contains(&"household"), nansha, "{district:?}");
        assert!(found.contains(&"fund-withdraw"), "{district:?}");
    }
}

#[test]
fn only_valid_points_for_answers() {
    let index = filled();
    let exam = |only_valid_at| {
        let query = Query {
            only_valid_at,
            ..Query::new("中考报名时间")
        };
        ids(&index.search(&query).unwrap()).contains(&"school-exam")
    };
    let from = at("2026-01-01T00:00:00+08:00");
    let until = at("2026-07-01T00:00:00+08:00");
    let tick = Duration::milliseconds(1);
    for (instant, found) in [
        (None, true),
        (Some(from - tick), false),
        (Some(from), true),
        (Some(until - tick), true),
        (Some(until), false),
        (Some(until + tick), false),
    ] {
        assert_eq!(exam(instant), found, "{instant:?}");
    }
}

#[test]
fn only_published_points_for_answers() {
    let index = Index::in_memory(&MANUAL).unwrap();
    let states = [
        ("draft", Status::Draft),
        ("review", Status::InReview),
        ("published", Status::Published),
        ("down", Status::TakenDown),
    ];
    let points = states.map(|(id, status)| {
        let mut point = points::all().remove(0);
        id.clone_into(&mut point.id);
        point.status = status;
        point
    });
    index.apply(upserts(points.to_vec()), 1).unwrap();
    index.flush().unwrap();
    for query in [Query::new("公积金"), Query::new("gjj"), Query::new("")] {
        let query = Query {
            only_valid_at: Some(points::spring()),
            ..query
        };
        assert_eq!(
            ids(&index.search(&query).unwrap()),
            ["published"],
            "{query:?}"
        );
        for (id, status) in states {
            let query = Query {
                status: Some(status),
                only_valid_at: None,
                ..query.clone()
            };
            assert_eq!(ids(&index.search(&query).unwrap()), [id]);
        }
        let contradiction = Query {
            status: Some(Status::Draft),
            ..query
        };
        assert_eq!(index.search(&contradiction).unwrap().total, 0);
    }
}
