//! The adapter as a Spin component.

use contract::about::Description;
use contract::types::Refusal;
use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use serde::{Serialize, de::DeserializeOwned};
use spin_sdk::http::{HeaderMap, HeaderValue, Request, Response, StatusCode};

use crate::{Answer, MAX_BODY_BYTES, Plan};

/// Answers one request.
pub async fn answer<Q, V>(
    request: Request,
    describe: impl FnOnce() -> Description,
    ask: impl FnOnce(Q) -> Result<V, Refusal>,
) -> Response<String>
where
    Q: DeserializeOwned,
    V: Serialize,
{
    let (head, body) = request.into_parts();
    let content_types = head
        .headers
        .get_all("content-type")
        .iter()
        .map(HeaderValue::as_bytes);
    match crate::plan(head.method.as_str(), content_types) {
        Plan::Send(answer) => response(answer),
        Plan::Describe => response(crate::describe(&describe())),
        Plan::DescribeHead => {
            let answer = crate::describe(&describe());
            response(Answer {
                body: String::new(),
                ..answer
            })
        }
        Plan::Ask => match Limited::new(body, MAX_BODY_BYTES).collect().await {
            Ok(body) => response(crate::ask(&body.to_bytes(), ask)),
            Err(error) if error.is::<LengthLimitError>() => response(crate::body_too_large()),
            Err(_) => response(crate::unreadable_body()),
        },
    }
}

/// The answer in Spin's type.
fn response(answer: Answer) -> Response<String> {
    let mut headers = HeaderMap::new();
    for (name, value) in answer.headers {
        headers.insert(name, HeaderValue::from_static(value));
    }
    if !answer.body.is_empty() {
        headers.insert("content-length", HeaderValue::from(answer.body.len()));
    }
    let mut response = Response::new(answer.body);
    *response.headers_mut() = headers;
    *response.status_mut() =
        StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    response
}
