//! Work orders as they are shown: the state after a command, the whole view, a line of a list.

use std::collections::BTreeMap;

use engine::OrderView;
use engine::ports::OrderSummary;
use lifecycle::command;
use lifecycle::ids::{Actor, TextId};
use lifecycle::order::{self, Duty, Stage, WorkOrder};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::dto::deadlines::{Deadline, ExplainedDeadline};
use crate::dto::decisions::{Decision, RoutingDecision};
use crate::dto::history::{Event, Message};
use crate::dto::{
    Channel, CloseCode, CommandName, ContactResult, DeadlineKind, EvidenceKind, NoDeadline,
    OrderType, Period, QueueReason, Rating, ReplyMethod, Time,
};

/// A work order 工单 as it stands.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Order {
    /// Number of the order.
    #[schema(example = "20261124-K7Q2M4X9PA")]
    pub id: String,
    /// Number of events so far; also the `ETag`, in quotes.
    pub version: u64,
    /// Stage by name: `awaiting_dispatch`, `awaiting_verification`, `in_handling`, `under_review`,
    /// `awaiting_rating_offer`, `awaiting_rating`, `awaiting_follow_up` or `closed`.
    #[schema(example = "awaiting_verification")]
    pub stage: &'static str,
    /// Type of the matter.
    pub order_type: OrderType,
    /// How it came in.
    pub channel: Channel,
    /// District, where known.
    pub district: Option<String>,
    /// Street or town, where known.
    pub street: Option<String>,
    /// Category, where known.
    pub category: Option<String>,
    /// Where it came from.
    pub source: Option<String>,
    /// When it was registered.
    pub registered_at: Time,
    /// Why a person must route it, while it waits for dispatch.
    pub queue: Option<QueueReason>,
    /// The unit that has, or had last, the order.
    pub unit: Option<String>,
    /// The deadline that runs now and ends first.
    pub deadline: Option<Deadline>,
    /// Why none runs, where none does.
    pub no_deadline: Option<NoDeadline>,
    /// Whether a handling deadline was missed (Art. 15).
    pub overdue: bool,
    /// Whether a deadline may move when a holiday notice is imported.
    pub provisional: bool,
    /// Every dispatch to a unit; the last one is in force.
    pub assignments: Vec<Assignment>,
    /// What the routing rules advised last.
    pub routing: Option<RoutingDecision>,
    /// Ratings of the handling, one a round (Art. 27).
    pub ratings: Vec<RatingRecord>,
    /// Deadlines that were missed; facts, they stay.
    pub missed: Vec<Missed>,
    /// How it ended, if it did.
    pub closed: Option<Closed>,
    /// What the caller may do with it now.
    pub allowed: Vec<CommandName>,
}

/// The order after a command, with what the command brought about.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Outcome {
    /// The order after the command.
    #[serde(flatten)]
    pub order: Order,
    /// The events that came of it.
    pub events: Vec<Event>,
}

/// An order with everything that explains it.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct WholeOrder {
    /// The order as it stands.
    #[serde(flatten)]
    pub order: Order,
    /// The request in the requester's own words; null when it was erased.
    pub request: Option<Request>,
    /// Whether names, numbers and door-level addresses are masked in people's own words here.
    pub masked: bool,
    /// The texts that history and assignments refer to, by reference.
    #[schema(value_type = Object)]
    pub texts: BTreeMap<String, String>,
    /// Every deadline that the order ever had, oldest first, with its explanation.
    pub deadlines: Vec<ExplainedDeadline>,
    /// Everything that rules advised, oldest first: which image said what, and why.
    pub decisions: Vec<Decision>,
    /// Everything that happened, oldest first.
    pub history: Vec<Event>,
    /// Messages about it, oldest first.
    pub messages: Vec<Message>,
}

/// A request in the requester's own words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Request {
    /// Subject line.
    pub subject: String,
    /// The text.
    pub text: String,
}

