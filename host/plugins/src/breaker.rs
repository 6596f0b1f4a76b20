//! The circuit breaker of one image: while it fails again and again it is not asked at all, so that a
//! bad image costs its scope nothing but the answers that it would not have given. After a pause, which
//! grows each time, one decision tries it again.
//!
//! Nothing here touches the guest's determinism: whoever repeats a decision runs its image as before.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use engine::ports::BreakerState;
use lifecycle::advice::FailureKind;

/// So many failures in a row open it. One that burnt a whole budget counts for two, because every
/// further one would take a slot and a processor for as long again.
const IN_A_ROW: u32 = 5;

/// So many of the last [`WINDOW`] open it as well: half of them.
const FAILED_MAX: u32 = WINDOW / 2;

/// How many results are remembered, as the bits of a word.
const WINDOW: u32 = u32::BITS;

/// The first pause, and the longest.
const PAUSE_FIRST: Duration = Duration::from_secs(1);
const PAUSE_MAX: Duration = Duration::from_secs(60);

/// The breaker.
#[derive(Debug)]
pub(crate) struct Breaker(Mutex<State>);

#[derive(Debug)]
struct State {
    phase: Phase,
    /// The last results since it was closed, the newest lowest; a set bit is a failure.
    recent: u32,
    /// How many there were, at most [`WINDOW`].
    seen: u32,
    /// How often it opened without a good time in between.
    opened: u32,
}

#[derive(Debug, Clone, Copy)]
enum Phase {
    Closed,
    Open {
        until: Instant,
    },
    /// One decision is trying it.
    Trial,
}

/// What came of asking the image.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// It did what a plugin may do.
    Good,
    /// It failed.
    Bad,
    /// It failed after it had used up all that it may use.
    Burnt,
    /// It was not asked after all; nothing is known.
    Unknown,
}

impl Verdict {
    /// What a failure says about the image. A host without a free slot says nothing about it.
    pub(crate) const fn of(kind: FailureKind) -> Self {
        match kind {
            FailureKind::OutOfFuel | FailureKind::TimedOut => Self::Burnt,
            FailureKind::Trapped
            | FailureKind::OutOfMemory
            | FailureKind::ResultTooLarge
            | FailureKind::InvalidAnswer
            | FailureKind::Unreachable
            | FailureKind::WrongImage => Self::Bad,
            FailureKind::Overloaded | FailureKind::CircuitOpen => Self::Unknown,
        }
    }
}

/// Leave to ask the image once.
#[derive(Debug)]
pub(crate) struct Pass<'a> {
    breaker: &'a Breaker,
    trial: bool,
    now: Instant,
    verdict: Verdict,
}

impl Breaker {
    /// A closed one.
    pub(crate) const fn new() -> Self {
        Self(Mutex::new(State {
            phase: Phase::Closed,
            recent: 0,
            seen: 0,
            opened: 0,
        }))
    }

    /// How long it rests still, if it does.
    pub(crate) fn rests(&self, now: Instant) -> Option<Duration> {
        match self.lock().phase {
            Phase::Closed => None,
            Phase::Open { until } => until
                .checked_duration_since(now)
                .filter(|left| !left.is_zero()),
            Phase::Trial => Some(Duration::ZERO),
        }
    }

    /// How it stands, for whoever looks on.
    pub(crate) fn state(&self, now: Instant) -> BreakerState {
        match self.lock().phase {
            Phase::Closed => BreakerState::Closed,
            Phase::Open { until } => {
                let left = until.saturating_duration_since(now);
                if left.is_zero() {
                    return BreakerState::HalfOpen;
                }
                BreakerState::Open {
                    rests_ms: u64::try_from(left.as_millis()).unwrap_or(u64::MAX),
                }
            }
            Phase::Trial => BreakerState::HalfOpen,
        }
    }

    /// Leave to ask, or how long it rests still.
    pub(crate) fn enter(&self, now: Instant) -> Result<Pass<'_>, Duration> {
        let mut state = self.lock();
        let trial = match state.phase {
            Phase::Closed => false,
            Phase::Open { until } => {
                let left = until.saturating_duration_since(now);
                if !left.is_zero() {
                    return Err(left);
                }
                state.phase = Phase::Trial;
                true
            }
            Phase::Trial => return Err(Duration::ZERO),
        };
        Ok(Pass {
            breaker: self,
            trial,
            now,
            verdict: Verdict::Unknown,
        })
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Pass<'_> {
    /// Tells what came of it.
    pub(crate) fn done(mut self, verdict: Verdict, now: Instant) {
        self.verdict = verdict;
        self.now = now;
    }
}

