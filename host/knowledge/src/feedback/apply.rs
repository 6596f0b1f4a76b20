//! Folding events into a feedback.

use super::event::Event;
use super::state::{Feedback, Stage};
use crate::entry::Stamp;

/// The feedback that a first event opens.
pub(crate) fn open(stamp: Stamp<'_>, event: &Event) -> Option<Feedback> {
    let Event::Opened {
        feedback,
        unit,
        point,
        fault,
        urgency,
        description,
        answer_by,
    } = event
    else {
        return None;
    };
    Some(Feedback {
        id: feedback.clone(),
        version: stamp.seq,
        unit: unit.clone(),
        point: point.clone(),
        fault: *fault,
        urgency: *urgency,
        description: *description,
        opened_at: stamp.at,
        opened_by: stamp.by.name.clone(),
        answer_by: answer_by.clone(),
        stage: Stage::Open,
        missed: None,
    })
}

/// Changes the feedback; nothing where it does not admit the event.
pub(crate) fn fold(feedback: &mut Feedback, stamp: Stamp<'_>, event: &Event) -> Option<()> {
    if !matches!(feedback.stage, Stage::Open) {
        return None;
    }
    match event {
        Event::Opened { .. } => return None,
        Event::Answered(answer) => feedback.stage = Stage::Answered(answer.clone()),
        Event::Withdrawn { reason } => {
            feedback.stage = Stage::Withdrawn {
                at: stamp.at,
                reason: *reason,
            };
        }
        Event::DeadlineMarked(missed) => feedback.missed = Some(missed.clone()),
        Event::DeadlineRecomputed { deadline, .. } => feedback.answer_by = deadline.clone(),
    }
    Some(())
}
