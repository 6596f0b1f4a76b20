//! Reading: an order with everything that explains it, lists, personal data, questions.

use std::collections::{BTreeMap, BTreeSet};

use calendar::Remaining;
use chrono::{DateTime, Utc};
use lifecycle::advice::{EscalationAdvice, RoutingAdvice};
use lifecycle::deadline::Deadline;
use lifecycle::event::{Event, Recorded, RoutingConsequence};
use lifecycle::ids::{Actor, OrderId, Role, TextId};
use lifecycle::order::WorkOrder;
use lifecycle::rejection::Rejection;
use serde::Serialize;

use crate::access::{self, Sight};
use crate::explain::{Explanation, explain};
use crate::ports::{
    Delivery, Message, OrderFilter, OrderSummary, Page, PersonalData, Request, Subject,
};
use crate::request::{no_longer, required};
use crate::{Engine, Error};

/// Most lines on a page of a list.
const PAGE_MAX: u32 = 200;
/// Longest purpose of an access to personal data, in characters.
const PURPOSE_CHARS_MAX: usize = 500;

/// An order with everything that explains it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OrderView {
    /// The order as it stands.
    pub order: WorkOrder,
    /// The request in the requester's own words; none when it was erased.
    pub request: Option<Request>,
    /// Whether names, numbers and door-level addresses are masked in people's own words here.
    pub masked: bool,
    /// The other texts that the history refers to; those that were erased are left out.
    pub texts: BTreeMap<TextId, String>,
    /// Every deadline that the order ever had, oldest first.
    pub deadlines: Vec<DeadlineView>,
    /// Everything that the plugins advised, oldest first.
    pub decisions: Vec<DecisionView>,
    /// Everything that happened, oldest first.
    pub history: Vec<Recorded>,
    /// Messages about it, oldest first.
    pub messages: Vec<Message>,
    /// On which ways they went out, and what became of it, oldest first.
    pub deliveries: Vec<Delivery>,
}

/// A deadline as it stands now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DeadlineView {
    /// The deadline.
    #[serde(flatten)]
    pub deadline: Deadline,
    /// How it stands.
    pub status: DeadlineStatus,
    /// Working days left or overdue, while it runs.
    pub remaining: Option<Remaining>,
    /// How it came about, for people.
    pub explanation: Explanation,
}

/// How a deadline stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum DeadlineStatus {
    /// It runs, and there is time left.
    Running,
    /// It runs, and has passed.
    Overdue,
    /// It ran out before what it is for was done.
    Missed,
    /// What it is for was done in time, or is no longer needed.
    Met,
    /// Another deadline took its place: an extension, a restart, a corrected type.
    Replaced,
}

/// What plugins advised at one point of the history.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case", tag = "decision")]
pub enum DecisionView {
    /// Which unit should handle the order.
    Routing {
        /// Position in the history.
        seq: u64,
        /// When.
        at: DateTime<Utc>,
        /// Who was asked, and what came of it.
        advice: RoutingAdvice,
        /// What the core made of it.
        consequence: RoutingConsequence,
    },
    /// What to do about an order that needs attention.
    Escalation {
        /// Position in the history.
        seq: u64,
        /// When.
        at: DateTime<Utc>,
        /// Who was asked, and what came of it.
        advice: EscalationAdvice,
    },
}

impl Engine {
    /// An order with everything that explains it, as far as the actor may see it.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::Rejected`] for an order of others, [`Error::Store`].
    pub fn view(&self, order: &OrderId, by: &Actor) -> Result<OrderView, Error> {
        let history = self.store.history(order)?;
        // Folded from the same events that are shown, so that both say the same.
        let order = lifecycle::replay(&history)
            .map_err(|source| Error::Corrupt {
                order: order.clone(),
                source,
            })?
            .ok_or_else(|| Error::NotFound {
                order: order.clone(),
            })?;
        let sight = access::sight(&order, &history, by)
            .inspect_err(|rejection| refused_access(&order.id, by, rejection))?;
        let (request, texts) = self.words_of(&order, &history, sight, by)?;
        let subject = Subject::Order(order.id.clone());
        Ok(OrderView {
            request,
            masked: sight == Sight::Masked,
            texts,
            deadlines: self.deadlines(&order, &history)?,
            decisions: history.iter().filter_map(decision).collect(),
            messages: self.store.messages(&subject)?,
            deliveries: self.store.deliveries_of(&subject)?,
            history,
            order,
        })
    }

