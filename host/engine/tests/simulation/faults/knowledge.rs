//! The knowledge base behind the same layer.

use chrono::{DateTime, Utc};
use engine::ports::{
    DueKnowledgeTimer, EarlierKnowledge, ExpiringPoints, FeedbackQuery, FeedbackRow,
    IdempotencyKey, KnowledgeChanges, KnowledgeCommit, KnowledgeCommitError, KnowledgeFilter,
    KnowledgeStore, KnowledgeSummary, ListError, Page, PointWalk, StoreError, UsedAnswer,
};
use knowledge_base::ids::{Id, PointId};
use knowledge_base::point::Point;
use knowledge_base::{Entry, Recorded};
use lifecycle::ids::UnitCode;

use super::{ALL, FaultyStore, cut};
use crate::checks;

impl FaultyStore {
    fn keep_knowledge(&self, commit: &KnowledgeCommit) -> Result<(), KnowledgeCommitError> {
        let before = self.kept.load_knowledge(&commit.entry.id())?;
        self.kept.commit_knowledge(commit.clone())?;
        self.ledger()
            .took_knowledge(&commit.entry.id(), &commit.events);
        self.note_effects();
        self.judge(|_| checks::knowledge::commit(before.as_ref(), commit, &self.kept));
        Ok(())
    }

    pub(super) fn entry_age(&self, entry: &Id) -> usize {
        let ledger = self.ledger();
        let position = ledger.entries.iter().position(|it| it == entry);
        position.unwrap_or(usize::MAX)
    }
}

impl KnowledgeStore for FaultyStore {
    fn load_knowledge(&self, entry: &Id) -> Result<Option<Entry>, StoreError> {
        self.call("load_knowledge", || self.kept.load_knowledge(entry))
    }

    fn load_points(&self, points: &[PointId]) -> Result<Vec<Point>, StoreError> {
        self.call("load_points", || self.kept.load_points(points))
    }

    fn knowledge_history(&self, entry: &Id) -> Result<Vec<Recorded>, StoreError> {
        self.call("knowledge_history", || self.kept.knowledge_history(entry))
    }

    fn commit_knowledge(&self, commit: KnowledgeCommit) -> Result<(), KnowledgeCommitError> {
        self.write("commit_knowledge", || self.keep_knowledge(&commit))
    }

    fn commit_knowledge_all(
        &self,
        commits: Vec<KnowledgeCommit>,
    ) -> Vec<Result<(), KnowledgeCommitError>> {
        let each = commits.into_iter();
        each.map(|commit| self.write("commit_knowledge_all", || self.keep_knowledge(&commit)))
            .collect()
    }

    fn earlier_knowledge(
        &self,
        key: &IdempotencyKey,
    ) -> Result<Option<EarlierKnowledge>, StoreError> {
        self.call("earlier_knowledge", || self.kept.earlier_knowledge(key))
    }

    fn list_knowledge(
        &self,
        filter: &KnowledgeFilter,
        after: Option<&str>,
        limit: u32,
    ) -> Result<Page<KnowledgeSummary>, ListError> {
        self.call("list_knowledge", || {
            self.kept.list_knowledge(filter, after, limit)
        })
    }

    fn expiring_points(
        &self,
        now: DateTime<Utc>,
        before: DateTime<Utc>,
        units: Option<&[UnitCode]>,
    ) -> Result<Vec<ExpiringPoints>, StoreError> {
        self.call("expiring_points", || {
            self.kept.expiring_points(now, before, units)
        })
    }

    fn feedback_tallies(
        &self,
        query: &FeedbackQuery,
        units: Option<&[UnitCode]>,
    ) -> Result<Vec<FeedbackRow>, StoreError> {
        self.call("feedback_tallies", || {
            self.kept.feedback_tallies(query, units)
        })
    }

    fn answers_from(
        &self,
        point: &PointId,
        version: Option<u32>,
        after: Option<&str>,
        limit: u32,
    ) -> Result<Page<UsedAnswer>, ListError> {
        self.call("answers_from", || {
            self.kept.answers_from(point, version, after, limit)
        })
    }

    fn knowledge_changes_after(
        &self,
        position: u64,
        limit: u32,
    ) -> Result<KnowledgeChanges, StoreError> {
        self.call("knowledge_changes_after", || {
            self.kept.knowledge_changes_after(position, limit)
        })
    }

    fn knowledge_position(&self) -> Result<u64, StoreError> {
        self.call("knowledge_position", || self.kept.knowledge_position())
    }

    fn walk_points(
        &self,
        walk: &PointWalk,
        after: Option<&PointId>,
        limit: u32,
    ) -> Result<Vec<Point>, StoreError> {
        self.call("walk_points", || self.kept.walk_points(walk, after, limit))
    }

    fn count_points(&self, walk: &PointWalk) -> Result<u64, StoreError> {
        self.call("count_points", || self.kept.count_points(walk))
    }

    fn due_knowledge_timers(
        &self,
        now: DateTime<Utc>,
        limit: u32,
    ) -> Result<Vec<DueKnowledgeTimer>, StoreError> {
        self.call("due_knowledge_timers", || {
            let mut due = self.kept.due_knowledge_timers(now, ALL)?;
            due.sort_by_key(|it| (it.at, self.entry_age(&it.entry), it.moment));
            Ok(cut(due, limit))
        })
    }

    fn next_knowledge_timer_at(&self) -> Result<Option<DateTime<Utc>>, StoreError> {
        self.call("next_knowledge_timer_at", || {
            self.kept.next_knowledge_timer_at()
        })
    }

    fn drop_knowledge_timer(&self, timer: &DueKnowledgeTimer) -> Result<(), StoreError> {
        self.write("drop_knowledge_timer", || {
            self.kept.drop_knowledge_timer(timer)
        })
    }

    fn open_knowledge(&self, after: Option<&Id>, limit: u32) -> Result<Vec<Entry>, StoreError> {
        self.call("open_knowledge", || {
            let after = after.map(|entry| self.entry_age(entry));
            let mut open = self.kept.open_knowledge(None, ALL)?;
            open.retain(|it| after.is_none_or(|after| self.entry_age(&it.id()) > after));
            open.sort_by_key(|it| self.entry_age(&it.id()));
            Ok(cut(open, limit))
        })
    }
}
