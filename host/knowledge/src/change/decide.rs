//! Notices of changes (Art. 37, R69).

use std::collections::BTreeSet;

use chrono::NaiveDate;
use lifecycle::effect::Recipient;

use super::command::{Command, CommandKind, NewChange};
use super::event::Event;
use super::state::{Change, Lead, Measure, PassedOn, Stage};
use crate::Rejection;
use crate::effect::Occasion;
use crate::entry::{Moment, Timer};
use crate::ids::{Id, PointId};
use crate::point::{bounded, filled, short};
use crate::ruling::Ruling;

/// Most characters of a summary.
const SUMMARY_CHARS_MAX: usize = 20_000;
/// Most points that a notice touches.
const POINTS_MAX: usize = 500;

/// The command that makes a notice.
pub(crate) fn decide_new(command: &Command, ruling: &mut Ruling<'_>) -> Result<(), Rejection> {
    match command {
        Command::Announce(new) => announce(new, ruling),
        Command::Amend { .. }
        | Command::Acknowledge
        | Command::PassOn { .. }
        | Command::RecordMeasure { .. }
        | Command::Close { .. }
        | Command::Cancel { .. } => Err(Rejection::NotFound),
    }
}

/// Each command at its rule.
pub(crate) fn decide(
    change: &Change,
    command: &Command,
    ruling: &mut Ruling<'_>,
) -> Result<(), Rejection> {
    stage_allows(change, command.kind())?;
    take_effect(change, ruling);
    match command {
        Command::Announce(_) => Err(Rejection::AlreadyExists),
        Command::Amend {
            effective_on,
            summary,
        } => amend(change, *effective_on, summary, ruling),
        Command::Acknowledge => {
            ruling.emit(Event::Acknowledged);
            ruling.tell_unit(&change.unit, Occasion::ChangeAcknowledged);
            Ok(())
        }
        Command::PassOn { to } => pass_on(change, to, ruling),
        Command::RecordMeasure {
            measure,
            done_on,
            points,
            note,
        } => {
            let measure = Measure {
                measure: *measure,
                done_on: *done_on,
                points: points.clone(),
                note: *note,
            };
            record(change, measure, ruling)
        }
        Command::Close { note } => {
            ruling.emit(Event::Closed { note: *note });
            Ok(())
        }
        Command::Cancel { reason } => {
            ruling.emit(Event::Cancelled { reason: *reason });
            ruling.tell_center(Occasion::ChangeCancelled);
            Ok(())
        }
    }
}

/// Whether the notice as it stands allows the command.
pub(crate) fn stage_allows(change: &Change, command: CommandKind) -> Result<(), Rejection> {
    let need = |fits, stage, needed| {
        if fits {
            Ok(())
        } else {
            Err(Rejection::WrongStage { stage, needed })
        }
    };
    let is_open = change.stage == Stage::Open;
    match command {
        CommandKind::Announce => Err(Rejection::AlreadyExists),
        CommandKind::Acknowledge if change.acknowledged.is_some() => {
            need(false, "acknowledged", "not acknowledged")
        }
        // What has taken effect is closed, not cancelled or put off.
        CommandKind::Amend | CommandKind::Cancel if change.took_effect_at.is_some() => {
            need(false, "in effect", "not in effect yet")
        }
        CommandKind::Amend
        | CommandKind::Acknowledge
        | CommandKind::PassOn
        | CommandKind::RecordMeasure
        | CommandKind::Close
        | CommandKind::Cancel => need(is_open, change.stage.name(), "open"),
    }
}

/// R69: the unit tells the centre in advance. A notice that comes too late is taken, and says so.
fn announce(new: &NewChange, ruling: &mut Ruling<'_>) -> Result<(), Rejection> {
    let Id::Change(change) = ruling.id.clone() else {
        return Err(Rejection::WrongKind {
            kind: ruling.id.kind(),
            needed: "change",
        });
    };
    ruling.known_unit(&new.unit)?;
    filled("title", &new.title)?;
    short("title", &new.title)?;
    described(&new.summary)?;
    known(&new.points, ruling)?;
    let effective_on = new.effective_on;
    let lead = lead(effective_on, ruling)?;
    ruling.emit(Event::Announced {
        change,
        unit: new.unit.clone(),
        kind: new.kind,
        title: new.title.clone(),
        summary: new.summary.clone(),
        effective_on,
        points: new.points.clone(),
        planned: new.planned.clone(),
        lead,
    });
    ruling.tell_center(Occasion::ChangeAnnounced { effective_on });
    // What is in effect already needs no timer to say so.
    if lead == Lead::NotInAdvance {
        takes_effect(&new.unit, new.planned.clone(), ruling);
    }
    Ok(())
}

fn described(summary: &str) -> Result<(), Rejection> {
    filled("summary", summary)?;
    bounded("summary", summary, SUMMARY_CHARS_MAX)
}

