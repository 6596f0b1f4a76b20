//! What has happened to a feedback.

use chrono::{DateTime, Utc};
use lifecycle::ids::{TextId, UnitCode};
use serde::{Deserialize, Serialize};

use super::state::{Answer, Fault, Urgency};
use crate::deadline::{Deadline, Missed};
use crate::ids::{FeedbackId, PointId};

/// An event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "event", content = "data")]
pub enum Event {
    /// The centre asked a unit.
    Opened {
        /// Number of the feedback.
        feedback: FeedbackId,
        /// The unit.
        unit: UnitCode,
        /// The point; none where a new one is needed.
        point: Option<PointId>,
        /// What is the matter.
        fault: Fault,
        /// How soon.
        urgency: Urgency,
        /// In the centre's words.
        description: TextId,
        /// By when the unit answers.
        answer_by: Deadline,
    },
    /// The unit answered.
    Answered(Answer),
    /// The centre took it back.
    Withdrawn {
        /// Why.
        reason: TextId,
    },
    /// The time passed without an answer.
    DeadlineMarked(Missed),
    /// The deadline was recomputed under a new calendar (C3).
    DeadlineRecomputed {
        /// As it is now.
        deadline: Deadline,
        /// What its due instant was before.
        previous_due_at: DateTime<Utc>,
    },
}

impl Event {
    /// Stable name, as in JSON.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Opened { .. } => "opened",
            Self::Answered(_) => "answered",
            Self::Withdrawn { .. } => "withdrawn",
            Self::DeadlineMarked(_) => "deadline_marked",
            Self::DeadlineRecomputed { .. } => "deadline_recomputed",
        }
    }

    /// The texts that it refers to.
    #[must_use]
    pub fn texts(&self) -> Vec<TextId> {
        match self {
            Self::Opened { description, .. } => vec![*description],
            Self::Answered(answer) => answer.explanation.into_iter().collect(),
            Self::Withdrawn { reason } => vec![*reason],
            Self::DeadlineMarked(_) | Self::DeadlineRecomputed { .. } => Vec::new(),
        }
    }
}
