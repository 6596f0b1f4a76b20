//! The plugin platform: swapping rules, what stays in memory after many swaps, and a district's
//! decisions while another district's plugin misbehaves.

use std::hint::black_box;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use contract::about::Kind;
use contract::routing::Question;
use engine::ports::{Advisor as _, DecisionContext};
use lifecycle::advice::Outcome;
use plugins::{Baker, Candidate, Image, Limits, Placement, Rule, Runtime, Table};
use rollout::Mode;

use crate::decision::question;
use crate::{fastest, report, root};

/// The city, a district that asks all the time, and one whose plugin is bad.
pub(crate) const CITY: &str = "440100";
pub(crate) const GOOD: &str = "440106";
const BAD: &str = "440113";

/// Districts of the city, so that a table has its usual size.
const DISTRICTS: u32 = 11;

/// How long decisions are watched in each setting.
const WATCH: Duration = Duration::from_secs(15);

/// Clients of the bad district, and how long each waits between two questions.
const BAD_CLIENTS: usize = 4;
const BAD_PAUSE: Duration = Duration::from_millis(20);

/// Between two questions of the good district.
const GOOD_PAUSE: Duration = Duration::from_millis(2);

pub(crate) fn run() -> anyhow::Result<()> {
    swap()?;
    memory()?;
    fairness()
}

