//! HTTP as it is in the wild: each has a defined answer, nothing hangs, nothing grows.

use std::io::{Read as _, Write as _};
use std::time::Duration;

use functions::{Access, Config, Service};
use http_body_util::{BodyExt as _, Full};

use super::client::{begin, connect, finish, post, raw, replies, request, send, until};
use super::{QUESTION, Server, shipped, shipped_service, spin_toml};

const PATH: &str = "/routing/city";

/// What is no question: why, the body, the problem's code and its field.
type Refused = (&'static str, Vec<u8>, &'static str, &'static str);

/// The question with one part of it in another form.
fn with(old: &str, new: &str) -> Vec<u8> {
    assert!(QUESTION.contains(old), "{old}");
    QUESTION.replace(old, new).into_bytes()
}

/// What is no JSON; `-` is no field.
fn no_json() -> Vec<Refused> {
    let text = "路灯不亮";
    vec![
        ("nothing", b"".into(), "invalid_json", "."),
        ("a word", b"hello".into(), "invalid_json", "."),
        ("a mark", b"\xef\xbb\xbf{}".into(), "invalid_json", "."),
        ("a zero byte", with(text, "\0"), "invalid_json", "text"),
        (
            "half a character",
            with(text, r"\ud83d"),
            "invalid_json",
            "text",
        ),
        (
            "a number too large",
            with("\"路灯不亮\"", "1e999"),
            "invalid_json",
            "text",
        ),
        (
            "something after it",
            format!("{QUESTION}x").into(),
            "invalid_json",
            "-",
        ),
        (
            "Latin-1",
            b"{\"text\":\"caf\xe9\"}".into(),
            "invalid_utf8",
            "-",
        ),
    ]
}

/// What is JSON, and not the question.
fn no_question() -> Vec<Refused> {
    let deep = "[".repeat(500_000);
    let (text, code) = (r#""text""#, "invalid_question");
    let twice = with(text, r#""text":"a","text""#);
    let unknown = with(text, &format!(r#""x":{deep},"text""#));
    vec![
        ("an empty object", b"{}".into(), code, "order_type"),
        ("a list of it", format!("[{QUESTION}]").into(), code, "."),
        ("a key twice", twice, code, "text"),
        ("deep nesting", with("\"路灯不亮\"", &deep), code, "text"),
        ("deep nesting under an unknown key", unknown, code, "x"),
        ("no channel", with("phone", "fax"), code, "channel"),
        (
            "no month",
            with("2026-03-", "2026-13-"),
            code,
            "registered_at",
        ),
    ]
}

#[test]
fn what_is_no_question_is_refused() {
    for (name, body, code, field) in no_json().into_iter().chain(no_question()) {
        let reply = post(shipped(), PATH, body);
        assert_eq!(
            (reply.status, reply.code().as_str()),
            (400, code),
            "{name}: {reply:?}"
        );
        let found = reply.json();
        let found = found.get("field").map_or("-", |it| it.as_str().unwrap());
        assert_eq!(found, field, "{name}");
    }
}

#[test]
fn heads_that_fit_no_question_are_refused() {
    for method in ["PUT", "DELETE", "PATCH", "BREW"] {
        let reply = send(shipped(), method, PATH);
        assert_eq!(
            (reply.status, reply.code().as_str()),
            (405, "method_not_allowed"),
            "{method}"
        );
        assert_eq!(
            reply.header("allow"),
            Some("GET, HEAD, OPTIONS, POST"),
            "{method}"
        );
    }
    let options = send(shipped(), "OPTIONS", PATH);
    assert_eq!((options.status, options.body.len()), (204, 0));
    assert_eq!(options.header("allow"), Some("GET, HEAD, OPTIONS, POST"));

    let types = [
        ("", 200),
        ("content-type: application/json; charset=utf-8\r\n", 200),
        ("content-type: text/plain\r\n", 415),
        ("content-type: application/json; charset=gbk\r\n", 415),
        ("content-type: application/x-www-form-urlencoded\r\n", 415),
    ];
    for (headers, status) in types {
        let reply = raw(
            shipped(),
            &request("POST", PATH, headers, QUESTION.as_bytes()),
        );
        assert_eq!(reply.status, status, "{headers}: {reply:?}");
        if status == 415 {
            assert_eq!(reply.code(), "unsupported_media_type");
        }
    }
    for path in [
        "/",
        "/routing",
        "/routing/city/x",
        "/routing/440100",
        "/Routing/city",
        "/%00",
    ] {
        for method in ["GET", "POST"] {
            let reply = send(shipped(), method, path);
            assert_eq!(
                (reply.status, reply.code().as_str()),
                (404, "not_found"),
                "{method} {path}"
            );
        }
    }
    assert_eq!(send(shipped(), "GET", "/routing/city?x=1").status, 200);
    assert_eq!(
        send(shipped(), "GET", "/.well-known/spin/health").text(),
        "OK"
    );
}

#[test]
fn bodies_end_at_a_megabyte() {
    let mut fits = QUESTION.replace("路灯不亮", "");
    let space = " ".repeat(Config::STANDARD.body_bytes - fits.len());
    fits.push_str(&space);
    assert_eq!(post(shipped(), PATH, &fits).status, 200);
    fits.push(' ');
    let reply = post(shipped(), PATH, &fits);
    assert_eq!(
        (reply.status, reply.code().as_str()),
        (413, "body_too_large")
    );

    let huge = vec![b' '; 50 * 1024 * 1024];
    let reply = post(shipped(), PATH, &huge);
    assert_eq!(
        (reply.status, reply.code().as_str()),
        (413, "body_too_large")
    );

    // In chunks nothing announces the size.
    let mut stream = connect(shipped());
    let head = "POST /routing/city HTTP/1.1\r\nhost: test\r\nconnection: close\r\ntransfer-encoding: chunked\r\n\r\n";
    stream.write_all(head.as_bytes()).unwrap();
    for chunk in huge.chunks(1024 * 1024) {
        stream
            .write_all(format!("{:x}\r\n", chunk.len()).as_bytes())
            .unwrap();
        stream.write_all(chunk).unwrap();
        stream.write_all(b"\r\n").unwrap();
    }
    stream.write_all(b"0\r\n\r\n").unwrap();
    let reply = replies(stream).remove(0);
    assert_eq!(
        (reply.status, reply.code().as_str()),
        (413, "body_too_large")
    );

    // What is too large is refused before it has come, whether its length was announced or not.
    for head in [
        "content-length: 52428800\r\n\r\n ".to_owned(),
        format!(
            "transfer-encoding: chunked\r\n\r\n100001\r\n{}",
            " ".repeat(0x10_0001)
        ),
    ] {
        let mut stream = connect(shipped());
        let start = "POST /routing/city HTTP/1.1\r\nhost: test\r\n";
        stream
            .write_all(format!("{start}{head}").as_bytes())
            .unwrap();
        let mut begin = [0; 12];
        stream.read_exact(&mut begin).unwrap();
        assert_eq!(&begin, b"HTTP/1.1 413");
    }

    // Who asks first is answered without sending it.
    let mut stream = connect(shipped());
    let head = "POST /routing/city HTTP/1.1\r\nhost: test\r\nconnection: close\r\nexpect: 100-continue\r\ncontent-length: 52428800\r\n\r\n";
    stream.write_all(head.as_bytes()).unwrap();
    assert_eq!(replies(stream).remove(0).status, 413);
}

#[test]
fn chunks_and_single_bytes_make_a_question() {
    let whole = post(shipped(), PATH, QUESTION);
    assert_eq!(whole.status, 200, "{whole:?}");
    let mut stream = connect(shipped());
    let mut bytes = request("POST", PATH, "", b"");
    let chunked = String::from_utf8(bytes.clone()).unwrap();
    bytes = chunked
        .replace("content-length: 0", "transfer-encoding: chunked")
        .into_bytes();
    for byte in QUESTION.as_bytes() {
        bytes.extend_from_slice(b"1\r\n");
        bytes.push(*byte);
        bytes.extend_from_slice(b"\r\n");
    }
    bytes.extend_from_slice(b"0\r\n\r\n");
    for byte in bytes {
        stream.write_all(&[byte]).unwrap();
    }
    assert_eq!(replies(stream).remove(0).body, whole.body);
}

#[test]
fn pipelined_requests_are_answered_in_order() {
    let mut stream = connect(shipped());
    let keep = |bytes: Vec<u8>| {
        String::from_utf8(bytes)
            .unwrap()
            .replace("connection: close\r\n", "")
            .into_bytes()
    };
    let mut bytes = keep(request("POST", PATH, "", QUESTION.as_bytes()));
    bytes.extend(keep(request("GET", PATH, "", b"")));
    bytes.extend(keep(request("HEAD", "/nowhere", "", b"")));
    bytes.extend(keep(request("POST", PATH, "", b"{}")));
    bytes.extend(request("PUT", PATH, "", b""));
    stream.write_all(&bytes).unwrap();
    // The answer to HEAD announces a body that does not come, so that this reads by hand.
    let mut text = String::new();
    stream.read_to_string(&mut text).unwrap();
    let found: Vec<&str> = text
        .match_indices("HTTP/1.1 ")
        .map(|(at, _)| &text[at + 9..at + 12])
        .collect();
    assert_eq!(found, ["200", "200", "404", "400", "405"], "{text}");
}

#[test]
fn clients_that_leave_do_no_harm() {
    for end in [0, 10, 60, 150] {
        let mut stream = connect(shipped());
        let bytes = request("POST", PATH, "", QUESTION.as_bytes());
        stream.write_all(&bytes[..end]).unwrap();
        drop(stream);
    }
    // Leaves after the question and before the answer.
    for _ in 0..20 {
        connect(shipped())
            .write_all(&request("POST", PATH, "", QUESTION.as_bytes()))
            .unwrap();
    }
    // Half a body, then no more.
    let mut stream = connect(shipped());
    let bytes = request("POST", PATH, "", QUESTION.as_bytes());
    stream.write_all(&bytes[..bytes.len() - 5]).unwrap();
    finish(&stream);
    let mut rest = Vec::new();
    stream.read_to_end(&mut rest).unwrap();
    assert_eq!(post(shipped(), PATH, QUESTION).status, 200);
}

#[test]
fn clients_that_wait_are_ended() {
    let config = Config {
        body_time: Duration::from_millis(50),
        idle_time: Duration::from_millis(200),
        ..Config::STANDARD
    };
    let server = Server::start(&spin_toml(), config);
    let half_body = request("POST", PATH, "", QUESTION.as_bytes());
    let rows: [(&str, &[u8], Option<u16>); 4] = [
        ("nothing", b"", None),
        ("half a method", b"PO", None),
        (
            "half a head",
            b"POST /routing/city HTTP/1.1\r\nhost: t",
            None,
        ),
        ("half a body", &half_body[..half_body.len() - 5], Some(408)),
    ];
    for (name, bytes, status) in rows {
        let mut stream = connect(server.address);
        stream.write_all(bytes).unwrap();
        let mut text = Vec::new();
        stream.read_to_end(&mut text).unwrap();
        let text = String::from_utf8(text).unwrap();
        let found = text.get(9..12).map(|status| status.parse().unwrap());
        assert_eq!(found, status, "{name}: {text}");
    }
}

#[test]
fn one_request_too_many_is_told_to_come_back() {
    let server = Server::start(
        &spin_toml(),
        Config {
            admitted: 1,
            ..Config::STANDARD
        },
    );
    let mut first = begin(server.address, PATH, QUESTION);
    let reply = post(server.address, PATH, QUESTION);
    assert_eq!((reply.status, reply.code().as_str()), (503, "overloaded"));
    assert_eq!(reply.header("retry-after"), Some("1"));
    first.write_all(QUESTION.as_bytes()).unwrap();
    assert_eq!(replies(first).remove(0).status, 200);
    assert_eq!(post(server.address, PATH, QUESTION).status, 200);
}

#[test]
fn answers_have_a_limit() {
    let server = Server::start(
        &spin_toml(),
        Config {
            answer_bytes: 1000,
            ..Config::STANDARD
        },
    );
    assert_eq!(post(server.address, PATH, QUESTION).status, 200);
    // The description has the whole settings schema.
    let reply = send(server.address, "GET", PATH);
    assert_eq!(
        (reply.status, reply.code().as_str()),
        (500, "answer_too_large")
    );
}

#[test]
fn heads_have_a_limit() {
    let many: String = (0..100).map(|n| format!("x-{n}: 1\r\n")).collect();
    assert_eq!(
        raw(shipped(), &request("GET", PATH, &many, b"")).status,
        431
    );
    assert_eq!(raw(shipped(), b"BLAH\r\n\r\n").status, 400);
}

#[test]
fn a_shutdown_answers_what_is_in_work() {
    let mut server = Server::start(&spin_toml(), Config::STANDARD);
    let mut idle = connect(server.address);
    idle.write_all(b"GET /.well-known/spin/health HTTP/1.1\r\nhost: test\r\n\r\n")
        .unwrap();
    until(&mut idle, "\r\n\r\nOK");
    let mut busy = begin(server.address, PATH, QUESTION);
    server.stop();
    assert!(replies(idle).is_empty());
    busy.write_all(QUESTION.as_bytes()).unwrap();
    assert_eq!(replies(busy).remove(0).status, 200);
    server.ended();
}

#[test]
fn compiled_code_may_come_from_the_hosts_cache() {
    let folder = tempfile::tempdir().unwrap();
    // One for each function, and the key.
    let entries = shipped_service().application().functions().len() + 1;
    for _ in 0..2 {
        let cache = plugins::Cache::open(folder.path()).unwrap();
        let compile = |engine: &_, bytes: &[u8]| Ok(cache.compile(engine, bytes)?);
        let access = Access::open();
        let service = Service::load(&spin_toml(), Config::STANDARD, access, &compile).unwrap();
        assert_eq!(answer(&service), post(shipped(), PATH, QUESTION).body);
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), entries);
    }
}

/// What the service answers to the question, without a socket.
fn answer(service: &Service) -> Vec<u8> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let request = hyper::Request::post(PATH)
            .body(Full::from(QUESTION))
            .unwrap();
        let response = service.handle(request).await;
        assert_eq!(response.status().as_u16(), 200);
        let body = response.into_body().collect().await.unwrap();
        body.to_bytes().to_vec()
    })
}
