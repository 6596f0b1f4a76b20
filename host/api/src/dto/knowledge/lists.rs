//! Lists of the knowledge base: entries, what expires, answers that were given, checks in bulk.

use engine::ports::{self, ExpiringPoints, KnowledgeSummary};
use engine::{CheckedPoint, DirectAnswerLine};
use knowledge_base::point::Subject;
use lifecycle::ids::UnitCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::points::Checked;
use super::{EntryKind, PointKind};
use crate::dto::Time;

/// A line of a list of entries.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct KnowledgeLine {
    /// Number of the entry.
    pub id: String,
    /// Version.
    pub version: u64,
    /// Kind of entry.
    pub kind: EntryKind,
    /// The unit that it is about.
    pub unit: String,
    /// Stage by name.
    pub stage: String,
    /// Of a point: where its draft stands, if it has one.
    pub draft_stage: Option<String>,
    /// Title, or the name of the system that is down.
    pub title: Option<String>,
    /// Kind of point.
    pub point_kind: Option<PointKind>,
    /// Of a point: number of the version that was published last.
    pub published_version: Option<u32>,
    /// When it was opened.
    pub opened_at: Time,
    /// Of a point: the last instant of its validity.
    pub expires_at: Option<Time>,
    /// The deadline that runs now and ends, or ended, first.
    pub due_at: Option<Time>,
    /// Whether one may move when a holiday notice is imported.
    pub provisional: bool,
    /// Whether a limit of the law was missed.
    pub overdue: bool,
    /// Of a point: whether a longer validity waits for the centre.
    pub longer: bool,
}

/// A page of entries, newest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct KnowledgePage {
    /// The entries.
    pub items: Vec<KnowledgeLine>,
    /// `after` of the next page; null on the last one. Also in the `Link` header.
    pub next: Option<String>,
}

/// Which units' points expire soon (Art. 35).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Expiring {
    /// Within so many days.
    pub days: u16,
    /// How many points in all.
    pub count: u64,
    /// The units; those without any are left out.
    pub units: Vec<ExpiringUnit>,
}

/// A unit's points that expire soon.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ExpiringUnit {
    /// The unit.
    pub unit: String,
    /// How many.
    pub count: u64,
    /// When the first of them ends.
    pub first_at: Time,
    /// Of how many the unit was reminded.
    pub reminded: u64,
}

/// Feedback and what came of it, by unit (Art. 36).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct FeedbackFigures {
    /// The rows.
    pub rows: Vec<FeedbackRow>,
}

/// A unit's feedback of a period.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct FeedbackRow {
    /// The month, where months are counted apart.
    #[schema(example = "2026-10")]
    pub month: Option<String>,
    /// The unit.
    pub unit: String,
    /// Opened in the period.
    pub opened: u64,
    /// Emergencies among them.
    pub emergency: u64,
    /// Answered in time.
    pub on_time: u64,
    /// Answered late.
    pub late: u64,
    /// Answered that nothing is to be done.
    pub nothing_to_do: u64,
    /// Not answered yet, in time so far.
    pub open: u64,
    /// Not answered yet, and overdue.
    pub overdue_open: u64,
    /// Withdrawn by the centre.
    pub withdrawn: u64,
    /// Answered in time among those that had to be answered by now, in thousandths; null where there are
    /// none.
    pub on_time_permille: Option<u16>,
}

/// A direct answer that used a point (Art. 13(1)).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct DirectAnswer {
    /// Number of the order.
    pub order: String,
    /// Number of the point.
    pub point: String,
    /// Version of the point that was used.
    pub version: u32,
    /// When.
    pub answered_at: Time,
    /// The text that was given; null where it was erased. Masked for everybody but the centre.
    pub text: Option<String>,
}

/// A page of direct answers, newest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct DirectAnswerPage {
    /// The answers.
    pub items: Vec<DirectAnswer>,
    /// `after` of the next page; null on the last one. Also in the `Link` header.
    pub next: Option<String>,
}

/// What of each point is checked.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CheckPart {
    /// The published version.
    Published,
    /// The draft.
    Draft,
    /// Both.
    #[default]
    Both,
}

/// An image that is asked as if it were active.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CandidateImage {
    /// Digest, or its first digits where they name one image.
    pub image: String,
    /// The scope that it would be active in; only points of the scope are asked.
    #[schema(example = "440106")]
    pub scope: String,
}

