//! Commands on an order, one route each. All take `If-Match` and `Idempotency-Key`, and answer with
//! the order after them.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use engine::ports::IdempotencyKey;
use engine::{CommandOptions, Handled};
use lifecycle::command::CommandKind;
use lifecycle::ids::OrderId;

use crate::auth::Caller;
use crate::dto::orders::{Order, Outcome};
use crate::dto::requests::{
    AcceptDuty, Answer, Close, Dispatch, FollowUp, IntoCommand, NewContactAttempt, NewReply,
    RatingGiven, Review, RouteAgain, Submission,
};
use crate::extract::{Body, Path};
use crate::headers::{Conditions, IDEMPOTENT_REPLAYED, IdempotencyHeader, etag};
use crate::metrics;
use crate::openapi::{CommandDone, CommandErrors, CommandParameters};
use crate::problem::Problem;
use crate::state::AppState;

/// Makes the handler of a command: its documentation, its path, its body.
macro_rules! command {
    ($(#[doc = $doc:literal])+ $handler:ident, $path:literal, $kind:ident, $body:ident) => {
        command! { @handler $(#[doc = $doc])+ $handler, $path, $kind, $body, $body }
    };
    // A command without fields needs no body.
    ($(#[doc = $doc:literal])+ $handler:ident, $path:literal, $kind:ident, Option<$body:ident>) => {
        command! { @handler $(#[doc = $doc])+ $handler, $path, $kind, $body, Option<$body> }
    };
    (
        @handler $(#[doc = $doc:literal])+
        $handler:ident, $path:literal, $kind:ident, $body:ident, $documented:ty
    ) => {
        $(#[doc = $doc])+
        #[utoipa::path(
            post, path = $path, tag = "commands",
            params(("id" = String, Path, description = "Number of the order"), CommandParameters),
            request_body = $documented,
            responses(CommandDone, CommandErrors)
        )]
        pub(crate) async fn $handler(
            State(state): State<AppState>,
            caller: Caller,
            Path(id): Path<OrderId>,
            conditions: Conditions,
            body: Body<$body>,
        ) -> Result<Response, Problem> {
            perform(&state, CommandKind::$kind, caller, id, conditions, body).await
        }
    };
}

command! {
    /// Answer a consultation from the knowledge base.
    ///
    /// Closes the order with CR01 (Art. 13(1)). For the centre.
    answer, "/orders/{id}/answer", AnswerDirectly, Answer
}

command! {
    /// Ask the routing rules again.
    ///
    /// While the order waits for dispatch; where the advice is clear it is dispatched (Art. 13). For
    /// the centre.
    route, "/orders/{id}/route", Route, Option<RouteAgain>
}

command! {
    /// Dispatch the order to a handling unit.
    ///
    /// The unit receives it at once; its clock starts at 00:00 of the next working day (Art. 13–15).
    /// For the centre.
    dispatch, "/orders/{id}/dispatch", Dispatch, Dispatch
}

command! {
    /// Say that the matter is the unit's own.
    ///
    /// Within two working days of receipt, else it is deemed to be (Art. 16). A commendation is
    /// thereby read and closed (Art. 23). For the unit that has the order.
    accept, "/orders/{id}/accept", AcceptDuty, Option<AcceptDuty>
}

command! {
    /// Record an attempt to reach the requester.
    ///
    /// Three unanswered calls, each at least 15 minutes apart, make the requester unreachable
    /// (Art. 12, 21). For the unit that has the order.
    contact_attempts, "/orders/{id}/contact-attempts", RecordContactAttempt, NewContactAttempt
}

command! {
    /// Record that the requester was told the result.
    ///
    /// With evidence (Art. 21). For the unit that has the order.
    reply, "/orders/{id}/reply", RecordReply, NewReply
}

command! {
    /// Submit the handling report.
    ///
    /// After the reply, or with an exception from it (Art. 21, 22). For the unit that has the order.
    submit, "/orders/{id}/submit", Submit, Submission
}

command! {
    /// Review the handling report.
    ///
    /// A report that passes ends the handling at its submission; one that fails has never stopped the
    /// clock (Art. 15). For the centre.
    review, "/orders/{id}/review", Review, Review
}

command! {
    /// Rate the handling.
    ///
    /// One of five options within five calendar days of the offer; the first valid one stands
    /// (Art. 27). For channel systems, on behalf of the requester.
    rating, "/orders/{id}/rating", Rate, RatingGiven
}

command! {
    /// Record the call-back to a dissatisfied requester.
    ///
    /// (Art. 28). For the centre.
    follow_up, "/orders/{id}/follow-up", RecordFollowUp, FollowUp
}

command! {
    /// Close an order whose requester is dissatisfied.
    ///
    /// After the call-back, without sending it back; the reason is noted (Art. 29, CR15). For the
    /// centre.
    close, "/orders/{id}/close", CloseDissatisfied, Close
}

/// The way of every command.
async fn perform<T: IntoCommand + Send + 'static>(
    state: &AppState,
    kind: CommandKind,
    caller: Caller,
    id: OrderId,
    conditions: Conditions,
    body: Body<T>,
) -> Result<Response, Problem> {
    body.value.check()?;
    let Conditions {
        if_match,
        idempotency,
    } = conditions;
    let options = CommandOptions {
        if_match: if_match.version,
        idempotency: idempotency_key(state, &caller, idempotency, body.fingerprint),
    };
    let by = caller.0.clone();
    let command = body.value;
    let handle = move |engine: &engine::Engine| {
        engine.handle(&id, &by, &options, |texts| command.into_command(texts))
    };
    let handled = counted(kind, state.call(handle).await)?;
    Ok(answered(StatusCode::OK, &handled, &caller))
}

/// The engine's key of a request that has one.
pub(crate) fn idempotency_key(
    state: &AppState,
    caller: &Caller,
    header: IdempotencyHeader,
    fingerprint: String,
) -> Option<IdempotencyKey> {
    header.0.map(|key| IdempotencyKey {
        principal: caller.principal(),
        key,
        fingerprint,
        at: state.engine.now(),
    })
}

/// Counts a command by what came of it.
pub(crate) fn counted(
    kind: CommandKind,
    result: Result<Result<Handled, engine::Error>, Problem>,
) -> Result<Handled, Problem> {
    let result = result.and_then(|handled| handled.map_err(Problem::from));
    let outcome = match &result {
        Ok(handled) if handled.replayed => "replayed",
        Ok(handled) => {
            metrics::events(&handled.events);
            "done"
        }
        Err(problem) => problem.code(),
    };
    metrics::command(kind.name(), outcome);
    result
}

/// The order after a command. A repeated request is answered as it was the first time.
pub(crate) fn answered(status: StatusCode, handled: &Handled, caller: &Caller) -> Response {
    let body = Outcome {
        order: Order::new(&handled.order, &caller.0),
        events: handled.events.iter().map(Into::into).collect(),
    };
    let mut response = (status, Json(body)).into_response();
    let headers = response.headers_mut();
    headers.insert(header::ETAG, etag(handled.order.version));
    if handled.replayed {
        headers.insert(IDEMPOTENT_REPLAYED, HeaderValue::from_static("true"));
    }
    response
}
