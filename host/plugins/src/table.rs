//! Which rule is where. The whole table is immutable and hangs on one atomic pointer: a decision takes
//! it once and finishes on it, whatever is activated meanwhile, and going back to an older rule is the
//! same operation as going forward. A table may know the one that follows it and from when on: the first
//! decision at that instant or later puts it into force, so that nobody's sleep makes a schedule late.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use arc_swap::{ArcSwap, Guard};
use contract::about::Kind;
use contract::types::Instant;
use lifecycle::advice::{FailureKind, Outcome};
use rollout::Digest;

use crate::{Candidate, Counts, Error, Function, Rule};

/// What answers one question in one scope.
#[derive(Debug, Default, Clone)]
pub struct Placement {
    /// Identifier of the activation that put the rule here; 0 outside any rollout log.
    pub activation: u64,
    /// The active rule. Without one, the next wider scope is asked.
    pub rule: Option<Arc<Rule>>,
    /// The function that is asked in the active rule's place, if one is. It runs the rule's image; the
    /// rule itself repeats and compares what it decided.
    pub function: Option<Arc<Function>>,
    /// The rule that is being tried beside it.
    pub candidate: Option<Arc<Candidate>>,
    /// How the active rule did here.
    pub tally: Arc<Tally>,
}

/// How a rule did in one scope since it was put there.
#[derive(Debug, Default)]
pub struct Tally {
    asked: AtomicU64,
    failed: AtomicU64,
}

impl Tally {
    /// Counts how it answered. A host without a free slot is no question to the rule.
    pub(crate) fn note(&self, outcome: &Outcome) {
        let failed = match outcome {
            Outcome::Answered | Outcome::NoOpinion | Outcome::Refused { .. } => false,
            Outcome::Failed {
                kind: FailureKind::Overloaded,
                ..
            } => return,
            Outcome::Failed { .. } => true,
        };
        self.asked.fetch_add(1, Ordering::Relaxed);
        self.failed.fetch_add(u64::from(failed), Ordering::Relaxed);
    }

    /// Questions, and failures among them.
    pub(crate) fn counts(&self) -> (u64, u64) {
        let failed = self.failed.load(Ordering::Relaxed);
        (self.asked.load(Ordering::Relaxed), failed)
    }
}

/// Placements of one question by scope.
type Scopes = BTreeMap<String, Placement>;

/// All placements at one moment.
#[derive(Debug, Default, Clone)]
pub struct Table {
    routing: Scopes,
    escalation: Scopes,
    knowledge: Scopes,
    next: Option<Arc<Next>>,
}

/// The table that follows another one.
#[derive(Debug)]
struct Next {
    at: Instant,
    table: Arc<Table>,
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
        Self::going_on(table, rule, |_| None)
    }

    /// The same, whose candidates, by their activations, have done something before.
    pub(crate) fn going_on(
        table: &rollout::Table,
        rule: impl Fn(&Digest) -> Option<Arc<Rule>>,
        done: impl Fn(u64) -> Option<Counts>,
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
                let url = row.place.function();
                placement.function =
                    url.map(|url| Arc::new(Function::new(url.clone(), image.as_str())));
            }
            if let Some(it) = &row.candidate {
                let candidate = Candidate::new(it.activation, rule(&it.image)?, it.mode.clone());
                let candidate = match done(it.activation) {
                    Some(counts) => candidate.having_done(counts),
                    None => candidate,
                };
                placement.candidate = Some(Arc::new(candidate));
            }
            whole.place(*kind, scope, placement)?;
        }
        Ok(whole)
    }

    /// This table until an instant, and another one from then on.
    #[must_use]
    pub fn until(self, at: Instant, table: Self) -> Self {
        let table = Arc::new(table);
        Self {
            next: Some(Arc::new(Next { at, table })),
            ..self
        }
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

    /// What answers this question in this scope: its own placement first, then those under names.
    pub fn within(&self, kind: Kind, scope: &str) -> impl Iterator<Item = (&str, &Placement)> {
        let prefix = rollout::named_scopes(scope);
        let scopes = self.scopes(kind);
        let own = scopes.get_key_value(scope);
        let named = scopes.range(prefix.clone()..);
        own.into_iter()
            .chain(named.take_while(move |(scope, _)| scope.starts_with(&prefix)))
            .map(|(scope, placement)| (scope.as_str(), placement))
    }

    /// Every placement, by question and scope.
    pub fn iter(&self) -> impl Iterator<Item = (Kind, &str, &Placement)> {
        Kind::ALL.into_iter().flat_map(|kind| {
            self.scopes(kind)
                .iter()
                .map(move |(scope, placement)| (kind, scope.as_str(), placement))
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

    /// This table, with the counts of those candidates that are tried since `before` already, and with
    /// what is known of functions that were asked before; the others begin anew. The same holds for the
    /// tables that follow it.
    fn continuing(&self, before: &Self) -> Self {
        let mut table = self.clone();
        for kind in Kind::ALL {
            for (scope, placement) in table.scopes_mut(kind) {
                let is_same = |old: &&Placement| {
                    let image = |it: &Placement| it.rule.as_ref().map(Arc::as_ptr);
                    old.activation == placement.activation && image(old) == image(placement)
                };
                let old = before.get(kind, scope).filter(is_same);
                placement.tally = old.map(|old| Arc::clone(&old.tally)).unwrap_or_default();
                if let Some(new) = &mut placement.function
                    && let Some(old) = before.get(kind, scope).and_then(|it| it.function.as_ref())
                    && new.continues(old)
                {
                    *new = Arc::clone(old);
                }
                let Some(new) = &mut placement.candidate else {
                    continue;
                };
                let old = before.get(kind, scope).and_then(|it| it.candidate.as_ref());
                *new = old
                    .filter(|old| new.continues(old))
                    .map_or_else(|| Arc::new(new.again()), Arc::clone);
            }
        }
        table.next = self.next.as_ref().map(|next| {
            let then = Arc::new(next.table.continuing(&table));
            Arc::new(Next {
                at: next.at,
                table: then,
            })
        });
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

    /// The table of an instant, or the one that is in force where that is newer. What was to follow it by
    /// then is put into force for all.
    pub(crate) fn at(&self, instant: Instant) -> Guard<Arc<Table>> {
        loop {
            let table = self.now();
            let Some(next) = table.next.as_ref().filter(|next| next.at <= instant) else {
                return table;
            };
            let before = self.0.compare_and_swap(&table, Arc::clone(&next.table));
            if Arc::ptr_eq(&before, &table) {
                tracing::info!(from = next.at.unix_ms, "rules swapped, as was scheduled");
                table.retire(&next.table);
            }
        }
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
                ..Placement::default()
            };
            // Outside any log nothing is to come.
            table.next = None;
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
