//! Who may give which command on which dossier: tables, checked before any rule looks at the content.
//! Permission comes first, so that no later answer leaks anything.

use super::command::{Command, CommandKind};
use super::matter::TaskStage;
use super::register::Publication;
use super::rejection::Rejection;
use super::state::{Content, Dossier, DossierKind};
use crate::ids::{Actor, Role, UnitCode};

/// The commands that an actor may give on a dossier as it stands, by role, kind and stage; what they
/// carry is checked only when they are given.
#[must_use]
pub fn allowed(dossier: &Dossier, by: &Actor) -> Vec<CommandKind> {
    let fits = |kind: &CommandKind| {
        !kind.opens()
            && role_may(&by.role, *kind)
            && is_party(dossier, by).is_ok()
            && check_stage(dossier, *kind, by).is_ok()
    };
    CommandKind::ALL.iter().copied().filter(fits).collect()
}

/// Art. 5, 6, 43: the role may give the command; a unit only on what is its own, a district's office
/// only for its district. For whoever must know before anything else about the dossier is told;
/// [`super::decide`] checks it by itself.
///
/// # Errors
/// [`Rejection::NotPermitted`], [`Rejection::NotAParty`].
pub fn check_permission(
    dossier: Option<&Dossier>,
    command: &Command,
    by: &Actor,
) -> Result<(), Rejection> {
    let kind = command.kind();
    if !role_may(&by.role, kind) {
        return Err(Rejection::NotPermitted {
            command: kind.name(),
        });
    }
    if !speaks_for_itself(command, by) {
        return Err(match &by.role {
            Role::Unit(_) | Role::Leader(_) | Role::District(_) => not_a_party(by),
            Role::System | Role::Admin | Role::Operator | Role::Channel | Role::Auditor => {
                let command = kind.name();
                Rejection::NotPermitted { command }
            }
        });
    }
    match dossier {
        Some(dossier) => is_party(dossier, by),
        None => Ok(()),
    }
}

/// The table of roles. The centre lists and ends matters, records meetings, rulings and publications
/// (Art. 3, 5, 26, 32); units do what Art. 7 and 26 ask of them; a district's office records its own
/// mechanism (Art. 3(3), 18(2)); a channel system passes suggestions on (Art. 32).
fn role_may(role: &Role, command: CommandKind) -> bool {
    use CommandKind as C;
    let roles: &[&str] = match command {
        C::ListMatter
        | C::AddUnit
        | C::RemoveUnit
        | C::AddOrders
        | C::RemoveOrders
        | C::IssueBulletin
        | C::CloseMatter
        | C::RecordRuling => &["operator"],
        C::SubmitPlan
        | C::TellProgress
        | C::ReportStage
        | C::EndProcedure
        | C::ReportFinal
        | C::RecordOpinion
        | C::FeedBack
        | C::FileChange
        | C::RecordTraining => &["unit"],
        C::RecordContact => &["operator", "system"],
        C::AnnounceChange => &["operator", "unit"],
        C::RecordMeeting => &["operator", "district"],
        C::SubmitSolution => &["operator", "unit", "district"],
        C::Publish => &["operator", "channel"],
        C::OpenRegister | C::MarkDue | C::RecomputeDeadlines => &["system"],
    };
    let name = match role {
        Role::System => "system",
        Role::Operator => "operator",
        // R5: what a unit does its leader may do too.
        Role::Unit(_) | Role::Leader(_) => "unit",
        Role::District(_) => "district",
        Role::Channel => "channel",
        // They give no command.
        Role::Admin | Role::Auditor => return false,
    };
    roles.contains(&name)
}

/// Whether a command speaks of the actor's own unit or district, where it names one; a channel system
/// speaks for the public only.
fn speaks_for_itself(command: &Command, by: &Actor) -> bool {
    match (&by.role, command) {
        (Role::Unit(unit) | Role::Leader(unit), Command::AnnounceChange { change, .. }) => {
            change.unit == *unit
        }
        (Role::Unit(unit) | Role::Leader(unit), Command::RecordTraining(training)) => {
            training.unit == *unit
        }
        (Role::Unit(unit) | Role::Leader(unit), Command::SubmitSolution(submission)) => {
            submission.unit.as_ref() == Some(unit) && submission.district.is_none()
        }
        (Role::District(district), Command::SubmitSolution(submission)) => {
            submission.district.as_ref() == Some(district) && submission.unit.is_none()
        }
        (Role::District(district), Command::RecordMeeting(meeting)) => {
            meeting.district.as_ref() == Some(district)
        }
        (Role::Channel, Command::Publish(publication)) => {
            matches!(publication, Publication::Suggestion { .. })
        }
        (
            Role::System
            | Role::Admin
            | Role::Operator
            | Role::Unit(_)
            | Role::Leader(_)
            | Role::District(_)
            | Role::Channel
            | Role::Auditor,
            _,
        ) => true,
    }
}

