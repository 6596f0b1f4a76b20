//! Folding events into a dossier. No rule stands here: what an event says has been decided, so replaying
//! a journal needs no calendar and no rule set.

use chrono::{DateTime, Utc};

use super::deadline::{DossierDeadline, DossierDeadlineKind as Kind};
use super::event::{Event, Recorded};
use super::matter::{ListedUnit, LongTermMatter, Task, TaskStage};
use super::register::{Conference, Filed, LiaisonFiling, OwnMechanism};
use super::state::{Content, Dossier, DossierId, Missed};
use crate::ids::{TextId, UnitCode};

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
    /// The first event opens no dossier.
    #[error("the journal begins with `{event}`, which opens no dossier")]
    NotOpened {
        /// The event.
        event: &'static str,
    },
    /// An event that the dossier as it stands does not admit.
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
) -> Result<Option<Dossier>, Corrupt> {
    let mut dossier = None;
    for recorded in events {
        dossier = Some(apply(dossier, recorded)?);
    }
    Ok(dossier)
}

/// Folds one event into a dossier; the first one makes it.
///
/// # Errors
/// [`Corrupt`], which never happens to what `decide` answered for the same dossier.
pub fn apply(dossier: Option<Dossier>, recorded: &Recorded) -> Result<Dossier, Corrupt> {
    let version = dossier.as_ref().map_or(0, |dossier| dossier.version);
    let expected = version.saturating_add(1);
    let found = recorded.seq;
    if found != expected {
        return Err(Corrupt::Sequence { expected, found });
    }
    let event = recorded.event.name();
    let Some(mut dossier) = dossier else {
        let (id, content) =
            opened(recorded.at, &recorded.event).ok_or(Corrupt::NotOpened { event })?;
        return Ok(Dossier {
            id,
            version: found,
            opened_at: recorded.at,
            content,
            missed: Vec::new(),
        });
    };
    let stage = dossier.stage();
    fold(&mut dossier, recorded).ok_or(Corrupt::Misplaced {
        seq: found,
        event,
        stage,
    })?;
    dossier.version = found;
    Ok(dossier)
}

/// What a first event opens.
fn opened(at: DateTime<Utc>, event: &Event) -> Option<(DossierId, Content)> {
    if let Event::MatterListed {
        dossier,
        title,
        criteria,
        units,
        orders,
        bulletin_by,
    } = event
    {
        let matter = LongTermMatter {
            title: title.clone(),
            criteria: *criteria,
            tasks: units.iter().map(|unit| task(unit, at)).collect(),
            members: orders.clone(),
            bulletin_by: bulletin_by.clone(),
            closed_at: None,
        };
        Some((dossier.clone(), Content::LongTermMatter(matter)))
    } else if let Event::ChangeAnnounced {
        dossier,
        change,
        file_by,
    } = event
    {
        let filing = LiaisonFiling {
            change: change.clone(),
            file_by: file_by.clone(),
            filed: None,
        };
        Some((dossier.clone(), Content::LiaisonFiling(filing)))
    } else if let Event::RegisterOpened {
        dossier,
        year,
        plenary_by,
    } = event
    {
        let conference = Conference {
            year: *year,
            plenary_by: plenary_by.clone(),
            meetings: Vec::new(),
        };
        Some((dossier.clone(), Content::JointConference(conference)))
    } else if let Event::TrainingRecorded { dossier, training } = event {
        Some((dossier.clone(), Content::Training(training.clone())))
    } else if let Event::ContactRecorded { dossier, contact } = event {
        Some((dossier.clone(), Content::Contact(contact.clone())))
    } else if let Event::SolutionSubmitted {
        dossier,
        submission,
    } = event
    {
        let mechanism = OwnMechanism {
            submission: submission.clone(),
            ruling: None,
        };
        Some((dossier.clone(), Content::OwnMechanism(mechanism)))
    } else if let Event::Published {
        dossier,
        publication,
    } = event
    {
        Some((dossier.clone(), Content::Publication(publication.clone())))
    } else {
        None
    }
}

