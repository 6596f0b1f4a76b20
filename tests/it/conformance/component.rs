//! A composed component in a bare wasmtime, one instance for many requests: nothing of Kapok's own runs
//! but the component.

use http_body_util::{BodyExt as _, Full};
use hyper::body::Bytes;
use hyper::{Request, Response};
use wasmtime::component::{Component, Linker, ResourceTable};
use wasmtime::{Config, Engine, Store};
use wasmtime_wasi::{WasiCtx, WasiCtxView, WasiView};
use wasmtime_wasi_http::p3::bindings::ServicePre;
use wasmtime_wasi_http::p3::bindings::http::types;
use wasmtime_wasi_http::p3::{Request as GuestRequest, Response as GuestResponse};
use wasmtime_wasi_http::{
    Error as HttpError, RequestOptions, WasiBody, WasiHttp, WasiHttpCtx, WasiHttpCtxView,
    WasiHttpHooks, WasiHttpView,
};

/// A component, compiled.
pub(super) struct Composed {
    service: ServicePre<State>,
}

impl Composed {
    pub(super) fn new(bytes: &[u8]) -> wasmtime::Result<Self> {
        let mut config = Config::new();
        config
            .wasm_component_model(true)
            .wasm_component_model_async(true);
        let engine = Engine::new(&config)?;
        let component = Component::from_binary(&engine, bytes)?;
        let mut linker: Linker<State> = Linker::new(&engine);
        wasmtime_wasi::p2::add_to_linker_async(&mut linker)?;
        wasmtime_wasi::p3::add_to_linker(&mut linker)?;
        types::add_to_linker::<State, WasiHttp>(&mut linker, State::http)?;
        Ok(Self {
            service: ServicePre::new(linker.instantiate_pre(&component)?)?,
        })
    }

    /// Answers requests one after the other in one instance.
    pub(super) async fn answer(
        &self,
        requests: Vec<Request<Full<Bytes>>>,
    ) -> wasmtime::Result<Vec<(u16, String)>> {
        let mut store = Store::new(self.service.engine(), State::default());
        let service = self.service.instantiate_async(&mut store).await?;
        let mut answers = Vec::new();
        for request in requests {
            let (request, sent) = GuestRequest::from_http(&mut Denied, request);
            let answer = store
                .run_concurrent(async |accessor| {
                    let response = service.handle(accessor, request).await??;
                    let response: Response<WasiBody> =
                        accessor.with(|store| GuestResponse::into_http(response, store, sent))?;
                    let status = response.status().as_u16();
                    let body = response.into_body().collect().await;
                    let body = body.map_err(wasmtime::Error::from)?.to_bytes();
                    let body = String::from_utf8(body.to_vec())?;
                    wasmtime::error::Ok((status, body))
                })
                .await??;
            answers.push(answer);
        }
        Ok(answers)
    }
}

/// WASI with nothing in it.
struct State {
    wasi: WasiCtx,
    http: WasiHttpCtx,
    table: ResourceTable,
    hooks: Denied,
}

impl Default for State {
    fn default() -> Self {
        Self {
            wasi: WasiCtx::builder().build(),
            http: WasiHttpCtx::new(),
            table: ResourceTable::new(),
            hooks: Denied,
        }
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
            hooks: &mut self.hooks,
            table: &mut self.table,
            ctx: &mut self.http,
        }
    }
}

/// Outbound HTTP, which no rule asks for.
struct Denied;

impl WasiHttpHooks for Denied {
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
