//! How a requester's own order stands (Art. 9(3), R10): for whoever asks from the telephone number or the
//! account of the request, and for nobody else.
//!
//! Whether there is no such order, it is another requester's, or its requester's data was erased: the
//! answer is the same, so that nobody learns by asking which numbers exist or whose they are. What is
//! told is what the requester was told already, or may know: no internal note, no other order, nobody
//! else's data.

use chrono::{DateTime, Utc};
use contract::types::OrderType;
use lifecycle::command::Identity;
use lifecycle::event::CloseCode;
use lifecycle::ids::{Actor, OrderId, Role, TextId, UnitCode};
use lifecycle::order::{Assignment, Stage, WorkOrder};
use lifecycle::rejection::Rejection;

use crate::identity::Claim;
use crate::request::{IdentityClaim, no_longer, required};
use crate::{Engine, Error};

/// Longest account of how the centre verified somebody, in characters.
const VERIFICATION_CHARS_MAX: usize = 500;

/// How an order stands, for its requester.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Progress {
    /// The order.
    pub order: OrderId,
    /// Type of the matter.
    pub order_type: OrderType,
    /// Where it stands.
    pub stage: &'static str,
    /// When it was registered, or came in, as long as something is missing.
    pub registered_at: DateTime<Utc>,
    /// The unit that has it, or had it last; none while it waits for its next one.
    pub unit: Option<UnitCode>,
    /// When that unit received it.
    pub dispatched_at: Option<DateTime<Utc>>,
    /// By when that unit must have handled it; none once it has.
    pub due_at: Option<DateTime<Utc>>,
    /// Whether a holiday notice that is not out yet may move that.
    pub provisional: bool,
    /// How often that unit extended its period (Art. 19).
    pub extensions: usize,
    /// Until when the requester may supply what is missing, or rate (Art. 12(2), 27(3)).
    pub answer_by: Option<DateTime<Utc>>,
    /// When the requester was told the result, or answered at once.
    pub replied_at: Option<DateTime<Utc>>,
    /// What the requester was told, with names, numbers and door-level addresses masked; none where
    /// there is no reply, or it was erased.
    pub reply: Option<String>,
    /// How and when it ended, if it did.
    pub closed: Option<(CloseCode, DateTime<Utc>)>,
}

impl Engine {
    /// How an order stands, for its requester, who asks through a channel system or through the centre.
    /// The centre may verify who it is instead; how is kept in the access log (R10, R75).
    ///
    /// # Errors
    /// [`Error::Rejected`]: [`Rejection::NotPermitted`] for other roles; [`Rejection::NotTheRequester`]
    /// for everybody who has not shown that the order is his or hers, whether or not it exists.
    /// [`Error::InvalidInput`] for a verification that says nothing, [`Error::Store`].
    pub fn progress(
        &self,
        order: &OrderId,
        by: &Actor,
        claim: IdentityClaim,
    ) -> Result<Progress, Error> {
        let verifies = match by.role {
            Role::Operator => true,
            Role::Channel => false,
            Role::System
            | Role::Admin
            | Role::Unit(_)
            | Role::Leader(_)
            | Role::District(_)
            | Role::Auditor => {
                return Err(Rejection::NotPermitted {
                    command: "ask how an order stands for its requester",
                }
                .into());
            }
        };
        if let IdentityClaim::Verified(how) = &claim {
            required("from.verified", how)?;
            no_longer("from.verified", how, VERIFICATION_CHARS_MAX)?;
        }
        let found = match self.store.load(order)? {
            Some(order) if self.is_requester(&order, by, claim, verifies)? => Some(order),
            Some(_) | None => None,
        };
        let Some(found) = found else {
            tracing::warn!(%order, by = by.name, "progress refused");
            return Err(Rejection::NotTheRequester.into());
        };
        self.progress_of(&found)
    }

