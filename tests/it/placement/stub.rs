//! A function's server that answers as it is told, and tells what it was sent.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

/// What to do with a request.
#[derive(Debug, Clone)]
pub(super) enum Act {
    /// Answer: status, headers each ended by a line break, body.
    Answer(u16, String, String),
    /// Close the connection without a word.
    Close,
    /// Say nothing until the other side has gone.
    Hang,
    /// Say something that is no HTTP.
    Gibberish,
}

/// The server. It answers for as long as there is something to do, and then the last again and again.
pub(super) struct Stub {
    pub(super) url: String,
    seen: Arc<Mutex<Vec<String>>>,
    connections: Arc<Mutex<usize>>,
}

impl Stub {
    pub(super) fn start(acts: Vec<Act>) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let url = format!("http://{}/routing", listener.local_addr().unwrap());
        let seen = Arc::new(Mutex::new(Vec::new()));
        let connections = Arc::new(Mutex::new(0));
        let (seen_too, connections_too) = (Arc::clone(&seen), Arc::clone(&connections));
        thread::spawn(move || {
            let acts = Arc::new(acts);
            for stream in listener.incoming() {
                let Ok(stream) = stream else { return };
                *connections_too.lock().unwrap() += 1;
                let (acts, seen) = (Arc::clone(&acts), Arc::clone(&seen_too));
                thread::spawn(move || {
                    while let Some(request) = read(&stream) {
                        let act = {
                            let mut seen = seen.lock().unwrap();
                            seen.push(request);
                            let n = (seen.len() - 1).min(acts.len() - 1);
                            acts[n].clone()
                        };
                        if !perform(&stream, &act) {
                            return;
                        }
                    }
                });
            }
        });
        Self {
            url,
            seen,
            connections,
        }
    }

    /// Every request so far: head, an empty line, body.
    pub(super) fn seen(&self) -> Vec<String> {
        self.seen.lock().unwrap().clone()
    }

    pub(super) fn connections(&self) -> usize {
        *self.connections.lock().unwrap()
    }
}

/// A request, or none when the other side has gone.
fn read(stream: &TcpStream) -> Option<String> {
    let mut reader = BufReader::new(stream);
    let (mut head, mut length) = (String::new(), 0);
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line).ok()? == 0 {
            return None;
        }
        if line.trim().is_empty() {
            break;
        }
        if let Some(value) = line.to_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().unwrap();
        }
        head.push_str(&line);
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    Some(format!("{head}\n{}", String::from_utf8(body).unwrap()))
}

/// Whether the connection goes on.
fn perform(mut stream: &TcpStream, act: &Act) -> bool {
    match act {
        Act::Answer(status, headers, body) => {
            let length = body.len();
            let answer = format!(
                "HTTP/1.1 {status} Status\r\n{headers}content-length: {length}\r\n\r\n{body}"
            );
            stream.write_all(answer.as_bytes()).is_ok()
        }
        Act::Close => false,
        Act::Hang => {
            let _ = stream.set_read_timeout(Some(Duration::from_secs(60)));
            let _ = stream.read_to_end(&mut Vec::new());
            false
        }
        Act::Gibberish => {
            let _ = stream.write_all(b"220 mail.example.org ESMTP\r\n");
            false
        }
    }
}
