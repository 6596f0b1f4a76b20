//! The state of a work order: folded from its events, never stored as the truth.

use chrono::{DateTime, Utc};
use contract::types::{Channel, OrderType, Rating};
use serde::{Deserialize, Serialize};

use crate::advice::RoutingAdvice;
use crate::command::{ContactAttempt, DirectAnswer, FollowUp, HandlingReport, Reply, SpecialLimit};
use crate::deadline::{Deadline, DeadlineKind};
use crate::event::{CloseCode, QueueReason};
use crate::ids::{DistrictCode, OrderId, RequesterId, TextId, UnitCode};

/// A work order 工单.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WorkOrder {
    /// Its number.
    pub id: OrderId,
    /// Number of events so far; the version that a command may be made against.
    pub version: u64,
    /// Type of the matter.
    pub order_type: OrderType,
    /// How it came in.
    pub channel: Channel,
    /// District, where known.
    pub district: Option<DistrictCode>,
    /// Street or town, where known.
    pub street: Option<String>,
    /// Category, where known.
    pub category: Option<String>,
    /// Who asks.
    pub requester: RequesterId,
    /// The request in the requester's own words.
    pub request: TextId,
    /// Where it came from.
    pub source: Option<String>,
    /// When it was registered.
    pub registered_at: DateTime<Utc>,
    /// Where it stands.
    pub stage: Stage,
    /// The deadline of the centre's dispatch, kept for the record.
    pub dispatch_by: Deadline,
    /// Every dispatch to a unit, each with its own clock; the last one is in force (R24).
    pub assignments: Vec<Assignment>,
    /// The latest routing advice.
    pub routing: Option<RoutingAdvice>,
    /// The answer from the knowledge base, if it was answered directly (R19).
    pub direct_answer: Option<DirectAnswer>,
    /// Ratings of the handling, one a round.
    pub ratings: Vec<RatingRecord>,
    /// Call-backs after a dissatisfied rating (R58).
    pub follow_ups: Vec<FollowUp>,
    /// Deadlines that were missed, with the due instant that was missed. Facts; they survive.
    pub missed: Vec<Missed>,
}

/// Where an order stands. Each stage carries what holds only in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "stage")]
pub enum Stage {
    /// Registered, not with a unit yet.
    AwaitingDispatch {
        /// Why a person must route it.
        queue: QueueReason,
    },
    /// With a unit that has not said yet whether it is its own.
    AwaitingVerification,
    /// A unit handles it.
    InHandling,
    /// The centre reviews the unit's report.
    UnderReview {
        /// When the report came in; if it passes, handling ended then (R24).
        submitted_at: DateTime<Utc>,
    },
    /// Reviewed; a rating channel must be offered.
    AwaitingRatingOffer {
        /// By when.
        offer_by: Deadline,
    },
    /// The requester may rate.
    AwaitingRating {
        /// Until when.
        rate_by: Deadline,
    },
    /// The requester is dissatisfied; the centre calls back and decides.
    AwaitingFollowUp {
        /// Whether the call-back has taken place.
        followed_up: bool,
    },
    /// Ended.
    Closed {
        /// How.
        code: CloseCode,
        /// When.
        at: DateTime<Utc>,
    },
}

impl Stage {
    /// Stable name, as shown on screens and in the views.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::AwaitingDispatch { .. } => "awaiting_dispatch",
            Self::AwaitingVerification => "awaiting_verification",
            Self::InHandling => "in_handling",
            Self::UnderReview { .. } => "under_review",
            Self::AwaitingRatingOffer { .. } => "awaiting_rating_offer",
            Self::AwaitingRating { .. } => "awaiting_rating",
            Self::AwaitingFollowUp { .. } => "awaiting_follow_up",
            Self::Closed { .. } => "closed",
        }
    }
}

/// One dispatch to one unit, with its clock.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Assignment {
    /// The unit.
    pub unit: UnitCode,
    /// When it was dispatched, which is when the unit received it.
    pub dispatched_at: DateTime<Utc>,
    /// The special limit, if one was set.
    pub special_limit: Option<SpecialLimit>,
    /// By when the unit must verify.
    pub verify_by: Option<Deadline>,
    /// By when the unit must submit.
    pub handle_by: Deadline,
    /// Whether the unit has verified that the matter is its own (R26).
    pub duty: Duty,
    /// From when the escalation plugins are asked (again) about `handle_by`; none where they are not
    /// any more. It stands still while a report is under review.
    pub ask_at: Option<DateTime<Utc>>,
    /// Whether the core itself warned the unit that `handle_by` comes near, no plugin having said
    /// anything.
    pub warned: bool,
    /// Attempts to reach the requester.
    pub contact_attempts: Vec<ContactAttempt>,
    /// The latest reply.
    pub reply: Option<Reply>,
    /// The latest report.
    pub report: Option<HandlingReport>,
    /// When the report that passed the review was submitted: handling ended then (R24).
    pub completed_at: Option<DateTime<Utc>>,
    /// Time that reports spent in reviews that failed, in seconds; for assessment only.
    pub failed_review_seconds: i64,
}

/// Whether a unit has verified that the matter is its own (R26).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "duty")]
pub enum Duty {
    /// Not yet.
    Unverified,
    /// It said so.
    Accepted {
        /// When.
        at: DateTime<Utc>,
    },
    /// It said nothing in time.
    DeemedAccepted {
        /// When that was recorded.
        at: DateTime<Utc>,
    },
}

