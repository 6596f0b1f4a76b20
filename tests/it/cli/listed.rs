//! A list of rules that changes under policies: a scope whose policy keeps its rule back stays as it was, the
//! rest goes on, and the server starts, whatever the policies say.

use std::fs;
use std::path::Path;
use std::thread;
use std::time::Duration;

use serde_json::{Value, json};

use super::server::Server;
use super::{Data, lines, root, run};
use crate::artefacts::target;

const TIANHE: &str = "440106";

/// A list of two rules beside their settings, each of which can be changed.
struct List {
    data: Data,
}

impl List {
    fn new() -> Self {
        let list = Self { data: Data::new() };
        list.data
            .file("city.toml", shipped("plugins/routing/settings.toml"));
        let tianhe = "plugins/districts/tianhe-routing/settings.toml";
        list.data.file("tianhe.toml", shipped(tianhe));
        fs::create_dir(list.path("list")).unwrap();
        list.write(&[
            ("440100", "routing", "city"),
            (TIANHE, "tianhe_routing", "tianhe"),
        ]);
        list
    }

    fn path(&self, name: &str) -> String {
        let data = self.data.path();
        let beside = Path::new(&data).parent().unwrap().join(name);
        beside.display().to_string()
    }

    fn rules(&self) -> String {
        self.path("list/rules.toml")
    }

    fn write(&self, rules: &[(&str, &str, &str)]) {
        let components = target().join("wasm32-wasip2/plugin");
        let rule = |&(scope, component, name): &(&str, &str, &str)| {
            format!(
                "[[rule]]\nkind = \"routing\"\nscope = \"{scope}\"\ncomponent = \"{}/{component}.wasm\"\n\
                 settings = \"{name}.toml\"\nimage = \"{name}.wasm\"\n",
                components.display()
            )
        };
        let text: String = rules.iter().map(rule).collect();
        fs::write(self.rules(), text).unwrap();
        self.bake();
    }

    fn bake(&self) {
        run(&format!("bake --rules {}", self.rules()), 0);
    }

    /// Changes both rules.
    fn change(&self, round: usize) {
        for (name, from) in [
            ("city.toml", "least = 300"),
            ("tianhe.toml", "whole_score = 500"),
        ] {
            let (key, value) = from.split_once(" = ").unwrap();
            let value: usize = value.parse().unwrap();
            let text = shipped(if name == "city.toml" {
                "plugins/routing/settings.toml"
            } else {
                "plugins/districts/tianhe-routing/settings.toml"
            });
            assert!(text.contains(from));
            let changed = text.replacen(from, &format!("{key} = {}", value + round), 1);
            self.data.file(name, changed);
        }
        self.bake();
    }

    fn serve(&self) -> Server {
        let (data, rules) = (self.data.path(), self.rules());
        Server::start(&format!("--data {data} --rules {rules}"))
    }
}

fn shipped(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap()
}

/// How the activations of a scope stand, newest first.
fn standings(server: &Server, scope: &str) -> Vec<String> {
    let by = server.by("admin");
    let answer = lines(
        &format!("plugin history --scope {scope} --kind routing {by}"),
        0,
    );
    let items = answer[0]["items"].as_array().unwrap().clone();
    items
        .iter()
        .map(|it| it["standing"].as_str().unwrap().to_owned())
        .collect()
}

/// Waits for what a signal sets going; nothing depends on how long it takes.
fn wait_for(server: &Server, scope: &str, expected: &[&str]) {
    for _ in 0..600 {
        if standings(server, scope) == expected {
            return;
        }
        thread::sleep(Duration::from_millis(50));
    }
    panic!("{scope}: {:?}, not {expected:?}", standings(server, scope));
}

#[test]
fn a_list_is_taken_at_start_and_at_hangup_under_every_policy() {
    for (policy, held_back) in [
        ("--approval yes", &["awaiting_approval", "in_effect"][..]),
        (
            "--try-max 50 --try-failures-max 0 --try-days 7",
            &["in_effect"][..],
        ),
        (
            "--approval yes --try-max 50 --try-failures-max 0 --try-days 7",
            &["in_effect"][..],
        ),
    ] {
        let list = List::new();
        let server = list.serve();
        let by = server.by("admin");
        assert_eq!(standings(&server, "440100"), ["in_effect"]);
        run(
            &format!("plugin policy --scope 440100 {policy} --note careful {by}"),
            0,
        );
        // While it runs: Tianhe's new rule is in effect, the city's old one goes on.
        list.change(1);
        server.hang_up();
        wait_for(&server, TIANHE, &["in_effect", "superseded"]);
        assert_eq!(standings(&server, "440100"), held_back, "{policy}");
        server.stop();
        // At a start: the same, with another change.
        list.change(2);
        let server = list.serve();
        let taken = ["in_effect", "superseded", "superseded"];
        assert_eq!(standings(&server, TIANHE), taken, "{policy}");
        let again: Vec<&str> = if held_back.len() == 2 {
            vec!["awaiting_approval", "awaiting_approval", "in_effect"]
        } else {
            held_back.to_vec()
        };
        assert_eq!(standings(&server, "440100"), again, "{policy}");
        // What was kept back can be activated by hand once it has what the policy asks for.
        let by = server.by("admin");
        let images = &lines(&format!("plugin list --kind routing {by}"), 0)[0]["items"];
        let newest = |it: &&Value| it["description"]["name"] == "routing";
        let image = images.as_array().unwrap().iter().find(newest).unwrap();
        let digest = image["image"].as_str().unwrap();
        // And it went through the checks as any other push.
        let shown = &lines(&format!("plugin show {digest} {by}"), 0)[0];
        let checks = shown["report"]["checks"].as_array().unwrap();
        assert!(checks.len() > 10, "{shown}");
        assert!(checks.iter().all(|it| it["state"] == "passed"), "{shown}");
        run(
            &format!("plugin policy --scope 440100 --approval no --no-try --note enough {by}"),
            0,
        );
        if !policy.contains("approval") {
            let activate = format!("plugin activate {digest} --scope 440100 --kind routing");
            let view = &lines(&format!("{activate} --note by-hand {by}"), 0)[0];
            assert_eq!(view["standing"], json!("in_effect"), "{view}");
            assert_eq!(view["loaded"], json!(true), "{view}");
        }
        server.stop();
    }
}
