//! The report that a push gets: which check fails, in which words, with which way out.

use contract::about::Kind;
use plugins::fixtures::{self, Case};
use plugins::{
    Check, CheckState, Error, Limits, Push, Report, Runtime, report, settings_from_file,
};

use crate::artefacts::{baker, component, root, runtime, table_grower};

fn no_fixtures(_: Kind) -> Result<Vec<Case>, Error> {
    Ok(Vec::new())
}

fn push(component: &[u8], settings: &str) -> Report {
    let push = Push {
        component,
        settings,
        fixtures: &no_fixtures,
    };
    let (report, image) = report(baker(), runtime(), &push);
    assert_eq!(image.is_some(), report.passed());
    report
}

fn find<'a>(report: &'a Report, name: &str) -> &'a Check {
    let found = report.checks.iter().find(|check| check.name == name);
    found.unwrap_or_else(|| panic!("no check {name}:\n{report}"))
}

/// Exactly this check fails, with these words and this way out; what comes before it passes, and what
/// it makes impossible is not run.
#[track_caller]
fn check_refused(component: &[u8], settings: &str, name: &str, words: &str, way_out: &str) {
    let report = push(component, settings);
    let failed: Vec<&Check> = report
        .checks
        .iter()
        .filter(|check| check.state == CheckState::Failed)
        .collect();
    let [check] = failed.as_slice() else {
        panic!("{name}:\n{report}")
    };
    assert_eq!(check.name, name, "\n{report}");
    assert!(
        check.what.contains(words),
        "`{}` lacks `{words}`",
        check.what
    );
    let found = check.way_out.as_deref().unwrap_or_default();
    assert!(found.contains(way_out), "`{found}` lacks `{way_out}`");
    for other in &report.checks {
        if other.state == CheckState::NotRun {
            assert!(other.what.contains(name), "{}: {}", other.name, other.what);
        }
    }
    let json = serde_json::to_string(&report).unwrap();
    assert_eq!(serde_json::from_str::<Report>(&json).unwrap(), report);
}

#[test]
fn what_is_no_component_is_refused_by_its_name() {
    let check =
        |bytes: &[u8], words, way_out| check_refused(bytes, "{}", "component", words, way_out);
    check(
        b"\x7fELF\x02\x01\x01\0",
        "native code (ELF)",
        "upload the WebAssembly component",
    );
    let image = component("examples/endless");
    let native = runtime().engine().precompile_component(&image).unwrap();
    check(
        &native,
        "precompiled native code (.cwasm)",
        "upload the WebAssembly component",
    );
    let module = wat::parse_str("(module)").unwrap();
    check(&module, "core WebAssembly module", "wasm32-wasip2");
    check(
        b"#!/bin/sh",
        "no valid WebAssembly component",
        "wasm32-wasip2",
    );
    let broken = &image[..image.len() / 2];
    check(broken, "no valid WebAssembly component", "copied whole");
    let huge = vec![0; Limits::shipped().component_bytes + 1];
    check_refused(&huge, "{}", "size", "67108865 bytes", "release mode");
    let report = push(b"#!/bin/sh", "{}");
    let states: Vec<_> = report
        .checks
        .iter()
        .map(|check| (check.name.as_str(), check.state))
        .collect();
    assert_eq!(
        states[..3],
        [
            ("size", CheckState::Passed),
            ("component", CheckState::Failed),
            ("imports", CheckState::NotRun),
        ]
    );
    assert_eq!(states.len(), 14, "every check is listed");
}

#[test]
fn imports_and_contract_are_named() {
    check_refused(
        &component("http_routing"),
        "{}",
        "imports",
        "the component imports `",
        "adapter",
    );
    let other = "(component (instance $i) (export \"kapok:plugin/routing@0.2.0\" (instance $i)))";
    check_refused(
        &wat::parse_str(other).unwrap(),
        "{}",
        "contract",
        "kapok:plugin/routing@0.2.0",
        "rebuild it with the SDK",
    );
}

