//! Orders: registering, listing, reading.

use axum::Json;
use axum::extract::{OriginalUri, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use engine::ports::OrderFilter;
use engine::{CommandOptions, NewRequest};
use lifecycle::command::CommandKind;
use lifecycle::ids::OrderId;

use crate::auth::Caller;
use crate::dto::explanation::Explanation;
use crate::dto::history::{Event, Message};
use crate::dto::orders::{self as order_dto, OrderPage, WholeOrder};
use crate::dto::parameters::{ListParameters, RequesterParameters};
use crate::dto::progress::{Progress, ProgressQuery};
use crate::dto::registration::NewOrder;
use crate::dto::requester::RequesterData;
use crate::extract::{Body, Path, Query};
use crate::headers::{IdempotencyHeader, etag};
use crate::openapi::{
    IdempotencyParameter, ProgressErrors, ReadErrors, RegisterErrors, Registered,
};
use crate::problem::{Problem, codes};
use crate::routes::V1;
use crate::routes::commands::{answered, counted, idempotency_key};
use crate::state::AppState;

/// Items on a page, if the client does not say.
pub(crate) const PAGE: u32 = 50;
/// Most items on a page.
pub(crate) const PAGE_MAX: u32 = 200;

/// Register a request.
///
/// The order comes into being (Art. 11), the routing rules are asked, and where their advice is clear
/// it is dispatched to a handling unit (Art. 13); else it waits for a person, with the reason in
/// `queue`. All of it is one transaction. For the centre and for channel systems.
#[utoipa::path(
    post, path = "/orders", tag = "orders",
    params(IdempotencyParameter), request_body = NewOrder,
    responses(Registered, RegisterErrors)
)]
pub(crate) async fn register(
    State(state): State<AppState>,
    caller: Caller,
    key: IdempotencyHeader,
    body: Body<NewOrder>,
) -> Result<Response, Problem> {
    let idempotency = idempotency_key(&state, &caller, key, body.fingerprint);
    let options = CommandOptions {
        if_match: None,
        idempotency,
    };
    let by = caller.0.clone();
    let request = NewRequest::from(body.value);
    let result = state
        .call(move |engine| engine.register(request, &by, &options))
        .await;
    let handled = counted(CommandKind::Register, result)?;
    let location = HeaderValue::try_from(format!("{V1}/orders/{}", handled.order.id));
    let mut response = answered(StatusCode::CREATED, &handled, &caller);
    if let Ok(location) = location {
        response.headers_mut().insert(header::LOCATION, location);
    }
    Ok(response)
}

/// List orders.
///
/// Newest registration first, as far as the caller may see them: units their own, districts their
/// district's, channel systems those that they filed (Art. 43).
#[utoipa::path(
    get, path = "/orders", tag = "orders", params(ListParameters),
    responses(
        (status = 200, description = "A page of orders", body = OrderPage,
            headers(("Link" = String, description = "The next page, `rel=\"next\"`"))),
        ReadErrors,
    )
)]
pub(crate) async fn list(
    State(state): State<AppState>,
    OriginalUri(uri): OriginalUri,
    caller: Caller,
    Query(parameters): Query<ListParameters>,
) -> Result<Response, Problem> {
    let limit = parameters.limit.unwrap_or(PAGE);
    if !(1..=PAGE_MAX).contains(&limit) {
        let detail = format!("must lie between 1 and {PAGE_MAX}");
        return Err(Problem::field(codes::INVALID_PARAMETER, "limit", detail));
    }
    let after = parameters.after;
    let filter = OrderFilter {
        stage: parameters.stage,
        unit: parameters.unit,
        district: parameters.district,
        order_type: parameters.order_type.map(Into::into),
        overdue: parameters.overdue,
        provisional: parameters.provisional,
        source: parameters.source,
        ..OrderFilter::default()
    };
    let page = state
        .call(move |engine| engine.list(&filter, after.as_deref(), limit, &caller.0))
        .await?
        .map_err(about_a_parameter)?;
    let next = page.next;
    let link = next
        .as_deref()
        .and_then(|next| next_link("orders", uri.query(), next));
    let items = page.items.into_iter().map(Into::into).collect();
    let mut response = Json(OrderPage { items, next }).into_response();
    if let Some(link) = link {
        response.headers_mut().insert(header::LINK, link);
    }
    Ok(response)
}

/// What is wrong with a list is wrong with its query, not with a body.
pub(crate) fn about_a_parameter(error: engine::Error) -> Problem {
    if let engine::Error::InvalidInput {
        field,
        problem,
        way_out,
    } = error
    {
        Problem::field(codes::INVALID_PARAMETER, field, problem).way_out(way_out)
    } else {
        error.into()
    }
}

/// The same list with another beginning.
pub(crate) fn next_link(list: &str, query: Option<&str>, next: &str) -> Option<HeaderValue> {
    let parts = query.unwrap_or_default().split('&');
    let mut kept: Vec<&str> = parts
        .filter(|part| !part.is_empty() && !part.starts_with("after="))
        .collect();
    let after = format!("after={}", percent_encoded(next));
    kept.push(&after);
    HeaderValue::try_from(format!("<{V1}/{list}?{}>; rel=\"next\"", kept.join("&"))).ok()
}

/// Everything but unreserved characters as `%XX` (RFC 3986 §2.1).
fn percent_encoded(text: &str) -> String {
    let encode = |byte: u8| match byte {
        b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
            char::from(byte).to_string()
        }
        other => format!("%{other:02X}"),
    };
    text.bytes().map(encode).collect()
}

