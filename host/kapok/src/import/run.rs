//! Drives the lines of a file into a target, many at a time, and never stops on a bad one.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::BufReader;
use std::num::NonZeroUsize;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use calendar::local_date;
use chrono::{DateTime, Utc};
use indicatif::{ProgressBar, ProgressStyle};

use super::reader::{Content, LINE_BYTES_MAX, Lines};
use super::record::{Format, Record, Refusal};
use super::report::Report;
use super::target::{At, Target};

/// How to import.
pub(crate) struct Import<'a> {
    /// The file.
    pub(crate) path: &'a Path,
    /// What its lines mean.
    pub(crate) format: Format,
    /// When messages are registered.
    pub(crate) at: At,
    /// So many messages are filed at a time.
    pub(crate) workers: NonZeroUsize,
    /// Whether to show progress to people.
    pub(crate) progress: bool,
}

impl Import<'_> {
    /// Imports the file.
    ///
    /// # Errors
    /// When the file cannot be read or the target fails; what was imported until then stays, and the
    /// next run goes on from there.
    pub(crate) fn run(&self, target: &dyn Target) -> anyhow::Result<Report> {
        let started = Instant::now();
        let (report, ignored) = match self.at {
            At::Now => self.as_it_comes(target)?,
            At::Received => self.in_order_of_receipt(target)?,
        };
        let mut report = report;
        report.finish(ignored, started.elapsed());
        Ok(report)
    }

    /// Files the messages while the file is being read.
    fn as_it_comes(&self, target: &dyn Target) -> anyhow::Result<(Report, BTreeMap<String, u64>)> {
        let pool = Pool::new(target, self.at, Report::default());
        let mut ignored = BTreeMap::new();
        pool.run(self.workers, |records| {
            let bar = self.bar(self.size()?, "{bytes}/{total_bytes}");
            self.read(&mut ignored, |place, record| {
                bar.set_position(place);
                match record {
                    // Nobody listens only after a failure, which ends the run anyway.
                    Ok(record) => records.send(record).is_ok(),
                    Err(refusal) => {
                        pool.report().refuse(refusal);
                        true
                    }
                }
            })?;
            bar.finish_and_clear();
            Ok(())
        })?;
        Ok((pool.into_report(), ignored))
    }

    /// Reads the whole file, then files day after day, each message at its own instant.
    fn in_order_of_receipt(
        &self,
        target: &dyn Target,
    ) -> anyhow::Result<(Report, BTreeMap<String, u64>)> {
        let mut report = Report::default();
        let mut ignored = BTreeMap::new();
        let mut days: BTreeMap<_, Vec<(DateTime<Utc>, Record)>> = BTreeMap::new();
        let mut count: u64 = 0;
        self.read(&mut ignored, |_, record| {
            match record {
                Ok(record) => {
                    // The format refuses lines without the instant.
                    let at = record.received_at.unwrap_or_default();
                    days.entry(local_date(at)).or_default().push((at, record));
                    count = count.saturating_add(1);
                }
                Err(refusal) => report.refuse(refusal),
            }
            true
        })?;
        let bar = self.bar(count, "{pos}/{len}");
        for mut day in days.into_values() {
            day.sort_by_key(|(at, record)| (*at, record.line));
            if let (Some((first, _)), Some((last, _))) = (day.first(), day.last()) {
                // What fell due before this day happens before its messages come in; no period is so
                // short that it ends on the day on which it begins.
                target.advance(*first)?;
                target.advance(*last)?;
            }
            let pool = Pool::new(target, self.at, report);
            pool.run(self.workers, |records| {
                for (_, record) in day {
                    bar.inc(1);
                    if records.send(record).is_err() {
                        break;
                    }
                }
                Ok(())
            })?;
            report = pool.into_report();
        }
        bar.finish_and_clear();
        Ok((report, ignored))
    }

    /// Reads the file line by line until `take` says stop. `take` gets the place in the file with
    /// each record.
    fn read(
        &self,
        ignored: &mut BTreeMap<String, u64>,
        mut take: impl FnMut(u64, Result<Record, Refusal>) -> bool,
    ) -> anyhow::Result<()> {
        let cannot_read = || format!("cannot read `{}`", self.path.display());
        let file = File::open(self.path).with_context(cannot_read)?;
        let mut lines = Lines::new(BufReader::with_capacity(1 << 16, file));
        while let Some(line) = lines.next_line().with_context(cannot_read)? {
            let record = match &line.content {
                Content::Bytes(bytes) => self.format.read(line.number, bytes, ignored),
                Content::TooLong => Err(Refusal {
                    line: line.number,
                    id: None,
                    field: ".".to_owned(),
                    problem: format!("is longer than {LINE_BYTES_MAX} bytes"),
                    way_out: "shorten the text".to_owned(),
                }),
            };
            if !take(line.read_bytes, record) {
                break;
            }
        }
        Ok(())
    }

    fn size(&self) -> anyhow::Result<u64> {
        let metadata = std::fs::metadata(self.path)
            .with_context(|| format!("cannot read `{}`", self.path.display()))?;
        Ok(metadata.len())
    }

    fn bar(&self, length: u64, unit: &str) -> ProgressBar {
        if !self.progress {
            return ProgressBar::hidden();
        }
        let bar = ProgressBar::new(length);
        let template = format!("{{bar:40}} {unit} {{elapsed}} (left {{eta}})");
        if let Ok(style) = ProgressStyle::with_template(&template) {
            bar.set_style(style);
        }
        bar.enable_steady_tick(Duration::from_millis(200));
        bar
    }
}

/// Threads that file records, and what came of it.
struct Pool<'a> {
    target: &'a dyn Target,
    at: At,
    report: Mutex<Report>,
    failure: Mutex<Option<anyhow::Error>>,
    failed: AtomicBool,
}

impl<'a> Pool<'a> {
    fn new(target: &'a dyn Target, at: At, report: Report) -> Self {
        Self {
            target,
            at,
            report: Mutex::new(report),
            failure: Mutex::new(None),
            failed: AtomicBool::new(false),
        }
    }

    /// Runs the threads until `feed` has given all records and they are filed.
    fn run(
        &self,
        workers: NonZeroUsize,
        feed: impl FnOnce(&SyncSender<Record>) -> anyhow::Result<()>,
    ) -> anyhow::Result<()> {
        let (sender, receiver) = sync_channel(workers.get());
        // Owned by the threads alone: when the last one has gone, the feeder's sending fails.
        let receiver = std::sync::Arc::new(Mutex::new(receiver));
        let fed = thread::scope(|scope| {
            for _ in 0..workers.get() {
                let receiver = receiver.clone();
                scope.spawn(move || self.work(&receiver));
            }
            drop(receiver);
            let fed = feed(&sender);
            drop(sender);
            fed
        });
        if let Some(failure) = lock(&self.failure).take() {
            return Err(failure);
        }
        fed
    }

    fn work(&self, receiver: &Mutex<Receiver<Record>>) {
        while !self.failed.load(Ordering::Relaxed) {
            let next = lock(receiver).recv();
            let Ok(record) = next else { return };
            match self.target.file(&record, self.at) {
                Ok(outcome) => self.report().count(record.default_type, outcome),
                Err(error) => {
                    self.failed.store(true, Ordering::Relaxed);
                    lock(&self.failure).get_or_insert(error);
                    return;
                }
            }
        }
    }

    fn report(&self) -> MutexGuard<'_, Report> {
        lock(&self.report)
    }

    fn into_report(self) -> Report {
        self.report
            .into_inner()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
