//! Work orders as they are shown: the state after a command, the whole view, a line of a list.

mod assignment;

mod parts;

mod viewer;

pub use assignment::{
    Assignment, Assisting, ContactAttempt, Evidence, Extension, Reply, Report, ReturnApplication,
    SpecialLimit, Superseded,
};
pub use parts::{
    CallBack, Concealment, Coordination, Information, OpenProposal, Opinion, ServiceRating,
    Statement, SupervisedUnit, Supervision, Withdrawn,
};
pub(crate) use viewer::Viewer;

use std::collections::BTreeMap;

use engine::OrderView;
use engine::ports::OrderSummary;
use lifecycle::ids::{Actor, TextId};
use lifecycle::order::{self, Stage, WorkOrder};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::dto::deadlines::{Deadline, ExplainedDeadline};
use crate::dto::decisions::{Decision, RoutingDecision};
use crate::dto::history::{Event, Message};
use crate::dto::{
    Channel, CloseCode, CommandName, DeadlineKind, NoDeadline, OrderType, Priority, QueueReason,
    Rating, Time, as_journaled,
};

/// A work order 工单 as it stands.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Order {
    /// Number of the order.
    #[schema(example = "20261124-K7Q2M4X9PA")]
    pub id: String,
    /// Number of events so far; also the `ETag`, in quotes.
    pub version: u64,
    /// Stage by name: `awaiting_information`, `awaiting_dispatch`, `awaiting_verification`,
    /// `return_requested`, `in_coordination`, `in_handling`, `under_district_review`, `under_review`,
    /// `withdrawn`, `awaiting_rating_offer`, `awaiting_rating`, `awaiting_follow_up`,
    /// `awaiting_statement` or `closed`.
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
    /// How urgent it is; it orders lists and moves no deadline.
    pub priority: Priority,
    /// Which handling it is: 1, or 2 after the order was sent back (Art. 29).
    pub round: u16,
    /// Why the requester's real name is needed (Art. 10), as in the history; null where it is not.
    #[schema(value_type = Option<Object>)]
    pub real_name: Option<Value>,
    /// What is hidden from whom; all of them hold (Art. 9(2)).
    pub concealments: Vec<Concealment>,
    /// Whether a consumer dispute is to be mediated (Art. 22(2)).
    pub consumer_mediation: bool,
    /// The unit whose staff is complained of (Art. 8(4)); null for everybody but the centre and that
    /// unit's leader.
    pub against_unit: Option<String>,
    /// The contact that the matter is a part of (Art. 11).
    pub contact: Option<String>,
    /// The order that this one files again (Art. 12(4)).
    pub refiled_from: Option<String>,
    /// The long-term matter that it is a member of (Art. 26); the matter decides, and the order follows
    /// within moments.
    pub long_term: Option<String>,
    /// Orders about the same matter, by number; empty for channel systems.
    pub same_matter_as: Vec<String>,
    /// It is one of so many open orders about the same thing, and the escalation plugins were asked about
    /// them (Art. 26(1)).
    pub one_of_many: Option<u32>,
    /// Notes on the requester's conduct (Art. 9(1)): references into `texts`; for the centre.
    pub conduct_notes: Vec<Uuid>,
    /// What was missing, and what came of asking for it (Art. 12).
    pub information: Option<Information>,
    /// Why a person must route it, while it waits for dispatch.
    pub queue: Option<QueueReason>,
    /// The district whose hotline office reviews the report, while it does (Art. 5).
    pub reviewing_district: Option<String>,
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
    /// What the requester added (Art. 20).
    pub statements: Vec<Statement>,
    /// The coordination of the hard case, if it is one (Art. 18).
    pub coordination: Option<Coordination>,
    /// The withdrawal, if it was withdrawn (Art. 23(2)).
    pub withdrawn: Option<Withdrawn>,
    /// Ratings of the handling, one a round (Art. 27).
    pub ratings: Vec<RatingRecord>,
    /// Call-backs after a dissatisfied rating (Art. 28).
    pub follow_ups: Vec<CallBack>,
    /// How the requester rated the hotline's service (Art. 27(1)).
    pub service_rating: Option<ServiceRating>,
    /// The unit's diligence statement (Art. 30(3)): reference into `texts`.
    pub diligence_statement: Option<Uuid>,
    /// Supervisions, oldest first (Art. 25); for units, those that are for them.
    pub supervisions: Vec<Supervision>,
    /// Proposals of escalation rules that are for a person to decide; for the centre.
    pub proposals: Vec<OpenProposal>,
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

