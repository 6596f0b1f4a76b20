//! Bad guests behind the real adapter: each fails the request that caused it, and no other.

use std::fmt::Write as _;
use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};
use std::thread;
use std::time::Duration;

use contract::routing::Verdict;
use functions::{Access, Config, Error, Service};
use plugins::{Baker, Limits};
use tempfile::TempDir;

use super::client::{Reply, post};
use super::{QUESTION, Server, root};

/// The guests that are served; `/NAME` is each one's route.
const GUESTS: [&str; 9] = [
    "clock_reader",
    "endless",
    "memory_eater",
    "network_opener",
    "no_opinion",
    "recursion",
    "state_keeper",
    "too_large",
    "trap",
];

/// Few slots, so that a guest which kept one would be noticed, and more time than any guest needs that
/// does end.
const CONFIG: Config = Config {
    request_time: Duration::from_secs(5),
    running: 4,
    running_per_function: 2,
    ..Config::STANDARD
};

/// Held by a test that asks guests which loop, so that they get the slots that it counts on.
fn loops() -> MutexGuard<'static, ()> {
    static LOOPS: Mutex<()> = Mutex::new(());
    LOOPS.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A server of all guests, with the folder of its images.
fn server() -> SocketAddr {
    static SERVER: OnceLock<(TempDir, Server)> = OnceLock::new();
    let (_, server) = SERVER.get_or_init(|| {
        let folder = tempfile::tempdir().unwrap();
        let baker = Baker::new(&Limits::shipped()).unwrap();
        let mut manifest = head();
        for guest in GUESTS {
            let path = artefact(&format!("examples/{guest}.wasm"));
            let image = baker.bake(&fs::read(path).unwrap(), "{}").unwrap();
            let path = folder.path().join(format!("{guest}.wasm"));
            fs::write(&path, image.bytes).unwrap();
            add(&mut manifest, guest, &path);
        }
        let path = folder.path().join("spin.toml");
        fs::write(&path, manifest).unwrap();
        let server = Server::start(&path, CONFIG);
        (folder, server)
    });
    server.address
}

fn artefact(name: &str) -> PathBuf {
    let path = root().join("target/wasm32-wasip2/plugin").join(name);
    assert!(
        path.is_file(),
        "{} is not there; run `make images guests`",
        path.display()
    );
    path
}

fn head() -> String {
    "spin_manifest_version = 2\n[application]\nname = \"guests\"\n".to_owned()
}

fn add(manifest: &mut String, guest: &str, image: &Path) {
    let adapter = artefact("http_routing.wasm");
    write!(
        manifest,
        "[[trigger.http]]\nroute = \"/{guest}\"\ncomponent = \"{guest}\"\n\
         [component.{guest}]\nsource = {adapter:?}\n[component.{guest}.dependencies]\n\
         \"kapok:plugin/routing@0.1.0\" = {{ path = {image:?} }}\n\
         about = {{ path = {image:?}, export = \"kapok:plugin/about@0.1.0\" }}\n",
    )
    .unwrap();
}

