//! The log folded: everything that a replica needs to know.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use contract::about::Kind;
use lifecycle::ids::Actor;

use crate::scope::scope_code;
use crate::{
    Activation, Candidate, Digest, Origin, Placement, Policy, PushedImage, Standing, Table,
    TryResult,
};

/// The log folded.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct State {
    /// Position of the last event; 0 for an empty log.
    pub(crate) seq: u64,
    /// Instant of the last event.
    pub(crate) at: Option<DateTime<Utc>>,
    pub(crate) images: BTreeMap<Digest, PushedImage>,
    pub(crate) tries: BTreeMap<(Digest, Kind, String), TryResult>,
    pub(crate) activations: BTreeMap<u64, Activation>,
    /// Activations by kind and scope, in the order in which they were proposed.
    pub(crate) slots: BTreeMap<(Kind, String), Vec<u64>>,
    pub(crate) policies: BTreeMap<(String, Option<Kind>), Policy>,
    pub(crate) policy_proposals: BTreeMap<u64, PolicyProposal>,
}

/// A policy that waits for a second person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyProposal {
    /// Position of its event.
    pub id: u64,
    /// In which scope.
    pub scope: String,
    /// For which question.
    pub kind: Option<Kind>,
    /// What is proposed.
    pub policy: Policy,
    /// Why.
    pub note: String,
    /// By whom.
    pub by: Actor,
    /// When.
    pub at: DateTime<Utc>,
}

/// Who is in effect in one scope at one instant.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Occupancy<'a> {
    /// The activation that answers; its image may be none.
    pub active: Option<&'a Activation>,
    /// The one beside it.
    pub candidate: Option<&'a Activation>,
}

impl State {
    /// Position of the last event; 0 for an empty log.
    #[must_use]
    pub const fn seq(&self) -> u64 {
        self.seq
    }

    /// The instant for an event that is to be recorded now: the log's time never runs back, also where
    /// a clock was set back.
    #[must_use]
    pub fn instant(&self, now: DateTime<Utc>) -> DateTime<Utc> {
        self.at.map_or(now, |at| at.max(now))
    }

    /// An image, if it was pushed.
    #[must_use]
    pub fn image(&self, image: &Digest) -> Option<&PushedImage> {
        self.images.get(image)
    }

    /// Every image that was pushed, by digest.
    pub fn images(&self) -> impl Iterator<Item = &PushedImage> {
        self.images.values()
    }

    /// An activation by its id.
    #[must_use]
    pub fn activation(&self, id: u64) -> Option<&Activation> {
        self.activations.get(&id)
    }

    /// All activations, oldest proposal first.
    pub fn activations(&self) -> impl DoubleEndedIterator<Item = &Activation> {
        self.activations.values()
    }

    /// Everything that was ever proposed for a scope and kind, oldest first.
    pub fn history(&self, scope: &str, kind: Kind) -> impl DoubleEndedIterator<Item = &Activation> {
        let ids = self.slots.get(&(kind, scope.to_owned()));
        ids.into_iter()
            .flatten()
            .filter_map(|id| self.activations.get(id))
    }

    /// What trying an image for a scope and kind showed last.
    #[must_use]
    pub fn tried(&self, image: &Digest, scope: &str, kind: Kind) -> Option<TryResult> {
        let key = (image.clone(), kind, scope.to_owned());
        self.tries.get(&key).copied()
    }

    /// What activating takes in a scope: its policy for this kind, else its policy for all, and under a
    /// name without either what its code says.
    #[must_use]
    pub fn policy(&self, scope: &str, kind: Option<Kind>) -> Policy {
        let of = |scope: &str, kind: Option<Kind>| self.policies.get(&(scope.to_owned(), kind));
        let set = |scope| of(scope, kind).or_else(|| of(scope, None));
        let set = set(scope).or_else(|| set(scope_code(scope)));
        set.copied().unwrap_or_default()
    }

    /// Every policy that was set, by scope and kind.
    pub fn policies(&self) -> impl Iterator<Item = (&str, Option<Kind>, Policy)> {
        self.policies
            .iter()
            .map(|((scope, kind), policy)| (scope.as_str(), *kind, *policy))
    }

    /// Policies that wait for a second person.
    pub fn policy_proposals(&self) -> impl Iterator<Item = &PolicyProposal> {
        self.policy_proposals.values()
    }

