//! The clock that everything here goes by.

use axum::Json;
use axum::extract::State;
use engine::Engine;
use lifecycle::ids::Role;

use crate::auth::Caller;
use crate::dto::Time;
use crate::dto::reference::{Clock, ClockAdvanced, ClockKind};
use crate::dto::requests::ClockSetting;
use crate::extract::Body;
use crate::metrics;
use crate::openapi::{ClockErrors, ReadErrors};
use crate::problem::{Problem, codes};
use crate::state::AppState;

/// So many timers and effects are worked off at a time.
const BATCH: u32 = 256;

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
/// What falls due meanwhile (timers, messages, rating offers) is worked off before the answer, up to
/// a limit; the rest follows in the background. For the admin, for tests and training.
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
        let now = engine.advance_clock(to, &caller.0)?;
        work_off(engine, now.into(), items_max)
    });
    Ok(Json(advanced.await??))
}

fn kind(engine: &Engine) -> ClockKind {
    match engine.clock().manual() {
        Some(_) => ClockKind::Manual,
        None => ClockKind::System,
    }
}

/// Ticks until nothing is due any more, or the limit is reached.
fn work_off(engine: &Engine, now: Time, items_max: usize) -> Result<ClockAdvanced, engine::Error> {
    let kind = kind(engine);
    let mut all = ClockAdvanced {
        now,
        kind,
        timers: 0,
        effects: 0,
        more: true,
    };
    while all.more && all.timers.saturating_add(all.effects) < items_max {
        let tick = engine.tick(BATCH)?;
        metrics::tick(&tick);
        all.timers = all.timers.saturating_add(tick.timers);
        all.effects = all.effects.saturating_add(tick.effects);
        all.more = tick.more;
        // An effect may bring about another: a batch that did something is followed by a look.
        all.more |= tick.timers > 0 || tick.effects > 0;
    }
    Ok(all)
}
