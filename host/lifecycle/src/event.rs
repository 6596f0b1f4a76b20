//! What has happened to an order. Past tense; the journal keeps these for ever, so a variant or a
//! field is only ever added, never changed in meaning. No personal data: people and texts are
//! references.

mod name;
mod refs;

mod terms;

pub use terms::{
    AssignmentRole, CloseCode, DispatchChoice, NewPeriods, QueueReason, RoutingConsequence,
};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use contract::escalation::Priority;
use contract::types::{OrderType, Rating};

use crate::advice::{EscalationAdvice, RoutingAdvice};
use crate::command::{
    AssistingUnit, Concealment, ContactAttempt, DirectAnswer, Evidence, Exclusion, FollowUp,
    HandlingReport, Identity, Moment, NoticeReceipt, OpinionRequest, OrderLink, RatingOffer,
    Registration, Reply, RequesterTold, ReturnRequest, ServiceRating, SpecialLimit,
    StatementJudgement, SupervisionAnswer, SupervisionOrder, Withdrawal,
};
use crate::deadline::{Deadline, DeadlineKind};
use crate::ids::{Actor, DistrictCode, TextId, UnitCode};

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
#[expect(
    clippy::large_enum_variant,
    reason = "journals are short, and read one event after the other"
)]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "event", content = "data")]
pub enum Event {
    /// The work order came into being.
    Registered {
        /// The matter.
        registration: Box<Registration>,
        /// By when it must be dispatched.
        dispatch_by: Deadline,
    },
    /// A matter came in that lacks something; it is registered when that is there (Art. 12, A-07).
    Received {
        /// The matter.
        registration: Box<Registration>,
        /// All that is missing.
        missing: TextId,
    },
    /// The centre asks for what is missing, after it had registered the matter (Art. 12).
    InformationRequested {
        /// All that is missing.
        missing: TextId,
    },
    /// The notice of what is missing went out (Art. 12(2)).
    InformationNoticeSent {
        /// When.
        receipt: NoticeReceipt,
        /// By when the requester must answer.
        answer_by: Deadline,
    },
    /// The requester supplied something (Art. 12).
    InformationSupplied {
        /// What.
        content: TextId,
        /// Who.
        identity: Identity,
    },
    /// It is enough: the matter is registered now.
    InformationSufficient {
        /// By when it must be dispatched.
        dispatch_by: Deadline,
    },
    /// Personal data is hidden as agreed, and the requester was warned (Art. 9(2)).
    Concealed(Concealment),
    /// The requester occupies the hotline without good reason (Art. 9(1)); a mark only.
    ConductFlagged {
        /// What happened.
        note: TextId,
    },
    /// How urgent the order is from now on.
    PrioritySet {
        /// How urgent.
        priority: Priority,
        /// Why, where a person set it; none where an escalation rule did.
        reason: Option<TextId>,
    },
    /// The type of the matter was corrected (Art. 45).
    Reclassified {
        /// The type.
        order_type: OrderType,
        /// Why.
        reason: TextId,
        /// The handling period anew, where a unit has the order.
        deadlines: Option<NewPeriods>,
    },
    /// A member of a long-term matter from now on, or not any more (Art. 26).
    LongTermListed {
        /// Number of the matter.
        matter: Option<String>,
    },
    /// The order is one of many open ones about the same thing (Art. 26(1)).
    ManyAlike {
        /// How many there are.
        orders: u32,
    },
    /// Another order is about the same matter, or is not after all.
    OrdersLinked(OrderLink),
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
        /// In which role the unit has the order.
        #[serde(default)]
        role: AssignmentRole,
        /// By when a lead unit must name the assisting units (Art. 17(3)).
        #[serde(default, skip_serializing_if = "Option::is_none")]
        assist_by: Option<Deadline>,
    },
    /// The unit applied to return the order (Art. 17).
    ReturnRequested(ReturnRequest),
    /// The centre admits a return after the unit's time.
    LateReturnAllowed {
        /// Why.
        reason: TextId,
    },
    /// The return was approved; the order waits for its next unit (Art. 17(2)).
    ReturnApproved {
        /// Why.
        reason: TextId,
    },
    /// The return was refused; the order stays, its clock has not stopped (Art. 17(2)).
    ReturnRejected {
        /// The time that the application waited, taken off when lateness is assessed.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        excused_seconds: Option<i64>,
        /// Why.
        reason: TextId,
    },
    /// The lead unit named the assisting units (Art. 17(3)).
    AssistingUnitsNamed {
        /// The units, each with its part.
        units: Vec<AssistingUnit>,
    },
    /// An assisting unit handed in its part.
    AssistanceRecorded {
        /// Which unit.
        unit: UnitCode,
        /// What it did.
        content: TextId,
    },
    /// An assisting unit objected to its part.
    AssistanceObjected {
        /// Which unit.
        unit: UnitCode,
        /// Why.
        reason: TextId,
    },
    /// The centre decided on the objection of an assisting unit.
    ObjectionDecided {
        /// Which unit.
        unit: UnitCode,
        /// Whether it is released.
        released: bool,
        /// Why.
        reason: TextId,
    },
    /// The coordination of a hard case began (Art. 18).
    CoordinationOpened {
        /// Why, where a person opened it; none where the third unit returned the order.
        reason: Option<TextId>,
    },
    /// An authority was asked for its opinion (Art. 18).
    OpinionRequested {
        /// Who and what.
        request: OpinionRequest,
        /// By when it must answer.
        opinion_by: Deadline,
    },
    /// The authority gave its opinion (Art. 18).
    OpinionRecorded {
        /// Which authority.
        adviser: UnitCode,
        /// What it says.
        opinion: TextId,
        /// The document.
        document: Evidence,
    },
    /// The handling period was extended (Art. 19).
    Extended {
        /// Why.
        reason: TextId,
        /// By when the unit must submit now.
        handle_by: Deadline,
    },
    /// The requester was told of the extension (Art. 19).
    ExtensionNoticed(RequesterTold),
    /// The requester added something (Art. 20).
    StatementAdded {
        /// What.
        content: TextId,
        /// When it was received.
        received_at: DateTime<Utc>,
        /// Who.
        identity: Identity,
    },
    /// The unit judged an addition (Art. 20).
    StatementJudged {
        /// What it says.
        judgement: StatementJudgement,
        /// The handling period anew, where the addition affects the handling.
        handle_by: Option<Deadline>,
        /// Whether the miss of the period before no longer counts.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        undoes_miss: bool,
    },
    /// The unit verified that the matter is its own.
    DutyAccepted,
    /// The handling period began with the acceptance, where that counts as the receipt.
    PeriodBegun {
        /// By when the unit must submit.
        handle_by: Deadline,
    },
    /// The unit did not say within its time; deemed its own duty (R26).
    DutyDeemedAccepted,
    /// The unit tried to reach the requester.
    ContactAttempted(ContactAttempt),
    /// The unit told the requester the result.
    Replied(Reply),
    /// The unit submitted its report.
    Submitted(HandlingReport),
    /// The report goes to the district's hotline office first (Art. 5).
    PassedToDistrict {
        /// Whose office.
        district: DistrictCode,
    },
    /// The district's hotline office passed the report on to the centre (Art. 5): only now has it come
    /// in.
    DistrictReviewPassed,
    /// The report passed the review; the submission stands as the end of handling (R24).
    ReviewPassed {
        /// By when a rating channel must be offered.
        offer_by: Deadline,
        /// Whether the review took no longer than its target.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        on_target: Option<bool>,
    },
    /// The report failed the review.
    ReviewFailed {
        /// What is missing.
        reason: TextId,
        /// Whether the review took no longer than its target; none of a district's office.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        on_target: Option<bool>,
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
    /// The requester chose, and may choose again until the time is over.
    RatingHeld {
        /// Which option, as long as no other follows.
        rating: Rating,
    },
    /// The requester chose otherwise in the call-back, where that counts.
    RatingChanged {
        /// Which option.
        rating: Rating,
    },
    /// No valid rating came in time: unrated (Art. 27(3)).
    RatingLapsed,
    /// A dissatisfied requester was called back.
    FollowedUp(FollowUp),
    /// The delivery of a notice was confirmed: the requester's time runs from then.
    DeliveryRecorded {
        /// When it was delivered.
        delivered_at: DateTime<Utc>,
        /// The requester's time anew.
        deadline: Deadline,
    },
    /// The requester rated how the hotline took the request (Art. 27(1)).
    ServiceRated(ServiceRating),
    /// The order went back to be handled again (Art. 29).
    SentBack {
        /// What the requester is dissatisfied with.
        reason: TextId,
        /// By when the unit must submit again.
        handle_by: Deadline,
    },
    /// After the second dissatisfied rating the unit may file a diligence statement (Art. 30(3)).
    StatementAwaited {
        /// By when.
        statement_by: Deadline,
    },
    /// The unit filed its diligence statement (Art. 30(3)).
    DiligenceStatementFiled {
        /// What it says.
        statement: TextId,
    },
    /// The requester withdrew the request, through the hotline (Art. 23(2)).
    Withdrawn(Withdrawal),
    /// A supervision was ordered (Art. 25).
    Supervised {
        /// What and why.
        order: SupervisionOrder,
        /// The unit that it is for.
        unit: UnitCode,
        /// By when it must answer, where there is a limit.
        answer_by: Option<Deadline>,
        /// By when the guidance unit must answer, where there is one.
        guidance_by: Option<Deadline>,
    },
    /// A unit answered a supervision (Art. 25).
    SupervisionAnswered {
        /// Which unit.
        unit: UnitCode,
        /// What it says.
        answer: SupervisionAnswer,
    },
    /// The centre accepted the answers, which ends the supervision.
    SupervisionAccepted {
        /// Position in the journal of the supervision.
        supervision: u64,
    },
    /// The centre demands another answer; the limit stays what it is.
    SupervisionRejected {
        /// Position in the journal of the supervision.
        supervision: u64,
        /// Why.
        reason: TextId,
    },
    /// The centre does not follow a proposal of an escalation rule.
    ProposalDismissed {
        /// Position in the journal of the advice.
        advice: u64,
        /// Position of the proposal in it, from 0.
        proposal: u16,
        /// Why not.
        reason: TextId,
    },
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
        /// Whether the unit was warned now, by the core itself or because a plugin proposed it.
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
        /// The ground of Art. 29(3), where one ended it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        exclusion: Option<Exclusion>,
        /// Of a withdrawn violation report: whether the unit goes on with it inside its own duties.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        goes_on: bool,
    },
}
