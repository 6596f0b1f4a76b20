//! Identifiers. Each is its own type; all are made by the shell and passed in.

use std::fmt;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

macro_rules! text_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// Takes the code as it stands; whether it exists is for the directory to say.
            #[must_use]
            pub fn new(code: impl Into<String>) -> Self {
                Self(code.into())
            }

            /// The code as text.
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

text_id! {
    /// Number of a work order, such as `20261124-K7Q2M4X9PA`: the local date of registration and ten
    /// random characters. Immutable (Art. 11).
    OrderId
}
text_id! {
    /// Code of a handling unit 承办单位, such as `GZ-SCJG`.
    UnitCode
}
text_id! {
    /// Six-digit code of a district, such as `440106`; the city itself is `440100`.
    DistrictCode
}

/// A requester's personal data, kept apart from the journal so that it can be erased.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RequesterId(pub Uuid);

/// A text in somebody's own words (a request, a reply, a report). It may contain personal data, so
/// the journal keeps only this reference, and erasure destroys the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct TextId(pub Uuid);

/// Who gives a command.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Actor {
    /// In which role.
    pub role: Role,
    /// Staff number or system name; never a requester's name.
    pub name: String,
}

impl Actor {
    /// Kapok itself: timers and effects.
    #[must_use]
    pub fn system() -> Self {
        Self {
            role: Role::System,
            name: "kapok".to_owned(),
        }
    }
}

/// Roles of Art. 5 and 6, with what they are bound to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Kapok itself.
    System,
    /// The platform admin; swaps rules, sets the manual clock, handles no order.
    Admin,
    /// Staff of the hotline centre 热线中心.
    Operator,
    /// Staff of a handling unit 承办单位.
    Unit(UnitCode),
    /// The leader in charge 分管领导 of a handling unit (Art. 7): may do what its staff may, and alone
    /// sees and handles a complaint about that staff (Art. 8(4), R7).
    Leader(UnitCode),
    /// Staff of a district's hotline office 区热线工作机构; reads its district's orders.
    District(DistrictCode),
    /// A channel system that acts for requesters: files, asks progress, rates.
    Channel,
    /// Auditor; reads everything but personal data.
    Auditor,
}

impl Role {
    /// The handling unit that somebody acts for, as its staff or as its leader.
    #[must_use]
    pub const fn unit(&self) -> Option<&UnitCode> {
        match self {
            Self::Unit(unit) | Self::Leader(unit) => Some(unit),
            Self::System
            | Self::Admin
            | Self::Operator
            | Self::District(_)
            | Self::Channel
            | Self::Auditor => None,
        }
    }
}
