//! Why an order stands as it does, for people and for machines.

use lifecycle::rejection::Rejection;

use engine::{CommandStanding, CourseStep, OrderExplanation};
use serde::Serialize;
use utoipa::ToSchema;

use crate::dto::deadlines::{ExplainedDeadline, Texts};
use crate::dto::{CommandName, Time};

/// Why an order stands as it does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Explanation {
    /// Number of the order.
    pub order: String,
    /// Its version.
    pub version: u64,
    /// Where it stands.
    #[schema(example = "in_handling")]
    pub stage: &'static str,
    /// When it was explained.
    pub now: Time,
    /// Version of the calendar in force.
    pub calendar_version: String,
    /// Rule set in force.
    pub rule_set: String,
    /// Every deadline that it has or had, each with how it came about.
    pub deadlines: Vec<ExplainedDeadline>,
    /// What set the clocks, moved them, or left them alone although somebody may think otherwise.
    pub course: Vec<Step>,
    /// What can be done now, by role, and by what everything else is forbidden.
    pub commands: Vec<Standing>,
}

/// Something that happened to the clocks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Step {
    /// Position in the history.
    pub seq: u64,
    /// When.
    pub at: Time,
    /// The article that says so.
    #[schema(example = "第十九条")]
    pub article: &'static str,
    /// What it did to the clocks.
    pub explanation: Texts,
}

/// Whether a command can be given now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Standing {
    /// Who gives it.
    #[schema(example = "unit")]
    pub role: &'static str,
    /// The command.
    pub command: CommandName,
    /// Whether it can be given now, if what it carries is right.
    pub allowed: bool,
    /// What forbids it, where it cannot.
    pub forbidden_by: Option<Prohibition>,
}

/// What forbids a command.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Prohibition {
    /// Stable code, as in problems.
    #[schema(example = "extension-limit-reached")]
    pub code: &'static str,
    /// The article that forbids it, or that says in which stage it belongs.
    #[schema(example = "第十九条")]
    pub article: &'static str,
    /// What is wrong.
    pub detail: String,
    /// What would be needed instead.
    pub way_out: &'static str,
}

impl From<OrderExplanation> for Explanation {
    fn from(it: OrderExplanation) -> Self {
        Self {
            order: it.order.to_string(),
            version: it.version,
            stage: it.stage,
            now: it.now.into(),
            calendar_version: it.calendar_version,
            rule_set: it.rule_set,
            deadlines: it.deadlines.into_iter().map(Into::into).collect(),
            course: it.course.into_iter().map(Into::into).collect(),
            commands: it.commands.into_iter().map(Into::into).collect(),
        }
    }
}

impl From<CourseStep> for Step {
    fn from(step: CourseStep) -> Self {
        Self {
            seq: step.seq,
            at: step.at.into(),
            article: step.article,
            explanation: step.explanation.into(),
        }
    }
}

impl From<CommandStanding> for Standing {
    fn from(standing: CommandStanding) -> Self {
        // A stage that does not fit is no article of its own: the command's says in which it belongs.
        let article = |rejection: &Rejection| match rejection.article() {
            "" => standing.command.article(),
            article => article,
        };
        let forbidden_by = standing.forbidden_by.as_ref().map(|rejection| Prohibition {
            code: rejection.code(),
            article: article(rejection),
            detail: rejection.to_string(),
            way_out: rejection.way_out(),
        });
        Self {
            role: standing.role,
            command: standing.command.into(),
            allowed: forbidden_by.is_none(),
            forbidden_by,
        }
    }
}
