//! What usually happens next to an order, and who usually does it.

use contract::types::Channel;
use lifecycle::command::CommandKind as Kind;
use lifecycle::event::AssignmentRole;
use lifecycle::ids::{Actor, DistrictCode, Role};
use lifecycle::order::{Stage, SupervisionState, WorkOrder};

use super::{actor as somebody, any_unit, anybody};
use crate::dice::Dice;
use crate::model::At;
use crate::world::{DISTRICTS, Slot};

/// A kind of command that fits the order.
pub(super) fn kind(slot: &Slot, now: At, dice: &mut Dice) -> Kind {
    let supervised = slot.core.supervisions.iter();
    let mut states = supervised.map(|it| it.state);
    if dice.percent(12) {
        if states.clone().any(|it| it == SupervisionState::Answered) {
            return Kind::ReviewSupervision;
        }
        if states.any(|it| it == SupervisionState::Open) {
            return Kind::AnswerSupervision;
        }
    }
    if dice.percent(5) {
        return dice.pick(&[
            Kind::Conceal,
            Kind::FlagConduct,
            Kind::SetPriority,
            Kind::ListLongTerm,
            Kind::ListLongTerm,
            Kind::LinkOrders,
            Kind::RateService,
            Kind::Supervise,
            Kind::Supervise,
            Kind::DismissProposal,
            Kind::RecomputeDeadlines,
        ]);
    }
    if dice.below(150) == 0 {
        return Kind::Withdraw;
    }
    dice.weighted(&by_stage(&slot.core, now))
}

fn by_stage(order: &WorkOrder, now: At) -> Vec<(u64, Kind)> {
    match &order.stage {
        Stage::AwaitingInformation {
            answer_by,
            supplied,
        } => asking(order.channel, answer_by.is_some(), *supplied),
        Stage::AwaitingDispatch { .. } => vec![
            (
                if order.assignments.is_empty() { 12 } else { 30 },
                Kind::Dispatch,
            ),
            (2, Kind::Route),
            (1, Kind::AnswerDirectly),
            (1, Kind::RequestInformation),
            (1, Kind::Reclassify),
            (1, Kind::AddStatement),
            (1, Kind::OpenCoordination),
        ],
        Stage::AwaitingVerification | Stage::InHandling => at_unit(order, now),
        Stage::ReturnRequested => vec![(10, Kind::DecideReturn), (1, Kind::AddStatement)],
        Stage::InCoordination => vec![
            (5, Kind::RequestOpinion),
            (5, Kind::RecordOpinion),
            (4, Kind::Dispatch),
            (1, Kind::AddStatement),
        ],
        Stage::UnderDistrictReview { .. } => vec![(1, Kind::ReviewAtDistrict)],
        Stage::UnderReview { .. } => vec![(1, Kind::Review)],
        Stage::Withdrawn => vec![(1, Kind::CloseWithdrawn)],
        Stage::AwaitingRatingOffer { .. } => vec![(1, Kind::RecordRatingOffer)],
        Stage::AwaitingRating { .. } => vec![(8, Kind::Rate), (2, Kind::RecordDelivery)],
        Stage::AwaitingFollowUp { followed_up: false } => vec![
            (9, Kind::RecordFollowUp),
            (1, Kind::SendBack),
            (1, Kind::CloseDissatisfied),
        ],
        Stage::AwaitingFollowUp { followed_up: true } => vec![
            (1, Kind::RecordFollowUp),
            (9, Kind::SendBack),
            (5, Kind::CloseDissatisfied),
        ],
        Stage::AwaitingStatement { .. } => vec![(1, Kind::FileDiligenceStatement)],
        Stage::Closed { .. } => vec![
            (3, Kind::RateService),
            (3, Kind::Supervise),
            (2, Kind::ListLongTerm),
            (2, Kind::CountAlike),
            (1, Kind::RecomputeDeadlines),
        ],
    }
}

fn asking(channel: Channel, noticed: bool, supplied: bool) -> Vec<(u64, Kind)> {
    if supplied {
        return vec![(9, Kind::AssessInformation), (1, Kind::CloseIncomplete)];
    }
    match channel {
        Channel::Phone => vec![
            (9, Kind::RecordContactAttempt),
            (2, Kind::SupplyInformation),
            (3, Kind::CloseIncomplete),
        ],
        Channel::Online if noticed => {
            vec![
                (3, Kind::RecordDelivery),
                (4, Kind::SupplyInformation),
                (1, Kind::CloseIncomplete),
            ]
        }
        Channel::Online => vec![
            (6, Kind::RecordInformationNotice),
            (1, Kind::SupplyInformation),
        ],
    }
}

