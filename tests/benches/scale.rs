//! What size costs, on one city that grows: commands in the core and through the store, commands and
//! lists with ever more orders, and 200,000 deadlines that end at one instant.

use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use engine::ports::{OrderFilter, Store as _};
use engine::{CommandOptions, Engine};
use lifecycle::command::Command;
use lifecycle::event::Recorded;
use lifecycle::ids::{DistrictCode, UnitCode};
use lifecycle::order::WorkOrder;
use lifecycle::ruleset::RuleBook;
use lifecycle::{Context, Facts};
use rusqlite::Connection;

use crate::city::{CALLERS, City, directory, instant, staff};
use crate::import::{Table, insert_all, rows};
use crate::{fastest, herd, report};

/// Sizes at which the growing city is looked at; every ratio is against the first.
const SIZES: [usize; 2] = [10_000, 100_000];
/// Orders whose verification ends at one instant.
const HERD: usize = 200_000;
/// Names a larger size to look at as well, such as `1000000`; that takes minutes.
const LARGER: &str = "KAPOK_BENCH_ORDERS";
/// Commands that are timed at each size.
const COMMANDS: usize = 3_200;
/// Lines of a list's page.
const PAGE: u32 = 50;

pub(crate) fn run() -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let data = folder.path().join("data");
    let mut city = City::open(&data)?;
    let mut sizes: Vec<usize> = SIZES.into_iter().chain([HERD]).collect();
    if let Some(larger) = std::env::var_os(LARGER) {
        let larger: Option<usize> = larger.to_str().and_then(|text| text.parse().ok());
        let larger = larger.with_context(|| format!("{LARGER} must be a number of orders"))?;
        sizes.extend(Some(larger).filter(|larger| *larger > HERD));
    }
    let mut first: Option<Size> = None;
    let mut rate = 0.0;
    for count in sizes {
        if count > HERD {
            // Their deadlines end a day later, so that the herd stays what it is.
            city.clock.advance_to(instant("2026-09-17T10:00:00+08:00")?);
        }
        city.grow(count)?;
        if count == HERD {
            continue;
        }
        let size = Size::measure(&city)?;
        match &first {
            None => {
                rate = 1e6 / size.command_us;
                commands(&city, &data, rate)?;
                first = Some(size);
            }
            Some(first) => size.report(count, first),
        }
    }
    herd::run(city, &data, rate)
}

/// Commands a second in the core alone and through the store, each durable, against bare appends of the
/// very same events, made durable in the same way.
fn commands(city: &City, data: &Path, rate: f64) -> anyhow::Result<()> {
    let source = Connection::open(data.join("kapok.db"))?;
    let condition = "WHERE kind = 'duty_accepted'";
    let (insert, rows) = rows(&source, "events", condition)?;
    anyhow::ensure!(
        rows.len() == COMMANDS,
        "{} events, not one a command",
        rows.len()
    );
    let tables = vec![Table { insert, rows }];
    let bare = insert_all(&source, tables, &data.with_extension("events.db"), COMMANDS)?;
    report(
        "commands decided in the core",
        core(city)?,
        bare,
        "1/s",
        "≥ 5",
    );
    report(
        "commands through the store, each durable",
        rate,
        bare,
        "1/s",
        "≥ 0.1",
    );
    Ok(())
}

/// Commands a second in the core: decided, folded into the order, timed anew; on one thread.
fn core(city: &City) -> anyhow::Result<f64> {
    let waits = |order: &WorkOrder| order.stage.name() == "awaiting_verification";
    let orders = city.orders.iter();
    let order = orders
        .filter_map(|id| city.store.load(id).ok().flatten())
        .find(waits)
        .context("every order is accepted")?;
    let by = staff(&unit(&order)?);
    let calendar = city.engine.calendar();
    let (rules, directory) = (RuleBook::default(), directory()?);
    let context = Context {
        now: city.engine.now(),
        calendar: &calendar,
        rules: &rules,
        directory: &directory,
    };
    let facts = Facts::default();
    let give = || -> anyhow::Result<usize> {
        let decision =
            lifecycle::decide(Some(&order), &Command::AcceptDuty, &by, &facts, &context)?;
        let mut after = order.clone();
        for (seq, event) in (order.version + 1..).zip(decision.events) {
            let (at, by) = (context.now, by.clone());
            after = lifecycle::apply(Some(after), &Recorded { seq, at, by, event })?;
        }
        Ok(lifecycle::timers(&after).len())
    };
    give()?;
    Ok(1.0 / fastest(1_000, || drop(std::hint::black_box(give()))).as_secs_f64())
}

