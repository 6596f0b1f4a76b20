//! What a unit does about a long-term matter: plan, progress, stage reports, the final situation
//! (Art. 26(2), (3): R53, R54). The gate has checked that the matter is listed with the unit, and where
//! the unit stands.

use chrono::NaiveDate;

use super::deadline::DossierDeadlineKind as Kind;
use super::draft::{Draft, filled};
use super::effect::Occasion;
use super::event::Event;
use super::gate::unit_of;
use super::matter::{LongTermMatter, TaskStage};
use super::rejection::Rejection;
use crate::effect::Recipient;
use crate::ids::{OrderId, TextId, UnitCode};

/// R53: the plan; a later one replaces it.
pub(super) fn submit_plan(plan: TextId, draft: &mut Draft<'_>) -> Result<(), Rejection> {
    let unit = unit_of(draft.by)?.clone();
    draft.notify(
        Recipient::Center,
        Occasion::PlanSubmitted { unit: unit.clone() },
    );
    draft.emit(Event::PlanSubmitted { unit, plan });
    Ok(())
}

/// R53: the requesters are told; the next notice is counted from this one, by months (T6). A notice
/// that comes later than "in principle" is a notice all the same.
pub(super) fn tell_progress(
    matter: &LongTermMatter,
    content: TextId,
    draft: &mut Draft<'_>,
) -> Result<(), Rejection> {
    let unit = unit_of(draft.by)?.clone();
    let progress_by = draft.deadline(Kind::Progress, Some(&unit), draft.now())?;
    let occasion = Occasion::Progress {
        unit: unit.clone(),
        content,
    };
    tell_requesters(matter, &unit, &occasion, draft);
    draft.emit(Event::ProgressTold {
        unit,
        content,
        progress_by,
    });
    Ok(())
}

/// R54: results of a stage, for the centre.
pub(super) fn report_stage(report: TextId, draft: &mut Draft<'_>) -> Result<(), Rejection> {
    let unit = unit_of(draft.by)?.clone();
    draft.notify(
        Recipient::Center,
        Occasion::StageReported { unit: unit.clone() },
    );
    draft.emit(Event::StageReported { unit, report });
    Ok(())
}

/// R54: the day on which the statutory procedure ended starts the time for the report upward, and does
/// not count itself (T3).
pub(super) fn end_procedure(ended_on: NaiveDate, draft: &mut Draft<'_>) -> Result<(), Rejection> {
    draft.past_day("ended_on", ended_on)?;
    let unit = unit_of(draft.by)?.clone();
    let trigger_at = calendar::midnight_at_start_of(ended_on);
    let report_by = draft.deadline(Kind::FinalReport, Some(&unit), trigger_at)?;
    draft.emit(Event::ProcedureEnded {
        unit,
        ended_on,
        report_by,
    });
    Ok(())
}

/// R54: the final situation has gone to the superior guiding department, which is told here if it is a
/// unit of the directory.
pub(super) fn report_final(
    guiding_department: &str,
    report: TextId,
    draft: &mut Draft<'_>,
) -> Result<(), Rejection> {
    filled("guiding_department", guiding_department)?;
    let unit = unit_of(draft.by)?.clone();
    let guiding = UnitCode::new(guiding_department);
    if draft.known_unit(&guiding).is_ok() {
        let unit = unit.clone();
        draft.notify(
            Recipient::Adviser(guiding),
            Occasion::OpinionRequested { unit },
        );
    }
    draft.emit(Event::FinalReported {
        unit,
        guiding_department: guiding_department.to_owned(),
        report,
    });
    Ok(())
}

/// R54: the opinion; "then" 后 the outcome is told, without delay.
pub(super) fn record_opinion(opinion: TextId, draft: &mut Draft<'_>) -> Result<(), Rejection> {
    let unit = unit_of(draft.by)?.clone();
    let feedback_by = draft.deadline(Kind::Feedback, Some(&unit), draft.now())?;
    draft.emit(Event::OpinionRecorded {
        unit,
        opinion,
        feedback_by,
    });
    Ok(())
}

/// R54: requesters and centre are told the outcome.
pub(super) fn feed_back(
    matter: &LongTermMatter,
    content: TextId,
    draft: &mut Draft<'_>,
) -> Result<(), Rejection> {
    let unit = unit_of(draft.by)?.clone();
    let occasion = Occasion::FedBack {
        unit: unit.clone(),
        content,
    };
    tell_requesters(matter, &unit, &occasion, draft);
    draft.notify(Recipient::Center, occasion);
    let mut others = matter.active_tasks().filter(|task| task.unit != unit);
    if others.all(|task| matches!(task.stage, TaskStage::Done { .. })) {
        draft.notify(Recipient::Center, Occasion::AwaitsClosing);
    }
    draft.emit(Event::FedBack { unit, content });
    Ok(())
}

fn tell_requesters(
    matter: &LongTermMatter,
    unit: &UnitCode,
    occasion: &Occasion,
    draft: &mut Draft<'_>,
) {
    let orders: Vec<OrderId> = matter
        .told_by(unit)
        .map(|member| member.order.clone())
        .collect();
    for order in orders {
        draft.notify_requester(&order, occasion.clone());
    }
}
