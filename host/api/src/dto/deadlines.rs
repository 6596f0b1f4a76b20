//! Deadlines with everything that explains them (T12).

use engine::{DeadlineStatus as CoreStatus, DeadlineView, Explanation};
use lifecycle::deadline::Deadline as CoreDeadline;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::dto::{DeadlineKind, Period, Time};

/// A deadline and how it came about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Deadline {
    /// What it is for.
    pub kind: DeadlineKind,
    /// Rule of the catalogue that sets it.
    #[schema(example = "R22")]
    pub rule: String,
    /// Article of the implementing rules.
    #[schema(example = "第十四条第二项")]
    pub article: String,
    /// Position in the history of the event that started it.
    pub trigger_seq: u64,
    /// When that event happened.
    pub trigger_at: Time,
    /// Length of the period.
    pub period: Period,
    /// Of an extension: the end of the period before it, from which it counts (Art. 19).
    pub counted_from: Option<Time>,
    /// The last instant that is in time.
    pub due_at: Time,
    /// Where the clock starts.
    pub clock_start: Time,
    /// The days counted, in order, for limits in days.
    #[schema(value_type = Vec<String>, example = json!(["2026-09-20", "2026-09-21"]))]
    pub counted: Vec<chrono::NaiveDate>,
    /// Whether it may move when the holiday notice of a year is imported.
    pub provisional: bool,
    /// Version of the calendar that it was computed with.
    #[schema(example = "2023-2026+1a2b3c4d")]
    pub calendar_version: String,
    /// From when it is due soon.
    pub warn_at: Option<Time>,
    /// Rule set that it was computed under.
    pub rule_set: String,
    /// Whether that rule set was in force at the trigger.
    pub rule_set_in_force: bool,
}

/// A deadline with how it stands and why it is what it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ExplainedDeadline {
    /// The deadline.
    #[serde(flatten)]
    pub deadline: Deadline,
    /// How it stands.
    pub status: DeadlineStatus,
    /// Working days left, while it runs and has not passed; 0 on the last one.
    pub working_days_left: Option<u16>,
    /// Working days overdue, while it runs and has passed; 0 on the first one.
    pub working_days_overdue: Option<u16>,
    /// How it came about, for people.
    pub explanation: Texts,
}

/// How a deadline stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum DeadlineStatus {
    /// It runs, and there is time left.
    Running,
    /// It runs, and has passed.
    Overdue,
    /// It ran out before what it is for was done.
    Missed,
    /// What it is for was done in time, or is no longer needed.
    Met,
    /// Another deadline took its place: an extension, a restart, a corrected type.
    Replaced,
}

impl From<CoreStatus> for DeadlineStatus {
    fn from(status: CoreStatus) -> Self {
        match status {
            CoreStatus::Running => Self::Running,
            CoreStatus::Overdue => Self::Overdue,
            CoreStatus::Missed => Self::Missed,
            CoreStatus::Met => Self::Met,
            CoreStatus::Replaced => Self::Replaced,
        }
    }
}

/// A text for people in both languages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Texts {
    /// Chinese.
    pub zh: String,
    /// English.
    pub en: String,
}

impl From<&CoreDeadline> for Deadline {
    fn from(deadline: &CoreDeadline) -> Self {
        let due = &deadline.due;
        Self {
            kind: deadline.kind.into(),
            rule: deadline.rule.clone(),
            article: deadline.article.clone(),
            trigger_seq: deadline.trigger_seq,
            trigger_at: deadline.trigger_at.into(),
            period: deadline.period.into(),
            counted_from: deadline.counted_from.map(Into::into),
            due_at: due.due_at.into(),
            clock_start: due.clock_start.into(),
            counted: due.counted.clone(),
            provisional: due.provisional,
            calendar_version: due.calendar_version.clone(),
            warn_at: deadline.warn_at.map(Into::into),
            rule_set: deadline.rule_set.clone(),
            rule_set_in_force: deadline.rule_set_in_force,
        }
    }
}

impl From<DeadlineView> for ExplainedDeadline {
    fn from(view: DeadlineView) -> Self {
        let (left, overdue) = match view.remaining {
            Some(calendar::Remaining::Left(days)) => (Some(days), None),
            Some(calendar::Remaining::Overdue(days)) => (None, Some(days)),
            None => (None, None),
        };
        Self {
            deadline: Deadline::from(&view.deadline),
            status: view.status.into(),
            working_days_left: left,
            working_days_overdue: overdue,
            explanation: view.explanation.into(),
        }
    }
}

impl From<Explanation> for Texts {
    fn from(explanation: Explanation) -> Self {
        Self {
            zh: explanation.zh,
            en: explanation.en,
        }
    }
}
