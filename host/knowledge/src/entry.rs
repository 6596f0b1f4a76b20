//! What all kinds of entry have in common: an event in a journal, a state, timers.

use chrono::{DateTime, Utc};
use lifecycle::ids::{Actor, TextId, UnitCode};
use serde::{Deserialize, Serialize};

use crate::change::{self, Change};
use crate::deadline::{Deadline, DeadlineKind};
use crate::feedback::{self, Feedback};
use crate::ids::Id;
use crate::outage::{self, Outage};
use crate::point::{self, Point};

/// An entry of the knowledge base.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "entry")]
pub enum Entry {
    /// A knowledge point.
    Point(Box<Point>),
    /// A feedback.
    Feedback(Box<Feedback>),
    /// A notice of a change.
    Change(Box<Change>),
    /// An outage.
    Outage(Box<Outage>),
}

impl Entry {
    /// Its number.
    #[must_use]
    pub fn id(&self) -> Id {
        match self {
            Self::Point(point) => Id::Point(point.id.clone()),
            Self::Feedback(feedback) => Id::Feedback(feedback.id.clone()),
            Self::Change(change) => Id::Change(change.id.clone()),
            Self::Outage(outage) => Id::Outage(outage.id.clone()),
        }
    }

    /// Number of its events so far; the version that a command may be made against.
    #[must_use]
    pub const fn version(&self) -> u64 {
        match self {
            Self::Point(point) => point.version,
            Self::Feedback(feedback) => feedback.version,
            Self::Change(change) => change.version,
            Self::Outage(outage) => outage.version,
        }
    }

    /// The unit that it is about.
    #[must_use]
    pub const fn unit(&self) -> &UnitCode {
        match self {
            Self::Point(point) => &point.owner,
            Self::Feedback(feedback) => &feedback.unit,
            Self::Change(change) => &change.unit,
            Self::Outage(outage) => &outage.unit,
        }
    }

    /// Where it stands at `at`, by name.
    #[must_use]
    pub fn stage(&self, at: DateTime<Utc>) -> &'static str {
        match self {
            Self::Point(point) => point.stage(at),
            Self::Feedback(feedback) => feedback.stage.name(),
            Self::Change(change) => change.stage.name(),
            Self::Outage(outage) => outage.stage(),
        }
    }

    /// Deadlines that run and that a new calendar may move: none that was missed. A point's validity
    /// counts in months and to fixed days, which no calendar moves.
    #[must_use]
    pub fn running_deadlines(&self) -> Vec<&Deadline> {
        match self {
            Self::Point(_) | Self::Change(_) => Vec::new(),
            Self::Feedback(feedback) => feedback.running_deadline().into_iter().collect(),
            Self::Outage(outage) => outage.running_deadlines(),
        }
    }
}

/// What has happened to an entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "entry")]
pub enum Event {
    /// To a point.
    Point(point::Event),
    /// To a feedback.
    Feedback(feedback::Event),
    /// To a notice of a change.
    Change(change::Event),
    /// To an outage.
    Outage(outage::Event),
}

impl From<point::Event> for Event {
    fn from(event: point::Event) -> Self {
        Self::Point(event)
    }
}

impl From<feedback::Event> for Event {
    fn from(event: feedback::Event) -> Self {
        Self::Feedback(event)
    }
}

impl From<change::Event> for Event {
    fn from(event: change::Event) -> Self {
        Self::Change(event)
    }
}

impl From<outage::Event> for Event {
    fn from(event: outage::Event) -> Self {
        Self::Outage(event)
    }
}

impl Event {
    /// Stable name, as in JSON.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Point(event) => event.name(),
            Self::Feedback(event) => event.name(),
            Self::Change(event) => event.name(),
            Self::Outage(event) => event.name(),
        }
    }

    /// The texts that it refers to.
    #[must_use]
    pub fn texts(&self) -> Vec<TextId> {
        match self {
            Self::Point(event) => event.texts(),
            Self::Feedback(event) => event.texts(),
            Self::Change(event) => event.texts(),
            Self::Outage(event) => event.texts(),
        }
    }
}

/// An event as the journal keeps it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recorded {
    /// Position in the entry's journal, from 1 without gaps; also the entry's version after it.
    pub seq: u64,
    /// When.
    pub at: DateTime<Utc>,
    /// By whom.
    pub by: Actor,
    /// What.
    #[serde(flatten)]
    pub event: Event,
}

/// Where, when and by whom an event happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stamp<'a> {
    /// Position in the journal.
    pub seq: u64,
    /// When.
    pub at: DateTime<Utc>,
    /// By whom.
    pub by: &'a Actor,
}

/// An instant at which [`crate::Command::MarkDue`] must be given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Timer {
    /// The command is given at the first tick strictly after this instant (T8).
    pub at: DateTime<Utc>,
    /// For what.
    pub moment: Moment,
}

/// What is timed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "moment")]
pub enum Moment {
    /// A point's owner is reminded of its expiry, by the schedule (R67).
    Remind {
        /// So many days before the last one.
        days: u16,
    },
    /// A deadline passes; for a point, its validity ends.
    Deadline {
        /// Which.
        deadline: DeadlineKind,
    },
    /// An announced change takes effect (R69).
    ChangeTakesEffect,
    /// An outage reaches its second stage (R70).
    SecondStage,
}

/// Everything that is to be timed for an entry, earliest first; it replaces what was timed before.
#[must_use]
pub fn timers(entry: &Entry) -> Vec<Timer> {
    let mut timers = match entry {
        Entry::Point(point) => point::timers(point),
        Entry::Feedback(feedback) => feedback::timers(feedback),
        Entry::Change(change) => change::timers(change),
        Entry::Outage(outage) => outage::timers(outage),
    };
    timers.sort_unstable();
    timers
}
