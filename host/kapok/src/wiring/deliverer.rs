//! Sends messages, in a thread of its own: a slow gateway never delays a timer.

use std::sync::Arc;

use engine::Engine;

use super::background::{Background, unless_more};

/// So many messages are taken up at a time. The end of the process waits for them at most.
const BATCH: u32 = 32;

/// A thread that sends messages, until it is dropped.
pub(crate) struct Deliverer(
    #[expect(dead_code, reason = "ends the thread when dropped")] Background,
);

impl Deliverer {
    /// Starts the thread.
    pub(crate) fn start(engine: Arc<Engine>) -> anyhow::Result<Self> {
        let work = move || {
            let done = engine.deliver_due(BATCH)?;
            api::metrics::deliveries(&done);
            Ok(unless_more(done.more))
        };
        Background::start("kapok-deliverer", work).map(Self)
    }
}
