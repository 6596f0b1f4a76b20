//! The store in memory: small, ordered, and as strict as the port says.

mod dossiers;
mod due;
mod indicators;
mod knowledge;
mod rollout;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Condvar, Mutex, MutexGuard};
use std::time::Duration;

use calendar::YearNotice;
use chrono::{DateTime, Utc};
use engine::ports::{
    Attempted, Commit, CommitError, Delivery, DeliveryId, DeliveryState, DeliveryStore, DueItem,
    DueTimer, Earlier, EffectId, IdempotencyKey, ListError, Message, OrderFilter, OrderSummary,
    Page, PendingEffect, PersonalData, Posting, Store, StoreError, Subject,
};
use lifecycle::Alike;
use lifecycle::assessment::Assessment;
use lifecycle::effect::Effect;
use lifecycle::event::Recorded;
use lifecycle::ids::{OrderId, RequesterId, Role, TextId};
use lifecycle::order::{Stage, WorkOrder};
use lifecycle::timer::Timer;

/// What is broken when no attempt to deliver can be recorded.
pub(crate) const ATTEMPTS: &str = "attempts";

/// Everything that is kept.
#[derive(Default)]
struct Kept {
    orders: BTreeMap<OrderId, (WorkOrder, Vec<Recorded>, Vec<Timer>)>,
    requesters: BTreeMap<RequesterId, PersonalData>,
    texts: BTreeMap<TextId, String>,
    questions: BTreeMap<String, Vec<u8>>,
    effects: BTreeMap<EffectId, PendingEffect>,
    effect_count: EffectId,
    messages: BTreeMap<EffectId, Message>,
    deliveries: BTreeMap<DeliveryId, Delivery>,
    keys: BTreeMap<(String, String), Earlier>,
    years: Vec<YearNotice>,
    recomputed_under: Option<String>,
    rule_sets: BTreeMap<String, String>,
    manual_clock: Option<DateTime<Utc>>,
    accesses: Vec<String>,
    dossiers: dossiers::KeptDossiers,
    knowledge: knowledge::KeptKnowledge,
    due: due::KeptDue,
    rollout: rollout::KeptRollout,
    assessments: BTreeMap<OrderId, Assessment>,
}

impl Kept {
    /// Whether a commit may take place.
    fn admit(&self, commit: &Commit) -> Result<(), CommitError> {
        if let Some(key) = &commit.idempotency
            && let Some(earlier) = self.keys.get(&(key.principal.clone(), key.key.clone()))
        {
            return Err(if earlier.fingerprint == key.fingerprint {
                CommitError::Replayed(earlier.clone())
            } else {
                CommitError::KeyReused
            });
        }
        let id = commit.order.id.clone();
        let expected = commit.expected_version;
        let same_source = |order: &WorkOrder| {
            order.id != id && order.source.is_some() && order.source == commit.order.source
        };
        if let Some((order, _, _)) = self
            .orders
            .values()
            .find(|(order, _, _)| same_source(order))
        {
            return Err(CommitError::SourceExists {
                order: order.id.clone(),
            });
        }
        let actual = self
            .orders
            .get(&id)
            .map_or(0, |(order, _, _)| order.version);
        if actual != expected {
            return Err(CommitError::Conflict { expected, actual });
        }
        Ok(())
    }
}

impl Kept {
    /// Puts a message into its box with its deliveries, once.
    fn post(&mut self, posting: &Posting) {
        let Posting { message, channels } = posting;
        if self.messages.contains_key(&message.id) {
            return;
        }
        self.messages.insert(message.id, message.clone());
        for channel in channels {
            let id = DeliveryId::try_from(self.deliveries.len()).unwrap() + 1;
            let delivery = Delivery {
                id,
                message: message.id,
                channel: channel.clone(),
                state: DeliveryState::Pending,
                attempts: 0,
                next_at: Some(message.at),
                problem: None,
                sent_at: None,
                delivered_at: None,
                reference: None,
            };
            self.deliveries.insert(id, delivery);
        }
    }

    fn add_effect(&mut self, subject: Subject, at: DateTime<Utc>, effect: Effect) {
        self.effect_count += 1;
        let id = self.effect_count;
        let pending = PendingEffect {
            id,
            subject,
            at,
            effect,
            attempts: 0,
        };
        self.effects.insert(id, pending);
    }

    fn complete(&mut self, id: EffectId) {
        self.effects.remove(&id);
        self.due.forget_effect(id);
    }

