//! What has happened to an outage.

use chrono::{DateTime, Utc};
use lifecycle::ids::TextId;
use serde::{Deserialize, Serialize};

use super::state::{Notice, Progress, Report, Script, Update};
use crate::deadline::{Deadline, Missed};
use crate::ids::OutageId;

/// An event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "event", content = "data")]
pub enum Event {
    /// A service is down.
    Reported {
        /// Number of the outage.
        outage: OutageId,
        /// What was reported.
        report: Report,
        /// From when it counts.
        counts_from: DateTime<Utc>,
        /// By when the answer script is due.
        script_by: Deadline,
        /// From when it is in its second stage, if it lasts.
        second_stage_at: DateTime<Utc>,
    },
    /// Something else is known.
    Corrected(Progress),
    /// It was published on a home page.
    NoticePublished(Notice),
    /// An answer script came.
    ScriptProvided {
        /// The script.
        script: Script,
        /// Whether it is the first one and came after its time.
        late: bool,
    },
    /// It has lasted into its second stage.
    SecondStageBegun {
        /// By when the unit tells the centre how it goes.
        update_by: Deadline,
    },
    /// The unit told the centre how it goes.
    ProgressTold {
        /// What.
        update: Update,
        /// By when the next time, while it lasts.
        update_by: Deadline,
    },
    /// A deadline passed before what it is for was done.
    DeadlineMarked(Missed),
    /// A deadline was recomputed under a new calendar (C3).
    DeadlineRecomputed {
        /// As it is now.
        deadline: Deadline,
        /// What its due instant was before.
        previous_due_at: DateTime<Utc>,
    },
    /// The service works again.
    Ended {
        /// Since when.
        ended_at: DateTime<Utc>,
        /// Closing note.
        note: Option<TextId>,
    },
}

impl Event {
    /// Stable name, as in JSON.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Reported { .. } => "reported",
            Self::Corrected(_) => "corrected",
            Self::NoticePublished(_) => "notice_published",
            Self::ScriptProvided { .. } => "script_provided",
            Self::SecondStageBegun { .. } => "second_stage_begun",
            Self::ProgressTold { .. } => "progress_told",
            Self::DeadlineMarked(_) => "deadline_marked",
            Self::DeadlineRecomputed { .. } => "deadline_recomputed",
            Self::Ended { .. } => "ended",
        }
    }

    /// The texts that it refers to.
    #[must_use]
    pub fn texts(&self) -> Vec<TextId> {
        match self {
            Self::ProgressTold { update, .. } => vec![update.progress],
            Self::Ended { note, .. } => note.iter().copied().collect(),
            Self::Reported { .. }
            | Self::Corrected(_)
            | Self::NoticePublished(_)
            | Self::ScriptProvided { .. }
            | Self::SecondStageBegun { .. }
            | Self::DeadlineMarked(_)
            | Self::DeadlineRecomputed { .. } => Vec::new(),
        }
    }
}