fn task(listed: &ListedUnit, at: DateTime<Utc>) -> Task {
    Task {
        unit: listed.unit.clone(),
        listed_at: at,
        plan_by: listed.plan_by.clone(),
        plan: None,
        progress_by: listed.progress_by.clone(),
        progress_at: None,
        stage_report: None,
        stage: TaskStage::Advancing,
    }
}

/// Changes the dossier; nothing where it does not admit the event.
fn fold(dossier: &mut Dossier, recorded: &Recorded) -> Option<()> {
    let at = recorded.at;
    match &recorded.event {
        Event::MatterListed { .. }
        | Event::ChangeAnnounced { .. }
        | Event::RegisterOpened { .. }
        | Event::TrainingRecorded { .. }
        | Event::ContactRecorded { .. }
        | Event::SolutionSubmitted { .. }
        | Event::Published { .. } => return None,
        Event::UnitAdded(listed) => open_matter(dossier)?.tasks.push(task(listed, at)),
        Event::UnitRemoved { unit, .. } => {
            open_task(dossier, unit)?.stage = TaskStage::Removed { at };
        }
        Event::OrdersAdded { orders } => {
            open_matter(dossier)?.members.extend(orders.iter().cloned());
        }
        Event::OrdersRemoved { orders } => {
            let matter = open_matter(dossier)?;
            matter
                .members
                .retain(|member| !orders.contains(&member.order));
        }
        Event::BulletinIssued { bulletin_by } => {
            open_matter(dossier)?.bulletin_by = bulletin_by.clone();
        }
        Event::PlanSubmitted { unit, plan } => open_task(dossier, unit)?.plan = Some(*plan),
        Event::ProgressTold {
            unit, progress_by, ..
        } => {
            let task = open_task(dossier, unit)?;
            task.progress_at = Some(at);
            task.progress_by = progress_by.clone();
        }
        Event::StageReported { unit, report } => {
            open_task(dossier, unit)?.stage_report = Some(*report);
        }
        Event::ProcedureEnded {
            unit, report_by, ..
        } => {
            let report_by = report_by.clone();
            open_task(dossier, unit)?.stage = TaskStage::Reporting { report_by };
        }
        Event::FinalReported { unit, .. } => {
            open_task(dossier, unit)?.stage = TaskStage::AwaitingOpinion;
        }
        Event::OpinionRecorded {
            unit, feedback_by, ..
        } => {
            let feedback_by = feedback_by.clone();
            open_task(dossier, unit)?.stage = TaskStage::FeedingBack { feedback_by };
        }
        Event::FedBack { unit, .. } => open_task(dossier, unit)?.stage = TaskStage::Done { at },
        Event::MatterClosed { .. } => open_matter(dossier)?.closed_at = Some(at),
        Event::ChangeFiled { filing, late } => {
            let filed = Filed {
                filing: filing.clone(),
                at,
                late: *late,
            };
            *filing_slot(dossier)? = Some(filed);
        }
        Event::MeetingRecorded(meeting) => conference(dossier)?.meetings.push(meeting.clone()),
        Event::RulingRecorded { ruling } => *ruling_slot(dossier)? = Some(*ruling),
        Event::DeadlineMarked { .. } => dossier.missed.push(missed(&recorded.event)?),
        Event::DeadlineRecomputed { deadline, .. } => {
            *slot(dossier, deadline.kind, deadline.unit.as_ref())? = deadline.clone();
        }
    }
    Some(())
}

fn missed(event: &Event) -> Option<Missed> {
    let Event::DeadlineMarked {
        deadline,
        unit,
        due_at,
        force,
        provisional,
    } = event
    else {
        return None;
    };
    Some(Missed {
        deadline: *deadline,
        unit: unit.clone(),
        due_at: *due_at,
        force: *force,
        provisional: *provisional,
    })
}