fn unit(order: &WorkOrder) -> anyhow::Result<UnitCode> {
    let assignment = order.assignment().context("the order is not dispatched")?;
    Ok(assignment.unit.clone())
}

/// What a command and the lists cost in a city of some size, in microseconds.
struct Size {
    command_us: f64,
    list_us: Vec<(&'static str, f64)>,
}

impl Size {
    fn measure(city: &City) -> anyhow::Result<Self> {
        let lists = [
            ("a page, newest first", OrderFilter::default()),
            (
                "a page of one unit",
                OrderFilter {
                    unit: Some(UnitCode::new("GZ-STHJ")),
                    ..OrderFilter::default()
                },
            ),
            (
                "a page of one district",
                OrderFilter {
                    district: Some(DistrictCode::new("440113")),
                    ..OrderFilter::default()
                },
            ),
            (
                "the overdue ones, and there are none",
                OrderFilter {
                    overdue: Some(true),
                    ..OrderFilter::default()
                },
            ),
        ];
        let mut list_us = Vec::new();
        for (what, filter) in lists {
            city.store.list(&filter, None, PAGE)?;
            let list = || drop(std::hint::black_box(city.store.list(&filter, None, PAGE)));
            list_us.push((what, micros(fastest(1, list))));
        }
        let command_us = micros(accept(city)?) / COMMANDS as f64;
        Ok(Self {
            command_us,
            list_us,
        })
    }

    fn report(&self, count: usize, first: &Self) {
        let what = format!("a command among {count} orders");
        report(&what, self.command_us, first.command_us, "µs", "≤ 3");
        for ((what, now), (_, before)) in self.list_us.iter().zip(&first.list_us) {
            report(&format!("{what}, {count}"), *now, *before, "µs", "≤ 1.5");
        }
    }
}

fn micros(time: Duration) -> f64 {
    time.as_secs_f64() * 1e6
}

/// Units accept orders from everywhere in the city; gives how long it took.
fn accept(city: &City) -> anyhow::Result<Duration> {
    // Twice as many as needed, from everywhere: some were accepted at a smaller size.
    let apart = (city.orders.len() / COMMANDS / 2).max(1);
    let mut chosen = Vec::new();
    for id in city.orders.iter().rev().step_by(apart) {
        let order = city.store.load(id)?.context("no such order")?;
        if order.stage.name() == "awaiting_verification" && chosen.len() < COMMANDS {
            chosen.push((id.clone(), staff(&unit(&order)?)));
        }
    }
    anyhow::ensure!(
        chosen.len() == COMMANDS,
        "only {} orders to accept",
        chosen.len()
    );
    let next = AtomicUsize::new(0);
    let give = |engine: &Engine| -> anyhow::Result<()> {
        let options = CommandOptions::default();
        while let Some((id, by)) = chosen.get(next.fetch_add(1, Ordering::Relaxed)) {
            engine.handle(id, by, &options, |_| Command::AcceptDuty)?;
        }
        Ok(())
    };
    let begin = Instant::now();
    let given: Vec<anyhow::Result<()>> = thread::scope(|scope| {
        let callers: Vec<_> = (0..CALLERS)
            .map(|_| scope.spawn(|| give(&city.engine)))
            .collect();
        callers
            .into_iter()
            .map(|caller| {
                caller
                    .join()
                    .unwrap_or_else(|_| Err(anyhow::anyhow!("a panic")))
            })
            .collect()
    });
    given.into_iter().collect::<anyhow::Result<()>>()?;
    Ok(begin.elapsed())
}
