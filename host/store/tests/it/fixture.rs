//! A data directory, and commits as the engine makes them.

use std::path::PathBuf;

use calendar::Calendar;
use chrono::{DateTime, Utc};
use contract::routing::Candidate;
use contract::types::{Channel, OrderType};
use engine::ports::{Commit, CommitError, PersonalData, Store as _};
use lifecycle::advice::{Attempt, Outcome, RoutingAdvice, RuleImage};
use lifecycle::assessment::Assessment;
use lifecycle::command::{Command, Identification, Registration};
use lifecycle::directory::{Directory, District, Unit};
use lifecycle::event::Recorded;
use lifecycle::ids::{Actor, DistrictCode, OrderId, RequesterId, Role, TextId, UnitCode};
use lifecycle::order::WorkOrder;
use lifecycle::ruleset::RuleBook;
use lifecycle::{Context, Facts};
use rusqlite::Connection;
use store::{Options, SqliteStore};
use uuid::Uuid;

/// Wednesday.
pub(crate) const START: &str = "2026-09-16T10:00:00+08:00";

pub(crate) fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

pub(crate) fn operator() -> Actor {
    Actor {
        role: Role::Operator,
        name: "op-7".to_owned(),
    }
}

pub(crate) fn unit() -> Actor {
    Actor {
        role: Role::Unit(UnitCode::new("GZ-D106")),
        name: "staff".to_owned(),
    }
}

pub(crate) fn channel() -> Actor {
    Actor {
        role: Role::Channel,
        name: "穗好办".to_owned(),
    }
}

/// A store in a directory of its own.
pub(crate) struct Fixture {
    dir: tempfile::TempDir,
    pub(crate) store: SqliteStore,
}

impl Fixture {
    pub(crate) fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let store = SqliteStore::open(dir.path(), &Options::default()).unwrap();
        Self { dir, store }
    }

    /// The same directory, closed and opened again.
    pub(crate) fn reopened(self) -> Self {
        drop(self.store);
        let store = SqliteStore::open(self.dir.path(), &Options::default()).unwrap();
        Self {
            dir: self.dir,
            store,
        }
    }

    pub(crate) fn file(&self) -> PathBuf {
        self.dir.path().join("kapok.db")
    }

    /// The file behind the store's back.
    pub(crate) fn raw(&self) -> Connection {
        Connection::open(self.file()).unwrap()
    }

    pub(crate) fn load(&self, order: &OrderId) -> WorkOrder {
        self.store.load(order).unwrap().unwrap()
    }

    /// Commits a registration and gives the order.
    pub(crate) fn register(&self, n: u8) -> WorkOrder {
        let commit = registration(n, at(START), &operator());
        let order = commit.order.clone();
        self.store.commit(commit).unwrap();
        order
    }

    /// Commits what a command makes of an order.
    pub(crate) fn give(
        &self,
        order: &WorkOrder,
        command: &Command,
        by: &Actor,
        now: DateTime<Utc>,
    ) -> Result<(), CommitError> {
        self.store.commit(step(Some(order), command, by, now))
    }
}

/// The commit of the n-th registration, dispatched on advice.
pub(crate) fn registration(n: u8, now: DateTime<Utc>, by: &Actor) -> Commit {
    let uuid =
        |kind: u8| Uuid::from_bytes([kind, n, 0, 0, 0, 0, 0x70, 0, 0x80, 0, 0, 0, 0, 0, 0, 0]);
    let command = Command::Register(Registration {
        order: OrderId::new(format!("20260916-{n:010}")),
        order_type: OrderType::Complaint,
        channel: Channel::Phone,
        district: Some(DistrictCode::new("440106")),
        street: None,
        category: None,
        requester: RequesterId(uuid(1)),
        request: TextId(uuid(2)),
        source: Some(format!("test:{n}")),
        real_name: None,
        identification: Identification::default(),
        concealment: None,
        consumer_mediation: false,
        against_unit: None,
        contact: None,
        refiled_from: None,
        missing: None,
    });
    let mut commit = step(None, &command, by, now);
    commit.requester = Some((
        RequesterId(uuid(1)),
        PersonalData {
            name: Some("钟晓彤".to_owned()),
            ..PersonalData::default()
        },
    ));
    commit.texts = vec![(TextId(uuid(2)), format!("第{n}件:某工地凌晨打桩"))];
    commit.questions = vec![(hex::encode([n; 32]), format!("question {n}").into_bytes())];
    commit
}

/// The commit of a command.
pub(crate) fn step(
    order: Option<&WorkOrder>,
    command: &Command,
    by: &Actor,
    now: DateTime<Utc>,
) -> Commit {
    let (calendar, rules, directory) = (Calendar::shipped(), RuleBook::default(), directory());
    let context = Context {
        now,
        calendar: &calendar,
        rules: &rules,
        directory: &directory,
    };
    let facts = Facts {
        routing: Some(advice()),
        escalation: None,
        related: None,
        alike: None,
    };
    let decision = lifecycle::decide(order, command, by, &facts, &context).unwrap();
    let expected_version = order.map_or(0, |order| order.version);
    let events: Vec<Recorded> = (expected_version + 1..)
        .zip(decision.events)
        .map(|(seq, event)| Recorded {
            seq,
            at: now,
            by: by.clone(),
            event,
        })
        .collect();
    let order = events
        .iter()
        .fold(order.cloned(), |order, event| {
            Some(lifecycle::apply(order, event).unwrap())
        })
        .unwrap();
    Commit {
        expected_version,
        events,
        timers: lifecycle::timers(&order),
        assessment: Assessment::of(&order, &calendar),
        order,
        effects: decision.effects,
        requester: None,
        texts: Vec::new(),
        questions: Vec::new(),
        idempotency: None,
        completes: None,
        message: None,
    }
}

fn advice() -> RoutingAdvice {
    let rule = RuleImage {
        image: "ab".repeat(32),
        component: "cd".repeat(32),
        settings: "ef".repeat(32),
        name: "always-tianhe 0.1.0".to_owned(),
        engine: "none".to_owned(),
    };
    RoutingAdvice {
        decision: Uuid::nil(),
        question: "00".repeat(32),
        attempts: vec![Attempt {
            scope: "440106".to_owned(),
            rule,
            outcome: Outcome::Answered,
            fuel: 1,
            duration_us: 1,
            canary: false,
            function: None,
        }],
        verdict: Some(vec![Candidate {
            unit: "GZ-D106".to_owned(),
            score_permille: 900,
            reason: "夜间施工".to_owned(),
        }]),
    }
}

fn directory() -> Directory {
    let district = District {
        code: DistrictCode::new("440106"),
        name: "天河区".to_owned(),
        office: "天河区热线办".to_owned(),
        reviews: false,
    };
    let unit = Unit {
        code: UnitCode::new("GZ-D106"),
        name: "天河区人民政府".to_owned(),
        kind: None,
        district: Some(DistrictCode::new("440106")),
        by_reference: false,
    };
    Directory::new([district], [unit]).unwrap()
}
