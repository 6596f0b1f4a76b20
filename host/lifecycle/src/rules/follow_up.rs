//! What follows a dissatisfied rating (Art. 28–30): R58–R60, R62, R63, A-20, A-26, A-27, P5.

use chrono::{DateTime, Utc};
use contract::types::{OrderType, Rating};

use super::check;
use crate::command::{
    Exclusion, ExclusionGround, FollowUp, HandlingConclusion, ReportContent, SuggestionOutcome,
};
use crate::deadline::{DeadlineKind, Rule};
use crate::draft::Draft;
use crate::effect::Notice;
use crate::event::{CloseCode, Event};
use crate::ids::TextId;
use crate::order::{Stage, WorkOrder};
use crate::rejection::Rejection;
use crate::ruleset::{CallBack, SendBackDuty, StatementRound};

/// R58: the call-back is recorded; the rating stays what it is, whatever the requester says.
/// R62, R63: after the second handling the reasons are registered, nothing is handled a third time, and
/// the unit may file a diligence statement.
pub(crate) fn record(
    order: &WorkOrder,
    follow_up: &FollowUp,
    draft: &mut Draft<'_>,
) -> Result<(), Rejection> {
    check::not_in_future("contacted_at", follow_up.contacted_at, draft.now())?;
    if let Some(rating) = order.ratings.last() {
        let (rated, contacted) = (rating.at, follow_up.contacted_at);
        check::in_order("contacted_at", rated, contacted, "lies before the rating")?;
    }
    if let Some(evidence) = &follow_up.evidence {
        check::evidence("evidence.reference", evidence)?;
    }
    draft.emit(Event::FollowedUp(follow_up.clone()));
    if let Some(rating) = changed(follow_up, draft) {
        draft.emit(Event::RatingChanged { rating });
        if !super::rating::is_dissatisfied(rating) {
            super::rating::end(order, CloseCode::RatedSatisfied, draft);
            return Ok(());
        }
    }
    if order.round() > 1 {
        await_statement(order, draft)?;
    }
    Ok(())
}

/// the rating that the requester gave in the call-back, where it takes the place of the first.
fn changed(follow_up: &FollowUp, draft: &Draft<'_>) -> Option<Rating> {
    match draft.context.rules().options.call_back {
        CallBack::KeepsRating => None,
        CallBack::ReplacesRating => follow_up.rating,
    }
}

/// R63: the unit may file its diligence statement, in time.
fn await_statement(order: &WorkOrder, draft: &mut Draft<'_>) -> Result<(), Rejection> {
    let kind = DeadlineKind::DiligenceStatement;
    let rule = kind.rule(order.order_type);
    let now = draft.now();
    let period = draft.context.rules().file_statement;
    let statement_by = draft.deadline(kind, order.order_type, (rule, period), now)?;
    draft.emit(Event::StatementAwaited { statement_by });
    draft.tell_unit(order, Notice::MayFileStatement);
    Ok(())
}

/// R59: once, with the period of the first dispatch, extensions not counted. The unit must learn the
/// concrete reason and reply.
pub(crate) fn send_back(
    order: &WorkOrder,
    reason: TextId,
    draft: &mut Draft<'_>,
) -> Result<(), Rejection> {
    may_send_back(order)?;
    let Some(assignment) = order.assignment() else {
        return Err(crate::gate::wrong_stage(order, "awaiting_follow_up"));
    };
    let limit = (Rule::REHANDLING, assignment.limit_anew());
    let (kind, now) = (DeadlineKind::Handling, draft.now());
    let handle_by = draft.deadline(kind, order.order_type, limit, now)?;
    draft.emit(Event::SentBack { reason, handle_by });
    draft.tell_unit(order, Notice::SentBack { reason });
    Ok(())
}

/// P5: the call-back first, and only once.
pub(super) fn may_send_back(order: &WorkOrder) -> Result<(), Rejection> {
    if order.round() > 1 {
        return Err(Rejection::RehandledBefore);
    }
    may_decide(order)
}

/// The call-back comes before any decision.
pub(super) fn may_decide(order: &WorkOrder) -> Result<(), Rejection> {
    if matches!(order.stage, Stage::AwaitingFollowUp { followed_up: true }) {
        Ok(())
    } else {
        Err(Rejection::FollowUpMissing)
    }
}

