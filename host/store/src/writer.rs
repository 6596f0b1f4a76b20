//! The thread that writes.

use std::sync::Arc;
use std::sync::mpsc::{self, Receiver, SyncSender};
use std::thread::{self, JoinHandle};
use std::time::Instant;

use engine::ports::{CommitError, StoreError};
use rusqlite::Connection;

use crate::Error;
use crate::checkpoint::Checkpoints;
use crate::error::Fault;
use crate::queue::{Lane, Queue, Share};

/// What came of one caller's write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Outcome {
    /// It is written, if the transaction is.
    Written,
    /// It was refused before anything was written.
    Refused,
    /// It failed, and part of it may be written.
    Failed,
}

/// An error of a write.
pub(crate) trait Refusal: From<StoreError> {
    /// Whether the write was refused before anything was written.
    fn wrote_nothing(&self) -> bool;
}

impl Refusal for StoreError {
    fn wrote_nothing(&self) -> bool {
        false
    }
}

impl Refusal for CommitError {
    fn wrote_nothing(&self) -> bool {
        match self {
            Self::Conflict { .. }
            | Self::SourceExists { .. }
            | Self::Replayed(_)
            | Self::KeyReused => true,
            Self::Store(_) => false,
        }
    }
}

/// What one caller wants to write.
trait Job: Send {
    /// Does it; once more when the transaction was taken back because of another.
    fn work(&mut self, connection: &Connection) -> Outcome;

    /// Answers the caller, after the flush or when it failed.
    fn answer(self: Box<Self>, flushed: &Result<(), StoreError>);
}

/// Hands writes to the thread and waits for them.
pub(crate) struct Writer {
    queue: Arc<Jobs>,
    thread: Option<JoinHandle<()>>,
}

type Jobs = Queue<Box<dyn Job>>;

/// A write that is under way.
pub(crate) struct Ticket<T, E> {
    operation: &'static str,
    answer: Option<Receiver<Result<T, E>>>,
}

impl<T, E: Refusal> Ticket<T, E> {
    /// Waits until it is durable, or failed.
    pub(crate) fn wait(self) -> Result<T, E> {
        match self.answer.map(|answer| answer.recv()) {
            Some(Ok(answer)) => answer,
            Some(Err(_)) | None => Err(Fault::WriterEnded.during(self.operation).into()),
        }
    }
}

impl Writer {
    /// Starts the thread; the connection is its own from now on.
    pub(crate) fn start(connection: Connection, checkpoints: Checkpoints) -> Result<Self, Error> {
        let queue = Arc::new(Jobs::new());
        let jobs = Arc::clone(&queue);
        let thread = thread::Builder::new()
            .name("kapok-store".to_owned())
            .spawn(move || write(&connection, &jobs, checkpoints))
            .map_err(Error::Thread)?;
        Ok(Self {
            queue,
            thread: Some(thread),
        })
    }

    /// Puts a write into the queue.
    pub(crate) fn submit<T, E>(
        &self,
        lane: Lane,
        operation: &'static str,
        work: impl FnMut(&Connection) -> Result<T, E> + Send + 'static,
    ) -> Ticket<T, E>
    where
        T: Send + 'static,
        E: Refusal + Send + 'static,
    {
        let (reply, answer) = mpsc::sync_channel(1);
        let task = Task {
            work,
            outcome: None,
            reply,
        };
        let taken = self.queue.push(lane, Box::new(task));
        Ticket {
            operation,
            answer: taken.then_some(answer),
        }
    }

    /// Writes something and waits until it is durable.
    pub(crate) fn run<T, E>(
        &self,
        lane: Lane,
        operation: &'static str,
        work: impl FnMut(&Connection) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: Refusal + Send + 'static,
    {
        self.submit(lane, operation, work).wait()
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.queue.close();
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("the thread that writes ended badly");
        }
    }
}

struct Task<F, T, E> {
    work: F,
    outcome: Option<Result<T, E>>,
    reply: SyncSender<Result<T, E>>,
}

