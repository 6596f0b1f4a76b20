//! The routes, and the layers around them.

mod clock;

mod commands;

mod deliveries;

mod dossiers;

mod due;

mod indicators;

mod knowledge;

mod operations;

mod orders;

mod plugins;

mod reference;

mod trials;

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

/// Largest body of a push: the largest component in base64, with room for its settings.
const PLUGIN_BYTES_MAX: usize = 96 << 20;

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
        .routes(routes!(orders::explain))
        .routes(routes!(orders::requester))
        .routes(routes!(orders::progress))
        .routes(routes!(orders::messages))
        .routes(routes!(deliveries::list))
        .routes(routes!(deliveries::retry))
        .routes(routes!(deliveries::receipt))
        .routes(routes!(due::list))
        .routes(routes!(due::retry))
        .merge(of_dossiers())
        .merge(of_knowledge())
        .merge(of_plugins())
        .merge(of_commands())
        .routes(routes!(indicators::indicators))
        .routes(routes!(indicators::forecast))
        .routes(routes!(reference::rules))
        .routes(routes!(reference::directory))
        .routes(routes!(reference::regulation))
        .routes(routes!(reference::calendar))
        .routes(routes!(reference::calendar_year))
        .routes(routes!(reference::import_calendar_year))
        .routes(routes!(reference::deadline))
        .routes(routes!(reference::question))
        .routes(routes!(clock::read, clock::advance))
}

/// Routes of dossiers, which need a token too.
fn of_dossiers() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(dossiers::list_dossiers))
        .routes(routes!(dossiers::show_dossier))
        .routes(routes!(dossiers::warnings))
        .routes(routes!(dossiers::list_matter))
        .routes(routes!(dossiers::announce_change))
        .routes(routes!(dossiers::record_meeting))
        .routes(routes!(dossiers::record_training))
        .routes(routes!(dossiers::record_contact))
        .routes(routes!(dossiers::submit_solution))
        .routes(routes!(dossiers::publish))
        .routes(routes!(dossiers::add_unit))
        .routes(routes!(dossiers::remove_unit))
        .routes(routes!(dossiers::add_orders))
        .routes(routes!(dossiers::remove_orders))
        .routes(routes!(dossiers::issue_bulletin))
        .routes(routes!(dossiers::submit_plan))
        .routes(routes!(dossiers::tell_progress))
        .routes(routes!(dossiers::report_stage))
        .routes(routes!(dossiers::end_procedure))
        .routes(routes!(dossiers::report_final))
        .routes(routes!(dossiers::record_opinion))
        .routes(routes!(dossiers::feed_back))
        .routes(routes!(dossiers::close_matter))
        .routes(routes!(dossiers::file_change))
        .routes(routes!(dossiers::record_ruling))
}

/// Routes of the knowledge base, which need a token too.
fn of_knowledge() -> OpenApiRouter<AppState> {
    use knowledge::{entries, files, lists, points, reading, searching};
    OpenApiRouter::new()
        .routes(routes!(points::draft_point, lists::list_points))
        .routes(routes!(searching::search_points))
        .routes(routes!(searching::suggest_points))
        .routes(routes!(reading::show_point))
        .routes(routes!(reading::explain_point))
        .routes(routes!(reading::point_history))
        .routes(routes!(reading::point_version))
        .routes(routes!(reading::published_version))
        .routes(routes!(reading::point_diff))
        .routes(routes!(reading::answers_from_point))
        .routes(routes!(points::edit_point))
        .routes(routes!(points::revise_point))
        .routes(routes!(points::discard_draft))
        .routes(routes!(points::check_point))
        .routes(routes!(points::submit_point))
        .routes(routes!(points::review_point))
        .routes(routes!(points::confirm_point))
        .routes(routes!(points::request_longer_validity))
        .routes(routes!(points::decide_longer_validity))
        .routes(routes!(points::take_down_point))
        .routes(routes!(points::restore_point))
        .routes(routes!(files::import_points))
        .routes(routes!(files::export_points))
        .routes(routes!(lists::check_points))
        .routes(routes!(lists::expiring_points))
        .routes(routes!(lists::feedback_figures))
        .routes(routes!(entries::open_feedback, lists::list_feedback))
        .routes(routes!(reading::show_feedback))
        .routes(routes!(reading::explain_feedback))
        .routes(routes!(entries::answer_feedback))
        .routes(routes!(entries::withdraw_feedback))
        .routes(routes!(
            entries::announce_change_notice,
            lists::list_change_notices
        ))
        .routes(routes!(reading::show_change_notice))
        .routes(routes!(reading::explain_change_notice))
        .routes(routes!(entries::amend_change_notice))
        .routes(routes!(entries::acknowledge_change_notice))
        .routes(routes!(entries::pass_on_change_notice))
        .routes(routes!(entries::record_measure))
        .routes(routes!(entries::close_change_notice))
        .routes(routes!(entries::cancel_change_notice))
        .routes(routes!(entries::report_outage, lists::list_outages))
        .routes(routes!(reading::show_outage))
        .routes(routes!(reading::explain_outage))
        .routes(routes!(entries::correct_outage))
        .routes(routes!(entries::publish_outage_notice))
        .routes(routes!(entries::provide_outage_script))
        .routes(routes!(entries::tell_outage_progress))
        .routes(routes!(entries::end_outage))
}

