//! What can go wrong before a rule is active. Once it is, nothing does: a failure is part of the
//! advice.

use std::io;
use std::path::PathBuf;

use contract::about::{Kind, Problem};
use lifecycle::advice::FailureKind;
use thiserror::Error;

use crate::Refused;

/// Why a rule was not made, loaded or activated.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum Error {
    /// The component is not taken.
    #[error(transparent)]
    Refused(#[from] Refused),
    /// The plugin does not accept its settings.
    #[error("the plugin does not accept the settings: {}", list(.problems))]
    Settings {
        /// What is wrong, with paths.
        problems: Vec<Problem>,
    },
    /// A settings file is no TOML or JSON.
    #[error("{}: {detail}", path.display())]
    SettingsSyntax {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        detail: String,
    },
    /// The plugin failed while it was configured or asked to describe itself.
    #[error("the plugin failed in `{function}` ({kind:?}): {detail}")]
    Guest {
        /// The function that was called.
        function: &'static str,
        /// In which way.
        kind: FailureKind,
        /// What the host saw.
        detail: String,
    },
    /// The component cannot be pre-initialised.
    #[error("the image cannot be made: {detail}")]
    Bake {
        /// What stands in the way.
        detail: String,
    },
    /// The component cannot be compiled.
    #[error("the component cannot be compiled: {detail}")]
    Compile {
        /// What the compiler said.
        detail: String,
    },
    /// The plugin says that it is of another kind than its exports.
    #[error(
        "the plugin describes itself as `{described}`, but exports `{exported}`; make `about.describe` tell the truth"
    )]
    KindMismatch {
        /// From `describe`.
        described: Kind,
        /// From the exports.
        exported: Kind,
    },
    /// An image is not the one that its sidecar names.
    #[error("{} has the digest {found}, but its sidecar names {expected}; bake it again", path.display())]
    DamagedImage {
        /// The image.
        path: PathBuf,
        /// Digest of what is there.
        found: String,
        /// Digest of what should be there.
        expected: String,
    },
    /// A sidecar has not the right form.
    #[error("{} is no sidecar of an image; bake the image again", path.display())]
    Sidecar {
        /// The sidecar.
        path: PathBuf,
        /// What is wrong.
        #[source]
        source: serde_json::Error,
    },
    /// A rule list has not the right form.
    #[error("{}: {detail}", path.display())]
    RuleList {
        /// The list.
        path: PathBuf,
        /// What is wrong.
        detail: String,
    },
    /// A fixture or a recorded question has not the right form.
    #[error("{}: {place}: {detail}", path.display())]
    Fixture {
        /// The file.
        path: PathBuf,
        /// Which case and field, or which line.
        place: String,
        /// What is wrong.
        detail: String,
    },
    /// A plugin's project file has not the right form.
    #[error("{}: {detail}", path.display())]
    Project {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        detail: String,
    },
    /// A rule of the list could not be baked.
    #[error("the rule `{kind}` of {scope} could not be baked")]
    Rule {
        /// Its question.
        kind: Kind,
        /// Its scope.
        scope: String,
        /// Why.
        #[source]
        source: Box<Error>,
    },
    /// A file cannot be read.
    #[error("{} cannot be read", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// A file cannot be written.
    #[error("{} cannot be written", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// The folder of compiled images cannot be used.
    #[error("the compile cache in {} cannot be used", path.display())]
    Cache {
        /// The folder.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// The engine does not start.
    #[error("the WebAssembly engine does not start: {detail}")]
    Engine {
        /// What wasmtime said.
        detail: String,
    },
    /// An image is older than what it is made from.
    #[error(
        "{}: was baked from another component or other settings than the list names now; run `kapok bake`",
        path.display()
    )]
    StaleImage {
        /// The image.
        path: PathBuf,
    },
    /// A thread ended before its work was done.
    #[error("the {what} ended before its work was done; this is a fault of Kapok, see its log")]
    Panicked {
        /// What the thread did.
        what: &'static str,
    },
    /// A thread does not start.
    #[error("the thread of the {what} does not start")]
    Thread {
        /// What the thread does.
        what: &'static str,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// The file that says how functions are asked has not the right form.
    #[error("{}: {detail}", path.display())]
    Functions {
        /// The file.
        path: PathBuf,
        /// Which field, what is wrong, and what would be right.
        detail: String,
    },
    /// A table names an image whose rule is not loaded.
    #[error("the image {image} is not loaded; load every image of a table before it is followed")]
    NotLoaded {
        /// SHA-256 of the image, in hex.
        image: String,
    },
    /// A rule was put where another question is asked.
    #[error("scope {scope} asks `{kind}`, but the rule answers `{found}`")]
    Misplaced {
        /// The scope.
        scope: String,
        /// What is asked there.
        kind: Kind,
        /// What the rule answers.
        found: Kind,
    },
}

impl Error {
    #[expect(
        clippy::needless_pass_by_value,
        reason = "used as a function value in map_err"
    )]
    pub(crate) fn engine(error: wasmtime::Error) -> Self {
        Self::Engine {
            detail: format!("{error:#}"),
        }
    }
}

fn list(problems: &[Problem]) -> String {
    problems
        .iter()
        .map(Problem::to_string)
        .collect::<Vec<_>>()
        .join("; ")
}
