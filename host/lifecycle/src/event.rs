//! What has happened to an order. Past tense; the journal keeps these for ever, so a variant or a
//! field is only ever added, never changed in meaning. No personal data: people and texts are
//! references.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use contract::types::Rating;

use crate::advice::{EscalationAdvice, RoutingAdvice};
use crate::command::{
    ContactAttempt, DirectAnswer, FollowUp, HandlingReport, Moment, RatingOffer, Registration,
    Reply, SpecialLimit,
};
use crate::deadline::{Deadline, DeadlineKind};
use crate::ids::{Actor, TextId, UnitCode};

/// An event as the journal keeps it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recorded {
    /// Position in the order's journal, from 1 without gaps; also the order's version after it.
    pub seq: u64,
    /// When.
    pub at: DateTime<Utc>,
    /// By whom.
    pub by: Actor,
    /// What.
    #[serde(flatten)]
    pub event: Event,
}

/// An event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "event", content = "data")]
pub enum Event {
    /// The work order came into being.
    Registered {
        /// The matter.
        registration: Registration,
        /// By when it must be dispatched.
        dispatch_by: Deadline,
    },
    /// The routing plugins were asked.
    RoutingAdvised {
        /// Who was asked and what came of it.
        advice: RoutingAdvice,
        /// What the core made of it.
        consequence: RoutingConsequence,
    },
    /// Answered from the knowledge base at once.
    AnsweredDirectly(DirectAnswer),
    /// Dispatched to a handling unit, which thereby received it.
    Dispatched {
        /// The unit.
        unit: UnitCode,
        /// Whether a person or the advice chose it.
        chosen_by: DispatchChoice,
        /// The special limit, if one was set.
        special_limit: Option<SpecialLimit>,
        /// By when the unit must verify. Commendations are only read (Art. 23(1)) and have none.
        verify_by: Option<Deadline>,
        /// By when it must submit.
        handle_by: Deadline,
    },
    /// The unit verified that the matter is its own.
    DutyAccepted,
    /// The unit did not say within its time; deemed its own duty (R26).
    DutyDeemedAccepted,
    /// The unit tried to reach the requester.
    ContactAttempted(ContactAttempt),
    /// The unit told the requester the result.
    Replied(Reply),
    /// The unit submitted its report.
    Submitted(HandlingReport),
    /// The report passed the review; the submission stands as the end of handling (R24).
    ReviewPassed {
        /// By when a rating channel must be offered.
        offer_by: Deadline,
    },
    /// The report failed the review.
    ReviewFailed {
        /// What is missing.
        reason: TextId,
    },
    /// A rating channel was offered.
    RatingOffered {
        /// How.
        offer: RatingOffer,
        /// By when a rating counts.
        rate_by: Deadline,
    },
    /// The requester chose one of the five options.
    Rated {
        /// Which.
        rating: Rating,
    },
    /// The requester answered something else, which is no rating (Art. 27(3)).
    InvalidRatingReceived {
        /// What.
        answer: TextId,
    },
    /// No valid rating came in time: unrated (Art. 27(3)).
    RatingLapsed,
    /// A dissatisfied requester was called back.
    FollowedUp(FollowUp),
    /// A deadline comes near, has passed, or is still overdue.
    DeadlineMarked {
        /// Which.
        deadline: DeadlineKind,
        /// The deadline itself, or a question to the escalation plugins before or after it.
        moment: Moment,
        /// Its due instant.
        due_at: DateTime<Utc>,
        /// The unit whose deadline it is, or none where it is the centre's.
        unit: Option<UnitCode>,
        /// Whether the due instant was provisional.
        provisional: bool,
        /// When the escalation plugins are asked about it next: 00:00 of the next working day; none
        /// where they are not, or where the deadline itself comes first.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        ask_again_at: Option<DateTime<Utc>>,
        /// Whether the core itself warned the unit now, no plugin having said anything.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        unit_warned: bool,
    },
    /// The escalation plugins were asked.
    EscalationAdvised {
        /// Who was asked and what came of it.
        advice: EscalationAdvice,
    },
    /// A deadline was recomputed under a new calendar.
    DeadlineRecomputed {
        /// The new one; its kind names the one that it replaces.
        deadline: Deadline,
        /// What it was before.
        previous_due_at: DateTime<Utc>,
    },
    /// The order ended.
    Closed {
        /// How.
        code: CloseCode,
        /// The note that the law wants (注明情况), where it does.
        note: Option<TextId>,
    },
}

/// What the core made of routing advice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum RoutingConsequence {
    /// Clear enough to dispatch without a person.
    Dispatch {
        /// To this unit.
        unit: UnitCode,
    },
    /// A person decides.
    PersonQueue {
        /// Why.
        reason: QueueReason,
    },
}

/// Why a person must route an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum QueueReason {
    /// No rule is active for the order's scopes.
    NoRule,
    /// Every rule that was asked had no opinion.
    NoOpinion,
    /// The rules that might have had one failed or refused.
    RulesFailed,
    /// The best candidate's score is too low.
    LowScore,
    /// The second candidate is too close.
    TooClose,
    /// The candidate is not in the directory of handling units.
    UnknownUnit,
    /// A consultation with a clear candidate: a person first sees whether the knowledge base answers it
    /// (Art. 13(1)).
    MaybeAnswerable,
    /// No rule was asked.
    NotAsked,
}

/// Who chose the handling unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DispatchChoice {
    /// A person.
    Person,
    /// The routing advice, under the rule set's thresholds.
    Advice,
    /// Kapok itself, on behalf of a program such as an import.
    System,
}

/// How an order ended (catalogue §8).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum CloseCode {
    /// Answered directly (R19).
    #[serde(rename = "CR01")]
    AnsweredDirectly,
    /// A commendation, read by the unit (R44).
    #[serde(rename = "CR08")]
    CommendationRead,
    /// Rated satisfied (R58).
    #[serde(rename = "CR12")]
    RatedSatisfied,
    /// Not rated in time (R58).
    #[serde(rename = "CR13")]
    NotRated,
    /// Dissatisfied, called back, not sent back (R59).
    #[serde(rename = "CR15")]
    NotSentBack,
}

impl Event {
    /// Stable name, as in JSON.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Registered { .. } => "registered",
            Self::RoutingAdvised { .. } => "routing_advised",
            Self::AnsweredDirectly(_) => "answered_directly",
            Self::Dispatched { .. } => "dispatched",
            Self::DutyAccepted => "duty_accepted",
            Self::DutyDeemedAccepted => "duty_deemed_accepted",
            Self::ContactAttempted(_) => "contact_attempted",
            Self::Replied(_) => "replied",
            Self::Submitted(_) => "submitted",
            Self::ReviewPassed { .. } => "review_passed",
            Self::ReviewFailed { .. } => "review_failed",
            Self::RatingOffered { .. } => "rating_offered",
            Self::Rated { .. } => "rated",
            Self::InvalidRatingReceived { .. } => "invalid_rating_received",
            Self::RatingLapsed => "rating_lapsed",
            Self::FollowedUp(_) => "followed_up",
            Self::DeadlineMarked { .. } => "deadline_marked",
            Self::EscalationAdvised { .. } => "escalation_advised",
            Self::DeadlineRecomputed { .. } => "deadline_recomputed",
            Self::Closed { .. } => "closed",
        }
    }
}

impl CloseCode {
    /// Code of the catalogue, such as `CR12`.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::AnsweredDirectly => "CR01",
            Self::CommendationRead => "CR08",
            Self::RatedSatisfied => "CR12",
            Self::NotRated => "CR13",
            Self::NotSentBack => "CR15",
        }
    }
}
