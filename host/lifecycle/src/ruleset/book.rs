//! Rule sets in the order of their time (R78, T13): what is decided is governed by the one in force at
//! that instant, and keeps its name.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::RuleSet;

/// Rule sets, none of which overlap. Read from the regulation file: a list `rule_sets`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "List", into = "List")]
pub struct RuleBook {
    first: RuleSet,
    later: Vec<RuleSet>,
}

/// What is wrong with a list of rule sets.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// There is none.
    #[error("`rule_sets` is empty; give at least one rule set")]
    Empty,
    /// Two have the same version, so that nobody could tell what was computed under which.
    #[error("rule_sets: the version `{version}` stands twice; name each differently")]
    Duplicate {
        /// The version.
        version: String,
    },
    /// One ends before it begins.
    #[error(
        "rule set `{version}`: `in_force_until` lies before `in_force_from`; correct one of them"
    )]
    EndsBeforeItBegins {
        /// The version.
        version: String,
    },
    /// Two are in force on one day.
    #[error(
        "rule sets `{earlier}` and `{later}` are both in force on one day; end the first on the day \
         before the second begins"
    )]
    Overlap {
        /// The one that begins first.
        earlier: String,
        /// The other.
        later: String,
    },
}

impl RuleBook {
    /// Checks the rule sets and puts them in order.
    ///
    /// # Errors
    /// The first thing wrong, see [`Error`].
    pub fn new(sets: impl IntoIterator<Item = RuleSet>) -> Result<Self, Error> {
        let mut sets: Vec<RuleSet> = sets.into_iter().collect();
        sets.sort_by_key(|set| set.in_force_from);
        let mut versions = BTreeSet::new();
        let mut before: Option<&RuleSet> = None;
        for set in &sets {
            let version = set.version.clone();
            if !versions.insert(&set.version) {
                return Err(Error::Duplicate { version });
            }
            if set.in_force_until < set.in_force_from {
                return Err(Error::EndsBeforeItBegins { version });
            }
            if let Some(before) = before
                && set.in_force_from <= before.in_force_until
            {
                return Err(Error::Overlap {
                    earlier: before.version.clone(),
                    later: version,
                });
            }
            before = Some(set);
        }
        let mut sets = sets.into_iter();
        let first = sets.next().ok_or(Error::Empty)?;
        let later = sets.collect();
        Ok(Self { first, later })
    }

    /// The rule set in force at an instant. Where none is, the one that was in force last, or else the
    /// first; deadlines computed under it say so (decision 0002).
    #[must_use]
    pub fn at(&self, instant: DateTime<Utc>) -> &RuleSet {
        let day = calendar::local_date(instant);
        let begun = self.later.iter().rev();
        let mut begun = begun.filter(|set| set.in_force_from <= day);
        begun.next().unwrap_or(&self.first)
    }

    /// The rule set of that version.
    #[must_use]
    pub fn named(&self, version: &str) -> Option<&RuleSet> {
        self.sets().find(|set| set.version == version)
    }

    /// All of them, oldest first.
    pub fn sets(&self) -> impl Iterator<Item = &RuleSet> {
        std::iter::once(&self.first).chain(&self.later)
    }
}

/// Guangzhou's, of 2023.
impl Default for RuleBook {
    fn default() -> Self {
        RuleSet::guangzhou_2023().into()
    }
}

impl From<RuleSet> for RuleBook {
    fn from(set: RuleSet) -> Self {
        Self {
            first: set,
            later: Vec::new(),
        }
    }
}

/// The form of the regulation file.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct List {
    rule_sets: Vec<RuleSet>,
}

impl TryFrom<List> for RuleBook {
    type Error = Error;

    fn try_from(list: List) -> Result<Self, Error> {
        Self::new(list.rule_sets)
    }
}

impl From<RuleBook> for List {
    fn from(book: RuleBook) -> Self {
        let mut rule_sets = vec![book.first];
        rule_sets.extend(book.later);
        Self { rule_sets }
    }
}
