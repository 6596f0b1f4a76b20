//! Indicators and the forecast through the engine: who sees them, what is kept apart, what is not known.

use std::sync::Arc;

use engine::ports::ManualClock;
use engine::{
    DayOfForecast, Engine, Error, Forecast, GroupBy, IndicatorQuery, Parts, UnitForecast,
};
use lifecycle::command::{Command, Dispatch};
use lifecycle::ids::{Actor, DistrictCode, OrderId, UnitCode};
use lifecycle::rejection::Rejection;
use lifecycle::ruleset::{ReturnReview, RuleBook, RuleSet};

use crate::memory::MemoryStore;
use crate::world::{
    OneWordRule, START, World, admin, at, auditor, channel, directory, district, operator, reply,
    report, unit,
};

/// Pile driving is dispatched to Tianhe on advice, anything else by hand to the unit given.
fn dispatched(world: &World, to: &str) -> OrderId {
    if to == "GZ-D106" {
        return world.register("工地打桩").order.id;
    }
    let order = world.register("别的事").order.id;
    let dispatch = Command::Dispatch(Dispatch {
        unit: UnitCode::new(to),
        special_limit: None,
        joint: false,
    });
    world.give(&order, &operator(), |_| dispatch).unwrap();
    order
}

fn submit(world: &World, order: &OrderId, by: &Actor) {
    let now = world.engine.now();
    world.give(order, by, |_| Command::AcceptDuty).unwrap();
    world.give(order, by, |texts| reply(now, texts)).unwrap();
    world.give(order, by, |texts| report(now, texts)).unwrap();
}

fn pass(world: &World, order: &OrderId) {
    let pass = Command::Review(lifecycle::command::Review::Pass);
    world.give(order, &operator(), |_| pass).unwrap();
}

/// Dispatched on Wednesday 2026-09-16, due on 2026-09-30: one done in time by each unit, one of the
/// power company's late by a day, one of Tianhe's late and still open.
fn september() -> World {
    let world = World::new();
    let orders = ["GZ-D106", "GZ-GDJ", "GZ-GDJ", "GZ-D106"].map(|to| dispatched(&world, to));
    world.clock.advance_to(at("2026-09-18T10:00:00+08:00"));
    world.work_off();
    for (order, by) in orders.iter().zip(["GZ-D106", "GZ-GDJ"]) {
        submit(&world, order, &unit(by));
        pass(&world, order);
    }
    world.clock.advance_to(at("2026-10-01T10:00:00+08:00"));
    world.work_off();
    let now = world.engine.now();
    let staff = unit("GZ-GDJ");
    world
        .give(&orders[2], &staff, |texts| reply(now, texts))
        .unwrap();
    world
        .give(&orders[2], &staff, |texts| report(now, texts))
        .unwrap();
    pass(&world, &orders[2]);
    world
}

fn query(by: GroupBy) -> IndicatorQuery {
    IndicatorQuery {
        from: "2026-09-01".parse().unwrap(),
        until: "2026-09-30".parse().unwrap(),
        by,
        unit: None,
        district: None,
        order_type: None,
        by_reference: None,
    }
}

/// `KEY on_time/timed`, `*` for bodies under the Rules by reference, and the centre's dispatches.
fn shown(world: &World, query: &IndicatorQuery, by: &Actor) -> Vec<String> {
    let found = world.engine.indicators(query, by).unwrap();
    assert_eq!(found.formulas.version, "2026-2");
    let index = |code: &str| {
        let mut codes = found.formulas.items.iter().map(|it| it.code);
        codes.position(|it| it == code).unwrap()
    };
    let rows = found.rows.iter().map(|row| {
        let (time, own) = (row.values[index("on_time")], row.values[index("dispatch")]);
        let key = row.key.as_deref().unwrap_or("-");
        let mark = if row.by_reference { "*" } else { "" };
        format!(
            "{key}{mark} {}/{} {}/{}",
            time.numerator, time.denominator, own.numerator, own.denominator
        )
    });
    rows.collect()
}

