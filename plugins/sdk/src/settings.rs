//! Settings: from the host's JSON to what a plugin decides by, with problems that carry their path.

use contract::about::Problem;
use schemars::JsonSchema;
use serde::de::DeserializeOwned;

/// The settings of a plugin as their file spells them.
///
/// Write `#[serde(deny_unknown_fields)]` on the type and on each type inside it, so that a misspelt
/// field is a problem and not a default. Doc comments become the descriptions of the JSON Schema.
pub trait Settings: DeserializeOwned + JsonSchema + 'static {
    /// What the plugin decides by; `Self` where nothing needs preparing.
    type Rules: Send + Sync + 'static;

    /// Checks what types cannot express and compiles the settings.
    ///
    /// # Errors
    ///
    /// Every problem found, not only the first, each with its path; see [`problem`].
    fn prepare(self) -> Result<Self::Rules, Vec<Problem>>;
}

/// A problem at `path`, such as `units[3].keywords[0].weight`; `.` is the whole of the settings.
pub fn problem(path: impl Into<String>, message: impl Into<String>) -> Problem {
    Problem {
        path: path.into(),
        message: message.into(),
    }
}

/// Reads settings from JSON and prepares them, as the host's `configure` does.
///
/// # Errors
///
/// One problem when the JSON does not fit the type, otherwise those of [`Settings::prepare`].
pub fn read_json<S: Settings>(json: &str) -> Result<S::Rules, Vec<Problem>> {
    let mut reader = serde_json::Deserializer::from_str(json);
    let settings: S = serde_path_to_error::deserialize(&mut reader)
        .map_err(|error| vec![problem(error.path().to_string(), error.inner().to_string())])?;
    reader
        .end()
        .map_err(|error| vec![problem(".", error.to_string())])?;
    settings.prepare()
}
