//! What happens: people and systems act, time passes, things end and begin. Which, chance decides.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use chrono::TimeDelta;
use engine::ports::{
    Delivery, DeliveryState, DeliveryStore as _, DossierStore as _, IdempotencyKey,
    KnowledgeStore as _, OrderFilter, Store as _,
};
use engine::{CommandOptions, Error};
use knowledge_base::Entry;
use knowledge_base::ids::PointId;
use lifecycle::command::CommandKind;
use lifecycle::ids::{Actor, OrderId, UnitCode};
use lifecycle::order::WorkOrder;

use crate::actors::{author, likely};
use crate::chance::Chance;
use crate::checks::told::nothing_done;
use crate::city::{self, admin, anybody, channel, operator};
use crate::commands::{claim, dossiers, knowledge};
use crate::faults::{ALL, Weather};
use crate::intent::{Intent, What};
use crate::simulation::Simulation;

/// So many orders a life has at most.
const ORDERS_MAX: usize = 10;
/// So deep do others come in between.
const DEPTH_MAX: usize = 2;

/// Something that happens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    File,
    Act,
    Dossier,
    Knowledge,
    Repeat,
    Tick,
    Deliver,
    Receipt,
    Retry,
    Wait,
    Import,
    Read,
    Restart,
    Doom,
    Weather,
}

/// By how often each happens.
const STEPS: [(u64, Step); 15] = [
    (7, Step::File),
    (110, Step::Act),
    (14, Step::Dossier),
    (30, Step::Knowledge),
    (10, Step::Repeat),
    (30, Step::Tick),
    (10, Step::Deliver),
    (6, Step::Receipt),
    (2, Step::Retry),
    (25, Step::Wait),
    (2, Step::Import),
    (5, Step::Read),
    (2, Step::Restart),
    (4, Step::Doom),
    (2, Step::Weather),
];

/// By how often each happens in the middle of something else.
const BETWEEN: [(u64, Step); 9] = [
    (2, Step::File),
    (60, Step::Act),
    (5, Step::Dossier),
    (10, Step::Knowledge),
    (15, Step::Repeat),
    (15, Step::Tick),
    (2, Step::Receipt),
    (6, Step::Import),
    (3, Step::Read),
];

impl Simulation {
    /// One step, after which a process that has ended is followed by another.
    pub(crate) fn step(&self) {
        let step = self.chance(|chance| chance.weighed(&STEPS));
        self.happen(step);
        if self.store.is_dead() {
            if self.chance(|chance| chance.percent(20)) {
                self.wait();
            }
            self.restart();
        }
    }

    /// Others come in between, once or a few times.
    pub(crate) fn others(&self) {
        if self.store.ledger().frames.len() > DEPTH_MAX {
            return;
        }
        let times = self.chance(|chance| chance.between(1, 3));
        for _ in 0..times {
            let step = self.chance(|chance| chance.weighed(&BETWEEN));
            self.happen(step);
        }
        if self.chance(|chance| chance.percent(20)) {
            let milliseconds = self.chance(|chance| chance.between(1, 3000));
            self.clock
                .advance_to(self.now() + TimeDelta::milliseconds(milliseconds));
        }
    }

    fn happen(&self, step: Step) {
        match step {
            Step::File => self.file(),
            Step::Act => self.act(),
            Step::Dossier => self.dossier(),
            Step::Knowledge => self.knowledge(),
            Step::Repeat => self.repeat(),
            Step::Tick => self.tick(),
            Step::Deliver => self.deliver(),
            Step::Receipt => self.receipt(),
            Step::Retry => self.retry(),
            Step::Wait => self.wait(),
            Step::Import => self.import(),
            Step::Read => self.read(),
            Step::Restart => self.restart(),
            Step::Doom => {
                let calls = self.chance(|chance| chance.below(12));
                self.store.doom(calls);
            }
            Step::Weather => self.change_weather(),
        }
    }