/// R59, R60, A-20: sending back is the centre's choice; not doing so needs a reason (CR15), or one of the
/// six grounds with its proof (CR14). After the second handling the statement window decides instead.
pub(crate) fn close_dissatisfied(
    order: &WorkOrder,
    reason: TextId,
    exclusion: Option<&Exclusion>,
    draft: &mut Draft<'_>,
) -> Result<(), Rejection> {
    may_decide(order)?;
    if let Some(exclusion) = exclusion {
        check::evidence("exclusion.proof.reference", &exclusion.proof)?;
        check_exclusion(order, exclusion.ground)?;
    }
    let options = &draft.context.rules().options;
    let code = match (exclusion, options.send_back, options.statement_round) {
        (Some(_), _, _) => CloseCode::Excluded,
        (None, SendBackDuty::UnlessExcluded, _) => return Err(Rejection::MustBeSentBack),
        (None, SendBackDuty::CentreDecides, StatementRound::Any) => {
            return await_statement(order, draft);
        }
        (None, SendBackDuty::CentreDecides, StatementRound::Second) => CloseCode::NotSentBack,
    };
    draft.emit(Event::Closed {
        code,
        note: Some(reason),
        exclusion: exclusion.cloned(),
        goes_on: false,
    });
    draft.tell_unit(order, Notice::Closed);
    Ok(())
}

/// R60: what the report itself shows must show it. Mediation and force majeure the centre decides on
/// their proof.
fn check_exclusion(order: &WorkOrder, ground: ExclusionGround) -> Result<(), Rejection> {
    let report = order.assignment().and_then(|it| it.report.as_ref());
    let conclusion = report.map(|report| &report.conclusion);
    let content = report.and_then(|report| report.content.as_ref());
    let unproven = |why| Err(Rejection::ExclusionNotProven { why });
    let shown = |holds: bool, why| if holds { Ok(()) } else { unproven(why) };
    match ground {
        ExclusionGround::StatutoryDisposition => shown(
            matches!(
                conclusion,
                Some(HandlingConclusion::StatutoryDisposition { .. })
            ),
            "the report does not rest on a ground of the Measures",
        ),
        ExclusionGround::RequesterUnavailable => shown(
            matches!(
                conclusion,
                Some(HandlingConclusion::Unreachable | HandlingConclusion::Refused { .. })
            ),
            "the report does not say that the requester was unreachable or refused",
        ),
        ExclusionGround::Repeat => shown(
            matches!(conclusion, Some(HandlingConclusion::Repeat { .. })),
            "the report does not say that it is a repeat",
        ),
        ExclusionGround::SuggestionNotAdopted => shown(
            order.order_type == OrderType::Suggestion
                && matches!(
                    content,
                    Some(ReportContent::Suggestion {
                        outcome: SuggestionOutcome::NotAdopted { .. }
                    })
                ),
            "the report does not say that a suggestion was not adopted",
        ),
        ExclusionGround::Mediated => shown(
            matches!(
                content,
                Some(ReportContent::Complaint {
                    mediation: Some(_),
                    ..
                })
            ),
            "the report does not say how a mediation ended",
        ),
        ExclusionGround::ForceMajeure => Ok(()),
    }
}

/// R63: in time, and the order ends; the rating stays what it is.
pub(crate) fn file_statement(
    order: &WorkOrder,
    statement: TextId,
    draft: &mut Draft<'_>,
) -> Result<(), Rejection> {
    may_file(order, draft.now())?;
    draft.emit(Event::DiligenceStatementFiled { statement });
    draft.close(CloseCode::StatementFiled, None);
    Ok(())
}

/// While the unit's time runs.
pub(super) fn may_file(order: &WorkOrder, now: DateTime<Utc>) -> Result<(), Rejection> {
    let Stage::AwaitingStatement { statement_by } = &order.stage else {
        return Err(crate::gate::wrong_stage(order, "awaiting_statement"));
    };
    if statement_by.is_late(now) {
        return Err(Rejection::StatementWindowOver {
            due_at: Some(statement_by.due.due_at),
        });
    }
    Ok(())
}

/// R63: no statement came in time.
pub(super) fn lapse(order: &WorkOrder, draft: &mut Draft<'_>) {
    draft.close(CloseCode::StatementLapsed, None);
    draft.tell_unit(order, Notice::Closed);
}