/// An image of the guest that only says something, one for each `says`.
fn saying(baker: &Baker, says: &str) -> anyhow::Result<Image> {
    let component = guest("moody")?;
    Ok(baker.bake(&component, &format!(r#"{{"says":"{says}"}}"#))?)
}

fn guest(name: &str) -> anyhow::Result<Vec<u8>> {
    let path = root().join(format!("target/wasm32-wasip2/plugin/examples/{name}.wasm"));
    std::fs::read(path).context("run `make guests` first")
}

fn context(id: u64, scope: &str, question: &Question) -> DecisionContext {
    DecisionContext {
        id: uuid::Uuid::from_u128(u128::from(id)),
        now: question.registered_at,
        key: format!("20260918-{id:010}"),
        scopes: vec![scope.to_owned(), CITY.to_owned()],
    }
}

/// A table with this rule for the city and every district.
pub(crate) fn everywhere(activation: u64, rule: &Arc<Rule>) -> anyhow::Result<Table> {
    let mut table = Table::default();
    for n in 0..=DISTRICTS {
        let placement = Placement {
            activation,
            rule: Some(Arc::clone(rule)),
            ..Placement::default()
        };
        table.place(Kind::Routing, &(440_100 + n).to_string(), placement)?;
    }
    Ok(table)
}

/// What the admin waits for: the swap itself, and from the command to the first decision on the rule.
fn swap() -> anyhow::Result<()> {
    let runtime = Runtime::new(&Limits::shipped(), None)?;
    let baker = Baker::new(&Limits::shipped())?;
    let (old, new) = (saying(&baker, "old")?, saying(&baker, "new")?);
    let rules = (runtime.load(&old)?, runtime.load(&new)?);
    let tables = (everywhere(1, &rules.0)?, everywhere(2, &rules.1)?);
    let question = question();
    let context = context(1, CITY, &question);
    let answers_with = |runtime: &Runtime, rule: &Rule| {
        let advice = black_box(runtime.route(&context, &question));
        let first = advice.attempts.first();
        advice.verdict.is_some() && first.is_some_and(|it| it.rule == *rule.identity())
    };
    let mut is_right = true;
    runtime.follow(&tables.0);
    let decision = fastest(200, || is_right &= answers_with(&runtime, &rules.0));
    let swap = fastest(100, || {
        runtime.follow(&tables.1);
        runtime.follow(&tables.0);
    }) / 2;
    report(
        "activation, the swap itself",
        micros(swap),
        micros(decision),
        "µs",
        "≤ 1",
    );
    let first = fastest(50, || {
        runtime.follow(&tables.1);
        is_right &= answers_with(&runtime, &rules.1);
        runtime.follow(&tables.0);
        is_right &= answers_with(&runtime, &rules.0);
    }) / 2;
    report(
        "rollback: command to first decision on it",
        micros(first),
        micros(decision),
        "µs",
        "≤ 3",
    );
    anyhow::ensure!(is_right, "a decision was made by another rule");
    compiled(&old, &new, &answers_with)
}

/// From the command to the first decision on an image that was compiled once, and lies on the disk;
/// against one that has to be compiled.
fn compiled(
    old: &Image,
    new: &Image,
    answers_with: &dyn Fn(&Runtime, &Rule) -> bool,
) -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let limits = Limits {
        // Each of the two drives the other out, so that both come from the disk every time.
        warm_rules: 0,
        ..Limits::shipped()
    };
    let activate = |runtime: &Runtime, image: &Image| -> anyhow::Result<bool> {
        let rule = runtime.load(image)?;
        runtime.activate(CITY, &rule);
        Ok(answers_with(runtime, &rule))
    };
    let cached = Runtime::new(&limits, Some(folder.path()))?;
    let uncached = Runtime::new(&limits, None)?;
    let mut is_right = activate(&cached, old)? && activate(&cached, new)?;
    let time = |runtime: &Runtime, is_right: &mut bool| {
        fastest(1, || {
            for image in [old, new] {
                *is_right &= activate(runtime, image).is_ok_and(|answered| answered);
            }
        }) / 2
    };
    let from_cache = time(&cached, &mut is_right);
    let from_image = time(&uncached, &mut is_right);
    report(
        "compiled image: command to first decision",
        micros(from_cache) / 1e3,
        micros(from_image) / 1e3,
        "ms",
        "≤ 0.3",
    );
    anyhow::ensure!(is_right, "an image could not be activated");
    Ok(())
}

fn micros(time: Duration) -> f64 {
    time.as_secs_f64() * 1e6
}

/// Resident memory after the 1,000th activation against the 100th, while clients ask.
fn memory() -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let limits = Limits {
        warm_rules: 3,
        ..Limits::shipped()
    };
    let runtime = Runtime::new(&limits, Some(folder.path()))?;
    let baker = Baker::new(&Limits::shipped())?;
    let images: Vec<Image> = (0..6)
        .map(|n| saying(&baker, &n.to_string()))
        .collect::<anyhow::Result<_>>()?;
    let first = images.first().context("no image")?;
    runtime.activate(CITY, &runtime.load(first)?);
    let (stop, failed, made) = (AtomicBool::new(false), AtomicU64::new(0), AtomicU64::new(0));
    let question = question();
    let mut marks = Vec::new();
    thread::scope(|scope| -> anyhow::Result<()> {
        for client in 0..32_u64 {
            let (runtime, question, stop, failed, made) =
                (&runtime, &question, &stop, &failed, &made);
            scope.spawn(move || {
                let mut id = client;
                while !stop.load(Ordering::Relaxed) {
                    id += 32;
                    let advice = runtime.route(&context(id, GOOD, question), question);
                    failed.fetch_add(u64::from(advice.verdict.is_none()), Ordering::Relaxed);
                    made.fetch_add(1, Ordering::Relaxed);
                }
            });
        }
        let mut swap_on = || -> anyhow::Result<()> {
            for (n, image) in (1..=1000).zip(images.iter().cycle()) {
                let rule = runtime.load(image)?;
                runtime.activate(CITY, &rule);
                if n == 100 || n == 1000 {
                    marks.push(resident_mib()?);
                }
            }
            Ok(())
        };
        let done = swap_on();
        stop.store(true, Ordering::Relaxed);
        done
    })?;
    let [early, late] = marks.as_slice() else {
        anyhow::bail!("two marks")
    };
    report(
        "memory after 1,000 activations, of 100",
        *late,
        *early,
        "MiB",
        "≤ 1.10",
    );
    println!(
        "  {} decisions of 32 clients meanwhile, {} of them failed",
        made.into_inner(),
        failed.into_inner()
    );
    Ok(())
}

/// What the process has in memory now, in MiB.
pub(crate) fn resident_mib() -> anyhow::Result<f64> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kib = line.and_then(|rest| rest.trim().strip_suffix(" kB"));
    Ok(kib.context("no VmRSS line")?.trim().parse::<f64>()? / 1024.0)
}

