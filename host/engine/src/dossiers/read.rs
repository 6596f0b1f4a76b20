//! Reading dossiers: one with everything that explains it, lists, and what the centre should look at.

use std::collections::BTreeMap;

use calendar::Remaining;
use chrono::{DateTime, Datelike as _, Utc};
use lifecycle::dossier::{
    Content, Dossier, DossierDeadline, DossierDeadlineKind, DossierId, Event, Force, Recorded,
    Rejection,
};
use lifecycle::ids::{Actor, Role, TextId, UnitCode};

use super::access::{self, Masked};
use super::explain::explain;
use super::{DossierError, folded};
use crate::explain::Explanation;
use crate::ports::{Delivery, DossierFilter, DossierSummary, Message, Page, PersonalData, Subject};
use crate::view::DeadlineStatus;
use crate::{Engine, Error};

/// Most lines on a page of a list.
const PAGE_MAX: u32 = 200;

/// A dossier with everything that explains it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DossierView {
    /// The dossier as it stands.
    pub dossier: Dossier,
    /// Whether names, numbers and door-level addresses are masked in people's own words here.
    pub masked: bool,
    /// The texts that the history refers to; those that were erased are left out.
    pub texts: BTreeMap<TextId, String>,
    /// Every deadline that it ever had, oldest first.
    pub deadlines: Vec<DossierDeadlineView>,
    /// Everything that happened, oldest first.
    pub history: Vec<Recorded>,
    /// Messages about it, oldest first; those to requesters stand with their orders.
    pub messages: Vec<Message>,
    /// On which ways they went out, and what became of it, oldest first.
    pub deliveries: Vec<Delivery>,
}

/// A deadline as it stands now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DossierDeadlineView {
    /// The deadline.
    pub deadline: DossierDeadline,
    /// How it stands.
    pub status: DeadlineStatus,
    /// Working days left or overdue, while it runs.
    pub remaining: Option<Remaining>,
    /// How it came about, for people.
    pub explanation: Explanation,
}

/// Something that the centre should look at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Warning {
    /// The dossier; none where that is what is missing.
    pub dossier: Option<DossierId>,
    /// Which deadline it is about.
    pub deadline: DossierDeadlineKind,
    /// Whose; none where it is the centre's.
    pub unit: Option<UnitCode>,
    /// By when it is, or was, due.
    pub due_at: DateTime<Utc>,
    /// Whether that has passed.
    pub passed: bool,
    /// How strictly it binds.
    pub force: Force,
}

impl Engine {
    /// A dossier with everything that explains it, as far as the actor may see it.
    ///
    /// # Errors
    /// [`Error::Dossier`] where there is none, or where it concerns others; [`Error::Store`].
    pub fn dossier(&self, id: &DossierId, by: &Actor) -> Result<DossierView, Error> {
        let history = self.store.dossier_history(id)?;
        // Folded from the same events that are shown, so that both say the same.
        let dossier = folded(id, &history)?;
        let Masked(masked) = access::sight(&dossier, by, &self.directory).inspect_err(
            |rejection| {
                tracing::warn!(dossier = %id, by = by.name, role = ?by.role, %rejection, "access refused");
            },
        )?;
        let ids: Vec<TextId> = history
            .iter()
            .flat_map(|recorded| recorded.event.texts())
            .collect();
        let mut texts: BTreeMap<TextId, String> = self.store.texts(&ids)?.into_iter().collect();
        if masked {
            let nobody = PersonalData::default();
            for text in texts.values_mut() {
                *text = self.redactor.mask(text, &nobody);
            }
        }
        let subject = Subject::Dossier(id.clone());
        Ok(DossierView {
            masked,
            texts,
            deadlines: self.dossier_deadlines(&dossier, &history)?,
            messages: self.store.messages(&subject)?,
            deliveries: self.store.deliveries_of(&subject)?,
            history,
            dossier,
        })
    }

    /// A page of the dossiers that the actor may see, newest first.
    ///
    /// # Errors
    /// [`Error::Dossier`] for channel systems, [`Error::InvalidInput`] for a cursor that is none,
    /// [`Error::Store`].
    pub fn dossiers(
        &self,
        filter: &DossierFilter,
        after: Option<&str>,
        limit: u32,
        by: &Actor,
    ) -> Result<Page<DossierSummary>, Error> {
        let filter = access::narrow(filter, by, &self.directory)?;
        let limit = limit.clamp(1, PAGE_MAX);
        Ok(self.store.list_dossiers(&filter, after, limit)?)
    }

