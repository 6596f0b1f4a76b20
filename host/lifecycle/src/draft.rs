//! A decision while it is being made: events and effects in order, with the position in the journal
//! that the next event will take.

use calendar::{Error as CalendarError, Period};
use chrono::{DateTime, Utc};
use contract::types::OrderType;

use crate::deadline::{Deadline, DeadlineKind, Rule};
use crate::decide::{Context, Decision, Facts};
use crate::effect::{Effect, Notice, Notification, Recipient};
use crate::event::{CloseCode, Event};
use crate::ids::{Actor, TextId, UnitCode};
use crate::order::WorkOrder;
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

    /// The deadline of a rule that the next event starts, at `trigger_at`.
    pub(crate) fn deadline(
        &self,
        kind: DeadlineKind,
        order_type: OrderType,
        (rule, period): (Rule, Period),
        trigger_at: DateTime<Utc>,
    ) -> Result<Deadline, Rejection> {
        let trigger = (self.next_seq(), trigger_at);
        Deadline::compute(kind, order_type, (rule, period), trigger, self.context)
            .map_err(out_of_range)
    }

    /// Ends the order with a code.
    pub(crate) fn close(&mut self, code: CloseCode, note: Option<TextId>) {
        self.emit(Event::Closed {
            code,
            note,
            exclusion: None,
            goes_on: false,
        });
    }

    /// Tells the unit that has the order, if one has it.
    pub(crate) fn tell_unit(&mut self, order: &WorkOrder, about: Notice) {
        let assignment = order.assignment().filter(|it| !it.was_returned());
        if let Some(assignment) = assignment {
            self.notify(staff_of(&assignment.unit, order), about);
        }
    }

    /// Whether escalation advice is recorded already.
    pub(crate) fn has_escalation(&self) -> bool {
        let mut events = self.decision.events.iter();
        events.any(|event| matches!(event, Event::EscalationAdvised { .. }))
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.decision.events.is_empty()
    }

    pub(crate) fn finish(self) -> Decision {
        self.decision
    }
}

/// R7: who is told what concerns a unit. What is about the unit's own staff goes to its leader alone.
pub(crate) fn staff_of(unit: &UnitCode, order: &WorkOrder) -> Recipient {
    if order.against_unit.as_ref() == Some(unit) {
        Recipient::LeaderInCharge(unit.clone())
    } else {
        Recipient::Unit(unit.clone())
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
