//! What placement costs: one decision by the embedded image, by a function on loopback, and by the same
//! function with TLS. All three by the engine's own port, breaker and gate included.

use std::fs;
use std::sync::Arc;

use anyhow::Context as _;
use contract::about::Kind;
use engine::ports::{Advisor as _, Clock, DecisionContext, SystemClock};
use functions::{Access, Config, Service, Tls, TlsFiles};
use lifecycle::advice::Outcome;
use plugins::{Function, Functions, Image, Limits, Placement, Runtime, Table};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use tempfile::TempDir;
use tokio::net::TcpListener;

use crate::decision::question;
use crate::{fastest, report, root};

/// Decisions in one batch.
const BATCH: u32 = 100;
const CITY: &str = "440100";
const HOST: &str = "localhost";

pub(crate) fn run() -> anyhow::Result<()> {
    let files = certificates()?;
    let tokio = tokio::runtime::Runtime::new()?;
    let access = Access::open();
    let manifest = root().join("spin.toml");
    let service = Service::load(&manifest, Config::STANDARD, access, &functions::compile)
        .context("run `make images` first")?;
    let service = Arc::new(service);
    let tls = Tls::load(TlsFiles {
        cert: files.path().join("server.pem"),
        key: files.path().join("server-key.pem"),
        client_ca: None,
    })?;
    let mut origins = Vec::new();
    for (scheme, tls) in [("http", None), ("https", Some(Arc::new(tls)))] {
        let listener = tokio.block_on(TcpListener::bind((HOST, 0)))?;
        let port = listener.local_addr()?.port();
        let never = std::future::pending();
        tokio.spawn(functions::serve(service.clone(), listener, tls, never));
        origins.push(format!("{scheme}://{HOST}:{port}"));
    }
    let [plain, secure] = origins.as_slice() else {
        anyhow::bail!("two servers")
    };
    let file = files.path().join("functions.toml");
    fs::write(
        &file,
        format!("[functions.\"{secure}\"]\nca = \"ca.pem\"\n"),
    )?;
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let runtime =
        Runtime::new(&Limits::shipped(), None)?.with_functions(Functions::read(&file, &clock)?);
    let embedded = decision(&runtime, None)?;
    let rows = [
        ("decision, function on loopback", plain, "—"),
        ("decision, function with TLS", secure, "—"),
    ];
    report("decision, embedded", embedded, embedded, "µs", "—");
    for (what, origin, aim) in rows {
        let time = decision(&runtime, Some(&format!("{origin}/routing/city")))?;
        report(what, time, embedded, "µs", aim);
    }
    Ok(())
}

/// Microseconds of a decision by the city's routing rule.
fn decision(runtime: &Runtime, url: Option<&str>) -> anyhow::Result<f64> {
    let (image, _) = Image::load(&root().join("target/images/routing-city.wasm"))?;
    let rule = runtime.load(&image)?;
    let function = match url {
        Some(url) => Some(Arc::new(Function::new(url.parse()?, &image.image))),
        None => None,
    };
    let mut table = Table::default();
    let placement = Placement {
        activation: 1,
        rule: Some(rule),
        function,
        ..Placement::default()
    };
    table.place(Kind::Routing, CITY, placement)?;
    runtime.follow(&table);
    let question = question();
    let context = DecisionContext {
        id: uuid::Uuid::from_u128(1),
        now: question.registered_at,
        key: "20260918-0000000001".to_owned(),
        scopes: vec![CITY.to_owned()],
    };
    let ask = || runtime.route(&context, &question);
    let first = ask();
    anyhow::ensure!(
        first
            .attempts
            .iter()
            .all(|it| it.outcome == Outcome::Answered),
        "it must answer: {:?}",
        first.attempts
    );
    let time = fastest(BATCH, || drop(std::hint::black_box(ask())));
    Ok(time.as_secs_f64() * 1e6)
}

/// An authority and a server's certificate.
fn certificates() -> anyhow::Result<TempDir> {
    let folder = tempfile::tempdir()?;
    let mut params = CertificateParams::new(Vec::new())?;
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let authority = CertifiedIssuer::self_signed(params, KeyPair::generate()?)?;
    let key = KeyPair::generate()?;
    let certificate = CertificateParams::new(vec![HOST.to_owned()])?.signed_by(&key, &authority)?;
    for (name, text) in [
        ("ca.pem", authority.pem()),
        ("server.pem", certificate.pem()),
        ("server-key.pem", key.serialize_pem()),
    ] {
        fs::write(folder.path().join(name), text)?;
    }
    Ok(folder)
}
