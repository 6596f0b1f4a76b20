//! What was put off, in memory: beside the timers and effects themselves, as strict as the port says.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use engine::ports::{
    DueItem, DueRecomputation, DueStore, ListError, Page, StoreError, StuckItem, Subject,
};

use super::{Kept, MemoryStore};

/// What was put off, by its id.
#[derive(Default)]
pub(super) struct KeptDue {
    stuck: BTreeMap<String, Stuck>,
}

struct Stuck {
    item: DueItem,
    since: DateTime<Utc>,
    attempts: u32,
    not_before: Option<DateTime<Utc>>,
    problem: String,
}

pub(super) fn id(item: &DueItem) -> String {
    let (number, kind) = (item.subject().number().to_owned(), item.kind());
    match item {
        DueItem::Timer(timer) => {
            let (deadline, moment) = (timer.deadline, timer.moment);
            format!("{kind}-{number}-{deadline:?}-{moment:?}-{}", timer.at)
        }
        DueItem::DossierTimer(timer) => {
            format!("{kind}-{number}-{:?}-{:?}", timer.deadline, timer.unit)
        }
        DueItem::KnowledgeTimer(timer) => {
            format!("{kind}-{number}-{:?}-{}", timer.moment, timer.at)
        }
        DueItem::Effect { id, .. } => format!("{kind}-{id}"),
        DueItem::Recomputation(_) => format!("{kind}-{number}"),
    }
}

impl KeptDue {
    /// How often it was put off and until when.
    pub(super) fn of(&self, item: &DueItem) -> (u32, Option<DateTime<Utc>>) {
        let stuck = self.stuck.get(&id(item));
        stuck.map_or((0, None), |it| (it.attempts, it.not_before))
    }

    pub(super) fn forget(&mut self, item: &DueItem) {
        self.stuck.remove(&id(item));
    }

    /// The timers of an order or a dossier are replaced.
    pub(super) fn forget_timers(&mut self, subject: &Subject) {
        self.stuck
            .retain(|_, it| it.item.kind() != "timer" || it.item.subject() != *subject);
    }

    pub(super) fn forget_effect(&mut self, id: i64) {
        self.stuck.remove(&format!("effect-{id}"));
    }
}

fn shown(id: &str, stuck: &Stuck) -> StuckItem {
    let mut item = stuck.item.clone();
    let (DueItem::Timer(engine::ports::DueTimer { attempts, .. })
    | DueItem::DossierTimer(engine::ports::DueDossierTimer { attempts, .. })
    | DueItem::KnowledgeTimer(engine::ports::DueKnowledgeTimer { attempts, .. })
    | DueItem::Effect { attempts, .. }
    | DueItem::Recomputation(DueRecomputation { attempts, .. })) = &mut item;
    *attempts = stuck.attempts;
    StuckItem {
        id: id.to_owned(),
        item,
        since: stuck.since,
        problem: stuck.problem.clone(),
        next_at: stuck.not_before,
    }
}

impl Kept {
    /// Whether something due is there still, and since when it is due.
    fn due_since(&self, item: &DueItem, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        match item {
            DueItem::Timer(timer) => {
                let (_, _, timers) = self.orders.get(&timer.order)?;
                let same = timers.iter().any(|it| {
                    (it.at, it.deadline, it.moment) == (timer.at, timer.deadline, timer.moment)
                });
                same.then_some(timer.at)
            }
            DueItem::DossierTimer(timer) => self.dossiers.has(timer).then_some(timer.at),
            DueItem::KnowledgeTimer(timer) => self.knowledge.has(timer).then_some(timer.at),
            DueItem::Effect { id, .. } => self.effects.get(id).map(|effect| effect.at),
            DueItem::Recomputation(_) => Some(now),
        }
    }
}

impl DueStore for MemoryStore {
    fn put_off(
        &self,
        item: &DueItem,
        now: DateTime<Utc>,
        until: DateTime<Utc>,
        problem: &str,
    ) -> Result<(), StoreError> {
        let mut kept = self.kept();
        let Some(since) = kept.due_since(item, now) else {
            return Ok(());
        };
        let stuck = kept.due.stuck.entry(id(item)).or_insert_with(|| Stuck {
            item: item.clone(),
            since,
            attempts: 0,
            not_before: None,
            problem: String::new(),
        });
        stuck.attempts += 1;
        stuck.not_before = Some(until);
        problem.clone_into(&mut stuck.problem);
        Ok(())
    }

    fn stuck_items(&self, after: Option<&str>, limit: u32) -> Result<Page<StuckItem>, ListError> {
        let skip: usize = after
            .unwrap_or("0")
            .parse()
            .map_err(|_not_a_number| ListError::BadCursor)?;
        let kept = self.kept();
        let mut items: Vec<StuckItem> = kept
            .due
            .stuck
            .iter()
            .map(|(id, stuck)| shown(id, stuck))
            .collect();
        items.sort_by(|one, other| (one.since, &one.id).cmp(&(other.since, &other.id)));
        let rest = items.split_off(skip.min(items.len()));
        let limit = usize::try_from(limit).unwrap();
        let next = (rest.len() > limit).then(|| (skip + limit).to_string());
        let items = rest.into_iter().take(limit).collect();
        Ok(Page { items, next })
    }

    fn retry_stuck_item(&self, id: &str) -> Result<Option<StuckItem>, StoreError> {
        let mut kept = self.kept();
        let stuck = kept.due.stuck.get_mut(id);
        Ok(stuck.map(|stuck| {
            stuck.not_before = None;
            shown(id, stuck)
        }))
    }

    fn due_recomputations(
        &self,
        now: DateTime<Utc>,
        limit: u32,
    ) -> Result<Vec<DueRecomputation>, StoreError> {
        let kept = self.kept();
        let mut due: Vec<_> = kept
            .due
            .stuck
            .values()
            .filter(|it| it.not_before <= Some(now))
            .filter_map(|it| match &it.item {
                DueItem::Recomputation(recomputation) => Some((
                    it.not_before,
                    DueRecomputation {
                        attempts: it.attempts,
                        ..recomputation.clone()
                    },
                )),
                DueItem::Timer(_)
                | DueItem::DossierTimer(_)
                | DueItem::KnowledgeTimer(_)
                | DueItem::Effect { .. } => None,
            })
            .collect();
        due.sort_by_key(|(not_before, it)| (*not_before, it.subject.clone()));
        due.truncate(usize::try_from(limit).unwrap());
        Ok(due.into_iter().map(|(_, it)| it).collect())
    }

    fn forget_recomputation(&self, subject: &Subject) -> Result<(), StoreError> {
        let item = DueItem::Recomputation(DueRecomputation {
            subject: subject.clone(),
            attempts: 0,
        });
        self.kept().due.forget(&item);
        Ok(())
    }
}
