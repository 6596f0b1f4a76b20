//! An application that is ready to answer: every route with its compiled component.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use http_body_util::{BodyExt as _, Full, LengthLimitError, Limited};
use hyper::body::{Body, Bytes};
use hyper::header::EXPECT;
use hyper::{Request, Response};
use tokio::sync::Semaphore;
use wasmtime::Engine;
use wasmtime::component::Component as Compiled;

use crate::compose::compose;
use crate::guest::{Failure, Guest, Machine};
use crate::manifest::Manifest;
use crate::problem::Problem;
use crate::route::{self, Pattern};
use crate::{Config, Error};

/// Where Spin answers that it lives.
const HEALTH: &str = "/.well-known/spin/health";
/// Bytes of a body above the bound that are read and thrown away, so that a client which reads only
/// after it has written everything gets its answer.
const DISCARDED_BYTES: usize = 64 * 1024 * 1024;

/// Gives native code for a composed component: compiles it, or has it from a cache.
pub type Compile<'a> = dyn Fn(&Engine, &[u8]) -> Result<Compiled, Box<dyn std::error::Error + Send + Sync>>
    + Sync
    + 'a;

/// An application.
pub struct Application {
    name: String,
    functions: Vec<Function>,
    config: Config,
    admitted: Semaphore,
    running: Semaphore,
}

/// A route with its component.
pub struct Function {
    route: Pattern,
    component: String,
    guest: Arc<Guest>,
}

impl Function {
    /// The route.
    #[must_use]
    pub fn route(&self) -> &Pattern {
        &self.route
    }

    /// Name of the component in the manifest.
    #[must_use]
    pub fn component(&self) -> &str {
        &self.component
    }
}

/// Loads an application: reads the manifest, composes and compiles.
///
/// # Errors
/// What [`Manifest::read`] says, a component's file that is missing or cannot be read, and components
/// that do not fit together, cannot be compiled, or want something that no function gets.
pub fn load(path: &Path, config: Config) -> Result<Application, Error> {
    load_with(path, config, &|engine, bytes| {
        Ok(Compiled::from_binary(engine, bytes)?)
    })
}

/// Like [`load`], with a compiler of the caller's, such as one that keeps what it compiled.
///
/// # Errors
/// As [`load`].
pub fn load_with(path: &Path, config: Config, compile: &Compile<'_>) -> Result<Application, Error> {
    let manifest = Manifest::read(path)?;
    let machine = Arc::new(Machine::new(config)?);
    let files = read_files(&manifest)?;
    let wanted: BTreeSet<&String> = manifest
        .triggers
        .iter()
        .map(|trigger| &trigger.component)
        .collect();
    // Each on a thread: wasmtime compiles one component's functions in parallel, but much of the rest
    // is not.
    let guests: Result<BTreeMap<&String, Arc<Guest>>, Error> = std::thread::scope(|scope| {
        let threads: Vec<_> = wanted
            .iter()
            .map(|id| {
                (
                    *id,
                    scope.spawn(|| prepare(&manifest, id, &files, &machine, compile)),
                )
            })
            .collect();
        threads
            .into_iter()
            .map(|(id, thread)| match thread.join() {
                Ok(guest) => Ok((id, Arc::new(guest?))),
                Err(panic) => std::panic::resume_unwind(panic),
            })
            .collect()
    });
    let guests = guests?;
    let functions = manifest
        .triggers
        .iter()
        .filter_map(|trigger| {
            Some(Function {
                route: trigger.route.clone(),
                component: trigger.component.clone(),
                guest: guests.get(&trigger.component)?.clone(),
            })
        })
        .collect();
    Ok(Application {
        name: manifest.name,
        functions,
        config,
        admitted: Semaphore::new(config.admitted),
        running: Semaphore::new(usize::try_from(config.running).unwrap_or(usize::MAX)),
    })
}

