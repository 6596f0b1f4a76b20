//! The store behind a layer in which things go wrong: a call fails before or after it took effect, the
//! process ends in the middle, and others come in between. What took effect is noted in the ledger.
//!
//! What the port leaves open or sorts by numbers that chance made (orders by number) is sorted here by
//! age, so that a seed decides everything.

mod beside;
mod knowledge;

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

use calendar::YearNotice;
use chrono::{DateTime, Utc};
use engine::ports::{
    Commit, CommitError, DueTimer, Earlier, EffectId, IdempotencyKey, ListError, Message,
    OrderFilter, OrderSummary, Page, PendingEffect, PersonalData, Posting, Store, StoreError,
    Subject,
};
use lifecycle::Alike;
use lifecycle::event::Recorded;
use lifecycle::ids::{OrderId, RequesterId, TextId};
use lifecycle::order::WorkOrder;

use crate::chance::Chance;
use crate::checks;
use crate::ledger::Ledger;
use crate::shared::memory::MemoryStore;

/// Why the store fails, when it does.
pub(crate) const THE_SIMULATION: &str = "the simulation says so";

/// All of a list.
pub(crate) const ALL: u32 = u32::MAX;

/// How much goes wrong, each so many times in a thousand calls.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Weather {
    /// A call fails.
    pub(crate) failing: u64,
    /// Others come in between.
    pub(crate) busy: u64,
}

/// What others do in between.
type Others = Box<dyn Fn() + Send + Sync>;

/// The store.
pub(crate) struct FaultyStore {
    pub(crate) kept: MemoryStore,
    ledger: Mutex<Ledger>,
    chance: Mutex<Chance>,
    weather: Mutex<Weather>,
    /// After so many calls the process ends.
    doom: Mutex<Option<u64>>,
    dead: AtomicBool,
    others: OnceLock<Others>,
}

/// What becomes of a call.
enum Fate {
    Works,
    FailsBefore,
    FailsAfter,
}

impl FaultyStore {
    pub(crate) fn new(chance: Chance) -> Self {
        Self {
            kept: MemoryStore::default(),
            ledger: Mutex::default(),
            chance: Mutex::new(chance),
            weather: Mutex::default(),
            doom: Mutex::default(),
            dead: AtomicBool::new(false),
            others: OnceLock::new(),
        }
    }

