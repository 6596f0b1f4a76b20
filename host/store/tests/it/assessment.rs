//! What counts for assessment: the sums of SQL are those of a plain fold over all orders, however their
//! lives went, and data of an older Kapok is counted when it is opened.

mod lives;

use std::collections::BTreeMap;

use calendar::Calendar;
use chrono::{DateTime, TimeDelta, Utc};
use contract::types::OrderType;
use engine::ports::{IndicatorStore as _, OpenCount, TallyQuery, TallyRow};
use lifecycle::assessment::{Assessment, Measure, Record, Standing, Tally};
use lifecycle::ids::{DistrictCode, UnitCode};
use lifecycle::order::WorkOrder;

use crate::fixture::{Fixture, at};
use lives::Lives;

type Key = (Option<String>, Option<String>, Option<String>, OrderType);

/// Month, unit, district and type with what was counted, in order.
fn by_key(rows: Vec<TallyRow>) -> Vec<(Key, Tally)> {
    let text = |code: &Option<UnitCode>| code.as_ref().map(ToString::to_string);
    let mut keyed: Vec<(Key, Tally)> = rows
        .into_iter()
        .map(|row| {
            let district = row.district.map(|it| it.to_string());
            (
                (row.month, text(&row.unit), district, row.order_type),
                row.tally,
            )
        })
        .collect();
    keyed.sort_by(|a, b| a.0.cmp(&b.0));
    keyed
}

/// The same, summed one order after the other.
fn naive(orders: &[WorkOrder], query: &TallyQuery) -> Vec<(Key, Tally)> {
    let calendar = Calendar::shipped();
    let mut sums: BTreeMap<Key, Tally> = BTreeMap::new();
    for order in orders {
        for record in Assessment::of(order, &calendar).records {
            if !is_asked(&record, query) {
                continue;
            }
            let local = calendar::local_date(record.counted_at);
            let key = (
                query.by_month.then(|| local.format("%Y-%m").to_string()),
                record.unit.map(|it| it.to_string()),
                record.district.map(|it| it.to_string()),
                record.order_type,
            );
            sums.entry(key).or_default().merge(&record.tally);
        }
    }
    sums.into_iter().collect()
}

fn is_asked(record: &Record, query: &TallyQuery) -> bool {
    record.counted_at >= query.from
        && record.counted_at < query.before
        && (query.unit.is_none() || query.unit == record.unit)
        && (query.district.is_none() || query.district == record.district)
        && query.order_type.is_none_or(|it| it == record.order_type)
}

/// The deadlines that run, one order after the other.
fn naive_open(orders: &[WorkOrder]) -> BTreeMap<(DateTime<Utc>, UnitCode, Standing), (u64, u64)> {
    let calendar = Calendar::shipped();
    let mut counts: BTreeMap<_, (u64, u64)> = BTreeMap::new();
    for order in orders {
        if let Some(open) = Assessment::of(order, &calendar).open {
            let count = counts
                .entry((open.due_at, open.unit, open.standing))
                .or_default();
            count.0 += 1;
            count.1 += u64::from(open.provisional);
        }
    }
    counts
}

fn whole() -> TallyQuery {
    TallyQuery {
        from: at("2020-01-01T00:00:00+08:00"),
        before: at("2040-01-01T00:00:00+08:00"),
        unit: None,
        district: None,
        order_type: None,
        by_month: false,
    }
}

/// Everything, one after another narrowed by each field, and periods that begin and end where something
/// counts.
fn queries(orders: &[WorkOrder]) -> Vec<TallyQuery> {
    let mut queries = vec![
        whole(),
        TallyQuery {
            by_month: true,
            ..whole()
        },
        TallyQuery {
            unit: Some(UnitCode::new("GZ-ZJJ")),
            ..whole()
        },
        TallyQuery {
            district: Some(DistrictCode::new("440106")),
            ..whole()
        },
        TallyQuery {
            order_type: Some(OrderType::Complaint),
            ..whole()
        },
        TallyQuery {
            unit: Some(UnitCode::new("GZ-D106")),
            district: Some(DistrictCode::new("440106")),
            order_type: Some(OrderType::Consultation),
            by_month: true,
            ..whole()
        },
    ];
    let calendar = Calendar::shipped();
    for order in orders.iter().take(20) {
        for record in Assessment::of(order, &calendar).records {
            let from = record.counted_at;
            let before = from + TimeDelta::days(3);
            queries.push(TallyQuery {
                from,
                before,
                ..whole()
            });
            queries.push(TallyQuery {
                before: from,
                ..whole()
            });
        }
    }
    queries
}

fn check(fixture: &Fixture, orders: &[WorkOrder]) {
    for query in queries(orders) {
        let found = by_key(fixture.store.tallies(&query).unwrap());
        assert_eq!(found, naive(orders, &query), "{query:?}");
    }
    let found = fixture.store.open_handlings(None, None).unwrap();
    assert!(found.is_sorted_by_key(|it| it.due_at));
    let found = found.into_iter().map(|open| {
        let OpenCount {
            due_at,
            unit,
            standing,
            count,
            provisional,
        } = open;
        ((due_at, unit, standing), (count, provisional))
    });
    assert_eq!(found.collect::<BTreeMap<_, _>>(), naive_open(orders));
}

