//! Keeping things: the journal with everything that must become durable together with it, and the
//! views on it. Calls block until the result is durable; many callers share one flush to disk.
//! Instants are kept to the millisecond.

use std::ops::RangeInclusive;
use std::sync::Arc;

use calendar::YearNotice;
use chrono::{DateTime, Utc};
use contract::types::OrderType;
use lifecycle::Alike;
use lifecycle::assessment::Assessment;
use lifecycle::deadline::DeadlineKind;
use lifecycle::effect::{Effect, Notification};
use lifecycle::event::{QueueReason, Recorded};
use lifecycle::ids::{DistrictCode, OrderId, RequesterId, TextId, UnitCode};
use lifecycle::order::{Stage, WorkOrder};
use lifecycle::timer::Timer;
use serde::{Deserialize, Serialize};

use crate::ports::{
    DeliveryStore, DossierStore, DueStore, DueTimer, IndicatorStore, KnowledgeStore, Posting,
    RolloutStore, Subject,
};

/// A fault of the store itself: disk, corruption, a schema from a newer version. Never the caller's.
#[derive(Debug, Clone, thiserror::Error)]
#[error("the store failed to {operation}")]
pub struct StoreError {
    /// What it was doing.
    pub operation: &'static str,
    /// Why.
    #[source]
    pub source: Arc<dyn std::error::Error + Send + Sync>,
}

impl StoreError {
    /// A fault met while doing something.
    pub fn new(
        operation: &'static str,
        source: impl Into<Box<dyn std::error::Error + Send + Sync>>,
    ) -> Self {
        Self {
            operation,
            source: Arc::from(source.into()),
        }
    }
}

/// Why a list could not be given.
#[derive(Debug, Clone, thiserror::Error)]
pub enum ListError {
    /// The cursor is none that this store gave out.
    #[error("the cursor is not one of a page before; leave it out to begin with the first page")]
    BadCursor,
    /// The store itself failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Why a commit did not take place. Nothing of it is kept in any of these cases.
#[derive(Debug, Clone, thiserror::Error)]
pub enum CommitError {
    /// The order has moved on since it was loaded.
    #[error("the order has version {actual}, not {expected}")]
    Conflict {
        /// Version that the command was decided against.
        expected: u64,
        /// Version that the order has.
        actual: u64,
    },
    /// An order with the same source is registered already.
    #[error("this source is registered already as order {order}")]
    SourceExists {
        /// The order.
        order: OrderId,
    },
    /// The same request was carried out before, under the same idempotency key.
    #[error("the request was carried out before, on order {}", .0.order)]
    Replayed(Earlier),
    /// The idempotency key was used before for another request.
    #[error("the idempotency key was used before for another request")]
    KeyReused,
    /// The store itself failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// A request that was carried out before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Earlier {
    /// SHA-256 of the request, in hex.
    pub fingerprint: String,
    /// The order that it was carried out on.
    pub order: OrderId,
    /// Positions of the events that came of it; the last one is the order's version after it.
    pub events: RangeInclusive<u64>,
}

/// Everything that becomes durable together, or not at all.
#[derive(Debug, Clone)]
pub struct Commit {
    /// Version of the order before; 0 for a new one.
    pub expected_version: u64,
    /// The new events, in order, numbered from `expected_version + 1`.
    pub events: Vec<Recorded>,
    /// The order after them.
    pub order: WorkOrder,
    /// What is to be timed from now on; replaces what was.
    pub timers: Vec<Timer>,
    /// What of the order counts for assessment from now on; replaces what did.
    pub assessment: Assessment,
    /// What the outside must do.
    pub effects: Vec<Effect>,
    /// A new requester's personal data.
    pub requester: Option<(RequesterId, PersonalData)>,
    /// New texts in somebody's own words.
    pub texts: Vec<(TextId, String)>,
    /// Questions that were put to plugins: SHA-256 in hex, canonical bytes.
    pub questions: Vec<(String, Vec<u8>)>,
    /// The key of the request that led here, if it had one.
    pub idempotency: Option<IdempotencyKey>,
    /// The effect that this commit completes, if it was one that led here.
    pub completes: Option<EffectId>,
    /// A message that this commit puts into its recipient's box, with its ways out from there.
    pub message: Option<Posting>,
}

/// Position of an effect in the outbox.
pub type EffectId = i64;

/// What makes a repeated request recognisable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdempotencyKey {
    /// Who sent it; keys of different senders never meet.
    pub principal: String,
    /// The key as sent.
    pub key: String,
    /// SHA-256 of the request, in hex: the same key with another request is an error.
    pub fingerprint: String,
    /// When it was sent; old keys are forgotten after a week.
    pub at: DateTime<Utc>,
}

/// A requester's personal data. Kept apart, erasable, masked wherever it is not needed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonalData {
    /// Name.
    pub name: Option<String>,
    /// Telephone number.
    pub phone: Option<String>,
    /// Identity document number.
    pub id_number: Option<String>,
    /// Account or handle at the channel.
    pub account: Option<String>,
    /// Door-level address.
    pub address: Option<String>,
}

