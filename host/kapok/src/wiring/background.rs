//! A thread that works something off in the background: at once while there is more, else every now and
//! then, and after a pause when it failed.

use std::sync::mpsc::{RecvTimeoutError, SyncSender, sync_channel};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use anyhow::Context as _;

/// How often it looks for something to do.
pub(super) const INTERVAL: Duration = Duration::from_millis(100);
/// Pause after a failure of the store.
const PAUSE_AFTER_FAILURE: Duration = Duration::from_secs(5);

/// The thread, until it is dropped.
pub(super) struct Background {
    name: &'static str,
    stop: Option<SyncSender<()>>,
    thread: Option<JoinHandle<()>>,
}

/// The pause after a piece of work: none while there is more.
pub(super) const fn unless_more(more: bool) -> Duration {
    if more { Duration::ZERO } else { INTERVAL }
}

impl Background {
    /// Starts the thread. `work` says how long it is to rest before the next look.
    pub(super) fn start(
        name: &'static str,
        work: impl Fn() -> Result<Duration, engine::Error> + Send + 'static,
    ) -> anyhow::Result<Self> {
        let (stop, stopped) = sync_channel::<()>(0);
        let run = move || {
            let mut pause = Duration::ZERO;
            // The sender is dropped when the thread is to end; nothing is ever sent.
            while stopped.recv_timeout(pause) == Err(RecvTimeoutError::Timeout) {
                pause = work().unwrap_or_else(|error| {
                    let error = chain(&error);
                    tracing::error!(error, "{name}: what is due cannot be worked off");
                    PAUSE_AFTER_FAILURE
                });
            }
        };
        let thread = thread::Builder::new()
            .name(name.to_owned())
            .spawn(run)
            .with_context(|| format!("the system gives no thread for {name}"))?;
        Ok(Self {
            name,
            stop: Some(stop),
            thread: Some(thread),
        })
    }
}

impl Drop for Background {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("the thread {} had panicked", self.name);
        }
    }
}

fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        source = cause.source();
    }
    text
}