fn lived(count: u64) -> (Fixture, Vec<WorkOrder>) {
    let fixture = Fixture::new();
    let orders: Vec<WorkOrder> = (0..count)
        .map(|seed| Lives::new(seed).live(&fixture.store))
        .collect();
    (fixture, orders)
}

#[test]
fn sums_are_those_of_a_plain_fold_over_all_orders() {
    // So many that every measure is counted in some of them.
    let (fixture, orders) = lived(320);
    check(&fixture, &orders);
    let mut all = Tally::default();
    for row in fixture.store.tallies(&whole()).unwrap() {
        all.merge(&row.tally);
    }
    // The first two are rare, and nothing is handled jointly in these lives; the core's own tests count
    // them.
    let rare = [
        Measure::LateExcused,
        Measure::ReturnsPending,
        Measure::AssistancesGiven,
        Measure::AssistancesMissed,
    ];
    let missing: Vec<&str> = Measure::ALL
        .iter()
        .filter(|measure| all.get(**measure) == 0 && !rare.contains(measure))
        .map(|measure| measure.code())
        .collect();
    assert!(missing.is_empty(), "no life counted {missing:?}");
    let standings: Vec<Standing> = naive_open(&orders).into_keys().map(|it| it.2).collect();
    for standing in [
        Standing::NoReply,
        Standing::NotSubmitted,
        Standing::UnderReview,
    ] {
        assert!(standings.contains(&standing), "{standing:?}");
    }
}

#[test]
fn what_was_not_counted_yet_is_counted_on_opening() {
    let (fixture, orders) = lived(60);
    let forget = "DELETE FROM assessment; DELETE FROM open_handlings;
         INSERT INTO open_handlings SELECT n, 7, 'GZ-ZJJ', NULL, 'no_reply', 0 FROM orders;
         DELETE FROM meta WHERE key = 'assessed';";
    fixture.raw().execute_batch(forget).unwrap();
    let refused = fixture.store.tallies(&whole());
    assert!(refused.is_err(), "half of it is not shown: {refused:?}");
    let fixture = fixture.reopened();
    check(&fixture, &orders);
    // What is counted already is left alone.
    let raw = fixture.raw();
    raw.execute_batch("DELETE FROM assessment").unwrap();
    let fixture = fixture.reopened();
    assert_eq!(fixture.store.tallies(&whole()).unwrap(), []);
}

#[test]
fn the_deadlines_that_run_are_narrowed_to_a_unit_or_a_district() {
    let (fixture, orders) = lived(60);
    let count = |unit: Option<&str>, district: Option<&str>| {
        let (unit, district) = (unit.map(UnitCode::new), district.map(DistrictCode::new));
        let found = fixture
            .store
            .open_handlings(unit.as_ref(), district.as_ref());
        found.unwrap().iter().map(|open| open.count).sum::<u64>()
    };
    let expected = |fits: &dyn Fn(&WorkOrder) -> bool| {
        let calendar = Calendar::shipped();
        let runs = |order: &&WorkOrder| Assessment::of(order, &calendar).open.is_some();
        let orders = orders.iter().filter(runs).filter(|order| fits(order));
        u64::try_from(orders.count()).unwrap()
    };
    let with = |order: &WorkOrder, unit: &str| order.assignment().unwrap().unit.as_str() == unit;
    assert!(count(None, None) > 0);
    assert_eq!(count(None, None), expected(&|_| true));
    assert_eq!(
        count(Some("GZ-ZJJ"), None),
        expected(&|it| with(it, "GZ-ZJJ"))
    );
    let tianhe = Some(DistrictCode::new("440106"));
    assert_eq!(
        count(None, Some("440106")),
        expected(&|it| it.district == tianhe)
    );
    assert_eq!(count(Some("GZ-NOBODY"), None), 0);
}

/// One unit's figures, or a short period's, do not look at every order.
#[test]
fn sums_are_found_by_index() {
    let fixture = Fixture::new();
    let raw = fixture.raw();
    for (condition, expected) in [
        (
            "counted_at >= 1 AND counted_at < 2",
            "USING PRIMARY KEY (counted_at>? AND counted_at<?)",
        ),
        (
            "counted_at >= 1 AND counted_at < 2 AND unit = 'x'",
            "assessment_by_unit (unit=? AND counted_at>? AND counted_at<?)",
        ),
    ] {
        let sql = format!(
            "EXPLAIN QUERY PLAN SELECT unit, sum(on_time) FROM assessment WHERE {condition} GROUP BY 1"
        );
        let plan: String = raw.query_row(&sql, [], |row| row.get(3)).unwrap();
        assert!(plan.contains(expected), "{plan}");
    }
}
