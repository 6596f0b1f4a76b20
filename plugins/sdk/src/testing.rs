//! Native tests of a plugin: its settings file and its fixtures, without WebAssembly.
//!
//! A fixtures file is a JSON list; each entry has a name, a question in the contract's JSON form, and
//! what is expected in whatever form the test reads:
//!
//! ```json
//! [{ "name": "lamps", "question": { "order_type": "complaint", "…": "…" }, "expected": ["GZ-D106"] }]
//! ```
//!
//! ```no_run
//! # use sdk::routing::{Question, Verdict};
//! # fn top(question: &Question) -> Vec<String> { Vec::new() }
//! let count = sdk::testing::fixtures("fixtures/lamps.json", |question: Question, expected: Vec<String>| {
//!     let units = top(&question);
//!     if units == expected { Ok(()) } else { Err(format!("got {units:?}, expected {expected:?}")) }
//! })
//! .unwrap();
//! ```

use std::path::{Path, PathBuf};
use std::{fs, io};

use contract::about::Problem;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::settings::{Settings, read_json};

/// Why a test's files are not what they should be.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A file cannot be read.
    #[error("cannot read {}", path.display())]
    Read {
        /// Which file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A settings file is no TOML.
    #[error("{} is no TOML", path.display())]
    Toml {
        /// Which file.
        path: PathBuf,
        /// What is wrong.
        source: toml::de::Error,
    },
    /// A file is no JSON, or not of the expected form.
    #[error("{} does not have the expected form", path.display())]
    Json {
        /// Which file.
        path: PathBuf,
        /// What is wrong.
        source: serde_json::Error,
    },
    /// The plugin found problems in the settings.
    #[error("{} has problems:{}", path.display(), lines(problems))]
    Settings {
        /// Which file.
        path: PathBuf,
        /// All of them.
        problems: Vec<Problem>,
    },
    /// Some fixtures were answered otherwise than expected.
    #[error("{} of {count} fixtures of {} failed:{}", failed.len(), path.display(), lines(failed))]
    Fixtures {
        /// Which file.
        path: PathBuf,
        /// How many there are.
        count: usize,
        /// Name of each failed one, and what was wrong.
        failed: Vec<String>,
    },
}

/// Reads a settings file, TOML or (with the extension `json`) JSON, and prepares it as the host would.
///
/// # Errors
///
/// When the file cannot be read or the plugin finds problems in it.
pub fn settings<S: Settings>(path: impl AsRef<Path>) -> Result<S::Rules, Error> {
    let path = path.as_ref();
    let json = settings_json(path)?;
    read_json::<S>(&json).map_err(|problems| Error::Settings {
        path: path.to_owned(),
        problems,
    })
}

/// A settings file, TOML or JSON, as the JSON that `configure` takes.
///
/// # Errors
///
/// When the file cannot be read or is neither.
pub fn settings_json(path: impl AsRef<Path>) -> Result<String, Error> {
    let path = path.as_ref();
    let text = read(path)?;
    if path
        .extension()
        .is_some_and(|extension| extension == "json")
    {
        return Ok(text);
    }
    let value: toml::Value = toml::from_str(&text).map_err(|source| Error::Toml {
        path: path.to_owned(),
        source,
    })?;
    serde_json::to_string(&value).map_err(|source| Error::Json {
        path: path.to_owned(),
        source,
    })
}

/// One question with what is expected of it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Fixture<Q, E> {
    name: String,
    question: Q,
    expected: E,
}

/// Runs `check` on every fixture of a file; gives their number.
///
/// # Errors
///
/// When the file cannot be read, has no fixture, or some fixtures fail: then all of them, with their
/// names and what `check` said.
pub fn fixtures<Q: DeserializeOwned, E: DeserializeOwned>(
    path: impl AsRef<Path>,
    check: impl Fn(Q, E) -> Result<(), String>,
) -> Result<usize, Error> {
    let path = path.as_ref();
    let fixtures: Vec<Fixture<Q, E>> =
        serde_json::from_str(&read(path)?).map_err(|source| Error::Json {
            path: path.to_owned(),
            source,
        })?;
    let count = fixtures.len();
    let failed: Vec<_> = fixtures
        .into_iter()
        .filter_map(|fixture| {
            let message = check(fixture.question, fixture.expected).err()?;
            Some(format!("{}: {message}", fixture.name))
        })
        .collect();
    if failed.is_empty() && count > 0 {
        Ok(count)
    } else {
        Err(Error::Fixtures {
            path: path.to_owned(),
            count,
            failed,
        })
    }
}

fn read(path: &Path) -> Result<String, Error> {
    fs::read_to_string(path).map_err(|source| Error::Read {
        path: path.to_owned(),
        source,
    })
}

/// Each on a line of its own.
fn lines<T: ToString>(items: &[T]) -> String {
    items
        .iter()
        .map(|item| format!("\n  {}", item.to_string()))
        .collect()
}
