//! Style as a test: arrows between crates, file headers and sizes, lint inheritance, licences, and a
//! README that names every crate.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use cargo_metadata::{DependencyKind, Metadata, MetadataCommand};

/// Which workspace crates a crate may name, besides itself. Everything else is an arrow the wrong way.
const ARROWS: &[(&str, &[&str])] = &[
    ("contract", &[]),
    ("calendar", &[]),
    ("lifecycle", &["contract", "calendar"]),
    ("knowledge_base", &["contract", "calendar", "lifecycle"]),
    ("rollout", &["contract", "lifecycle"]),
    (
        "engine",
        &[
            "contract",
            "calendar",
            "lifecycle",
            "knowledge_base",
            "rollout",
        ],
    ),
    (
        "store",
        &[
            "contract",
            "calendar",
            "lifecycle",
            "knowledge_base",
            "rollout",
            "engine",
        ],
    ),
    ("plugins", &["contract", "lifecycle", "rollout", "engine"]),
    (
        "api",
        &[
            "contract",
            "calendar",
            "lifecycle",
            "knowledge_base",
            "rollout",
            "engine",
            "search",
        ],
    ),
    ("functions", &["contract"]),
    ("notify", &["contract", "calendar", "lifecycle", "engine"]),
    (
        "kapok",
        &[
            "contract",
            "calendar",
            "lifecycle",
            "rollout",
            "engine",
            "store",
            "plugins",
            "api",
            "functions",
            "notify",
            "search",
        ],
    ),
    ("sdk", &["contract"]),
    ("routing", &["sdk"]),
    ("escalation", &["sdk"]),
    ("knowledge", &["sdk"]),
    ("citations", &["sdk"]),
    ("tianhe-routing", &["sdk"]),
    ("nansha-escalation", &["sdk"]),
    ("yuexiu-english", &["sdk"]),
    ("http-adapter", &["contract"]),
    ("http-routing", &["contract", "http-adapter"]),
    ("http-escalation", &["contract", "http-adapter"]),
    ("http-knowledge", &["contract", "http-adapter"]),
    ("guests", &["sdk"]),
];

/// External crates that only the named workspace crates may depend on.
const RESERVED: &[(&str, &[&str])] = &[
    ("wasmtime", &["plugins", "functions", "tests"]),
    ("wasmtime-wasi", &["plugins", "functions", "tests"]),
    ("rusqlite", &["store", "tests"]),
    ("axum", &["api", "tests"]),
    ("hyper", &["functions", "tests"]),
    ("tokio", &["api", "functions", "kapok", "tests"]),
    // Outgoing HTTP: notifications, functions that run rule images, and the command line as a client of its
    // own server.
    ("ureq", &["notify", "plugins", "kapok", "tests"]),
    ("lettre", &["notify"]),
    ("rustls", &["notify", "plugins", "functions", "tests"]),
];

/// Licences that a dependency may be under; one of the alternatives must be here.
const LICENCES: &[&str] = &[
    "0BSD",
    "Apache-2.0",
    "Apache-2.0 WITH LLVM-exception",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BSL-1.0",
    "ISC",
    "MIT",
    "MIT-0",
    "Unicode-3.0",
    "Unlicense",
    "Zlib",
];

/// Lines that a source file may have; beyond `LINES_WITHOUT_TESTS` the rest must be tests.
const LINES_MAX: usize = 800;
/// Lines before the first `#[cfg(test)]`.
const LINES_WITHOUT_TESTS: usize = 500;

