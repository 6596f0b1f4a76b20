//! What can be asked of a notice of a change.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use lifecycle::ids::{TextId, UnitCode};
use serde::Serialize;

use super::state::{ChangeKind, MeasureKind, PassedOn};
use crate::ids::PointId;

/// A command on a notice of a change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// Tell the centre of a change.
    Announce(NewChange),
    /// The change is another one, or comes at another time.
    Amend {
        /// From when it is in effect.
        effective_on: NaiveDate,
        /// What changes.
        summary: String,
    },
    /// The centre has seen it.
    Acknowledge,
    /// The centre told others: agents, districts' offices, other units.
    PassOn {
        /// Whom.
        to: PassedOn,
    },
    /// A joint measure was taken.
    RecordMeasure {
        /// Which.
        measure: MeasureKind,
        /// On which day.
        done_on: NaiveDate,
        /// Points that were written or revised by it.
        points: Vec<PointId>,
        /// In the words of who took it.
        note: Option<TextId>,
    },
    /// The questions have been answered; nothing more is to be done.
    Close {
        /// Closing note.
        note: TextId,
    },
    /// The change does not come.
    Cancel {
        /// Why.
        reason: TextId,
    },
}

/// A new notice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewChange {
    /// The unit whose business changes.
    pub unit: UnitCode,
    /// Which kind of change.
    pub kind: ChangeKind,
    /// Title.
    pub title: String,
    /// What changes, for whom, and what people will ask.
    pub summary: String,
    /// From when it is in effect.
    pub effective_on: NaiveDate,
    /// Points that it touches.
    pub points: Vec<PointId>,
    /// Measures that unit and centre have agreed on.
    pub planned: BTreeSet<MeasureKind>,
}

/// The kinds of command, without what they carry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum CommandKind {
    /// See [`Command::Announce`].
    Announce,
    /// See [`Command::Amend`].
    Amend,
    /// See [`Command::Acknowledge`].
    Acknowledge,
    /// See [`Command::PassOn`].
    PassOn,
    /// See [`Command::RecordMeasure`].
    RecordMeasure,
    /// See [`Command::Close`].
    Close,
    /// See [`Command::Cancel`].
    Cancel,
}

impl CommandKind {
    /// All kinds, in the order of their declaration.
    pub const ALL: [Self; 7] = [
        Self::Announce,
        Self::Amend,
        Self::Acknowledge,
        Self::PassOn,
        Self::RecordMeasure,
        Self::Close,
        Self::Cancel,
    ];

    /// Stable name, as in JSON.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Announce => "announce_change_notice",
            Self::Amend => "amend_change_notice",
            Self::Acknowledge => "acknowledge_change_notice",
            Self::PassOn => "pass_on_change_notice",
            Self::RecordMeasure => "record_measure",
            Self::Close => "close_change_notice",
            Self::Cancel => "cancel_change_notice",
        }
    }
}

impl Command {
    /// Which kind of command it is.
    #[must_use]
    pub const fn kind(&self) -> CommandKind {
        match self {
            Self::Announce(_) => CommandKind::Announce,
            Self::Amend { .. } => CommandKind::Amend,
            Self::Acknowledge => CommandKind::Acknowledge,
            Self::PassOn { .. } => CommandKind::PassOn,
            Self::RecordMeasure { .. } => CommandKind::RecordMeasure,
            Self::Close { .. } => CommandKind::Close,
            Self::Cancel { .. } => CommandKind::Cancel,
        }
    }

    /// The points that it names; the shell looks them up.
    pub fn points(&self) -> impl Iterator<Item = &PointId> {
        let points: &[PointId] = match self {
            Self::Announce(new) => &new.points,
            Self::RecordMeasure { points, .. } => points,
            Self::Amend { .. }
            | Self::Acknowledge
            | Self::PassOn { .. }
            | Self::Close { .. }
            | Self::Cancel { .. } => &[],
        };
        points.iter()
    }
}
