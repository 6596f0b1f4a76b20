//! Errors as problem+json (RFC 9457): what is wrong, which article says so, and the way out.
//!
//! Three kinds are never mixed: the caller's request is at fault or the regulation says no (4xx), or
//! Kapok is (5xx, logged with its cause, answered without it).

use std::fmt::Write as _;

use axum::Json;
use axum::body::Body;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use engine::{DossierError, KnowledgeError, RolloutError};
use lifecycle::command::CommandKind;
use lifecycle::dossier;
use lifecycle::rejection::Rejection;
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

use crate::dto::in_local_time;
use crate::headers::IfMatch;

pub mod codes;

pub use codes::Code;

/// Media type of every error.
pub(crate) const MEDIA_TYPE: &str = "application/problem+json";

/// A problem on its way to the client.
#[derive(Debug, Clone)]
pub(crate) struct Problem(Box<Parts>);

#[derive(Debug, Clone)]
struct Parts {
    code: Code,
    body: ProblemBody,
    headers: Vec<(HeaderName, HeaderValue)>,
}

/// Body of every error: problem details by RFC 9457 with Kapok's own members.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Problem)]
pub struct ProblemBody {
    /// Reference of the kind of problem; the fragment is the code, the document lists them all.
    #[serde(rename = "type")]
    #[schema(example = "/api/v1/problems#wrong-stage")]
    pub type_uri: String,
    /// Title in English; the same for every problem of this code.
    pub title: &'static str,
    /// Title in Chinese, for screens.
    pub title_zh: &'static str,
    /// The HTTP status, repeated.
    #[schema(example = 422)]
    pub status: u16,
    /// Stable code for machines.
    #[schema(example = "wrong-stage")]
    pub code: &'static str,
    /// What is wrong this time.
    pub detail: String,
    /// Article of the implementing rules that says so; absent where it is not the law.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "第二十一条第二款")]
    pub article: Option<&'static str>,
    /// What to do instead.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub way_out: Option<String>,
    /// The fields at fault.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<FieldError>,
    /// The order's version now, where another was expected.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub current_version: Option<u64>,
    /// The order that is meant, where it is not the one of the path.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub order: Option<String>,
    /// The rejection's own numbers and instants, such as `due_at`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub params: Option<Map<String, Value>>,
}

/// A field at fault.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct FieldError {
    /// Where, as a path from the root of the body or as the parameter's name; `.` is the root.
    #[schema(example = "evidence[0].kind")]
    pub field: String,
    /// What is wrong with it.
    pub detail: String,
}

impl Problem {
    /// A problem of this code.
    pub(crate) fn new(code: Code, detail: impl Into<String>) -> Self {
        let body = ProblemBody {
            type_uri: format!("/api/v1/problems#{}", code.code),
            title: code.title,
            title_zh: code.title_zh,
            status: code.status.as_u16(),
            code: code.code,
            detail: detail.into(),
            article: None,
            way_out: None,
            errors: Vec::new(),
            current_version: None,
            order: None,
            params: None,
        };
        Self(Box::new(Parts {
            code,
            body,
            headers: Vec::new(),
        }))
    }

    /// A problem with one field.
    pub(crate) fn field(code: Code, field: impl Into<String>, detail: impl Into<String>) -> Self {
        let (field, detail) = (field.into(), detail.into());
        let mut problem = Self::new(code, format!("`{field}`: {detail}"));
        problem.0.body.errors.push(FieldError { field, detail });
        problem
    }

    /// The same with a way out.
    pub(crate) fn way_out(mut self, way_out: impl Into<String>) -> Self {
        self.0.body.way_out = Some(way_out.into());
        self
    }

    /// The same, with the article that says so.
    pub(crate) fn article(mut self, article: &'static str) -> Self {
        self.0.body.article = (!article.is_empty()).then_some(article);
        self
    }

