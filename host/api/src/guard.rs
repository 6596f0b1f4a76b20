//! Limits on what is let in: size of the head, requests at once, time.

use axum::extract::{Request, State};
use axum::http::{HeaderValue, Method, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use tokio::time::timeout;

use crate::problem::{Problem, codes};
use crate::state::AppState;

/// Middleware for everything under `/api/v1`. Health and metrics stay outside, so that they answer
/// also when all slots are taken.
pub(crate) async fn guard(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let answered = limited(&state, request, next).await;
    let mut response = answered.unwrap_or_else(Problem::into_response);
    let headers = response.headers_mut();
    // Orders change at any time and differ by role: nothing may be kept on the way.
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(
        header::X_CONTENT_TYPE_OPTIONS,
        HeaderValue::from_static("nosniff"),
    );
    response
}

async fn limited(state: &AppState, request: Request, next: Next) -> Result<Response, Problem> {
    let limits = &state.limits;
    let uri_bytes = request
        .uri()
        .path_and_query()
        .map_or(0, |uri| uri.as_str().len());
    if uri_bytes > limits.uri_bytes_max {
        return Err(Problem::new(
            codes::URI_TOO_LONG,
            "path and query are too long",
        ));
    }
    let headers = request.headers().iter();
    let header_bytes: usize = headers
        .map(|(name, value)| name.as_str().len() + value.len())
        .sum();
    if header_bytes > limits.header_bytes_max {
        return Err(Problem::new(
            codes::HEADERS_TOO_LARGE,
            "the headers are too large in all",
        ));
    }
    let Ok(_slot) = state.requests.try_acquire() else {
        return Err(Problem::overloaded("every slot for requests is taken"));
    };
    // A push is compiled, a file is imported and points are checked before they are answered.
    let path = request.uri().path();
    let is_long = ["/plugins", "/knowledge/import", "/knowledge/checks"]
        .iter()
        .any(|end| path.ends_with(end));
    let time = if is_long && request.method() == Method::POST {
        limits.push_time
    } else {
        limits.request_time
    };
    match timeout(time, next.run(request)).await {
        Ok(response) => Ok(response),
        Err(_) => Err(Problem::new(
            codes::TIMED_OUT,
            "the request took too long; it may still be carried out",
        )
        .way_out("repeat it with the same Idempotency-Key: it is not carried out twice")
        .header(header::RETRY_AFTER, "1")),
    }
}
