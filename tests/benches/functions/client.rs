//! Clients: each a thread with one connection, which asks the next question when the last one is answered.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::Context as _;

/// What was measured. Times in microseconds.
pub(super) struct Figures {
    /// Answers a second.
    pub(super) rate: f64,
    pub(super) p50: f64,
    pub(super) p99: f64,
}

/// The bytes of a question.
pub(super) fn request(path: &str, body: &str) -> Vec<u8> {
    let length = body.len();
    format!(
        "POST {path} HTTP/1.1\r\nhost: bench\r\ncontent-type: application/json\r\n\
         content-length: {length}\r\n\r\n{body}"
    )
    .into_bytes()
}

/// Reads one answer: status and body.
pub(super) fn read(stream: &mut TcpStream) -> anyhow::Result<(u16, Vec<u8>)> {
    let mut bytes = Vec::with_capacity(4096);
    let mut part = [0; 16 * 1024];
    loop {
        let count = stream.read(&mut part)?;
        anyhow::ensure!(count > 0, "the server closed the connection");
        bytes.extend_from_slice(part.get(..count).unwrap_or_default());
        let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") else {
            continue;
        };
        let head = std::str::from_utf8(bytes.get(..end).unwrap_or_default())?.to_ascii_lowercase();
        let status = head.get(9..12).context("no status")?.parse()?;
        let length = head
            .lines()
            .find_map(|line| line.strip_prefix("content-length:"))
            .context("no content-length")?
            .trim()
            .parse::<usize>()?;
        let begin = end + 4;
        if bytes.len() >= begin + length {
            return Ok((status, bytes.split_off(begin)));
        }
    }
}

/// Asks one question, which must be answered.
pub(super) fn once(address: SocketAddr, path: &str, body: &str) -> anyhow::Result<Vec<u8>> {
    let mut stream = TcpStream::connect(address)?;
    stream.write_all(&request(path, body))?;
    let (status, body) = read(&mut stream)?;
    anyhow::ensure!(
        status == 200,
        "{status}: {}",
        String::from_utf8_lossy(&body)
    );
    Ok(body)
}

/// Asks by so many connections for so long, after a fifth of that to warm up.
pub(super) fn measure(
    address: SocketAddr,
    request: &[u8],
    connections: usize,
    time: Duration,
) -> anyhow::Result<Figures> {
    run(address, request, connections, time / 5)?;
    let begin = Instant::now();
    let mut times = run(address, request, connections, time)?;
    let rate = times.len() as f64 / begin.elapsed().as_secs_f64();
    times.sort_by(f64::total_cmp);
    let at = |percent: usize| {
        let place = times.len().saturating_sub(1) * percent / 100;
        times.get(place).copied().context("no answers")
    };
    Ok(Figures {
        rate,
        p50: at(50)?,
        p99: at(99)?,
    })
}

fn run(
    address: SocketAddr,
    request: &[u8],
    connections: usize,
    time: Duration,
) -> anyhow::Result<Vec<f64>> {
    let ask = || -> anyhow::Result<Vec<f64>> {
        let mut stream = TcpStream::connect(address)?;
        stream.set_nodelay(true)?;
        let mut times = Vec::new();
        let end = Instant::now() + time;
        while Instant::now() < end {
            let begin = Instant::now();
            stream.write_all(request)?;
            let (status, _) = read(&mut stream)?;
            anyhow::ensure!(status == 200, "status {status}");
            times.push(begin.elapsed().as_secs_f64() * 1e6);
        }
        Ok(times)
    };
    thread::scope(|scope| {
        let clients: Vec<_> = (0..connections).map(|_| scope.spawn(ask)).collect();
        let mut all = Vec::new();
        for client in clients {
            let times = client.join();
            all.extend(times.map_err(|_panic| anyhow::anyhow!("a client panicked"))??);
        }
        Ok(all)
    })
}
