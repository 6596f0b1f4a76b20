//! Answers requests with the application that is in force, and takes a new one without dropping any.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use arc_swap::ArcSwap;
use http_body_util::Full;
use hyper::body::{Body as _, Bytes};
use hyper::header::{CONNECTION, CONTENT_LENGTH, TRANSFER_ENCODING};
use hyper::{Request, Response};
use tokio::sync::Semaphore;

use crate::access::Access;
use crate::application::{Application, Component};
use crate::body::{self, Readable};
use crate::guest::{Failure, Machine};
use crate::load::{Compile, Loader};
use crate::metrics::{Counted, Metrics};
use crate::observe::{Line, REQUEST_ID};
use crate::problem::Problem;
use crate::{Config, Error, own};

/// Header that names the rule image behind the function, as the registry does: `sha256:` and the digest
/// in hex. It is there whenever a request got as far as the function.
pub const IMAGE: &str = "kapok-image";

/// Media type of Prometheus's text format.
const PROMETHEUS: &str = "text/plain; version=0.0.4";

/// A manifest that is being served.
pub struct Service {
    manifest: PathBuf,
    config: Config,
    machine: Arc<Machine>,
    application: ArcSwap<Application>,
    access: ArcSwap<Access>,
    admitted: Semaphore,
    running: Semaphore,
    metrics: Metrics,
    stopping: AtomicBool,
    /// Held by who reloads: one at a time.
    reloading: Mutex<()>,
}

/// What a reload changed, in components.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reloaded {
    /// Taken over as they were, with the requests that they had in work.
    pub unchanged: usize,
    /// New, or of another image, adapter or bound.
    pub changed: usize,
    /// No longer there.
    pub gone: usize,
}

impl Service {
    /// Loads a manifest: reads it, composes and compiles its components.
    ///
    /// # Errors
    /// What [`Manifest::read`](crate::Manifest::read) says, a component's file that is missing or cannot
    /// be read, and components that do not fit together, cannot be compiled, want something that no
    /// function gets, or more than `config` allows.
    pub fn load(
        manifest: &Path,
        config: Config,
        access: Access,
        compile: &Compile<'_>,
    ) -> Result<Self, Error> {
        let machine = Arc::new(Machine::new(config)?);
        let loader = Loader {
            machine: &machine,
            config: &config,
            compile,
            before: None,
        };
        let application = loader.load(manifest)?;
        Ok(Self {
            manifest: manifest.to_owned(),
            config,
            application: ArcSwap::from_pointee(application),
            access: ArcSwap::from_pointee(access),
            admitted: Semaphore::new(config.admitted),
            running: Semaphore::new(usize::try_from(config.running).unwrap_or(usize::MAX)),
            metrics: Metrics::new()?,
            stopping: AtomicBool::new(false),
            machine,
            reloading: Mutex::new(()),
        })
    }

    /// Takes the manifest and its files as they are now. Requests in work end on the application that they
    /// began with; the next one sees the new one. Whatever is wrong leaves the application as it was.
    ///
    /// Blocks for as long as it compiles what is new.
    ///
    /// # Errors
    /// As [`Self::load`].
    pub fn reload(&self, compile: &Compile<'_>) -> Result<Reloaded, Error> {
        let _one = self
            .reloading
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let before = self.application.load_full();
        let loader = Loader {
            machine: &self.machine,
            config: &self.config,
            compile,
            before: Some(&before),
        };
        let after = match loader.load(&self.manifest) {
            Ok(after) => Arc::new(after),
            Err(error) => {
                self.metrics.reload("refused");
                return Err(error);
            }
        };
        self.application.store(after.clone());
        self.metrics.reload("taken");
        Ok(compare(&before, &after))
    }

    /// Takes other tokens.
    pub fn set_access(&self, access: Access) {
        self.access.store(Arc::new(access));
    }

    /// The application that the next request will see.
    #[must_use]
    pub fn application(&self) -> Arc<Application> {
        self.application.load_full()
    }

    /// The bounds that it was loaded with.
    #[must_use]
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// From now on it says that it is not ready.
    pub(crate) fn stop(&self) {
        self.stopping.store(true, Ordering::Relaxed);
    }

    /// Answers one request, as [`serve`](crate::serve) does for each. Never fails: whatever goes wrong
    /// is a problem document (RFC 9457). Must be called within tokio.
    pub async fn handle<B: Readable>(&self, request: Request<B>) -> Response<Full<Bytes>> {
        let mut line = Line::begin(&self.metrics, &request);
        let answer = match own::Path::of(request.uri().path()) {
            Some(path) => {
                line.skip();
                self.own(path, request)
            }
            None => Box::pin(self.dispatch(request, &mut line)).await,
        };
        let mut response = answer.unwrap_or_else(|problem| {
            line.code = problem.code();
            problem.response()
        });
        let bytes = usize::try_from(response.body().size_hint().lower()).unwrap_or(usize::MAX);
        let headers = response.headers_mut();
        headers.insert(REQUEST_ID, line.id.clone());
        if let Some((_, component)) = &line.function
            && let Some(image) = &component.image_header
        {
            headers.insert(IMAGE, image.clone());
        }
        line.answered(response.status(), bytes);
        response
    }

