//! Folding events into an order. No rule stands here: what an event says has been decided, so replaying
//! a journal needs no calendar, no rule set and no plugin.

mod begin;

mod beside;

mod handling;

mod rating;

use chrono::{DateTime, Utc};
use contract::escalation::Action;

use crate::command::{Moment, ReturnDecision};
use crate::deadline::{Deadline, DeadlineKind};
use crate::event::{CloseCode, Event, Recorded};
use crate::order::{AdditionalStatement, Assignment, Duty, Missed, Stage, WorkOrder};

/// A journal that `decide` cannot have written. Our fault, never a caller's.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Corrupt {
    /// The positions have a gap or a repetition.
    #[error("event {found} stands where event {expected} belongs")]
    Sequence {
        /// Position that belongs here.
        expected: u64,
        /// Position that was found.
        found: u64,
    },
    /// The first event is not a registration.
    #[error("the journal begins with `{event}` instead of `registered`")]
    NotRegistered {
        /// The event.
        event: &'static str,
    },
    /// An event that the stage of the order does not admit.
    #[error("event {seq}, `{event}`, cannot happen in stage {stage}")]
    Misplaced {
        /// Its position.
        seq: u64,
        /// The event.
        event: &'static str,
        /// The stage.
        stage: &'static str,
    },
}

/// Folds a journal from its beginning; nothing, if it is empty.
///
/// # Errors
/// [`Corrupt`] at the first event that cannot stand where it stands.
pub fn replay<'a>(
    events: impl IntoIterator<Item = &'a Recorded>,
) -> Result<Option<WorkOrder>, Corrupt> {
    let mut order = None;
    for recorded in events {
        order = Some(apply(order, recorded)?);
    }
    Ok(order)
}

/// Folds one event into an order; the first one makes it.
///
/// # Errors
/// [`Corrupt`], which never happens to what `decide` answered for the same order.
pub fn apply(order: Option<WorkOrder>, recorded: &Recorded) -> Result<WorkOrder, Corrupt> {
    let version = order.as_ref().map_or(0, |order| order.version);
    let expected = version.saturating_add(1);
    if recorded.seq != expected {
        return Err(Corrupt::Sequence {
            expected,
            found: recorded.seq,
        });
    }
    match (order, &recorded.event) {
        (
            None,
            Event::Registered {
                registration,
                dispatch_by,
            },
        ) => Ok(begin::registered(registration, dispatch_by, recorded.at)),
        (
            None,
            Event::Received {
                registration,
                missing,
            },
        ) => Ok(begin::received(registration, *missing, recorded.at)),
        (None, event) => Err(Corrupt::NotRegistered {
            event: event.name(),
        }),
        (Some(mut order), event) => {
            let stage = order.stage.name();
            let misplaced = Corrupt::Misplaced {
                seq: recorded.seq,
                event: event.name(),
                stage,
            };
            fold(&mut order, event, (recorded.seq, recorded.at)).ok_or(misplaced)?;
            order.version = recorded.seq;
            Ok(order)
        }
    }
}

