//! How long a rebuild, searches and suggestions take, and how large the index is.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use chrono::{DateTime, TimeDelta};
use search::{Change, Commit, Config, Index, Suggestion};

use crate::plain::Plain;
use crate::synthetic::Maker;

/// Updates a second.
const UPDATES: u64 = 100;

pub(crate) fn run(points: usize, time: Duration) -> anyhow::Result<()> {
    let maker = Maker::new();
    // The last one is searched.
    let mut dir = tempfile::tempdir()?;
    for threads in [2, 1] {
        dir = tempfile::tempdir()?;
        let config = Config {
            writer_threads: threads,
            commit: Commit::Manually,
            ..Config::default()
        };
        let index = Index::open(dir.path(), &config)?;
        let before = worked()?;
        let (took, built) =
            timed(|| index.rebuild((0..points).map(|number| maker.point(number, 1)), 1));
        built?;
        println!(
            "rebuild: {points} points in {:.1} s, {:.0} points/s, {threads} threads, {:.1} s of processor",
            took.as_secs_f64(),
            points as f64 / took.as_secs_f64(),
            (worked()? - before).as_secs_f64()
        );
        index.close()?;
    }
    let (took, index) = timed(|| Index::open(dir.path(), &Config::default()));
    let index = index?;
    println!("opened in {:.0} ms", took.as_secs_f64() * 1e3);
    let text: usize = (0..points.min(1_000))
        .map(|number| {
            let point = maker.point(number, 1);
            point.title.len()
                + point.body.len()
                + point.questions.concat().len()
                + point.answers.concat().len()
        })
        .sum();
    let stats = index.stats()?;
    let text = text as f64 / points.clamp(1, 1_000) as f64 * points as f64;
    println!(
        "size: {:.1} MiB in {} segments, {:.2} of the text's {:.1} MiB",
        mib(stats.bytes as f64),
        stats.segments,
        stats.bytes as f64 / text,
        mib(text)
    );
    searches(&index, &maker, points, time / 4, "at rest")?;

    let stop = AtomicBool::new(false);
    let late = AtomicU64::new(0);
    std::thread::scope(|scope| -> anyhow::Result<()> {
        let writer = scope.spawn(|| updates(&index, &maker, points, &stop, &late));
        let searched = searches(&index, &maker, points, time, "100 updates/s");
        stop.store(true, Ordering::Relaxed);
        let written = writer
            .join()
            .map_err(|_panic| anyhow::anyhow!("the writer panicked"))??;
        println!(
            "updates: {written} while searching, committed up to {:.1} s late, {} segments, {:.1} MiB",
            late.load(Ordering::Relaxed) as f64 / 1e3,
            index.stats()?.segments,
            mib(index.stats()?.bytes as f64)
        );
        searched
    })?;
    println!("memory: {} at its peak", memory()?);
    baseline(&maker, points);
    Ok(())
}

fn updates(
    index: &Index,
    maker: &Maker,
    points: usize,
    stop: &AtomicBool,
    late: &AtomicU64,
) -> anyhow::Result<u64> {
    let start = Instant::now();
    let mut position = index.position();
    let mut written = 0;
    // When which position was applied, to see when it is committed.
    let mut waiting: Vec<(u64, Instant)> = Vec::new();
    while !stop.load(Ordering::Relaxed) {
        let due = (start.elapsed().as_secs_f64() * UPDATES as f64) as u64;
        while written < due {
            position += 1;
            written += 1;
            let number = (position as usize).wrapping_mul(7_919) % points;
            let change = Change::Upsert(Box::new(maker.point(number, position)));
            index.apply(vec![change], position)?;
            waiting.push((position, Instant::now()));
        }
        let committed = index.position();
        waiting.retain(|(position, applied)| {
            if *position <= committed {
                late.fetch_max(applied.elapsed().as_millis() as u64, Ordering::Relaxed);
            }
            *position > committed
        });
        std::thread::sleep(Duration::from_millis(5));
    }
    Ok(written)
}

fn searches(
    index: &Index,
    maker: &Maker,
    points: usize,
    time: Duration,
    when: &str,
) -> anyhow::Result<()> {
    let mut times: BTreeMap<&str, Vec<Duration>> = BTreeMap::new();
    let end = Instant::now() + time;
    let mut number = 0;
    let mut found = 0;
    while Instant::now() < end {
        number += 1;
        let (kind, query) = maker.question(number, points);
        let (took, hits) = timed(|| index.search(&query));
        found += usize::from(hits?.total > 0);
        times.entry(kind).or_default().push(took);
        times.entry("all searches").or_default().push(took);
        if number % 4 == 0 {
            let order = Suggestion {
                text: maker.order(number, points),
                district: None,
                at: DateTime::UNIX_EPOCH + TimeDelta::days(200),
                limit: 5,
            };
            let (took, hits) = timed(|| index.suggest(&order));
            hits?;
            times.entry("suggestions").or_default().push(took);
        }
    }
    println!("searches {when}: {found} of {number} found something");
    for (kind, times) in &mut times {
        say(&format!("{kind} {when}"), times);
    }
    Ok(())
}

fn baseline(maker: &Maker, points: usize) {
    let mut plain = Plain::default();
    for number in 0..points {
        let point = maker.point(number, 1);
        let all = [&point.title, &point.body];
        let texts = all
            .into_iter()
            .chain(&point.questions)
            .chain(&point.answers);
        plain.add(&texts.cloned().collect::<String>());
    }
    let mut times: Vec<Duration> = (1..=200)
        .map(|number| {
            let (_, query) = maker.question(number, points);
            let (took, found) = timed(|| plain.search(&query.text, 10));
            assert!(found.len() <= 10);
            took
        })
        .collect();
    say("plain BM25 over characters, in memory", &mut times);
}

fn timed<T>(what: impl FnOnce() -> T) -> (Duration, T) {
    let start = Instant::now();
    let result = what();
    (start.elapsed(), result)
}

fn say(what: &str, times: &mut [Duration]) {
    times.sort();
    let at = |part: usize| {
        let place = times.len().saturating_sub(1) * part / 100;
        times
            .get(place)
            .map_or(0.0, |time| time.as_secs_f64() * 1e3)
    };
    println!(
        "{what}: p50 {:.2} ms, p99 {:.2} ms of {}",
        at(50),
        at(99),
        times.len()
    );
}

/// The most memory that the process had, mapped files of the index with it.
fn memory() -> anyhow::Result<String> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    Ok(line.unwrap_or_default().trim().to_owned())
}

/// What the process worked so far, whatever else the machine does.
pub(crate) fn worked() -> anyhow::Result<Duration> {
    let stat = std::fs::read_to_string("/proc/self/stat")?;
    let after_name = stat.rsplit(')').next().unwrap_or_default();
    let ticks: u64 = after_name
        .split_whitespace()
        .skip(11)
        .take(2)
        .filter_map(|field| field.parse::<u64>().ok())
        .sum();
    Ok(Duration::from_millis(ticks * 10))
}

fn mib(bytes: f64) -> f64 {
    bytes / 1024.0 / 1024.0
}
