//! A rule that is being tried beside the active one: a shadow, whose answers have no effect, or a
//! canary, which serves a share of the orders. What it does is counted, and a canary that fails or
//! differs too often is no longer asked.

use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use contract::about::Kind;
use contract::types::Instant;
use lifecycle::advice::{FailureKind, Outcome};
use rollout::{CandidateEnd, Limits, Mode};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::Rule;

/// What a candidate did since it began.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// Questions that it was asked, or would have been while its circuit breaker was open.
    pub asked: u64,
    /// Verdicts.
    pub answered: u64,
    /// No opinion.
    pub no_opinion: u64,
    /// Refusals.
    pub refused: u64,
    /// Failures, an open circuit breaker among them. A host without a free slot is none.
    pub failed: u64,
    /// Answers that were compared with the active rule's. A failure of either is never compared.
    pub compared: u64,
    /// Of those, the ones that differ in any byte of the verdict.
    pub diverged: u64,
    /// Questions (of a shadow) and comparisons (of a canary) that found no room in the queue.
    pub dropped: u64,
    /// Fuel in total.
    pub fuel: u64,
    /// Instant of the last decision that it was asked in.
    pub last: Option<Instant>,
}

/// A candidate's counts, with what it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CandidateCounts {
    /// Its activation.
    pub activation: u64,
    /// Its scope.
    pub scope: String,
    /// Its question.
    pub kind: Kind,
    /// SHA-256 of its image, in hex.
    pub image: String,
    /// How it is tried.
    #[serde(flatten)]
    pub mode: Mode,
    /// What it did.
    #[serde(flatten)]
    pub counts: Counts,
    /// Why it is no longer asked, if it is not.
    pub ended: Option<CandidateEnd>,
}

/// A rule that is being tried.
pub struct Candidate {
    activation: u64,
    rule: Arc<Rule>,
    mode: Mode,
    counts: Mutex<(Counts, Option<CandidateEnd>)>,
    /// It has ended by itself, or stands in no table any more.
    over: AtomicBool,
}

/// What can be compared of a rule's answer to one question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Answer {
    /// The verdict's canonical bytes.
    Verdict(Vec<u8>),
    NoOpinion,
    Refused,
}

impl Answer {
    /// Nothing if the rule failed.
    pub(crate) fn of<V: Serialize>(outcome: &Outcome, verdict: Option<&V>) -> Option<Self> {
        match outcome {
            // A verdict that cannot be written does not arise: its types have a JSON form.
            Outcome::Answered => serde_json::to_vec(&verdict).ok().map(Self::Verdict),
            Outcome::NoOpinion => Some(Self::NoOpinion),
            Outcome::Refused { detail: _ } => Some(Self::Refused),
            Outcome::Failed { .. } => None,
        }
    }
}

impl Candidate {
    /// A candidate that has done nothing yet.
    #[must_use]
    pub const fn new(activation: u64, rule: Arc<Rule>, mode: Mode) -> Self {
        Self {
            activation,
            rule,
            mode,
            counts: Mutex::new((
                Counts {
                    asked: 0,
                    answered: 0,
                    no_opinion: 0,
                    refused: 0,
                    failed: 0,
                    compared: 0,
                    diverged: 0,
                    dropped: 0,
                    fuel: 0,
                    last: None,
                },
                None,
            )),
            over: AtomicBool::new(false),
        }
    }

    /// The same that goes on where it was: it may be beyond its limits already.
    #[must_use]
    pub fn having_done(mut self, counts: Counts) -> Self {
        let state = (counts, None);
        self.counts = Mutex::new(state);
        self.judge(&mut self.lock());
        self
    }

    /// Another one that has done the same so far.
    pub(crate) fn again(&self) -> Self {
        let (counts, _) = *self.lock();
        Self::new(self.activation, Arc::clone(&self.rule), self.mode.clone()).having_done(counts)
    }

    /// Identifier of the activation that made it a candidate.
    #[must_use]
    pub const fn activation(&self) -> u64 {
        self.activation
    }

    /// The rule.
    #[must_use]
    pub const fn rule(&self) -> &Arc<Rule> {
        &self.rule
    }

    /// How it is tried.
    #[must_use]
    pub const fn mode(&self) -> &Mode {
        &self.mode
    }

    /// Whether it is the same trial, whose counts go on.
    pub(crate) fn continues(&self, other: &Self) -> bool {
        self.activation == other.activation
            && self.mode == other.mode
            && self.rule.identity.image == other.rule.identity.image
    }

    /// Whether it answers for the order with this number.
    pub(crate) fn serves(&self, key: &str) -> bool {
        match self.mode {
            Mode::Active | Mode::Shadow => false,
            Mode::Canary {
                share_permille,
                limits: _,
            } => !self.is_over() && share_of(key) < share_permille,
        }
    }

