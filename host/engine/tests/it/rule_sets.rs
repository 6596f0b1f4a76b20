//! Under one name there is one rule set (R78).

use std::collections::BTreeMap;
use std::sync::Arc;

use engine::ports::ManualClock;
use engine::{Engine, Error, Parts};
use knowledge_base::rules::KnowledgeRules;
use lifecycle::ruleset::{Lateness, RuleBook, RuleSet};

use crate::memory::MemoryStore;
use crate::world::{OneWordRule, START, World, at, directory};

fn kept(store: &Arc<MemoryStore>, change: impl FnOnce(&mut RuleSet)) -> Result<(), Error> {
    let mut set = RuleSet::guangzhou_2023();
    change(&mut set);
    let parts = Parts {
        store: store.clone(),
        advisor: Arc::new(OneWordRule::default()),
        clock: Arc::new(ManualClock::at(at(START))),
        directory: directory(),
        rules: RuleBook::from(set),
    };
    Engine::new(parts)?.keep_rule_sets()
}

#[test]
fn a_rule_set_that_changed_under_its_name_is_refused() {
    let store = Arc::new(MemoryStore::default());
    kept(&store, |_| ()).unwrap();
    kept(&store, |_| ()).unwrap();
    let changed = kept(&store, |set| set.options.lateness = Lateness::WorkingTime);
    let told = changed.unwrap_err().to_string();
    assert!(told.contains("`options.lateness` differs"), "{told}");
    assert!(
        told.contains("give the changed rule set a version of its own"),
        "{told}"
    );
    // Another name is another rule set.
    kept(&store, |set| {
        set.version = "2".to_owned();
        set.options.lateness = Lateness::WorkingTime;
    })
    .unwrap();
}

#[test]
fn limits_that_changed_under_their_name_are_refused() {
    let world = World::new();
    world.engine.keep_rule_sets().unwrap();
    let parts = || Parts {
        store: world.store.clone(),
        advisor: world.rule.clone(),
        clock: world.clock.clone(),
        directory: directory(),
        rules: RuleBook::default(),
    };
    let mut rules = KnowledgeRules::guangzhou_2023();
    rules.notice_working_days = 9;
    let version = world.engine.rules().at(world.engine.now()).version.clone();
    let engine = Engine::new(parts())
        .unwrap()
        .with_knowledge_rules(BTreeMap::from([(version, rules)]));
    assert_eq!(
        engine.knowledge_rules_at(engine.now()).notice_working_days,
        9
    );
    let told = engine.keep_rule_sets().unwrap_err().to_string();
    assert!(
        told.contains("`knowledge.notice_working_days` differs"),
        "{told}"
    );
}
