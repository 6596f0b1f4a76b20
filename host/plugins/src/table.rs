//! Which rule is where. The whole table is immutable and hangs on one atomic pointer: a decision takes
//! it once and finishes on it, whatever is activated meanwhile, and going back to an older rule is the
//! same operation as going forward.

use std::collections::BTreeMap;
use std::sync::Arc;

use arc_swap::{ArcSwap, Guard};
use contract::about::Kind;
use rollout::Digest;

use crate::{Candidate, Error, Rule};

/// What answers one question in one scope.
#[derive(Debug, Default, Clone)]
pub struct Placement {
    /// Identifier of the activation that put the rule here; 0 outside any rollout log.
    pub activation: u64,
    /// The active rule. Without one, the next wider scope is asked.
    pub rule: Option<Arc<Rule>>,
    /// The rule that is being tried beside it.
    pub candidate: Option<Arc<Candidate>>,
}

/// Placements of one question by scope.
type Scopes = BTreeMap<String, Placement>;

/// All placements at one moment.
#[derive(Debug, Default, Clone)]
pub struct Table {
    routing: Scopes,
    escalation: Scopes,
    knowledge: Scopes,
}

impl Table {
    /// The table that the rollout log says, with the rules of its images.
    ///
    /// # Errors
    ///
    /// The rule of an image is not there, or answers another question.
    pub fn of(
        table: &rollout::Table,
        rule: impl Fn(&Digest) -> Option<Arc<Rule>>,
    ) -> Result<Self, Error> {
        let rule = |image: &Digest| {
            rule(image).ok_or_else(|| Error::NotLoaded {
                image: image.to_string(),
            })
        };
        let mut whole = Self::default();
        for ((kind, scope), row) in &table.placements {
            let mut placement = Placement::default();
            if let Some((activation, image)) = &row.active {
                placement.activation = *activation;
                placement.rule = Some(rule(image)?);
            }
            if let Some(it) = &row.candidate {
                let candidate = Candidate::new(it.activation, rule(&it.image)?, it.mode.clone());
                placement.candidate = Some(Arc::new(candidate));
            }
            whole.place(*kind, scope, placement)?;
        }
        Ok(whole)
    }

    /// Puts a placement into the table, in place of the one before.
    ///
    /// # Errors
    ///
    /// One of its rules answers another question.
    pub fn place(&mut self, kind: Kind, scope: &str, placement: Placement) -> Result<(), Error> {
        let candidate = placement
            .candidate
            .as_ref()
            .map(|candidate| candidate.rule());
        for rule in placement.rule.iter().chain(candidate) {
            if rule.kind() != kind {
                return Err(Error::Misplaced {
                    scope: scope.to_owned(),
                    kind,
                    found: rule.kind(),
                });
            }
        }
        self.scopes_mut(kind).insert(scope.to_owned(), placement);
        Ok(())
    }

    /// What answers this question in exactly this scope.
    #[must_use]
    pub fn get(&self, kind: Kind, scope: &str) -> Option<&Placement> {
        self.scopes(kind).get(scope)
    }

    /// Every placement, by question and scope.
    pub fn iter(&self) -> impl Iterator<Item = (Kind, &str, &Placement)> {
        Kind::ALL.into_iter().flat_map(|kind| {
            self.scopes(kind)
                .iter()
                .map(move |(scope, placement)| (kind, scope.as_str(), placement))
        })
    }

    /// Every rule that stands in it, active or not.
    pub(crate) fn rules(&self) -> impl Iterator<Item = &Arc<Rule>> {
        self.iter().flat_map(|(_, _, placement)| {
            let candidate = placement.candidate.as_ref().map(|it| it.rule());
            placement.rule.iter().chain(candidate)
        })
    }

    const fn scopes(&self, kind: Kind) -> &Scopes {
        match kind {
            Kind::Routing => &self.routing,
            Kind::Escalation => &self.escalation,
            Kind::Knowledge => &self.knowledge,
        }
    }

    const fn scopes_mut(&mut self, kind: Kind) -> &mut Scopes {
        match kind {
            Kind::Routing => &mut self.routing,
            Kind::Escalation => &mut self.escalation,
            Kind::Knowledge => &mut self.knowledge,
        }
    }

    /// This table, with the counts of those candidates that are tried since `before` already; the
    /// others begin to count.
    fn continuing(&self, before: &Self) -> Self {
        let mut table = self.clone();
        for kind in Kind::ALL {
            for (scope, placement) in table.scopes_mut(kind) {
                let Some(new) = &mut placement.candidate else {
                    continue;
                };
                let old = before.get(kind, scope).and_then(|it| it.candidate.as_ref());
                *new = old.filter(|old| new.continues(old)).map_or_else(
                    || {
                        let (rule, mode) = (Arc::clone(new.rule()), new.mode().clone());
                        Arc::new(Candidate::new(new.activation(), rule, mode))
                    },
                    Arc::clone,
                );
            }
        }
        table
    }

    /// Ends the work on candidates that stand in `self`, but not in `after`.
    fn retire(&self, after: &Self) {
        for (kind, scope, old) in self.iter() {
            let Some(old) = &old.candidate else { continue };
            let new = after.get(kind, scope).and_then(|it| it.candidate.as_ref());
            if !new.is_some_and(|new| Arc::ptr_eq(new, old)) {
                old.retire();
            }
        }
    }
}

/// The table that is in force.
#[derive(Debug, Default)]
pub(crate) struct Registry(ArcSwap<Table>);

impl Registry {
    /// The table as it is now; it does not change for whoever holds it.
    pub(crate) fn now(&self) -> Guard<Arc<Table>> {
        self.0.load()
    }

    /// Puts a whole table into force.
    pub(crate) fn follow(&self, table: &Table) {
        self.change(|before| table.continuing(before));
    }

    /// Makes a rule the one of its question in this scope; gives back the one before.
    pub(crate) fn activate(&self, scope: &str, rule: &Arc<Rule>) -> Option<Arc<Rule>> {
        self.replace(rule.kind(), scope, Some(rule))
    }

    /// Leaves a scope without a rule for this question; gives back the one before.
    pub(crate) fn deactivate(&self, scope: &str, kind: Kind) -> Option<Arc<Rule>> {
        self.replace(kind, scope, None)
    }

    fn replace(&self, kind: Kind, scope: &str, rule: Option<&Arc<Rule>>) -> Option<Arc<Rule>> {
        let before = self.change(|table| {
            let mut table = Table::clone(table);
            let placement = Placement {
                activation: 0,
                rule: rule.map(Arc::clone),
                candidate: None,
            };
            let scopes = table.scopes_mut(kind);
            if rule.is_some() {
                scopes.insert(scope.to_owned(), placement);
            } else {
                scopes.remove(scope);
            }
            table
        });
        before.get(kind, scope)?.rule.clone()
    }

    /// Swaps the table; gives back the one before.
    fn change(&self, next: impl Fn(&Table) -> Table) -> Arc<Table> {
        let before = self.0.rcu(|table| next(table));
        // Whoever was faster meanwhile is the one to be compared with, and would do the same.
        before.retire(&self.now());
        before
    }
}