#[test]
fn rows_stand_for_what_is_asked_for() {
    let world = september();
    let of = |by| shown(&world, &query(by), &operator());
    // What was due on the last of September counts in September, though it was late in October.
    assert_eq!(
        of(GroupBy::Unit),
        ["- 0/0 4/4", "GZ-D106 1/2 0/0", "GZ-GDJ* 1/2 0/0"]
    );
    assert_eq!(of(GroupBy::District), ["440106 1/2 4/4", "440106* 1/2 0/0"]);
    assert_eq!(
        of(GroupBy::OrderType),
        ["complaint 1/2 4/4", "complaint* 1/2 0/0"]
    );
    assert_eq!(of(GroupBy::Month), ["2026-09 1/2 4/4", "2026-09* 1/2 0/0"]);
    assert_eq!(of(GroupBy::All), ["- 1/2 4/4", "-* 1/2 0/0"]);
    let by_reference = IndicatorQuery {
        by_reference: Some(true),
        ..query(GroupBy::All)
    };
    assert_eq!(shown(&world, &by_reference, &operator()), ["-* 1/2 0/0"]);
    let (from, until) = ("2026-09-17".parse().unwrap(), "2026-09-29".parse().unwrap());
    let between = IndicatorQuery {
        from,
        until,
        ..query(GroupBy::Unit)
    };
    assert_eq!(
        shown(&world, &between, &operator()),
        ["GZ-D106 1/1 0/0", "GZ-GDJ* 1/1 0/0"]
    );
    let names: Vec<_> = world
        .engine
        .indicators(&query(GroupBy::Unit), &operator())
        .unwrap()
        .rows
        .into_iter()
        .map(|row| row.name.unwrap())
        .collect();
    assert_eq!(names, ["热线中心", "GZ-D106", "GZ-GDJ"]);
}

#[test]
fn everybody_sees_the_figures_that_are_theirs() {
    let world = september();
    let all = ["- 0/0 4/4", "GZ-D106 1/2 0/0", "GZ-GDJ* 1/2 0/0"];
    for (by, expected) in [
        (operator(), &all[..]),
        (admin(), &all[..]),
        (auditor(), &all[..]),
        (unit("GZ-D106"), &all[1..2]),
        (unit("GZ-GDJ"), &all[2..]),
        (district("440106"), &all[..]),
        (district("440111"), &[]),
    ] {
        assert_eq!(
            shown(&world, &query(GroupBy::Unit), &by),
            expected,
            "{by:?}"
        );
        assert!(world.engine.forecast(1, None, None, &by).is_ok(), "{by:?}");
    }
    let of_others = IndicatorQuery {
        unit: Some(UnitCode::new("GZ-GDJ")),
        district: Some(DistrictCode::new("440106")),
        ..query(GroupBy::All)
    };
    for by in [unit("GZ-D106"), district("440111"), channel("穗好办")] {
        let refused = world.engine.indicators(&of_others, &by);
        let forecast = world.engine.forecast(
            10,
            of_others.unit.as_ref(),
            of_others.district.as_ref(),
            &by,
        );
        for refused in [refused.map(|_| ()), forecast.map(|_| ())] {
            let expected = matches!(
                refused,
                Err(Error::Rejected(
                    Rejection::NotPermitted { .. } | Rejection::NotTheHandlingUnit { .. }
                ))
            );
            assert!(expected, "{by:?}: {refused:?}");
        }
    }
}

#[test]
fn a_period_that_ends_before_it_begins_is_refused() {
    let world = World::new();
    let until = "2026-08-31".parse().unwrap();
    let refused = world.engine.indicators(
        &IndicatorQuery {
            until,
            ..query(GroupBy::All)
        },
        &operator(),
    );
    assert!(
        matches!(refused, Err(Error::InvalidInput { field: "until", .. })),
        "{refused:?}"
    );
    for days in [0, 61] {
        let refused = world.engine.forecast(days, None, None, &operator());
        assert!(
            matches!(refused, Err(Error::InvalidInput { field: "days", .. })),
            "{refused:?}"
        );
    }
}

/// R64, R78: figures of two readings do not add up, so a period goes as far as one reading does. A rule set
/// that only moves deadlines divides nothing.
#[test]
fn a_period_across_another_reading_is_refused() {
    let day = |text: &str| text.parse::<chrono::NaiveDate>().unwrap();
    let set = |version: &str, (from, until): (&str, &str), change: fn(&mut RuleSet)| {
        let mut set = RuleSet::guangzhou_2023();
        (set.version, set.in_force_from, set.in_force_until) =
            (version.to_owned(), day(from), day(until));
        change(&mut set);
        set
    };
    let rules = RuleBook::new([
        set("一", ("2023-01-10", "2026-05-31"), |_| ()),
        set("二", ("2026-06-01", "2026-09-15"), |it| {
            it.extensions_max = 1;
        }),
        set("三", ("2026-09-16", "2028-01-10"), |it| {
            it.options.return_review = ReturnReview::ExcusedInAssessment;
        }),
    ])
    .unwrap();
    let parts = Parts {
        store: Arc::new(MemoryStore::default()),
        advisor: Arc::new(OneWordRule::default()),
        clock: Arc::new(ManualClock::at(at(START))),
        directory: directory(),
        rules,
    };
    let engine = Engine::new(parts).unwrap();
    for (from, until, version) in [
        ("2026-01-01", "2026-09-15", Some("2026-2")),
        ("2026-06-01", "2026-06-30", Some("2026-2")),
        ("2026-09-16", "2026-12-31", Some("2026-2+A-13")),
        ("2026-09-15", "2026-09-16", None),
        ("2026-01-01", "2026-12-31", None),
    ] {
        let asked = IndicatorQuery {
            from: day(from),
            until: day(until),
            ..query(GroupBy::Unit)
        };
        match (engine.indicators(&asked, &operator()), version) {
            (Ok(found), Some(version)) => assert_eq!(found.formulas.version, version),
            (
                Err(Error::InvalidInput {
                    field: "until",
                    problem,
                    ..
                }),
                None,
            ) => assert_eq!(
                problem,
                "rule set `三` begins on 2026-09-16 and counts otherwise (2026-2 before, 2026-2+A-13 \
                 from then on)"
            ),
            (other, _) => panic!("{from} to {until}: {other:?}"),
        }
    }
}

