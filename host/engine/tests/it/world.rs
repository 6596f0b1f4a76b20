//! A small city to test in: its organisations, its people, a rule that goes by one word, and a clock
//! that stands still.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use chrono::{DateTime, Utc};
use contract::types::{Channel, OrderType};
use contract::{escalation, knowledge, routing};
use engine::ports::{
    ActiveRule, Advisor, BoxOnly, CITY, DecisionContext, ManualClock, Notifier, PersonalData,
};
use engine::{CommandOptions, Engine, Error, Handled, NewRequest, Parts, Texts};
use lifecycle::advice::{
    Attempt, EscalationAdvice, FailureKind, Outcome, RoutingAdvice, RuleImage,
};
use lifecycle::command::{
    Command, Evidence, EvidenceKind, HandlingConclusion, HandlingReport, Reply, ReplyMethod,
    ReportContent,
};
use lifecycle::directory::{Directory, District, Unit};
use lifecycle::ids::{Actor, DistrictCode, OrderId, Role, UnitCode};
use lifecycle::ruleset::RuleBook;

use crate::memory::MemoryStore;

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

pub(crate) fn admin() -> Actor {
    Actor {
        role: Role::Admin,
        name: "admin".to_owned(),
    }
}

pub(crate) fn unit(code: &str) -> Actor {
    Actor {
        role: Role::Unit(UnitCode::new(code)),
        name: format!("staff of {code}"),
    }
}

pub(crate) fn leader(code: &str) -> Actor {
    Actor {
        role: Role::Leader(UnitCode::new(code)),
        name: format!("leader of {code}"),
    }
}

pub(crate) fn channel(name: &str) -> Actor {
    Actor {
        role: Role::Channel,
        name: name.to_owned(),
    }
}

pub(crate) fn district(code: &str) -> Actor {
    Actor {
        role: Role::District(DistrictCode::new(code)),
        name: format!("office of {code}"),
    }
}

pub(crate) fn auditor() -> Actor {
    Actor {
        role: Role::Auditor,
        name: "auditor".to_owned(),
    }
}

/// What happens while the plugins are being asked, once.
type Meanwhile = Box<dyn FnOnce() + Send>;

/// A rule: 打桩 is Tianhe's, 电梯 is Tianhe's or the housing bureau's, everything else nobody's.
/// Whatever comes near or is overdue is told to the centre.
#[derive(Default)]
pub(crate) struct OneWordRule {
    meanwhile: Mutex<Option<Meanwhile>>,
    pub(crate) asked: Mutex<Vec<DecisionContext>>,
    /// How long it says that it thinks about an escalation, in microseconds.
    pub(crate) thinks_us: AtomicU64,
}

impl OneWordRule {
    fn note(&self, context: &DecisionContext) {
        self.asked.lock().unwrap().push(context.clone());
        let meanwhile = self.meanwhile.lock().unwrap().take();
        if let Some(meanwhile) = meanwhile {
            meanwhile();
        }
    }

    fn attempt(context: &DecisionContext, outcome: Outcome) -> Vec<Attempt> {
        let rule = RuleImage {
            image: "ab".repeat(32),
            component: "cd".repeat(32),
            settings: "ef".repeat(32),
            name: "one-word 0.1.0".to_owned(),
            engine: "none".to_owned(),
        };
        let scope = context.scopes.last().unwrap().clone();
        vec![Attempt {
            scope,
            rule,
            outcome,
            fuel: 1,
            duration_us: 1,
            canary: false,
            function: None,
        }]
    }
}

impl Advisor for OneWordRule {
    fn route(&self, context: &DecisionContext, question: &routing::Question) -> RoutingAdvice {
        self.note(context);
        let candidate = |unit: &str, score_permille| routing::Candidate {
            unit: unit.to_owned(),
            score_permille,
            reason: "关键词".to_owned(),
        };
        let verdict = if question.text.contains("打桩") {
            Some(vec![candidate("GZ-D106", 950), candidate("GZ-ZJJ", 300)])
        } else if question.text.contains("电梯") {
            Some(vec![candidate("GZ-D106", 800), candidate("GZ-ZJJ", 780)])
        } else {
            None
        };
        let outcome = if verdict.is_some() {
            Outcome::Answered
        } else {
            Outcome::NoOpinion
        };
        RoutingAdvice {
            decision: context.id,
            question: String::new(),
            attempts: Self::attempt(context, outcome),
            verdict,
        }
    }