    fn is_requester(
        &self,
        order: &WorkOrder,
        by: &Actor,
        claim: IdentityClaim,
        verifies: bool,
    ) -> Result<bool, Error> {
        let claim = match claim {
            IdentityClaim::Phone(phone) => Claim::Phone(phone),
            IdentityClaim::Account(account) => Claim::Account(account),
            IdentityClaim::Verified(how) if verifies => {
                let purpose = format!("progress; verified: {how}");
                let (requester, now) = (order.requester, self.now());
                self.store
                    .personal_data(requester, &order.id, &by.name, now, &purpose)?;
                return Ok(true);
            }
            IdentityClaim::Verified(_) => return Ok(false),
        };
        Ok(self.identity(&claim, order, by)? == Identity::SameAccount)
    }

    fn progress_of(&self, order: &WorkOrder) -> Result<Progress, Error> {
        let assignment = order.assignment().filter(|it| !it.was_returned());
        let handling = assignment.filter(|it| it.completed_at.is_none() && !order.is_closed());
        let told = told(order);
        let reply = match told {
            Some((text, _)) => self.masked(text, order)?,
            None => None,
        };
        let closed = if let Stage::Closed { code, at } = order.stage {
            Some((code, at))
        } else {
            None
        };
        Ok(Progress {
            order: order.id.clone(),
            order_type: order.order_type,
            stage: order.stage.name(),
            registered_at: order.registered_at,
            unit: assignment.map(|it| it.unit.clone()),
            dispatched_at: assignment.map(|it| it.dispatched_at),
            due_at: handling.map(|it| it.handle_by.due.due_at),
            provisional: handling.is_some_and(|it| it.handle_by.due.provisional),
            extensions: assignment.map_or(0, |it| it.extensions.len()),
            answer_by: answer_by(order),
            replied_at: told.map(|(_, at)| at),
            reply,
            closed,
        })
    }

    /// A text with everybody's data masked; nothing where it was erased.
    fn masked(&self, text: TextId, order: &WorkOrder) -> Result<Option<String>, Error> {
        let kept = self.store.texts(&[text])?.into_iter().next();
        let personal = self.store.personal_data_for_masking(order.requester)?;
        let personal = personal.unwrap_or_default();
        Ok(kept.map(|(_, text)| self.redactor.mask(&text, &personal)))
    }
}

/// What the requester was told last, and when: a unit's reply, or the answer at once.
fn told(order: &WorkOrder) -> Option<(TextId, DateTime<Utc>)> {
    let replies = order.assignments.iter().rev();
    let reply = replies
        .filter_map(|it: &Assignment| it.reply.as_ref())
        .next();
    let answered = order.direct_answer.as_ref().map(|it| it.answer);
    reply
        .map(|reply| (reply.content, reply.replied_at))
        .or_else(|| Some((answered?, closed_at(order)?)))
}

/// An order that is answered at once ends with it.
fn closed_at(order: &WorkOrder) -> Option<DateTime<Utc>> {
    if let Stage::Closed { at, .. } = order.stage {
        Some(at)
    } else {
        None
    }
}

/// Until when something is up to the requester.
fn answer_by(order: &WorkOrder) -> Option<DateTime<Utc>> {
    let deadline = match &order.stage {
        Stage::AwaitingInformation {
            answer_by,
            supplied: false,
        } => answer_by.as_ref()?,
        Stage::AwaitingRating { rate_by, .. } => rate_by,
        Stage::AwaitingInformation { .. }
        | Stage::AwaitingDispatch { .. }
        | Stage::AwaitingVerification
        | Stage::ReturnRequested
        | Stage::InCoordination
        | Stage::InHandling
        | Stage::UnderDistrictReview { .. }
        | Stage::UnderReview { .. }
        | Stage::Withdrawn
        | Stage::AwaitingRatingOffer { .. }
        | Stage::AwaitingFollowUp { .. }
        | Stage::AwaitingStatement { .. }
        | Stage::Closed { .. } => return None,
    };
    Some(deadline.due.due_at)
}
