//! Tries to reach the network in every way that the standard library has, and answers what came of it.
//! The subject is the address to try, such as `127.0.0.1:8345`.

use std::net::{TcpListener, TcpStream, ToSocketAddrs as _, UdpSocket};

use guests::{Nothing, answer, outcome};
use sdk::Refusal;
use sdk::routing::{Question, Verdict};

fn route(_: &Nothing, question: &Question) -> Result<Verdict, Refusal> {
    let address = question.subject.as_str();
    answer(format!(
        "connect={} listen={} udp={} lookup={}",
        outcome(TcpStream::connect(address)),
        outcome(TcpListener::bind("127.0.0.1:0")),
        outcome(UdpSocket::bind("127.0.0.1:0").and_then(|socket| socket.send_to(b"!", address))),
        outcome(("localhost", 80).to_socket_addrs().map(Iterator::count)),
    ))
}

sdk::routing! {
    name: "network-opener",
    summary: "Opens network connections.",
    settings: Nothing,
    route: route,
}
