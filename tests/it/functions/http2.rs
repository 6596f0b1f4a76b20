//! HTTP/2 with prior knowledge, through hyper's own client.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use functions::Config;
use http_body_util::combinators::BoxBody;
use http_body_util::{BodyExt as _, Empty, Full};
use hyper::body::{Body, Bytes, Frame};
use hyper::client::conn::http2::{SendRequest, handshake};
use hyper::{Request, Response};
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::net::TcpStream;

use super::client::post;
use super::{QUESTION, Server, spin_toml};

const PATH: &str = "/routing/city";

type Sender = SendRequest<BoxBody<Bytes, io::Error>>;

async fn connect(server: &Server) -> Sender {
    let stream = TcpStream::connect(server.address).await.unwrap();
    let (sender, connection) = handshake(TokioExecutor::new(), TokioIo::new(stream))
        .await
        .unwrap();
    tokio::spawn(connection);
    sender
}

fn body(bytes: impl Into<Bytes>) -> BoxBody<Bytes, io::Error> {
    Full::new(bytes.into())
        .map_err(|never| match never {})
        .boxed()
}

async fn ask(
    sender: &mut Sender,
    method: &str,
    path: &str,
    body: BoxBody<Bytes, io::Error>,
) -> (u16, Option<String>, Bytes) {
    let uri = format!("http://test{path}");
    let request = Request::builder().method(method).uri(uri).body(body);
    let response: Response<_> = sender.send_request(request.unwrap()).await.unwrap();
    let image = response.headers().get(functions::IMAGE);
    let image = image.map(|value| value.to_str().unwrap().to_owned());
    let status = response.status().as_u16();
    let bytes = response.into_body().collect().await.unwrap().to_bytes();
    (status, image, bytes)
}

#[test]
fn many_at_once_on_one_connection_are_answered_as_on_many() {
    let server = Server::start(&spin_toml(), Config::STANDARD);
    let expected = post(server.address, PATH, QUESTION);
    server.runtime.block_on(async {
        let sender = connect(&server).await;
        let tasks: Vec<_> = (0..40)
            .map(|_| {
                let mut sender = sender.clone();
                tokio::spawn(async move { ask(&mut sender, "POST", PATH, body(QUESTION)).await })
            })
            .collect();
        for task in tasks {
            let (status, image, bytes) = task.await.unwrap();
            assert_eq!(status, 200);
            assert_eq!(bytes, expected.body);
            assert_eq!(image.as_deref(), expected.header(functions::IMAGE));
        }
    });
}

#[test]
fn what_is_defined_for_one_version_is_for_the_other() {
    let server = Server::start(&spin_toml(), Config::STANDARD);
    server.runtime.block_on(async {
        let mut sender = connect(&server).await;
        let none = || Empty::new().map_err(|never| match never {}).boxed();
        for (method, path, sent, status) in [
            ("GET", PATH, none(), 200),
            ("HEAD", PATH, none(), 200),
            ("OPTIONS", PATH, none(), 204),
            ("DELETE", PATH, none(), 405),
            ("POST", "/nowhere", body(QUESTION), 404),
            ("POST", PATH, body("{}"), 400),
            ("POST", PATH, body(vec![b' '; (1 << 20) + 1]), 413),
        ] {
            let (found, _, bytes) = ask(&mut sender, method, path, sent).await;
            assert_eq!(found, status, "{method} {path}");
            if method == "HEAD" {
                assert!(bytes.is_empty());
            }
        }
    });
}

/// A body that breaks off.
struct Half {
    is_sent: bool,
}

impl Body for Half {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        let frame = if self.is_sent {
            Err(io::Error::other("no more"))
        } else {
            Ok(Frame::data(Bytes::from_static(b"{")))
        };
        self.is_sent = true;
        Poll::Ready(Some(frame))
    }
}

#[test]
fn a_stream_that_breaks_off_ends_alone() {
    let server = Server::start(&spin_toml(), Config::STANDARD);
    server.runtime.block_on(async {
        let sender = connect(&server).await;
        for _ in 0..10 {
            // Half a body, and then an error: the client resets the stream.
            let half = Half { is_sent: false }.boxed();
            let request = Request::post(format!("http://test{PATH}")).body(half);
            let answer = sender.clone().send_request(request.unwrap()).await;
            // Either the reset came first, or a problem.
            if let Ok(answer) = answer {
                assert_eq!(answer.status().as_u16(), 400);
            }
        }
        let (status, ..) = ask(&mut sender.clone(), "POST", PATH, body(QUESTION)).await;
        assert_eq!(status, 200);
    });
}
