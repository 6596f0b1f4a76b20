//! What the outside must do after a commit. Performed at least once; doing one twice changes nothing.

use contract::escalation::Action;
use serde::{Deserialize, Serialize};

use crate::deadline::DeadlineKind;
use crate::ids::{DistrictCode, UnitCode};

/// An effect.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "effect")]
pub enum Effect {
    /// Tell somebody.
    Notify(Notification),
    /// Offer the requester a rating channel, then report back by `RecordRatingOffer`.
    OfferRating,
}

/// A message to somebody, without its text: the notifier fills a template.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notification {
    /// To whom.
    pub to: Recipient,
    /// What about.
    pub about: Notice,
}

/// Somebody who is told something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "recipient", content = "code")]
pub enum Recipient {
    /// Who filed the order.
    Requester,
    /// A handling unit's staff.
    Unit(UnitCode),
    /// A handling unit's leader in charge (分管领导).
    LeaderInCharge(UnitCode),
    /// A district's hotline office.
    DistrictOffice(DistrictCode),
    /// The hotline centre.
    Center,
}

/// What a notification is about (catalogue §9).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "notice")]
pub enum Notice {
    /// An order arrived at a unit.
    Dispatched,
    /// An order waits for a person to route it.
    AwaitsRouting,
    /// A report waits for review.
    AwaitsReview,
    /// A report failed the review.
    ReviewFailed,
    /// A requester is dissatisfied and must be called back.
    AwaitsFollowUp,
    /// A deadline comes near.
    DueSoon {
        /// Which.
        deadline: DeadlineKind,
    },
    /// A deadline has passed.
    Overdue {
        /// Which.
        deadline: DeadlineKind,
    },
    /// An escalation rule wants somebody to know.
    Attention {
        /// The rule's reason.
        reason: String,
    },
    /// An escalation rule proposes something that the centre decides.
    EscalationProposed {
        /// What.
        action: Action,
        /// The rule's reason.
        reason: String,
    },
    /// A deadline moved under a new calendar.
    DeadlineRecomputed {
        /// Which.
        deadline: DeadlineKind,
    },
    /// The requester may rate the handling (Art. 27(2)).
    RatingOffered,
    /// The order ended.
    Closed,
}
