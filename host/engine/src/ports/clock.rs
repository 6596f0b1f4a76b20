//! Time is one thing: engine, timers, guests and tests read the same clock, and nothing else asks the
//! system.

use std::sync::atomic::{AtomicI64, Ordering};

use chrono::{DateTime, TimeZone as _, Utc};

/// A clock.
pub trait Clock: Send + Sync {
    /// The present instant.
    fn now(&self) -> DateTime<Utc>;

    /// The clock as one that can be set by hand, if it is one.
    fn manual(&self) -> Option<&ManualClock> {
        None
    }
}

/// The system's clock.
#[derive(Debug, Clone, Copy)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(
        clippy::disallowed_methods,
        reason = "the one place that asks the system for the time"
    )]
    fn now(&self) -> DateTime<Utc> {
        Utc::now()
    }
}

/// A clock that stands still until it is advanced; for tests and training.
#[derive(Debug)]
pub struct ManualClock {
    unix_ms: AtomicI64,
}

impl ManualClock {
    /// A clock that stands at the given instant.
    #[must_use]
    pub fn at(instant: DateTime<Utc>) -> Self {
        Self {
            unix_ms: AtomicI64::new(instant.timestamp_millis()),
        }
    }

    /// Moves forward to the given instant. Time never runs back: an earlier instant changes nothing.
    /// Returns the instant at which the clock stands afterwards.
    pub fn advance_to(&self, instant: DateTime<Utc>) -> DateTime<Utc> {
        self.unix_ms
            .fetch_max(instant.timestamp_millis(), Ordering::SeqCst);
        self.now()
    }
}

impl Clock for ManualClock {
    fn now(&self) -> DateTime<Utc> {
        let unix_ms = self.unix_ms.load(Ordering::SeqCst);
        Utc.timestamp_millis_opt(unix_ms)
            .single()
            .unwrap_or(DateTime::<Utc>::MAX_UTC)
    }

    fn manual(&self) -> Option<&ManualClock> {
        Some(self)
    }
}
