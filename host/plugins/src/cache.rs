//! Compiled images on disk. Native code cannot be checked, so that an entry is used only if it
//! carries a code (HMAC-SHA-256) that this very cache made with its own secret key over the entry,
//! the image's digest and the engine's version and settings. Anything else is deleted and compiled
//! again.

use std::fs;
use std::hash::{Hash as _, Hasher};
use std::io::{self, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use hmac::{Hmac, Mac};
use sha2::{Digest as _, Sha256};
use wasmtime::Engine;
use wasmtime::component::Component;

use crate::image::{digest, write_whole};
use crate::{ENGINE, Error};

/// Length of the code in front of an entry.
const CODE_BYTES: usize = 32;

/// Length of the key: a whole block of SHA-256.
const KEY_BYTES: usize = 64;

type Key = [u8; KEY_BYTES];

/// Where a compiled image came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// From the cache.
    Cached,
    /// Compiled now.
    Compiled,
}

/// A folder of compiled components with its key.
#[derive(Debug)]
pub struct Cache {
    folder: PathBuf,
    key: Key,
}

impl Cache {
    /// Opens the cache in this folder, which is made if it is not there. Several processes may use it
    /// at the same time, each with an engine of its own.
    ///
    /// # Errors
    ///
    /// The folder or its key cannot be made or read.
    pub fn open(folder: &Path) -> Result<Self, Error> {
        let open = || -> io::Result<Key> {
            fs::DirBuilder::new()
                .recursive(true)
                .mode(0o700)
                .create(folder)?;
            key(&folder.join("key"))
        };
        let key = open().map_err(|source| Error::Cache {
            path: folder.to_owned(),
            source,
        })?;
        Ok(Self {
            folder: folder.to_owned(),
            key,
        })
    }

    /// Any component, from the cache or compiled now.
    ///
    /// # Errors
    ///
    /// The component does not compile.
    pub fn compile(&self, engine: &Engine, bytes: &[u8]) -> Result<Component, Error> {
        self.component(engine, &digest(bytes), bytes)
            .map(|(component, _)| component)
    }

    /// The compiled image, from the cache or compiled now.
    pub(crate) fn component(
        &self,
        engine: &Engine,
        image: &str,
        bytes: &[u8],
    ) -> Result<(Component, Origin), Error> {
        let engine_hash = engine_hash(engine);
        let short: String = engine_hash.chars().take(16).collect();
        let path = self.folder.join(format!("{image}-{short}.cwasm"));
        if let Some(component) = self.read(engine, &path, image, &engine_hash) {
            return Ok((component, Origin::Cached));
        }
        let component = compile(engine, bytes)?;
        self.write(&component, &path, image, &engine_hash);
        Ok((component, Origin::Compiled))
    }

    /// A trustworthy entry. One that is not is deleted.
    fn read(
        &self,
        engine: &Engine,
        path: &Path,
        image: &str,
        engine_hash: &str,
    ) -> Option<Component> {
        let entry = fs::read(path).ok()?;
        let component = entry
            .split_at_checked(CODE_BYTES)
            .and_then(|(code, native)| {
                self.code(image, engine_hash, native)
                    .verify_slice(code)
                    .ok()?;
                deserialize(engine, native).ok()
            });
        if component.is_none() {
            tracing::warn!(path = %path.display(), "a cache entry is damaged or foreign; it is compiled again");
            if let Err(error) = fs::remove_file(path) {
                tracing::warn!(path = %path.display(), %error, "the cache entry cannot be deleted");
            }
        }
        component
    }

    /// Writes an entry. Without it the next start is slower, nothing else, so that a full disk does
    /// not keep a rule from being activated.
    fn write(&self, component: &Component, path: &Path, image: &str, engine_hash: &str) {
        let written = component
            .serialize()
            .map_err(Error::engine)
            .and_then(|native| {
                let code = self
                    .code(image, engine_hash, &native)
                    .finalize()
                    .into_bytes();
                write_whole(path, &[code.as_slice(), &native].concat())
            });
        if let Err(error) = written {
            tracing::warn!(path = %path.display(), %error, "a compiled image is not kept");
        }
    }

    fn code(&self, image: &str, engine_hash: &str, native: &[u8]) -> Hmac<Sha256> {
        let mut code = <Hmac<Sha256> as Mac>::new(&self.key.into());
        // Both have a fixed length, so that the parts cannot run into each other.
        code.update(image.as_bytes());
        code.update(engine_hash.as_bytes());
        code.update(native);
        code
    }
}

/// Compiles without a cache.
pub(crate) fn compile(engine: &Engine, bytes: &[u8]) -> Result<Component, Error> {
    Component::from_binary(engine, bytes).map_err(|error| Error::Compile {
        detail: format!("{error:#}"),
    })
}