/// p99 of a good district's decisions while the other district's plugin misbehaves, against alone.
fn fairness() -> anyhow::Result<()> {
    let path = root().join("target/images/routing-city.wasm");
    let (city, _scope) = Image::load(&path).context("run `make images` first")?;
    let baker = Baker::new(&Limits::shipped())?;
    let alone = watch(&city, None, &Mode::Active)?;
    println!("  alone: p50 {:.0} µs, p99 {:.0} µs", alone.p50, alone.p99);
    for (name, what) in [
        ("endless", "loops for ever"),
        ("trap", "traps"),
        ("memory_eater", "eats memory"),
        ("too_large", "returns 100 MB"),
        ("recursion", "recurses"),
    ] {
        let bad = baker.bake(&guest(name)?, "{}")?;
        for (mode, how) in [
            (Mode::Active, "another's plugin"),
            (Mode::Shadow, "a shadow"),
        ] {
            if mode == Mode::Shadow && name != "endless" {
                continue;
            }
            let seen = watch(&city, Some(&bad), &mode)?;
            report(
                &format!("p99 while {how} {what}"),
                seen.p99,
                alone.p99,
                "µs",
                "≤ 1.5",
            );
            println!(
                "  p50 {:.0} µs; {} of {} failed or waited in vain; the bad one was asked {} times and rested {} times",
                seen.p50, seen.failed, seen.made, seen.bad_asked, seen.bad_rested
            );
        }
    }
    Ok(())
}

/// What was seen in one setting. Times in microseconds.
struct Seen {
    p50: f64,
    p99: f64,
    made: usize,
    failed: usize,
    bad_asked: u64,
    bad_rested: u64,
}

/// Asks in the good district, and with `bad` also in the other one: as its rule, or as its shadow.
#[expect(clippy::too_many_lines, reason = "one story, told in order")]
fn watch(city: &Image, bad: Option<&Image>, mode: &Mode) -> anyhow::Result<Seen> {
    let runtime = Runtime::new(&Limits::shipped(), None)?;
    let rule = runtime.load(city)?;
    let mut table = everywhere(1, &rule)?;
    if let Some(bad) = bad {
        let bad = runtime.load(bad)?;
        let placement = match mode {
            Mode::Active | Mode::Canary { .. } => Placement {
                activation: 2,
                rule: Some(bad),
                ..Placement::default()
            },
            Mode::Shadow => Placement {
                activation: 1,
                rule: Some(rule),
                candidate: Some(Arc::new(Candidate::new(2, bad, Mode::Shadow))),
                ..Placement::default()
            },
        };
        table.place(Kind::Routing, BAD, placement)?;
    }
    runtime.follow(&table);
    let question = question();
    let (stop, asked, rested) = (AtomicBool::new(false), AtomicU64::new(0), AtomicU64::new(0));
    let mut times = Vec::new();
    let mut failed = 0;
    thread::scope(|scope| {
        for client in 0..BAD_CLIENTS {
            if bad.is_none() {
                break;
            }
            let (runtime, question, stop, asked, rested) =
                (&runtime, &question, &stop, &asked, &rested);
            scope.spawn(move || {
                let mut id = client as u64;
                while !stop.load(Ordering::Relaxed) {
                    id += 100;
                    let advice = runtime.route(&context(id, BAD, question), question);
                    for attempt in &advice.attempts {
                        if attempt.scope == BAD && attempt.fuel == 0 {
                            rested.fetch_add(1, Ordering::Relaxed);
                        } else if attempt.scope == BAD {
                            asked.fetch_add(1, Ordering::Relaxed);
                        }
                    }
                    thread::sleep(BAD_PAUSE);
                }
            });
        }
        let end = Instant::now() + WATCH;
        let mut id = 1_000_000;
        while Instant::now() < end {
            id += 1;
            let context = context(id, GOOD, &question);
            let begin = Instant::now();
            let advice = runtime.route(&context, &question);
            times.push(micros(begin.elapsed()));
            let answered = advice.attempts.first().map(|it| &it.outcome);
            failed += usize::from(answered != Some(&Outcome::Answered));
            thread::sleep(GOOD_PAUSE);
        }
        stop.store(true, Ordering::Relaxed);
    });
    times.sort_by(f64::total_cmp);
    let at = |percent: usize| times.get(times.len() * percent / 100).copied();
    Ok(Seen {
        p50: at(50).context("no decisions")?,
        p99: at(99).context("no decisions")?,
        made: times.len(),
        failed,
        bad_asked: asked.into_inner(),
        bad_rested: rested.into_inner(),
    })
}
