//! The dispatcher: what a command does to an order, and what advice it needs beforehand.

use calendar::Calendar;
use chrono::{DateTime, Utc};
use contract::escalation::Trigger;

use crate::advice::{EscalationAdvice, RoutingAdvice};
use crate::command::Command;
use crate::directory::Directory;
use crate::draft::Draft;
use crate::effect::Effect;
use crate::event::Event;
use crate::gate;
use crate::ids::Actor;
use crate::order::WorkOrder;
use crate::rejection::Rejection;
use crate::rules::{
    answer, contact, dispatch, due, duty, escalation, follow_up, rating, recompute, registration,
    report, review, routing,
};
use crate::ruleset::RuleSet;

/// What every decision is made under.
#[derive(Debug, Clone, Copy)]
pub struct Context<'a> {
    /// The instant at which the command is given; the events happen at it.
    pub now: DateTime<Utc>,
    /// The calendar in force.
    pub calendar: &'a Calendar,
    /// The rule set in force at `now` (T13).
    pub rules: &'a RuleSet,
    /// Districts and handling units.
    pub directory: &'a Directory,
}

/// What plugins advised, asked before the decision because [`needs`] said so.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Facts {
    /// Who should handle the order.
    pub routing: Option<RoutingAdvice>,
    /// What to do about the order.
    pub escalation: Option<EscalationAdvice>,
}

/// What advice a command needs. Advice that is missing all the same changes nothing but the advice.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Needs {
    /// The routing plugins are to be asked.
    pub routing: bool,
    /// The escalation plugins are to be asked, with this trigger.
    pub escalation: Option<Trigger>,
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
            gate::check_stage(order, command.kind())?;
            decide_existing(order, command, &mut draft)?;
        }
    }
    Ok(draft.finish())
}

/// Each command at its rule. The gate has checked permission, stage and type of the matter.
fn decide_existing(
    order: &WorkOrder,
    command: &Command,
    draft: &mut Draft<'_>,
) -> Result<(), Rejection> {
    match command {
        Command::Register(_) => Err(Rejection::AlreadyRegistered),
        Command::AnswerDirectly(given) => answer::answer_directly(order, given, draft),
        Command::Route => routing::route(order, draft),
        Command::Dispatch(wanted) => dispatch::dispatch(order, wanted, draft),
        Command::AcceptDuty => {
            duty::accept(order, draft);
            Ok(())
        }
        Command::RecordContactAttempt(attempt) => contact::record_attempt(order, attempt, draft),
        Command::RecordReply(reply) => report::record_reply(order, reply, draft),
        Command::Submit(handed_in) => report::submit(order, handed_in, draft),
        Command::Review(outcome) => review::review(order, outcome, draft),
        Command::RecordRatingOffer(offer) => rating::record_offer(order, offer, draft),
        Command::Rate(choice) => rating::rate(order, choice, draft),
        Command::RecordFollowUp(contact) => follow_up::record(order, contact, draft),
        Command::CloseDissatisfied { reason } => {
            follow_up::close_dissatisfied(order, *reason, draft)
        }
        Command::MarkDue { deadline, moment } => due::mark_due(order, *deadline, *moment, draft),
        Command::RecomputeDeadlines => recompute::recompute(order, draft),
    }
}
