//! `kapok functions` itself: who may ask, signals, and the log.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, ChildStderr, Command, Stdio};

use serde_json::Value;

use super::client::{begin, post, raw, replies, request};
use super::{QUESTION, root, spin_toml};

const PATH: &str = "/routing/city";
const TOKEN: &str = "0123456789abcdef";

fn kapok(arguments: &[&str]) -> Command {
    let binary = root().join("target/release/kapok");
    assert!(
        binary.is_file(),
        "{} is missing: run `make images`",
        binary.display()
    );
    let mut command = Command::new(binary);
    command
        .current_dir(root())
        .args(["--log", "json", "functions"]);
    command.args(arguments);
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("KAPOK_")) {
        command.env_remove(name);
    }
    // One cache for all tests: each would compile the same functions otherwise.
    command.env("KAPOK_CACHE", root().join("target/tmp/cli-cache"));
    command
}

/// The process, its address and its log.
struct Process {
    child: Child,
    address: SocketAddr,
    log: BufReader<ChildStderr>,
}

impl Process {
    fn start(manifest: &Path, arguments: &[&str]) -> Self {
        let from = manifest.to_str().unwrap();
        let mut all = vec!["--from", from, "--listen", "127.0.0.1:0", "--json"];
        all.extend(arguments);
        let mut child = kapok(&all)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        let output = child.stdout.take().unwrap();
        BufReader::new(output).read_line(&mut line).unwrap();
        let ready: Value = serde_json::from_str(&line).unwrap();
        let address = ready["address"].as_str().unwrap();
        Self {
            address: address.strip_prefix("http://").unwrap().parse().unwrap(),
            log: BufReader::new(child.stderr.take().unwrap()),
            child,
        }
    }

    fn signal(&self, signal: &str) {
        let id = self.child.id().to_string();
        assert!(
            Command::new("kill")
                .args([signal, &id])
                .status()
                .unwrap()
                .success()
        );
    }

    /// The next line of the log that has this message.
    fn logged(&mut self, message: &str) -> Value {
        loop {
            let mut line = String::new();
            assert_ne!(self.log.read_line(&mut line).unwrap(), 0, "the log ended");
            let line: Value = serde_json::from_str(&line).unwrap();
            if line["message"].as_str().unwrap().contains(message) {
                return line;
            }
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn signals_reload_and_end_it_and_the_log_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let (manifest, tokens) = (
        folder.path().join("spin.toml"),
        folder.path().join("tokens"),
    );
    let good = std::fs::read_to_string(spin_toml()).unwrap();
    let good = good.replace("\"target/", &format!("\"{}/target/", root().display()));
    std::fs::write(&manifest, &good).unwrap();
    std::fs::write(&tokens, format!("tianhe {TOKEN}\n")).unwrap();
    let mut process = Process::start(&manifest, &["--tokens", tokens.to_str().unwrap()]);
    let bearer = format!("authorization: Bearer {TOKEN}\r\n");
    let parent = "traceparent: 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01\r\n";
    let headers = format!("{bearer}{parent}x-request-id: one\r\n");
    let ask = |process: &Process, path: &str| {
        let bytes = request(
            "POST",
            &format!("{path}?secret=1"),
            &headers,
            QUESTION.as_bytes(),
        );
        raw(process.address, &bytes)
    };
    let reply = ask(&process, PATH);
    assert_eq!(reply.status, 200);
    let line = process.logged("answered");
    let expected = serde_json::json!({
        "request_id": "one", "trace_id": "4bf92f3577b34da6a3ce929d0e0e4736", "method": "POST",
        "route": PATH, "function": "routing-city", "status": 200, "code": "", "caller": "tianhe",
        "bytes_in": QUESTION.len(), "bytes_out": reply.body.len(),
    });
    for (key, value) in expected.as_object().unwrap() {
        assert_eq!(&line[key], value, "{key}: {line}");
    }
    let image = format!("sha256:{}", line["image"].as_str().unwrap());
    assert_eq!(reply.header(functions::IMAGE), Some(image.as_str()));
    assert!(
        line["took_us"].as_u64() >= line["ran_us"].as_u64(),
        "{line}"
    );
    // Nothing of query, token and body.
    for word in ["secret", TOKEN, "路灯"] {
        assert!(!line.to_string().contains(word), "{line}");
    }

    std::fs::write(&manifest, good.replace("/routing/city\"", "routing\"")).unwrap();
    process.signal("-HUP");
    let line = process.logged("SIGHUP");
    assert!(
        line["error"]
            .as_str()
            .unwrap()
            .contains("trigger.http[0].route"),
        "{line}"
    );
    assert_eq!(ask(&process, PATH).status, 200);
    std::fs::write(&manifest, good.replace("/routing/city\"", "/r\"")).unwrap();
    process.signal("-HUP");
    let line = process.logged("SIGHUP");
    assert_eq!(
        (&line["changed"], &line["gone"]),
        (&0.into(), &0.into()),
        "{line}"
    );
    assert_eq!(ask(&process, PATH).status, 404);
    assert_eq!(ask(&process, "/r").status, 200);

    std::fs::write(&tokens, "nansha fedcba9876543210\n").unwrap();
    process.signal("-HUP");
    process.logged("SIGHUP");
    assert_eq!(ask(&process, "/r").status, 401);
    process.signal("-TERM");
    assert_eq!(process.child.wait().unwrap().code(), Some(0));
}

#[test]
fn a_request_in_work_is_answered_after_sigterm() {
    let mut process = Process::start(&spin_toml(), &[]);
    let mut busy = begin(process.address, PATH, QUESTION);
    process.signal("-TERM");
    process.logged("SIGTERM");
    busy.write_all(QUESTION.as_bytes()).unwrap();
    assert_eq!(replies(busy).remove(0).status, 200);
    assert_eq!(process.child.wait().unwrap().code(), Some(0));
}

#[test]
fn one_that_never_comes_is_broken_off_in_time() {
    let mut process = Process::start(&spin_toml(), &["--drain-seconds", "0"]);
    let _busy = begin(process.address, PATH, QUESTION);
    process.signal("-TERM");
    assert_eq!(process.child.wait().unwrap().code(), Some(0));
}

#[test]
fn nobody_is_served_unasked() {
    let folder = tempfile::tempdir().unwrap();
    let short = folder.path().join("short");
    std::fs::write(&short, "tianhe abc\n").unwrap();
    let short = short.to_str().unwrap();
    for (arguments, code, named) in [
        (vec!["--listen", "0.0.0.0:0"], 1, "--allow-anyone"),
        (vec!["--tokens", "/nowhere"], 1, "--tokens /nowhere"),
        (vec!["--tokens", short], 1, "openssl rand"),
        (vec!["--token", "abc"], 1, "openssl rand"),
        (vec!["--tls-cert", "cert.pem"], 2, "--tls-key"),
        (vec!["--client-ca", "ca.pem"], 2, "--tls-cert"),
        (vec!["--time-ms", "0"], 2, "1..=600000"),
    ] {
        let output = kapok(&arguments).output().unwrap();
        let error = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {error}");
        assert!(error.contains(named), "{arguments:?}: {error}");
    }
    let process = Process::start(&spin_toml(), &["--token", TOKEN]);
    assert_eq!(post(process.address, PATH, QUESTION).status, 401);
}
