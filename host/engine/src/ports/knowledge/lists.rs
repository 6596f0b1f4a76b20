//! What lists and counts of the knowledge base say.

use chrono::{DateTime, Utc};
use contract::knowledge::PointKind;
use knowledge_base::Entry;
use knowledge_base::feedback::{Action, Feedback, Stage, Urgency};
use knowledge_base::ids::Id;
use knowledge_base::point::Point;
use lifecycle::dossier::Force;
use lifecycle::ids::{DistrictCode, OrderId, TextId, UnitCode};
use serde::{Deserialize, Serialize};

/// The kinds of entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EntryKind {
    /// A knowledge point.
    Point,
    /// A feedback.
    Feedback,
    /// A notice of a change.
    Change,
    /// An outage.
    Outage,
}

impl EntryKind {
    /// All kinds.
    pub const ALL: [Self; 4] = [Self::Point, Self::Feedback, Self::Change, Self::Outage];

    /// The kind of an entry.
    #[must_use]
    pub const fn of(entry: &Entry) -> Self {
        match entry {
            Entry::Point(_) => Self::Point,
            Entry::Feedback(_) => Self::Feedback,
            Entry::Change(_) => Self::Change,
            Entry::Outage(_) => Self::Outage,
        }
    }

    /// Stable name, as in JSON.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Point => "point",
            Self::Feedback => "feedback",
            Self::Change => "change",
            Self::Outage => "outage",
        }
    }
}

/// What a list of entries is narrowed to; every field that is set must hold.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct KnowledgeFilter {
    /// Kind of entry.
    pub kind: Option<EntryKind>,
    /// The unit that it is about.
    pub unit: Option<UnitCode>,
    /// The district of that unit, or one that the point applies to.
    pub district: Option<DistrictCode>,
    /// Stage by name, such as `published` or `open`, as it is at `now`.
    pub stage: Option<String>,
    /// Stage of a point's draft by name: `editing`, `under_review`, `awaiting_approval`.
    pub draft_stage: Option<String>,
    /// Kind of point, by its published version, or its draft where nothing is published.
    pub point_kind: Option<PointKind>,
    /// A point that is published and valid at `now`, and whose validity ends before this instant.
    pub expires_before: Option<DateTime<Utc>>,
    /// Missed (or did not miss) a limit of the law.
    pub overdue: Option<bool>,
    /// A longer validity of the published version waits (or does not wait) for the centre.
    pub longer: Option<bool>,
    /// A part of the title.
    pub title: Option<String>,
    /// Readable for one of these units or districts, by their codes. The engine sets it by the actor's
    /// role.
    pub parties: Option<Vec<String>>,
    /// The instant of the list. The engine sets it.
    pub now: DateTime<Utc>,
}

/// A line of a list of entries.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KnowledgeSummary {
    /// Number.
    pub id: Id,
    /// Version of the journal.
    pub version: u64,
    /// The unit that it is about.
    pub unit: UnitCode,
    /// Stage by name; of a point, what its standing and its validity say.
    pub stage: String,
    /// Stage of a point's draft by name, if it has one.
    pub draft_stage: Option<String>,
    /// Title of a point or a change; the system of an outage.
    pub title: Option<String>,
    /// Kind of a point.
    pub point_kind: Option<PointKind>,
    /// Number of a point's last published version.
    pub published_version: Option<u32>,
    /// When it was opened.
    pub opened_at: DateTime<Utc>,
    /// Last instant of a point's validity, once something was published.
    pub expires_at: Option<DateTime<Utc>>,
    /// The deadline that runs now and ends first; of a point, none.
    pub due_at: Option<DateTime<Utc>>,
    /// Whether a deadline that runs is provisional.
    pub provisional: bool,
    /// Whether a limit of the law was missed.
    pub overdue: bool,
    /// Whether a longer validity of the published version waits for the centre.
    pub longer: bool,
}

impl KnowledgeSummary {
    /// The line of an entry as it stands at an instant.
    #[must_use]
    pub fn of(entry: &Entry, at: DateTime<Utc>) -> Self {
        let running = entry.running_deadlines();
        let line = Self {
            id: entry.id(),
            version: entry.version(),
            unit: entry.unit().clone(),
            stage: entry.stage(at).to_owned(),
            draft_stage: None,
            title: None,
            point_kind: None,
            published_version: None,
            opened_at: at,
            expires_at: None,
            due_at: running.iter().map(|it| it.due.due_at).min(),
            provisional: running.iter().any(|it| it.due.provisional),
            overdue: false,
            longer: false,
        };
        match entry {
            Entry::Point(point) => line.of_point(point),
            Entry::Feedback(feedback) => Self {
                opened_at: feedback.opened_at,
                overdue: feedback.missed.is_some(),
                ..line
            },
            Entry::Change(change) => Self {
                title: Some(change.title.clone()),
                opened_at: change.announced_at,
                ..line
            },
            Entry::Outage(outage) => Self {
                title: Some(outage.report.system.clone()),
                opened_at: outage.reported_at,
                overdue: outage.missed.iter().any(|it| it.force == Force::Law),
                ..line
            },
        }
    }