/// Folds one event, or answers nothing if the order's stage does not admit it.
#[expect(clippy::too_many_lines, reason = "a table with a row for each event")]
fn fold(order: &mut WorkOrder, event: &Event, (seq, at): (u64, DateTime<Utc>)) -> Option<()> {
    match event {
        Event::Registered { .. } | Event::Received { .. } => None,
        Event::InformationRequested { missing } => begin::asked(order, *missing, at),
        Event::InformationNoticeSent { receipt, answer_by } => {
            begin::notice_sent(order, receipt, answer_by)
        }
        Event::InformationSupplied { content, .. } => begin::supplied(order, *content),
        Event::InformationSufficient { dispatch_by } => begin::sufficient(order, dispatch_by),
        Event::Concealed(concealment) => {
            open(order)?;
            order.concealments.push(concealment.clone());
            Some(())
        }
        Event::ConductFlagged { note } => {
            open(order)?;
            order.conduct_notes.push(*note);
            Some(())
        }
        Event::PrioritySet { priority, .. } => {
            open(order)?;
            order.priority = *priority;
            Some(())
        }
        Event::Reclassified {
            order_type,
            deadlines,
            ..
        } => handling::reclassified(order, *order_type, deadlines.as_ref(), at),
        Event::LongTermListed { matter } => {
            order.long_term.clone_from(matter);
            beside::followed(order, &Action::ListLongTerm);
            Some(())
        }
        Event::ManyAlike { orders } => {
            order.one_of_many = Some(*orders);
            Some(())
        }
        Event::OrdersLinked(link) => {
            order.same_matter_as.retain(|it| *it != link.other);
            order
                .same_matter_as
                .extend(link.same.then(|| link.other.clone()));
            Some(())
        }
        Event::RoutingAdvised {
            advice,
            consequence,
        } => begin::routing_advised(order, advice, consequence),
        Event::AnsweredDirectly(answer) => {
            awaiting_dispatch(order)?;
            order.direct_answer = Some(answer.clone());
            Some(())
        }
        Event::Dispatched { .. } => handling::dispatched(order, event, at),
        Event::DutyAccepted => handling::verified(order, Duty::Accepted { at }),
        Event::PeriodBegun { handle_by } => handling::period_begun(order, handle_by, at),
        Event::DutyDeemedAccepted => handling::verified(order, Duty::DeemedAccepted { at }),
        Event::ReturnRequested(request) => handling::return_requested(order, request, at),
        Event::LateReturnAllowed { .. } => {
            with_unit(order)?.late_return_allowed = true;
            Some(())
        }
        Event::ReturnApproved { reason } => {
            let decision = ReturnDecision::Approve { reason: *reason };
            handling::return_decided(order, decision)
        }
        Event::ReturnRejected {
            reason,
            excused_seconds,
        } => {
            let excused = excused_seconds.unwrap_or(0);
            order.assignments.last_mut()?.return_review_seconds = excused;
            let decision = ReturnDecision::Reject { reason: *reason };
            handling::return_decided(order, decision)
        }
        Event::AssistingUnitsNamed { units } => handling::assisting_named(order, units),
        Event::AssistanceRecorded { unit, content } => {
            let assisting = handling::assisting(order, unit)?;
            assisting.contribution = Some(*content);
            assisting.contributed_at.get_or_insert(at);
            Some(())
        }
        Event::AssistanceObjected { unit, reason } => {
            handling::assisting(order, unit)?.objection = Some(*reason);
            Some(())
        }
        Event::ObjectionDecided { unit, released, .. } => {
            let assisting = handling::assisting(order, unit)?;
            assisting.objection = None;
            assisting.released = *released;
            Some(())
        }
        Event::CoordinationOpened { reason } => {
            handling::coordination_opened(order, reason.is_none(), at)
        }
        Event::OpinionRequested {
            request,
            opinion_by,
        } => handling::opinion_requested(order, request, opinion_by),
        Event::OpinionRecorded {
            adviser,
            opinion,
            document,
        } => handling::opinion_recorded(order, adviser, (*opinion, document)),
        Event::Extended { reason, handle_by } => handling::extended(order, *reason, handle_by, at),
        Event::ExtensionNoticed(told) => {
            with_unit(order)?.extensions.last_mut()?.told = Some(told.clone());
            Some(())
        }
        Event::StatementAdded {
            content,
            received_at,
            ..
        } => {
            open(order)?;
            order.statements.push(AdditionalStatement {
                seq,
                content: *content,
                received_at: *received_at,
                dispatches: order.assignments.len(),
                effect: None,
            });
            Some(())
        }
        Event::StatementJudged {
            judgement,
            handle_by,
            undoes_miss,
        } => {
            if *undoes_miss {
                handling::miss_undone(order)?;
            }
            handling::judged(order, judgement, handle_by.as_ref(), at)
        }
        Event::ContactAttempted(attempt) => handling::contact_attempted(order, attempt),
        Event::Replied(reply) => {
            with_unit(order)?.reply = Some(reply.clone());
            Some(())
        }
        Event::Submitted(report) => handling::submitted(order, report, at),
        Event::PassedToDistrict { district } => {
            submitted_at(order)?;
            order.stage = Stage::UnderDistrictReview {
                district: district.clone(),
            };
            Some(())
        }
        Event::DistrictReviewPassed => {
            let Stage::UnderDistrictReview { .. } = order.stage else {
                return None;
            };
            order.stage = Stage::UnderReview { submitted_at: at };
            Some(())
        }
        Event::ReviewPassed {
            offer_by,
            on_target,
        } => {
            handling::reviewed(order, *on_target, at)?;
            handling::review_passed(order, offer_by)
        }
        Event::ReviewFailed { on_target, .. } => {
            handling::reviewed(order, *on_target, at)?;
            handling::review_failed(order, at)
        }
        Event::RatingOffered { offer, rate_by } => rating::offered(order, offer, rate_by),
        Event::Rated { rating } => rating::rated(order, Some(*rating), at),
        Event::InvalidRatingReceived { .. } => rating::awaited(order),
        Event::RatingHeld { rating } => {
            rating::awaited(order)?;
            order.held_rating = Some(*rating);
            Some(())
        }
        Event::RatingChanged { rating } => {
            order.ratings.last_mut()?.rating = Some(*rating);
            Some(())
        }
        Event::RatingLapsed => rating::rated(order, None, at),
        Event::FollowedUp(follow_up) => rating::followed_up(order, follow_up),
        Event::DeliveryRecorded {
            delivered_at,
            deadline,
        } => {
            *slot(order, deadline)? = deadline.clone();
            rating::delivered(order, *delivered_at)
        }
        Event::ServiceRated(rating) => {
            order.service_rating = Some(*rating);
            Some(())
        }
        Event::SentBack { handle_by, .. } => rating::sent_back(order, handle_by, at),
        Event::StatementAwaited { statement_by } => rating::statement_awaited(order, statement_by),
        Event::DiligenceStatementFiled { statement } => {
            let Stage::AwaitingStatement { .. } = order.stage else {
                return None;
            };
            order.diligence_statement = Some(*statement);
            Some(())
        }
        Event::Withdrawn(withdrawal) => handling::withdrawn(order, withdrawal, at),
        Event::Supervised { .. } => beside::supervised(order, event, (seq, at)),
        Event::SupervisionAnswered { unit, answer } => beside::answered(order, unit, answer),
        Event::SupervisionAccepted { supervision } => beside::accepted(order, *supervision),
        Event::SupervisionRejected { supervision, .. } => beside::rejected(order, *supervision),
        Event::ProposalDismissed {
            advice, proposal, ..
        } => beside::dismissed(order, (*advice, *proposal)),
        Event::DeadlineMarked { .. } => fold_marked(order, event),
        Event::EscalationAdvised { advice } => {
            beside::advised(order, advice, seq);
            Some(())
        }
        Event::DeadlineRecomputed { deadline, .. } => fold_recomputed(order, deadline),
        Event::Closed { code, .. } => close(order, *code, at),
    }
}

