//! A process that is killed at any point loses nothing that it acknowledged: orders, texts, journal
//! and outbox are whole when the next one opens the same data.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Command as Process, Stdio};
use std::sync::Arc;

use contract::types::{Channel, OrderType};
use contract::{escalation, knowledge, routing};
use engine::ports::{
    ActiveRule, Advisor, DecisionContext, OrderFilter, PersonalData, Store, SystemClock,
};
use engine::{CommandOptions, Engine, NewRequest, Parts};
use lifecycle::advice::{Attempt, EscalationAdvice, RoutingAdvice};
use lifecycle::command::Command;
use lifecycle::directory::Directory;
use lifecycle::ids::{Actor, OrderId, Role};
use lifecycle::ruleset::RuleSet;
use store::{Options, SqliteStore};

/// Tells the child where to write.
const DIR: &str = "KAPOK_CRASH_TEST_DIR";
/// A line on the child's standard output that acknowledges a commit.
const ACKNOWLEDGED: &str = "acknowledged ";

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
    let mut child = Process::new(std::env::current_exe().unwrap())
        .args(["--exact", "crash::writes_until_it_is_killed", "--nocapture"])
        .env(DIR, dir)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut output = BufReader::new(child.stdout.take().unwrap());
    let mut seen = 0;
    let mut killed = false;
    loop {
        // After the kill, what still stands in the pipe was acknowledged before.
        if !killed && seen >= lines {
            child.kill().unwrap();
            killed = true;
        }
        let mut line = String::new();
        if output.read_line(&mut line).unwrap() == 0 {
            break;
        }
        if let Some(rest) = line.strip_prefix(ACKNOWLEDGED)
            && let Some((id, version)) = rest.strip_suffix('\n').and_then(|it| it.split_once(' '))
        {
            seen += 1;
            let version: u64 = version.parse().unwrap();
            let known = acknowledged.entry(OrderId::new(id)).or_default();
            *known = version.max(*known);
        }
    }
    child.wait().unwrap();
    assert!(killed, "the writer ended by itself after {seen} commits");
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
    let pending = store.pending_effects(100_000).unwrap();
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
                .messages(&line.id)
                .unwrap()
                .iter()
                .map(|message| message.id)
                .collect();
            let to_tell: BTreeSet<i64> = pending
                .iter()
                .filter(|it| it.order == line.id)
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
    let store = SqliteStore::open(Path::new(&dir), &Options::default()).unwrap();
    let engine = Engine::new(Parts {
        store: Arc::new(store),
        advisor: Arc::new(NoRules),
        clock: Arc::new(SystemClock),
        directory: Directory::default(),
        rules: RuleSet::guangzhou_2023(),
    });
    let engine = engine.unwrap();
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

fn write(engine: &Engine, caller: usize) {
    let by = Actor {
        role: Role::Operator,
        name: format!("op-{caller}"),
    };
    for n in 0_u64.. {
        let request = NewRequest {
            order_type: OrderType::Complaint,
            channel: Channel::Phone,
            district: None,
            street: None,
            category: None,
            subject: String::new(),
            text: format!("第{caller}-{n}件:某工地凌晨打桩"),
            personal: PersonalData::default(),
            source: None,
            registered_at: None,
        };
        let options = CommandOptions::default();
        let order = engine.register(request, &by, &options).unwrap().order;
        acknowledge(&order.id, order.version);
        let order = engine
            .handle(&order.id, &by, &options, |_| Command::Route)
            .unwrap()
            .order;
        acknowledge(&order.id, order.version);
    }
}

fn acknowledge(order: &OrderId, version: u64) {
    let mut output = std::io::stdout().lock();
    writeln!(output, "{ACKNOWLEDGED}{order} {version}").unwrap();
    output.flush().unwrap();
}
