//! Feedback (Art. 36, R68). The unit completes what is to be done within its time, so an answer names
//! what is there by then: a draft is no completion.

use chrono::{DateTime, Utc};
use lifecycle::effect::Recipient;
use lifecycle::ids::TextId;

use super::command::{Command, CommandKind, NewFeedback};
use super::event::Event;
use super::state::{Action, Answer, Fault, Feedback, Stage, Urgency};
use crate::deadline::{DeadlineKind, Missed};
use crate::effect::Occasion;
use crate::entry::{Moment, Timer};
use crate::ids::Id;
use crate::ruling::Ruling;
use crate::{PointFacts, Rejection};

/// The command that makes a feedback.
pub(crate) fn decide_new(command: &Command, ruling: &mut Ruling<'_>) -> Result<(), Rejection> {
    match command {
        Command::Open(new) => open(new, ruling),
        Command::Answer { .. } | Command::Withdraw { .. } => Err(Rejection::NotFound),
    }
}

/// Each command at its rule.
pub(crate) fn decide(
    feedback: &Feedback,
    command: &Command,
    ruling: &mut Ruling<'_>,
) -> Result<(), Rejection> {
    stage_allows(feedback, command.kind())?;
    lapse(feedback, ruling);
    match command {
        Command::Open(_) => Err(Rejection::AlreadyExists),
        Command::Answer {
            action,
            explanation,
        } => answer(feedback, action, *explanation, ruling),
        Command::Withdraw { reason } => {
            let reason = *reason;
            ruling.emit(Event::Withdrawn { reason });
            ruling.tell_unit(&feedback.unit, Occasion::FeedbackWithdrawn);
            Ok(())
        }
    }
}

/// Whether the feedback as it stands allows the command.
pub(crate) fn stage_allows(feedback: &Feedback, command: CommandKind) -> Result<(), Rejection> {
    match (command, &feedback.stage) {
        (CommandKind::Open, _) => Err(Rejection::AlreadyExists),
        (CommandKind::Answer | CommandKind::Withdraw, Stage::Open) => Ok(()),
        (
            CommandKind::Answer | CommandKind::Withdraw,
            Stage::Answered(_) | Stage::Withdrawn { .. },
        ) => Err(Rejection::WrongStage {
            stage: feedback.stage.name(),
            needed: "open",
        }),
    }
}

/// R68: the time runs from the opening. An emergency over a holiday has a limit in working days all the
/// same, so whoever is in charge is told too.
fn open(new: &NewFeedback, ruling: &mut Ruling<'_>) -> Result<(), Rejection> {
    let Id::Feedback(feedback) = ruling.id.clone() else {
        return Err(Rejection::WrongKind {
            kind: ruling.id.kind(),
            needed: "feedback",
        });
    };
    ruling.known_unit(&new.unit)?;
    match (&new.point, new.fault) {
        (None, Fault::NewPoint) => {}
        (Some(point), Fault::Error | Fault::Gap | Fault::Expired | Fault::Unclear) => {
            ruling.owned(point, &new.unit)?;
        }
        (Some(_), Fault::NewPoint) => {
            return Err(Rejection::Malformed {
                field: "point",
                problem: "must be left out where a new point is needed",
            });
        }
        (None, Fault::Error | Fault::Gap | Fault::Expired | Fault::Unclear) => {
            return Err(Rejection::Missing { field: "point" });
        }
    }
    let kind = match new.urgency {
        Urgency::Ordinary => DeadlineKind::Feedback,
        Urgency::Emergency => DeadlineKind::EmergencyFeedback,
    };
    let answer_by = ruling.deadline(kind, &new.unit, ruling.now())?;
    let due_at = answer_by.due.due_at;
    ruling.emit(Event::Opened {
        feedback,
        unit: new.unit.clone(),
        point: new.point.clone(),
        fault: new.fault,
        urgency: new.urgency,
        description: new.description,
        answer_by,
    });
    match new.urgency {
        Urgency::Ordinary => ruling.tell_unit(&new.unit, Occasion::FeedbackOpened { due_at }),
        Urgency::Emergency => {
            let occasion = Occasion::EmergencyFeedbackOpened { due_at };
            ruling.tell_unit(&new.unit, occasion.clone());
            ruling.notify(Recipient::LeaderInCharge(new.unit.clone()), occasion);
        }
    }
    Ok(())
}

