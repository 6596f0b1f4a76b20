//! Keeping dossiers: their journal with everything that must become durable together with it. Beside
//! the orders', in the same store and under the same promises.

use std::ops::RangeInclusive;

use chrono::{DateTime, Utc};
use lifecycle::dossier::{Content, Dossier, DossierId, DossierKind, DossierTimer, Recorded};
use lifecycle::effect::Effect;
use lifecycle::ids::{OrderId, TextId, UnitCode};
use serde::{Deserialize, Serialize};

use super::due::{DueDossierTimer, Subject};
use super::store::{IdempotencyKey, ListError, Page, StoreError};

/// Why a commit of a dossier did not take place. Nothing of it is kept in any of these cases.
#[derive(Debug, Clone, thiserror::Error)]
pub enum DossierCommitError {
    /// The dossier has moved on since it was loaded.
    #[error("the dossier has version {actual}, not {expected}")]
    Conflict {
        /// Version that the command was decided against.
        expected: u64,
        /// Version that the dossier has.
        actual: u64,
    },
    /// The same request was carried out before, under the same idempotency key.
    #[error("the request was carried out before, on dossier {}", .0.dossier)]
    Replayed(EarlierDossier),
    /// The idempotency key was used before for another request.
    #[error("the idempotency key was used before for another request")]
    KeyReused,
    /// The store itself failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// A request on a dossier that was carried out before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EarlierDossier {
    /// SHA-256 of the request, in hex.
    pub fingerprint: String,
    /// The dossier that it was carried out on.
    pub dossier: DossierId,
    /// Positions of the events that came of it; the last one is the dossier's version after it.
    pub events: RangeInclusive<u64>,
}

/// Everything that becomes durable together, or not at all.
#[derive(Debug, Clone)]
pub struct DossierCommit {
    /// Version of the dossier before; 0 for a new one.
    pub expected_version: u64,
    /// The new events, in order, numbered from `expected_version + 1`.
    pub events: Vec<Recorded>,
    /// The dossier after them.
    pub dossier: Dossier,
    /// What is to be timed from now on; replaces what was.
    pub timers: Vec<DossierTimer>,
    /// What the outside must do, and what that is about: messages about the dossier, and messages and
    /// marks about orders. They go through the outbox, as those of orders do.
    pub effects: Vec<(Subject, Effect)>,
    /// New texts in somebody's own words.
    pub texts: Vec<(TextId, String)>,
    /// The key of the request that led here, if it had one.
    pub idempotency: Option<IdempotencyKey>,
}

/// What a list of dossiers is narrowed to; every field that is set must hold.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DossierFilter {
    /// Kind.
    pub kind: Option<DossierKind>,
    /// Stage by name, such as `open` or `announced`.
    pub stage: Option<String>,
    /// Concerns this unit, now or before.
    pub unit: Option<UnitCode>,
    /// Concerns one of these units or districts, by their codes, now or before.
    pub parties: Option<Vec<String>>,
    /// The order belongs to it, or it is about the order.
    pub order: Option<OrderId>,
    /// Missed (or did not miss) a limit of the law.
    pub overdue: Option<bool>,
    /// A running deadline, whether missed or not, ended before this instant.
    pub due_before: Option<DateTime<Utc>>,
}

/// A line of a list of dossiers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DossierSummary {
    /// Number.
    pub id: DossierId,
    /// Version.
    pub version: u64,
    /// Kind.
    pub kind: DossierKind,
    /// Stage by name.
    pub stage: String,
    /// Title of a long-term matter.
    pub title: Option<String>,
    /// When it was opened.
    pub opened_at: DateTime<Utc>,
    /// The deadline that runs now and ends, or ended, first.
    pub due_at: Option<DateTime<Utc>>,
    /// Whether a deadline that runs is provisional.
    pub provisional: bool,
    /// Whether a limit of the law was missed.
    pub overdue: bool,
}

impl DossierSummary {
    /// The line of a dossier as it stands.
    #[must_use]
    pub fn of(dossier: &Dossier) -> Self {
        let running = dossier.running_deadlines();
        let provisional = running
            .iter()
            .any(|it| it.due.provisional && !dossier.has_missed(it));
        let title = match &dossier.content {
            Content::LongTermMatter(matter) => Some(matter.title.clone()),
            Content::LiaisonFiling(_)
            | Content::JointConference(_)
            | Content::Training(_)
            | Content::Contact(_)
            | Content::OwnMechanism(_)
            | Content::Publication(_) => None,
        };
        Self {
            id: dossier.id.clone(),
            version: dossier.version,
            kind: dossier.kind(),
            stage: dossier.stage().to_owned(),
            title,
            opened_at: dossier.opened_at,
            due_at: running.iter().map(|it| it.due.due_at).min(),
            provisional,
            overdue: dossier.is_overdue(),
        }
    }
}

/// The part of the store that keeps dossiers.
pub trait DossierStore: Send + Sync {
    /// The dossier as it stands, or nothing.
    ///
    /// # Errors
    /// When the store itself fails; so everywhere below.
    fn load_dossier(&self, dossier: &DossierId) -> Result<Option<Dossier>, StoreError>;

    /// The dossier's events, oldest first.
    fn dossier_history(&self, dossier: &DossierId) -> Result<Vec<Recorded>, StoreError>;

    /// Makes a commit durable. Returns once it is on disk.
    ///
    /// # Errors
    /// See [`DossierCommitError`]; nothing is kept then.
    fn commit_dossier(&self, commit: DossierCommit) -> Result<(), DossierCommitError>;

    /// Makes several commits durable with few flushes to disk; each succeeds or fails by itself. Gives
    /// their results in order. For what falls due.
    fn commit_dossiers(&self, commits: Vec<DossierCommit>) -> Vec<Result<(), DossierCommitError>>;

    /// What came of an earlier request with this sender and key, if there was one; whether it was the
    /// same request is for its fingerprint to say.
    fn earlier_dossier(&self, key: &IdempotencyKey) -> Result<Option<EarlierDossier>, StoreError>;

    /// A page of dossiers, newest first; `after` is the `next` of the page before.
    ///
    /// # Errors
    /// [`ListError::BadCursor`] for anything else.
    fn list_dossiers(
        &self,
        filter: &DossierFilter,
        after: Option<&str>,
        limit: u32,
    ) -> Result<Page<DossierSummary>, ListError>;

    /// The next timers whose instant lies before `now`, earliest first, at most `limit`; those that
    /// were put off, by the instant until when.
    fn due_dossier_timers(
        &self,
        now: DateTime<Utc>,
        limit: u32,
    ) -> Result<Vec<DueDossierTimer>, StoreError>;

    /// When the next timer of a dossier will be due; one that was put off, the instant until when.
    fn next_dossier_timer_at(&self) -> Result<Option<DateTime<Utc>>, StoreError>;

    /// Forgets a timer that turned out to have nothing to do.
    fn drop_dossier_timer(&self, timer: &DueDossierTimer) -> Result<(), StoreError>;

    /// Dossiers with a running deadline, by number, after the given one, at most `limit`.
    fn open_dossiers(
        &self,
        after: Option<&DossierId>,
        limit: u32,
    ) -> Result<Vec<Dossier>, StoreError>;
}