    /// Every timer with the instant after which it fires: its own, or until when it was put off.
    fn turns(&self) -> Vec<(DateTime<Utc>, DueTimer)> {
        let orders = self.orders.iter();
        let timers = orders.flat_map(|(id, (_, _, timers))| timers.iter().map(move |it| (id, it)));
        timers
            .map(|(order, timer)| {
                let mut due = DueTimer {
                    order: order.clone(),
                    at: timer.at,
                    deadline: timer.deadline,
                    moment: timer.moment,
                    attempts: 0,
                };
                let (attempts, not_before) = self.due.of(&DueItem::Timer(due.clone()));
                due.attempts = attempts;
                (not_before.unwrap_or(timer.at), due)
            })
            .collect()
    }

    fn with_message(&self, delivery: &Delivery) -> (Message, Delivery) {
        (self.messages[&delivery.message].clone(), delivery.clone())
    }
}

#[derive(Default)]
pub(crate) struct MemoryStore {
    kept: Mutex<Kept>,
    /// Numbers of what can neither be loaded nor kept, as if it were broken.
    pub(crate) broken: Mutex<BTreeSet<String>>,
    /// Where those that keep a calendar year meet.
    pub(crate) importers: Meeting,
}

/// Where so many wait a moment for each other.
#[derive(Default)]
pub(crate) struct Meeting {
    pub(crate) wanted: Mutex<usize>,
    came: Condvar,
}

impl Meeting {
    /// Waits a moment for the others to come too.
    fn come(&self) {
        let mut wanted = self.wanted.lock().unwrap();
        *wanted = wanted.saturating_sub(1);
        self.came.notify_all();
        let moment = Duration::from_millis(50);
        let waits = |wanted: &mut usize| *wanted > 0;
        drop(self.came.wait_timeout_while(wanted, moment, waits).unwrap());
    }
}

impl MemoryStore {
    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap()
    }

    /// The access log, one line an entry.
    pub(crate) fn accesses(&self) -> Vec<String> {
        self.kept().accesses.clone()
    }

    /// Whether something can be loaded or kept.
    fn check(&self, number: &str) -> Result<(), StoreError> {
        if self.broken.lock().unwrap().contains(number) {
            return Err(StoreError::new("load", "it is broken"));
        }
        Ok(())
    }

    /// Everything that plugins were asked, as text.
    pub(crate) fn questions(&self) -> Vec<String> {
        let questions = self.kept().questions.clone();
        questions
            .into_values()
            .map(|bytes| String::from_utf8(bytes).unwrap())
            .collect()
    }
}

impl Store for MemoryStore {
    fn load(&self, order: &OrderId) -> Result<Option<WorkOrder>, StoreError> {
        let kept = self.kept();
        self.check(order.as_str())?;
        Ok(kept.orders.get(order).map(|(order, _, _)| order.clone()))
    }

    fn history(&self, order: &OrderId) -> Result<Vec<Recorded>, StoreError> {
        Ok(self
            .kept()
            .orders
            .get(order)
            .map(|(_, events, _)| events.clone())
            .unwrap_or_default())
    }

    fn commit(&self, commit: Commit) -> Result<(), CommitError> {
        let mut kept = self.kept();
        self.check(commit.order.id.as_str())?;
        kept.admit(&commit)?;
        let (id, expected) = (commit.order.id.clone(), commit.expected_version);
        let at = commit.events.last().expect("a commit has events").at;
        for effect in commit.effects {
            kept.add_effect(Subject::Order(id.clone()), at, effect);
        }
        if let Some(key) = commit.idempotency {
            let events = expected + 1..=commit.order.version;
            let order = id.clone();
            let earlier = Earlier {
                fingerprint: key.fingerprint,
                order,
                events,
            };
            kept.keys.insert((key.principal, key.key), earlier);
        }
        kept.requesters.extend(commit.requester);
        kept.texts.extend(commit.texts);
        kept.questions.extend(commit.questions);
        if let Some(id) = commit.completes {
            kept.complete(id);
        }
        if let Some(posting) = &commit.message {
            kept.post(posting);
        }
        let mut events = kept
            .orders
            .remove(&id)
            .map(|(_, events, _)| events)
            .unwrap_or_default();
        events.extend(commit.events);
        kept.assessments.insert(id.clone(), commit.assessment);
        kept.due.forget_timers(&Subject::Order(id.clone()));
        kept.orders
            .insert(id, (commit.order, events, commit.timers));
        Ok(())
    }

