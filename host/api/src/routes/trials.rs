//! Trials on decisions of the past, decisions made again, and the end of the chain that proves them.

use axum::Json;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use engine::TrialRequest;
use serde_json::{Value, json};
use uuid::Uuid;

use super::plugins::{found, shown};
use crate::auth::Caller;
use crate::dto::in_local_time;
use crate::dto::plugins::NewTrial;
use crate::extract::{Body, Path};
use crate::openapi::{CancelErrors, PlatformErrors, ReadErrors};
use crate::problem::{Problem, codes};
use crate::state::AppState;

/// Begin a trial: an image is asked what it would have advised in decisions of the past. For the admin,
/// and for a district in its own scope.
#[utoipa::path(
    post, path = "/trials", tag = "plugins", operation_id = "begin_trial",
    request_body = NewTrial,
    responses((status = 202, description = "The trial, running", body = Object), PlatformErrors)
)]
pub(crate) async fn begin_trial(
    State(state): State<AppState>,
    caller: Caller,
    body: Body<NewTrial>,
) -> Result<(StatusCode, Json<Value>), Problem> {
    let wanted = body.value;
    let shared = state.engine.clone();
    let trial = state
        .call(move |engine| {
            let request = TrialRequest {
                image: found(engine, &wanted.image)?,
                scope: wanted.scope,
                since: wanted.since.map(Into::into),
                until: wanted.until.map(Into::into),
            };
            shared.begin_trial(request, &caller.0)
        })
        .await??;
    Ok((StatusCode::ACCEPTED, Json(shown(&trial)?)))
}

/// How a trial stands; when it is done, its report.
#[utoipa::path(
    get, path = "/trials/{id}", tag = "plugins", operation_id = "show_trial",
    params(("id" = Uuid, Path, description = "The trial")),
    responses((status = 200, description = "The trial", body = Object), ReadErrors)
)]
pub(crate) async fn trial(
    State(state): State<AppState>,
    caller: Caller,
    Path(id): Path<Uuid>,
) -> Result<Json<Value>, Problem> {
    let trial = state
        .call(move |engine| engine.trial(id, &caller.0))
        .await??;
    Ok(Json(shown(&trial)?))
}

/// Cancel a trial that runs, so that another one can. For the admin, and for a district in its own scope.
#[utoipa::path(
    delete, path = "/trials/{id}", tag = "plugins", operation_id = "cancel_trial",
    params(("id" = Uuid, Path, description = "The trial")),
    responses((status = 200, description = "The trial, cancelled", body = Object), CancelErrors)
)]
pub(crate) async fn cancel_trial(
    State(state): State<AppState>,
    caller: Caller,
    Path(id): Path<Uuid>,
) -> Result<Json<Value>, Problem> {
    let trial = state
        .call(move |engine| engine.cancel_trial(id, &caller.0))
        .await??;
    Ok(Json(shown(&trial)?))
}

/// A trial's report as a page that needs nothing else.
#[utoipa::path(
    get, path = "/trials/{id}/page", tag = "plugins", operation_id = "show_trial_page",
    params(("id" = Uuid, Path, description = "The trial")),
    responses(
        (status = 200, description = "The report", content_type = "text/html", body = String),
        ReadErrors,
    )
)]
pub(crate) async fn trial_page(
    State(state): State<AppState>,
    caller: Caller,
    Path(id): Path<Uuid>,
) -> Result<Response, Problem> {
    let trial = state
        .call(move |engine| engine.trial(id, &caller.0))
        .await??;
    let page = trial.page.ok_or_else(|| {
        Problem::new(codes::NOT_FOUND, format!("trial {id} has no report yet"))
            .way_out("ask how it stands until it is done")
    })?;
    let headers = [(header::CONTENT_TYPE, "text/html; charset=utf-8")];
    Ok((headers, page.to_string()).into_response())
}

/// Make a decision again: the same question to the same images, which must give the same bytes. For the
/// admin and auditors.
#[utoipa::path(
    post, path = "/decisions/{id}/replay", tag = "plugins", operation_id = "replay_decision",
    params(("id" = Uuid, Path, description = "The decision, as the order's history names it")),
    responses(
        (status = 200, description = "Whether it came out the same, attempt by attempt", body = Object),
        PlatformErrors,
    )
)]
pub(crate) async fn replay(
    State(state): State<AppState>,
    caller: Caller,
    Path(id): Path<Uuid>,
) -> Result<Json<Value>, Problem> {
    let again = state
        .call(move |engine| engine.repeat_decision(id, &caller.0))
        .await??;
    Ok(Json(in_local_time(again.report)))
}

/// The end of the audit chain over decisions and activations. Noted elsewhere, it proves later that
/// nothing before it was changed; `kapok audit verify` walks the chain.
#[utoipa::path(
    get, path = "/audit/head", tag = "plugins", operation_id = "audit_head",
    responses((status = 200, description = "The last link, or null", body = Object), ReadErrors)
)]
pub(crate) async fn audit_head(
    State(state): State<AppState>,
    caller: Caller,
) -> Result<Json<Value>, Problem> {
    let head = state
        .call(move |engine| engine.rollout().audit_head(&caller.0))
        .await??;
    Ok(Json(json!({ "head": head })))
}
