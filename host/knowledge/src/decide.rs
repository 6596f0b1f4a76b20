//! The dispatcher: what a command does to an entry.

use std::collections::BTreeMap;

use calendar::Calendar;
use chrono::{DateTime, Utc};
use lifecycle::directory::Directory;
use lifecycle::ids::{Actor, UnitCode};
use lifecycle::ruleset::RuleBook;

use crate::effect::Effect;
use crate::ids::{Id, PointId};
use crate::point::{Asked, Checked};
use crate::rules::KnowledgeRules;
use crate::ruling::Ruling;
use crate::{Entry, Event, Moment, Rejection, change, feedback, gate, outage, point};

/// What every decision is made under.
#[derive(Debug, Clone, Copy)]
pub struct Context<'a> {
    /// The instant at which the command is given; the events happen at it.
    pub now: DateTime<Utc>,
    /// The calendar in force.
    pub calendar: &'a Calendar,
    /// The rule sets: which one is in force, and how it reads the text on calendar days.
    pub book: &'a RuleBook,
    /// The limits of Chapter 5.
    pub rules: &'a KnowledgeRules,
    /// Districts and handling units.
    pub directory: &'a Directory,
}

/// A command on an entry of any kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// On a point.
    Point(point::Command),
    /// On a feedback.
    Feedback(feedback::Command),
    /// On a notice of a change.
    Change(change::Command),
    /// On an outage.
    Outage(outage::Command),
    /// An instant that was timed has passed; a timer reports it.
    MarkDue(Moment),
    /// A new calendar is in force: recompute what it changes (C3).
    RecomputeDeadlines,
}

impl Command {
    /// Stable name of its kind.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Point(command) => command.kind().name(),
            Self::Feedback(command) => command.kind().name(),
            Self::Change(command) => command.kind().name(),
            Self::Outage(command) => command.kind().name(),
            Self::MarkDue(_) => "mark_due",
            Self::RecomputeDeadlines => "recompute_deadlines",
        }
    }
}

/// What the shell must look up before [`decide`].
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Needs {
    /// The plugins' check of this part of the point ([`point::question`]).
    pub check: Option<point::Subject>,
    /// Points to be looked up.
    pub points: Vec<PointId>,
}

/// What a command needs to know besides its entry.
#[must_use]
pub fn needs(entry: Option<&Entry>, command: &Command) -> Needs {
    match (command, entry) {
        (Command::Point(point::Command::Check { subject }), _) => Needs {
            check: Some(*subject),
            points: Vec::new(),
        },
        (Command::Point(point::Command::Submit), Some(Entry::Point(point))) => {
            let draft = point.draft.as_ref();
            let related = draft.into_iter().flat_map(|it| it.content.related_points());
            Needs {
                check: None,
                points: related.cloned().collect(),
            }
        }
        (Command::Feedback(command), entry) => {
            let point = match entry {
                Some(Entry::Feedback(feedback)) => feedback.point.as_ref(),
                Some(Entry::Point(_) | Entry::Change(_) | Entry::Outage(_)) | None => None,
            };
            Needs {
                check: None,
                points: command.points().chain(point).cloned().collect(),
            }
        }
        (Command::Change(command), _) => Needs {
            check: None,
            points: command.points().cloned().collect(),
        },
        (Command::Outage(command), _) => Needs {
            check: None,
            points: command.points().cloned().collect(),
        },
        (Command::Point(_) | Command::MarkDue(_) | Command::RecomputeDeadlines, _) => {
            Needs::default()
        }
    }
}

/// What the shell looked up, as [`needs`] says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Facts {
    /// What the plugins said, all scopes; empty where none is active.
    pub checks: Vec<Checked>,
    /// The decision in which they said it, and what was asked; none where nobody was.
    pub asked: Option<Asked>,
    /// The points that exist, of those that were asked for.
    pub points: BTreeMap<PointId, PointFacts>,
}

