//! The limits of Chapter 5 by rule set (R78): they are dated and named as the rule set is that they
//! stand beside, and kept and held against what was kept together with it.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use knowledge_base::rules::KnowledgeRules;

use crate::Engine;

/// Limits by the version of their rule set.
#[derive(Debug, Clone)]
pub(crate) struct KnowledgeRuleBook {
    named: BTreeMap<String, KnowledgeRules>,
    /// For rule sets that name none.
    others: KnowledgeRules,
}

impl Default for KnowledgeRuleBook {
    fn default() -> Self {
        Self {
            named: BTreeMap::new(),
            others: KnowledgeRules::guangzhou_2023(),
        }
    }
}

impl KnowledgeRuleBook {
    pub(crate) fn of(&self, rule_set: &str) -> &KnowledgeRules {
        self.named.get(rule_set).unwrap_or(&self.others)
    }
}

impl Engine {
    /// The same engine, with limits of Chapter 5 by the version of the rule set that they stand beside.
    /// A rule set that is not named has those of 2023.
    #[must_use]
    pub fn with_knowledge_rules(mut self, named: BTreeMap<String, KnowledgeRules>) -> Self {
        self.knowledge_rules.named = named;
        self
    }

    /// The limits of Chapter 5 that hold at an instant.
    #[must_use]
    pub fn knowledge_rules_at(&self, at: DateTime<Utc>) -> &KnowledgeRules {
        self.knowledge_rules.of(&self.rules.at(at).version)
    }
}
