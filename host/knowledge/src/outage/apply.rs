//! Folding events into an outage.

use super::event::Event;
use super::state::Outage;
use crate::deadline::DeadlineKind;
use crate::entry::Stamp;

/// The outage that a first event opens.
pub(crate) fn open(stamp: Stamp<'_>, event: &Event) -> Option<Outage> {
    let Event::Reported {
        outage,
        report,
        counts_from,
        script_by,
        second_stage_at,
    } = event
    else {
        return None;
    };
    Some(Outage {
        id: outage.clone(),
        version: stamp.seq,
        unit: report.unit.clone(),
        report: report.clone(),
        reported_at: stamp.at,
        progress: report.progress.clone(),
        counts_from: *counts_from,
        notices: Vec::new(),
        scripts: Vec::new(),
        script_by: script_by.clone(),
        second_stage_at: *second_stage_at,
        update_by: None,
        updates: Vec::new(),
        ended_at: None,
        missed: Vec::new(),
    })
}

/// Changes the outage; nothing where it does not admit the event.
pub(crate) fn fold(outage: &mut Outage, stamp: Stamp<'_>, event: &Event) -> Option<()> {
    if outage.ended_at.is_some() {
        return None;
    }
    match event {
        Event::Reported { .. } => return None,
        Event::Corrected(progress) => outage.progress = progress.clone(),
        Event::NoticePublished(notice) => outage.notices.push(notice.clone()),
        Event::ScriptProvided { script, .. } => outage.scripts.push((script.clone(), stamp.at)),
        Event::SecondStageBegun { update_by } => outage.update_by = Some(update_by.clone()),
        Event::ProgressTold { update, update_by } => {
            outage.updates.push(update.clone());
            outage.update_by = Some(update_by.clone());
        }
        Event::DeadlineMarked(missed) => outage.missed.push(missed.clone()),
        Event::DeadlineRecomputed { deadline, .. } => match deadline.kind {
            DeadlineKind::OutageScript => outage.script_by = deadline.clone(),
            DeadlineKind::OutageUpdate => outage.update_by = Some(deadline.clone()),
            DeadlineKind::Expiry | DeadlineKind::Feedback | DeadlineKind::EmergencyFeedback => {
                return None;
            }
        },
        Event::Ended { ended_at, .. } => outage.ended_at = Some(*ended_at),
    }
    Some(())
}
