//! A rule that can be asked: an image that is compiled and linked.

use std::fmt;

use contract::about::{Description, Kind};
use lifecycle::advice::RuleImage;
use wasmtime::component::{Component, InstancePre};

use crate::bindings::{escalation, knowledge, routing};
use crate::breaker::Breaker;
use crate::cache::Origin;
use crate::guest::Guest;

/// A rule that is compiled and linked, ready to be asked. Made by [`crate::Runtime::load`].
pub struct Rule {
    pub(crate) identity: RuleImage,
    pub(crate) description: Description,
    pub(crate) origin: Origin,
    pub(crate) pre: InstancePre<Guest>,
    pub(crate) functions: Exports,
    pub(crate) breaker: Breaker,
}

/// Where a rule's function stands among its image's exports.
pub(crate) enum Exports {
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