    /// A page of the orders that the actor may see, newest registration first.
    ///
    /// # Errors
    /// [`Error::Rejected`] for a filter that asks for orders of others, [`Error::InvalidInput`] for a
    /// cursor that is none, [`Error::Store`].
    pub fn list(
        &self,
        filter: &OrderFilter,
        after: Option<&str>,
        limit: u32,
        by: &Actor,
    ) -> Result<Page<OrderSummary>, Error> {
        let filter = access::narrow(filter, by)?;
        Ok(self.store.list(&filter, after, limit.clamp(1, PAGE_MAX))?)
    }

    /// The requester's personal data; none when it was erased. The access is logged with its purpose
    /// (R75).
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::Rejected`] for anybody but the centre and the unit that has the
    /// order, [`Error::InvalidInput`] without a purpose, [`Error::Store`].
    pub fn requester(
        &self,
        order: &OrderId,
        by: &Actor,
        purpose: &str,
    ) -> Result<Option<PersonalData>, Error> {
        required("purpose", purpose)?;
        no_longer("purpose", purpose, PURPOSE_CHARS_MAX)?;
        let order = self.load(order)?;
        access::may_read_personal_data(&order, by)
            .inspect_err(|rejection| refused_access(&order.id, by, rejection))?;
        let now = self.now();
        let data = self
            .store
            .personal_data(order.requester, &order.id, &by.name, now, purpose)?;
        Ok(data.map(|data| access::conceal(&order, by, data)))
    }

    /// A question that was put to plugins, by its digest: canonical JSON, masked. Districts write plugins,
    /// and read the questions about their own orders.
    ///
    /// # Errors
    /// [`Error::Rejected`] for other roles outside the centre, [`Error::Store`].
    pub fn question(&self, digest: &str, by: &Actor) -> Result<Option<Vec<u8>>, Error> {
        let own = match &by.role {
            Role::System | Role::Admin | Role::Operator | Role::Auditor => None,
            Role::District(district) => Some(district),
            Role::Unit(_) | Role::Leader(_) | Role::Channel => {
                return Err(Rejection::NotPermitted {
                    command: "read questions to plugins",
                }
                .into());
            }
        };
        let question = self.store.question(digest)?;
        let is_theirs = |bytes: &Vec<u8>| {
            own.is_none_or(|own| district_of(bytes).as_deref() == Some(own.as_str()))
        };
        Ok(question.filter(is_theirs))
    }

    /// The request and every other text that the history refers to.
    fn words_of(
        &self,
        order: &WorkOrder,
        history: &[Recorded],
        sight: Sight,
        by: &Actor,
    ) -> Result<(Option<Request>, BTreeMap<TextId, String>), Error> {
        let conceals = by.role.unit().is_some()
            && order
                .concealments
                .iter()
                .any(|it| it.scope.hides_from_units());
        let mut ids: BTreeSet<TextId> = history
            .iter()
            .flat_map(|recorded| recorded.event.texts())
            .collect();
        ids.insert(order.request);
        let ids: Vec<TextId> = ids.into_iter().collect();
        let mut texts: BTreeMap<TextId, String> = self.store.texts(&ids)?.into_iter().collect();
        let request = texts.remove(&order.request);
        let mut request: Option<Request> = request
            .map(|kept| serde_json::from_str(&kept))
            .transpose()
            .map_err(Error::Question)?;
        // A unit that may not know who the requester is does not read it between the lines either (R9).
        if sight == Sight::Masked || conceals {
            let personal = self.store.personal_data_for_masking(order.requester)?;
            let personal = personal.unwrap_or_default();
            let mask = |text: &mut String| *text = self.redactor.mask(text, &personal);
            texts.values_mut().for_each(mask);
            if let Some(Request { subject, text }) = &mut request {
                mask(subject);
                mask(text);
            }
        }
        Ok((request, texts))
    }

    fn deadlines(
        &self,
        order: &WorkOrder,
        history: &[Recorded],
    ) -> Result<Vec<DeadlineView>, Error> {
        let now = self.now();
        let calendar = self.calendar();
        let running = order.running_deadlines();
        let view = |deadline: Deadline| {
            let due_at = deadline.due.due_at;
            let runs = running.contains(&&deadline);
            let missed = order
                .missed
                .iter()
                .any(|missed| missed.deadline == deadline.kind && missed.due_at == due_at);
            let status = match (runs, calendar::is_late(now, due_at), missed) {
                (true, false, _) => DeadlineStatus::Running,
                (true, true, _) => DeadlineStatus::Overdue,
                (false, _, true) => DeadlineStatus::Missed,
                (false, _, false) if replaced(order, &deadline) => DeadlineStatus::Replaced,
                (false, _, false) => DeadlineStatus::Met,
            };
            let remaining = runs.then(|| calendar.remaining(now, due_at)).transpose()?;
            let set_by = history.iter().find(|it| it.seq == deadline.trigger_seq);
            let explanation = explain(&deadline, set_by.map(|it| &it.event));
            Ok(DeadlineView {
                deadline,
                status,
                remaining,
                explanation,
            })
        };
        deadlines_of(history).into_iter().map(view).collect()
    }
}

/// Whether another deadline of handling took the place of this one.
fn replaced(order: &WorkOrder, deadline: &Deadline) -> bool {
    let superseded = order.assignments.iter().flat_map(|it| &it.superseded);
    superseded.into_iter().any(|it| {
        it.deadline.kind == deadline.kind && it.deadline.trigger_seq == deadline.trigger_seq
    })
}

/// Every deadline of a history, in the order in which they were set; one that was recomputed, or moved
/// by the delivery of a notice, in the place of the one before.
fn deadlines_of(history: &[Recorded]) -> Vec<Deadline> {
    let mut deadlines: Vec<Deadline> = Vec::new();
    for recorded in history {
        deadlines.extend(recorded.event.deadlines().into_iter().cloned());
        let (new, same_trigger) =
            if let Event::DeadlineRecomputed { deadline, .. } = &recorded.event {
                (deadline, true)
            } else if let Event::DeliveryRecorded { deadline, .. } = &recorded.event {
                (deadline, false)
            } else {
                continue;
            };
        let replaces = |old: &&mut Deadline| {
            old.kind == new.kind && (!same_trigger || old.trigger_seq == new.trigger_seq)
        };
        if let Some(old) = deadlines.iter_mut().rev().find(replaces) {
            old.clone_from(new);
        }
    }
    deadlines
}

fn decision(recorded: &Recorded) -> Option<DecisionView> {
    let Recorded { seq, at, .. } = *recorded;
    if let Event::RoutingAdvised {
        advice,
        consequence,
    } = &recorded.event
    {
        let (advice, consequence) = (advice.clone(), consequence.clone());
        return Some(DecisionView::Routing {
            seq,
            at,
            advice,
            consequence,
        });
    }
    if let Event::EscalationAdvised { advice } = &recorded.event {
        return Some(DecisionView::Escalation {
            seq,
            at,
            advice: advice.clone(),
        });
    }
    None
}

/// The district that a question is about.
fn district_of(question: &[u8]) -> Option<String> {
    #[derive(serde::Deserialize)]
    struct About {
        district: Option<String>,
    }
    serde_json::from_slice::<About>(question).ok()?.district
}

/// A refused look at an order of others is logged (R75).
fn refused_access(order: &OrderId, by: &Actor, rejection: &Rejection) {
    tracing::warn!(%order, by = by.name, role = ?by.role, %rejection, "access refused");
}
