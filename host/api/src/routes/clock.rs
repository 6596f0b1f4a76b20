//! The clock that everything here goes by.

use axum::Json;
use axum::extract::State;
use engine::Engine;
use lifecycle::ids::Role;

use crate::auth::Caller;
use crate::dto::reference::{Clock, ClockAdvanced, ClockKind};
use crate::dto::requests::ClockSetting;
use crate::extract::Body;
use crate::metrics;
use crate::openapi::{ClockErrors, ReadErrors};
use crate::problem::{Problem, codes};
use crate::state::AppState;

/// Read the clock.
#[utoipa::path(
    get, path = "/clock", tag = "clock",
    responses((status = 200, description = "The clock", body = Clock), ReadErrors)
)]
pub(crate) async fn read(State(state): State<AppState>, _: Caller) -> Json<Clock> {
    let engine = &state.engine;
    Json(Clock {
        now: engine.now().into(),
        kind: kind(engine),
    })
}

/// Advance the manual clock.
///
/// What falls due meanwhile (timers, messages, rating offers) is worked off before the answer, each
/// timer at its own instant, up to a limit; the rest follows in the background, at the new instant. For the admin, for tests and training.
#[utoipa::path(
    put, path = "/clock", tag = "clock", request_body = ClockSetting,
    responses((status = 200, description = "The clock", body = ClockAdvanced), ClockErrors)
)]
pub(crate) async fn advance(
    State(state): State<AppState>,
    caller: Caller,
    body: Body<ClockSetting>,
) -> Result<Json<ClockAdvanced>, Problem> {
    let to = body.value.now.into();
    // Anybody else is told by the engine that this is not for them.
    if caller.0.role == Role::Admin && kind(&state.engine) == ClockKind::System {
        let detail = "the clock is the system's and cannot be set";
        return Err(Problem::new(codes::CLOCK_IS_THE_SYSTEMS, detail)
            .way_out("start the server with `--clock manual`"));
    }
    let items_max = usize::try_from(state.limits.clock_items_max).unwrap_or(usize::MAX);
    let advanced = state.call(move |engine| {
        let tick = engine.pass_time(to, &caller.0, items_max)?;
        metrics::tick(&tick);
        Ok::<_, engine::Error>(ClockAdvanced {
            now: engine.now().into(),
            kind: kind(engine),
            timers: tick.timers,
            effects: tick.effects,
            more: tick.more,
        })
    });
    Ok(Json(advanced.await??))
}

fn kind(engine: &Engine) -> ClockKind {
    match engine.clock().manual() {
        Some(_) => ClockKind::Manual,
        None => ClockKind::System,
    }
}
