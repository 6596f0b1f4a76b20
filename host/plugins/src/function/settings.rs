//! The file of `kapok serve --functions`: bounds, and what each host of functions needs to see. Unknown
//! keys are errors, and secrets stand in files or environment variables of their own.
//!
//! ```toml
//! budget_ms = 2000          # a question with all its repetitions
//! attempts_max = 3
//! answer_bytes_max = 65536
//!
//! [functions."https://tianhe.example.org"]
//! ca = "tianhe-ca.pem"              # in place of the system's certificates
//! certificate = "kapok.pem"         # mutual TLS
//! key = "kapok-key.pem"
//! token = { file = "tianhe-token" } # Authorization: Bearer …
//! sign = { key = "kapok-2026", secret = { env = "KAPOK_TIANHE_SECRET" } }
//!
//! [functions."http://rules.tianhe.svc:80"]
//! plain = true                      # no TLS although it is another machine
//! image_header = "absent"           # it does not say which image answered; see decision 0010
//! ```
//!
//! Paths are relative to the file's folder.

use std::collections::BTreeMap;
use std::num::{NonZeroU32, NonZeroU64};
use std::path::{Path, PathBuf};
use std::{env, fmt, fs};

use serde::Deserialize;

use crate::Error;

/// The whole file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Settings {
    #[serde(default = "budget_ms")]
    pub(crate) budget_ms: NonZeroU64,
    #[serde(default = "attempts_max")]
    pub(crate) attempts_max: NonZeroU32,
    #[serde(default = "answer_bytes_max")]
    pub(crate) answer_bytes_max: NonZeroU64,
    #[serde(default)]
    pub(crate) functions: BTreeMap<String, Access>,
}

/// What one host of functions needs to see.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Access {
    pub(crate) ca: Option<PathBuf>,
    pub(crate) certificate: Option<PathBuf>,
    pub(crate) key: Option<PathBuf>,
    pub(crate) token: Option<SecretPlace>,
    pub(crate) sign: Option<SignSettings>,
    #[serde(default)]
    pub(crate) plain: bool,
    #[serde(default)]
    pub(crate) image_header: ImageHeader,
}

/// A key that questions are signed with.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SignSettings {
    pub(crate) key: String,
    pub(crate) secret: SecretPlace,
}

/// Whether an answer must name the image that it was given by. One that names another is never taken.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ImageHeader {
    /// It must.
    #[default]
    Required,
    /// It need not.
    Absent,
}

/// Where a secret stands; one of both.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SecretPlace {
    env: Option<String>,
    file: Option<PathBuf>,
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

const fn budget_ms() -> NonZeroU64 {
    const MS: NonZeroU64 = NonZeroU64::new(2000).unwrap();
    MS
}

const fn attempts_max() -> NonZeroU32 {
    const TIMES: NonZeroU32 = NonZeroU32::new(3).unwrap();
    TIMES
}

const fn answer_bytes_max() -> NonZeroU64 {
    const BYTES: NonZeroU64 = NonZeroU64::new(64 << 10).unwrap();
    BYTES
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            budget_ms: budget_ms(),
            attempts_max: attempts_max(),
            answer_bytes_max: answer_bytes_max(),
            functions: BTreeMap::new(),
        }
    }
}

impl Settings {
    pub(crate) fn read(file: &Path) -> Result<Self, Error> {
        let text = fs::read_to_string(file).map_err(|source| Error::Read {
            path: file.to_owned(),
            source,
        })?;
        toml::from_str(&text).map_err(|error| Error::Functions {
            path: file.to_owned(),
            detail: error.to_string(),
        })
    }
}

impl SecretPlace {
    /// The secret, without the line end that editors leave; or what is wrong with its place.
    pub(crate) fn read(&self, folder: &Path) -> Result<Secret, String> {
        let secret = match (&self.env, &self.file) {
            (Some(name), None) => env::var(name).map_err(|error| {
                format!("the environment variable `{name}` cannot be used: {error}; set it before the start")
            })?,
            (None, Some(file)) => {
                let file = folder.join(file);
                fs::read_to_string(&file)
                    .map_err(|error| format!("{} cannot be read: {error}", file.display()))?
            }
            (None, None) | (Some(_), Some(_)) => {
                return Err(
                    "it names no place, or two; give `{ env = \"NAME\" }` or `{ file = \"PATH\" }`"
                        .to_owned(),
                );
            }
        };
        let secret = secret.trim_end_matches(['\r', '\n']);
        if secret.is_empty() {
            return Err("the secret is empty; fill it in".to_owned());
        }
        Ok(Secret(secret.to_owned()))
    }
}
