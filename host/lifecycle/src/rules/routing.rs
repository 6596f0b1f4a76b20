//! What becomes of routing advice: dispatched at once if it is clear, else a person's queue with its
//! reason. The law is silent about advice; the thresholds are the rule set's. R7: no complaint goes to
//! the unit that it complains of by advice alone; a person may send it there, to its leader.

use contract::routing::Candidate;
use contract::types::OrderType;

use super::dispatch::{self, Sending};
use crate::advice::{Outcome, RoutingAdvice};
use crate::command::{Command, InformationAssessment};
use crate::draft::Draft;
use crate::effect::{Notice, Recipient};
use crate::event::{AssignmentRole, DispatchChoice, Event, QueueReason, RoutingConsequence};
use crate::ids::{DistrictCode, UnitCode};
use crate::order::{Stage, WorkOrder};
use crate::rejection::Rejection;
use crate::ruleset::AutoDispatch;

/// What routing looks at besides the advice.
pub(crate) struct Matter<'a> {
    pub(crate) order_type: OrderType,
    pub(crate) district: Option<&'a DistrictCode>,
    /// Units that returned the order; none of them gets it again (R30).
    pub(crate) returned_by: Vec<&'a UnitCode>,
    /// The unit whose staff is complained of; advice alone never sends it there (R7).
    pub(crate) against_unit: Option<&'a UnitCode>,
}

impl<'a> Matter<'a> {
    pub(crate) fn of(order: &'a WorkOrder) -> Self {
        Self {
            order_type: order.order_type,
            district: order.district.as_ref(),
            returned_by: order.returned_by().collect(),
            against_unit: order.against_unit.as_ref(),
        }
    }
}

/// Whether a command needs routing advice.
pub(crate) fn needed(order: Option<&WorkOrder>, command: &Command) -> bool {
    match (command, order) {
        (Command::Register(registration), None) => registration.missing.is_none(),
        (Command::AssessInformation(InformationAssessment::Sufficient), Some(order)) => matches!(
            order.stage,
            Stage::AwaitingInformation { supplied: true, .. }
        ),
        (Command::Route, Some(order)) => matches!(order.stage, Stage::AwaitingDispatch { .. }),
        (_, _) => false,
    }
}

/// Routes an order that waits for dispatch again.
pub(crate) fn route(order: &WorkOrder, draft: &mut Draft<'_>) -> Result<(), Rejection> {
    if draft.facts.routing.is_none() {
        return Err(Rejection::Missing {
            field: "routing advice",
        });
    }
    super::due::lapse(order, draft);
    advised(&Matter::of(order), draft)
}

/// Records the advice and follows it, or leaves the order to a person.
pub(crate) fn advised(matter: &Matter<'_>, draft: &mut Draft<'_>) -> Result<(), Rejection> {
    let Some(advice) = &draft.facts.routing else {
        draft.notify(Recipient::Center, Notice::AwaitsRouting);
        return Ok(());
    };
    let consequence = consequence(matter, advice, draft);
    draft.emit(Event::RoutingAdvised {
        advice: advice.clone(),
        consequence: consequence.clone(),
    });
    match consequence {
        RoutingConsequence::PersonQueue { reason: _ } => {
            draft.notify(Recipient::Center, Notice::AwaitsRouting);
            Ok(())
        }
        RoutingConsequence::Dispatch { unit } => {
            let chosen_by = DispatchChoice::Advice;
            let sending = Sending {
                unit,
                chosen_by,
                special_limit: None,
                role: AssignmentRole::Ordinary,
            };
            dispatch::send(matter, sending, draft)
        }
    }
}

/// What the core makes of the advice.
fn consequence(
    matter: &Matter<'_>,
    advice: &RoutingAdvice,
    draft: &Draft<'_>,
) -> RoutingConsequence {
    let thresholds = &draft.context.rules().auto_dispatch;
    let queue = |reason| RoutingConsequence::PersonQueue { reason };
    let Some(best) = advice.verdict.as_deref().and_then(best_of) else {
        return queue(why_no_verdict(advice));
    };
    let unit = UnitCode::new(best.unit.clone());
    let rivals = advice
        .verdict
        .iter()
        .flatten()
        .filter(|candidate| candidate.unit != best.unit);
    if let Some(reason) = too_weak(best, rivals, thresholds) {
        queue(reason)
    } else if draft.context.directory.unit(&unit).is_none() {
        queue(QueueReason::UnknownUnit)
    } else if matter.returned_by.contains(&&unit) {
        queue(QueueReason::Returned)
    } else if matter.against_unit == Some(&unit) {
        queue(QueueReason::AgainstUnit)
    } else if matter.order_type == OrderType::Consultation && !thresholds.consultations {
        queue(QueueReason::MaybeAnswerable)
    } else {
        RoutingConsequence::Dispatch { unit }
    }
}

/// The candidate with the highest score, the first of equals; the ranking's order is not trusted.
fn best_of(candidates: &[Candidate]) -> Option<&Candidate> {
    candidates
        .iter()
        .rev()
        .max_by_key(|candidate| candidate.score_permille)
}

fn too_weak<'a>(
    best: &Candidate,
    rivals: impl Iterator<Item = &'a Candidate>,
    thresholds: &AutoDispatch,
) -> Option<QueueReason> {
    if best.score_permille < thresholds.score_permille_min {
        return Some(QueueReason::LowScore);
    }
    let second = rivals.map(|candidate| candidate.score_permille).max()?;
    let lead = best.score_permille.saturating_sub(second);
    (lead < thresholds.lead_permille_min).then_some(QueueReason::TooClose)
}

/// Why nobody had a verdict: nobody was asked, everybody passed, or somebody failed to answer.
fn why_no_verdict(advice: &RoutingAdvice) -> QueueReason {
    let passed = |outcome: &Outcome| match outcome {
        Outcome::NoOpinion => true,
        Outcome::Answered | Outcome::Refused { .. } | Outcome::Failed { .. } => false,
    };
    if advice.attempts.is_empty() {
        QueueReason::NoRule
    } else if advice
        .attempts
        .iter()
        .all(|attempt| passed(&attempt.outcome))
    {
        QueueReason::NoOpinion
    } else {
        QueueReason::RulesFailed
    }
}
