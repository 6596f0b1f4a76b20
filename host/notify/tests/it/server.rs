//! Tiny servers: one connection after the other, answers as they are told to, and what they were sent.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, channel};
use std::thread;

/// A server on a free port.
pub(crate) struct Server {
    pub(crate) address: String,
    seen: Receiver<String>,
}

impl Server {
    /// Gives each connection to `talk` with the next of `answers`, which says what it has seen; then to
    /// `end`.
    fn start(
        answers: &[&'static str],
        talk: fn(&TcpStream, &str) -> String,
        end: fn(TcpStream, &str),
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let (send, seen) = channel();
        let answers = answers.to_vec();
        thread::spawn(move || {
            for answer in answers {
                let (stream, _) = listener.accept().unwrap();
                let _ = send.send(talk(&stream, answer));
                end(stream, answer);
            }
        });
        Self { address, seen }
    }

    /// A web server that answers with these statuses, each with a body if a line follows. `hang`
    /// answers nothing until the other side has gone.
    pub(crate) fn web(answers: &[&'static str]) -> Self {
        Self::start(answers, request, answer)
    }

    /// A mail server that answers the mail itself, or an earlier command, with a code other than
    /// usual: `DATA 451`, or nothing.
    pub(crate) fn mail(answers: &[&'static str]) -> Self {
        Self::start(answers, smtp, |_, _| {})
    }

    /// What the next connection was sent.
    pub(crate) fn seen(&self) -> String {
        self.seen.recv().unwrap()
    }
}

fn request(stream: &TcpStream, _: &str) -> String {
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    let (mut head, mut length) = (String::new(), 0);
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).unwrap();
        if line.trim().is_empty() {
            break;
        }
        if let Some(value) = line.to_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().unwrap();
        }
        head.push_str(&line);
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).unwrap();
    format!("{head}\n{}", String::from_utf8(body).unwrap())
}

fn answer(mut stream: TcpStream, answer: &str) {
    if answer == "hang" {
        let _ = stream.read_to_end(&mut Vec::new());
        return;
    }
    let (status, content) = answer.split_once('\n').unwrap_or((answer, ""));
    let length = content.len();
    let answer = format!(
        "HTTP/1.1 {status} x\r\nlocation: /elsewhere\r\nconnection: close\r\n\
         content-length: {length}\r\n\r\n{content}"
    );
    stream.write_all(answer.as_bytes()).unwrap();
}

fn smtp(mut stream: &TcpStream, deviation: &str) -> String {
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    let (place, code) = deviation.split_once(' ').unwrap_or_default();
    let mut say = |usual: &str, at: &str| {
        let line = if at == place {
            format!("{code} no to test@example.org\r\n")
        } else {
            format!("{usual}\r\n")
        };
        stream.write_all(line.as_bytes()).unwrap();
    };
    let mut seen = String::new();
    say("220 here", "HELLO");
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line).unwrap_or(0) == 0 {
            return seen;
        }
        seen.push_str(&line);
        let word = line.split_whitespace().next().unwrap_or_default();
        match word.to_uppercase().as_str() {
            "EHLO" => say("250-here\r\n250 AUTH PLAIN LOGIN", "EHLO"),
            "AUTH" => say("235 welcome", "AUTH"),
            "MAIL" => say("250 ok", "MAIL"),
            "RCPT" => say("250 ok", "RCPT"),
            "DATA" => {
                say("354 go on", "START");
                loop {
                    let mut line = String::new();
                    reader.read_line(&mut line).unwrap();
                    if line == ".\r\n" {
                        break;
                    }
                    seen.push_str(&line);
                }
                say("250 2.0.0 queued as 4B7", "DATA");
            }
            "QUIT" => {
                say("221 bye", "QUIT");
                return seen;
            }
            other => panic!("{other}"),
        }
    }
}
