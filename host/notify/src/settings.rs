//! The form of the file: channels, and who is told by which. Unknown keys are errors, and secrets stand
//! in files or environment variables of their own.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::{env, fmt, fs};

use serde::Deserialize;

use crate::Error;

/// The whole file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Settings {
    #[serde(default)]
    pub(crate) channels: BTreeMap<String, ChannelSettings>,
    #[serde(default)]
    pub(crate) routes: RouteSettings,
}

/// A channel: either `smtp` or `webhook`, with what belongs to it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ChannelSettings {
    pub(crate) smtp: Option<String>,
    pub(crate) from: Option<String>,
    pub(crate) user: Option<String>,
    pub(crate) password: Option<SecretPlace>,
    pub(crate) webhook: Option<String>,
    pub(crate) secret: Option<SecretPlace>,
    pub(crate) timeout_seconds: Option<u64>,
}

/// Where a secret stands; one of both.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SecretPlace {
    env: Option<String>,
    file: Option<PathBuf>,
}

/// Who is told by which channel.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RouteSettings {
    #[serde(default)]
    pub(crate) requester: RequesterSettings,
    #[serde(default)]
    pub(crate) center: Vec<TargetSettings>,
    #[serde(default)]
    pub(crate) units: BTreeMap<String, Vec<TargetSettings>>,
    #[serde(default)]
    pub(crate) leaders: BTreeMap<String, Vec<TargetSettings>>,
    #[serde(default)]
    pub(crate) districts: BTreeMap<String, Vec<TargetSettings>>,
}

/// The channels of requesters, by what is known of them; the telephone goes first.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RequesterSettings {
    pub(crate) phone: Option<String>,
    pub(crate) account: Option<String>,
}

/// One way to a recipient.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct TargetSettings {
    pub(crate) channel: String,
    pub(crate) to: Option<String>,
}

/// A secret. Not shown by `Debug`.
#[derive(Clone)]
pub(crate) struct Secret(String);

impl Secret {
    pub(crate) fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

impl Settings {
    pub(crate) fn read(file: &Path) -> Result<Self, Error> {
        let text = fs::read_to_string(file).map_err(|source| Error::Read {
            file: file.to_owned(),
            source,
        })?;
        toml::from_str(&text).map_err(|source| Error::Form {
            file: file.to_owned(),
            source,
        })
    }
}

impl SecretPlace {
    /// The secret, without the line end that editors leave. A relative file counts from `folder`.
    pub(crate) fn read(&self, field: &str, folder: &Path) -> Result<Secret, Error> {
        let secret = match (&self.env, &self.file) {
            (Some(name), None) => env::var(name).map_err(|error| {
                Error::invalid(
                    field,
                    format!("the environment variable `{name}` cannot be used: {error}"),
                    "set it before the start",
                )
            })?,
            (None, Some(file)) => {
                let file = folder.join(file);
                fs::read_to_string(&file).map_err(|source| Error::SecretFile {
                    field: field.to_owned(),
                    file,
                    source,
                })?
            }
            (None, None) | (Some(_), Some(_)) => {
                return Err(Error::invalid(
                    field,
                    "it names no place, or two",
                    "give `{ env = \"NAME\" }` or `{ file = \"PATH\" }`",
                ));
            }
        };
        let secret = secret.trim_end_matches(['\r', '\n']);
        if secret.is_empty() {
            return Err(Error::invalid(field, "the secret is empty", "fill it in"));
        }
        Ok(Secret(secret.to_owned()))
    }
}
