//! Knowledge points as they are shown.

use contract::knowledge::Finding as CoreFinding;
use knowledge_base::point::{self, DraftStage, Standing};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::content::{PointContent, ShownTerm, Span};
use super::{Keeper, KnowledgeDeadline, Severity, reference};
use crate::dto::Time;
use crate::dto::decisions::Attempt;

/// A knowledge point as it stands.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Point {
    /// Its draft, beside whatever is published.
    pub draft: Option<Draft>,
    /// The version that was published last, whether it may be used now or not.
    pub version: Option<Version>,
    /// Numbers of all versions that were ever published.
    pub versions: Vec<u32>,
    /// Whether a consultation may be answered from it now (Art. 13(1)).
    pub answers: bool,
    /// How long the last version is valid, confirmations counted in.
    pub validity: Option<Validity>,
    /// When its owner last confirmed it.
    pub confirmed_at: Option<Time>,
    /// A longer validity of the published version that waits for the centre.
    pub longer: Option<LongerWanted>,
    /// When it was taken down, if it is.
    pub taken_down_at: Option<Time>,
    /// By which side.
    pub taken_down_by: Option<Keeper>,
    /// Why: reference into `texts`.
    pub taken_down_reason: Option<Uuid>,
    /// What the plugins said of the last version since it was published, if they were asked again.
    pub rechecks: Option<Vec<Checked>>,
}

/// A draft.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = PointDraft)]
pub struct Draft {
    /// Its revision; checks, reviews and submissions are about one.
    pub revision: u32,
    /// Where it stands: `editing`, `under_review` or `awaiting_approval`.
    #[schema(example = "editing")]
    pub stage: &'static str,
    /// What it says.
    pub content: PointContent,
    /// How long it is to be valid.
    pub term: ShownTerm,
    /// Staff numbers of everybody who wrote it or handed it in; none of them reviews it.
    pub authors: Vec<String>,
    /// Staff number of who reviewed it, while it waits for the centre.
    pub reviewer: Option<String>,
    /// When it was last changed.
    pub edited_at: Time,
    /// What the plugins said of this revision; null until they were asked.
    pub checks: Option<Vec<Checked>>,
    /// Why it last came back: reference into `texts`.
    pub returned: Option<Uuid>,
}

/// A version that was published. It never changes.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = PointVersion)]
pub struct Version {
    /// Its number, from 1 without gaps.
    pub number: u32,
    /// What it says.
    pub content: PointContent,
    /// How long it was to be valid.
    pub term: ShownTerm,
    /// When it was published.
    pub published_at: Time,
    /// Staff numbers of who wrote it.
    pub authors: Vec<String>,
    /// Staff number of who reviewed it.
    pub reviewer: String,
    /// What the plugins said of it before.
    pub checks: Vec<Checked>,
    /// How long it was valid by its publication.
    pub validity: Validity,
}

/// How long a version is valid.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = PointValidity)]
pub struct Validity {
    /// Its end, and how that came about.
    pub expiry: KnowledgeDeadline,
    /// The last instant that it would have without anybody's approval.
    pub longest_until: Time,
    /// When its owner is reminded.
    pub reminders: Vec<Time>,
    /// Staff number of who approved it at the centre, where it is longer than that.
    pub approved_by: Option<String>,
    /// Why it is longer, in the unit's words.
    pub longer_reason: Option<String>,
}

/// A longer validity that was asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct LongerWanted {
    /// How long, from the approval.
    pub validity: Span,
    /// Why.
    pub reason: String,
    /// Staff number of who asked.
    pub by: String,
    /// When.
    pub at: Time,
}

/// One rule that was asked about a point, and what it found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = PointChecked)]
pub struct Checked {
    /// Its scope and image, and how it answered. A rule that failed blocks nothing.
    #[serde(flatten)]
    pub attempt: Attempt,
    /// What it found.
    pub findings: Vec<Finding>,
}

