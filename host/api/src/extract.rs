//! Bodies, queries and path parts, with errors that name the field.

use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, OriginalUri, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::IntoResponse as _;
use serde::de::{DeserializeOwned, IgnoredAny};
use serde_json::error::Category;
use sha2::{Digest as _, Sha256};

use crate::problem::{Problem, codes};

/// A JSON body. An empty body stands for `{}`, so that commands without fields need none.
#[derive(Debug)]
pub(crate) struct Body<T> {
    /// The body.
    pub(crate) value: T,
    /// SHA-256 of method, path and body, in hex: what makes a repeated request the same.
    pub(crate) fingerprint: String,
}

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Body<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let json = is_json(request.headers());
        let mut digest = Sha256::new();
        digest.update(request.method().as_str());
        digest.update([0]);
        // The path as it was sent, not as a nested router sees it.
        match request.extensions().get::<OriginalUri>() {
            Some(uri) => digest.update(uri.path()),
            None => digest.update(request.uri().path()),
        }
        digest.update([0]);
        // The token makes the digest useless for guessing what short a body said.
        if let Some(token) = request.headers().get(header::AUTHORIZATION) {
            digest.update(token.as_bytes());
        }
        digest.update([0]);
        let bytes = Bytes::from_request(request, state)
            .await
            .map_err(|rejection| {
                if rejection.into_response().status() == StatusCode::PAYLOAD_TOO_LARGE {
                    Problem::new(
                        codes::BODY_TOO_LARGE,
                        "the body is larger than this server accepts",
                    )
                    .way_out("shorten the texts; attachments are references, not part of the body")
                } else {
                    Problem::new(codes::BAD_REQUEST, "the body could not be read to its end")
                }
            })?;
        digest.update(&bytes);
        if !bytes.is_empty() && !json {
            return Err(Problem::new(
                codes::UNSUPPORTED_MEDIA_TYPE,
                "the body must be sent as application/json",
            ));
        }
        let text: &[u8] = if bytes.is_empty() { b"{}" } else { &bytes };
        Ok(Self {
            value: parse(text)?,
            fingerprint: hex::encode(digest.finalize()),
        })
    }
}

/// Whether the body says that it is JSON.
fn is_json(headers: &HeaderMap) -> bool {
    let value = headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok());
    let media_type = value
        .unwrap_or_default()
        .split(';')
        .next()
        .unwrap_or_default();
    media_type.trim().eq_ignore_ascii_case("application/json")
}

/// Reads a JSON object; what is wrong is named by its path.
fn parse<T: DeserializeOwned>(text: &[u8]) -> Result<T, Problem> {
    // Types here would take their fields from a list too, by position.
    if text.trim_ascii_start().starts_with(b"[") {
        return Err(field_at_fault(".", "is a list; send an object"));
    }
    let mut parser = serde_json::Deserializer::from_slice(text);
    let value = serde_path_to_error::deserialize(&mut parser).map_err(|error| {
        let path = error.path().to_string();
        let cause = error.into_inner();
        match cause.classify() {
            Category::Data => field_at_fault(&path, without_position(&cause.to_string())),
            // What is JSON all the same has a second member where one of several is to be given.
            Category::Syntax if serde_json::from_slice::<IgnoredAny>(text).is_ok() => {
                field_at_fault(&path, "takes one member only")
            }
            Category::Syntax | Category::Eof | Category::Io => malformed(&cause),
        }
    })?;
    parser.end().map_err(|error| malformed(&error))?;
    Ok(value)
}

fn field_at_fault(path: &str, message: &str) -> Problem {
    Problem::field(codes::INVALID_FIELD, with_own_name(path, message), message)
        .way_out("/api/v1/openapi.json describes every field")
}

/// A field that is missing or stands twice is named by the message only, below the path of its parent.
fn with_own_name(path: &str, message: &str) -> String {
    let named = ["missing field `", "duplicate field `"];
    let rest = named.iter().find_map(|prefix| message.strip_prefix(prefix));
    match rest.and_then(|rest| rest.split('`').next()) {
        Some(name) if path == "." => name.to_owned(),
        Some(name) => format!("{path}.{name}"),
        None => path.to_owned(),
    }
}

fn malformed(error: &serde_json::Error) -> Problem {
    Problem::new(codes::MALFORMED_JSON, error.to_string())
}

/// The path says better where than line and column of the text.
fn without_position(message: &str) -> &str {
    let end = message.rfind(" at line ").unwrap_or(message.len());
    message.get(..end).unwrap_or(message)
}

/// The query string. Unknown parameters are refused by the type.
#[derive(Debug)]
pub(crate) struct Query<T>(pub(crate) T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for Query<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let rejection = match axum::extract::Query::from_request_parts(parts, state).await {
            Ok(axum::extract::Query(value)) => return Ok(Self(value)),
            Err(rejection) => rejection.body_text(),
        };
        let text = rejection
            .rsplit_once("query string: ")
            .map_or(&*rejection, |(_, text)| text);
        let (path, message) = text.split_once(": ").unwrap_or((".", text));
        let field = with_own_name(path, message);
        Err(Problem::field(codes::INVALID_PARAMETER, field, message)
            .way_out("/api/v1/openapi.json describes every parameter"))
    }
}

