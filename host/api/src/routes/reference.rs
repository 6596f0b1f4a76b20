//! What an order is read against: rules, organisations, calendar, deadlines to compute, questions;
//! and the description of the interface itself.

use std::sync::LazyLock;

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse as _, Response};

use lifecycle::ruleset::RuleBook;

use crate::auth::Caller;
use crate::dto::parameters::{DeadlineParameters, ImportParameters};
use crate::dto::reference::{
    ActiveRules, CalendarSummary, CalendarYear, ComputedDeadline, Directory, ImportResult,
    ProblemKinds,
};
use crate::dto::requests::HolidayNotice;
use crate::extract::{Body, Path, Query};
use crate::headers::IdempotencyHeader;
use crate::openapi::{IdempotencyParameter, ReadErrors, WriteErrors, document};
use crate::problem::{Problem, codes};
use crate::state::AppState;

/// List the rules that are active now.
///
/// By scope and question, with the digest of the image that answers.
#[utoipa::path(
    get, path = "/rules", tag = "reference",
    responses((status = 200, description = "The active rules", body = ActiveRules), ReadErrors)
)]
pub(crate) async fn rules(State(state): State<AppState>, _: Caller) -> Json<ActiveRules> {
    let items = state
        .engine
        .active_rules()
        .into_iter()
        .map(Into::into)
        .collect();
    Json(ActiveRules { items })
}

/// Show the regulation as it is applied.
///
/// Every rule set with its validity, its limits by article, the grounds for ending an order early, and
/// the options for what the text leaves open; what was computed under which, each deadline says (R78).
#[utoipa::path(
    get, path = "/regulation", tag = "reference",
    responses((status = 200, description = "The rule sets", body = serde_json::Value), ReadErrors)
)]
pub(crate) async fn regulation(State(state): State<AppState>, _: Caller) -> Json<RuleBook> {
    Json(state.engine.rules().clone())
}

/// List districts and handling units.
///
/// The organisations that orders can be sent to (Art. 5, 6).
#[utoipa::path(
    get, path = "/directory", tag = "reference",
    responses((status = 200, description = "The directory", body = Directory), ReadErrors)
)]
pub(crate) async fn directory(State(state): State<AppState>, _: Caller) -> Json<Directory> {
    Json(Directory::from(state.engine.directory()))
}

/// Show the calendar.
///
/// The years whose holiday notice is known, with what each says.
#[utoipa::path(
    get, path = "/calendar", tag = "calendar",
    responses((status = 200, description = "The calendar", body = CalendarSummary), ReadErrors)
)]
pub(crate) async fn calendar(
    State(state): State<AppState>,
    _: Caller,
) -> Result<Json<CalendarSummary>, Problem> {
    let found = CalendarSummary::of(&state.engine.calendar());
    found
        .map(Json)
        .map_err(|error| Problem::internal(codes::INTERNAL, &error))
}

/// Show a year of the calendar.
///
/// A year without a notice follows the statutory pattern; deadlines that need it are provisional.
#[utoipa::path(
    get, path = "/calendar/{year}", tag = "calendar",
    params(("year" = i32, Path, description = "The year", example = 2026)),
    responses((status = 200, description = "The year", body = CalendarYear), ReadErrors)
)]
pub(crate) async fn calendar_year(
    State(state): State<AppState>,
    _: Caller,
    Path(year): Path<i32>,
) -> Result<Json<CalendarYear>, Problem> {
    let found = CalendarYear::of(&state.engine.calendar(), year);
    let outside = |error: calendar::Error| Problem::new(codes::NOT_FOUND, error.to_string());
    found.map(Json).map_err(outside)
}

/// Import a year's holiday notice.
///
/// Provisional deadlines of open orders are recomputed; none becomes overdue in the past. With
/// `dry_run=true` only shows which would move. Importing the same notice again changes nothing, so
/// the request may be repeated with or without a key. For the admin and the centre.
#[utoipa::path(
    post, path = "/calendar/years", tag = "calendar",
    params(ImportParameters, IdempotencyParameter), request_body = HolidayNotice,
    responses((status = 200, description = "What moves", body = ImportResult), WriteErrors)
)]
pub(crate) async fn import_calendar_year(
    State(state): State<AppState>,
    caller: Caller,
    Query(parameters): Query<ImportParameters>,
    _: IdempotencyHeader,
    body: Body<HolidayNotice>,
) -> Result<Json<ImportResult>, Problem> {
    let HolidayNotice(notice) = body.value;
    let apply = !parameters.dry_run;
    let import =
        move |engine: &engine::Engine| engine.import_calendar_year(&notice, apply, &caller.0);
    Ok(Json(state.call(import).await??.into()))
}

/// Compute a handling deadline.
///
/// For an order of that type that is dispatched at that instant (Art. 14, 15), with its explanation.
#[utoipa::path(
    get, path = "/deadline", tag = "calendar", params(DeadlineParameters),
    responses((status = 200, description = "The deadline", body = ComputedDeadline), ReadErrors)
)]
pub(crate) async fn deadline(
    State(state): State<AppState>,
    _: Caller,
    Query(parameters): Query<DeadlineParameters>,
) -> Result<Json<ComputedDeadline>, Problem> {
    let dispatched = parameters.dispatched.into();
    let (deadline, explanation) = state
        .engine
        .handling_deadline(parameters.order_type.into(), dispatched)?;
    Ok(Json(ComputedDeadline::new(deadline, explanation.into())))
}

/// Show a question that was put to rules.
///
/// Canonical JSON, masked, by the digest that a decision names; with it a decision can be repeated
/// bit for bit. For the centre, the admin and auditors.
#[utoipa::path(
    get, path = "/questions/{digest}", tag = "reference",
    params(("digest" = String, Path, description = "SHA-256 of the question, in hex")),
    responses((status = 200, description = "The question", body = Object), ReadErrors)
)]
pub(crate) async fn question(
    State(state): State<AppState>,
    caller: Caller,
    Path(digest): Path<String>,
) -> Result<Response, Problem> {
    let found = state
        .call(move |engine| engine.question(&digest, &caller.0))
        .await??;
    let missing = || Problem::new(codes::NOT_FOUND, "there is no question of this digest");
    let bytes = found.ok_or_else(missing)?;
    Ok(([(header::CONTENT_TYPE, "application/json")], bytes).into_response())
}

/// Describe the interface.
///
/// This document, OpenAPI 3.1.
#[utoipa::path(
    get, path = "/openapi.json", tag = "interface", security(()),
    responses((status = 200, description = "The document", body = Object))
)]
pub(crate) async fn openapi() -> Response {
    static DOCUMENT: LazyLock<Bytes> = LazyLock::new(|| Bytes::from(document()));
    (
        [(header::CONTENT_TYPE, "application/json")],
        DOCUMENT.clone(),
    )
        .into_response()
}

/// List every kind of problem.
///
/// Stable codes with their status and titles; the `type` of a problem points here.
#[utoipa::path(
    get, path = "/problems", tag = "interface", security(()),
    responses((status = 200, description = "The kinds of problem", body = ProblemKinds))
)]
pub(crate) async fn problems() -> Json<ProblemKinds> {
    Json(ProblemKinds {
        items: codes::ALL.iter().map(Into::into).collect(),
    })
}
