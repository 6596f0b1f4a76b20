//! Dossiers in memory, as strict as the port says.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use engine::ports::{
    DossierCommit, DossierCommitError, DossierFilter, DossierStore, DossierSummary,
    DueDossierTimer, DueItem, EarlierDossier, IdempotencyKey, ListError, Page, StoreError, Subject,
};
use lifecycle::dossier::{Dossier, DossierId, DossierTimer, Recorded};

use super::{Kept, MemoryStore};

/// Everything that is kept about dossiers.
#[derive(Default)]
pub(super) struct KeptDossiers {
    dossiers: BTreeMap<DossierId, (Dossier, Vec<Recorded>, Vec<DossierTimer>)>,
    keys: BTreeMap<(String, String), EarlierDossier>,
}

impl KeptDossiers {
    fn admit(&self, commit: &DossierCommit) -> Result<(), DossierCommitError> {
        if let Some(key) = &commit.idempotency
            && let Some(earlier) = self.keys.get(&(key.principal.clone(), key.key.clone()))
        {
            return Err(if earlier.fingerprint == key.fingerprint {
                DossierCommitError::Replayed(earlier.clone())
            } else {
                DossierCommitError::KeyReused
            });
        }
        let expected = commit.expected_version;
        let current = self.dossiers.get(&commit.dossier.id);
        let actual = current.map_or(0, |(dossier, _, _)| dossier.version);
        if actual != expected {
            return Err(DossierCommitError::Conflict { expected, actual });
        }
        Ok(())
    }

    /// Whether a timer is there still.
    pub(super) fn has(&self, timer: &DueDossierTimer) -> bool {
        let kept = self.dossiers.get(&timer.dossier);
        let mut timers = kept.into_iter().flat_map(|(_, _, timers)| timers);
        timers.any(|it| (it.at, it.deadline, &it.unit) == (timer.at, timer.deadline, &timer.unit))
    }

    fn keep(&mut self, commit: DossierCommit) {
        let id = commit.dossier.id.clone();
        if let Some(key) = commit.idempotency {
            let earlier = EarlierDossier {
                fingerprint: key.fingerprint,
                dossier: id.clone(),
                events: commit.expected_version + 1..=commit.dossier.version,
            };
            self.keys.insert((key.principal, key.key), earlier);
        }
        let before = self.dossiers.remove(&id);
        let mut events = before.map(|(_, events, _)| events).unwrap_or_default();
        events.extend(commit.events);
        self.dossiers
            .insert(id, (commit.dossier, events, commit.timers));
    }
}

fn fits(filter: &DossierFilter, dossier: &Dossier) -> bool {
    let line = DossierSummary::of(dossier);
    let parties = dossier.parties();
    filter.kind.is_none_or(|kind| kind == line.kind)
        && filter.stage.as_ref().is_none_or(|it| *it == line.stage)
        && filter
            .unit
            .as_ref()
            .is_none_or(|unit| parties.contains(unit.as_str()))
        && filter
            .parties
            .as_ref()
            .is_none_or(|any| any.iter().any(|party| parties.contains(party)))
        && filter
            .order
            .as_ref()
            .is_none_or(|order| dossier.orders().contains(order))
        && filter.overdue.is_none_or(|it| it == line.overdue)
        && filter
            .due_before
            .is_none_or(|before| line.due_at.is_some_and(|due| due < before))
}

impl Kept {
    fn dossier(&self, id: &DossierId) -> Option<&(Dossier, Vec<Recorded>, Vec<DossierTimer>)> {
        self.dossiers.dossiers.get(id)
    }
}

impl Kept {
    /// Every timer with the instant after which it fires: its own, or until when it was put off.
    fn dossier_turns(&self) -> Vec<(DateTime<Utc>, DueDossierTimer)> {
        let dossiers = self.dossiers.dossiers.iter();
        let timers =
            dossiers.flat_map(|(id, (_, _, timers))| timers.iter().map(move |it| (id, it)));
        timers
            .map(|(dossier, timer)| {
                let mut due = DueDossierTimer {
                    dossier: dossier.clone(),
                    at: timer.at,
                    deadline: timer.deadline,
                    unit: timer.unit.clone(),
                    attempts: 0,
                };
                let (attempts, not_before) = self.due.of(&DueItem::DossierTimer(due.clone()));
                due.attempts = attempts;
                (not_before.unwrap_or(timer.at), due)
            })
            .collect()
    }
}

