//! `kapok serve`, and the other commands against it.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::os::unix::fs::PermissionsExt as _;
use std::process::{Child, Command, Stdio};

use serde_json::{Value, json};

use super::{Data, SAMPLES, check_contains, check_figures, kapok, last, lines, run};

/// A server of its own, on a free port.
pub(super) struct Server {
    child: Child,
    pub(super) address: String,
    tokens: Value,
}

impl Server {
    pub(super) fn start(line: &str) -> Self {
        let mut child = kapok(&format!("serve --listen 127.0.0.1:0 --json {line}"))
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap())
            .read_line(&mut line)
            .unwrap();
        let ready: Value = serde_json::from_str(&line)
            .unwrap_or_else(|error| panic!("no address from kapok serve: {error}: {line:?}"));
        let address = ready["address"].as_str().unwrap().to_owned();
        Self {
            child,
            address,
            tokens: ready["tokens"].clone(),
        }
    }

    pub(super) fn token(&self, role: &str) -> &str {
        self.tokens[role].as_str().unwrap()
    }

    /// The options that name it and a role's token.
    pub(super) fn by(&self, role: &str) -> String {
        format!("--server {} --token {}", self.address, self.token(role))
    }

    fn status(&self, path: &str) -> u16 {
        let url = format!("{}{path}", self.address);
        match ureq::get(&url).call() {
            Ok(response) => response.status().as_u16(),
            Err(ureq::Error::StatusCode(status)) => status,
            Err(error) => panic!("{url}: {error}"),
        }
    }

    /// Has it take the list of rules again.
    pub(super) fn hang_up(&self) {
        let id = self.child.id().to_string();
        let sent = Command::new("kill").args(["-HUP", &id]).status().unwrap();
        assert!(sent.success());
    }

    /// Ends it as a service manager does.
    pub(super) fn stop(mut self) {
        let id = self.child.id().to_string();
        assert!(
            Command::new("kill")
                .args(["-TERM", &id])
                .status()
                .unwrap()
                .success()
        );
        assert_eq!(self.child.wait().unwrap().code(), Some(0));
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn a_server_starts_with_tokens_and_stops() {
    let data = Data::new();
    let path = data.path();
    let server = Server::start(&format!("--data {path}"));
    assert_eq!(server.status("/healthz"), 200);
    assert_eq!(server.status("/readyz"), 200);
    assert_eq!(server.status("/api/v1/orders"), 401);
    for role in [
        "admin", "operator", "unit", "district", "channel", "auditor",
    ] {
        assert!(server.token(role).starts_with("kapok_"), "{role}");
    }
    let mode = fs::metadata(format!("{path}/tokens.json"))
        .unwrap()
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o600);
    let tokens = server.tokens.clone();
    server.stop();
    let again = Server::start(&format!("--data {path}"));
    assert_eq!(again.tokens, tokens);
    again.stop();
}

#[test]
fn commands_work_on_a_server() {
    let data = Data::new();
    let path = data.path();
    let server = Server::start(&format!("--data {path}"));
    let by = server.by("operator");
    let import = format!("import {SAMPLES} {by}");
    let summary = last(&import);
    check_figures(&summary, [30, 0, 0]);
    assert!(summary["routed"].as_u64().unwrap() > 0, "{summary}");
    check_figures(&last(&import), [0, 30, 0]);
    let file = r#"{"id":"Q16","type":"求助","category":"供水","district":"440112","subject":"停水两天无通知","text":"不一样的内容"}
{"id":"x","text":"x","district":"999999"}"#;
    let file = data.file("changed.jsonl", file);
    let refused = lines(&format!("import {file} {by}"), 3);
    assert_eq!(refused[0]["field"], json!("text"), "{refused:?}");
    assert_eq!(refused[1]["field"], json!("district"), "{refused:?}");
    let listed = last(&format!("order list --source import:Q05 {by}"));
    let id = listed["id"].as_str().unwrap();
    let shown = run(&format!("order show {id} {by}"), 0);
    check_contains(&shown, &["凌晨一点", "R20", "image"]);
    // Both ways show the same order.
    let here = last(&format!("order show {id} --data {path}"));
    assert_eq!(
        last(&format!("order show {id} {by}"))["deadlines"],
        here["deadlines"]
    );
    let deadline = "deadline --type complaint --dispatched 2026-09-18";
    assert_eq!(last(&format!("{deadline} {by}")), last(deadline));
    // Looking is possible meanwhile; the store has one writer, and the error says how to reach it.
    let locked = run(&format!("import {SAMPLES} --data {path}"), 1);
    check_contains(&locked, &["--server"]);
    server.stop();
    assert_eq!(
        lines(&format!("order list --data {path} --limit 100"), 0).len(),
        30
    );
}

#[test]
fn an_admin_sets_a_servers_manual_clock() {
    let data = Data::new();
    let server = Server::start(&format!("--data {} --clock manual", data.path()));
    let (by, admin) = (server.by("operator"), server.token("admin"));
    // A new manual clock stands at the machine's time; the samples may lie before or after it.
    let summary = last(&format!(
        "import {SAMPLES} --at received --admin-token {admin} {by}"
    ));
    check_figures(&summary, [30, 0, 0]);
    let newest = last(&format!("order list --limit 1 {by}"));
    assert_eq!(newest["registered_at"], json!("2026-09-18T16:00:00+08:00"));
    let advance = "clock advance 2090-01-01";
    let clock = last(&format!("{advance} {}", server.by("admin")));
    assert_eq!(clock["now"], json!("2090-01-01T00:00:00+08:00"));
    check_contains(&run(&format!("{advance} {by}"), 1), &["not-permitted"]);
    server.stop();
}

/// A training may begin in the past, but not where something has happened already.
#[test]
fn a_manual_clock_begins_where_it_is_told_to() {
    let data = Data::new();
    let path = data.path();
    let start = "--clock manual --clock-start 2026-09-18T16:00";
    let server = Server::start(&format!("--data {path} {start}"));
    let shown = last(&format!("clock show {}", server.by("admin")));
    assert_eq!(shown["now"], "2026-09-18T16:00:00+08:00");
    server.stop();
    let refused = run(
        &format!("serve --listen 127.0.0.1:0 --data {path} {start}"),
        1,
    );
    check_contains(&refused, &["--clock-start"]);
}
