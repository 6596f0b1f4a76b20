//! Folding what happens from the dispatch to the end of the review.

use chrono::{DateTime, Utc};
use contract::escalation::Action;
use contract::types::OrderType;

use super::{awaiting_dispatch, beside, open, submitted_at, with_unit};
use crate::command::{
    AssistingUnit, ContactAttempt, Evidence, HandlingReport, OpinionRequest, ReturnDecision,
    ReturnRequest, StatementJudgement, Withdrawal,
};
use crate::deadline::{Deadline, DeadlineKind};
use crate::event::{AssignmentRole, Event, NewPeriods, QueueReason};
use crate::ids::{TextId, UnitCode};
use crate::order::{
    Assignment, Assisting, Coordination, Duty, GrantedExtension, Missed, Opinion,
    ReturnApplication, ReviewRecord, Stage, Superseded, SupersededBy, Withdrawn, WorkOrder,
};

pub(super) fn dispatched(order: &mut WorkOrder, event: &Event, at: DateTime<Utc>) -> Option<()> {
    let Event::Dispatched {
        unit,
        chosen_by: _,
        special_limit,
        verify_by,
        handle_by,
        role,
        assist_by,
    } = event
    else {
        return None;
    };
    if !matches!(
        order.stage,
        Stage::AwaitingDispatch { .. } | Stage::InCoordination
    ) {
        return None;
    }
    let mut assignment = assignment(unit.clone(), *role, handle_by, at);
    assignment.special_limit.clone_from(special_limit);
    assignment.verify_by.clone_from(verify_by);
    assignment.assist_by.clone_from(assist_by);
    order.assignments.push(assignment);
    order.stage = Stage::AwaitingVerification;
    Some(())
}

/// An assignment as it begins.
pub(super) fn assignment(
    unit: UnitCode,
    role: AssignmentRole,
    handle_by: &Deadline,
    at: DateTime<Utc>,
) -> Assignment {
    Assignment {
        unit,
        dispatched_at: at,
        role,
        special_limit: None,
        verify_by: None,
        handle_by: handle_by.clone(),
        superseded: Vec::new(),
        extensions: Vec::new(),
        duty: Duty::Unverified,
        return_application: None,
        late_return_allowed: false,
        assist_by: None,
        assisting: Vec::new(),
        ask_at: handle_by.warn_at,
        warned: false,
        contact_attempts: Vec::new(),
        reply: None,
        report: None,
        completed_at: None,
        failed_review_seconds: 0,
        reviews: Vec::new(),
        return_review_seconds: 0,
    }
}

pub(super) fn verified(order: &mut WorkOrder, duty: Duty) -> Option<()> {
    let Stage::AwaitingVerification = order.stage else {
        return None;
    };
    order.assignments.last_mut()?.duty = duty;
    order.stage = Stage::InHandling;
    Some(())
}

/// Where receipt is acceptance, the handling period begins with it.
pub(super) fn period_begun(
    order: &mut WorkOrder,
    handle_by: &Deadline,
    at: DateTime<Utc>,
) -> Option<()> {
    let assignment = with_unit(order)?;
    supersede(assignment, handle_by, SupersededBy::Acceptance, at);
    Some(())
}

/// The miss of the present handling deadline no longer counts.
pub(super) fn miss_undone(order: &mut WorkOrder) -> Option<()> {
    let due_at = order.assignment()?.handle_by.due.due_at;
    let is_it =
        |missed: &Missed| missed.deadline == DeadlineKind::Handling && missed.due_at == due_at;
    order.missed.retain(|missed| !is_it(missed));
    Some(())
}

