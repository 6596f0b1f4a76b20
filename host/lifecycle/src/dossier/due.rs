//! What happens when time passes: a missed limit is a fact or a warning, and never blocks (R2, R5,
//! R52–R54). Instants are compared (T8).

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::deadline::{DossierDeadline, DossierDeadlineKind, Force};
use super::draft::Draft;
use super::effect::Occasion;
use super::event::Event;
use super::rejection::Rejection;
use super::state::Dossier;
use crate::effect::Recipient;
use crate::ids::UnitCode;

/// An instant at which [`super::Command::MarkDue`] must be given.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct DossierTimer {
    /// The command is given at the first tick strictly after this instant (T8).
    pub at: DateTime<Utc>,
    /// For which deadline.
    pub deadline: DossierDeadlineKind,
    /// Whose; none where it is the centre's.
    pub unit: Option<UnitCode>,
}

/// Everything that is to be timed for a dossier, earliest first; it replaces what was timed before.
#[must_use]
pub fn timers(dossier: &Dossier) -> Vec<DossierTimer> {
    let running = dossier.running_deadlines().into_iter();
    let open = running.filter(|deadline| !dossier.has_missed(deadline));
    let mut timers: Vec<DossierTimer> = open
        .map(|deadline| DossierTimer {
            at: deadline.due.due_at,
            deadline: deadline.kind,
            unit: deadline.unit.clone(),
        })
        .collect();
    timers.sort_unstable();
    timers
}

/// A timer reports. What has moved on or was marked before is not due.
pub(super) fn mark_due(
    dossier: &Dossier,
    kind: DossierDeadlineKind,
    unit: Option<&UnitCode>,
    draft: &mut Draft<'_>,
) -> Result<(), Rejection> {
    let lapsed = dossier.lapsed_deadlines(draft.now());
    let is_it = |it: &&DossierDeadline| it.kind == kind && it.unit.as_ref() == unit;
    if !lapsed.iter().any(is_it) {
        return Err(Rejection::NothingDue);
    }
    lapse(dossier, draft);
    Ok(())
}

/// Marks every running deadline that has passed. Commands do this before anything else, because a
/// timer may be late.
pub(super) fn lapse(dossier: &Dossier, draft: &mut Draft<'_>) {
    for deadline in dossier.lapsed_deadlines(draft.now()) {
        pass(deadline, draft);
    }
}

/// Records that a deadline passed, and tells whose it was and the centre.
pub(super) fn pass(deadline: &DossierDeadline, draft: &mut Draft<'_>) {
    draft.emit(Event::DeadlineMarked {
        deadline: deadline.kind,
        unit: deadline.unit.clone(),
        due_at: deadline.due.due_at,
        force: deadline.force,
        provisional: deadline.due.provisional,
    });
    let (kind, unit) = (deadline.kind, deadline.unit.clone());
    let occasion = match deadline.force {
        Force::Law => Occasion::Overdue {
            deadline: kind,
            unit,
        },
        Force::InPrinciple | Force::Target => Occasion::Reminder {
            deadline: kind,
            unit,
        },
    };
    let unit = deadline.unit.clone().map(Recipient::Unit);
    for recipient in unit.into_iter().chain([Recipient::Center]) {
        draft.notify(recipient, occasion.clone());
    }
}
