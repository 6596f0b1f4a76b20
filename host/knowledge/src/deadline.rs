//! A deadline of the knowledge base with everything that explains it (T12).

use calendar::{Due, Period};
use chrono::{DateTime, Utc};
use lifecycle::dossier::Force;
use lifecycle::ids::UnitCode;
use serde::{Deserialize, Serialize};

use crate::Context;

pub use lifecycle::knowledge::DeadlineKind;

/// A deadline: its instant, and how it came about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deadline {
    /// What it is for.
    pub kind: DeadlineKind,
    /// The unit that it is for.
    pub unit: UnitCode,
    /// Rule of the catalogue that sets it, such as `R68`.
    pub rule: String,
    /// Article of the implementing rules, such as `第三十六条第二款`.
    pub article: String,
    /// How strictly it binds.
    pub force: Force,
    /// Position in the journal of the event that started the period.
    pub trigger_seq: u64,
    /// From when the period counts.
    pub trigger_at: DateTime<Utc>,
    /// Length of the period.
    pub period: Period,
    /// Due instant, start of the clock, counted days, calendar version, provisional or not.
    #[serde(flatten)]
    pub due: Due,
    /// Rule set that it was computed under.
    pub rule_set: String,
    /// Whether that rule set was in force at the trigger.
    pub rule_set_in_force: bool,
}

impl Deadline {
    /// Computes a deadline as of `trigger_at` (T12, T13).
    pub(crate) fn compute(
        kind: DeadlineKind,
        unit: &UnitCode,
        period: Period,
        (trigger_seq, trigger_at): (u64, DateTime<Utc>),
        context: &Context<'_>,
    ) -> Result<Self, calendar::Error> {
        let rule = kind.rule();
        let rules = context.book.at(trigger_at);
        let due = lifecycle::deadline::due(trigger_at, period, rules, context.calendar)?;
        Ok(Self {
            kind,
            unit: unit.clone(),
            rule: rule.id.to_owned(),
            article: rule.article.to_owned(),
            force: kind.force(),
            trigger_seq,
            trigger_at,
            period,
            due,
            rule_set: rules.version.clone(),
            rule_set_in_force: rules.in_force_at(trigger_at),
        })
    }

    /// True if an event at `event` is late: strictly later than the due instant (T8).
    #[must_use]
    pub fn is_late(&self, event: DateTime<Utc>) -> bool {
        self.due.is_late(event)
    }

    /// The deadline as the calendar of the context has it (C3). Where the new due instant lies in the
    /// past and the old one did not, whoever relied on the old one has until 24:00 of today, but never
    /// longer than before.
    pub(crate) fn renewed(&self, context: &Context<'_>) -> Result<Self, calendar::Error> {
        let mut new = self.clone();
        let named = context.book.named(&self.rule_set);
        let rules = named.unwrap_or_else(|| context.book.at(self.trigger_at));
        new.due = lifecycle::deadline::due(self.trigger_at, self.period, rules, context.calendar)?;
        if new.is_late(context.now) {
            let today = calendar::end_of(calendar::local_date(context.now));
            new.due.due_at = new.due.due_at.max(today.min(self.due.due_at));
        }
        Ok(new)
    }

    /// Whether it stands otherwise than another; the calendar's version alone makes no difference.
    pub(crate) fn differs(&self, other: &Self) -> bool {
        (self.due.due_at, self.due.provisional, &self.due.counted)
            != (other.due.due_at, other.due.provisional, &other.due.counted)
    }
}

/// A missed deadline. A fact; it survives.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Missed {
    /// Which.
    pub deadline: DeadlineKind,
    /// The due instant that was missed.
    pub due_at: DateTime<Utc>,
    /// How strictly it binds: only [`Force::Law`] counts as overdue.
    pub force: Force,
    /// Whether the due instant was provisional when it passed.
    pub provisional: bool,
}

impl Missed {
    /// What is recorded when a deadline passes.
    pub(crate) fn of(deadline: &Deadline) -> Self {
        Self {
            deadline: deadline.kind,
            due_at: deadline.due.due_at,
            force: deadline.force,
            provisional: deadline.due.provisional,
        }
    }

    /// Whether it is this deadline that was missed.
    pub(crate) fn is_of(&self, deadline: &Deadline) -> bool {
        self.deadline == deadline.kind && self.due_at == deadline.due.due_at
    }
}