#[test]
fn arrows_point_one_way() {
    let metadata = metadata();
    let allowed: BTreeMap<&str, &[&str]> = ARROWS.iter().copied().collect();
    let members: BTreeSet<&str> = metadata
        .workspace_packages()
        .iter()
        .map(|package| package.name.as_str())
        .collect();
    let mut wrong = Vec::new();
    for package in metadata.workspace_packages() {
        let name = package.name.as_str();
        for dependency in &package.dependencies {
            let target = dependency.name.as_str();
            if dependency.kind == DependencyKind::Development || name == "tests" {
                continue;
            }
            if members.contains(target) {
                match allowed.get(name) {
                    Some(list) if list.contains(&target) => {}
                    Some(_) => wrong.push(format!("{name} must not depend on {target}")),
                    None => wrong.push(format!("{name} has no row in the table of arrows")),
                }
            }
            for (reserved, owners) in RESERVED {
                if *reserved == target && !owners.contains(&name) {
                    wrong.push(format!("{name} must not name {target}"));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn every_crate_inherits_the_lints() {
    for package in metadata().workspace_packages() {
        let manifest = fs::read_to_string(&package.manifest_path).unwrap();
        assert!(
            manifest.contains("[lints]\nworkspace = true"),
            "{}: add `[lints] workspace = true`",
            package.manifest_path
        );
    }
}

#[test]
fn crates_of_the_host_forbid_unsafe_code() {
    for package in metadata().workspace_packages() {
        let root = package.manifest_path.parent().unwrap();
        let native = root.as_str().contains("/host/") || root.ends_with("wit/contract");
        // The one unavoidable `unsafe`: loading precompiled code, after its authentication.
        if !native || package.name.as_str() == "plugins" {
            continue;
        }
        let main = ["src/lib.rs", "src/main.rs"]
            .iter()
            .filter_map(|file| fs::read_to_string(root.join(file)).ok())
            .collect::<String>();
        assert!(
            main.contains("#![forbid(unsafe_code)]"),
            "{root}: forbid unsafe code"
        );
    }
}

#[test]
fn files_say_what_they_are_and_stay_small() {
    let mut wrong = Vec::new();
    for path in sources() {
        let text = fs::read_to_string(&path).unwrap();
        let shown = path.display();
        if !text.starts_with("//!") {
            wrong.push(format!(
                "{shown}: begin with `//!` and say what the file is"
            ));
        }
        let lines = text.lines().count();
        let code = text
            .lines()
            .take_while(|line| line.trim() != "#[cfg(test)]")
            .count();
        let is_test = shown.to_string().contains("/tests/");
        if lines > LINES_MAX || (!is_test && code > LINES_WITHOUT_TESTS) {
            wrong.push(format!(
                "{shown}: {lines} lines, {code} without tests; split it"
            ));
        }
        if path.file_name().is_some_and(|name| name == "mod.rs") {
            wrong.push(format!("{shown}: name the file after the module"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// A crate's own clippy.toml replaces the root one, so it must repeat it.
#[test]
fn clippy_files_repeat_the_root_one() {
    let root = root();
    let common: Vec<String> = fs::read_to_string(root.join("clippy.toml"))
        .unwrap()
        .lines()
        .filter(|line| line.contains(" = true") || line.contains("threshold"))
        .map(str::to_owned)
        .collect();
    for krate in ["calendar", "lifecycle", "knowledge", "rollout"] {
        let own = fs::read_to_string(root.join("host").join(krate).join("clippy.toml")).unwrap();
        for line in &common {
            assert!(
                own.contains(line),
                "host/{krate}/clippy.toml: repeat `{line}`"
            );
        }
    }
}

#[test]
fn licences_are_permissive() {
    let wrong: Vec<String> = metadata()
        .packages
        .iter()
        .filter(|package| {
            let expression = package
                .license
                .as_deref()
                .unwrap_or("none")
                .replace('/', " OR ");
            // Every part joined by AND needs one permitted alternative.
            !expression.split(" AND ").all(|part| {
                part.trim_matches(['(', ')', ' '])
                    .split(" OR ")
                    .any(|one| LICENCES.contains(&one.trim_matches(['(', ')', ' '])))
            })
        })
        .map(|package| format!("{} {:?}", package.name, package.license))
        .collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn readme_names_every_crate() {
    let readme = fs::read_to_string(root().join("README.md")).unwrap();
    for package in metadata().workspace_packages() {
        let folder = package
            .manifest_path
            .parent()
            .unwrap()
            .strip_prefix(root())
            .unwrap();
        assert!(
            readme.contains(&format!("`{folder}`")),
            "README.md: the code map lacks `{folder}`"
        );
    }
}

fn metadata() -> Metadata {
    MetadataCommand::new()
        .manifest_path(root().join("Cargo.toml"))
        .other_options(vec!["--locked".to_owned()])
        .exec()
        .unwrap()
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .unwrap()
        .to_owned()
}

fn sources() -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut folders: Vec<PathBuf> = ["host", "plugins", "tests", "wit"]
        .iter()
        .map(|name| root().join(name))
        .collect();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            // What the build of a plugin in another language left is nobody's source.
            if path.is_dir() && !path.ends_with("target") {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                files.push(path);
            }
        }
    }
    files
}
