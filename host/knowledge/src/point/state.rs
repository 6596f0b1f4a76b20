//! The state of a point: folded from its events, never stored as the truth.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use lifecycle::ids::{TextId, UnitCode};
use serde::{Deserialize, Serialize};

use super::content::Content;
use super::event::Checked;
use super::validity::{Span, Term, Validity};
use crate::Rejection;
use crate::ids::PointId;

/// A knowledge point.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Point {
    /// Its number.
    pub id: PointId,
    /// Number of events so far; the version of the journal that a command may be made against.
    pub version: u64,
    /// The unit that owns it (R66).
    pub owner: UnitCode,
    /// When it was begun.
    pub opened_at: DateTime<Utc>,
    /// Revision of the latest draft; it never goes back.
    pub revision: u32,
    /// The draft, if there is one, beside whatever is published.
    pub draft: Option<Draft>,
    /// Every version that was ever published, in order.
    pub versions: Vec<Version>,
    /// Where the last version stands.
    pub standing: Standing,
    /// What the plugins said of the last version since it was published, if they were asked again.
    pub rechecks: Option<Vec<Checked>>,
    /// How long the last version is valid.
    pub validity: Option<Validity>,
    /// The last reminder that was sent in this validity, in days by the schedule.
    pub reminded: Option<u16>,
    /// A longer validity of the published version that the centre has not decided about.
    pub longer: Option<LongerRequest>,
    /// When the owner last confirmed the last version.
    pub confirmed_at: Option<DateTime<Utc>>,
}

/// A draft.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Draft {
    /// Its revision.
    pub revision: u32,
    /// What it says.
    pub content: Content,
    /// How long it is to be valid.
    pub term: Term,
    /// Everybody who wrote it or handed it in: none of them reviews it (R66).
    pub authors: BTreeSet<String>,
    /// When it was last changed.
    pub edited_at: DateTime<Utc>,
    /// What the plugins said of this revision, once they were asked.
    pub checks: Option<Vec<Checked>>,
    /// Where it stands.
    pub stage: DraftStage,
    /// Why it last came back.
    pub returned: Option<TextId>,
}

/// Where a draft stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "stage")]
pub enum DraftStage {
    /// With its writers.
    Editing,
    /// With a second person of the unit.
    UnderReview {
        /// Since when.
        since: DateTime<Utc>,
    },
    /// With the centre, for the longer validity.
    AwaitingApproval {
        /// Since when.
        since: DateTime<Utc>,
        /// Who reviewed it.
        reviewer: String,
    },
}

impl DraftStage {
    /// Stable name, as in JSON.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Editing => "editing",
            Self::UnderReview { .. } => "under_review",
            Self::AwaitingApproval { .. } => "awaiting_approval",
        }
    }
}

/// A version that was published. It never changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Version {
    /// Its number, from 1 without gaps.
    pub number: u32,
    /// What it says.
    pub content: Content,
    /// How long it was to be valid.
    pub term: Term,
    /// When it was published.
    pub published_at: DateTime<Utc>,
    /// Who wrote it.
    pub authors: BTreeSet<String>,
    /// Who reviewed it; none of the authors.
    pub reviewer: String,
    /// What the plugins said of it before.
    pub checks: Vec<Checked>,
    /// How long it was valid by its publication; confirmations come on top and stand in the journal.
    pub validity: Validity,
}

/// Where the last version stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "standing")]
pub enum Standing {
    /// Nothing was ever published.
    Unpublished,
    /// It is published, and answers as long as it is valid.
    Published,
    /// It was taken down.
    TakenDown(TakeDown),
    /// Its validity has ended.
    Expired {
        /// When that was recorded; the validity says when it was.
        recorded_at: DateTime<Utc>,
    },
}

/// A version that was taken down.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TakeDown {
    /// When.
    pub at: DateTime<Utc>,
    /// By which side.
    pub by: Keeper,
    /// Why.
    pub reason: TextId,
}

/// Who keeps the knowledge base (Art. 33(2)): what the centre took down, only the centre restores.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Keeper {
    /// The unit that owns the point.
    Owner,
    /// The hotline centre.
    Center,
}

/// A longer validity that was asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LongerRequest {
    /// How long, from the approval.
    pub span: Span,
    /// Why.
    pub reason: String,
    /// By whom.
    pub by: String,
    /// When.
    pub at: DateTime<Utc>,
}

impl Point {
    /// The version that was published last, whether it may be used or not.
    #[must_use]
    pub fn last_version(&self) -> Option<&Version> {
        self.versions.last()
    }

    /// The version of that number.
    #[must_use]
    pub fn numbered(&self, number: u32) -> Option<&Version> {
        self.versions.iter().find(|it| it.number == number)
    }

    /// Whether the validity has ended at `at`, whether that was recorded or not (T8).
    #[must_use]
    pub fn is_expired(&self, at: DateTime<Utc>) -> bool {
        let validity = self.validity.as_ref();
        matches!(self.standing, Standing::Expired { .. })
            || validity.is_some_and(|validity| validity.expiry.is_late(at))
    }

    /// Where it stands at `at`, by name: `unpublished`, `published`, `expiring` once its owner was
    /// reminded, `taken_down` or `expired` (R67). A draft has a stage of its own besides.
    #[must_use]
    pub fn stage(&self, at: DateTime<Utc>) -> &'static str {
        match self.standing {
            Standing::Unpublished => "unpublished",
            _ if self.is_expired(at) => "expired",
            Standing::Published if self.reminded.is_some() => "expiring",
            Standing::Published => "published",
            Standing::TakenDown(_) => "taken_down",
            Standing::Expired { .. } => "expired",
        }
    }

    /// The version that consultations may be answered from at `at` (R19, R67).
    ///
    /// # Errors
    /// Why there is none: nothing is published, it was taken down, or its validity has ended.
    pub fn answering(&self, at: DateTime<Utc>) -> Result<&Version, Rejection> {
        let needed = "published";
        let not_published = |stage| Rejection::WrongStage { stage, needed };
        let version = self
            .last_version()
            .filter(|it| it.published_at <= at)
            .ok_or(not_published("unpublished"))?;
        if self.is_expired(at) {
            let expiry = self.validity.as_ref().unwrap_or(&version.validity);
            return Err(Rejection::Expired {
                last_day: calendar::last_day(expiry.expiry.due.due_at),
            });
        }
        match self.standing {
            Standing::Published => Ok(version),
            Standing::TakenDown(_) => Err(not_published("taken_down")),
            Standing::Unpublished | Standing::Expired { .. } => Err(not_published(self.stage(at))),
        }
    }

    /// Whether a consultation may be answered from it at `at` (R19, P10).
    #[must_use]
    pub fn may_answer_directly(&self, at: DateTime<Utc>) -> bool {
        self.answering(at).is_ok()
    }

    /// Whether a consultation may be answered at `at` from the version that somebody has read.
    ///
    /// # Errors
    /// Why not, as [`Self::answering`]; or another version is published by now.
    pub fn check_direct_answer(&self, version: u32, at: DateTime<Utc>) -> Result<(), Rejection> {
        let published = self.answering(at)?.number;
        if version == published {
            Ok(())
        } else {
            let given = version;
            Err(Rejection::Superseded { given, published })
        }
    }
}