    /// Who is in effect in a scope for a kind at an instant.
    ///
    /// Of the activations that had taken effect by then, the latest one that answers is active. The
    /// latest candidate runs beside it if it began after: whatever replaces the active image ends the
    /// comparison with it.
    #[must_use]
    pub fn occupancy(&self, scope: &str, kind: Kind, at: DateTime<Utc>) -> Occupancy<'_> {
        let begun = |it: &&Activation| it.effective_from().is_some_and(|from| from <= at);
        let latest = |is_candidate: bool| {
            self.history(scope, kind)
                .filter(begun)
                .filter(|it| it.mode.is_candidate() == is_candidate)
                .max_by_key(|it| it.rank())
        };
        let active = latest(false);
        let candidate = latest(true)
            .filter(|it| it.rank() > active.and_then(Activation::rank))
            .filter(|it| it.ended.as_ref().is_none_or(|ended| ended.at > at));
        Occupancy { active, candidate }
    }

    /// What answers everywhere at an instant.
    #[must_use]
    pub fn table(&self, at: DateTime<Utc>) -> Table {
        let mut table = Table::default();
        for (kind, scope) in self.slots.keys() {
            let Occupancy { active, candidate } = self.occupancy(scope, *kind, at);
            let active = active.and_then(|it| Some(((it.id, it.image.clone()?), it.place.clone())));
            let (active, place) = active.unzip();
            let candidate = candidate.and_then(|it| {
                Some(Candidate {
                    activation: it.id,
                    image: it.image.clone()?,
                    mode: it.mode.clone(),
                })
            });
            if active.is_some() || candidate.is_some() {
                let placement = Placement {
                    active,
                    place: place.unwrap_or_default(),
                    candidate,
                };
                table.placements.insert((*kind, scope.clone()), placement);
            }
        }
        table
    }

    /// The next instant after this one at which the table may become another.
    #[must_use]
    pub fn next_change_after(&self, at: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let begins = self.activations().filter_map(Activation::effective_from);
        let ends = self.activations().filter_map(|it| it.ended.as_ref());
        begins
            .chain(ends.map(|ended| ended.at))
            .filter(|instant| *instant > at)
            .min()
    }

    /// Images to keep loaded: what is in effect, what is to come or waits for approval, and of each
    /// scope and kind the last `earlier` images that answered before, so that going back compiles
    /// nothing.
    #[must_use]
    pub fn wanted_images(&self, at: DateTime<Utc>, earlier: usize) -> BTreeSet<Digest> {
        let mut wanted = BTreeSet::new();
        for (kind, scope) in self.slots.keys() {
            let Occupancy { active, candidate } = self.occupancy(scope, *kind, at);
            let in_effect = active.into_iter().chain(candidate);
            let to_come = self.history(scope, *kind).filter(|it| {
                it.awaits_approval() || it.effective_from().is_some_and(|from| from > at)
            });
            let named = in_effect.chain(to_come).filter_map(|it| it.image.clone());
            wanted.extend(named);
            let current = active.and_then(|it| it.image.as_ref());
            wanted.extend(self.earlier_images(scope, *kind, at, current, earlier));
        }
        wanted
    }

    /// The last images that answered before the current one, without repetition.
    fn earlier_images(
        &self,
        scope: &str,
        kind: Kind,
        at: DateTime<Utc>,
        current: Option<&Digest>,
        count: usize,
    ) -> Vec<Digest> {
        let mut answered: Vec<&Activation> = self
            .history(scope, kind)
            .filter(|it| !it.mode.is_candidate())
            .filter(|it| it.effective_from().is_some_and(|from| from <= at))
            .collect();
        answered.sort_by_key(|it| std::cmp::Reverse(it.rank()));
        let mut images: Vec<Digest> = Vec::new();
        for image in answered.into_iter().filter_map(|it| it.image.as_ref()) {
            if images.len() == count {
                break;
            }
            if Some(image) != current && !images.contains(image) {
                images.push(image.clone());
            }
        }
        images
    }

    /// The last rollback that returned from this image, where nobody has activated it anew since.
    pub(crate) fn left_by(&self, scope: &str, kind: Kind, image: &Digest) -> Option<u64> {
        let mut answered: Vec<&Activation> = self
            .history(scope, kind)
            .filter(|it| !it.mode.is_candidate() && it.rank().is_some())
            .collect();
        answered.sort_by_key(|it| it.rank());
        let mut left = None;
        let mut before: Option<&Activation> = None;
        for activation in answered {
            let is_rollback = matches!(activation.origin, Origin::Rollback { .. });
            if is_rollback && before.is_some_and(|it| it.image.as_ref() == Some(image)) {
                left = Some(activation.id);
            } else if !is_rollback && activation.image.as_ref() == Some(image) {
                left = None;
            }
            before = Some(activation);
        }
        left
    }

    /// How an activation stands at an instant; nothing where there is none.
    #[must_use]
    pub fn standing(&self, id: u64, at: DateTime<Utc>) -> Option<Standing> {
        let activation = self.activation(id)?;
        if activation.withdrawn.is_some() {
            return Some(Standing::Withdrawn);
        }
        let Some(from) = activation.effective_from() else {
            return Some(Standing::AwaitingApproval);
        };
        if from > at {
            return Some(Standing::Scheduled);
        }
        let Occupancy { active, candidate } =
            self.occupancy(&activation.scope, activation.kind, at);
        if [active, candidate]
            .into_iter()
            .flatten()
            .any(|it| it.id == id)
        {
            return Some(Standing::InEffect);
        }
        let ended = activation.ended.as_ref().is_some_and(|it| it.at <= at);
        Some(if ended {
            Standing::Ended
        } else {
            Standing::Superseded
        })
    }
}
