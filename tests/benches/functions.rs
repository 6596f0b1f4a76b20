//! The city's routing function over HTTP: `kapok functions` against a bare hyper server that answers the
//! same bytes natively, and against a plain wasmtime server; what an idle function and 1,000 requests in
//! work cost in memory. With `SPIN` naming a Spin binary, also against that.
//!
//! Each server is a process of its own and each client a thread of this one, so that all are measured
//! alike. All share the machine's processors with the clients.

mod client;
mod native;
mod plain;

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::Context as _;

use self::client::{Figures, request};
use crate::decision::question;
use crate::{kapok, report, root};

/// The function that is asked.
const PATH: &str = "/routing/city";
const COMPONENT: &str = "routing-city";
/// Connections at the same time.
const LEVELS: [usize; 3] = [1, 8, 32];
/// How long each server is asked at each level.
const WATCH: Duration = Duration::from_secs(5);
/// Requests that are held in work, as many as a process may have sockets for.
const HELD: usize = 900;

/// The servers that this binary itself can be, by the word that makes it one.
const SERVERS: [crate::Part; 2] = [
    ("serve-native", native::serve),
    ("serve-plain", plain::serve),
];

/// Serves, if the word names a server.
pub(crate) fn serve(word: &str) -> Option<anyhow::Result<()>> {
    let (_, serve) = SERVERS.iter().find(|(name, _)| *name == word)?;
    Some(serve())
}

pub(crate) fn run() -> anyhow::Result<()> {
    let body = serde_json::to_string(&question())?;
    let ours = Server::kapok(&root().join("spin.toml"), &[])?;
    let answer = client::once(ours.address, PATH, &body)?;
    std::fs::write(native::answer_file(), &answer)?;
    let native = Server::own("serve-native")?;
    let plain = Server::own("serve-plain")?;
    let spin = std::env::var_os("SPIN").map(Server::spin).transpose()?;
    for server in [&native, &plain].into_iter().chain(&spin) {
        let other = client::once(server.address, PATH, &body)?;
        anyhow::ensure!(other == answer, "{} answers something else", server.name);
    }
    let request = request(PATH, &body);
    for level in LEVELS {
        let measured = client::measure(ours.address, &request, level, WATCH)?;
        for other in [&plain, &native].into_iter().chain(&spin) {
            let baseline = client::measure(other.address, &request, level, WATCH)?;
            compare(level, &measured, other.name, &baseline);
        }
    }
    drop((native, plain, spin, ours));
    idle()?;
    held(&body)
}

fn compare(level: usize, ours: &Figures, name: &str, other: &Figures) {
    let (more, less) = match name {
        "native" => ("-", "-"),
        _ => ("≥ 1", "≤ 1"),
    };
    let what = |figure: &str| format!("functions, {level} connections, {figure} to {name}");
    report(&what("answers"), ours.rate, other.rate, "1/s", more);
    report(&what("p50"), ours.p50, other.p50, "µs", less);
    report(&what("p99"), ours.p99, other.p99, "µs", less);
}

/// Memory of a function that nobody asks: the shipped ones against one alone.
fn idle() -> anyhow::Result<()> {
    let manifest = root().join("spin.toml");
    let all = functions::Manifest::read(&manifest)?.triggers.len();
    let (_folder, alone) = one_function()?;
    let resident = |manifest: &Path| -> anyhow::Result<f64> {
        let server = Server::kapok(manifest, &[])?;
        resident_kib(server.process.id())
    };
    // What is compiled the first time leaves more behind than what comes from the cache.
    resident(&alone)?;
    let (one, many) = (resident(&alone)?, resident(&manifest)?);
    let each = (many - one) / (all - 1) as f64;
    report("memory of an idle function", each, one, "KiB", "≤ 0.2");
    Ok(())
}

/// Memory of 1,000 requests in work: their heads are read, and their bodies are on the way.
fn held(body: &str) -> anyhow::Result<()> {
    let (_folder, manifest) = one_function()?;
    let server = Server::kapok(&manifest, &["--queue", "2000", "--queue-each", "2000"])?;
    client::once(server.address, PATH, body)?;
    let before = resident_kib(server.process.id())?;
    let bytes = request(PATH, body);
    let (most, last) = bytes.split_at(bytes.len() - 1);
    let mut streams = Vec::new();
    for _ in 0..HELD {
        let mut stream = TcpStream::connect(server.address)?;
        stream.write_all(most)?;
        streams.push(stream);
    }
    std::thread::sleep(Duration::from_secs(1));
    let during = resident_kib(server.process.id())?;
    let each_thousand = (during - before) * 1000.0 / HELD as f64;
    report(
        "memory of 1,000 requests in work",
        each_thousand,
        before,
        "KiB",
        "≤ 1",
    );
    for stream in &mut streams {
        stream.write_all(last)?;
    }
    for mut stream in streams {
        anyhow::ensure!(client::read(&mut stream)?.0 == 200, "a held request failed");
    }
    let after = resident_kib(server.process.id())?;
    report(
        "memory after they were answered",
        after,
        before,
        "KiB",
        "bounded",
    );
    Ok(())
}

