//! Supervision 督办 (Art. 25).

use engine::Texts;
use lifecycle::command::{self, Command};
use lifecycle::ids::UnitCode;
use serde::Deserialize;
use utoipa::ToSchema;

use super::IntoCommand;
use crate::dto::{Period, Words};

/// A supervision order (Art. 25, R47–R51).
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SupervisionOrder {
    /// Which case of Art. 25(2) it is.
    pub case: SupervisionCase,
    /// What the unit must do.
    pub requirement: Words,
    /// The guidance unit, which answers too where a diligence statement is objected to (R51).
    #[schema(value_type = Option<String>, example = "GZ-CGJ")]
    pub guidance_unit: Option<UnitCode>,
}

/// The cases of supervision.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case", tag = "case", deny_unknown_fields)]
pub enum SupervisionCase {
    /// Overdue without good reason: two working days (Art. 25(2)(1)).
    Overdue {},
    /// Feedback not as required: five working days (Art. 25(2)(2)).
    FeedbackInadequate {},
    /// A long-term matter: effective measures, no limit in days (Art. 25(2)(3)).
    LongTerm {},
    /// Objection to a diligence statement: five working days, two addressees (Art. 25(2)(4)).
    StatementObjection {},
    /// Anything else: the centre sets the limit (Art. 25(1)).
    Other {
        /// The limit.
        period: Period,
    },
}

impl From<SupervisionCase> for command::SupervisionCase {
    fn from(case: SupervisionCase) -> Self {
        match case {
            SupervisionCase::Overdue {} => Self::Overdue,
            SupervisionCase::FeedbackInadequate {} => Self::FeedbackInadequate,
            SupervisionCase::LongTerm {} => Self::LongTerm,
            SupervisionCase::StatementObjection {} => Self::StatementObjection,
            SupervisionCase::Other { period } => Self::Other {
                period: period.into(),
            },
        }
    }
}

impl IntoCommand for SupervisionOrder {
    fn into_command(self, texts: &mut Texts) -> Command {
        Command::Supervise(command::SupervisionOrder {
            case: self.case.into(),
            requirement: texts.add(self.requirement.into()),
            guidance_unit: self.guidance_unit,
        })
    }
}

/// An answer to a supervision (Art. 25).
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SupervisionAnswer {
    /// Position in the history of the supervision.
    pub supervision: u64,
    /// What was done.
    pub answer: Words,
    /// Why the order was late; the regulation wants it in the case of Art. 25(2)(1) (R48).
    pub delay_explanation: Option<Words>,
}

impl IntoCommand for SupervisionAnswer {
    fn into_command(self, texts: &mut Texts) -> Command {
        Command::AnswerSupervision(command::SupervisionAnswer {
            supervision: self.supervision,
            answer: texts.add(self.answer.into()),
            delay_explanation: self.delay_explanation.map(|why| texts.add(why.into())),
        })
    }
}

/// What the centre makes of the answers (Art. 25, R47).
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SupervisionReview {
    /// Position in the history of the supervision.
    pub supervision: u64,
    /// Why the answers do not do and are to be given again; without it they are accepted.
    pub rejected: Option<Words>,
}

impl IntoCommand for SupervisionReview {
    fn into_command(self, texts: &mut Texts) -> Command {
        Command::ReviewSupervision(command::SupervisionReview {
            supervision: self.supervision,
            rejected: self.rejected.map(|why| texts.add(why.into())),
        })
    }
}
