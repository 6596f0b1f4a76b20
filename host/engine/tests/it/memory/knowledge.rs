//! The knowledge base in memory, as strict as the port says.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, FixedOffset, Utc};
use engine::ports::{
    DueItem, DueKnowledgeTimer, EarlierKnowledge, EntryKind, ExpiringPoints, FeedbackQuery,
    FeedbackRow, FeedbackTally, IdempotencyKey, KnowledgeChanges, KnowledgeCommit,
    KnowledgeCommitError, KnowledgeFilter, KnowledgeStore, KnowledgeSummary, ListError, Page,
    PointWalk, StoreError, Subject, UsedAnswer,
};
use knowledge_base::ids::{Id, PointId};
use knowledge_base::point::{Point, Standing};
use knowledge_base::{Entry, Recorded, Timer};
use lifecycle::event::Event;
use lifecycle::ids::{DistrictCode, UnitCode};

use super::{Kept, MemoryStore};

/// Everything that is kept about entries.
#[derive(Default)]
pub(super) struct KeptKnowledge {
    entries: BTreeMap<String, KeptEntry>,
    keys: BTreeMap<(String, String), EarlierKnowledge>,
    /// The entries of all events, in the order of their commits.
    journal: Vec<Id>,
}

struct KeptEntry {
    entry: Entry,
    events: Vec<Recorded>,
    timers: Vec<Timer>,
    parties: BTreeSet<String>,
    districts: BTreeSet<DistrictCode>,
}

impl KeptKnowledge {
    fn admit(&self, commit: &KnowledgeCommit) -> Result<(), KnowledgeCommitError> {
        if let Some(key) = &commit.idempotency
            && let Some(earlier) = self.keys.get(&(key.principal.clone(), key.key.clone()))
        {
            return Err(if earlier.fingerprint == key.fingerprint {
                KnowledgeCommitError::Replayed(earlier.clone())
            } else {
                KnowledgeCommitError::KeyReused
            });
        }
        let expected = commit.expected_version;
        let current = self.entries.get(commit.entry.id().as_str());
        let actual = current.map_or(0, |it| it.entry.version());
        if actual != expected {
            return Err(KnowledgeCommitError::Conflict { expected, actual });
        }
        Ok(())
    }

    /// Whether a timer is there still.
    pub(super) fn has(&self, timer: &DueKnowledgeTimer) -> bool {
        let kept = self.entries.get(timer.entry.as_str());
        let mut timers = kept.into_iter().flat_map(|it| &it.timers);
        timers.any(|it| (it.at, it.moment) == (timer.at, timer.moment))
    }

    fn keep(&mut self, commit: KnowledgeCommit) {
        let id = commit.entry.id();
        if let Some(key) = commit.idempotency {
            let earlier = EarlierKnowledge {
                fingerprint: key.fingerprint,
                entry: id.clone(),
                events: commit.expected_version + 1..=commit.entry.version(),
            };
            self.keys.insert((key.principal, key.key), earlier);
        }
        let before = self.entries.remove(id.as_str());
        let mut parties = commit.parties;
        let mut events = Vec::new();
        if let Some(before) = before {
            events = before.events;
            parties.extend(before.parties);
        }
        self.journal
            .extend(commit.events.iter().map(|_| id.clone()));
        events.extend(commit.events);
        let kept = KeptEntry {
            entry: commit.entry,
            events,
            timers: commit.timers,
            parties,
            districts: commit.districts,
        };
        self.entries.insert(id.to_string(), kept);
    }

    fn points(&self) -> impl Iterator<Item = &Point> {
        self.entries.values().filter_map(|it| match &it.entry {
            Entry::Point(point) => Some(&**point),
            Entry::Feedback(_) | Entry::Change(_) | Entry::Outage(_) => None,
        })
    }
}

fn answers(point: &Point, now: DateTime<Utc>) -> bool {
    matches!(point.standing, Standing::Published) && !point.is_expired(now)
}

