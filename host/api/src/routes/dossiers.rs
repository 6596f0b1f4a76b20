//! Dossiers: what the Rules demand beside the single order. Opening them, acting on them, reading them,
//! and what the centre should look at.

use axum::Json;
use axum::extract::{OriginalUri, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use engine::ports::DossierFilter;
use engine::{CommandOptions, HandledDossier};
use lifecycle::dossier::{CommandKind, DossierId};

use crate::auth::Caller;
use crate::dto::dossiers::{
    Bulletin, Closing, Dossier, DossierOutcome, DossierPage, FinalReport, IntoDossierCommand,
    ListedUnitGiven, Members, MembersRemoved, NewContact, NewLiaisonFiling, NewMatter, NewMeeting,
    NewPublication, NewSolution, NewTraining, Opinion, Outcome, Plan, ProcedureEnd, Progress,
    Ruling, StaffFiling, StageReport, UnitRemoval, Warnings, WholeDossier,
};
use crate::dto::parameters::DossierParameters;
use crate::extract::{Body, Path, Query};
use crate::headers::{Conditions, IDEMPOTENT_REPLAYED, IdempotencyHeader, IfMatch, etag};
use crate::metrics;
use crate::openapi::{
    CommandParameters, DossierDone, DossierErrors, DossierOpened, IdempotencyParameter,
    OpenDossierErrors, ReadDossierErrors,
};
use crate::problem::{Problem, codes};
use crate::routes::V1;
use crate::routes::commands::idempotency_key;
use crate::routes::orders::{PAGE, PAGE_MAX, about_a_parameter, next_link};
use crate::state::AppState;

/// Makes the handler that opens a dossier.
macro_rules! open {
    ($(#[doc = $doc:literal])+ $handler:ident, $path:literal, $kind:ident, $body:ident) => {
        $(#[doc = $doc])+
        #[utoipa::path(
            post, path = $path, tag = "dossiers",
            params(IdempotencyParameter), request_body = $body,
            responses(DossierOpened, OpenDossierErrors)
        )]
        pub(crate) async fn $handler(
            State(state): State<AppState>,
            caller: Caller,
            key: IdempotencyHeader,
            body: Body<$body>,
        ) -> Result<Response, Problem> {
            open(&state, CommandKind::$kind, caller, key, body).await
        }
    };
}

/// Makes the handler of a command on a dossier.
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
            post, path = $path, tag = "dossiers",
            params(("dossier" = String, Path, description = "Number of the dossier"), CommandParameters),
            request_body = $documented,
            responses(DossierDone, DossierErrors)
        )]
        pub(crate) async fn $handler(
            State(state): State<AppState>,
            caller: Caller,
            Path(id): Path<DossierId>,
            conditions: Conditions,
            body: Body<$body>,
        ) -> Result<Response, Problem> {
            perform(&state, CommandKind::$kind, caller, id, conditions, body).await
        }
    };
}

open! {
    /// List a long-term matter.
    ///
    /// With the units concerned, each of which thereby receives it and makes a plan within 10 working
    /// days (Art. 26). For the centre.
    list_matter, "/long-term-matters", ListMatter, NewMatter
}

open! {
    /// Announce or file a change of staff.
    ///
    /// Of the leader in charge or of full-time staff, within 10 working days of its completion; a late
    /// filing is filed, and marked as late (Art. 7). For units, and for the centre to announce.
    announce_change, "/liaison-filings", AnnounceChange, NewLiaisonFiling
}

open! {
    /// Record a meeting.
    ///
    /// Of the joint conference, in the register of its year; at least one plenary a calendar year
    /// (Art. 3). For the centre, and for districts' offices their own mechanism's.
    record_meeting, "/meetings", RecordMeeting, NewMeeting
}

open! {
    /// Record a training.
    ///
    /// In the unit's training log (Art. 7). For units.
    record_training, "/trainings", RecordTraining, NewTraining
}

open! {
    /// Record a contact that became no order, or several.
    ///
    /// An emergency handed to 110, 119, 120 or 122, what is no matter of the hotline (Art. 2), a
    /// registration refused for want of the real name (Art. 10), what was pointed to another channel, and
    /// the orders that its other parts became (Art. 11). For the centre.
    record_contact, "/contacts", RecordContact, NewContact
}

open! {
    /// Submit a solution for decision.
    ///
    /// By a mechanism for difficult orders, to the joint conference or the municipal government
    /// (Art. 18). For units, districts' offices and the centre.
    submit_solution, "/solutions", SubmitSolution, NewSolution
}

