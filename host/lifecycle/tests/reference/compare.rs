//! Model and core, field by field.

use std::fmt::Debug;

use lifecycle::command::{Moment, StatementEffect};
use lifecycle::deadline::{Deadline, DeadlineKind};
use lifecycle::order::{self, Assignment, ProposalState, SupervisionState, WorkOrder};
use lifecycle::timer::Timer;
use lifecycle::{contact_series, timers};

use crate::days::Limit;
use crate::model::{At, Call, Model, Stage, Task, counted_calls};
use crate::world::City;

/// What is wrong, in words.
pub(crate) type Found = Result<(), String>;

/// The same, or what differs.
#[expect(
    clippy::needless_pass_by_value,
    reason = "reads best where both are made in the call"
)]
pub(crate) fn same<T: PartialEq + Debug>(what: &str, model: T, core: T) -> Found {
    if model == core {
        Ok(())
    } else {
        Err(format!("{what}: the law says {model:?}, the core {core:?}"))
    }
}

/// Names that the core gave: positions in its journal, and what escalation rules did to the order.
pub(crate) fn take_names(model: &mut Model, core: &WorkOrder) {
    for (mine, theirs) in model.statements.iter_mut().zip(&core.statements) {
        mine.position = theirs.seq;
    }
    for (mine, theirs) in model.supervisions.iter_mut().zip(&core.supervisions) {
        mine.position = theirs.seq;
    }
    let open = core.proposals.iter();
    let open = open.filter(|it| it.state == ProposalState::Open);
    model.proposals = open.map(|it| (it.advice, it.proposal)).collect();
}

/// Everything that the model predicts.
pub(crate) fn compare(model: &Model, core: &WorkOrder, city: &City) -> Found {
    same("number", &model.name, &core.id)?;
    same("type", model.order_type, core.order_type)?;
    same("registered", model.registered_at, core.registered_at)?;
    same("stage", model.stage.name(), core.stage.name())?;
    compare_stage(&model.stage, &core.stage)?;
    let dispatch_by = core.dispatch_by.as_ref();
    limit("dispatch by", model.dispatch_by.as_ref(), dispatch_by)?;
    same("dispatches", model.tasks.len(), core.assignments.len())?;
    for (task, assignment) in model.tasks.iter().zip(&core.assignments) {
        compare_task(task, assignment, city)?;
    }
    same("round", model.round(), core.round())?;
    same(
        "returned by",
        model.returned_by(),
        core.returned_by().collect(),
    )?;
    compare_missed(model, core)?;
    compare_rest(model, core)?;
    compare_running(model, core)?;
    compare_timers(model, core)
}

fn limit(what: &str, model: Option<&Limit>, core: Option<&Deadline>) -> Found {
    let model = model.map(|it| (it.due, it.provisional));
    same(
        what,
        model,
        core.map(|it| (it.due.due_at, it.due.provisional)),
    )
}

fn compare_stage(model: &Stage, core: &order::Stage) -> Found {
    match (model, core) {
        (
            Stage::DistrictReview { district },
            order::Stage::UnderDistrictReview { district: theirs },
        ) => same("district", district, theirs),
        (
            Stage::Review { submitted_at },
            order::Stage::UnderReview {
                submitted_at: theirs,
            },
        ) => same("submitted", submitted_at, theirs),
        (Stage::Offer { by }, order::Stage::AwaitingRatingOffer { offer_by }) => {
            limit("offer by", Some(by), Some(offer_by))
        }
        (Stage::Rating { by, .. }, order::Stage::AwaitingRating { rate_by, .. }) => {
            limit("rate by", Some(by), Some(rate_by))
        }
        (Stage::FollowUp { done }, order::Stage::AwaitingFollowUp { followed_up }) => {
            same("called back", done, followed_up)
        }
        (Stage::Statement { by }, order::Stage::AwaitingStatement { statement_by }) => {
            limit("statement by", Some(by), Some(statement_by))
        }
        (Stage::Closed { code }, order::Stage::Closed { code: theirs, .. }) => {
            same("close code", code.code(), theirs.code())
        }
        _ => Ok(()),
    }
}

fn compare_task(task: &Task, core: &Assignment, city: &City) -> Found {
    same("unit", &task.unit, &core.unit)?;
    same("role", task.role, core.role)?;
    same("dispatched", task.at, core.dispatched_at)?;
    same("length", task.length, core.limit())?;
    limit("handle by", Some(&task.handle_by), Some(&core.handle_by))?;
    limit(
        "verify by",
        task.verify_by.as_ref(),
        core.verify_by.as_ref(),
    )?;
    limit(
        "assist by",
        task.assist_by.as_ref(),
        core.assist_by.as_ref(),
    )?;
    let extended: Vec<At> = core.extensions.iter().map(|it| it.filed_at).collect();
    same("extensions", &task.extended_at, &extended)?;
    let untold = core
        .extensions
        .iter()
        .filter(|it| it.told.is_none())
        .count();
    same("untold", usize::from(task.untold), untold)?;
    same("restarts", usize::from(task.restarts), core.restarts())?;
    same(
        "applied",
        task.applied == Some(None),
        core.has_open_return(),
    )?;
    same(
        "returned",
        task.applied == Some(Some(true)),
        core.was_returned(),
    )?;
    same("late return", task.late_return, core.late_return_allowed)?;
    same("completed", task.completed_at, core.completed_at)?;
    same("replied", task.replied, core.reply.is_some())?;
    same("reported", task.report.is_some(), core.report.is_some())?;
    let options = city.options();
    let gap = (options.attempt_gap, options.attempt_base);
    let calls: Vec<Call> = core.contact_attempts.iter().map(Call::of).collect();
    let series = contact_series(&core.contact_attempts, 15, gap);
    same("calls", task.calls.len(), calls.len())?;
    same(
        "counted",
        counted_calls(&calls, None, options.attempt_gap),
        usize::from(series.counted),
    )?;
    let assisting = task.assisting.iter().map(|it| {
        let it = it.clone();
        (it.unit, it.contributed, it.objects, it.released)
    });
    let theirs = core.assisting.iter().map(|it| {
        let objects = it.objection.is_some();
        (
            it.unit.clone(),
            it.contribution.is_some(),
            objects,
            it.released,
        )
    });
    same::<Vec<_>>("assisting", assisting.collect(), theirs.collect())
}

