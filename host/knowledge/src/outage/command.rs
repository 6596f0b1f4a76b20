//! What can be asked of an outage.

use chrono::{DateTime, Utc};
use lifecycle::ids::TextId;
use serde::Serialize;

use super::state::{Notice, Progress, Report, Script, Support};
use crate::ids::PointId;

/// A command on an outage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// Report that a service is down.
    Report(Report),
    /// What is known has changed: cause, affected scope, expected recovery.
    Correct(Progress),
    /// The unit published it on the home page (Art. 38).
    PublishNotice(Notice),
    /// The unit gives the answer script, or a new one (Art. 38).
    ProvideScript(Script),
    /// The unit tells the centre how a long outage goes (Art. 38).
    TellProgress {
        /// How it goes.
        progress: TextId,
        /// By what the answers are supported.
        support: Support,
    },
    /// The service works again.
    End {
        /// Since when.
        ended_at: DateTime<Utc>,
        /// Closing note.
        note: Option<TextId>,
    },
}

/// The kinds of command, without what they carry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum CommandKind {
    /// See [`Command::Report`].
    Report,
    /// See [`Command::Correct`].
    Correct,
    /// See [`Command::PublishNotice`].
    PublishNotice,
    /// See [`Command::ProvideScript`].
    ProvideScript,
    /// See [`Command::TellProgress`].
    TellProgress,
    /// See [`Command::End`].
    End,
}

impl CommandKind {
    /// All kinds, in the order of their declaration.
    pub const ALL: [Self; 6] = [
        Self::Report,
        Self::Correct,
        Self::PublishNotice,
        Self::ProvideScript,
        Self::TellProgress,
        Self::End,
    ];

    /// Stable name, as in JSON.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Report => "report_outage",
            Self::Correct => "correct_outage",
            Self::PublishNotice => "publish_outage_notice",
            Self::ProvideScript => "provide_outage_script",
            Self::TellProgress => "tell_outage_progress",
            Self::End => "end_outage",
        }
    }
}

impl Command {
    /// Which kind of command it is.
    #[must_use]
    pub const fn kind(&self) -> CommandKind {
        match self {
            Self::Report(_) => CommandKind::Report,
            Self::Correct(_) => CommandKind::Correct,
            Self::PublishNotice(_) => CommandKind::PublishNotice,
            Self::ProvideScript(_) => CommandKind::ProvideScript,
            Self::TellProgress { .. } => CommandKind::TellProgress,
            Self::End { .. } => CommandKind::End,
        }
    }

    /// The points that it names; the shell looks them up.
    pub fn points(&self) -> impl Iterator<Item = &PointId> {
        let point = match self {
            Self::ProvideScript(script) => script.point.as_ref(),
            Self::TellProgress {
                support: Support::Script(script),
                ..
            } => script.point.as_ref(),
            Self::TellProgress {
                support: Support::OnSite | Support::Unchanged,
                ..
            }
            | Self::Report(_)
            | Self::Correct(_)
            | Self::PublishNotice(_)
            | Self::End { .. } => None,
        };
        point.into_iter()
    }
}