fn fits(filter: &KnowledgeFilter, kept: &KeptEntry) -> bool {
    let line = KnowledgeSummary::of(&kept.entry, filter.now);
    let valid = matches!(line.stage.as_str(), "published" | "expiring");
    filter
        .kind
        .is_none_or(|kind| kind == EntryKind::of(&kept.entry))
        && filter.unit.as_ref().is_none_or(|unit| *unit == line.unit)
        && filter
            .district
            .as_ref()
            .is_none_or(|it| kept.districts.contains(it))
        && filter
            .parties
            .as_ref()
            .is_none_or(|any| any.iter().any(|it| kept.parties.contains(it)))
        && filter.stage.as_ref().is_none_or(|it| *it == line.stage)
        && (filter.draft_stage.is_none() || filter.draft_stage == line.draft_stage)
        && (filter.point_kind.is_none() || filter.point_kind == line.point_kind)
        && filter
            .expires_before
            .is_none_or(|before| valid && line.expires_at.is_some_and(|end| end < before))
        && filter.overdue.is_none_or(|it| it == line.overdue)
        && filter.longer.is_none_or(|it| it == line.longer)
        && filter
            .title
            .as_ref()
            .is_none_or(|part| line.title.as_ref().is_some_and(|it| it.contains(part)))
}

fn page<T>(items: Vec<T>, after: Option<&str>, limit: u32) -> Result<Page<T>, ListError> {
    let skip: usize = after
        .unwrap_or("0")
        .parse()
        .map_err(|_not_a_number| ListError::BadCursor)?;
    let mut items = items;
    let rest = items.split_off(skip.min(items.len()));
    let limit = usize::try_from(limit).unwrap();
    let next = (rest.len() > limit).then(|| (skip + limit).to_string());
    let items = rest.into_iter().take(limit).collect();
    Ok(Page { items, next })
}

impl Kept {
    /// Every timer with the instant after which it fires: its own, or until when it was put off.
    fn knowledge_turns(&self) -> Vec<(DateTime<Utc>, DueKnowledgeTimer)> {
        let entries = self.knowledge.entries.values();
        let timers = entries.flat_map(|it| it.timers.iter().map(move |timer| (it, timer)));
        timers
            .map(|(kept, timer)| {
                let mut due = DueKnowledgeTimer {
                    entry: kept.entry.id(),
                    at: timer.at,
                    moment: timer.moment,
                    attempts: 0,
                };
                let (attempts, not_before) = self.due.of(&DueItem::KnowledgeTimer(due.clone()));
                due.attempts = attempts;
                (not_before.unwrap_or(timer.at), due)
            })
            .collect()
    }
}

impl KnowledgeStore for MemoryStore {
    fn load_knowledge(&self, entry: &Id) -> Result<Option<Entry>, StoreError> {
        self.check(entry.as_str())?;
        let kept = self.kept();
        let found = kept.knowledge.entries.get(entry.as_str());
        Ok(found.map(|it| it.entry.clone()))
    }

    fn load_points(&self, points: &[PointId]) -> Result<Vec<Point>, StoreError> {
        let mut found = Vec::new();
        for id in points {
            if let Some(Entry::Point(point)) = self.load_knowledge(&Id::Point(id.clone()))? {
                found.push(*point);
            }
        }
        Ok(found)
    }

    fn knowledge_history(&self, entry: &Id) -> Result<Vec<Recorded>, StoreError> {
        let kept = self.kept();
        let found = kept.knowledge.entries.get(entry.as_str());
        Ok(found.map(|it| it.events.clone()).unwrap_or_default())
    }

    fn commit_knowledge(&self, mut commit: KnowledgeCommit) -> Result<(), KnowledgeCommitError> {
        let mut kept = self.kept();
        self.check(commit.entry.id().as_str())?;
        kept.knowledge.admit(&commit)?;
        let at = commit.events.last().expect("a commit has events").at;
        kept.texts.extend(std::mem::take(&mut commit.texts));
        kept.questions.extend(std::mem::take(&mut commit.questions));
        let subject = Subject::Knowledge(commit.entry.id());
        for effect in std::mem::take(&mut commit.effects) {
            kept.add_effect(subject.clone(), at, effect);
        }
        kept.due.forget_timers(&subject);
        kept.knowledge.keep(commit);
        Ok(())
    }

