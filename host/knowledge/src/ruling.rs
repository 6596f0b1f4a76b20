//! A decision while it is being made: events and effects in order, with the position in the journal
//! that the next event will take. And what all kinds of entry do about deadlines that pass or move.

use chrono::{DateTime, Utc};
use lifecycle::dossier::Force;
use lifecycle::effect::Recipient;
use lifecycle::ids::{Actor, UnitCode};

use crate::deadline::{Deadline, DeadlineKind};
use crate::effect::{Effect, KnowledgeNotice, Occasion};
use crate::ids::{Id, PointId};
use crate::{Context, Decision, Entry, Event, Facts, PointFacts, Rejection};

/// Everything that a rule may look at besides the entry, and what it has decided so far.
pub(crate) struct Ruling<'a> {
    pub(crate) id: &'a Id,
    pub(crate) by: &'a Actor,
    pub(crate) facts: &'a Facts,
    pub(crate) context: &'a Context<'a>,
    version: u64,
    decision: Decision,
}

impl<'a> Ruling<'a> {
    /// A ruling against an entry of this version; 0 where there is none yet.
    pub(crate) fn new(
        id: &'a Id,
        version: u64,
        by: &'a Actor,
        facts: &'a Facts,
        context: &'a Context<'a>,
    ) -> Self {
        Self {
            id,
            by,
            facts,
            context,
            version,
            decision: Decision::default(),
        }
    }

    pub(crate) fn now(&self) -> DateTime<Utc> {
        self.context.now
    }

    /// Position in the journal of the next event.
    pub(crate) fn next_seq(&self) -> u64 {
        let decided = u64::try_from(self.decision.events.len()).unwrap_or(u64::MAX);
        self.version.saturating_add(decided).saturating_add(1)
    }

    pub(crate) fn emit(&mut self, event: impl Into<Event>) {
        self.decision.events.push(event.into());
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.decision.events.is_empty()
    }

    pub(crate) fn finish(self) -> Decision {
        self.decision
    }

    /// Tells somebody about the entry.
    pub(crate) fn notify(&mut self, to: Recipient, occasion: Occasion) {
        let id = self.id.clone();
        self.decision.effects.push(Effect {
            to,
            notice: KnowledgeNotice { id, occasion },
        });
    }

    pub(crate) fn tell_unit(&mut self, unit: &UnitCode, occasion: Occasion) {
        self.notify(Recipient::Unit(unit.clone()), occasion);
    }

    pub(crate) fn tell_center(&mut self, occasion: Occasion) {
        self.notify(Recipient::Center, occasion);
    }

    /// The deadline that the next event starts, counted from `trigger_at`.
    pub(crate) fn deadline(
        &self,
        kind: DeadlineKind,
        unit: &UnitCode,
        trigger_at: DateTime<Utc>,
    ) -> Result<Deadline, Rejection> {
        // Only the expiry has none, and its rule gives its period itself.
        let period = self.context.rules.period(kind);
        let period = period.ok_or(Rejection::NothingDue)?;
        let trigger = (self.next_seq(), trigger_at);
        Deadline::compute(kind, unit, period, trigger, self.context)
            .map_err(Rejection::out_of_range)
    }

    /// Tells whose deadline passed, its leader where the law was missed, and the centre.
    pub(crate) fn tell_missed(&mut self, deadline: &Deadline) {
        let (kind, unit) = (deadline.kind, deadline.unit.clone());
        match deadline.force {
            Force::Law => {
                let occasion = Occasion::Overdue { deadline: kind };
                self.tell_unit(&unit, occasion.clone());
                self.notify(Recipient::LeaderInCharge(unit), occasion.clone());
                self.tell_center(occasion);
            }
            Force::InPrinciple | Force::Target => {
                let occasion = Occasion::Reminder { deadline: kind };
                self.tell_unit(&unit, occasion.clone());
                self.tell_center(occasion);
            }
        }
    }

    /// Where the calendar of the context has a deadline otherwise, how it has it (C3); tells the unit
    /// when the instant moved.
    pub(crate) fn moved(&mut self, old: &Deadline) -> Result<Option<Deadline>, Rejection> {
        let new = old.renewed(self.context).map_err(Rejection::out_of_range)?;
        if !new.differs(old) {
            return Ok(None);
        }
        if new.due.due_at != old.due.due_at {
            let deadline = old.kind;
            self.tell_unit(&old.unit, Occasion::DeadlineRecomputed { deadline });
        }
        Ok(Some(new))
    }

    /// The unit must be in the directory.
    pub(crate) fn known_unit(&self, unit: &UnitCode) -> Result<(), Rejection> {
        match self.context.directory.unit(unit) {
            Some(_) => Ok(()),
            None => Err(Rejection::UnknownUnit { unit: unit.clone() }),
        }
    }

    /// What the shell knows of a point that the command names.
    pub(crate) fn point(&self, point: &PointId) -> Result<&'a PointFacts, Rejection> {
        let facts = self.facts.points.get(point);
        facts.ok_or_else(|| Rejection::UnknownPoint {
            point: point.clone(),
        })
    }

    /// The point must be that unit's.
    pub(crate) fn owned(
        &self,
        point: &PointId,
        unit: &UnitCode,
    ) -> Result<&'a PointFacts, Rejection> {
        let facts = self.point(point)?;
        if facts.owner == *unit {
            Ok(facts)
        } else {
            Err(Rejection::NotOwner {
                unit: unit.clone(),
                owner: facts.owner.clone(),
            })
        }
    }

    /// Something told of must have happened by now.
    pub(crate) fn not_in_future(
        &self,
        field: &'static str,
        at: DateTime<Utc>,
    ) -> Result<(), Rejection> {
        if at > self.now() {
            let problem = "lies in the future";
            Err(Rejection::ImpossibleTime { field, problem })
        } else {
            Ok(())
        }
    }
}

/// Whether the calendar of the context has a running deadline of the entry otherwise than the entry
/// does. Cheap, because it is asked of every open entry.
#[must_use]
pub fn needs_recomputation(entry: &Entry, context: &Context<'_>) -> bool {
    entry.running_deadlines().into_iter().any(|deadline| {
        // What cannot be computed is told by the decision itself.
        deadline
            .renewed(context)
            .map_or(true, |new| new.differs(deadline))
    })
}
