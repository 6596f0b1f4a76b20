//! How long a version is valid (Art. 35, R67).
//!
//! Validity counts from the publication, and after a confirmation from the confirmation: "a new period
//! of at most the same length". It ends 24:00 of the corresponding date (T6), so an answer script of
//! six months that was published on 31 August is valid through 28 February.

use std::fmt;

use calendar::Period;
use chrono::{DateTime, Days, NaiveDate, Utc};
use contract::knowledge::PointKind;
use lifecycle::ids::UnitCode;
use serde::{Deserialize, Serialize};

use crate::deadline::{Deadline, DeadlineKind};
use crate::{Context, Rejection};

/// How long a point is to be valid, as its unit sets it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Term {
    /// How long.
    pub span: Span,
    /// Why it should be longer than Art. 35 allows in principle, if so. Official words about a public
    /// point, which the plugins and the centre read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub longer_reason: Option<String>,
}

impl Term {
    /// As long as the law allows in principle.
    #[must_use]
    pub const fn longest() -> Self {
        Self {
            span: Span::Longest,
            longer_reason: None,
        }
    }
}

/// A length of validity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Span {
    /// The longest that Art. 35 allows in principle for the kind.
    Longest,
    /// So many calendar months.
    Months(u16),
    /// Through this day.
    Until(NaiveDate),
}

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Longest => f.write_str("longest"),
            Self::Months(1) => f.write_str("1 month"),
            Self::Months(n) => write!(f, "{n} months"),
            Self::Until(day) => write!(f, "{day}"),
        }
    }
}

/// How long a version is valid.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Validity {
    /// Its end, and how that came about.
    pub expiry: Deadline,
    /// The last instant that it would have without anybody's approval; the law's limit in principle.
    pub longest_until: DateTime<Utc>,
    /// When its owner is reminded, earliest first; all of it lies in the future when it begins.
    pub reminders: Vec<Reminder>,
    /// The centre's approval; there always is one where the end lies after the law's limit.
    pub approval: Option<Approval>,
}

/// A reminder that an end of validity comes near.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reminder {
    /// So many days before the last one.
    pub days: u16,
    /// When: 00:00 of that day.
    pub at: DateTime<Utc>,
}

/// The centre's approval of a longer validity.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Approval {
    /// Staff number of who approved it.
    pub by: String,
    /// Why it is longer, in the unit's words.
    pub reason: String,
}

/// The validity of a kind of point that would begin at the instant of the context.
///
/// # Errors
/// [`Rejection::Malformed`] for no length at all, [`Rejection::ImpossibleTime`] for a day that is over,
/// [`Rejection::PeriodOutOfRange`].
pub fn validity_of(
    kind: PointKind,
    span: Span,
    owner: &UnitCode,
    trigger_seq: u64,
    context: &Context<'_>,
) -> Result<Validity, Rejection> {
    let now = context.now;
    let longest = context.rules.longest(kind);
    let period = match span {
        Span::Longest => longest,
        Span::Months(0) => {
            return Err(Rejection::Malformed {
                field: "validity",
                problem: "is no length; give at least one month",
            });
        }
        Span::Months(months) => Period::Months(months),
        Span::Until(day) => Period::Until(calendar::end_of(day)),
    };
    if let Period::Until(until) = period
        && until <= now
    {
        return Err(Rejection::ImpossibleTime {
            field: "validity",
            problem: "ends before it begins",
        });
    }
    let compute = |period| {
        let trigger = (trigger_seq, now);
        Deadline::compute(DeadlineKind::Expiry, owner, period, trigger, context)
            .map_err(Rejection::out_of_range)
    };
    let expiry = compute(period)?;
    let longest_until = compute(longest)?.due.due_at;
    let last = calendar::last_day(expiry.due.due_at);
    let reminder = |&days: &u16| {
        let day = last.checked_sub_days(Days::new(u64::from(days)))?;
        let at = calendar::midnight_at_start_of(day);
        (at > now).then_some(Reminder { days, at })
    };
    let mut reminders: Vec<Reminder> = context
        .rules
        .reminder_days
        .iter()
        .filter_map(reminder)
        .collect();
    reminders.sort_by_key(|it| it.at);
    reminders.dedup();
    Ok(Validity {
        expiry,
        longest_until,
        reminders,
        approval: None,
    })
}

impl Validity {
    /// Whether it ends later than the law allows in principle.
    #[must_use]
    pub fn is_longer(&self) -> bool {
        self.expiry.due.due_at > self.longest_until
    }

    /// The last day on which the version is valid.
    #[must_use]
    pub fn last_day(&self) -> NaiveDate {
        calendar::last_day(self.expiry.due.due_at)
    }

    pub(super) fn latest(&self) -> NaiveDate {
        calendar::last_day(self.longest_until)
    }

    pub(super) fn approved(mut self, by: &str, reason: &str) -> Self {
        if self.is_longer() {
            self.approval = Some(Approval {
                by: by.to_owned(),
                reason: reason.to_owned(),
            });
        }
        self
    }
}
