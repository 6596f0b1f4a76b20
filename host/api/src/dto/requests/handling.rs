//! Handling: contact, extension, additions, reply, reviews (Art. 5, 12, 19–21).

use engine::{IdentityClaim, Texts};
use lifecycle::command::{self, Command, Identity};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{IntoCommand, NewEvidence, NewIdentity, Told, missing, superfluous};
use crate::dto::{ContactResult, Line, Period, ReplyMethod, StatementEffect, Time, Words};
use crate::problem::Problem;

/// An attempt to reach the requester by telephone (Art. 12, 21).
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewContactAttempt {
    /// When it began.
    pub started_at: Time,
    /// When it ended; not before it began, not in the future.
    pub ended_at: Time,
    /// What came of it.
    pub result: ContactResult,
    /// Identifier of the recording or call log.
    pub evidence: Line,
}

impl IntoCommand for NewContactAttempt {
    fn into_command(self, _: &mut Texts) -> Command {
        Command::RecordContactAttempt(command::ContactAttempt {
            started_at: self.started_at.into(),
            ended_at: self.ended_at.into(),
            result: self.result.into(),
            evidence: self.evidence.into(),
        })
    }
}

/// A reply to the requester (Art. 21).
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewReply {
    /// When the requester was told; not in the future, not before the dispatch.
    pub replied_at: Time,
    /// How.
    pub method: ReplyMethod,
    /// Main content.
    pub content: Words,
    /// At least one piece; the regulation refuses a reply without.
    #[serde(default)]
    pub evidence: Vec<NewEvidence>,
}

impl IntoCommand for NewReply {
    fn into_command(self, texts: &mut Texts) -> Command {
        Command::RecordReply(command::Reply {
            replied_at: self.replied_at.into(),
            method: self.method.into(),
            content: texts.add(self.content.into()),
            evidence: self.evidence.into_iter().map(Into::into).collect(),
        })
    }
}

/// An extension of the handling period (Art. 19, R36, R37).
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewExtension {
    /// How long; at most as long as the period of the first dispatch.
    pub period: Period,
    /// Why.
    pub reason: Words,
    /// The centre's approval, where the rule set wants one.
    pub approval: Option<NewEvidence>,
}

impl IntoCommand for NewExtension {
    fn into_command(self, texts: &mut Texts) -> Command {
        Command::Extend(command::Extension {
            period: self.period.into(),
            reason: texts.add(self.reason.into()),
            approval: self.approval.map(Into::into),
        })
    }
}

impl IntoCommand for Told {
    fn check(&self) -> Result<(), Problem> {
        self.fits(["at", "method", "evidence"])
    }

    fn into_command(self, _: &mut Texts) -> Command {
        Command::RecordExtensionNotice(self.into())
    }
}

/// Something that the requester adds before the unit submits (Art. 20, R38).
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewStatement {
    /// What was added.
    pub content: Words,
    /// When it was received; not in the future.
    pub received_at: Time,
    /// Who added it.
    pub from: NewIdentity,
}

impl IntoCommand for NewStatement {
    fn into_command(self, texts: &mut Texts) -> Command {
        Command::AddStatement {
            content: texts.add(self.content.into()),
            received_at: self.received_at.into(),
            identity: Identity::Other,
        }
    }

    fn claim(&self) -> Option<IdentityClaim> {
        Some(self.from.claim())
    }
}

/// What the unit makes of an addition (Art. 20, R38, R39).
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StatementJudgement {
    /// Position in the history of the addition.
    pub statement: u64,
    /// Whether it affects the handling.
    pub effect: StatementEffect,
    /// What the requester was told, and what was recorded of the contact.
    pub explanation: Words,
    /// How the requester was told.
    pub told: Told,
}

impl IntoCommand for StatementJudgement {
    fn check(&self) -> Result<(), Problem> {
        self.told.fits(["told.at", "told.method", "told.evidence"])
    }

    fn into_command(self, texts: &mut Texts) -> Command {
        Command::JudgeStatement(command::StatementJudgement {
            statement: self.statement,
            effect: self.effect.into(),
            explanation: texts.add(self.explanation.into()),
            told: self.told.into(),
        })
    }
}

/// Outcome of a review (Art. 5, R24).
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Review {
    /// Whether the report meets the requirements.
    pub review: ReviewOutcome,
    /// What is missing; needed with `fail`, and only there.
    pub reason: Option<Words>,
}

/// Whether a report meets the requirements.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ReviewOutcome {
    /// It does.
    Pass,
    /// It does not; the unit goes on, and its clock has never stopped.
    Fail,
}

impl IntoCommand for Review {
    fn check(&self) -> Result<(), Problem> {
        fits(self.review, self.reason.as_ref())
    }

    fn into_command(self, texts: &mut Texts) -> Command {
        Command::Review(into_core(self.reason, texts))
    }
}

/// Outcome of the first review, by the district's hotline office (Art. 5, R3).
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DistrictReview {
    /// Whether the report meets the requirements.
    pub review: ReviewOutcome,
    /// What is missing; needed with `fail`, and only there.
    pub reason: Option<Words>,
}

impl IntoCommand for DistrictReview {
    fn check(&self) -> Result<(), Problem> {
        fits(self.review, self.reason.as_ref())
    }

    fn into_command(self, texts: &mut Texts) -> Command {
        Command::ReviewAtDistrict(into_core(self.reason, texts))
    }
}

/// A reason goes with `fail`, and only there.
fn fits(review: ReviewOutcome, reason: Option<&Words>) -> Result<(), Problem> {
    match (review, reason) {
        (ReviewOutcome::Fail, None) => Err(missing("reason", "`fail` needs what is missing")),
        (ReviewOutcome::Pass, Some(_)) => Err(superfluous("reason", "goes with `fail` only")),
        (ReviewOutcome::Fail, Some(_)) | (ReviewOutcome::Pass, None) => Ok(()),
    }
}

fn into_core(reason: Option<Words>, texts: &mut Texts) -> command::Review {
    match reason {
        Some(reason) => command::Review::Fail {
            reason: texts.add(reason.into()),
        },
        None => command::Review::Pass,
    }
}
