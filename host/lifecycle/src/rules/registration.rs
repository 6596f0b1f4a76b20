//! Registration (Art. 2, 8–11): R1, R7, R11–R14, R18. The order comes into being, and with it the
//! centre's time to dispatch it (R19, R20).

use super::check;
use super::escalation;
use super::routing::{self, Matter};
use crate::command::{ConcealmentScope, RealNameGround, Registration};
use crate::deadline::DeadlineKind;
use crate::decide::Related;
use crate::draft::Draft;
use crate::effect::{Notice, Recipient};
use crate::event::Event;
use crate::rejection::Rejection;
use crate::ruleset::{Anonymous, IncompleteCall};

/// R12: registers a matter. It is routed in the same decision, so that an order whose unit is clear
/// never waits. What lacks information is received only, and registered when that is there.
pub(crate) fn register(
    registration: &Registration,
    draft: &mut Draft<'_>,
) -> Result<(), Rejection> {
    check_content(registration, draft)?;
    check_name(registration, draft)?;
    check_real_name(registration)?;
    check_refiled(registration, draft)?;
    if registration.concealment.is_some() {
        draft.notify(Recipient::Requester, Notice::ConcealmentWarning);
    }
    if let Some(missing) = registration.missing {
        if waits_for_information(registration, draft) {
            draft.emit(Event::Received {
                registration: Box::new(registration.clone()),
                missing,
            });
            super::information::ask(registration.channel, missing, draft);
            return Ok(());
        }
        draft.notify(Recipient::Center, Notice::InformationNeeded { missing });
    }
    let order_type = registration.order_type;
    let now = draft.now();
    let period = draft.context.rules().dispatch;
    let rule = DeadlineKind::Dispatch.rule(order_type);
    let dispatch_by = draft.deadline(DeadlineKind::Dispatch, order_type, (rule, period), now)?;
    draft.emit(Event::Registered {
        registration: Box::new(registration.clone()),
        dispatch_by,
    });
    escalation::have_alike_counted(registration.category.as_ref(), draft);
    let matter = Matter {
        order_type,
        district: registration.district.as_ref(),
        returned_by: Vec::new(),
        against_unit: registration.against_unit.as_ref(),
    };
    routing::advised(&matter, draft)
}

fn check_content(registration: &Registration, draft: &Draft<'_>) -> Result<(), Rejection> {
    let directory = draft.context.directory;
    if let Some(code) = &registration.district
        && directory.district(code).is_none()
    {
        return Err(Rejection::UnknownDistrict {
            district: code.clone(),
        });
    }
    // R7: staff is complained of at a unit that there is.
    if let Some(unit) = &registration.against_unit
        && directory.unit(unit).is_none()
    {
        return Err(Rejection::UnknownUnit { unit: unit.clone() });
    }
    let optional = [
        ("street", &registration.street),
        ("category", &registration.category),
        ("source", &registration.source),
        ("contact", &registration.contact),
    ];
    for (field, text) in optional {
        if let Some(text) = text {
            check::filled(field, text)?;
        }
    }
    if let Some(concealment) = &registration.concealment {
        super::mark::check_concealment(concealment)?;
    }
    Ok(())
}

/// R15, R16, A-30: what lacks information waits for it; a call may be registered at once, where the
/// rule set reads the text so.
fn waits_for_information(registration: &Registration, draft: &Draft<'_>) -> bool {
    match draft.context.rules().options.incomplete_call {
        IncompleteCall::AwaitsInformation => true,
        IncompleteCall::Registered => super::information::is_network(registration.channel),
    }
}

/// a matter without a name is taken, unless the rule set reads the text otherwise.
fn check_name(registration: &Registration, draft: &Draft<'_>) -> Result<(), Rejection> {
    match draft.context.rules().options.anonymous {
        Anonymous::Refused if !registration.identification.name => Err(Rejection::NameRequired),
        Anonymous::Refused | Anonymous::Accepted => Ok(()),
    }
}

/// R11, P1: without the real name, or with it hidden from the handling unit, such a matter is not
/// registered. Secrecy towards third parties is owed anyway (Art. 43) and no concealment.
fn check_real_name(registration: &Registration) -> Result<(), Rejection> {
    let Some(ground) = &registration.real_name else {
        return Ok(());
    };
    if let RealNameGround::OtherLaw { basis } = ground {
        check::filled("real_name.basis", basis)?;
    }
    let given = registration.identification;
    let hidden = registration.concealment.as_ref().map(|it| it.scope);
    let complete = given.name && given.id_number && given.contact;
    if complete && !hidden.is_some_and(ConcealmentScope::hides_from_units) {
        Ok(())
    } else {
        Err(Rejection::RealNameRequired)
    }
}

/// R18: what ended for missing information is filed again as a new order.
fn check_refiled(registration: &Registration, draft: &Draft<'_>) -> Result<(), Rejection> {
    let Some(earlier) = &registration.refiled_from else {
        return Ok(());
    };
    let related = draft.facts.related.as_ref();
    let related = related.filter(|related| related.order == *earlier);
    match related {
        None => Err(Rejection::NotRefilable {
            why: "there is no such order",
        }),
        Some(Related {
            same_requester: false,
            ..
        }) => Err(Rejection::NotRefilable {
            why: "it is another requester's",
        }),
        Some(Related {
            ended_for_information: true,
            ..
        }) => Ok(()),
        Some(_) => Err(Rejection::NotRefilable {
            why: "it did not end for missing information",
        }),
    }
}
