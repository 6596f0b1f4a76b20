//! Nansha district's escalation plugin: the district warns earlier than the city, and where a matter
//! of its port is concerned, it names the bodies that must sit at the table.
//!
//! It speaks about orders in Nansha that are due soon or just overdue, and about nothing else.

pub mod settings;

use sdk::Refusal;
use sdk::escalation::{Action, Audience, Priority, Proposal, Question, Trigger, Verdict};

pub use settings::{Body, Rules, Settings};

sdk::escalation! {
    name: "nansha-escalation",
    summary: "南沙区：提前预警；涉港口事项点名港航、海事等单位会办",
    settings: Settings,
    escalate: escalate,
}

/// Advises on one order.
///
/// # Errors
///
/// None; the signature is the contract's.
pub fn escalate(rules: &Rules, question: &Question) -> Result<Verdict, Refusal> {
    if question.district.as_deref() != Some(rules.settings.district.as_str()) {
        return Ok(Verdict::NoOpinion);
    }
    let bodies = rules.bodies(question);
    Ok(match question.trigger {
        Trigger::DueSoon(days) => due_soon(rules, question, days, &bodies),
        Trigger::Overdue(days) if days < rules.settings.leave_to_city_after_days => {
            overdue(question, days, &bodies)
        }
        Trigger::Overdue(_)
        | Trigger::Returned(_)
        | Trigger::RatedBadly(_)
        | Trigger::OneOfMany(_) => Verdict::NoOpinion,
    })
}

fn due_soon(rules: &Rules, question: &Question, days: u16, bodies: &[&Body]) -> Verdict {
    if days > rules.warn_days(question.order_type, !bodies.is_empty()) {
        return Verdict::Nothing;
    }
    let left = match days {
        0 => "办理期限今日24时届满".to_owned(),
        days => format!("距办理期限届满还有{days}个工作日"),
    };
    let mut actions = Actions::default();
    if question.unit.is_some() {
        actions.add(
            Action::Notify(Audience::HandlingUnit),
            format!("{left}，请抓紧办理"),
        );
    }
    if !bodies.is_empty() {
        let reason = format!("{left}，涉港口事项，请协调{}会办", names(bodies));
        actions.add(Action::Notify(Audience::DistrictOffice), reason);
    }
    if days == 0 {
        if question.unit.is_some() {
            let reason = format!("{left}，请分管领导督促当日办结");
            actions.add(Action::Notify(Audience::LeaderInCharge), reason);
        }
        actions.add(
            Action::RaisePriority(Priority::High),
            format!("{left}，建议优先办理"),
        );
    }
    actions.verdict()
}

fn overdue(question: &Question, days: u16, bodies: &[&Body]) -> Verdict {
    let late = format!("已逾期，今日为逾期第{}个工作日", u32::from(days) + 1);
    let mut actions = Actions::default();
    if question.unit.is_some() {
        let reason = format!("{late}，请说明逾期原因并尽快办结");
        actions.add(Action::Notify(Audience::HandlingUnit), reason);
        let reason = format!("{late}，请分管领导督促办理");
        actions.add(Action::Notify(Audience::LeaderInCharge), reason);
    }
    let reason = match bodies {
        [] => format!("{late}，请区热线工作机构督促"),
        bodies => format!("{late}，涉港口事项，请召集{}会商", names(bodies)),
    };
    actions.add(Action::Notify(Audience::DistrictOffice), reason);
    actions.add(
        Action::RaisePriority(Priority::High),
        format!("{late}，建议优先办理"),
    );
    actions.verdict()
}

/// The bodies' names, as a sentence lists them.
fn names(bodies: &[&Body]) -> String {
    bodies
        .iter()
        .map(|body| body.name.as_str())
        .collect::<Vec<_>>()
        .join("、")
}

/// Proposals in the order in which they are added.
#[derive(Default)]
struct Actions(Vec<Proposal>);

impl Actions {
    fn add(&mut self, action: Action, reason: String) {
        self.0.push(Proposal { action, reason });
    }

    fn verdict(self) -> Verdict {
        if self.0.is_empty() {
            Verdict::Nothing
        } else {
            Verdict::Actions(self.0)
        }
    }
}

#[cfg(test)]
mod tests;
