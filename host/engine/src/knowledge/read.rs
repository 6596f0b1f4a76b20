//! Reading the knowledge base: an entry with everything that explains it, versions and their differences,
//! lists, what expires soon, and how feedback is answered.

use std::collections::BTreeMap;

use calendar::Remaining;
use chrono::{DateTime, Days, TimeDelta, Utc};
use knowledge_base::deadline::Deadline;
use knowledge_base::feedback::Stage;
use knowledge_base::ids::{Id, PointId};
use knowledge_base::point::diff::{FieldChange, diff};
use knowledge_base::point::{Point, Version};
use knowledge_base::{Entry, Event, Recorded, Rejection, feedback, outage, point};
use lifecycle::ids::{Actor, Role, TextId, UnitCode};

use super::access::{self, Masked, not_permitted};
use super::explain::explain;
use super::{KnowledgeError, folded};
use crate::explain::Explanation;
use crate::ports::{
    Delivery, ExpiringPoints, FeedbackQuery, FeedbackRow, KnowledgeChanges, KnowledgeFilter,
    KnowledgeSummary, Message, Page, PersonalData, Subject,
};
use crate::view::DeadlineStatus;
use crate::{Engine, Error};

/// Most lines on a page of a list.
const PAGE_MAX: u32 = 200;
/// Most events that are looked at at once for what has changed.
const CHANGES_MAX: u32 = 10_000;

/// An entry with everything that explains it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnowledgeView {
    /// The entry as it stands.
    pub entry: Entry,
    /// Its stage now, by name.
    pub stage: &'static str,
    /// Whether names, numbers and door-level addresses are masked in people's own words here.
    pub masked: bool,
    /// The texts that the history refers to; those that were erased are left out.
    pub texts: BTreeMap<TextId, String>,
    /// Every deadline that it ever had, oldest first.
    pub deadlines: Vec<KnowledgeDeadlineView>,
    /// Names of the commands that the reader could give now; what they carry may still be refused.
    pub allowed: Vec<&'static str>,
    /// Everything that happened, oldest first.
    pub history: Vec<Recorded>,
    /// Messages about it, oldest first.
    pub messages: Vec<Message>,
    /// On which ways they went out, and what became of it, oldest first.
    pub deliveries: Vec<Delivery>,
}

/// A deadline as it stands now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnowledgeDeadlineView {
    /// The deadline.
    pub deadline: Deadline,
    /// How it stands.
    pub status: DeadlineStatus,
    /// Working days left or overdue, while it runs.
    pub remaining: Option<Remaining>,
    /// How it came about, for people.
    pub explanation: Explanation,
}

/// A published version of a point.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PointVersion {
    /// The point.
    pub point: PointId,
    /// Whose it is.
    pub owner: UnitCode,
    /// The version.
    pub version: Version,
    /// Whether consultations may be answered from it now.
    pub answers_now: bool,
    /// The last instant of its validity, with what confirmations added to it.
    pub valid_until: DateTime<Utc>,
}

impl Engine {
    /// An entry with everything that explains it, as far as the actor may see it.
    ///
    /// # Errors
    /// [`Error::Knowledge`] where there is none, or where it is not for the actor; [`Error::Store`].
    pub fn knowledge(&self, id: &Id, by: &Actor) -> Result<KnowledgeView, Error> {
        let history = self.store.knowledge_history(id)?;
        // Folded from the same events that are shown, so that both say the same.
        let entry = folded(id, &history)?;
        let Masked(masked) = self.seen(&entry, by)?;
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
        let now = self.now();
        let subject = Subject::Knowledge(id.clone());
        Ok(KnowledgeView {
            stage: entry.stage(now),
            masked,
            texts,
            deadlines: self.knowledge_deadlines(&entry, &history, now)?,
            allowed: knowledge_base::allowed(&entry, by, now),
            messages: self.store.messages(&subject)?,
            deliveries: self.store.deliveries_of(&subject)?,
            history,
            entry,
        })
    }

    fn seen(&self, entry: &Entry, by: &Actor) -> Result<Masked, Rejection> {
        access::sight(entry, by, &self.directory).inspect_err(|rejection| {
            let id = entry.id();
            tracing::warn!(entry = %id, by = by.name, role = ?by.role, %rejection, "access refused");
        })
    }

    fn point(&self, id: &PointId) -> Result<Point, Error> {
        let found = self.store.load_points(std::slice::from_ref(id))?.pop();
        let entry = Id::Point(id.clone());
        Ok(found.ok_or(KnowledgeError::NotFound { entry })?)
    }

