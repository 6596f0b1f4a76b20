//! {{name}}: reminds the unit before the deadline, and tells the district after several returns.

pub mod component;

use schemars::JsonSchema;
use serde::Deserialize;

use component::{Action, Audience, Problem, Proposal, Question, Refusal, Trigger, Verdict, problem};

/// One sentence for the platform admin.
pub const SUMMARY: &str = "到期前提醒承办单位，多次退回时报区热线工作机构";

/// `settings.toml`: what can be changed without a new component. The doc comments are the descriptions
/// in the schema of the settings.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// Working days before the deadline from which on the unit is reminded.
    pub warn_days: u16,
    /// Returns from which on the district's office is told.
    pub returns_told: u16,
}

impl Settings {
    /// What types cannot check: every problem, not only the first one.
    pub fn problems(&self) -> Vec<Problem> {
        let mut problems = Vec::new();
        if self.returns_told == 0 {
            problems.push(problem("returns_told", "must be at least 1"));
        }
        problems
    }
}

/// This order needs attention: what now? Depends on nothing but the settings and the question: there is
/// no network and no file, and the clock stands at the question's own instant.
pub fn escalate(settings: &Settings, question: &Question) -> Result<Verdict, Refusal> {
    let (action, reason) = match question.trigger {
        Trigger::DueSoon(days) if question.unit.is_some() && days <= settings.warn_days => (
            Action::Notify(Audience::HandlingUnit),
            format!("距办理期限届满还有{days}个工作日，请抓紧办理"),
        ),
        Trigger::Returned(times) if times >= settings.returns_told => (
            Action::Notify(Audience::DistrictOffice),
            format!("工单已被退回{times}次，请区热线工作机构协调"),
        ),
        // The city's rules decide about the rest.
        _ => return Ok(Verdict::NoOpinion),
    };
    Ok(Verdict::Actions(vec![Proposal { action, reason }]))
}
