//! Folding what happens before a unit has the order.

use chrono::{DateTime, Utc};
use contract::escalation::Priority;

use super::awaiting_dispatch;
use crate::advice::RoutingAdvice;
use crate::command::{NoticeReceipt, Registration};
use crate::deadline::Deadline;
use crate::event::{QueueReason, RoutingConsequence};
use crate::ids::TextId;
use crate::order::{Information, Stage, WorkOrder};

pub(super) fn registered(
    registration: &Registration,
    dispatch_by: &Deadline,
    at: DateTime<Utc>,
) -> WorkOrder {
    let stage = Stage::AwaitingDispatch {
        queue: QueueReason::NotAsked,
    };
    let mut order = begun(registration, stage, at);
    order.dispatch_by = Some(dispatch_by.clone());
    order
}

/// Its time of registration is that of its receipt, until the information is there.
pub(super) fn received(
    registration: &Registration,
    missing: TextId,
    at: DateTime<Utc>,
) -> WorkOrder {
    let stage = Stage::AwaitingInformation {
        answer_by: None,
        supplied: false,
    };
    let mut order = begun(registration, stage, at);
    order.information = Some(information(missing, at));
    order
}

fn begun(registration: &Registration, stage: Stage, at: DateTime<Utc>) -> WorkOrder {
    let it = registration.clone();
    WorkOrder {
        id: it.order,
        version: 1,
        order_type: it.order_type,
        channel: it.channel,
        district: it.district,
        street: it.street,
        category: it.category,
        requester: it.requester,
        request: it.request,
        source: it.source,
        registered_at: at,
        stage,
        dispatch_by: None,
        assignments: Vec::new(),
        routing: None,
        direct_answer: None,
        ratings: Vec::new(),
        follow_ups: Vec::new(),
        missed: Vec::new(),
        priority: Priority::Normal,
        real_name: it.real_name,
        concealments: it.concealment.into_iter().collect(),
        consumer_mediation: it.consumer_mediation,
        against_unit: it.against_unit,
        contact: it.contact,
        refiled_from: it.refiled_from,
        long_term: None,
        one_of_many: None,
        same_matter_as: Vec::new(),
        conduct_notes: Vec::new(),
        information: None,
        statements: Vec::new(),
        coordination: None,
        withdrawn: None,
        held_rating: None,
        service_rating: None,
        diligence_statement: None,
        supervisions: Vec::new(),
        proposals: Vec::new(),
    }
}

fn information(missing: TextId, asked_at: DateTime<Utc>) -> Information {
    Information {
        missing,
        asked_at,
        notice: None,
        contact_attempts: Vec::new(),
        supplied: None,
    }
}

pub(super) fn asked(order: &mut WorkOrder, missing: TextId, at: DateTime<Utc>) -> Option<()> {
    awaiting_dispatch(order)?;
    order.information = Some(information(missing, at));
    order.dispatch_by = None;
    order.stage = Stage::AwaitingInformation {
        answer_by: None,
        supplied: false,
    };
    Some(())
}

pub(super) fn notice_sent(
    order: &mut WorkOrder,
    receipt: &NoticeReceipt,
    by: &Deadline,
) -> Option<()> {
    let Stage::AwaitingInformation { answer_by, .. } = &mut order.stage else {
        return None;
    };
    *answer_by = Some(by.clone());
    order.information.as_mut()?.notice = Some(*receipt);
    Some(())
}

pub(super) fn supplied(order: &mut WorkOrder, content: TextId) -> Option<()> {
    let Stage::AwaitingInformation { supplied, .. } = &mut order.stage else {
        return None;
    };
    *supplied = true;
    order.information.as_mut()?.supplied = Some(content);
    Some(())
}

/// Registered when the centre's time for the dispatch begins.
pub(super) fn sufficient(order: &mut WorkOrder, dispatch_by: &Deadline) -> Option<()> {
    let Stage::AwaitingInformation { .. } = order.stage else {
        return None;
    };
    order.registered_at = dispatch_by.trigger_at;
    order.dispatch_by = Some(dispatch_by.clone());
    order.stage = Stage::AwaitingDispatch {
        queue: QueueReason::NotAsked,
    };
    Some(())
}

pub(super) fn routing_advised(
    order: &mut WorkOrder,
    advice: &RoutingAdvice,
    consequence: &RoutingConsequence,
) -> Option<()> {
    let Stage::AwaitingDispatch { queue } = &mut order.stage else {
        return None;
    };
    if let RoutingConsequence::PersonQueue { reason } = consequence {
        *queue = *reason;
    }
    order.routing = Some(advice.clone());
    Some(())
}
