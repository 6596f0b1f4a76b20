//! What an operator has: health, metrics, ids in the log, tokens, and the image behind an answer.

use std::sync::Arc;

use functions::{Access, Config, Service};
use plugins::{Image, RuleList};

use super::client::{Reply, post, raw, request, send};
use super::{QUESTION, Server, load, root, shipped, spin_toml};

const PATH: &str = "/routing/city";
const TOKEN: &str = "0123456789abcdef0123456789abcdef";

/// The server's own paths.
const OWN: [&str; 5] = [
    "/healthz",
    "/readyz",
    "/metrics",
    "/openapi.json",
    "/.well-known/spin/health",
];

#[test]
fn own_paths_are_read_and_nothing_else() {
    for path in OWN {
        let found = ["GET", "HEAD", "OPTIONS", "POST", "DELETE"].map(|method| {
            let reply = send(shipped(), method, path);
            let has_body = !reply.body.is_empty();
            (
                reply.status,
                has_body,
                reply.header("allow").map(str::to_owned),
            )
        });
        let allow = || Some("GET, HEAD, OPTIONS".to_owned());
        let expected = [
            (200, true, None),
            (200, false, None),
            (204, false, allow()),
            (405, true, allow()),
            (405, true, allow()),
        ];
        assert_eq!(found, expected, "{path}");
    }
    assert_eq!(
        send(shipped(), "GET", "/healthz").text(),
        r#"{"status":"ok"}"#
    );
}

/// The value of a line of the metrics that begins so.
fn metric(server: &Server, start: &str) -> u64 {
    let reply = send(server.address, "GET", "/metrics");
    assert_eq!(
        reply.header("content-type"),
        Some("text/plain; version=0.0.4")
    );
    let found = reply
        .text()
        .lines()
        .find_map(|line| line.strip_prefix(start));
    found.map_or(0, |value| value.trim().parse().unwrap())
}

