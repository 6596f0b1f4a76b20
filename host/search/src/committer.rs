//! The thread that commits: it sleeps until something was applied, waits so that many changes share
//! one commit, and commits.

use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Weak};
use std::thread::JoinHandle;
use std::time::Duration;

use crate::error::Error;
use crate::index::Inner;

/// Ends its thread when it is dropped, without a commit.
pub(crate) struct Committer {
    bell: Option<SyncSender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Committer {
    pub(crate) fn start(inner: &Arc<Inner>, pause: Duration) -> Result<Self, Error> {
        let (bell, rings) = sync_channel(1);
        let inner = Arc::downgrade(inner);
        let thread = std::thread::Builder::new()
            .name("search-commit".into())
            .spawn(move || run(&inner, &rings, pause))
            .map_err(|source| Error::Thread { source })?;
        Ok(Self {
            bell: Some(bell),
            thread: Some(thread),
        })
    }

    /// Something was applied.
    pub(crate) fn wake(&self) {
        if let Some(bell) = &self.bell {
            match bell.try_send(()) {
                // It is awake, or has ended with a failure that the next change reports.
                Ok(()) | Err(TrySendError::Full(()) | TrySendError::Disconnected(())) => {}
            }
        }
    }
}

impl Drop for Committer {
    fn drop(&mut self) {
        self.bell.take();
        if let Some(thread) = self.thread.take() {
            // A panic there was reported there.
            drop(thread.join());
        }
    }
}

fn run(inner: &Weak<Inner>, rings: &Receiver<()>, pause: Duration) {
    while rings.recv().is_ok() {
        // Gather what else comes; end at once when the index is dropped.
        let end = std::time::Instant::now() + pause;
        loop {
            let left = end.saturating_duration_since(std::time::Instant::now());
            match rings.recv_timeout(left) {
                Ok(()) if !left.is_zero() => {}
                Ok(()) | Err(RecvTimeoutError::Timeout) => break,
                Err(RecvTimeoutError::Disconnected) => return,
            }
        }
        let Some(inner) = inner.upgrade() else {
            return;
        };
        // The writer remembers that it failed, and says so to whoever applies next.
        if inner.flush().is_err() {
            return;
        }
    }
}
