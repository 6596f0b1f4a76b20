//! Rule images and their files. An image is a component with its settings frozen in; the SHA-256 of
//! its bytes is the rule's identity. Beside `NAME.wasm` stands `NAME.json`, which says what it is.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use contract::about::{Description, Kind};
use lifecycle::advice::RuleImage;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::{ENGINE, Error};

/// A rule image.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Image {
    /// The image itself, a component.
    pub bytes: Vec<u8>,
    /// SHA-256 of `bytes`, in hex: the rule's identity.
    pub image: String,
    /// SHA-256 of the component that it was baked from, in hex.
    pub component: String,
    /// SHA-256 of the canonical JSON of its settings, in hex.
    pub settings: String,
    /// What the plugin says about itself.
    pub description: Description,
    /// Engine that baked it.
    pub engine: String,
}

/// The file beside an image.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sidecar {
    /// Which question the image answers.
    pub kind: Kind,
    /// Scope that it was baked for, such as `440100`.
    pub scope: String,
    /// SHA-256 of the image, in hex.
    pub image: String,
    /// SHA-256 of the component, in hex.
    pub component: String,
    /// SHA-256 of the settings, in hex.
    pub settings: String,
    /// The plugin's name.
    pub name: String,
    /// The plugin's version.
    pub version: String,
    /// One sentence about the plugin.
    pub summary: String,
    /// JSON Schema of its settings, as JSON text.
    pub settings_schema: String,
    /// Engine that baked it.
    pub engine: String,
}

impl Image {
    /// The identity that every decision of this image records.
    #[must_use]
    pub fn identity(&self) -> RuleImage {
        RuleImage {
            image: self.image.clone(),
            component: self.component.clone(),
            settings: self.settings.clone(),
            name: format!("{} {}", self.description.name, self.description.version),
            engine: ENGINE.to_owned(),
        }
    }

    /// Writes the image to `path` and its sidecar beside it. Each file appears whole or not at all.
    ///
    /// # Errors
    ///
    /// A file cannot be written.
    pub fn save(&self, path: &Path, scope: &str) -> Result<(), Error> {
        let description = &self.description;
        let sidecar = Sidecar {
            kind: description.kind,
            scope: scope.to_owned(),
            image: self.image.clone(),
            component: self.component.clone(),
            settings: self.settings.clone(),
            name: description.name.clone(),
            version: description.version.clone(),
            summary: description.summary.clone(),
            settings_schema: description.settings_schema.clone(),
            engine: self.engine.clone(),
        };
        let sidecar_path = path.with_extension("json");
        let mut json = serde_json::to_vec_pretty(&sidecar).map_err(|source| Error::Sidecar {
            path: sidecar_path.clone(),
            source,
        })?;
        json.push(b'\n');
        write_whole(path, &self.bytes)?;
        write_whole(&sidecar_path, &json)
    }

    /// Reads an image and the scope that it was baked for, and verifies that the bytes are the ones
    /// that the sidecar names.
    ///
    /// # Errors
    ///
    /// A file cannot be read, or the image is not the one that the sidecar names.
    pub fn load(path: &Path) -> Result<(Self, String), Error> {
        let sidecar = Sidecar::load(&path.with_extension("json"))?;
        let bytes = fs::read(path).map_err(|source| Error::Read {
            path: path.to_owned(),
            source,
        })?;
        let found = digest(&bytes);
        if found != sidecar.image {
            return Err(Error::DamagedImage {
                path: path.to_owned(),
                found,
                expected: sidecar.image,
            });
        }
        let description = Description {
            name: sidecar.name,
            version: sidecar.version,
            kind: sidecar.kind,
            summary: sidecar.summary,
            settings_schema: sidecar.settings_schema,
        };
        let image = Self {
            bytes,
            image: sidecar.image,
            component: sidecar.component,
            settings: sidecar.settings,
            description,
            engine: sidecar.engine,
        };
        Ok((image, sidecar.scope))
    }
}

impl Sidecar {
    /// Reads a sidecar.
    ///
    /// # Errors
    ///
    /// The file cannot be read or has not the right form.
    pub fn load(path: &Path) -> Result<Self, Error> {
        let text = fs::read(path).map_err(|source| Error::Read {
            path: path.to_owned(),
            source,
        })?;
        serde_json::from_slice(&text).map_err(|source| Error::Sidecar {
            path: path.to_owned(),
            source,
        })
    }
}

/// SHA-256 in hex.
pub(crate) fn digest(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
}

/// Writes a file so that a reader sees the old one or the new one, never a part.
pub(crate) fn write_whole(path: &Path, bytes: &[u8]) -> Result<(), Error> {
    let folder = match path.parent() {
        Some(folder) if folder != Path::new("") => folder.to_owned(),
        _ => PathBuf::from("."),
    };
    let write = || -> std::io::Result<()> {
        fs::create_dir_all(&folder)?;
        let mut file = tempfile::NamedTempFile::new_in(&folder)?;
        file.write_all(bytes)?;
        file.persist(path).map_err(|error| error.error)?;
        Ok(())
    };
    write().map_err(|source| Error::Write {
        path: path.to_owned(),
        source,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> Image {
        Image {
            bytes: b"image".to_vec(),
            image: digest(b"image"),
            component: digest(b"component"),
            settings: digest(b"{}"),
            description: Description {
                name: "routing".to_owned(),
                version: "0.1.0".to_owned(),
                kind: Kind::Routing,
                summary: "routes".to_owned(),
                settings_schema: "{}".to_owned(),
            },
            engine: ENGINE.to_owned(),
        }
    }

    #[test]
    fn saved_image_loads_again() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("images/routing-city.wasm");
        sample().save(&path, "440100").expect("saved");
        assert_eq!(
            Image::load(&path).expect("loaded"),
            (sample(), "440100".to_owned())
        );
    }

    #[test]
    fn changed_image_is_not_taken() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("routing.wasm");
        sample().save(&path, "440100").expect("saved");
        fs::write(&path, b"other").expect("written");
        assert!(matches!(
            Image::load(&path),
            Err(Error::DamagedImage { .. })
        ));
    }
}
