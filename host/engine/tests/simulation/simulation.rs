//! The simulation: a city on one store, with a process that ends and begins anew, and the way of a request
//! through it.

use std::collections::BTreeMap;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex};

use chrono::{DateTime, TimeDelta, Utc};
use engine::ports::{Clock as _, ManualClock, Store as _};
use engine::{Engine, Error, Parts};
use lifecycle::command::CommandKind;
use lifecycle::ids::OrderId;
use lifecycle::ruleset::RuleBook;

use crate::advice::Moods;
use crate::chance::Chance;
use crate::checks::told;
use crate::city;
use crate::faults::FaultyStore;
use crate::intent::{Intent, What};
use crate::ledger::{Frame, IntentId};
use crate::outside::Outside;

/// Every life begins on some day after this one, a Wednesday.
const START: &str = "2026-09-02T10:00:00+08:00";

/// The simulation.
pub(crate) struct Simulation {
    pub(crate) store: Arc<FaultyStore>,
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) outside: Arc<Outside>,
    moods: Arc<Moods>,
    engine: Mutex<Arc<Engine>>,
    /// Requests that nobody answered, to be sent again.
    pub(crate) unanswered: Mutex<Vec<Intent>>,
    /// Requests that were answered, to be sent again all the same.
    pub(crate) answered: Mutex<Vec<Intent>>,
    requests: Mutex<IntentId>,
    /// Whether a holiday notice is being imported.
    pub(crate) importing: AtomicBool,
}

impl Simulation {
    pub(crate) fn new(seed: u64) -> Arc<Self> {
        let mut chance = Chance::new(seed);
        let start: DateTime<Utc> = START.parse().unwrap();
        let start = start + TimeDelta::hours(chance.between(0, 24 * 110));
        let clock = Arc::new(ManualClock::at(start));
        let store = Arc::new(FaultyStore::new(chance));
        let moods = Arc::new(Moods {
            store: store.clone(),
            clock: clock.clone(),
        });
        let outside = Arc::new(Outside {
            store: store.clone(),
            arrived: Mutex::default(),
            friendly: AtomicBool::new(false),
        });
        let engine = process(&store, &moods, &clock, &outside).unwrap();
        let simulation = Arc::new(Self {
            store,
            clock,
            outside,
            moods,
            engine: Mutex::new(engine),
            unanswered: Mutex::default(),
            answered: Mutex::default(),
            requests: Mutex::default(),
            importing: AtomicBool::new(false),
        });
        let weak = Arc::downgrade(&simulation);
        simulation.store.let_others(Box::new(move || {
            if let Some(simulation) = weak.upgrade() {
                simulation.others();
            }
        }));
        simulation
    }

    pub(crate) fn now(&self) -> DateTime<Utc> {
        self.clock.now()
    }

    pub(crate) fn engine(&self) -> Arc<Engine> {
        self.engine.lock().unwrap().clone()
    }

    pub(crate) fn orders(&self) -> Vec<OrderId> {
        self.store.ledger().orders.clone()
    }

    pub(crate) fn chance<T>(&self, draw: impl FnOnce(&mut Chance) -> T) -> T {
        draw(&mut self.store.chance())
    }

    pub(crate) fn log(&self, line: &str) {
        self.store.ledger().step(line);
    }

    /// Number of the next request.
    pub(crate) fn request_number(&self) -> IntentId {
        let mut requests = self.requests.lock().unwrap();
        *requests += 1;
        *requests
    }

    /// The process ends, if it has not already, and another begins on what is kept.
    pub(crate) fn restart(&self) {
        self.store.revive();
        self.log(&format!("a new process at {}", self.now()));
        // It may have to begin more than once.
        for _ in 0..20 {
            match process(&self.store, &self.moods, &self.clock, &self.outside) {
                Ok(engine) => {
                    *self.engine.lock().unwrap() = engine;
                    return;
                }
                Err(Error::Store(_)) => self.store.revive(),
                Err(error) => {
                    self.store.wrong(format!("no process begins: {error}"));
                    return;
                }
            }
        }
        self.store.wrong("no process begins".to_owned());
    }

    /// A call of the engine, with what it did. `about` is the order that others find it at.
    pub(crate) fn call<T>(
        &self,
        intent: Option<IntentId>,
        about: Option<&OrderId>,
        call: impl FnOnce(&Engine) -> T,
    ) -> (T, Frame) {
        let engine = self.engine();
        {
            let mut ledger = self.store.ledger();
            for frame in &mut ledger.frames {
                frame.interrupted += 1;
            }
            ledger.frames.push(Frame {
                intent,
                order: about.cloned(),
                ..Frame::default()
            });
        }
        let result = call(&engine);
        let frame = self.store.ledger().frames.pop().unwrap_or_default();
        (result, frame)
    }