    fn escalate(
        &self,
        context: &DecisionContext,
        _question: &escalation::Question,
    ) -> EscalationAdvice {
        self.note(context);
        // Only the city has this rule.
        if context.scopes.last().is_none_or(|scope| scope != CITY) {
            return EscalationAdvice {
                decision: context.id,
                question: String::new(),
                attempts: Vec::new(),
                verdict: None,
            };
        }
        let mut attempts = Self::attempt(context, Outcome::Answered);
        attempts[0].duration_us = self.thinks_us.load(Ordering::Relaxed);
        EscalationAdvice {
            decision: context.id,
            question: String::new(),
            attempts,
            verdict: Some(vec![escalation::Proposal {
                action: escalation::Action::Notify(escalation::Audience::HotlineCenter),
                reason: "请关注".to_owned(),
            }]),
        }
    }

    /// Every scope but the housing bureau's has one: 内部 blocks in the unit, what is short warns in the
    /// district, and the city's fails where it is asked about a 故障.
    fn check(
        &self,
        context: &DecisionContext,
        point: &knowledge::Point,
    ) -> Vec<(Attempt, Vec<knowledge::Finding>)> {
        self.note(context);
        let finding = |severity, message: &str| knowledge::Finding {
            severity,
            field: knowledge::Field::Body,
            index: None,
            code: "one-word".to_owned(),
            message: message.to_owned(),
        };
        let check = |scope: &String| {
            let mut findings = Vec::new();
            if scope == "GZ-D106" && point.body.contains("内部") {
                findings.push(finding(knowledge::Severity::Block, "正文含内部信息"));
            }
            if scope == "440106" && point.body.chars().count() < 10 {
                findings.push(finding(knowledge::Severity::Warn, "正文过短"));
            }
            let outcome = if scope == CITY && point.body.contains("故障") {
                Outcome::Failed {
                    kind: FailureKind::Trapped,
                    detail: "unreachable".to_owned(),
                }
            } else {
                Outcome::Answered
            };
            let mut attempt = Self::attempt(context, outcome).remove(0);
            attempt.scope.clone_from(scope);
            (attempt, findings)
        };
        let scopes = context.scopes.iter().filter(|scope| *scope != "GZ-ZJJ");
        scopes.map(check).collect()
    }

    fn active(&self) -> Vec<ActiveRule> {
        Vec::new()
    }
}

/// The engine with everything that it stands on.
pub(crate) struct World {
    pub(crate) engine: Arc<Engine>,
    pub(crate) store: Arc<MemoryStore>,
    pub(crate) rule: Arc<OneWordRule>,
    pub(crate) clock: Arc<ManualClock>,
}

impl World {
    pub(crate) fn new() -> Self {
        let clock = Arc::new(ManualClock::at(at(START)));
        Self::on(Arc::new(MemoryStore::default()), clock)
    }

    /// An engine on what an earlier one left behind.
    pub(crate) fn on(store: Arc<MemoryStore>, clock: Arc<ManualClock>) -> Self {
        Self::telling(store, clock, Arc::new(BoxOnly))
    }

    /// The same, with messages that leave the house.
    pub(crate) fn telling(
        store: Arc<MemoryStore>,
        clock: Arc<ManualClock>,
        notifier: Arc<dyn Notifier>,
    ) -> Self {
        let rule = Arc::new(OneWordRule::default());
        let parts = Parts {
            store: store.clone(),
            advisor: rule.clone(),
            clock: clock.clone(),
            directory: directory(),
            rules: RuleBook::default(),
        };
        Self {
            engine: Arc::new(Engine::new(parts).unwrap().with_notifier(notifier)),
            store,
            rule,
            clock,
        }
    }

    /// The same after a crash: a new engine, nothing but the store survives.
    pub(crate) fn restarted(&self) -> Self {
        Self::on(self.store.clone(), self.clock.clone())
    }