#[test]
fn requests_are_counted_by_what_became_of_them() {
    let server = Server::start(&spin_toml(), Config::STANDARD);
    for _ in 0..3 {
        assert_eq!(post(server.address, PATH, QUESTION).status, 200);
    }
    post(server.address, PATH, "{}");
    post(server.address, "/nowhere", QUESTION);
    post(
        server.address,
        PATH,
        vec![b' '; Config::STANDARD.body_bytes + 1],
    );
    send(server.address, "GET", "/healthz");
    let rows = [
        (r#"function="routing-city",status="200",code="""#, 3),
        (r#"function="routing-city",status="400",code="""#, 1),
        (
            r#"function="routing-city",status="413",code="body_too_large""#,
            1,
        ),
        (r#"function="",status="404",code="not_found""#, 1),
    ];
    for (labels, count) in rows {
        let line = format!("kapok_functions_requests_total{{{labels}}}");
        assert_eq!(metric(&server, &line), count, "{line}");
    }
    let ran = r#"kapok_functions_run_duration_seconds_count{function="routing-city"}"#;
    assert_eq!(metric(&server, ran), 4);
    let read = r#"kapok_functions_body_bytes_total{function="routing-city",direction="in"}"#;
    let bytes = u64::try_from(3 * QUESTION.len() + 2).unwrap();
    assert_eq!(metric(&server, read), bytes);
    for gauge in ["admitted", "running"] {
        assert_eq!(
            metric(&server, &format!("kapok_functions_{gauge}_requests")),
            0
        );
    }
}

#[test]
fn an_answer_names_the_image_of_the_registry() {
    let rules = RuleList::read(&root().join("plugins/rules.toml")).unwrap();
    for rule in rules.rules {
        let (image, scope) = Image::load(&root().join(&rule.image)).unwrap();
        let scope = scope.replacen("440100", "city", 1);
        let path = format!("/{}/{scope}", rule.kind);
        let expected = format!("sha256:{}", image.image);
        for reply in [send(shipped(), "GET", &path), post(shipped(), &path, "{}")] {
            assert_eq!(
                reply.header(functions::IMAGE),
                Some(expected.as_str()),
                "{path}"
            );
        }
    }
    for path in ["/nowhere", "/healthz"] {
        assert_eq!(
            send(shipped(), "GET", path).header(functions::IMAGE),
            None,
            "{path}"
        );
    }
}

#[test]
fn a_request_keeps_its_id() {
    let with = |headers: &str| raw(shipped(), &request("GET", PATH, headers, b""));
    let given = with("x-request-id: abc-1\r\n");
    assert_eq!(given.header("x-request-id"), Some("abc-1"));
    let made = |reply: &Reply| reply.header("x-request-id").unwrap().to_owned();
    let (first, second) = (made(&with("x-request-id: a b\r\n")), made(&with("")));
    assert_ne!(first, "a b");
    assert_ne!(first, second);
    assert!(!made(&send(shipped(), "GET", "/nowhere")).is_empty());
}

#[test]
fn without_a_token_nobody_learns_anything() {
    let access = Access::read(&format!("tianhe {TOKEN}\n")).unwrap();
    let service =
        Service::load(&spin_toml(), Config::STANDARD, access, &functions::compile).unwrap();
    let service = Arc::new(service);
    let server = Server::with(service.clone(), None);
    let ask = |path: &str, headers: &str| {
        raw(
            server.address,
            &request("POST", path, headers, QUESTION.as_bytes()),
        )
    };
    let bearer = |token: &str| format!("authorization: Bearer {token}\r\n");
    for (path, headers, status) in [
        (PATH, bearer(TOKEN), 200),
        ("/nowhere", bearer(TOKEN), 404),
        (PATH, String::new(), 401),
        ("/nowhere", String::new(), 401),
        (PATH, bearer("0123456789abcdef0123456789abcdee"), 401),
    ] {
        let reply = ask(path, &headers);
        assert_eq!(reply.status, status, "{path} {headers}: {reply:?}");
        if status == 401 {
            assert_eq!(reply.code(), "unauthorized");
            assert_eq!(reply.header("www-authenticate"), Some("Bearer"));
            assert_eq!(reply.header(functions::IMAGE), None);
        }
    }
    for path in OWN {
        assert_eq!(send(server.address, "GET", path).status, 200, "{path}");
    }
    let other = "fedcba9876543210";
    service.set_access(Access::open().with("nansha", other).unwrap());
    assert_eq!(ask(PATH, &bearer(TOKEN)).status, 401);
    assert_eq!(ask(PATH, &bearer(other)).status, 200);
}

#[test]
fn a_manifest_cannot_want_more_than_the_server_gives() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("spin.toml");
    let text = std::fs::read_to_string(spin_toml()).unwrap();
    let text = text.replace("\"target/", &format!("\"{}/target/", root().display()));
    let with = |bounds: &str| {
        let table = format!("[component.routing-city.tool.kapok]\n{bounds}\n");
        std::fs::write(&path, format!("{text}\n{table}")).unwrap();
        let access = Access::open();
        Service::load(&path, Config::STANDARD, access, &|_: &_, _: &_| {
            Err("nothing is compiled here".into())
        })
    };
    for (bounds, named) in [
        (
            "time_ms = 2001",
            "tool.kapok.time_ms: this server allows 2000",
        ),
        (
            "memory_mib = 129",
            "tool.kapok.memory_mib: this server allows 128",
        ),
        ("running = 33", "tool.kapok.running: this server allows 32"),
    ] {
        let error = with(bounds).err().unwrap().to_string();
        assert!(error.contains(named), "{bounds}: {error}");
    }
    let text = text.replace("/routing/city\"", "/metrics\"");
    std::fs::write(&path, text).unwrap();
    let error = Service::load(&path, Config::STANDARD, Access::open(), &functions::compile);
    let error = error.err().unwrap().to_string();
    assert!(error.contains("`/metrics` is the server's own"), "{error}");
}

#[test]
fn a_component_has_bounds_of_its_own() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("spin.toml");
    let text = std::fs::read_to_string(spin_toml()).unwrap();
    let text = text.replace("\"target/", &format!("\"{}/target/", root().display()));
    // Too little memory for the image itself.
    let bounds = "[component.routing-city.tool.kapok]\nmemory_mib = 1\n";
    std::fs::write(&path, format!("{text}\n{bounds}")).unwrap();
    let server = Server::with(Arc::new(load(&path, Config::STANDARD)), None);
    let reply = post(server.address, PATH, QUESTION);
    assert_eq!(
        (reply.status, reply.code().as_str()),
        (500, "function_out_of_memory")
    );
    assert_eq!(
        post(server.address, "/routing/440106", QUESTION).status,
        200
    );
}
