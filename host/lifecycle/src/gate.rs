//! Who may give which command, in which stage, for which type of matter: two tables, checked before
//! any rule looks at the content. Permission comes first, so that no later answer leaks anything.

mod closed;

use contract::types::OrderType;

use crate::command::CommandKind;
use crate::decide::Context;
use crate::ids::{Actor, Role, UnitCode};
use crate::order::{Stage, WorkOrder};
use crate::rejection::Rejection;
use crate::rules::standing;

/// The commands that an actor may give on an order as it stands, by role, stage and type of the
/// matter; what they carry is checked only when they are given.
#[must_use]
pub fn allowed(order: &WorkOrder, by: &Actor) -> Vec<CommandKind> {
    let fits = |kind: &CommandKind| {
        check_permission(Some(order), *kind, by).is_ok() && check_stage(order, *kind, by).is_ok()
    };
    CommandKind::ALL.iter().copied().filter(fits).collect()
}

/// Every command that an actor's role may give at all, and what stands against it now: nothing, or the
/// rejection with its article that the command would meet whatever it carried.
#[must_use]
pub fn forbidden(
    order: &WorkOrder,
    by: &Actor,
    context: &Context<'_>,
) -> Vec<(CommandKind, Option<Rejection>)> {
    let mut commands = Vec::new();
    for kind in CommandKind::ALL.iter().copied() {
        let permitted = check_permission(Some(order), kind, by);
        if let Err(Rejection::NotPermitted { .. }) = permitted {
            continue;
        }
        let checked = permitted
            .and_then(|()| check_stage(order, kind, by))
            .and_then(|()| standing::check(order, kind, by, context));
        commands.push((kind, checked.err()));
    }
    commands
}

/// Art. 5, 6, 43: the role may give the command, and a unit only on the order that it has a part in.
/// For whoever must know before anything else about the order is told; [`crate::decide`] checks it by
/// itself.
///
/// # Errors
/// [`Rejection::NotPermitted`], [`Rejection::NotTheHandlingUnit`].
pub fn check_permission(
    order: Option<&WorkOrder>,
    command: CommandKind,
    by: &Actor,
) -> Result<(), Rejection> {
    let parties = parties(command);
    let may = |party: Party| parties.contains(&party);
    let not_permitted = Err(Rejection::NotPermitted {
        command: command.name(),
    });
    match &by.role {
        Role::Operator if may(Party::Center) => Ok(()),
        Role::Channel if may(Party::Channel) => Ok(()),
        Role::System if may(Party::System) => Ok(()),
        Role::District(district) if may(Party::District) => {
            let theirs = |order: &WorkOrder| match &order.stage {
                Stage::UnderDistrictReview { district: it } => it == district,
                Stage::AwaitingInformation { .. }
                | Stage::AwaitingDispatch { .. }
                | Stage::AwaitingVerification
                | Stage::ReturnRequested
                | Stage::InCoordination
                | Stage::InHandling
                | Stage::UnderReview { .. }
                | Stage::Withdrawn
                | Stage::AwaitingRatingOffer { .. }
                | Stage::AwaitingRating { .. }
                | Stage::AwaitingFollowUp { .. }
                | Stage::AwaitingStatement { .. }
                | Stage::Closed { .. } => order.district.as_ref() == Some(district),
            };
            if order.is_some_and(theirs) {
                Ok(())
            } else {
                not_permitted
            }
        }
        Role::Unit(unit) | Role::Leader(unit) => {
            let mut theirs = parties.iter().filter(|party| party.is_a_unit()).peekable();
            // R7: staff that is complained of is told no more than somebody with no part in the order.
            let order = order.filter(|order| !order.is_about_staff(&by.role));
            if theirs.peek().is_none() {
                not_permitted
            } else if theirs.any(|party| order.is_some_and(|order| party.is(order, unit))) {
                Ok(())
            } else {
                Err(Rejection::NotTheHandlingUnit { unit: unit.clone() })
            }
        }
        Role::Operator
        | Role::Channel
        | Role::System
        | Role::District(_)
        | Role::Admin
        | Role::Auditor => not_permitted,
    }
}

