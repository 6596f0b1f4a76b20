//! Keeping what falls due and could not be carried out: it is put off with growing pauses, shown to the
//! centre, and never lost. What nobody ever had trouble with comes before it.

use chrono::{DateTime, Utc};
use knowledge_base::Moment as KnowledgeMoment;
use knowledge_base::ids::Id;
use lifecycle::command::Moment;
use lifecycle::deadline::DeadlineKind;
use lifecycle::dossier::{DossierDeadlineKind, DossierId};
use lifecycle::ids::{OrderId, UnitCode};
use serde::{Deserialize, Serialize};

use super::store::{EffectId, ListError, Page, StoreError};

/// What an effect, a message or something that is due is about.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Subject {
    /// An order.
    Order(OrderId),
    /// A dossier.
    Dossier(DossierId),
    /// An entry of the knowledge base.
    Knowledge(Id),
}

impl Subject {
    /// The order, if it is one.
    #[must_use]
    pub const fn order(&self) -> Option<&OrderId> {
        match self {
            Self::Order(order) => Some(order),
            Self::Dossier(_) | Self::Knowledge(_) => None,
        }
    }

    /// The dossier, if it is one.
    #[must_use]
    pub const fn dossier(&self) -> Option<&DossierId> {
        match self {
            Self::Order(_) | Self::Knowledge(_) => None,
            Self::Dossier(dossier) => Some(dossier),
        }
    }

    /// The entry of the knowledge base, if it is one.
    #[must_use]
    pub const fn knowledge(&self) -> Option<&Id> {
        match self {
            Self::Order(_) | Self::Dossier(_) => None,
            Self::Knowledge(entry) => Some(entry),
        }
    }

    /// Its number; those of orders, dossiers and entries differ.
    #[must_use]
    pub fn number(&self) -> &str {
        match self {
            Self::Order(order) => order.as_str(),
            Self::Dossier(dossier) => dossier.as_str(),
            Self::Knowledge(entry) => entry.as_str(),
        }
    }
}

/// A timer of an order whose instant has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DueTimer {
    /// Of which order.
    pub order: OrderId,
    /// When it was due.
    pub at: DateTime<Utc>,
    /// For which deadline.
    pub deadline: DeadlineKind,
    /// The deadline itself, or a question about it before or after.
    pub moment: Moment,
    /// So often it was put off.
    pub attempts: u32,
}

/// A dossier's timer whose instant has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DueDossierTimer {
    /// Of which dossier.
    pub dossier: DossierId,
    /// When it was due.
    pub at: DateTime<Utc>,
    /// For which deadline.
    pub deadline: DossierDeadlineKind,
    /// Whose; none where it is the centre's.
    pub unit: Option<UnitCode>,
    /// So often it was put off.
    pub attempts: u32,
}

/// A timer of an entry of the knowledge base whose instant has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DueKnowledgeTimer {
    /// Of which entry.
    pub entry: Id,
    /// When it was due.
    pub at: DateTime<Utc>,
    /// For what.
    pub moment: KnowledgeMoment,
    /// So often it was put off.
    pub attempts: u32,
}

/// Deadlines that could not be recomputed under a new calendar, and are tried again now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DueRecomputation {
    /// Whose deadlines.
    pub subject: Subject,
    /// So often it was put off.
    pub attempts: u32,
}

/// Something that is due and could not be carried out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DueItem {
    /// A timer of an order.
    Timer(DueTimer),
    /// A timer of a dossier.
    DossierTimer(DueDossierTimer),
    /// A timer of an entry of the knowledge base.
    KnowledgeTimer(DueKnowledgeTimer),
    /// An effect in the outbox.
    Effect {
        /// Its position.
        id: EffectId,
        /// What it is about.
        subject: Subject,
        /// So often it was put off.
        attempts: u32,
    },
    /// The deadlines of an order, a dossier or an entry under a new calendar (C3).
    Recomputation(DueRecomputation),
}

impl DueItem {
    /// What it is about.
    #[must_use]
    pub fn subject(&self) -> Subject {
        match self {
            Self::Timer(timer) => Subject::Order(timer.order.clone()),
            Self::DossierTimer(timer) => Subject::Dossier(timer.dossier.clone()),
            Self::KnowledgeTimer(timer) => Subject::Knowledge(timer.entry.clone()),
            Self::Effect { subject, .. } => subject.clone(),
            Self::Recomputation(recomputation) => recomputation.subject.clone(),
        }
    }

    /// So often it was put off.
    #[must_use]
    pub const fn attempts(&self) -> u32 {
        match self {
            Self::Timer(timer) => timer.attempts,
            Self::DossierTimer(timer) => timer.attempts,
            Self::KnowledgeTimer(timer) => timer.attempts,
            Self::Effect { attempts, .. } => *attempts,
            Self::Recomputation(recomputation) => recomputation.attempts,
        }
    }

    /// What it is, in a word.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Timer(_) | Self::DossierTimer(_) | Self::KnowledgeTimer(_) => "timer",
            Self::Effect { .. } => "effect",
            Self::Recomputation(_) => "recomputation",
        }
    }
}

/// Something due that was put off.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StuckItem {
    /// What it is known by; opaque, and stable as long as it is stuck.
    pub id: String,
    /// What it is.
    pub item: DueItem,
    /// Since when it is due; a recomputation, since it failed first.
    pub since: DateTime<Utc>,
    /// Why the last attempt failed.
    pub problem: String,
    /// Not tried again before; none where the next tick tries it.
    pub next_at: Option<DateTime<Utc>>,
}

/// The part of the store that keeps what was put off. Every method blocks until its outcome is durable.
pub trait DueStore: Send + Sync {
    /// Puts something due off until after an instant, and counts the attempt that failed now. Changes
    /// nothing where it is no longer due, because the order or dossier has moved on. A commit of the
    /// order or the dossier replaces its timers, so those are tried anew after it.
    ///
    /// # Errors
    /// When the store itself fails; so everywhere below.
    fn put_off(
        &self,
        item: &DueItem,
        now: DateTime<Utc>,
        until: DateTime<Utc>,
        problem: &str,
    ) -> Result<(), StoreError>;

    /// A page of what was put off, longest due first; `after` is the `next` of the page before.
    ///
    /// # Errors
    /// [`ListError::BadCursor`] for anything else.
    fn stuck_items(&self, after: Option<&str>, limit: u32) -> Result<Page<StuckItem>, ListError>;

    /// Has something that was put off tried by the next tick. Gives it; nothing where nothing of this
    /// id is stuck.
    fn retry_stuck_item(&self, id: &str) -> Result<Option<StuckItem>, StoreError>;

    /// Recomputations that were put off until before `now`, longest first, at most `limit`.
    fn due_recomputations(
        &self,
        now: DateTime<Utc>,
        limit: u32,
    ) -> Result<Vec<DueRecomputation>, StoreError>;

    /// Forgets a recomputation that has nothing left to do.
    fn forget_recomputation(&self, subject: &Subject) -> Result<(), StoreError>;
}
