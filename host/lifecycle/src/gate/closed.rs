//! What a closed order still accepts, and why not the rest.

use crate::command::CommandKind;
use crate::event::CloseCode;
use crate::order::{Stage, WorkOrder};
use crate::rejection::Rejection;

/// A closed order accepts little: the rating of the hotline's service (R55), supervision (R51), the
/// list of long-term matters, links to other orders. A timer that comes too late has simply nothing to do.
/// What came too late for the time that the order ended with is told so, whether its timer has fired or not.
pub(super) fn check(order: &WorkOrder, command: CommandKind) -> Result<(), Rejection> {
    use CommandKind as C;
    match command {
        C::RateService
        | C::Supervise
        | C::AnswerSupervision
        | C::ReviewSupervision
        | C::ListLongTerm
        | C::LinkOrders
        | C::DismissProposal
        | C::MarkDue
        | C::RecomputeDeadlines => Ok(()),
        C::Register => Err(Rejection::AlreadyRegistered),
        C::SupplyInformation if ended_with(order, CloseCode::InformationLate) => {
            Err(Rejection::InformationTooLate { due_at: None })
        }
        C::FileDiligenceStatement if ended_with(order, CloseCode::StatementLapsed) => {
            Err(Rejection::StatementWindowOver { due_at: None })
        }
        C::Rate => Err(not_rated_any_more(order)),
        C::RequestInformation
        | C::RecordInformationNotice
        | C::SupplyInformation
        | C::AssessInformation
        | C::CloseIncomplete
        | C::Conceal
        | C::FlagConduct
        | C::SetPriority
        | C::Reclassify
        | C::CountAlike
        | C::AnswerDirectly
        | C::Route
        | C::Dispatch
        | C::AcceptDuty
        | C::RequestReturn
        | C::AllowLateReturn
        | C::DecideReturn
        | C::NameAssistingUnits
        | C::RecordAssistance
        | C::ObjectToAssisting
        | C::DecideObjection
        | C::OpenCoordination
        | C::RequestOpinion
        | C::RecordOpinion
        | C::Extend
        | C::RecordExtensionNotice
        | C::AddStatement
        | C::JudgeStatement
        | C::RecordContactAttempt
        | C::RecordReply
        | C::Submit
        | C::ReviewAtDistrict
        | C::Review
        | C::Withdraw
        | C::CloseWithdrawn
        | C::RecordRatingOffer
        | C::RecordDelivery
        | C::RecordFollowUp
        | C::SendBack
        | C::CloseDissatisfied
        | C::FileDiligenceStatement => Err(Rejection::Closed),
    }
}

fn ended_with(order: &WorkOrder, code: CloseCode) -> bool {
    matches!(order.stage, Stage::Closed { code: it, .. } if it == code)
}

/// P7, P8: withdrawn, rated before, not rated in time, or never to be rated.
fn not_rated_any_more(order: &WorkOrder) -> Rejection {
    let last = order.ratings.last().map(|it| it.rating);
    match last {
        _ if order.withdrawn.is_some() => Rejection::WithdrawnNotRated,
        Some(Some(_)) => Rejection::AlreadyRated,
        Some(None) => Rejection::RatingTooLate { due_at: None },
        None => Rejection::Closed,
    }
}
