//! Indicators for assessment, and which deadlines end soon (Art. 31).

use axum::Json;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse as _, Response};
use engine::IndicatorQuery;

use crate::auth::Caller;
use crate::dto::indicators::{
    Forecast, ForecastParameters, IndicatorParameters, Indicators, ReportFormat,
};
use crate::extract::Query;
use crate::openapi::ReadErrors;
use crate::problem::Problem;
use crate::state::AppState;

/// Working days of a forecast if nobody says otherwise.
const DAYS: u16 = 10;

/// Compute indicators of a period.
///
/// On-time, overdue, return, re-handling and satisfaction rates and the like, each with its formula and
/// what it leaves out (Art. 31). A dispatch counts on the day on which it was settled whether the unit
/// was in time; an order for the centre's own rates on the day of its registration. Figures of a period
/// still change while ratings come in. Units see their own, districts' offices those of their
/// district's orders; the centre, the admin and auditors all. The table begins with the byte order mark
/// of UTF-8, by which Excel knows that it can show Chinese.
#[utoipa::path(
    get, path = "/indicators", tag = "assessment", params(IndicatorParameters),
    responses(
        (status = 200, description = "The indicators", content(
            (Indicators = "application/json"), (String = "text/csv"),
        )),
        ReadErrors,
    )
)]
pub(crate) async fn indicators(
    State(state): State<AppState>,
    caller: Caller,
    Query(parameters): Query<IndicatorParameters>,
) -> Result<Response, Problem> {
    let format = parameters.format.unwrap_or_default();
    let query = IndicatorQuery::from(parameters);
    let found = state
        .call(move |engine| engine.indicators(&query, &caller.0))
        .await??;
    let found = Indicators::from(found);
    Ok(match format {
        ReportFormat::Json => Json(found).into_response(),
        ReportFormat::Csv => {
            let media_type = "text/csv; charset=utf-8; header=present";
            ([(header::CONTENT_TYPE, media_type)], found.csv()).into_response()
        }
    })
}

/// Forecast which deadlines of handling end soon.
///
/// For each of the next working days how many end then, by unit, and how far the unit has come with
/// them. A year that is not announced is not guessed. Units see their own, districts' offices those of
/// their district's orders; the centre, the admin and auditors all.
#[utoipa::path(
    get, path = "/forecast", tag = "assessment", params(ForecastParameters),
    responses((status = 200, description = "The forecast", body = Forecast), ReadErrors)
)]
pub(crate) async fn forecast(
    State(state): State<AppState>,
    caller: Caller,
    Query(parameters): Query<ForecastParameters>,
) -> Result<Json<Forecast>, Problem> {
    let ForecastParameters {
        days,
        unit,
        district,
    } = parameters;
    let days = days.unwrap_or(DAYS);
    let forecast = move |engine: &engine::Engine| {
        engine.forecast(days, unit.as_ref(), district.as_ref(), &caller.0)
    };
    Ok(Json(state.call(forecast).await??.into()))
}
