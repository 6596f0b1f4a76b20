//! `kapok functions`: serves the plugins of a spin.toml as HTTP functions, without Spin.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, bail};
use clap::Args;
use functions::{Access, Config, Service, Tls, TlsFiles};
use plugins::Cache;
use tokio::net::TcpListener;
use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::{output, wiring};

/// Serve the plugins of a spin.toml as HTTP functions, without Spin.
///
/// The same file and the same components that Spin serves: each plugin image stands behind an adapter
/// that speaks HTTP. POST on a route takes the question as JSON and gives the verdict as JSON; GET
/// says what the plugin is. Every request runs in a fresh instance without network, files and
/// environment, and ends within its time and memory; a plugin that fails fails that request alone.
///
/// SIGHUP takes manifest, images, tokens and certificates anew without dropping a request; what is wrong
/// is logged, and all stays as it was. SIGINT and SIGTERM end it after the requests in work are answered.
#[derive(Debug, Args)]
#[command(after_long_help = "\
Examples:
  kapok functions
  kapok functions --from spin.toml --listen 127.0.0.1:3000
  kapok functions --listen 0.0.0.0:3000 --tokens functions.tokens --tls-cert cert.pem --tls-key key.pem
  curl -s http://127.0.0.1:3000/routing/city
  curl -s http://127.0.0.1:3000/routing/city -H 'content-type: application/json' -d '{\"order_type\":\"complaint\",\"channel\":\"phone\",
    \"text\":\"工地凌晨打桩\",\"registered_at\":\"2026-09-08T01:25:30+08:00\"}'

Answers: 200 verdict, 400 malformed question with the field, 401 no token, 405 wrong method, 413 too
large, 415 no JSON, 422 the plugin refuses, 500 the plugin fails, 503 busy, 504 the plugin takes too long.
The header kapok-image names the rule image that answered.

Addresses: /healthz alive, /readyz ready, /metrics for Prometheus, /openapi.json; they need no token

Files:
  FROM      a component's own bounds stand in the manifest, where Spin leaves room for tools:
              [component.routing-city.tool.kapok]
              time_ms = 500
              memory_mib = 64
              running = 4
  TOKENS    a name and a token on each line; the name is what the log calls the caller:
              tianhe 3f9a…            # openssl rand -hex 32

Exit codes: 0 stopped by SIGINT or SIGTERM, 1 the application cannot be served, 2 usage")]
pub(crate) struct Arguments {
    /// The Spin manifest (version 2).
    #[arg(
        long,
        env = "KAPOK_SPIN_TOML",
        value_name = "FILE",
        default_value = "spin.toml"
    )]
    from: PathBuf,
    /// Address to listen on; port 0 takes a free one. One that others reach needs --tokens or --client-ca,
    /// or --allow-anyone.
    #[arg(
        long,
        env = "KAPOK_FUNCTIONS_LISTEN",
        value_name = "ADDR",
        default_value = "127.0.0.1:3000"
    )]
    listen: SocketAddr,
    /// Where compiled functions are kept; can be removed at any time.
    #[arg(
        long,
        env = "KAPOK_CACHE",
        value_name = "DIR",
        default_value = ".kapok/cache"
    )]
    cache: PathBuf,
    #[command(flatten)]
    who: WhoOptions,
    #[command(flatten)]
    bounds: BoundOptions,
    /// Print address and routes as one JSON object when ready.
    #[arg(long)]
    json: bool,
}

/// Who may ask.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Who may ask")]
struct WhoOptions {
    /// Tokens of those who may ask.
    #[arg(long, env = "KAPOK_FUNCTIONS_TOKENS", value_name = "FILE")]
    tokens: Option<PathBuf>,
    /// One token more, which the log calls `environment`; rather set the variable than the option.
    #[arg(
        long,
        env = "KAPOK_FUNCTIONS_TOKEN",
        value_name = "TOKEN",
        hide_env_values = true
    )]
    token: Option<String>,
    /// Serve without tokens and clients' certificates where others reach the address.
    #[arg(long)]
    allow_anyone: bool,
    /// The server's certificate in PEM, and after it those between it and its authority.
    #[arg(
        long,
        env = "KAPOK_FUNCTIONS_TLS_CERT",
        value_name = "FILE",
        requires = "tls_key"
    )]
    tls_cert: Option<PathBuf>,
    /// The certificate's key in PEM.
    #[arg(
        long,
        env = "KAPOK_FUNCTIONS_TLS_KEY",
        value_name = "FILE",
        requires = "tls_cert"
    )]
    tls_key: Option<PathBuf>,
    /// The authority in PEM that clients' certificates must come from.
    #[arg(
        long,
        env = "KAPOK_FUNCTIONS_CLIENT_CA",
        value_name = "FILE",
        requires = "tls_cert"
    )]
    client_ca: Option<PathBuf>,
}