/// A rating, or the lack of one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct RatingRecord {
    /// Of which handling: 1 or 2.
    pub round: usize,
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
        let viewer = Viewer::new(order, by);
        let deadline = order.current_deadline();
        let unit = order.assignment().map(|it| it.unit.to_string());
        let information = order.information.as_ref();
        let coordination = order.coordination.as_ref();
        let allowed = lifecycle::allowed(order, by).into_iter();
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
            priority: order.priority.into(),
            round: order.round(),
            real_name: order.real_name.as_ref().map(as_journaled),
            concealments: order.concealments.iter().map(Into::into).collect(),
            consumer_mediation: order.consumer_mediation,
            against_unit: against(order, viewer),
            contact: order.contact.clone(),
            refiled_from: order.refiled_from.as_ref().map(ToString::to_string),
            long_term: order.long_term.clone(),
            same_matter_as: links(order, viewer),
            one_of_many: order.one_of_many,
            conduct_notes: conduct_notes(order, viewer),
            information: information.map(|it| Information::new(it, &order.stage)),
            queue: queue(&order.stage),
            reviewing_district: reviewing_district(&order.stage),
            unit,
            deadline: deadline.ok().map(Into::into),
            no_deadline: deadline.err().map(Into::into),
            overdue: order.is_overdue(),
            provisional: order.is_provisional(),
            assignments: assignments(order, viewer),
            routing: order.routing.as_ref().map(RoutingDecision::from),
            statements: order.statements.iter().map(Into::into).collect(),
            coordination: coordination.map(|it| Coordination::new(it, viewer)),
            withdrawn: order.withdrawn.as_ref().map(Into::into),
            ratings: ratings(order),
            follow_ups: order.follow_ups.iter().map(Into::into).collect(),
            service_rating: order.service_rating.as_ref().map(Into::into),
            diligence_statement: order.diligence_statement.map(|text| text.0),
            supervisions: supervisions(order, viewer),
            proposals: proposals(order, viewer),
            missed: order.missed.iter().map(Into::into).collect(),
            closed: closed(&order.stage),
            allowed: allowed.map(Into::into).collect(),
        }
    }
}

fn links(order: &WorkOrder, viewer: Viewer<'_>) -> Vec<String> {
    let links = order.same_matter_as.iter();
    let links = links.filter(|_| viewer.sees_links());
    links.map(ToString::to_string).collect()
}

fn against(order: &WorkOrder, viewer: Viewer<'_>) -> Option<String> {
    let against = order.against_unit.as_ref();
    let against = against.filter(|_| viewer.sees_against());
    against.map(ToString::to_string)
}

fn conduct_notes(order: &WorkOrder, viewer: Viewer<'_>) -> Vec<Uuid> {
    let notes = order.conduct_notes.iter();
    let notes = notes.filter(|_| viewer.sees_internal());
    notes.map(|text| text.0).collect()
}

fn assignments(order: &WorkOrder, viewer: Viewer<'_>) -> Vec<Assignment> {
    let assignments = order.assignments.iter();
    assignments
        .map(|assignment| Assignment::new(assignment, viewer))
        .collect()
}

