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
use crate::dto::history::Event;
use crate::dto::orders::{Order, Outcome, Viewer};
use crate::dto::requests::{
    AcceptDuty, Answer, Assistance, AssistanceObjection, AssistingUnits, Close, ConductNote,
    Coordination, DiligenceStatement, Dispatch, DistrictReview, FollowUp, Incomplete,
    InformationAssessment, InformationRequest, InformationSupply, IntoCommand, LateReturn,
    NewConcealment, NewContactAttempt, NewExtension, NewOrderLink, NewReply, NewStatement,
    ObjectionDecision, OpinionGiven, OpinionRequest, PrioritySetting, ProposalDismissal,
    RatingGiven, Reclassification, ReturnDecision, ReturnRequest, Review, RouteAgain, SendBack,
    ServiceRatingGiven, StatementJudgement, Submission, SupervisionAnswer, SupervisionOrder,
    SupervisionReview, Told, Withdrawal, WithdrawalClose,
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
    /// Ask the requester for everything that is missing.
    ///
    /// At once, before any dispatch: by telephone on the telephone channel; by a notice on network
    /// channels, to be answered within three calendar days (Art. 12, R15, R16). For the centre.
    information_request, "/orders/{id}/information-request", RequestInformation, InformationRequest
}

command! {
    /// Supply what was missing.
    ///
    /// Only from the telephone number or account of the request, or where the centre verified who it is
    /// (Art. 9(3), 12, R10, R16). For the centre and channel systems.
    information, "/orders/{id}/information", SupplyInformation, InformationSupply
}

command! {
    /// Say whether what was supplied is enough.
    ///
    /// If it is, the matter is registered now and routed; if not, the order ends with CR04 (Art. 12,
    /// R15, R16). For the centre.
    information_assessment, "/orders/{id}/information-assessment", AssessInformation, InformationAssessment
}

command! {
    /// Close an order whose information stays missing.
    ///
    /// Three counted calls unanswered, or the requester refused; on the telephone channel (Art. 12(1),
    /// R15, CR02, CR03). For the centre.
    close_incomplete, "/orders/{id}/close-incomplete", CloseIncomplete, Incomplete
}

command! {
    /// Hide personal data of the requester.
    ///
    /// Which fields from whom, as agreed, after the warning that it may hinder handling (Art. 9(2),
    /// R9). For the centre.
    concealment, "/orders/{id}/concealment", Conceal, NewConcealment
}

command! {
    /// Note that the requester occupies the hotline without good reason.
    ///
    /// It only marks; nothing follows from it (Art. 9(1), R8). For the centre.
    conduct, "/orders/{id}/conduct", FlagConduct, ConductNote
}

command! {
    /// Set how urgent the order is.
    ///
    /// It orders lists and moves no deadline. For the centre.
    priority, "/orders/{id}/priority", SetPriority, PrioritySetting
}

command! {
    /// Correct the type of the matter.
    ///
    /// With a unit, it is a new dispatch with the period of the new type (Art. 45, R77). For the
    /// centre.
    reclassify, "/orders/{id}/type", Reclassify, Reclassification
}

command! {
    /// Link another order about the same matter, or take the link away.
    ///
    /// The other order is linked back. Orders of several requesters are never merged: each keeps its own
    /// clock, reply and evaluation; of very many, list a long-term matter instead (Art. 26). Also
    /// after the end. For the centre.
    link, "/orders/{id}/links", LinkOrders, NewOrderLink
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
    /// After a return also to a lead unit with others (Art. 17(3)); a hard case goes to the unit that a
    /// guidance opinion supports (Art. 18). For the centre.
    dispatch, "/orders/{id}/dispatch", Dispatch, Dispatch
}

command! {
    /// Say that the matter is the unit's own.
    ///
    /// Within two working days of receipt, else it is deemed to be (Art. 16). A commendation is thereby
    /// read and closed (Art. 23). For the unit that has the order.
    accept, "/orders/{id}/accept", AcceptDuty, Option<AcceptDuty>
}

command! {
    /// Apply to return an order that is not the unit's own.
    ///
    /// Within two working days of receipt, with the proof that its ground wants; the clock runs on
    /// (Art. 16(3), 17(1), R28, R29). For the unit that has the order.
    request_return, "/orders/{id}/return", RequestReturn, ReturnRequest
}

