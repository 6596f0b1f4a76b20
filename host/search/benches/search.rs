//! Figures of the search, each next to a baseline of the same run: plain BM25 over characters, which
//! needs no dictionary and no engine.
//!
//! - how long a rebuild takes, and how large the index is, for `KAPOK_BENCH_POINTS` (100,000) points;
//! - how long searches and suggestions take, at rest and while 100 updates a second go in for
//!   `KAPOK_BENCH_SECONDS` (20);
//! - quality: with `KAPOK_BENCH_PAIRS=FILE` (JSON Lines of `question` and `answer`), how often a
//!   question finds its own answer among the first five. Only the answers are indexed.

#![expect(
    clippy::float_arithmetic,
    clippy::as_conversions,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a benchmark divides times and prints figures"
)]

mod plain;
mod quality;
mod speed;
mod synthetic;

use std::time::Duration;

fn main() -> anyhow::Result<()> {
    let points = number("KAPOK_BENCH_POINTS", 100_000)?;
    let seconds = number("KAPOK_BENCH_SECONDS", 20)?;
    if points > 0 {
        speed::run(points, Duration::from_secs(u64::try_from(seconds)?))?;
    }
    match std::env::var("KAPOK_BENCH_PAIRS") {
        Ok(file) => quality::run(std::path::Path::new(&file))?,
        Err(_) => println!("quality: name a file of pairs in KAPOK_BENCH_PAIRS"),
    }
    Ok(())
}

fn number(name: &str, otherwise: usize) -> anyhow::Result<usize> {
    match std::env::var(name) {
        Ok(text) => Ok(text.parse()?),
        Err(_) => Ok(otherwise),
    }
}
