//! Who may do what: permission by role and by whose an entry is, checked before anything else about the
//! entry is told; and which commands an actor could give now.
//!
//! Units keep their points and answer for them (Art. 34, 36–38); the centre keeps the base with them
//! (Art. 33(2)), asks for corrections (Art. 36) and approves a longer validity (Art. 35). A district's
//! office has no part in Chapter 5; it reads.

use chrono::{DateTime, Utc};
use lifecycle::ids::{Actor, Role, UnitCode};

use crate::{Command, Entry, Rejection, change, feedback, outage, point};

/// Who may give a command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Party {
    /// Staff of the unit that the entry is about, or its leader.
    Unit,
    /// The hotline centre.
    Center,
    /// Kapok itself.
    System,
}

/// Whether the actor may give the command at all: by role, and for a unit only about its own entries.
/// [`crate::decide`] checks it by itself.
///
/// # Errors
/// [`Rejection::NotPermitted`], [`Rejection::NotAParty`].
pub fn check_permission(
    entry: Option<&Entry>,
    command: &Command,
    by: &Actor,
) -> Result<(), Rejection> {
    let parties = match command {
        Command::Point(command) => point_parties(command.kind()),
        Command::Feedback(command) => feedback_parties(command.kind()),
        Command::Change(command) => change_parties(command.kind()),
        Command::Outage(command) => outage_parties(command.kind()),
        Command::MarkDue(_) | Command::RecomputeDeadlines => &[Party::System],
    };
    let command_name = command.name();
    if !is_among(&by.role, parties) {
        return Err(Rejection::NotPermitted {
            command: command_name,
        });
    }
    let Some(unit) = by.role.unit() else {
        return Ok(());
    };
    // The unit that the entry is about, or that a new one would be.
    let whose = entry.map(Entry::unit).or_else(|| named_unit(command));
    if whose.is_none_or(|whose| whose == unit) {
        Ok(())
    } else {
        Err(Rejection::NotAParty { unit: unit.clone() })
    }
}

fn is_among(role: &Role, parties: &[Party]) -> bool {
    let party = match role {
        Role::System => Party::System,
        Role::Operator => Party::Center,
        // R5: what a unit does its leader may do too.
        Role::Unit(_) | Role::Leader(_) => Party::Unit,
        // They read at most.
        Role::District(_) | Role::Admin | Role::Channel | Role::Auditor => return false,
    };
    parties.contains(&party)
}

/// The unit that a command names which opens an entry.
const fn named_unit(command: &Command) -> Option<&UnitCode> {
    match command {
        Command::Point(point::Command::Draft(new)) => Some(&new.owner),
        Command::Change(change::Command::Announce(notice)) => Some(&notice.unit),
        Command::Outage(outage::Command::Report(report)) => Some(&report.unit),
        Command::Point(_)
        | Command::Feedback(_)
        | Command::Change(_)
        | Command::Outage(_)
        | Command::MarkDue(_)
        | Command::RecomputeDeadlines => None,
    }
}

/// R66: the unit writes, reviews, takes down and restores. Art. 33(2): the centre maintains the base
/// with it, so it may write for it and take a wrong point down; it never reviews in the unit's place.
const fn point_parties(command: point::CommandKind) -> &'static [Party] {
    use point::CommandKind as C;
    match command {
        C::Draft | C::Edit | C::Revise | C::Discard | C::Submit | C::TakeDown | C::Restore => {
            &[Party::Unit, Party::Center]
        }
        C::Check => &[Party::Unit, Party::Center, Party::System],
        C::Review | C::Confirm | C::RequestLonger => &[Party::Unit],
        C::DecideLonger => &[Party::Center],
    }
}

/// R68: the centre asks, the unit answers.
const fn feedback_parties(command: feedback::CommandKind) -> &'static [Party] {
    use feedback::CommandKind as C;
    match command {
        C::Open | C::Withdraw => &[Party::Center],
        C::Answer => &[Party::Unit],
    }
}

/// R69: the unit announces; the centre enters what was announced to it otherwise, and takes part in the
/// joint measures.
const fn change_parties(command: change::CommandKind) -> &'static [Party] {
    use change::CommandKind as C;
    match command {
        C::Announce | C::Amend | C::RecordMeasure | C::Close | C::Cancel => {
            &[Party::Unit, Party::Center]
        }
        C::Acknowledge | C::PassOn => &[Party::Center],
    }
}

