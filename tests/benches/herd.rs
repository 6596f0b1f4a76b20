//! 200,000 deadlines that end at one instant: the real server comes up a day after it and works them
//! off, while clerks and channels go on over HTTP; and then those that ask the escalation rules.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use chrono::{DateTime, Utc};
use engine::ports::ManualClock;
use engine::{Engine, Parts};
use lifecycle::ruleset::RuleBook;
use rusqlite::{Connection, OpenFlags};
use store::{Options, SqliteStore};

use crate::city::{City, directory, instant};
use crate::start::{Server, start, token_of};
use crate::{report, root};

/// After verification ended, and before the escalation rules are asked.
const AFTER: &str = "2026-09-20T08:00:00+08:00";
/// When the escalation rules are asked about every order, and its deadline has not passed.
const DUE_SOON: &str = "2026-09-29T12:00:00+08:00";
/// So many timers that ask somebody are worked off.
const ASKING: usize = 20_000;
/// So many timers a tick, as the server has.
const BATCH: u32 = 512;
/// So long is the server watched at rest.
const AT_REST: Duration = Duration::from_secs(20);
/// Between two requests of one client.
const PAUSE: Duration = Duration::from_millis(2);
/// Clients that give commands at the same time, and those that read.
const CLERKS: usize = 2;
const READERS: usize = 1;

/// `rate` is that of commands through the store.
pub(crate) fn run(city: City, data: &Path, rate: f64) -> anyhow::Result<()> {
    let after = instant(AFTER)?;
    city.leave(after)?;
    let watch = Watch::open(data, after)?;
    let herd = watch.timers()?;
    let (_, server) = start(data)?;
    let tokens: serde_json::Value =
        serde_json::from_slice(&std::fs::read(data.join("tokens.json"))?)?;
    let token = token_of(&tokens, "operator").context("no operator's token in tokens.json")?;
    let begin = Instant::now();
    let mut fired = Duration::ZERO;
    let meanwhile = times(&server, &token, || {
        while watch.timers()? > 0 {
            thread::sleep(Duration::from_millis(100));
        }
        fired = begin.elapsed();
        while watch.effects()? > 100 {
            thread::sleep(Duration::from_millis(100));
        }
        Ok(())
    })?;
    let at_rest = times(&server, &token, || {
        thread::sleep(AT_REST);
        Ok(())
    })?;
    drop(server);
    let fired_rate = herd as f64 / fired.as_secs_f64();
    let what = format!("{herd} timers of one instant, of the server");
    report(&what, fired_rate, rate, "1/s", "≥ 0.3");
    for (what, during, rest) in [
        (
            "p50 of a registration meanwhile",
            meanwhile.command(50),
            at_rest.command(50),
        ),
        (
            "p99 of a registration meanwhile",
            meanwhile.command(99),
            at_rest.command(99),
        ),
        (
            "p99 of a list meanwhile",
            meanwhile.list(99),
            at_rest.list(99),
        ),
    ] {
        report(what, during, rest, "ms", "≤ 3");
    }
    println!(
        "  {} registrations and {} lists meanwhile, {} and {} at rest; longest {:.1} ms and {:.1} ms",
        meanwhile.commands.len(),
        meanwhile.lists.len(),
        at_rest.commands.len(),
        at_rest.lists.len(),
        meanwhile.command(100),
        at_rest.command(100),
    );
    asking(data, fired_rate)
}

/// Timers a second that put a question to the city's escalation rule, against those that ask nobody.
fn asking(data: &Path, baseline: f64) -> anyhow::Result<()> {
    let runtime = plugins::Runtime::new(&plugins::Limits::shipped(), None)?;
    let list = plugins::RuleList::read(&root().join("plugins/rules.toml"))?;
    for rule in list.load_all()? {
        runtime.activate(&rule.scope, &runtime.load(&rule.image)?);
    }
    let now = instant(DUE_SOON)?;
    let engine = Engine::new(Parts {
        store: Arc::new(SqliteStore::open(data, &Options::default())?),
        advisor: Arc::new(runtime),
        clock: Arc::new(ManualClock::at(now)),
        directory: directory()?,
        rules: RuleBook::default(),
    })?;
    let due = Watch::open(data, now)?.timers()?;
    anyhow::ensure!(due >= ASKING, "only {due} questions are due");
    let begin = Instant::now();
    let mut fired = 0;
    while fired < ASKING {
        fired += engine.tick(BATCH)?.timers;
    }
    let rate = fired as f64 / begin.elapsed().as_secs_f64();
    report(
        "timers that ask the escalation rules",
        rate,
        baseline,
        "1/s",
        "≥ 0.5",
    );
    Ok(())
}

