//! A request as somebody sends it, and may send again when no answer came: the same one each time.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use engine::ports::IdempotencyKey;
use engine::{
    CommandOptions, Engine, Error, Handled, HandledDossier, HandledKnowledge, IdentityClaim,
    NewRequest, Texts,
};
use knowledge_base::Entry;
use knowledge_base::ids::PointId;
use lifecycle::command::CommandKind;
use lifecycle::dossier::Dossier;
use lifecycle::ids::{Actor, OrderId, UnitCode};
use lifecycle::order::WorkOrder;

use crate::chance::Chance;
use crate::commands::Maker;
use crate::commands::dossiers::DossierMaker;
use crate::commands::knowledge::KnowledgeMaker;
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
    /// A command on a dossier, or one that opens one.
    Dossier {
        dossier: Option<Arc<Dossier>>,
        orders: Vec<OrderId>,
        at: DateTime<Utc>,
        chance: Chance,
    },
    /// A command on an entry of the knowledge base, or one that opens one.
    Knowledge {
        entry: Option<Arc<Entry>>,
        unit: UnitCode,
        points: Vec<(PointId, UnitCode)>,
        at: DateTime<Utc>,
        chance: Chance,
    },
    /// A command on an order, made from how the order stood when somebody looked at it.
    Command {
        kind: CommandKind,
        order: Arc<WorkOrder>,
        orders: Vec<OrderId>,
        points: Vec<(PointId, UnitCode)>,
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
            What::Register(_) | What::Dossier { .. } | What::Knowledge { .. } => None,
            What::Command { order, .. } => Some(&order.id),
        }
    }

    /// What is asked for, in short.
    pub(crate) fn name(&self) -> &'static str {
        match &self.what {
            What::Register(_) => CommandKind::Register.name(),
            What::Command { kind, .. } => kind.name(),
            What::Dossier { dossier: None, .. } => "open_dossier",
            What::Dossier { .. } => "handle_dossier",
            What::Knowledge { entry: None, .. } => "open_knowledge",
            What::Knowledge { .. } => "handle_knowledge",
        }
    }

    /// Sends it.
    pub(crate) fn send(&self, engine: &Engine) -> Result<Told, Error> {
        match &self.what {
            What::Register(request) => {
                let request = (**request).clone();
                let handled = engine.register(request, &self.by, &self.options);
                handled.map(|it| Told::Order(Box::new(it)))
            }
            What::Command {
                kind,
                order,
                orders,
                points,
                at,
                chance,
                claim,
            } => {
                let build = |texts: &mut Texts| {
                    let mut maker = Maker {
                        order,
                        now: *at,
                        orders,
                        points,
                        chance: chance.clone(),
                        texts,
                    };
                    maker.make(*kind)
                };
                let handled =
                    engine.handle_as(&order.id, &self.by, &self.options, claim.clone(), build);
                handled.map(|it| Told::Order(Box::new(it)))
            }
            What::Dossier {
                dossier,
                orders,
                at,
                chance,
            } => {
                let build = |texts: &mut Texts| {
                    let mut maker = DossierMaker {
                        dossier: dossier.as_deref(),
                        now: *at,
                        orders,
                        chance: chance.clone(),
                        texts,
                    };
                    maker.make()
                };
                let handled = match dossier {
                    Some(dossier) => {
                        engine.handle_dossier(&dossier.id, &self.by, &self.options, build)
                    }
                    None => engine.open_dossier(&self.by, &self.options, build),
                };
                handled.map(|it| Told::Dossier(Box::new(it)))
            }
            What::Knowledge { .. } => self.send_about_knowledge(engine),
        }
    }

    fn send_about_knowledge(&self, engine: &Engine) -> Result<Told, Error> {
        let What::Knowledge {
            entry,
            unit,
            points,
            at,
            chance,
        } = &self.what
        else {
            unreachable!("it is about something else");
        };
        let build = |texts: &mut Texts| {
            let mut maker = KnowledgeMaker {
                entry: entry.as_deref(),
                now: *at,
                points,
                unit: unit.clone(),
                chance: chance.clone(),
                texts,
            };
            maker.make()
        };
        let handled = match entry {
            Some(entry) => engine.handle_knowledge(&entry.id(), &self.by, &self.options, build),
            None => engine.open_knowledge(&self.by, &self.options, build),
        };
        handled.map(|it| Told::Knowledge(Box::new(it)))
    }
}

/// What an engine answers.
pub(crate) enum Told {
    /// About an order.
    Order(Box<Handled>),
    /// About a dossier.
    Dossier(Box<HandledDossier>),
    /// About an entry of the knowledge base.
    Knowledge(Box<HandledKnowledge>),
}

impl Told {
    /// Whether it was carried out before.
    pub(crate) fn replayed(&self) -> bool {
        match self {
            Self::Order(handled) => handled.replayed,
            Self::Dossier(handled) => handled.replayed,
            Self::Knowledge(handled) => handled.replayed,
        }
    }

    /// Number of what it is about, and the positions of the events that came of it.
    pub(crate) fn taken(&self) -> (String, Vec<u64>) {
        match self {
            Self::Order(handled) => {
                let seqs = handled.events.iter().map(|it| it.seq).collect();
                (handled.order.id.as_str().to_owned(), seqs)
            }
            Self::Dossier(handled) => {
                let seqs = handled.events.iter().map(|it| it.seq).collect();
                (handled.dossier.id.as_str().to_owned(), seqs)
            }
            Self::Knowledge(handled) => {
                let seqs = handled.events.iter().map(|it| it.seq).collect();
                (handled.entry.id().as_str().to_owned(), seqs)
            }
        }
    }
}
