//! The baseline with WebAssembly: the same composed component in a server on `wasmtime-wasi-http`, as
//! `wasmtime serve` runs one, with one fresh store for each request. No limits, no log, no metrics.

use std::convert::Infallible;
use std::sync::Arc;

use http_body_util::{BodyExt as _, Full};
use hyper::body::{Bytes, Incoming};
use hyper::service::service_fn;
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto::Builder;
use tokio::net::TcpListener;
use wasmtime::component::{Component, Linker, ResourceTable};
use wasmtime::{Config, Engine, InstanceAllocationStrategy, PoolingAllocationConfig, Store};
use wasmtime_wasi::{WasiCtx, WasiCtxView, WasiView};
use wasmtime_wasi_http::p3::bindings::ServicePre;
use wasmtime_wasi_http::p3::bindings::http::types;
use wasmtime_wasi_http::p3::{Request as GuestRequest, Response as GuestResponse};
use wasmtime_wasi_http::{
    Error as HttpError, RequestOptions, WasiBody, WasiHttp, WasiHttpCtx, WasiHttpCtxView,
    WasiHttpHooks, WasiHttpView,
};

use super::COMPONENT;
use crate::root;

/// Serves until it is killed.
pub(super) fn serve() -> anyhow::Result<()> {
    let bytes = functions::composed(&root().join("spin.toml"), COMPONENT)?;
    let mut config = Config::new();
    config.wasm_component_model_async(true).allocation_strategy(
        InstanceAllocationStrategy::Pooling(PoolingAllocationConfig::new()),
    );
    let engine = Engine::new(&config)?;
    let component = Component::new(&engine, bytes)?;
    let mut linker = Linker::new(&engine);
    wasmtime_wasi::p2::add_to_linker_async(&mut linker)?;
    wasmtime_wasi::p3::add_to_linker(&mut linker)?;
    types::add_to_linker::<State, WasiHttp>(&mut linker, State::http)?;
    let service = Arc::new(ServicePre::new(linker.instantiate_pre(&component)?)?);
    tokio::runtime::Runtime::new()?.block_on(async {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        println!("{}", listener.local_addr()?);
        loop {
            let (stream, _) = listener.accept().await?;
            stream.set_nodelay(true)?;
            let (engine, service) = (engine.clone(), service.clone());
            let handle = service_fn(move |request| {
                let (engine, service) = (engine.clone(), service.clone());
                async move { Ok::<_, Infallible>(answered(&engine, &service, request).await) }
            });
            tokio::spawn(async move {
                let builder = Builder::new(TokioExecutor::new());
                drop(builder.serve_connection(TokioIo::new(stream), handle).await);
            });
        }
    })
}

async fn answered(
    engine: &Engine,
    service: &ServicePre<State>,
    request: Request<Incoming>,
) -> Response<Full<Bytes>> {
    Box::pin(ask(engine, service, request))
        .await
        .unwrap_or_else(|_failed| {
            let mut response = Response::new(Full::default());
            *response.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
            response
        })
}

async fn ask(
    engine: &Engine,
    service: &ServicePre<State>,
    request: Request<Incoming>,
) -> wasmtime::Result<Response<Full<Bytes>>> {
    let state = State {
        wasi: WasiCtx::builder().build(),
        http: WasiHttpCtx::new(),
        table: ResourceTable::new(),
        hooks: Hooks,
    };
    let mut store = Store::new(engine, state);
    let service = service.instantiate_async(&mut store).await?;
    let (request, sent) = GuestRequest::from_http(&mut Hooks, request);
    store
        .run_concurrent(async |accessor| {
            let response = service.handle(accessor, request).await??;
            let response: Response<WasiBody> =
                accessor.with(|store| GuestResponse::into_http(response, store, sent))?;
            let (head, body) = response.into_parts();
            let body = body.collect().await?;
            Ok(Response::from_parts(head, Full::new(body.to_bytes())))
        })
        .await?
}

struct State {
    wasi: WasiCtx,
    http: WasiHttpCtx,
    table: ResourceTable,
    hooks: Hooks,
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
            hooks: &mut self.hooks,
            table: &mut self.table,
            ctx: &mut self.http,
        }
    }
}

struct Hooks;

/// What sending a request gives.
type Sent = Result<
    (
        Response<WasiBody>,
        Box<dyn Future<Output = Result<(), HttpError>> + Send>,
    ),
    HttpError,
>;

impl WasiHttpHooks for Hooks {
    fn send_request(
        &mut self,
        _: Request<WasiBody>,
        _: Option<RequestOptions>,
        _: Box<dyn Future<Output = Result<(), HttpError>> + Send>,
    ) -> Box<dyn Future<Output = Sent> + Send> {
        Box::new(std::future::ready(Err(HttpError::HttpRequestDenied)))
    }
}