    /// A published version of a point; without a number, the one that consultations may be answered
    /// from now. Whoever may not see the entry itself reads that one only, channel systems none.
    ///
    /// # Errors
    /// [`Error::Knowledge`]: [`KnowledgeError::NotFound`], [`KnowledgeError::NoVersion`], and
    /// [`KnowledgeError::Rejected`] where it answers nobody now, or another one does (R19, R67).
    pub fn point_version(
        &self,
        point: &PointId,
        version: Option<u32>,
        by: &Actor,
    ) -> Result<PointVersion, Error> {
        if by.role == Role::Channel {
            return Err(not_permitted("read knowledge points").into());
        }
        let now = self.now();
        let found = self.point(point)?;
        let sees = access::sight(&Entry::Point(Box::new(found.clone())), by, &self.directory);
        let chosen = match version {
            None => found.answering(now)?,
            Some(number) => {
                if sees.is_err() {
                    found.check_direct_answer(number, now)?;
                }
                let chosen = found.numbered(number);
                chosen.ok_or_else(|| KnowledgeError::NoVersion {
                    point: point.clone(),
                    version: number,
                })?
            }
        };
        let is_last = found.last_version().map(|it| it.number) == Some(chosen.number);
        let validity = found.validity.as_ref().filter(|_| is_last);
        let validity = validity.unwrap_or(&chosen.validity);
        Ok(PointVersion {
            point: found.id.clone(),
            owner: found.owner.clone(),
            answers_now: found.check_direct_answer(chosen.number, now).is_ok(),
            valid_until: validity.expiry.due.due_at,
            version: chosen.clone(),
        })
    }

    /// What differs between a version of a point and another one, or its draft, field by field.
    ///
    /// # Errors
    /// [`Error::Knowledge`] for whoever may not see the entry, for a version that was never published,
    /// and where there is no draft.
    pub fn point_diff(
        &self,
        point: &PointId,
        from: u32,
        to: Option<u32>,
        by: &Actor,
    ) -> Result<Vec<FieldChange>, Error> {
        let found = self.point(point)?;
        self.seen(&Entry::Point(Box::new(found.clone())), by)?;
        let numbered = |version: u32| {
            let chosen = found.numbered(version).map(|it| &it.content);
            chosen.ok_or_else(|| KnowledgeError::NoVersion {
                point: point.clone(),
                version,
            })
        };
        let newer = match to {
            Some(version) => numbered(version)?,
            None => {
                let draft = found.draft.as_ref().map(|it| &it.content);
                draft.ok_or(Rejection::WrongStage {
                    stage: "without a draft",
                    needed: "a draft",
                })?
            }
        };
        Ok(diff(numbered(from)?, newer))
    }

    /// A page of the entries that the actor may see, newest first.
    ///
    /// # Errors
    /// [`Error::Knowledge`] for channel systems, [`Error::InvalidInput`] for a cursor that is none,
    /// [`Error::Store`].
    pub fn knowledge_entries(
        &self,
        filter: &KnowledgeFilter,
        after: Option<&str>,
        limit: u32,
        by: &Actor,
    ) -> Result<Page<KnowledgeSummary>, Error> {
        let filter = self.narrow_knowledge(filter, by)?;
        let limit = limit.clamp(1, PAGE_MAX);
        Ok(self.store.list_knowledge(&filter, after, limit)?)
    }

    /// Published points whose validity ends within so many days, through the end of the last of them,
    /// by unit (R67). Those that the actor may see.
    ///
    /// # Errors
    /// [`Error::Knowledge`] for channel systems, [`Error::Store`].
    pub fn expiring(&self, days: u16, by: &Actor) -> Result<Vec<ExpiringPoints>, Error> {
        let units = self.readable_units(by, "read what expires")?;
        let now = self.now();
        let last = calendar::local_date(now)
            .checked_add_days(Days::new(u64::from(days)))
            .map_or(DateTime::<Utc>::MAX_UTC, calendar::end_of);
        let before = last.checked_add_signed(TimeDelta::milliseconds(1));
        let before = before.unwrap_or(last);
        Ok(self.store.expiring_points(now, before, units.as_deref())?)
    }

    /// How units answered feedback that was opened in a period (R68), of those that the actor may see.
    ///
    /// # Errors
    /// [`Error::Knowledge`] for channel systems, [`Error::Store`].
    pub fn feedback_indicators(
        &self,
        query: &FeedbackQuery,
        by: &Actor,
    ) -> Result<Vec<FeedbackRow>, Error> {
        let units = self.readable_units(by, "read indicators of feedback")?;
        Ok(self.store.feedback_tallies(query, units.as_deref())?)
    }