/// One dispatch to one unit, with its clock.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Assignment {
    /// The unit.
    pub unit: String,
    /// When it was dispatched, which is when the unit received it.
    pub dispatched_at: Time,
    /// A handling period of its own, where a document set one (Art. 14(3)).
    pub special_limit: Option<SpecialLimit>,
    /// By when the unit must verify (Art. 16).
    pub verify_by: Option<Deadline>,
    /// By when the unit must submit (Art. 14, 15).
    pub handle_by: Deadline,
    /// Whether the unit has verified that the matter is its own: `unverified`, `accepted` or
    /// `deemed_accepted`.
    pub duty: &'static str,
    /// Attempts to reach the requester.
    pub contact_attempts: Vec<ContactAttempt>,
    /// The latest reply.
    pub reply: Option<Reply>,
    /// When the report that passed the review was submitted.
    pub completed_at: Option<Time>,
}

/// A handling period set by another document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct SpecialLimit {
    /// The period.
    pub period: Period,
    /// The document that sets it.
    pub basis: String,
}

/// An attempt to reach the requester.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ContactAttempt {
    /// When it began.
    pub started_at: Time,
    /// When it ended.
    pub ended_at: Time,
    /// What came of it.
    pub result: ContactResult,
    /// Identifier of the recording or call log.
    pub evidence: String,
}

/// A reply to the requester.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Reply {
    /// When the requester was told.
    pub replied_at: Time,
    /// How.
    pub method: ReplyMethod,
    /// Main content: reference into `texts`.
    pub content: Uuid,
    /// Evidence of it.
    pub evidence: Vec<Evidence>,
}

/// A piece of evidence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Evidence {
    /// Its kind.
    pub kind: EvidenceKind,
    /// Where it is kept.
    pub reference: String,
}

/// A rating, or the lack of one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct RatingRecord {
    /// The option chosen; null means unrated (未评价).
    pub rating: Option<Rating>,
    /// When.
    pub at: Time,
}

/// A missed deadline.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Missed {
    /// Which.
    pub deadline: DeadlineKind,
    /// The due instant that was missed.
    pub due_at: Time,
    /// The unit that missed it; null where it was the centre.
    pub unit: Option<String>,
}

/// How an order ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct Closed {
    /// How.
    pub code: CloseCode,
    /// When.
    pub at: Time,
}

/// A line of a list of orders.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct OrderLine {
    /// Number of the order.
    pub id: String,
    /// Version.
    pub version: u64,
    /// Stage by name.
    pub stage: String,
    /// Why a person must route it, while it waits for dispatch.
    pub queue: Option<QueueReason>,
    /// Type of the matter.
    pub order_type: OrderType,
    /// District.
    pub district: Option<String>,
    /// The unit that has, or had last, the order.
    pub unit: Option<String>,
    /// When it was registered.
    pub registered_at: Time,
    /// The deadline that runs now and ends first.
    pub due_at: Option<Time>,
    /// Whether it may move when a holiday notice is imported.
    pub provisional: bool,
    /// Whether a handling deadline was missed.
    pub overdue: bool,
}

/// A page of orders, newest registration first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct OrderPage {
    /// The orders.
    pub items: Vec<OrderLine>,
    /// `after` of the next page; null on the last one. Also in the `Link` header.
    pub next: Option<String>,
}

