//! Outages (Art. 38, R70): reporting, publishing, answering, ending. What time does is in `stages`.

use chrono::{DateTime, Days, Utc};
use lifecycle::ids::TextId;

use super::command::{Command, CommandKind};
use super::event::Event;
use super::stages;
use super::state::{Notice, Outage, Progress, Report, Script, Support, Update};
use crate::Rejection;
use crate::deadline::DeadlineKind;
use crate::effect::Occasion;
use crate::ids::Id;
use crate::point::{bounded, filled, short};
use crate::rules::OutageStart;
use crate::ruling::Ruling;

/// Most characters of what is said about an outage.
const TEXT_CHARS_MAX: usize = 20_000;

/// The command that makes an outage.
pub(crate) fn decide_new(command: &Command, ruling: &mut Ruling<'_>) -> Result<(), Rejection> {
    match command {
        Command::Report(new) => report(new, ruling),
        Command::Correct(_)
        | Command::PublishNotice(_)
        | Command::ProvideScript(_)
        | Command::TellProgress { .. }
        | Command::End { .. } => Err(Rejection::NotFound),
    }
}

/// Each command at its rule.
pub(crate) fn decide(
    outage: &Outage,
    command: &Command,
    ruling: &mut Ruling<'_>,
) -> Result<(), Rejection> {
    stage_allows(outage, command.kind())?;
    if let Command::End { ended_at, note } = command {
        return end(outage, *ended_at, *note, ruling);
    }
    let update_by = stages::lapse(outage, ruling.now(), ruling)?;
    match command {
        Command::Report(_) | Command::End { .. } => Err(Rejection::AlreadyExists),
        Command::Correct(progress) => correct(outage, progress, ruling),
        Command::PublishNotice(notice) => publish(outage, notice, ruling),
        Command::ProvideScript(given) => provide(outage, given, ruling),
        Command::TellProgress { progress, support } => {
            if outage.update_by.is_none() && update_by.is_none() {
                return Err(Rejection::WrongStage {
                    stage: "down",
                    needed: "second_stage",
                });
            }
            tell(outage, *progress, support, ruling)
        }
    }
}

/// Whether the outage as it stands allows the command.
pub(crate) fn stage_allows(outage: &Outage, command: CommandKind) -> Result<(), Rejection> {
    match command {
        CommandKind::Report => Err(Rejection::AlreadyExists),
        CommandKind::Correct
        | CommandKind::PublishNotice
        | CommandKind::ProvideScript
        | CommandKind::TellProgress
        | CommandKind::End => {
            if outage.ended_at.is_none() {
                return Ok(());
            }
            Err(Rejection::WrongStage {
                stage: "ended",
                needed: "down or second_stage",
            })
        }
    }
}

/// R70, A-21: the time for the script counts from the outage, or from the report where nobody knows its
/// start.
fn report(new: &Report, ruling: &mut Ruling<'_>) -> Result<(), Rejection> {
    let Id::Outage(outage) = ruling.id.clone() else {
        return Err(Rejection::WrongKind {
            kind: ruling.id.kind(),
            needed: "outage",
        });
    };
    ruling.known_unit(&new.unit)?;
    filled("system", &new.system)?;
    short("system", &new.system)?;
    known(&new.progress)?;
    let now = ruling.now();
    if let Some(started_at) = new.started_at {
        ruling.not_in_future("started_at", started_at)?;
    }
    let counts_from = match ruling.context.rules.outage_start {
        OutageStart::OutageOrReport => new.started_at.unwrap_or(now),
        OutageStart::Report => now,
    };
    let script_by = ruling.deadline(DeadlineKind::OutageScript, &new.unit, counts_from)?;
    let due_at = script_by.due.due_at;
    let second_stage_at = second_stage(counts_from, ruling)?;
    ruling.emit(Event::Reported {
        outage,
        report: new.clone(),
        counts_from,
        script_by,
        second_stage_at,
    });
    let occasion = Occasion::OutageReported { script_by: due_at };
    ruling.tell_unit(&new.unit, occasion.clone());
    ruling.tell_center(occasion);
    Ok(())
}

