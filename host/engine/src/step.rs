//! One step of an order: facts, decision, events, the state after them, and the commit.

use std::time::Duration;

use chrono::{DateTime, Utc};
use lifecycle::assessment::Assessment;
use lifecycle::command::Command;
use lifecycle::event::{Event, Recorded};
use lifecycle::ids::{Actor, OrderId};
use lifecycle::order::WorkOrder;
use lifecycle::{Context, Facts};

use crate::ask::Words;
use crate::ports::Commit;
use crate::{Engine, Error};

/// A step that is decided and not durable yet.
pub(crate) struct Step {
    pub(crate) commit: Commit,
    /// How long the plugins took that were asked for it.
    pub(crate) asking: Duration,
}

impl Engine {
    /// Decides a command. Nothing when it is allowed and changes nothing.
    pub(crate) fn step(
        &self,
        order: Option<&WorkOrder>,
        command: &Command,
        by: &Actor,
        context: &Context<'_>,
        words: Option<&Words>,
    ) -> Result<Option<Step>, Error> {
        let asked = self.ask(order, command, by, context, words)?;
        let decision = lifecycle::decide(order, command, by, &asked.facts, context)?;
        let expected_version = order.map_or(0, |order| order.version);
        let events = recorded(decision.events, expected_version, context.now, by);
        let Some(order) = fold(order.cloned(), command, &events)? else {
            return Ok(None);
        };
        if events.is_empty() {
            return Ok(None);
        }
        let timers = lifecycle::timers(&order);
        let assessment = Assessment::of(&order, context.calendar);
        Ok(Some(Step {
            asking: asking(&asked.facts),
            commit: Commit {
                expected_version,
                events,
                order,
                timers,
                assessment,
                effects: decision.effects,
                requester: None,
                texts: Vec::new(),
                questions: asked.questions,
                idempotency: None,
                completes: None,
                message: None,
            },
        }))
    }
}

fn asking(facts: &Facts) -> Duration {
    let routing = facts.routing.iter().flat_map(|advice| &advice.attempts);
    let escalation = facts.escalation.iter().flat_map(|advice| &advice.attempts);
    let times = routing.chain(escalation).map(|it| it.duration_us);
    Duration::from_micros(times.fold(0, u64::saturating_add))
}

fn recorded(events: Vec<Event>, version: u64, at: DateTime<Utc>, by: &Actor) -> Vec<Recorded> {
    let seqs = version.saturating_add(1)..;
    seqs.zip(events)
        .map(|(seq, event)| Recorded {
            seq,
            at,
            by: by.clone(),
            event,
        })
        .collect()
}

fn fold(
    order: Option<WorkOrder>,
    command: &Command,
    events: &[Recorded],
) -> Result<Option<WorkOrder>, Error> {
    let id = match (&order, command) {
        (Some(order), _) => order.id.clone(),
        (None, Command::Register(registration)) => registration.order.clone(),
        (None, _) => OrderId::new(""),
    };
    events.iter().try_fold(order, |order, recorded| {
        lifecycle::apply(order, recorded)
            .map(Some)
            .map_err(|source| Error::Corrupt {
                order: id.clone(),
                source,
            })
    })
}
