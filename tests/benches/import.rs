//! `kapok import`, each order durable, against bare inserts into SQLite of the same bytes in batches
//! made the same way: as many callers wait for their own row, and what waits shares one transaction.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::Command;
use std::sync::mpsc::{Sender, channel, sync_channel};
use std::thread;
use std::time::Instant;

use anyhow::Context as _;
use rusqlite::Connection;

use crate::{kapok, report, root};

/// Requests to import.
const REQUESTS: usize = 20_000;
/// Callers at the same time, as `kapok import` has.
const CALLERS: usize = 64;
/// Rows that share a transaction at most, as in the store.
const BATCH_MAX: usize = 256;

pub(crate) fn run() -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let requests = folder.path().join("requests.jsonl");
    write_requests(&requests, REQUESTS)?;
    let data = folder.path().join("data");
    let output = Command::new(kapok())
        .current_dir(root())
        .args(["import", "--json", "--data"])
        .arg(&data)
        .arg(&requests)
        .output()
        .context("run `make host` first")?;
    let text = String::from_utf8(output.stdout)?;
    let last = text.lines().last().context("the import printed nothing")?;
    let summary: serde_json::Value = serde_json::from_str(last)?;
    anyhow::ensure!(
        summary.get("imported") == Some(&REQUESTS.into()),
        "not all were imported: {summary}"
    );
    let ours = summary
        .get("orders_per_second")
        .and_then(serde_json::Value::as_f64)
        .context("no rate in the summary")?;
    let bytes = payload(&data.join("kapok.db"))? / REQUESTS;
    let bare = bare(&folder.path().join("bare.db"), bytes)?;
    report(
        &format!("import, each durable, {bytes} bytes an order"),
        ours,
        bare,
        "orders/s",
        "≥ 0.4",
    );
    Ok(())
}

/// The shipped samples again and again, each with a number of its own.
pub(crate) fn write_requests(path: &Path, count: usize) -> anyhow::Result<()> {
    let samples = fs::read_to_string(root().join("host/kapok/demo/requests.jsonl"))?;
    let samples: Vec<serde_json::Value> = samples
        .lines()
        .map(serde_json::from_str)
        .collect::<Result<_, _>>()?;
    let mut lines = String::new();
    for (n, sample) in samples.iter().cycle().take(count).enumerate() {
        let mut request = sample.clone();
        let fields = request.as_object_mut().context("a sample is no object")?;
        let text = fields
            .get("text")
            .and_then(serde_json::Value::as_str)
            .unwrap_or_default();
        let text = format!("{text}（第{n}件）");
        fields.insert("id".to_owned(), format!("bench-{n}").into());
        fields.insert("text".to_owned(), text.into());
        writeln!(lines, "{request}")?;
    }
    Ok(fs::write(path, lines)?)
}

/// Bytes that the rows of all tables hold, without indices and free space.
fn payload(database: &Path) -> anyhow::Result<usize> {
    let connection = Connection::open(database)?;
    let bytes: i64 = connection.query_row(
        "SELECT sum(payload) FROM dbstat WHERE name IN (SELECT name FROM sqlite_schema WHERE type = 'table')",
        [],
        |row| row.get(0),
    )?;
    Ok(usize::try_from(bytes)?)
}

fn bare(path: &Path, bytes: usize) -> anyhow::Result<f64> {
    let connection = Connection::open(path)?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.execute_batch("CREATE TABLE rows (n INTEGER PRIMARY KEY, body BLOB NOT NULL)")?;
    let (queue, jobs) = sync_channel::<Sender<()>>(1024);
    let writer = thread::spawn(move || -> rusqlite::Result<()> {
        let body = vec![b'k'; bytes];
        while let Ok(first) = jobs.recv() {
            let mut batch = vec![first];
            batch.extend(jobs.try_iter().take(BATCH_MAX - 1));
            connection.prepare_cached("BEGIN IMMEDIATE")?.execute([])?;
            for _ in &batch {
                connection
                    .prepare_cached("INSERT INTO rows (body) VALUES (?1)")?
                    .execute([&body])?;
            }
            connection.prepare_cached("COMMIT")?.execute([])?;
            for caller in batch {
                let _ = caller.send(());
            }
        }
        Ok(())
    });
    let begin = Instant::now();
    thread::scope(|scope| {
        for _ in 0..CALLERS {
            let queue = queue.clone();
            scope.spawn(move || {
                for _ in 0..REQUESTS / CALLERS {
                    let (done, wait) = channel();
                    if queue.send(done).is_err() || wait.recv().is_err() {
                        return;
                    }
                }
            });
        }
    });
    let elapsed = begin.elapsed().as_secs_f64();
    drop(queue);
    writer
        .join()
        .map_err(|_panic| anyhow::anyhow!("the writer panicked"))??;
    Ok((REQUESTS / CALLERS * CALLERS) as f64 / elapsed)
}