    fn commit_knowledge_all(
        &self,
        commits: Vec<KnowledgeCommit>,
    ) -> Vec<Result<(), KnowledgeCommitError>> {
        let each = commits.into_iter();
        each.map(|commit| self.commit_knowledge(commit)).collect()
    }

    fn earlier_knowledge(
        &self,
        key: &IdempotencyKey,
    ) -> Result<Option<EarlierKnowledge>, StoreError> {
        let key = (key.principal.clone(), key.key.clone());
        Ok(self.kept().knowledge.keys.get(&key).cloned())
    }

    fn list_knowledge(
        &self,
        filter: &KnowledgeFilter,
        after: Option<&str>,
        limit: u32,
    ) -> Result<Page<KnowledgeSummary>, ListError> {
        let kept = self.kept();
        let entries = kept.knowledge.entries.values();
        let mut items: Vec<KnowledgeSummary> = entries
            .filter(|it| fits(filter, it))
            .map(|it| KnowledgeSummary::of(&it.entry, filter.now))
            .collect();
        items.sort_by_key(|line| (line.opened_at, line.id.to_string()));
        items.reverse();
        page(items, after, limit)
    }

    fn expiring_points(
        &self,
        now: DateTime<Utc>,
        before: DateTime<Utc>,
        units: Option<&[UnitCode]>,
    ) -> Result<Vec<ExpiringPoints>, StoreError> {
        let mut found: BTreeMap<UnitCode, ExpiringPoints> = BTreeMap::new();
        for point in self.kept().knowledge.points() {
            let end = point.validity.as_ref().map(|it| it.expiry.due.due_at);
            let Some(end) = end.filter(|end| answers(point, now) && *end < before) else {
                continue;
            };
            if units.is_some_and(|units| !units.contains(&point.owner)) {
                continue;
            }
            let row = found
                .entry(point.owner.clone())
                .or_insert_with(|| ExpiringPoints {
                    unit: point.owner.clone(),
                    count: 0,
                    reminded: 0,
                    first_at: end,
                });
            row.count += 1;
            row.reminded += u64::from(point.reminded.is_some());
            row.first_at = row.first_at.min(end);
        }
        Ok(found.into_values().collect())
    }

    fn feedback_tallies(
        &self,
        query: &FeedbackQuery,
        units: Option<&[UnitCode]>,
    ) -> Result<Vec<FeedbackRow>, StoreError> {
        let local = FixedOffset::east_opt(8 * 3600).unwrap();
        let mut found: BTreeMap<(UnitCode, Option<String>), FeedbackTally> = BTreeMap::new();
        for kept in self.kept().knowledge.entries.values() {
            let Entry::Feedback(feedback) = &kept.entry else {
                continue;
            };
            let (unit, opened) = (&feedback.unit, feedback.opened_at);
            if !(query.from..query.before).contains(&opened)
                || query.unit.as_ref().is_some_and(|it| it != unit)
                || units.is_some_and(|units| !units.contains(unit))
            {
                continue;
            }
            let month = opened.with_timezone(&local).format("%Y-%m").to_string();
            let month = query.by_month.then_some(month);
            let tally = found.entry((unit.clone(), month)).or_default();
            tally.add(&FeedbackTally::of(feedback));
        }
        let row = |((unit, month), tally)| FeedbackRow { month, unit, tally };
        Ok(found.into_iter().map(row).collect())
    }

    fn answers_from(
        &self,
        point: &PointId,
        version: Option<u32>,
        after: Option<&str>,
        limit: u32,
    ) -> Result<Page<UsedAnswer>, ListError> {
        let kept = self.kept();
        let mut items = Vec::new();
        for (order, (_, history, _)) in &kept.orders {
            for recorded in history {
                let Event::AnsweredDirectly(given) = &recorded.event else {
                    continue;
                };
                if given.knowledge_point == point.as_str()
                    && version.is_none_or(|it| it == given.knowledge_version)
                {
                    items.push(UsedAnswer {
                        order: order.clone(),
                        point: given.knowledge_point.clone(),
                        version: given.knowledge_version,
                        answered_at: recorded.at,
                        answer: given.answer,
                    });
                }
            }
        }
        items.sort_by_key(|it| (it.answered_at, it.order.clone()));
        items.reverse();
        page(items, after, limit)
    }

