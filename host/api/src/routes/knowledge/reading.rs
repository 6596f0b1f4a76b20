//! Reading the knowledge base: entries, versions, why an entry stands as it does, who was answered from
//! a point.

use axum::Json;
use axum::extract::{OriginalUri, State};
use axum::http::header;
use axum::response::{IntoResponse as _, Response};
use engine::ports::Page;
use knowledge_base::ids::{ChangeId, FeedbackId, Id, OutageId, PointId};
use serde::Deserialize;

use super::lists::{limit_of, linked};
use crate::auth::Caller;
use crate::dto::knowledge::{
    AnswerParameters, DiffParameters, DirectAnswerPage, KnowledgeExplanation, KnowledgeHistory,
    PointDiff, PublishedVersion, WholeKnowledgeEntry,
};
use crate::extract::{Path, Query};
use crate::headers::etag;
use crate::openapi::ReadKnowledgeErrors;
use crate::problem::Problem;
use crate::routes::orders::about_a_parameter;
use crate::state::AppState;

/// The number of an entry of one kind, as a part of the path.
macro_rules! numbers {
    ($($name:ident($id:ident) = $kind:ident;)+) => {$(
        #[doc = concat!("Number of an entry of the kind `", stringify!($kind), "`.")]
        #[derive(Debug, Clone, Deserialize)]
        #[serde(transparent)]
        pub(crate) struct $name($id);

        impl From<$name> for Id {
            fn from(number: $name) -> Self {
                Self::$kind(number.0)
            }
        }
    )+};
}

numbers! {
    PointNumber(PointId) = Point;
    FeedbackNumber(FeedbackId) = Feedback;
    ChangeNumber(ChangeId) = Change;
    OutageNumber(OutageId) = Outage;
}

/// Makes the handlers that show and explain an entry.
macro_rules! shown {
    ($(
        $(#[doc = $doc:literal])+
        $show:ident $show_path:literal, $explain:ident $explain_path:literal, $number:ident;
    )+) => {$(
        $(#[doc = $doc])+
        #[utoipa::path(
            get, path = $show_path, tag = "knowledge",
            params(("number" = String, Path, description = "Number of the entry")),
            responses(
                (status = 200, description = "The entry", body = WholeKnowledgeEntry,
                    headers(("ETag" = String, description = "The entry's version, such as `\"7\"`"))),
                ReadKnowledgeErrors,
            )
        )]
        pub(crate) async fn $show(
            State(state): State<AppState>,
            caller: Caller,
            Path(number): Path<$number>,
        ) -> Result<Response, Problem> {
            show(&state, caller, number.into()).await
        }

        /// Explain an entry.
        ///
        /// Its deadlines with the days that they count, and every command: who gives it, and what forbids
        /// it now.
        #[utoipa::path(
            get, path = $explain_path, tag = "knowledge",
            params(("number" = String, Path, description = "Number of the entry")),
            responses(
                (status = 200, description = "The explanation", body = KnowledgeExplanation),
                ReadKnowledgeErrors,
            )
        )]
        pub(crate) async fn $explain(
            State(state): State<AppState>,
            caller: Caller,
            Path(number): Path<$number>,
        ) -> Result<Json<KnowledgeExplanation>, Problem> {
            explain(&state, caller, number.into()).await
        }
    )+};
}

shown! {
    /// Show a knowledge point.
    ///
    /// Draft, last version, validity, history, messages. Of other units' points, everybody reads what is
    /// published, under `versions` and `published`.
    show_point "/knowledge/points/{number}",
    explain_point "/knowledge/points/{number}/explanation", PointNumber;

    /// Show a feedback.
    ///
    /// With its deadline, its answer, its history and the messages about it.
    show_feedback "/knowledge/feedback/{number}",
    explain_feedback "/knowledge/feedback/{number}/explanation", FeedbackNumber;

    /// Show a notice of a change.
    ///
    /// With its measures, whom the centre told, its history and the messages about it.
    show_change_notice "/knowledge/changes/{number}",
    explain_change_notice "/knowledge/changes/{number}/explanation", ChangeNumber;

    /// Show an outage.
    ///
    /// With notices, scripts and deadlines, its history and the messages about it.
    show_outage "/knowledge/outages/{number}",
    explain_outage "/knowledge/outages/{number}/explanation", OutageNumber;
}

async fn show(state: &AppState, caller: Caller, id: Id) -> Result<Response, Problem> {
    let by = caller.0.clone();
    let now = state.engine.now();
    let view = state
        .call(move |engine| engine.knowledge(&id, &by))
        .await??;
    let tag = etag(view.entry.version());
    let shown = WholeKnowledgeEntry::new(view, &caller.0, now);
    let mut response = Json(shown).into_response();
    response.headers_mut().insert(header::ETAG, tag);
    Ok(response)
}

async fn explain(
    state: &AppState,
    caller: Caller,
    id: Id,
) -> Result<Json<KnowledgeExplanation>, Problem> {
    let now = state.engine.now();
    let view = state
        .call(move |engine| engine.knowledge(&id, &caller.0))
        .await??;
    Ok(Json(KnowledgeExplanation::new(view, now)))
}

