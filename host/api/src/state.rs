//! What every handler shares, and the way to the engine.

use std::sync::Arc;
use std::time::Duration;

use engine::Engine;
use tokio::sync::Semaphore;
use tokio::task::spawn_blocking;
use tokio::time::timeout;

use crate::auth::Auth;
use crate::metrics::Metrics;
use crate::problem::{Problem, codes};

/// How much the interface takes on at once. All of it holds per process.
#[derive(Debug, Clone)]
pub struct Limits {
    /// Largest body, in bytes; a larger one is answered 413.
    pub body_bytes_max: usize,
    /// Longest path with query, in bytes; a longer one is answered 414.
    pub uri_bytes_max: usize,
    /// All headers of a request together, in bytes; more is answered 431.
    pub header_bytes_max: usize,
    /// Requests under `/api/v1` at once; the next one is answered 503.
    pub requests_max: usize,
    /// Engine calls at once.
    pub engine_calls_max: usize,
    /// So long a request waits for its engine call to begin; then it is answered 503.
    pub engine_wait: Duration,
    /// So long a request may take in all; then it is answered 503.
    pub request_time: Duration,
    /// The same for pushing a plugin, which compiles it, and for what goes over many knowledge points.
    pub push_time: Duration,
    /// So many timers and effects are worked off within `PUT /clock`; the rest is left to the
    /// caller's own ticks.
    pub clock_items_max: u32,
}

impl Limits {
    /// Limits that suit one server with an embedded store.
    #[must_use]
    pub fn standard() -> Self {
        Self {
            body_bytes_max: 1024 * 1024,
            uri_bytes_max: 4 * 1024,
            header_bytes_max: 16 * 1024,
            requests_max: 1024,
            engine_calls_max: 64,
            engine_wait: Duration::from_secs(5),
            request_time: Duration::from_secs(30),
            push_time: Duration::from_secs(300),
            clock_items_max: 10_000,
        }
    }
}

/// Everything that the router needs. Cheap to clone.
#[derive(Clone)]
pub struct AppState {
    pub(crate) engine: Arc<Engine>,
    pub(crate) auth: Auth,
    pub(crate) limits: Arc<Limits>,
    pub(crate) metrics: Metrics,
    /// Finds knowledge points; none where nobody keeps an index.
    pub(crate) index: Option<Arc<search::Index>>,
    /// Slots for requests.
    pub(crate) requests: Arc<Semaphore>,
    /// Slots for engine calls.
    engine_calls: Arc<Semaphore>,
}

impl AppState {
    /// Puts the parts together.
    #[must_use]
    pub fn new(engine: Arc<Engine>, auth: Auth, limits: Limits, metrics: Metrics) -> Self {
        Self {
            engine,
            auth,
            metrics,
            index: None,
            requests: Arc::new(Semaphore::new(limits.requests_max)),
            engine_calls: Arc::new(Semaphore::new(limits.engine_calls_max)),
            limits: Arc::new(limits),
        }
    }

    /// Has points searched in this index, which somebody keeps up to date by [`crate::catch_up`].
    #[must_use]
    pub fn with_index(mut self, index: Arc<search::Index>) -> Self {
        self.index = Some(index);
        self
    }

    /// Calls the engine on a blocking thread.
    ///
    /// The slot is held until the call ends, also when the client has gone meanwhile: what has begun
    /// is carried out.
    pub(crate) async fn call<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Engine) -> T + Send + 'static,
    ) -> Result<T, Problem> {
        let slot = timeout(
            self.limits.engine_wait,
            self.engine_calls.clone().acquire_owned(),
        );
        let Ok(Ok(slot)) = slot.await else {
            return Err(Problem::overloaded("every engine call is taken"));
        };
        let engine = self.engine.clone();
        let span = tracing::Span::current();
        let task = spawn_blocking(move || {
            let _slot = slot;
            span.in_scope(|| work(&engine))
        });
        task.await
            .map_err(|panic| Problem::internal(codes::INTERNAL, &panic))
    }
}
