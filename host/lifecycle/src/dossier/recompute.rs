//! Recomputing a dossier's deadlines under a new calendar (C3, P14), by the rules that hold for orders:
//! what was missed stays missed, and nothing becomes overdue in the past.

use super::deadline::DossierDeadline;
use super::decide::Context;
use super::draft::Draft;
use super::due as dossier_due;
use super::effect::Occasion;
use super::event::Event;
use super::rejection::Rejection;
use super::state::Dossier;
use crate::deadline::due;
use crate::effect::Recipient;

/// C3: recomputes with the calendar of the context, records each change, tells whose deadline moved.
pub(super) fn recompute(dossier: &Dossier, draft: &mut Draft<'_>) -> Result<(), Rejection> {
    dossier_due::lapse(dossier, draft);
    // What has passed just now was marked as missed above.
    let lapsed = dossier.lapsed_deadlines(draft.now());
    for deadline in dossier.running_deadlines() {
        if dossier.has_missed(deadline) || lapsed.contains(&deadline) {
            continue;
        }
        let renewed = renewed(deadline, draft.context).map_err(Rejection::out_of_range)?;
        if !differs(&renewed, deadline) {
            continue;
        }
        if renewed.due.due_at != deadline.due.due_at {
            let unit = deadline.unit.clone().map(Recipient::Unit);
            let kind = deadline.kind;
            draft.notify(
                unit.unwrap_or(Recipient::Center),
                Occasion::DeadlineRecomputed { deadline: kind },
            );
        }
        draft.emit(Event::DeadlineRecomputed {
            deadline: renewed,
            previous_due_at: deadline.due.due_at,
        });
    }
    if draft.is_empty() {
        Err(Rejection::NothingDue)
    } else {
        Ok(())
    }
}

/// Whether the calendar of the context has a running deadline of the dossier otherwise than the dossier
/// does. Cheap, because it is asked of every open dossier.
#[must_use]
pub fn needs_recomputation(dossier: &Dossier, context: &Context<'_>) -> bool {
    dossier.running_deadlines().into_iter().any(|deadline| {
        // What cannot be computed is told by the decision itself.
        !dossier.has_missed(deadline)
            && renewed(deadline, context).map_or(true, |renewed| differs(&renewed, deadline))
    })
}

/// The calendar's version alone makes no difference, nor do the rules of today.
fn differs(new: &DossierDeadline, old: &DossierDeadline) -> bool {
    (new.due.due_at, new.due.provisional, &new.due.counted)
        != (old.due.due_at, old.due.provisional, &old.due.counted)
}

/// The deadline as the calendar of the context has it. Where the new due instant lies in the past and
/// the old one did not, whoever relied on the old one has until 24:00 of today, but never longer than
/// before.
fn renewed(
    old: &DossierDeadline,
    context: &Context<'_>,
) -> Result<DossierDeadline, calendar::Error> {
    let mut new = old.clone();
    let named = context.rules.named(&old.rule_set);
    let rules = named.unwrap_or_else(|| context.rules.at(old.trigger_at));
    new.due = due(old.trigger_at, old.period, rules, context.calendar)?;
    if new.is_late(context.now) {
        let today = calendar::end_of(calendar::local_date(context.now));
        new.due.due_at = new.due.due_at.max(today.min(old.due.due_at));
    }
    Ok(new)
}