    /// What stands against a command. Where the order as it stands forbids it, no article of its own does:
    /// the one that provides for the command says where it belongs, as an explanation says too.
    pub(crate) fn of_command(kind: CommandKind, error: engine::Error) -> Self {
        use engine::Error::Rejected;
        let by_standing = matches!(
            error,
            Rejected(Rejection::Closed | Rejection::WrongStage { .. } | Rejection::NoSuchProposal)
        );
        let problem = Self::from(error);
        if by_standing {
            problem.article(kind.article())
        } else {
            problem
        }
    }

    /// The same with another header.
    pub(crate) fn header(mut self, name: HeaderName, value: &'static str) -> Self {
        self.0.headers.push((name, HeaderValue::from_static(value)));
        self
    }

    /// The same, about another order than the path's.
    pub(crate) fn order(mut self, order: impl Into<String>) -> Self {
        self.0.body.order = Some(order.into());
        self
    }

    /// The same, with a value that a program reads.
    pub(crate) fn param(mut self, name: &str, value: impl Into<Value>) -> Self {
        let params = self.0.body.params.get_or_insert_default();
        params.insert(name.to_owned(), value.into());
        self
    }

    /// The same, with the version that the order has now, also as `ETag`.
    pub(crate) fn current_version(mut self, version: u64) -> Self {
        self.0.body.current_version = Some(version);
        if let Ok(tag) = HeaderValue::try_from(format!("\"{version}\"")) {
            self.0.headers.push((header::ETAG, tag));
        }
        self
    }

    /// The same, with the article that says so and the rejection's own numbers and instants.
    fn refused(self, article: &'static str, rejection: &impl Serialize) -> Self {
        let mut problem = self.article(article);
        let params = serde_json::to_value(rejection).map(in_local_time);
        if let Ok(Value::Object(mut params)) = params {
            params.shift_remove("rejection");
            problem.0.body.params = (!params.is_empty()).then_some(params);
        }
        problem
    }

    /// A problem of our own making. The cause goes to the log and not to the client.
    pub(crate) fn internal(code: Code, error: &dyn std::error::Error) -> Self {
        tracing::error!(error = %chain(error), "the request failed");
        Self::new(
            code,
            "the cause is in the log, under this answer's x-request-id",
        )
        .way_out("try again later; if it stays, tell the platform's admin the x-request-id")
    }

    /// Kapok has no room for the request now.
    pub(crate) fn overloaded(detail: &'static str) -> Self {
        Self::new(codes::OVERLOADED, detail)
            .way_out("try again after the seconds that Retry-After names")
            .header(header::RETRY_AFTER, "1")
    }

    /// Its stable code, for metrics.
    pub(crate) fn code(&self) -> &'static str {
        self.0.code.code
    }
}

impl From<Rejection> for Problem {
    fn from(rejection: Rejection) -> Self {
        Self::new(codes::of_rejection(&rejection), rejection.to_string())
            .way_out(rejection.way_out())
            .refused(rejection.article(), &rejection)
    }
}

impl From<dossier::Rejection> for Problem {
    fn from(rejection: dossier::Rejection) -> Self {
        Self::new(
            codes::of_dossier_rejection(&rejection),
            rejection.to_string(),
        )
        .way_out(rejection.way_out())
        .refused(rejection.article(), &rejection)
    }
}

impl From<DossierError> for Problem {
    fn from(error: DossierError) -> Self {
        let detail = error.to_string();
        match error {
            DossierError::Rejected(rejection) => rejection.into(),
            DossierError::NotFound { dossier } => {
                let detail = format!("there is no dossier {dossier}");
                Self::new(codes::DOSSIER_NOT_FOUND, detail).way_out("check the number")
            }
            DossierError::VersionConflict { expected, actual } => {
                let detail = if expected == IfMatch::NEVER {
                    format!("the dossier has version {actual}, which is not what If-Match names")
                } else {
                    format!("the dossier has version {actual}, not {expected}")
                };
                Self::new(codes::DOSSIER_VERSION_CONFLICT, detail)
                    .way_out("read the dossier again and decide anew")
                    .current_version(actual)
            }
            DossierError::Busy { .. } => {
                Self::new(codes::CONCURRENT_CHANGE, detail).way_out("try again")
            }
            DossierError::Corrupt { .. } => Self::internal(codes::INTERNAL, &error),
        }
    }
}