impl<F, T, E> Job for Task<F, T, E>
where
    F: FnMut(&Connection) -> Result<T, E> + Send,
    T: Send,
    E: Refusal + Send,
{
    fn work(&mut self, connection: &Connection) -> Outcome {
        let result = (self.work)(connection);
        let outcome = match &result {
            Ok(_) => Outcome::Written,
            Err(error) if error.wrote_nothing() => Outcome::Refused,
            Err(_) => Outcome::Failed,
        };
        self.outcome = Some(result);
        outcome
    }

    fn answer(self: Box<Self>, flushed: &Result<(), StoreError>) {
        let answer = match (self.outcome, flushed) {
            // What was refused stays refused, whatever became of the others.
            (Some(Err(error)), _) => Err(error),
            (Some(outcome), Ok(())) => outcome,
            (Some(Ok(_)), Err(error)) => Err(error.clone().into()),
            (None, Err(error)) => Err(error.clone().into()),
            (None, Ok(())) => Err(Fault::WriterEnded.during("write").into()),
        };
        // A caller that no longer waits has nothing to be told.
        let _ = self.reply.send(answer);
    }
}

/// Tells whoever waits, or will, when the thread ends, by a panic too.
struct Last<'a>(&'a Jobs);

impl Drop for Last<'_> {
    fn drop(&mut self) {
        self.0.abandon();
    }
}

/// Writes until the queue is closed and empty.
fn write(connection: &Connection, jobs: &Jobs, mut checkpoints: Checkpoints) {
    let _last = Last(jobs);
    let mut batch: Vec<Box<dyn Job>> = Vec::new();
    loop {
        let mut share = Share::default();
        let Some(first) = jobs.first(&mut share) else {
            return;
        };
        batch.push(first);
        let flushed =
            flush(connection, &mut batch, jobs, &mut share).map_err(|fault| fault.during("write"));
        if let Err(error) = &flushed {
            tracing::error!(%error, cause = %error.source, "a batch was not written");
        }
        for job in batch.drain(..) {
            job.answer(&flushed);
        }
        checkpoints.after_commit(connection);
    }
}

/// One transaction for a batch, and for what comes while it is being written. Hardly ever does a write
/// fail midway; then everything is taken back and done again, each part in a savepoint, so that only
/// the failed one is missing.
fn flush(
    connection: &Connection,
    batch: &mut Vec<Box<dyn Job>>,
    jobs: &Jobs,
    share: &mut Share,
) -> Result<(), Fault> {
    if try_together(connection, batch, jobs, share)? {
        return Ok(());
    }
    run(connection, "BEGIN IMMEDIATE")?;
    let written = batch
        .iter_mut()
        .try_for_each(|job| write_apart(connection, job));
    finish(connection, written)
}

/// Writes a batch without savepoints, or takes all of it back if a part failed.
fn try_together(
    connection: &Connection,
    batch: &mut Vec<Box<dyn Job>>,
    jobs: &Jobs,
    share: &mut Share,
) -> Result<bool, Fault> {
    run(connection, "BEGIN IMMEDIATE")?;
    let begun = Instant::now();
    let mut written = batch
        .iter_mut()
        .all(|job| job.work(connection) != Outcome::Failed);
    while written && let Some(mut job) = jobs.next(share, begun.elapsed()) {
        written = job.work(connection) != Outcome::Failed;
        batch.push(job);
    }
    if written {
        finish(connection, Ok(()))?;
        return Ok(true);
    }
    roll_back(connection)?;
    Ok(false)
}

/// Writes a part in a savepoint, or takes it back alone.
fn write_apart(connection: &Connection, job: &mut Box<dyn Job>) -> Result<(), Fault> {
    run(connection, "SAVEPOINT one")?;
    if job.work(connection) == Outcome::Failed {
        // A full disk ends the transaction itself, and the others' parts with it.
        run(connection, "ROLLBACK TO one")?;
    }
    run(connection, "RELEASE one")
}

/// Commits, or takes everything back.
fn finish(connection: &Connection, written: Result<(), Fault>) -> Result<(), Fault> {
    let committed = written.and_then(|()| run(connection, "COMMIT"));
    if committed.is_err() {
        roll_back(connection)?;
    }
    committed
}

/// Takes a transaction back, unless SQLite has done so itself.
fn roll_back(connection: &Connection) -> Result<(), Fault> {
    if connection.is_autocommit() {
        Ok(())
    } else {
        run(connection, "ROLLBACK")
    }
}

fn run(connection: &Connection, sql: &'static str) -> Result<(), Fault> {
    connection.prepare_cached(sql)?.execute([])?;
    Ok(())
}
