//! Who gives which command when: what leads on from a stage, and whose it is.

use lifecycle::command::CommandKind;
use lifecycle::ids::{Actor, UnitCode};
use lifecycle::order::{Stage, SupervisionState, WorkOrder};

use crate::chance::Chance;
use crate::city::{anybody, channel, leader_of, office_of, operator, some_unit, staff_of};

use CommandKind as C;

/// What leads on while a unit handles an order, by how often it does.
const HANDLING: [CommandKind; 21] = [
    C::Submit,
    C::Submit,
    C::Submit,
    C::Submit,
    C::Submit,
    C::Submit,
    C::RecordReply,
    C::Extend,
    C::RecordExtensionNotice,
    C::AddStatement,
    C::JudgeStatement,
    C::JudgeStatement,
    C::RecordContactAttempt,
    C::RecordContactAttempt,
    C::NameAssistingUnits,
    C::RecordAssistance,
    C::ObjectToAssisting,
    C::DecideObjection,
    C::AllowLateReturn,
    C::RequestReturn,
    C::Reclassify,
];

/// A command that makes sense in the order's stage.
pub(crate) fn likely(order: &WorkOrder, chance: &mut Chance) -> CommandKind {
    if chance.percent(8) {
        return beside(order, chance);
    }
    *chance.pick(match &order.stage {
        Stage::AwaitingInformation { supplied: true, .. } => &[C::AssessInformation],
        Stage::AwaitingInformation { .. } => &[
            C::SupplyInformation,
            C::SupplyInformation,
            C::RecordContactAttempt,
            C::CloseIncomplete,
        ],
        Stage::AwaitingDispatch { .. } => &[
            C::Dispatch,
            C::Dispatch,
            C::Dispatch,
            C::Dispatch,
            C::Dispatch,
            C::Route,
            C::AnswerDirectly,
            C::RequestInformation,
            C::OpenCoordination,
            C::AddStatement,
        ],
        Stage::AwaitingVerification => &[
            C::AcceptDuty,
            C::AcceptDuty,
            C::AcceptDuty,
            C::RequestReturn,
            C::RequestReturn,
            C::NameAssistingUnits,
            C::Submit,
            C::AddStatement,
        ],
        Stage::ReturnRequested => &[C::DecideReturn],
        Stage::InCoordination => &[C::RequestOpinion, C::RecordOpinion, C::Dispatch],
        Stage::InHandling => &HANDLING,
        Stage::UnderDistrictReview { .. } => &[C::ReviewAtDistrict],
        Stage::UnderReview { .. } => &[C::Review],
        Stage::Withdrawn => &[C::CloseWithdrawn],
        Stage::AwaitingRatingOffer { .. } => &[C::Withdraw, C::Supervise],
        Stage::AwaitingRating { .. } => &[C::Rate],
        Stage::AwaitingFollowUp { .. } => &[
            C::RecordFollowUp,
            C::SendBack,
            C::SendBack,
            C::CloseDissatisfied,
        ],
        Stage::AwaitingStatement { .. } => &[C::FileDiligenceStatement],
        Stage::Closed { .. } => &[C::RateService, C::Supervise, C::AnswerSupervision],
    })
}

/// What can be done to an order at any time.
fn beside(order: &WorkOrder, chance: &mut Chance) -> CommandKind {
    let open = order
        .supervisions
        .iter()
        .any(|it| it.state != SupervisionState::Accepted);
    if open && chance.percent(70) {
        return *chance.pick(&[C::AnswerSupervision, C::ReviewSupervision]);
    }
    *chance.pick(&[
        C::Withdraw,
        C::Conceal,
        C::FlagConduct,
        C::SetPriority,
        C::ListLongTerm,
        C::Supervise,
        C::RateService,
        C::DismissProposal,
        C::RecomputeDeadlines,
        C::MarkDue,
    ])
}

/// Whoever gives such a command on such an order, hardly ever somebody else. Of a complaint about a
/// unit's staff that is the unit's leader (R7).
pub(crate) fn author(kind: CommandKind, order: &WorkOrder, chance: &mut Chance) -> Actor {
    let by = usual(kind, order, chance);
    match by.role.unit() {
        Some(unit) if order.is_about_staff(&by.role) && chance.percent(85) => leader_of(unit),
        Some(_) | None => by,
    }
}

#[expect(clippy::too_many_lines, reason = "a table with a row for each command")]
fn usual(kind: CommandKind, order: &WorkOrder, chance: &mut Chance) -> Actor {
    if chance.percent(7) {
        return anybody(chance);
    }
    let assignment = order.assignment();
    let unit = assignment.map(|it| it.unit.clone());
    match kind {
        C::Register | C::Route | C::Dispatch if chance.percent(10) => Actor::system(),
        C::SupplyInformation | C::AddStatement | C::Withdraw if chance.percent(50) => {
            channel("portal")
        }
        C::AcceptDuty
        | C::RequestReturn
        | C::NameAssistingUnits
        | C::Extend
        | C::RecordExtensionNotice
        | C::JudgeStatement
        | C::RecordReply
        | C::Submit
        | C::CloseWithdrawn
        | C::FileDiligenceStatement => staff_of(&or_any(unit, chance)),
        C::RecordContactAttempt => unit.map_or_else(operator, |unit| staff_of(&unit)),
        C::RecordAssistance | C::ObjectToAssisting => {
            let assisting = assignment.and_then(|it| it.assisting.first());
            staff_of(&or_any(assisting.map(|it| it.unit.clone()), chance))
        }
        C::RecordOpinion => {
            let asked = order.coordination.iter().flat_map(|it| &it.opinions);
            let adviser = asked.last().map(|it| it.request.adviser.clone());
            staff_of(&or_any(adviser, chance))
        }
        C::AnswerSupervision => {
            let open = order.supervisions.last();
            let guidance = open.and_then(|it| it.guidance.as_ref());
            let guidance = guidance.filter(|_| chance.percent(50));
            let supervised = guidance.or_else(|| open.map(|it| &it.unit));
            staff_of(&or_any(supervised.map(|it| it.unit.clone()), chance))
        }
        C::ReviewAtDistrict => {
            if let Stage::UnderDistrictReview { district } = &order.stage {
                office_of(district)
            } else {
                anybody(chance)
            }
        }
        C::Rate | C::RateService => channel("portal"),
        C::RecordDelivery
        | C::ListLongTerm
        | C::CountAlike
        | C::MarkDue
        | C::RecomputeDeadlines => Actor::system(),
        C::Register
        | C::RequestInformation
        | C::RecordInformationNotice
        | C::SupplyInformation
        | C::AssessInformation
        | C::CloseIncomplete
        | C::Conceal
        | C::FlagConduct
        | C::SetPriority
        | C::Reclassify
        | C::LinkOrders
        | C::AnswerDirectly
        | C::Route
        | C::Dispatch
        | C::AllowLateReturn
        | C::DecideReturn
        | C::DecideObjection
        | C::OpenCoordination
        | C::RequestOpinion
        | C::AddStatement
        | C::Review
        | C::Withdraw
        | C::RecordRatingOffer
        | C::RecordFollowUp
        | C::SendBack
        | C::CloseDissatisfied
        | C::Supervise
        | C::ReviewSupervision
        | C::DismissProposal => operator(),
    }
}

fn or_any(unit: Option<UnitCode>, chance: &mut Chance) -> UnitCode {
    unit.unwrap_or_else(|| some_unit(chance))
}
