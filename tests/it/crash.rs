//! A process that is killed at any point loses nothing that it acknowledged, and does nothing twice:
//! orders, texts, journal, timers and outbox are whole when the next one opens the same data.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Command as Process, Stdio};
use std::sync::Arc;

use chrono::{DateTime, Utc};
use contract::types::{Channel, OrderType};
use contract::{escalation, knowledge, routing};
use engine::ports::{
    ActiveRule, Advisor, Clock, DecisionContext, ManualClock, Message, OrderFilter, Store, Subject,
    SystemClock,
};
use engine::{CommandOptions, Engine, NewRequest, Parts, Tick};
use lifecycle::advice::{Attempt, EscalationAdvice, RoutingAdvice};
use lifecycle::command::{Command, Moment};
use lifecycle::deadline::DeadlineKind;
use lifecycle::directory::Directory;
use lifecycle::effect::Notice;
use lifecycle::event::{Event, Recorded};
use lifecycle::ids::{Actor, OrderId, Role};
use lifecycle::ruleset::RuleBook;
use store::{Options, SqliteStore};

/// Tells the child where to write.
pub(crate) const DIR: &str = "KAPOK_CRASH_TEST_DIR";
/// A line on the child's standard output that acknowledges a commit.
pub(crate) const ACKNOWLEDGED: &str = "acknowledged ";

/// A city in which no rule is active: every order waits for a person.
struct NoRules;

impl Advisor for NoRules {
    fn route(&self, context: &DecisionContext, _: &routing::Question) -> RoutingAdvice {
        let (decision, question) = (context.id, String::new());
        RoutingAdvice {
            decision,
            question,
            attempts: Vec::new(),
            verdict: None,
        }
    }

    fn escalate(&self, context: &DecisionContext, _: &escalation::Question) -> EscalationAdvice {
        let (decision, question) = (context.id, String::new());
        EscalationAdvice {
            decision,
            question,
            attempts: Vec::new(),
            verdict: None,
        }
    }

    fn check(
        &self,
        _: &DecisionContext,
        _: &knowledge::Point,
    ) -> Vec<(Attempt, Vec<knowledge::Finding>)> {
        Vec::new()
    }

    fn active(&self) -> Vec<ActiveRule> {
        Vec::new()
    }
}

#[test]
fn what_was_acknowledged_survives_being_killed() {
    let dir = tempfile::tempdir().unwrap();
    let mut acknowledged = BTreeMap::new();
    // From before the first commit to the middle of many.
    for lines in [0, 1, 40, 150, 400] {
        run_and_kill(dir.path(), lines, &mut acknowledged);
        check(dir.path(), &acknowledged);
    }
    assert!(acknowledged.len() > 100, "{}", acknowledged.len());
}

/// Runs a writer until it has acknowledged so many commits, kills it, and notes what it acknowledged.
fn run_and_kill(dir: &Path, lines: usize, acknowledged: &mut BTreeMap<OrderId, u64>) {
    for line in run_child("crash::writes_until_it_is_killed", dir, lines) {
        let (id, version) = line.split_once(' ').unwrap();
        let version: u64 = version.parse().unwrap();
        let known = acknowledged.entry(OrderId::new(id)).or_default();
        *known = version.max(*known);
    }
}

/// Runs a test of this file as another process until it has acknowledged so often, kills it, and gives
/// what it acknowledged.
pub(crate) fn run_child(test: &str, dir: &Path, lines: usize) -> Vec<String> {
    let mut child = Process::new(std::env::current_exe().unwrap())
        .args(["--exact", test, "--nocapture"])
        .env(DIR, dir)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut output = BufReader::new(child.stdout.take().unwrap());
    let mut seen = Vec::new();
    let mut killed = false;
    loop {
        // After the kill, what still stands in the pipe was acknowledged before.
        if !killed && seen.len() >= lines {
            child.kill().unwrap();
            killed = true;
        }
        let mut line = String::new();
        if output.read_line(&mut line).unwrap() == 0 {
            break;
        }
        let acknowledged = line.strip_prefix(ACKNOWLEDGED);
        seen.extend(acknowledged.and_then(|rest| Some(rest.strip_suffix('\n')?.to_owned())));
    }
    child.wait().unwrap();
    assert!(killed, "{test} ended by itself after {} lines", seen.len());
    seen
}

/// Everything that was acknowledged is there, and everything that is there is whole.
fn check(dir: &Path, acknowledged: &BTreeMap<OrderId, u64>) {
    let store = SqliteStore::open(dir, &Options::default()).unwrap();
    for (id, version) in acknowledged {
        let order = store.load(id).unwrap();
        let kept = order.map_or(0, |order| order.version);
        assert!(
            kept >= *version,
            "order {id}: version {version} acknowledged, {kept} kept"
        );
    }
    let pending = store
        .pending_effects(DateTime::<Utc>::MAX_UTC, 100_000)
        .unwrap();
    let mut after = None;
    loop {
        let page = store
            .list(&OrderFilter::default(), after.as_deref(), 100)
            .unwrap();
        for line in page.items {
            let order = store.load(&line.id).unwrap().unwrap();
            let history = store.history(&line.id).unwrap();
            assert_eq!(lifecycle::replay(&history).unwrap().as_ref(), Some(&order));
            assert_eq!(
                store.texts(&[order.request]).unwrap().len(),
                1,
                "{}",
                line.id
            );
            let question = order.routing.unwrap().question;
            assert!(store.question(&question).unwrap().is_some(), "{}", line.id);
            // Whom each event tells of the order: told, or still to be told, and never both.
            let told: BTreeSet<i64> = store
                .messages(&Subject::Order(line.id.clone()))
                .unwrap()
                .iter()
                .map(|message| message.id)
                .collect();
            let to_tell: BTreeSet<i64> = pending
                .iter()
                .filter(|it| it.subject.order() == Some(&line.id))
                .map(|it| it.id)
                .collect();
            assert!(told.is_disjoint(&to_tell), "{}", line.id);
            let advised = history
                .iter()
                .filter(|it| it.event.name() == "routing_advised")
                .count();
            assert_eq!(told.len() + to_tell.len(), advised, "{}", line.id);
        }
        after = page.next;
        if after.is_none() {
            break;
        }
    }
}

