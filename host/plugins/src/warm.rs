//! Rules that stay loaded for a while after they were used last, so that going back to one compiles
//! nothing.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::Rule;

/// The last rules, the newest at the back. Few, so that looking through them is quick.
#[derive(Debug)]
pub(crate) struct Warm {
    rules: Mutex<VecDeque<Arc<Rule>>>,
    max: usize,
}

impl Warm {
    /// A store that keeps so many.
    pub(crate) const fn new(max: usize) -> Self {
        Self {
            rules: Mutex::new(VecDeque::new()),
            max,
        }
    }

    /// The rule of this image, which becomes the newest.
    pub(crate) fn get(&self, image: &str) -> Option<Arc<Rule>> {
        let mut rules = self.lock();
        let position = rules.iter().position(|rule| rule.identity.image == image)?;
        let rule = rules.remove(position)?;
        rules.push_back(Arc::clone(&rule));
        Some(rule)
    }

    /// Keeps a rule; the oldest one goes where there is no room.
    pub(crate) fn put(&self, rule: &Arc<Rule>) {
        let mut rules = self.lock();
        rules.retain(|other| other.identity.image != rule.identity.image);
        rules.push_back(Arc::clone(rule));
        let surplus = rules.len().saturating_sub(self.max);
        let gone: Vec<_> = rules.drain(..surplus).collect();
        // Freeing compiled code takes its time, which nobody need wait for.
        drop(rules);
        drop(gone);
    }

    fn lock(&self) -> MutexGuard<'_, VecDeque<Arc<Rule>>> {
        self.rules.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