/// Every file that the manifest's components need.
fn read_files(manifest: &Manifest) -> Result<BTreeMap<PathBuf, Vec<u8>>, Error> {
    let mut files = BTreeMap::new();
    for trigger in &manifest.triggers {
        let Some(component) = manifest.components.get(&trigger.component) else {
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
                        component: trigger.component.clone(),
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

/// Composes, compiles and links one component.
fn prepare(
    manifest: &Manifest,
    id: &str,
    files: &BTreeMap<PathBuf, Vec<u8>>,
    machine: &Arc<Machine>,
    compile: &Compile<'_>,
) -> Result<Guest, Error> {
    let problem = |problem| Error::Compose {
        component: id.to_owned(),
        problem,
    };
    let component = manifest
        .components
        .get(id)
        .ok_or_else(|| problem("it is not in the manifest".to_owned()))?;
    let read = |path: &Path| match files.get(path) {
        Some(bytes) => Ok(bytes.as_slice()),
        None => Err(format!("{} was not read", path.display())),
    };
    let bytes = compose(component, read).map_err(problem)?;
    let compiled = compile(machine.engine(), &bytes).map_err(|source| Error::Compile {
        component: id.to_owned(),
        source,
    })?;
    Guest::new(machine.clone(), &compiled).map_err(|error| Error::Link {
        component: id.to_owned(),
        source: error.into(),
    })
}

impl Application {
    /// The application's name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The bounds that it was loaded with.
    #[must_use]
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// Every route with its component, in the manifest's order.
    #[must_use]
    pub fn routes(&self) -> &[Function] {
        &self.functions
    }

    /// Answers one request, as [`serve`](crate::serve) does for each. Never fails: whatever goes wrong
    /// is a problem document (RFC 9457).
    pub async fn handle<B>(&self, request: Request<B>) -> Response<Full<Bytes>>
    where
        B: Body<Data = Bytes> + Unpin,
        B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
    {
        let started = Instant::now();
        let method = request.method().clone();
        if request.uri().path() == HEALTH {
            return Response::new(Full::new(Bytes::from_static(b"OK")));
        }
        let routes = self
            .functions
            .iter()
            .map(|function| (&function.route, function));
        let found = route::find(routes, request.uri().path());
        let answer = match found {
            None => {
                // A body that is left unread would cost the client its connection.
                let rest = discard(request.into_body());
                tokio::time::timeout(self.config.body_time, rest).await.ok();
                Err(Problem::NotFound)
            }
            Some(function) => self.ask(function, request).await,
        };
        let response = answer.unwrap_or_else(Problem::response);
        tracing::info!(
            %method,
            route = found.map(|function| tracing::field::display(&function.route)),
            status = response.status().as_u16(),
            microseconds = started.elapsed().as_micros(),
            "answered"
        );
        response
    }

    async fn ask<B>(
        &self,
        function: &Function,
        request: Request<B>,
    ) -> Result<Response<Full<Bytes>>, Problem>
    where
        B: Body<Data = Bytes> + Unpin,
        B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
    {
        let _admitted = self
            .admitted
            .try_acquire()
            .map_err(|_full| Problem::Overloaded)?;
        let request = self.read(request).await?;
        let wait = tokio::time::timeout(self.config.request_time, self.running.acquire());
        let Ok(Ok(_running)) = wait.await else {
            return Err(Problem::Overloaded);
        };
        match Box::pin(function.guest.answer(request)).await {
            Ok(response) => Ok(response.map(Full::new)),
            Err(Failure::Time) => {
                tracing::warn!(route = %function.route, "a function took too long and was ended");
                Err(Problem::FunctionTimeout)
            }
            Err(Failure::AnswerTooLarge) => {
                tracing::warn!(route = %function.route, "a function's answer is too large");
                Err(Problem::AnswerTooLarge)
            }
            Err(Failure::Failed(error)) => {
                let error = format!("{error:#}");
                tracing::warn!(route = %function.route, error, "a function failed");
                Err(Problem::FunctionFailed)
            }
        }
    }

    /// Reads the whole body.
    async fn read<B>(&self, request: Request<B>) -> Result<Request<Bytes>, Problem>
    where
        B: Body<Data = Bytes> + Unpin,
        B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
    {
        let (head, mut body) = request.into_parts();
        let limit = self.config.body_bytes;
        let whole = async {
            let announced = usize::try_from(body.size_hint().lower()).unwrap_or(usize::MAX);
            if announced <= limit {
                match Limited::new(&mut body, limit).collect().await {
                    Ok(body) => return Ok(body.to_bytes()),
                    Err(error) if !error.is::<LengthLimitError>() => {
                        return Err(Problem::UnreadableBody);
                    }
                    Err(_too_large) => {}
                }
            }
            // A client that asks before it sends is answered before it sends.
            if !head.headers.contains_key(EXPECT) {
                discard(body).await;
            }
            Err(Problem::BodyTooLarge)
        };
        let bytes = tokio::time::timeout(self.config.body_time, whole)
            .await
            .map_err(|_elapsed| Problem::BodyTimeout)??;
        Ok(Request::from_parts(head, bytes))
    }
}

/// Reads and throws away, up to [`DISCARDED_BYTES`].
async fn discard<B: Body<Data = Bytes> + Unpin>(mut body: B) {
    let mut left = DISCARDED_BYTES;
    while let Some(Ok(frame)) = body.frame().await {
        match left.checked_sub(frame.data_ref().map_or(0, Bytes::len)) {
            Some(rest) => left = rest,
            None => return,
        }
    }
}
