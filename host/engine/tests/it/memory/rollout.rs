//! Images, the rollout log and decisions in memory. What is in memory cannot be changed behind its
//! back, so there is no chain to verify.

use std::collections::BTreeMap;
use std::sync::Arc;

use engine::ports::{
    AuditHead, AuditProgress, AuditReport, CITY, DecisionCursor, DecisionFilter, ImageFilter,
    ImageRecord, ListError, NewImage, Page, RolloutCommit, RolloutCommitError, RolloutStore,
    StoreError, StoredAdvice, StoredDecision, Subject,
};
use knowledge_base::point;
use lifecycle::advice::Advice;
use lifecycle::event::Event;
use rollout::{Digest, Recorded};
use uuid::Uuid;

use super::{Kept, MemoryStore};

/// Everything that is kept about images.
#[derive(Default)]
pub(super) struct KeptRollout {
    events: Vec<Recorded>,
    images: Vec<NewImage>,
    components: BTreeMap<Digest, Arc<[u8]>>,
    candidate_counts: Option<String>,
}

impl Kept {
    /// Every decision, in the order of their instants.
    fn all_decisions(&self) -> Vec<StoredDecision> {
        let mut all = Vec::new();
        for (id, (order, history, _)) in &self.orders {
            for recorded in history {
                let advice = if let Event::RoutingAdvised { advice, .. } = &recorded.event {
                    StoredAdvice::Routing(advice.clone())
                } else if let Event::EscalationAdvised { advice } = &recorded.event {
                    StoredAdvice::Escalation(advice.clone())
                } else {
                    continue;
                };
                all.push(StoredDecision {
                    subject: Subject::Order(id.clone()),
                    seq: recorded.seq,
                    at: recorded.at,
                    district: order.district.clone(),
                    question: self.questions.get(advice.question()).cloned(),
                    advice,
                    cursor: DecisionCursor { at_ms: 0, link: 0 },
                });
            }
        }
        for (id, recorded) in self.checks() {
            let knowledge_base::Event::Point(point::Event::Checked {
                checks,
                asked: Some(asked),
                ..
            }) = &recorded.event
            else {
                continue;
            };
            let advice = StoredAdvice::Knowledge(Advice {
                decision: asked.decision,
                question: asked.question.clone(),
                attempts: checks.iter().map(|it| it.attempt.clone()).collect(),
                verdict: Some(checks.iter().map(|it| it.findings.clone()).collect()),
            });
            all.push(StoredDecision {
                subject: Subject::Knowledge(id.clone()),
                seq: recorded.seq,
                at: recorded.at,
                district: None,
                question: self.questions.get(advice.question()).cloned(),
                advice,
                cursor: DecisionCursor { at_ms: 0, link: 0 },
            });
        }
        all.sort_by_key(|it| it.at);
        for (link, it) in (1..).zip(&mut all) {
            let at_ms = it.at.timestamp_millis();
            it.cursor = DecisionCursor { at_ms, link };
        }
        all
    }

    fn decisions(&self, filter: &DecisionFilter) -> Vec<StoredDecision> {
        let mut all = self.all_decisions();
        all.retain(|it| {
            let district = it.district.as_ref().map(ToString::to_string);
            filter.since.is_none_or(|since| it.at >= since)
                && filter.until.is_none_or(|until| it.at < until)
                && filter.kind.is_none_or(|kind| it.advice.kind() == kind)
                && filter
                    .scope
                    .as_ref()
                    .is_none_or(|scope| scope == CITY || district.as_ref() == Some(scope))
        });
        all
    }
}

impl RolloutStore for MemoryStore {
    fn commit_rollout(&self, commit: RolloutCommit) -> Result<(), RolloutCommitError> {
        let mut kept = self.kept();
        let actual = u64::try_from(kept.rollout.events.len()).unwrap();
        let expected = commit.expected_seq;
        if actual != expected {
            return Err(RolloutCommitError::Conflict { expected, actual });
        }
        kept.rollout.events.extend(commit.events);
        if let Some(image) = commit.image {
            let component = (image.record.component.clone(), Arc::clone(&image.component));
            kept.rollout.components.extend([component]);
            kept.rollout.images.push(image);
        }
        Ok(())
    }

