//! Finding points: by what they say, and for an order's text while it is typed (R19).

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use lifecycle::ids::Role;
use search::Index;

use super::lists::limit_of;
use crate::auth::Caller;
use crate::dto::knowledge::{FoundPoints, SearchParameters, SuggestionRequest, point_kind_name};
use crate::extract::{Body, Query};
use crate::openapi::{CheckErrors, ReadKnowledgeErrors};
use crate::problem::{Problem, codes};
use crate::state::AppState;

/// Longest text that is looked for, in characters.
const TEXT_CHARS_MAX: usize = 2000;

/// Search the published points.
///
/// By words, single characters, pinyin, initials, with typing mistakes and the centre's synonyms; the best
/// first. A direct answer (Art. 13(1)) takes a point that is valid: `valid=true`, as without it.
#[utoipa::path(
    get, path = "/knowledge/search", tag = "knowledge", params(SearchParameters),
    responses((status = 200, description = "The points", body = FoundPoints), ReadKnowledgeErrors)
)]
pub(crate) async fn search_points(
    State(state): State<AppState>,
    caller: Caller,
    Query(parameters): Query<SearchParameters>,
) -> Result<Json<FoundPoints>, Problem> {
    let index = index(&state, &caller)?;
    short("q", &parameters.q)?;
    let limit = limit_of(parameters.limit)?;
    let only_valid = parameters.valid.unwrap_or(true);
    let query = search::Query {
        text: parameters.q,
        unit: parameters.unit.map(|unit| unit.to_string()),
        kind: parameters
            .point_kind
            .map(|kind| point_kind_name(kind.into()).to_owned()),
        district: parameters.district.map(|district| district.to_string()),
        status: None,
        only_valid_at: only_valid.then(|| state.engine.now()),
        limit: usize::try_from(limit).unwrap_or(usize::MAX),
        offset: parameters
            .offset
            .map_or(0, |offset| usize::try_from(offset).unwrap_or(usize::MAX)),
    };
    let found = state.call(move |_engine| index.search(&query)).await?;
    found
        .map(|hits| Json(hits.into()))
        .map_err(|error| Problem::internal(codes::INTERNAL, &error))
}

/// Suggest points for an order's text.
///
/// The text may be unfinished; nothing of it is kept. Only points that are valid now.
#[utoipa::path(
    post, path = "/knowledge/suggestions", tag = "knowledge", request_body = SuggestionRequest,
    responses((status = 200, description = "The points", body = FoundPoints), CheckErrors)
)]
pub(crate) async fn suggest_points(
    State(state): State<AppState>,
    caller: Caller,
    body: Body<SuggestionRequest>,
) -> Result<Json<FoundPoints>, Problem> {
    let index = index(&state, &caller)?;
    let request = body.value;
    let limit = limit_of(Some(request.limit.unwrap_or(5)))?;
    let order = search::Suggestion {
        text: request.text,
        district: request.district.map(|district| district.to_string()),
        at: state.engine.now(),
        limit: usize::try_from(limit).unwrap_or(usize::MAX),
    };
    let found = state.call(move |_engine| index.suggest(&order)).await?;
    found
        .map(|hits| Json(hits.into()))
        .map_err(|error| Problem::internal(codes::INTERNAL, &error))
}

/// The index, for whoever reads published points: everybody but channel systems.
fn index(state: &AppState, caller: &Caller) -> Result<Arc<Index>, Problem> {
    if caller.0.role == Role::Channel {
        let detail = "this role may not search the knowledge base";
        return Err(Problem::new(codes::NOT_PERMITTED, detail)
            .way_out("use a token of the centre, a unit or a district"));
    }
    state.index.clone().ok_or_else(|| {
        Problem::new(codes::NOT_READY, "this server has no search index")
            .way_out("ask a server that `kapok serve` started")
    })
}

fn short(field: &'static str, text: &str) -> Result<(), Problem> {
    if text.chars().count() <= TEXT_CHARS_MAX {
        return Ok(());
    }
    let detail = format!("has more than {TEXT_CHARS_MAX} characters");
    Err(Problem::field(codes::INVALID_PARAMETER, field, detail))
}