impl From<knowledge_base::Rejection> for Problem {
    fn from(rejection: knowledge_base::Rejection) -> Self {
        let detail = rejection.to_string();
        let mut problem = Self::new(codes::of_knowledge_rejection(&rejection), &*detail)
            .way_out(rejection.way_out())
            .refused(rejection.article(), &rejection);
        if let Some(field) = rejection.field() {
            let field = field.to_owned();
            problem.0.body.errors.push(FieldError { field, detail });
        }
        problem
    }
}

impl From<KnowledgeError> for Problem {
    fn from(error: KnowledgeError) -> Self {
        let detail = error.to_string();
        match error {
            KnowledgeError::Rejected(rejection) => rejection.into(),
            KnowledgeError::NotFound { entry } => {
                let detail = format!("there is no entry {entry} of the knowledge base");
                Self::new(codes::KNOWLEDGE_NOT_FOUND, detail).way_out("check the number")
            }
            KnowledgeError::NoVersion { point, version } => {
                let detail = format!("version {version} of point {point} was never published");
                Self::new(codes::VERSION_NOT_FOUND, detail)
                    .way_out("read the point; it lists its versions")
            }
            KnowledgeError::VersionConflict { expected, actual } => {
                let detail = if expected == IfMatch::NEVER {
                    format!("the entry has version {actual}, which is not what If-Match names")
                } else {
                    format!("the entry has version {actual}, not {expected}")
                };
                Self::new(codes::KNOWLEDGE_VERSION_CONFLICT, detail)
                    .way_out("read the entry again and decide anew")
                    .current_version(actual)
            }
            KnowledgeError::Busy { .. } => {
                Self::new(codes::CONCURRENT_CHANGE, detail).way_out("try again")
            }
            KnowledgeError::Corrupt { .. } => Self::internal(codes::INTERNAL, &error),
        }
    }
}

impl From<RolloutError> for Problem {
    fn from(error: RolloutError) -> Self {
        let detail = error.to_string();
        match error {
            RolloutError::Rejected(rejection) => {
                let code = match &rejection {
                    rollout::Rejection::NotPermitted { .. } => codes::NOT_PERMITTED,
                    rollout::Rejection::UnknownImage { .. }
                    | rollout::Rejection::UnknownActivation { .. } => codes::NOT_FOUND,
                    rollout::Rejection::BadField { .. } => codes::INVALID_INPUT,
                    rollout::Rejection::AlreadyPushed { .. }
                    | rollout::Rejection::WrongKind { .. }
                    | rollout::Rejection::InThePast { .. }
                    | rollout::Rejection::AlreadyThere { .. }
                    | rollout::Rejection::LeftToPerson { .. }
                    | rollout::Rejection::ListUnchanged { .. }
                    | rollout::Rejection::NotTried { .. }
                    | rollout::Rejection::TrialTooNarrow { .. }
                    | rollout::Rejection::TrialBeyondLimit { .. }
                    | rollout::Rejection::NothingBefore
                    | rollout::Rejection::ReturnedAlready { .. }
                    | rollout::Rejection::LeftByRollback { .. }
                    | rollout::Rejection::NotAwaitingApproval { .. }
                    | rollout::Rejection::SamePerson { .. }
                    | rollout::Rejection::TooLateToWithdraw { .. }
                    | rollout::Rejection::NotEarlier { .. }
                    | rollout::Rejection::NotACandidate { .. } => codes::ROLLOUT_REFUSED,
                };
                Self::field(code, rejection.field(), rejection.problem())
                    .way_out(rejection.way_out())
                    .param("reason", rejection.code())
            }
            RolloutError::UnknownScope { .. } => Self::field(codes::INVALID_INPUT, "scope", detail)
                .way_out("give 440100 or a code of the directory"),
            RolloutError::BadDigest(_) | RolloutError::AmbiguousImage { .. } => {
                Self::field(codes::INVALID_INPUT, "image", detail)
                    .way_out("give the digest as the list of images has it")
            }
            RolloutError::NoImage { .. }
            | RolloutError::NoComponent { .. }
            | RolloutError::NoActivation { .. }
            | RolloutError::NoDecision { .. }
            | RolloutError::NoTrial { .. } => {
                Self::new(codes::NOT_FOUND, detail).way_out("check the number")
            }
            RolloutError::NotInDecisions { .. } => {
                Self::new(codes::INVALID_INPUT, detail).way_out("check the knowledge base with it")
            }
            RolloutError::TrialRuns { id, owner } => Self::new(codes::ROLLOUT_CONFLICT, detail)
                .way_out(
                    "wait for the end of the trial that runs, or cancel it: DELETE /trials/{id}",
                )
                .param("trial", id.to_string())
                .param("owner", owner),
            RolloutError::TrialIsOver { .. } => Self::new(codes::ROLLOUT_CONFLICT, detail)
                .way_out("read what it showed: GET /trials/{id}"),
            RolloutError::Busy => Self::new(codes::CONCURRENT_CHANGE, detail).way_out("try again"),
            RolloutError::Workshop { .. } | RolloutError::NoWorkshop => {
                Self::new(codes::ROLLOUT_REFUSED, detail)
            }
            RolloutError::Corrupt(_) => Self::internal(codes::INTERNAL, &error),
        }
    }
}

