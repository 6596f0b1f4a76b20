//! Whom the catalogue wants to be told of what.

use contract::types::OrderType;
use lifecycle::Decision;
use lifecycle::command::{Command, HandlingConclusion, ReturnDecision, Review, StatementEffect};
use lifecycle::effect::{Effect, Notice, Notification, Recipient};
use lifecycle::ids::UnitCode;
use lifecycle::order::{Stage, WorkOrder};

use crate::compare::Found;
use crate::invariants::hold;

/// Everybody who must be told is told.
pub(crate) fn notified(order: &WorkOrder, command: &Command, decision: &Decision) -> Found {
    for (to, about) in owed(order, command) {
        let wanted = Effect::Notify(Notification { to, about });
        hold(decision.effects.contains(&wanted), || {
            let name = command.kind().name();
            format!("`{name}` owes {wanted:?}, and has {:?}", decision.effects)
        })?;
    }
    match command {
        Command::Review(Review::Pass) => {
            // Where the passed review ends the order, there is nothing to rate.
            let ends = decision.events.iter().any(|it| it.name() == "closed");
            hold(
                ends || decision.effects.contains(&Effect::OfferRating),
                || "no rating is offered".to_owned(),
            )
        }
        Command::Submit(report) => early_end(order, &report.conclusion),
        _ => Ok(()),
    }
}

/// Whether an addition was received since the dispatch in force: only then its period began anew.
fn came_to_this_dispatch(order: &WorkOrder, statement: u64) -> bool {
    let mut statements = order.statements.iter();
    let statement = statements.find(|it| it.seq == statement).unwrap();
    statement.received_at >= order.assignment().unwrap().dispatched_at
}

/// What a command owes, with the order as it stands afterwards.
fn owed(order: &WorkOrder, command: &Command) -> Vec<(Recipient, Notice)> {
    let unit = |about| vec![(staff(&holder(order), order), about)];
    let centre = |about| vec![(Recipient::Center, about)];
    match command {
        Command::Conceal(_) => vec![(Recipient::Requester, Notice::ConcealmentWarning)],
        Command::Dispatch(wanted) if order.against_unit.as_ref() == Some(&wanted.unit) => {
            unit(Notice::ComplaintAgainstStaff)
        }
        Command::Dispatch(_) => unit(Notice::Dispatched),
        Command::RequestReturn(_) => centre(Notice::AwaitsReturnDecision),
        Command::DecideReturn(decision) => returned(order, *decision),
        Command::NameAssistingUnits { units } => {
            let asked = units.iter().map(|named| {
                let about = Notice::AssistanceAsked { part: named.part };
                (staff(&named.unit, order), about)
            });
            asked.collect()
        }
        Command::OpenCoordination { .. } => coordinated(order),
        Command::RequestOpinion(wanted) => {
            let about = Notice::OpinionAsked {
                question: wanted.question,
            };
            vec![(Recipient::Adviser(wanted.adviser.clone()), about)]
        }
        Command::RecordOpinion { .. } => centre(Notice::OpinionGiven),
        Command::Extend(wanted) => {
            let about = Notice::Extended {
                reason: wanted.reason,
                due_at: order.assignment().unwrap().handle_by.due.due_at,
            };
            vec![
                (Recipient::Requester, about.clone()),
                (Recipient::Center, about),
            ]
        }
        Command::JudgeStatement(judgement)
            if judgement.effect == StatementEffect::AffectsHandling
                && came_to_this_dispatch(order, judgement.statement) =>
        {
            let due_at = order.assignment().unwrap().handle_by.due.due_at;
            let about = Notice::HandlingRestarted { due_at };
            vec![
                (Recipient::Requester, about.clone()),
                (Recipient::Center, about),
            ]
        }
        Command::Withdraw(_) if order.stage == Stage::Withdrawn => unit(Notice::Withdrawn),
        Command::Review(Review::Fail { .. }) => unit(Notice::ReviewFailed),
        Command::SendBack { reason } => unit(Notice::SentBack { reason: *reason }),
        Command::Supervise(wanted) => {
            let about = Notice::Supervised {
                requirement: wanted.requirement,
            };
            let mut owed = unit(about.clone());
            owed.push((Recipient::LeaderInCharge(holder(order)), about.clone()));
            let guidance = wanted.guidance_unit.clone();
            owed.extend(guidance.map(|it| (Recipient::Adviser(it), about)));
            owed
        }
        _ => Vec::new(),
    }
}

fn returned(order: &WorkOrder, decision: ReturnDecision) -> Vec<(Recipient, Notice)> {
    let about = match decision {
        ReturnDecision::Approve { .. } => Notice::ReturnApproved,
        ReturnDecision::Reject { .. } => Notice::ReturnRejected,
    };
    let mut owed = vec![(staff(&holder(order), order), about)];
    if order.stage == Stage::InCoordination {
        owed.extend(coordinated(order));
    }
    owed
}

/// The centre and the units in dispute.
fn coordinated(order: &WorkOrder) -> Vec<(Recipient, Notice)> {
    let units = order.returned_by().map(|unit| staff(unit, order));
    let all = units.chain([Recipient::Center]);
    all.map(|to| (to, Notice::CoordinationOpened)).collect()
}

/// Whoever is told early that the matter ends was told before, or could not be.
fn early_end(order: &WorkOrder, conclusion: &HandlingConclusion) -> Found {
    let task = order.assignment().unwrap();
    let report = task.report.as_ref().unwrap();
    let told = match conclusion {
        HandlingConclusion::Unreachable | HandlingConclusion::Refused { .. } => true,
        HandlingConclusion::Handled
        | HandlingConclusion::StatutoryDisposition { .. }
        | HandlingConclusion::Repeat { .. }
        | HandlingConclusion::LongTermProgress { .. } => {
            task.reply.is_some() || report.reply_exception.is_some()
        }
    };
    let of_a_kind = order.order_type != OrderType::Commendation;
    hold(told && of_a_kind, || {
        "the requester was not told of the end".to_owned()
    })
}

/// What is about a unit's own staff goes to its leader alone (R7).
fn staff(unit: &UnitCode, order: &WorkOrder) -> Recipient {
    if order.against_unit.as_ref() == Some(unit) {
        Recipient::LeaderInCharge(unit.clone())
    } else {
        Recipient::Unit(unit.clone())
    }
}

fn holder(order: &WorkOrder) -> UnitCode {
    order.assignment().unwrap().unit.clone()
}
