//! A decision while it is being made: events and effects in order, with the position in the journal
//! that the next event will take.

use chrono::{DateTime, NaiveDate, Utc};

use super::deadline::{DossierDeadline, DossierDeadlineKind};
use super::decide::{Context, Decision, Facts};
use super::effect::{About, DossierNotice, Effect, Occasion};
use super::event::Event;
use super::matter::Member;
use super::rejection::Rejection;
use super::state::DossierId;
use crate::effect::{Notice, Notification, Recipient};
use crate::ids::{Actor, DistrictCode, OrderId, UnitCode};

/// Most entries of one list in one command.
const ENTRIES_MAX: usize = 500;

/// Everything that a rule may look at besides the dossier, and what it has decided so far.
pub(super) struct Draft<'a> {
    pub(super) id: &'a DossierId,
    pub(super) by: &'a Actor,
    pub(super) facts: &'a Facts,
    pub(super) context: &'a Context<'a>,
    version: u64,
    decision: Decision,
}

impl<'a> Draft<'a> {
    /// A draft against a dossier of this version; 0 where there is none yet.
    pub(super) fn new(
        id: &'a DossierId,
        version: u64,
        by: &'a Actor,
        facts: &'a Facts,
        context: &'a Context<'a>,
    ) -> Self {
        Self {
            id,
            by,
            facts,
            context,
            version,
            decision: Decision::default(),
        }
    }

    pub(super) fn now(&self) -> DateTime<Utc> {
        self.context.now
    }

    /// Position in the journal of the next event.
    fn next_seq(&self) -> u64 {
        let drafted = u64::try_from(self.decision.events.len()).unwrap_or(u64::MAX);
        self.version.saturating_add(drafted).saturating_add(1)
    }

    pub(super) fn emit(&mut self, event: Event) {
        self.decision.events.push(event);
    }

    /// Tells somebody about the dossier.
    pub(super) fn notify(&mut self, to: Recipient, occasion: Occasion) {
        self.tell(About::Dossier, to, occasion);
    }

    /// Tells the requester of a member order.
    pub(super) fn notify_requester(&mut self, order: &OrderId, occasion: Occasion) {
        self.tell(About::Order(order.clone()), Recipient::Requester, occasion);
    }

    /// Has orders marked that have become members of the matter, or are none any more.
    pub(super) fn mark<'o>(&mut self, orders: impl IntoIterator<Item = &'o OrderId>) {
        self.decision.marks.extend(orders.into_iter().cloned());
    }

    fn tell(&mut self, about: About, to: Recipient, occasion: Occasion) {
        let dossier = self.id.clone();
        let about_it = Notice::Dossier(DossierNotice { dossier, occasion });
        self.decision.effects.push(Effect {
            about,
            notification: Notification {
                to,
                about: about_it,
            },
        });
    }

    /// The deadline that the next event starts, at `trigger_at`.
    pub(super) fn deadline(
        &self,
        kind: DossierDeadlineKind,
        unit: Option<&UnitCode>,
        trigger_at: DateTime<Utc>,
    ) -> Result<DossierDeadline, Rejection> {
        let period = self.context.rules.at(trigger_at).dossiers.period(kind);
        // Only the plenary has none, and its rule gives its period itself.
        let period = period.ok_or(Rejection::NothingDue)?;
        let seq = self.next_seq();
        DossierDeadline::compute(kind, unit, period, seq, trigger_at, self.context)
    }

    /// A deadline with a period of its own.
    pub(super) fn deadline_until(
        &self,
        kind: DossierDeadlineKind,
        trigger_at: DateTime<Utc>,
        until: DateTime<Utc>,
    ) -> Result<DossierDeadline, Rejection> {
        let period = calendar::Period::Until(until);
        let seq = self.next_seq();
        DossierDeadline::compute(kind, None, period, seq, trigger_at, self.context)
    }

    /// The unit must be in the directory.
    pub(super) fn known_unit(&self, unit: &UnitCode) -> Result<(), Rejection> {
        match self.context.directory.unit(unit) {
            Some(_) => Ok(()),
            None => Err(Rejection::UnknownUnit { unit: unit.clone() }),
        }
    }

    /// The district must be in the directory.
    pub(super) fn known_district(&self, district: &DistrictCode) -> Result<(), Rejection> {
        match self.context.directory.district(district) {
            Some(_) => Ok(()),
            None => Err(Rejection::UnknownDistrict {
                district: district.clone(),
            }),
        }
    }

    /// The orders with what the shell knows of them, each once, and none that another matter has.
    pub(super) fn members(&self, orders: &[OrderId]) -> Result<Vec<Member>, Rejection> {
        let mut members: Vec<Member> = Vec::with_capacity(orders.len());
        for order in orders {
            let facts = self.facts.orders.get(order);
            let facts = facts.ok_or_else(|| Rejection::UnknownOrder {
                order: order.clone(),
            })?;
            let elsewhere = facts.matter.as_ref().is_some_and(|it| it != self.id);
            if elsewhere || members.iter().any(|member| member.order == *order) {
                return Err(Rejection::OrderListed {
                    order: order.clone(),
                });
            }
            members.push(Member {
                order: order.clone(),
                requester: facts.requester,
                unit: facts.unit.clone(),
            });
        }
        Ok(members)
    }

    /// A day on which something took place: not in the future.
    pub(super) fn past_day(&self, field: &'static str, day: NaiveDate) -> Result<(), Rejection> {
        if day > calendar::local_date(self.now()) {
            return Err(Rejection::ImpossibleTime {
                field,
                problem: "lies in the future",
            });
        }
        Ok(())
    }

    pub(super) fn is_empty(&self) -> bool {
        self.decision.events.is_empty()
    }

    pub(super) fn finish(self) -> Decision {
        self.decision
    }
}

/// A text that must say something.
pub(super) fn filled(field: &'static str, text: &str) -> Result<(), Rejection> {
    if text.trim().is_empty() {
        return Err(Rejection::Missing { field });
    }
    Ok(())
}

/// A list that is bounded.
pub(super) fn bounded<T>(field: &'static str, list: &[T]) -> Result<(), Rejection> {
    if list.len() > ENTRIES_MAX {
        let max = ENTRIES_MAX;
        return Err(Rejection::TooMany { field, max });
    }
    Ok(())
}
