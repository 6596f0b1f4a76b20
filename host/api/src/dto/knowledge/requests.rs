//! What clients send about knowledge points. Unknown fields are refused by name.

use engine::Texts;
use knowledge_base::Command;
use knowledge_base::point::{self, LongerFor, NewPoint as CoreNewPoint, Subject, Term};
use lifecycle::ids::UnitCode;
use serde::Deserialize;
use utoipa::ToSchema;

use super::content::{PointContent, Span};
use crate::dto::Words;
use crate::problem::{Problem, codes};

/// A body that becomes a command; the words in it are kept apart from the journal.
pub(crate) trait IntoKnowledgeCommand {
    /// The command.
    fn into_command(self, texts: &mut Texts) -> Command;

    /// Checks what a single field cannot show.
    fn check(&self) -> Result<(), Problem> {
        Ok(())
    }
}

/// A new point, which begins as a draft (Art. 34).
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewPoint {
    /// Code of the unit that will own it.
    #[schema(value_type = String, example = "GZ-CGJ")]
    pub owner: UnitCode,
    /// What it says.
    pub content: PointContent,
    /// How long it is to be valid; the longest that the law allows in principle, if not given.
    #[serde(default)]
    pub validity: Span,
    /// Why it is to be valid for longer than that, if so.
    pub longer_reason: Option<Words>,
}

impl IntoKnowledgeCommand for NewPoint {
    fn into_command(self, _: &mut Texts) -> Command {
        Command::Point(point::Command::Draft(CoreNewPoint {
            owner: self.owner,
            content: self.content.into(),
            term: term(self.validity, self.longer_reason),
        }))
    }
}

fn term(validity: Span, longer_reason: Option<Words>) -> Term {
    Term {
        span: validity.into(),
        longer_reason: longer_reason.map(Into::into),
    }
}

/// What a draft says now: all of it, not only what is new.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DraftEdit {
    /// What it says.
    pub content: PointContent,
    /// How long it is to be valid; the longest that the law allows in principle, if not given.
    #[serde(default)]
    pub validity: Span,
    /// Why it is to be valid for longer than that, if so.
    pub longer_reason: Option<Words>,
}

impl IntoKnowledgeCommand for DraftEdit {
    fn into_command(self, _: &mut Texts) -> Command {
        Command::Point(point::Command::Edit {
            content: self.content.into(),
            term: term(self.validity, self.longer_reason),
        })
    }
}

/// A new draft beside what is published, was taken down or has expired: all of it.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PointRevision {
    /// What it says.
    pub content: PointContent,
    /// How long it is to be valid; the longest that the law allows in principle, if not given.
    #[serde(default)]
    pub validity: Span,
    /// Why it is to be valid for longer than that, if so.
    pub longer_reason: Option<Words>,
}

impl IntoKnowledgeCommand for PointRevision {
    fn into_command(self, _: &mut Texts) -> Command {
        Command::Point(point::Command::Revise {
            content: self.content.into(),
            term: term(self.validity, self.longer_reason),
        })
    }
}

/// Makes the body of a command without fields: `{}` or no body.
macro_rules! no_fields {
    ($($(#[doc = $doc:literal])+ $name:ident = $command:expr;)+) => {$(
        $(#[doc = $doc])+
        #[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
        #[serde(deny_unknown_fields)]
        pub struct $name {}

        impl IntoKnowledgeCommand for $name {
            fn into_command(self, _: &mut Texts) -> Command {
                $command
            }
        }
    )+};
}

pub(super) use no_fields;

no_fields! {
    /// That the draft is dropped: `{}` or no body.
    DraftDiscard = Command::Point(point::Command::Discard);

    /// That the draft is handed to a second person: `{}` or no body.
    Submission = Command::Point(point::Command::Submit);

    /// That a point which was taken down answers again: `{}` or no body.
    Restoration = Command::Point(point::Command::Restore);
}

/// What the plugins are asked about: one of these members.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum PointCheck {
    /// The draft at this revision.
    Draft(u32),
    /// The published version of this number.
    Version(u32),
}

impl IntoKnowledgeCommand for PointCheck {
    fn into_command(self, _: &mut Texts) -> Command {
        let subject = match self {
            Self::Draft(revision) => Subject::Draft(revision),
            Self::Version(number) => Subject::Version(number),
        };
        Command::Point(point::Command::Check { subject })
    }
}

/// Whether something is right.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PointVerdict {
    /// It is.
    Pass,
    /// It is not.
    Fail,
}

