//! A decision while it is being made: events and effects in order, with the position in the journal
//! that the next event will take.

use calendar::Error as CalendarError;
use chrono::{DateTime, Utc};
use contract::types::OrderType;

use crate::command::SpecialLimit;
use crate::deadline::{Deadline, DeadlineKind};
use crate::decide::{Context, Decision, Facts};
use crate::effect::{Effect, Notice, Notification, Recipient};
use crate::event::Event;
use crate::ids::Actor;
use crate::rejection::Rejection;

/// Everything that a rule may look at besides the order, and what it has decided so far.
pub(crate) struct Draft<'a> {
    pub(crate) by: &'a Actor,
    pub(crate) facts: &'a Facts,
    pub(crate) context: &'a Context<'a>,
    version: u64,
    decision: Decision,
}

impl<'a> Draft<'a> {
    /// A draft against an order of this version; 0 where there is none yet.
    pub(crate) fn new(
        version: u64,
        by: &'a Actor,
        facts: &'a Facts,
        context: &'a Context<'a>,
    ) -> Self {
        Self {
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
        let drafted = u64::try_from(self.decision.events.len()).unwrap_or(u64::MAX);
        self.version.saturating_add(drafted).saturating_add(1)
    }

    pub(crate) fn emit(&mut self, event: Event) {
        self.decision.events.push(event);
    }

    pub(crate) fn effect(&mut self, effect: Effect) {
        self.decision.effects.push(effect);
    }

    pub(crate) fn notify(&mut self, to: Recipient, about: Notice) {
        self.effect(Effect::Notify(Notification { to, about }));
    }

    /// The deadline that the next event starts, at `trigger_at`.
    pub(crate) fn deadline(
        &self,
        kind: DeadlineKind,
        order_type: OrderType,
        special_limit: Option<&SpecialLimit>,
        trigger_at: DateTime<Utc>,
    ) -> Result<Deadline, Rejection> {
        let seq = self.next_seq();
        Deadline::compute(
            kind,
            order_type,
            special_limit,
            seq,
            trigger_at,
            self.context,
        )
        .map_err(out_of_range)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.decision.events.is_empty()
    }

    pub(crate) fn finish(self) -> Decision {
        self.decision
    }
}

/// A period that the calendar cannot compute.
#[expect(
    clippy::needless_pass_by_value,
    reason = "used as the function of map_err"
)]
pub(crate) fn out_of_range(error: CalendarError) -> Rejection {
    Rejection::PeriodOutOfRange {
        problem: error.to_string(),
    }
}
