//! Messages on their way out: what was given up, trying anew, and receipts of channel systems.

use axum::Json;
use axum::extract::State;
use engine::ports::DeliveryState as CoreDeliveryState;

use crate::auth::Caller;
use crate::dto::deliveries::{DeliveryLine, DeliveryPage, DeliveryParameters, Receipt};
use crate::extract::{Body, Path, Query};
use crate::openapi::{DeliveryErrors, ReadErrors};
use crate::problem::{Problem, codes};
use crate::state::AppState;

/// Deliveries on a page, unless the caller says otherwise.
const PAGE: u32 = 50;
/// Most of them.
const PAGE_MAX: u32 = 200;

/// List deliveries.
///
/// Those that were given up, unless another state is asked for, oldest first. For the centre and the
/// admin.
#[utoipa::path(
    get, path = "/deliveries", tag = "notifications", params(DeliveryParameters),
    operation_id = "list_deliveries",
    responses((status = 200, description = "A page of deliveries", body = DeliveryPage), ReadErrors)
)]
pub(crate) async fn list(
    State(state): State<AppState>,
    caller: Caller,
    Query(parameters): Query<DeliveryParameters>,
) -> Result<Json<DeliveryPage>, Problem> {
    let limit = parameters.limit.unwrap_or(PAGE);
    if !(1..=PAGE_MAX).contains(&limit) {
        let detail = format!("must lie between 1 and {PAGE_MAX}");
        return Err(Problem::field(codes::INVALID_PARAMETER, "limit", detail));
    }
    let asked = parameters
        .state
        .map_or(CoreDeliveryState::Failed, Into::into);
    let page = state
        .call(move |engine| engine.deliveries(asked, parameters.after, limit, &caller.0))
        .await??;
    Ok(Json(DeliveryPage {
        items: page.items.iter().map(Into::into).collect(),
        next: page.next,
    }))
}

/// Try a delivery anew.
///
/// One that was given up is sent again at once, with as many attempts as a new one. For the admin.
#[utoipa::path(
    post, path = "/deliveries/{id}/retry", tag = "notifications",
    params(("id" = i64, Path, description = "Number of the delivery")),
    responses(
        (status = 200, description = "The delivery, pending again", body = DeliveryLine),
        DeliveryErrors,
    )
)]
pub(crate) async fn retry(
    State(state): State<AppState>,
    caller: Caller,
    Path(id): Path<i64>,
) -> Result<Json<DeliveryLine>, Problem> {
    let found = state
        .call(move |engine| engine.retry_delivery(id, &caller.0))
        .await??;
    Ok(Json((&found).into()))
}

/// Confirm that a message arrived.
///
/// For the channel system that brought it there, whose name is the channel's. The number of the
/// delivery stands in the event that it was sent. Saying it again changes nothing.
#[utoipa::path(
    post, path = "/deliveries/{id}/receipt", tag = "notifications",
    params(("id" = i64, Path, description = "Number of the delivery")), request_body = Receipt,
    responses(
        (status = 200, description = "The delivery, delivered", body = DeliveryLine),
        DeliveryErrors,
    )
)]
pub(crate) async fn receipt(
    State(state): State<AppState>,
    caller: Caller,
    Path(id): Path<i64>,
    body: Body<Receipt>,
) -> Result<Json<DeliveryLine>, Problem> {
    let Receipt {
        delivered_at,
        reference,
    } = body.value;
    let reference = reference.map(String::from);
    let found = state
        .call(move |engine| {
            engine.confirm_delivery(id, delivered_at.into(), reference.as_deref(), &caller.0)
        })
        .await??;
    Ok(Json((&found).into()))
}