    fn knowledge_changes_after(
        &self,
        position: u64,
        limit: u32,
    ) -> Result<KnowledgeChanges, StoreError> {
        let kept = self.kept();
        let begin = usize::try_from(position).unwrap();
        let looked_at: Vec<&Id> = kept
            .knowledge
            .journal
            .iter()
            .skip(begin)
            .take(usize::try_from(limit).unwrap())
            .collect();
        let points: BTreeSet<PointId> = looked_at
            .iter()
            .filter_map(|id| match id {
                Id::Point(point) => Some(point.clone()),
                Id::Feedback(_) | Id::Change(_) | Id::Outage(_) => None,
            })
            .collect();
        let read = u64::try_from(looked_at.len()).unwrap();
        Ok(KnowledgeChanges {
            position: position + read,
            points: points.into_iter().collect(),
            more: read == u64::from(limit),
        })
    }

    fn knowledge_position(&self) -> Result<u64, StoreError> {
        Ok(u64::try_from(self.kept().knowledge.journal.len()).unwrap())
    }

    fn walk_points(
        &self,
        walk: &PointWalk,
        after: Option<&PointId>,
        limit: u32,
    ) -> Result<Vec<Point>, StoreError> {
        let kept = self.kept();
        let points = kept.knowledge.points().filter(|point| {
            walk.part.fits(point)
                && walk
                    .units
                    .as_ref()
                    .is_none_or(|units| units.contains(&point.owner))
                && after.is_none_or(|after| point.id > *after)
        });
        Ok(points
            .take(usize::try_from(limit).unwrap())
            .cloned()
            .collect())
    }

    fn count_points(&self, walk: &PointWalk) -> Result<u64, StoreError> {
        let all = self.walk_points(walk, None, u32::MAX)?;
        Ok(u64::try_from(all.len()).unwrap())
    }

    fn due_knowledge_timers(
        &self,
        now: DateTime<Utc>,
        limit: u32,
    ) -> Result<Vec<DueKnowledgeTimer>, StoreError> {
        let mut due = self.kept().knowledge_turns();
        due.retain(|(turn, _)| *turn < now);
        due.sort_by_key(|(turn, it)| (*turn, it.entry.clone(), it.moment, it.at));
        due.truncate(usize::try_from(limit).unwrap());
        Ok(due.into_iter().map(|(_, timer)| timer).collect())
    }

    fn next_knowledge_timer_at(&self) -> Result<Option<DateTime<Utc>>, StoreError> {
        let turns = self.kept().knowledge_turns();
        Ok(turns.iter().map(|(turn, _)| *turn).min())
    }

    fn drop_knowledge_timer(&self, timer: &DueKnowledgeTimer) -> Result<(), StoreError> {
        let mut kept = self.kept();
        if let Some(it) = kept.knowledge.entries.get_mut(timer.entry.as_str()) {
            it.timers
                .retain(|it| (it.at, it.moment) != (timer.at, timer.moment));
        }
        kept.due.forget(&DueItem::KnowledgeTimer(timer.clone()));
        Ok(())
    }

    fn open_knowledge(&self, after: Option<&Id>, limit: u32) -> Result<Vec<Entry>, StoreError> {
        let kept = self.kept();
        let entries = kept.knowledge.entries.iter();
        let open = entries.filter(|(id, it)| {
            !it.entry.running_deadlines().is_empty()
                && after.is_none_or(|after| id.as_str() > after.as_str())
        });
        let limit = usize::try_from(limit).unwrap();
        Ok(open.take(limit).map(|(_, it)| it.entry.clone()).collect())
    }
}

impl Kept {
    /// Every check of a point, with its event.
    pub(super) fn checks(&self) -> impl Iterator<Item = (&Id, &Recorded)> {
        let entries = self.knowledge.entries.values();
        entries.flat_map(|it| {
            let id = self
                .knowledge
                .journal
                .iter()
                .find(|id| **id == it.entry.id());
            id.into_iter()
                .flat_map(move |id| it.events.iter().map(move |event| (id, event)))
        })
    }
}
