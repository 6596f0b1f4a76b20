//! Coordination of hard cases (Art. 18): R33, R34. The hotline authority leads it; the centre, which
//! works for it, records what it does. Whoever it determines cannot return the order.

use std::collections::BTreeSet;

use super::{check, due};
use crate::command::{Evidence, OpinionRequest};
use crate::deadline::{DeadlineKind, Rule};
use crate::draft::{Draft, staff_of};
use crate::effect::{Notice, Recipient};
use crate::event::Event;
use crate::ids::{TextId, UnitCode};
use crate::order::WorkOrder;
use crate::rejection::Rejection;

/// R33, A-14: the third distinct unit's return opens it by itself; otherwise a person may, once a unit
/// has returned the order, for then it is in dispute whose it is. The law counts returns for when it
/// must be opened; nothing in it keeps the authority from coordinating earlier (Art. 4(2)).
pub(crate) fn open(
    order: &WorkOrder,
    reason: TextId,
    draft: &mut Draft<'_>,
) -> Result<(), Rejection> {
    may_open(order)?;
    due::lapse(order, draft);
    draft.emit(Event::CoordinationOpened {
        reason: Some(reason),
    });
    tell_opened(order, order.returned_by(), draft);
    Ok(())
}

/// a unit has returned the order.
pub(super) fn may_open(order: &WorkOrder) -> Result<(), Rejection> {
    if order.returned_by().next().is_some() {
        Ok(())
    } else {
        Err(Rejection::NotReturned)
    }
}

/// Catalogue, who is told: the centre and the units in dispute know that the case is coordinated.
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
    let period = draft.context.rules().opinion_period(wanted.dispute);
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

/// R34: the authority answers, or the centre records its answer and says whose it is: the unit is
/// determined on the basis of opinions, so the record must say on whose.
pub(crate) fn record(
    order: &WorkOrder,
    adviser: Option<&UnitCode>,
    (opinion, document): (TextId, &Evidence),
    draft: &mut Draft<'_>,
) -> Result<(), Rejection> {
    let own = draft.by.role.unit();
    may_record(order, own)?;
    check::evidence("document.reference", document)?;
    let Some(named) = adviser.or(own) else {
        return Err(Rejection::Missing { field: "adviser" });
    };
    let speaks_for_itself = own.is_none_or(|own| own == named);
    if !speaks_for_itself {
        return Err(Rejection::NoOpinionAsked);
    }
    may_record(order, Some(named))?;
    due::lapse(order, draft);
    draft.emit(Event::OpinionRecorded {
        adviser: named.clone(),
        opinion,
        document: document.clone(),
    });
    draft.notify(Recipient::Center, Notice::OpinionGiven);
    Ok(())
}

/// An open question is with that authority, or with any where none is named.
pub(super) fn may_record(order: &WorkOrder, adviser: Option<&UnitCode>) -> Result<(), Rejection> {
    let mut asked = order.coordination.iter().flat_map(|it| &it.opinions);
    let open = asked.any(|it| {
        it.given.is_none() && adviser.is_none_or(|adviser| it.request.adviser == *adviser)
    });
    if open {
        Ok(())
    } else {
        Err(Rejection::NoOpinionAsked)
    }
}
