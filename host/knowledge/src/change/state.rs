//! The state of a notice of a change.

use std::collections::BTreeSet;

use chrono::{DateTime, NaiveDate, Utc};
use lifecycle::ids::{DistrictCode, TextId, UnitCode};
use serde::{Deserialize, Serialize};

use crate::ids::{ChangeId, PointId};

/// A notice of a change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// Its number.
    pub id: ChangeId,
    /// Number of events so far.
    pub version: u64,
    /// The unit whose business changes.
    pub unit: UnitCode,
    /// Which kind of change.
    pub kind: ChangeKind,
    /// Title.
    pub title: String,
    /// What changes.
    pub summary: String,
    /// From when it is in effect.
    pub effective_on: NaiveDate,
    /// When the centre was told first.
    pub announced_at: DateTime<Utc>,
    /// How long before the change that was; after an amendment of the day, how long that was.
    pub lead: Lead,
    /// Points that it touches.
    pub points: Vec<PointId>,
    /// Measures that were agreed on.
    pub planned: BTreeSet<MeasureKind>,
    /// Measures that were taken.
    pub measures: Vec<Measure>,
    /// Staff number of who saw it at the centre, and when.
    pub acknowledged: Option<(String, DateTime<Utc>)>,
    /// Whom the centre told, and when.
    pub passed_on: Vec<(PassedOn, DateTime<Utc>)>,
    /// Whether it has taken effect.
    pub took_effect_at: Option<DateTime<Utc>>,
    /// Where it stands.
    pub stage: Stage,
}

impl Change {
    /// Planned measures that nobody has recorded.
    #[must_use]
    pub fn open_measures(&self) -> BTreeSet<MeasureKind> {
        let taken = |kind: &&MeasureKind| !self.measures.iter().any(|it| it.measure == **kind);
        self.planned.iter().filter(taken).copied().collect()
    }
}

/// Where a notice stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// Measures may be taken.
    Open,
    /// Nothing more is to be done.
    Closed,
    /// The change did not come.
    Cancelled,
}

impl Stage {
    /// Stable name, as in JSON.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Closed => "closed",
            Self::Cancelled => "cancelled",
        }
    }
}

/// The five kinds of Art. 37(2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChangeKind {
    /// (1) Normative documents and announcements with large impact on enterprises or the public.
    NormativeDocument,
    /// (2) Rules of a business of high volume change and touch benefits or qualifications.
    BusinessRule,
    /// (3) Highly technical information that is hard to understand and easily misread is pushed.
    TechnicalInformation,
    /// (4) A much used information system, service window or other way to enquire changes.
    QueryChannel,
    /// (5) Something else that may make groups of people ask at once.
    Other,
}

/// The joint measures of Art. 37(1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MeasureKind {
    /// 及时更新热线知识库.
    UpdatePoints,
    /// 培训热线话务人员.
    TrainAgents,
    /// 现场话务支撑.
    SupportOnSite,
    /// 及时回应集中诉求.
    RespondToConcentratedRequests,
    /// 主动发布政策解读信息.
    PublishInterpretation,
}

/// A measure that was taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Measure {
    /// Which.
    pub measure: MeasureKind,
    /// On which day.
    pub done_on: NaiveDate,
    /// Points that were written or revised by it.
    pub points: Vec<PointId>,
    /// In the words of who took it.
    pub note: Option<TextId>,
}

/// Who is told of a change by the centre.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "whom", content = "code")]
pub enum PassedOn {
    /// The hotline's agents 话务人员.
    Agents,
    /// A district's hotline office.
    DistrictOffice(DistrictCode),
    /// Another unit.
    Unit(UnitCode),
}

/// How long before a change the centre was told (R69). 提前 is all that the text asks; what is short is
/// a warning.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "lead")]
pub enum Lead {
    /// Not before it took effect, at 00:00 of its first day.
    NotInAdvance,
    /// Before, with fewer whole working days between than the centre needs.
    Short {
        /// Whole working days between the day of the notice and the first day of the change.
        working_days: u16,
    },
    /// In good time.
    InTime {
        /// As above.
        working_days: u16,
    },
}
