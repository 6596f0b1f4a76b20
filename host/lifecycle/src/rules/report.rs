//! Reply to the requester and report to the centre (Art. 21): R3, R40–R42, P2, P6.

use super::contact::check_unreachable;
use super::{check, conclusion, due, duty, extension, joint};
use crate::command::{HandlingConclusion, HandlingReport, Reply, ReplyException};
use crate::draft::Draft;
use crate::effect::{Notice, Recipient};
use crate::event::Event;
use crate::ids::DistrictCode;
use crate::order::{Assignment, Stage, WorkOrder};
use crate::rejection::Rejection;

/// R40, R41: the unit told the requester the result and has evidence of it.
pub(crate) fn record_reply(
    order: &WorkOrder,
    reply: &Reply,
    draft: &mut Draft<'_>,
) -> Result<(), Rejection> {
    check::not_in_future("replied_at", reply.replied_at, draft.now())?;
    if let Some(assignment) = order.assignment() {
        let (received, replied) = (assignment.dispatched_at, reply.replied_at);
        check::in_order(
            "replied_at",
            received,
            replied,
            "lies before the dispatch to the unit",
        )?;
    }
    for piece in &reply.evidence {
        check::filled("evidence.reference", &piece.reference)?;
    }
    if reply.evidence.is_empty() {
        return Err(Rejection::ReplyWithoutEvidence);
    }
    due::lapse(order, draft);
    draft.emit(Event::Replied(reply.clone()));
    Ok(())
}

/// R42: the unit submits. A report on a matter that the unit has not called its own yet says so too.
/// What comes after the deadline is late for good; whether the clock stops, the review decides (R24).
pub(crate) fn submit(
    order: &WorkOrder,
    report: &HandlingReport,
    draft: &mut Draft<'_>,
) -> Result<(), Rejection> {
    let Some(assignment) = order.assignment() else {
        return Err(crate::gate::wrong_stage(order, "in_handling"));
    };
    may_submit(order)?;
    check_content(assignment, report, draft)?;
    conclusion::check(order, assignment, report, draft)?;
    check_reply(order, assignment, report, draft)?;
    let unverified = matches!(order.stage, Stage::AwaitingVerification)
        && !due::verification_lapsed(order, draft.now());
    due::lapse(order, draft);
    if unverified {
        duty::accepted(order, draft)?;
    }
    draft.emit(Event::Submitted(report.clone()));
    match district_review(assignment, draft) {
        Some(district) => {
            draft.emit(Event::PassedToDistrict {
                district: district.clone(),
            });
            let office = Recipient::DistrictOffice(district);
            draft.notify(office, Notice::AwaitsReview);
        }
        None => draft.notify(Recipient::Center, Notice::AwaitsReview),
    }
    Ok(())
}

/// R36, R38: nothing that the unit owes the requester is left open. R32: the centre dispatched to a lead
/// unit because several must handle the order together, so the lead has determined the others first.
pub(super) fn may_submit(order: &WorkOrder) -> Result<(), Rejection> {
    if joint::may_name(order).is_ok() {
        return Err(Rejection::AssistingUnitsMissing);
    }
    if let Some(statement) = order.unjudged_statements().next() {
        return Err(Rejection::StatementUnjudged {
            statement: statement.seq,
        });
    }
    order.assignment().map_or(Ok(()), extension::check_told)
}

/// R3: the office of the unit's own district, where it reviews first.
fn district_review(assignment: &Assignment, draft: &Draft<'_>) -> Option<DistrictCode> {
    let directory = draft.context.directory;
    let district = directory.unit(&assignment.unit)?.district.as_ref()?;
    directory
        .district(district)
        .filter(|district| district.reviews)
        .map(|district| district.code.clone())
}

/// R42(1): handling times that can be, and no field left empty.
fn check_content(
    assignment: &Assignment,
    report: &HandlingReport,
    draft: &Draft<'_>,
) -> Result<(), Rejection> {
    let (from, until) = (report.handled_from, report.handled_until);
    check::not_in_future("handled_until", until, draft.now())?;
    check::in_order("handled_until", from, until, "lies before handled_from")?;
    let received = assignment.dispatched_at;
    check::in_order(
        "handled_from",
        received,
        from,
        "lies before the dispatch to the unit",
    )?;
    match &report.handling_office {
        Some(office) => check::filled("handling_office", office),
        None => Ok(()),
    }
}

/// R40–R42(2): a reply, or one of the two exceptions, each with what proves it; never both. Who could
/// not be reached to supplement, or refused, has been spoken to in vain already (R17).
fn check_reply(
    order: &WorkOrder,
    assignment: &Assignment,
    report: &HandlingReport,
    draft: &Draft<'_>,
) -> Result<(), Rejection> {
    match &report.conclusion {
        HandlingConclusion::Unreachable | HandlingConclusion::Refused { .. } => return Ok(()),
        HandlingConclusion::Handled
        | HandlingConclusion::StatutoryDisposition { .. }
        | HandlingConclusion::Repeat { .. }
        | HandlingConclusion::LongTermProgress { .. } => {}
    }
    match &report.reply_exception {
        None if assignment.reply.is_some() => Ok(()),
        None => Err(Rejection::ReplyMissing),
        Some(_) if assignment.reply.is_some() => Err(Rejection::AlreadyReplied),
        Some(ReplyException::NotWanted { evidence }) => {
            check::evidence("reply_exception.evidence.reference", evidence)
        }
        Some(ReplyException::Unreachable) => {
            let since = order.heard_of_at();
            check_unreachable(&assignment.contact_attempts, since, draft)
        }
    }
}
