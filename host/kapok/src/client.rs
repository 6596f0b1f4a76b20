//! Talks to a running server over its HTTP interface, as any other client does.

use std::fmt;
use std::io::{self, Read as _, Write};
use std::time::Duration;

use anyhow::{Context as _, bail};
use serde::Deserialize;
use serde_json::Value;
use ureq::http::{Method, Request, Response};
use ureq::{Agent, Body};

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

    /// Has something stop.
    ///
    /// # Errors
    /// As [`Client::get`].
    pub(crate) fn delete(&self, path: &str) -> anyhow::Result<Value> {
        self.send(Method::DELETE, path, None, None)
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

    /// Sends a file; the answer is JSON.
    ///
    /// # Errors
    /// As [`Client::get`].
    pub(crate) fn post_file(
        &self,
        path: &str,
        media_type: &str,
        bytes: &[u8],
    ) -> anyhow::Result<Value> {
        let body = Some((media_type, bytes.to_vec()));
        let (status, bytes) = self.exchange(Method::POST, path, body, None)?;
        self.json(path, status, &bytes)
    }

    /// Copies an answer of any size to where it goes; gives how many bytes.
    ///
    /// # Errors
    /// As [`Client::get`]; where the answer breaks off, or cannot be written.
    pub(crate) fn copy(&self, path: &str, to: &mut impl Write) -> anyhow::Result<u64> {
        let mut response = self.ask(Method::GET, path, None, None)?;
        let status = response.status().as_u16();
        let mut body = response.body_mut().as_reader();
        if !(200..300).contains(&status) {
            let mut bytes = Vec::new();
            body.take(ANSWER_BYTES_MAX).read_to_end(&mut bytes)?;
            return Err(self.refused(status, &bytes));
        }
        io::copy(&mut body, to).with_context(|| {
            format!(
                "the answer of {} broke off, or cannot be written",
                self.base
            )
        })
    }

    fn send(
        &self,
        method: Method,
        path: &str,
        body: Option<&Value>,
        key: Option<&str>,
    ) -> anyhow::Result<Value> {
        let body = body.map(serde_json::to_vec).transpose()?;
        let body = body.map(|body| ("application/json", body));
        let (status, bytes) = self.exchange(method, path, body, key)?;
        self.json(path, status, &bytes)
    }

    fn json(&self, path: &str, status: u16, bytes: &[u8]) -> anyhow::Result<Value> {
        if (200..300).contains(&status) {
            return serde_json::from_slice(bytes).with_context(|| {
                format!(
                    "the answer of {}{path} is no JSON; is it a Kapok server?",
                    self.base
                )
            });
        }
        Err(self.refused(status, bytes))
    }

    /// Status and body of an answer.
    fn exchange(
        &self,
        method: Method,
        path: &str,
        body: Option<(&str, Vec<u8>)>,
        key: Option<&str>,
    ) -> anyhow::Result<(u16, Vec<u8>)> {
        let mut response = self.ask(method, path, body, key)?;
        let status = response.status().as_u16();
        let bytes = response
            .body_mut()
            .with_config()
            .limit(ANSWER_BYTES_MAX)
            .read_to_vec()
            .with_context(|| format!("the answer of {} cannot be read", self.base))?;
        Ok((status, bytes))
    }

    /// An answer, of which status and head have come. A body goes with its media type.
    fn ask(
        &self,
        method: Method,
        path: &str,
        body: Option<(&str, Vec<u8>)>,
        key: Option<&str>,
    ) -> anyhow::Result<Response<Body>> {
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
            Some((media_type, body)) => {
                let request = request
                    .header("content-type", media_type)
                    .body(body)
                    .context("the request cannot be written")?;
                self.agent.run(request)
            }
            None => self
                .agent
                .run(request.body(()).context("the request cannot be written")?),
        };
        sent.with_context(|| format!("the server at {} is not reached; is it running?", self.base))
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
