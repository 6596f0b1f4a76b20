//! Feedback on points (Art. 36, R68): what is sent, and how it is shown.

use engine::Texts;
use knowledge_base::Command;
use knowledge_base::feedback::{self, Action, NewFeedback as CoreNewFeedback, Stage};
use knowledge_base::ids::PointId;
use lifecycle::ids::UnitCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::requests::IntoKnowledgeCommand;
use super::{Fault, KnowledgeDeadline, Urgency, reference};
use crate::dto::{Time, Words};
use crate::problem::{Problem, codes};

/// A feedback by which the centre asks a unit to see to a point, or to write one.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewFeedback {
    /// Code of the unit that is asked: the owner of the point.
    #[schema(value_type = String, example = "GZ-CGJ")]
    pub unit: UnitCode,
    /// Number of the point; left out where a new one is needed.
    #[schema(value_type = Option<String>)]
    pub point: Option<PointId>,
    /// What is the matter.
    pub fault: Fault,
    /// How soon.
    pub urgency: Urgency,
    /// What is wrong or missing, and what people ask.
    pub description: Words,
}

impl IntoKnowledgeCommand for NewFeedback {
    fn into_command(self, texts: &mut Texts) -> Command {
        Command::Feedback(feedback::Command::Open(CoreNewFeedback {
            unit: self.unit,
            point: self.point,
            fault: self.fault.into(),
            urgency: self.urgency.into(),
            description: texts.add(self.description.into()),
        }))
    }
}

/// What a unit did about a feedback (Art. 36(2)).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum FeedbackAction {
    /// 增补: a new point was published.
    Added,
    /// 修改: a new version of the point was published.
    Revised,
    /// 审核: the point was looked at and its validity confirmed.
    Confirmed,
    /// 下架: the point was taken down.
    TakenDown,
    /// 无需操作: nothing is to be done; it is answered all the same.
    NothingToDo,
}

/// A unit's answer to a feedback.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FeedbackAnswer {
    /// What was done.
    pub action: FeedbackAction,
    /// Number of the new point; with `added`, and only there.
    #[schema(value_type = Option<String>)]
    pub point: Option<PointId>,
    /// In the unit's words; needed with `nothing_to_do`.
    pub explanation: Option<Words>,
}

impl IntoKnowledgeCommand for FeedbackAnswer {
    fn into_command(self, texts: &mut Texts) -> Command {
        let action = match (self.action, self.point) {
            (FeedbackAction::Added, Some(point)) => Action::Added { point },
            (FeedbackAction::Revised, _) => Action::Revised,
            (FeedbackAction::Confirmed, _) => Action::Confirmed,
            (FeedbackAction::TakenDown, _) => Action::TakenDown,
            // `check` has refused `added` without its point.
            (FeedbackAction::NothingToDo | FeedbackAction::Added, _) => Action::NothingToDo,
        };
        let explanation = self.explanation.map(|it| texts.add(it.into()));
        Command::Feedback(feedback::Command::Answer {
            action,
            explanation,
        })
    }

    fn check(&self) -> Result<(), Problem> {
        let fault = match (self.action, &self.point) {
            (FeedbackAction::Added, None) => "is missing; `added` names the new point",
            (FeedbackAction::Added, Some(_)) | (_, None) => return Ok(()),
            (_, Some(_)) => "goes with `added` only",
        };
        Err(Problem::field(codes::INVALID_FIELD, "point", fault))
    }
}

/// That a feedback was a mistake.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FeedbackWithdrawal {
    /// Why.
    pub reason: Words,
}

impl IntoKnowledgeCommand for FeedbackWithdrawal {
    fn into_command(self, texts: &mut Texts) -> Command {
        Command::Feedback(feedback::Command::Withdraw {
            reason: texts.add(self.reason.into()),
        })
    }
}

/// A feedback as it stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Feedback {
    /// The point; null where a new one is needed.
    pub point: Option<String>,
    /// What is the matter.
    pub fault: Fault,
    /// How soon.
    pub urgency: Urgency,
    /// In the centre's words: reference into `texts`.
    pub description: Uuid,
    /// When it was opened.
    pub opened_at: Time,
    /// Staff number of who opened it.
    pub opened_by: String,
    /// By when the unit answers.
    pub answer_by: KnowledgeDeadline,
    /// The answer, once there is one.
    pub answer: Option<ShownAnswer>,
    /// When it was withdrawn, if it was.
    pub withdrawn_at: Option<Time>,
    /// Why: reference into `texts`.
    pub withdrawal_reason: Option<Uuid>,
}

/// A unit's answer as it is shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = GivenFeedbackAnswer)]
pub struct ShownAnswer {
    /// When.
    pub at: Time,
    /// Staff number of who answered.
    pub by: String,
    /// What was done.
    pub action: FeedbackAction,
    /// The new point, where one was added.
    pub point: Option<String>,
    /// In the unit's words: reference into `texts`.
    pub explanation: Option<Uuid>,
    /// Whether it came after its time.
    pub late: bool,
}

impl From<&feedback::Feedback> for Feedback {
    fn from(it: &feedback::Feedback) -> Self {
        let (answer, withdrawn_at, withdrawal_reason) = match &it.stage {
            Stage::Open => (None, None, None),
            Stage::Answered(answer) => (Some(answer.into()), None, None),
            Stage::Withdrawn { at, reason } => (None, Some((*at).into()), Some(reference(*reason))),
        };
        Self {
            point: it.point.as_ref().map(ToString::to_string),
            fault: it.fault.into(),
            urgency: it.urgency.into(),
            description: reference(it.description),
            opened_at: it.opened_at.into(),
            opened_by: it.opened_by.clone(),
            answer_by: (&it.answer_by).into(),
            answer,
            withdrawn_at,
            withdrawal_reason,
        }
    }
}

impl From<&feedback::Answer> for ShownAnswer {
    fn from(answer: &feedback::Answer) -> Self {
        let (action, point) = match &answer.action {
            Action::Added { point } => (FeedbackAction::Added, Some(point.to_string())),
            Action::Revised => (FeedbackAction::Revised, None),
            Action::Confirmed => (FeedbackAction::Confirmed, None),
            Action::TakenDown => (FeedbackAction::TakenDown, None),
            Action::NothingToDo => (FeedbackAction::NothingToDo, None),
        };
        Self {
            at: answer.at.into(),
            by: answer.by.clone(),
            action,
            point,
            explanation: answer.explanation.map(reference),
            late: answer.late,
        }
    }
}