    /// Sends a request, and judges the answer by what took effect.
    pub(crate) fn send(&self, intent: Intent) {
        let (owner_before, line) = {
            let ledger = self.store.ledger();
            let key = intent.key().map(|key| key.key.as_str());
            let order = intent.order();
            let line = format!(
                "{} {} {} (request {}{}{}) at {}",
                intent.by.name,
                intent.name(),
                order.map_or_else(|| "#new".to_owned(), |order| ledger.name(order)),
                intent.id,
                key.map(|key| format!(", {key}")).unwrap_or_default(),
                intent
                    .options
                    .if_match
                    .map(|version| format!(", if {version}"))
                    .unwrap_or_default(),
                self.now(),
            );
            (key.and_then(|key| ledger.keys.get(key).copied()), line)
        };
        self.log(&line);
        if let Some(key) = intent.key() {
            let mut ledger = self.store.ledger();
            ledger.keyed.insert(intent.id, key.key.clone());
        }
        let standing = self.standing(&intent);
        let (result, frame) = self.call(Some(intent.id), intent.order(), |engine| {
            intent.send(engine)
        });
        let attempt = told::Attempt {
            intent: intent.id,
            key: intent.key(),
            owner_before,
            if_match: intent.options.if_match,
            frame: &frame,
        };
        let verdict = told::answer(&attempt, &result, &self.store.ledger());
        let outcome = {
            let ledger = self.store.ledger();
            match &result {
                Ok(told) if told.replayed() => "-> as before".to_owned(),
                Ok(_) => {
                    let events = frame.taken.iter().flat_map(|taken| ledger.events_of(taken));
                    format!("-> {}", events.collect::<Vec<_>>().join(", "))
                }
                Err(error) => format!("-> {error}"),
            }
        };
        self.log(&outcome);
        if let Err(problem) = verdict {
            self.store.wrong(problem);
        }
        let done = matches!(&result, Ok(told) if !told.replayed() && !told.taken().1.is_empty());
        if done
            && frame.interrupted == 0
            && let Some(Some(rejection)) = standing
        {
            self.store
                .wrong(format!("done, though it was told beforehand: {rejection}"));
        }
        let unknown = matches!(result, Err(Error::Store(_)));
        self.remember(intent, unknown);
    }

    /// What is told beforehand to stand against a command, whatever it carries; nothing where its author
    /// may not give it at all.
    fn standing(&self, intent: &Intent) -> Option<Option<String>> {
        let What::Command { order, kind, .. } = &intent.what else {
            return None;
        };
        let engine = self.engine();
        let order = self.store.kept.load(&order.id).unwrap()?;
        let calendar = engine.calendar();
        let now = engine.now();
        let context = lifecycle::Context {
            now,
            calendar: &calendar,
            rules: engine.rules(),
            directory: engine.directory(),
        };
        let all = lifecycle::forbidden(&order, &intent.by, &context);
        let mut all: BTreeMap<CommandKind, _> = all.into_iter().collect();
        let rejection = all.remove(kind)?;
        Some(rejection.map(|it| it.to_string()))
    }

    fn remember(&self, intent: Intent, unknown: bool) {
        let mut unanswered = self.unanswered.lock().unwrap();
        let mut answered = self.answered.lock().unwrap();
        unanswered.retain(|it| it.id != intent.id);
        // Without a key, whoever got no answer cannot ask again for the same.
        if intent.key().is_none() {
            return;
        }
        if unknown {
            unanswered.push(intent);
        } else {
            answered.retain(|it| it.id != intent.id);
            answered.push(intent);
        }
    }
}

/// A process on what is kept.
fn process(
    store: &Arc<FaultyStore>,
    moods: &Arc<Moods>,
    clock: &Arc<ManualClock>,
    outside: &Arc<Outside>,
) -> Result<Arc<Engine>, Error> {
    let parts = Parts {
        store: store.clone(),
        advisor: moods.clone(),
        clock: clock.clone(),
        directory: city::directory(),
        rules: RuleBook::default(),
    };
    Ok(Arc::new(Engine::new(parts)?.with_notifier(outside.clone())))
}
