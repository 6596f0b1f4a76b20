//! The dispatcher: what a command does to an order, and what advice it needs beforehand.

use calendar::Calendar;
use chrono::{DateTime, Utc};
use contract::escalation::Trigger;

use crate::advice::{EscalationAdvice, RoutingAdvice};
use crate::command::{Command, HandlingConclusion};
use crate::directory::Directory;
use crate::draft::Draft;
use crate::effect::Effect;
use crate::event::{CloseCode, Event};
use crate::gate;
use crate::ids::{Actor, OrderId};
use crate::order::{Assignment, Stage, WorkOrder};
use crate::rejection::Rejection;
use crate::rules::{
    answer, contact, coordination, dispatch, due, duty, escalation, extension, follow_up,
    information, joint, mark, rating, recompute, registration, report, returns, review, routing,
    statements, supervision, withdrawal,
};
use crate::ruleset::{RuleBook, RuleSet};

/// What every decision is made under.
#[derive(Debug, Clone, Copy)]
pub struct Context<'a> {
    /// The instant at which the command is given; the events happen at it.
    pub now: DateTime<Utc>,
    /// The calendar in force.
    pub calendar: &'a Calendar,
    /// The rule sets, by the time of their validity.
    pub rules: &'a RuleBook,
    /// Districts and handling units.
    pub directory: &'a Directory,
}

impl<'a> Context<'a> {
    /// The rule set in force at `now`. What an earlier event started is governed by the one in force
    /// then (T13): `rules.at` of that event.
    #[must_use]
    pub fn rules(&self) -> &'a RuleSet {
        self.rules.at(self.now)
    }
}

/// What plugins advised, asked before the decision because [`needs`] said so.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Facts {
    /// Who should handle the order.
    pub routing: Option<RoutingAdvice>,
    /// What to do about the order.
    pub escalation: Option<EscalationAdvice>,
    /// The earlier order that the command rests on.
    pub related: Option<Related>,
    /// The open orders about the same thing.
    pub alike: Option<Alike>,
}

/// The open orders about the same thing: of one category, and registered for one district and street, if
/// any, within the time of [`crate::ruleset::ManyAlike`]. Orders are counted and not people: who has
/// registered each is personal data, which nothing but the order's own requester needs.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Alike {
    /// How many there are, the order itself among them; at most [`crate::ruleset::ManyAlike::most`].
    pub orders: u32,
    /// The highest number that one of them has been asked about.
    pub asked: Option<u32>,
}

/// What must be known of an earlier order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Related {
    /// The order.
    pub order: OrderId,
    /// Whether it is the same requester's.
    pub same_requester: bool,
    /// How it ended, if it did.
    pub closed: Option<CloseCode>,
    /// Whether it ended because information was missing, at the hotline (R15, R16) or at the unit (R17).
    pub ended_for_information: bool,
    /// Whether a report of its unit passed the review, as handled: lawfully finished (R46).
    pub lawfully_finished: bool,
    /// The long-term matter under which it is listed.
    pub long_term: Option<String>,
}

impl Related {
    /// What there is to know of an order.
    #[must_use]
    pub fn of(order: &WorkOrder, same_requester: bool) -> Self {
        let finished = |it: &Assignment| {
            let handled = it.report.as_ref();
            let handled =
                handled.is_some_and(|report| report.conclusion == HandlingConclusion::Handled);
            it.completed_at.is_some() && handled
        };
        let unavailable = |it: &Assignment| {
            let conclusion = it.report.as_ref().map(|report| &report.conclusion);
            let ended = matches!(
                conclusion,
                Some(HandlingConclusion::Unreachable | HandlingConclusion::Refused { .. })
            );
            ended && it.completed_at.is_some()
        };
        let closed = if let Stage::Closed { code, .. } = order.stage {
            Some(code)
        } else {
            None
        };
        Self {
            order: order.id.clone(),
            same_requester,
            closed,
            ended_for_information: closed.is_some_and(|code| {
                code.is_for_information() || order.assignments.last().is_some_and(unavailable)
            }),
            lawfully_finished: closed.is_some() && order.assignments.iter().any(finished),
            long_term: order.long_term.clone(),
        }
    }
}

/// What advice a command needs. Advice that is missing all the same changes nothing but the advice.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Needs {
    /// The routing plugins are to be asked.
    pub routing: bool,
    /// The escalation plugins are to be asked, with this trigger.
    pub escalation: Option<Trigger>,
    /// An earlier order must be looked at.
    pub related: Option<OrderId>,
    /// The open orders about the same thing must be counted. What [`many_alike`] makes of the count is to
    /// be asked of the escalation plugins.
    pub alike: bool,
}

/// What a command does: events to be recorded, effects to be performed after the commit.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Decision {
    /// What happened, in order; never empty.
    pub events: Vec<Event>,
    /// What the outside must do.
    pub effects: Vec<Effect>,
}

/// What advice to fetch before [`decide`] is called with the same order, command and context.
#[must_use]
pub fn needs(order: Option<&WorkOrder>, command: &Command, context: &Context<'_>) -> Needs {
    Needs {
        routing: routing::needed(order, command),
        escalation: order.and_then(|order| escalation::needed(order, command, context)),
        related: command.related().cloned(),
        alike: matches!(command, Command::CountAlike),
    }
}

