//! `kapok plugin try` against a server whose trial never ends: Ctrl-C cancels it there.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::process::{Command, Stdio};
use std::sync::mpsc::{Sender, channel};
use std::thread;

use super::{check_contains, kapok};

/// Answers every request with a trial that runs, and tells each request's first line.
fn serve(listener: &TcpListener, tell: &Sender<String>) {
    for stream in listener.incoming() {
        let tell = tell.clone();
        thread::spawn(move || answer(stream.unwrap(), &tell));
    }
}

/// One request and its answer; the connection is closed after it.
fn answer(stream: TcpStream, tell: &Sender<String>) {
    let mut reader = BufReader::new(stream);
    let (mut first, mut length) = (String::new(), 0);
    reader.read_line(&mut first).unwrap();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).unwrap();
        let line = line.trim().to_ascii_lowercase();
        if line.is_empty() {
            break;
        }
        if let Some(value) = line.strip_prefix("content-length:") {
            length = value.trim().parse().unwrap();
        }
    }
    reader.read_exact(&mut vec![0; length]).unwrap();
    let body = r#"{"id":"7","state":"running","total":10,"seen":1}"#;
    let mut stream = reader.into_inner();
    write!(
        stream,
        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\
         connection: close\r\n\r\n{body}",
        body.len()
    )
    .unwrap();
    // Nobody listens any more once the test has seen enough.
    let _ = tell.send(first.trim().to_owned());
}

#[test]
fn interrupting_a_trial_cancels_it() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let (tell, told) = channel();
    thread::spawn(move || serve(&listener, &tell));
    let line = format!("plugin try 3f9c12 --scope 440106 --server {address} --token x");
    let child = kapok(&line)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    assert_eq!(told.recv().unwrap(), "POST /api/v1/trials HTTP/1.1");
    assert_eq!(told.recv().unwrap(), "GET /api/v1/trials/7 HTTP/1.1");
    let id = child.id().to_string();
    let sent = Command::new("kill").args(["-INT", &id]).status().unwrap();
    assert!(sent.success());
    let cancelled = told.iter().find(|line| !line.starts_with("GET"));
    assert_eq!(
        cancelled.as_deref(),
        Some("DELETE /api/v1/trials/7 HTTP/1.1")
    );
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    check_contains(
        &String::from_utf8_lossy(&output.stderr),
        &["cancelled", "nothing of the trial is recorded"],
    );
}