/// The child: registers orders and asks again who should have them, on several threads, while
/// another one works off what is due, until it is killed.
#[test]
fn writes_until_it_is_killed() {
    // Without the variable this is a test run like any other, and there is nothing to do.
    let Some(dir) = std::env::var_os(DIR) else {
        return;
    };
    let engine = engine(Path::new(&dir), SystemClock);
    std::thread::scope(|scope| {
        for caller in 0..8 {
            let engine = &engine;
            scope.spawn(move || write(engine, caller));
        }
        loop {
            engine.tick(32).unwrap();
        }
    });
}

/// An engine on a data directory.
fn engine(dir: &Path, clock: impl Clock + 'static) -> Engine {
    let store = SqliteStore::open(dir, &Options::default()).unwrap();
    let engine = Engine::new(Parts {
        store: Arc::new(store),
        advisor: Arc::new(NoRules),
        clock: Arc::new(clock),
        directory: Directory::default(),
        rules: RuleBook::default(),
    });
    engine.unwrap()
}

fn write(engine: &Engine, caller: usize) {
    let by = Actor {
        role: Role::Operator,
        name: format!("op-{caller}"),
    };
    for n in 0_u64.. {
        let options = CommandOptions::default();
        let request = request(format!("第{caller}-{n}件:某工地凌晨打桩"));
        let order = engine.register(request, &by, &options).unwrap().order;
        acknowledge(&order.id, order.version);
        let order = engine
            .handle(&order.id, &by, &options, |_| Command::Route)
            .unwrap()
            .order;
        acknowledge(&order.id, order.version);
    }
}

fn request(text: String) -> NewRequest {
    NewRequest::new(OrderType::Complaint, Channel::Phone, text)
}

fn acknowledge(order: &OrderId, version: u64) {
    acknowledge_line(&format!("{order} {version}"));
}

fn acknowledge_line(line: &str) {
    let mut output = std::io::stdout().lock();
    writeln!(output, "{ACKNOWLEDGED}{line}").unwrap();
    output.flush().unwrap();
}

/// Orders whose time to be dispatched ends at one instant.
const HERD: usize = 400;
/// Timers a tick; far fewer.
const BATCH: u32 = 16;

/// When the orders are registered, and days after they should have been dispatched.
const REGISTERED: &str = "2026-09-16T10:00:00+08:00";
const DAYS_LATER: &str = "2026-09-20T10:00:00+08:00";

fn clock(instant: &str) -> ManualClock {
    ManualClock::at(instant.parse().unwrap())
}

#[test]
fn each_timer_fires_once_however_often_the_process_is_killed() {
    let dir = tempfile::tempdir().unwrap();
    let by = Actor {
        role: Role::Operator,
        name: "op-1".to_owned(),
    };
    let before = engine(dir.path(), clock(REGISTERED));
    let orders: Vec<OrderId> = (0..HERD)
        .map(|n| {
            let (request, options) = (request(format!("第{n}件")), CommandOptions::default());
            before.register(request, &by, &options).unwrap().order.id
        })
        .collect();
    drop(before);
    // In the first batch, between batches, and where effects follow.
    for ticks in [0, 1, 3, 8, 5] {
        run_child("crash::fires_until_it_is_killed", dir.path(), ticks);
    }
    let after = engine(dir.path(), clock(DAYS_LATER));
    while after.tick(BATCH).unwrap().more {}
    for id in &orders {
        let view = after.view(id, &by).unwrap();
        let passed = |recorded: &&Recorded| {
            matches!(
                recorded.event,
                Event::DeadlineMarked {
                    deadline: DeadlineKind::Dispatch,
                    moment: Moment::Passed,
                    ..
                }
            )
        };
        assert_eq!(view.history.iter().filter(passed).count(), 1, "{id}");
        let told = |message: &&Message| {
            let about = &message.notification.about;
            matches!(
                about,
                Notice::Overdue {
                    deadline: DeadlineKind::Dispatch,
                    ..
                }
            )
        };
        assert_eq!(view.messages.iter().filter(told).count(), 1, "{id}");
    }
    assert_eq!(after.tick(BATCH).unwrap(), Tick::default());
}

/// The child: works off what was due days ago, until it is killed.
#[test]
fn fires_until_it_is_killed() {
    let Some(dir) = std::env::var_os(DIR) else {
        return;
    };
    let engine = engine(Path::new(&dir), clock(DAYS_LATER));
    loop {
        let tick = engine.tick(BATCH).unwrap();
        acknowledge_line(&format!("{tick:?}"));
    }
}
