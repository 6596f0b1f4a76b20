//! Patience with slow rules while timers are worked off: thousands may wait behind one of them, so a
//! scope whose rule keeps using up its limits is left out for a while. A person's command is another
//! matter: there the rule is asked, because nobody else waits.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};
use lifecycle::advice::{Attempt, FailureKind, Outcome, RuleImage};

/// An answer that takes so long is slow; the usual one takes a thousandth of it.
const SLOW_US: u64 = 100_000;
/// After so many slow answers in a row a scope is left out,
const SLOW_MAX: u32 = 3;
/// for so long by the engine's clock; then one question is a trial.
const REST: TimeDelta = TimeDelta::seconds(60);

/// Which scopes are being left out.
#[derive(Default)]
pub(crate) struct Patience(Mutex<BTreeMap<String, Slow>>);

/// A scope whose last answers were slow.
struct Slow {
    in_a_row: u32,
    until: Option<DateTime<Utc>>,
    /// The rule that was slow.
    rule: RuleImage,
}

impl Patience {
    /// Whether this scope is to be left out now.
    pub(crate) fn leaves_out(&self, scope: &str, now: DateTime<Utc>) -> bool {
        let slow = self.lock();
        slow.get(scope)
            .is_some_and(|slow| slow.until.is_some_and(|until| now < until))
    }

    /// What was asked and how long it took; puts in those that were left out, so that the journal tells.
    pub(crate) fn note(&self, scopes: &[String], attempts: &mut Vec<Attempt>, now: DateTime<Utc>) {
        let mut all = self.lock();
        for attempt in &*attempts {
            if !is_slow(attempt) {
                all.remove(&attempt.scope);
                continue;
            }
            let slow = all.entry(attempt.scope.clone()).or_insert_with(|| Slow {
                in_a_row: 0,
                until: None,
                rule: attempt.rule.clone(),
            });
            slow.rule.clone_from(&attempt.rule);
            slow.in_a_row = slow.in_a_row.saturating_add(1);
            if slow.in_a_row >= SLOW_MAX {
                slow.until = now.checked_add_signed(REST);
                tracing::warn!(scope = attempt.scope, "a slow rule is left out for a while");
            }
        }
        // A scope that gave a verdict ended the search; wider ones would not have been asked.
        let answered = attempts
            .last()
            .filter(|attempt| attempt.outcome == Outcome::Answered)
            .map(|attempt| attempt.scope.clone());
        let mut asked = std::mem::take(attempts).into_iter().peekable();
        for scope in scopes {
            if let Some(attempt) = asked.next_if(|attempt| attempt.scope == *scope) {
                attempts.push(attempt);
            } else if let Some(slow) = all.get(scope)
                && slow.until.is_some_and(|until| now < until)
            {
                attempts.push(left_out(scope, slow));
            }
            if answered.as_ref() == Some(scope) {
                break;
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<String, Slow>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn is_slow(attempt: &Attempt) -> bool {
    let used_up = matches!(
        attempt.outcome,
        Outcome::Failed {
            kind: FailureKind::OutOfFuel | FailureKind::TimedOut,
            ..
        }
    );
    used_up || attempt.duration_us >= SLOW_US
}

fn left_out(scope: &str, slow: &Slow) -> Attempt {
    Attempt {
        scope: scope.to_owned(),
        rule: slow.rule.clone(),
        outcome: Outcome::Failed {
            kind: FailureKind::Overloaded,
            detail: format!(
                "not asked: its last {} answers were slow, and other orders' deadlines wait",
                slow.in_a_row
            ),
        },
        fuel: 0,
        duration_us: 0,
        canary: false,
        function: None,
    }
}
