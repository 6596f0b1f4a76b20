//! `kapok serve --notify`: messages leave the house, and come back as receipts or as faults to be seen.

use std::io::{BufRead as _, BufReader, Read as _};
use std::process::Stdio;
use std::thread;
use std::time::Duration;

use serde_json::{Value, json};

use super::server::Server;
use super::{Data, check_contains, kapok, run};

#[path = "../../../host/notify/tests/it/server.rs"]
mod other_side;

const START: &str = "--clock manual --clock-start 2026-09-18T09:00";

/// A data directory with a notification file: the centre is told by a webhook, and by mail if given.
fn prepared(hook: &other_side::Server, mail: Option<&other_side::Server>) -> (Data, String) {
    let data = Data::new();
    data.file("secret", "a-secret-of-more-than-16-bytes");
    let (mail, mail_target) = match mail {
        Some(mail) => (
            format!(
                "channels.mail = {{ smtp = \"smtp://{}\", from = \"hotline@example.org\" }}",
                mail.address
            ),
            ", { channel = \"mail\", to = \"duty@example.org\" }",
        ),
        None => (String::new(), ""),
    };
    let file = format!(
        "channels.hook = {{ webhook = \"http://{}/\", secret = {{ file = \"secret\" }} }}
        {mail}
        routes.center = [{{ channel = \"hook\" }}{mail_target}]",
        hook.address
    );
    let file = data.file("notify.toml", &file);
    let line = format!("--data {} {START} --notify {file}", data.path());
    (data, line)
}

/// Sends a request by a role; gives status and answer.
fn ask(server: &Server, role: &str, method: &str, path: &str, body: &Value) -> (u16, Value) {
    let agent = ureq::Agent::config_builder().http_status_as_error(false);
    let agent: ureq::Agent = agent.build().into();
    let request = ureq::http::Request::builder()
        .method(method)
        .uri(format!("{}/api/v1{path}", server.address))
        .header("authorization", format!("Bearer {}", server.token(role)))
        .header("content-type", "application/json");
    let text = if method == "GET" {
        String::new()
    } else {
        body.to_string()
    };
    let mut response = agent.run(request.body(text).unwrap()).unwrap();
    let status = response.status().as_u16();
    (status, response.body_mut().read_json().unwrap())
}

/// Files a request that no rule knows what to do with, so that the centre is told.
fn file(server: &Server) -> String {
    let order =
        json!({"order_type": "help_request", "channel": "online", "text": "有件事想请你们帮忙。"});
    let (status, order) = ask(server, "operator", "POST", "/orders", &order);
    assert_eq!(status, 201, "{order}");
    order["id"].as_str().unwrap().to_owned()
}

/// The order's deliveries, once they are as expected: channel and state of each.
fn wait_for(server: &Server, order: &str, expected: &[(&str, &str)]) -> Vec<Value> {
    let path = format!("/orders/{order}/messages");
    let mut found = Vec::new();
    // They are sent in the background.
    for _ in 0..1000 {
        let (_, messages) = ask(server, "operator", "GET", &path, &Value::Null);
        let messages = messages.as_array().unwrap().clone();
        let of = |message: &Value| message["deliveries"].as_array().unwrap().clone();
        found = messages.iter().flat_map(of).collect();
        let is = |(one, (channel, state)): (&Value, &(&str, &str))| {
            one["channel"] == json!(channel) && one["state"] == json!(state)
        };
        if found.len() == expected.len() && found.iter().zip(expected).all(is) {
            return found;
        }
        thread::sleep(Duration::from_millis(10));
    }
    panic!("{found:#?} are not {expected:?}");
}

/// The event of a request.
fn event(seen: &str) -> Value {
    let (_, body) = seen.split_once("\r\n\n").unwrap();
    serde_json::from_str(body).unwrap()
}

#[test]
fn messages_are_sent_and_tried_again() {
    let hook = other_side::Server::web(&["500", "202\n{\"reference\": \"gw-1\"}"]);
    let mail = other_side::Server::mail(&[""]);
    let (_data, line) = prepared(&hook, Some(&mail));
    let server = Server::start(&line);
    let order = file(&server);
    let first = hook.seen();
    let found = wait_for(&server, &order, &[("hook", "pending"), ("mail", "sent")]);
    assert_eq!(found[0]["problem"], "answered with status 500");
    assert_eq!(found[0]["next_at"], "2026-09-18T09:01:00+08:00");
    assert!(mail.seen().contains("RCPT TO:<duty@example.org>"));
    run(
        &format!("clock advance 2026-09-18T09:01 {}", server.by("admin")),
        0,
    );
    let second = hook.seen();
    let found = wait_for(&server, &order, &[("hook", "sent"), ("mail", "sent")]);
    assert_eq!(found[0]["attempts"], 2);
    assert_eq!(found[0]["reference"], "gw-1");
    // The same event, under a signature of its own instant.
    assert_eq!(event(&first), event(&second));
    assert_eq!(event(&first)["type"], "kapok.notice.awaits_routing");
    assert!(
        first.contains("t=1789693200,v1=") && second.contains("t=1789693260,v1="),
        "{first}"
    );
    let shown = run(&format!("order show {order} {}", server.by("operator")), 0);
    check_contains(
        &shown,
        &[
            "by hook: sent 2026-09-18 09:01",
            "by mail: sent 2026-09-18 09:00",
        ],
    );
    server.stop();
}

#[test]
fn what_is_refused_for_good_is_listed_and_tried_anew() {
    let hook = other_side::Server::web(&["400", "204"]);
    let (_data, line) = prepared(&hook, None);
    let server = Server::start(&line);
    let order = file(&server);
    let found = wait_for(&server, &order, &[("hook", "failed")]);
    let (status, listed) = ask(
        &server,
        "operator",
        "GET",
        "/deliveries?state=failed",
        &Value::Null,
    );
    assert_eq!(
        (status, listed["items"].as_array().unwrap().len()),
        (200, 1)
    );
    let line = &listed["items"][0];
    assert_eq!(
        (&line["id"], &line["order"]),
        (&found[0]["id"], &json!(order))
    );
    assert_eq!(line["notice"], "awaits_routing");
    let shown = run(&format!("order show {order} {}", server.by("operator")), 0);
    check_contains(
        &shown,
        &["by hook: failed after 1 attempts: answered with status 400"],
    );
    let retry = format!("/deliveries/{}/retry", line["id"]);
    assert_eq!(ask(&server, "operator", "POST", &retry, &json!({})).0, 403);
    assert_eq!(ask(&server, "admin", "POST", &retry, &json!({})).0, 200);
    wait_for(&server, &order, &[("hook", "sent")]);
    assert_eq!(event(&hook.seen()), event(&hook.seen()));
    let metrics = ureq::get(&format!("{}/metrics", server.address))
        .call()
        .unwrap();
    let metrics = metrics.into_body().read_to_string().unwrap();
    check_contains(
        &metrics,
        &[
            "kapok_deliveries_total{outcome=\"failed\"} 1",
            "kapok_deliveries_total{outcome=\"sent\"} 1",
        ],
    );
    server.stop();
}

/// The gateway has the message, and the server dies before it can write that down.
#[test]
fn a_killed_server_sends_again_under_the_same_name() {
    let hook = other_side::Server::web(&["hang", "202"]);
    let (_data, line) = prepared(&hook, None);
    let server = Server::start(&line);
    let order = file(&server);
    let first = hook.seen();
    drop(server);
    // A manual clock that is kept begins where it was left.
    let server = Server::start(&line.replace(START, "--clock manual"));
    let second = hook.seen();
    assert_eq!(event(&first), event(&second));
    wait_for(&server, &order, &[("hook", "sent")]);
    server.stop();
}

#[test]
fn a_server_says_how_messages_leave_and_refuses_a_bad_file() {
    let data = Data::new();
    let file = data.file("notify.toml", "routes.center = [{ channel = \"mail\" }]");
    let bad = format!("serve --listen 127.0.0.1:0 --data {} --notify", data.path());
    check_contains(
        &run(&format!("{bad} {file}"), 1),
        &["routes.center", "`mail`"],
    );
    check_contains(
        &run(&format!("{bad} /nonexistent.toml"), 1),
        &["/nonexistent.toml"],
    );
    let mut child = kapok(&format!(
        "serve --listen 127.0.0.1:0 --json --data {}",
        data.path()
    ))
    .stdout(Stdio::piped())
    .stderr(Stdio::piped())
    .spawn()
    .unwrap();
    let mut ready = String::new();
    let stdout = child.stdout.take().unwrap();
    BufReader::new(stdout).read_line(&mut ready).unwrap();
    child.kill().unwrap();
    let mut said = String::new();
    child
        .stderr
        .take()
        .unwrap()
        .read_to_string(&mut said)
        .unwrap();
    child.wait().unwrap();
    check_contains(&said, &["messages stay in the message box"]);
}