/// Where a running deadline is kept.
fn slot<'a>(
    dossier: &'a mut Dossier,
    kind: Kind,
    unit: Option<&UnitCode>,
) -> Option<&'a mut DossierDeadline> {
    match kind {
        Kind::Filing => match &mut dossier.content {
            Content::LiaisonFiling(filing) => Some(&mut filing.file_by),
            Content::LongTermMatter(_)
            | Content::JointConference(_)
            | Content::Training(_)
            | Content::Contact(_)
            | Content::OwnMechanism(_)
            | Content::Publication(_) => None,
        },
        Kind::Plenary => Some(&mut conference(dossier)?.plenary_by),
        Kind::Bulletin => Some(&mut open_matter(dossier)?.bulletin_by),
        Kind::Plan => Some(&mut open_task(dossier, unit?)?.plan_by),
        Kind::Progress => Some(&mut open_task(dossier, unit?)?.progress_by),
        Kind::FinalReport => match &mut open_task(dossier, unit?)?.stage {
            TaskStage::Reporting { report_by } => Some(report_by),
            TaskStage::Advancing
            | TaskStage::AwaitingOpinion
            | TaskStage::FeedingBack { .. }
            | TaskStage::Done { .. }
            | TaskStage::Removed { .. } => None,
        },
        Kind::Feedback => match &mut open_task(dossier, unit?)?.stage {
            TaskStage::FeedingBack { feedback_by } => Some(feedback_by),
            TaskStage::Advancing
            | TaskStage::Reporting { .. }
            | TaskStage::AwaitingOpinion
            | TaskStage::Done { .. }
            | TaskStage::Removed { .. } => None,
        },
    }
}

fn open_matter(dossier: &mut Dossier) -> Option<&mut LongTermMatter> {
    match &mut dossier.content {
        Content::LongTermMatter(matter) => matter.closed_at.is_none().then_some(matter),
        Content::LiaisonFiling(_)
        | Content::JointConference(_)
        | Content::Training(_)
        | Content::Contact(_)
        | Content::OwnMechanism(_)
        | Content::Publication(_) => None,
    }
}

/// The unit's task, unless it was taken off the matter.
fn open_task<'a>(dossier: &'a mut Dossier, unit: &UnitCode) -> Option<&'a mut Task> {
    let active =
        |task: &&mut Task| task.unit == *unit && !matches!(task.stage, TaskStage::Removed { .. });
    open_matter(dossier)?.tasks.iter_mut().find(active)
}

fn conference(dossier: &mut Dossier) -> Option<&mut Conference> {
    match &mut dossier.content {
        Content::JointConference(conference) => Some(conference),
        Content::LongTermMatter(_)
        | Content::LiaisonFiling(_)
        | Content::Training(_)
        | Content::Contact(_)
        | Content::OwnMechanism(_)
        | Content::Publication(_) => None,
    }
}

/// Where a filing goes, if there is none yet.
fn filing_slot(dossier: &mut Dossier) -> Option<&mut Option<Filed>> {
    match &mut dossier.content {
        Content::LiaisonFiling(filing) => filing.filed.is_none().then_some(&mut filing.filed),
        Content::LongTermMatter(_)
        | Content::JointConference(_)
        | Content::Training(_)
        | Content::Contact(_)
        | Content::OwnMechanism(_)
        | Content::Publication(_) => None,
    }
}

/// Where a ruling goes, if there is none yet.
fn ruling_slot(dossier: &mut Dossier) -> Option<&mut Option<TextId>> {
    match &mut dossier.content {
        Content::OwnMechanism(mechanism) => {
            mechanism.ruling.is_none().then_some(&mut mechanism.ruling)
        }
        Content::LongTermMatter(_)
        | Content::LiaisonFiling(_)
        | Content::JointConference(_)
        | Content::Training(_)
        | Content::Contact(_)
        | Content::Publication(_) => None,
    }
}