/// A corrected type: with new periods, the unit has a new dispatch.
pub(super) fn reclassified(
    order: &mut WorkOrder,
    order_type: OrderType,
    deadlines: Option<&NewPeriods>,
    at: DateTime<Utc>,
) -> Option<()> {
    open(order)?;
    order.order_type = order_type;
    if let Some(new) = deadlines {
        let last = order.assignments.last()?;
        let (unit, role) = (last.unit.clone(), last.role);
        let mut assignment = assignment(unit, role, &new.handle_by, at);
        assignment.verify_by.clone_from(&new.verify_by);
        assignment.special_limit.clone_from(&new.special_limit);
        // Who handles it jointly stays as it is.
        assignment.assist_by.clone_from(&last.assist_by);
        assignment.assisting.clone_from(&last.assisting);
        // What was added and not judged goes on to the new dispatch, which is the same unit's.
        let dispatches = order.assignments.len();
        let unjudged = order.statements.iter_mut();
        for statement in unjudged.filter(|it| it.effect.is_none() && it.dispatches == dispatches) {
            statement.dispatches = dispatches.saturating_add(1);
        }
        order.assignments.push(assignment);
        order.stage = Stage::AwaitingVerification;
    }
    Some(())
}

/// Another deadline of handling takes the place of the one in force; asking about it begins anew.
fn supersede(assignment: &mut Assignment, new: &Deadline, by: SupersededBy, at: DateTime<Utc>) {
    let deadline = std::mem::replace(&mut assignment.handle_by, new.clone());
    assignment.superseded.push(Superseded { deadline, at, by });
    assignment.ask_at = new.warn_at;
    assignment.warned = false;
}

pub(super) fn extended(
    order: &mut WorkOrder,
    reason: TextId,
    handle_by: &Deadline,
    at: DateTime<Utc>,
) -> Option<()> {
    let assignment = with_unit(order)?;
    supersede(assignment, handle_by, SupersededBy::Extension, at);
    assignment.extensions.push(GrantedExtension {
        filed_at: at,
        reason,
        due_at: handle_by.due.due_at,
        told: None,
    });
    Some(())
}

pub(super) fn judged(
    order: &mut WorkOrder,
    judgement: &StatementJudgement,
    handle_by: Option<&Deadline>,
    at: DateTime<Utc>,
) -> Option<()> {
    with_unit(order)?;
    let mut statements = order.statements.iter_mut();
    let statement = statements.find(|it| it.seq == judgement.statement)?;
    statement.effect = Some(judgement.effect);
    if let Some(handle_by) = handle_by {
        let assignment = order.assignments.last_mut()?;
        supersede(assignment, handle_by, SupersededBy::Restart, at);
        // What was told of a period that has lapsed needs no further word.
        assignment.reply = None;
    }
    Some(())
}

pub(super) fn return_requested(
    order: &mut WorkOrder,
    request: &ReturnRequest,
    at: DateTime<Utc>,
) -> Option<()> {
    with_unit(order)?.return_application = Some(ReturnApplication {
        at,
        request: request.clone(),
        decision: None,
    });
    order.stage = Stage::ReturnRequested;
    Some(())
}

pub(super) fn return_decided(order: &mut WorkOrder, decision: ReturnDecision) -> Option<()> {
    let Stage::ReturnRequested = order.stage else {
        return None;
    };
    let assignment = order.assignments.last_mut()?;
    assignment.return_application.as_mut()?.decision = Some(decision);
    order.stage = match decision {
        ReturnDecision::Approve { .. } => Stage::AwaitingDispatch {
            queue: QueueReason::Returned,
        },
        ReturnDecision::Reject { .. } => Stage::InHandling,
    };
    Some(())
}

pub(super) fn assisting_named(order: &mut WorkOrder, units: &[AssistingUnit]) -> Option<()> {
    let assignment = with_unit(order)?;
    assignment.assist_by = None;
    assignment.assisting = units
        .iter()
        .map(|it| Assisting {
            unit: it.unit.clone(),
            part: it.part,
            contribution: None,
            contributed_at: None,
            objection: None,
            released: false,
        })
        .collect();
    Some(())
}

pub(super) fn assisting<'a>(
    order: &'a mut WorkOrder,
    unit: &UnitCode,
) -> Option<&'a mut Assisting> {
    let assignment = with_unit(order)?;
    let mut assisting = assignment.assisting.iter_mut();
    assisting.find(|it| it.unit == *unit && !it.released)
}