/// Who has a part in an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Party {
    /// The hotline centre (Art. 5), which also acts for the authority that runs it (Art. 4, 18).
    Center,
    /// The unit that has the order, or had it last (Art. 6).
    Unit,
    /// A unit that assists the lead unit (Art. 17(3)).
    Assisting,
    /// An authority that was asked for its opinion (Art. 18).
    Adviser,
    /// A unit or guidance unit under supervision (Art. 25).
    Supervised,
    /// The district's hotline office (Art. 5).
    District,
    /// A channel system that acts for requesters.
    Channel,
    /// Kapok itself: timers, effects, imports.
    System,
}

impl Party {
    const fn is_a_unit(self) -> bool {
        match self {
            Self::Unit | Self::Assisting | Self::Adviser | Self::Supervised => true,
            Self::Center | Self::District | Self::Channel | Self::System => false,
        }
    }

    /// Whether the unit is this party of the order.
    fn is(self, order: &WorkOrder, unit: &UnitCode) -> bool {
        match self {
            Self::Unit => order.assignment().is_some_and(|it| it.unit == *unit),
            Self::Assisting => order.assignment().is_some_and(|it| {
                let mut assisting = it.assisting.iter();
                assisting.any(|it| it.unit == *unit && !it.released)
            }),
            Self::Adviser => order.coordination.as_ref().is_some_and(|it| {
                let mut opinions = it.opinions.iter();
                opinions.any(|it| it.request.adviser == *unit)
            }),
            Self::Supervised => order.supervisions.iter().any(|it| {
                let mut units = std::iter::once(&it.unit).chain(&it.guidance);
                units.any(|it| it.unit == *unit)
            }),
            Self::Center | Self::District | Self::Channel | Self::System => false,
        }
    }
}

/// The table of roles. The centre registers, dispatches, reviews, calls back and supervises (Art. 5);
/// the unit that has the order handles it (Art. 6); a channel system files, adds, withdraws and rates
/// for requesters; Kapok itself gives what timers, effects and imports give. The others give no
/// command.
const fn parties(command: CommandKind) -> &'static [Party] {
    use CommandKind as C;
    use Party as P;
    match command {
        C::Register => &[P::Center, P::Channel, P::System],
        C::Route | C::Dispatch | C::LinkOrders => &[P::Center, P::System],
        C::SupplyInformation | C::AddStatement | C::Withdraw => &[P::Center, P::Channel],
        C::RequestInformation
        | C::AssessInformation
        | C::CloseIncomplete
        | C::Conceal
        | C::FlagConduct
        | C::SetPriority
        | C::Reclassify
        | C::AnswerDirectly
        | C::AllowLateReturn
        | C::DecideReturn
        | C::DecideObjection
        | C::OpenCoordination
        | C::RequestOpinion
        | C::Review
        | C::RecordFollowUp
        | C::SendBack
        | C::CloseDissatisfied
        | C::Supervise
        | C::ReviewSupervision
        | C::DismissProposal => &[P::Center],
        C::AcceptDuty
        | C::RequestReturn
        | C::NameAssistingUnits
        | C::Extend
        | C::RecordExtensionNotice
        | C::JudgeStatement
        | C::RecordReply
        | C::Submit
        | C::CloseWithdrawn
        | C::FileDiligenceStatement => &[P::Unit],
        C::RecordContactAttempt => &[P::Center, P::Unit],
        C::RecordAssistance | C::ObjectToAssisting => &[P::Assisting],
        C::RecordOpinion => &[P::Center, P::Adviser],
        C::AnswerSupervision => &[P::Supervised],
        C::ReviewAtDistrict => &[P::District],
        C::Rate | C::RateService => &[P::Channel],
        C::RecordInformationNotice
        | C::ListLongTerm
        | C::CountAlike
        | C::RecordRatingOffer
        | C::RecordDelivery
        | C::MarkDue
        | C::RecomputeDeadlines => &[P::System],
    }
}