/// A rating of the handling, or the lack of one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RatingRecord {
    /// The option chosen; none means unrated (未评价).
    pub rating: Option<Rating>,
    /// When.
    pub at: DateTime<Utc>,
}

/// A missed deadline.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Missed {
    /// Which.
    pub deadline: DeadlineKind,
    /// The due instant that was missed.
    pub due_at: DateTime<Utc>,
    /// The unit that missed it, or none where it was the centre.
    pub unit: Option<UnitCode>,
    /// Whether the due instant was provisional when it passed; assessment may be lenient then.
    pub provisional: bool,
}

/// Why no deadline runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum NoDeadline {
    /// The unit has submitted; the law sets the centre no time for its review. If the report
    /// fails, the unit's deadline runs on as if it had never stopped.
    UnderReview,
    /// The law sets no time for the call-back (R58).
    FollowUp,
    /// The order has ended.
    Closed,
}

impl WorkOrder {
    /// The assignment in force: the last dispatch (R24).
    #[must_use]
    pub fn assignment(&self) -> Option<&Assignment> {
        self.assignments.last()
    }

    /// The deadline that runs now and ends first, or why none does.
    ///
    /// # Errors
    /// [`NoDeadline`], where none runs.
    pub fn current_deadline(&self) -> Result<&Deadline, NoDeadline> {
        let running = self.running_deadlines();
        let first = running
            .into_iter()
            .min_by_key(|deadline| deadline.due.due_at);
        first.ok_or(match &self.stage {
            Stage::AwaitingFollowUp { .. } => NoDeadline::FollowUp,
            Stage::Closed { .. } => NoDeadline::Closed,
            Stage::AwaitingDispatch { .. }
            | Stage::AwaitingVerification
            | Stage::InHandling
            | Stage::UnderReview { .. }
            | Stage::AwaitingRatingOffer { .. }
            | Stage::AwaitingRating { .. } => NoDeadline::UnderReview,
        })
    }

    /// Every deadline that runs now, in the order of their kinds. There is more than one only while
    /// the unit verifies, because the time for handling runs with it.
    #[must_use]
    pub fn running_deadlines(&self) -> Vec<&Deadline> {
        match &self.stage {
            Stage::AwaitingDispatch { .. } => vec![&self.dispatch_by],
            Stage::AwaitingVerification => {
                let assignment = self.assignment();
                let verify_by = assignment.and_then(|assignment| assignment.verify_by.as_ref());
                verify_by
                    .into_iter()
                    .chain(assignment.map(|it| &it.handle_by))
                    .collect()
            }
            Stage::InHandling => self
                .assignment()
                .map(|it| &it.handle_by)
                .into_iter()
                .collect(),
            Stage::AwaitingRatingOffer { offer_by } => vec![offer_by],
            Stage::AwaitingRating { rate_by } => vec![rate_by],
            Stage::UnderReview { .. } | Stage::AwaitingFollowUp { .. } | Stage::Closed { .. } => {
                Vec::new()
            }
        }
    }

    /// Every deadline that runs now or may run on: those of [`Self::running_deadlines`], and the
    /// unit's while its report is under review. A new calendar recomputes them (C3).
    #[must_use]
    pub fn open_deadlines(&self) -> Vec<&Deadline> {
        match &self.stage {
            Stage::UnderReview { .. } => self
                .assignment()
                .map(|it| &it.handle_by)
                .into_iter()
                .collect(),
            Stage::AwaitingDispatch { .. }
            | Stage::AwaitingVerification
            | Stage::InHandling
            | Stage::AwaitingRatingOffer { .. }
            | Stage::AwaitingRating { .. }
            | Stage::AwaitingFollowUp { .. }
            | Stage::Closed { .. } => self.running_deadlines(),
        }
    }

    /// Whether a year that is not announced yet may move one of the order's deadlines.
    #[must_use]
    pub fn is_provisional(&self) -> bool {
        let open = self.open_deadlines();
        open.into_iter()
            .any(|deadline| deadline.due.provisional && !self.has_missed(deadline))
    }

    /// Whether a handling deadline of the order was missed (R25).
    #[must_use]
    pub fn is_overdue(&self) -> bool {
        self.missed
            .iter()
            .any(|missed| missed.deadline == DeadlineKind::Handling)
    }

    /// Whether this deadline was recorded as missed.
    #[must_use]
    pub fn has_missed(&self, deadline: &Deadline) -> bool {
        let is_it = |missed: &Missed| {
            missed.deadline == deadline.kind && missed.due_at == deadline.due.due_at
        };
        self.missed.iter().any(is_it)
    }

    /// From when the escalation plugins are asked about a running deadline, if they are.
    pub(crate) fn ask_at(&self, deadline: &Deadline) -> Option<DateTime<Utc>> {
        self.assignment()
            .filter(|_| deadline.kind == DeadlineKind::Handling)?
            .ask_at
    }

    /// Running deadlines that have passed at `now` and were not marked yet (T8).
    pub(crate) fn lapsed_deadlines(&self, now: DateTime<Utc>) -> Vec<&Deadline> {
        let mut running = self.running_deadlines();
        running.retain(|deadline| deadline.is_late(now) && !self.has_missed(deadline));
        running
    }
}
