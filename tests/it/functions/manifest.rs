//! The shipped `spin.toml`: what it names exists, fits, and is what the host runs.

use std::collections::BTreeMap;

use functions::Manifest;
use plugins::RuleList;

use super::{root, shipped, spin_toml};
use crate::functions::client::send;

/// Route and kind of every shipped rule.
const ROUTES: [(&str, &str); 5] = [
    ("/routing/city", "routing"),
    ("/escalation/city", "escalation"),
    ("/knowledge/city", "knowledge"),
    ("/routing/440106", "routing"),
    ("/escalation/440115", "escalation"),
];

#[test]
fn every_shipped_rule_is_a_function() {
    let manifest = Manifest::read(&spin_toml()).unwrap();
    let rules = RuleList::read(&root().join("plugins/rules.toml")).unwrap();
    let mut images = BTreeMap::new();
    for trigger in &manifest.triggers {
        let component = &manifest.components[&trigger.component];
        for dependency in &component.dependencies {
            images.insert(dependency.source.clone(), trigger.route.to_string());
        }
        let names: Vec<String> = component
            .dependencies
            .iter()
            .map(|dependency| dependency.name.to_string())
            .collect();
        let kind = trigger
            .route
            .to_string()
            .split('/')
            .nth(1)
            .unwrap()
            .to_owned();
        assert_eq!(
            names,
            ["about".to_owned(), format!("kapok:plugin/{kind}@0.1.0")]
        );
    }
    for rule in rules.rules {
        let scope = if rule.scope == "440100" {
            "city"
        } else {
            &rule.scope
        };
        let route = images.remove(&root().join(&rule.image));
        assert_eq!(
            route,
            Some(format!("/{}/{scope}", rule.kind)),
            "{}",
            rule.image.display()
        );
    }
    assert!(
        images.is_empty(),
        "no rule of plugins/rules.toml: {images:?}"
    );
}

#[test]
fn every_function_describes_its_rule() {
    for (route, kind) in ROUTES {
        let reply = send(shipped(), "GET", route);
        assert_eq!(reply.status, 200, "{route}: {reply:?}");
        assert_eq!(reply.header("content-type"), Some("application/json"));
        let about = reply.json();
        assert_eq!(about["kind"], kind, "{route}");
        assert!(about["settings_schema"].is_object(), "{route}: {about}");
        let head = send(shipped(), "HEAD", route);
        assert_eq!((head.status, head.body.len()), (200, 0), "{route}");
        assert_eq!(
            head.header("content-type"),
            Some("application/json"),
            "{route}"
        );
    }
}

#[test]
fn names_are_those_that_spin_takes() {
    let text = std::fs::read_to_string(spin_toml()).unwrap();
    let table: toml::Table = toml::from_str(&text).unwrap();
    for id in table["component"].as_table().unwrap().keys() {
        let fits = id.split('-').all(|word| {
            word.starts_with(|c: char| c.is_ascii_lowercase())
                && word
                    .chars()
                    .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit())
        });
        assert!(fits, "`{id}` is no name for a component in Spin");
    }
}
