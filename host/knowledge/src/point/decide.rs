//! Points: which stage allows what, and writing (R66). Reviews are in `review`, the life of what is
//! published in `standing`.

use chrono::{DateTime, Utc};

use super::command::{Command, CommandKind, NewPoint};
use super::content::Content;
use super::event::{Event, Subject};
use super::state::{Draft, DraftStage, Point, Standing};
use super::validity::Term;
use super::{bounds, review, standing};
use crate::Rejection;
use crate::effect::Occasion;
use crate::entry::Moment;
use crate::ids::{Id, PointId};
use crate::ruling::Ruling;

/// Most characters of the reason for a longer validity.
const REASON_CHARS_MAX: usize = 2000;

/// The command that makes a point.
pub(crate) fn decide_new(command: &Command, ruling: &mut Ruling<'_>) -> Result<(), Rejection> {
    match command {
        Command::Draft(new) => open(new, ruling),
        Command::Edit { .. }
        | Command::Revise { .. }
        | Command::Discard
        | Command::Check { .. }
        | Command::Submit
        | Command::Review { .. }
        | Command::Confirm { .. }
        | Command::RequestLonger { .. }
        | Command::DecideLonger { .. }
        | Command::TakeDown { .. }
        | Command::Restore => Err(Rejection::NotFound),
    }
}

/// Each command at its rule.
pub(crate) fn decide(
    point: &Point,
    command: &Command,
    ruling: &mut Ruling<'_>,
) -> Result<(), Rejection> {
    stage_allows(point, command.kind(), ruling.now())?;
    standing::expire(point, ruling);
    match command {
        Command::Draft(_) => Err(Rejection::AlreadyExists),
        Command::Edit { content, term } => edit(point, content, term, ruling),
        Command::Revise { content, term } => revise(point, content, term, ruling),
        Command::Discard => {
            ruling.emit(Event::Discarded);
            Ok(())
        }
        Command::Check { subject } => check(point, *subject, ruling),
        Command::Submit => review::submit(point, ruling),
        Command::Review { revision, verdict } => review::review(point, *revision, *verdict, ruling),
        Command::Confirm { span } => standing::confirm(point, *span, ruling),
        Command::RequestLonger { span, reason } => {
            standing::request_longer(point, *span, reason, ruling)
        }
        Command::DecideLonger { of, verdict } => {
            review::decide_longer(point, *of, *verdict, ruling)
        }
        Command::TakeDown { reason } => {
            standing::take_down(point, *reason, ruling);
            Ok(())
        }
        Command::Restore => standing::restore(point, ruling),
    }
}

/// A timer reports.
pub(crate) fn mark_due(
    point: &Point,
    moment: Moment,
    ruling: &mut Ruling<'_>,
) -> Result<(), Rejection> {
    standing::mark_due(point, moment, ruling)
}

/// Whether the point as it stands at `at` allows the command.
pub(crate) fn stage_allows(
    point: &Point,
    command: CommandKind,
    at: DateTime<Utc>,
) -> Result<(), Rejection> {
    let draft = point.draft.as_ref().map(|it| &it.stage);
    let stage = draft.map_or("without a draft", DraftStage::name);
    let need = |fits, needed| {
        if fits {
            Ok(())
        } else {
            Err(Rejection::WrongStage { stage, needed })
        }
    };
    match command {
        CommandKind::Draft => Err(Rejection::AlreadyExists),
        CommandKind::Edit | CommandKind::Discard => need(draft.is_some(), "a draft"),
        CommandKind::Revise => need(draft.is_none(), "no draft beside it"),
        CommandKind::Check => need(
            draft.is_some() || !point.versions.is_empty(),
            "a draft or a version",
        ),
        CommandKind::Submit => need(matches!(draft, Some(DraftStage::Editing)), "editing"),
        CommandKind::Review => need(
            matches!(draft, Some(DraftStage::UnderReview { .. })),
            "under_review",
        ),
        CommandKind::DecideLonger => need(
            matches!(draft, Some(DraftStage::AwaitingApproval { .. })) || point.longer.is_some(),
            "awaiting_approval, or a request for the published version",
        ),
        CommandKind::Confirm | CommandKind::TakeDown => point.answering(at).map(|_| ()),
        CommandKind::RequestLonger => {
            point.answering(at)?;
            match point.longer {
                None => Ok(()),
                Some(_) => Err(Rejection::WrongStage {
                    stage: "with a request for a longer validity",
                    needed: "no such request",
                }),
            }
        }
        CommandKind::Restore => match point.standing {
            Standing::TakenDown(_) if point.is_expired(at) => point.answering(at).map(|_| ()),
            Standing::TakenDown(_) => Ok(()),
            Standing::Unpublished | Standing::Published | Standing::Expired { .. } => {
                Err(Rejection::WrongStage {
                    stage: point.stage(at),
                    needed: "taken_down",
                })
            }
        },
    }
}

