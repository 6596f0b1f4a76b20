//! One test for each file of `tests/scenarios`: a story over days or weeks, told in TOML and played
//! through the real HTTP router, engine, store and shipped rules under a manual clock.
//!
//! Adding a file adds a test. `README.md` beside the files describes the format. The files of
//! `runner/faulty` are stories that must fail, each with the words that its failure must contain: so
//! the runner is seen to notice what it is there for.
#![cfg(test)]

#[path = "../../it/artefacts.rs"]
#[expect(dead_code, reason = "shared with the other tests, which use all of it")]
mod artefacts;
mod expectation;
#[path = "../../it/http_api"]
mod http_api {
    //! The server in process, shared with the tests of the HTTP interface.

    #[expect(dead_code, reason = "shared with the other tests, which use all of it")]
    pub(crate) mod document;
    #[expect(dead_code, reason = "shared with the other tests, which use all of it")]
    pub(crate) mod server;
}
mod invariants;
mod player;
mod story;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use libtest_mimic::{Arguments, Failed, Trial};

use crate::artefacts::root;

/// Where the stories lie.
const FOLDER: &str = "tests/scenarios";

/// How a faulty story says what its failure must contain, one part a line.
const FAILS_WITH: &str = "# fails with: ";

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let stories = files(FOLDER)
        .into_iter()
        .map(|file| trial(file, |file| play(file).map_err(Failed::from)));
    let faulty = files(&format!("{FOLDER}/runner/faulty"))
        .into_iter()
        .map(|file| trial(file, fails));
    let trials = stories.chain(faulty).collect();
    libtest_mimic::run(&arguments, trials).exit_code()
}

/// The files of a folder by name, without its own description.
fn files(folder: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(root().join(folder)).expect("the folder is there");
    let paths = entries.map(|entry| entry.expect("readable").path());
    let mut files: Vec<PathBuf> = paths
        .filter(|path| path.is_file() && !path.ends_with("README.md"))
        .collect();
    files.sort();
    files
}

/// A test named after the file.
fn trial(file: PathBuf, test: impl FnOnce(&Path) -> Result<(), Failed> + Send + 'static) -> Trial {
    let name = file.strip_prefix(root().join(FOLDER)).expect("lies there");
    let name = name.with_extension("").display().to_string();
    Trial::test(name, move || test(&file))
}

/// Plays a story; gives what is wrong with it, or what came differently.
fn play(file: &Path) -> Result<(), String> {
    let shown = file.strip_prefix(root()).unwrap_or(file).display();
    if file.extension().is_none_or(|extension| extension != "toml") {
        return Err(format!("{shown}: a story's file ends in .toml"));
    }
    let text = fs::read_to_string(file).map_err(|error| format!("{shown}: {error}"))?;
    let story = story::Story::parse(&text).map_err(|error| format!("{shown}: {error}"))?;
    player::play(&story).map_err(|failure| format!("{shown}, {failure}"))
}

/// Plays a story that must fail.
fn fails(file: &Path) -> Result<(), Failed> {
    let Err(failure) = play(file) else {
        return Err("the story is faulty, and nobody noticed".into());
    };
    let text = fs::read_to_string(file).expect("just read");
    let mut parts = text
        .lines()
        .filter_map(|line| line.strip_prefix(FAILS_WITH))
        .peekable();
    if parts.peek().is_none() {
        return Err(format!("say `{FAILS_WITH}…` in it, what its failure must contain").into());
    }
    match parts.find(|part| !failure.contains(part)) {
        Some(part) => Err(format!("`{part}` is not in the failure:\n{failure}").into()),
        None => Ok(()),
    }
}