    /// What happened to points after a position in the journal of all entries, by at most `limit` of
    /// its events. Positions count from 1 without gaps, in the order in which events became durable, so
    /// that whoever keeps the last one misses nothing.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub fn knowledge_changes_after(
        &self,
        position: u64,
        limit: u32,
    ) -> Result<KnowledgeChanges, Error> {
        let limit = limit.clamp(1, CHANGES_MAX);
        Ok(self.store.knowledge_changes_after(position, limit)?)
    }

    /// Points as they stand now; those that do not exist are left out. For what is derived from them.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub fn load_points(&self, points: &[PointId]) -> Result<Vec<Point>, Error> {
        Ok(self.store.load_points(points)?)
    }

    /// Position of the last event in the journal of all entries; 0 where there is none.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub fn knowledge_position(&self) -> Result<u64, Error> {
        Ok(self.store.knowledge_position()?)
    }

    fn knowledge_deadlines(
        &self,
        entry: &Entry,
        history: &[Recorded],
        now: DateTime<Utc>,
    ) -> Result<Vec<KnowledgeDeadlineView>, Error> {
        let calendar = self.calendar();
        let view = |deadline: Deadline| {
            let status = status(entry, &deadline, now);
            let runs = matches!(status, DeadlineStatus::Running | DeadlineStatus::Overdue);
            let due_at = deadline.due.due_at;
            let remaining = runs.then(|| calendar.remaining(now, due_at)).transpose()?;
            let explanation = explain(&deadline);
            Ok(KnowledgeDeadlineView {
                deadline,
                status,
                remaining,
                explanation,
            })
        };
        deadlines_of(history).into_iter().map(view).collect()
    }
}

/// How a deadline of an entry stands.
fn status(entry: &Entry, deadline: &Deadline, now: DateTime<Utc>) -> DeadlineStatus {
    let late = deadline.is_late(now);
    let running = if late {
        DeadlineStatus::Overdue
    } else {
        DeadlineStatus::Running
    };
    let ended = |missed| {
        if missed {
            DeadlineStatus::Missed
        } else {
            DeadlineStatus::Met
        }
    };
    match entry {
        // An end of validity that nobody confirmed before is missed; one that was is replaced.
        Entry::Point(point) => match &point.validity {
            Some(validity) if validity.expiry == *deadline => {
                if late {
                    DeadlineStatus::Missed
                } else {
                    DeadlineStatus::Running
                }
            }
            Some(_) | None => DeadlineStatus::Replaced,
        },
        Entry::Feedback(feedback) => match &feedback.stage {
            Stage::Open => running,
            Stage::Answered(answer) => ended(answer.late),
            Stage::Withdrawn { .. } => ended(feedback.missed.is_some()),
        },
        Entry::Change(_) => DeadlineStatus::Met,
        Entry::Outage(outage) => {
            let missed = outage
                .missed
                .iter()
                .any(|it| it.deadline == deadline.kind && it.due_at == deadline.due.due_at);
            let awaited = outage.ended_at.is_none()
                && (outage.update_by.as_ref() == Some(deadline)
                    || (outage.scripts.is_empty() && outage.script_by == *deadline));
            if awaited { running } else { ended(missed) }
        }
    }
}

/// Every deadline of a history, in the order in which they were set; a recomputed one in the place of
/// the one before.
fn deadlines_of(history: &[Recorded]) -> Vec<Deadline> {
    let mut deadlines: Vec<Deadline> = Vec::new();
    for recorded in history {
        match &recorded.event {
            Event::Point(
                point::Event::Published { validity, .. }
                | point::Event::Confirmed { validity }
                | point::Event::LongerApproved { validity },
            ) => deadlines.push(validity.expiry.clone()),
            Event::Feedback(feedback::Event::Opened { answer_by, .. }) => {
                deadlines.push(answer_by.clone());
            }
            Event::Outage(outage::Event::Reported { script_by, .. }) => {
                deadlines.push(script_by.clone());
            }
            Event::Outage(
                outage::Event::SecondStageBegun { update_by }
                | outage::Event::ProgressTold { update_by, .. },
            ) => deadlines.push(update_by.clone()),
            Event::Feedback(feedback::Event::DeadlineRecomputed { deadline, .. })
            | Event::Outage(outage::Event::DeadlineRecomputed { deadline, .. }) => {
                let same = |before: &&mut Deadline| before.kind == deadline.kind;
                if let Some(before) = deadlines.iter_mut().rev().find(same) {
                    before.clone_from(deadline);
                }
            }
            Event::Point(_) | Event::Feedback(_) | Event::Change(_) | Event::Outage(_) => {}
        }
    }
    deadlines
}
