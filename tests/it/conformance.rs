//! Every rule image gives the same bytes wherever it runs: embedded in the host, as a function of
//! `kapok functions`, and composed with its adapter in a bare wasmtime that reuses an instance for many
//! requests, as Spin does. With `SPIN` naming a Spin binary, there too.
//!
//! Asked are all sample questions and 10,000 generated ones (`KAPOK_CONFORMANCE` says how many), each of
//! every image of its kind. Needs the artefacts of `make images`.

mod component;
mod generator;
mod spin;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, LazyLock};
use std::thread;

use contract::about::Kind;
use functions::{Access, Config, Manifest, Service};
use http_body_util::{BodyExt as _, Full};
use hyper::Request;
use hyper::body::Bytes;
use lifecycle::advice::{FailureKind, Outcome};
use plugins::{Image, Question, Rule, Runtime};
use serde_json::Value;
use tokio::runtime::Builder;

use self::component::Composed;
use crate::artefacts::{root, runtime};

/// Questions that are generated, unless `KAPOK_CONFORMANCE` says otherwise.
const GENERATED: usize = 10_000;
/// What they are generated from.
const SEED: u64 = 20_260_918;
/// Requests of a Spin instance before it is replaced, so as many as the bare one's.
const REUSED: usize = 128;

/// A function of the shipped `spin.toml`.
struct Subject {
    route: String,
    component: String,
    rule: Arc<Rule>,
}

/// A question in both forms.
struct Asked {
    question: Question,
    json: String,
}

/// Status and body of an answer.
type Reply = (u16, String);

/// Every function with the image behind it, loaded in the host.
fn subjects() -> &'static [Subject] {
    static SUBJECTS: LazyLock<Vec<Subject>> = LazyLock::new(|| {
        let manifest = Manifest::read(&spin_toml()).expect("readable");
        let subject = |trigger: &functions::Trigger| {
            let component = &manifest.components[&trigger.component];
            let path = component.image().expect("a rule image behind it");
            let (image, _) = Image::load(path)
                .unwrap_or_else(|error| panic!("{error}; run `make images` first"));
            Subject {
                route: trigger.route.to_string(),
                component: trigger.component.clone(),
                rule: runtime().load(&image).expect("loads"),
            }
        };
        manifest.triggers.iter().map(subject).collect()
    });
    &SUBJECTS
}

fn spin_toml() -> PathBuf {
    root().join("spin.toml")
}

/// Sample and generated questions, by kind.
fn questions() -> &'static BTreeMap<Kind, Vec<Asked>> {
    static QUESTIONS: LazyLock<BTreeMap<Kind, Vec<Asked>>> = LazyLock::new(|| {
        let wanted = std::env::var("KAPOK_CONFORMANCE").ok();
        let wanted = wanted.map_or(GENERATED, |count| count.parse().expect("a number"));
        let mut all: BTreeMap<Kind, Vec<Asked>> = Kind::ALL
            .into_iter()
            .map(|kind| (kind, samples(kind)))
            .collect();
        for question in generator::questions(SEED, wanted) {
            all.entry(question.kind())
                .or_default()
                .push(asked(question));
        }
        all
    });
    &QUESTIONS
}

/// The questions of the city's own fixtures.
fn samples(kind: Kind) -> Vec<Asked> {
    let folder = root().join(format!("plugins/{kind}/fixtures"));
    let mut found = Vec::new();
    for entry in
        fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()))
    {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|it| it != "json") {
            continue;
        }
        let cases: Vec<Value> = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
        for case in cases {
            found.push(asked(Question::from_json(kind, &case["question"]).unwrap()));
        }
    }
    assert!(!found.is_empty(), "{} has no questions", folder.display());
    found
}

fn asked(question: Question) -> Asked {
    Asked {
        json: serde_json::to_string(&question).unwrap(),
        question,
    }
}

/// The embedded image's answer, as a function would give it. Nothing where the host does not take what it
/// said, because it breaks the contract; a function's answer would be judged in the same way.
fn embedded(runtime: &Runtime, subject: &Subject, asked: &Asked) -> Option<Reply> {
    let examined = runtime.examine("440100", &subject.rule, &asked.question);
    match examined.attempt.outcome {
        Outcome::Answered | Outcome::NoOpinion => Some((200, examined.answer.to_string())),
        Outcome::Refused { detail } => Some((422, detail)),
        Outcome::Failed {
            kind: FailureKind::InvalidAnswer,
            ..
        } => None,
        outcome @ Outcome::Failed { .. } => {
            panic!("{outcome:?} of {}: {}", subject.route, asked.json)
        }
    }
}

