//! The bounds of a server.

use std::time::Duration;

/// How much of everything there may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Config {
    /// How long a component may take for one request, waiting for a processor included.
    pub request_time: Duration,
    /// How long a client may take to send a request's body, and as long again its head.
    pub body_time: Duration,
    /// How long a connection may stand still in either direction.
    pub idle_time: Duration,
    /// How long requests may still take after the shutdown has begun.
    pub drain_time: Duration,
    /// Bytes of a request's body.
    pub body_bytes: usize,
    /// Bytes of a component's answer.
    pub answer_bytes: usize,
    /// Bytes of all linear memories of one request together.
    pub memory_bytes: usize,
    /// Requests that run at the same time. Address space is reserved for each.
    pub running: u32,
    /// Of these, how many one function may have, so that one which loops leaves slots to the others.
    /// A request waits for nothing but a processor while it runs.
    pub running_per_function: usize,
    /// Requests that are read, wait or run at the same time; one more is answered with 503. Together
    /// with `body_bytes` it bounds the memory that bodies take.
    pub admitted: usize,
    /// Of these, how many one function may have.
    pub admitted_per_function: usize,
    /// Connections; one more waits in the listener's queue.
    pub connections: usize,
}

impl Config {
    /// What `kapok functions` uses.
    pub const STANDARD: Self = Self {
        request_time: Duration::from_secs(2),
        body_time: Duration::from_secs(10),
        idle_time: Duration::from_secs(60),
        drain_time: Duration::from_secs(10),
        body_bytes: 1024 * 1024,
        answer_bytes: 4 * 1024 * 1024,
        memory_bytes: 128 * 1024 * 1024,
        running: 32,
        running_per_function: 8,
        admitted: 256,
        admitted_per_function: 64,
        connections: 1024,
    };
}
