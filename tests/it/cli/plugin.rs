//! `kapok plugin`, as an author uses it: projects that build as they are, fixtures with their differences,
//! a round of `dev` after each change.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Stdio};

use plugins::Project;
use serde_json::{Value, json};

use super::{check_contains, kapok, lines, root, run, target};

/// A new project, made by `kapok plugin new`. What an earlier run built in this folder stays, so that the
/// tools of a language are installed once.
struct Scaffold {
    folder: PathBuf,
    kept: PathBuf,
}

impl Scaffold {
    fn new(kind: &str, language: &str) -> Self {
        Self::named(&format!("{language}-{kind}"), kind, language)
    }

    fn named(name: &str, kind: &str, language: &str) -> Self {
        let base = target().join("tmp/scaffolds");
        let (folder, kept) = (base.join(name), base.join(format!("{name}.target")));
        if folder.join("target").exists() {
            fs::rename(folder.join("target"), &kept).unwrap();
        }
        if folder.exists() {
            fs::remove_dir_all(&folder).unwrap();
        }
        let line = format!("plugin new {kind} {name} --lang {language} --scope 440113 --dir");
        let printed = run(&format!("{line} {}", folder.display()), 0);
        check_contains(&printed, &["plugin.toml", "Now: kapok plugin test"]);
        run(&format!("{line} {}", folder.display()), 1);
        let scaffold = Self { folder, kept };
        if scaffold.kept.exists() {
            fs::rename(&scaffold.kept, scaffold.folder.join("target")).unwrap();
        }
        // The same versions as the repository's own plugins have.
        if language == "rust" {
            fs::copy(root().join("Cargo.lock"), scaffold.path("Cargo.lock")).unwrap();
        }
        scaffold
    }

    fn path(&self, file: &str) -> PathBuf {
        self.folder.join(file)
    }

    fn edit(&self, file: &str, from: &str, to: &str) {
        edit(&self.path(file), from, to);
    }

    fn run(&self, command: &str, code: i32) -> String {
        run(&self.line(command), code)
    }

    /// The command line with the project's folder after the subcommand.
    fn line(&self, command: &str) -> String {
        let (name, rest) = command.split_once(' ').unwrap_or((command, ""));
        format!("plugin {name} {} {rest}", self.folder.display())
    }
}

#[track_caller]
fn edit(path: &Path, from: &str, to: &str) {
    let text = fs::read_to_string(path).unwrap();
    assert!(text.contains(from), "{} lacks {from}", path.display());
    fs::write(path, text.replacen(from, to, 1)).unwrap();
}

#[test]
fn projects_of_every_kind_and_language_are_whole() {
    let base = tempfile::tempdir().unwrap();
    for kind in ["routing", "escalation", "knowledge"] {
        for language in ["rust", "python", "js"] {
            let folder = base.path().join(format!("{kind}-{language}"));
            let shown = folder.display();
            run(
                &format!("plugin new {kind} some-name --lang {language} --dir {shown}"),
                0,
            );
            let project = Project::read(&folder).unwrap();
            assert_eq!(project.kind().name(), kind);
            assert_eq!(project.cases().unwrap().len(), 2);
            for file in ["README.md", "settings.toml", ".gitignore", "wit/types.wit"] {
                assert!(folder.join(file).is_file(), "{shown}/{file}");
            }
        }
    }
    let wrong = |line: &str, part: &str| check_contains(&run(line, 2), &[part]);
    wrong("plugin new routing Bad_Name --lang js", "panyu-routing");
    wrong(
        "plugin new weather x --lang js",
        "routing, escalation, knowledge",
    );
    wrong("plugin new routing x", "--lang");
    check_contains(
        &run("plugin test /nonexistent", 1),
        &["plugin.toml", "kapok plugin new"],
    );
}

/// One of each language builds and passes, and needs nothing but the language's own tools. All nine do so
/// with `KAPOK_SCAFFOLDS=all`; the other six differ from these by their rule alone.
#[test]
fn projects_build_and_pass_as_they_are() {
    let all = std::env::var("KAPOK_SCAFFOLDS").is_ok_and(|which| which == "all");
    for (n, language) in ["rust", "python", "js"].into_iter().enumerate() {
        for (m, kind) in ["knowledge", "routing", "escalation"]
            .into_iter()
            .enumerate()
        {
            if all || n == m {
                let scaffold = Scaffold::new(kind, language);
                let printed = scaffold.run("test", 0);
                check_contains(
                    &printed,
                    &["2 passed, 0 failed", "of 200,000,000 fuel", "MiB"],
                );
            }
        }
    }
}

