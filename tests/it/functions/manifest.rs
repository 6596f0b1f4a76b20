//! The shipped `spin.toml`: what it names exists, fits, and is what the host runs.

use std::collections::BTreeMap;

use functions::Manifest;
use plugins::RuleList;
use serde_json::Value;

use super::{root, shipped, spin_toml};
use crate::functions::client::send;

/// Route and kind of every shipped rule.
const ROUTES: [(&str, &str); 7] = [
    ("/routing/city", "routing"),
    ("/escalation/city", "escalation"),
    ("/knowledge/city", "knowledge"),
    ("/knowledge/city/citations", "knowledge"),
    ("/knowledge/440104", "knowledge"),
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
        let scope = rule.scope.replacen("440100", "city", 1);
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

/// What Spin documents of its manifest, version 2, as a JSON Schema of our own.
const SCHEMA: &str = include_str!("manifest-v2.json");

/// What is wrong with a manifest by Spin's own rules.
fn problems(manifest: &str) -> Vec<String> {
    let manifest: Value = toml::from_str(manifest).unwrap();
    let schema: Value = serde_json::from_str(SCHEMA).unwrap();
    let schema = jsonschema::draft202012::new(&schema).unwrap();
    schema
        .iter_errors(&manifest)
        .map(|error| format!("{}: {error}", error.instance_path()))
        .collect()
}

#[test]
fn spin_takes_the_manifest() {
    let good = std::fs::read_to_string(spin_toml()).unwrap();
    assert_eq!(problems(&good), [""; 0]);
    // What `kapok functions` takes beyond that stands where Spin leaves room for it.
    let bounds = "[component.routing-city.tool.kapok]\ntime_ms = 500\n";
    assert_eq!(problems(&format!("{good}\n{bounds}")), [""; 0]);
    for (old, new) in [
        ("spin_manifest_version = 2", "spin_manifest_version = 1"),
        ("name = \"kapok\"", "title = \"kapok\""),
        ("route = \"/routing/city\"", ""),
        ("route = \"/routing/city\"", "route = \"routing\""),
        ("[component.routing-city]", "[component.440100]"),
        ("[component.routing-city]", "[component.Routing_city]"),
        (
            "[component.routing-city.build]",
            "[component.routing-city.built]",
        ),
        (
            "{ component = \"routing-city-image\" }",
            "{ component = \"a\", path = \"b\" }",
        ),
        (
            "{ component = \"routing-city-image\" }",
            "{ component = \"440100\" }",
        ),
        ("about = {", "\"kapok:plugin/\" = {"),
        ("command = \"make images\"", "commands = \"make images\""),
    ] {
        assert!(good.contains(old), "{old}");
        let bad = good.replacen(old, new, 1);
        assert!(!problems(&bad).is_empty(), "{new} was taken");
    }
}