/// One finding about a point.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = PointFinding)]
pub struct Finding {
    /// How much it weighs.
    pub severity: Severity,
    /// Which part it is about, such as `legal_basis`; `point` for the whole.
    #[schema(example = "legal_basis")]
    pub field: String,
    /// Position in that part where it is a list, from 0.
    pub index: Option<u32>,
    /// Stable code of the plugin's own.
    #[schema(example = "validity-too-long")]
    pub code: String,
    /// What is wrong and what would be right.
    pub message: String,
}

impl Point {
    /// The point at an instant.
    #[must_use]
    pub fn new(point: &point::Point, now: chrono::DateTime<chrono::Utc>) -> Self {
        let down = match &point.standing {
            Standing::TakenDown(down) => Some(down),
            Standing::Unpublished | Standing::Published | Standing::Expired { .. } => None,
        };
        Self {
            draft: point.draft.as_ref().map(Into::into),
            version: point.last_version().map(Into::into),
            versions: point.versions.iter().map(|it| it.number).collect(),
            answers: point.may_answer_directly(now),
            validity: point.validity.as_ref().map(Into::into),
            confirmed_at: point.confirmed_at.map(Into::into),
            longer: point.longer.as_ref().map(|it| LongerWanted {
                validity: it.span.into(),
                reason: it.reason.clone(),
                by: it.by.clone(),
                at: it.at.into(),
            }),
            taken_down_at: down.map(|it| it.at.into()),
            taken_down_by: down.map(|it| it.by.into()),
            taken_down_reason: down.map(|it| reference(it.reason)),
            rechecks: point.rechecks.as_deref().map(all),
        }
    }
}

fn all(checks: &[point::Checked]) -> Vec<Checked> {
    checks.iter().map(Into::into).collect()
}

impl From<&point::Draft> for Draft {
    fn from(draft: &point::Draft) -> Self {
        let reviewer = match &draft.stage {
            DraftStage::AwaitingApproval { reviewer, .. } => Some(reviewer.clone()),
            DraftStage::Editing | DraftStage::UnderReview { .. } => None,
        };
        Self {
            revision: draft.revision,
            stage: draft.stage.name(),
            content: (&draft.content).into(),
            term: (&draft.term).into(),
            authors: draft.authors.iter().cloned().collect(),
            reviewer,
            edited_at: draft.edited_at.into(),
            checks: draft.checks.as_deref().map(all),
            returned: draft.returned.map(reference),
        }
    }
}

impl From<&point::Version> for Version {
    fn from(version: &point::Version) -> Self {
        Self {
            number: version.number,
            content: (&version.content).into(),
            term: (&version.term).into(),
            published_at: version.published_at.into(),
            authors: version.authors.iter().cloned().collect(),
            reviewer: version.reviewer.clone(),
            checks: all(&version.checks),
            validity: (&version.validity).into(),
        }
    }
}

impl From<&point::Validity> for Validity {
    fn from(validity: &point::Validity) -> Self {
        let approval = validity.approval.as_ref();
        Self {
            expiry: (&validity.expiry).into(),
            longest_until: validity.longest_until.into(),
            reminders: validity.reminders.iter().map(|it| it.at.into()).collect(),
            approved_by: approval.map(|it| it.by.clone()),
            longer_reason: approval.map(|it| it.reason.clone()),
        }
    }
}

impl From<&point::Checked> for Checked {
    fn from(checked: &point::Checked) -> Self {
        Self {
            attempt: (&checked.attempt).into(),
            findings: checked.findings.iter().map(Into::into).collect(),
        }
    }
}

impl From<&CoreFinding> for Finding {
    fn from(finding: &CoreFinding) -> Self {
        let field = serde_json::to_value(finding.field).unwrap_or_default();
        Self {
            severity: finding.severity.into(),
            field: field.as_str().unwrap_or_default().to_owned(),
            index: finding.index,
            code: finding.code.clone(),
            message: finding.message.clone(),
        }
    }
}
