//! Supervision 督办 (Art. 25): R47–R51. It runs beside the stages, after the end too.

use super::due;
use crate::command::{SupervisionAnswer, SupervisionCase, SupervisionOrder, SupervisionReview};
use crate::deadline::{Deadline, DeadlineKind, Rule};
use crate::draft::{Draft, staff_of};
use crate::effect::{Notice, Recipient};
use crate::event::Event;
use crate::ids::UnitCode;
use crate::order::{Assignment, Supervision, SupervisionState, WorkOrder};
use crate::rejection::Rejection;

/// R47: the centre supervises the unit that has, or had, the order; unit and leader are told.
pub(crate) fn supervise(
    order: &WorkOrder,
    wanted: &SupervisionOrder,
    draft: &mut Draft<'_>,
) -> Result<(), Rejection> {
    let unit = check_founded(order, wanted, draft)?;
    if let Some(guidance) = &wanted.guidance_unit
        && draft.context.directory.unit(guidance).is_none()
    {
        return Err(Rejection::UnknownUnit {
            unit: guidance.clone(),
        });
    }
    due::lapse(order, draft);
    let answer_by = deadline(DeadlineKind::Supervision, order, wanted, draft)?;
    let guidance_by = match &wanted.guidance_unit {
        Some(_) => deadline(DeadlineKind::GuidanceFeedback, order, wanted, draft)?,
        None => None,
    };
    draft.emit(Event::Supervised {
        order: wanted.clone(),
        unit: unit.clone(),
        answer_by,
        guidance_by,
    });
    let about = Notice::Supervised {
        requirement: wanted.requirement,
    };
    let (staff, leader) = (staff_of(&unit, order), Recipient::LeaderInCharge(unit));
    if staff != leader {
        draft.notify(staff, about.clone());
    }
    draft.notify(leader, about.clone());
    if let Some(guidance) = &wanted.guidance_unit {
        draft.notify(Recipient::Adviser(guidance.clone()), about);
    }
    Ok(())
}

/// Each case has what it needs (R48, R50, R51).
fn check_founded(
    order: &WorkOrder,
    wanted: &SupervisionOrder,
    draft: &Draft<'_>,
) -> Result<UnitCode, Rejection> {
    let unfounded = |why| Err(Rejection::SupervisionUnfounded { why });
    let assignment = may_supervise(order)?;
    let guided = wanted.guidance_unit.is_some();
    match wanted.case {
        SupervisionCase::Overdue if !is_overdue(order, draft) => {
            unfounded("the order is not overdue")
        }
        SupervisionCase::StatementObjection if order.diligence_statement.is_none() => {
            unfounded("no diligence statement was filed")
        }
        SupervisionCase::StatementObjection if !guided => Err(Rejection::Missing {
            field: "guidance_unit",
        }),
        SupervisionCase::LongTerm if order.long_term.is_none() => {
            unfounded("the order is not listed under a long-term matter")
        }
        SupervisionCase::Overdue
        | SupervisionCase::FeedbackInadequate
        | SupervisionCase::LongTerm
        | SupervisionCase::Other { .. }
            if guided =>
        {
            unfounded("a guidance unit answers to objections to a diligence statement only")
        }
        SupervisionCase::Overdue
        | SupervisionCase::FeedbackInadequate
        | SupervisionCase::LongTerm
        | SupervisionCase::StatementObjection
        | SupervisionCase::Other { .. } => Ok(assignment.unit.clone()),
    }
}

/// A unit has the order, or had it.
pub(super) fn may_supervise(order: &WorkOrder) -> Result<&Assignment, Rejection> {
    order.assignment().ok_or(Rejection::SupervisionUnfounded {
        why: "no unit has had the order",
    })
}

/// R25: whether its timer has marked the miss already or not.
fn is_overdue(order: &WorkOrder, draft: &Draft<'_>) -> bool {
    let lapsed = order.lapsed_deadlines(draft.now());
    order.is_overdue() || lapsed.iter().any(|it| it.kind == DeadlineKind::Handling)
}