fn ask(guest: &str, subject: &str) -> Reply {
    let question = QUESTION.replace(r#""text""#, &format!(r#""subject":"{subject}","text""#));
    post(server(), &format!("/{guest}"), question)
}

/// The reason of the one candidate that a guest gives.
fn reason(reply: &Reply) -> String {
    assert_eq!(reply.status, 200, "{reply:?}");
    let verdict: Verdict = serde_json::from_slice(&reply.body).unwrap();
    let Verdict::Ranked(candidates) = verdict else {
        panic!("no opinion")
    };
    candidates[0].reason.clone()
}

/// Guest, subject, and how asking it alone ends.
const FAILURES: [(&str, &str, u16, &str); 6] = [
    ("trap", "", 500, "function_failed"),
    ("recursion", "", 500, "function_failed"),
    ("memory_eater", "", 500, "function_out_of_memory"),
    ("too_large", "", 500, "function_out_of_memory"),
    ("too_large", "reason", 500, "function_out_of_memory"),
    ("endless", "", 504, "function_timeout"),
];

#[test]
fn a_failure_is_told_by_its_kind() {
    let _alone = loops();
    for (guest, subject, status, code) in FAILURES {
        let reply = ask(guest, subject);
        assert_eq!(
            (reply.status, reply.code().as_str()),
            (status, code),
            "{guest} {subject}"
        );
        assert_eq!(ask("no_opinion", "").text(), r#"{"verdict":"no_opinion"}"#);
    }
}

#[test]
fn a_failure_is_the_requests_own() {
    let _alone = loops();
    // More at the same time than there are slots and processors; then each may also end for want
    // of time.
    thread::scope(|scope| {
        for (guest, subject, status, _) in FAILURES.iter().chain(&FAILURES) {
            scope.spawn(move || {
                let found = ask(guest, subject).status;
                assert!(
                    found == *status || found >= 503,
                    "{guest} {subject}: {found}"
                );
            });
        }
        for _ in 0..20 {
            let reply = ask("no_opinion", "");
            assert!(matches!(reply.status, 200 | 503 | 504), "{reply:?}");
        }
    });
    for _ in 0..20 {
        assert_eq!(ask("no_opinion", "").text(), r#"{"verdict":"no_opinion"}"#);
    }
}

#[test]
fn functions_that_loop_leave_slots_to_the_others() {
    let _alone = loops();
    // More of them than slots: they get two of the four, and the rest of them wait.
    thread::scope(|scope| {
        for _ in 0..6 {
            scope.spawn(|| {
                let found = ask("endless", "");
                let code = found.code();
                let expected = ["function_timeout", "overloaded"];
                assert!(expected.contains(&code.as_str()), "{found:?}");
            });
        }
        for _ in 0..20 {
            assert_eq!(ask("no_opinion", "").text(), r#"{"verdict":"no_opinion"}"#);
        }
    });
}

#[test]
fn clocks_stand_and_chance_repeats() {
    let first = reason(&ask("clock_reader", ""));
    for _ in 0..3 {
        assert_eq!(reason(&ask("clock_reader", "")), first);
    }
}

#[test]
fn nothing_of_a_request_is_there_in_the_next() {
    for _ in 0..10 {
        assert_eq!(reason(&ask("state_keeper", "")), "1 1");
    }
}

#[test]
fn no_guest_reaches_the_network() {
    let reason = reason(&ask("network_opener", &server().to_string()));
    for way in ["connect", "listen", "udp", "lookup"] {
        assert!(!reason.contains(&format!("{way}=ok")), "{reason}");
    }
}

#[test]
fn what_does_not_fit_together_is_refused_by_name() {
    let folder = tempfile::tempdir().unwrap();
    let rows = [
        // A routing adapter has no use for an escalation rule.
        (
            "\"kapok:plugin/routing@0.1.0\" = { path = \"ESCALATION\" }",
            "does not export",
        ),
        (
            "\"kapok:plugin/escalation@0.1.0\" = { path = \"ESCALATION\" }",
            "matches no import",
        ),
        (
            "\"kapok:plugin@0.1.0\" = { path = \"ROUTING\" }",
            "kapok:plugin/types@0.1.0",
        ),
        // Without its dependencies the adapter's imports stay open.
        ("", "kapok:plugin/routing@0.1.0"),
        (
            "\"kapok:plugin/routing@0.1.0\" = { path = \"nowhere.wasm\" }",
            "make images",
        ),
    ];
    for (dependency, named) in rows {
        let dependency = dependency
            .replace("ESCALATION", artefact("escalation.wasm").to_str().unwrap())
            .replace("ROUTING", artefact("routing.wasm").to_str().unwrap());
        let adapter = artefact("http_routing.wasm");
        let manifest = format!(
            "{}[[trigger.http]]\nroute = \"/x\"\ncomponent = \"x\"\n[component.x]\n\
             source = {adapter:?}\n[component.x.dependencies]\n{dependency}\n",
            head()
        );
        let path = folder.path().join("spin.toml");
        fs::write(&path, manifest).unwrap();
        let loaded = Service::load(&path, CONFIG, Access::open(), &functions::compile);
        let error = match loaded {
            Ok(_) => panic!("{dependency} was taken"),
            Err(error) => error,
        };
        assert!(!matches!(error, Error::Manifest { .. }), "{error}");
        let message = format!("{:#}", anyhow::Error::new(error));
        assert!(message.contains(named), "{dependency}: {message}");
    }
}