/// R68: whoever asked does not answer; "nothing to do" is an answer, with its reason.
fn answer(
    feedback: &Feedback,
    action: &Action,
    explanation: Option<TextId>,
    ruling: &mut Ruling<'_>,
) -> Result<(), Rejection> {
    if feedback.opened_by == ruling.by.name {
        let did = "opened the feedback";
        return Err(Rejection::SamePerson { did });
    }
    done(feedback, action, explanation, ruling)?;
    let late = feedback.answer_by.is_late(ruling.now());
    ruling.emit(Event::Answered(Answer {
        at: ruling.now(),
        by: ruling.by.name.clone(),
        action: action.clone(),
        explanation,
        late,
    }));
    ruling.tell_center(Occasion::FeedbackAnswered { late });
    Ok(())
}

/// Whether what the unit says it did is there, and was done since the feedback was opened.
fn done(
    feedback: &Feedback,
    action: &Action,
    explanation: Option<TextId>,
    ruling: &Ruling<'_>,
) -> Result<(), Rejection> {
    let since = |at: Option<DateTime<Utc>>| at.is_some_and(|at| at >= feedback.opened_at);
    let about = || -> Result<&PointFacts, Rejection> {
        let point = feedback.point.as_ref();
        ruling.point(point.ok_or(Rejection::Missing { field: "point" })?)
    };
    let (is_done, needed) = match action {
        Action::NothingToDo => {
            return match explanation {
                Some(_) => Ok(()),
                None => Err(Rejection::Missing {
                    field: "explanation",
                }),
            };
        }
        Action::Added { point } => {
            let facts = ruling.owned(point, &feedback.unit)?;
            (since(facts.first_published_at), "published as a new point")
        }
        Action::Revised => (since(about()?.published_at), "published in a new version"),
        Action::Confirmed => {
            let facts = about()?;
            let looked_at = since(facts.confirmed_at) || since(facts.published_at);
            (looked_at, "confirmed")
        }
        Action::TakenDown => (about()?.taken_down_at.is_some(), "taken down"),
    };
    if is_done {
        Ok(())
    } else {
        Err(Rejection::NotDone { action: needed })
    }
}

/// Everything that is to be timed for a feedback.
pub(crate) fn timers(feedback: &Feedback) -> Vec<Timer> {
    let running = feedback.running_deadline().into_iter();
    let timer = running.map(|deadline| Timer {
        at: deadline.due.due_at,
        moment: Moment::Deadline {
            deadline: deadline.kind,
        },
    });
    timer.collect()
}

/// A timer reports.
pub(crate) fn mark_due(
    feedback: &Feedback,
    moment: Moment,
    ruling: &mut Ruling<'_>,
) -> Result<(), Rejection> {
    if timers(feedback).iter().any(|timer| timer.moment == moment) {
        lapse(feedback, ruling);
    }
    if ruling.is_empty() {
        Err(Rejection::NothingDue)
    } else {
        Ok(())
    }
}

/// Records a time that has passed: a fact, which blocks nothing (T8).
fn lapse(feedback: &Feedback, ruling: &mut Ruling<'_>) {
    if let Some(deadline) = feedback.running_deadline()
        && deadline.is_late(ruling.now())
    {
        ruling.emit(Event::DeadlineMarked(Missed::of(deadline)));
        ruling.tell_missed(deadline);
    }
}

/// C3: what was missed stays missed.
pub(crate) fn recompute(feedback: &Feedback, ruling: &mut Ruling<'_>) -> Result<(), Rejection> {
    lapse(feedback, ruling);
    if !ruling.is_empty() {
        return Ok(());
    }
    if let Some(old) = feedback.running_deadline()
        && let Some(deadline) = ruling.moved(old)?
    {
        let previous_due_at = old.due.due_at;
        ruling.emit(Event::DeadlineRecomputed {
            deadline,
            previous_due_at,
        });
    }
    Ok(())
}