    /// Fair at times, foul at times.
    pub(crate) fn change_weather(&self) {
        let (failing, busy) = self.chance(|chance| {
            let failing = *chance.pick(&[0, 0, 10, 40, 150]);
            (failing, *chance.pick(&[0, 20, 60, 150]))
        });
        self.log(&format!("weather: {failing} failing, {busy} busy"));
        self.store.set_weather(Weather { failing, busy });
    }

    fn options(&self, by: &Actor, version: Option<u64>) -> CommandOptions {
        let number = self.request_number();
        let now = self.now();
        self.chance(|chance| {
            let reused = chance.percent(2) && number > 5;
            let key = if reused { number - 3 } else { number };
            CommandOptions {
                if_match: version.filter(|_| chance.percent(25)),
                idempotency: chance.percent(70).then(|| IdempotencyKey {
                    principal: by.name.clone(),
                    key: format!("{}/{key}", by.name),
                    fingerprint: format!("request {number}"),
                    at: now,
                }),
            }
        })
    }

    /// Somebody files a request.
    fn file(&self) {
        let orders = self.orders();
        if orders.len() >= ORDERS_MAX {
            return self.act();
        }
        let by = self.chance(|chance| match chance.below(20) {
            0 => anybody(chance),
            1 => Actor::system(),
            2..9 => channel("portal"),
            _ => operator(),
        });
        let options = self.options(&by, None);
        let id = self.request_number();
        let now = self.now();
        let request = self.chance(|chance| city::request(chance, now, id, &orders));
        let what = What::Register(Box::new(request));
        self.send(Intent {
            id,
            by,
            options,
            what,
        });
    }

    /// The order that somebody turns to: often the one that others are at.
    fn some_order(&self) -> Option<OrderId> {
        let orders = self.orders();
        let at = {
            let ledger = self.store.ledger();
            ledger.frames.last().and_then(|frame| frame.order.clone())
        };
        if orders.is_empty() {
            return None;
        }
        let is_closed = |order: &OrderId| {
            let order = self.store.kept.load(order).unwrap();
            order.is_none_or(|order| order.is_closed())
        };
        self.chance(|chance| {
            if let Some(order) = at.filter(|_| chance.percent(70)) {
                return Some(order);
            }
            // Little happens to an order that has ended.
            let mut order = chance.pick(&orders);
            for _ in 0..4 {
                if is_closed(order) && chance.percent(90) {
                    order = chance.pick(&orders);
                }
            }
            Some(order.clone())
        })
    }

    /// Somebody gives a command on an order, as it was when he or she looked at it.
    fn act(&self) {
        let Some(order) = self.some_order() else {
            return self.file();
        };
        let order = self.store.kept.load(&order).unwrap();
        let Some(order) = order else { return };
        let (kind, by) = self.chance(|chance| {
            let kind = if chance.percent(80) {
                likely(&order, chance)
            } else {
                *chance.pick(CommandKind::ALL)
            };
            (kind, author(kind, &order, chance))
        });
        self.give(order, kind, by);
    }

    fn give(&self, order: WorkOrder, kind: CommandKind, by: Actor) {
        // Somebody may have looked a while ago.
        let version = order.version;
        let stale = self.chance(|chance| chance.percent(10));
        let options = self.options(&by, Some(if stale { version.max(2) - 1 } else { version }));
        let personal = self.store.kept.personal_data_for_masking(order.requester);
        let phone = personal.unwrap().and_then(|it| it.phone);
        let (claim, chance) = self.chance(|chance| {
            let claim = claim(chance, phone.as_ref());
            (claim, Chance::new(chance.next()))
        });
        let claim = claim.filter(|_| speaks_for_requester(kind));
        let mut orders = self.orders();
        orders.retain(|it| *it != order.id);
        let what = What::Command {
            kind,
            order: Arc::new(order),
            orders,
            points: self.points(),
            at: self.now(),
            chance,
            claim,
        };
        self.send(Intent {
            id: self.request_number(),
            by,
            options,
            what,
        });
    }

