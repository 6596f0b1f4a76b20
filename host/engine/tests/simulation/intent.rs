//! A request as somebody sends it, and may send again when no answer came: the same one each time.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use engine::ports::IdempotencyKey;
use engine::{CommandOptions, Engine, Error, Handled, IdentityClaim, NewRequest};
use lifecycle::command::CommandKind;
use lifecycle::ids::{Actor, OrderId};
use lifecycle::order::WorkOrder;

use crate::chance::Chance;
use crate::commands::Maker;
use crate::ledger::IntentId;

/// A request.
#[derive(Debug, Clone)]
pub(crate) struct Intent {
    pub(crate) id: IntentId,
    pub(crate) by: Actor,
    pub(crate) options: CommandOptions,
    pub(crate) what: What,
}

/// What is asked for.
#[derive(Debug, Clone)]
pub(crate) enum What {
    /// A registration.
    Register(Box<NewRequest>),
    /// A command on an order, made from how the order stood when somebody looked at it.
    Command {
        kind: CommandKind,
        order: Arc<WorkOrder>,
        orders: Vec<OrderId>,
        at: DateTime<Utc>,
        chance: Chance,
        claim: Option<IdentityClaim>,
    },
}

impl Intent {
    pub(crate) fn key(&self) -> Option<&IdempotencyKey> {
        self.options.idempotency.as_ref()
    }

    /// The order that it is about, if there is one yet.
    pub(crate) fn order(&self) -> Option<&OrderId> {
        match &self.what {
            What::Register(_) => None,
            What::Command { order, .. } => Some(&order.id),
        }
    }

    pub(crate) fn kind(&self) -> CommandKind {
        match &self.what {
            What::Register(_) => CommandKind::Register,
            What::Command { kind, .. } => *kind,
        }
    }

    /// Sends it.
    pub(crate) fn send(&self, engine: &Engine) -> Result<Handled, Error> {
        match &self.what {
            What::Register(request) => {
                engine.register((**request).clone(), &self.by, &self.options)
            }
            What::Command {
                kind,
                order,
                orders,
                at,
                chance,
                claim,
            } => engine.handle_as(&order.id, &self.by, &self.options, claim.clone(), |texts| {
                let mut maker = Maker {
                    order,
                    now: *at,
                    orders,
                    chance: chance.clone(),
                    texts,
                };
                maker.make(*kind)
            }),
        }
    }
}