/// R70: 00:00 of the second full calendar day after the day of the start.
fn second_stage(
    counts_from: DateTime<Utc>,
    ruling: &Ruling<'_>,
) -> Result<DateTime<Utc>, Rejection> {
    let days = Days::new(u64::from(ruling.context.rules.second_stage_days));
    let day = calendar::local_date(counts_from).checked_add_days(days);
    day.map(calendar::midnight_at_start_of)
        .ok_or_else(|| Rejection::PeriodOutOfRange {
            problem: "the second stage lies beyond the last date".to_owned(),
        })
}

fn known(progress: &Progress) -> Result<(), Rejection> {
    filled("affected", &progress.affected)?;
    bounded("affected", &progress.affected, TEXT_CHARS_MAX)?;
    let cause = progress.cause.as_deref().unwrap_or_default();
    bounded("cause", cause, TEXT_CHARS_MAX)
}

fn correct(outage: &Outage, progress: &Progress, ruling: &mut Ruling<'_>) -> Result<(), Rejection> {
    known(progress)?;
    if outage.progress == *progress {
        return Err(Rejection::Unchanged);
    }
    ruling.emit(Event::Corrected(progress.clone()));
    Ok(())
}

/// R70: the page says all four things, and there is evidence of it.
fn publish(outage: &Outage, notice: &Notice, ruling: &mut Ruling<'_>) -> Result<(), Rejection> {
    let said = [
        ("page", &notice.page),
        ("cause", &notice.cause),
        ("time", &notice.time),
        ("affected", &notice.affected),
        ("recovery", &notice.recovery),
    ];
    for (field, text) in said {
        filled(field, text)?;
        bounded(field, text, TEXT_CHARS_MAX)?;
    }
    ruling.not_in_future("published_at", notice.published_at)?;
    if notice.published_at < outage.counts_from {
        return Err(Rejection::ImpossibleTime {
            field: "published_at",
            problem: "lies before the outage",
        });
    }
    ruling.emit(Event::NoticePublished(notice.clone()));
    Ok(())
}

/// R70: within one calendar day, holiday or not.
fn provide(outage: &Outage, given: &Script, ruling: &mut Ruling<'_>) -> Result<(), Rejection> {
    script(given, ruling)?;
    let late = outage.scripts.is_empty() && outage.script_by.is_late(ruling.now());
    ruling.emit(Event::ScriptProvided {
        script: given.clone(),
        late,
    });
    ruling.tell_center(Occasion::ScriptProvided);
    Ok(())
}

fn script(script: &Script, ruling: &Ruling<'_>) -> Result<(), Rejection> {
    filled("text", &script.text)?;
    bounded("text", &script.text, TEXT_CHARS_MAX)?;
    match &script.point {
        Some(point) => ruling.point(point).map(|_| ()),
        None => Ok(()),
    }
}

/// R70: in the second stage the unit tells how it goes, again and again while it lasts.
fn tell(
    outage: &Outage,
    progress: TextId,
    support: &Support,
    ruling: &mut Ruling<'_>,
) -> Result<(), Rejection> {
    match support {
        Support::Script(given) => provide(outage, given, ruling)?,
        Support::OnSite => {}
        Support::Unchanged if outage.scripts.is_empty() => {
            return Err(Rejection::Missing { field: "script" });
        }
        Support::Unchanged => {}
    }
    let update_by = ruling.deadline(DeadlineKind::OutageUpdate, &outage.unit, ruling.now())?;
    let update = Update {
        at: ruling.now(),
        progress,
        support: support.clone(),
    };
    ruling.emit(Event::ProgressTold { update, update_by });
    ruling.tell_center(Occasion::OutageUpdated);
    Ok(())
}

/// The service works again. What passed before that is recorded; what would have passed between then
/// and the report of it is not.
fn end(
    outage: &Outage,
    ended_at: DateTime<Utc>,
    note: Option<TextId>,
    ruling: &mut Ruling<'_>,
) -> Result<(), Rejection> {
    ruling.not_in_future("ended_at", ended_at)?;
    let started_at = outage.report.started_at.unwrap_or(outage.reported_at);
    if ended_at < started_at {
        return Err(Rejection::ImpossibleTime {
            field: "ended_at",
            problem: "lies before the outage",
        });
    }
    stages::lapse(outage, ended_at, ruling)?;
    ruling.emit(Event::Ended { ended_at, note });
    ruling.tell_unit(&outage.unit, Occasion::OutageEnded);
    ruling.tell_center(Occasion::OutageEnded);
    Ok(())
}