#[test]
fn settings_are_checked_by_syntax_schema_and_plugin() {
    let moody = component("examples/moody");
    check_refused(&moody, "{", "settings", "EOF", "TOML or JSON");
    let schema = |settings, words| {
        let report = push(&moody, settings);
        let check = find(&report, "settings schema");
        assert_eq!(check.state, CheckState::Failed, "\n{report}");
        assert!(check.what.contains(words), "{}", check.what);
    };
    schema(r#"{"says":1}"#, "says: 1 is not of type");
    schema(r#"{"says":"x","colour":1}"#, "colour");
    // The schema knows a limit that the plugin's own code does not look at.
    let long = format!(r#"{{"says":"{}"}}"#, "x".repeat(21));
    check_refused(
        &moody,
        &long,
        "settings schema",
        "says: ",
        "correct these settings",
    );
    // And the other way round.
    check_refused(
        &moody,
        r#"{"says":""}"#,
        "configure",
        "says: must say something",
        "correct",
    );
    let bad = component("examples/bad_configure");
    let odd = r#"{"how":"fine","numbers":[2,3,4,5]}"#;
    check_refused(
        &bad,
        odd,
        "configure",
        "numbers[1]: 3 is odd; numbers[3]: 5 is odd",
        "correct",
    );
    check_refused(
        &bad,
        r#"{"how":"panic"}"#,
        "configure",
        "Trapped",
        "problems with paths",
    );
}

#[test]
fn questions_are_asked_before_it_is_taken() {
    for (name, words) in [
        ("endless", "OutOfFuel"),
        ("trap", "Trapped"),
        ("memory_eater", "OutOfMemory"),
        ("invalid_answer", "the ranking is empty"),
    ] {
        let component = component(&format!("examples/{name}"));
        check_refused(
            &component,
            "{}",
            "smoke question",
            words,
            "kapok plugin dev",
        );
    }
    // Baking freezes tables as they are, so that code that grows one cannot be baked at all.
    check_refused(
        &table_grower(),
        "{}",
        "compile",
        "unsupported `table.grow` instruction",
        "the SDK uses none of it",
    );
    for name in ["refusal", "no_opinion", "state_keeper"] {
        let report = push(&component(&format!("examples/{name}")), "{}");
        assert!(report.passed(), "\n{report}");
    }
}

#[test]
fn real_plugin_passes_with_its_fixtures_and_a_wrong_one_is_shown() {
    let folder = root().join("plugins/routing");
    let settings = settings_from_file(&folder.join("settings.toml")).unwrap();
    let component = component("routing");
    let runtime = Runtime::new(&Limits::shipped(), None).unwrap();
    let ask = |fixtures: &dyn Fn(Kind) -> Result<Vec<Case>, Error>| {
        let push = Push {
            component: &component,
            settings: &settings,
            fixtures,
        };
        report(baker(), &runtime, &push)
    };
    let (report, image) = ask(&|kind| fixtures::read(&folder.join("fixtures"), kind));
    assert!(report.passed(), "\n{report}");
    assert_eq!(image.unwrap().settings.len(), 64);
    assert!(report.checks.len() > 14, "\n{report}");
    assert!(find(&report, "description").what.starts_with("routing 0."));
    let wrong = tempfile::tempdir().unwrap();
    let case = r#"{ "name": "wrong", "expected": { "verdict": "no_opinion" }, "question": {
        "order_type": "complaint", "channel": "phone", "district": "440106", "subject": "夜间施工噪声",
        "text": "工地半夜打桩", "registered_at": "2026-09-18T16:00:00+08:00" } }"#;
    std::fs::write(wrong.path().join("wrong.json"), case).unwrap();
    let (report, image) = ask(&|kind| fixtures::read(wrong.path(), kind));
    assert!(image.is_none());
    let check = find(&report, "fixture `wrong`");
    assert_eq!(check.state, CheckState::Failed);
    assert!(
        check
            .what
            .contains("verdict: expected \"no_opinion\", found \"ranked\""),
        "{}",
        check.what
    );
    let empty = tempfile::tempdir().unwrap();
    let (report, _) = ask(&|kind| fixtures::read(empty.path(), kind));
    assert_eq!(find(&report, "fixtures").state, CheckState::Failed);
    assert!(
        report.to_string().contains("FAILED  fixtures: "),
        "\n{report}"
    );
}