#[test]
fn an_author_sees_what_differs() {
    let scaffold = Scaffold::named("differs", "escalation", "rust");
    let rows = lines(&scaffold.line("test"), 0);
    assert_eq!(rows.len(), 2);
    for row in &rows {
        assert_eq!(
            (&row["result"], &row["differences"]),
            (&json!("passed"), &json!([]))
        );
        assert!(row["fuel"].as_u64().unwrap() > 0);
        assert!(row["memory_bytes"].as_u64().unwrap() > 0);
    }

    // Another expectation: field by field, and taken over when asked.
    scaffold.edit(
        "fixtures/cases.json",
        "\"handling_unit\"",
        "\"district_office\"",
    );
    let output = kapok(&scaffold.line("test")).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    check_contains(
        &String::from_utf8(output.stdout).unwrap(),
        &[
            "FAILED",
            "fixtures/cases.json",
            "proposals[0].action.notify\n    expected  \"district_office\"\n    got       \"handling_unit\"",
            "1 passed, 1 failed",
        ],
    );
    scaffold.run("test --update", 0);
    scaffold.run("test", 0);

    // A case without an expectation is no test.
    let cases = fs::read_to_string(scaffold.path("fixtures/cases.json")).unwrap();
    let cases: Value = serde_json::from_str(&cases).unwrap();
    fs::write(
        scaffold.path("fixtures/more.json"),
        cases[0]["question"].to_string(),
    )
    .unwrap();
    let output = kapok(&scaffold.line("test")).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    check_contains(
        &String::from_utf8(output.stdout).unwrap(),
        &["open", "--update"],
    );
    scaffold.run("test --update", 0);
    scaffold.run("test", 0);

    // What is wrong with a file is told with its place, before anything is built.
    scaffold.edit("fixtures/more.json", "\"trigger\"", "\"triger\"");
    let told = scaffold.run("test", 1);
    check_contains(
        &told,
        &[
            "more.json",
            "case 1 (more)",
            "question.triger",
            "unknown field",
        ],
    );
    fs::remove_file(scaffold.path("fixtures/more.json")).unwrap();
    scaffold.edit("settings.toml", "returns_told = 2", "returns_told = 0");
    check_contains(
        &scaffold.run("bake", 1),
        &["returns_told: must be at least 1"],
    );
    scaffold.edit("settings.toml", "returns_told = 0", "returns_told = 2");
    scaffold.edit("plugin.toml", "--target\"", "--targe\"");
    check_contains(&scaffold.run("test", 1), &["cargo build", "failed"]);
    scaffold.run("test --no-build", 0);
}

#[test]
fn dev_tells_what_each_change_changes() {
    let scaffold = Scaffold::named("changes", "escalation", "rust");
    let question = target().join("tmp/scaffolds/question.json");
    fs::write(
        &question,
        json!({
            "trigger": {"returned": 2}, "order_type": "complaint",
            "now": "2026-09-21T09:00:00+08:00", "registered_at": "2026-09-18T16:00:00+08:00",
        })
        .to_string(),
    )
    .unwrap();
    let ask = format!("dev --ask {}", question.display());
    check_contains(
        &scaffold.run(&format!("{ask} --once"), 0),
        &["2 passed, 0 failed", "工单已被退回2次"],
    );
    let mut dev = Dev::start(&scaffold.line(&ask));
    dev.read_until("工单已被退回2次");
    scaffold.edit("settings.toml", "warn_days = 2", "warn_days = 0");
    let round = dev.read_until("工单已被退回2次");
    check_contains(
        &round,
        &[
            "was ok, now FAILED",
            "before  \"actions\"\n    now     \"no_opinion\"",
            "1 of 2 answers changed",
        ],
    );
    scaffold.edit("src/lib.rs", "工单已被退回{times}次", "已退回{times}次");
    scaffold.edit("settings.toml", "warn_days = 0", "warn_days = 2");
    let round = dev.read_until("\"已退回2次");
    check_contains(&round, &["was FAILED, now ok"]);
}

/// A running `kapok plugin dev`, ended with the test.
struct Dev {
    process: Child,
    output: BufReader<ChildStdout>,
}

impl Dev {
    fn start(line: &str) -> Self {
        let mut process = kapok(line).stdout(Stdio::piped()).spawn().unwrap();
        let output = BufReader::new(process.stdout.take().unwrap());
        Self { process, output }
    }

    /// What is printed up to the line with this text.
    #[track_caller]
    fn read_until(&mut self, text: &str) -> String {
        let mut read = String::new();
        loop {
            let mut line = String::new();
            let bytes = self.output.read_line(&mut line).unwrap();
            assert!(bytes > 0, "ended without `{text}`:\n{read}");
            read += &line;
            if line.contains(text) {
                return read;
            }
        }
    }
}

impl Drop for Dev {
    fn drop(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }
}

#[test]
fn images_of_projects_are_the_ones_that_are_served() {
    let folder = root().join("plugins/routing");
    let out = tempfile::tempdir().unwrap();
    let image = out.path().join("routing.wasm");
    let row = lines(
        &format!(
            "plugin bake {} --no-build --out {}",
            folder.display(),
            image.display()
        ),
        0,
    );
    let shipped = lines("bake", 0);
    assert_eq!(row[0]["image"], shipped[0]["digest"]);
    let sidecar: Value =
        serde_json::from_slice(&fs::read(image.with_extension("json")).unwrap()).unwrap();
    assert_eq!(sidecar["image"], row[0]["image"]);
    assert_eq!(sidecar["scope"], "440100");
}
