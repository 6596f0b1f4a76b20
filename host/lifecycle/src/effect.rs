//! What the outside must do after a commit. Performed at least once; doing one twice changes nothing.

use chrono::{DateTime, Utc};
use contract::escalation::Action;
use serde::{Deserialize, Serialize};

use crate::deadline::DeadlineKind;
use crate::dossier::DossierNotice;
use crate::ids::{DistrictCode, OrderId, TextId, UnitCode};
use crate::knowledge::KnowledgeNotice;

/// An effect.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "effect")]
pub enum Effect {
    /// Tell somebody.
    Notify(Notification),
    /// Offer the requester a rating channel, then report back by `RecordRatingOffer`.
    OfferRating,
    /// Send the requester the notice of what is missing, then report back by `RecordInformationNotice`.
    AskForInformation,
    /// Bring the order's mark in line with the long-term matter that has it as a member now, by
    /// `ListLongTerm` (R50, R53).
    ListLongTerm,
    /// Count the open orders about the same thing, by `CountAlike` (R52).
    CountAlike,
    /// Bring another order's link in line with the one that this order has to it now, by `LinkOrders`
    ///
    LinkBack {
        /// The other order.
        other: OrderId,
    },
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
    /// An authority that is asked for an opinion, or a guidance unit.
    Adviser(UnitCode),
}

/// What a notification is about (catalogue, who is told).
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
    /// Something is missing; the text lists all of it (Art. 12).
    InformationNeeded {
        /// All that is missing.
        missing: TextId,
    },
    /// The requester supplied something; it must be assessed (Art. 12).
    AwaitsAssessment,
    /// What was missing did not come, or was not enough; the requester may file anew (Art. 12(4)).
    InformationStayedMissing,
    /// Hiding data may hinder registration and handling (Art. 9(2)).
    ConcealmentWarning,
    /// Somebody's own staff is complained of; for the leader alone (Art. 8(4)).
    ComplaintAgainstStaff,
    /// A unit applies to return an order (Art. 17).
    AwaitsReturnDecision,
    /// The order was taken back from the unit (Art. 17(2)).
    ReturnApproved,
    /// The order stays with the unit, and its clock has not stopped (Art. 17(2)).
    ReturnRejected,
    /// A unit is to assist the lead unit (Art. 17(3)).
    AssistanceAsked {
        /// What it does.
        part: TextId,
    },
    /// An assisting unit handed in its part.
    AssistanceGiven,
    /// An assisting unit objects; the centre decides.
    AssistanceObjected,
    /// An assisting unit was released, or its objection was refused.
    ObjectionDecided,
    /// Two units returned the order three times; coordination may be opened.
    CoordinationSuggested,
    /// The coordination of a hard case was opened (Art. 18).
    CoordinationOpened,
    /// A guidance opinion is asked for (Art. 18).
    OpinionAsked {
        /// The question.
        question: TextId,
    },
    /// A guidance opinion was given (Art. 18).
    OpinionGiven,
    /// The handling period was extended: why, and until when (Art. 19).
    Extended {
        /// Why.
        reason: TextId,
        /// Until when.
        due_at: DateTime<Utc>,
    },
    /// The requester added something (Art. 20).
    StatementAdded,
    /// The addition affects the handling: the period began anew (Art. 20(1)).
    HandlingRestarted {
        /// Until when.
        due_at: DateTime<Utc>,
    },
    /// The period began anew more than twice; the centre looks at it.
    RestartedOften {
        /// How often.
        times: u16,
    },
    /// A call was made outside the usual hours, 08:00 to 22:00 (R15).
    CalledAtUnusualHour {
        /// When it began.
        started_at: DateTime<Utc>,
    },
    /// The request was withdrawn; the unit ends the order (Art. 23(2)).
    Withdrawn,
    /// The order comes back to be handled again (Art. 29).
    SentBack {
        /// What the requester is dissatisfied with.
        reason: TextId,
    },
    /// The requester is dissatisfied again; the unit may file a diligence statement (Art. 30(3)).
    MayFileStatement,
    /// The unit is supervised (Art. 25).
    Supervised {
        /// What it must do.
        requirement: TextId,
    },
    /// A supervision was answered.
    SupervisionAnswered,
    /// The centre accepted the answer.
    SupervisionAccepted,
    /// The centre did not accept the answer.
    SupervisionRejected,
    /// Something about a dossier.
    Dossier(DossierNotice),
    /// Something about an entry of the knowledge base (Chapter 5).
    Knowledge(KnowledgeNotice),
}