fn compare_missed(model: &Model, core: &WorkOrder) -> Found {
    let missed = core.missed.iter();
    let missed = missed.map(|it| (it.deadline, it.due_at, it.unit.clone()));
    same(
        "missed",
        sorted(model.missed.clone()),
        sorted(missed.collect()),
    )?;
    let overdue = model
        .missed
        .iter()
        .any(|(kind, ..)| *kind == DeadlineKind::Handling);
    same("overdue", overdue, core.is_overdue())
}

fn compare_rest(model: &Model, core: &WorkOrder) -> Found {
    let ratings = core.ratings.iter().map(|it| it.rating);
    let mine = model.ratings.iter().map(|it| it.0);
    same::<Vec<_>>("ratings", mine.collect(), ratings.collect())?;
    same(
        "service rated",
        model.service_rated,
        core.service_rating.is_some(),
    )?;
    same("long term", &model.long_term, &core.long_term)?;
    same("one of many", &model.one_of_many, &core.one_of_many)?;
    let linked = core.same_matter_as.iter().cloned();
    same("linked", &model.linked, &linked.collect())?;
    same("priority", model.priority, core.priority)?;
    same("concealments", model.concealed, core.concealments.len())?;
    same(
        "coordinated",
        model.coordinated,
        core.coordination.is_some(),
    )?;
    same(
        "statement filed",
        model.statement_filed,
        core.diligence_statement.is_some(),
    )?;
    let statements = model.statements.iter();
    let statements: Vec<_> = statements.map(|it| (it.received_at, it.affects)).collect();
    let theirs = core.statements.iter().map(|it| {
        let affects = it.effect.map(|it| it == StatementEffect::AffectsHandling);
        (it.received_at, affects)
    });
    same("additions", statements, theirs.collect())?;
    let unjudged = model.unjudged().map(|it| it.position);
    let theirs = core.unjudged_statements().map(|it| it.seq);
    same::<Vec<_>>("unjudged", unjudged.collect(), theirs.collect())?;
    let opinions = model.opinions.iter();
    let opinions = opinions.map(|it| (it.adviser.clone(), it.by.due, it.given));
    let theirs = core
        .coordination
        .iter()
        .flat_map(|it| &it.opinions)
        .map(|it| {
            let adviser = it.request.adviser.clone();
            (adviser, it.opinion_by.due.due_at, it.given.is_some())
        });
    same::<Vec<_>>("opinions", opinions.collect(), theirs.collect())?;
    same(
        "supervisions",
        model.supervisions.len(),
        core.supervisions.len(),
    )?;
    for (mine, theirs) in model.supervisions.iter().zip(&core.supervisions) {
        let answered = mine.addressees.iter().all(|it| it.answered);
        let state = match (mine.accepted, answered) {
            (true, _) => SupervisionState::Accepted,
            (false, true) => SupervisionState::Answered,
            (false, false) => SupervisionState::Open,
        };
        same("supervision", state, theirs.state)?;
    }
    Ok(())
}

fn sorted<T: Ord>(mut all: Vec<T>) -> Vec<T> {
    all.sort();
    all
}

/// What runs, until when, and whose it is.
fn compare_running(model: &Model, core: &WorkOrder) -> Found {
    let running = model.running();
    let mut running: Vec<_> = running
        .iter()
        .map(|it| (it.kind, it.by.due, it.by.provisional, it.unit.as_ref()))
        .collect();
    let mut theirs: Vec<_> = core
        .running_deadlines()
        .into_iter()
        .map(|it| (it.kind, it.due.due_at, it.due.provisional, core.owner(it)))
        .collect();
    running.sort();
    theirs.sort();
    same("running", &running, &theirs)?;
    let first = running.iter().map(|it| it.1).min();
    let current = core.current_deadline().ok().map(|it| it.due.due_at);
    same("current deadline", first, current)
}

/// Exactly what runs and is not on record is timed, and the questions about handling.
fn compare_timers(model: &Model, core: &WorkOrder) -> Found {
    let mut expected = Vec::new();
    for it in model.running() {
        let missed = model.has_missed(it.kind, it.by.due);
        if !missed {
            expected.push(Timer {
                at: it.by.due,
                deadline: it.kind,
                moment: Moment::Passed,
            });
        }
        if let Some((at, _)) = model.question(it.kind, missed) {
            expected.push(Timer {
                at,
                deadline: it.kind,
                moment: if missed {
                    Moment::StillOverdue
                } else {
                    Moment::DueSoon
                },
            });
        }
    }
    expected.sort();
    same("timers", expected, timers(core))
}