impl From<engine::Error> for Problem {
    fn from(error: engine::Error) -> Self {
        use engine::Error;
        let detail = error.to_string();
        match error {
            Error::Rejected(rejection) => rejection.into(),
            Error::Dossier(error) => error.into(),
            Error::Rollout(error) => error.into(),
            Error::Knowledge(error) => error.into(),
            Error::NotFound { order } => {
                Self::new(codes::ORDER_NOT_FOUND, format!("there is no order {order}"))
                    .way_out("check the number")
            }
            Error::NotStuck { id } => Self::new(
                codes::NOT_FOUND,
                format!("nothing of the id `{id}` is stuck"),
            )
            .way_out("list what is stuck; it may have been carried out meanwhile"),
            Error::NoDelivery { id } => {
                Self::new(codes::NOT_FOUND, format!("there is no delivery {id}"))
                    .way_out("check the number")
            }
            Error::VersionConflict { expected, actual } => {
                let detail = if expected == IfMatch::NEVER {
                    format!("the order has version {actual}, which is not what If-Match names")
                } else {
                    format!("the order has version {actual}, not {expected}")
                };
                Self::new(codes::VERSION_CONFLICT, detail)
                    .way_out("read the order again and decide anew")
                    .current_version(actual)
            }
            Error::SourceExists { order } => Self::new(codes::SOURCE_EXISTS, detail)
                .way_out("read the existing order")
                .order(order.to_string()),
            Error::KeyReused => {
                let detail = "the idempotency key was used before for another request";
                Self::new(codes::IDEMPOTENCY_KEY_REUSED, detail)
                    .way_out("use a new key for every new request")
            }
            Error::InvalidInput {
                field,
                problem,
                way_out,
            } => Self::field(codes::INVALID_INPUT, field, problem).way_out(way_out),
            Error::Busy { .. } => Self::new(codes::CONCURRENT_CHANGE, detail).way_out("try again"),
            Error::Calendar(fault) => Self::new(codes::INVALID_INPUT, fault.to_string()),
            Error::Store(fault) => Self::internal(codes::STORE_FAILED, &fault),
            Error::Corrupt { .. } | Error::Question(_) | Error::RuleSetChanged { .. } => {
                Self::internal(codes::INTERNAL, &error)
            }
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let parts = *self.0;
        let mut response = (parts.code.status, Json(parts.body)).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(MEDIA_TYPE));
        for (name, value) in parts.headers {
            headers.insert(name, value);
        }
        response.extensions_mut().insert(parts.code);
        response
    }
}

