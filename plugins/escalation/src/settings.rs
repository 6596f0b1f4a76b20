//! What the centre maintains. The file beside this crate, `settings.toml`, is the city's own.

use std::collections::BTreeSet;

use schemars::JsonSchema;
use sdk::{OrderType, Problem, Rating, problem};
use serde::Deserialize;

/// The whole of the settings: one ladder a trigger. With an empty ladder the plugin has no opinion.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// By working days left, 0 on the last day. A step counts from `at` downwards.
    #[serde(default)]
    pub due_soon: Vec<Step>,
    /// By working days since the deadline, 0 on the first day. A step counts from `at` upwards.
    #[serde(default)]
    pub overdue: Vec<Step>,
    /// By number of returns.
    #[serde(default)]
    pub returned: Vec<Step>,
    /// By rating: 1 is 不满意, 2 is 非常不满意.
    #[serde(default)]
    pub rated_badly: Vec<Step>,
    /// By number of open orders about the same thing.
    #[serde(default)]
    pub one_of_many: Vec<Step>,
}

/// What is done from a count on, until the next step.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// The count.
    pub at: u32,
    /// For which kinds of matters; for all that no step of the ladder names where left out.
    #[serde(default)]
    #[schemars(with = "Vec<String>")]
    pub order_types: Vec<OrderType>,
    /// What is proposed, in this order.
    pub measures: Vec<Measure>,
}

/// One measure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Measure {
    /// Tell the handling unit's own staff.
    NotifyHandlingUnit,
    /// Tell the unit's leader in charge (分管领导).
    NotifyLeaderInCharge,
    /// Tell the district's hotline office.
    NotifyDistrictOffice,
    /// Tell the hotline centre.
    NotifyHotlineCenter,
    /// Put the order under supervision (督办).
    Supervise,
    /// Handle it before ordinary orders.
    RaiseToHigh,
    /// Handle it first of all.
    RaiseToUrgent,
    /// Open hard-case coordination.
    OpenCoordination,
    /// List it as a long-term matter.
    ListLongTerm,
}

impl sdk::Settings for Settings {
    type Rules = Self;

    fn prepare(self) -> Result<Self, Vec<Problem>> {
        let mut problems = Vec::new();
        let ladders = [
            ("due_soon", &self.due_soon),
            ("overdue", &self.overdue),
            ("returned", &self.returned),
            ("rated_badly", &self.rated_badly),
            ("one_of_many", &self.one_of_many),
        ];
        for (name, ladder) in ladders {
            let mut seen = BTreeSet::new();
            for (n, step) in ladder.iter().enumerate() {
                let path = format!("{name}[{n}]");
                let kinds: Vec<_> = match step.order_types.as_slice() {
                    [] => vec![None],
                    kinds => kinds.iter().copied().map(Some).collect(),
                };
                if kinds.into_iter().any(|kind| !seen.insert((step.at, kind))) {
                    problems.push(problem(
                        format!("{path}.at"),
                        "another step of this ladder stands at the same count for the same matters",
                    ));
                }
                let distinct: BTreeSet<_> = step.measures.iter().collect();
                if distinct.len() != step.measures.len() {
                    problems.push(problem(
                        format!("{path}.measures"),
                        "names a measure twice; once is enough",
                    ));
                }
            }
        }
        for (n, step) in self.rated_badly.iter().enumerate() {
            if !(1..=2).contains(&step.at) {
                problems.push(problem(
                    format!("rated_badly[{n}].at"),
                    "must be 1 (不满意) or 2 (非常不满意)",
                ));
            }
        }
        for (n, step) in self.returned.iter().enumerate() {
            if step.measures.contains(&Measure::OpenCoordination) && step.at < 3 {
                problems.push(problem(
                    format!("returned[{n}].at"),
                    "coordination opens at 3 returns or more (Art. 18)",
                ));
            }
        }
        if problems.is_empty() {
            Ok(self)
        } else {
            Err(problems)
        }
    }
}

/// How bad a rating is, as the ladder counts it.
pub(crate) fn badness(rating: Rating) -> u32 {
    match rating {
        Rating::VerySatisfied | Rating::Satisfied | Rating::BasicallySatisfied => 0,
        Rating::Dissatisfied => 1,
        Rating::VeryDissatisfied => 2,
    }
}
