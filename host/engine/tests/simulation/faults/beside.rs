//! Deliveries, dossiers and indicators behind the same layer.

use chrono::{DateTime, Utc};
use engine::ports::{
    Attempted, AuditHead, AuditProgress, AuditReport, DecisionCursor, DecisionFilter, Delivery,
    DeliveryId, DeliveryState, DeliveryStore, DossierCommit, DossierCommitError, DossierFilter,
    DossierStore, DossierSummary, DueDossierTimer, DueItem, DueRecomputation, DueStore,
    EarlierDossier, IdempotencyKey, ImageFilter, ImageRecord, IndicatorStore, ListError, Message,
    OpenCount, Page, RolloutCommit, RolloutCommitError, RolloutStore, StoreError, StoredDecision,
    StuckItem, Subject, TallyQuery, TallyRow,
};
use lifecycle::dossier::{Dossier, DossierId, Recorded};
use lifecycle::ids::{DistrictCode, UnitCode};
use rollout::Digest;
use uuid::Uuid;

use super::{ALL, FaultyStore, THE_SIMULATION, cut};
use crate::checks;

impl DeliveryStore for FaultyStore {
    fn due_deliveries(
        &self,
        now: DateTime<Utc>,
        except: &[String],
        limit: u32,
    ) -> Result<Vec<(Message, Delivery)>, StoreError> {
        self.call("due_deliveries", || {
            self.kept.due_deliveries(now, except, limit)
        })
    }

    fn record_attempt(&self, id: DeliveryId, attempted: &Attempted) -> Result<(), StoreError> {
        self.write("record_attempt", || self.kept.record_attempt(id, attempted))
    }

    fn confirm_delivery(
        &self,
        id: DeliveryId,
        delivered_at: DateTime<Utc>,
        reference: Option<&str>,
    ) -> Result<(), StoreError> {
        self.write("confirm_delivery", || {
            self.kept.confirm_delivery(id, delivered_at, reference)
        })
    }

    fn retry_delivery(&self, id: DeliveryId, at: DateTime<Utc>) -> Result<bool, StoreError> {
        // What was not given up is not tried anew: then nothing is written.
        self.call("retry_delivery", || {
            let retried = self.kept.retry_delivery(id, at)?;
            if retried {
                self.ledger().wrote();
            }
            Ok(retried)
        })
    }

    fn delivery(&self, id: DeliveryId) -> Result<Option<(Message, Delivery)>, StoreError> {
        self.call("delivery", || self.kept.delivery(id))
    }

    fn deliveries_of(&self, subject: &Subject) -> Result<Vec<Delivery>, StoreError> {
        self.call("deliveries_of", || self.kept.deliveries_of(subject))
    }

    fn deliveries_in(
        &self,
        state: DeliveryState,
        after: Option<DeliveryId>,
        limit: u32,
    ) -> Result<Vec<(Message, Delivery)>, StoreError> {
        self.call("deliveries_in", || {
            self.kept.deliveries_in(state, after, limit)
        })
    }
}

impl FaultyStore {
    fn keep_dossier(&self, commit: &DossierCommit) -> Result<(), DossierCommitError> {
        let before = self.kept.load_dossier(&commit.dossier.id)?;
        self.kept.commit_dossier(commit.clone())?;
        self.ledger()
            .took_dossier(&commit.dossier.id, &commit.events);
        self.note_effects();
        self.judge(|_| checks::dossiers::commit(before.as_ref(), commit, &self.kept));
        Ok(())
    }

    fn dossier_age(&self, dossier: &DossierId) -> usize {
        let ledger = self.ledger();
        let position = ledger.dossiers.iter().position(|it| it == dossier);
        position.unwrap_or(usize::MAX)
    }
}

impl DossierStore for FaultyStore {
    fn load_dossier(&self, dossier: &DossierId) -> Result<Option<Dossier>, StoreError> {
        self.call("load_dossier", || self.kept.load_dossier(dossier))
    }

    fn dossier_history(&self, dossier: &DossierId) -> Result<Vec<Recorded>, StoreError> {
        self.call("dossier_history", || self.kept.dossier_history(dossier))
    }

    fn commit_dossier(&self, commit: DossierCommit) -> Result<(), DossierCommitError> {
        self.write("commit_dossier", || self.keep_dossier(&commit))
    }

    fn commit_dossiers(&self, commits: Vec<DossierCommit>) -> Vec<Result<(), DossierCommitError>> {
        let each = commits.into_iter();
        each.map(|commit| self.write("commit_dossiers", || self.keep_dossier(&commit)))
            .collect()
    }

    fn earlier_dossier(&self, key: &IdempotencyKey) -> Result<Option<EarlierDossier>, StoreError> {
        self.call("earlier_dossier", || self.kept.earlier_dossier(key))
    }

    fn list_dossiers(
        &self,
        filter: &DossierFilter,
        after: Option<&str>,
        limit: u32,
    ) -> Result<Page<DossierSummary>, ListError> {
        self.call("list_dossiers", || {
            self.kept.list_dossiers(filter, after, limit)
        })
    }

    fn due_dossier_timers(
        &self,
        now: DateTime<Utc>,
        limit: u32,
    ) -> Result<Vec<DueDossierTimer>, StoreError> {
        self.call("due_dossier_timers", || {
            let mut due = self.kept.due_dossier_timers(now, ALL)?;
            due.sort_by_key(|it| {
                let age = self.dossier_age(&it.dossier);
                (it.at, age, it.deadline, it.unit.clone())
            });
            Ok(cut(due, limit))
        })
    }

