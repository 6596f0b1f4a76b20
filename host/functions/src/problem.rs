//! Problem documents (RFC 9457) for what goes wrong outside a component. What goes wrong inside is the
//! adapter's to say, in the same form.

use http_body_util::Full;
use hyper::body::Bytes;
use hyper::header::{ALLOW, CONTENT_TYPE, HeaderValue, RETRY_AFTER, WWW_AUTHENTICATE};
use hyper::{Response, StatusCode};
use serde::Serialize;

use crate::own;

/// What the server itself answers instead of a component. The code is stable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Problem {
    /// No route takes the path.
    NotFound,
    /// One of the server's own paths takes other methods.
    MethodNotAllowed,
    /// No token, or one that is not known.
    Unauthorized,
    /// The server is stopping.
    Stopping,
    /// The body did not arrive in time.
    BodyTimeout,
    /// The body broke off.
    UnreadableBody,
    /// The body is above the bound.
    BodyTooLarge,
    /// As many requests as may be are in work.
    Overloaded,
    /// The component took too long and was ended.
    FunctionTimeout,
    /// The component trapped or gave no answer.
    FunctionFailed,
    /// The component wanted more memory than it may have.
    FunctionOutOfMemory,
    /// The component's answer is above the bound.
    AnswerTooLarge,
}

#[derive(Serialize)]
struct Document {
    title: &'static str,
    status: u16,
    code: &'static str,
    detail: &'static str,
}

impl Problem {
    /// Status, code, and what it means.
    const fn parts(self) -> (StatusCode, &'static str, &'static str) {
        match self {
            Self::NotFound => (
                StatusCode::NOT_FOUND,
                "not_found",
                "No function has this path; GET /openapi.json lists those that there are.",
            ),
            Self::MethodNotAllowed => (
                StatusCode::METHOD_NOT_ALLOWED,
                "method_not_allowed",
                "This path is read by GET.",
            ),
            Self::Unauthorized => (
                StatusCode::UNAUTHORIZED,
                "unauthorized",
                "Send `authorization: Bearer TOKEN` with a token that this server knows; who runs it \
                 gives them out.",
            ),
            Self::Stopping => (
                StatusCode::SERVICE_UNAVAILABLE,
                "stopping",
                "The server is stopping; ask another one.",
            ),
            Self::BodyTimeout => (
                StatusCode::REQUEST_TIMEOUT,
                "body_timeout",
                "The body did not arrive in time.",
            ),
            Self::UnreadableBody => (
                StatusCode::BAD_REQUEST,
                "unreadable_body",
                "The body broke off before it was complete.",
            ),
            Self::BodyTooLarge => (
                StatusCode::PAYLOAD_TOO_LARGE,
                "body_too_large",
                "The body is too large.",
            ),
            Self::Overloaded => (
                StatusCode::SERVICE_UNAVAILABLE,
                "overloaded",
                "Too many requests are in work; try again later.",
            ),
            Self::FunctionTimeout => (
                StatusCode::GATEWAY_TIMEOUT,
                "function_timeout",
                "The function took too long and was ended.",
            ),
            Self::FunctionFailed => (
                StatusCode::INTERNAL_SERVER_ERROR,
                "function_failed",
                "The function failed and gave no answer.",
            ),
            Self::FunctionOutOfMemory => (
                StatusCode::INTERNAL_SERVER_ERROR,
                "function_out_of_memory",
                "The function wanted more memory than it may have, and was ended.",
            ),
            Self::AnswerTooLarge => (
                StatusCode::INTERNAL_SERVER_ERROR,
                "answer_too_large",
                "The function's answer is too large.",
            ),
        }
    }

    /// Every one, for the document.
    pub(crate) const ALL: [Self; 12] = [
        Self::NotFound,
        Self::MethodNotAllowed,
        Self::Unauthorized,
        Self::Stopping,
        Self::BodyTimeout,
        Self::UnreadableBody,
        Self::BodyTooLarge,
        Self::Overloaded,
        Self::FunctionTimeout,
        Self::FunctionFailed,
        Self::FunctionOutOfMemory,
        Self::AnswerTooLarge,
    ];

    /// Its stable code.
    pub(crate) const fn code(self) -> &'static str {
        self.parts().1
    }

    /// Status and what it means.
    pub(crate) const fn meaning(self) -> (StatusCode, &'static str) {
        let (status, _, detail) = self.parts();
        (status, detail)
    }

    /// The answer.
    pub(crate) fn response(self) -> Response<Full<Bytes>> {
        let (status, code, detail) = self.parts();
        let title = status.canonical_reason().unwrap_or_default();
        let document = Document {
            title,
            status: status.as_u16(),
            code,
            detail,
        };
        // A document of strings and numbers always serializes; without it the status still stands.
        let body = serde_json::to_vec(&document).unwrap_or_default();
        let mut response = Response::new(Full::new(Bytes::from(body)));
        *response.status_mut() = status;
        let headers = response.headers_mut();
        headers.insert(
            CONTENT_TYPE,
            HeaderValue::from_static("application/problem+json"),
        );
        match self {
            Self::Overloaded | Self::Stopping => {
                headers.insert(RETRY_AFTER, HeaderValue::from_static("1"));
            }
            Self::Unauthorized => {
                headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
            }
            Self::MethodNotAllowed => {
                headers.insert(ALLOW, HeaderValue::from_static(own::ALLOWED));
            }
            Self::NotFound
            | Self::BodyTimeout
            | Self::UnreadableBody
            | Self::BodyTooLarge
            | Self::FunctionTimeout
            | Self::FunctionFailed
            | Self::FunctionOutOfMemory
            | Self::AnswerTooLarge => {}
        }
        response
    }
}
