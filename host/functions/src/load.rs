//! Makes an application of a manifest: reads, composes, compiles and links.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use hyper::body::Bytes;
use hyper::header::HeaderValue;
use sha2::{Digest as _, Sha256};
use tokio::sync::Semaphore;
use wasmtime::Engine;
use wasmtime::component::Component as Compiled;

use crate::application::{Application, Component, Function, Limits};
use crate::compose::compose;
use crate::guest::{Guest, Machine};
use crate::manifest::{self, Manifest};
use crate::{Config, Error, openapi, own};

/// Gives native code for a composed component: compiles it, or has it from a cache.
pub type Compile<'a> = dyn Fn(&Engine, &[u8]) -> Result<Compiled, Box<dyn std::error::Error + Send + Sync>>
    + Sync
    + 'a;

/// Compiles, and keeps nothing: what [`Service::load`](crate::Service::load) takes where there is no
/// cache.
///
/// # Errors
/// The component is not one, or uses what the engine does not know.
pub fn compile(
    engine: &Engine,
    bytes: &[u8],
) -> Result<Compiled, Box<dyn std::error::Error + Send + Sync>> {
    Ok(Compiled::from_binary(engine, bytes)?)
}

/// Composes one component of a manifest with its dependencies, as Spin does when it starts.
///
/// # Errors
/// What [`Manifest::read`] says, a component that is not in the manifest, a file that is missing or
/// cannot be read, and components that do not fit together.
pub fn composed(path: &Path, component: &str) -> Result<Vec<u8>, Error> {
    let manifest = Manifest::read(path)?;
    let ids = BTreeSet::from([component]);
    let files = read_files(&manifest, &ids)?;
    compose_one(&manifest, component, &files)
}

/// What loading needs besides the manifest.
pub(crate) struct Loader<'a> {
    pub(crate) machine: &'a Arc<Machine>,
    pub(crate) config: &'a Config,
    pub(crate) compile: &'a Compile<'a>,
    /// The application before. What did not change is taken over from it, with the requests that it
    /// has in work.
    pub(crate) before: Option<&'a Application>,
}

impl Loader<'_> {
    /// Loads a manifest.
    pub(crate) fn load(&self, path: &Path) -> Result<Application, Error> {
        let manifest = Manifest::read(path)?;
        check_routes(&manifest)?;
        let wanted: BTreeSet<&str> = manifest
            .triggers
            .iter()
            .map(|trigger| trigger.component.as_str())
            .collect();
        // What is cheap to refuse is refused before anything is compiled.
        for id in &wanted {
            self.limits(id, component_of(&manifest, id)?)?;
        }
        let files = read_files(&manifest, &wanted)?;
        // Each on a thread: wasmtime compiles one component's functions in parallel, but much of the
        // rest is not.
        let components: Result<BTreeMap<&str, Arc<Component>>, Error> =
            std::thread::scope(|scope| {
                let threads: Vec<_> = wanted
                    .iter()
                    .map(|id| (*id, scope.spawn(|| self.component(&manifest, id, &files))))
                    .collect();
                threads
                    .into_iter()
                    .map(|(id, thread)| match thread.join() {
                        Ok(component) => Ok((id, component?)),
                        Err(panic) => std::panic::resume_unwind(panic),
                    })
                    .collect()
            });
        let components = components?;
        let functions: Vec<Function> = manifest
            .triggers
            .iter()
            .filter_map(|trigger| {
                Some(Function {
                    route: trigger.route.clone(),
                    component: components.get(trigger.component.as_str())?.clone(),
                })
            })
            .collect();
        let document = openapi::document(&manifest.name, &functions)?;
        Ok(Application {
            document: Bytes::from(document),
            name: manifest.name,
            functions,
        })
    }

    /// Composes, compiles and links one component, or takes over the one that is the same.
    fn component(
        &self,
        manifest: &Manifest,
        id: &str,
        files: &BTreeMap<PathBuf, Vec<u8>>,
    ) -> Result<Arc<Component>, Error> {
        let bytes = compose_one(manifest, id, files)?;
        let digest: [u8; 32] = Sha256::digest(&bytes).into();
        let wanted = component_of(manifest, id)?;
        let limits = self.limits(id, wanted)?;
        let image = wanted
            .image()
            .and_then(|image| files.get(image))
            .map(|bytes| hex::encode(Sha256::digest(bytes)));
        let before = self.before.into_iter().flat_map(Application::functions);
        let same = before
            .map(|function| &function.component)
            .find(|component| component.digest == digest);
        if let Some(same) = same
            && same.name == id
            && same.limits == limits
            && same.kind == wanted.kind()
            && same.image == image
            && same.description == wanted.description
        {
            return Ok(same.clone());
        }
        let guest = match same {
            Some(same) => same.guest.clone(),
            None => Arc::new(self.guest(id, &bytes)?),
        };
        Ok(Arc::new(Component {
            name: id.to_owned(),
            kind: wanted.kind(),
            description: wanted.description.clone(),
            image_header: image
                .as_ref()
                .and_then(|image| HeaderValue::try_from(format!("sha256:{image}")).ok()),
            image,
            digest,
            guest,
            limits,
            admitted: Semaphore::new(self.config.admitted_per_function),
            running: Semaphore::new(limits.running),
        }))
    }

    fn guest(&self, id: &str, bytes: &[u8]) -> Result<Guest, Error> {
        let compiled =
            (self.compile)(self.machine.engine(), bytes).map_err(|source| Error::Compile {
                component: id.to_owned(),
                source,
            })?;
        Guest::new(self.machine.clone(), &compiled).map_err(|error| Error::Link {
            component: id.to_owned(),
            source: error.into(),
        })
    }

    /// A component's bounds, which lie within the server's.
    fn limits(&self, id: &str, component: &manifest::Component) -> Result<Limits, Error> {
        let bounds = component.bounds;
        let limits = Limits {
            time: bounds.time.unwrap_or(self.config.request_time),
            memory_bytes: bounds.memory_bytes.unwrap_or(self.config.memory_bytes),
            running: bounds.running.unwrap_or(self.config.running_per_function),
        };
        let too_much = |name: &str, allowed: String| Error::Manifest {
            key: format!("component.{id}.tool.kapok.{name}"),
            problem: format!(
                "this server allows {allowed} at most; lower it, or start the server with more"
            ),
        };
        if limits.time > self.config.request_time {
            let allowed = self.config.request_time.as_millis();
            return Err(too_much("time_ms", allowed.to_string()));
        }
        if limits.memory_bytes > self.config.memory_bytes {
            let allowed = self.config.memory_bytes >> 20;
            return Err(too_much("memory_mib", allowed.to_string()));
        }
        let slots = usize::try_from(self.config.running).unwrap_or(usize::MAX);
        if bounds.running.is_some_and(|running| running > slots) {
            return Err(too_much("running", slots.to_string()));
        }
        Ok(limits)
    }
}

