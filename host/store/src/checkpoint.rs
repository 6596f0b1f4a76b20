//! Moving what was committed from the write-ahead log into the database: beside the thread that
//! writes, so that no caller waits for it.

use std::cell::Cell;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicI32, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::{self, JoinHandle};

use rusqlite::{Connection, OpenFlags};

use crate::Error;

/// So many new pages in the log are worth moving; a page that was written often is moved once.
const PAGES_MIN: i32 = 2_000;
/// From so many pages on, the thread that writes moves the last ones itself, so that the log begins
/// anew: under constant load the other one never quite catches up. 64 MiB.
const PAGES_MAX: i32 = 16_000;
/// It does so when no more than these are left, because callers wait meanwhile,
const PAGES_LEFT: i32 = 500;
/// and from so many pages on in any case.
const PAGES_FULL: i32 = 4 * PAGES_MAX;

thread_local! {
    /// Pages in the log after the last commit of this thread.
    static PAGES: Cell<i32> = const { Cell::new(0) };
}

/// The thread that moves pages, seen from the one that writes.
pub(crate) struct Checkpoints {
    /// None once the store is being closed.
    wake: Option<SyncSender<()>>,
    thread: Option<JoinHandle<()>>,
    /// Pages in the log when moving was last asked for.
    asked_at: i32,
    /// Pages in the log when this thread last moved the rest itself; 0 for not yet.
    finished_at: i32,
    /// Pages that the thread has moved since the log began.
    moved: Arc<AtomicI32>,
}

impl Checkpoints {
    /// Starts the thread, with a connection of its own, and has the writing connection count.
    pub(crate) fn start(file: &Path, writing: &Connection) -> Result<Self, Error> {
        let open = |source| Error::Open {
            file: file.to_owned(),
            source,
        };
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(file, flags).map_err(open)?;
        let flushed = connection.pragma_update(None, "synchronous", "FULL");
        flushed.map_err(open)?;
        // This also ends SQLite's own checkpoints, which hold up the commit that they come with.
        writing.wal_hook(Some(|_, pages| {
            PAGES.set(pages);
            Ok(())
        }));
        let (wake, woken) = sync_channel(1);
        let moved = Arc::new(AtomicI32::new(0));
        let tell = Arc::clone(&moved);
        let thread = thread::Builder::new()
            .name("kapok-checkpoint".to_owned())
            .spawn(move || move_when_asked(&connection, &woken, &tell))
            .map_err(Error::Thread)?;
        Ok(Self {
            wake: Some(wake),
            thread: Some(thread),
            asked_at: 0,
            finished_at: 0,
            moved,
        })
    }

    /// After a commit, on the thread that writes.
    pub(crate) fn after_commit(&mut self, writing: &Connection) {
        let pages = PAGES.get();
        if pages < self.asked_at {
            // The log has begun anew.
            (self.asked_at, self.finished_at) = (0, 0);
        }
        let new = pages.saturating_sub(self.asked_at);
        // A reader of old pages may have kept the log from beginning anew; then again later.
        let again = self.finished_at == 0 || pages - self.finished_at >= PAGES_MIN;
        let left = pages.saturating_sub(self.moved.load(Ordering::Relaxed));
        let few_left = pages >= PAGES_MAX && (0..=PAGES_LEFT).contains(&left);
        if again && (few_left || pages >= PAGES_FULL) {
            if let Some(moved) = move_pages(writing) {
                self.moved.store(moved, Ordering::Relaxed);
                (self.asked_at, self.finished_at) = (pages, pages);
            }
        } else if new >= PAGES_MIN
            && let Some(wake) = &self.wake
        {
            self.asked_at = pages;
            // One that is asked already will see these pages too.
            let _ = wake.try_send(());
        }
    }
}

impl Drop for Checkpoints {
    fn drop(&mut self) {
        self.wake = None;
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("the thread that moves pages ended badly");
        }
    }
}

fn move_when_asked(connection: &Connection, woken: &Receiver<()>, tell: &AtomicI32) {
    while woken.recv() == Ok(()) {
        if let Some(moved) = move_pages(connection) {
            tell.store(moved, Ordering::Relaxed);
        }
    }
}

/// Moves what is in the log, without holding up anybody, and gives how much of it is moved; nothing when
/// somebody else is at it. What could not be moved stays in the log, where it is as safe.
fn move_pages(connection: &Connection) -> Option<i32> {
    let moved = connection
        .prepare_cached("PRAGMA wal_checkpoint(PASSIVE)")
        .and_then(|mut statement| {
            statement.query_row([], |row| Ok((row.get::<_, bool>(0)?, row.get(2)?)))
        });
    match moved {
        Ok((busy, moved)) => (!busy).then_some(moved),
        Err(error) => {
            tracing::warn!(%error, "the write-ahead log could not be moved into the database");
            None
        }
    }
}