command! {
    /// Admit a return after the unit's time.
    ///
    /// (Art. 16(3), R28.) For the centre.
    late_return, "/orders/{id}/late-return", AllowLateReturn, LateReturn
}

command! {
    /// Decide on an application to return the order.
    ///
    /// Approved, the order waits for its next unit; the third unit's return opens the coordination.
    /// Refused, it stays for good (Art. 17(2), 18, R30, R31, R33). For the centre.
    return_decision, "/orders/{id}/return-decision", DecideReturn, ReturnDecision
}

command! {
    /// Name the assisting units.
    ///
    /// Once, within two working days, each with its part (Art. 17(3), R32). For the lead unit.
    assisting_units, "/orders/{id}/assisting-units", NameAssistingUnits, AssistingUnits
}

command! {
    /// Hand a part to the lead unit.
    ///
    /// (Art. 17(3), R32.) For an assisting unit.
    assistance, "/orders/{id}/assistance", RecordAssistance, Assistance
}

command! {
    /// Object to a part.
    ///
    /// The centre decides; it is no return (Art. 17(3), R32). For an assisting unit.
    assistance_objection, "/orders/{id}/assistance-objection", ObjectToAssisting, AssistanceObjection
}

command! {
    /// Decide on the objection of an assisting unit.
    ///
    /// (Art. 17(3), R32.) For the centre.
    objection_decision, "/orders/{id}/objection-decision", DecideObjection, ObjectionDecision
}

command! {
    /// Open the coordination of a hard case.
    ///
    /// By hand, once a unit has returned the order; the third unit's return opens it by itself (Art. 18,
    /// R33). For the centre.
    coordination, "/orders/{id}/coordination", OpenCoordination, Coordination
}

command! {
    /// Ask an authority for its guidance opinion.
    ///
    /// Two or five working days, by what is disputed (Art. 18(1), R34). For the centre.
    opinion_request, "/orders/{id}/opinion-request", RequestOpinion, OpinionRequest
}

command! {
    /// Give, or record, a guidance opinion.
    ///
    /// (Art. 18(1), R34.) For the authority that was asked, and for the centre on its behalf, which says
    /// in `adviser` whose it is.
    opinion, "/orders/{id}/opinion", RecordOpinion, OpinionGiven
}

command! {
    /// Extend the handling period.
    ///
    /// Before it ends, at most twice, each time by at most the period of the first dispatch, and not in
    /// a second handling; the requester must be told (Art. 19, 29(2), R36, R37). For the unit that has
    /// the order.
    extension, "/orders/{id}/extension", Extend, NewExtension
}

command! {
    /// Record that the requester was told of the extension.
    ///
    /// Or that three counted calls did not reach him or her (Art. 19, R36). For the unit that has the
    /// order.
    extension_notice, "/orders/{id}/extension-notice", RecordExtensionNotice, Told
}

command! {
    /// Add something to the request.
    ///
    /// Before the unit submits; only from the telephone number or account of the request, or where the
    /// centre verified who it is (Art. 9(3), 20, R10, R38). For the centre and channel systems.
    statements, "/orders/{id}/statements", AddStatement, NewStatement
}

command! {
    /// Judge an addition.
    ///
    /// What affects the handling begins the period anew from its receipt; the requester is told either
    /// way (Art. 20, R38, R39). For the unit that has the order.
    statement_judgement, "/orders/{id}/statement-judgement", JudgeStatement, StatementJudgement
}

command! {
    /// Record an attempt to reach the requester.
    ///
    /// Three unanswered calls, each at least 15 minutes apart, make the requester unreachable (Art. 12,
    /// 21). For the unit that has the order, and for the centre while information is missing.
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
    /// After the reply, or with an exception from it, with what Art. 22 wants of the type (Art. 21, 22,
    /// R40–R43). For the unit that has the order.
    submit, "/orders/{id}/submit", Submit, Submission
}

command! {
    /// Review the handling report at the district.
    ///
    /// Where the district's hotline office reviews first; only what it passes on has come in at the
    /// centre (Art. 5, R3). For that office.
    district_review, "/orders/{id}/district-review", ReviewAtDistrict, DistrictReview
}