    fn next_dossier_timer_at(&self) -> Result<Option<DateTime<Utc>>, StoreError> {
        self.call("next_dossier_timer_at", || {
            self.kept.next_dossier_timer_at()
        })
    }

    fn drop_dossier_timer(&self, timer: &DueDossierTimer) -> Result<(), StoreError> {
        self.write("drop_dossier_timer", || self.kept.drop_dossier_timer(timer))
    }

    fn open_dossiers(
        &self,
        after: Option<&DossierId>,
        limit: u32,
    ) -> Result<Vec<Dossier>, StoreError> {
        self.call("open_dossiers", || {
            let after = after.map(|dossier| self.dossier_age(dossier));
            let mut open = self.kept.open_dossiers(None, ALL)?;
            open.retain(|it| after.is_none_or(|after| self.dossier_age(&it.id) > after));
            open.sort_by_key(|it| self.dossier_age(&it.id));
            Ok(cut(open, limit))
        })
    }
}

impl DueStore for FaultyStore {
    /// Nothing is ever stuck in a simulation but by a fault of the store.
    fn put_off(
        &self,
        item: &DueItem,
        now: DateTime<Utc>,
        until: DateTime<Utc>,
        problem: &str,
    ) -> Result<(), StoreError> {
        self.write("put_off", || {
            if !problem.contains(THE_SIMULATION) {
                self.wrong(format!("{item:?} is stuck: {problem}"));
            }
            self.kept.put_off(item, now, until, problem)
        })
    }

    fn stuck_items(&self, after: Option<&str>, limit: u32) -> Result<Page<StuckItem>, ListError> {
        self.call("stuck_items", || self.kept.stuck_items(after, limit))
    }

    fn retry_stuck_item(&self, id: &str) -> Result<Option<StuckItem>, StoreError> {
        self.write("retry_stuck_item", || self.kept.retry_stuck_item(id))
    }

    fn due_recomputations(
        &self,
        now: DateTime<Utc>,
        limit: u32,
    ) -> Result<Vec<DueRecomputation>, StoreError> {
        self.call("due_recomputations", || {
            self.ledger().listed(None);
            let mut due = self.kept.due_recomputations(now, ALL)?;
            due.sort_by_key(|it| match &it.subject {
                Subject::Order(order) => (0, self.age(order)),
                Subject::Dossier(dossier) => (1, self.dossier_age(dossier)),
                Subject::Knowledge(entry) => (2, self.entry_age(entry)),
            });
            Ok(cut(due, limit))
        })
    }

    fn forget_recomputation(&self, subject: &Subject) -> Result<(), StoreError> {
        self.write("forget_recomputation", || {
            self.kept.forget_recomputation(subject)
        })
    }
}

impl IndicatorStore for FaultyStore {
    fn tallies(&self, query: &TallyQuery) -> Result<Vec<TallyRow>, StoreError> {
        self.call("tallies", || self.kept.tallies(query))
    }

    fn open_handlings(
        &self,
        unit: Option<&UnitCode>,
        district: Option<&DistrictCode>,
    ) -> Result<Vec<OpenCount>, StoreError> {
        self.call("open_handlings", || {
            self.kept.open_handlings(unit, district)
        })
    }
}

impl RolloutStore for FaultyStore {
    fn commit_rollout(&self, commit: RolloutCommit) -> Result<(), RolloutCommitError> {
        self.write("commit_rollout", || self.kept.commit_rollout(commit))
    }

    fn rollout_events(&self, after: u64, limit: u32) -> Result<Vec<rollout::Recorded>, StoreError> {
        self.call("rollout_events", || self.kept.rollout_events(after, limit))
    }

    fn image(&self, image: &Digest) -> Result<Option<ImageRecord>, StoreError> {
        self.call("image", || self.kept.image(image))
    }

    fn image_bytes(&self, image: &Digest) -> Result<Option<Vec<u8>>, StoreError> {
        self.call("image_bytes", || self.kept.image_bytes(image))
    }

    fn component_bytes(&self, component: &Digest) -> Result<Option<Vec<u8>>, StoreError> {
        self.call("component_bytes", || self.kept.component_bytes(component))
    }

    fn candidate_counts(&self) -> Result<Option<String>, StoreError> {
        self.call("candidate_counts", || self.kept.candidate_counts())
    }

    fn keep_candidate_counts(&self, counts: &str) -> Result<(), StoreError> {
        self.call("keep_candidate_counts", || {
            self.kept.keep_candidate_counts(counts)
        })
    }

    fn images(
        &self,
        filter: &ImageFilter,
        after: Option<&str>,
        limit: u32,
    ) -> Result<Page<ImageRecord>, ListError> {
        self.call("images", || self.kept.images(filter, after, limit))
    }

    fn decisions(
        &self,
        filter: &DecisionFilter,
        after: Option<DecisionCursor>,
        limit: u32,
    ) -> Result<Vec<StoredDecision>, StoreError> {
        self.call("decisions", || self.kept.decisions(filter, after, limit))
    }

    fn count_decisions(&self, filter: &DecisionFilter) -> Result<u64, StoreError> {
        self.call("count_decisions", || self.kept.count_decisions(filter))
    }

    fn decision(&self, id: Uuid) -> Result<Option<StoredDecision>, StoreError> {
        self.call("decision", || self.kept.decision(id))
    }

    fn audit_head(&self) -> Result<Option<AuditHead>, StoreError> {
        self.call("audit_head", || self.kept.audit_head())
    }

    fn verify_audit(
        &self,
        noted: Option<&AuditHead>,
        progress: AuditProgress<'_>,
    ) -> Result<AuditReport, StoreError> {
        self.call("verify_audit", || self.kept.verify_audit(noted, progress))
    }
}
