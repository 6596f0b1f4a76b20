//! One life from its seed to its end, and the report of one that goes wrong.

use std::fmt::Write as _;
use std::ops::Range;
use std::panic::{self, AssertUnwindSafe};
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

use chrono::TimeDelta;
use engine::Error;
use engine::ports::Store as _;
use regex::Regex;

use crate::checks::ends;
use crate::city::admin;
use crate::faults::Weather;
use crate::simulation::Simulation;

/// So many steps a life has, before it comes to its end in peace.
const STEPS: usize = 250;
/// So many steps of the list are printed at most.
const PRINTED_MAX: usize = 400;

/// What a life leaves behind: its journals and its steps, with numbers that chance made replaced.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Traces(String);

/// Lives these seeds, one after the other.
pub(crate) fn lives(seeds: Range<u64>) {
    for seed in seeds {
        live(seed);
    }
}

/// Lives many seeds on all processors. The first that finds something ends it, when those under way have
/// come to their ends.
pub(crate) fn soak(first: u64, count: u64) {
    let next = AtomicU64::new(first);
    let work = || {
        loop {
            let seed = next.fetch_add(1, Ordering::Relaxed);
            if seed >= first + count {
                return;
            }
            if let Err(cause) = panic::catch_unwind(|| live(seed)) {
                next.store(u64::MAX / 2, Ordering::Relaxed);
                panic::resume_unwind(cause);
            }
            let done = seed - first + 1;
            if done.is_multiple_of(100) {
                println!("{done} lives");
            }
        }
    };
    let threads = thread::available_parallelism().map_or(1, usize::from);
    thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(work);
        }
    });
}

/// Lives a seed.
///
/// # Panics
/// When something is wrong, with the seed and all its steps.
pub(crate) fn live(seed: u64) -> Traces {
    let simulation = Simulation::new(seed);
    let lived = panic::catch_unwind(AssertUnwindSafe(|| {
        simulation.change_weather();
        for _ in 0..STEPS {
            simulation.step();
            if !simulation.store.ledger().wrong.is_empty() {
                return;
            }
        }
        peace(&simulation);
        end(&simulation);
    }));
    let ledger = simulation.store.ledger_of_the_dead();
    if lived.is_ok() && ledger.wrong.is_empty() {
        drop(ledger);
        return traces(&simulation);
    }
    let mut report = format!("seed {seed} finds something wrong\n");
    let left_out = ledger.steps.len().saturating_sub(PRINTED_MAX);
    for step in ledger.steps.iter().skip(left_out) {
        writeln!(report, "  {step}").unwrap();
    }
    for problem in &ledger.wrong {
        writeln!(report, "WRONG: {problem}").unwrap();
    }
    writeln!(
        report,
        "again: KAPOK_SEED={seed} cargo test -p engine --test simulation asked_for"
    )
    .unwrap();
    println!("{report}");
    if let Err(cause) = lived {
        panic::resume_unwind(cause);
    }
    panic!("seed {seed}: {}", ledger.wrong.join("; "));
}

/// Nothing goes wrong any more: what was not answered is asked again, and everything is worked off, be it
/// at its own instant or after a long time in which nobody was there.
fn peace(simulation: &Simulation) {
    simulation.store.set_weather(Weather::default());
    simulation.outside.friendly.store(true, Ordering::SeqCst);
    if simulation.chance(|chance| chance.percent(50)) {
        simulation.restart();
    }
    simulation.store.revive();
    simulation.log("peace");
    let unanswered = simulation.unanswered.lock().unwrap().clone();
    for intent in unanswered {
        simulation.send(intent);
    }
    work_off(simulation);
    // What a fault put off is tried again by then.
    let pause = TimeDelta::hours(7);
    simulation.clock.advance_to(simulation.now() + pause);
    work_off(simulation);
    let engine = simulation.engine();
    let verdict = ends::calendar(&engine, &simulation.store.kept, &simulation.store.ledger());
    if let Err(problem) = verdict {
        simulation.store.wrong(problem);
    }
    let to = simulation.now() + TimeDelta::days(500);
    if simulation.chance(|chance| chance.percent(50)) {
        let (result, _) = simulation.call(None, None, |engine| {
            engine.pass_time(to, &admin(), usize::MAX)
        });
        simulation.finish(result.map(drop));
    } else {
        simulation.clock.advance_to(to);
    }
    // Each is longer than any pause between two attempts; all of them together are longer than any time
    // that a requester has.
    for _ in 0..30 {
        work_off(simulation);
        let engine = simulation.engine();
        while matches!(engine.deliver_due(1), Ok(done) if done.more) {}
        simulation.clock.advance_to(simulation.now() + pause);
    }
    work_off(simulation);
    let engine = simulation.engine();
    while matches!(engine.deliver_due(1), Ok(done) if done.more) {}
}

fn work_off(simulation: &Simulation) {
    let limit = simulation.chance(|chance| *chance.pick(&[3, 16, 256]));
    for _ in 0..20_000 {
        let (result, _) = simulation.call(None, None, |engine| engine.tick(limit));
        match result {
            Ok(tick) if !tick.more && tick.timers == 0 && tick.effects == 0 => return,
            Ok(_) => {}
            Err(error) => return simulation.finish(Err(error)),
        }
    }
    simulation
        .store
        .wrong("there is always more to do".to_owned());
}

fn end(simulation: &Simulation) {
    let store = &simulation.store;
    if !store.ledger().wrong.is_empty() {
        return;
    }
    let unanswered = simulation.unanswered.lock().unwrap().len();
    if unanswered > 0 {
        store.wrong(format!("{unanswered} requests are never answered"));
    }
    let engine = simulation.engine();
    let arrived = simulation.outside.arrived.lock().unwrap().clone();
    let verdict = ends::all(&engine, &store.kept, &store.ledger(), &arrived);
    if let Err(problem) = verdict {
        store.wrong(problem);
    }
}

impl Simulation {
    /// In peace nothing fails.
    fn finish(&self, result: Result<(), Error>) {
        if let Err(error) = result {
            self.store.wrong(format!("in peace: {error}"));
        }
    }
}

fn traces(simulation: &Simulation) -> Traces {
    let ledger = simulation.store.ledger();
    let mut text = ledger.steps.join("\n");
    for order in &ledger.orders {
        let journal = simulation.store.kept.history(order).unwrap();
        text.push('\n');
        text.push_str(&serde_json::to_string(&journal).unwrap());
    }
    Traces(without_chance(&text))
}

/// Numbers that are drawn by chance, replaced by the order in which they appear.
fn without_chance(text: &str) -> String {
    let drawn = Regex::new(
        "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|(?:D-)?[0-9]{8}-[0-9A-HJKMNP-TV-Z]{10}",
    )
    .unwrap();
    let mut known: Vec<String> = Vec::new();
    let replaced = drawn.replace_all(text, |found: &regex::Captures<'_>| {
        let number = found[0].to_owned();
        let position = known.iter().position(|it| *it == number);
        let position = position.unwrap_or_else(|| {
            known.push(number);
            known.len() - 1
        });
        format!("<{position}>")
    });
    replaced.into_owned()
}
