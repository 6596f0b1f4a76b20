//! Lists of the knowledge base: entries, what expires, feedback by figures, points checked in bulk.

use axum::Json;
use axum::extract::{OriginalUri, State};
use axum::http::{Uri, header};
use axum::response::{IntoResponse as _, Response};
use chrono::Days;
use engine::ports::{EntryKind, FeedbackQuery, KnowledgeFilter, Page};
use knowledge_base::ids::PointId;

use crate::auth::Caller;
use crate::dto::knowledge::{
    BulkCheck, BulkCheckPage, EntryParameters, Expiring, ExpiryParameters,
    FeedbackFigureParameters, FeedbackFigures, KnowledgePage, PointParameters,
};
use crate::extract::{Body, Query};
use crate::openapi::{CheckErrors, ReadKnowledgeErrors};
use crate::problem::{Problem, codes};
use crate::routes::orders::{PAGE, PAGE_MAX, about_a_parameter, next_link};
use crate::routes::plugins::found;
use crate::state::AppState;

/// Days that the dashboard looks ahead, unless the caller says otherwise.
const EXPIRY_DAYS: u16 = 30;
/// Most of them: ten years.
const EXPIRY_DAYS_MAX: u16 = 3660;

/// List knowledge points.
///
/// Newest first: units their own, districts those of their units, the centre all of them. `GET
/// /knowledge/search` finds points by what they say.
#[utoipa::path(
    get, path = "/knowledge/points", tag = "knowledge", params(PointParameters),
    responses(
        (status = 200, description = "A page of points", body = KnowledgePage,
            headers(("Link" = String, description = "The next page, `rel=\"next\"`"))),
        ReadKnowledgeErrors,
    )
)]
pub(crate) async fn list_points(
    State(state): State<AppState>,
    OriginalUri(uri): OriginalUri,
    caller: Caller,
    Query(parameters): Query<PointParameters>,
) -> Result<Response, Problem> {
    let limit = limit_of(parameters.limit)?;
    let last_day = parameters.expires_by;
    let expires_before = last_day
        .map(|day| {
            let next = day.checked_add_days(Days::new(1));
            next.map(calendar::midnight_at_start_of).ok_or_else(|| {
                let detail = "lies beyond every calendar";
                Problem::field(codes::INVALID_PARAMETER, "expires_by", detail)
            })
        })
        .transpose()?;
    let filter = KnowledgeFilter {
        kind: Some(EntryKind::Point),
        stage: parameters.stage,
        draft_stage: parameters.draft_stage,
        point_kind: parameters.point_kind.map(Into::into),
        unit: parameters.unit,
        district: parameters.district,
        title: parameters.title,
        expires_before,
        longer: parameters.longer,
        ..KnowledgeFilter::default()
    };
    list(
        &state,
        "points",
        &uri,
        caller,
        filter,
        parameters.after,
        limit,
    )
    .await
}

/// Makes the handler of a list.
macro_rules! lists {
    ($($(#[doc = $doc:literal])+ $handler:ident $path:literal $kind:ident $list:literal;)+) => {$(
        $(#[doc = $doc])+
        #[utoipa::path(
            get, path = $path, tag = "knowledge", params(EntryParameters),
            responses(
                (status = 200, description = "A page of entries", body = KnowledgePage,
                    headers(("Link" = String, description = "The next page, `rel=\"next\"`"))),
                ReadKnowledgeErrors,
            )
        )]
        pub(crate) async fn $handler(
            State(state): State<AppState>,
            OriginalUri(uri): OriginalUri,
            caller: Caller,
            Query(parameters): Query<EntryParameters>,
        ) -> Result<Response, Problem> {
            let limit = limit_of(parameters.limit)?;
            let filter = KnowledgeFilter {
                kind: Some(EntryKind::$kind),
                stage: parameters.stage,
                unit: parameters.unit,
                district: parameters.district,
                overdue: parameters.overdue,
                title: parameters.title,
                ..KnowledgeFilter::default()
            };
            list(&state, $list, &uri, caller, filter, parameters.after, limit).await
        }
    )+};
}

lists! {
    /// List feedback.
    ///
    /// Newest first: units what they are asked, the centre all of it (Art. 36).
    list_feedback "/knowledge/feedback" Feedback "feedback";

    /// List notices of changes.
    ///
    /// Newest first: units their own and those that they were told of, the centre all of them (Art. 37).
    list_change_notices "/knowledge/changes" Change "changes";

    /// List outages.
    ///
    /// Newest first: units their own, the centre all of them (Art. 38).
    list_outages "/knowledge/outages" Outage "outages";
}

async fn list(
    state: &AppState,
    name: &'static str,
    uri: &Uri,
    caller: Caller,
    filter: KnowledgeFilter,
    after: Option<String>,
    limit: u32,
) -> Result<Response, Problem> {
    let page = state
        .call(move |engine| engine.knowledge_entries(&filter, after.as_deref(), limit, &caller.0))
        .await?
        .map_err(about_a_parameter)?;
    let Page { items, next } = page;
    let items = items.into_iter().map(Into::into).collect();
    let link = next.clone();
    let response = Json(KnowledgePage { items, next }).into_response();
    Ok(linked(
        response,
        &format!("knowledge/{name}"),
        uri,
        link.as_deref(),
    ))
}

