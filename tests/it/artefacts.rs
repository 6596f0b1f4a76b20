//! WebAssembly files that the build made, and the rules baked from them.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use contract::about::{Description, Kind};
use contract::routing::Question;
use contract::types::{Channel, Instant, OrderType};
use engine::ports::DecisionContext;
use lifecycle::advice::{Advice, Outcome};
use plugins::{Baker, Image, Limits, Rule, Runtime};
use uuid::Uuid;

/// The root of the repository.
pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("the tests' folder lies in it")
}

/// Where cargo puts what it builds.
pub(crate) fn target() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from)
}

/// A component that `make plugins guests` built, such as `routing` or `examples/trap`.
pub(crate) fn component(name: &str) -> Vec<u8> {
    let path = target().join(format!("wasm32-wasip2/plugin/{name}.wasm"));
    fs::read(&path).unwrap_or_else(|error| {
        panic!(
            "{}: {error}; run `make plugins guests` first",
            path.display()
        )
    })
}

/// The same baker for all tests.
pub(crate) fn baker() -> &'static Baker {
    static BAKER: LazyLock<Baker> =
        LazyLock::new(|| Baker::new(&Limits::shipped()).expect("an engine"));
    &BAKER
}

/// A bad guest's image with these settings.
pub(crate) fn guest(name: &str, settings: &str) -> Image {
    baker()
        .bake(&component(&format!("examples/{name}")), settings)
        .expect("a good image")
}

/// The component of a plugin that is written by hand, wrapped with the contract's own WIT.
pub(crate) fn table_grower() -> Vec<u8> {
    let text = fs::read_to_string(root().join("tests/guests/table_grower.wat")).expect("there");
    let mut module = wat::parse_str(text).expect("a module");
    let mut wit = wit_parser::Resolve::default();
    let (package, _) = wit.push_dir(root().join("wit")).expect("the contract");
    let world = wit
        .select_world(&[package], Some("routing-plugin"))
        .expect("its world");
    let strings = wit_component::StringEncoding::UTF8;
    wit_component::embed_component_metadata(&mut module, &wit, world, strings).expect("embedded");
    wit_component::ComponentEncoder::default()
        .module(&module)
        .expect("fits the world")
        .encode()
        .expect("a component")
}

/// A routing component as its own image: what the baker refuses reaches the runtime in no other way.
fn unbaked(component: Vec<u8>) -> Image {
    let digest = "0".repeat(64);
    Image {
        bytes: component,
        image: digest.clone(),
        component: digest.clone(),
        settings: digest,
        description: Description {
            name: "unbaked".to_owned(),
            version: "0.1.0".to_owned(),
            kind: Kind::Routing,
            summary: "An image that was never baked.".to_owned(),
            settings_schema: "{}".to_owned(),
        },
        engine: plugins::ENGINE.to_owned(),
    }
}

/// The same runtime for all tests that keep to the shipped limits.
pub(crate) fn runtime() -> &'static Runtime {
    static RUNTIME: LazyLock<Runtime> =
        LazyLock::new(|| Runtime::new(&Limits::shipped(), None).expect("an engine"));
    &RUNTIME
}

/// A bad guest without settings, loaded once for all tests.
pub(crate) fn loaded(name: &str) -> Arc<Rule> {
    static LOADED: Mutex<BTreeMap<String, Arc<Rule>>> = Mutex::new(BTreeMap::new());
    let mut loaded = LOADED.lock().unwrap_or_else(PoisonError::into_inner);
    let rule = loaded.entry(name.to_owned()).or_insert_with(|| {
        let image = match name {
            "table_grower" => unbaked(table_grower()),
            _ => guest(name, "{}"),
        };
        runtime().load(&image).expect("loads")
    });
    Arc::clone(rule)
}

/// A question about nothing in particular; guests read the subject.
pub(crate) fn question(subject: &str) -> Question {
    Question {
        order_type: OrderType::Complaint,
        channel: Channel::Online,
        district: Some("440106".to_owned()),
        street: None,
        category: None,
        subject: subject.to_owned(),
        text: "小区旁边的工地半夜还在打桩，吵得睡不着".to_owned(),
        registered_at: NOW,
        excluded_units: vec!["GZ-EXCLUDED".to_owned()],
    }
}

/// 2026-09-18T16:00:00+08:00.
pub(crate) const NOW: Instant = Instant {
    unix_ms: 1_789_718_400_000,
};

/// A decision with this number as its id, asking these scopes.
pub(crate) fn decision(id: u128, scopes: &[&str]) -> DecisionContext {
    DecisionContext {
        id: Uuid::from_u128(id),
        now: NOW,
        key: format!("20260918-{id:010}"),
        scopes: scopes.iter().map(|&scope| scope.to_owned()).collect(),
    }
}

/// Asks one guest and gives back how it answered, and the first candidate's reason if there is one.
pub(crate) fn ask(
    runtime: &Runtime,
    rule: &Rule,
    id: u128,
    subject: &str,
) -> (Outcome, Option<String>) {
    let context = decision(id, &[]);
    let (attempt, verdict) = runtime.route_with("440100", rule, &context, &question(subject));
    let reason = verdict
        .and_then(|candidates| candidates.into_iter().next())
        .map(|first| first.reason);
    (attempt.outcome, reason)
}

/// The outcomes of an advice's attempts with the scopes that gave them.
pub(crate) fn outcomes<V>(advice: &Advice<V>) -> Vec<(&str, &Outcome)> {
    advice
        .attempts
        .iter()
        .map(|attempt| (attempt.scope.as_str(), &attempt.outcome))
        .collect()
}

/// The rules of the shipped list, baked if need be and loaded.
pub(crate) fn shipped_rules() -> Vec<(String, Kind, Image)> {
    let list = plugins::RuleList::read(&root().join("plugins/rules.toml")).expect("readable");
    list.bake_all(&Limits::shipped(), plugins::Force::OnlyStale)
        .unwrap_or_else(|error| panic!("{error:?}; run `make plugins` first"));
    let rules = list.load_all().expect("baked");
    rules
        .into_iter()
        .map(|rule| (rule.scope, rule.image.description.kind, rule.image))
        .collect()
}