    /// Somebody opens a dossier, or gives a command on one.
    fn dossier(&self) {
        let dossiers = self.store.ledger().dossiers.clone();
        let some = self.chance(|chance| {
            let opens = dossiers.len() < 2 || chance.percent(10) && dossiers.len() < 6;
            (!opens).then(|| chance.pick(&dossiers).clone())
        });
        let dossier = some.and_then(|id| self.store.kept.load_dossier(&id).unwrap());
        let by = self.chance(|chance| dossiers::author(dossier.as_ref(), chance));
        let options = self.options(&by, dossier.as_ref().map(|it| it.version));
        let what = What::Dossier {
            dossier: dossier.map(Arc::new),
            orders: self.orders(),
            at: self.now(),
            chance: self.chance(|chance| Chance::new(chance.next())),
        };
        self.send(Intent {
            id: self.request_number(),
            by,
            options,
            what,
        });
    }

    /// Somebody opens an entry of the knowledge base, or gives a command on one.
    fn knowledge(&self) {
        let entries = self.store.ledger().entries.clone();
        let (some, mut unit) = self.chance(|chance| {
            let opens = entries.len() < 3 || chance.percent(10) && entries.len() < 8;
            let some = (!opens).then(|| chance.pick(&entries).clone());
            (some, knowledge::some_owner(chance))
        });
        let entry = some.and_then(|id| self.store.kept.load_knowledge(&id).unwrap());
        if let Some(entry) = &entry {
            unit = entry.unit().clone();
        }
        let by = self.chance(|chance| knowledge::author(&unit, chance));
        let options = self.options(&by, entry.as_ref().map(Entry::version));
        let what = What::Knowledge {
            entry: entry.map(Arc::new),
            unit,
            points: self.points(),
            at: self.now(),
            chance: self.chance(|chance| Chance::new(chance.next())),
        };
        self.send(Intent {
            id: self.request_number(),
            by,
            options,
            what,
        });
    }

    /// The knowledge points that there are, as they came into being, with their owners.
    fn points(&self) -> Vec<(PointId, UnitCode)> {
        let entries = self.store.ledger().entries.clone();
        let entries = entries
            .iter()
            .filter_map(|id| self.store.kept.load_knowledge(id).unwrap());
        entries
            .filter_map(|it| match it {
                Entry::Point(point) => Some((point.id, point.owner)),
                Entry::Feedback(_) | Entry::Change(_) | Entry::Outage(_) => None,
            })
            .collect()
    }

    /// Whoever got no answer asks again; others ask again though they were answered, or while the first
    /// time is still under way.
    fn repeat(&self) {
        let under_way = {
            let ledger = self.store.ledger();
            ledger.frames.last().and_then(|frame| frame.intent)
        };
        let again = {
            let unanswered = self.unanswered.lock().unwrap();
            let answered = self.answered.lock().unwrap();
            self.chance(|chance| {
                let first = if unanswered.is_empty() || chance.percent(20) {
                    answered.as_slice()
                } else {
                    unanswered.as_slice()
                };
                let all: Vec<&Intent> = first.iter().rev().take(20).collect();
                let of_now = all.iter().find(|it| Some(it.id) == under_way).copied();
                of_now.or_else(|| (!all.is_empty()).then(|| *chance.pick(&all)))
            })
            .cloned()
        };
        match again {
            Some(intent) => self.send(intent),
            None => self.act(),
        }
    }

    /// What is due is worked off, as far as a batch goes.
    fn tick(&self) {
        let limit = self.chance(|chance| *chance.pick(&[1, 2, 3, 16, 256]));
        self.log(&format!("tick {limit} at {}", self.now()));
        let (result, frame) = self.call(None, None, |engine| engine.tick(limit));
        let done: Vec<String> = {
            let ledger = self.store.ledger();
            let lines = frame.taken.iter().map(|taken| {
                let name = ledger.name(&OrderId::new(&taken.0));
                format!("{name} {}", ledger.events_of(taken).join(", "))
            });
            lines.collect()
        };
        self.log(&format!("-> {result:?} {}", done.join("; ")));
        self.only_faults(result);
    }

