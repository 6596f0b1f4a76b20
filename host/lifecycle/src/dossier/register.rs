//! What filings and registers hold: staff changes (R5), meetings (R2), trainings (R6), own mechanisms
//! (R35), publicity (R65).

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use super::deadline::DossierDeadline;
use crate::ids::{DistrictCode, OrderId, TextId, UnitCode};

/// A change of a unit's hotline staff, announced and then filed (R5, Art. 7(1)).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LiaisonFiling {
    /// The change.
    pub change: StaffChange,
    /// By when it is filed.
    pub file_by: DossierDeadline,
    /// The filing, once there is one.
    pub filed: Option<Filed>,
}

/// A change of staff.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StaffChange {
    /// Whose staff.
    pub unit: UnitCode,
    /// In which position.
    pub position: Position,
    /// The day on which the change was complete; it does not count itself (T3).
    pub completed_on: NaiveDate,
}

/// Positions whose change is filed. Part-time staff are not in the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Position {
    /// 分管领导.
    LeaderInCharge,
    /// 专职人员.
    LiaisonOfficer,
}

/// What is filed about a change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Filing {
    /// Staff number of who leaves, if anybody does.
    pub old_staff: Option<String>,
    /// Staff number of who follows, if anybody does.
    pub new_staff: Option<String>,
    /// Names, telephone numbers and whatever else the centre needs; kept apart from the journal.
    pub details: Option<TextId>,
}

/// A filing as it was received.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Filed {
    /// What was filed.
    pub filing: Filing,
    /// When.
    pub at: DateTime<Utc>,
    /// Whether it came after its time: a fact, not a refusal.
    pub late: bool,
}

/// The joint conference's register of one calendar year (R2, Art. 3).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Conference {
    /// The year.
    pub year: i32,
    /// By when its plenary is held: 24:00 of 31 December.
    pub plenary_by: DossierDeadline,
    /// The meetings recorded, in the order in which they were recorded.
    pub meetings: Vec<Meeting>,
}

impl Conference {
    /// Whether the year has a plenary of the city's conference. Liaison meetings, research and the
    /// meetings of a district's own mechanism are none.
    #[must_use]
    pub fn has_plenary(&self) -> bool {
        self.meetings.iter().any(Meeting::is_city_plenary)
    }
}

/// A meeting of the joint conference, or of a district's own mechanism (Art. 3(3)).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Meeting {
    /// Its kind.
    pub meeting: MeetingKind,
    /// The district whose own mechanism met; none for the city's conference.
    pub district: Option<DistrictCode>,
    /// The day.
    pub held_on: NaiveDate,
    /// Units that took part.
    pub members: Vec<UnitCode>,
    /// What was decided.
    pub decisions: Vec<TextId>,
    /// Orders that it was about.
    pub orders: Vec<OrderId>,
}

impl Meeting {
    /// Whether it is the plenary that Art. 3 asks for once a year.
    #[must_use]
    pub fn is_city_plenary(&self) -> bool {
        self.meeting == MeetingKind::Plenary && self.district.is_none()
    }
}

/// Kinds of meeting (Art. 3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MeetingKind {
    /// 全体会议, at least one a calendar year.
    Plenary,
    /// 联络员会议.
    Liaison,
    /// 联合调研.
    Research,
}

/// An entry of a unit's training log (R6, Art. 7(2)).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Training {
    /// The unit that trains.
    pub unit: UnitCode,
    /// The executing body 经办机构 whose staff was trained, if it was one's.
    pub handling_office: Option<String>,
    /// The day.
    pub held_on: NaiveDate,
    /// How many took part; at least one.
    pub participants: u32,
    /// What it was about.
    pub subject: TextId,
}

/// Something that a mechanism for difficult orders submitted (R35, Art. 18(2)).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnMechanism {
    /// What was submitted.
    pub submission: Submission,
    /// What was decided about it, once it was.
    pub ruling: Option<TextId>,
}

/// A solution that is submitted for decision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Submission {
    /// The unit whose mechanism it is, or none for a district's or the centre's.
    pub unit: Option<UnitCode>,
    /// The district whose mechanism it is, if it is a district's.
    pub district: Option<DistrictCode>,
    /// To whom.
    pub to: SubmittedTo,
    /// The kind of matter and the solution proposed.
    pub solution: TextId,
    /// Orders that show it.
    pub orders: Vec<OrderId>,
}

/// Who decides what a mechanism submits (Art. 18(2)).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SubmittedTo {
    /// 热线联席会议.
    JointConference,
    /// 市人民政府.
    MunicipalGovernment,
}

/// Publicity and supervision (R65, Art. 32).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "publication")]
pub enum Publication {
    /// Channels or rules were published.
    Page {
        /// What.
        title: String,
        /// Where it can be read.
        address: String,
        /// Since when.
        published_on: NaiveDate,
    },
    /// A suggestion for improving the hotline came in.
    Suggestion {
        /// From whom, as a group; never a name.
        from: Supervisor,
        /// What it says.
        content: TextId,
        /// When.
        received_on: NaiveDate,
    },
}

/// Whose supervision the hotline accepts (Art. 32).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Supervisor {
    /// 人大.
    PeoplesCongress,
    /// 政协.
    Cppcc,
    /// 民主党派.
    DemocraticParty,
    /// 社会公众.
    Public,
    /// 新闻媒体.
    Media,
}
