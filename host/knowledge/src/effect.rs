//! Who is to be told something about an entry of the knowledge base, after the commit.

use chrono::{DateTime, NaiveDate, Utc};
use lifecycle::effect::Recipient;
use lifecycle::ids::TextId;
use serde::{Deserialize, Serialize};

use crate::deadline::DeadlineKind;
use crate::ids::Id;

/// A message to be put into somebody's box. Performed at least once; doing it twice changes nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Effect {
    /// To whom: a unit, its leader in charge, a district's office, or the centre.
    pub to: Recipient,
    /// What about.
    pub notice: KnowledgeNotice,
}

/// What a notification about an entry says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KnowledgeNotice {
    /// The entry.
    pub id: Id,
    /// What happened.
    #[serde(flatten)]
    pub occasion: Occasion,
}

/// What happened that somebody is told of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "occasion")]
pub enum Occasion {
    /// A draft waits for a second person of the unit (R66).
    AwaitsReview,
    /// A draft failed its review (R66).
    ReviewFailed {
        /// Why.
        reason: TextId,
    },
    /// A version was published (R66).
    Published {
        /// Its number.
        version: u32,
        /// Until when it is valid.
        until: DateTime<Utc>,
    },
    /// Plugins find something that would block a version which is published already.
    PublishedBlocked {
        /// The version.
        version: u32,
        /// How many blocking findings.
        findings: usize,
    },
    /// A longer validity waits for the centre (R67).
    AwaitsApproval,
    /// The centre refused a longer validity (R67).
    LongerRefused {
        /// Why.
        reason: TextId,
    },
    /// The validity was renewed (R67).
    ValidityRenewed {
        /// Until when it is valid.
        until: DateTime<Utc>,
    },
    /// The validity ends soon, and the owner must confirm it before (R67).
    ExpiresSoon {
        /// In so many days, by the schedule.
        days: u16,
        /// The last instant of its validity.
        until: DateTime<Utc>,
    },
    /// The validity has ended; the point answers nobody any more (R67).
    Expired,
    /// A point was taken down.
    TakenDown {
        /// Why.
        reason: TextId,
    },
    /// A point that was taken down answers again.
    Restored,
    /// The centre asks a unit to see to a point (R68).
    FeedbackOpened {
        /// By when.
        due_at: DateTime<Utc>,
    },
    /// The same for a sudden hot topic; whoever is on duty must see it, holiday or not (R68).
    EmergencyFeedbackOpened {
        /// By when.
        due_at: DateTime<Utc>,
    },
    /// A unit answered a feedback (R68).
    FeedbackAnswered {
        /// Whether it came after its time.
        late: bool,
    },
    /// The centre took a feedback back.
    FeedbackWithdrawn,
    /// A unit announces a change (R69).
    ChangeAnnounced {
        /// From when the change is in effect.
        effective_on: NaiveDate,
    },
    /// An announced change is a different one now (R69).
    ChangeAmended {
        /// From when the change is in effect.
        effective_on: NaiveDate,
    },
    /// The centre has seen the notice (R69).
    ChangeAcknowledged,
    /// A change takes effect today (R69).
    ChangeTakesEffect {
        /// How many of the planned measures nobody has recorded.
        open_measures: usize,
    },
    /// An announced change does not come.
    ChangeCancelled,
    /// A service is down (R70).
    OutageReported {
        /// By when the answer script is due.
        script_by: DateTime<Utc>,
    },
    /// The answer script of an outage is there, or a new one (R70).
    ScriptProvided,
    /// An outage has lasted so long that the unit must tell the centre how it goes (R70).
    SecondStage,
    /// The unit told how a long outage goes (R70).
    OutageUpdated,
    /// A service works again.
    OutageEnded,
    /// A limit of the law was missed.
    Overdue {
        /// Which.
        deadline: DeadlineKind,
    },
    /// A target of the centre's own was missed.
    Reminder {
        /// Which.
        deadline: DeadlineKind,
    },
    /// A deadline moved under a new calendar.
    DeadlineRecomputed {
        /// Which.
        deadline: DeadlineKind,
    },
}