/// A part of the path.
#[derive(Debug)]
pub(crate) struct Path<T>(pub(crate) T);

impl<S: Send + Sync, T: DeserializeOwned + Send> FromRequestParts<S> for Path<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        match axum::extract::Path::from_request_parts(parts, state).await {
            Ok(axum::extract::Path(value)) => Ok(Self(value)),
            Err(rejection) => Err(Problem::new(codes::INVALID_PATH, rejection.body_text())),
        }
    }
}

#[cfg(test)]
mod tests {
    use axum::body::Body as HttpBody;
    use axum::http::Method;
    use expect_test::expect;
    use http_body_util::BodyExt as _;
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "read by the derived Debug")]
    struct Sample {
        number: u8,
        #[serde(default)]
        list: Vec<Item>,
    }

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "read by the derived Debug")]
    struct Item {
        name: String,
    }

    fn request(media_type: &str, body: &'static str) -> Request {
        Request::builder()
            .method(Method::POST)
            .uri("/a?b=c")
            .header(header::CONTENT_TYPE, media_type)
            .body(HttpBody::from(body))
            .unwrap()
    }

    async fn outcome<T: std::fmt::Debug>(result: Result<T, Problem>) -> String {
        match result {
            Ok(value) => format!("{value:?}"),
            Err(problem) => {
                let body = problem.into_response().into_body().collect().await.unwrap();
                let body: serde_json::Value = serde_json::from_slice(&body.to_bytes()).unwrap();
                format!("{} {} {}", body["status"], body["code"], body["detail"])
            }
        }
    }

    #[tokio::test]
    async fn a_bad_body_is_named_by_its_field() {
        let json = "application/json";
        let rows = [
            (json, r#"{"number": 1, "list": [{"name": "a"}]}"#),
            ("Application/JSON; charset=utf-8", r#"{"number": 1}"#),
            ("text/plain", r#"{"number": 1}"#),
            ("text/plain", ""),
            (json, ""),
            (json, "{"),
            (json, "number"),
            (json, r#"{"number": 1} x"#),
            (json, r#"{"number": 256}"#),
            (json, r#"{"number": 1, "nummer": 1}"#),
            (json, r#"{"number": 1, "number": 2}"#),
            (
                json,
                r#"{"number": 1, "list": [{"name": "a"}, {"name": 7}]}"#,
            ),
            (json, r#"{"number": 1, "list": [{"name": "a", "x": 1}]}"#),
            (json, "[]"),
        ];
        let mut text = String::new();
        for (media_type, body) in rows {
            let result = Body::<Sample>::from_request(request(media_type, body), &()).await;
            let line = outcome(result.map(|body| body.value)).await;
            text.push_str(&line);
            text.push('\n');
        }
        expect![[r#"
                Sample { number: 1, list: [Item { name: "a" }] }
                Sample { number: 1, list: [] }
                415 "unsupported-media-type" "the body must be sent as application/json"
                400 "invalid-field" "`number`: missing field `number`"
                400 "invalid-field" "`number`: missing field `number`"
                400 "malformed-json" "EOF while parsing an object at line 1 column 1"
                400 "malformed-json" "expected ident at line 1 column 3"
                400 "malformed-json" "trailing characters at line 1 column 15"
                400 "invalid-field" "`number`: invalid value: integer `256`, expected u8"
                400 "invalid-field" "`nummer`: unknown field `nummer`, expected `number` or `list`"
                400 "invalid-field" "`number`: duplicate field `number`"
                400 "invalid-field" "`list[1].name`: invalid type: integer `7`, expected a string"
                400 "invalid-field" "`list[0].x`: unknown field `x`, expected `name`"
                400 "invalid-field" "`.`: is a list; send an object"
            "#]]
        .assert_eq(&text);
    }

    #[tokio::test]
    async fn a_bad_query_is_named_by_its_parameter() {
        #[derive(Debug, Deserialize)]
        #[serde(deny_unknown_fields)]
        #[expect(dead_code, reason = "read by the derived Debug")]
        struct Sample {
            limit: u8,
        }
        let mut text = String::new();
        for query in ["limit=1", "limit=x", "limit=1&limt=2", ""] {
            let uri = format!("/a?{query}");
            let request = Request::builder().uri(uri).body(()).unwrap();
            let (mut parts, ()) = request.into_parts();
            let result = Query::<Sample>::from_request_parts(&mut parts, &()).await;
            text.push_str(&outcome(result).await);
            text.push('\n');
        }
        expect![[r#"
                Query(Sample { limit: 1 })
                400 "invalid-parameter" "`limit`: invalid digit found in string"
                400 "invalid-parameter" "`limt`: unknown field `limt`, expected `limit`"
                400 "invalid-parameter" "`limit`: missing field `limit`"
            "#]]
        .assert_eq(&text);
    }

    #[tokio::test]
    async fn a_fingerprint_tells_requests_apart() {
        let fingerprint = async |body| {
            let body = Body::<Sample>::from_request(request("application/json", body), &()).await;
            body.unwrap().fingerprint
        };
        let one = fingerprint(r#"{"number": 1}"#).await;
        assert_eq!(one, fingerprint(r#"{"number": 1}"#).await);
        assert_ne!(one, fingerprint(r#"{"number": 2}"#).await);
    }
}
