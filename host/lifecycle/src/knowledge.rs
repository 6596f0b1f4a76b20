//! Entries of the knowledge base 热线知识库 as the orders' side knows them (Chapter 5): their numbers, what
//! their deadlines are for, and what is told about them. The rules stand in the crate `knowledge_base`,
//! which re-exports these.

use std::fmt;

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use crate::deadline::Rule;
use crate::dossier::Force;
use crate::ids::TextId;

macro_rules! number {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// Takes the number as it stands.
            #[must_use]
            pub fn new(number: impl Into<String>) -> Self {
                Self(number.into())
            }

            /// The number as text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

number! {
    /// Number of a knowledge point, such as `K-20261124-K7Q2M4X9PA`.
    PointId
}
number! {
    /// Number of a feedback, such as `KF-20261124-K7Q2M4X9PA`.
    FeedbackId
}
number! {
    /// Number of a notice of a change, such as `KC-20261124-K7Q2M4X9PA`.
    ChangeId
}
number! {
    /// Number of an outage, such as `KO-20261124-K7Q2M4X9PA`.
    OutageId
}

/// Number of an entry of any kind.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "entry", content = "number")]
pub enum Id {
    /// Of a knowledge point.
    Point(PointId),
    /// Of a feedback.
    Feedback(FeedbackId),
    /// Of a notice of a change.
    Change(ChangeId),
    /// Of an outage.
    Outage(OutageId),
}

impl Id {
    /// The number as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::Point(id) => id.as_str(),
            Self::Feedback(id) => id.as_str(),
            Self::Change(id) => id.as_str(),
            Self::Outage(id) => id.as_str(),
        }
    }

    /// The entry of a number, by what it begins with; nothing for what is no entry's number.
    #[must_use]
    pub fn parse(number: &str) -> Option<Self> {
        let (prefix, rest) = number.split_once('-')?;
        if rest.is_empty() {
            return None;
        }
        match prefix {
            "K" => Some(Self::Point(PointId::new(number))),
            "KF" => Some(Self::Feedback(FeedbackId::new(number))),
            "KC" => Some(Self::Change(ChangeId::new(number))),
            "KO" => Some(Self::Outage(OutageId::new(number))),
            _ => None,
        }
    }

    /// What it is the number of, as in JSON.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Point(_) => "point",
            Self::Feedback(_) => "feedback",
            Self::Change(_) => "change",
            Self::Outage(_) => "outage",
        }
    }
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What a deadline is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeadlineKind {
    /// A published point is no longer valid after it (Art. 35).
    Expiry,
    /// A unit answers a feedback (Art. 36).
    Feedback,
    /// A unit answers an emergency feedback (Art. 36).
    EmergencyFeedback,
    /// A unit gives the answer script of an outage (Art. 38).
    OutageScript,
    /// A unit tells the centre how a long outage goes (Art. 38).
    OutageUpdate,
}

impl DeadlineKind {
    /// All kinds, in the order of the rules.
    pub const ALL: [Self; 5] = [
        Self::Expiry,
        Self::Feedback,
        Self::EmergencyFeedback,
        Self::OutageScript,
        Self::OutageUpdate,
    ];

    /// Stable name, as in JSON.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Expiry => "expiry",
            Self::Feedback => "feedback",
            Self::EmergencyFeedback => "emergency_feedback",
            Self::OutageScript => "outage_script",
            Self::OutageUpdate => "outage_update",
        }
    }

    /// The rule of the catalogue that sets this deadline.
    #[must_use]
    pub const fn rule(self) -> Rule {
        let (id, article) = match self {
            Self::Expiry => ("R67", "第三十五条"),
            Self::Feedback | Self::EmergencyFeedback => ("R68", "第三十六条第二款"),
            Self::OutageScript | Self::OutageUpdate => ("R70", "第三十八条"),
        };
        Rule { id, article }
    }

    /// How strictly it binds: the update of a long outage is a target, everything else is law.
    #[must_use]
    pub const fn force(self) -> Force {
        match self {
            Self::Expiry | Self::Feedback | Self::EmergencyFeedback | Self::OutageScript => {
                Force::Law
            }
            Self::OutageUpdate => Force::Target,
        }
    }
}

impl fmt::Display for DeadlineKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
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
