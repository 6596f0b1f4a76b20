//! Lets happen what is due: timers and effects, in bounded batches.

use std::sync::Arc;

use engine::Engine;

use super::background::{Background, unless_more};

/// So many timers and effects are worked off with one flush to disk.
const BATCH: u32 = 512;

/// A thread that lets happen what is due, until it is dropped. Effects of a commit are performed no
/// later than one of its looks; a look at nothing costs some microseconds.
pub(crate) struct Ticker(#[expect(dead_code, reason = "ends the thread when dropped")] Background);

impl Ticker {
    /// Starts the thread.
    pub(crate) fn start(engine: Arc<Engine>) -> anyhow::Result<Self> {
        let work = move || {
            let tick = engine.tick(BATCH)?;
            api::metrics::tick(&tick);
            Ok(unless_more(tick.more))
        };
        Background::start("kapok-ticker", work).map(Self)
    }
}

/// Lets happen what is due now, until nothing is.
pub(crate) fn settle(engine: &Engine) -> anyhow::Result<()> {
    while engine.tick(BATCH)?.more {}
    Ok(())
}
