//! The server's own paths: whether it lives and is ready, what it counted, what it answers.

use http_body_util::Full;
use hyper::body::Bytes;
use hyper::header::{ALLOW, CONTENT_TYPE, HeaderValue};
use hyper::{Method, Response, StatusCode};

use crate::problem::Problem;

/// Media type of JSON.
pub(crate) const JSON: &str = "application/json";
/// The methods that these paths take.
pub(crate) const ALLOWED: &str = "GET, HEAD, OPTIONS";

/// One of the server's own paths. They need no token, and have precedence over every route.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Path {
    /// Whether the process lives.
    Healthz,
    /// Where Spin answers the same.
    SpinHealth,
    /// Whether it takes requests.
    Readyz,
    /// What was counted, for Prometheus.
    Metrics,
    /// What the functions answer.
    OpenApi,
}

impl Path {
    /// Every one.
    pub(crate) const ALL: [Self; 5] = [
        Self::Healthz,
        Self::SpinHealth,
        Self::Readyz,
        Self::Metrics,
        Self::OpenApi,
    ];

    /// The path itself.
    pub(crate) const fn text(self) -> &'static str {
        match self {
            Self::Healthz => "/healthz",
            Self::SpinHealth => "/.well-known/spin/health",
            Self::Readyz => "/readyz",
            Self::Metrics => "/metrics",
            Self::OpenApi => "/openapi.json",
        }
    }

    /// The one that a request names.
    pub(crate) fn of(path: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|own| own.text() == path)
    }
}

/// The answer to a method, of which `get` is the one to `GET`: media type and body.
pub(crate) fn answer(
    method: &Method,
    get: impl FnOnce() -> Result<(&'static str, Bytes), Problem>,
) -> Result<Response<Full<Bytes>>, Problem> {
    let mut response = match *method {
        Method::GET | Method::HEAD => {
            let (media_type, body) = get()?;
            let mut response = Response::new(Full::new(body));
            let media_type = HeaderValue::from_static(media_type);
            response.headers_mut().insert(CONTENT_TYPE, media_type);
            response
        }
        Method::OPTIONS => {
            let mut response = Response::new(Full::default());
            *response.status_mut() = StatusCode::NO_CONTENT;
            let allowed = HeaderValue::from_static(ALLOWED);
            response.headers_mut().insert(ALLOW, allowed);
            response
        }
        _ => return Err(Problem::MethodNotAllowed),
    };
    response
        .headers_mut()
        .insert("cache-control", HeaderValue::from_static("no-store"));
    Ok(response)
}