fn deadline(
    kind: DeadlineKind,
    order: &WorkOrder,
    wanted: &SupervisionOrder,
    draft: &Draft<'_>,
) -> Result<Option<Deadline>, Rejection> {
    let Some(period) = draft.context.rules().supervision_period(wanted.case) else {
        return Ok(None);
    };
    let rule = Rule::of_supervision(wanted.case);
    let now = draft.now();
    draft
        .deadline(kind, order.order_type, (rule, period), now)
        .map(Some)
}

/// R48–R51: a unit answers; lateness must be explained where it is what is supervised.
pub(crate) fn answer(
    order: &WorkOrder,
    answer: &SupervisionAnswer,
    draft: &mut Draft<'_>,
) -> Result<(), Rejection> {
    let none = Rejection::NoSuchSupervision {
        supervision: answer.supervision,
    };
    let Some(unit) = draft.by.role.unit() else {
        return Err(none);
    };
    may_answer(order, Some(unit))?;
    let supervision = order.supervision(answer.supervision);
    let Some(supervision) = supervision.filter(|it| is_owed(it, unit)) else {
        return Err(none);
    };
    let handles = supervision.unit.unit == *unit;
    let about_lateness = supervision.order.case == SupervisionCase::Overdue;
    if handles && about_lateness && answer.delay_explanation.is_none() {
        return Err(Rejection::DelayUnexplained);
    }
    due::lapse(order, draft);
    draft.emit(Event::SupervisionAnswered {
        unit: unit.clone(),
        answer: *answer,
    });
    draft.notify(Recipient::Center, Notice::SupervisionAnswered);
    Ok(())
}

/// The unit owes an answer.
pub(super) fn may_answer(order: &WorkOrder, unit: Option<&UnitCode>) -> Result<(), Rejection> {
    let mut supervisions = order.supervisions.iter();
    if unit.is_some_and(|unit| supervisions.any(|it| is_owed(it, unit))) {
        Ok(())
    } else {
        Err(Rejection::NoSupervisionWaits)
    }
}

fn is_owed(supervision: &Supervision, unit: &UnitCode) -> bool {
    let mut units = std::iter::once(&supervision.unit).chain(&supervision.guidance);
    supervision.state == SupervisionState::Open
        && units.any(|it| it.unit == *unit && it.answer.is_none())
}

/// An answer waits for the centre.
pub(super) fn may_review(order: &WorkOrder) -> Result<(), Rejection> {
    let mut supervisions = order.supervisions.iter();
    if supervisions.any(|it| it.state == SupervisionState::Answered) {
        Ok(())
    } else {
        Err(Rejection::NoSupervisionWaits)
    }
}

/// R47: the centre reviews the answers. One that does not do is given again; the limit stays.
pub(crate) fn review(
    order: &WorkOrder,
    outcome: &SupervisionReview,
    draft: &mut Draft<'_>,
) -> Result<(), Rejection> {
    may_review(order)?;
    let seq = outcome.supervision;
    let answered = order.supervision(seq);
    let Some(supervision) = answered.filter(|it| it.state == SupervisionState::Answered) else {
        return Err(Rejection::NoSuchSupervision { supervision: seq });
    };
    due::lapse(order, draft);
    let about = if let Some(reason) = outcome.rejected {
        draft.emit(Event::SupervisionRejected {
            supervision: seq,
            reason,
        });
        Notice::SupervisionRejected
    } else {
        draft.emit(Event::SupervisionAccepted { supervision: seq });
        Notice::SupervisionAccepted
    };
    draft.notify(staff_of(&supervision.unit.unit, order), about.clone());
    if let Some(guidance) = &supervision.guidance {
        draft.notify(Recipient::Adviser(guidance.unit.clone()), about);
    }
    Ok(())
}