fn ratings(order: &WorkOrder) -> Vec<RatingRecord> {
    let ratings = (1..).zip(&order.ratings);
    let ratings = ratings.map(|(round, record)| RatingRecord {
        round,
        rating: record.rating.map(Into::into),
        at: record.at.into(),
    });
    ratings.collect()
}

fn supervisions(order: &WorkOrder, viewer: Viewer<'_>) -> Vec<Supervision> {
    let supervisions = order.supervisions.iter();
    let theirs = supervisions.filter(|it| {
        viewer.sees_supervision(&it.unit.unit, it.guidance.as_ref().map(|it| &it.unit))
    });
    theirs.map(Into::into).collect()
}

fn proposals(order: &WorkOrder, viewer: Viewer<'_>) -> Vec<OpenProposal> {
    let proposals = order.proposals.iter();
    let proposals = proposals.filter(|_| viewer.sees_internal());
    proposals.map(Into::into).collect()
}

fn queue(stage: &Stage) -> Option<QueueReason> {
    if let Stage::AwaitingDispatch { queue } = stage {
        Some((*queue).into())
    } else {
        None
    }
}

fn reviewing_district(stage: &Stage) -> Option<String> {
    if let Stage::UnderDistrictReview { district } = stage {
        Some(district.to_string())
    } else {
        None
    }
}

fn closed(stage: &Stage) -> Option<Closed> {
    if let Stage::Closed { code, at } = stage {
        let (code, at) = ((*code).into(), (*at).into());
        Some(Closed { code, at })
    } else {
        None
    }
}

impl From<&order::Missed> for Missed {
    fn from(missed: &order::Missed) -> Self {
        Self {
            deadline: missed.deadline.into(),
            due_at: missed.due_at.into(),
            unit: missed.unit.as_ref().map(ToString::to_string),
        }
    }
}

/// The messages of a view with their deliveries, as the actor sees them.
pub(crate) fn messages(view: &OrderView, by: &Actor) -> Vec<Message> {
    let viewer = Viewer::new(&view.order, by);
    let messages = view.messages.iter();
    let messages = messages.filter(|message| viewer.sees_message(&message.notification.about));
    messages
        .map(|message| Message::new(message, &view.deliveries))
        .collect()
}

/// The history of a view as the actor sees it.
pub(crate) fn history(view: &OrderView, by: &Actor) -> Vec<Event> {
    let viewer = Viewer::new(&view.order, by);
    let history = view.history.iter();
    history.map(|event| Event::new(event, viewer)).collect()
}

impl WholeOrder {
    /// The view as the actor sees it.
    #[must_use]
    pub fn new(view: OrderView, by: &Actor) -> Self {
        let text = |(TextId(id), text): (TextId, String)| (id.to_string(), text);
        let messages = messages(&view, by);
        let history = history(&view, by);
        let mut texts: BTreeMap<String, String> = view.texts.into_iter().map(text).collect();
        let viewer = Viewer::new(&view.order, by);
        let unseen = view.history.iter();
        let unseen = unseen.filter(|recorded| !viewer.sees_data_of(&recorded.event));
        for recorded in unseen {
            forget(&mut texts, &as_journaled(&recorded.event));
        }
        Self {
            order: Order::new(&view.order, by),
            request: view.request.map(|request| Request {
                subject: request.subject,
                text: request.text,
            }),
            masked: view.masked,
            texts,
            deadlines: view.deadlines.into_iter().map(Into::into).collect(),
            decisions: view.decisions.iter().map(Into::into).collect(),
            history,
            messages,
        }
    }
}

/// Takes out the texts that a hidden entry refers to; references are unique to their entry.
fn forget(texts: &mut BTreeMap<String, String>, hidden: &Value) {
    match hidden {
        Value::String(text) => {
            texts.remove(text);
        }
        Value::Array(items) => items.iter().for_each(|item| forget(texts, item)),
        Value::Object(members) => members.values().for_each(|item| forget(texts, item)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
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