    pub(crate) fn ledger(&self) -> MutexGuard<'_, Ledger> {
        self.ledger.lock().unwrap()
    }

    /// The ledger, also after a panic.
    pub(crate) fn ledger_of_the_dead(&self) -> MutexGuard<'_, Ledger> {
        self.ledger.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn chance(&self) -> MutexGuard<'_, Chance> {
        self.chance.lock().unwrap()
    }

    pub(crate) fn set_weather(&self, weather: Weather) {
        *self.weather.lock().unwrap() = weather;
    }

    pub(crate) fn let_others(&self, others: Others) {
        assert!(self.others.set(others).is_ok(), "set once");
    }

    /// The process ends after so many calls, in the middle of whatever it does then.
    pub(crate) fn doom(&self, calls: u64) {
        *self.doom.lock().unwrap() = Some(calls);
    }

    /// Whether the process has ended: nothing works until the next one begins.
    pub(crate) fn is_dead(&self) -> bool {
        self.dead.load(Ordering::SeqCst)
    }

    /// A new process begins.
    pub(crate) fn revive(&self) {
        *self.doom.lock().unwrap() = None;
        self.dead.store(false, Ordering::SeqCst);
    }

    /// Something is wrong with the engine.
    pub(crate) fn wrong(&self, problem: String) {
        let mut ledger = self.ledger();
        ledger.step(&format!("WRONG: {problem}"));
        ledger.wrong.push(problem);
    }

    fn judge(&self, check: impl FnOnce(&Ledger) -> Result<(), String>) {
        let verdict = check(&self.ledger());
        if let Err(problem) = verdict {
            self.wrong(problem);
        }
    }

    /// Perhaps others come in between.
    pub(crate) fn pause(&self) {
        let busy = self.weather.lock().unwrap().busy;
        if busy == 0 || self.is_dead() || !self.chance().permille(busy) {
            return;
        }
        if let Some(others) = self.others.get() {
            others();
        }
    }

    fn fate(&self, what: &'static str) -> Fate {
        if self.is_dead() {
            return Fate::FailsBefore;
        }
        let mut chance = self.chance();
        let mut doom = self.doom.lock().unwrap();
        let ends = *doom == Some(0);
        *doom = doom.and_then(|calls| calls.checked_sub(1));
        let fails = chance.permille(self.weather.lock().unwrap().failing);
        if !ends && !fails {
            return Fate::Works;
        }
        let after = chance.percent(50);
        let how = if ends { "the process ends" } else { "fails" };
        let when = if after { "after" } else { "before" };
        self.ledger().step(&format!("! {how} {when} `{what}`"));
        self.dead.store(ends, Ordering::SeqCst);
        if after {
            Fate::FailsAfter
        } else {
            Fate::FailsBefore
        }
    }

    /// A call, as far as it gets.
    fn call<T, E: From<StoreError>>(
        &self,
        what: &'static str,
        call: impl FnOnce() -> Result<T, E>,
    ) -> Result<T, E> {
        self.pause();
        let broken = || E::from(StoreError::new(what, THE_SIMULATION));
        match self.fate(what) {
            Fate::Works => call(),
            Fate::FailsBefore => Err(broken()),
            Fate::FailsAfter => call().and_then(|_| Err(broken())),
        }
    }

    /// A call that writes.
    fn write<T, E: From<StoreError>>(
        &self,
        what: &'static str,
        call: impl FnOnce() -> Result<T, E>,
    ) -> Result<T, E> {
        self.call(what, || call().inspect(|_| self.ledger().wrote()))
    }

    fn keep(&self, commit: &Commit) -> Result<(), CommitError> {
        let before = self.kept.load(&commit.order.id)?;
        let completes = commit.completes;
        self.kept.commit(commit.clone())?;
        self.ledger().took(&commit.order.id, &commit.events);
        self.note_effects();
        self.judge(|ledger| checks::commit(before.as_ref(), commit, ledger, &self.kept));
        self.judge(|_| checks::knowledge::answers(commit, &self.kept));
        if let Some(id) = completes {
            self.judge(|ledger| checks::notice(id, commit, ledger));
        }
        Ok(())
    }

    /// Effects that a commit has just left in the outbox.
    fn note_effects(&self) {
        let pending = self
            .kept
            .pending_effects(DateTime::<Utc>::MAX_UTC, ALL)
            .unwrap();
        let mut ledger = self.ledger();
        let last = ledger.effects.keys().next_back().copied();
        let new = pending.into_iter().filter(|it| Some(it.id) > last);
        let new: Vec<_> = new.map(|it| (it.id, it)).collect();
        ledger.effects.extend(new);
    }

    /// Where an order stands in the order of age.
    fn age(&self, order: &OrderId) -> usize {
        let ledger = self.ledger();
        let position = ledger.orders.iter().position(|it| it == order);
        position.unwrap_or(usize::MAX)
    }
}

fn cut<T>(mut items: Vec<T>, limit: u32) -> Vec<T> {
    items.truncate(usize::try_from(limit).unwrap());
    items
}

impl Store for FaultyStore {
    fn load(&self, order: &OrderId) -> Result<Option<WorkOrder>, StoreError> {
        self.call("load", || self.kept.load(order))
    }

    fn history(&self, order: &OrderId) -> Result<Vec<Recorded>, StoreError> {
        self.call("history", || self.kept.history(order))
    }

    fn commit(&self, commit: Commit) -> Result<(), CommitError> {
        self.write("commit", || self.keep(&commit))
    }

    fn commit_all(&self, commits: Vec<Commit>) -> Vec<Result<(), CommitError>> {
        self.judge(|ledger| checks::in_order(&commits, &self.kept, ledger));
        let each = commits.into_iter();
        each.map(|commit| self.write("commit_all", || self.keep(&commit)))
            .collect()
    }

    fn earlier(&self, key: &IdempotencyKey) -> Result<Option<Earlier>, StoreError> {
        self.call("earlier", || self.kept.earlier(key))
    }

    fn list(
        &self,
        filter: &OrderFilter,
        after: Option<&str>,
        limit: u32,
    ) -> Result<Page<OrderSummary>, ListError> {
        self.call("list", || self.kept.list(filter, after, limit))
    }

    fn texts(&self, ids: &[TextId]) -> Result<Vec<(TextId, String)>, StoreError> {
        self.call("texts", || self.kept.texts(ids))
    }

    fn personal_data(
        &self,
        requester: RequesterId,
        order: &OrderId,
        by: &str,
        at: DateTime<Utc>,
        purpose: &str,
    ) -> Result<Option<PersonalData>, StoreError> {
        self.call("personal_data", || {
            self.kept.personal_data(requester, order, by, at, purpose)
        })
    }