    /// What the centre should look at: a calendar year without a plenary of the joint conference (R2,
    /// Art. 3), and whatever is due in dossiers and was not done in time. At most 200 dossiers.
    ///
    /// # Errors
    /// [`Error::Dossier`] for anybody outside the centre, the admin and auditors, [`Error::Store`].
    pub fn warnings(&self, by: &Actor) -> Result<Vec<Warning>, Error> {
        match by.role {
            Role::System | Role::Operator | Role::Admin | Role::Auditor => {}
            Role::Unit(_) | Role::Leader(_) | Role::District(_) | Role::Channel => {
                return Err(Rejection::NotPermitted {
                    command: "read warnings",
                }
                .into());
            }
        }
        let now = self.now();
        let mut warnings = Vec::new();
        warnings.extend(self.without_plenary(now)?);
        let late = DossierFilter {
            due_before: Some(now),
            ..DossierFilter::default()
        };
        for line in self.store.list_dossiers(&late, None, PAGE_MAX)?.items {
            let Some(dossier) = self.store.load_dossier(&line.id)? else {
                continue;
            };
            for deadline in dossier.running_deadlines() {
                if deadline.is_late(now) {
                    warnings.push(warning(&dossier, deadline, now));
                }
            }
        }
        Ok(warnings)
    }

    /// R2: the present calendar year has no plenary yet.
    fn without_plenary(&self, now: DateTime<Utc>) -> Result<Option<Warning>, Error> {
        if !self.rules.at(now).in_force_at(now) {
            return Ok(None);
        }
        let id = DossierId::conference_of(calendar::local_date(now).year());
        let Some(dossier) = self.store.load_dossier(&id)? else {
            return Ok(None);
        };
        let Content::JointConference(conference) = &dossier.content else {
            return Ok(None);
        };
        let missing = !conference.has_plenary() && !conference.plenary_by.is_late(now);
        Ok(missing.then(|| warning(&dossier, &conference.plenary_by, now)))
    }

    fn dossier_deadlines(
        &self,
        dossier: &Dossier,
        history: &[Recorded],
    ) -> Result<Vec<DossierDeadlineView>, Error> {
        let now = self.now();
        let calendar = self.calendar();
        let running = dossier.running_deadlines();
        let view = |deadline: DossierDeadline| {
            let due_at = deadline.due.due_at;
            let runs = running.contains(&&deadline);
            let status = match (runs, deadline.is_late(now), dossier.has_missed(&deadline)) {
                (true, false, _) => DeadlineStatus::Running,
                (true, true, _) => DeadlineStatus::Overdue,
                (false, _, true) => DeadlineStatus::Missed,
                (false, _, false) => DeadlineStatus::Met,
            };
            let remaining = runs.then(|| calendar.remaining(now, due_at)).transpose()?;
            let explanation = explain(&deadline);
            Ok(DossierDeadlineView {
                deadline,
                status,
                remaining,
                explanation,
            })
        };
        deadlines_of(history).into_iter().map(view).collect()
    }
}

fn warning(dossier: &Dossier, deadline: &DossierDeadline, now: DateTime<Utc>) -> Warning {
    Warning {
        dossier: Some(dossier.id.clone()),
        deadline: deadline.kind,
        unit: deadline.unit.clone(),
        due_at: deadline.due.due_at,
        passed: deadline.is_late(now),
        force: deadline.force,
    }
}

/// Every deadline of a history, in the order in which they were set; a recomputed one in the place of
/// the one before.
fn deadlines_of(history: &[Recorded]) -> Vec<DossierDeadline> {
    let mut deadlines: Vec<DossierDeadline> = Vec::new();
    for recorded in history {
        match &recorded.event {
            Event::MatterListed {
                units, bulletin_by, ..
            } => {
                for unit in units {
                    deadlines.extend([unit.plan_by.clone(), unit.progress_by.clone()]);
                }
                deadlines.push(bulletin_by.clone());
            }
            Event::UnitAdded(unit) => {
                deadlines.extend([unit.plan_by.clone(), unit.progress_by.clone()]);
            }
            Event::BulletinIssued { bulletin_by } => deadlines.push(bulletin_by.clone()),
            Event::ProgressTold { progress_by, .. } => deadlines.push(progress_by.clone()),
            Event::ProcedureEnded { report_by, .. } => deadlines.push(report_by.clone()),
            Event::OpinionRecorded { feedback_by, .. } => deadlines.push(feedback_by.clone()),
            Event::ChangeAnnounced { file_by, .. } => deadlines.push(file_by.clone()),
            Event::RegisterOpened { plenary_by, .. } => deadlines.push(plenary_by.clone()),
            Event::DeadlineRecomputed { deadline, .. } => {
                let same = |before: &&mut DossierDeadline| {
                    before.kind == deadline.kind && before.unit == deadline.unit
                };
                if let Some(before) = deadlines.iter_mut().rev().find(same) {
                    before.clone_from(deadline);
                }
            }
            Event::UnitRemoved { .. }
            | Event::OrdersAdded { .. }
            | Event::OrdersRemoved { .. }
            | Event::PlanSubmitted { .. }
            | Event::StageReported { .. }
            | Event::FinalReported { .. }
            | Event::FedBack { .. }
            | Event::MatterClosed { .. }
            | Event::ChangeFiled { .. }
            | Event::MeetingRecorded(_)
            | Event::TrainingRecorded { .. }
            | Event::ContactRecorded { .. }
            | Event::SolutionSubmitted { .. }
            | Event::RulingRecorded { .. }
            | Event::Published { .. }
            | Event::DeadlineMarked { .. } => {}
        }
    }
    deadlines
}

impl From<DossierError> for Error {
    fn from(error: DossierError) -> Self {
        Self::Dossier(error)
    }
}