impl Drop for Pass<'_> {
    fn drop(&mut self) {
        let mut state = self.breaker.lock();
        match (state.phase, self.trial, self.verdict) {
            (Phase::Trial, true, Verdict::Good) => {
                state.phase = Phase::Closed;
                state.recent = 0;
                state.seen = 0;
            }
            (Phase::Trial, true, Verdict::Bad | Verdict::Burnt) => state.open(self.now),
            (Phase::Trial, true, Verdict::Unknown) => {
                state.phase = Phase::Open { until: self.now };
            }
            (Phase::Closed, false, Verdict::Good) => state.note(0b0, 1, self.now),
            (Phase::Closed, false, Verdict::Bad) => state.note(0b1, 1, self.now),
            (Phase::Closed, false, Verdict::Burnt) => state.note(0b11, 2, self.now),
            // What began before it opened says nothing new.
            (Phase::Closed | Phase::Open { .. } | Phase::Trial, _, _) => {}
        }
    }
}

impl State {
    /// Notes so many results, a bit for each.
    fn note(&mut self, failed: u32, count: u32, now: Instant) {
        self.recent = (self.recent << count) | failed;
        self.seen = self.seen.saturating_add(count).min(WINDOW);
        let in_a_row = self.recent.trailing_ones();
        if in_a_row >= IN_A_ROW || (self.seen == WINDOW && self.recent.count_ones() >= FAILED_MAX) {
            self.open(now);
        } else if self.seen == WINDOW {
            self.opened = 0;
        }
    }

    fn open(&mut self, now: Instant) {
        let factor = 1_u32.checked_shl(self.opened).unwrap_or(u32::MAX);
        let pause = PAUSE_FIRST.saturating_mul(factor).min(PAUSE_MAX);
        self.opened = self.opened.saturating_add(1).min(WINDOW - 1);
        self.phase = Phase::Open {
            until: now.checked_add(pause).unwrap_or(now),
        };
        self.recent = 0;
        self.seen = 0;
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    /// A breaker with its own time.
    struct Bench {
        breaker: Arc<Breaker>,
        now: Instant,
    }

    impl Bench {
        fn new() -> Self {
            Self {
                breaker: Arc::new(Breaker::new()),
                now: Instant::now(),
            }
        }

        fn pass(&mut self, seconds: u64) {
            self.now += Duration::from_secs(seconds);
        }

        /// One decision for each letter: `g`ood, `b`ad, `B`urnt or `u`nknown. All must be let in.
        #[track_caller]
        fn ask(&self, results: &str) {
            for result in results.chars() {
                let pass = self.breaker.enter(self.now).expect("closed");
                let verdict = match result {
                    'g' => Verdict::Good,
                    'b' => Verdict::Bad,
                    'B' => Verdict::Burnt,
                    _ => Verdict::Unknown,
                };
                pass.done(verdict, self.now);
            }
        }

        #[track_caller]
        fn rests(&self, seconds: u64) {
            let left = Some(Duration::from_secs(seconds));
            assert_eq!(self.breaker.rests(self.now), left);
            assert_eq!(self.breaker.enter(self.now).err(), left);
        }
    }

    #[test]
    fn failures_in_a_row_open_it_and_others_do_not() {
        for (results, rests) in [
            ("bbbb", None),
            ("bbbbb", Some(1)),
            ("bbbbgbbbb", None),
            ("bbbbub", Some(1)),
            ("BB", None),
            ("BBB", Some(1)),
            ("BbB", Some(1)),
            ("BBgBB", None),
            ("uuuuuuuu", None),
        ] {
            let bench = Bench::new();
            bench.ask(results);
            let left = rests.map(Duration::from_secs);
            assert_eq!(bench.breaker.rests(bench.now), left, "{results}");
        }
    }

    #[test]
    fn half_of_many_open_it() {
        let bench = Bench::new();
        bench.ask(&"gb".repeat(15));
        bench.ask("g");
        assert_eq!(bench.breaker.rests(bench.now), None);
        bench.ask("b");
        bench.rests(1);
    }

    #[test]
    fn pause_grows_and_a_good_time_shortens_it_again() {
        let mut bench = Bench::new();
        bench.ask("bbbbb");
        for pause in [1, 2, 4, 8, 16, 32, 60, 60] {
            bench.rests(pause);
            bench.pass(pause - 1);
            bench.rests(1);
            bench.pass(1);
            bench.ask("b");
        }
        bench.pass(60);
        bench.ask("gbbbbb");
        bench.rests(60);
        bench.pass(60);
        bench.ask(&"g".repeat(33));
        bench.ask("bbbbb");
        bench.rests(1);
    }

    #[test]
    fn one_decision_tries_it_and_what_is_older_counts_no_more() {
        let mut bench = Bench::new();
        let breaker = Arc::clone(&bench.breaker);
        let old = breaker.enter(bench.now).expect("closed");
        bench.ask("bbbbb");
        bench.now += Duration::from_secs(1);
        let trial = bench.breaker.enter(bench.now).expect("a trial");
        bench.rests(0);
        old.done(Verdict::Good, bench.now);
        bench.rests(0);
        drop(trial);
        let again = bench
            .breaker
            .enter(bench.now)
            .expect("a trial that was not made is made again");
        again.done(Verdict::Good, bench.now);
        bench.ask("g");
    }
}
