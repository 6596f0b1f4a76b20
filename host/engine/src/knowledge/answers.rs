//! Direct answers from points (Art. 13(1), R19, P10): a point must be published in the version that was
//! read, and valid, at the instant of the answer; afterwards every answer that used it can be found.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use knowledge_base::Rejection;
use knowledge_base::ids::PointId;
use lifecycle::command::Command;
use lifecycle::ids::{Actor, OrderId, Role, TextId};

use super::access::not_permitted;
use crate::ports::{Page, PersonalData, UsedAnswer};
use crate::{Engine, Error};

/// Most lines on a page.
const PAGE_MAX: u32 = 200;

/// A direct answer that used a point.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DirectAnswerLine {
    /// The order that was answered.
    pub order: OrderId,
    /// The point as the order names it.
    pub point: String,
    /// Its version.
    pub version: u32,
    /// When it was answered.
    pub answered_at: DateTime<Utc>,
    /// The answer as it was given; nothing where it was erased.
    pub text: Option<String>,
}

impl Engine {
    /// R19: whether the point that a direct answer names may be answered from at this instant.
    pub(crate) fn check_direct_answer(
        &self,
        command: &Command,
        at: DateTime<Utc>,
    ) -> Result<(), Error> {
        let Command::AnswerDirectly(answer) = command else {
            return Ok(());
        };
        let id = PointId::new(answer.knowledge_point.as_str());
        let found = self.store.load_points(std::slice::from_ref(&id))?;
        let point = found.first().ok_or(Rejection::UnknownPoint { point: id })?;
        Ok(point.check_direct_answer(answer.knowledge_version, at)?)
    }

    /// A page of the direct answers that used a point, or one version of it, newest first (R19). The
    /// centre reads them as they were given; the admin, auditors and the unit that owns the point with
    /// names, numbers and door-level addresses masked.
    ///
    /// # Errors
    /// [`Error::Knowledge`] for others, [`Error::InvalidInput`] for a cursor that is none,
    /// [`Error::Store`].
    pub fn answers_from(
        &self,
        point: &PointId,
        version: Option<u32>,
        after: Option<&str>,
        limit: u32,
        by: &Actor,
    ) -> Result<Page<DirectAnswerLine>, Error> {
        let masked = self.may_read_answers(point, by)?;
        let limit = limit.clamp(1, PAGE_MAX);
        let Page { items, next } = self.store.answers_from(point, version, after, limit)?;
        let ids: Vec<TextId> = items.iter().map(|it| it.answer).collect();
        let mut texts: BTreeMap<TextId, String> = self.store.texts(&ids)?.into_iter().collect();
        if masked {
            let nobody = PersonalData::default();
            for text in texts.values_mut() {
                *text = self.redactor.mask(text, &nobody);
            }
        }
        let line = |it: UsedAnswer| DirectAnswerLine {
            text: texts.get(&it.answer).cloned(),
            order: it.order,
            point: it.point,
            version: it.version,
            answered_at: it.answered_at,
        };
        Ok(Page {
            items: items.into_iter().map(line).collect(),
            next,
        })
    }

    /// Whether what was said is masked then.
    fn may_read_answers(&self, point: &PointId, by: &Actor) -> Result<bool, Error> {
        match &by.role {
            Role::System | Role::Operator => Ok(false),
            Role::Admin | Role::Auditor => Ok(true),
            Role::Unit(unit) | Role::Leader(unit) => {
                let found = self.store.load_points(std::slice::from_ref(point))?;
                if found.first().is_some_and(|it| it.owner == *unit) {
                    Ok(true)
                } else {
                    Err(Rejection::NotAParty { unit: unit.clone() }.into())
                }
            }
            Role::District(_) | Role::Channel => {
                Err(not_permitted("list the answers from a point").into())
            }
        }
    }
}
