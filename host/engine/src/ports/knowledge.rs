//! Keeping the knowledge base: its journal with everything that must become durable together with it.
//! Beside the orders' and the dossiers', in the same store and under the same promises.

use std::collections::BTreeSet;
use std::ops::RangeInclusive;

use chrono::{DateTime, Utc};
use knowledge_base::ids::{Id, PointId};
use knowledge_base::point::{Point, Standing};
use knowledge_base::{Entry, Recorded, Timer};
use lifecycle::effect::Effect;
use lifecycle::ids::{DistrictCode, TextId, UnitCode};

use super::due::{DueKnowledgeTimer, Subject};
use super::store::{IdempotencyKey, ListError, Page, StoreError};

mod lists;

pub use lists::{
    EntryKind, ExpiringPoints, FeedbackQuery, FeedbackRow, FeedbackTally, KnowledgeFilter,
    KnowledgeSummary, UsedAnswer,
};

/// Why a commit of an entry did not take place. Nothing of it is kept in any of these cases.
#[derive(Debug, Clone, thiserror::Error)]
pub enum KnowledgeCommitError {
    /// The entry has moved on since it was loaded.
    #[error("the entry has version {actual}, not {expected}")]
    Conflict {
        /// Version that the command was decided against.
        expected: u64,
        /// Version that the entry has.
        actual: u64,
    },
    /// The same request was carried out before, under the same idempotency key.
    #[error("the request was carried out before, on entry {}", .0.entry)]
    Replayed(EarlierKnowledge),
    /// The idempotency key was used before for another request.
    #[error("the idempotency key was used before for another request")]
    KeyReused,
    /// The store itself failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// A request on an entry that was carried out before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EarlierKnowledge {
    /// SHA-256 of the request, in hex.
    pub fingerprint: String,
    /// The entry that it was carried out on.
    pub entry: Id,
    /// Positions of the events that came of it; the last one is the entry's version after it.
    pub events: RangeInclusive<u64>,
}

/// Everything that becomes durable together, or not at all.
#[derive(Debug, Clone)]
pub struct KnowledgeCommit {
    /// Version of the entry before; 0 for a new one.
    pub expected_version: u64,
    /// The new events, in order, numbered from `expected_version + 1`.
    pub events: Vec<Recorded>,
    /// The entry after them.
    pub entry: Entry,
    /// The districts that it is listed for: its unit's, and those that its point applies to.
    pub districts: BTreeSet<DistrictCode>,
    /// The codes of units and districts that may read it.
    pub parties: BTreeSet<String>,
    /// What is to be timed from now on; replaces what was.
    pub timers: Vec<Timer>,
    /// What the outside must do; all of it is about the entry. It goes through the outbox, as that of
    /// orders does.
    pub effects: Vec<Effect>,
    /// New texts in somebody's own words.
    pub texts: Vec<(TextId, String)>,
    /// Questions that were put to plugins: SHA-256 in hex, canonical bytes.
    pub questions: Vec<(String, Vec<u8>)>,
    /// The key of the request that led here, if it had one.
    pub idempotency: Option<IdempotencyKey>,
}

/// What happened to entries after a position.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnowledgeChanges {
    /// Position of the last event that was looked at; the given one where there is none.
    pub position: u64,
    /// The points that were touched, each once, by number.
    pub points: Vec<PointId>,
    /// Whether there may be more.
    pub more: bool,
}

/// Which points are walked through, by number.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PointWalk {
    /// Owned by one of these units; all where none is given.
    pub units: Option<Vec<UnitCode>>,
    /// What they must have.
    pub part: WalkPart,
}

/// What a point must have to be walked to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum WalkPart {
    /// A version that is published.
    Published,
    /// A draft.
    Draft,
    /// One of them.
    #[default]
    Either,
}

impl WalkPart {
    /// Whether a point has it.
    #[must_use]
    pub const fn fits(self, point: &Point) -> bool {
        let published = matches!(point.standing, Standing::Published);
        match self {
            Self::Published => published,
            Self::Draft => point.draft.is_some(),
            Self::Either => published || point.draft.is_some(),
        }
    }
}

/// The part of the store that keeps the knowledge base.
pub trait KnowledgeStore: Send + Sync {
    /// The entry as it stands, or nothing.
    ///
    /// # Errors
    /// When the store itself fails; so everywhere below.
    fn load_knowledge(&self, entry: &Id) -> Result<Option<Entry>, StoreError>;