/// A check of many points at once. Nothing is recorded and nobody is told.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BulkCheck {
    /// What of each point; both, if not given.
    #[serde(default)]
    pub part: CheckPart,
    /// An image to be asked as if it were active.
    pub candidate: Option<CandidateImage>,
    /// Points of this unit only.
    #[schema(value_type = Option<String>)]
    pub unit: Option<UnitCode>,
    /// This point only.
    pub point: Option<String>,
    /// Where the page begins: `next` of the page before.
    pub after: Option<String>,
    /// Points on a page, 1 to 200; 50 if not given.
    #[schema(minimum = 1, maximum = 200, default = 50)]
    pub limit: Option<u32>,
}

/// A page of a check, by number.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct BulkCheckPage {
    /// How many points there are to look at in all; on the first page only.
    pub total: Option<u64>,
    /// How many this page looked at.
    pub looked_at: u64,
    /// What was asked, and what was found.
    pub items: Vec<CheckedPart>,
    /// `after` of the next page; null on the last one.
    pub next: Option<String>,
}

/// A draft or a version, and what the plugins say of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct CheckedPart {
    /// Number of the point.
    pub point: String,
    /// The unit that owns it.
    pub unit: String,
    /// Title.
    pub title: String,
    /// Revision of the draft, where it was asked about.
    pub draft: Option<u32>,
    /// Number of the version, where it was asked about.
    pub version: Option<u32>,
    /// Who was asked, and what they found.
    pub checks: Vec<Checked>,
    /// Why nobody could be asked, where that is so.
    pub problem: Option<String>,
}

impl From<KnowledgeSummary> for KnowledgeLine {
    fn from(line: KnowledgeSummary) -> Self {
        Self {
            kind: (&line.id).into(),
            id: line.id.to_string(),
            version: line.version,
            unit: line.unit.to_string(),
            stage: line.stage,
            draft_stage: line.draft_stage,
            title: line.title,
            point_kind: line.point_kind.map(Into::into),
            published_version: line.published_version,
            opened_at: line.opened_at.into(),
            expires_at: line.expires_at.map(Into::into),
            due_at: line.due_at.map(Into::into),
            provisional: line.provisional,
            overdue: line.overdue,
            longer: line.longer,
        }
    }
}

impl From<ExpiringPoints> for ExpiringUnit {
    fn from(it: ExpiringPoints) -> Self {
        Self {
            unit: it.unit.to_string(),
            count: it.count,
            first_at: it.first_at.into(),
            reminded: it.reminded,
        }
    }
}

impl From<ports::FeedbackRow> for FeedbackRow {
    fn from(row: ports::FeedbackRow) -> Self {
        let tally = row.tally;
        Self {
            month: row.month,
            unit: row.unit.to_string(),
            opened: tally.opened,
            emergency: tally.emergency,
            on_time: tally.on_time,
            late: tally.late,
            nothing_to_do: tally.nothing_to_do,
            open: tally.open,
            overdue_open: tally.overdue_open,
            withdrawn: tally.withdrawn,
            on_time_permille: tally.on_time_permille(),
        }
    }
}

impl From<DirectAnswerLine> for DirectAnswer {
    fn from(line: DirectAnswerLine) -> Self {
        Self {
            order: line.order.to_string(),
            point: line.point,
            version: line.version,
            answered_at: line.answered_at.into(),
            text: line.text,
        }
    }
}

impl From<CheckedPoint> for CheckedPart {
    fn from(it: CheckedPoint) -> Self {
        let (draft, version) = match it.subject {
            Subject::Draft(revision) => (Some(revision), None),
            Subject::Version(number) => (None, Some(number)),
        };
        Self {
            point: it.point.to_string(),
            unit: it.owner.to_string(),
            title: it.title,
            draft,
            version,
            checks: it.checks.iter().map(Into::into).collect(),
            problem: it.problem,
        }
    }
}

impl From<CheckPart> for engine::CheckPart {
    fn from(part: CheckPart) -> Self {
        match part {
            CheckPart::Published => Self::Published,
            CheckPart::Draft => Self::Draft,
            CheckPart::Both => Self::Both,
        }
    }
}