/// A manifest of the city's routing alone.
fn one_function() -> anyhow::Result<(tempfile::TempDir, PathBuf)> {
    let folder = tempfile::tempdir()?;
    let manifest = functions::Manifest::read(&root().join("spin.toml"))?;
    let component = manifest
        .components
        .get(COMPONENT)
        .context("no such component")?;
    let image = component.image().context("no image")?;
    let text = format!(
        "spin_manifest_version = 2\n[application]\nname = \"one\"\n\
         [[trigger.http]]\nroute = \"{PATH}\"\ncomponent = \"one\"\n\
         [component.one]\nsource = {:?}\n[component.one.dependencies]\n\
         \"kapok:plugin/routing@0.1.0\" = {{ path = {image:?} }}\n\
         about = {{ path = {image:?}, export = \"kapok:plugin/about@0.1.0\" }}\n",
        component.source
    );
    let path = folder.path().join("spin.toml");
    std::fs::write(&path, text)?;
    Ok((folder, path))
}

/// A server in a process of its own, which ends with the value.
struct Server {
    name: &'static str,
    process: Child,
    address: SocketAddr,
}

impl Server {
    /// `kapok functions` as it is started by hand, with its log thrown away.
    fn kapok(manifest: &Path, more: &[&str]) -> anyhow::Result<Self> {
        let mut command = Command::new(kapok());
        command
            .args(["functions", "--listen", "127.0.0.1:0", "--json", "--from"])
            .arg(manifest)
            .args(more);
        Self::that_says("kapok functions", &mut command, |line| {
            let ready: serde_json::Value = serde_json::from_str(line)?;
            let url = ready.get("address").and_then(serde_json::Value::as_str);
            let address = url.and_then(|url| url.strip_prefix("http://"));
            Ok(address.context("no address")?.parse()?)
        })
    }

    /// One of this binary's own servers.
    fn own(word: &'static str) -> anyhow::Result<Self> {
        let name = word.strip_prefix("serve-").unwrap_or(word);
        let mut command = Command::new(std::env::current_exe()?);
        command.arg(word);
        Self::that_says(name, &mut command, |line| Ok(line.trim().parse()?))
    }

    /// A server that prints one line when it is ready.
    fn that_says(
        name: &'static str,
        command: &mut Command,
        address: impl FnOnce(&str) -> anyhow::Result<SocketAddr>,
    ) -> anyhow::Result<Self> {
        let mut process = command
            .current_dir(root())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()?;
        let output = process.stdout.take().context("no output")?;
        // Whatever goes wrong now, the process ends.
        let mut server = Self {
            name,
            process,
            address: SocketAddr::from(([127, 0, 0, 1], 0)),
        };
        let mut line = String::new();
        BufReader::new(output).read_line(&mut line)?;
        server.address = address(&line).with_context(|| format!("{name} does not start"))?;
        Ok(server)
    }

    /// A Spin binary.
    fn spin(binary: std::ffi::OsString) -> anyhow::Result<Self> {
        let address = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
        let process = Command::new(binary)
            .current_dir(root())
            .args([
                "up",
                "--from",
                "spin.toml",
                "--listen",
                &address.to_string(),
            ])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()?;
        let server = Self {
            name: "spin",
            process,
            address,
        };
        let end = Instant::now() + Duration::from_secs(60);
        while TcpStream::connect(address).is_err() {
            anyhow::ensure!(Instant::now() < end, "spin does not start");
            std::thread::sleep(Duration::from_millis(50));
        }
        Ok(server)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.process.kill());
        drop(self.process.wait());
    }
}

/// What a process has in memory now, in KiB.
fn resident_kib(pid: u32) -> anyhow::Result<f64> {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status"))?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kib = line.and_then(|rest| rest.trim().strip_suffix(" kB"));
    Ok(kib.context("no VmRSS line")?.trim().parse()?)
}
