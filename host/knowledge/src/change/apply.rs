//! Folding events into a notice of a change.

use super::event::Event;
use super::state::{Change, Stage};
use crate::entry::Stamp;

/// The notice that a first event opens.
pub(crate) fn open(stamp: Stamp<'_>, event: &Event) -> Option<Change> {
    let Event::Announced {
        change,
        unit,
        kind,
        title,
        summary,
        effective_on,
        points,
        planned,
        lead,
    } = event
    else {
        return None;
    };
    Some(Change {
        id: change.clone(),
        version: stamp.seq,
        unit: unit.clone(),
        kind: *kind,
        title: title.clone(),
        summary: summary.clone(),
        effective_on: *effective_on,
        announced_at: stamp.at,
        lead: *lead,
        points: points.clone(),
        planned: planned.clone(),
        measures: Vec::new(),
        acknowledged: None,
        passed_on: Vec::new(),
        took_effect_at: None,
        stage: Stage::Open,
    })
}

/// Changes the notice; nothing where it does not admit the event.
pub(crate) fn fold(change: &mut Change, stamp: Stamp<'_>, event: &Event) -> Option<()> {
    if change.stage != Stage::Open {
        return None;
    }
    match event {
        Event::Announced { .. } => return None,
        Event::Amended {
            effective_on,
            summary,
            lead,
        } => {
            change.effective_on = *effective_on;
            change.summary.clone_from(summary);
            change.lead = *lead;
        }
        Event::Acknowledged => {
            change.acknowledged = Some((stamp.by.name.clone(), stamp.at));
        }
        Event::PassedOn(to) => change.passed_on.push((to.clone(), stamp.at)),
        Event::MeasureRecorded(measure) => change.measures.push(measure.clone()),
        Event::TookEffect { .. } => change.took_effect_at = Some(stamp.at),
        Event::Closed { .. } => change.stage = Stage::Closed,
        Event::Cancelled { .. } => change.stage = Stage::Cancelled,
    }
    Some(())
}
