//! What has happened to a point. Past tense; the journal keeps these for ever, so a variant or a field
//! is only ever added, never changed in meaning. What a point says is public and stands here in full;
//! the words in which somebody refuses something are references.

use contract::knowledge::{Finding, Severity};
use lifecycle::advice::Attempt;
use lifecycle::ids::{TextId, UnitCode};
use serde::{Deserialize, Serialize};

use super::content::Content;
use super::state::Keeper;
use super::validity::{Span, Term, Validity};
use crate::ids::PointId;

/// An event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "event", content = "data")]
pub enum Event {
    /// A point was begun; its draft is at revision 1.
    Opened {
        /// Its number.
        point: PointId,
        /// Whose it is.
        owner: UnitCode,
        /// What it says.
        content: Content,
        /// How long it is to be valid.
        term: Term,
    },
    /// The draft was changed; it is with its writers again.
    Edited {
        /// Its revision now.
        revision: u32,
        /// What it says.
        content: Content,
        /// How long it is to be valid.
        term: Term,
    },
    /// A draft was begun beside what is there.
    Revised {
        /// Its revision.
        revision: u32,
        /// What it says.
        content: Content,
        /// How long it is to be valid.
        term: Term,
    },
    /// The draft was dropped.
    Discarded,
    /// Plugins were asked.
    Checked {
        /// About what.
        subject: Subject,
        /// Who answered what, each with its scope and image.
        checks: Vec<Checked>,
        /// The decision and what was asked in it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        asked: Option<Asked>,
    },
    /// The draft was handed to a second person.
    Submitted {
        /// Its revision.
        revision: u32,
    },
    /// The review failed; the draft is with its writers again.
    ReviewFailed {
        /// Why.
        reason: TextId,
    },
    /// The review passed, and the centre must approve the longer validity.
    ReviewPassed,
    /// The draft was published as the next version, by its reviewer or by who approved its validity.
    Published {
        /// Number of the version, from 1 without gaps.
        version: u32,
        /// How long it is valid.
        validity: Validity,
    },
    /// The owner confirmed the version.
    Confirmed {
        /// How long it is valid now.
        validity: Validity,
    },
    /// A longer validity of the version was asked for.
    LongerRequested {
        /// How long, from the approval.
        span: Span,
        /// Why.
        reason: String,
    },
    /// The centre approved it for the version.
    LongerApproved {
        /// How long it is valid now.
        validity: Validity,
    },
    /// The centre refused it for the version.
    LongerRefused {
        /// Why.
        reason: TextId,
    },
    /// The centre refused it for the draft, which is with its writers again.
    DraftLongerRefused {
        /// Why.
        reason: TextId,
    },
    /// The owner was reminded.
    Reminded {
        /// So many days before the last one, by the schedule.
        days: u16,
    },
    /// The validity has ended.
    Expired,
    /// The version was taken down.
    TakenDown {
        /// By which side.
        by: Keeper,
        /// Why.
        reason: TextId,
    },
    /// The version answers again.
    Restored,
}

/// What is checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Subject {
    /// The draft at this revision.
    Draft(u32),
    /// The published version of this number.
    Version(u32),
}

/// A question to the plugins, as the decision log knows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asked {
    /// Identifier of the decision, also the seed of the guests' random numbers.
    pub decision: uuid::Uuid,
    /// SHA-256 of the question's canonical bytes, in hex; the store keeps the bytes.
    pub question: String,
}

/// One rule that was asked, and what it found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Checked {
    /// Its scope and image, and how it answered. A failure blocks nothing.
    pub attempt: Attempt,
    /// What it found.
    pub findings: Vec<Finding>,
}

impl Checked {
    /// What it found that blocks.
    pub fn blocking(&self) -> impl Iterator<Item = &Finding> {
        self.findings
            .iter()
            .filter(|finding| finding.severity == Severity::Block)
    }
}

impl Event {
    /// Stable name, as in JSON.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Opened { .. } => "opened",
            Self::Edited { .. } => "edited",
            Self::Revised { .. } => "revised",
            Self::Discarded => "discarded",
            Self::Checked { .. } => "checked",
            Self::Submitted { .. } => "submitted",
            Self::ReviewFailed { .. } => "review_failed",
            Self::ReviewPassed => "review_passed",
            Self::Published { .. } => "published",
            Self::Confirmed { .. } => "confirmed",
            Self::LongerRequested { .. } => "longer_requested",
            Self::LongerApproved { .. } => "longer_approved",
            Self::LongerRefused { .. } => "longer_refused",
            Self::DraftLongerRefused { .. } => "draft_longer_refused",
            Self::Reminded { .. } => "reminded",
            Self::Expired => "expired",
            Self::TakenDown { .. } => "taken_down",
            Self::Restored => "restored",
        }
    }

    /// The texts that it refers to.
    #[must_use]
    pub fn texts(&self) -> Vec<TextId> {
        match self {
            Self::ReviewFailed { reason }
            | Self::LongerRefused { reason }
            | Self::DraftLongerRefused { reason }
            | Self::TakenDown { reason, .. } => vec![*reason],
            Self::Opened { .. }
            | Self::Edited { .. }
            | Self::Revised { .. }
            | Self::Discarded
            | Self::Checked { .. }
            | Self::Submitted { .. }
            | Self::ReviewPassed
            | Self::Published { .. }
            | Self::Confirmed { .. }
            | Self::LongerRequested { .. }
            | Self::LongerApproved { .. }
            | Self::Reminded { .. }
            | Self::Expired
            | Self::Restored => Vec::new(),
        }
    }
}