/// Whether the order's stage and the type of the matter allow the command.
#[expect(clippy::too_many_lines, reason = "a table with a row for each command")]
pub(crate) fn check_stage(
    order: &WorkOrder,
    command: CommandKind,
    by: &Actor,
) -> Result<(), Rejection> {
    use CommandKind as C;
    let stage = &order.stage;
    if order.is_closed() {
        return closed::check(order, command);
    }
    let dispatched = !order.assignments.is_empty();
    match command {
        C::Register => Err(Rejection::AlreadyRegistered),
        C::RecordInformationNotice
        | C::SupplyInformation
        | C::AssessInformation
        | C::CloseIncomplete => {
            let fits = matches!(stage, Stage::AwaitingInformation { .. });
            need(stage, "awaiting_information", fits)
        }
        C::RequestInformation => {
            let fits = is_awaiting_dispatch(stage) && !dispatched;
            need(stage, "awaiting_dispatch, before any dispatch", fits)
        }
        C::AnswerDirectly => {
            let fits = is_awaiting_dispatch(stage) && !dispatched;
            need(stage, "awaiting_dispatch, before any dispatch", fits)?;
            is_consultation(order.order_type)
                .then_some(())
                .ok_or(Rejection::NotAConsultation)
        }
        // R33: no plain dispatch any more.
        C::Route if matches!(stage, Stage::InCoordination) => Err(Rejection::CoordinationRequired),
        C::Route | C::OpenCoordination => {
            need(stage, "awaiting_dispatch", is_awaiting_dispatch(stage))
        }
        C::Dispatch => {
            let fits = is_awaiting_dispatch(stage) || matches!(stage, Stage::InCoordination);
            need(stage, "awaiting_dispatch or in_coordination", fits)
        }
        C::Reclassify => {
            let fits = is_awaiting_dispatch(stage) || is_with_unit(stage);
            need(
                stage,
                "awaiting_dispatch, awaiting_verification or in_handling",
                fits,
            )
        }
        C::AcceptDuty => {
            let fits = matches!(stage, Stage::AwaitingVerification);
            need(stage, "awaiting_verification", fits)
        }
        C::RequestReturn
        | C::AllowLateReturn
        | C::NameAssistingUnits
        | C::RecordAssistance
        | C::ObjectToAssisting
        | C::DecideObjection
        | C::Extend
        | C::RecordExtensionNotice
        | C::JudgeStatement => need(
            stage,
            "awaiting_verification or in_handling",
            is_with_unit(stage),
        ),
        // Each calls while the order is with it: the centre before, the unit after the dispatch.
        C::RecordContactAttempt
            if by.role == Role::Operator && !(is_with_unit(stage) && order.is_relayed()) =>
        {
            let fits = matches!(stage, Stage::AwaitingInformation { .. });
            let needed = "awaiting_information; with a unit, a telephone number that is concealed \
                          from it";
            need(stage, needed, fits)
        }
        C::RecordContactAttempt | C::RecordReply | C::Submit => {
            need(
                stage,
                "awaiting_verification or in_handling",
                is_with_unit(stage),
            )?;
            is_handled(order)
        }
        C::DecideReturn => need(
            stage,
            "return_requested",
            matches!(stage, Stage::ReturnRequested),
        ),
        C::RequestOpinion | C::RecordOpinion => need(
            stage,
            "in_coordination",
            matches!(stage, Stage::InCoordination),
        ),
        C::AddStatement => check_addition(stage),
        C::ReviewAtDistrict => {
            let fits = matches!(stage, Stage::UnderDistrictReview { .. });
            need(stage, "under_district_review", fits)
        }
        C::Review => need(
            stage,
            "under_review",
            matches!(stage, Stage::UnderReview { .. }),
        ),
        C::Withdraw if matches!(stage, Stage::Withdrawn) => Err(Rejection::AlreadyWithdrawn),
        // A withdrawal is possible until a rating is given (R45).
        C::Withdraw if !order.ratings.is_empty() => Err(Rejection::AlreadyRated),
        C::Withdraw => Ok(()),
        C::CloseWithdrawn => need(stage, "withdrawn", matches!(stage, Stage::Withdrawn)),
        C::RecordRatingOffer => {
            let fits = matches!(stage, Stage::AwaitingRatingOffer { .. });
            need(stage, "awaiting_rating_offer", fits)
        }
        C::RecordDelivery => {
            let fits = matches!(
                stage,
                Stage::AwaitingRating { .. } | Stage::AwaitingInformation { .. }
            );
            need(stage, "awaiting_rating or awaiting_information", fits)
        }
        C::Rate if is_dissatisfied(stage) => Err(Rejection::AlreadyRated),
        C::Rate if matches!(stage, Stage::Withdrawn) => Err(Rejection::WithdrawnNotRated),
        C::Rate => need(
            stage,
            "awaiting_rating",
            matches!(stage, Stage::AwaitingRating { .. }),
        ),
        // R62, R63: called back after the second handling, which is the last one.
        C::RecordFollowUp if matches!(stage, Stage::AwaitingStatement { .. }) => {
            Err(Rejection::AlreadyFollowedUp)
        }
        C::SendBack if matches!(stage, Stage::AwaitingStatement { .. }) => {
            Err(Rejection::RehandledBefore)
        }
        C::RecordFollowUp | C::SendBack | C::CloseDissatisfied => {
            let fits = matches!(stage, Stage::AwaitingFollowUp { .. });
            need(stage, "awaiting_follow_up", fits)
        }
        C::FileDiligenceStatement => {
            let fits = matches!(stage, Stage::AwaitingStatement { .. });
            need(stage, "awaiting_statement", fits)
        }
        C::Conceal
        | C::FlagConduct
        | C::SetPriority
        | C::ListLongTerm
        | C::CountAlike
        | C::LinkOrders
        | C::RateService
        | C::Supervise
        | C::AnswerSupervision
        | C::ReviewSupervision
        | C::DismissProposal
        | C::MarkDue
        | C::RecomputeDeadlines => Ok(()),
    }
}