/// Whether the dossier is one that the actor may act on.
fn is_party(dossier: &Dossier, by: &Actor) -> Result<(), Rejection> {
    let Some(unit) = by.role.unit() else {
        return Ok(());
    };
    let own = match &dossier.content {
        Content::LongTermMatter(matter) => matter.task(unit).is_some(),
        Content::LiaisonFiling(filing) => filing.change.unit == *unit,
        // They have no command of a unit's; the kind says so. Whose they are is not for others to know.
        Content::JointConference(_)
        | Content::Training(_)
        | Content::Contact(_)
        | Content::OwnMechanism(_)
        | Content::Publication(_) => dossier.parties().contains(unit.as_str()),
    };
    if own { Ok(()) } else { Err(not_a_party(by)) }
}

fn not_a_party(by: &Actor) -> Rejection {
    let party = match &by.role {
        Role::Unit(unit) | Role::Leader(unit) => unit.to_string(),
        Role::District(district) => district.to_string(),
        Role::System | Role::Admin | Role::Operator | Role::Channel | Role::Auditor => {
            by.name.clone()
        }
    };
    Rejection::NotAParty { party }
}

/// Whether kind and stage of the dossier allow the command.
pub(super) fn check_stage(
    dossier: &Dossier,
    command: CommandKind,
    by: &Actor,
) -> Result<(), Rejection> {
    if command.opens() {
        return Err(Rejection::AlreadyOpened);
    }
    let Some(needed) = kind_for(command) else {
        return Ok(());
    };
    let kind = dossier.kind();
    if kind != needed {
        return Err(Rejection::WrongKind { kind, needed });
    }
    match &dossier.content {
        Content::LongTermMatter(matter) if matter.closed_at.is_some() => Err(Rejection::Closed {
            dossier: dossier.id.clone(),
        }),
        Content::LongTermMatter(matter) => match by.role.unit() {
            Some(unit) => match matter.task(unit) {
                Some(task) => task_allows(&task.stage, command),
                None => Err(not_a_party(by)),
            },
            None => Ok(()),
        },
        Content::LiaisonFiling(_) => need(dossier, "announced"),
        Content::OwnMechanism(_) => need(dossier, "submitted"),
        Content::JointConference(_)
        | Content::Training(_)
        | Content::Contact(_)
        | Content::Publication(_) => Ok(()),
    }
}

/// Which kind of dossier a command is for; none where it is for all.
const fn kind_for(command: CommandKind) -> Option<DossierKind> {
    use CommandKind as C;
    match command {
        C::ListMatter
        | C::AddUnit
        | C::RemoveUnit
        | C::AddOrders
        | C::RemoveOrders
        | C::IssueBulletin
        | C::SubmitPlan
        | C::TellProgress
        | C::ReportStage
        | C::EndProcedure
        | C::ReportFinal
        | C::RecordOpinion
        | C::FeedBack
        | C::CloseMatter => Some(DossierKind::LongTermMatter),
        C::AnnounceChange | C::FileChange => Some(DossierKind::LiaisonFiling),
        C::OpenRegister | C::RecordMeeting => Some(DossierKind::JointConference),
        C::RecordTraining => Some(DossierKind::Training),
        C::RecordContact => Some(DossierKind::Contact),
        C::SubmitSolution | C::RecordRuling => Some(DossierKind::OwnMechanism),
        C::Publish => Some(DossierKind::Publication),
        C::MarkDue | C::RecomputeDeadlines => None,
    }
}

/// What a unit may do where it stands (R53, R54). Plans, notices and stage reports go on until the
/// outcome is told, because the requesters are to be kept informed until then.
fn task_allows(stage: &TaskStage, command: CommandKind) -> Result<(), Rejection> {
    use CommandKind as C;
    let open = "advancing, reporting, awaiting_opinion or feeding_back";
    let (needed, fits) = match command {
        C::EndProcedure => ("advancing", matches!(stage, TaskStage::Advancing)),
        C::ReportFinal => ("reporting", matches!(stage, TaskStage::Reporting { .. })),
        C::RecordOpinion => (
            "awaiting_opinion",
            matches!(stage, TaskStage::AwaitingOpinion),
        ),
        C::FeedBack => (
            "feeding_back",
            matches!(stage, TaskStage::FeedingBack { .. }),
        ),
        C::ListMatter
        | C::AddUnit
        | C::RemoveUnit
        | C::AddOrders
        | C::RemoveOrders
        | C::IssueBulletin
        | C::SubmitPlan
        | C::TellProgress
        | C::ReportStage
        | C::CloseMatter
        | C::AnnounceChange
        | C::FileChange
        | C::OpenRegister
        | C::RecordMeeting
        | C::RecordTraining
        | C::RecordContact
        | C::SubmitSolution
        | C::RecordRuling
        | C::Publish
        | C::MarkDue
        | C::RecomputeDeadlines => (
            open,
            !matches!(stage, TaskStage::Done { .. } | TaskStage::Removed { .. }),
        ),
    };
    if fits {
        Ok(())
    } else {
        let stage = stage.name();
        Err(Rejection::WrongStage { stage, needed })
    }
}

fn need(dossier: &Dossier, needed: &'static str) -> Result<(), Rejection> {
    let stage = dossier.stage();
    if stage == needed {
        Ok(())
    } else {
        Err(Rejection::WrongStage { stage, needed })
    }
}

/// The unit that gives a command.
pub(super) fn unit_of(by: &Actor) -> Result<&UnitCode, Rejection> {
    by.role.unit().ok_or_else(|| not_a_party(by))
}
