//! Rules that are loaded. A rule is found by its image for as long as anybody holds it; the last ones that
//! were used are held here, so that what is asked about twice compiles once.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use crate::Rule;

/// The rules.
#[derive(Debug)]
pub(crate) struct Warm {
    rules: Mutex<Rules>,
    max: usize,
}

#[derive(Debug, Default)]
struct Rules {
    /// Every rule that somebody holds, by its image.
    known: BTreeMap<String, Weak<Rule>>,
    /// Those that are held here, the newest at the back.
    last: VecDeque<Arc<Rule>>,
}

impl Warm {
    /// A store that holds so many itself.
    pub(crate) const fn new(max: usize) -> Self {
        Self {
            rules: Mutex::new(Rules {
                known: BTreeMap::new(),
                last: VecDeque::new(),
            }),
            max,
        }
    }

    /// The rule of this image, which becomes the newest.
    pub(crate) fn get(&self, image: &str) -> Option<Arc<Rule>> {
        let mut rules = self.lock();
        let rule = rules.known.get(image)?.upgrade()?;
        let gone = rules.hold(&rule, self.max);
        drop(rules);
        drop(gone);
        Some(rule)
    }

    /// Makes a rule known, as the newest; the oldest one is let go where there is no room.
    pub(crate) fn put(&self, rule: &Arc<Rule>) {
        let mut rules = self.lock();
        let image = rule.identity.image.clone();
        rules.known.insert(image, Arc::downgrade(rule));
        let gone = rules.hold(rule, self.max);
        // Freeing compiled code takes its time, which nobody need wait for.
        drop(rules);
        drop(gone);
        self.lock().known.retain(|_, rule| rule.strong_count() > 0);
    }

    fn lock(&self) -> MutexGuard<'_, Rules> {
        self.rules.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Rules {
    /// Holds a rule as the newest; gives those that there is no room for.
    fn hold(&mut self, rule: &Arc<Rule>, max: usize) -> Vec<Arc<Rule>> {
        // Another one of the same image is older.
        let image = &rule.identity.image;
        self.last.retain(|other| other.identity.image != *image);
        self.last.push_back(Arc::clone(rule));
        let surplus = self.last.len().saturating_sub(max);
        self.last.drain(..surplus).collect()
    }
}