    fn personal_data_for_masking(
        &self,
        requester: RequesterId,
    ) -> Result<Option<PersonalData>, StoreError> {
        self.call("personal_data_for_masking", || {
            self.kept.personal_data_for_masking(requester)
        })
    }

    fn question(&self, digest: &str) -> Result<Option<Vec<u8>>, StoreError> {
        self.call("question", || self.kept.question(digest))
    }

    fn due_timers(&self, now: DateTime<Utc>, limit: u32) -> Result<Vec<DueTimer>, StoreError> {
        self.call("due_timers", || {
            let mut due = self.kept.due_timers(now, ALL)?;
            due.sort_by_key(|it| (it.at, self.age(&it.order), it.deadline, it.moment));
            self.ledger().listed(Some(now));
            Ok(cut(due, limit))
        })
    }

    fn next_timer_at(&self) -> Result<Option<DateTime<Utc>>, StoreError> {
        self.call("next_timer_at", || self.kept.next_timer_at())
    }

    fn drop_timer(&self, timer: &DueTimer) -> Result<(), StoreError> {
        self.write("drop_timer", || {
            self.judge(|ledger| checks::dropped(timer, &self.kept, ledger));
            self.kept.drop_timer(timer)
        })
    }

    fn pending_effects(
        &self,
        now: DateTime<Utc>,
        limit: u32,
    ) -> Result<Vec<PendingEffect>, StoreError> {
        self.call("pending_effects", || {
            self.ledger().listed(None);
            self.kept.pending_effects(now, limit)
        })
    }

    fn deliver(&self, postings: &[Posting]) -> Result<(), StoreError> {
        self.write("deliver", || {
            for posting in postings {
                self.judge(|ledger| checks::posted(posting, ledger));
            }
            self.kept.deliver(postings)
        })
    }

    fn complete_effect(&self, id: EffectId) -> Result<(), StoreError> {
        self.write("complete_effect", || {
            self.judge(|ledger| checks::completed(id, &self.kept, ledger));
            self.kept.complete_effect(id)
        })
    }

    fn messages(&self, subject: &Subject) -> Result<Vec<Message>, StoreError> {
        self.call("messages", || self.kept.messages(subject))
    }

    fn order_by_source(&self, source: &str) -> Result<Option<OrderId>, StoreError> {
        self.call("order_by_source", || self.kept.order_by_source(source))
    }

    fn alike(
        &self,
        order: &WorkOrder,
        since: DateTime<Utc>,
        most: u32,
    ) -> Result<Alike, StoreError> {
        self.call("alike", || self.kept.alike(order, since, most))
    }

    fn open_orders(
        &self,
        after: Option<&OrderId>,
        limit: u32,
    ) -> Result<Vec<WorkOrder>, StoreError> {
        self.call("open_orders", || {
            self.ledger().listed(None);
            let after = after.map(|order| self.age(order));
            let mut open = self.kept.open_orders(None, ALL)?;
            open.retain(|order| after.is_none_or(|after| self.age(&order.id) > after));
            open.sort_by_key(|order| self.age(&order.id));
            Ok(cut(open, limit))
        })
    }

    fn calendar_years(&self) -> Result<Vec<YearNotice>, StoreError> {
        self.call("calendar_years", || self.kept.calendar_years())
    }

    fn add_calendar_year(
        &self,
        notice: &YearNotice,
        by: &str,
        at: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        self.write("add_calendar_year", || {
            self.kept.add_calendar_year(notice, by, at)
        })
    }

    fn recomputed_under(&self) -> Result<Option<String>, StoreError> {
        self.call("recomputed_under", || self.kept.recomputed_under())
    }

    fn set_recomputed_under(&self, calendar_version: &str) -> Result<(), StoreError> {
        self.write("set_recomputed_under", || {
            self.kept.set_recomputed_under(calendar_version)
        })
    }

    fn rule_set(&self, version: &str) -> Result<Option<String>, StoreError> {
        self.call("rule_set", || self.kept.rule_set(version))
    }

    fn keep_rule_set(&self, version: &str, text: &str) -> Result<(), StoreError> {
        self.write("keep_rule_set", || self.kept.keep_rule_set(version, text))
    }

    fn manual_clock(&self) -> Result<Option<DateTime<Utc>>, StoreError> {
        self.call("manual_clock", || self.kept.manual_clock())
    }

    fn set_manual_clock(&self, at: DateTime<Utc>) -> Result<(), StoreError> {
        self.write("set_manual_clock", || self.kept.set_manual_clock(at))
    }

    fn check(&self) -> Result<(), StoreError> {
        self.call("check", || self.kept.check())
    }
}
