//! The parts of a work order: dispatches with their clocks, and what happened on the way.

use calendar::Period;
use chrono::{DateTime, Utc};
use contract::escalation::Action;
use contract::types::Rating;
use serde::{Deserialize, Serialize};

use crate::command::{
    ContactAttempt, Evidence, HandlingReport, NoticeReceipt, OpinionRequest, Reply, RequesterTold,
    ReturnDecision, ReturnRequest, SpecialLimit, StatementEffect, SupervisionAnswer,
    SupervisionOrder, Withdrawal,
};
use crate::deadline::{Deadline, DeadlineKind};
use crate::event::AssignmentRole;
use crate::ids::{TextId, UnitCode};

/// One dispatch to one unit, with its clock.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Assignment {
    /// The unit.
    pub unit: UnitCode,
    /// When it was dispatched, which is when the unit received it.
    pub dispatched_at: DateTime<Utc>,
    /// In which role the unit has the order.
    #[serde(default)]
    pub role: AssignmentRole,
    /// The special limit, if one was set.
    pub special_limit: Option<SpecialLimit>,
    /// By when the unit must verify.
    pub verify_by: Option<Deadline>,
    /// By when the unit must submit.
    pub handle_by: Deadline,
    /// Deadlines of handling that `handle_by` has taken the place of, oldest first.
    #[serde(default)]
    pub superseded: Vec<Superseded>,
    /// Extensions, oldest first; they count on after a restart.
    #[serde(default)]
    pub extensions: Vec<GrantedExtension>,
    /// Whether the unit has verified that the matter is its own (R26).
    pub duty: Duty,
    /// Its application to return the order, if it made one.
    #[serde(default)]
    pub return_application: Option<ReturnApplication>,
    /// Whether the centre admits a return after the unit's time.
    #[serde(default)]
    pub late_return_allowed: bool,
    /// By when a lead unit must name the assisting units; none once it has.
    #[serde(default)]
    pub assist_by: Option<Deadline>,
    /// The assisting units of a lead unit.
    #[serde(default)]
    pub assisting: Vec<Assisting>,
    /// From when the escalation plugins are asked (again) about `handle_by`; none where they are not
    /// any more. It stands still while a report is under review.
    pub ask_at: Option<DateTime<Utc>>,
    /// Whether the unit was warned that `handle_by` comes near, by the core itself or because a plugin
    /// proposed it.
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
    /// The centre's reviews of its reports, oldest first; for assessment only.
    #[serde(default)]
    pub reviews: Vec<ReviewRecord>,
    /// Seconds that a refused return waited for its decision, where the rule set excuses them.
    #[serde(default)]
    pub return_review_seconds: i64,
}

/// A review of a report by the centre, for whose length the law sets no limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReviewRecord {
    /// When the report came in.
    pub submitted_at: DateTime<Utc>,
    /// When the centre decided, either way.
    pub decided_at: DateTime<Utc>,
    /// Whether that took no longer than its target.
    pub on_target: bool,
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

/// A deadline that another one took the place of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Superseded {
    /// The deadline.
    pub deadline: Deadline,
    /// When the other one took its place.
    pub at: DateTime<Utc>,
    /// Why.
    pub by: SupersededBy,
}

/// Why a deadline was superseded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SupersededBy {
    /// The period was extended (R37).
    Extension,
    /// The period began anew with an addition (R38).
    Restart,
    /// The period began with the acceptance.
    Acceptance,
}

/// An extension that took effect (R36).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GrantedExtension {
    /// When it was filed.
    pub filed_at: DateTime<Utc>,
    /// Why.
    pub reason: TextId,
    /// Until when it extended the period.
    pub due_at: DateTime<Utc>,
    /// How the requester was told; none where that is still owed.
    pub told: Option<RequesterTold>,
}

/// An application to return an order (R28–R31).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReturnApplication {
    /// When.
    pub at: DateTime<Utc>,
    /// What the unit applied with.
    pub request: ReturnRequest,
    /// What the centre decided.
    pub decision: Option<ReturnDecision>,
}

/// An assisting unit of a lead unit (R32).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Assisting {
    /// The unit.
    pub unit: UnitCode,
    /// Its part.
    pub part: TextId,
    /// What it handed in.
    pub contribution: Option<TextId>,
    /// When it handed that in for the first time; for assessment only.
    #[serde(default)]
    pub contributed_at: Option<DateTime<Utc>>,
    /// Its objection that waits for the centre.
    pub objection: Option<TextId>,
    /// Whether the centre released it.
    pub released: bool,
}

/// What is missing, and what came of asking for it (R15, R16).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Information {
    /// All that is missing.
    pub missing: TextId,
    /// When it was asked for.
    pub asked_at: DateTime<Utc>,
    /// When the notice went out, on network channels.
    pub notice: Option<NoticeReceipt>,
    /// The calls of the centre, on the telephone channel.
    pub contact_attempts: Vec<ContactAttempt>,
    /// What was supplied.
    pub supplied: Option<TextId>,
}

