//! How settings are read, and how a plugin behaves before and after.

use contract::about::Kind;
use contract::types::Refusal;
use schemars::JsonSchema;
use serde::Deserialize;

use crate::plugin::{Author, Plugin};
use crate::{Problem, Settings, problem};

/// Settings with something to go wrong at each level.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Sample {
    /// The units.
    units: Vec<Unit>,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Unit {
    weight: u16,
}

impl Settings for Sample {
    type Rules = u32;

    fn prepare(self) -> Result<u32, Vec<Problem>> {
        let problems: Vec<_> = (0..)
            .zip(&self.units)
            .filter(|(_, unit)| unit.weight > 1000)
            .map(|(n, _): (usize, _)| problem(format!("units[{n}].weight"), "too much"))
            .collect();
        let sum = self.units.iter().map(|unit| u32::from(unit.weight)).sum();
        if problems.is_empty() {
            Ok(sum)
        } else {
            Err(problems)
        }
    }
}

struct Component;

impl Author for Component {
    type Settings = Sample;
    const KIND: Kind = Kind::Routing;
    const NAME: &'static str = "sample";
    const VERSION: &'static str = "1.2.3";
    const SUMMARY: &'static str = "A sample.";

    fn plugin() -> &'static Plugin<Sample> {
        static PLUGIN: Plugin<Sample> = Plugin::new();
        &PLUGIN
    }
}

#[track_caller]
fn check(json: &str, expected: Result<u32, &[&str]>) {
    let plugin = Plugin::<Sample>::new();
    match (plugin.configure(json), expected) {
        (Ok(()), Ok(sum)) => assert_eq!(plugin.ask(|rules| Ok(*rules)), Ok(sum)),
        (Err(problems), Err(expected)) => {
            let shown: Vec<_> = problems.iter().map(ToString::to_string).collect();
            assert_eq!(shown.len(), expected.len(), "{shown:?}");
            for (shown, expected) in shown.iter().zip(expected) {
                assert!(
                    shown.starts_with(expected),
                    "{shown} does not start with {expected}"
                );
            }
            assert!(
                plugin.ask(|rules| Ok(*rules)).is_err(),
                "bad settings must not configure"
            );
        }
        (got, expected) => panic!("{json}: got {got:?}, expected {expected:?}"),
    }
}

#[test]
fn configure() {
    check(r#"{"units":[{"weight":3},{"weight":4}]}"#, Ok(7));
    check(
        r#"{"units":[{"weight":3},{"weight":1001},{"weight":2},{"weight":5000}]}"#,
        Err(&["units[1].weight: too much", "units[3].weight: too much"]),
    );
    check(
        r#"{"units":[{"weight":"3"}]}"#,
        Err(&["units[0].weight: invalid type: string"]),
    );
    check(
        r#"{"units":[{"weight":70000}]}"#,
        Err(&["units[0].weight: invalid value"]),
    );
    check(
        r#"{"units":[{"wieght":3}]}"#,
        Err(&["units[0].wieght: unknown field `wieght`"]),
    );
    check(
        r#"{"units":[{}]}"#,
        Err(&["units[0]: missing field `weight`"]),
    );
    check(r"{}", Err(&[".: missing field `units`"]));
    check(r#"{"units":[]} x"#, Err(&[".: trailing characters"]));
    check(r#"{"units":["#, Err(&["units: EOF"]));
}

#[test]
fn before_and_twice() {
    let plugin = Plugin::<Sample>::new();
    let answer = plugin.ask(|rules| Ok(*rules));
    assert!(
        matches!(&answer, Err(Refusal::Internal(text)) if text.starts_with("not configured")),
        "{answer:?}"
    );
    assert_eq!(plugin.configure(r#"{"units":[]}"#), Ok(()));
    assert_eq!(
        plugin
            .configure(r#"{"units":[]}"#)
            .map_err(|problems| problems.len()),
        Err(1)
    );
}

#[test]
fn description() {
    let about = Component::describe();
    assert_eq!(
        (about.name.as_str(), about.version.as_str()),
        ("sample", "1.2.3")
    );
    let schema: serde_json::Value = serde_json::from_str(&about.settings_schema).unwrap();
    assert_eq!(
        schema["$schema"],
        "https://json-schema.org/draft/2020-12/schema"
    );
    assert_eq!(schema["additionalProperties"], false);
    assert_eq!(schema["properties"]["units"]["description"], "The units.");
}
