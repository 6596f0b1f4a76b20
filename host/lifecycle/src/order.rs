//! The state of a work order: folded from its events, never stored as the truth.

mod parts;

mod secrecy;

pub use parts::{
    AdditionalStatement, Assignment, Assisting, Coordination, Duty, GrantedExtension, Information,
    Missed, NoDeadline, Opinion, ProposalState, Proposed, RatingRecord, ReturnApplication,
    ReviewRecord, Superseded, SupersededBy, SupervisedUnit, Supervision, SupervisionState,
    Withdrawn,
};

use chrono::{DateTime, Utc};
use contract::escalation::Priority;
use contract::types::{Channel, OrderType, Rating};
use serde::{Deserialize, Serialize};

use crate::advice::RoutingAdvice;
use crate::command::{
    Concealment, DirectAnswer, FollowUp, RealNameGround, ServiceRating, StatementEffect,
};
use crate::deadline::{Deadline, DeadlineKind};
use crate::event::{AssignmentRole, CloseCode, QueueReason};
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
    /// The deadline of the centre's dispatch, kept for the record; none while information is missing.
    pub dispatch_by: Option<Deadline>,
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
    /// How urgent it is; it orders lists, nothing else.
    #[serde(default = "usual")]
    pub priority: Priority,
    /// Why the requester's real name is needed, where it is (R11).
    #[serde(default)]
    pub real_name: Option<RealNameGround>,
    /// What is hidden from whom; all of them hold (R9).
    #[serde(default)]
    pub concealments: Vec<Concealment>,
    /// Whether a consumer dispute is to be mediated (R43).
    #[serde(default)]
    pub consumer_mediation: bool,
    /// The unit whose staff is complained of, where it is (R7).
    #[serde(default)]
    pub against_unit: Option<UnitCode>,
    /// The contact that the matter is a part of (R13, R14).
    #[serde(default)]
    pub contact: Option<String>,
    /// The order that this one files again (R18).
    #[serde(default)]
    pub refiled_from: Option<OrderId>,
    /// The long-term matter that it is a member of (R52); the matter decides.
    #[serde(default)]
    pub long_term: Option<String>,
    /// It is one of so many open orders about the same thing, and the escalation plugins were asked about
    /// them (R52).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub one_of_many: Option<u32>,
    /// Orders about the same matter, of other requesters above all; each goes its own way.
    #[serde(default)]
    pub same_matter_as: Vec<OrderId>,
    /// Notes on the requester's conduct (R8).
    #[serde(default)]
    pub conduct_notes: Vec<TextId>,
    /// What was missing, and what came of it (R15, R16).
    #[serde(default)]
    pub information: Option<Information>,
    /// What the requester added (R38, R39).
    #[serde(default)]
    pub statements: Vec<AdditionalStatement>,
    /// The coordination of the hard case, if it is one (R33).
    #[serde(default)]
    pub coordination: Option<Coordination>,
    /// The withdrawal, if it was withdrawn (R45).
    #[serde(default)]
    pub withdrawn: Option<Withdrawn>,
    /// What the requester chose so far, where the last choice counts.
    #[serde(default)]
    pub held_rating: Option<Rating>,
    /// How the requester rated the hotline's service (R55).
    #[serde(default)]
    pub service_rating: Option<ServiceRating>,
    /// The unit's diligence statement (R63).
    #[serde(default)]
    pub diligence_statement: Option<TextId>,
    /// Supervisions, oldest first (R47).
    #[serde(default)]
    pub supervisions: Vec<Supervision>,
    /// Proposals of escalation rules that are for a person to decide.
    #[serde(default)]
    pub proposals: Vec<Proposed>,
}

const fn usual() -> Priority {
    Priority::Normal
}

/// Where an order stands. Each stage carries what holds only in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "stage")]
pub enum Stage {
    /// Something is missing; the matter is not registered until it is there.
    AwaitingInformation {
        /// By when the requester must answer, once a notice went out (R16).
        answer_by: Option<Deadline>,
        /// Whether something was supplied that the centre must assess.
        supplied: bool,
    },
    /// Registered, not with a unit yet, or not any more.
    AwaitingDispatch {
        /// Why a person must route it.
        queue: QueueReason,
    },
    /// With a unit that has not said yet whether it is its own.
    AwaitingVerification,
    /// The unit applied to return it; the centre decides, and the clock runs.
    ReturnRequested,
    /// A hard case that is coordinated (R33).
    InCoordination,
    /// A unit handles it.
    InHandling,
    /// The district's hotline office reviews the unit's report first; the clock runs until it passes
    /// the report on.
    UnderDistrictReview {
        /// Whose office.
        district: DistrictCode,
    },
    /// The centre reviews the unit's report.
    UnderReview {
        /// When the report came in; if it passes, handling ended then (R24).
        submitted_at: DateTime<Utc>,
    },
    /// Withdrawn by the requester; the unit ends it (R45).
    Withdrawn,
    /// Reviewed; a rating channel must be offered.
    AwaitingRatingOffer {
        /// By when.
        offer_by: Deadline,
    },
    /// The requester may rate.
    AwaitingRating {
        /// Until when.
        rate_by: Deadline,
        /// Whether the delivery of the offer was confirmed, so that it counts from then for good
        ///
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        delivered: bool,
    },
    /// The requester is dissatisfied; the centre calls back and decides.
    AwaitingFollowUp {
        /// Whether the call-back has taken place.
        followed_up: bool,
    },
    /// Dissatisfied again; the unit may file a diligence statement (R63).
    AwaitingStatement {
        /// Until when.
        statement_by: Deadline,
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
    /// Names of all stages, in the order of an order's life.
    pub const NAMES: &'static [&'static str] = &[
        "awaiting_information",
        "awaiting_dispatch",
        "awaiting_verification",
        "return_requested",
        "in_coordination",
        "in_handling",
        "under_district_review",
        "under_review",
        "withdrawn",
        "awaiting_rating_offer",
        "awaiting_rating",
        "awaiting_follow_up",
        "awaiting_statement",
        "closed",
    ];