/// Of a refusal, the plugin's own words; of everything else, the very bytes.
fn reply(status: u16, body: String) -> Reply {
    if status != 422 {
        return (status, body);
    }
    let problem: Value = serde_json::from_str(&body).unwrap();
    assert_eq!(problem["code"], "refused", "{body}");
    (status, problem["detail"].as_str().unwrap().to_owned())
}

fn request(route: &str, json: &str) -> Request<Full<Bytes>> {
    Request::post(format!("http://localhost{route}"))
        .header("content-type", "application/json")
        .body(Full::new(Bytes::from(json.to_owned())))
        .unwrap()
}

/// Asks every subject every question of its kind, spread over the processors. `ask` is called once for a
/// part of the questions, and gives an answer to each.
fn compare(what: &str, ask: impl Fn(&Subject, &[Asked]) -> Vec<Reply> + Sync) {
    let processors = thread::available_parallelism().map_or(2, usize::from);
    let mut counts = Vec::new();
    for subject in subjects() {
        let questions = &questions()[&subject.rule.kind()];
        let part = questions.len().div_ceil(processors).max(1);
        let untaken = AtomicUsize::new(0);
        thread::scope(|scope| {
            for questions in questions.chunks(part) {
                let (ask, untaken) = (&ask, &untaken);
                scope.spawn(move || {
                    let replies = ask(subject, questions);
                    assert_eq!(replies.len(), questions.len());
                    for (asked, got) in questions.iter().zip(replies) {
                        let Some(expected) = embedded(runtime(), subject, asked) else {
                            untaken.fetch_add(1, Ordering::Relaxed);
                            continue;
                        };
                        assert_eq!(got, expected, "{what} {}: {}", subject.route, asked.json);
                    }
                });
            }
        });
        let (untaken, all) = (untaken.into_inner(), questions.len());
        assert!(
            untaken * 20 < all,
            "{}: {untaken} answers of {all} break the contract",
            subject.route
        );
        counts.push(format!("{} {}", subject.route, all - untaken));
    }
    println!("{what} answers as embedded: {}", counts.join(", "));
}

#[test]
fn every_image_answers_as_a_function_as_embedded() {
    let service = Service::load(
        &spin_toml(),
        Config::STANDARD,
        Access::open(),
        &functions::compile,
    );
    let service = service
        .unwrap_or_else(|error| panic!("{:#}; run `make images` first", anyhow::Error::new(error)));
    compare("kapok functions", |subject, questions| {
        let runtime = Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let mut replies = Vec::new();
            for asked in questions {
                let response = service.handle(request(&subject.route, &asked.json)).await;
                assert_eq!(
                    response.headers()[functions::IMAGE],
                    format!("sha256:{}", subject.rule.identity().image)
                );
                let status = response.status().as_u16();
                let body = response.into_body().collect().await.unwrap().to_bytes();
                replies.push(reply(status, String::from_utf8(body.to_vec()).unwrap()));
            }
            replies
        })
    });
}

#[test]
fn every_image_answers_composed_as_embedded() {
    let composed: BTreeMap<&str, Composed> = thread::scope(|scope| {
        let compile = |subject: &'static Subject| {
            let bytes = functions::composed(&spin_toml(), &subject.component).unwrap();
            (subject.component.as_str(), Composed::new(&bytes).unwrap())
        };
        let threads: Vec<_> = subjects()
            .iter()
            .map(|subject| scope.spawn(move || compile(subject)))
            .collect();
        threads.into_iter().map(|it| it.join().unwrap()).collect()
    });
    compare("the composed component", |subject, questions| {
        let composed = &composed[subject.component.as_str()];
        let runtime = Builder::new_current_thread().enable_all().build().unwrap();
        let mut replies = Vec::new();
        for questions in questions.chunks(REUSED) {
            let requests = questions
                .iter()
                .map(|asked| request(&subject.route, &asked.json))
                .collect();
            let answers = runtime.block_on(composed.answer(requests)).unwrap();
            replies.extend(
                answers
                    .into_iter()
                    .map(|(status, body)| reply(status, body)),
            );
        }
        replies
    });
}

#[test]
fn every_image_answers_in_spin_as_embedded() {
    let Some(spin) = std::env::var_os("SPIN") else {
        println!("left out: SPIN names no Spin binary");
        return;
    };
    let server = spin::Server::start(Path::new(&spin), &spin_toml());
    compare("Spin", |subject, questions| {
        questions
            .iter()
            .map(|asked| {
                let (status, body) = server.post(&subject.route, &asked.json);
                reply(status, body)
            })
            .collect()
    });
}