    /// Points as they stand; those that do not exist are left out.
    fn load_points(&self, points: &[PointId]) -> Result<Vec<Point>, StoreError>;

    /// The entry's events, oldest first.
    fn knowledge_history(&self, entry: &Id) -> Result<Vec<Recorded>, StoreError>;

    /// Makes a commit durable. Returns once it is on disk.
    ///
    /// # Errors
    /// See [`KnowledgeCommitError`]; nothing is kept then.
    fn commit_knowledge(&self, commit: KnowledgeCommit) -> Result<(), KnowledgeCommitError>;

    /// Makes several commits durable with few flushes to disk; each succeeds or fails by itself. Gives
    /// their results in order. For what falls due.
    fn commit_knowledge_all(
        &self,
        commits: Vec<KnowledgeCommit>,
    ) -> Vec<Result<(), KnowledgeCommitError>>;

    /// What came of an earlier request with this sender and key, if there was one; whether it was the
    /// same request is for its fingerprint to say.
    fn earlier_knowledge(
        &self,
        key: &IdempotencyKey,
    ) -> Result<Option<EarlierKnowledge>, StoreError>;

    /// A page of entries, newest first; `after` is the `next` of the page before.
    ///
    /// # Errors
    /// [`ListError::BadCursor`] for anything else.
    fn list_knowledge(
        &self,
        filter: &KnowledgeFilter,
        after: Option<&str>,
        limit: u32,
    ) -> Result<Page<KnowledgeSummary>, ListError>;

    /// Points that are published and valid at `now` and whose validity ends before an instant, by unit.
    fn expiring_points(
        &self,
        now: DateTime<Utc>,
        before: DateTime<Utc>,
        units: Option<&[UnitCode]>,
    ) -> Result<Vec<ExpiringPoints>, StoreError>;

    /// Sums of feedback by unit, and by month where asked for; by unit and month.
    fn feedback_tallies(
        &self,
        query: &FeedbackQuery,
        units: Option<&[UnitCode]>,
    ) -> Result<Vec<FeedbackRow>, StoreError>;

    /// A page of the direct answers that used a point, or one version of it, newest first.
    ///
    /// # Errors
    /// [`ListError::BadCursor`] for a cursor that is none.
    fn answers_from(
        &self,
        point: &PointId,
        version: Option<u32>,
        after: Option<&str>,
        limit: u32,
    ) -> Result<Page<UsedAnswer>, ListError>;

    /// What happened after a position, by at most `limit` events. Positions count the events of all
    /// entries from 1 without gaps, in the order in which they became durable.
    fn knowledge_changes_after(
        &self,
        position: u64,
        limit: u32,
    ) -> Result<KnowledgeChanges, StoreError>;

    /// Position of the last event; 0 where there is none.
    fn knowledge_position(&self) -> Result<u64, StoreError>;

    /// Points by number, after the given one, at most `limit`.
    fn walk_points(
        &self,
        walk: &PointWalk,
        after: Option<&PointId>,
        limit: u32,
    ) -> Result<Vec<Point>, StoreError>;

    /// How many points a walk goes through.
    fn count_points(&self, walk: &PointWalk) -> Result<u64, StoreError>;

    /// The next timers whose instant lies before `now`, earliest first, at most `limit`; those that
    /// were put off, by the instant until when.
    fn due_knowledge_timers(
        &self,
        now: DateTime<Utc>,
        limit: u32,
    ) -> Result<Vec<DueKnowledgeTimer>, StoreError>;

    /// When the next timer of an entry will be due; one that was put off, the instant until when.
    fn next_knowledge_timer_at(&self) -> Result<Option<DateTime<Utc>>, StoreError>;

    /// Forgets a timer that turned out to have nothing to do.
    fn drop_knowledge_timer(&self, timer: &DueKnowledgeTimer) -> Result<(), StoreError>;

    /// Entries with a running deadline that a calendar may move, by number, after the given one, at
    /// most `limit`.
    fn open_knowledge(&self, after: Option<&Id>, limit: u32) -> Result<Vec<Entry>, StoreError>;
}

/// What an entry's messages and due items are about.
impl From<Id> for Subject {
    fn from(id: Id) -> Self {
        Self::Knowledge(id)
    }
}
