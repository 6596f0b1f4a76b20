//! Which rule is active where. The whole table is immutable and hangs on one atomic pointer: a
//! decision takes it once and finishes on it, whatever is activated meanwhile, and going back to an
//! older rule is the same operation as going forward.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use arc_swap::{ArcSwap, Guard};
use contract::about::{Description, Kind};
use lifecycle::advice::RuleImage;
use wasmtime::component::{Component, InstancePre};

use crate::bindings::{escalation, knowledge, routing};
use crate::cache::Origin;
use crate::guest::Guest;

/// A rule that is compiled and linked, ready to be asked. Made by [`crate::Runtime::load`].
pub struct Rule {
    pub(crate) identity: RuleImage,
    pub(crate) description: Description,
    pub(crate) origin: Origin,
    pub(crate) pre: InstancePre<Guest>,
    pub(crate) functions: Functions,
}

/// Where a rule's function stands in its image.
pub(crate) enum Functions {
    Routing(routing::GuestIndices),
    Escalation(escalation::GuestIndices),
    Knowledge(knowledge::GuestIndices),
}

impl Rule {
    /// Which question it answers.
    #[must_use]
    pub const fn kind(&self) -> Kind {
        self.description.kind
    }

    /// What decisions record of it.
    #[must_use]
    pub const fn identity(&self) -> &RuleImage {
        &self.identity
    }

    /// What the plugin says about itself.
    #[must_use]
    pub const fn description(&self) -> &Description {
        &self.description
    }

    /// Whether its compiled form came from the cache.
    #[must_use]
    pub const fn origin(&self) -> Origin {
        self.origin
    }

    /// The compiled component, for comparing a decision with a bare call of the same code.
    #[must_use]
    pub fn component(&self) -> &Component {
        self.pre.component()
    }

    /// The first characters of the image's digest, enough to tell rules apart in a log.
    #[must_use]
    pub fn short(&self) -> &str {
        self.identity
            .image
            .get(..12)
            .unwrap_or(&self.identity.image)
    }
}

impl fmt::Debug for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Rule")
            .field("identity", &self.identity)
            .field("origin", &self.origin)
            .finish_non_exhaustive()
    }
}

/// Rules of one question by scope.
type Scopes = BTreeMap<String, Arc<Rule>>;

/// The table at one moment.
#[derive(Debug, Default, Clone)]
pub(crate) struct Rules {
    routing: Scopes,
    escalation: Scopes,
    knowledge: Scopes,
}

impl Rules {
    /// The rule of a scope.
    pub(crate) fn get(&self, kind: Kind, scope: &str) -> Option<&Arc<Rule>> {
        self.of(kind).get(scope)
    }

    /// Every rule, by question and scope.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (Kind, &str, &Arc<Rule>)> {
        Kind::ALL.into_iter().flat_map(|kind| {
            self.of(kind)
                .iter()
                .map(move |(scope, rule)| (kind, scope.as_str(), rule))
        })
    }

    const fn of(&self, kind: Kind) -> &Scopes {
        match kind {
            Kind::Routing => &self.routing,
            Kind::Escalation => &self.escalation,
            Kind::Knowledge => &self.knowledge,
        }
    }

    const fn of_mut(&mut self, kind: Kind) -> &mut Scopes {
        match kind {
            Kind::Routing => &mut self.routing,
            Kind::Escalation => &mut self.escalation,
            Kind::Knowledge => &mut self.knowledge,
        }
    }
}

/// The active rules.
#[derive(Debug, Default)]
pub(crate) struct Registry(ArcSwap<Rules>);

impl Registry {
    /// The table as it is now; it does not change for whoever holds it.
    pub(crate) fn now(&self) -> Guard<Arc<Rules>> {
        self.0.load()
    }

    /// Makes a rule the one of its question in this scope; gives back the one before.
    pub(crate) fn activate(&self, scope: &str, rule: &Arc<Rule>) -> Option<Arc<Rule>> {
        let kind = rule.kind();
        let before = self.0.rcu(|rules| {
            let mut rules = Rules::clone(rules);
            rules
                .of_mut(kind)
                .insert(scope.to_owned(), Arc::clone(rule));
            rules
        });
        before.get(kind, scope).cloned()
    }

    /// Leaves a scope without a rule for this question; gives back the one before.
    pub(crate) fn deactivate(&self, scope: &str, kind: Kind) -> Option<Arc<Rule>> {
        let before = self.0.rcu(|rules| {
            let mut rules = Rules::clone(rules);
            rules.of_mut(kind).remove(scope);
            rules
        });
        before.get(kind, scope).cloned()
    }
}
