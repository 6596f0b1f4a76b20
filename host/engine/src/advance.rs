//! The clock that is set by hand: where it may go, and what happens on the way.

use calendar::{LAST_YEAR, instant_text};
use chrono::{DateTime, NaiveDate, SubsecRound as _, TimeDelta, Utc};
use lifecycle::ids::{Actor, Role};
use lifecycle::rejection::Rejection;

use crate::ports::ManualClock;
use crate::tick::Tick;
use crate::{Engine, Error};

/// So many timers and effects are worked off with one flush to disk.
const BATCH: u32 = 256;

/// Periods that start at the last instant of the clock must end in years that can be computed, and
/// the longest ones of the rules are far shorter than two years.
const YEARS_AHEAD: i32 = 2;

impl Engine {
    /// Moves a manual clock forward from timer to timer, so that everything falls due at its own
    /// instant. After `items_max` timers and effects it jumps; ticks work off the rest, at the new
    /// instant, and [`Tick::more`] of the answer says so.
    ///
    /// # Errors
    /// [`Error::Rejected`] for anybody but the admin, [`Error::InvalidInput`] when the clock is not
    /// manual, would run back, or would leave the years of the calendar, [`Error::Store`]; what
    /// happened before a failure of the store stays.
    pub fn pass_time(
        &self,
        to: DateTime<Utc>,
        by: &Actor,
        items_max: usize,
    ) -> Result<Tick, Error> {
        let (clock, to) = self.settable(to, by)?;
        let mut all = Tick::default();
        self.work_off(items_max, &mut all)?;
        let mut before = None;
        while !all.more
            && let Some(timer) = self.next_timer_at()?
        {
            // A timer fires after its instant, and instants are kept to the millisecond.
            let fires = timer
                .checked_add_signed(TimeDelta::milliseconds(1))
                .unwrap_or(timer);
            if fires > to {
                break;
            }
            if before == Some(timer) {
                tracing::error!(at = instant_text(timer), "a timer does not fire");
                break;
            }
            before = Some(timer);
            if fires > self.now() {
                self.set(clock, fires)?;
            }
            self.work_off(items_max, &mut all)?;
        }
        self.set(clock, to)?;
        self.work_off(items_max, &mut all)?;
        Ok(all)
    }

    /// Ticks until nothing is due any more, or the limit is reached.
    fn work_off(&self, items_max: usize, all: &mut Tick) -> Result<(), Error> {
        all.more = true;
        while all.more && all.timers.saturating_add(all.effects) < items_max {
            let tick = self.tick(BATCH)?;
            all.timers = all.timers.saturating_add(tick.timers);
            all.effects = all.effects.saturating_add(tick.effects);
            all.recomputed = all.recomputed.saturating_add(tick.recomputed);
            // An effect may bring about another: a batch that did something is followed by a look.
            all.more = tick.more || tick.timers > 0 || tick.effects > 0;
        }
        Ok(())
    }

    /// The clock and the instant to set it to, if this actor may.
    fn settable(
        &self,
        to: DateTime<Utc>,
        by: &Actor,
    ) -> Result<(&ManualClock, DateTime<Utc>), Error> {
        if by.role != Role::Admin {
            return Err(Rejection::NotPermitted {
                command: "set the clock",
            }
            .into());
        }
        let refused = |problem: String, way_out| Error::InvalidInput {
            field: "now",
            problem,
            way_out,
        };
        let Some(clock) = self.clock.manual() else {
            return Err(refused(
                "the clock is the system's".to_owned(),
                "start the server with `--clock manual`",
            ));
        };
        let to = to.trunc_subsecs(3);
        let now = self.now();
        if to < now {
            let problem = format!(
                "it lies before {}, where the clock stands",
                instant_text(now)
            );
            return Err(refused(
                problem,
                "give a later instant; time never runs back",
            ));
        }
        let last = last_instant();
        if to > last {
            let problem = format!(
                "it lies after {}, and working days are known until {LAST_YEAR} only",
                instant_text(last)
            );
            return Err(refused(problem, "give an earlier instant"));
        }
        Ok((clock, to))
    }

    fn set(&self, clock: &ManualClock, to: DateTime<Utc>) -> Result<(), Error> {
        self.store.set_manual_clock(to)?;
        clock.advance_to(to);
        Ok(())
    }
}

/// Where a manual clock may stand at most.
fn last_instant() -> DateTime<Utc> {
    LAST_YEAR
        .checked_sub(YEARS_AHEAD)
        .and_then(|year| NaiveDate::from_ymd_opt(year, 12, 31))
        .map_or(DateTime::<Utc>::MAX_UTC, calendar::end_of)
}