    fn commit_all(&self, commits: Vec<Commit>) -> Vec<Result<(), CommitError>> {
        commits
            .into_iter()
            .map(|commit| self.commit(commit))
            .collect()
    }

    fn earlier(&self, key: &IdempotencyKey) -> Result<Option<Earlier>, StoreError> {
        Ok(self
            .kept()
            .keys
            .get(&(key.principal.clone(), key.key.clone()))
            .cloned())
    }

    fn list(
        &self,
        filter: &OrderFilter,
        after: Option<&str>,
        limit: u32,
    ) -> Result<Page<OrderSummary>, ListError> {
        let skip: usize = after
            .unwrap_or("0")
            .parse()
            .map_err(|_not_a_number| ListError::BadCursor)?;
        let kept = self.kept();
        let by = |events: &[Recorded]| match &events[0].by {
            by if by.role == Role::Channel => Some(by.name.clone()),
            _ => None,
        };
        let mut items: Vec<OrderSummary> = kept
            .orders
            .values()
            .filter(|(order, events, _)| {
                let line = OrderSummary::of(order);
                filter
                    .stage
                    .as_ref()
                    .is_none_or(|stage| *stage == line.stage)
                    && filter
                        .unit
                        .as_ref()
                        .is_none_or(|unit| Some(unit) == line.unit.as_ref())
                    && filter
                        .district
                        .as_ref()
                        .is_none_or(|it| Some(it) == line.district.as_ref())
                    && filter
                        .not_against
                        .as_ref()
                        .is_none_or(|it| Some(it) != order.against_unit.as_ref())
                    && filter.order_type.is_none_or(|it| it == line.order_type)
                    && filter
                        .registered_by
                        .as_ref()
                        .is_none_or(|it| Some(it) == by(events).as_ref())
                    && filter.overdue.is_none_or(|it| it == line.overdue)
                    && filter.provisional.is_none_or(|it| it == line.provisional)
                    && filter
                        .source
                        .as_ref()
                        .is_none_or(|it| Some(it) == order.source.as_ref())
            })
            .map(|(order, _, _)| OrderSummary::of(order))
            .collect();
        items.sort_by_key(|line| (line.registered_at, line.id.clone()));
        items.reverse();
        let rest = items.split_off(skip.min(items.len()));
        let limit = usize::try_from(limit).unwrap();
        let next = (rest.len() > limit).then(|| (skip + limit).to_string());
        Ok(Page {
            items: rest.into_iter().take(limit).collect(),
            next,
        })
    }

    fn texts(&self, ids: &[TextId]) -> Result<Vec<(TextId, String)>, StoreError> {
        let kept = self.kept();
        Ok(ids
            .iter()
            .filter_map(|id| Some((*id, kept.texts.get(id)?.clone())))
            .collect())
    }

    fn personal_data(
        &self,
        requester: RequesterId,
        order: &OrderId,
        by: &str,
        _at: DateTime<Utc>,
        purpose: &str,
    ) -> Result<Option<PersonalData>, StoreError> {
        let mut kept = self.kept();
        kept.accesses.push(format!("{by} {order} {purpose}"));
        Ok(kept.requesters.get(&requester).cloned())
    }

    fn personal_data_for_masking(
        &self,
        requester: RequesterId,
    ) -> Result<Option<PersonalData>, StoreError> {
        Ok(self.kept().requesters.get(&requester).cloned())
    }

