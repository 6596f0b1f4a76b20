//! Runs a composed component: one fresh instance for one request.

use std::sync::Arc;
use std::time::Duration;

use http_body_util::{BodyExt as _, Full, LengthLimitError, Limited};
use hyper::body::Bytes;
use hyper::{Request, Response};
use wasmtime::component::{Component, Linker, ResourceTable};
use wasmtime::{
    Config as EngineConfig, Enabled, Engine, InstanceAllocationStrategy, PoolingAllocationConfig,
    ResourceLimiter, Store, UpdateDeadline,
};
use wasmtime_wasi::{
    Deterministic, HostMonotonicClock, HostWallClock, WasiCtx, WasiCtxView, WasiView,
};
use wasmtime_wasi_http::p3::bindings::ServicePre;
use wasmtime_wasi_http::p3::bindings::http::types;
use wasmtime_wasi_http::p3::{Request as GuestRequest, Response as GuestResponse};
use wasmtime_wasi_http::{
    Error as HttpError, RequestOptions, WasiBody, WasiHttp, WasiHttpCtx, WasiHttpCtxView,
    WasiHttpHooks, WasiHttpView,
};

use crate::{Config, Error};

/// How often a component that computes lets others run, and its time is looked at.
const TICK: Duration = Duration::from_millis(5);
/// Table elements that one request may have, in all tables together.
const TABLE_ELEMENTS: usize = 100_000;
/// Handles of host resources that one request may have.
const HANDLES: usize = 10_000;

/// What random numbers are made of, over and over: the first bytes of pi's fraction.
const RANDOM: [u8; 32] = [
    0x24, 0x3f, 0x6a, 0x88, 0x85, 0xa3, 0x08, 0xd3, 0x13, 0x19, 0x8a, 0x2e, 0x03, 0x70, 0x73, 0x44,
    0xa4, 0x09, 0x38, 0x22, 0x29, 0x9f, 0x31, 0xd0, 0x08, 0x2e, 0xfa, 0x98, 0xec, 0x4e, 0x6c, 0x89,
];
/// Most random bytes that a component gets in one call.
const RANDOM_BYTES_MAX: u64 = 64 << 10;

/// Why a component gave no answer.
#[derive(Debug)]
pub(crate) enum Failure {
    /// It took longer than it may.
    Time,
    /// It failed after it was refused more memory.
    Memory,
    /// Its answer is above [`Config::answer_bytes`].
    AnswerTooLarge,
    /// It trapped or broke wasi:http.
    Failed(wasmtime::Error),
}

/// What every component of an application shares.
pub(crate) struct Machine {
    engine: Engine,
    linker: Linker<State>,
    config: Config,
}

/// A component that is ready to answer.
pub(crate) struct Guest {
    machine: Arc<Machine>,
    service: ServicePre<State>,
}

impl Machine {
    /// Sets the engine up.
    pub(crate) fn new(config: Config) -> Result<Self, Error> {
        let set_up = || {
            let engine = Engine::new(&engine_config(&config))?;
            let mut linker = Linker::new(&engine);
            wasmtime_wasi::p2::add_to_linker_async(&mut linker)?;
            wasmtime_wasi::p3::add_to_linker(&mut linker)?;
            // Only the types: `wasi:http/client`, which sends requests, stays unknown.
            types::add_to_linker::<State, WasiHttp>(&mut linker, State::http)?;
            tick(&engine)?;
            wasmtime::error::Ok(Self {
                engine,
                linker,
                config,
            })
        };
        set_up().map_err(|error| Error::Engine(error.into()))
    }

    /// The engine that a component must be compiled for.
    pub(crate) fn engine(&self) -> &Engine {
        &self.engine
    }
}

impl Guest {
    /// Prepares a component.
    pub(crate) fn new(machine: Arc<Machine>, component: &Component) -> wasmtime::Result<Self> {
        let service = ServicePre::new(machine.linker.instantiate_pre(component)?)?;
        Ok(Self { machine, service })
    }

