//! The knowledge base (Chapter 5): points, feedback, changes and outages. Here is what their commands
//! have in common; reading, files and checks in bulk stand beside.

pub(super) mod entries;

pub(super) mod files;

pub(super) mod lists;

pub(super) mod points;

pub(super) mod reading;

pub(super) mod searching;

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use engine::{CommandOptions, HandledKnowledge};
use knowledge_base::Entry;
use knowledge_base::ids::Id;

use crate::auth::Caller;
use crate::dto::knowledge::{IntoKnowledgeCommand, KnowledgeEntry, KnowledgeOutcome};
use crate::extract::Body;
use crate::headers::{Conditions, IDEMPOTENT_REPLAYED, IdempotencyHeader, IfMatch, etag};
use crate::metrics;
use crate::problem::Problem;
use crate::routes::V1;
use crate::routes::commands::idempotency_key;
use crate::state::AppState;

/// Makes the handler that opens an entry.
macro_rules! opening {
    ($(#[doc = $doc:literal])+ $handler:ident, $path:literal, $kind:expr, $body:ident) => {
        $(#[doc = $doc])+
        #[utoipa::path(
            post, path = $path, tag = "knowledge",
            params(IdempotencyParameter), request_body = $body,
            responses(KnowledgeOpened, OpenKnowledgeErrors)
        )]
        pub(crate) async fn $handler(
            State(state): State<AppState>,
            caller: Caller,
            key: IdempotencyHeader,
            body: Body<$body>,
        ) -> Result<Response, Problem> {
            open(&state, $kind.name(), caller, key, body).await
        }
    };
}

/// Makes the handler of a command on an entry.
macro_rules! command {
    ($(#[doc = $doc:literal])+ $handler:ident, $path:literal, $id:ident, $kind:expr, $body:ident) => {
        command! { @handler $(#[doc = $doc])+ $handler, $path, $id, $kind, $body, $body }
    };
    // A command without fields needs no body.
    (
        $(#[doc = $doc:literal])+
        $handler:ident, $path:literal, $id:ident, $kind:expr, Option<$body:ident>
    ) => {
        command! { @handler $(#[doc = $doc])+ $handler, $path, $id, $kind, $body, Option<$body> }
    };
    (
        @handler $(#[doc = $doc:literal])+
        $handler:ident, $path:literal, $id:ident, $kind:expr, $body:ident, $documented:ty
    ) => {
        $(#[doc = $doc])+
        #[utoipa::path(
            post, path = $path, tag = "knowledge",
            params(("number" = String, Path, description = "Number of the entry"), CommandParameters),
            request_body = $documented,
            responses(KnowledgeDone, KnowledgeErrors)
        )]
        pub(crate) async fn $handler(
            State(state): State<AppState>,
            caller: Caller,
            Path(id): Path<$id>,
            conditions: Conditions,
            body: Body<$body>,
        ) -> Result<Response, Problem> {
            perform(&state, $kind.name(), caller, id.into(), conditions, body).await
        }
    };
}

pub(crate) use {command, opening};

/// The way of every opening.
async fn open<T: IntoKnowledgeCommand + Send + 'static>(
    state: &AppState,
    name: &'static str,
    caller: Caller,
    key: IdempotencyHeader,
    body: Body<T>,
) -> Result<Response, Problem> {
    body.value.check()?;
    let options = CommandOptions {
        if_match: None,
        idempotency: idempotency_key(state, &caller, key, body.fingerprint),
    };
    let by = caller.0.clone();
    let command = body.value;
    let handle = move |engine: &engine::Engine| {
        engine.open_knowledge(&by, &options, |texts| command.into_command(texts))
    };
    let handled = counted(name, state.call(handle).await)?;
    let place = place(&handled.entry.id());
    let mut response = answered(StatusCode::CREATED, &handled, &caller);
    if let Ok(location) = HeaderValue::try_from(place) {
        response.headers_mut().insert(header::LOCATION, location);
    }
    Ok(response)
}

/// Where an entry is read.
fn place(id: &Id) -> String {
    let list = match id {
        Id::Point(_) => "points",
        Id::Feedback(_) => "feedback",
        Id::Change(_) => "changes",
        Id::Outage(_) => "outages",
    };
    format!("{V1}/knowledge/{list}/{id}")
}

/// The way of every command.
async fn perform<T: IntoKnowledgeCommand + Send + 'static>(
    state: &AppState,
    name: &'static str,
    caller: Caller,
    id: Id,
    conditions: Conditions,
    body: Body<T>,
) -> Result<Response, Problem> {
    body.value.check()?;
    let Conditions {
        if_match: IfMatch { version },
        idempotency,
    } = conditions;
    let options = CommandOptions {
        if_match: version,
        idempotency: idempotency_key(state, &caller, idempotency, body.fingerprint),
    };
    let by = caller.0.clone();
    let command = body.value;
    let handle = move |engine: &engine::Engine| {
        engine.handle_knowledge(&id, &by, &options, |texts| command.into_command(texts))
    };
    let handled = counted(name, state.call(handle).await)?;
    Ok(answered(StatusCode::OK, &handled, &caller))
}

/// Counts a command by what came of it.
fn counted(
    name: &'static str,
    result: Result<Result<HandledKnowledge, engine::Error>, Problem>,
) -> Result<HandledKnowledge, Problem> {
    let result = result.and_then(|handled| handled.map_err(Problem::from));
    let outcome = match &result {
        Ok(handled) if handled.replayed => "replayed",
        Ok(_) => "done",
        Err(problem) => problem.code(),
    };
    metrics::command(name, outcome);
    result
}

/// The entry after a command, as of the instant of the command: so a repeated request is answered as it
/// was the first time.
fn answered(status: StatusCode, handled: &HandledKnowledge, caller: &Caller) -> Response {
    let at = handled.events.last().map(|event| event.at);
    let body = KnowledgeOutcome {
        entry: KnowledgeEntry::new(&handled.entry, &caller.0, at.unwrap_or_default()),
        events: handled.events.iter().map(Into::into).collect(),
    };
    let version = Entry::version(&handled.entry);
    let mut response = (status, Json(body)).into_response();
    let headers = response.headers_mut();
    headers.insert(header::ETAG, etag(version));
    if handled.replayed {
        headers.insert(IDEMPOTENT_REPLAYED, HeaderValue::from_static("true"));
    }
    response
}