    /// Whether an error is one of the store, which the simulation makes itself.
    fn only_faults<T>(&self, result: Result<T, Error>) {
        match result {
            Ok(_) => {}
            Err(Error::Store(error)) if error.operation == "send messages" => {
                self.store.wrong("a sender panicked".to_owned());
            }
            Err(Error::Store(_)) => {}
            Err(error) => self.store.wrong(format!("it ends with `{error}`")),
        }
    }

    /// Messages go out, one by one, so that threads do not decide anything.
    fn deliver(&self) {
        for _ in 0..self.chance(|chance| chance.between(1, 6)) {
            let (result, _) = self.call(None, None, |engine| engine.deliver_due(1));
            self.log(&format!("deliver at {} -> {result:?}", self.now()));
            self.only_faults(result);
        }
    }

    fn some_delivery(&self, states: &[DeliveryState]) -> Option<Delivery> {
        let state = self.chance(|chance| *chance.pick(states));
        let all = self.store.kept.deliveries_in(state, None, ALL).unwrap();
        let all: Vec<Delivery> = all.into_iter().map(|(_, delivery)| delivery).collect();
        if all.is_empty() {
            return None;
        }
        Some(self.chance(|chance| chance.pick(&all).clone()))
    }

    /// A channel confirms that a message arrived: late, again, for another channel, or at an instant
    /// that cannot be.
    fn receipt(&self) {
        use DeliveryState as S;
        let Some(delivery) = self.some_delivery(&[S::Sent, S::Sent, S::Delivered, S::Pending])
        else {
            return;
        };
        let now = self.now();
        let (by, at) = self.chance(|chance| {
            let by = if chance.percent(85) {
                channel(&delivery.channel)
            } else {
                anybody(chance)
            };
            let at = match chance.below(8) {
                0 => now + TimeDelta::hours(1),
                1 => now - TimeDelta::days(400),
                2 => delivery.sent_at.unwrap_or(now),
                _ => now,
            };
            (by, at)
        });
        let id = delivery.id;
        let (result, frame) = self.call(None, None, |engine| {
            engine.confirm_delivery(id, at, None, &by)
        });
        let outcome = match &result {
            Ok((_, kept)) => format!("{:?}", kept.state),
            Err(error) => error.to_string(),
        };
        self.log(&format!("{} confirms delivery {id} -> {outcome}", by.name));
        match result {
            Ok((_, kept)) if kept.state == S::Delivered => {}
            Ok((_, kept)) => self
                .store
                .wrong(format!("confirmed, and it is {:?}", kept.state)),
            Err(Error::Store(_)) => {}
            Err(Error::Rejected(_) | Error::NoDelivery { .. } | Error::InvalidInput { .. }) => {
                self.expect(nothing_done(&frame));
            }
            Err(error) => self.store.wrong(format!("a receipt ends with `{error}`")),
        }
    }

    fn expect(&self, verdict: Result<(), String>) {
        if let Err(problem) = verdict {
            self.store.wrong(problem);
        }
    }

    /// The admin has a delivery tried anew that was given up, or was not.
    fn retry(&self) {
        let Some(delivery) = self.some_delivery(&[DeliveryState::Failed, DeliveryState::Sent])
        else {
            return;
        };
        let (result, frame) = self.call(None, None, |engine| {
            engine.retry_delivery(delivery.id, &admin())
        });
        self.log(&format!(
            "retry delivery {} -> {:?}",
            delivery.id,
            result.is_ok()
        ));
        match result {
            Ok(_) | Err(Error::Store(_)) => {}
            Err(Error::InvalidInput { .. }) => self.expect(nothing_done(&frame)),
            Err(error) => self.store.wrong(format!("a retry ends with `{error}`")),
        }
    }