impl DossierStore for MemoryStore {
    fn load_dossier(&self, id: &DossierId) -> Result<Option<Dossier>, StoreError> {
        self.check(id.as_str())?;
        Ok(self.kept().dossier(id).map(|(it, _, _)| it.clone()))
    }

    fn dossier_history(&self, id: &DossierId) -> Result<Vec<Recorded>, StoreError> {
        let kept = self.kept();
        let events = kept.dossier(id).map(|(_, events, _)| events.clone());
        Ok(events.unwrap_or_default())
    }

    fn commit_dossier(&self, mut commit: DossierCommit) -> Result<(), DossierCommitError> {
        let mut kept = self.kept();
        self.check(commit.dossier.id.as_str())?;
        kept.dossiers.admit(&commit)?;
        let at = commit.events.last().expect("a commit has events").at;
        kept.texts.extend(std::mem::take(&mut commit.texts));
        for (subject, effect) in std::mem::take(&mut commit.effects) {
            if let Subject::Order(order) = &subject {
                assert!(kept.orders.contains_key(order), "{order}");
            }
            kept.add_effect(subject, at, effect);
        }
        let subject = Subject::Dossier(commit.dossier.id.clone());
        kept.due.forget_timers(&subject);
        kept.dossiers.keep(commit);
        Ok(())
    }

    fn commit_dossiers(&self, commits: Vec<DossierCommit>) -> Vec<Result<(), DossierCommitError>> {
        let each = commits.into_iter();
        each.map(|commit| self.commit_dossier(commit)).collect()
    }

    fn earlier_dossier(&self, key: &IdempotencyKey) -> Result<Option<EarlierDossier>, StoreError> {
        let key = (key.principal.clone(), key.key.clone());
        Ok(self.kept().dossiers.keys.get(&key).cloned())
    }

    fn list_dossiers(
        &self,
        filter: &DossierFilter,
        after: Option<&str>,
        limit: u32,
    ) -> Result<Page<DossierSummary>, ListError> {
        let skip: usize = after
            .unwrap_or("0")
            .parse()
            .map_err(|_not_a_number| ListError::BadCursor)?;
        let kept = self.kept();
        let dossiers = kept.dossiers.dossiers.values().map(|(it, _, _)| it);
        let mut items: Vec<DossierSummary> = dossiers
            .filter(|dossier| fits(filter, dossier))
            .map(DossierSummary::of)
            .collect();
        items.sort_by_key(|line| (line.opened_at, line.id.clone()));
        items.reverse();
        let rest = items.split_off(skip.min(items.len()));
        let limit = usize::try_from(limit).unwrap();
        let next = (rest.len() > limit).then(|| (skip + limit).to_string());
        let items = rest.into_iter().take(limit).collect();
        Ok(Page { items, next })
    }

    fn due_dossier_timers(
        &self,
        now: DateTime<Utc>,
        limit: u32,
    ) -> Result<Vec<DueDossierTimer>, StoreError> {
        let mut due = self.kept().dossier_turns();
        due.retain(|(turn, _)| *turn < now);
        due.sort_by_key(|(turn, it)| (*turn, it.dossier.clone(), it.deadline, it.unit.clone()));
        due.truncate(usize::try_from(limit).unwrap());
        Ok(due.into_iter().map(|(_, timer)| timer).collect())
    }

    fn next_dossier_timer_at(&self) -> Result<Option<DateTime<Utc>>, StoreError> {
        let turns = self.kept().dossier_turns();
        Ok(turns.iter().map(|(turn, _)| *turn).min())
    }

    fn drop_dossier_timer(&self, timer: &DueDossierTimer) -> Result<(), StoreError> {
        let mut kept = self.kept();
        if let Some((_, _, timers)) = kept.dossiers.dossiers.get_mut(&timer.dossier) {
            timers.retain(|it| {
                (it.at, it.deadline, &it.unit) != (timer.at, timer.deadline, &timer.unit)
            });
        }
        kept.due.forget(&DueItem::DossierTimer(timer.clone()));
        Ok(())
    }

    fn open_dossiers(
        &self,
        after: Option<&DossierId>,
        limit: u32,
    ) -> Result<Vec<Dossier>, StoreError> {
        let kept = self.kept();
        let dossiers = kept.dossiers.dossiers.values().map(|(it, _, _)| it);
        let open = dossiers.filter(|dossier| {
            !dossier.running_deadlines().is_empty() && after.is_none_or(|id| dossier.id > *id)
        });
        let limit = usize::try_from(limit).unwrap();
        Ok(open.take(limit).cloned().collect())
    }
}