open! {
    /// Record a publication or a suggestion.
    ///
    /// Public pages about channels and rules, and suggestions from those whose supervision the hotline
    /// accepts (Art. 32). For the centre; channel systems pass suggestions on.
    publish, "/publications", Publish, NewPublication
}

command! {
    /// List a further unit with a long-term matter.
    ///
    /// It thereby receives it (Art. 26). For the centre.
    add_unit, "/dossiers/{dossier}/units", AddUnit, ListedUnitGiven
}

command! {
    /// Take a unit off a long-term matter.
    ///
    /// With a reason; at least one remains. For the centre.
    remove_unit, "/dossiers/{dossier}/unit-removals", RemoveUnit, UnitRemoval
}

command! {
    /// Add orders to a long-term matter.
    ///
    /// Each keeps its own requester, who is told how the matter stands (Art. 26). For the centre.
    add_orders, "/dossiers/{dossier}/members", AddOrders, Members
}

command! {
    /// Take orders off a long-term matter.
    ///
    /// For the centre.
    remove_orders, "/dossiers/{dossier}/member-removals", RemoveOrders, MembersRemoved
}

command! {
    /// Tell the units of a listed matter again.
    ///
    /// The periodic bulletin, monthly unless configured otherwise (Art. 26). For the centre.
    issue_bulletin, "/dossiers/{dossier}/bulletins", IssueBulletin, Option<Bulletin>
}

command! {
    /// Submit the plan for a long-term matter.
    ///
    /// Within 10 working days of the listing; a later plan replaces it (Art. 26). For the units listed.
    submit_plan, "/dossiers/{dossier}/plan", SubmitPlan, Plan
}

command! {
    /// Tell the requesters how the matter stands.
    ///
    /// At most a month apart, in principle (Art. 26). For the units listed.
    tell_progress, "/dossiers/{dossier}/progress", TellProgress, Progress
}

command! {
    /// Report results of a stage to the centre.
    ///
    /// Within the handling limits of the orders (Art. 26). For the units listed.
    report_stage, "/dossiers/{dossier}/stage-reports", ReportStage, StageReport
}

command! {
    /// Record the end of the statutory procedure.
    ///
    /// The final situation is reported upward within 3 working days of it (Art. 26). For the units
    /// listed.
    end_procedure, "/dossiers/{dossier}/procedure-end", EndProcedure, ProcedureEnd
}

command! {
    /// Record the report to the superior guiding department.
    ///
    /// (Art. 26). For the units listed.
    report_final, "/dossiers/{dossier}/final-report", ReportFinal, FinalReport
}

command! {
    /// Record the guiding department's opinion.
    ///
    /// Then requesters and centre are told; the target of one working day is the centre's own (Art. 26).
    /// For the units listed.
    record_opinion, "/dossiers/{dossier}/guiding-opinion", RecordOpinion, Opinion
}

command! {
    /// Tell requesters and centre the outcome.
    ///
    /// (Art. 26). For the units listed.
    feed_back, "/dossiers/{dossier}/outcome", FeedBack, Outcome
}

command! {
    /// Close a long-term matter.
    ///
    /// After every unit has told the outcome (Art. 26). For the centre.
    close_matter, "/dossiers/{dossier}/closing", CloseMatter, Closing
}

command! {
    /// File a change of staff that was announced.
    ///
    /// (Art. 7). For the unit.
    file_change, "/dossiers/{dossier}/filing", FileChange, StaffFiling
}

command! {
    /// Record what was decided about a solution.
    ///
    /// (Art. 18). For the centre.
    record_ruling, "/dossiers/{dossier}/ruling", RecordRuling, Ruling
}

/// The way of every opening.
async fn open<T: IntoDossierCommand + Send + 'static>(
    state: &AppState,
    kind: CommandKind,
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
        engine.open_dossier(&by, &options, |texts| command.into_command(texts))
    };
    let handled = counted(kind, state.call(handle).await)?;
    let location = HeaderValue::try_from(format!("{V1}/dossiers/{}", handled.dossier.id));
    let mut response = answered(StatusCode::CREATED, &handled, &caller);
    if let Ok(location) = location {
        response.headers_mut().insert(header::LOCATION, location);
    }
    Ok(response)
}

/// The way of every command.
async fn perform<T: IntoDossierCommand + Send + 'static>(
    state: &AppState,
    kind: CommandKind,
    caller: Caller,
    id: DossierId,
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
        engine.handle_dossier(&id, &by, &options, |texts| command.into_command(texts))
    };
    let handled = counted(kind, state.call(handle).await)?;
    Ok(answered(StatusCode::OK, &handled, &caller))
}