    /// Stable name, as shown on screens and in the views.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::AwaitingInformation { .. } => "awaiting_information",
            Self::AwaitingDispatch { .. } => "awaiting_dispatch",
            Self::AwaitingVerification => "awaiting_verification",
            Self::ReturnRequested => "return_requested",
            Self::InCoordination => "in_coordination",
            Self::InHandling => "in_handling",
            Self::UnderDistrictReview { .. } => "under_district_review",
            Self::UnderReview { .. } => "under_review",
            Self::Withdrawn => "withdrawn",
            Self::AwaitingRatingOffer { .. } => "awaiting_rating_offer",
            Self::AwaitingRating { .. } => "awaiting_rating",
            Self::AwaitingFollowUp { .. } => "awaiting_follow_up",
            Self::AwaitingStatement { .. } => "awaiting_statement",
            Self::Closed { .. } => "closed",
        }
    }
}

impl WorkOrder {
    /// The assignment in force: the last dispatch (R24).
    #[must_use]
    pub fn assignment(&self) -> Option<&Assignment> {
        self.assignments.last()
    }

    /// Which handling it is: 1, or 2 after the order was sent back (R59).
    #[must_use]
    pub fn round(&self) -> u16 {
        let rehandled = |it: &Assignment| it.role == AssignmentRole::Rehandling;
        if self.assignments.last().is_some_and(rehandled) {
            2
        } else {
            1
        }
    }

    /// Whether it has ended; supervisions may run on.
    #[must_use]
    pub const fn is_closed(&self) -> bool {
        matches!(self.stage, Stage::Closed { .. })
    }