impl Order {
    /// An order as the actor sees it.
    pub fn new(order: &WorkOrder, by: &Actor) -> Self {
        let deadline = order.current_deadline();
        let (queue, closed) = match &order.stage {
            Stage::AwaitingDispatch { queue } => (Some((*queue).into()), None),
            Stage::Closed { code, at } => (
                None,
                Some(Closed {
                    code: (*code).into(),
                    at: (*at).into(),
                }),
            ),
            Stage::AwaitingVerification
            | Stage::InHandling
            | Stage::UnderReview { .. }
            | Stage::AwaitingRatingOffer { .. }
            | Stage::AwaitingRating { .. }
            | Stage::AwaitingFollowUp { .. } => (None, None),
        };
        let rating = |record: &order::RatingRecord| RatingRecord {
            rating: record.rating.map(Into::into),
            at: record.at.into(),
        };
        let missed = |missed: &order::Missed| Missed {
            deadline: missed.deadline.into(),
            due_at: missed.due_at.into(),
            unit: missed.unit.as_ref().map(ToString::to_string),
        };
        Self {
            id: order.id.to_string(),
            version: order.version,
            stage: order.stage.name(),
            order_type: order.order_type.into(),
            channel: order.channel.into(),
            district: order.district.as_ref().map(ToString::to_string),
            street: order.street.clone(),
            category: order.category.clone(),
            source: order.source.clone(),
            registered_at: order.registered_at.into(),
            queue,
            unit: order
                .assignment()
                .map(|assignment| assignment.unit.to_string()),
            deadline: deadline.ok().map(Into::into),
            no_deadline: deadline.err().map(Into::into),
            overdue: order.is_overdue(),
            provisional: order.is_provisional(),
            assignments: order.assignments.iter().map(Into::into).collect(),
            routing: order.routing.as_ref().map(RoutingDecision::from),
            ratings: order.ratings.iter().map(rating).collect(),
            missed: order.missed.iter().map(missed).collect(),
            closed,
            allowed: lifecycle::allowed(order, by)
                .into_iter()
                .map(Into::into)
                .collect(),
        }
    }
}

impl WholeOrder {
    /// The view as the actor sees it.
    #[must_use]
    pub fn new(view: OrderView, by: &Actor) -> Self {
        let text = |(TextId(id), text): (TextId, String)| (id.to_string(), text);
        Self {
            order: Order::new(&view.order, by),
            request: view.request.map(|request| Request {
                subject: request.subject,
                text: request.text,
            }),
            masked: view.masked,
            texts: view.texts.into_iter().map(text).collect(),
            deadlines: view.deadlines.into_iter().map(Into::into).collect(),
            decisions: view.decisions.iter().map(Into::into).collect(),
            history: view.history.iter().map(Into::into).collect(),
            messages: view.messages.iter().map(Into::into).collect(),
        }
    }
}

impl From<&order::Assignment> for Assignment {
    fn from(assignment: &order::Assignment) -> Self {
        let special_limit = |limit: &command::SpecialLimit| SpecialLimit {
            period: limit.period.into(),
            basis: limit.basis.clone(),
        };
        let attempt = |attempt: &command::ContactAttempt| ContactAttempt {
            started_at: attempt.started_at.into(),
            ended_at: attempt.ended_at.into(),
            result: attempt.result.into(),
            evidence: attempt.evidence.clone(),
        };
        Self {
            unit: assignment.unit.to_string(),
            dispatched_at: assignment.dispatched_at.into(),
            special_limit: assignment.special_limit.as_ref().map(special_limit),
            verify_by: assignment.verify_by.as_ref().map(Into::into),
            handle_by: Deadline::from(&assignment.handle_by),
            duty: match assignment.duty {
                Duty::Unverified => "unverified",
                Duty::Accepted { .. } => "accepted",
                Duty::DeemedAccepted { .. } => "deemed_accepted",
            },
            contact_attempts: assignment.contact_attempts.iter().map(attempt).collect(),
            reply: assignment.reply.as_ref().map(Into::into),
            completed_at: assignment.completed_at.map(Into::into),
        }
    }
}

impl From<&command::Reply> for Reply {
    fn from(reply: &command::Reply) -> Self {
        let evidence = |evidence: &command::Evidence| Evidence {
            kind: evidence.kind.into(),
            reference: evidence.reference.clone(),
        };
        Self {
            replied_at: reply.replied_at.into(),
            method: reply.method.into(),
            content: reply.content.0,
            evidence: reply.evidence.iter().map(evidence).collect(),
        }
    }
}

impl From<OrderSummary> for OrderLine {
    fn from(line: OrderSummary) -> Self {
        Self {
            id: line.id.to_string(),
            version: line.version,
            stage: line.stage,
            queue: line.queue.map(Into::into),
            order_type: line.order_type.into(),
            district: line.district.map(|district| district.to_string()),
            unit: line.unit.map(|unit| unit.to_string()),
            registered_at: line.registered_at.into(),
            due_at: line.due_at.map(Into::into),
            provisional: line.provisional,
            overdue: line.overdue,
        }
    }
}