/// How much of everything there may be.
#[derive(Debug, Args)]
#[command(next_help_heading = "Bounds")]
struct BoundOptions {
    /// How long a function may take for one request. A component's own time_ms may say less.
    #[arg(long, env = "KAPOK_FUNCTIONS_TIME_MS", value_name = "MS", default_value_t = 2000,
        value_parser = clap::value_parser!(u64).range(1..=600_000))]
    time_ms: u64,
    /// Memory of one request. A component's own memory_mib may say less.
    #[arg(long, env = "KAPOK_FUNCTIONS_MEMORY_MIB", value_name = "MIB", default_value_t = 128,
        value_parser = clap::value_parser!(u32).range(1..=4096))]
    memory_mib: u32,
    /// Requests that run at the same time.
    #[arg(long, env = "KAPOK_FUNCTIONS_RUNNING", value_name = "N", default_value_t = 32,
        value_parser = clap::value_parser!(u32).range(1..=1024))]
    running: u32,
    /// Requests of one function that run at the same time. A component's own running may say otherwise.
    #[arg(long, env = "KAPOK_FUNCTIONS_RUNNING_EACH", value_name = "N", default_value_t = 8,
        value_parser = clap::value_parser!(u32).range(1..=1024))]
    running_each: u32,
    /// Requests that are read, wait or run at the same time; one more is answered with 503.
    #[arg(long, env = "KAPOK_FUNCTIONS_QUEUE", value_name = "N", default_value_t = 256,
        value_parser = clap::value_parser!(u32).range(1..=100_000))]
    queue: u32,
    /// The same of one function.
    #[arg(long, env = "KAPOK_FUNCTIONS_QUEUE_EACH", value_name = "N", default_value_t = 64,
        value_parser = clap::value_parser!(u32).range(1..=100_000))]
    queue_each: u32,
    /// A function's answer.
    #[arg(long, env = "KAPOK_FUNCTIONS_ANSWER_KIB", value_name = "KIB", default_value_t = 4096,
        value_parser = clap::value_parser!(u32).range(1..=1_048_576))]
    answer_kib: u32,
    /// How long requests in work may still take after SIGTERM.
    #[arg(long, env = "KAPOK_FUNCTIONS_DRAIN_SECONDS", value_name = "S", default_value_t = 10,
        value_parser = clap::value_parser!(u64).range(0..=3600))]
    drain_seconds: u64,
}

impl BoundOptions {
    fn config(&self) -> Config {
        let count = |n: u32| usize::try_from(n).unwrap_or(usize::MAX);
        Config {
            request_time: Duration::from_millis(self.time_ms),
            memory_bytes: count(self.memory_mib).saturating_mul(1 << 20),
            running: self.running,
            running_per_function: count(self.running_each),
            admitted: count(self.queue),
            admitted_per_function: count(self.queue_each),
            answer_bytes: count(self.answer_kib).saturating_mul(1 << 10),
            drain_time: Duration::from_secs(self.drain_seconds),
            ..Config::STANDARD
        }
    }
}

impl WhoOptions {
    /// The tokens as they stand in the file now.
    fn access(&self) -> anyhow::Result<Access> {
        let access = match &self.tokens {
            None => Access::open(),
            Some(path) => {
                let text = std::fs::read_to_string(path)
                    .with_context(|| format!("--tokens {} cannot be read", path.display()))?;
                Access::read(&text)
                    .with_context(|| format!("--tokens {} cannot be used", path.display()))?
            }
        };
        match &self.token {
            None => Ok(access),
            Some(token) => access
                .with("environment", token)
                .context("--token cannot be used"),
        }
    }

