//! What time does to an outage (R70): the script is late, the second stage begins, an update is due.
//! Instants are compared, strictly (T8): what works again at the instant itself does not last into it.

use chrono::{DateTime, Utc};
use lifecycle::effect::Recipient;

use super::event::Event;
use super::state::Outage;
use crate::Rejection;
use crate::deadline::{Deadline, DeadlineKind, Missed};
use crate::effect::Occasion;
use crate::entry::{Moment, Timer};
use crate::ruling::Ruling;

/// Everything that is to be timed for an outage.
pub(crate) fn timers(outage: &Outage) -> Vec<Timer> {
    if outage.ended_at.is_some() {
        return Vec::new();
    }
    let running = outage.running_deadlines().into_iter();
    let mut timers: Vec<Timer> = running
        .map(|deadline| Timer {
            at: deadline.due.due_at,
            moment: Moment::Deadline {
                deadline: deadline.kind,
            },
        })
        .collect();
    if outage.update_by.is_none() {
        timers.push(Timer {
            at: outage.second_stage_at,
            moment: Moment::SecondStage,
        });
    }
    timers
}

/// A timer reports.
pub(crate) fn mark_due(
    outage: &Outage,
    moment: Moment,
    ruling: &mut Ruling<'_>,
) -> Result<(), Rejection> {
    let is_due = |timer: &Timer| timer.moment == moment && timer.at < ruling.now();
    if !timers(outage).iter().any(is_due) {
        return Err(Rejection::NothingDue);
    }
    lapse(outage, ruling.now(), ruling)?;
    Ok(())
}

/// Records everything that has passed by `until`. Answers the update that the second stage made due, if
/// it begins by this.
pub(super) fn lapse(
    outage: &Outage,
    until: DateTime<Utc>,
    ruling: &mut Ruling<'_>,
) -> Result<Option<Deadline>, Rejection> {
    for deadline in outage.running_deadlines() {
        if deadline.is_late(until) {
            missed(deadline, ruling);
        }
    }
    if outage.update_by.is_some() || until <= outage.second_stage_at {
        return Ok(None);
    }
    let since = outage.second_stage_at;
    let update_by = ruling.deadline(DeadlineKind::OutageUpdate, &outage.unit, since)?;
    ruling.emit(Event::SecondStageBegun {
        update_by: update_by.clone(),
    });
    ruling.tell_unit(&outage.unit, Occasion::SecondStage);
    ruling.notify(
        Recipient::LeaderInCharge(outage.unit.clone()),
        Occasion::SecondStage,
    );
    ruling.tell_center(Occasion::SecondStage);
    if update_by.is_late(until) {
        missed(&update_by, ruling);
    }
    Ok(Some(update_by))
}

fn missed(deadline: &Deadline, ruling: &mut Ruling<'_>) {
    ruling.emit(Event::DeadlineMarked(Missed::of(deadline)));
    ruling.tell_missed(deadline);
}

/// C3: what was missed stays missed.
pub(crate) fn recompute(outage: &Outage, ruling: &mut Ruling<'_>) -> Result<(), Rejection> {
    if outage.ended_at.is_some() {
        return Ok(());
    }
    lapse(outage, ruling.now(), ruling)?;
    for old in outage.running_deadlines() {
        if old.is_late(ruling.now()) {
            continue;
        }
        if let Some(deadline) = ruling.moved(old)? {
            let previous_due_at = old.due.due_at;
            ruling.emit(Event::DeadlineRecomputed {
                deadline,
                previous_due_at,
            });
        }
    }
    Ok(())
}