    fn question(&self, digest: &str) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(self.kept().questions.get(digest).cloned())
    }

    fn due_timers(&self, now: DateTime<Utc>, limit: u32) -> Result<Vec<DueTimer>, StoreError> {
        let kept = self.kept();
        let mut due: Vec<(DateTime<Utc>, DueTimer)> = kept.turns();
        due.retain(|(turn, _)| *turn < now);
        due.sort_by_key(|(turn, it)| (*turn, it.order.clone(), it.deadline, it.moment));
        due.truncate(usize::try_from(limit).unwrap());
        Ok(due.into_iter().map(|(_, timer)| timer).collect())
    }

    fn next_timer_at(&self) -> Result<Option<DateTime<Utc>>, StoreError> {
        Ok(self.kept().turns().iter().map(|(turn, _)| *turn).min())
    }

    fn drop_timer(&self, timer: &DueTimer) -> Result<(), StoreError> {
        let mut kept = self.kept();
        if let Some((_, _, timers)) = kept.orders.get_mut(&timer.order) {
            timers.retain(|it| {
                (it.at, it.deadline, it.moment) != (timer.at, timer.deadline, timer.moment)
            });
        }
        kept.due.forget(&DueItem::Timer(timer.clone()));
        Ok(())
    }

    fn pending_effects(
        &self,
        now: DateTime<Utc>,
        limit: u32,
    ) -> Result<Vec<PendingEffect>, StoreError> {
        let kept = self.kept();
        let mut due: Vec<(Option<DateTime<Utc>>, PendingEffect)> = Vec::new();
        for effect in kept.effects.values() {
            let mut effect = effect.clone();
            let not_before;
            (effect.attempts, not_before) = kept.due.of(&DueItem::Effect {
                id: effect.id,
                subject: effect.subject.clone(),
                attempts: 0,
            });
            due.push((not_before, effect));
        }
        due.retain(|(not_before, _)| *not_before <= Some(now));
        due.sort_by_key(|(not_before, effect)| (*not_before, effect.id));
        due.truncate(usize::try_from(limit).unwrap());
        Ok(due.into_iter().map(|(_, effect)| effect).collect())
    }

    fn deliver(&self, postings: &[Posting]) -> Result<(), StoreError> {
        let mut kept = self.kept();
        for posting in postings {
            self.check(posting.message.subject.number())?;
        }
        for posting in postings {
            kept.post(posting);
            kept.complete(posting.message.id);
        }
        Ok(())
    }

    fn complete_effect(&self, id: EffectId) -> Result<(), StoreError> {
        self.kept().complete(id);
        Ok(())
    }

    fn messages(&self, subject: &Subject) -> Result<Vec<Message>, StoreError> {
        let kept = self.kept();
        Ok(kept
            .messages
            .values()
            .filter(|message| message.subject == *subject)
            .cloned()
            .collect())
    }

    fn order_by_source(&self, source: &str) -> Result<Option<OrderId>, StoreError> {
        let kept = self.kept();
        let mut orders = kept.orders.values().map(|(order, _, _)| order);
        Ok(orders
            .find(|order| order.source.as_deref() == Some(source))
            .map(|it| it.id.clone()))
    }

    fn alike(
        &self,
        order: &WorkOrder,
        since: DateTime<Utc>,
        most: u32,
    ) -> Result<Alike, StoreError> {
        let kept = self.kept();
        let about = |it: &WorkOrder| (it.category.clone(), it.district.clone(), it.street.clone());
        let alike = kept.orders.values().map(|(order, _, _)| order);
        let alike = alike.filter(|it| {
            let closed = matches!(it.stage, Stage::Closed { .. });
            !closed && it.registered_at >= since && about(it) == about(order)
        });
        let mut alike: Vec<&WorkOrder> = alike.collect();
        alike.sort_by_key(|it| std::cmp::Reverse(it.registered_at));
        alike.truncate(usize::try_from(most).unwrap());
        Ok(Alike {
            orders: u32::try_from(alike.len()).unwrap(),
            asked: alike.iter().filter_map(|it| it.one_of_many).max(),
        })
    }

    fn open_orders(
        &self,
        after: Option<&OrderId>,
        limit: u32,
    ) -> Result<Vec<WorkOrder>, StoreError> {
        let kept = self.kept();
        let orders = kept.orders.values().map(|(order, _, _)| order);
        let open = orders.filter(|order| {
            !order.open_deadlines().is_empty() && after.is_none_or(|id| order.id > *id)
        });
        Ok(open
            .take(usize::try_from(limit).unwrap())
            .cloned()
            .collect())
    }

    fn calendar_years(&self) -> Result<Vec<YearNotice>, StoreError> {
        Ok(self.kept().years.clone())
    }

    fn add_calendar_year(
        &self,
        notice: &YearNotice,
        _by: &str,
        _at: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        self.importers.come();
        self.kept().years.push(notice.clone());
        Ok(())
    }

    fn recomputed_under(&self) -> Result<Option<String>, StoreError> {
        Ok(self.kept().recomputed_under.clone())
    }

    fn set_recomputed_under(&self, calendar_version: &str) -> Result<(), StoreError> {
        self.kept().recomputed_under = Some(calendar_version.to_owned());
        Ok(())
    }

    fn rule_set(&self, version: &str) -> Result<Option<String>, StoreError> {
        Ok(self.kept().rule_sets.get(version).cloned())
    }

    fn keep_rule_set(&self, version: &str, text: &str) -> Result<(), StoreError> {
        let mut kept = self.kept();
        kept.rule_sets.insert(version.to_owned(), text.to_owned());
        Ok(())
    }

    fn manual_clock(&self) -> Result<Option<DateTime<Utc>>, StoreError> {
        Ok(self.kept().manual_clock)
    }

    fn set_manual_clock(&self, at: DateTime<Utc>) -> Result<(), StoreError> {
        self.kept().manual_clock = Some(at);
        Ok(())
    }

    fn check(&self) -> Result<(), StoreError> {
        Ok(())
    }
}

