//! Return of an order that is not the unit's own (Art. 16(3), 17(1), 17(2), 18): R28–R31, R33, A-11,
//! P3. The clock runs while the centre decides.

use std::collections::BTreeSet;

use super::{check, coordination, due, escalation};
use crate::command::{ReturnDecision, ReturnGround, ReturnRequest};
use crate::draft::Draft;
use crate::effect::{Notice, Recipient};
use crate::event::{AssignmentRole, Event};
use crate::ids::{TextId, UnitCode};
use crate::order::WorkOrder;
use crate::rejection::Rejection;
use crate::ruleset::{LateReturn, ReturnCount, ReturnReview, RuleSet};

/// R28, R29: the unit applies, in time, with the proof that its ground wants.
pub(crate) fn request(
    order: &WorkOrder,
    wanted: &ReturnRequest,
    draft: &mut Draft<'_>,
) -> Result<(), Rejection> {
    may_return(order, draft.now())?;
    check_proof(&wanted.ground)?;
    if let Some(unit) = &wanted.suggested_unit
        && draft.context.directory.unit(unit).is_none()
    {
        return Err(Rejection::UnknownUnit { unit: unit.clone() });
    }
    due::lapse(order, draft);
    draft.emit(Event::ReturnRequested(wanted.clone()));
    draft.notify(Recipient::Center, Notice::AwaitsReturnDecision);
    Ok(())
}

/// P3: not in the second handling, not after coordination, not twice, and within two working days of
/// receipt unless the centre admits it.
pub(super) fn may_return(
    order: &WorkOrder,
    now: chrono::DateTime<chrono::Utc>,
) -> Result<(), Rejection> {
    let Some(assignment) = order.assignment() else {
        return Err(crate::gate::wrong_stage(order, "awaiting_verification"));
    };
    match assignment.role {
        AssignmentRole::Rehandling => Err(Rejection::ReturnNotAllowed {
            why: "it is handled again",
        }),
        AssignmentRole::Determined => Err(Rejection::ReturnNotAllowed {
            why: "coordination determined the unit",
        }),
        AssignmentRole::Ordinary | AssignmentRole::Lead => {
            if assignment.return_application.is_some() {
                return Err(Rejection::ReturnRejectedBefore);
            }
            match &assignment.verify_by {
                None => Err(Rejection::ReturnNotAllowed {
                    why: "a commendation is only read",
                }),
                Some(verify_by) if verify_by.is_late(now) && !assignment.late_return_allowed => {
                    Err(Rejection::ReturnTooLate {
                        due_at: verify_by.due.due_at,
                    })
                }
                Some(_) => Ok(()),
            }
        }
    }
}

/// R29: what proves each ground. Texts are given by their fields; what is left is one of two, and what
/// documents can be found by.
fn check_proof(ground: &ReturnGround) -> Result<(), Rejection> {
    match ground {
        ReturnGround::FacilityMaintenance {
            own_range: None,
            handover: None,
        } => Err(Rejection::ReturnProofMissing {
            field: "own_range or handover",
        }),
        ReturnGround::FacilityMaintenance {
            handover: Some(document),
            ..
        } => check::evidence("ground.handover.reference", document),
        ReturnGround::ExplicitBasis { document, .. } => {
            check::evidence("ground.document.reference", document)
        }
        ReturnGround::DutyAuthority { .. }
        | ReturnGround::FacilityMaintenance { handover: None, .. }
        | ReturnGround::JurisdictionArea { .. } => Ok(()),
    }
}

/// the centre admits a return after the time, with its reason.
pub(crate) fn allow_late(
    order: &WorkOrder,
    reason: TextId,
    draft: &mut Draft<'_>,
) -> Result<(), Rejection> {
    may_allow_late(order, draft.now(), draft.context.rules())?;
    due::lapse(order, draft);
    draft.emit(Event::LateReturnAllowed { reason });
    Ok(())
}

/// there is something to admit, and the rule set lets the centre do it.
pub(super) fn may_allow_late(
    order: &WorkOrder,
    now: chrono::DateTime<chrono::Utc>,
    rules: &RuleSet,
) -> Result<(), Rejection> {
    match rules.options.late_return {
        LateReturn::Refused => {
            return Err(Rejection::ReturnNotAllowed {
                why: "the rule set admits no return after its time",
            });
        }
        LateReturn::RefusedUnlessAdmitted => {}
    }
    match may_return(order, now) {
        Err(Rejection::ReturnTooLate { .. }) => Ok(()),
        Ok(()) => Err(Rejection::Unchanged),
        Err(other) => Err(other),
    }
}

/// R30, R31: approved, the order waits for its next unit, whose clock is its own; refused, it stays, and
/// its clock never stopped. R33: the third distinct unit's return opens the coordination.
pub(crate) fn decide(
    order: &WorkOrder,
    decision: &ReturnDecision,
    draft: &mut Draft<'_>,
) -> Result<(), Rejection> {
    due::lapse(order, draft);
    match decision {
        ReturnDecision::Reject { reason } => {
            let excused_seconds = excused_seconds(order, draft);
            draft.emit(Event::ReturnRejected {
                reason: *reason,
                excused_seconds,
            });
            draft.tell_unit(order, Notice::ReturnRejected);
        }
        ReturnDecision::Approve { reason } => {
            draft.emit(Event::ReturnApproved { reason: *reason });
            draft.tell_unit(order, Notice::ReturnApproved);
            // Before the coordination is opened, so that what was proposed is followed by it.
            escalation::advised(order, draft);
            let returned = returned_with_this(order);
            let rules = draft.context.rules();
            if opens_coordination(&returned, rules) {
                draft.emit(Event::CoordinationOpened { reason: None });
                coordination::tell_opened(order, returned.into_iter(), draft);
            } else {
                let enough = returned.len() >= usize::from(rules.coordination_units_min);
                let about = if enough {
                    Notice::CoordinationSuggested
                } else {
                    Notice::AwaitsRouting
                };
                draft.notify(Recipient::Center, about);
            }
        }
    }
    Ok(())
}

/// the clock never stopped; what the rule set takes off when lateness is assessed.
fn excused_seconds(order: &WorkOrder, draft: &Draft<'_>) -> Option<i64> {
    match draft.context.rules().options.return_review {
        ReturnReview::Counts => None,
        ReturnReview::ExcusedInAssessment => {
            let application = order.assignment()?.return_application.as_ref()?;
            let waited = draft.now().signed_duration_since(application.at);
            Some(waited.num_seconds())
        }
    }
}

/// The units of the approved returns, with the one that is decided now.
pub(super) fn returned_with_this(order: &WorkOrder) -> Vec<&UnitCode> {
    let this = order.assignment().map(|it| &it.unit);
    order.returned_by().chain(this).collect()
}

/// by distinct units, or by any where the rule set reads it so.
fn opens_coordination(returned: &[&UnitCode], rules: &RuleSet) -> bool {
    let distinct: BTreeSet<_> = returned.iter().collect();
    let enough = |n: usize| n >= usize::from(rules.coordination_units_min);
    match rules.options.return_count {
        ReturnCount::DistinctUnits => enough(distinct.len()),
        ReturnCount::AnyReturns => enough(returned.len()) && distinct.len() > 1,
    }
}
