//! Numbers of the entries of the knowledge base. Each kind has its own type; all are made by the shell.

use std::fmt;

use serde::{Deserialize, Serialize};

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
