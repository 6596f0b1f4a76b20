//! The state of a feedback.

use chrono::{DateTime, Utc};
use lifecycle::ids::{TextId, UnitCode};
use serde::{Deserialize, Serialize};

use crate::deadline::{Deadline, Missed};
use crate::ids::{FeedbackId, PointId};

/// A feedback.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Feedback {
    /// Its number.
    pub id: FeedbackId,
    /// Number of events so far.
    pub version: u64,
    /// The unit that is asked.
    pub unit: UnitCode,
    /// The point; none where a new one is needed.
    pub point: Option<PointId>,
    /// What is the matter.
    pub fault: Fault,
    /// How soon.
    pub urgency: Urgency,
    /// In the centre's words.
    pub description: TextId,
    /// When it was opened.
    pub opened_at: DateTime<Utc>,
    /// By whom.
    pub opened_by: String,
    /// By when the unit answers.
    pub answer_by: Deadline,
    /// Where it stands.
    pub stage: Stage,
    /// The time that was missed, if it was.
    pub missed: Option<Missed>,
}

impl Feedback {
    /// The deadline that runs now: none once it was missed, or answered.
    #[must_use]
    pub const fn running_deadline(&self) -> Option<&Deadline> {
        match (&self.stage, &self.missed) {
            (Stage::Open, None) => Some(&self.answer_by),
            (Stage::Open | Stage::Answered(_) | Stage::Withdrawn { .. }, _) => None,
        }
    }
}

/// What is the matter with a point (Art. 36(1)).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fault {
    /// 内容错误: it is wrong.
    Error,
    /// 遗漏: something is missing in it.
    Gap,
    /// 过期: it is out of date.
    Expired,
    /// 表述不清: one cannot understand it.
    Unclear,
    /// 采编新知识点: there is no point yet.
    NewPoint,
}

/// How soon a unit answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Urgency {
    /// 知识点反馈.
    Ordinary,
    /// 突发事件知识点反馈: a sudden hot topic.
    Emergency,
}

/// Where a feedback stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "stage")]
pub enum Stage {
    /// The unit has not answered.
    Open,
    /// It has.
    Answered(Answer),
    /// The centre took it back.
    Withdrawn {
        /// When.
        at: DateTime<Utc>,
        /// Why.
        reason: TextId,
    },
}

impl Stage {
    /// Stable name, as in JSON.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Answered(_) => "answered",
            Self::Withdrawn { .. } => "withdrawn",
        }
    }
}

/// A unit's answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// When.
    pub at: DateTime<Utc>,
    /// By whom.
    pub by: String,
    /// What was done.
    pub action: Action,
    /// In the unit's words.
    pub explanation: Option<TextId>,
    /// Whether it came after its time. A fact; it is to be answered all the same.
    pub late: bool,
}

/// What a unit did about a feedback (Art. 36(2)).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "action")]
pub enum Action {
    /// 增补: a new point was published.
    Added {
        /// Which.
        point: PointId,
    },
    /// 修改: a new version of the point was published.
    Revised,
    /// 审核: the point was looked at and its validity confirmed.
    Confirmed,
    /// 下架: the point was taken down.
    TakenDown,
    /// 无需操作: nothing is to be done; answered all the same.
    NothingToDo,
}

impl Action {
    /// Stable name, as in JSON.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Added { .. } => "added",
            Self::Revised => "revised",
            Self::Confirmed => "confirmed",
            Self::TakenDown => "taken_down",
            Self::NothingToDo => "nothing_to_do",
        }
    }
}
