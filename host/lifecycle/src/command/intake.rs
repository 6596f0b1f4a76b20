//! What the intake of a matter carries: registration, what is missing, concealment, dispatch (Art. 9–15,
//! 23).

use chrono::{DateTime, Utc};
use contract::types::{Channel, OrderType};
use serde::{Deserialize, Serialize};

use crate::command::Evidence;
use crate::ids::{DistrictCode, OrderId, RequesterId, TextId, UnitCode};

/// A matter to be registered (R12).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Registration {
    /// Number of the new order.
    pub order: OrderId,
    /// Type of the matter (Art. 45), set by the centre.
    pub order_type: OrderType,
    /// How it came in.
    pub channel: Channel,
    /// District, where known.
    pub district: Option<DistrictCode>,
    /// Street or town, where known.
    pub street: Option<String>,
    /// Category of the matter, where known.
    pub category: Option<String>,
    /// Who asks.
    pub requester: RequesterId,
    /// The request in the requester's own words: subject and text.
    pub request: TextId,
    /// Where it comes from, such as `import:360114`; unique, so that nothing is registered twice.
    pub source: Option<String>,
    /// Why the requester must give his or her real name (Art. 10), where that is so (R11).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub real_name: Option<RealNameGround>,
    /// What the requester has given of himself or herself; the data itself is kept apart.
    #[serde(default)]
    pub identification: Identification,
    /// What is hidden from whom, where the requester wants it (Art. 9(2)).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub concealment: Option<Concealment>,
    /// Whether a consumer dispute is to be mediated; the report must then say how that ended (R43).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub consumer_mediation: bool,
    /// The unit whose staff is complained of (Art. 8(4)), where it is; its leader alone is told (R7).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub against_unit: Option<UnitCode>,
    /// The contact that this matter is a part of: orders of one contact were registered apart by duty
    /// (R13), or are parts of one request (R14).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contact: Option<String>,
    /// The order that ended for missing information, which this one files again (R18).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refiled_from: Option<OrderId>,
    /// All that is missing; then the order waits for it, and is registered when it is there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub missing: Option<TextId>,
}

/// Why a matter needs the requester's real name (Art. 10). A violation report alone does not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "ground")]
pub enum RealNameGround {
    /// Own information is asked for (Art. 10(1)).
    OwnInformation,
    /// A dispute is to be mediated, or an infringement is complained of (Art. 10(2)).
    Dispute,
    /// Another law wants it (Art. 10(3)).
    OtherLaw {
        /// Which.
        basis: String,
    },
}

/// What is known of who the requester is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identification {
    /// A name was given.
    pub name: bool,
    /// The number of an identity document was given.
    pub id_number: bool,
    /// A telephone number or an account was given.
    pub contact: bool,
}

/// A field of the requester's personal data that can be hidden.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ConcealedField {
    /// Name.
    Name,
    /// Telephone number.
    Phone,
    /// Identity document number.
    IdNumber,
    /// Account at the channel.
    Account,
    /// Address.
    Address,
}

/// Towards whom it is hidden. The centre itself always knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ConcealmentScope {
    /// Third parties and the public only.
    ThirdParties,
    /// Handling units too.
    HandlingUnits,
    /// Handling units and the districts' hotline offices too.
    UnitsAndDistricts,
}

impl ConcealmentScope {
    /// Whether handling units may not see it.
    #[must_use]
    pub const fn hides_from_units(self) -> bool {
        match self {
            Self::ThirdParties => false,
            Self::HandlingUnits | Self::UnitsAndDistricts => true,
        }
    }

    /// Whether the districts' hotline offices may not see it.
    #[must_use]
    pub const fn hides_from_districts(self) -> bool {
        match self {
            Self::ThirdParties | Self::HandlingUnits => false,
            Self::UnitsAndDistricts => true,
        }
    }
}

/// What is hidden from whom (R9).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Concealment {
    /// Which fields; at least one.
    pub fields: Vec<ConcealedField>,
    /// Towards whom.
    pub scope: ConcealmentScope,
    /// Record of the requester having been told that it may hinder registration and handling.
    pub warned: Evidence,
}

/// Whether somebody who speaks for a requester is the requester (R10). The shell compares telephone
/// number or account; the centre may verify otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "identity")]
pub enum Identity {
    /// The same telephone number or account as the request's.
    SameAccount,
    /// Another one; the centre verified who it is.
    Verified {
        /// How.
        how: TextId,
    },
    /// Another one.
    Other,
}

/// When a notice went out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct NoticeReceipt {
    /// When it was sent.
    pub sent_at: DateTime<Utc>,
    /// When its delivery was confirmed, if it was; else the sending counts as receipt.
    pub delivered_at: Option<DateTime<Utc>>,
}

impl NoticeReceipt {
    /// When it counts as received.
    #[must_use]
    pub fn received_at(&self) -> DateTime<Utc> {
        self.delivered_at.unwrap_or(self.sent_at)
    }
}

/// Whether supplied information is enough.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "assessment")]
pub enum InformationAssessment {
    /// The matter can be registered.
    Sufficient,
    /// It still cannot; the order ends with CR04.
    Insufficient {
        /// The note that the law wants.
        note: TextId,
    },
}

/// Why information stays missing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "ground")]
pub enum IncompleteGround {
    /// Three counted calls were not answered (CR02).
    Unreachable,
    /// The requester refused (CR03).
    Refused {
        /// Record of the refusal.
        evidence: Evidence,
    },
}

/// A corrected type of matter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reclassification {
    /// The type.
    pub order_type: OrderType,
    /// Why.
    pub reason: TextId,
}

/// Whether two orders are about the same matter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderLink {
    /// The other order.
    pub other: OrderId,
    /// Whether it is about the same matter.
    pub same: bool,
    /// Why; none where the link comes from the other order.
    pub reason: Option<TextId>,
}

/// A withdrawal through the hotline (R45).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Withdrawal {
    /// Who withdraws.
    pub identity: Identity,
    /// Record of the contact.
    pub evidence: Evidence,
}

/// An answer from the knowledge base (R19).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DirectAnswer {
    /// The knowledge point that was used.
    pub knowledge_point: String,
    /// Its version.
    pub knowledge_version: u32,
    /// The answer as it was given.
    pub answer: TextId,
}

/// A dispatch (R19–R24, R32, R34).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dispatch {
    /// The handling unit.
    pub unit: UnitCode,
    /// A handling period of its own, where a superior or another document sets one (Art. 14(3)).
    pub special_limit: Option<SpecialLimit>,
    /// Whether several units handle the order together, this one as lead unit (Art. 17(3)); only after
    /// a return.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub joint: bool,
}

/// A handling period set by another document (R23).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SpecialLimit {
    /// The period.
    pub period: calendar::Period,
    /// The document that sets it, by title and number.
    pub basis: String,
    /// Where the document is kept, if it is attached.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attachment: Option<Evidence>,
    /// How many extensions the document allows; none leaves it at the law's two.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub extensions_max: Option<u16>,
}
