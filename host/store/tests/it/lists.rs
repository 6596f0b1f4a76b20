//! Pages: newest first, without gap or repetition, narrowed by each field of the filter.

use contract::types::OrderType;
use engine::ports::{ListError, OrderFilter, Store as _};
use lifecycle::command::Command;
use lifecycle::event::CloseCode;
use lifecycle::ids::{DistrictCode, UnitCode};
use lifecycle::order::Stage;

use crate::fixture::{Fixture, at, channel, operator, registration, step, unit};

/// Seven orders, two an hour; the third was registered by a channel, the first is accepted.
fn seven() -> Fixture {
    let fixture = Fixture::new();
    for n in 1..=7 {
        let now = at(&format!("2026-09-16T{:02}:00:00+08:00", 8 + n / 2));
        let by = if n == 3 { channel() } else { operator() };
        fixture.store.commit(registration(n, now, &by)).unwrap();
    }
    let first = fixture.store.order_by_source("test:1").unwrap().unwrap();
    let now = at("2026-09-16T20:00:00+08:00");
    fixture
        .give(&fixture.load(&first), &Command::AcceptDuty, &unit(), now)
        .unwrap();
    fixture
}

fn numbers(fixture: &Fixture, filter: &OrderFilter, limit: u32) -> Vec<Vec<String>> {
    let mut pages = Vec::new();
    let mut after = None;
    loop {
        let page = fixture.store.list(filter, after.as_deref(), limit).unwrap();
        let numbers = page
            .items
            .iter()
            .map(|line| line.id.as_str().trim_start_matches("20260916-0"));
        pages.push(
            numbers
                .map(|number| number.trim_start_matches('0').to_owned())
                .collect(),
        );
        after = page.next;
        if after.is_none() {
            return pages;
        }
    }
}

#[test]
fn pages_follow_each_other() {
    let fixture = seven();
    let all = OrderFilter::default();
    assert_eq!(
        numbers(&fixture, &all, 3),
        [vec!["7", "6", "5"], vec!["4", "3", "2"], vec!["1"]]
    );
    assert_eq!(numbers(&fixture, &all, 7).len(), 1);
    for bad in ["", "zz", "3132", "not a cursor"] {
        let refused = fixture.store.list(&all, Some(bad), 3);
        assert!(
            matches!(refused, Err(ListError::BadCursor)),
            "{bad}: {refused:?}"
        );
    }
}

#[test]
fn each_field_of_the_filter_narrows() {
    let fixture = seven();
    let none = OrderFilter::default;
    let stage = |stage: &str| OrderFilter {
        stage: Some(stage.to_owned()),
        ..none()
    };
    let unit = |code: &str| OrderFilter {
        unit: Some(UnitCode::new(code)),
        ..none()
    };
    let district = |code: &str| OrderFilter {
        district: Some(DistrictCode::new(code)),
        ..none()
    };
    let order_type = |order_type| OrderFilter {
        order_type: Some(order_type),
        ..none()
    };
    let by = |name: &str| OrderFilter {
        registered_by: Some(name.to_owned()),
        ..none()
    };
    let source = |source: &str| OrderFilter {
        source: Some(source.to_owned()),
        ..none()
    };
    for (filter, count) in [
        (stage("awaiting_verification"), 6),
        (stage("in_handling"), 1),
        (unit("GZ-D106"), 7),
        (unit("GZ-ZJJ"), 0),
        (district("440106"), 7),
        (district("440111"), 0),
        (order_type(OrderType::Complaint), 7),
        (order_type(OrderType::HelpRequest), 0),
        (by("穗好办"), 1),
        (by("op-7"), 0),
        (source("test:5"), 1),
        (
            OrderFilter {
                overdue: Some(false),
                ..none()
            },
            7,
        ),
        (
            OrderFilter {
                overdue: Some(true),
                ..none()
            },
            0,
        ),
        (
            OrderFilter {
                provisional: Some(false),
                ..none()
            },
            7,
        ),
        (
            OrderFilter {
                provisional: Some(true),
                ..none()
            },
            0,
        ),
    ] {
        let pages = numbers(&fixture, &filter, 2);
        assert_eq!(pages.concat().len(), count, "{filter:?}");
    }
}

