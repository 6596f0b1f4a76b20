//! Every plugin of the repository, whatever its language, in the real runtime: its own fixtures, and what
//! holds for each of them.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;
use std::sync::{Arc, LazyLock};

use contract::about::Kind;
use lifecycle::advice::Outcome;
use plugins::fixtures::{self, Judgement};
use plugins::{Baker, Force, Image, Limits, PROJECT_FILE, Project, Rule, Runtime};
use serde_json::Value;

use crate::artefacts::{root, target};

/// A plugin's project, its image and the loaded rule.
pub(crate) struct Made {
    pub(crate) name: String,
    pub(crate) project: Project,
    pub(crate) image: Image,
    pub(crate) rule: Arc<Rule>,
}

/// A runtime that compiles nothing twice: an interpreter takes seconds.
fn runtime() -> Runtime {
    let cache = target().join("tmp/projects-cache");
    Runtime::new(&Limits::shipped(), Some(&cache)).unwrap()
}

/// Every project below `plugins/`, built by `make test`, baked here if need be.
pub(crate) fn all() -> &'static (Runtime, Vec<Made>) {
    static ALL: LazyLock<(Runtime, Vec<Made>)> = LazyLock::new(|| {
        let runtime = runtime();
        let made = folders()
            .into_iter()
            .map(|folder| {
                let project = Project::read(&folder).unwrap();
                let name = folder.file_name().unwrap().to_string_lossy().into_owned();
                let component = project.component();
                assert!(
                    component.is_file(),
                    "{} is missing: run `make plugins examples`",
                    component.display()
                );
                let (_, image) = project.bake(&Limits::shipped(), Force::OnlyStale).unwrap();
                let rule = runtime.load(&image).unwrap();
                Made {
                    name,
                    project,
                    image,
                    rule,
                }
            })
            .collect();
        (runtime, made)
    });
    &ALL
}

/// Folders with a project file.
fn folders() -> BTreeSet<PathBuf> {
    ["plugins", "plugins/districts"]
        .iter()
        .flat_map(|folder| fs::read_dir(root().join(folder)).unwrap())
        .map(|entry| entry.unwrap().path())
        .filter(|folder| folder.join(PROJECT_FILE).is_file())
        .collect()
}

/// Seven in Rust, one in Python, one in JavaScript.
#[test]
fn every_plugin_is_a_project_with_fixtures_of_its_own() {
    let (_, made) = all();
    let found: Vec<(&str, Kind, &str)> = made
        .iter()
        .map(|one| (one.name.as_str(), one.project.kind(), one.project.scope()))
        .collect();
    assert_eq!(
        found,
        [
            ("citations", Kind::Knowledge, "440100/citations"),
            ("huangpu-escalation", Kind::Escalation, "440112"),
            ("nansha-escalation", Kind::Escalation, "440115"),
            ("panyu-knowledge", Kind::Knowledge, "440113"),
            ("tianhe-routing", Kind::Routing, "440106"),
            ("yuexiu-english", Kind::Knowledge, "440104"),
            ("escalation", Kind::Escalation, "440100"),
            ("knowledge", Kind::Knowledge, "440100"),
            ("routing", Kind::Routing, "440100"),
        ]
    );
    for one in made {
        assert_eq!(one.image.description.name, one.name);
        assert_eq!(one.image.description.kind, one.project.kind());
        assert!(!one.image.description.summary.is_empty());
        let schema: Value = serde_json::from_str(&one.image.description.settings_schema).unwrap();
        assert_eq!(schema["additionalProperties"], false, "{}", one.name);
    }
}

#[test]
fn fixtures_are_answered_as_expected() {
    let (runtime, made) = all();
    let mut wrong = Vec::new();
    for one in made {
        let cases = one.project.cases().unwrap();
        assert!(cases.len() >= 8, "{} has few fixtures", one.name);
        for judged in fixtures::run(runtime, &one.rule, &cases) {
            if judged.judgement != Judgement::Passed {
                wrong.push(format!(
                    "{}: {}: {:?} {:?}",
                    one.name, judged.case.name, judged.differences, judged.examined
                ));
            }
            // A plugin that needs more than this leaves no room for a longer text.
            assert!(judged.examined.usage.fuel < Limits::shipped().fuel / 10);
            assert!(judged.examined.usage.memory_bytes < Limits::shipped().memory_bytes / 4);
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// The same question gives the same bytes: again in the same runtime, and in another one, which stands
/// for another process.
#[test]
fn answers_repeat_to_the_byte() {
    let (runtime, made) = all();
    let other = self::runtime();
    for one in made {
        let again = other.load(&one.image).unwrap();
        for case in one.project.cases().unwrap().iter().take(5) {
            let answers = [
                runtime.examine("", &one.rule, &case.question),
                runtime.examine("", &one.rule, &case.question),
                other.examine("", &again, &case.question),
            ]
            .map(|examined| (examined.answer.to_string(), examined.usage));
            assert_eq!(answers[0], answers[1], "{} {}", one.name, case.name);
            assert_eq!(answers[0], answers[2], "{} {}", one.name, case.name);
        }
    }
}

/// Settings with an unknown field make no image in any language, and the plugin names the field.
#[test]
fn settings_that_a_plugin_does_not_know_are_refused() {
    let (_, made) = all();
    let baker = Baker::new(&Limits::shipped()).unwrap();
    for one in made {
        let component = fs::read(one.project.component()).unwrap();
        let path = one.project.folder().join("settings.toml");
        let mut settings: Value =
            serde_json::from_str(&plugins::settings_from_file(&path).unwrap()).unwrap();
        settings["colour"] = Value::from("red");
        let error = baker.bake(&component, &settings.to_string()).unwrap_err();
        assert!(
            error.to_string().contains("colour"),
            "{}: {error}",
            one.name
        );
    }
}

/// A rule of another kind has no opinion, whatever it is written in.
#[test]
fn a_question_of_another_kind_has_no_answer() {
    let (runtime, made) = all();
    for one in made {
        let Some(other) = made
            .iter()
            .find(|other| other.project.kind() != one.project.kind())
        else {
            continue;
        };
        let cases = other.project.cases().unwrap();
        let examined = runtime.examine("", &one.rule, &cases[0].question);
        let outcome = examined.attempt.outcome;
        let silent = matches!(outcome, Outcome::NoOpinion | Outcome::Answered);
        assert!(silent, "{} to {}: {outcome:?}", one.name, other.name);
    }
}