/// Turns an error that did not come from a handler (an unknown route, a wrong method, a panic) into a
/// problem, and leaves everything else alone.
pub(crate) async fn ensure(response: Response) -> Response {
    let status = response.status();
    let is_problem = response
        .headers()
        .get(header::CONTENT_TYPE)
        .is_some_and(|value| value.as_bytes().starts_with(MEDIA_TYPE.as_bytes()));
    if is_problem || !(status.is_client_error() || status.is_server_error()) {
        return response;
    }
    let (head, _) = response.into_parts();
    let code = codes::of_status(status);
    let problem = Problem::new(Code { status, ..code }, reason(status));
    let mut answer = problem.into_response();
    if let Some(allow) = head.headers.get(header::ALLOW) {
        answer.headers_mut().insert(header::ALLOW, allow.clone());
    }
    let (head, body) = answer.into_parts();
    Response::from_parts(head, Body::new(body))
}

fn reason(status: StatusCode) -> &'static str {
    match status {
        StatusCode::NOT_FOUND => "there is no such route; /api/v1/openapi.json lists them all",
        StatusCode::METHOD_NOT_ALLOWED => "the route takes the methods that Allow names",
        other => other.canonical_reason().unwrap_or("an error"),
    }
}

/// An error with its causes, as one line.
fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        // Writing to a String cannot fail.
        let _ = write!(text, ": {error}");
        cause = error.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use expect_test::{Expect, expect};
    use http_body_util::BodyExt as _;

    use super::*;

    async fn check(problem: impl IntoResponse, expected: Expect) {
        let response = ensure(problem.into_response()).await;
        let mut text = format!("{}\n", response.status());
        for (name, value) in response.headers() {
            let _ = writeln!(text, "{name}: {}", value.to_str().unwrap());
        }
        let body = response.into_body().collect().await.unwrap().to_bytes();
        let body: Value = serde_json::from_slice(&body).unwrap();
        let _ = write!(text, "{}", serde_json::to_string_pretty(&body).unwrap());
        expected.assert_eq(&text);
    }

    #[tokio::test]
    async fn a_rejection_names_its_article_its_way_out_and_its_numbers() {
        let due_at = DateTime::UNIX_EPOCH;
        check(
            Problem::from(Rejection::RatingTooLate {
                due_at: Some(due_at),
            }),
            expect![[r#"
                422 Unprocessable Entity
                content-type: application/problem+json
                {
                  "type": "/api/v1/problems#rating-too-late",
                  "title": "The rating came too late",
                  "title_zh": "评价已超过期限",
                  "status": 422,
                  "code": "rating-too-late",
                  "detail": "the rating came after 1970-01-01 08:00:00; the order counts as unrated",
                  "article": "第二十七条第三项",
                  "way_out": "nothing; the time is over",
                  "params": {
                    "due_at": "1970-01-01T08:00:00+08:00"
                  }
                }"#]],
        )
        .await;
        check(
            Problem::from(Rejection::Closed),
            expect![[r#"
            422 Unprocessable Entity
            content-type: application/problem+json
            {
              "type": "/api/v1/problems#order-closed",
              "title": "The order is closed",
              "title_zh": "工单已办结",
              "status": 422,
              "code": "order-closed",
              "detail": "the order is closed",
              "way_out": "file a new request"
            }"#]],
        )
        .await;
    }

    #[tokio::test]
    async fn what_the_standing_of_an_order_forbids_carries_the_article_of_the_command() {
        // The stage, the end, the lack of anything to act on are no articles; the command's is. What is
        // at fault in the command itself keeps to its own.
        let wrong_stage = || Rejection::WrongStage {
            stage: "in_handling",
            needed: "under_review",
        };
        for (kind, rejection, article) in [
            (CommandKind::Extend, wrong_stage(), Some("第十九条")),
            (CommandKind::Extend, Rejection::Closed, Some("第十九条")),
            (
                CommandKind::Rate,
                Rejection::WithdrawnNotRated,
                Some("第二十七条第二项"),
            ),
            (
                CommandKind::Extend,
                Rejection::Missing { field: "reason" },
                None,
            ),
        ] {
            let problem = Problem::of_command(kind, rejection.clone().into());
            assert_eq!(problem.0.body.article, article, "{rejection:?}");
        }
    }

    #[tokio::test]
    async fn a_problem_carries_what_the_client_needs() {
        let conflict = Problem::new(codes::VERSION_CONFLICT, "the order has version 7, not 6");
        check(
            conflict.current_version(7),
            expect![[r#"
            412 Precondition Failed
            content-type: application/problem+json
            etag: "7"
            {
              "type": "/api/v1/problems#version-conflict",
              "title": "The order has moved on",
              "title_zh": "工单版本已更新",
              "status": 412,
              "code": "version-conflict",
              "detail": "the order has version 7, not 6",
              "current_version": 7
            }"#]],
        )
        .await;
        check(
            Problem::overloaded("no slot is free"),
            expect![[r#"
            503 Service Unavailable
            content-type: application/problem+json
            retry-after: 1
            {
              "type": "/api/v1/problems#overloaded",
              "title": "Too many requests at once",
              "title_zh": "系统繁忙",
              "status": 503,
              "code": "overloaded",
              "detail": "no slot is free",
              "way_out": "try again after the seconds that Retry-After names"
            }"#]],
        )
        .await;
        check(
            Problem::field(codes::INVALID_FIELD, "a.b[0]", "is unknown"),
            expect![[r#"
                400 Bad Request
                content-type: application/problem+json
                {
                  "type": "/api/v1/problems#invalid-field",
                  "title": "A field is unknown, missing or of the wrong form",
                  "title_zh": "字段未知、缺失或格式不正确",
                  "status": 400,
                  "code": "invalid-field",
                  "detail": "`a.b[0]`: is unknown",
                  "errors": [
                    {
                      "field": "a.b[0]",
                      "detail": "is unknown"
                    }
                  ]
                }"#]],
        )
        .await;
    }

    #[tokio::test]
    async fn the_cause_of_an_internal_problem_stays_inside() {
        let cause = std::io::Error::other("the disk at slot 3 is gone");
        check(
            Problem::internal(codes::STORE_FAILED, &cause),
            expect![[r#"
            500 Internal Server Error
            content-type: application/problem+json
            {
              "type": "/api/v1/problems#store-failed",
              "title": "The store failed",
              "title_zh": "存储故障",
              "status": 500,
              "code": "store-failed",
              "detail": "the cause is in the log, under this answer's x-request-id",
              "way_out": "try again later; if it stays, tell the platform's admin the x-request-id"
            }"#]],
        )
        .await;
    }

    #[tokio::test]
    async fn a_bare_error_becomes_a_problem() {
        let bare = (StatusCode::METHOD_NOT_ALLOWED, [(header::ALLOW, "GET")], "");
        check(
            bare,
            expect![[r#"
                405 Method Not Allowed
                content-type: application/problem+json
                allow: GET
                {
                  "type": "/api/v1/problems#method-not-allowed",
                  "title": "The route does not take this method",
                  "title_zh": "该路径不支持此方法",
                  "status": 405,
                  "code": "method-not-allowed",
                  "detail": "the route takes the methods that Allow names"
                }"#]],
        )
        .await;
        check(
            StatusCode::IM_A_TEAPOT,
            expect![[r#"
                418 I'm a teapot
                content-type: application/problem+json
                {
                  "type": "/api/v1/problems#bad-request",
                  "title": "The request cannot be understood",
                  "title_zh": "无法理解该请求",
                  "status": 418,
                  "code": "bad-request",
                  "detail": "I'm a teapot"
                }"#]],
        )
        .await;
    }
}