/// Looks into the data from outside, how far the server has come.
struct Watch {
    connection: Connection,
    now: DateTime<Utc>,
}

impl Watch {
    fn open(data: &Path, now: DateTime<Utc>) -> anyhow::Result<Self> {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY;
        let connection = Connection::open_with_flags(data.join("kapok.db"), flags)?;
        Ok(Self { connection, now })
    }

    fn timers(&self) -> anyhow::Result<usize> {
        let query = "SELECT count(*) FROM timers WHERE at < ?1";
        let now = self.now.timestamp_millis();
        let count: i64 = self.connection.query_row(query, [now], |row| row.get(0))?;
        Ok(usize::try_from(count)?)
    }

    fn effects(&self) -> anyhow::Result<usize> {
        let query = "SELECT count(*) FROM effects";
        let count: i64 = self.connection.query_row(query, [], |row| row.get(0))?;
        Ok(usize::try_from(count)?)
    }
}

/// How long requests took, in milliseconds, shortest first.
#[derive(Default)]
struct Times {
    commands: Vec<f64>,
    lists: Vec<f64>,
}

impl Times {
    fn command(&self, percent: usize) -> f64 {
        percentile(&self.commands, percent)
    }

    fn list(&self, percent: usize) -> f64 {
        percentile(&self.lists, percent)
    }
}

fn percentile(sorted: &[f64], percent: usize) -> f64 {
    let n = sorted.len().saturating_sub(1) * percent / 100;
    sorted.get(n).copied().unwrap_or(f64::NAN)
}

/// Sends requests as clerks and channels do, until `until` returns.
fn times(
    server: &Server,
    token: &str,
    until: impl FnOnce() -> anyhow::Result<()>,
) -> anyhow::Result<Times> {
    static NUMBER: AtomicUsize = AtomicUsize::new(0);
    let over = AtomicBool::new(false);
    let url = format!("{}/api/v1/orders", server.url);
    let authorization = format!("Bearer {token}");
    let ask = |send: &dyn Fn(&ureq::Agent) -> anyhow::Result<()>| -> anyhow::Result<Vec<f64>> {
        let agent = ureq::Agent::new_with_defaults();
        let mut times = Vec::new();
        while !over.load(Ordering::Relaxed) {
            let begin = Instant::now();
            send(&agent)?;
            times.push(begin.elapsed().as_secs_f64() * 1e3);
            thread::sleep(PAUSE);
        }
        Ok(times)
    };
    let register = |agent: &ureq::Agent| -> anyhow::Result<()> {
        let n = NUMBER.fetch_add(1, Ordering::Relaxed);
        let body = serde_json::json!({
            "order_type": "complaint", "channel": "phone", "district": "440106",
            "street": "员村街道", "subject": "夜间施工噪声",
            "text": format!("工地连续三晚凌晨一点还在打桩,要求停止夜间施工(第{n}件)。"),
        });
        let request = agent
            .post(&url)
            .header("authorization", &authorization)
            .header("idempotency-key", format!("herd-{n}"))
            .header("content-type", "application/json");
        request
            .send(body.to_string())?
            .body_mut()
            .read_to_string()?;
        Ok(())
    };
    let list = |agent: &ureq::Agent| -> anyhow::Result<()> {
        let page = format!("{url}?limit=50");
        let request = agent.get(page).header("authorization", &authorization);
        request.call()?.body_mut().read_to_string()?;
        Ok(())
    };
    thread::scope(|scope| {
        let clerks: Vec<_> = (0..CLERKS)
            .map(|_| scope.spawn(|| ask(&register)))
            .collect();
        let readers: Vec<_> = (0..READERS).map(|_| scope.spawn(|| ask(&list))).collect();
        let ended = until();
        over.store(true, Ordering::Relaxed);
        ended?;
        Ok(Times {
            commands: joined(clerks)?,
            lists: joined(readers)?,
        })
    })
}

fn joined(
    clients: Vec<thread::ScopedJoinHandle<'_, anyhow::Result<Vec<f64>>>>,
) -> anyhow::Result<Vec<f64>> {
    let mut all = Vec::new();
    for client in clients {
        let times = client.join();
        all.extend(times.map_err(|_panic| anyhow::anyhow!("a client panicked"))??);
    }
    all.sort_by(f64::total_cmp);
    Ok(all)
}
