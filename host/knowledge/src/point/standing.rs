//! The life of what is published: reminders, confirmation, expiry (R67), taking down and restoring
//! (R66).

use calendar::Period;
use lifecycle::ids::{Role, TextId};

use super::bounds;
use super::event::Event;
use super::state::{Keeper, Point, Standing, Version};
use super::validity::{Reminder, Span, validity_of};
use crate::Rejection;
use crate::deadline::DeadlineKind;
use crate::effect::Occasion;
use crate::entry::{Moment, Timer};
use crate::ruling::Ruling;

const EXPIRY: Moment = Moment::Deadline {
    deadline: DeadlineKind::Expiry,
};

/// Everything that is to be timed for a point. What was taken down expires too, but nobody is reminded
/// of it.
pub(crate) fn timers(point: &Point) -> Vec<Timer> {
    let Some(validity) = &point.validity else {
        return Vec::new();
    };
    let expiry = Timer {
        at: validity.expiry.due.due_at,
        moment: EXPIRY,
    };
    match point.standing {
        Standing::Published => {
            let reminders = open_reminders(point).map(|it| Timer {
                at: it.at,
                moment: Moment::Remind { days: it.days },
            });
            reminders.chain([expiry]).collect()
        }
        Standing::TakenDown(_) => vec![expiry],
        Standing::Unpublished | Standing::Expired { .. } => Vec::new(),
    }
}

/// Reminders that were not sent, nor overtaken by a later one.
fn open_reminders(point: &Point) -> impl Iterator<Item = &Reminder> {
    let reminders = point.validity.iter().flat_map(|it| &it.reminders);
    reminders.filter(|it| point.reminded.is_none_or(|sent| it.days < sent))
}

/// R67: a reminder before the expiry, or the expiry itself. Several reminders that passed unseen are
/// one.
pub(super) fn mark_due(
    point: &Point,
    moment: Moment,
    ruling: &mut Ruling<'_>,
) -> Result<(), Rejection> {
    expire(point, ruling);
    if !ruling.is_empty() {
        return Ok(());
    }
    let is_timed = timers(point)
        .iter()
        .any(|timer| timer.moment == moment && timer.at < ruling.now());
    let passed = open_reminders(point).filter(|it| it.at < ruling.now());
    let latest = passed.map(|it| it.days).min();
    let (true, Some(days), Some(validity)) = (is_timed, latest, &point.validity) else {
        return Err(Rejection::NothingDue);
    };
    ruling.emit(Event::Reminded { days });
    let until = validity.expiry.due.due_at;
    ruling.tell_unit(&point.owner, Occasion::ExpiresSoon { days, until });
    Ok(())
}

/// Records an expiry that has passed. Commands do this before anything else, because a timer may be
/// late; what may be answered never depends on it.
pub(super) fn expire(point: &Point, ruling: &mut Ruling<'_>) {
    let lasts = matches!(point.standing, Standing::Published | Standing::TakenDown(_));
    if lasts && point.is_expired(ruling.now()) {
        ruling.emit(Event::Expired);
        ruling.tell_unit(&point.owner, Occasion::Expired);
        ruling.tell_center(Occasion::Expired);
    }
}

/// R67: a new validity begins with the confirmation, of at most the same length; a longer one than the
/// law allows goes to the centre.
pub(super) fn confirm(
    point: &Point,
    span: Option<Span>,
    ruling: &mut Ruling<'_>,
) -> Result<(), Rejection> {
    let version = point.answering(ruling.now())?;
    let span = match span {
        Some(span) => span,
        None => same_again(version, ruling)?,
    };
    let kind = version.content.kind;
    let validity = validity_of(kind, span, &point.owner, ruling.next_seq(), ruling.context)?;
    if validity.is_longer() {
        let latest = validity.latest();
        return Err(Rejection::ValidityTooLong { latest });
    }
    ruling.emit(Event::Confirmed { validity });
    Ok(())
}

/// The length that the version had at first, as far as nobody has to approve it. A fixed day does not
/// come again.
fn same_again(version: &Version, ruling: &Ruling<'_>) -> Result<Span, Rejection> {
    let longest = match ruling.context.rules.longest(version.content.kind) {
        Period::Months(months) => Some(months),
        Period::Years(years) => years.checked_mul(12),
        Period::WorkingDays(_)
        | Period::CalendarDays(_)
        | Period::Hours(_)
        | Period::Minutes(_)
        | Period::Until(_) => None,
    };
    match version.term.span {
        Span::Months(months) if longest.is_none_or(|longest| months <= longest) => {
            Ok(Span::Months(months))
        }
        Span::Longest | Span::Months(_) => Ok(Span::Longest),
        Span::Until(_) => Err(Rejection::Missing { field: "span" }),
    }
}

/// R67: the clock runs on while the centre decides.
pub(super) fn request_longer(
    point: &Point,
    span: Span,
    reason: &str,
    ruling: &mut Ruling<'_>,
) -> Result<(), Rejection> {
    bounds::filled("reason", reason)?;
    bounds::bounded("reason", reason, 2000)?;
    let kind = point.answering(ruling.now())?.content.kind;
    let validity = validity_of(kind, span, &point.owner, ruling.next_seq(), ruling.context)?;
    if !validity.is_longer() {
        let latest = validity.latest();
        return Err(Rejection::NotLonger { latest });
    }
    ruling.emit(Event::LongerRequested {
        span,
        reason: reason.to_owned(),
    });
    ruling.tell_center(Occasion::AwaitsApproval);
    Ok(())
}

/// R66. The other side is told.
pub(super) fn take_down(point: &Point, reason: TextId, ruling: &mut Ruling<'_>) {
    let by = side(ruling);
    ruling.emit(Event::TakenDown { by, reason });
    tell_other_side(point, by, &Occasion::TakenDown { reason }, ruling);
}

/// R66: whoever took it down; the centre may restore for the unit too.
pub(super) fn restore(point: &Point, ruling: &mut Ruling<'_>) -> Result<(), Rejection> {
    let by = side(ruling);
    if let Standing::TakenDown(down) = &point.standing
        && (down.by, by) == (Keeper::Center, Keeper::Owner)
    {
        let command = "restore_point";
        return Err(Rejection::NotPermitted { command });
    }
    ruling.emit(Event::Restored);
    tell_other_side(point, by, &Occasion::Restored, ruling);
    Ok(())
}

fn tell_other_side(point: &Point, by: Keeper, occasion: &Occasion, ruling: &mut Ruling<'_>) {
    match by {
        Keeper::Owner => ruling.tell_center(occasion.clone()),
        Keeper::Center => ruling.tell_unit(&point.owner, occasion.clone()),
    }
}

fn side(ruling: &Ruling<'_>) -> Keeper {
    match ruling.by.role {
        Role::Unit(_) | Role::Leader(_) => Keeper::Owner,
        Role::System
        | Role::Admin
        | Role::Operator
        | Role::District(_)
        | Role::Channel
        | Role::Auditor => Keeper::Center,
    }
}