/// Counts a command by what came of it.
fn counted(
    kind: CommandKind,
    result: Result<Result<HandledDossier, engine::Error>, Problem>,
) -> Result<HandledDossier, Problem> {
    let result = result.and_then(|handled| handled.map_err(Problem::from));
    let outcome = match &result {
        Ok(handled) if handled.replayed => "replayed",
        Ok(_) => "done",
        Err(problem) => problem.code(),
    };
    metrics::command(kind.name(), outcome);
    result
}

/// The dossier after a command. A repeated request is answered as it was the first time.
fn answered(status: StatusCode, handled: &HandledDossier, caller: &Caller) -> Response {
    let body = DossierOutcome {
        dossier: Dossier::new(&handled.dossier, &caller.0),
        events: handled.events.iter().map(Into::into).collect(),
    };
    let mut response = (status, Json(body)).into_response();
    let headers = response.headers_mut();
    headers.insert(header::ETAG, etag(handled.dossier.version));
    if handled.replayed {
        headers.insert(IDEMPOTENT_REPLAYED, HeaderValue::from_static("true"));
    }
    response
}

/// List dossiers.
///
/// Newest first, as far as the caller may see them: units and districts those that concern them
/// (Art. 43).
#[utoipa::path(
    get, path = "/dossiers", tag = "dossiers", params(DossierParameters),
    responses(
        (status = 200, description = "A page of dossiers", body = DossierPage,
            headers(("Link" = String, description = "The next page, `rel=\"next\"`"))),
        ReadDossierErrors,
    )
)]
pub(crate) async fn list_dossiers(
    State(state): State<AppState>,
    OriginalUri(uri): OriginalUri,
    caller: Caller,
    Query(parameters): Query<DossierParameters>,
) -> Result<Response, Problem> {
    let limit = parameters.limit.unwrap_or(PAGE);
    if !(1..=PAGE_MAX).contains(&limit) {
        let detail = format!("must lie between 1 and {PAGE_MAX}");
        return Err(Problem::field(codes::INVALID_PARAMETER, "limit", detail));
    }
    let after = parameters.after;
    let filter = DossierFilter {
        kind: parameters.kind.map(Into::into),
        stage: parameters.stage,
        unit: parameters.unit,
        order: parameters.order,
        overdue: parameters.overdue,
        ..DossierFilter::default()
    };
    let page = state
        .call(move |engine| engine.dossiers(&filter, after.as_deref(), limit, &caller.0))
        .await?
        .map_err(about_a_parameter)?;
    let next = page.next;
    let link = next
        .as_deref()
        .and_then(|next| next_link("dossiers", uri.query(), next));
    let items = page.items.into_iter().map(Into::into).collect();
    let mut response = Json(DossierPage { items, next }).into_response();
    if let Some(link) = link {
        response.headers_mut().insert(header::LINK, link);
    }
    Ok(response)
}

/// Show a dossier.
///
/// Where it stands, its deadlines with their explanations, its texts, its history and the messages
/// about it. Auditors and the admin see people's own words masked.
#[utoipa::path(
    get, path = "/dossiers/{dossier}", tag = "dossiers",
    params(("dossier" = String, Path, description = "Number of the dossier")),
    responses(
        (status = 200, description = "The dossier", body = WholeDossier,
            headers(("ETag" = String, description = "The dossier's version, such as `\"7\"`"))),
        ReadDossierErrors,
    )
)]
pub(crate) async fn show_dossier(
    State(state): State<AppState>,
    caller: Caller,
    Path(id): Path<DossierId>,
) -> Result<Response, Problem> {
    let by = caller.0.clone();
    let view = state.call(move |engine| engine.dossier(&id, &by)).await??;
    let tag = etag(view.dossier.version);
    let mut response = Json(WholeDossier::new(view, &caller.0)).into_response();
    response.headers_mut().insert(header::ETAG, tag);
    Ok(response)
}

/// List what the centre should look at.
///
/// A calendar year without a plenary of the joint conference (Art. 3), and whatever is due in dossiers
/// and was not done in time. For the centre, the admin and auditors.
#[utoipa::path(
    get, path = "/warnings", tag = "dossiers",
    responses((status = 200, description = "The warnings", body = Warnings), ReadDossierErrors)
)]
pub(crate) async fn warnings(
    State(state): State<AppState>,
    caller: Caller,
) -> Result<Json<Warnings>, Problem> {
    let found = state
        .call(move |engine| engine.warnings(&caller.0))
        .await??;
    let items = found.into_iter().map(Into::into).collect();
    Ok(Json(Warnings { items }))
}
