//! Information that is missing at the hotline (Art. 12(1), 12(2), 12(4)): R15, R16, R18, A-07, P2.
//!
//! On the telephone channel the centre calls, without a limit in days. On network channels one notice
//! goes out, and the requester has three calendar days. Either way everything missing is named at once,
//! and there is one supplement.

use chrono::{DateTime, Utc};
use contract::types::Channel;

use super::contact::check_unreachable;
use super::routing::{self, Matter};
use super::{check, due, escalation};
use crate::command::{Identity, IncompleteGround, InformationAssessment, NoticeReceipt};
use crate::deadline::{Deadline, DeadlineKind};
use crate::draft::Draft;
use crate::effect::{Effect, Notice, Recipient};
use crate::event::{CloseCode, Event};
use crate::gate;
use crate::ids::TextId;
use crate::order::{Information, Stage, WorkOrder};
use crate::rejection::Rejection;
use crate::ruleset::RegistrationInstant;

/// R15, R16: the centre finds that something is missing after it registered the matter. It asks once,
/// for everything (一次性告知).
pub(crate) fn request(
    order: &WorkOrder,
    missing: TextId,
    draft: &mut Draft<'_>,
) -> Result<(), Rejection> {
    may_request(order)?;
    due::lapse(order, draft);
    draft.emit(Event::InformationRequested { missing });
    ask(order.channel, missing, draft);
    Ok(())
}

/// Once only.
pub(super) fn may_request(order: &WorkOrder) -> Result<(), Rejection> {
    if order.information.is_some() {
        return Err(Rejection::NothingMissing);
    }
    Ok(())
}

/// Has the requester told: by the notice whose delivery starts the three days, or by the calls of a
/// person.
pub(super) fn ask(channel: Channel, missing: TextId, draft: &mut Draft<'_>) {
    if is_network(channel) {
        draft.effect(Effect::AskForInformation);
    }
    let about = Notice::InformationNeeded { missing };
    draft.notify(Recipient::Center, about);
}

/// R16: three calendar days from the receipt of the notice; the day of receipt does not count.
pub(crate) fn notice(
    order: &WorkOrder,
    receipt: &NoticeReceipt,
    draft: &mut Draft<'_>,
) -> Result<(), Rejection> {
    let information = may_notice(order)?;
    check::not_in_future("sent_at", receipt.sent_at, draft.now())?;
    let (asked_at, sent_at) = (information.asked_at, receipt.sent_at);
    check::in_order("sent_at", asked_at, sent_at, "lies before the asking")?;
    if let Some(delivered_at) = receipt.delivered_at {
        check::not_in_future("delivered_at", delivered_at, draft.now())?;
        check::in_order("delivered_at", sent_at, delivered_at, "lies before sent_at")?;
    }
    let answer_by = answer_by(order, receipt, draft)?;
    draft.emit(Event::InformationNoticeSent {
        receipt: *receipt,
        answer_by,
    });
    Ok(())
}

/// One notice, on network channels.
pub(super) fn may_notice(order: &WorkOrder) -> Result<&Information, Rejection> {
    if !is_network(order.channel) {
        return Err(Rejection::WrongChannel { needed: "calls" });
    }
    let information = order.information.as_ref();
    information
        .filter(|it| it.notice.is_none())
        .ok_or(Rejection::NothingDue)
}

/// The requester's three days, from the receipt.
pub(super) fn answer_by(
    order: &WorkOrder,
    receipt: &NoticeReceipt,
    draft: &Draft<'_>,
) -> Result<Deadline, Rejection> {
    let kind = DeadlineKind::Information;
    let received_at = receipt.received_at();
    let period = draft.context.rules.at(received_at).supply_information;
    let rule = kind.rule(order.order_type);
    draft.deadline(kind, order.order_type, (rule, period), received_at)
}

/// R10, R16: the requester supplies, in time.
pub(crate) fn supply(
    order: &WorkOrder,
    content: TextId,
    identity: Identity,
    draft: &mut Draft<'_>,
) -> Result<(), Rejection> {
    may_supply(order, draft.now())?;
    check::is_requester(identity, draft)?;
    draft.emit(Event::InformationSupplied { content, identity });
    draft.notify(Recipient::Center, Notice::AwaitsAssessment);
    Ok(())
}