    fn rollout_events(&self, after: u64, limit: u32) -> Result<Vec<Recorded>, StoreError> {
        let kept = self.kept();
        let (after, limit) = (
            usize::try_from(after).unwrap(),
            usize::try_from(limit).unwrap(),
        );
        Ok(kept
            .rollout
            .events
            .iter()
            .skip(after)
            .take(limit)
            .cloned()
            .collect())
    }

    fn image(&self, image: &Digest) -> Result<Option<ImageRecord>, StoreError> {
        let kept = self.kept();
        let found = kept
            .rollout
            .images
            .iter()
            .find(|it| it.record.image == *image);
        Ok(found.map(|it| it.record.clone()))
    }

    fn image_bytes(&self, image: &Digest) -> Result<Option<Vec<u8>>, StoreError> {
        let kept = self.kept();
        let found = kept
            .rollout
            .images
            .iter()
            .find(|it| it.record.image == *image);
        Ok(found.map(|it| it.image.to_vec()))
    }

    fn component_bytes(&self, component: &Digest) -> Result<Option<Vec<u8>>, StoreError> {
        let kept = self.kept();
        Ok(kept.rollout.components.get(component).map(|it| it.to_vec()))
    }

    fn candidate_counts(&self) -> Result<Option<String>, StoreError> {
        Ok(self.kept().rollout.candidate_counts.clone())
    }

    fn keep_candidate_counts(&self, counts: &str) -> Result<(), StoreError> {
        self.kept().rollout.candidate_counts = Some(counts.to_owned());
        Ok(())
    }

    fn images(
        &self,
        filter: &ImageFilter,
        after: Option<&str>,
        limit: u32,
    ) -> Result<Page<ImageRecord>, ListError> {
        let skip: usize = after
            .unwrap_or("0")
            .parse()
            .map_err(|_not_a_number| ListError::BadCursor)?;
        let limit = usize::try_from(limit).unwrap();
        let kept = self.kept();
        let fits = |it: &&NewImage| {
            let record = &it.record;
            let digits = filter.digest_prefix.as_ref();
            filter
                .kind
                .is_none_or(|kind| record.description.kind == kind)
                && filter
                    .name
                    .as_ref()
                    .is_none_or(|name| record.description.name == *name)
                && digits.is_none_or(|digits| record.image.as_str().starts_with(digits))
        };
        let found: Vec<ImageRecord> = kept
            .rollout
            .images
            .iter()
            .rev()
            .filter(fits)
            .map(|it| it.record.clone())
            .collect();
        let next = (found.len() > skip + limit).then(|| (skip + limit).to_string());
        let items = found.into_iter().skip(skip).take(limit).collect();
        Ok(Page { items, next })
    }

    fn decisions(
        &self,
        filter: &DecisionFilter,
        after: Option<DecisionCursor>,
        limit: u32,
    ) -> Result<Vec<StoredDecision>, StoreError> {
        let mut found = self.kept().decisions(filter);
        found.retain(|it| after.is_none_or(|after| it.cursor > after));
        found.truncate(usize::try_from(limit).unwrap());
        Ok(found)
    }

    fn count_decisions(&self, filter: &DecisionFilter) -> Result<u64, StoreError> {
        Ok(u64::try_from(self.kept().decisions(filter).len()).unwrap())
    }

    fn decision(&self, id: Uuid) -> Result<Option<StoredDecision>, StoreError> {
        let all = self.kept().all_decisions();
        Ok(all.into_iter().find(|it| it.advice.decision() == id))
    }

    fn audit_head(&self) -> Result<Option<AuditHead>, StoreError> {
        Ok(None)
    }

    fn verify_audit(
        &self,
        _noted: Option<&AuditHead>,
        _progress: AuditProgress<'_>,
    ) -> Result<AuditReport, StoreError> {
        Ok(AuditReport::default())
    }
}
