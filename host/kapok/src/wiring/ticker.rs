//! Lets happen what is due: timers and effects, in bounded batches.

use std::sync::Arc;
use std::sync::mpsc::{RecvTimeoutError, SyncSender, sync_channel};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use anyhow::Context as _;
use engine::Engine;

/// So many timers and effects are worked off with one flush to disk.
const BATCH: u32 = 512;
/// How often the ticker looks for something due. Effects of a commit are performed no later than
/// that; a look at nothing costs some microseconds.
const INTERVAL: Duration = Duration::from_millis(100);
/// Pause after a failure of the store.
const PAUSE_AFTER_FAILURE: Duration = Duration::from_secs(5);

/// A thread that lets happen what is due, until it is dropped.
pub(crate) struct Ticker {
    stop: Option<SyncSender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Ticker {
    /// Starts the thread.
    pub(crate) fn start(engine: Arc<Engine>) -> anyhow::Result<Self> {
        let (stop, stopped) = sync_channel::<()>(0);
        let work = move || {
            let mut pause = Duration::ZERO;
            // The sender is dropped when the ticker is; nothing is ever sent.
            while stopped.recv_timeout(pause) == Err(RecvTimeoutError::Timeout) {
                pause = match engine.tick(BATCH) {
                    Ok(tick) => {
                        api::metrics::tick(&tick);
                        if tick.more { Duration::ZERO } else { INTERVAL }
                    }
                    Err(error) => {
                        tracing::error!(error = %chain(&error), "what is due cannot be worked off");
                        PAUSE_AFTER_FAILURE
                    }
                };
            }
        };
        let thread = thread::Builder::new()
            .name("kapok-ticker".to_owned())
            .spawn(work)
            .context("the system gives no thread for timers")?;
        Ok(Self {
            stop: Some(stop),
            thread: Some(thread),
        })
    }
}

impl Drop for Ticker {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("the thread for timers had panicked");
        }
    }
}

/// Lets happen what is due now, until nothing is.
pub(crate) fn settle(engine: &Engine) -> anyhow::Result<()> {
    while engine.tick(BATCH)?.more {}
    Ok(())
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
