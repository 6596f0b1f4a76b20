//! The routes, and the layers around them.

mod clock;

mod commands;

mod operations;

mod orders;

mod reference;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::from_fn_with_state;
use tower_http::catch_panic::CatchPanicLayer;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::auth::authenticate;
use crate::guard::guard;
use crate::observe::observe;
use crate::state::AppState;

/// Where the first version of the interface begins.
pub(crate) const V1: &str = "/api/v1";

/// The whole interface.
///
/// From the outside in: every request gets its id, span and counters; under `/api/v1` come the limits,
/// then the token, then the handler with its body limit.
pub fn router(state: AppState) -> Router {
    let with_token = from_fn_with_state(state.clone(), authenticate);
    let v1 = OpenApiRouter::new()
        .merge(protected().route_layer(with_token))
        .merge(open())
        .layer(DefaultBodyLimit::max(state.limits.body_bytes_max))
        .layer(from_fn_with_state(state.clone(), guard));
    let (router, _) = OpenApiRouter::new()
        .nest(V1, v1)
        .merge(operations())
        .split_for_parts();
    router
        .layer(CatchPanicLayer::new())
        .layer(from_fn_with_state(state.clone(), observe))
        .with_state(state)
}

/// All routes without their layers, for the document.
pub(crate) fn all() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .nest(V1, protected().merge(open()))
        .merge(operations())
}

/// Routes that need a token.
fn protected() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(orders::register, orders::list))
        .routes(routes!(orders::show))
        .routes(routes!(orders::history))
        .routes(routes!(orders::requester))
        .routes(routes!(commands::answer))
        .routes(routes!(commands::route))
        .routes(routes!(commands::dispatch))
        .routes(routes!(commands::accept))
        .routes(routes!(commands::contact_attempts))
        .routes(routes!(commands::reply))
        .routes(routes!(commands::submit))
        .routes(routes!(commands::review))
        .routes(routes!(commands::rating))
        .routes(routes!(commands::follow_up))
        .routes(routes!(commands::close))
        .routes(routes!(reference::rules))
        .routes(routes!(reference::directory))
        .routes(routes!(reference::calendar))
        .routes(routes!(reference::calendar_year))
        .routes(routes!(reference::import_calendar_year))
        .routes(routes!(reference::deadline))
        .routes(routes!(reference::question))
        .routes(routes!(clock::read, clock::advance))
}

/// Routes that describe the interface itself.
fn open() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(reference::openapi))
        .routes(routes!(reference::problems))
}

/// Routes for whoever runs Kapok.
fn operations() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(operations::healthz))
        .routes(routes!(operations::readyz))
        .routes(routes!(operations::metrics))
}