/// R38: something is added before the unit submits.
fn check_addition(stage: &Stage) -> Result<(), Rejection> {
    match stage {
        Stage::AwaitingDispatch { .. }
        | Stage::AwaitingVerification
        | Stage::ReturnRequested
        | Stage::InCoordination
        | Stage::InHandling => Ok(()),
        Stage::AwaitingInformation { .. } => Err(Rejection::WrongStage {
            stage: stage.name(),
            needed: "a registered order; supply the information that was asked for",
        }),
        Stage::Withdrawn => Err(Rejection::AlreadyWithdrawn),
        Stage::UnderDistrictReview { .. }
        | Stage::UnderReview { .. }
        | Stage::AwaitingRatingOffer { .. }
        | Stage::AwaitingRating { .. }
        | Stage::AwaitingFollowUp { .. }
        | Stage::AwaitingStatement { .. }
        | Stage::Closed { .. } => Err(Rejection::StatementTooLate),
    }
}

/// For rules that take a stage apart which this module has checked before.
pub(crate) fn wrong_stage(order: &WorkOrder, needed: &'static str) -> Rejection {
    Rejection::WrongStage {
        stage: order.stage.name(),
        needed,
    }
}

fn need(stage: &Stage, needed: &'static str, fits: bool) -> Result<(), Rejection> {
    if fits {
        Ok(())
    } else {
        Err(Rejection::WrongStage {
            stage: stage.name(),
            needed,
        })
    }
}

fn is_awaiting_dispatch(stage: &Stage) -> bool {
    matches!(stage, Stage::AwaitingDispatch { .. })
}

/// Rated dissatisfied in the round that the order is in.
fn is_dissatisfied(stage: &Stage) -> bool {
    matches!(
        stage,
        Stage::AwaitingFollowUp { .. } | Stage::AwaitingStatement { .. }
    )
}

fn is_with_unit(stage: &Stage) -> bool {
    matches!(stage, Stage::AwaitingVerification | Stage::InHandling)
}

/// R19: only a consultation is answered from the knowledge base.
fn is_consultation(order_type: OrderType) -> bool {
    matches!(order_type, OrderType::Consultation)
}

/// R44: a commendation is read, everything else is handled, replied to and reported.
fn is_handled(order: &WorkOrder) -> Result<(), Rejection> {
    if order.is_only_read() {
        Err(Rejection::Commendation)
    } else {
        Ok(())
    }
}
