//! A client that sends exactly the bytes that a test wants.

use std::io::{Read as _, Write as _};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::time::Duration;

use serde_json::Value;

/// What a server that hangs would fail.
const PATIENCE: Duration = Duration::from_secs(60);

/// An answer.
#[derive(Debug)]
pub(super) struct Reply {
    pub(super) status: u16,
    /// Names in lower case.
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: Vec<u8>,
}

impl Reply {
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        let mut found = self.headers.iter().filter(|(key, _)| key == name);
        found.next().map(|(_, value)| value.as_str())
    }

    pub(super) fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }

    pub(super) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// The problem's code; the document must be one.
    pub(super) fn code(&self) -> String {
        assert_eq!(
            self.header("content-type"),
            Some("application/problem+json"),
            "{self:?}"
        );
        let document = self.json();
        assert_eq!(document["status"], self.status, "{document}");
        document["code"].as_str().unwrap().to_owned()
    }
}

/// A connection.
pub(super) fn connect(address: SocketAddr) -> TcpStream {
    let stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    stream.set_write_timeout(Some(PATIENCE)).unwrap();
    stream
}

/// Reads answers until the server closes the connection.
pub(super) fn replies(mut stream: TcpStream) -> Vec<Reply> {
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes).unwrap();
    let mut rest = bytes.as_slice();
    let mut replies = Vec::new();
    while !rest.is_empty() {
        let end = rest
            .windows(4)
            .position(|four| four == b"\r\n\r\n")
            .unwrap();
        let head = std::str::from_utf8(&rest[..end]).unwrap();
        let mut lines = head.lines();
        let status = lines
            .next()
            .unwrap()
            .split(' ')
            .nth(1)
            .unwrap()
            .parse()
            .unwrap();
        let headers: Vec<(String, String)> = lines
            .map(|line| line.split_once(": ").unwrap())
            .map(|(name, value)| (name.to_lowercase(), value.to_owned()))
            .collect();
        let length = headers.iter().find(|(name, _)| name == "content-length");
        let length = length.map_or(0, |(_, value)| value.parse().unwrap());
        rest = &rest[end + 4..];
        // The answer to HEAD announces a body that does not come.
        let length = if rest.is_empty() { 0 } else { length };
        let body = rest[..length].to_vec();
        rest = &rest[length..];
        replies.push(Reply {
            status,
            headers,
            body,
        });
    }
    replies
}

/// Sends these bytes as one request and reads its answer. The head must ask to close.
pub(super) fn raw(address: SocketAddr, bytes: &[u8]) -> Reply {
    let mut stream = connect(address);
    stream.write_all(bytes).unwrap();
    let mut replies = replies(stream);
    assert_eq!(replies.len(), 1, "{replies:?}");
    replies.remove(0)
}

/// A request with these headers, each ended by a line break, and this body.
pub(super) fn request(method: &str, path: &str, headers: &str, body: &[u8]) -> Vec<u8> {
    let length = body.len();
    let head = format!(
        "{method} {path} HTTP/1.1\r\nhost: test\r\nconnection: close\r\n{headers}content-length: {length}\r\n\r\n"
    );
    [head.as_bytes(), body].concat()
}

/// Sends the head of a request with this body, and waits until the server begins to read the body.
pub(super) fn begin(address: SocketAddr, path: &str, body: &str) -> TcpStream {
    let mut stream = connect(address);
    let bytes = request("POST", path, "expect: 100-continue\r\n", body.as_bytes());
    stream
        .write_all(&bytes[..bytes.len() - body.len()])
        .unwrap();
    until(&mut stream, "HTTP/1.1 100 Continue\r\n\r\n");
    stream
}

/// Reads up to the end of what the server sends next.
pub(super) fn until(stream: &mut TcpStream, end: &str) {
    let mut text = Vec::new();
    let mut byte = [0];
    while !text.ends_with(end.as_bytes()) {
        stream.read_exact(&mut byte).unwrap();
        text.extend(byte);
    }
}

/// Asks a question.
pub(super) fn post(address: SocketAddr, path: &str, body: impl AsRef<[u8]>) -> Reply {
    raw(
        address,
        &request(
            "POST",
            path,
            "content-type: application/json\r\n",
            body.as_ref(),
        ),
    )
}

/// Sends a request without a body.
pub(super) fn send(address: SocketAddr, method: &str, path: &str) -> Reply {
    raw(address, &request(method, path, "", b""))
}

/// Closes the sending side, as a client that has nothing more to say.
pub(super) fn finish(stream: &TcpStream) {
    stream.shutdown(Shutdown::Write).unwrap();
}