/// Tell the history of a knowledge point.
///
/// Everything that happened to it, oldest first.
#[utoipa::path(
    get, path = "/knowledge/points/{number}/history", tag = "knowledge",
    params(("number" = String, Path, description = "Number of the point")),
    responses(
        (status = 200, description = "The history", body = KnowledgeHistory), ReadKnowledgeErrors,
    )
)]
pub(crate) async fn point_history(
    State(state): State<AppState>,
    caller: Caller,
    Path(number): Path<PointNumber>,
) -> Result<Json<KnowledgeHistory>, Problem> {
    let id = number.into();
    let view = state
        .call(move |engine| engine.knowledge(&id, &caller.0))
        .await??;
    Ok(Json(KnowledgeHistory {
        id: view.entry.id().to_string(),
        version: view.entry.version(),
        events: view.history.iter().map(Into::into).collect(),
    }))
}

/// Show a version of a point.
///
/// Any that was ever published, for whoever sees the point; of other units' points the one that is
/// published now. For everybody but channel systems.
#[utoipa::path(
    get, path = "/knowledge/points/{number}/versions/{version}", tag = "knowledge",
    params(
        ("number" = String, Path, description = "Number of the point"),
        ("version" = u32, Path, description = "Number of the version"),
    ),
    responses(
        (status = 200, description = "The version", body = PublishedVersion), ReadKnowledgeErrors,
    )
)]
pub(crate) async fn point_version(
    State(state): State<AppState>,
    caller: Caller,
    Path((number, version)): Path<(PointNumber, u32)>,
) -> Result<Json<PublishedVersion>, Problem> {
    let found = state
        .call(move |engine| engine.point_version(&number.0, Some(version), &caller.0))
        .await??;
    Ok(Json(found.into()))
}

/// Show what may be answered from a point now.
///
/// The published version, if it is valid at this instant (Art. 13(1), 35); else why there is none. For
/// everybody but channel systems.
#[utoipa::path(
    get, path = "/knowledge/points/{number}/published", tag = "knowledge",
    params(("number" = String, Path, description = "Number of the point")),
    responses(
        (status = 200, description = "The version", body = PublishedVersion), ReadKnowledgeErrors,
    )
)]
pub(crate) async fn published_version(
    State(state): State<AppState>,
    caller: Caller,
    Path(number): Path<PointNumber>,
) -> Result<Json<PublishedVersion>, Problem> {
    let found = state
        .call(move |engine| engine.point_version(&number.0, None, &caller.0))
        .await??;
    Ok(Json(found.into()))
}

/// Compare two versions of a point.
///
/// Field by field and line by line, in the order in which one reads them. Without `to`, with the draft.
#[utoipa::path(
    get, path = "/knowledge/points/{number}/diff", tag = "knowledge",
    params(("number" = String, Path, description = "Number of the point"), DiffParameters),
    responses((status = 200, description = "What differs", body = PointDiff), ReadKnowledgeErrors)
)]
pub(crate) async fn point_diff(
    State(state): State<AppState>,
    caller: Caller,
    Path(number): Path<PointNumber>,
    Query(parameters): Query<DiffParameters>,
) -> Result<Json<PointDiff>, Problem> {
    let DiffParameters { from, to } = parameters;
    let name = number.0.to_string();
    let changes = state
        .call(move |engine| engine.point_diff(&number.0, from, to, &caller.0))
        .await??;
    Ok(Json(PointDiff::new(name, from, to, &changes)))
}

/// List the answers that were given from a point.
///
/// Every direct answer, newest first, with the version that it used (Art. 13(1)): what to correct when the
/// point turns out wrong. For the centre, the admin, auditors, and the unit that owns the point.
#[utoipa::path(
    get, path = "/knowledge/points/{number}/answers", tag = "knowledge",
    params(("number" = String, Path, description = "Number of the point"), AnswerParameters),
    responses(
        (status = 200, description = "A page of answers", body = DirectAnswerPage,
            headers(("Link" = String, description = "The next page, `rel=\"next\"`"))),
        ReadKnowledgeErrors,
    )
)]
pub(crate) async fn answers_from_point(
    State(state): State<AppState>,
    OriginalUri(uri): OriginalUri,
    caller: Caller,
    Path(number): Path<PointNumber>,
    Query(parameters): Query<AnswerParameters>,
) -> Result<Response, Problem> {
    let limit = limit_of(parameters.limit)?;
    let list = format!("knowledge/points/{}/answers", number.0);
    let AnswerParameters { version, after, .. } = parameters;
    let page = state
        .call(move |engine| {
            engine.answers_from(&number.0, version, after.as_deref(), limit, &caller.0)
        })
        .await?
        .map_err(about_a_parameter)?;
    let Page { items, next } = page;
    let items = items.into_iter().map(Into::into).collect();
    let link = next.clone();
    let response = Json(DirectAnswerPage { items, next }).into_response();
    Ok(linked(response, &list, &uri, link.as_deref()))
}
