//! Talks to a running server over its HTTP interface, as any other client does.

use std::fmt;
use std::time::Duration;

use anyhow::{Context as _, bail};
use serde::Deserialize;
use serde_json::Value;
use ureq::Agent;
use ureq::http::{Method, Request};

use crate::config::ServerOptions;

/// Longest answer that is read.
const ANSWER_BYTES_MAX: u64 = 96 * 1024 * 1024;
/// Connections that are kept open for reuse.
const IDLE_CONNECTIONS_MAX: usize = 64;
/// So long a request may take.
const REQUEST_TIME: Duration = Duration::from_secs(60);
/// The same where the server compiles before it answers.
const COMPILING_TIME: Duration = Duration::from_secs(330);

/// A server with a token.
#[derive(Debug, Clone)]
pub(crate) struct Client {
    agent: Agent,
    base: String,
    token: Option<String>,
}

/// What a server says when it does not do what was asked (RFC 9457).
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(crate) struct Problem {
    /// HTTP status.
    #[serde(default)]
    pub(crate) status: u16,
    /// Stable code.
    #[serde(default)]
    pub(crate) code: String,
    /// What is wrong.
    #[serde(default)]
    pub(crate) detail: String,
    /// What to do instead.
    #[serde(default)]
    pub(crate) way_out: Option<String>,
    /// The order that is meant, where it is another one.
    #[serde(default)]
    pub(crate) order: Option<String>,
    /// Values for programs.
    #[serde(default)]
    pub(crate) params: serde_json::Map<String, Value>,
    /// Fields at fault.
    #[serde(default)]
    pub(crate) errors: Vec<FieldError>,
}

/// A field at fault.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(crate) struct FieldError {
    /// Which.
    pub(crate) field: String,
    /// What is wrong with it.
    pub(crate) detail: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "the server answered {} {}: {}",
            self.status, self.code, self.detail
        )?;
        match &self.way_out {
            Some(way_out) => write!(f, "; {way_out}"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for Problem {}

impl Client {
    /// The server that the options name, or nothing when they name none.
    pub(crate) fn of(options: &ServerOptions) -> anyhow::Result<Option<Self>> {
        let Some(server) = &options.server else {
            return Ok(None);
        };
        Self::new(server, options.token.as_deref()).map(Some)
    }

    /// A server at an address such as `http://127.0.0.1:8345`.
    pub(crate) fn new(server: &str, token: Option<&str>) -> anyhow::Result<Self> {
        if !server.starts_with("http://") {
            bail!(
                "--server `{server}`: give an address such as http://127.0.0.1:8345; for https, put a \
                 proxy that speaks TLS in between"
            );
        }
        Ok(Self {
            agent: agent(REQUEST_TIME),
            base: server.trim_end_matches('/').to_owned(),
            token: token.map(str::to_owned),
        })
    }

    /// The same server with another token.
    pub(crate) fn with_token(&self, token: &str) -> Self {
        Self {
            token: Some(token.to_owned()),
            ..self.clone()
        }
    }

    /// Reads.
    ///
    /// # Errors
    /// A [`Problem`] when the server says no, anything else when it is not reached.
    pub(crate) fn get(&self, path: &str) -> anyhow::Result<Value> {
        self.send(Method::GET, path, None, None)
    }

    /// Sends a command. The key makes a repetition harmless.
    ///
    /// # Errors
    /// As [`Client::get`].
    pub(crate) fn post(
        &self,
        path: &str,
        body: &Value,
        key: Option<&str>,
    ) -> anyhow::Result<Value> {
        self.send(Method::POST, path, Some(body), key)
    }

    /// Sets a value.
    ///
    /// # Errors
    /// As [`Client::get`].
    pub(crate) fn put(&self, path: &str, body: &Value) -> anyhow::Result<Value> {
        self.send(Method::PUT, path, Some(body), None)
    }

    /// The same server, with more patience: compiling takes its time.
    pub(crate) fn patient(&self) -> Self {
        Self {
            agent: agent(COMPILING_TIME),
            ..self.clone()
        }
    }

    /// Reads something that is no JSON.
    ///
    /// # Errors
    /// As [`Client::get`].
    pub(crate) fn get_bytes(&self, path: &str) -> anyhow::Result<Vec<u8>> {
        let (status, bytes) = self.exchange(Method::GET, path, None, None)?;
        if (200..300).contains(&status) {
            return Ok(bytes);
        }
        Err(self.refused(status, &bytes))
    }

    fn send(
        &self,
        method: Method,
        path: &str,
        body: Option<&Value>,
        key: Option<&str>,
    ) -> anyhow::Result<Value> {
        let (status, bytes) = self.exchange(method, path, body, key)?;
        if (200..300).contains(&status) {
            return serde_json::from_slice(&bytes).with_context(|| {
                format!(
                    "the answer of {}{path} is no JSON; is it a Kapok server?",
                    self.base
                )
            });
        }
        Err(self.refused(status, &bytes))
    }

    /// Status and body of an answer.
    fn exchange(
        &self,
        method: Method,
        path: &str,
        body: Option<&Value>,
        key: Option<&str>,
    ) -> anyhow::Result<(u16, Vec<u8>)> {
        let mut request = Request::builder()
            .method(method)
            .uri(format!("{}{path}", self.base))
            .header("accept", "application/json");
        if let Some(token) = &self.token {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        if let Some(key) = key {
            request = request.header("idempotency-key", key);
        }
        let sent = match body {
            Some(body) => {
                let request = request
                    .header("content-type", "application/json")
                    .body(serde_json::to_vec(body)?)
                    .context("the request cannot be written")?;
                self.agent.run(request)
            }
            None => self
                .agent
                .run(request.body(()).context("the request cannot be written")?),
        };
        let mut response = sent.with_context(|| {
            format!("the server at {} is not reached; is it running?", self.base)
        })?;
        let status = response.status().as_u16();
        let bytes = response
            .body_mut()
            .with_config()
            .limit(ANSWER_BYTES_MAX)
            .read_to_vec()
            .with_context(|| format!("the answer of {} cannot be read", self.base))?;
        Ok((status, bytes))
    }

    fn refused(&self, status: u16, bytes: &[u8]) -> anyhow::Error {
        let mut problem: Problem = serde_json::from_slice(bytes).unwrap_or_else(|_| Problem {
            status,
            code: "no-problem-document".to_owned(),
            detail: "the answer is none of Kapok's; is it a Kapok server?".to_owned(),
            way_out: None,
            order: None,
            params: serde_json::Map::new(),
            errors: Vec::new(),
        });
        problem.status = status;
        if status == 401 && self.token.is_none() {
            problem.way_out = Some("give a token with --token or KAPOK_TOKEN".to_owned());
        }
        problem.into()
    }
}

fn agent(time: Duration) -> Agent {
    Agent::config_builder()
        .http_status_as_error(false)
        .timeout_global(Some(time))
        .max_idle_connections(IDLE_CONNECTIONS_MAX)
        .max_idle_connections_per_host(IDLE_CONNECTIONS_MAX)
        .build()
        .into()
}

/// The problem behind an error, if the server gave one.
pub(crate) fn problem_of(error: &anyhow::Error) -> Option<&Problem> {
    error.downcast_ref()
}