fn known(points: &[PointId], ruling: &Ruling<'_>) -> Result<(), Rejection> {
    if points.len() > POINTS_MAX {
        let (field, max) = ("points", POINTS_MAX);
        return Err(Rejection::TooMany { field, max });
    }
    points
        .iter()
        .try_for_each(|point| ruling.point(point).map(|_| ()))
}

/// How long before the change it is now.
fn lead(effective_on: NaiveDate, ruling: &Ruling<'_>) -> Result<Lead, Rejection> {
    let begins = calendar::midnight_at_start_of(effective_on);
    if ruling.now() >= begins {
        return Ok(Lead::NotInAdvance);
    }
    let today = calendar::local_date(ruling.now());
    let eve = effective_on.pred_opt().unwrap_or(effective_on);
    let calendar = ruling.context.calendar;
    let working_days = calendar
        .working_days_between(today, eve)
        .map_err(Rejection::out_of_range)?;
    Ok(if working_days < ruling.context.rules.notice_working_days {
        Lead::Short { working_days }
    } else {
        Lead::InTime { working_days }
    })
}

fn amend(
    change: &Change,
    effective_on: NaiveDate,
    summary: &str,
    ruling: &mut Ruling<'_>,
) -> Result<(), Rejection> {
    if !ruling.is_empty() {
        return Err(Rejection::WrongStage {
            stage: "in effect",
            needed: "not in effect yet",
        });
    }
    described(summary)?;
    if (change.effective_on, change.summary.as_str()) == (effective_on, summary) {
        return Err(Rejection::Unchanged);
    }
    // The words alone do not make the notice later.
    let lead = if change.effective_on == effective_on {
        change.lead
    } else {
        lead(effective_on, ruling)?
    };
    ruling.emit(Event::Amended {
        effective_on,
        summary: summary.to_owned(),
        lead,
    });
    ruling.tell_center(Occasion::ChangeAmended { effective_on });
    if lead == Lead::NotInAdvance {
        takes_effect(&change.unit, change.open_measures(), ruling);
    }
    Ok(())
}

fn pass_on(change: &Change, to: &PassedOn, ruling: &mut Ruling<'_>) -> Result<(), Rejection> {
    let recipient = match to {
        PassedOn::Agents => None,
        PassedOn::DistrictOffice(district) => {
            if ruling.context.directory.district(district).is_none() {
                let district = district.clone();
                return Err(Rejection::UnknownDistrict { district });
            }
            Some(Recipient::DistrictOffice(district.clone()))
        }
        PassedOn::Unit(unit) => {
            ruling.known_unit(unit)?;
            Some(Recipient::Unit(unit.clone()))
        }
    };
    ruling.emit(Event::PassedOn(to.clone()));
    if let Some(recipient) = recipient {
        let effective_on = change.effective_on;
        ruling.notify(recipient, Occasion::ChangeAnnounced { effective_on });
    }
    Ok(())
}

fn record(change: &Change, measure: Measure, ruling: &mut Ruling<'_>) -> Result<(), Rejection> {
    let field = "done_on";
    if measure.done_on > calendar::local_date(ruling.now()) {
        let problem = "lies in the future";
        return Err(Rejection::ImpossibleTime { field, problem });
    }
    known(&measure.points, ruling)?;
    if change.measures.contains(&measure) {
        return Err(Rejection::Unchanged);
    }
    ruling.emit(Event::MeasureRecorded(measure));
    Ok(())
}

/// Everything that is to be timed for a notice: the instant before the change begins.
pub(crate) fn timers(change: &Change) -> Vec<Timer> {
    if change.stage != Stage::Open || change.took_effect_at.is_some() {
        return Vec::new();
    }
    vec![Timer {
        at: calendar::midnight_at_start_of(change.effective_on),
        moment: Moment::ChangeTakesEffect,
    }]
}

/// A timer reports.
pub(crate) fn mark_due(
    change: &Change,
    moment: Moment,
    ruling: &mut Ruling<'_>,
) -> Result<(), Rejection> {
    if moment == Moment::ChangeTakesEffect {
        take_effect(change, ruling);
    }
    if ruling.is_empty() {
        Err(Rejection::NothingDue)
    } else {
        Ok(())
    }
}

/// The change takes effect at 00:00; who has not prepared for it is told.
fn take_effect(change: &Change, ruling: &mut Ruling<'_>) {
    let begun = timers(change).iter().any(|timer| timer.at <= ruling.now());
    if begun {
        takes_effect(&change.unit, change.open_measures(), ruling);
    }
}

fn takes_effect(
    unit: &lifecycle::ids::UnitCode,
    open: BTreeSet<super::MeasureKind>,
    ruling: &mut Ruling<'_>,
) {
    let open_measures = open.len();
    ruling.emit(Event::TookEffect { open });
    let occasion = Occasion::ChangeTakesEffect { open_measures };
    ruling.tell_unit(unit, occasion.clone());
    ruling.tell_center(occasion);
}