/// The server's own paths cannot be a function's.
fn check_routes(manifest: &Manifest) -> Result<(), Error> {
    let paths = own::Path::ALL.map(own::Path::text);
    for (index, trigger) in manifest.triggers.iter().enumerate() {
        let route = trigger.route.to_string();
        if paths.contains(&route.as_str()) {
            return Err(Error::Manifest {
                key: format!("trigger.http[{index}].route"),
                problem: format!("`{route}` is the server's own; take another"),
            });
        }
    }
    Ok(())
}

/// Every file that these components need.
fn read_files(
    manifest: &Manifest,
    ids: &BTreeSet<&str>,
) -> Result<BTreeMap<PathBuf, Vec<u8>>, Error> {
    let mut files = BTreeMap::new();
    for id in ids {
        let Some(component) = manifest.components.get(*id) else {
            continue;
        };
        let dependencies = component
            .dependencies
            .iter()
            .map(|dependency| &dependency.source);
        for path in dependencies.chain([&component.source]) {
            if files.contains_key(path) {
                continue;
            }
            let bytes = fs::read(path).map_err(|source| {
                if source.kind() == std::io::ErrorKind::NotFound {
                    Error::Missing {
                        component: (*id).to_owned(),
                        path: path.clone(),
                    }
                } else {
                    Error::Read {
                        path: path.clone(),
                        source,
                    }
                }
            })?;
            files.insert(path.clone(), bytes);
        }
    }
    Ok(files)
}

fn compose_one(
    manifest: &Manifest,
    id: &str,
    files: &BTreeMap<PathBuf, Vec<u8>>,
) -> Result<Vec<u8>, Error> {
    let read = |path: &Path| match files.get(path) {
        Some(bytes) => Ok(bytes.as_slice()),
        None => Err(format!("{} was not read", path.display())),
    };
    compose(component_of(manifest, id)?, read).map_err(|problem| Error::Compose {
        component: id.to_owned(),
        problem,
    })
}

fn component_of<'a>(manifest: &'a Manifest, id: &str) -> Result<&'a manifest::Component, Error> {
    manifest.components.get(id).ok_or_else(|| Error::Compose {
        component: id.to_owned(),
        problem: "it is not in the manifest".to_owned(),
    })
}