    /// Answers on one of the server's own paths.
    fn own<B: Readable>(
        &self,
        path: own::Path,
        request: Request<B>,
    ) -> Result<Response<Full<Bytes>>, Problem> {
        let (head, body) = request.into_parts();
        body::discard(&head.headers, body, self.config.body_time);
        own::answer(&head.method, || {
            Ok(match path {
                own::Path::Healthz => (own::JSON, Bytes::from_static(br#"{"status":"ok"}"#)),
                own::Path::SpinHealth => ("text/plain", Bytes::from_static(b"OK")),
                own::Path::Readyz if self.stopping.load(Ordering::Relaxed) => {
                    return Err(Problem::Stopping);
                }
                own::Path::Readyz => (own::JSON, Bytes::from_static(br#"{"status":"ok"}"#)),
                own::Path::Metrics => (PROMETHEUS, Bytes::from(self.metrics.render())),
                own::Path::OpenApi => (own::JSON, self.application.load().document.clone()),
            })
        })
    }

    /// Finds the function and asks it. Whoever may not ask does not learn what there is.
    async fn dispatch<B: Readable>(
        &self,
        request: Request<B>,
        line: &mut Line<'_>,
    ) -> Result<Response<Full<Bytes>>, Problem> {
        let found = match self.access.load().caller(request.headers()) {
            Err(_unknown) => Err(Problem::Unauthorized),
            Ok(caller) => {
                line.caller = caller;
                let application = self.application.load();
                application
                    .find(request.uri().path())
                    .map(|function| (function.route.to_string(), function.component.clone()))
                    .ok_or(Problem::NotFound)
            }
        };
        match found {
            Ok((route, component)) => {
                line.function = Some((route, component.clone()));
                self.ask(&component, request, line).await
            }
            Err(problem) => {
                let (head, body) = request.into_parts();
                body::discard(&head.headers, body, self.config.body_time);
                Err(problem)
            }
        }
    }

    /// Asks a component. It gets the whole body at once, and holds no slot while that arrives.
    async fn ask<B: Readable>(
        &self,
        component: &Component,
        request: Request<B>,
        line: &mut Line<'_>,
    ) -> Result<Response<Full<Bytes>>, Problem> {
        let admitted = (
            component.admitted.try_acquire(),
            self.admitted.try_acquire(),
        );
        let (Ok(_own), Ok(_all)) = admitted else {
            let (head, body) = request.into_parts();
            body::discard(&head.headers, body, self.config.body_time);
            return Err(Problem::Overloaded);
        };
        let _admitted = Counted::new(&self.metrics.admitted);
        let request = body::read(request, &self.config).await?;
        line.bytes_in = request.body().len();
        let slots = async {
            let own = component.running.acquire().await;
            (own, self.running.acquire().await)
        };
        let Ok((Ok(_own), Ok(_all))) = tokio::time::timeout(component.limits.time, slots).await
        else {
            return Err(Problem::Overloaded);
        };
        let _running = Counted::new(&self.metrics.running);
        let began = Instant::now();
        let limits = component.limits;
        let answer = component
            .guest
            .answer(request, limits.time, limits.memory_bytes)
            .await;
        line.ran = Some(began.elapsed());
        response(&component.name, answer)
    }
}

/// A component's answer as it is sent, or what went wrong.
fn response(
    component: &str,
    answer: Result<Response<Bytes>, Failure>,
) -> Result<Response<Full<Bytes>>, Problem> {
    match answer {
        // What belongs to the connection is not the component's to say.
        Ok(mut response) if !response.status().is_informational() => {
            for name in [CONTENT_LENGTH, TRANSFER_ENCODING, CONNECTION] {
                response.headers_mut().remove(name);
            }
            Ok(response.map(Full::new))
        }
        Ok(response) => {
            let status = response.status().as_u16();
            tracing::warn!(
                component,
                status,
                "a function answered with no final status"
            );
            Err(Problem::FunctionFailed)
        }
        Err(Failure::Time) => {
            tracing::warn!(component, "a function took too long and was ended");
            Err(Problem::FunctionTimeout)
        }
        Err(Failure::Memory) => {
            tracing::warn!(component, "a function wanted too much memory and was ended");
            Err(Problem::FunctionOutOfMemory)
        }
        Err(Failure::AnswerTooLarge) => {
            tracing::warn!(component, "a function's answer is too large");
            Err(Problem::AnswerTooLarge)
        }
        Err(Failure::Failed(error)) => {
            let error = format!("{error:#}");
            tracing::warn!(component, error, "a function failed");
            Err(Problem::FunctionFailed)
        }
    }
}

/// What changed between two applications.
fn compare(before: &Application, after: &Application) -> Reloaded {
    let components = |application: &Application| -> Vec<Arc<Component>> {
        let mut components: Vec<Arc<Component>> = Vec::new();
        for function in &application.functions {
            if !components
                .iter()
                .any(|one| Arc::ptr_eq(one, &function.component))
            {
                components.push(function.component.clone());
            }
        }
        components
    };
    let (before, after) = (components(before), components(after));
    let count = |of: &[Arc<Component>],
                 other: &[Arc<Component>],
                 same: fn(&Arc<Component>, &Arc<Component>) -> bool| {
        of.iter()
            .filter(|one| other.iter().any(|another| same(one, another)))
            .count()
    };
    let unchanged = count(&after, &before, Arc::ptr_eq);
    let kept = count(&before, &after, |one, another| one.name == another.name);
    Reloaded {
        unchanged,
        changed: after.len() - unchanged,
        gone: before.len() - kept,
    }
}