/// The draft, which the stage has been checked for.
pub(super) fn draft(point: &Point) -> Result<&Draft, Rejection> {
    point.draft.as_ref().ok_or(Rejection::WrongStage {
        stage: "without a draft",
        needed: "a draft",
    })
}

/// R66: a point is a unit's, from its first draft.
fn open(new: &NewPoint, ruling: &mut Ruling<'_>) -> Result<(), Rejection> {
    let Id::Point(id) = ruling.id else {
        return Err(Rejection::WrongKind {
            kind: ruling.id.kind(),
            needed: "point",
        });
    };
    let point = id.clone();
    ruling.known_unit(&new.owner)?;
    keepable(&point, &new.content, &new.term, ruling)?;
    ruling.emit(Event::Opened {
        point,
        owner: new.owner.clone(),
        content: new.content.clone(),
        term: new.term.clone(),
    });
    Ok(())
}

fn edit(
    point: &Point,
    content: &Content,
    term: &Term,
    ruling: &mut Ruling<'_>,
) -> Result<(), Rejection> {
    let draft = draft(point)?;
    if (&draft.content, &draft.term) == (content, term) {
        return Err(Rejection::Unchanged);
    }
    keepable(&point.id, content, term, ruling)?;
    ruling.emit(Event::Edited {
        revision: point.revision.saturating_add(1),
        content: content.clone(),
        term: term.clone(),
    });
    Ok(())
}

/// R66: what is published stays as it is until the next version takes its place. What is still valid is
/// confirmed, not published again without a change.
fn revise(
    point: &Point,
    content: &Content,
    term: &Term,
    ruling: &mut Ruling<'_>,
) -> Result<(), Rejection> {
    if let Ok(version) = point.answering(ruling.now())
        && (&version.content, &version.term) == (content, term)
    {
        return Err(Rejection::Unchanged);
    }
    keepable(&point.id, content, term, ruling)?;
    ruling.emit(Event::Revised {
        revision: point.revision.saturating_add(1),
        content: content.clone(),
        term: term.clone(),
    });
    Ok(())
}

fn keepable(
    id: &PointId,
    content: &Content,
    term: &Term,
    ruling: &Ruling<'_>,
) -> Result<(), Rejection> {
    bounds::check_content(Some(id), content, ruling.context.directory)?;
    let reason = term.longer_reason.as_deref().unwrap_or_default();
    bounds::bounded("longer_reason", reason, REASON_CHARS_MAX)
}

/// What the plugins said is a fact, whether it blocks or not. Of a published version the unit and the
/// centre are told once it would be blocked and was not before.
fn check(point: &Point, subject: Subject, ruling: &mut Ruling<'_>) -> Result<(), Rejection> {
    let checks = ruling.facts.checks.clone();
    let blocking = |checks: &[super::Checked]| {
        let each = checks.iter().map(|check| check.blocking().count());
        each.fold(0, usize::saturating_add)
    };
    match subject {
        Subject::Draft(given) => {
            let revision = draft(point)?.revision;
            if revision != given {
                return Err(Rejection::StaleRevision { revision, given });
            }
        }
        Subject::Version(given) => {
            let version = point.last_version().ok_or(Rejection::WrongStage {
                stage: "unpublished",
                needed: "published",
            })?;
            let published = version.number;
            if published != given {
                return Err(Rejection::Superseded { given, published });
            }
            let before = point.rechecks.as_deref().unwrap_or(&version.checks);
            let findings = blocking(&checks);
            if findings > 0 && blocking(before) == 0 && point.may_answer_directly(ruling.now()) {
                let occasion = Occasion::PublishedBlocked {
                    version: given,
                    findings,
                };
                ruling.tell_unit(&point.owner, occasion.clone());
                ruling.tell_center(occasion);
            }
        }
    }
    let asked = ruling.facts.asked.clone();
    ruling.emit(Event::Checked {
        subject,
        checks,
        asked,
    });
    Ok(())
}
