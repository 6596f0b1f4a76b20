//! `make bench`: figures as ratios against a baseline that is measured in the same run, because a
//! time on an unknown machine says nothing. Nothing here is a test, and no test looks at a time.
//! A word picks one part: `cargo bench --profile release -p tests -- scale`.
//!
//! - `decision`: a question to a rule, against the least that wasmtime can do with the same image.
//! - `placement`: a decision by a function on loopback, and by one with TLS, against embedded.
//! - `functions`: answers a second, p50 and p99 of `kapok functions` at 1, 8 and 32 connections, against a
//!   plain wasmtime server and a native one; memory of idle functions and of requests in work.
//! - `platform`: swapping rules, against a decision; memory after many swaps; a district's decisions
//!   while another district's plugin misbehaves, against alone.
//! - `trial`: decisions of the past that an image is tried on, a second and core, against asking it alone;
//!   memory after 1,000,000 of them, against 100,000.
//! - `import`: `kapok import`, against bare inserts of the same rows with the same durability.
//! - `start`: from the start of the server to its first 200, warm against cold; peak memory.
//! - `scale`: a city that grows, and 200,000 deadlines that end at one instant:
//!   - commands a second in the core alone (one thread), and through the store (64 callers, each
//!     commit durable), against bare durable appends of the same events. A commit also writes the
//!     order's line and state, its timers and its effects, and reads the order first;
//!   - what a command and a page of a list cost among 100,000 orders, against 10,000. With
//!     `KAPOK_BENCH_ORDERS=1000000` also among so many, which takes some more minutes;
//!   - timers a second that the real server works off after it was down, each with its event, state
//!     and messages, while clients go on, against commands a second through the store;
//!   - how long registrations and lists over HTTP take meanwhile, against the same server at rest;
//!   - timers a second that put a question to the escalation rules, against those that ask nobody.

#![expect(
    clippy::float_arithmetic,
    clippy::as_conversions,
    clippy::print_stdout,
    reason = "a benchmark divides times and prints figures"
)]

mod city;
mod decision;
mod functions;
mod herd;
mod import;
mod placement;
mod platform;
mod scale;
mod start;
mod trial;

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::Context as _;

/// A part of the benchmarks by its name.
type Part = (&'static str, fn() -> anyhow::Result<()>);

fn main() -> anyhow::Result<()> {
    let only = std::env::args()
        .nth(1)
        .filter(|word| !word.starts_with('-'));
    if let Some(served) = only.as_deref().and_then(functions::serve) {
        return served;
    }
    let all: [Part; 8] = [
        ("decision", decision::run),
        ("functions", functions::run),
        ("placement", placement::run),
        ("platform", platform::run),
        ("trial", trial::run),
        ("import", import::run),
        ("start", start::run),
        ("scale", scale::run),
    ];
    for (name, run) in all {
        if only.as_ref().is_none_or(|only| only == name) {
            run()?;
        }
    }
    Ok(())
}

/// The root of the repository.
fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .unwrap_or(Path::new("."))
}

/// The binary that `make` built.
fn kapok() -> PathBuf {
    root().join("target/release/kapok")
}

/// What a process used at its peak, in MiB, as the kernel says.
fn peak_memory_mib(pid: u32) -> anyhow::Result<u64> {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status"))?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kib = line
        .and_then(|rest| rest.trim().strip_suffix(" kB"))
        .context("no VmHWM line")?;
    Ok(kib.trim().parse::<u64>()? / 1024)
}

/// Runs `work` in batches of `batch` until half a second has passed, three times, and gives the
/// fastest batch's time for one: the least disturbed.
fn fastest(batch: u32, mut work: impl FnMut()) -> Duration {
    let mut best = Duration::MAX;
    let end = Instant::now() + Duration::from_millis(1500);
    while Instant::now() < end {
        let begin = Instant::now();
        for _ in 0..batch {
            work();
        }
        best = best.min(begin.elapsed() / batch);
    }
    best
}

/// One line: what, how much, how much the baseline, the ratio, the aim.
fn report(what: &str, value: f64, baseline: f64, unit: &str, aim: &str) {
    println!(
        "{what:<44} {value:>10.1} {unit:<9} baseline {baseline:>10.1} {unit:<9} ratio {:>5.2}  aim {aim}",
        value / baseline
    );
}
