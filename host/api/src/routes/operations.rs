//! For whoever runs Kapok: alive, ready, measured. No token; the caller binds the address.

use axum::Json;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse as _, Response};
use lifecycle::ids::Actor;

use crate::dto::reference::Health;
use crate::metrics;
use crate::problem::{Problem, ProblemBody, codes};
use crate::state::AppState;

/// Say that the process is alive.
#[utoipa::path(
    get, path = "/healthz", tag = "operations", security(()),
    responses((status = 200, description = "It is", body = Health))
)]
pub(crate) async fn healthz() -> Json<Health> {
    Json(Health { status: "ok" })
}

/// Say whether requests can be served: whether the store can write.
#[utoipa::path(
    get, path = "/readyz", tag = "operations", security(()),
    responses(
        (status = 200, description = "They can", body = Health),
        (status = 503, description = "`not-ready` or `overloaded`: they cannot now",
            body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn readyz(State(state): State<AppState>) -> Result<Json<Health>, Problem> {
    let checked = state.call(engine::Engine::check).await?;
    checked.map_err(|error| Problem::internal(codes::NOT_READY, &error))?;
    Ok(Json(Health { status: "ok" }))
}

/// Show what was counted, for Prometheus.
#[utoipa::path(
    get, path = "/metrics", tag = "operations", security(()),
    responses((status = 200, description = "The metrics", body = String, content_type = "text/plain"))
)]
pub(crate) async fn metrics(State(state): State<AppState>) -> Response {
    let mut text = state.metrics.render();
    // Whoever watches wants the rest also where the platform cannot be asked.
    let placements = state
        .call(|engine| engine.placements(&Actor::system()))
        .await;
    if let Ok(Ok(placements)) = placements {
        text.push_str(&metrics::placements(&placements));
    }
    (
        [(
            header::CONTENT_TYPE,
            "text/plain; version=0.0.4; charset=utf-8",
        )],
        text,
    )
        .into_response()
}
