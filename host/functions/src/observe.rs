//! The access log: one line for each request, and what is counted with it. It names functions, images
//! and outcomes, and nothing of a query, a body or a header but the request's own ids.

use std::sync::Arc;
use std::time::{Duration, Instant};

use hyper::header::{HeaderName, HeaderValue};
use hyper::{HeaderMap, Method, Request, StatusCode};
use uuid::Uuid;

use crate::application::Component;
use crate::metrics::{Done, Metrics};

/// Header that carries the request id both ways.
pub(crate) const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// Longest request id that is taken over from the client, in bytes.
const REQUEST_ID_BYTES_MAX: usize = 64;
/// What is logged for a client that left before its answer.
const LEFT: u16 = 499;

/// What becomes known of a request, until it is logged: when it is answered, or when it is dropped because
/// its client left.
pub(crate) struct Line<'a> {
    metrics: &'a Metrics,
    began: Instant,
    /// The request's id.
    pub(crate) id: HeaderValue,
    trace: Option<String>,
    method: &'static str,
    /// The function that was found.
    pub(crate) function: Option<(String, Arc<Component>)>,
    /// The name that belongs to the token.
    pub(crate) caller: Option<Arc<str>>,
    /// Bytes of the body, as far as it was read.
    pub(crate) bytes_in: usize,
    /// How long the function ran.
    pub(crate) ran: Option<Duration>,
    /// The server's own code, if it answered instead of the function.
    pub(crate) code: &'static str,
    is_logged: bool,
}

impl<'a> Line<'a> {
    /// Begins with a request's head.
    pub(crate) fn begin<B>(metrics: &'a Metrics, request: &Request<B>) -> Self {
        Self {
            metrics,
            began: Instant::now(),
            id: request_id(request.headers()),
            trace: trace(request.headers()),
            method: method_name(request.method()),
            function: None,
            caller: None,
            bytes_in: 0,
            ran: None,
            code: "",
            is_logged: false,
        }
    }

    /// Logs the answer, once.
    pub(crate) fn answered(&mut self, status: StatusCode, bytes_out: usize) {
        if !self.is_logged {
            self.is_logged = true;
            self.log(status.as_u16(), bytes_out);
        }
    }

    /// Logs nothing: the server's own paths are asked all the time.
    pub(crate) const fn skip(&mut self) {
        self.is_logged = true;
    }

    fn log(&self, status: u16, bytes_out: usize) {
        let took = self.began.elapsed();
        let (route, component) = match &self.function {
            Some((route, component)) => (Some(route.as_str()), Some(component)),
            None => (None, None),
        };
        let function = component.map_or("", |component| component.name.as_str());
        tracing::info!(
            target: "functions::access",
            request_id = self.id.to_str().unwrap_or_default(),
            trace_id = self.trace.as_deref(),
            method = self.method,
            route,
            function,
            image = component.and_then(|component| component.image.as_deref()),
            status,
            code = self.code,
            took_us = micros(took),
            ran_us = self.ran.map(micros),
            bytes_in = self.bytes_in,
            bytes_out,
            caller = self.caller.as_deref(),
            "answered"
        );
        self.metrics.request(&Done {
            function,
            status,
            code: self.code,
            took,
            ran: self.ran,
            bytes_in: self.bytes_in,
            bytes_out,
        });
    }
}

impl Drop for Line<'_> {
    fn drop(&mut self) {
        if !self.is_logged {
            self.code = "client_left";
            self.log(LEFT, 0);
        }
    }
}

fn micros(time: Duration) -> u64 {
    u64::try_from(time.as_micros()).unwrap_or(u64::MAX)
}

/// The client's own request id if it is a harmless one, else a new one.
fn request_id(headers: &HeaderMap) -> HeaderValue {
    let harmless = |value: &&HeaderValue| {
        let bytes = value.as_bytes();
        let harmless = |byte: &u8| byte.is_ascii_alphanumeric() || b"-_.".contains(byte);
        (1..=REQUEST_ID_BYTES_MAX).contains(&bytes.len()) && bytes.iter().all(harmless)
    };
    headers
        .get(REQUEST_ID)
        .filter(harmless)
        .cloned()
        .unwrap_or_else(|| {
            // A UUID is always a valid header value.
            HeaderValue::try_from(Uuid::now_v7().to_string())
                .unwrap_or(HeaderValue::from_static("none"))
        })
}

/// The trace id of a W3C `traceparent`, such as `00-TRACE-PARENT-01`.
fn trace(headers: &HeaderMap) -> Option<String> {
    let value = headers.get("traceparent")?.to_str().ok()?;
    let mut parts = value.split('-');
    let (version, trace, parent) = (parts.next()?, parts.next()?, parts.next()?);
    let hex = |text: &str, digits: usize| {
        text.len() == digits
            && text
                .bytes()
                .all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte))
    };
    let is_id = |text: &str, digits| hex(text, digits) && text.bytes().any(|byte| byte != b'0');
    (hex(version, 2) && version != "ff" && is_id(trace, 32) && is_id(parent, 16))
        .then(|| trace.to_owned())
}

/// Methods as labels: a closed set, whatever clients send.
fn method_name(method: &Method) -> &'static str {
    let known = ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH"];
    known
        .into_iter()
        .find(|known| *known == method.as_str())
        .unwrap_or("OTHER")
}

#[cfg(test)]
mod tests {
    use hyper::HeaderMap;
    use hyper::header::HeaderValue;

    use super::{REQUEST_ID, request_id, trace};

    #[test]
    fn only_harmless_ids_are_taken_over() {
        let long = "a".repeat(65);
        for (given, kept) in [
            ("a-1.b_2", true),
            ("a b", false),
            ("", false),
            (&long, false),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(REQUEST_ID, HeaderValue::try_from(given).unwrap());
            assert_eq!(request_id(&headers) == given, kept, "{given:?}");
        }
        let parent = "4bf92f3577b34da6a3ce929d0e0e4736";
        for (given, found) in [
            (format!("00-{parent}-00f067aa0ba902b7-01"), true),
            (format!("00-{parent}-0000000000000000-01"), false),
            (format!("ff-{parent}-00f067aa0ba902b7-01"), false),
            (
                format!("00-{}-00f067aa0ba902b7-01", parent.to_uppercase()),
                false,
            ),
            (parent.to_owned(), false),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert("traceparent", HeaderValue::try_from(&given).unwrap());
            assert_eq!(
                trace(&headers).as_deref(),
                found.then_some(parent),
                "{given}"
            );
        }
    }
}