    /// Whether it is to be asked once the order has its answer.
    pub(crate) fn shadows(&self) -> bool {
        match self.mode {
            Mode::Shadow => !self.is_over(),
            Mode::Active | Mode::Canary { .. } => false,
        }
    }

    pub(crate) fn is_over(&self) -> bool {
        self.over.load(Ordering::Relaxed)
    }

    /// It stands in no table any more.
    pub(crate) fn retire(&self) {
        self.over.store(true, Ordering::Relaxed);
    }

    /// Counts how it answered.
    pub(crate) fn note_answer(&self, outcome: &Outcome, fuel: u64, now: Instant) {
        let mut state = self.lock();
        let counts = &mut state.0;
        match outcome {
            Outcome::Answered => counts.answered += 1,
            Outcome::NoOpinion => counts.no_opinion += 1,
            Outcome::Refused { detail: _ } => counts.refused += 1,
            Outcome::Failed {
                kind: FailureKind::Overloaded,
                ..
            } => return,
            Outcome::Failed { .. } => counts.failed += 1,
        }
        counts.asked += 1;
        counts.fuel = counts.fuel.saturating_add(fuel);
        counts.last = Some(now);
        self.judge(&mut state);
    }

    /// Counts a comparison with the active rule's answer.
    pub(crate) fn note_comparison(&self, is_same: bool) {
        let mut state = self.lock();
        state.0.compared += 1;
        state.0.diverged += u64::from(!is_same);
        self.judge(&mut state);
    }

    /// Counts what found no room in the queue.
    pub(crate) fn note_dropped(&self) {
        self.lock().0.dropped += 1;
    }

    /// Ends a canary that is beyond its limits.
    fn judge(&self, (counts, ended): &mut (Counts, Option<CandidateEnd>)) {
        let Mode::Canary {
            limits,
            share_permille: _,
        } = self.mode
        else {
            return;
        };
        let Counts {
            asked,
            failed,
            compared,
            diverged,
            ..
        } = *counts;
        let Limits {
            failures_permille_max,
            divergence_permille_max,
            decisions_min,
        } = limits;
        let beyond = |count: u64, of: u64, max_permille: u16| {
            of >= u64::from(decisions_min.max(1))
                && u128::from(count) * 1000 > u128::from(of) * u128::from(max_permille)
        };
        let end = if beyond(failed, asked, failures_permille_max) {
            let decisions = asked;
            CandidateEnd::Failures { decisions, failed }
        } else if beyond(diverged, compared, divergence_permille_max) {
            let decisions = compared;
            CandidateEnd::Divergence {
                decisions,
                diverged,
            }
        } else {
            return;
        };
        if ended.is_none() {
            let (image, activation) = (self.rule.short(), self.activation);
            tracing::warn!(
                image,
                activation,
                ?end,
                "a canary is beyond its limits and ends"
            );
            *ended = Some(end);
            self.over.store(true, Ordering::Relaxed);
        }
    }

    pub(crate) fn count(&self, kind: Kind, scope: &str) -> CandidateCounts {
        let (counts, ended) = self.lock().clone();
        CandidateCounts {
            activation: self.activation,
            scope: scope.to_owned(),
            kind,
            image: self.rule.identity.image.clone(),
            mode: self.mode.clone(),
            counts,
            ended,
        }
    }

    fn lock(&self) -> MutexGuard<'_, (Counts, Option<CandidateEnd>)> {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Candidate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Candidate")
            .field("activation", &self.activation)
            .field("image", &self.rule.short())
            .field("mode", &self.mode)
            .finish_non_exhaustive()
    }
}

/// Where an order falls among 1000, by the SHA-256 of its number.
fn share_of(key: &str) -> u16 {
    let hash = Sha256::digest(key.as_bytes());
    let place = hash
        .iter()
        .take(8)
        .fold(0, |number: u64, &byte| (number << 8) | u64::from(byte))
        % 1000;
    u16::try_from(place).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn share_is_stable_and_about_as_large_as_it_says() {
        assert_eq!(share_of(""), share_of(""));
        let count = |share| {
            (0..10_000)
                .filter(|n| share_of(&n.to_string()) < share)
                .count()
        };
        assert_eq!((count(0), count(1000)), (0, 10_000));
        for share in [10_u16, 100, 500] {
            let expected = usize::from(share) * 10;
            assert!(
                count(share).abs_diff(expected) < 200,
                "{share}: {}",
                count(share)
            );
        }
        // The way in which numbers are spread is part of what the rollout log promises.
        assert_eq!(share_of("GZ-2026-000001"), 148);
    }
}
