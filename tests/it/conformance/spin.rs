//! A real Spin, if there is one.

use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command};
use std::thread;
use std::time::{Duration, Instant};

use tempfile::TempDir;
use ureq::Agent;

/// So long it may take to start: it compiles every component.
const START: Duration = Duration::from_secs(300);

/// `spin up` on a port of its own.
pub(super) struct Server {
    child: Child,
    address: String,
    agent: Agent,
    _state: TempDir,
}

impl Server {
    pub(super) fn start(spin: &Path, manifest: &Path) -> Self {
        // Free now; whoever takes it before Spin does fails this test.
        let free = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = free.local_addr().unwrap().to_string();
        drop(free);
        let state = tempfile::tempdir().unwrap();
        let mut child = Command::new(spin)
            .args(["up", "--from"])
            .arg(manifest)
            .args(["--listen", &address, "--state-dir"])
            .arg(state.path())
            .current_dir(manifest.parent().unwrap())
            .spawn()
            .unwrap_or_else(|error| panic!("{}: {error}", spin.display()));
        let begun = Instant::now();
        while TcpStream::connect(&address).is_err() {
            if let Some(status) = child.try_wait().unwrap() {
                panic!("spin up ended with {status}");
            }
            assert!(begun.elapsed() < START, "spin up does not listen");
            thread::sleep(Duration::from_millis(50));
        }
        let agent = Agent::config_builder()
            .http_status_as_error(false)
            .timeout_global(Some(Duration::from_secs(60)))
            .build();
        Self {
            child,
            address: format!("http://{address}"),
            agent: agent.into(),
            _state: state,
        }
    }

    pub(super) fn post(&self, route: &str, json: &str) -> (u16, String) {
        let mut response = self
            .agent
            .post(format!("{}{route}", self.address))
            .header("content-type", "application/json")
            .send(json)
            .unwrap();
        let status = response.status().as_u16();
        (status, response.body_mut().read_to_string().unwrap())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