/// What the shell knows of a point. [`PointFacts::of`] makes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PointFacts {
    /// Whose it is.
    pub owner: UnitCode,
    /// When its first version was published.
    pub first_published_at: Option<DateTime<Utc>>,
    /// When its last version was published.
    pub published_at: Option<DateTime<Utc>>,
    /// When its owner last confirmed it.
    pub confirmed_at: Option<DateTime<Utc>>,
    /// When it was taken down, if it is.
    pub taken_down_at: Option<DateTime<Utc>>,
}

impl PointFacts {
    /// The facts of a point.
    #[must_use]
    pub fn of(point: &point::Point) -> Self {
        Self {
            owner: point.owner.clone(),
            first_published_at: point.versions.first().map(|it| it.published_at),
            published_at: point.last_version().map(|it| it.published_at),
            confirmed_at: point.confirmed_at,
            taken_down_at: match &point.standing {
                point::Standing::TakenDown(down) => Some(down.at),
                point::Standing::Unpublished
                | point::Standing::Published
                | point::Standing::Expired { .. } => None,
            },
        }
    }
}

/// What a command does: events to be recorded, messages to be put into boxes after the commit.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Decision {
    /// What happened, in order; never empty.
    pub events: Vec<Event>,
    /// Who is told what.
    pub effects: Vec<Effect>,
}

/// Decides a command, or says why not. `id` is the entry's number, made by the shell for a new one.
///
/// Checked in this order: permission (role, own entry), existence, kind, stage, content. What has passed
/// without its timer having fired yet is marked first, so that no fact depends on how punctual timers
/// are.
///
/// # Errors
/// See [`Rejection`]; nothing has changed then.
pub fn decide(
    id: &Id,
    entry: Option<&Entry>,
    command: &Command,
    by: &Actor,
    facts: &Facts,
    context: &Context<'_>,
) -> Result<Decision, Rejection> {
    gate::check_permission(entry, command, by)?;
    let version = entry.map_or(0, Entry::version);
    let mut ruling = Ruling::new(id, version, by, facts, context);
    let ruled = &mut ruling;
    match (entry, command) {
        (None, Command::Point(command)) => point::decide_new(command, ruled),
        (None, Command::Feedback(command)) => feedback::decide_new(command, ruled),
        (None, Command::Change(command)) => change::decide_new(command, ruled),
        (None, Command::Outage(command)) => outage::decide_new(command, ruled),
        (None, Command::MarkDue(_) | Command::RecomputeDeadlines) => Err(Rejection::NotFound),
        (Some(Entry::Point(point)), Command::Point(command)) => {
            point::decide(point, command, ruled)
        }
        (Some(Entry::Feedback(feedback)), Command::Feedback(command)) => {
            feedback::decide(feedback, command, ruled)
        }
        (Some(Entry::Change(change)), Command::Change(command)) => {
            change::decide(change, command, ruled)
        }
        (Some(Entry::Outage(outage)), Command::Outage(command)) => {
            outage::decide(outage, command, ruled)
        }
        (Some(entry), Command::MarkDue(moment)) => mark_due(entry, *moment, ruled),
        (Some(entry), Command::RecomputeDeadlines) => recompute(entry, ruled),
        (
            Some(entry),
            Command::Point(_) | Command::Feedback(_) | Command::Change(_) | Command::Outage(_),
        ) => Err(gate::wrong_kind(entry, command)),
    }?;
    Ok(ruling.finish())
}

fn mark_due(entry: &Entry, moment: Moment, ruling: &mut Ruling<'_>) -> Result<(), Rejection> {
    match entry {
        Entry::Point(point) => point::mark_due(point, moment, ruling),
        Entry::Feedback(feedback) => feedback::mark_due(feedback, moment, ruling),
        Entry::Change(change) => change::mark_due(change, moment, ruling),
        Entry::Outage(outage) => outage::mark_due(outage, moment, ruling),
    }
}

fn recompute(entry: &Entry, ruling: &mut Ruling<'_>) -> Result<(), Rejection> {
    match entry {
        Entry::Point(_) | Entry::Change(_) => {}
        Entry::Feedback(feedback) => feedback::recompute(feedback, ruling)?,
        Entry::Outage(outage) => outage::recompute(outage, ruling)?,
    }
    if ruling.is_empty() {
        Err(Rejection::NothingDue)
    } else {
        Ok(())
    }
}
