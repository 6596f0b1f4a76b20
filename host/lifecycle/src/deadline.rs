//! A deadline with everything that explains it (T12).

use std::fmt;

use calendar::{Due, Period};
use chrono::{DateTime, Utc};
use contract::types::OrderType;
use serde::{Deserialize, Serialize};

use crate::command::SpecialLimit;
use crate::decide::Context;

/// What a deadline is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeadlineKind {
    /// The centre dispatches (Art. 13).
    Dispatch,
    /// The unit verifies whether the matter is its own (Art. 16).
    Verification,
    /// The unit handles, replies and submits (Art. 14, 15).
    Handling,
    /// The centre offers a rating channel (Art. 27(2)).
    RatingOffer,
    /// The requester rates (Art. 27(3)).
    Rating,
}

impl DeadlineKind {
    /// Stable name, as in JSON.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Dispatch => "dispatch",
            Self::Verification => "verification",
            Self::Handling => "handling",
            Self::RatingOffer => "rating_offer",
            Self::Rating => "rating",
        }
    }

    /// The rule of the catalogue that sets this deadline for a type of order. A commendation is no
    /// consultation, so R20 and R22 hold for it.
    #[must_use]
    pub const fn rule(self, order_type: OrderType) -> Rule {
        let consultation = matches!(order_type, OrderType::Consultation);
        match self {
            Self::Dispatch if consultation => Rule::new("R19", "第十三条第一项"),
            Self::Dispatch => Rule::new("R20", "第十三条第二项"),
            Self::Verification => Rule::new("R26", "第十六条"),
            Self::Handling if consultation => Rule::new("R21", "第十四条第一项"),
            Self::Handling => Rule::new("R22", "第十四条第二项"),
            Self::RatingOffer => Rule::new("R56", "第二十七条第二项"),
            Self::Rating => Rule::new("R57", "第二十七条第三项"),
        }
    }
}

impl fmt::Display for DeadlineKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A rule of the catalogue with its article.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Rule {
    /// Number in the rule catalogue, such as `R22`.
    pub id: &'static str,
    /// Article of the implementing rules.
    pub article: &'static str,
}

impl Rule {
    /// A handling period set by another document, whatever the type of the order (R23).
    pub const SPECIAL_LIMIT: Self = Self::new("R23", "第十四条第三项");

    const fn new(id: &'static str, article: &'static str) -> Self {
        Self { id, article }
    }
}

/// A deadline: its instant, and how it came about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deadline {
    /// What it is for.
    pub kind: DeadlineKind,
    /// Rule of the catalogue that sets it, such as `R22`.
    pub rule: String,
    /// Article of the implementing rules, such as `第十四条第二项`.
    pub article: String,
    /// Position in the journal of the event that started the period.
    pub trigger_seq: u64,
    /// When that event happened.
    pub trigger_at: DateTime<Utc>,
    /// Length of the period.
    pub period: Period,
    /// Due instant, start of the clock, counted days, calendar version, provisional or not.
    #[serde(flatten)]
    pub due: Due,
    /// From when the deadline is "due soon" and the escalation plugins are asked, 00:00 of a working
    /// day after the trigger's; only for handling, and only where such a morning lies before the due
    /// instant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub warn_at: Option<DateTime<Utc>>,
    /// Rule set that it was computed under.
    pub rule_set: String,
    /// Whether that rule set was in force at the trigger; where none was, the nearest one is used and
    /// the deadline says so.
    pub rule_set_in_force: bool,
}

impl Deadline {
    /// Computes the deadline of a kind for a type of order: rule, period, due instant and warning, all
    /// as of `trigger_at` (T12, T13). A special limit replaces the period of handling (R23).
    ///
    /// # Errors
    /// What the calendar finds wrong with the period.
    pub fn compute(
        kind: DeadlineKind,
        order_type: OrderType,
        special_limit: Option<&SpecialLimit>,
        trigger_seq: u64,
        trigger_at: DateTime<Utc>,
        context: &Context<'_>,
    ) -> Result<Self, calendar::Error> {
        let (rule, period) = match special_limit {
            Some(limit) => (Rule::SPECIAL_LIMIT, limit.period),
            None => (
                kind.rule(order_type),
                context.rules.period(kind, order_type),
            ),
        };
        let due = context.calendar.due(trigger_at, period)?;
        let mut deadline = Self {
            kind,
            rule: rule.id.to_owned(),
            article: rule.article.to_owned(),
            trigger_seq,
            trigger_at,
            period,
            due,
            warn_at: None,
            rule_set: context.rules.version.clone(),
            rule_set_in_force: context.rules.in_force_at(trigger_at),
        };
        deadline.warn_at = deadline.warning(order_type, context)?;
        Ok(deadline)
    }

    /// True if an event at `event` is late: strictly later than the due instant (Art. 15, T8).
    #[must_use]
    pub fn is_late(&self, event: DateTime<Utc>) -> bool {
        self.due.is_late(event)
    }

    /// From when the deadline is due soon. With a limit shorter than the time before it, from the first
    /// working-day morning after the trigger; a limit without such a morning is never due soon.
    pub(crate) fn warning(
        &self,
        order_type: OrderType,
        context: &Context<'_>,
    ) -> Result<Option<DateTime<Utc>>, calendar::Error> {
        if self.kind != DeadlineKind::Handling {
            return Ok(None);
        }
        let days = context.rules.due_soon_days(order_type);
        let due_at = self.due.due_at;
        let soon = context.calendar.due_soon_at(due_at, days)?;
        let next_day = context
            .calendar
            .due(self.trigger_at, Period::WorkingDays(1))?;
        let at = soon.max(next_day.clock_start);
        Ok((at < due_at).then_some(at))
    }
}