/// R70: the unit reports and answers; the centre enters what it notices first.
const fn outage_parties(command: outage::CommandKind) -> &'static [Party] {
    use outage::CommandKind as C;
    match command {
        C::Report | C::Correct | C::End => &[Party::Unit, Party::Center],
        C::PublishNotice | C::ProvideScript | C::TellProgress => &[Party::Unit],
    }
}

/// The command is for another kind of entry.
pub(crate) fn wrong_kind(entry: &Entry, command: &Command) -> Rejection {
    let needed = match command {
        Command::Point(_) => "point",
        Command::Feedback(_) => "feedback",
        Command::Change(_) => "change",
        Command::Outage(_) => "outage",
        Command::MarkDue(_) | Command::RecomputeDeadlines => "any",
    };
    Rejection::WrongKind {
        kind: entry.id().kind(),
        needed,
    }
}

/// Names of the commands that an actor could give about an entry at `at`, by role, whose it is and
/// stage; what they carry may still be refused.
#[must_use]
pub fn allowed(entry: &Entry, by: &Actor, at: DateTime<Utc>) -> Vec<&'static str> {
    if by.role.unit().is_some_and(|unit| unit != entry.unit()) {
        return Vec::new();
    }
    let may = |parties| is_among(&by.role, parties);
    match entry {
        Entry::Point(point) => point::CommandKind::ALL
            .into_iter()
            .filter(|it| may(point_parties(*it)) && point::stage_allows(point, *it, at).is_ok())
            .map(point::CommandKind::name)
            .collect(),
        Entry::Feedback(feedback) => feedback::CommandKind::ALL
            .into_iter()
            .filter(|it| {
                may(feedback_parties(*it)) && feedback::stage_allows(feedback, *it).is_ok()
            })
            .map(feedback::CommandKind::name)
            .collect(),
        Entry::Change(change) => change::CommandKind::ALL
            .into_iter()
            .filter(|it| may(change_parties(*it)) && change::stage_allows(change, *it).is_ok())
            .map(change::CommandKind::name)
            .collect(),
        Entry::Outage(outage) => outage::CommandKind::ALL
            .into_iter()
            .filter(|it| may(outage_parties(*it)) && outage::stage_allows(outage, *it).is_ok())
            .map(outage::CommandKind::name)
            .collect(),
    }
}

/// A command on an entry: who gives it, and what forbids it where the entry stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// The command, by name.
    pub command: &'static str,
    /// Whether the unit that the entry is about gives it.
    pub by_unit: bool,
    /// Whether the centre gives it.
    pub by_center: bool,
    /// What forbids it now; none where it can be given, if what it carries is right.
    pub forbidden_by: Option<Rejection>,
}

/// How every command on such an entry stands at `at`, but for the one that opens it.
#[must_use]
pub fn standings(entry: &Entry, at: DateTime<Utc>) -> Vec<Standing> {
    let standing = |command, parties: &[Party], stage: Result<(), Rejection>| Standing {
        command,
        by_unit: parties.contains(&Party::Unit),
        by_center: parties.contains(&Party::Center),
        forbidden_by: stage.err(),
    };
    let mut all: Vec<Standing> = match entry {
        Entry::Point(point) => point::CommandKind::ALL
            .map(|it| {
                let stage = point::stage_allows(point, it, at);
                standing(it.name(), point_parties(it), stage)
            })
            .into(),
        Entry::Feedback(feedback) => feedback::CommandKind::ALL
            .map(|it| {
                let stage = feedback::stage_allows(feedback, it);
                standing(it.name(), feedback_parties(it), stage)
            })
            .into(),
        Entry::Change(change) => change::CommandKind::ALL
            .map(|it| {
                let stage = change::stage_allows(change, it);
                standing(it.name(), change_parties(it), stage)
            })
            .into(),
        Entry::Outage(outage) => outage::CommandKind::ALL
            .map(|it| {
                let stage = outage::stage_allows(outage, it);
                standing(it.name(), outage_parties(it), stage)
            })
            .into(),
    };
    all.retain(|it| it.forbidden_by != Some(Rejection::AlreadyExists));
    all
}
