//! What clients send. Unknown fields are refused by name.

use engine::{IdentityClaim, Texts};
use lifecycle::command::Command;

use crate::problem::{Problem, codes};

/// Makes the body of a command that carries one text and nothing else.
macro_rules! one_text {
    ($(
        $(#[doc = $doc:literal])+
        $name:ident { $(#[doc = $field_doc:literal])+ $field:ident } = $command:ident;
    )+) => {$(
        $(#[doc = $doc])+
        #[derive(Debug, Clone, serde::Deserialize, utoipa::ToSchema)]
        #[serde(deny_unknown_fields)]
        pub struct $name {
            $(#[doc = $field_doc])+
            pub $field: crate::dto::Words,
        }

        impl crate::dto::requests::IntoCommand for $name {
            fn into_command(self, texts: &mut engine::Texts) -> lifecycle::command::Command {
                lifecycle::command::Command::$command {
                    $field: texts.add(self.$field.into()),
                }
            }
        }
    )+};
}

mod shared;

mod intake;

mod marks;

mod returns;

mod handling;

mod report;

mod rating;

mod supervision;

mod reference;

pub use handling::{
    DistrictReview, NewContactAttempt, NewExtension, NewReply, NewStatement, Review, ReviewOutcome,
    StatementJudgement,
};
pub use intake::{
    AcceptDuty, Answer, Assessment, Dispatch, Incomplete, IncompleteGround, InformationAssessment,
    InformationRequest, InformationSupply, NewSpecialLimit, RouteAgain, Withdrawal,
    WithdrawalClose,
};
pub use marks::{
    ConductNote, NewConcealment, NewOrderLink, PrioritySetting, ProposalDismissal, Reclassification,
};
pub use rating::{
    Close, DiligenceStatement, FollowUp, NewExclusion, RatingGiven, SendBack, ServiceRatingGiven,
};
pub use reference::{ClockSetting, HolidayNotice};
pub use report::{
    Conclusion, NewMediation, NoReply, NoReplyKind, ReportContent, Submission, SuggestionOutcome,
};
pub use returns::{
    Assistance, AssistanceObjection, AssistingUnits, Coordination, LateReturn, NewAssistingUnit,
    ObjectionDecision, OpinionGiven, OpinionRequest, ReturnDecision, ReturnGround, ReturnOutcome,
    ReturnRequest,
};
pub use shared::{NewEvidence, NewIdentity, Told, ToldKind};
pub use supervision::{SupervisionAnswer, SupervisionCase, SupervisionOrder, SupervisionReview};

/// A body that becomes a command; the texts in it are kept apart from the journal.
pub(crate) trait IntoCommand {
    /// The command, once [`IntoCommand::check`] has found nothing.
    fn into_command(self, texts: &mut Texts) -> Command;

    /// Checks what a single field cannot show.
    fn check(&self) -> Result<(), Problem> {
        Ok(())
    }

    /// How whoever speaks for the requester shows that the request is his or hers (R10); the engine
    /// judges it and puts its judgement into the command.
    fn claim(&self) -> Option<IdentityClaim> {
        None
    }
}

/// A field that is missing because of another one.
fn missing(field: &'static str, why: &'static str) -> Problem {
    Problem::field(codes::INVALID_FIELD, field, format!("is missing; {why}"))
}

/// A field that another one leaves no room for.
fn superfluous(field: &'static str, why: &'static str) -> Problem {
    Problem::field(codes::INVALID_FIELD, field, why)
}