impl DeliveryStore for MemoryStore {
    fn due_deliveries(
        &self,
        now: DateTime<Utc>,
        except: &[String],
        limit: u32,
    ) -> Result<Vec<(Message, Delivery)>, StoreError> {
        let kept = self.kept();
        let mut due: Vec<&Delivery> = kept
            .deliveries
            .values()
            .filter(|it| it.state == DeliveryState::Pending && it.next_at <= Some(now))
            .filter(|it| !except.contains(&it.channel))
            .collect();
        due.sort_by_key(|it| (it.next_at, it.id));
        due.truncate(usize::try_from(limit).unwrap());
        Ok(due.into_iter().map(|it| kept.with_message(it)).collect())
    }

    fn record_attempt(&self, id: DeliveryId, attempted: &Attempted) -> Result<(), StoreError> {
        let mut kept = self.kept();
        self.check(ATTEMPTS)?;
        let it = kept.deliveries.get_mut(&id).unwrap();
        it.attempts += 1;
        if it.state != DeliveryState::Pending {
            return Ok(());
        }
        (it.next_at, it.problem) = (None, None);
        match attempted.clone() {
            Attempted::Sent {
                at,
                channel,
                reference,
            } => {
                it.state = DeliveryState::Sent;
                it.sent_at = Some(at);
                it.channel = channel;
                it.reference = reference;
            }
            Attempted::Again { next_at, problem } => {
                (it.next_at, it.problem) = (Some(next_at), Some(problem));
            }
            Attempted::Failed { problem } => {
                it.state = DeliveryState::Failed;
                it.problem = Some(problem);
            }
        }
        Ok(())
    }

    fn confirm_delivery(
        &self,
        id: DeliveryId,
        delivered_at: DateTime<Utc>,
        reference: Option<&str>,
    ) -> Result<(), StoreError> {
        let mut kept = self.kept();
        let it = kept.deliveries.get_mut(&id).unwrap();
        if it.state != DeliveryState::Delivered {
            it.state = DeliveryState::Delivered;
            it.next_at = None;
            it.delivered_at = Some(delivered_at);
            it.reference = reference.map(str::to_owned).or(it.reference.take());
        }
        Ok(())
    }

    fn retry_delivery(&self, id: DeliveryId, at: DateTime<Utc>) -> Result<bool, StoreError> {
        let mut kept = self.kept();
        let it = kept.deliveries.get_mut(&id).unwrap();
        let failed = it.state == DeliveryState::Failed;
        if failed {
            it.state = DeliveryState::Pending;
            it.attempts = 0;
            it.next_at = Some(at);
        }
        Ok(failed)
    }

    fn delivery(&self, id: DeliveryId) -> Result<Option<(Message, Delivery)>, StoreError> {
        let kept = self.kept();
        Ok(kept.deliveries.get(&id).map(|it| kept.with_message(it)))
    }

    fn deliveries_of(&self, subject: &Subject) -> Result<Vec<Delivery>, StoreError> {
        let kept = self.kept();
        let about_it = |it: &&Delivery| kept.messages[&it.message].subject == *subject;
        Ok(kept.deliveries.values().filter(about_it).cloned().collect())
    }

    fn deliveries_in(
        &self,
        state: DeliveryState,
        after: Option<DeliveryId>,
        limit: u32,
    ) -> Result<Vec<(Message, Delivery)>, StoreError> {
        let kept = self.kept();
        Ok(kept
            .deliveries
            .values()
            .filter(|it| it.state == state && Some(it.id) > after)
            .take(usize::try_from(limit).unwrap())
            .map(|it| kept.with_message(it))
            .collect())
    }
}
