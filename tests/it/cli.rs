//! The command line, through the real binary: what it prints, its exit codes, and that it does what it
//! says to real data directories and a real server.

mod import;
mod indicators;
mod knowledge;
mod listed;
mod notify;
mod plugin;
mod rules;
mod server;
mod spin;
mod time;
mod trial;

use std::fs;
use std::process::{Command, Output};

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::artefacts::{root, target};

/// The sample requests that ship.
const SAMPLES: &str = "host/kapok/demo/requests.jsonl";

/// A command of the binary under test, with its arguments as on a command line.
fn kapok(line: &str) -> Command {
    let binary = target().join("release/kapok");
    assert!(
        binary.is_file(),
        "{} is missing: run `make images`",
        binary.display()
    );
    let mut command = Command::new(binary);
    command.current_dir(root()).args(line.split_whitespace());
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("KAPOK_")) {
        command.env_remove(name);
    }
    // One cache for all tests: each would compile the same images otherwise.
    command.env("KAPOK_CACHE", target().join("tmp/cli-cache"));
    command
}

/// Runs a command that must end with this code; gives what it printed, or its error.
#[track_caller]
fn run(line: &str, code: i32) -> String {
    expect(&kapok(line).output().unwrap(), code, line)
}

#[track_caller]
fn expect(output: &Output, code: i32, line: &str) -> String {
    let stdout = String::from_utf8(output.stdout.clone()).unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(
        output.status.code(),
        Some(code),
        "kapok {line}\n{stdout}\n{stderr}"
    );
    let printed = code == 0 || code == 3;
    if printed { stdout } else { stderr.into_owned() }
}

/// The JSON lines that a command prints.
#[track_caller]
fn lines(line: &str, code: i32) -> Vec<Value> {
    let printed = run(&format!("{line} --json"), code);
    printed
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

/// The last of them.
#[track_caller]
fn last(line: &str) -> Value {
    lines(line, 0).pop().unwrap()
}

/// Checks imported, skipped and refused of an import's summary.
#[track_caller]
fn check_figures(summary: &Value, figures: [u64; 3]) {
    let found = ["imported", "skipped", "refused"].map(|name| summary[name].as_u64().unwrap());
    assert_eq!(found, figures, "{summary}");
}

#[track_caller]
fn check_contains(text: &str, parts: &[&str]) {
    for part in parts {
        assert!(text.contains(part), "`{part}` is not in\n{text}");
    }
}

/// A data directory, and files beside it.
struct Data(TempDir);

impl Data {
    fn new() -> Self {
        Self(TempDir::new().unwrap())
    }

    fn path(&self) -> String {
        self.0.path().join("data").display().to_string()
    }

    fn file(&self, name: &str, text: impl AsRef<[u8]>) -> String {
        let path = self.0.path().join(name);
        fs::write(&path, text).unwrap();
        path.display().to_string()
    }
}

#[test]
fn errors_say_what_is_wrong_and_what_to_do() {
    let check = |line: &str, code: i32, parts: &[&str]| check_contains(&run(line, code), parts);
    let day = "--dispatched 2026-01-01";
    check(
        &format!("deadline --type praise {day}"),
        2,
        &["commendation (表扬)"],
    );
    check(
        "deadline --type complaint --dispatched soon",
        2,
        &["2026-09-18T16:00:00+08:00"],
    );
    check("deadline --type complaint", 2, &["--dispatched"]);
    check(
        "deadline --type complaint --dispatched 1999-01-01",
        1,
        &["error:", "2000"],
    );
    check(
        "order list --data /nonexistent",
        1,
        &["holds no data", "kapok serve"],
    );
    check("import /nonexistent.jsonl", 1, &["is no file"]);
    check(
        "order list --server http://127.0.0.1:9 --token x",
        1,
        &["not reached", "caused by"],
    );
    check(
        "bake --rules /nonexistent/rules.toml",
        1,
        &["/nonexistent/rules.toml"],
    );
}

#[test]
fn every_command_has_a_manual() {
    for command in [
        "serve",
        "bake",
        "import",
        "order show",
        "order list",
        "deadline",
        "calendar show",
        "calendar import",
        "functions",
        "clock show",
        "clock advance",
        "rules",
        "knowledge import",
        "knowledge export",
        "knowledge check",
        "knowledge show",
        "knowledge list",
        "knowledge expiring",
        "plugin new",
        "plugin build",
        "plugin test",
        "plugin dev",
        "plugin bake",
        "plugin push",
        "plugin list",
        "plugin show",
        "plugin pull",
        "plugin try",
        "plugin activate",
        "plugin approve",
        "plugin withdraw",
        "plugin end",
        "plugin rollback",
        "plugin status",
        "plugin history",
        "plugin policy",
        "replay",
        "spin export",
        "audit verify",
        "audit head",
    ] {
        let text = run(&format!("{command} --help"), 0);
        check_contains(&text, &["Usage: kapok", "Examples:", "Exit codes:"]);
    }
}

#[test]
fn images_are_baked_once() {
    let baked = lines("bake", 0);
    assert_eq!(baked.len(), 7);
    for (before, after) in baked.iter().zip(lines("bake", 0)) {
        assert_eq!(before["digest"], after["digest"]);
        assert_eq!(after["state"], json!("up to date"));
    }
}
