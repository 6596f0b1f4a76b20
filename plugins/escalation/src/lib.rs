//! The city's escalation plugin: what to do about an order that is due soon, overdue, returned
//! (Art. 18), rated badly (Art. 28) or one of many alike (Art. 26).
//!
//! The settings are ladders: for each trigger, steps with the measures that are taken from a count on.
//! The step reached counts, not the ones below it. Steps for named kinds of matters replace the
//! general ones for these.

pub mod settings;

mod reason;

use sdk::Refusal;
use sdk::escalation::{Action, Audience, Priority, Proposal, Question, Trigger, Verdict};

pub use settings::{Measure, Settings, Step};

sdk::escalation! {
    name: "escalation",
    summary: "临期提醒、逾期督办、多次退回启动协调、不满意回访（全市通用）",
    settings: Settings,
    escalate: escalate,
}

/// Advises on one order.
///
/// # Errors
///
/// None; the signature is the contract's.
pub fn escalate(settings: &Settings, question: &Question) -> Result<Verdict, Refusal> {
    let (ladder, count, descending) = match question.trigger {
        Trigger::DueSoon(days) => (&settings.due_soon, days.into(), true),
        Trigger::Overdue(days) => (&settings.overdue, days.into(), false),
        Trigger::Returned(times) => (&settings.returned, times.into(), false),
        Trigger::RatedBadly(rating) => (&settings.rated_badly, settings::badness(rating), false),
        Trigger::OneOfMany(orders) => (&settings.one_of_many, orders, false),
    };
    if ladder.is_empty() {
        return Ok(Verdict::NoOpinion);
    }
    let own = ladder
        .iter()
        .any(|step| step.order_types.contains(&question.order_type));
    let mine = ladder.iter().filter(|step| match own {
        true => step.order_types.contains(&question.order_type),
        false => step.order_types.is_empty(),
    });
    let step = if descending {
        mine.filter(|step| count <= step.at)
            .min_by_key(|step| step.at)
    } else {
        mine.filter(|step| step.at <= count)
            .max_by_key(|step| step.at)
    };
    let proposals: Vec<_> = step
        .into_iter()
        .flat_map(|step| &step.measures)
        .map(|measure| action(*measure))
        .filter(|action| makes_sense(*action, question))
        .map(|action| Proposal {
            action,
            reason: reason::of(action, question),
        })
        .collect();
    Ok(if proposals.is_empty() {
        Verdict::Nothing
    } else {
        Verdict::Actions(proposals)
    })
}

/// The contract's action for a measure.
fn action(measure: Measure) -> Action {
    match measure {
        Measure::NotifyHandlingUnit => Action::Notify(Audience::HandlingUnit),
        Measure::NotifyLeaderInCharge => Action::Notify(Audience::LeaderInCharge),
        Measure::NotifyDistrictOffice => Action::Notify(Audience::DistrictOffice),
        Measure::NotifyHotlineCenter => Action::Notify(Audience::HotlineCenter),
        Measure::Supervise => Action::Supervise,
        Measure::RaiseToHigh => Action::RaisePriority(Priority::High),
        Measure::RaiseToUrgent => Action::RaisePriority(Priority::Urgent),
        Measure::OpenCoordination => Action::OpenCoordination,
        Measure::ListLongTerm => Action::ListLongTerm,
    }
}

/// Whether there is anybody to take the measure, and whether it is not taken already.
fn makes_sense(action: Action, question: &Question) -> bool {
    match action {
        Action::Notify(Audience::HandlingUnit | Audience::LeaderInCharge) => {
            question.unit.is_some()
        }
        Action::Notify(Audience::DistrictOffice) => question.district.is_some(),
        Action::Supervise => question.unit.is_some() && !question.supervised,
        Action::Notify(Audience::HotlineCenter)
        | Action::RaisePriority(_)
        | Action::OpenCoordination
        | Action::ListLongTerm => true,
    }
}

#[cfg(test)]
mod tests;
