//! Plugins in Python and JavaScript as functions: the same adapter in front, the same bytes as in the
//! host's own runtime.

use std::fs;

use functions::Config;
use tempfile::TempDir;

use super::Server;
use super::client::{post, send};
use crate::artefacts::target;
use crate::projects;

/// The two that are not written in Rust.
const NAMES: [&str; 2] = ["huangpu-escalation", "panyu-knowledge"];

/// A manifest that serves their images, as `spin.toml` serves the shipped ones.
fn manifest() -> TempDir {
    let head =
        "spin_manifest_version = 2\n[application]\nname = \"languages\"\nversion = \"0.1.0\"\n";
    let functions: String = projects::all()
        .1
        .iter()
        .filter(|made| NAMES.contains(&made.name.as_str()))
        .map(|made| {
            let (name, kind) = (&made.name, made.project.kind());
            let adapter = target().join(format!("wasm32-wasip2/plugin/http_{kind}.wasm"));
            format!(
                "[[trigger.http]]\nroute = \"/{name}\"\ncomponent = \"{name}\"\n\
                 [component.{name}]\nsource = \"{}\"\n\
                 [component.{name}.dependencies]\n\
                 \"kapok:plugin/{kind}@0.1.0\" = {{ component = \"{name}-image\" }}\n\
                 about = {{ component = \"{name}-image\", export = \"kapok:plugin/about@0.1.0\" }}\n\
                 [component.{name}-image]\nsource = \"{}\"\n",
                adapter.display(),
                made.project.image().display(),
            )
        })
        .collect();
    let folder = tempfile::tempdir().unwrap();
    fs::write(
        folder.path().join("spin.toml"),
        format!("{head}{functions}"),
    )
    .unwrap();
    folder
}

#[test]
fn an_interpreter_answers_as_a_function_as_it_does_in_the_host() {
    let folder = manifest();
    let server = Server::start(&folder.path().join("spin.toml"), Config::STANDARD);
    let (runtime, made) = projects::all();
    for name in NAMES {
        let path = format!("/{name}");
        let one = made.iter().find(|made| made.name == name).unwrap();
        let about = send(server.address, "GET", &path);
        assert_eq!(about.json()["name"], name);
        for case in one.project.cases().unwrap() {
            let question = serde_json::to_string(&case.question).unwrap();
            let reply = post(server.address, &path, &question);
            let examined = runtime.examine("", &one.rule, &case.question);
            assert_eq!(reply.status, 200, "{name} {}: {reply:?}", case.name);
            assert_eq!(
                reply.text(),
                examined.answer.to_string(),
                "{name} {}",
                case.name
            );
        }
    }
}