/// `fail` says why, and only `fail` does.
fn fits(verdict: PointVerdict, reason: Option<&Words>) -> Result<(), Problem> {
    let fault = match (verdict, reason) {
        (PointVerdict::Pass, None) | (PointVerdict::Fail, Some(_)) => return Ok(()),
        (PointVerdict::Pass, Some(_)) => "goes with `fail` only",
        (PointVerdict::Fail, None) => "is missing; `fail` says why",
    };
    Err(Problem::field(codes::INVALID_FIELD, "reason", fault))
}

fn verdict(verdict: PointVerdict, reason: Option<Words>, texts: &mut Texts) -> point::Verdict {
    match (verdict, reason) {
        (PointVerdict::Fail, Some(reason)) => point::Verdict::Fail {
            reason: texts.add(reason.into()),
        },
        (PointVerdict::Pass | PointVerdict::Fail, _) => point::Verdict::Pass,
    }
}

/// What a second person says to a draft (Art. 34). `pass` publishes it.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PointReview {
    /// The revision that was read.
    pub revision: u32,
    /// Whether it is right.
    pub verdict: PointVerdict,
    /// Why not; with `fail`, and only there.
    pub reason: Option<Words>,
}

impl IntoKnowledgeCommand for PointReview {
    fn into_command(self, texts: &mut Texts) -> Command {
        Command::Point(point::Command::Review {
            revision: self.revision,
            verdict: verdict(self.verdict, self.reason, texts),
        })
    }

    fn check(&self) -> Result<(), Problem> {
        fits(self.verdict, self.reason.as_ref())
    }
}

/// That the published version is still right (Art. 35); a new validity begins.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PointConfirmation {
    /// How long from now; as long as the version was to be valid at first, if not given.
    pub validity: Option<Span>,
}

impl IntoKnowledgeCommand for PointConfirmation {
    fn into_command(self, _: &mut Texts) -> Command {
        Command::Point(point::Command::Confirm {
            span: self.validity.map(Into::into),
        })
    }
}

/// A wish for a longer validity than the law allows in principle (Art. 35).
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LongerValidity {
    /// How long, from the approval.
    pub validity: Span,
    /// Why.
    pub reason: Words,
}

impl IntoKnowledgeCommand for LongerValidity {
    fn into_command(self, _: &mut Texts) -> Command {
        Command::Point(point::Command::RequestLonger {
            span: self.validity.into(),
            reason: self.reason.into(),
        })
    }
}

/// What a longer validity is wanted for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum LongerSubject {
    /// A draft that passed its review; the approval publishes it.
    Draft,
    /// The published version.
    Published,
}

/// What the centre says to a longer validity (Art. 35).
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LongerDecision {
    /// Of what.
    pub of: LongerSubject,
    /// Approved or not.
    pub verdict: PointVerdict,
    /// Why not; with `fail`, and only there.
    pub reason: Option<Words>,
}

impl IntoKnowledgeCommand for LongerDecision {
    fn into_command(self, texts: &mut Texts) -> Command {
        Command::Point(point::Command::DecideLonger {
            of: match self.of {
                LongerSubject::Draft => LongerFor::Draft,
                LongerSubject::Published => LongerFor::Published,
            },
            verdict: verdict(self.verdict, self.reason, texts),
        })
    }

    fn check(&self) -> Result<(), Problem> {
        fits(self.verdict, self.reason.as_ref())
    }
}

/// That the published version no longer answers.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TakeDown {
    /// Why.
    pub reason: Words,
}

impl IntoKnowledgeCommand for TakeDown {
    fn into_command(self, texts: &mut Texts) -> Command {
        Command::Point(point::Command::TakeDown {
            reason: texts.add(self.reason.into()),
        })
    }
}