pub(super) fn coordination_opened(
    order: &mut WorkOrder,
    automatic: bool,
    at: DateTime<Utc>,
) -> Option<()> {
    awaiting_dispatch(order)?;
    order.coordination = Some(Coordination {
        opened_at: at,
        automatic,
        opinions: Vec::new(),
    });
    order.stage = Stage::InCoordination;
    beside::followed(order, &Action::OpenCoordination);
    Some(())
}

pub(super) fn opinion_requested(
    order: &mut WorkOrder,
    request: &OpinionRequest,
    opinion_by: &Deadline,
) -> Option<()> {
    order.coordination.as_mut()?.opinions.push(Opinion {
        request: request.clone(),
        opinion_by: opinion_by.clone(),
        given: None,
    });
    Some(())
}

pub(super) fn opinion_recorded(
    order: &mut WorkOrder,
    adviser: &UnitCode,
    (opinion, document): (TextId, &Evidence),
) -> Option<()> {
    let opinions = &mut order.coordination.as_mut()?.opinions;
    let mut asked = opinions.iter_mut();
    let asked = asked.find(|it| it.given.is_none() && it.request.adviser == *adviser)?;
    asked.given = Some((opinion, document.clone()));
    Some(())
}

pub(super) fn contact_attempted(order: &mut WorkOrder, attempt: &ContactAttempt) -> Option<()> {
    let attempts = if let Stage::AwaitingInformation { .. } = order.stage {
        &mut order.information.as_mut()?.contact_attempts
    } else {
        &mut with_unit(order)?.contact_attempts
    };
    attempts.push(attempt.clone());
    Some(())
}

pub(super) fn submitted(
    order: &mut WorkOrder,
    report: &HandlingReport,
    at: DateTime<Utc>,
) -> Option<()> {
    let Stage::InHandling = order.stage else {
        return None;
    };
    order.assignments.last_mut()?.report = Some(report.clone());
    order.stage = Stage::UnderReview { submitted_at: at };
    Some(())
}

/// A review that has a target is kept beside; a district's office has none.
pub(super) fn reviewed(
    order: &mut WorkOrder,
    on_target: Option<bool>,
    at: DateTime<Utc>,
) -> Option<()> {
    if let Some(on_target) = on_target {
        let submitted_at = submitted_at(order)?;
        order.assignments.last_mut()?.reviews.push(ReviewRecord {
            submitted_at,
            decided_at: at,
            on_target,
        });
    }
    Some(())
}

pub(super) fn review_passed(order: &mut WorkOrder, offer_by: &Deadline) -> Option<()> {
    let submitted_at = submitted_at(order)?;
    order.assignments.last_mut()?.completed_at = Some(submitted_at);
    order.stage = Stage::AwaitingRatingOffer {
        offer_by: offer_by.clone(),
    };
    Some(())
}

/// Time at the district's office is the unit's own; only the centre's reviews are counted apart.
pub(super) fn review_failed(order: &mut WorkOrder, at: DateTime<Utc>) -> Option<()> {
    if let Stage::UnderDistrictReview { .. } = order.stage {
        order.stage = Stage::InHandling;
        return Some(());
    }
    let waited = at.signed_duration_since(submitted_at(order)?);
    let assignment = order.assignments.last_mut()?;
    let waited = waited.num_seconds().max(0);
    assignment.failed_review_seconds = assignment.failed_review_seconds.saturating_add(waited);
    order.stage = Stage::InHandling;
    Some(())
}

/// Where a unit has had the order it may be the unit that ends it (R45); else the next event closes it.
/// The unit's clock runs until then, unless it had handed the order over before.
pub(super) fn withdrawn(
    order: &mut WorkOrder,
    withdrawal: &Withdrawal,
    at: DateTime<Utc>,
) -> Option<()> {
    open(order)?;
    let handed_over = matches!(
        order.stage,
        Stage::AwaitingDispatch { .. } | Stage::InCoordination | Stage::UnderReview { .. }
    );
    order.withdrawn = Some(Withdrawn {
        at,
        withdrawal: withdrawal.clone(),
        handed_over,
    });
    if !order.assignments.is_empty() {
        order.stage = Stage::Withdrawn;
    }
    Some(())
}