/// A request in the requester's own words, kept as one text: JSON of this type.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Request {
    /// Subject line.
    pub subject: String,
    /// The text.
    pub text: String,
}

/// An effect that is still to be performed.
#[derive(Debug, Clone)]
pub struct PendingEffect {
    /// Its position.
    pub id: EffectId,
    /// What it is about. About a dossier there are notices only.
    pub subject: Subject,
    /// When it was decided.
    pub at: DateTime<Utc>,
    /// What to do.
    pub effect: Effect,
    /// So often it was put off.
    pub attempts: u32,
}

/// A message in somebody's message box.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    /// The effect that it comes from; unique.
    pub id: EffectId,
    /// About which order or dossier.
    #[serde(flatten)]
    pub subject: Subject,
    /// When it was put there.
    pub at: DateTime<Utc>,
    /// To whom and what about.
    #[serde(flatten)]
    pub notification: Notification,
}

/// What a list of orders is narrowed to; every field that is set must hold.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OrderFilter {
    /// Stage by name, such as `awaiting_dispatch`.
    pub stage: Option<String>,
    /// The unit that has, or had last, the order.
    pub unit: Option<UnitCode>,
    /// Not those that complain about the staff of this unit (Art. 8(4), R7).
    pub not_against: Option<UnitCode>,
    /// District.
    pub district: Option<DistrictCode>,
    /// Type of the matter.
    pub order_type: Option<OrderType>,
    /// The channel system that registered it.
    pub registered_by: Option<String>,
    /// Only orders that missed (or did not miss) a handling deadline.
    pub overdue: Option<bool>,
    /// Only orders with a running deadline that is provisional (or with none).
    pub provisional: Option<bool>,
    /// Source, exactly.
    pub source: Option<String>,
}

/// A line of a list of orders.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderSummary {
    /// Number.
    pub id: OrderId,
    /// Version.
    pub version: u64,
    /// Stage by name.
    pub stage: String,
    /// Why a person must route it, while it waits for dispatch.
    pub queue: Option<QueueReason>,
    /// Type of the matter.
    pub order_type: OrderType,
    /// District.
    pub district: Option<DistrictCode>,
    /// The unit that has, or had last, the order.
    pub unit: Option<UnitCode>,
    /// When it was registered.
    pub registered_at: DateTime<Utc>,
    /// The deadline that runs now and ends first.
    pub due_at: Option<DateTime<Utc>>,
    /// Whether a deadline that runs, or may run on, is provisional.
    pub provisional: bool,
    /// Whether a handling deadline was missed.
    pub overdue: bool,
}

impl OrderSummary {
    /// The line of an order as it stands.
    #[must_use]
    pub fn of(order: &WorkOrder) -> Self {
        let queue = match &order.stage {
            Stage::AwaitingDispatch { queue } => Some(*queue),
            Stage::AwaitingInformation { .. }
            | Stage::AwaitingVerification
            | Stage::ReturnRequested
            | Stage::InCoordination
            | Stage::InHandling
            | Stage::UnderDistrictReview { .. }
            | Stage::UnderReview { .. }
            | Stage::Withdrawn
            | Stage::AwaitingRatingOffer { .. }
            | Stage::AwaitingRating { .. }
            | Stage::AwaitingFollowUp { .. }
            | Stage::AwaitingStatement { .. }
            | Stage::Closed { .. } => None,
        };
        Self {
            id: order.id.clone(),
            version: order.version,
            stage: order.stage.name().to_owned(),
            queue,
            order_type: order.order_type,
            district: order.district.clone(),
            unit: order.assignment().map(|assignment| assignment.unit.clone()),
            registered_at: order.registered_at,
            due_at: order
                .current_deadline()
                .ok()
                .map(|deadline| deadline.due.due_at),
            provisional: order
                .open_deadlines()
                .iter()
                .any(|deadline| deadline.due.provisional),
            overdue: order
                .missed
                .iter()
                .any(|missed| missed.deadline == DeadlineKind::Handling),
        }
    }
}

/// A page of a list, newest registration first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page<T> {
    /// The items.
    pub items: Vec<T>,
    /// Where the next page begins, if there is one; opaque to callers.
    pub next: Option<String>,
}