/// Decides a command, or says why not.
///
/// Checked in this order: permission (role, own order), existence, stage, type of the matter, content.
/// A deadline that has passed without its timer having fired yet is marked first, so that no fact
/// depends on how punctual timers are.
///
/// # Errors
/// See [`Rejection`]; nothing has changed then.
pub fn decide(
    order: Option<&WorkOrder>,
    command: &Command,
    by: &Actor,
    facts: &Facts,
    context: &Context<'_>,
) -> Result<Decision, Rejection> {
    gate::check_permission(order, command.kind(), by)?;
    let version = order.map_or(0, |order| order.version);
    let mut draft = Draft::new(version, by, facts, context);
    match (command, order) {
        (Command::Register(_), Some(_)) => return Err(Rejection::AlreadyRegistered),
        (Command::Register(registration), None) => {
            registration::register(registration, &mut draft)?;
        }
        (_, None) => return Err(Rejection::NotRegistered),
        (command, Some(order)) => {
            gate::check_stage(order, command.kind(), by)?;
            decide_existing(order, command, &mut draft)?;
        }
    }
    Ok(draft.finish())
}

/// Each command at its rule. The gate has checked permission, stage and type of the matter.
#[expect(clippy::too_many_lines, reason = "a table with a row for each command")]
fn decide_existing(
    order: &WorkOrder,
    command: &Command,
    draft: &mut Draft<'_>,
) -> Result<(), Rejection> {
    match command {
        Command::Register(_) => Err(Rejection::AlreadyRegistered),
        Command::RequestInformation { missing } => information::request(order, *missing, draft),
        Command::RecordInformationNotice(receipt) => information::notice(order, receipt, draft),
        Command::SupplyInformation { content, identity } => {
            information::supply(order, *content, *identity, draft)
        }
        Command::AssessInformation(assessment) => information::assess(order, assessment, draft),
        Command::CloseIncomplete { ground, note } => {
            information::close(order, ground, *note, draft)
        }
        Command::Conceal(wanted) => mark::conceal(order, wanted, draft),
        Command::FlagConduct { note } => mark::flag_conduct(*note, draft),
        Command::SetPriority { priority, reason } => mark::set_priority(*priority, *reason, draft),
        Command::Reclassify(wanted) => mark::reclassify(order, wanted, draft),
        Command::ListLongTerm { matter } => mark::list_long_term(order, matter.as_ref(), draft),
        Command::CountAlike => escalation::count_alike(order, draft),
        Command::LinkOrders(link) => mark::link(order, link, draft),
        Command::DismissProposal {
            advice,
            proposal,
            reason,
        } => mark::dismiss(order, (*advice, *proposal), *reason, draft),
        Command::AnswerDirectly(given) => answer::answer_directly(order, given, draft),
        Command::Route => routing::route(order, draft),
        Command::Dispatch(wanted) => dispatch::dispatch(order, wanted, draft),
        Command::AcceptDuty => duty::accept(order, draft),
        Command::RequestReturn(wanted) => returns::request(order, wanted, draft),
        Command::AllowLateReturn { reason } => returns::allow_late(order, *reason, draft),
        Command::DecideReturn(decision) => returns::decide(order, decision, draft),
        Command::NameAssistingUnits { units } => joint::name(order, units, draft),
        Command::RecordAssistance { content } => joint::record(order, *content, draft),
        Command::ObjectToAssisting { reason } => joint::object(order, *reason, draft),
        Command::DecideObjection { unit, decision } => joint::decide(order, unit, decision, draft),
        Command::OpenCoordination { reason } => coordination::open(order, *reason, draft),
        Command::RequestOpinion(wanted) => coordination::request(order, wanted, draft),
        Command::RecordOpinion {
            adviser,
            opinion,
            document,
        } => coordination::record(order, adviser.as_ref(), (*opinion, document), draft),
        Command::Extend(wanted) => extension::extend(order, wanted, draft),
        Command::RecordExtensionNotice(told) => extension::notice(order, told, draft),
        Command::AddStatement {
            content,
            received_at,
            identity,
        } => statements::add(order, *content, *received_at, *identity, draft),
        Command::JudgeStatement(judgement) => statements::judge(order, judgement, draft),
        Command::RecordContactAttempt(attempt) => contact::record_attempt(order, attempt, draft),
        Command::RecordReply(reply) => report::record_reply(order, reply, draft),
        Command::Submit(handed_in) => report::submit(order, handed_in, draft),
        Command::ReviewAtDistrict(outcome) => review::at_district(order, outcome, draft),
        Command::Review(outcome) => review::review(order, outcome, draft),
        Command::Withdraw(withdrawal) => withdrawal::withdraw(order, withdrawal, draft),
        Command::CloseWithdrawn { note, goes_on } => {
            withdrawal::close(order, *note, *goes_on, draft)
        }
        Command::RecordRatingOffer(offer) => rating::record_offer(order, offer, draft),
        Command::RecordDelivery { delivered_at } => {
            rating::record_delivery(order, *delivered_at, draft)
        }
        Command::Rate(choice) => rating::rate(order, choice, draft),
        Command::RateService(given) => rating::rate_service(order, given, draft),
        Command::RecordFollowUp(contact) => follow_up::record(order, contact, draft),
        Command::SendBack { reason } => follow_up::send_back(order, *reason, draft),
        Command::CloseDissatisfied { reason, exclusion } => {
            follow_up::close_dissatisfied(order, *reason, exclusion.as_ref(), draft)
        }
        Command::FileDiligenceStatement { statement } => {
            follow_up::file_statement(order, *statement, draft)
        }
        Command::Supervise(wanted) => supervision::supervise(order, wanted, draft),
        Command::AnswerSupervision(answer) => supervision::answer(order, answer, draft),
        Command::ReviewSupervision(outcome) => supervision::review(order, outcome, draft),
        Command::MarkDue { deadline, moment } => due::mark_due(order, *deadline, *moment, draft),
        Command::RecomputeDeadlines => recompute::recompute(order, draft),
    }
}
