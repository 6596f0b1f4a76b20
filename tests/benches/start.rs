//! From `kapok serve` to its first 200, with and without compiled rules in the cache, and what the
//! server used at its peak after an import over HTTP.

use std::io::{BufRead as _, BufReader};
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::Context as _;

use crate::import::write_requests;
use crate::{kapok, peak_memory_mib, report, root};

/// Requests to import over HTTP.
const REQUESTS: usize = 4_000;

pub(crate) fn run() -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let data = folder.path().join("data");
    let (cold, server) = start(&data)?;
    drop(server);
    let (warm, server) = start(&data)?;
    let millis = |time: Duration| time.as_secs_f64() * 1e3;
    report(
        "start to first 200, warm against empty cache",
        millis(warm),
        millis(cold),
        "ms",
        "< 2000 ms",
    );

    let requests = folder.path().join("requests.jsonl");
    write_requests(&requests, REQUESTS)?;
    let before = peak_memory_mib(server.process.id())?;
    let tokens: serde_json::Value =
        serde_json::from_slice(&std::fs::read(data.join("tokens.json"))?)?;
    let token = token_of(&tokens, "operator").context("no operator's token in tokens.json")?;
    let status = Command::new(kapok())
        .current_dir(root())
        .args([
            "import",
            "--json",
            "--server",
            &server.url,
            "--token",
            &token,
        ])
        .arg(&requests)
        .status()?;
    anyhow::ensure!(status.success(), "the import failed: {status}");
    let after = peak_memory_mib(server.process.id())?;
    report(
        &format!("peak memory after {REQUESTS} requests over HTTP"),
        after as f64,
        before as f64,
        "MiB",
        "bounded",
    );
    Ok(())
}

/// A running server; ends with the value.
pub(crate) struct Server {
    process: Child,
    pub(crate) url: String,
}

impl Drop for Server {
    fn drop(&mut self) {
        // It is killed on purpose: nothing acknowledged may be lost by that.
        drop(self.process.kill());
        drop(self.process.wait());
    }
}

/// Starts the server on a data directory; gives how long it took until its first 200.
pub(crate) fn start(data: &Path) -> anyhow::Result<(Duration, Server)> {
    let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
    let url = format!("http://127.0.0.1:{port}");
    let begin = Instant::now();
    let mut process = Command::new(kapok())
        .current_dir(root())
        .args(["serve", "--listen", &format!("127.0.0.1:{port}"), "--data"])
        .arg(data)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()?;
    let output = process.stdout.take().context("no output")?;
    let server = Server { process, url };
    while ureq::get(format!("{}/healthz", server.url)).call().is_err() {
        anyhow::ensure!(
            begin.elapsed() < Duration::from_secs(60),
            "the server does not answer"
        );
        std::thread::sleep(Duration::from_millis(2));
    }
    let elapsed = begin.elapsed();
    // Drained, so that the server never waits for a reader.
    std::thread::spawn(move || BufReader::new(output).lines().for_each(drop));
    Ok((elapsed, server))
}

/// The token of a role, wherever in the file it stands.
pub(crate) fn token_of(value: &serde_json::Value, role: &str) -> Option<String> {
    match value {
        serde_json::Value::Object(fields) => {
            let named = fields.get("role").is_some_and(|named| named == role);
            let token = fields.get("token").and_then(serde_json::Value::as_str);
            if let (true, Some(token)) = (named, token) {
                return Some(token.to_owned());
            }
            fields.values().find_map(|value| token_of(value, role))
        }
        serde_json::Value::Array(items) => items.iter().find_map(|value| token_of(value, role)),
        serde_json::Value::Null
        | serde_json::Value::Bool(_)
        | serde_json::Value::Number(_)
        | serde_json::Value::String(_) => None,
    }
}