/// A question or a miss. A miss is a fact: nothing ever takes it back.
fn fold_marked(order: &mut WorkOrder, event: &Event) -> Option<()> {
    let Event::DeadlineMarked {
        deadline,
        moment,
        due_at,
        unit,
        provisional,
        ask_again_at,
        unit_warned,
    } = event
    else {
        return None;
    };
    match moment {
        Moment::DueSoon | Moment::StillOverdue => {}
        Moment::Passed => order.missed.push(Missed {
            deadline: *deadline,
            due_at: *due_at,
            unit: unit.clone(),
            provisional: *provisional,
        }),
    }
    if *deadline == DeadlineKind::Handling {
        open(order)?;
        let assignment = order.assignments.last_mut()?;
        assignment.ask_at = *ask_again_at;
        assignment.warned |= unit_warned;
    }
    Some(())
}

/// A deadline under a new calendar. Where that moves it or the first question about it, asking begins
/// anew: at once, if the plugins should have been asked by now.
fn fold_recomputed(order: &mut WorkOrder, deadline: &Deadline) -> Option<()> {
    let slot = slot(order, deadline)?;
    let moved = slot.due.due_at != deadline.due.due_at || slot.warn_at != deadline.warn_at;
    *slot = deadline.clone();
    if moved && deadline.kind == DeadlineKind::Handling {
        order.assignments.last_mut()?.ask_at = deadline.warn_at;
    }
    Some(())
}