    /// Time passes: seconds, days, to just before, at or after an instant at which something is due; by
    /// itself, or because the admin sets the clock.
    pub(crate) fn wait(&self) {
        let now = self.now();
        let next = self.store.kept.next_timer_at().unwrap();
        let to = self.chance(|chance| match chance.below(20) {
            0..6 => now + TimeDelta::seconds(chance.between(1, 1200)),
            6..11 => now + TimeDelta::minutes(chance.between(10, 900)),
            11..15 => {
                let offset = *chance.pick(&[-1, 0, 1, 1, 1000]);
                next.unwrap_or(now) + TimeDelta::milliseconds(offset)
            }
            15..18 => now + TimeDelta::hours(chance.between(12, 80)),
            18 => now + TimeDelta::days(chance.between(3, 6)),
            _ => now + TimeDelta::days(chance.between(7, 20)),
        });
        let to = to.max(now);
        if self.chance(|chance| chance.percent(80)) {
            self.clock.advance_to(to);
            self.log(&format!("time passes until {}", self.now()));
            return;
        }
        let items = self.chance(|chance| *chance.pick(&[0, 3, 1000]));
        let (result, frame) = self.call(None, None, |engine| engine.pass_time(to, &admin(), items));
        let times = frame.taken.len();
        self.log(&format!(
            "the clock is set to {to}: {result:?}, {times} commits"
        ));
        match result {
            // Others move the clock too.
            Err(Error::InvalidInput { field: "now", .. }) if frame.interrupted > 0 => {}
            result => self.only_faults(result),
        }
    }

    /// A holiday notice comes, or is looked at; the next one may correct it.
    fn import(&self) {
        let (notice, apply, by) = self.chance(|chance| {
            let by = if chance.percent(90) {
                admin()
            } else {
                anybody(chance)
            };
            (city::notice(chance), chance.percent(60), by)
        });
        // Another import would wait for the one under way, which waits here for the others to be done.
        if self.importing.swap(true, Ordering::SeqCst) {
            return;
        }
        self.log(&format!("import a year, apply: {apply}, at {}", self.now()));
        let (result, frame) = self.call(None, None, |engine| {
            engine.import_calendar_year(&notice, apply, &by)
        });
        self.importing.store(false, Ordering::SeqCst);
        match &result {
            Ok(change) => self.log(&format!("-> {} moved", change.changes.len())),
            Err(error) => self.log(&format!("-> {error}")),
        }
        match result {
            Ok(_) if apply => {}
            Err(Error::Store(_)) => {}
            Ok(_) | Err(Error::Calendar(_) | Error::Rejected(_)) => {
                self.expect(nothing_done(&frame));
            }
            Err(error) => self.store.wrong(format!("an import ends with `{error}`")),
        }
    }

    /// Somebody looks at an order, and at lists.
    fn read(&self) {
        let Some(order) = self.some_order() else {
            return;
        };
        let by = self.chance(anybody);
        let (results, frame) = self.call(None, Some(&order), |engine| {
            [
                engine.view(&order, &by).map(drop),
                engine.explain(&order, &by).map(drop),
                engine.list(&OrderFilter::default(), None, 5, &by).map(drop),
                engine.check(),
            ]
        });
        self.log(&format!("{} reads", by.name));
        for result in results {
            match result {
                Err(Error::Rejected(_)) if by != operator() => {}
                result => self.only_faults(result),
            }
        }
        self.expect(nothing_done(&frame));
    }
}

/// Whether such a command speaks for the requester, so that a claim comes with it.
fn speaks_for_requester(kind: CommandKind) -> bool {
    matches!(
        kind,
        CommandKind::SupplyInformation | CommandKind::AddStatement | CommandKind::Withdraw
    )
}
