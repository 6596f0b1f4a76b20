//! What fell due and could not be carried out: seen, and tried anew.

use axum::Json;
use axum::extract::State;

use crate::auth::Caller;
use crate::dto::due::{StuckItem, StuckPage, StuckParameters};
use crate::extract::{Path, Query};
use crate::openapi::{DueErrors, ReadErrors};
use crate::problem::{Problem, codes};
use crate::state::AppState;

/// Items on a page, unless the caller says otherwise.
const PAGE: u32 = 50;
/// Most of them.
const PAGE_MAX: u32 = 200;

/// List what is stuck.
///
/// Timers, effects and recomputations that fell due and could not be carried out, longest due first. Each
/// is tried again, with growing pauses of up to six hours, until it is done or no longer needed; nothing
/// is given up. For the centre and the admin.
#[utoipa::path(
    get, path = "/due-items/stuck", tag = "due items", params(StuckParameters),
    operation_id = "list_stuck_items",
    responses((status = 200, description = "A page of what is stuck", body = StuckPage), ReadErrors)
)]
pub(crate) async fn list(
    State(state): State<AppState>,
    caller: Caller,
    Query(parameters): Query<StuckParameters>,
) -> Result<Json<StuckPage>, Problem> {
    let limit = parameters.limit.unwrap_or(PAGE);
    if !(1..=PAGE_MAX).contains(&limit) {
        let detail = format!("must lie between 1 and {PAGE_MAX}");
        return Err(Problem::field(codes::INVALID_PARAMETER, "limit", detail));
    }
    let page = state
        .call(move |engine| engine.stuck_items(parameters.after.as_deref(), limit, &caller.0))
        .await??;
    Ok(Json(StuckPage {
        items: page.items.into_iter().map(Into::into).collect(),
        next: page.next,
    }))
}

/// Try again what is stuck.
///
/// It is tried at once, whatever its pause; it stays listed until it is done. For the admin.
#[utoipa::path(
    post, path = "/due-items/stuck/{id}/retry", tag = "due items",
    operation_id = "retry_stuck_item",
    params(("id" = String, Path, description = "What it is known by in the list")),
    responses(
        (status = 200, description = "What is tried now", body = StuckItem),
        DueErrors,
    )
)]
pub(crate) async fn retry(
    State(state): State<AppState>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<StuckItem>, Problem> {
    let found = state
        .call(move |engine| engine.retry_stuck_item(&id, &caller.0))
        .await??;
    Ok(Json(found.into()))
}