#[test]
fn complaints_about_a_units_staff_are_left_out() {
    // R7: staff does not see them; the fourth order complains of it, the fifth of another unit's.
    let fixture = Fixture::new();
    for n in 1..=6 {
        let now = at(&format!("2026-09-16T{:02}:00:00+08:00", 8 + n));
        let mut commit = registration(n, now, &operator());
        commit.order.against_unit = match n {
            4 => Some(UnitCode::new("GZ-D106")),
            5 => Some(UnitCode::new("GZ-ZJJ")),
            _ => None,
        };
        fixture.store.commit(commit).unwrap();
    }
    let of_staff = OrderFilter {
        unit: Some(UnitCode::new("GZ-D106")),
        not_against: Some(UnitCode::new("GZ-D106")),
        ..OrderFilter::default()
    };
    // Pages are as full as others.
    assert_eq!(
        numbers(&fixture, &of_staff, 2),
        [vec!["6", "5"], vec!["3", "2"], vec!["1"]]
    );
}

#[test]
fn a_line_is_the_order_in_short() {
    let fixture = seven();
    let in_handling = OrderFilter {
        stage: Some("in_handling".to_owned()),
        ..OrderFilter::default()
    };
    let page = fixture.store.list(&in_handling, None, 10).unwrap();
    let id = fixture.store.order_by_source("test:1").unwrap().unwrap();
    let expected = engine::ports::OrderSummary::of(&fixture.load(&id));
    assert_eq!(page.items, [expected]);
}

#[test]
fn open_orders_come_in_pages_and_without_those_that_nothing_runs_on() {
    let fixture = seven();
    let of = |n: u8| {
        let source = format!("test:{n}");
        fixture.store.order_by_source(&source).unwrap().unwrap()
    };
    let (second, third) = (of(2), of(3));
    let later = at("2026-09-16T21:00:00+08:00");
    let mut closed = step(
        Some(&fixture.load(&third)),
        &Command::AcceptDuty,
        &unit(),
        later,
    );
    closed.order.stage = Stage::Closed {
        code: CloseCode::NotRated,
        at: later,
    };
    fixture.store.commit(closed).unwrap();
    // What its line shows is not what counts.
    let raw = fixture.raw();
    let closed = "UPDATE orders SET stage = 'closed' WHERE id = ?1";
    raw.execute(closed, [second.as_str()]).unwrap();
    let mut sizes = Vec::new();
    let mut seen = Vec::new();
    loop {
        let page = fixture.store.open_orders(seen.last(), 4).unwrap();
        if page.is_empty() {
            break;
        }
        sizes.push(page.len());
        seen.extend(page.into_iter().map(|order| order.id));
    }
    assert_eq!(sizes, [4, 2]);
    assert!(seen.is_sorted() && !seen.contains(&third) && seen.contains(&second));
    let plan: String = raw
        .query_row(
            "EXPLAIN QUERY PLAN SELECT state FROM orders WHERE open = 1 AND id > ?1 \
             ORDER BY id LIMIT ?2",
            rusqlite::params!["", 4],
            |row| row.get(3),
        )
        .unwrap();
    assert!(plan.contains("orders_open"), "{plan}");
}

#[test]
fn what_is_rare_is_found_by_an_index() {
    let fixture = seven();
    let raw = fixture.raw();
    for (condition, index) in [
        ("overdue = 1", "orders_overdue"),
        ("provisional = 1", "orders_provisional"),
        ("district = '440106'", "orders_by_district"),
        ("unit = 'GZ-D106'", "orders_by_unit"),
        ("stage = 'in_handling'", "orders_by_stage"),
    ] {
        let query = format!(
            "EXPLAIN QUERY PLAN SELECT id FROM orders WHERE {condition}
             ORDER BY registered_at DESC, id DESC LIMIT 9"
        );
        let mut plan = raw.prepare(&query).unwrap();
        let steps = plan.query_map([], |row| row.get::<_, String>(3)).unwrap();
        let steps: Vec<String> = steps.map(Result::unwrap).collect();
        assert!(steps.len() == 1 && steps[0].contains(index), "{steps:?}");
    }
}