fn close(order: &mut WorkOrder, code: CloseCode, at: DateTime<Utc>) -> Option<()> {
    open(order)?;
    order.stage = Stage::Closed { code, at };
    Some(())
}

/// Where the deadline is kept that this one replaces: of the same kind and trigger, if it runs or may
/// run on.
fn slot<'a>(order: &'a mut WorkOrder, new: &Deadline) -> Option<&'a mut Deadline> {
    let is_it = |old: &Deadline| old.kind == new.kind && old.trigger_seq == new.trigger_seq;
    let assignment = order.assignments.last_mut();
    let kept: Option<&mut Deadline> = match new.kind {
        DeadlineKind::Dispatch => order.dispatch_by.as_mut(),
        DeadlineKind::Verification => assignment?.verify_by.as_mut(),
        DeadlineKind::Handling => assignment.map(|it| &mut it.handle_by),
        DeadlineKind::Assistance => assignment?.assist_by.as_mut(),
        DeadlineKind::RatingOffer
        | DeadlineKind::Rating
        | DeadlineKind::Information
        | DeadlineKind::DiligenceStatement => return stage_slot(&mut order.stage, new.kind),
        DeadlineKind::Opinion => {
            let opinions = &mut order.coordination.as_mut()?.opinions;
            let mut asked = opinions.iter_mut().map(|it| &mut it.opinion_by);
            asked.find(|deadline| is_it(deadline))
        }
        DeadlineKind::Supervision | DeadlineKind::GuidanceFeedback => {
            let all = order.supervisions.iter_mut();
            let units = all.flat_map(|it| std::iter::once(&mut it.unit).chain(&mut it.guidance));
            let mut deadlines = units.filter_map(|unit| unit.answer_by.as_mut());
            deadlines.find(|deadline| is_it(deadline))
        }
    };
    kept.filter(|deadline| is_it(deadline))
}

/// Of the deadlines that a stage carries there is one at most, whatever started it.
fn stage_slot(stage: &mut Stage, kind: DeadlineKind) -> Option<&mut Deadline> {
    let kept = match stage {
        Stage::AwaitingInformation { answer_by, .. } => answer_by.as_mut()?,
        Stage::AwaitingRatingOffer { offer_by } => offer_by,
        Stage::AwaitingRating { rate_by, .. } => rate_by,
        Stage::AwaitingStatement { statement_by } => statement_by,
        Stage::AwaitingDispatch { .. }
        | Stage::AwaitingVerification
        | Stage::ReturnRequested
        | Stage::InCoordination
        | Stage::InHandling
        | Stage::UnderDistrictReview { .. }
        | Stage::UnderReview { .. }
        | Stage::Withdrawn
        | Stage::AwaitingFollowUp { .. }
        | Stage::Closed { .. } => return None,
    };
    (kept.kind == kind).then_some(kept)
}

/// The assignment, while the unit verifies or handles.
fn with_unit(order: &mut WorkOrder) -> Option<&mut Assignment> {
    if matches!(order.stage, Stage::AwaitingVerification | Stage::InHandling) {
        order.assignments.last_mut()
    } else {
        None
    }
}

fn submitted_at(order: &WorkOrder) -> Option<DateTime<Utc>> {
    if let Stage::UnderReview { submitted_at } = order.stage {
        Some(submitted_at)
    } else {
        None
    }
}

fn awaiting_dispatch(order: &WorkOrder) -> Option<()> {
    matches!(order.stage, Stage::AwaitingDispatch { .. }).then_some(())
}

fn open(order: &WorkOrder) -> Option<()> {
    (!matches!(order.stage, Stage::Closed { .. })).then_some(())
}