    /// Answers one request within this time and memory.
    pub(crate) async fn answer(
        &self,
        request: Request<Bytes>,
        time: Duration,
        memory_bytes: usize,
    ) -> Result<Response<Bytes>, Failure> {
        let run = async {
            let mut store = self.store(memory_bytes);
            match self.run(&mut store, request).await {
                Ok(answer) => answer,
                Err(_) if store.data().limiter.refused => Err(Failure::Memory),
                Err(error) => Err(Failure::Failed(error)),
            }
        };
        // The component yields at every tick, so that this holds whatever it does.
        let answer = tokio::time::timeout(time, run).await;
        answer.unwrap_or(Err(Failure::Time))
    }

    fn store(&self, memory_bytes: usize) -> Store<State> {
        let mut store = Store::new(&self.machine.engine, State::new(memory_bytes));
        store.limiter(|state| &mut state.limiter);
        store.set_epoch_deadline(1);
        store.epoch_deadline_callback(|_| Ok(UpdateDeadline::Yield(1)));
        store
    }

    /// Runs the component.
    async fn run(
        &self,
        store: &mut Store<State>,
        request: Request<Bytes>,
    ) -> wasmtime::Result<Result<Response<Bytes>, Failure>> {
        let answer_bytes = self.machine.config.answer_bytes;
        let service = self.service.instantiate_async(&mut *store).await?;
        let request = request.map(Full::new);
        let (request, sent) = GuestRequest::from_http(&mut NoNetwork, request);
        store
            .run_concurrent(async |accessor| {
                let response = service.handle(accessor, request).await??;
                let response: Response<WasiBody> =
                    accessor.with(|store| GuestResponse::into_http(response, store, sent))?;
                let (head, body) = response.into_parts();
                match Limited::new(body, answer_bytes).collect().await {
                    Ok(body) => Ok(Ok(Response::from_parts(head, body.to_bytes()))),
                    Err(error) if error.is::<LengthLimitError>() => {
                        Ok(Err(Failure::AnswerTooLarge))
                    }
                    Err(error) => Err(wasmtime::Error::from_boxed(error)),
                }
            })
            .await?
    }
}

fn engine_config(config: &Config) -> EngineConfig {
    let running = config.running;
    let mut pool = PoolingAllocationConfig::new();
    pool.total_component_instances(running)
        .max_core_instances_per_component(100)
        .total_core_instances(running.saturating_mul(100))
        .max_memories_per_component(8)
        .total_memories(running.saturating_mul(8))
        .max_memory_size(config.memory_bytes)
        .max_tables_per_component(16)
        .total_tables(running.saturating_mul(16))
        .table_elements(TABLE_ELEMENTS)
        // A request has a fiber of its own and one for every call between its components.
        .total_stacks(running.saturating_mul(8))
        .linear_memory_keep_resident(2 * 1024 * 1024)
        .table_keep_resident(64 * 1024)
        .async_stack_keep_resident(64 * 1024)
        .pagemap_scan(Enabled::Auto);
    let mut engine = EngineConfig::new();
    engine
        .wasm_component_model(true)
        .wasm_component_model_async(true)
        .epoch_interruption(true)
        .cranelift_nan_canonicalization(true)
        .memory_init_cow(true)
        .allocation_strategy(InstanceAllocationStrategy::Pooling(pool));
    engine
}

/// Starts the clock that makes components yield. It ends with the engine.
fn tick(engine: &Engine) -> wasmtime::Result<()> {
    let engine = engine.weak();
    std::thread::Builder::new()
        .name("functions-tick".to_owned())
        .spawn(move || {
            while let Some(engine) = engine.upgrade() {
                engine.increment_epoch();
                drop(engine);
                std::thread::sleep(TICK);
            }
        })?;
    Ok(())
}

