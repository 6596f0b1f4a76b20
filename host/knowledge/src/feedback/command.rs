//! What can be asked of a feedback.

use lifecycle::ids::{TextId, UnitCode};
use serde::Serialize;

use super::state::{Action, Fault, Urgency};
use crate::ids::PointId;

/// A command on a feedback.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// Ask a unit to see to a point, or to write one.
    Open(NewFeedback),
    /// The unit answers: what it did, or why nothing is to be done.
    Answer {
        /// What was done.
        action: Action,
        /// In the unit's words; needed where nothing is to be done.
        explanation: Option<TextId>,
    },
    /// Take the feedback back; it was a mistake.
    Withdraw {
        /// Why.
        reason: TextId,
    },
}

/// A new feedback.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewFeedback {
    /// The unit that is asked; the owner of the point.
    pub unit: UnitCode,
    /// The point; none where a new one is needed.
    pub point: Option<PointId>,
    /// What is the matter.
    pub fault: Fault,
    /// How soon.
    pub urgency: Urgency,
    /// In the centre's words.
    pub description: TextId,
}

/// The kinds of command, without what they carry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum CommandKind {
    /// See [`Command::Open`].
    Open,
    /// See [`Command::Answer`].
    Answer,
    /// See [`Command::Withdraw`].
    Withdraw,
}

impl CommandKind {
    /// All kinds, in the order of their declaration.
    pub const ALL: [Self; 3] = [Self::Open, Self::Answer, Self::Withdraw];

    /// Stable name, as in JSON.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Open => "open_feedback",
            Self::Answer => "answer_feedback",
            Self::Withdraw => "withdraw_feedback",
        }
    }
}

impl Command {
    /// Which kind of command it is.
    #[must_use]
    pub const fn kind(&self) -> CommandKind {
        match self {
            Self::Open(_) => CommandKind::Open,
            Self::Answer { .. } => CommandKind::Answer,
            Self::Withdraw { .. } => CommandKind::Withdraw,
        }
    }

    /// The points that it names; the shell looks them up.
    pub fn points(&self) -> impl Iterator<Item = &PointId> {
        let point = match self {
            Self::Open(new) => new.point.as_ref(),
            Self::Answer {
                action: Action::Added { point },
                ..
            } => Some(point),
            Self::Answer {
                action:
                    Action::Revised | Action::Confirmed | Action::TakenDown | Action::NothingToDo,
                ..
            }
            | Self::Withdraw { .. } => None,
        };
        point.into_iter()
    }
}