pub(super) fn limit_of(given: Option<u32>) -> Result<u32, Problem> {
    let limit = given.unwrap_or(PAGE);
    if (1..=PAGE_MAX).contains(&limit) {
        Ok(limit)
    } else {
        let detail = format!("must lie between 1 and {PAGE_MAX}");
        Err(Problem::field(codes::INVALID_PARAMETER, "limit", detail))
    }
}

/// The same answer with a link to the next page, if there is one.
pub(super) fn linked(
    mut response: Response,
    list: &str,
    uri: &Uri,
    next: Option<&str>,
) -> Response {
    let link = next.and_then(|next| next_link(list, uri.query(), next));
    if let Some(link) = link {
        response.headers_mut().insert(header::LINK, link);
    }
    response
}

/// Count the points that expire soon.
///
/// By unit, those that are valid now and end within so many days (Art. 35); the points themselves are
/// listed by `GET /knowledge/points?expires_by=…`. Units see their own, districts those of their units.
#[utoipa::path(
    get, path = "/knowledge/expiring", tag = "knowledge", params(ExpiryParameters),
    responses((status = 200, description = "The units", body = Expiring), ReadKnowledgeErrors)
)]
pub(crate) async fn expiring_points(
    State(state): State<AppState>,
    caller: Caller,
    Query(parameters): Query<ExpiryParameters>,
) -> Result<Json<Expiring>, Problem> {
    let days = parameters.days.unwrap_or(EXPIRY_DAYS);
    if days > EXPIRY_DAYS_MAX {
        let detail = format!("must lie between 0 and {EXPIRY_DAYS_MAX}");
        return Err(Problem::field(codes::INVALID_PARAMETER, "days", detail));
    }
    let units = state
        .call(move |engine| engine.expiring(days, &caller.0))
        .await??;
    Ok(Json(Expiring {
        days,
        count: units.iter().fold(0, |sum, it| sum.saturating_add(it.count)),
        units: units.into_iter().map(Into::into).collect(),
    }))
}

/// Count feedback and what came of it.
///
/// By unit, of the days on which it was opened; in time, late, that nothing is to be done (Art. 36, R68).
#[utoipa::path(
    get, path = "/knowledge/feedback-figures", tag = "knowledge", params(FeedbackFigureParameters),
    responses((status = 200, description = "The figures", body = FeedbackFigures), ReadKnowledgeErrors)
)]
pub(crate) async fn feedback_figures(
    State(state): State<AppState>,
    caller: Caller,
    Query(parameters): Query<FeedbackFigureParameters>,
) -> Result<Json<FeedbackFigures>, Problem> {
    let FeedbackFigureParameters {
        from,
        until,
        unit,
        by_month,
    } = parameters;
    let after = until
        .checked_add_days(Days::new(1))
        .filter(|_| from <= until);
    let before = after.ok_or_else(|| {
        let detail = "lies before `from`, or beyond every calendar";
        Problem::field(codes::INVALID_PARAMETER, "until", detail)
    })?;
    let query = FeedbackQuery {
        from: calendar::midnight_at_start_of(from),
        before: calendar::midnight_at_start_of(before),
        unit,
        by_month,
    };
    let rows = state
        .call(move |engine| engine.feedback_indicators(&query, &caller.0))
        .await??;
    let rows = rows.into_iter().map(Into::into).collect();
    Ok(Json(FeedbackFigures { rows }))
}

/// Check many points at once.
///
/// Asks the plugins about a page of points, by number, and changes nothing: neither is it recorded, nor is
/// anybody told. With a candidate, as if that image were active in its scope. For the centre, the admin
/// and auditors; units and districts their own, districts also with a candidate.
#[utoipa::path(
    post, path = "/knowledge/checks", tag = "knowledge", request_body = BulkCheck,
    responses((status = 200, description = "A page of points", body = BulkCheckPage), CheckErrors)
)]
pub(crate) async fn check_points(
    State(state): State<AppState>,
    caller: Caller,
    body: Body<BulkCheck>,
) -> Result<Json<BulkCheckPage>, Problem> {
    let wanted = body.value;
    let limit = limit_of(wanted.limit)?;
    let page = state
        .call(move |engine| -> Result<_, engine::Error> {
            let candidate = wanted.candidate.map(|it| {
                let image = found(engine, &it.image)?;
                let scope = it.scope;
                Ok::<_, engine::Error>(engine::CheckCandidate { image, scope })
            });
            let request = engine::PointCheck {
                part: wanted.part.into(),
                candidate: candidate.transpose()?,
                unit: wanted.unit,
                point: wanted.point.map(PointId::new),
            };
            let after = wanted.after.map(PointId::new);
            let total = match &after {
                None => Some(engine.count_points_to_check(&request, &caller.0)?),
                Some(_) => None,
            };
            let page = engine.check_points(&request, after.as_ref(), limit, &caller.0)?;
            Ok((total, page))
        })
        .await??;
    let (total, page) = page;
    Ok(Json(BulkCheckPage {
        total,
        looked_at: page.looked_at,
        items: page.items.into_iter().map(Into::into).collect(),
        next: page.next.map(|it| it.to_string()),
    }))
}
