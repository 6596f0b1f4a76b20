//! Coordination of hard cases (Art. 18): R33, R34. The hotline authority leads it; the centre, which
//! works for it, records what it does. Whoever it determines cannot return the order.

use std::collections::BTreeSet;

use super::{check, due};
use crate::command::{Evidence, OpinionRequest};
use crate::deadline::{DeadlineKind, Rule};
use crate::draft::{Draft, staff_of};
use crate::effect::{Notice, Recipient};
use crate::event::Event;
use crate::ids::{Role, TextId, UnitCode};
use crate::order::WorkOrder;
use crate::rejection::Rejection;

/// R33, A-14: three returns by two units do not open it by themselves; a person may.
pub(crate) fn open(
    order: &WorkOrder,
    reason: TextId,
    draft: &mut Draft<'_>,
) -> Result<(), Rejection> {
    let returns = order.returned_by().count();
    if returns < usize::from(draft.context.rules.coordination_units_min) {
        return Err(Rejection::TooFewReturns { returns });
    }
    due::lapse(order, draft);
    draft.emit(Event::CoordinationOpened {
        reason: Some(reason),
    });
    tell_opened(order, order.returned_by(), draft);
    Ok(())
}

/// Catalogue §9: the centre and the units in dispute know that the case is coordinated.
pub(super) fn tell_opened<'a>(
    order: &WorkOrder,
    returned: impl Iterator<Item = &'a UnitCode>,
    draft: &mut Draft<'_>,
) {
    draft.notify(Recipient::Center, Notice::CoordinationOpened);
    for unit in returned.collect::<BTreeSet<_>>() {
        draft.notify(staff_of(unit, order), Notice::CoordinationOpened);
    }
}

/// R34: asks the authority that the dispute points to; its time runs from the receipt, which is now.
pub(crate) fn request(
    order: &WorkOrder,
    wanted: &OpinionRequest,
    draft: &mut Draft<'_>,
) -> Result<(), Rejection> {
    let adviser = &wanted.adviser;
    if draft.context.directory.unit(adviser).is_none() {
        return Err(Rejection::UnknownUnit {
            unit: adviser.clone(),
        });
    }
    due::lapse(order, draft);
    let period = draft.context.rules.opinion_period(wanted.dispute);
    let rule = Rule::of_dispute(wanted.dispute);
    let (kind, now) = (DeadlineKind::Opinion, draft.now());
    let opinion_by = draft.deadline(kind, order.order_type, (rule, period), now)?;
    draft.emit(Event::OpinionRequested {
        request: wanted.clone(),
        opinion_by,
    });
    let about = Notice::OpinionAsked {
        question: wanted.question,
    };
    draft.notify(Recipient::Adviser(adviser.clone()), about);
    Ok(())
}

/// R34: the authority answers, or the centre records its answer.
pub(crate) fn record(
    order: &WorkOrder,
    opinion: TextId,
    document: &Evidence,
    draft: &mut Draft<'_>,
) -> Result<(), Rejection> {
    check::evidence("document.reference", document)?;
    let by: Option<&UnitCode> = if let Role::Unit(unit) = &draft.by.role {
        Some(unit)
    } else {
        None
    };
    let mut asked = order.coordination.iter().flat_map(|it| &it.opinions);
    let asked =
        asked.find(|it| it.given.is_none() && by.is_none_or(|unit| it.request.adviser == *unit));
    let Some(asked) = asked else {
        return Err(Rejection::NoOpinionAsked);
    };
    due::lapse(order, draft);
    draft.emit(Event::OpinionRecorded {
        adviser: asked.request.adviser.clone(),
        opinion,
        document: document.clone(),
    });
    draft.notify(Recipient::Center, Notice::OpinionGiven);
    Ok(())
}