    fn tls(&self) -> anyhow::Result<Option<Arc<Tls>>> {
        let (Some(cert), Some(key)) = (self.tls_cert.clone(), self.tls_key.clone()) else {
            return Ok(None);
        };
        let tls = Tls::load(TlsFiles {
            cert,
            key,
            client_ca: self.client_ca.clone(),
        })?;
        Ok(Some(Arc::new(tls)))
    }
}

/// What a reload needs.
struct Server {
    cache: Cache,
    who: WhoOptions,
    tls: Option<Arc<Tls>>,
}

impl Server {
    /// Takes everything that can change; what is wrong leaves its part as it was, and is logged.
    fn reload(&self, service: &Service) {
        match self.who.access() {
            Ok(access) => service.set_access(access),
            Err(error) => {
                let error = format!("{error:#}");
                tracing::error!(error, "SIGHUP: the tokens stay as they were");
            }
        }
        if let Some(Err(error)) = self.tls.as_ref().map(|tls| tls.reload()) {
            let error = format!("{:#}", anyhow::Error::new(error));
            tracing::error!(error, "SIGHUP: the certificates stay as they were");
        }
        match service.reload(&|engine, bytes| Ok(self.cache.compile(engine, bytes)?)) {
            Ok(reloaded) => tracing::info!(
                changed = reloaded.changed,
                unchanged = reloaded.unchanged,
                gone = reloaded.gone,
                "SIGHUP: functions taken"
            ),
            Err(error) => {
                let error = format!("{:#}", anyhow::Error::new(error));
                tracing::error!(error, "SIGHUP: the functions stay as they were");
            }
        }
    }
}

pub(super) fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let who = &arguments.who;
    let (access, tls) = (who.access()?, who.tls()?);
    let is_open = access.is_open() && who.client_ca.is_none();
    if is_open && !arguments.listen.ip().is_loopback() && !who.allow_anyone {
        bail!(
            "--listen {}: others reach this address and could ask without a token; name those who may with \
             --tokens or --client-ca, or say --allow-anyone",
            arguments.listen
        );
    }
    let server = Arc::new(Server {
        cache: Cache::open(&arguments.cache)?,
        who: who.clone(),
        tls,
    });
    let service = Service::load(
        &arguments.from,
        arguments.bounds.config(),
        access,
        &|engine, bytes| Ok(server.cache.compile(engine, bytes)?),
    )?;
    let service = Arc::new(service);
    wiring::block_on(async {
        let stop = wiring::stop_signal()?;
        let hangup = signal(SignalKind::hangup()).context("the system delivers no signals")?;
        let reload = tokio::spawn(reload_on_hangup(hangup, service.clone(), server.clone()));
        let listener = TcpListener::bind(arguments.listen).await.with_context(|| {
            format!("cannot listen on {}; is the port taken?", arguments.listen)
        })?;
        let address = listener
            .local_addr()
            .context("the listener has no address")?;
        say(arguments, &service, server.tls.is_some(), address)?;
        if is_open && !arguments.listen.ip().is_loopback() {
            tracing::warn!("anybody who reaches {address} may ask");
        }
        functions::serve(service, listener, server.tls.clone(), stop).await;
        reload.abort();
        Ok(())
    })
}

/// Tells the address and every route.
fn say(
    arguments: &Arguments,
    service: &Service,
    is_tls: bool,
    address: SocketAddr,
) -> anyhow::Result<()> {
    let application = service.application();
    let scheme = if is_tls { "https" } else { "http" };
    let functions = application.functions();
    if arguments.json {
        let routes: Vec<String> = functions
            .iter()
            .map(|function| function.route().to_string())
            .collect();
        return output::json(&serde_json::json!({
            "address": format!("{scheme}://{address}"),
            "routes": routes,
        }));
    }
    let mut lines = vec![format!("{} on {scheme}://{address}", application.name())];
    for function in functions {
        let (route, component) = (function.route(), function.component());
        lines.push(format!("  {scheme}://{address}{route}  {component}"));
    }
    output::line(&lines.join("\n"))
}

/// Reloads at every SIGHUP.
async fn reload_on_hangup(mut hangup: Signal, service: Arc<Service>, server: Arc<Server>) {
    while hangup.recv().await.is_some() {
        let (service, server) = (service.clone(), server.clone());
        if let Err(panic) = tokio::task::spawn_blocking(move || server.reload(&service)).await {
            tracing::error!(%panic, "SIGHUP: not all was taken");
        }
    }
}
