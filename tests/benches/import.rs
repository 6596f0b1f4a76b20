//! `kapok import`, each order durable, against bare inserts into SQLite of the very same rows, in batches
//! made the same way: as many callers wait for their own rows, and what waits shares one transaction.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::Command;
use std::sync::mpsc::{Sender, channel, sync_channel};
use std::thread;
use std::time::Instant;

use anyhow::Context as _;
use rusqlite::types::Value;
use rusqlite::{Connection, params_from_iter};

use crate::city::CALLERS;
use crate::{kapok, report, root};

/// Requests to import.
const REQUESTS: usize = 20_000;
/// Orders that the bare inserts carry: as many as the callers share evenly.
const CARRIED: usize = REQUESTS / CALLERS * CALLERS;
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
    let source = Connection::open(data.join("kapok.db"))?;
    let bare = insert_all(
        &source,
        tables(&source)?,
        &folder.path().join("bare.db"),
        CARRIED,
    )?;
    report(
        "import, each order durable",
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

/// A table's rows, and the statement that inserts one.
pub(crate) struct Table {
    pub(crate) insert: String,
    pub(crate) rows: Vec<Vec<Value>>,
}

/// The rows that every order brings, read from a finished import.
fn tables(source: &Connection) -> anyhow::Result<Vec<Table>> {
    let names = [
        "orders",
        "events",
        "requesters",
        "texts",
        "questions",
        "messages",
        "timers",
        "assessment",
        "open_handlings",
    ];
    names
        .into_iter()
        .map(|name| {
            let (insert, rows) = rows(source, name, "")?;
            Ok(Table { insert, rows })
        })
        .collect()
}

/// A table's rows in the order in which they were inserted, and the statement that inserts one.
pub(crate) fn rows(
    source: &Connection,
    table: &str,
    condition: &str,
) -> anyhow::Result<(String, Vec<Vec<Value>>)> {
    // Without generated columns, which nobody inserts.
    let columns: Vec<String> = source
        .prepare("SELECT name FROM pragma_table_info(?1)")?
        .query_map([table], |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    let list = columns.join(", ");
    let places = vec!["?"; columns.len()].join(", ");
    let select = format!("SELECT {list} FROM {table} {condition}");
    let rows = source
        .prepare(&format!("{select} ORDER BY rowid"))
        .or_else(|_without_rowid| source.prepare(&select))?
        .query_map([], |row| {
            (0..columns.len()).map(|column| row.get(column)).collect()
        })?
        .collect::<Result<_, _>>()?;
    Ok((
        format!("INSERT INTO {table} ({list}) VALUES ({places})"),
        rows,
    ))
}

/// Commits a second when the rows of so many are inserted into an empty database with the same tables,
/// indices and durability as the source.
pub(crate) fn insert_all(
    source: &Connection,
    tables: Vec<Table>,
    path: &Path,
    carried: usize,
) -> anyhow::Result<f64> {
    let connection = Connection::open(path)?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "foreign_keys", false)?;
    connection.pragma_update(None, "cache_size", -32 * 1024)?;
    let schema: Vec<String> = source
        .prepare(
            "SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%'
             ORDER BY type = 'table' DESC",
        )?
        .query_map([], |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    connection.execute_batch(&schema.join(";"))?;
    let (queue, jobs) = sync_channel::<Sender<()>>(1024);
    let writer = thread::spawn(move || -> rusqlite::Result<()> {
        let mut commit = 0;
        while let Ok(first) = jobs.recv() {
            let mut batch = vec![first];
            batch.extend(jobs.try_iter().take(BATCH_MAX - 1));
            connection.prepare_cached("BEGIN IMMEDIATE")?.execute([])?;
            for _ in &batch {
                for table in &tables {
                    // This commit's share of the table's rows.
                    let share = |n: usize| table.rows.len() * n / carried;
                    let mine = table
                        .rows
                        .get(share(commit)..share(commit + 1))
                        .unwrap_or_default();
                    let mut insert = connection.prepare_cached(&table.insert)?;
                    for row in mine {
                        insert.execute(params_from_iter(row))?;
                    }
                }
                commit += 1;
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
                for _ in 0..carried / CALLERS {
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
    Ok(carried as f64 / elapsed)
}