/// Routes of the plugin platform, which need a token too. A component may be much larger than other
/// bodies.
fn of_plugins() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(plugins::push, plugins::images))
        .layer(DefaultBodyLimit::max(PLUGIN_BYTES_MAX))
        .routes(routes!(plugins::image))
        .routes(routes!(plugins::wasm))
        .routes(routes!(plugins::activate, plugins::activations))
        .routes(routes!(plugins::activation))
        .routes(routes!(plugins::approve))
        .routes(routes!(plugins::withdraw))
        .routes(routes!(plugins::end))
        .routes(routes!(plugins::roll_back))
        .routes(routes!(plugins::candidates))
        .routes(routes!(plugins::status))
        .routes(routes!(plugins::set_policy, plugins::policies))
        .routes(routes!(trials::begin_trial))
        .routes(routes!(trials::trial, trials::cancel_trial))
        .routes(routes!(trials::trial_page))
        .routes(routes!(trials::replay))
        .routes(routes!(trials::audit_head))
}

/// Commands on orders.
fn of_commands() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(commands::information_request))
        .routes(routes!(commands::information))
        .routes(routes!(commands::information_assessment))
        .routes(routes!(commands::close_incomplete))
        .routes(routes!(commands::concealment))
        .routes(routes!(commands::conduct))
        .routes(routes!(commands::priority))
        .routes(routes!(commands::reclassify))
        .routes(routes!(commands::link))
        .routes(routes!(commands::answer))
        .routes(routes!(commands::route))
        .routes(routes!(commands::dispatch))
        .routes(routes!(commands::accept))
        .routes(routes!(commands::request_return))
        .routes(routes!(commands::late_return))
        .routes(routes!(commands::return_decision))
        .routes(routes!(commands::assisting_units))
        .routes(routes!(commands::assistance))
        .routes(routes!(commands::assistance_objection))
        .routes(routes!(commands::objection_decision))
        .routes(routes!(commands::coordination))
        .routes(routes!(commands::opinion_request))
        .routes(routes!(commands::opinion))
        .routes(routes!(commands::extension))
        .routes(routes!(commands::extension_notice))
        .routes(routes!(commands::statements))
        .routes(routes!(commands::statement_judgement))
        .routes(routes!(commands::contact_attempts))
        .routes(routes!(commands::reply))
        .routes(routes!(commands::submit))
        .routes(routes!(commands::district_review))
        .routes(routes!(commands::review))
        .routes(routes!(commands::withdrawal))
        .routes(routes!(commands::withdrawal_close))
        .routes(routes!(commands::rating))
        .routes(routes!(commands::service_rating))
        .routes(routes!(commands::follow_up))
        .routes(routes!(commands::send_back))
        .routes(routes!(commands::close))
        .routes(routes!(commands::diligence_statement))
        .routes(routes!(commands::supervision))
        .routes(routes!(commands::supervision_answer))
        .routes(routes!(commands::supervision_review))
        .routes(routes!(commands::proposal_dismissal))
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