/// What a unit, and whoever has to do with it, does with an order that it has.
fn at_unit(order: &WorkOrder, now: At) -> Vec<(u64, Kind)> {
    let Some(task) = order.assignment() else {
        return vec![(1, Kind::Route)];
    };
    let when = |weight: u64, is_so: bool| if is_so { weight } else { 0 };
    let untold = task.extensions.last().is_some_and(|it| it.told.is_none());
    let unjudged = order.unjudged_statements().next().is_some();
    let names = task.role == AssignmentRole::Lead && task.assisting.is_empty();
    let objects = task.assisting.iter().any(|it| it.objection.is_some());
    let in_time = task.verify_by.as_ref().is_some_and(|it| !it.is_late(now));
    let calling = (1..4).contains(&task.contact_attempts.len());
    let verifies = order.stage == Stage::AwaitingVerification;
    vec![
        (1, Kind::Reclassify),
        (1 + when(8, verifies), Kind::AcceptDuty),
        (
            1 + when(11, in_time || task.late_return_allowed),
            Kind::RequestReturn,
        ),
        (when(3, !in_time), Kind::AllowLateReturn),
        (when(12, names), Kind::NameAssistingUnits),
        (when(3, !task.assisting.is_empty()), Kind::RecordAssistance),
        (when(3, !task.assisting.is_empty()), Kind::ObjectToAssisting),
        (when(8, objects), Kind::DecideObjection),
        (1 + when(6, !task.handle_by.is_late(now)), Kind::Extend),
        (when(12, untold), Kind::RecordExtensionNotice),
        (4, Kind::AddStatement),
        (when(14, unjudged), Kind::JudgeStatement),
        (4 + when(12, calling), Kind::RecordContactAttempt),
        (3 + when(5, task.reply.is_none()), Kind::RecordReply),
        (7 + when(9, task.reply.is_some()), Kind::Submit),
    ]
}

/// Who usually gives a command.
pub(super) fn actor(slot: Option<&Slot>, kind: Kind, dice: &mut Dice) -> Actor {
    let Some(slot) = slot else {
        let role = dice.pick(&[Role::Operator, Role::Channel, Role::System]);
        return somebody(role);
    };
    let assignment = slot.core.assignment();
    let unit = |unit: Option<lifecycle::ids::UnitCode>, dice: &mut Dice| {
        let unit = unit.unwrap_or_else(|| any_unit(dice));
        let of_staff = slot.core.against_unit.as_ref() == Some(&unit);
        if dice.percent(if of_staff { 90 } else { 5 }) {
            somebody(Role::Leader(unit))
        } else {
            somebody(Role::Unit(unit))
        }
    };
    match kind {
        Kind::Register | Kind::SupplyInformation | Kind::AddStatement | Kind::Withdraw => {
            let role = dice.pick(&[Role::Operator, Role::Channel]);
            somebody(role)
        }
        Kind::Rate | Kind::RateService => somebody(Role::Channel),
        Kind::RecordInformationNotice
        | Kind::RecordRatingOffer
        | Kind::RecordDelivery
        | Kind::ListLongTerm
        | Kind::CountAlike
        | Kind::MarkDue
        | Kind::RecomputeDeadlines => Actor::system(),
        Kind::RecordContactAttempt
            if matches!(slot.core.stage, Stage::AwaitingInformation { .. })
                || (slot.core.is_relayed() && dice.percent(30)) =>
        {
            somebody(Role::Operator)
        }
        Kind::AcceptDuty
        | Kind::RequestReturn
        | Kind::NameAssistingUnits
        | Kind::Extend
        | Kind::RecordExtensionNotice
        | Kind::JudgeStatement
        | Kind::RecordContactAttempt
        | Kind::RecordReply
        | Kind::Submit
        | Kind::CloseWithdrawn
        | Kind::FileDiligenceStatement => unit(assignment.map(|it| it.unit.clone()), dice),
        Kind::RecordAssistance | Kind::ObjectToAssisting => {
            let all = assignment.map_or(&[][..], |it| &it.assisting);
            let one = (!all.is_empty()).then(|| all[dice.index(all.len())].unit.clone());
            unit(one, dice)
        }
        Kind::RecordOpinion if dice.percent(70) => {
            let opinions = slot.core.coordination.iter().flat_map(|it| &it.opinions);
            let mut open = opinions.filter(|it| it.given.is_none());
            unit(open.next().map(|it| it.request.adviser.clone()), dice)
        }
        Kind::AnswerSupervision => {
            let all = slot.core.supervisions.iter();
            let units = all.flat_map(|it| std::iter::once(&it.unit).chain(&it.guidance));
            let mut owed = units.filter(|it| it.answer.is_none());
            unit(owed.next().map(|it| it.unit.clone()), dice)
        }
        Kind::ReviewAtDistrict => {
            if let Stage::UnderDistrictReview { district } = &slot.core.stage {
                return somebody(Role::District(district.clone()));
            }
            let district = DistrictCode::new(dice.pick(DISTRICTS));
            somebody(Role::District(district))
        }
        _ if dice.percent(1) => anybody(dice),
        _ => somebody(Role::Operator),
    }
}
