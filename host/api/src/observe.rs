//! The outermost layer: request id, one span and one log line per request, counters.

use std::time::Instant;

use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method};
use axum::middleware::Next;
use axum::response::Response;
use tracing::{Instrument as _, field};
use uuid::Uuid;

use crate::problem;
use crate::state::AppState;

/// Header that carries the request id both ways.
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// Longest request id that is taken over from the client, in bytes.
const REQUEST_ID_BYTES_MAX: usize = 64;

/// Middleware: gives the request its id and span, and counts it. What is logged is chosen field by
/// field: the route's template instead of the path, nothing of the query and of the body.
pub(crate) async fn observe(
    State(state): State<AppState>,
    request: Request,
    next: Next,
) -> Response {
    let began = Instant::now();
    let id = request_id(request.headers());
    let method = method_name(request.method());
    let route = request.extensions().get::<MatchedPath>().cloned();
    let route = route.as_ref().map_or("(none)", MatchedPath::as_str);
    let span = tracing::info_span!(
        "http.request",
        request_id = id.to_str().unwrap_or_default(),
        method,
        route,
        role = field::Empty,
        status = field::Empty,
    );
    let mut response = async {
        let response = problem::ensure(next.run(request).await).await;
        let status = response.status().as_u16();
        let took = began.elapsed();
        tracing::Span::current().record("status", status);
        let code = response
            .extensions()
            .get::<problem::Code>()
            .map_or("", |code| code.code);
        tracing::info!(took_us = took.as_micros(), code, "answered");
        state.metrics.request(method, route, status, took);
        response
    }
    .instrument(span)
    .await;
    response.headers_mut().insert(REQUEST_ID, id);
    response
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
    use super::*;

    #[test]
    fn only_a_harmless_request_id_is_taken_over() {
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
        assert_ne!(request_id(&HeaderMap::new()), request_id(&HeaderMap::new()));
    }

    #[test]
    fn a_method_is_one_of_a_closed_set() {
        assert_eq!(method_name(&Method::PUT), "PUT");
        assert_eq!(method_name(&Method::from_bytes(b"BREW").unwrap()), "OTHER");
    }
}