    /// Units whose approved returns the order has had, oldest first (R33).
    pub fn returned_by(&self) -> impl Iterator<Item = &UnitCode> {
        let returned = self.assignments.iter().filter(|it| it.was_returned());
        returned.map(|it| &it.unit)
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
            Stage::AwaitingInformation { .. } => NoDeadline::Information,
            Stage::AwaitingDispatch { .. } => NoDeadline::Returned,
            Stage::InCoordination => NoDeadline::Coordination,
            Stage::AwaitingFollowUp { .. } => NoDeadline::FollowUp,
            Stage::Withdrawn => NoDeadline::Withdrawn,
            Stage::Closed { .. } => NoDeadline::Closed,
            Stage::AwaitingVerification
            | Stage::ReturnRequested
            | Stage::InHandling
            | Stage::UnderDistrictReview { .. }
            | Stage::UnderReview { .. }
            | Stage::AwaitingRatingOffer { .. }
            | Stage::AwaitingRating { .. }
            | Stage::AwaitingStatement { .. } => NoDeadline::UnderReview,
        })
    }

    /// Every deadline that runs now: that of the stage, and those of supervisions beside it.
    #[must_use]
    pub fn running_deadlines(&self) -> Vec<&Deadline> {
        let mut running = self.stage_deadlines();
        let owed = self
            .supervisions
            .iter()
            .filter(|it| it.state == SupervisionState::Open);
        for supervision in owed {
            let units = std::iter::once(&supervision.unit).chain(&supervision.guidance);
            let unanswered = units.filter(|unit| unit.answer.is_none());
            running.extend(unanswered.filter_map(|unit| unit.answer_by.as_ref()));
        }
        running
    }

    fn stage_deadlines(&self) -> Vec<&Deadline> {
        let assignment = self.assignment();
        let handle_by = assignment.map(|it| &it.handle_by);
        let assist_by = assignment.and_then(|it| it.assist_by.as_ref());
        match &self.stage {
            Stage::AwaitingInformation {
                answer_by,
                supplied,
            } => answer_by.iter().filter(|_| !supplied).collect(),
            // The law times the first dispatch only (R20, R30).
            Stage::AwaitingDispatch { .. } => {
                let first = self.assignments.is_empty();
                self.dispatch_by.iter().filter(|_| first).collect()
            }
            Stage::AwaitingVerification => {
                let verify_by = assignment.and_then(|it| it.verify_by.as_ref());
                let all = verify_by.into_iter().chain(assist_by).chain(handle_by);
                all.collect()
            }
            Stage::InHandling => assist_by.into_iter().chain(handle_by).collect(),
            Stage::ReturnRequested | Stage::UnderDistrictReview { .. } => {
                handle_by.into_iter().collect()
            }
            // What the unit had handed over before is not timed any more (R45).
            Stage::Withdrawn => {
                let handed_over = self.withdrawn.as_ref().is_some_and(|it| it.handed_over);
                handle_by.into_iter().filter(|_| !handed_over).collect()
            }
            Stage::InCoordination => {
                let opinions = self.coordination.iter().flat_map(|it| &it.opinions);
                let asked = opinions.filter(|opinion| opinion.given.is_none());
                asked.map(|opinion| &opinion.opinion_by).collect()
            }
            Stage::AwaitingRatingOffer { offer_by } => vec![offer_by],
            Stage::AwaitingRating { rate_by, .. } => vec![rate_by],
            Stage::AwaitingStatement { statement_by } => vec![statement_by],
            Stage::UnderReview { .. } | Stage::AwaitingFollowUp { .. } | Stage::Closed { .. } => {
                Vec::new()
            }
        }
    }

    /// Every deadline that runs now or may run on: those of [`Self::running_deadlines`], the unit's
    /// while its report is under review, a lead unit's while its return or its report is decided on,
    /// and those of supervisions that were answered but not accepted. A new calendar recomputes them
    /// (C3).
    #[must_use]
    pub fn open_deadlines(&self) -> Vec<&Deadline> {
        let mut open = self.running_deadlines();
        let assignment = self.assignment();
        if let Stage::UnderReview { .. } = self.stage {
            open.extend(assignment.map(|it| &it.handle_by));
        }
        if let Stage::ReturnRequested
        | Stage::UnderDistrictReview { .. }
        | Stage::UnderReview { .. } = self.stage
        {
            open.extend(assignment.and_then(|it| it.assist_by.as_ref()));
        }
        let unaccepted = self.supervisions.iter();
        for supervision in unaccepted.filter(|it| it.state != SupervisionState::Accepted) {
            let units = std::iter::once(&supervision.unit).chain(&supervision.guidance);
            let answered = units.filter(|unit| unit.answer.is_some());
            open.extend(answered.filter_map(|unit| unit.answer_by.as_ref()));
        }
        open
    }

    /// The unit whose deadline it is; none where it is the centre's or the requester's.
    #[must_use]
    pub fn owner(&self, deadline: &Deadline) -> Option<&UnitCode> {
        match deadline.kind {
            DeadlineKind::Verification
            | DeadlineKind::Handling
            | DeadlineKind::Assistance
            | DeadlineKind::DiligenceStatement => self.assignment().map(|it| &it.unit),
            DeadlineKind::Opinion => {
                let mut opinions = self.coordination.iter().flat_map(|it| &it.opinions);
                let asked = opinions.find(|opinion| opinion.opinion_by == *deadline);
                asked.map(|opinion| &opinion.request.adviser)
            }
            DeadlineKind::Supervision | DeadlineKind::GuidanceFeedback => {
                let all = self.supervisions.iter();
                let mut units = all.flat_map(|it| std::iter::once(&it.unit).chain(&it.guidance));
                let unit = units.find(|unit| unit.answer_by.as_ref() == Some(deadline));
                unit.map(|unit| &unit.unit)
            }
            DeadlineKind::Dispatch
            | DeadlineKind::RatingOffer
            | DeadlineKind::Rating
            | DeadlineKind::Information => None,
        }
    }

    /// Additions that the unit has not judged yet (R38).
    pub fn unjudged_statements(&self) -> impl Iterator<Item = &AdditionalStatement> {
        let dispatches = self.assignments.len();
        self.statements
            .iter()
            .filter(move |it| it.effect.is_none() && it.dispatches == dispatches && dispatches > 0)
    }

    /// When the requester was last heard of with an addition that began the period anew (R38): calls
    /// before it prove nothing any more.
    pub(crate) fn heard_of_at(&self) -> Option<DateTime<Utc>> {
        let dispatches = self.assignments.len();
        let restarts = self.statements.iter().filter(|it| {
            it.dispatches == dispatches && it.effect == Some(StatementEffect::AffectsHandling)
        });
        restarts.map(|it| it.received_at).max()
    }

    /// A supervision by its position in the journal.
    #[must_use]
    pub fn supervision(&self, seq: u64) -> Option<&Supervision> {
        self.supervisions.iter().find(|it| it.seq == seq)
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

    /// Whether the unit only reads it: a commendation that was not dispatched to be verified (R44,
    ///
    #[must_use]
    pub fn is_only_read(&self) -> bool {
        let verified =
            |it: &Assignment| it.verify_by.is_some() || it.role == AssignmentRole::Rehandling;
        self.order_type == OrderType::Commendation && !self.assignment().is_some_and(verified)
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