/// What one request has: WASI with nothing in it, and its limits.
struct State {
    wasi: WasiCtx,
    http: WasiHttpCtx,
    table: ResourceTable,
    limiter: Limiter,
    network: NoNetwork,
}

impl State {
    fn new(memory_bytes: usize) -> Self {
        let mut table = ResourceTable::new();
        table.set_max_capacity(HANDLES);
        Self {
            wasi: wasi(),
            http: WasiHttpCtx::new(),
            table,
            limiter: Limiter {
                memory_left: memory_bytes,
                elements_left: TABLE_ELEMENTS,
                refused: false,
            },
            network: NoNetwork,
        }
    }
}

/// WASI with nothing in it: no arguments, environment, files and network, a clock that stands still and
/// random numbers that are always the same, so that the same question has the same answer at any time.
///
/// A plugin that asks for the time is told the beginning of the epoch: its contract lets it look at
/// nothing but question and settings.
fn wasi() -> WasiCtx {
    WasiCtx::builder()
        .allow_tcp(false)
        .allow_udp(false)
        .allow_ip_name_lookup(false)
        .wall_clock(Standing)
        .monotonic_clock(Standing)
        .secure_random(Deterministic::new(RANDOM.to_vec()))
        .insecure_random(Deterministic::new(RANDOM.to_vec()))
        .insecure_random_seed(0)
        .max_random_size(RANDOM_BYTES_MAX)
        .build()
}

/// A clock that stands still.
struct Standing;

impl HostWallClock for Standing {
    fn resolution(&self) -> Duration {
        Duration::from_millis(1)
    }

    fn now(&self) -> Duration {
        Duration::ZERO
    }
}

impl HostMonotonicClock for Standing {
    fn resolution(&self) -> u64 {
        1_000_000
    }

    fn now(&self) -> u64 {
        0
    }
}

impl WasiView for State {
    fn ctx(&mut self) -> WasiCtxView<'_> {
        WasiCtxView {
            ctx: &mut self.wasi,
            table: &mut self.table,
        }
    }
}

impl WasiHttpView for State {
    fn http(&mut self) -> WasiHttpCtxView<'_> {
        WasiHttpCtxView {
            hooks: &mut self.network,
            table: &mut self.table,
            ctx: &mut self.http,
        }
    }
}

/// Outbound HTTP that is always denied.
struct NoNetwork;

impl WasiHttpHooks for NoNetwork {
    fn send_request(
        &mut self,
        _: Request<WasiBody>,
        _: Option<RequestOptions>,
        _: Box<dyn Future<Output = Result<(), HttpError>> + Send>,
    ) -> Box<
        dyn Future<
                Output = Result<
                    (
                        Response<WasiBody>,
                        Box<dyn Future<Output = Result<(), HttpError>> + Send>,
                    ),
                    HttpError,
                >,
            > + Send,
    > {
        Box::new(std::future::ready(Err(HttpError::HttpRequestDenied)))
    }
}

/// Bounds memories and tables of one request, each kind together.
struct Limiter {
    memory_left: usize,
    elements_left: usize,
    /// Whether memory was asked for that was not there.
    refused: bool,
}

impl ResourceLimiter for Limiter {
    fn memory_growing(
        &mut self,
        current: usize,
        desired: usize,
        _: Option<usize>,
    ) -> wasmtime::Result<bool> {
        let taken = take(&mut self.memory_left, current, desired);
        self.refused |= !taken;
        Ok(taken)
    }

    fn table_growing(
        &mut self,
        current: usize,
        desired: usize,
        _: Option<usize>,
    ) -> wasmtime::Result<bool> {
        Ok(take(&mut self.elements_left, current, desired))
    }
}

/// Takes the growth from what is left, or refuses it.
fn take(left: &mut usize, current: usize, desired: usize) -> bool {
    match left.checked_sub(desired.saturating_sub(current)) {
        None => false,
        Some(rest) => {
            *left = rest;
            true
        }
    }
}