    /// While plugins are asked the next time, this happens.
    pub(crate) fn meanwhile(&self, happens: impl FnOnce(&Engine) + Send + 'static) {
        let engine = self.engine.clone();
        *self.rule.meanwhile.lock().unwrap() = Some(Box::new(move || happens(&engine)));
    }

    /// Breaks an order or a dossier, so that it can neither be loaded nor kept.
    pub(crate) fn break_one(&self, number: &str) {
        self.store.broken.lock().unwrap().insert(number.to_owned());
    }

    /// Mends it.
    pub(crate) fn mend(&self, number: &str) {
        self.store.broken.lock().unwrap().remove(number);
    }

    pub(crate) fn register(&self, text: &str) -> Handled {
        self.engine
            .register(request(text), &operator(), &CommandOptions::default())
            .unwrap()
    }

    pub(crate) fn give(
        &self,
        order: &OrderId,
        by: &Actor,
        build: impl FnOnce(&mut Texts) -> Command,
    ) -> Result<Handled, Error> {
        self.engine
            .handle(order, by, &CommandOptions::default(), build)
    }

    /// Works off everything that is due.
    pub(crate) fn work_off(&self) -> engine::Tick {
        let mut sum = engine::Tick::default();
        for _ in 0..100 {
            let tick = self.engine.tick(16).unwrap();
            sum.timers += tick.timers;
            sum.effects += tick.effects;
            sum.recomputed += tick.recomputed;
            sum.put_off += tick.put_off;
            if !tick.more {
                return sum;
            }
        }
        panic!("there is always more to do: {sum:?}");
    }

    /// The names of an order's events.
    pub(crate) fn events(&self, order: &OrderId) -> Vec<&'static str> {
        let view = self.engine.view(order, &operator()).unwrap();
        view.history
            .iter()
            .map(|recorded| recorded.event.name())
            .collect()
    }
}

/// A complaint from Tianhe.
pub(crate) fn request(text: &str) -> NewRequest {
    NewRequest {
        district: Some(DistrictCode::new("440106")),
        street: Some("员村街道".to_owned()),
        subject: "求助".to_owned(),
        personal: PersonalData {
            name: Some("钟晓彤".to_owned()),
            phone: Some("13800001234".to_owned()),
            ..PersonalData::default()
        },
        ..NewRequest::new(OrderType::Complaint, Channel::Phone, text.to_owned())
    }
}

pub(crate) fn reply(replied_at: DateTime<Utc>, texts: &mut Texts) -> Command {
    Command::RecordReply(Reply {
        replied_at,
        method: ReplyMethod::Phone,
        content: texts.add("已责令夜间停工".to_owned()),
        evidence: vec![Evidence {
            kind: EvidenceKind::Recording,
            reference: "rec-1".to_owned(),
        }],
    })
}

pub(crate) fn report(until: DateTime<Utc>, texts: &mut Texts) -> Command {
    Command::Submit(HandlingReport {
        handled_from: until,
        handled_until: until,
        handling_office: None,
        course: texts.add("现场检查".to_owned()),
        result: texts.add("已停工,联系人陈女士".to_owned()),
        reply_exception: None,
        remarks: None,
        conclusion: HandlingConclusion::Handled,
        content: Some(ReportContent::Complaint {
            handling: texts.add("已处理".to_owned()),
            mediation: None,
        }),
    })
}

pub(crate) fn directory() -> Directory {
    let districts = [("440106", "天河区"), ("440111", "白云区")].map(|(code, name)| District {
        code: DistrictCode::new(code),
        name: name.to_owned(),
        office: format!("{name}热线办"),
        reviews: false,
    });
    let units = [
        ("GZ-D106", Some("440106")),
        ("GZ-ZJJ", None),
        // The power company: the Rules apply to it by reference (Art. 44).
        ("GZ-GDJ", None),
    ];
    let units = units.map(|(code, district)| Unit {
        code: UnitCode::new(code),
        name: code.to_owned(),
        kind: None,
        district: district.map(DistrictCode::new),
        by_reference: code == "GZ-GDJ",
    });
    Directory::new(districts, units).unwrap()
}
