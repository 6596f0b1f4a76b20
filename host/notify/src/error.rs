//! What can be wrong with the file of channels and routes. What goes wrong on sending is the port's
//! `SendError`.

use std::path::PathBuf;

/// Why the file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The file could not be read.
    #[error("the notification file {} cannot be read", file.display())]
    Read {
        /// The file.
        file: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// The file is not of the form expected.
    #[error("the notification file {} is not of the form expected", file.display())]
    Form {
        /// The file.
        file: PathBuf,
        /// Where, and what is wrong.
        #[source]
        source: toml::de::Error,
    },
    /// A value cannot be used.
    #[error("{field}: {problem}; {way_out}")]
    Invalid {
        /// Where, as a path of keys.
        field: String,
        /// What is wrong.
        problem: String,
        /// What would be right.
        way_out: &'static str,
    },
    /// A secret could not be read.
    #[error("{field}: the secret in {} cannot be read", file.display())]
    SecretFile {
        /// Which secret.
        field: String,
        /// Its file.
        file: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
}

impl Error {
    pub(crate) fn invalid(
        field: impl Into<String>,
        problem: impl Into<String>,
        way_out: &'static str,
    ) -> Self {
        Self::Invalid {
            field: field.into(),
            problem: problem.into(),
            way_out,
        }
    }
}