/// `DATE UNIT ending/not submitted/no reply/under review`.
fn days(forecast: &Forecast) -> Vec<String> {
    let counts = |it: &UnitForecast| {
        format!(
            "{} {}/{}/{}/{}",
            it.unit, it.ending, it.not_submitted, it.no_reply, it.under_review
        )
    };
    let ended = forecast
        .ended
        .iter()
        .map(|it| format!("ended {}", counts(it)));
    let days = forecast.days.iter().map(|day| {
        let kind = match day.kind {
            DayOfForecast::Working => "",
            DayOfForecast::Off => " off",
            DayOfForecast::Unannounced { .. } => " ?",
        };
        let units: Vec<String> = day.units.iter().map(counts).collect();
        format!("{}{kind} {}", &day.date.to_string()[5..], units.join(" "))
    });
    ended.chain(days).collect()
}

#[test]
fn the_next_working_days_are_those_of_the_calendar() {
    let world = World::new();
    let orders = ["GZ-D106", "GZ-D106", "GZ-GDJ"].map(|to| dispatched(&world, to));
    let in_two_days = Command::Dispatch(Dispatch {
        unit: UnitCode::new("GZ-GDJ"),
        special_limit: Some(lifecycle::command::SpecialLimit {
            period: calendar::Period::CalendarDays(3),
            basis: "粤办函1号".to_owned(),
            attachment: None,
            extensions_max: None,
        }),
        joint: false,
    });
    let special = world.register("别的事").order.id;
    world.give(&special, &operator(), |_| in_two_days).unwrap();
    submit(&world, &orders[0], &unit("GZ-D106"));
    // 2026-09-19 is a Saturday off, 2026-09-20 a Sunday on which offices work.
    let forecast = world.engine.forecast(10, None, None, &operator()).unwrap();
    assert_eq!(
        days(&forecast),
        [
            "09-16 ",
            "09-17 ",
            "09-18 ",
            "09-19 off GZ-GDJ 1/1/1/0",
            "09-20 ",
            "09-21 ",
            "09-22 ",
            "09-23 ",
            "09-24 ",
            "09-28 ",
            "09-29 ",
        ]
    );
    world.clock.advance_to(at("2026-10-01T00:00:00+08:00"));
    let forecast = world.engine.forecast(1, None, None, &operator()).unwrap();
    assert_eq!(days(&forecast), ["ended GZ-GDJ 1/1/1/0", "10-08 "]);
    world.clock.advance_to(at("2026-10-01T00:00:01+08:00"));
    let ended = "ended GZ-D106 2/1/1/1";
    let forecast = world
        .engine
        .forecast(1, None, None, &unit("GZ-D106"))
        .unwrap();
    assert_eq!(days(&forecast), [ended, "10-08 "]);
}

/// Nobody has announced 2027: which days offices work is not known, and the deadlines may move.
#[test]
fn a_year_that_is_not_announced_is_not_guessed() {
    let world = World::new();
    world.clock.advance_to(at("2026-12-28T10:00:00+08:00"));
    dispatched(&world, "GZ-D106");
    dispatched(&world, "GZ-D106");
    let forecast = world.engine.forecast(10, None, None, &operator()).unwrap();
    assert_eq!(
        days(&forecast),
        [
            "12-28 ",
            "12-29 ",
            "12-30 ",
            "12-31 ",
            "01-01 ? GZ-D106 2/2/2/0"
        ]
    );
    let last = forecast.days.last().unwrap();
    assert_eq!(last.kind, DayOfForecast::Unannounced { year: 2027 });
    assert_eq!(last.units[0].provisional, 2);
    // As far as it is known, it is told.
    let forecast = world.engine.forecast(3, None, None, &operator()).unwrap();
    assert_eq!(days(&forecast), ["12-28 ", "12-29 ", "12-30 "]);
}