command! {
    /// Review the handling report.
    ///
    /// A report that passes ends the handling at its submission; one that fails has never stopped the
    /// clock (Art. 15). For the centre.
    review, "/orders/{id}/review", Review, Review
}

command! {
    /// Withdraw the request.
    ///
    /// Through the hotline, until it is rated; only from the telephone number or account of the
    /// request, or where the centre verified who it is (Art. 9(3), 23(2), R10, R45). For the centre and
    /// channel systems.
    withdrawal, "/orders/{id}/withdrawal", Withdraw, Withdrawal
}

command! {
    /// Close an order that was withdrawn.
    ///
    /// With CR09; it is not rated (Art. 23(2), R45). For the unit that has the order.
    withdrawal_close, "/orders/{id}/withdrawal-close", CloseWithdrawn, WithdrawalClose
}

command! {
    /// Rate the handling.
    ///
    /// One of five options within five calendar days of the offer; the first valid one stands (Art.
    /// 27). For channel systems, on behalf of the requester.
    rating, "/orders/{id}/rating", Rate, RatingGiven
}

command! {
    /// Rate how the hotline took the request.
    ///
    /// Once, also after the end (Art. 27(1), R55). For channel systems, on behalf of the requester.
    service_rating, "/orders/{id}/service-rating", RateService, ServiceRatingGiven
}

command! {
    /// Record the call-back to a dissatisfied requester.
    ///
    /// After a second handling it opens the time for the diligence statement (Art. 28, 30(3), R58,
    /// R63). For the centre.
    follow_up, "/orders/{id}/follow-up", RecordFollowUp, FollowUp
}

command! {
    /// Send the order back to be handled again.
    ///
    /// Once, after the call-back, with the period of the first dispatch (Art. 29, R59). For the centre.
    send_back, "/orders/{id}/send-back", SendBack, SendBack
}

command! {
    /// Close an order whose requester is dissatisfied.
    ///
    /// After the call-back, without sending it back: with the reason (CR15), or on one of the six
    /// grounds of Art. 29(3) with its proof (CR14) (Art. 29, R59, R60). For the centre.
    close, "/orders/{id}/close", CloseDissatisfied, Close
}

command! {
    /// File the diligence statement.
    ///
    /// Within five working days of the call-back after a second dissatisfied rating (Art. 30(3), R63,
    /// CR17). For the unit that has the order.
    diligence_statement, "/orders/{id}/diligence-statement", FileDiligenceStatement, DiligenceStatement
}

command! {
    /// Supervise the unit.
    ///
    /// Beside the stages, also after the end; unit and leader are told (Art. 25, R47–R51). For the
    /// centre.
    supervision, "/orders/{id}/supervision", Supervise, SupervisionOrder
}

command! {
    /// Answer a supervision.
    ///
    /// (Art. 25, R48–R51.) For the unit under supervision, and for the guidance unit where one answers
    /// too.
    supervision_answer, "/orders/{id}/supervision-answer", AnswerSupervision, SupervisionAnswer
}

command! {
    /// Review the answers to a supervision.
    ///
    /// Accepted, it ends; else another answer is due within the same limit (Art. 25, R47). For the
    /// centre.
    supervision_review, "/orders/{id}/supervision-review", ReviewSupervision, SupervisionReview
}

command! {
    /// Dismiss a proposal of an escalation rule.
    ///
    /// With the reason; to follow it, give the command that it proposes. For the centre.
    proposal_dismissal, "/orders/{id}/proposal-dismissal", DismissProposal, ProposalDismissal
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
    let claim = command.claim();
    let handle = move |engine: &engine::Engine| {
        engine.handle_as(&id, &by, &options, claim, |texts| {
            command.into_command(texts)
        })
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
    let refused = |error| Problem::of_command(kind, error);
    let result = result.and_then(|handled| handled.map_err(refused));
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
    let viewer = Viewer::new(&handled.order, &caller.0);
    let events = handled.events.iter();
    let body = Outcome {
        order: Order::new(&handled.order, &caller.0),
        events: events.map(|event| Event::new(event, viewer)).collect(),
    };
    let mut response = (status, Json(body)).into_response();
    let headers = response.headers_mut();
    headers.insert(header::ETAG, etag(handled.order.version));
    if handled.replayed {
        headers.insert(IDEMPOTENT_REPLAYED, HeaderValue::from_static("true"));
    }
    response
}
