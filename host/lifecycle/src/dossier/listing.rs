//! What the centre does about a long-term matter: listing, units, member orders, bulletins, the end
//! (Art. 25(3), 26(1): R50, R52).

use super::command::NewMatter;
use super::deadline::DossierDeadlineKind as Kind;
use super::draft::{Draft, bounded, filled};
use super::effect::Occasion;
use super::event::Event;
use super::matter::{ListedUnit, LongTermMatter, TaskStage};
use super::rejection::Rejection;
use crate::effect::Recipient;
use crate::ids::{OrderId, TextId, UnitCode};

/// Most member orders of a matter. Each of them has a requester who is told of every progress.
const MEMBERS_MAX: usize = 2000;

/// R52: the matter is listed, and each unit receives it thereby, which starts its time for the
/// plan and for the first notice to the requesters (R53).
pub(super) fn list(new: &NewMatter, draft: &mut Draft<'_>) -> Result<(), Rejection> {
    filled("title", &new.title)?;
    bounded("units", &new.units)?;
    bounded("orders", &new.orders)?;
    if new.units.is_empty() {
        return Err(Rejection::Missing { field: "units" });
    }
    let mut units: Vec<ListedUnit> = Vec::with_capacity(new.units.len());
    for unit in &new.units {
        if units.iter().any(|listed| listed.unit == *unit) {
            return Err(Rejection::UnitListed { unit: unit.clone() });
        }
        units.push(listed(unit, draft)?);
    }
    let event = Event::MatterListed {
        dossier: draft.id.clone(),
        title: new.title.clone(),
        criteria: new.criteria,
        units,
        orders: draft.members(&new.orders)?,
        bulletin_by: draft.deadline(Kind::Bulletin, None, draft.now())?,
    };
    draft.emit(event);
    draft.mark(&new.orders);
    for unit in &new.units {
        draft.notify(Recipient::Unit(unit.clone()), Occasion::Listed);
    }
    Ok(())
}

/// R53: a unit with the deadlines that the listing starts.
fn listed(unit: &UnitCode, draft: &Draft<'_>) -> Result<ListedUnit, Rejection> {
    draft.known_unit(unit)?;
    Ok(ListedUnit {
        unit: unit.clone(),
        plan_by: draft.deadline(Kind::Plan, Some(unit), draft.now())?,
        progress_by: draft.deadline(Kind::Progress, Some(unit), draft.now())?,
    })
}

/// R52: a further unit is concerned.
pub(super) fn add_unit(
    matter: &LongTermMatter,
    unit: &UnitCode,
    draft: &mut Draft<'_>,
) -> Result<(), Rejection> {
    if matter.task(unit).is_some() {
        return Err(Rejection::UnitListed { unit: unit.clone() });
    }
    let added = listed(unit, draft)?;
    draft.emit(Event::UnitAdded(added));
    draft.notify(Recipient::Unit(unit.clone()), Occasion::Listed);
    Ok(())
}

/// The centre takes a unit off the matter; another one remains.
pub(super) fn remove_unit(
    matter: &LongTermMatter,
    unit: &UnitCode,
    reason: TextId,
    draft: &mut Draft<'_>,
) -> Result<(), Rejection> {
    let unit = unit.clone();
    if matter.task(&unit).is_none() {
        return Err(Rejection::UnitNotListed { unit });
    }
    if matter.active_tasks().count() == 1 {
        return Err(Rejection::LastUnit { unit });
    }
    draft.notify(Recipient::Unit(unit.clone()), Occasion::Unlisted);
    draft.emit(Event::UnitRemoved { unit, reason });
    Ok(())
}

/// R53, A-25: orders of several requesters belong to the matter, each with its own requester.
pub(super) fn add_orders(
    matter: &LongTermMatter,
    orders: &[OrderId],
    draft: &mut Draft<'_>,
) -> Result<(), Rejection> {
    some(orders)?;
    let members = draft.members(orders)?;
    if matter.members.len().saturating_add(members.len()) > MEMBERS_MAX {
        let (field, max) = ("orders", MEMBERS_MAX);
        return Err(Rejection::TooMany { field, max });
    }
    if let Some(order) = orders.iter().find(|order| is_member(matter, order)) {
        return Err(Rejection::OrderListed {
            order: order.clone(),
        });
    }
    draft.emit(Event::OrdersAdded { orders: members });
    draft.mark(orders);
    Ok(())
}

/// Orders that turn out not to belong to the matter.
pub(super) fn remove_orders(
    matter: &LongTermMatter,
    orders: &[OrderId],
    draft: &mut Draft<'_>,
) -> Result<(), Rejection> {
    some(orders)?;
    if let Some(order) = orders.iter().find(|order| !is_member(matter, order)) {
        return Err(Rejection::OrderNotListed {
            order: order.clone(),
        });
    }
    draft.emit(Event::OrdersRemoved {
        orders: orders.to_vec(),
    });
    draft.mark(orders);
    Ok(())
}

fn some(orders: &[OrderId]) -> Result<(), Rejection> {
    bounded("orders", orders)?;
    if orders.is_empty() {
        return Err(Rejection::Missing { field: "orders" });
    }
    Ok(())
}

fn is_member(matter: &LongTermMatter, order: &OrderId) -> bool {
    matter.members.iter().any(|member| member.order == *order)
}

/// R52: every unit on the matter is told of it again; the next bulletin is counted from this one.
pub(super) fn issue_bulletin(
    matter: &LongTermMatter,
    draft: &mut Draft<'_>,
) -> Result<(), Rejection> {
    let bulletin_by = draft.deadline(Kind::Bulletin, None, draft.now())?;
    draft.emit(Event::BulletinIssued { bulletin_by });
    tell_units(matter, &Occasion::Bulletin, draft);
    Ok(())
}

/// R54: the matter ends once every unit has told requesters and centre the outcome. R53: repeats of its
/// orders were ended by its progress while it was pursued, and are not any more.
pub(super) fn close(
    matter: &LongTermMatter,
    note: TextId,
    draft: &mut Draft<'_>,
) -> Result<(), Rejection> {
    let mut tasks = matter.active_tasks();
    if let Some(task) = tasks.find(|task| !matches!(task.stage, TaskStage::Done { .. })) {
        return Err(Rejection::UnitUnfinished {
            unit: task.unit.clone(),
            stage: task.stage.name(),
        });
    }
    draft.emit(Event::MatterClosed { note });
    draft.mark(matter.members.iter().map(|member| &member.order));
    tell_units(matter, &Occasion::Closed, draft);
    Ok(())
}

fn tell_units(matter: &LongTermMatter, occasion: &Occasion, draft: &mut Draft<'_>) {
    for task in matter.active_tasks() {
        draft.notify(Recipient::Unit(task.unit.clone()), occasion.clone());
    }
}