/// The store. Every method blocks; callers on async threads wrap it.
pub trait Store:
    DeliveryStore + DossierStore + DueStore + IndicatorStore + KnowledgeStore + RolloutStore
{
    /// The order as it stands, or nothing.
    ///
    /// # Errors
    /// When the store itself fails; so everywhere below.
    fn load(&self, order: &OrderId) -> Result<Option<WorkOrder>, StoreError>;

    /// The order's events, oldest first.
    fn history(&self, order: &OrderId) -> Result<Vec<Recorded>, StoreError>;

    /// Makes a commit durable. Returns once it is on disk.
    ///
    /// # Errors
    /// See [`CommitError`]; nothing is kept then.
    fn commit(&self, commit: Commit) -> Result<(), CommitError>;

    /// Makes several commits durable with few flushes to disk; each succeeds or fails by itself. Gives
    /// their results in order. This is for what falls due, and may be much: whatever somebody waits
    /// for, such as [`Self::commit`], goes before it.
    fn commit_all(&self, commits: Vec<Commit>) -> Vec<Result<(), CommitError>>;

    /// What came of an earlier request with this sender and key, if there was one; whether it was the
    /// same request is for its fingerprint to say.
    fn earlier(&self, key: &IdempotencyKey) -> Result<Option<Earlier>, StoreError>;

    /// A page of orders, newest registration first; `after` is the `next` of the page before.
    ///
    /// # Errors
    /// [`ListError::BadCursor`] for anything else.
    fn list(
        &self,
        filter: &OrderFilter,
        after: Option<&str>,
        limit: u32,
    ) -> Result<Page<OrderSummary>, ListError>;

    /// Texts by reference; those that were erased are left out.
    fn texts(&self, ids: &[TextId]) -> Result<Vec<(TextId, String)>, StoreError>;

    /// A requester's personal data, or nothing when it was erased. The access is logged with who
    /// asked, when, about which order, and what for (R75); no log entry, no data.
    fn personal_data(
        &self,
        requester: RequesterId,
        order: &OrderId,
        by: &str,
        at: DateTime<Utc>,
        purpose: &str,
    ) -> Result<Option<PersonalData>, StoreError>;

    /// The requester's own names and numbers, for masking questions only; never shown, not logged.
    fn personal_data_for_masking(
        &self,
        requester: RequesterId,
    ) -> Result<Option<PersonalData>, StoreError>;

    /// A question that was put to a plugin, by its digest.
    fn question(&self, digest: &str) -> Result<Option<Vec<u8>>, StoreError>;

    /// The next timers whose instant lies before `now`, earliest first, at most `limit`; those that
    /// were put off, by the instant until when.
    fn due_timers(&self, now: DateTime<Utc>, limit: u32) -> Result<Vec<DueTimer>, StoreError>;

    /// When the next timer will be due; one that was put off, the instant until when.
    fn next_timer_at(&self) -> Result<Option<DateTime<Utc>>, StoreError>;

    /// Forgets a timer that turned out to have nothing to do.
    fn drop_timer(&self, timer: &DueTimer) -> Result<(), StoreError>;

    /// The next effects to perform, oldest first, at most `limit`; after them those that were put off
    /// until `now` or before.
    fn pending_effects(
        &self,
        now: DateTime<Utc>,
        limit: u32,
    ) -> Result<Vec<PendingEffect>, StoreError>;

    /// Puts messages into their recipients' boxes, makes their deliveries and completes their effects,
    /// together. A message that is there already is not put there again.
    fn deliver(&self, postings: &[Posting]) -> Result<(), StoreError>;

    /// Completes an effect that has nothing left to do.
    fn complete_effect(&self, id: EffectId) -> Result<(), StoreError>;

    /// Messages about an order or a dossier, oldest first.
    fn messages(&self, subject: &Subject) -> Result<Vec<Message>, StoreError>;

    /// The order that was registered from this source, if any.
    fn order_by_source(&self, source: &str) -> Result<Option<OrderId>, StoreError>;

    /// The open orders about the same thing as this one (R52): of its category, and with its district and
    /// street, or without any as it is, registered at `since` or later; the newest `most` of them.
    fn alike(
        &self,
        order: &WorkOrder,
        since: DateTime<Utc>,
        most: u32,
    ) -> Result<Alike, StoreError>;

    /// Orders with a deadline that runs, or may run on, by id, after the given one, at most `limit`;
    /// a closed order may have one.
    fn open_orders(
        &self,
        after: Option<&OrderId>,
        limit: u32,
    ) -> Result<Vec<WorkOrder>, StoreError>;

    /// Holiday notices that were imported, oldest import first.
    fn calendar_years(&self) -> Result<Vec<YearNotice>, StoreError>;

    /// Keeps a holiday notice, with who imported it.
    fn add_calendar_year(
        &self,
        notice: &YearNotice,
        by: &str,
        at: DateTime<Utc>,
    ) -> Result<(), StoreError>;

    /// Version of the calendar that every open deadline was last recomputed under.
    fn recomputed_under(&self) -> Result<Option<String>, StoreError>;

    /// Keeps that version, once all of them are recomputed.
    fn set_recomputed_under(&self, calendar_version: &str) -> Result<(), StoreError>;

    /// The text of the rule set of this version, as it was kept last.
    fn rule_set(&self, version: &str) -> Result<Option<String>, StoreError>;

    /// Keeps the text of a rule set under its version.
    fn keep_rule_set(&self, version: &str, text: &str) -> Result<(), StoreError>;

    /// The instant at which a manual clock was left, if there is one.
    fn manual_clock(&self) -> Result<Option<DateTime<Utc>>, StoreError>;

    /// Keeps the instant of a manual clock.
    fn set_manual_clock(&self, at: DateTime<Utc>) -> Result<(), StoreError>;

    /// Whether the store can write; for readiness checks.
    fn check(&self) -> Result<(), StoreError>;
}
