//! Who may give which command, in which stage, for which type of matter: two tables, checked before
//! any rule looks at the content. Permission comes first, so that no later answer leaks anything.

use contract::types::OrderType;

use crate::command::CommandKind;
use crate::ids::{Actor, Role, UnitCode};
use crate::order::{Stage, WorkOrder};
use crate::rejection::Rejection;

/// The commands that an actor may give on an order as it stands, by role, stage and type of the
/// matter; what they carry is checked only when they are given.
#[must_use]
pub fn allowed(order: &WorkOrder, by: &Actor) -> Vec<CommandKind> {
    let fits = |kind: &CommandKind| {
        check_permission(Some(order), *kind, by).is_ok() && check_stage(order, *kind).is_ok()
    };
    CommandKind::ALL.into_iter().filter(fits).collect()
}

/// Art. 5, 6, 43: the role may give the command, and a unit only on the order that it has. For whoever
/// must know before anything else about the order is told; [`crate::decide`] checks it by itself.
///
/// # Errors
/// [`Rejection::NotPermitted`], [`Rejection::NotTheHandlingUnit`].
pub fn check_permission(
    order: Option<&WorkOrder>,
    command: CommandKind,
    by: &Actor,
) -> Result<(), Rejection> {
    if !role_may(&by.role, command) {
        return Err(Rejection::NotPermitted {
            command: command.name(),
        });
    }
    match &by.role {
        Role::Unit(unit) if !is_with(order, unit) => {
            Err(Rejection::NotTheHandlingUnit { unit: unit.clone() })
        }
        Role::Unit(_)
        | Role::System
        | Role::Admin
        | Role::Operator
        | Role::District(_)
        | Role::Channel
        | Role::Auditor => Ok(()),
    }
}

/// The table of roles. The centre registers, dispatches, reviews and calls back (Art. 5); the unit
/// that has the order handles it (Art. 6); a channel system files and rates for requesters; Kapok
/// itself gives what timers, effects and imports give. The others give no command.
fn role_may(role: &Role, command: CommandKind) -> bool {
    use CommandKind as C;
    match role {
        Role::Operator => match command {
            C::Register
            | C::AnswerDirectly
            | C::Route
            | C::Dispatch
            | C::Review
            | C::RecordFollowUp
            | C::CloseDissatisfied => true,
            C::AcceptDuty
            | C::RecordContactAttempt
            | C::RecordReply
            | C::Submit
            | C::RecordRatingOffer
            | C::Rate
            | C::MarkDue
            | C::RecomputeDeadlines => false,
        },
        Role::Unit(_) => match command {
            C::AcceptDuty | C::RecordContactAttempt | C::RecordReply | C::Submit => true,
            C::Register
            | C::AnswerDirectly
            | C::Route
            | C::Dispatch
            | C::Review
            | C::RecordRatingOffer
            | C::Rate
            | C::RecordFollowUp
            | C::CloseDissatisfied
            | C::MarkDue
            | C::RecomputeDeadlines => false,
        },
        Role::Channel => matches!(command, C::Register | C::Rate),
        Role::System => match command {
            C::Register
            | C::Route
            | C::Dispatch
            | C::RecordRatingOffer
            | C::MarkDue
            | C::RecomputeDeadlines => true,
            C::AnswerDirectly
            | C::AcceptDuty
            | C::RecordContactAttempt
            | C::RecordReply
            | C::Submit
            | C::Review
            | C::Rate
            | C::RecordFollowUp
            | C::CloseDissatisfied => false,
        },
        Role::Admin | Role::District(_) | Role::Auditor => false,
    }
}

/// Whether the order is with the unit, or was with it last.
fn is_with(order: Option<&WorkOrder>, unit: &UnitCode) -> bool {
    order
        .and_then(WorkOrder::assignment)
        .is_some_and(|assignment| assignment.unit == *unit)
}

/// Whether the order's stage and the type of the matter allow the command.
pub(crate) fn check_stage(order: &WorkOrder, command: CommandKind) -> Result<(), Rejection> {
    let stage = &order.stage;
    if matches!(stage, Stage::Closed { .. }) {
        return Err(when_closed(command));
    }
    match command {
        CommandKind::Register => Err(Rejection::AlreadyRegistered),
        CommandKind::AnswerDirectly => {
            need(stage, "awaiting_dispatch", is_awaiting_dispatch(stage))?;
            is_consultation(order.order_type)
                .then_some(())
                .ok_or(Rejection::NotAConsultation)
        }
        CommandKind::Route | CommandKind::Dispatch => {
            need(stage, "awaiting_dispatch", is_awaiting_dispatch(stage))
        }
        CommandKind::AcceptDuty => {
            let fits = matches!(stage, Stage::AwaitingVerification);
            need(stage, "awaiting_verification", fits)
        }
        CommandKind::RecordContactAttempt | CommandKind::RecordReply | CommandKind::Submit => {
            let fits = matches!(stage, Stage::AwaitingVerification | Stage::InHandling);
            need(stage, "awaiting_verification or in_handling", fits)?;
            is_handled(order.order_type)
                .then_some(())
                .ok_or(Rejection::Commendation)
        }
        CommandKind::Review => need(
            stage,
            "under_review",
            matches!(stage, Stage::UnderReview { .. }),
        ),
        CommandKind::RecordRatingOffer => {
            let fits = matches!(stage, Stage::AwaitingRatingOffer { .. });
            need(stage, "awaiting_rating_offer", fits)
        }
        CommandKind::Rate if matches!(stage, Stage::AwaitingFollowUp { .. }) => {
            Err(Rejection::AlreadyRated)
        }
        CommandKind::Rate => need(
            stage,
            "awaiting_rating",
            matches!(stage, Stage::AwaitingRating { .. }),
        ),
        CommandKind::RecordFollowUp | CommandKind::CloseDissatisfied => {
            let fits = matches!(stage, Stage::AwaitingFollowUp { .. });
            need(stage, "awaiting_follow_up", fits)
        }
        CommandKind::MarkDue | CommandKind::RecomputeDeadlines => Ok(()),
    }
}

/// A closed order accepts nothing. A timer that comes too late has simply nothing to do.
fn when_closed(command: CommandKind) -> Rejection {
    match command {
        CommandKind::MarkDue | CommandKind::RecomputeDeadlines => Rejection::NothingDue,
        CommandKind::Register => Rejection::AlreadyRegistered,
        CommandKind::AnswerDirectly
        | CommandKind::Route
        | CommandKind::Dispatch
        | CommandKind::AcceptDuty
        | CommandKind::RecordContactAttempt
        | CommandKind::RecordReply
        | CommandKind::Submit
        | CommandKind::Review
        | CommandKind::RecordRatingOffer
        | CommandKind::Rate
        | CommandKind::RecordFollowUp
        | CommandKind::CloseDissatisfied => Rejection::Closed,
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

/// R19: only a consultation is answered from the knowledge base.
fn is_consultation(order_type: OrderType) -> bool {
    matches!(order_type, OrderType::Consultation)
}

/// R44: a commendation is read, everything else is handled, replied to and reported.
fn is_handled(order_type: OrderType) -> bool {
    !matches!(order_type, OrderType::Commendation)
}