/// One supplement, while the requester's time runs.
pub(super) fn may_supply(order: &WorkOrder, now: DateTime<Utc>) -> Result<(), Rejection> {
    let Stage::AwaitingInformation {
        answer_by,
        supplied,
    } = &order.stage
    else {
        return Err(gate::wrong_stage(order, "awaiting_information"));
    };
    if *supplied {
        return Err(Rejection::NothingMissing);
    }
    match answer_by {
        Some(deadline) if deadline.is_late(now) => Err(Rejection::InformationTooLate {
            due_at: Some(deadline.due.due_at),
        }),
        Some(_) | None => Ok(()),
    }
}

/// R15, R16: enough, and the matter is registered now; or not, and the order ends with CR04. The
/// law gives one supplement.
pub(crate) fn assess(
    order: &WorkOrder,
    assessment: &InformationAssessment,
    draft: &mut Draft<'_>,
) -> Result<(), Rejection> {
    may_assess(order)?;
    match assessment {
        InformationAssessment::Insufficient { note } => {
            end(CloseCode::InformationInsufficient, Some(*note), draft);
            Ok(())
        }
        InformationAssessment::Sufficient => {
            let kind = DeadlineKind::Dispatch;
            let rule = kind.rule(order.order_type);
            let registered_at = match draft.context.rules().options.registration_instant {
                RegistrationInstant::WhenSufficient => draft.now(),
                RegistrationInstant::AtFirstContact => order.registered_at,
            };
            let limit = (rule, draft.context.rules.at(registered_at).dispatch);
            let dispatch_by = draft.deadline(kind, order.order_type, limit, registered_at)?;
            draft.emit(Event::InformationSufficient { dispatch_by });
            escalation::have_alike_counted(order.category.as_ref(), draft);
            routing::advised(&Matter::of(order), draft)
        }
    }
}

/// Something was supplied.
pub(super) fn may_assess(order: &WorkOrder) -> Result<(), Rejection> {
    if matches!(
        order.stage,
        Stage::AwaitingInformation { supplied: true, .. }
    ) {
        Ok(())
    } else {
        Err(Rejection::NothingMissing)
    }
}

/// R15: three counted calls unanswered, or refused; with the note that the law wants.
pub(crate) fn close(
    order: &WorkOrder,
    ground: &IncompleteGround,
    note: TextId,
    draft: &mut Draft<'_>,
) -> Result<(), Rejection> {
    let information = may_close(order, draft.now())?;
    let code = match ground {
        IncompleteGround::Unreachable => {
            // R16 knows no calls: on network channels the three days decide.
            if is_network(order.channel) {
                return Err(Rejection::WrongChannel {
                    needed: "the three days of the notice",
                });
            }
            check_unreachable(&information.contact_attempts, None, draft)?;
            CloseCode::InformationUnreachable
        }
        IncompleteGround::Refused { evidence } => {
            check::filled("ground.evidence.reference", &evidence.reference)?;
            CloseCode::InformationRefused
        }
    };
    end(code, Some(note), draft);
    Ok(())
}

/// Nothing was supplied, and the requester's time is not over, which ends the order otherwise.
pub(super) fn may_close(order: &WorkOrder, now: DateTime<Utc>) -> Result<&Information, Rejection> {
    let Some(information) = &order.information else {
        return Err(Rejection::NothingMissing);
    };
    if information.supplied.is_some() {
        let needed = "awaiting_information, with nothing supplied; assess what was supplied";
        return Err(gate::wrong_stage(order, needed));
    }
    if due::has_ended(order, now) {
        return Err(Rejection::Closed);
    }
    Ok(information)
}

/// R16: the three days passed; CR05. What was supplied in time waits for the centre instead.
pub(super) fn lapse(draft: &mut Draft<'_>) {
    end(CloseCode::InformationLate, None, draft);
}

fn end(code: CloseCode, note: Option<TextId>, draft: &mut Draft<'_>) {
    draft.close(code, note);
    draft.notify(Recipient::Requester, Notice::InformationStayedMissing);
}

/// Art. 12(1) is about the telephone, Art. 12(2) about government websites and new media.
pub(crate) const fn is_network(channel: Channel) -> bool {
    match channel {
        Channel::Phone => false,
        Channel::Online => true,
    }
}
