//! The functions server: the shipped `spin.toml` over a real socket, its answers against the host's
//! own runtime, HTTP as it is in the wild, and bad guests that fail nobody but themselves.
//!
//! Needs the artefacts of `make images guests`.

mod client;
mod document;
mod guests;
mod http;
mod http2;
mod languages;
mod manifest;
mod operations;
mod process;
mod reload;
mod tls;
mod verdicts;

use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use functions::{Access, Config, Service, Tls};
use tokio::net::TcpListener;
use tokio::runtime::Runtime;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

/// A question that every routing rule understands.
const QUESTION: &str = r#"{"order_type":"complaint","channel":"phone","text":"路灯不亮","registered_at":"2026-03-02T09:15:00.000+08:00"}"#;

/// A server on a port of its own.
struct Server {
    address: SocketAddr,
    runtime: Runtime,
    stop: Option<oneshot::Sender<()>>,
    task: Option<JoinHandle<()>>,
}

impl Server {
    /// Serves the manifest within these bounds.
    fn start(manifest: &Path, config: Config) -> Self {
        Self::with(Arc::new(load(manifest, config)), None)
    }

    /// Serves what is loaded.
    fn with(service: Arc<Service>, tls: Option<Arc<Tls>>) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()
            .unwrap();
        let listener = runtime
            .block_on(TcpListener::bind((Ipv4Addr::LOCALHOST, 0)))
            .unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = oneshot::channel();
        let task = runtime.spawn(functions::serve(service, listener, tls, async {
            stopped.await.ok();
        }));
        Self {
            address,
            runtime,
            stop: Some(stop),
            task: Some(task),
        }
    }

    /// Begins the shutdown.
    fn stop(&mut self) {
        self.stop.take().unwrap().send(()).unwrap();
    }

    /// Waits for its end.
    fn ended(&mut self) {
        self.runtime.block_on(self.task.take().unwrap()).unwrap();
    }
}

/// The shipped application, loaded and served once for all tests.
fn shipped_server() -> &'static (Arc<Service>, Server) {
    static SERVER: OnceLock<(Arc<Service>, Server)> = OnceLock::new();
    SERVER.get_or_init(|| {
        let service = Arc::new(load(&spin_toml(), Config::STANDARD));
        (service.clone(), Server::with(service, None))
    })
}

pub(crate) fn shipped() -> SocketAddr {
    shipped_server().1.address
}

fn shipped_service() -> &'static Service {
    &shipped_server().0
}

fn load(manifest: &Path, config: Config) -> Service {
    Service::load(manifest, config, Access::open(), &functions::compile)
        .unwrap_or_else(|error| panic!("{:#}; run `make images guests`", anyhow::Error::new(error)))
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .unwrap()
        .to_owned()
}

fn spin_toml() -> PathBuf {
    root().join("spin.toml")
}
