//! A city of any size: an engine on a data directory, filled with orders through real commits.

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use anyhow::Context as _;
use chrono::{DateTime, Utc};
use contract::types::{Channel, OrderType};
use contract::{escalation, knowledge, routing};
use engine::ports::{ActiveRule, Advisor, DecisionContext, ManualClock, PersonalData, Store as _};
use engine::{CommandOptions, Engine, NewRequest, Parts};
use lifecycle::advice::{Attempt, EscalationAdvice, Outcome, RoutingAdvice, RuleImage};
use lifecycle::directory::Directory;
use lifecycle::ids::{Actor, DistrictCode, OrderId, Role, UnitCode};
use lifecycle::ruleset::RuleBook;
use store::{Options, SqliteStore};

use crate::root;

/// Wednesday morning, when every order is registered. Verification ends at 24:00 of Friday.
pub(crate) const START: &str = "2026-09-16T10:00:00+08:00";
/// Callers at the same time, as `kapok import` has.
pub(crate) const CALLERS: usize = 64;
/// Units that the orders go to in turn.
const UNITS: [&str; 5] = ["GZ-CGJ", "GZ-ZJJ", "GZ-STHJ", "GZ-JTJ", "GZ-D106"];
/// Districts that they come from in turn.
const DISTRICTS: [&str; 4] = ["440106", "440104", "440111", "440113"];

pub(crate) fn instant(text: &str) -> anyhow::Result<DateTime<Utc>> {
    text.parse()
        .with_context(|| format!("`{text}` is no instant"))
}

pub(crate) fn operator() -> Actor {
    Actor {
        role: Role::Operator,
        name: "op-bench".to_owned(),
    }
}

/// Staff of a unit.
pub(crate) fn staff(unit: &UnitCode) -> Actor {
    Actor {
        role: Role::Unit(unit.clone()),
        name: "staff".to_owned(),
    }
}

/// The demo city's units and districts.
pub(crate) fn directory() -> anyhow::Result<Directory> {
    let organisations = root().join("host/kapok/demo/organisations.toml");
    Ok(toml::from_str(&fs::read_to_string(organisations)?)?)
}

/// Dispatches every order at once, to the unit that its text begins with; costs next to nothing.
struct AtOnce;

impl Advisor for AtOnce {
    fn route(&self, context: &DecisionContext, question: &routing::Question) -> RoutingAdvice {
        let unit = question.text.split(' ').next().unwrap_or_default();
        let rule = RuleImage {
            image: "ab".repeat(32),
            component: "cd".repeat(32),
            settings: "ef".repeat(32),
            name: "at-once 0.1.0".to_owned(),
            engine: "none".to_owned(),
        };
        RoutingAdvice {
            decision: context.id,
            question: String::new(),
            attempts: vec![Attempt {
                scope: "440100".to_owned(),
                rule,
                outcome: Outcome::Answered,
                fuel: 1,
                duration_us: 1,
                canary: false,
                function: None,
            }],
            verdict: Some(vec![routing::Candidate {
                unit: unit.to_owned(),
                score_permille: 950,
                reason: "关键词".to_owned(),
            }]),
        }
    }

    fn escalate(&self, context: &DecisionContext, _: &escalation::Question) -> EscalationAdvice {
        EscalationAdvice {
            decision: context.id,
            question: String::new(),
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

/// An engine with the orders that were registered through it.
pub(crate) struct City {
    pub(crate) engine: Engine,
    pub(crate) store: Arc<SqliteStore>,
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) orders: Vec<OrderId>,
}

impl City {
    /// A new city, on a clock that stands at [`START`].
    pub(crate) fn open(data: &Path) -> anyhow::Result<Self> {
        let clock = Arc::new(ManualClock::at(instant(START)?));
        let store = Arc::new(SqliteStore::open(data, &Options::default())?);
        let engine = Engine::new(Parts {
            store: store.clone(),
            advisor: Arc::new(AtOnce),
            clock: clock.clone(),
            directory: directory()?,
            rules: RuleBook::default(),
        })?;
        Ok(Self {
            engine,
            store,
            clock,
            orders: Vec::new(),
        })
    }

    /// Registers and dispatches orders until there are so many; each is a commit of its own.
    pub(crate) fn grow(&mut self, count: usize) -> anyhow::Result<()> {
        let next = AtomicUsize::new(self.orders.len());
        let engine = &self.engine;
        let register = || -> anyhow::Result<Vec<OrderId>> {
            let mut orders = Vec::new();
            loop {
                let n = next.fetch_add(1, Ordering::Relaxed);
                if n >= count {
                    return Ok(orders);
                }
                let options = CommandOptions::default();
                let handled = engine.register(request(n), &operator(), &options)?;
                orders.push(handled.order.id);
            }
        };
        let grown: anyhow::Result<Vec<Vec<OrderId>>> = thread::scope(|scope| {
            let callers: Vec<_> = (0..CALLERS).map(|_| scope.spawn(register)).collect();
            callers.into_iter().map(joined).collect()
        });
        self.orders.extend(grown?.into_iter().flatten());
        Ok(())
    }

    /// Leaves the data to whoever opens it next, on a clock that stands at this instant.
    pub(crate) fn leave(self, at: DateTime<Utc>) -> anyhow::Result<()> {
        Ok(self.store.set_manual_clock(at)?)
    }
}

fn joined<T>(caller: thread::ScopedJoinHandle<'_, anyhow::Result<T>>) -> anyhow::Result<T> {
    let joined = caller.join();
    joined.map_err(|_panic| anyhow::anyhow!("a caller panicked"))?
}

fn request(n: usize) -> NewRequest {
    let pick = |list: &[&str]| {
        list.get(n % list.len())
            .copied()
            .unwrap_or_default()
            .to_owned()
    };
    let text = format!(
        "{} 某工地连续三晚凌晨一点还在打桩,要求停止夜间施工(第{n}件)。",
        pick(&UNITS)
    );
    NewRequest {
        district: Some(DistrictCode::new(pick(&DISTRICTS))),
        subject: "工地夜间施工噪声".to_owned(),
        personal: PersonalData {
            phone: Some(format!("138{n:08}")),
            ..PersonalData::default()
        },
        ..NewRequest::new(OrderType::Complaint, Channel::Phone, text)
    }
}