/// Something that the requester added (R38, R39).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AdditionalStatement {
    /// Position in the journal.
    pub seq: u64,
    /// What was added.
    pub content: TextId,
    /// When it was received.
    pub received_at: DateTime<Utc>,
    /// How many dispatches there had been: only what came to a unit that has the order is judged. A
    /// corrected type takes what is not judged along to its new dispatch.
    pub dispatches: usize,
    /// What the unit made of it.
    pub effect: Option<StatementEffect>,
}

/// The coordination of a hard case (R33, R34).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Coordination {
    /// When it was opened.
    pub opened_at: DateTime<Utc>,
    /// Whether the third distinct unit's return opened it.
    pub automatic: bool,
    /// The opinions that were asked for.
    pub opinions: Vec<Opinion>,
}

/// A guidance opinion (R34).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Opinion {
    /// Who was asked what.
    pub request: OpinionRequest,
    /// By when it must answer.
    pub opinion_by: Deadline,
    /// The opinion, and its document.
    pub given: Option<(TextId, Evidence)>,
}

/// A supervision of the order (R47–R51).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Supervision {
    /// Position in the journal.
    pub seq: u64,
    /// When it was ordered.
    pub at: DateTime<Utc>,
    /// What and why.
    pub order: SupervisionOrder,
    /// The unit that answers, by when, and what it answered.
    pub unit: SupervisedUnit,
    /// The guidance unit, where it answers too.
    pub guidance: Option<SupervisedUnit>,
    /// Where it stands.
    pub state: SupervisionState,
}

/// One addressee of a supervision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SupervisedUnit {
    /// The unit.
    pub unit: UnitCode,
    /// By when it must answer, where there is a limit.
    pub answer_by: Option<Deadline>,
    /// Its latest answer.
    pub answer: Option<SupervisionAnswer>,
}

/// Where a supervision stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SupervisionState {
    /// An answer is owed.
    Open,
    /// Everybody has answered; the centre reviews.
    Answered,
    /// Ended.
    Accepted,
}

/// A proposal of an escalation rule that a person follows or not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proposed {
    /// Position in the journal of the advice.
    pub advice: u64,
    /// Position of the proposal in it, from 0.
    pub proposal: u16,
    /// What.
    pub action: Action,
    /// The rule's reason.
    pub reason: String,
    /// What became of it.
    pub state: ProposalState,
}

/// What became of a proposal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ProposalState {
    /// Waits for a person.
    Open,
    /// Followed.
    Followed,
    /// Dismissed.
    Dismissed,
}

/// How the order was withdrawn (R45).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Withdrawn {
    /// When.
    pub at: DateTime<Utc>,
    /// By whom, with what record.
    pub withdrawal: Withdrawal,
    /// Whether the unit had returned the order before, or submitted it to the centre: then no clock of
    /// the unit runs while it ends the order.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub handed_over: bool,
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
    /// The centre calls the requester, or assesses what was supplied; the law sets no time (R15).
    Information,
    /// The law sets the department no time to determine the unit (R34).
    Coordination,
    /// The law sets no time for dispatching a returned order again (R30).
    Returned,
    /// Withdrawn when the unit had submitted or returned it; what is left to the unit is to end it, and
    /// the law sets no time for that (R45).
    Withdrawn,
    /// The order has ended.
    Closed,
}

impl Assignment {
    /// The period fixed at the dispatch: the most that one extension adds (R37).
    #[must_use]
    pub fn limit(&self) -> Period {
        self.superseded
            .first()
            .map_or(self.handle_by.period, |first| first.deadline.period)
    }

    /// The same period as a length, for when it begins anew (R38, R59): where a document names an
    /// instant, as many days as there were up to it.
    #[must_use]
    pub fn limit_anew(&self) -> Period {
        let limit = self.limit();
        let Period::Until(until) = limit else {
            return limit;
        };
        let (first, last) = (
            calendar::local_date(self.dispatched_at),
            calendar::last_day(until),
        );
        let days = last.signed_duration_since(first).num_days().max(1);
        Period::CalendarDays(u16::try_from(days).unwrap_or(u16::MAX))
    }

    /// How often the period began anew with an addition.
    #[must_use]
    pub fn restarts(&self) -> usize {
        let restarts = self.superseded.iter();
        restarts
            .filter(|superseded| superseded.by == SupersededBy::Restart)
            .count()
    }

    /// Whether an application to return the order waits for the centre.
    #[must_use]
    pub fn has_open_return(&self) -> bool {
        let application = self.return_application.as_ref();
        application.is_some_and(|application| application.decision.is_none())
    }

    /// Whether the order was taken back from the unit.
    #[must_use]
    pub fn was_returned(&self) -> bool {
        let application = self.return_application.as_ref();
        application.is_some_and(|application| {
            matches!(application.decision, Some(ReturnDecision::Approve { .. }))
        })
    }
}
