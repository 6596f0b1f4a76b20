//! A long-term matter: the units that it is listed with and the orders that belong to it (R50, R52–R54,
//! Art. 25(3), 26).

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::deadline::DossierDeadline;
use crate::ids::{OrderId, RequesterId, TextId, UnitCode};

/// A long-term matter 长期推进事项 (R50, R52–R54, Art. 25(3), 26).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LongTermMatter {
    /// Title, without personal data.
    pub title: String,
    /// Why it is listed: what makes it concentrated, lasting and complex.
    pub criteria: TextId,
    /// The units concerned, with whom the listing was agreed (R52); one entry a listing of a unit.
    pub tasks: Vec<Task>,
    /// Orders that belong to it, by number. Each keeps its own requester: Art. 26(2) lets a unit end
    /// repeated orders of the same requester only (R53, A-25).
    pub members: Vec<Member>,
    /// By when the units are told of it again (R52).
    pub bulletin_by: DossierDeadline,
    /// When it was closed, if it was.
    pub closed_at: Option<DateTime<Utc>>,
}

/// An order that belongs to a long-term matter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Member {
    /// The order.
    pub order: OrderId,
    /// Who filed it.
    pub requester: RequesterId,
    /// The unit that had it when it was added; that unit tells the requester how the matter stands.
    pub unit: Option<UnitCode>,
}

/// A unit as it is listed with a long-term matter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListedUnit {
    /// The unit.
    pub unit: UnitCode,
    /// By when it makes its plan (R53).
    pub plan_by: DossierDeadline,
    /// By when it tells the requesters for the first time (R53).
    pub progress_by: DossierDeadline,
}

/// What one unit does about a long-term matter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Task {
    /// The unit.
    pub unit: UnitCode,
    /// When it received the listing, which is when it was listed.
    pub listed_at: DateTime<Utc>,
    /// By when it makes its plan.
    pub plan_by: DossierDeadline,
    /// Its plan; the latest counts.
    pub plan: Option<TextId>,
    /// By when it tells the requesters the next time.
    pub progress_by: DossierDeadline,
    /// When it told them last.
    pub progress_at: Option<DateTime<Utc>>,
    /// Its latest stage report to the centre (R54).
    pub stage_report: Option<TextId>,
    /// Where it stands.
    pub stage: TaskStage,
}

/// Where a unit stands with a long-term matter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "stage")]
pub enum TaskStage {
    /// It works on it.
    Advancing,
    /// The statutory procedure has ended; the final situation is to be reported upward.
    Reporting {
        /// By when.
        report_by: DossierDeadline,
    },
    /// Reported; the superior guiding department's opinion is awaited, for which the law sets no time.
    AwaitingOpinion,
    /// The opinion is there; requesters and centre are to be told.
    FeedingBack {
        /// By when, as a target of the centre's own.
        feedback_by: DossierDeadline,
    },
    /// Requesters and centre were told.
    Done {
        /// When.
        at: DateTime<Utc>,
    },
    /// The centre took the unit off the matter.
    Removed {
        /// When.
        at: DateTime<Utc>,
    },
}

impl TaskStage {
    /// Stable name, as in JSON.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Advancing => "advancing",
            Self::Reporting { .. } => "reporting",
            Self::AwaitingOpinion => "awaiting_opinion",
            Self::FeedingBack { .. } => "feeding_back",
            Self::Done { .. } => "done",
            Self::Removed { .. } => "removed",
        }
    }
}

impl LongTermMatter {
    /// The unit's task, unless it was taken off the matter.
    #[must_use]
    pub fn task(&self, unit: &UnitCode) -> Option<&Task> {
        self.active_tasks().find(|task| task.unit == *unit)
    }

    /// The tasks of the units that are on the matter.
    pub fn active_tasks(&self) -> impl Iterator<Item = &Task> {
        let active = |task: &&Task| !matches!(task.stage, TaskStage::Removed { .. });
        self.tasks.iter().filter(active)
    }

    /// The orders whose requesters the unit tells: those that it had when they were added, and those
    /// of nobody concerned.
    pub fn told_by<'a>(&'a self, unit: &'a UnitCode) -> impl Iterator<Item = &'a Member> {
        let tells = move |member: &&Member| match &member.unit {
            Some(of) => of == unit || self.task(of).is_none(),
            None => true,
        };
        self.members.iter().filter(tells)
    }

    pub(super) fn running_deadlines(&self) -> Vec<&DossierDeadline> {
        if self.closed_at.is_some() {
            return Vec::new();
        }
        let mut running = vec![&self.bulletin_by];
        for task in &self.tasks {
            match &task.stage {
                TaskStage::Advancing => {
                    running.extend(task.plan.is_none().then_some(&task.plan_by));
                    running.push(&task.progress_by);
                }
                TaskStage::Reporting { report_by } => {
                    running.extend([&task.progress_by, report_by]);
                }
                TaskStage::AwaitingOpinion => running.push(&task.progress_by),
                TaskStage::FeedingBack { feedback_by } => {
                    running.extend([&task.progress_by, feedback_by]);
                }
                TaskStage::Done { .. } | TaskStage::Removed { .. } => {}
            }
        }
        running
    }
}