    fn of_point(self, point: &Point) -> Self {
        let version = point.last_version();
        let draft = point.draft.as_ref();
        let content = version
            .map(|it| &it.content)
            .or_else(|| draft.map(|it| &it.content));
        Self {
            draft_stage: draft.map(|it| it.stage.name().to_owned()),
            title: content.map(|it| it.title.clone()),
            point_kind: content.map(|it| it.kind),
            published_version: version.map(|it| it.number),
            opened_at: point.opened_at,
            expires_at: point.validity.as_ref().map(|it| it.expiry.due.due_at),
            longer: point.longer.is_some(),
            ..self
        }
    }

    /// The same as it stands at a later instant at which nobody has done anything to the entry since.
    #[must_use]
    pub fn at(mut self, now: DateTime<Utc>) -> Self {
        let ends = matches!(self.stage.as_str(), "published" | "expiring" | "taken_down");
        if ends && self.expires_at.is_some_and(|end| now > end) {
            "expired".clone_into(&mut self.stage);
        }
        self
    }
}

/// Published points of a unit whose validity ends soon (R67).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExpiringPoints {
    /// The unit that owns them.
    pub unit: UnitCode,
    /// How many.
    pub count: u64,
    /// For how many of them it was reminded.
    pub reminded: u64,
    /// When the first one's validity ends.
    pub first_at: DateTime<Utc>,
}

/// Which feedback is counted; every field that is set must hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FeedbackQuery {
    /// Opened at this instant or later.
    pub from: DateTime<Utc>,
    /// Opened before this instant.
    pub before: DateTime<Utc>,
    /// Of this unit.
    pub unit: Option<UnitCode>,
    /// Whether each local month is summed by itself.
    pub by_month: bool,
}

/// How units answered feedback (R68).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FeedbackRow {
    /// The local month in which it was opened, such as `2026-09`, where asked for.
    pub month: Option<String>,
    /// The unit.
    pub unit: UnitCode,
    /// The counts.
    pub tally: FeedbackTally,
}

/// Counts of feedback.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FeedbackTally {
    /// How many were opened.
    pub opened: u64,
    /// How many of them in an emergency.
    pub emergency: u64,
    /// Answered in time.
    pub on_time: u64,
    /// Answered late.
    pub late: u64,
    /// Of those that were answered: nothing was to be done.
    pub nothing_to_do: u64,
    /// Not answered, with time left.
    pub open: u64,
    /// Not answered, and the time has passed.
    pub overdue_open: u64,
    /// Taken back by the centre.
    pub withdrawn: u64,
}

impl FeedbackTally {
    /// Share of feedback answered in time among that whose time has come or that was answered, in
    /// thousandths; nothing where there is none.
    #[must_use]
    pub fn on_time_permille(&self) -> Option<u16> {
        let all = self
            .on_time
            .saturating_add(self.late)
            .saturating_add(self.overdue_open);
        let share = self.on_time.saturating_mul(1000).checked_div(all)?;
        u16::try_from(share).ok()
    }

    /// The counts of one feedback.
    #[must_use]
    pub fn of(feedback: &Feedback) -> Self {
        let mut tally = Self {
            opened: 1,
            emergency: u64::from(feedback.urgency == Urgency::Emergency),
            ..Self::default()
        };
        let field = match &feedback.stage {
            Stage::Answered(answer) => {
                tally.nothing_to_do = u64::from(answer.action == Action::NothingToDo);
                if answer.late {
                    &mut tally.late
                } else {
                    &mut tally.on_time
                }
            }
            Stage::Open if feedback.missed.is_some() => &mut tally.overdue_open,
            Stage::Open => &mut tally.open,
            Stage::Withdrawn { .. } => &mut tally.withdrawn,
        };
        *field = 1;
        tally
    }

    /// Adds another's counts.
    pub fn add(&mut self, other: &Self) {
        for (mine, others) in [
            (&mut self.opened, other.opened),
            (&mut self.emergency, other.emergency),
            (&mut self.on_time, other.on_time),
            (&mut self.late, other.late),
            (&mut self.nothing_to_do, other.nothing_to_do),
            (&mut self.open, other.open),
            (&mut self.overdue_open, other.overdue_open),
            (&mut self.withdrawn, other.withdrawn),
        ] {
            *mine = mine.saturating_add(others);
        }
    }
}

/// A direct answer that used a point (R19).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UsedAnswer {
    /// The order that was answered.
    pub order: OrderId,
    /// The point as the order names it.
    pub point: String,
    /// Its version.
    pub version: u32,
    /// When it was answered.
    pub answered_at: DateTime<Utc>,
    /// The answer as it was given.
    pub answer: TextId,
}