#[expect(
    unsafe_code,
    reason = "wasmtime cannot check native code; the caller has authenticated it"
)]
fn deserialize(engine: &Engine, native: &[u8]) -> wasmtime::Result<Component> {
    // SAFETY: `native` is what `Component::serialize` gave this host for an engine of the same
    // version and settings: the only caller has verified its HMAC, whose key only this cache has.
    unsafe { Component::deserialize(engine, native) }
}

/// The cache's key, made with the first use. One that others could read is no secret and is made
/// anew, which makes every entry a foreign one.
fn key(path: &Path) -> io::Result<Key> {
    if let Ok(metadata) = fs::symlink_metadata(path) {
        if metadata.is_file()
            && metadata.permissions().mode() & 0o077 == 0
            && let Ok(key) = Key::try_from(fs::read(path)?.as_slice())
        {
            return Ok(key);
        }
        tracing::warn!(path = %path.display(), "the cache's key is damaged or readable by others; a new one is made");
        fs::remove_file(path)?;
    }
    let mut key = [0; KEY_BYTES];
    getrandom::fill(&mut key).map_err(|error| io::Error::other(error.to_string()))?;
    // A temporary file is its owner's only. Another process may have been faster; its key counts.
    let folder = path.parent().unwrap_or(Path::new("."));
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    file.write_all(&key)?;
    match file.persist_noclobber(path) {
        Ok(_) => Ok(key),
        Err(error) if error.error.kind() == io::ErrorKind::AlreadyExists => {
            Key::try_from(fs::read(path)?.as_slice()).map_err(io::Error::other)
        }
        Err(error) => Err(error.error),
    }
}

/// Everything that makes compiled code fit an engine: version, settings, the processor's features.
fn engine_hash(engine: &Engine) -> String {
    let mut hasher = ShaHasher(Sha256::new());
    ENGINE.hash(&mut hasher);
    engine.precompile_compatibility_hash().hash(&mut hasher);
    hex::encode(hasher.0.finalize())
}

/// Feeds SHA-256 by way of `Hash`.
struct ShaHasher(Sha256);

impl Hasher for ShaHasher {
    fn write(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    fn finish(&self) -> u64 {
        let [a, b, c, d, e, f, g, h, ..]: [u8; 32] = self.0.clone().finalize().into();
        u64::from_le_bytes([a, b, c, d, e, f, g, h])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The smallest component there is.
    const EMPTY: &[u8] = b"\0asm\x0d\0\x01\0";

    /// Compiles a component through a cache whose folder was changed in between.
    #[track_caller]
    fn check(change: impl FnOnce(&Path), expected: Origin) {
        let engine = Engine::default();
        let folder = tempfile::tempdir().expect("a folder");
        let ask = || {
            let cache = Cache::open(folder.path()).expect("opened");
            let image = "0".repeat(64);
            cache.component(&engine, &image, EMPTY).expect("compiled").1
        };
        assert_eq!(ask(), Origin::Compiled);
        change(folder.path());
        assert_eq!(ask(), expected);
        assert_eq!(ask(), Origin::Cached, "it was rebuilt");
    }

    fn entry(folder: &Path) -> PathBuf {
        fs::read_dir(folder)
            .expect("a folder")
            .map(|entry| entry.expect("an entry").path())
            .find(|path| {
                path.extension()
                    .is_some_and(|extension| extension == "cwasm")
            })
            .expect("an entry of the cache")
    }

    #[test]
    fn entry_is_used_again() {
        check(|_| {}, Origin::Cached);
    }

    #[test]
    fn damaged_entry_is_rebuilt() {
        check(
            |folder| {
                let path = entry(folder);
                let mut bytes = fs::read(&path).expect("read");
                *bytes.last_mut().expect("not empty") ^= 1;
                fs::write(&path, bytes).expect("written");
            },
            Origin::Compiled,
        );
        check(
            |folder| fs::write(entry(folder), b"short").expect("written"),
            Origin::Compiled,
        );
    }

    #[test]
    fn entry_of_another_key_is_rebuilt() {
        check(
            |folder| fs::write(folder.join("key"), [7; KEY_BYTES]).expect("written"),
            Origin::Compiled,
        );
    }

    #[test]
    fn key_that_others_can_read_is_no_secret() {
        check(
            |folder| {
                let all = fs::Permissions::from_mode(0o644);
                fs::set_permissions(folder.join("key"), all).expect("set");
            },
            Origin::Compiled,
        );
    }

    #[test]
    fn entry_of_another_image_is_rebuilt() {
        check(
            |folder| {
                let engine = Engine::default();
                let other = tempfile::tempdir().expect("a folder");
                fs::copy(folder.join("key"), other.path().join("key")).expect("copied");
                let cache = Cache::open(other.path()).expect("opened");
                cache
                    .component(&engine, &"1".repeat(64), EMPTY)
                    .expect("compiled");
                fs::copy(entry(other.path()), entry(folder)).expect("copied");
            },
            Origin::Compiled,
        );
    }
}