/// Show an order.
///
/// Its stage, its deadlines with their explanations, its history, and for each decision which rule
/// image gave which verdict and why. Auditors and the admin see people's own words masked.
#[utoipa::path(
    get, path = "/orders/{id}", tag = "orders",
    params(("id" = String, Path, description = "Number of the order")),
    responses(
        (status = 200, description = "The order", body = WholeOrder,
            headers(("ETag" = String, description = "The order's version, such as `\"7\"`"))),
        ReadErrors,
    )
)]
pub(crate) async fn show(
    State(state): State<AppState>,
    caller: Caller,
    Path(id): Path<OrderId>,
) -> Result<Response, Problem> {
    let by = caller.0.clone();
    let view = state.call(move |engine| engine.view(&id, &by)).await??;
    let tag = etag(view.order.version);
    let mut response = Json(WholeOrder::new(view, &caller.0)).into_response();
    response.headers_mut().insert(header::ETAG, tag);
    Ok(response)
}

/// Show an order's history.
///
/// Every entry of its journal, oldest first.
#[utoipa::path(
    get, path = "/orders/{id}/history", tag = "orders",
    params(("id" = String, Path, description = "Number of the order")),
    responses((status = 200, description = "The history", body = Vec<Event>), ReadErrors)
)]
pub(crate) async fn history(
    State(state): State<AppState>,
    caller: Caller,
    Path(id): Path<OrderId>,
) -> Result<Json<Vec<Event>>, Problem> {
    let by = caller.0.clone();
    let view = state.call(move |engine| engine.view(&id, &by)).await??;
    Ok(Json(order_dto::history(&view, &caller.0)))
}

/// Explain an order.
///
/// Why each deadline is what it is (trigger, article, days counted, restarts, extensions, calendar),
/// which commands can be given now and by whom, and for each other one the article that forbids it.
#[utoipa::path(
    get, path = "/orders/{id}/explain", tag = "orders",
    params(("id" = String, Path, description = "Number of the order")),
    responses((status = 200, description = "The explanation", body = Explanation), ReadErrors)
)]
pub(crate) async fn explain(
    State(state): State<AppState>,
    caller: Caller,
    Path(id): Path<OrderId>,
) -> Result<Json<Explanation>, Problem> {
    let explanation = state
        .call(move |engine| engine.explain(&id, &caller.0))
        .await??;
    Ok(Json(explanation.into()))
}

/// Show the messages about an order.
///
/// Each with the ways that it went out by, and what became of it there, oldest first.
#[utoipa::path(
    get, path = "/orders/{id}/messages", tag = "orders",
    params(("id" = String, Path, description = "Number of the order")),
    responses((status = 200, description = "The messages", body = Vec<Message>), ReadErrors)
)]
pub(crate) async fn messages(
    State(state): State<AppState>,
    caller: Caller,
    Path(id): Path<OrderId>,
) -> Result<Json<Vec<Message>>, Problem> {
    let by = caller.0.clone();
    let view = state.call(move |engine| engine.view(&id, &by)).await??;
    Ok(Json(order_dto::messages(&view, &caller.0)))
}

/// Look at the requester's personal data.
///
/// For the centre and for the unit that has the order and must reach the requester (Art. 21, 43).
/// Every look is logged with who, when and what for; without a log entry there is no data.
#[utoipa::path(
    get, path = "/orders/{id}/requester", tag = "orders",
    params(("id" = String, Path, description = "Number of the order"), RequesterParameters),
    responses(
        (status = 200, description = "The personal data", body = RequesterData),
        (status = 410, description = "`erased`: the personal data was erased",
            body = crate::problem::ProblemBody, content_type = "application/problem+json"),
        ReadErrors,
    )
)]
pub(crate) async fn requester(
    State(state): State<AppState>,
    caller: Caller,
    Path(id): Path<OrderId>,
    Query(parameters): Query<RequesterParameters>,
) -> Result<Json<RequesterData>, Problem> {
    let reveal = parameters.reveal;
    let mut purpose = String::from(parameters.purpose);
    if reveal {
        purpose.push_str(" [reveal]");
    }
    let data = state
        .call(move |engine| engine.requester(&id, &caller.0, &purpose))
        .await??;
    let data = data.ok_or_else(|| Problem::new(codes::ERASED, "the personal data was erased"))?;
    Ok(Json(RequesterData::new(data, reveal)))
}

/// Ask how an order stands, for its requester.
///
/// From the telephone number or account of the request only, whichever channel it came by; the centre may
/// verify who it is instead (Art. 9(3), R10). A number that does not exist, or is somebody else's, is
/// refused in the same way. For channel systems and the centre. Every question is logged.
#[utoipa::path(
    post, path = "/orders/{id}/progress", tag = "orders",
    params(("id" = String, Path, description = "Number of the order")),
    request_body = ProgressQuery,
    responses(
        (status = 200, description = "How it stands", body = Progress),
        ProgressErrors,
    )
)]
pub(crate) async fn progress(
    State(state): State<AppState>,
    caller: Caller,
    Path(id): Path<OrderId>,
    body: Body<ProgressQuery>,
) -> Result<Json<Progress>, Problem> {
    let claim = body.value.claim();
    let progress = state
        .call(move |engine| engine.progress(&id, &caller.0, claim))
        .await??;
    Ok(Json(progress.into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_page_keeps_the_filters() {
        let rows = [
            (None, "</api/v1/orders?after=a%2Fb>; rel=\"next\""),
            (
                Some("stage=closed&limit=2"),
                "</api/v1/orders?stage=closed&limit=2&after=a%2Fb>; rel=\"next\"",
            ),
            (
                Some("after=x&limit=2"),
                "</api/v1/orders?limit=2&after=a%2Fb>; rel=\"next\"",
            ),
        ];
        for (query, expected) in rows {
            assert_eq!(next_link("orders", query, "a/b").unwrap(), expected);
        }
    }
}
