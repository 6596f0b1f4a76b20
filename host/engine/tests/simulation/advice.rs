//! Advice of every kind that gets through to the engine: none, slow, changing from question to question,
//! about units that there are not, without measure, forbidden. Scores and shapes outside the contract are
//! held back before the engine sees them, and so is nothing of that here.

use std::sync::Arc;

use chrono::TimeDelta;
use contract::escalation::{Action, Audience, Priority, Proposal};
use contract::routing::Candidate;
use contract::{escalation, knowledge, routing};
use engine::ports::{ActiveRule, Advisor, Clock as _, DecisionContext, ManualClock};
use lifecycle::advice::{
    Attempt, EscalationAdvice, FailureKind, Outcome, RoutingAdvice, RuleImage,
};

use crate::chance::Chance;
use crate::city::some_unit;
use crate::faults::FaultyStore;

/// The plugins.
pub(crate) struct Moods {
    pub(crate) store: Arc<FaultyStore>,
    pub(crate) clock: Arc<ManualClock>,
}

impl Moods {
    /// Time passes while a plugin thinks, and others do not wait for it.
    fn think(&self) {
        self.store.pause();
        let passes = {
            let mut chance = self.store.chance();
            chance.maybe(10, |chance| chance.between(1, 5000))
        };
        if let Some(milliseconds) = passes {
            self.clock
                .advance_to(self.clock.now() + TimeDelta::milliseconds(milliseconds));
        }
    }
}

impl Advisor for Moods {
    fn route(&self, context: &DecisionContext, question: &routing::Question) -> RoutingAdvice {
        self.think();
        let mut chance = self.store.chance();
        let verdict = ranking(&mut chance, question);
        RoutingAdvice {
            decision: context.id,
            question: String::new(),
            attempts: attempts(&mut chance, context, verdict.is_some()),
            verdict,
        }
    }

    fn escalate(
        &self,
        context: &DecisionContext,
        _question: &escalation::Question,
    ) -> EscalationAdvice {
        self.think();
        let mut chance = self.store.chance();
        let verdict = proposals(&mut chance);
        EscalationAdvice {
            decision: context.id,
            question: String::new(),
            attempts: attempts(&mut chance, context, verdict.is_some()),
            verdict,
        }
    }

    fn check(
        &self,
        context: &DecisionContext,
        _point: &knowledge::Point,
    ) -> Vec<(Attempt, Vec<knowledge::Finding>)> {
        self.think();
        let mut chance = self.store.chance();
        let mut all = Vec::new();
        for _ in 0..chance.below(3) {
            let answers = chance.percent(80);
            for attempt in attempts(&mut chance, context, answers) {
                let findings = findings(&mut chance, &attempt);
                all.push((attempt, findings));
            }
        }
        all
    }

    fn active(&self) -> Vec<ActiveRule> {
        Vec::new()
    }
}

fn findings(chance: &mut Chance, attempt: &Attempt) -> Vec<knowledge::Finding> {
    if attempt.outcome != Outcome::Answered || chance.percent(60) {
        return Vec::new();
    }
    vec![knowledge::Finding {
        severity: if chance.percent(30) {
            knowledge::Severity::Block
        } else {
            knowledge::Severity::Warn
        },
        field: knowledge::Field::Body,
        index: None,
        code: "mood".to_owned(),
        message: "措辞不当".to_owned(),
    }]
}

fn candidate(chance: &mut Chance, score_permille: u16) -> Candidate {
    Candidate {
        unit: some_unit(chance).to_string(),
        score_permille,
        reason: "关键词".to_owned(),
    }
}

fn ranking(chance: &mut Chance, question: &routing::Question) -> Option<Vec<Candidate>> {
    match chance.below(12) {
        // Clear.
        0..5 => Some(vec![candidate(chance, 950), candidate(chance, 300)]),
        // Too close, too low, contradictory in itself.
        5 => Some(vec![candidate(chance, 800), candidate(chance, 790)]),
        6 => Some(vec![candidate(chance, 100)]),
        7 => Some((0..3).map(|_| candidate(chance, 1000)).collect()),
        // Forbidden: a unit that returned the order.
        8 => question.excluded_units.first().map(|unit| {
            vec![Candidate {
                unit: unit.clone(),
                score_permille: 1000,
                reason: "再转".to_owned(),
            }]
        }),
        // Without measure.
        9 if chance.percent(15) => {
            let mut all: Vec<Candidate> = (0..1000).map(|_| candidate(chance, 1)).collect();
            all[0].reason = "长".repeat(4000);
            all[0].score_permille = 1000;
            Some(all)
        }
        _ => None,
    }
}

fn proposal(chance: &mut Chance) -> Proposal {
    let actions = [
        Action::Notify(Audience::HandlingUnit),
        Action::Notify(Audience::LeaderInCharge),
        Action::Notify(Audience::DistrictOffice),
        Action::Notify(Audience::HotlineCenter),
        Action::Supervise,
        Action::RaisePriority(Priority::High),
        Action::RaisePriority(Priority::Urgent),
        Action::OpenCoordination,
        Action::ListLongTerm,
    ];
    Proposal {
        action: *chance.pick(&actions),
        reason: format!("理由{}", chance.below(9)),
    }
}

fn proposals(chance: &mut Chance) -> Option<Vec<Proposal>> {
    match chance.below(40) {
        0..8 => None,
        8..12 => Some(Vec::new()),
        12 => Some((0..1000).map(|_| proposal(chance)).collect()),
        13 => Some(vec![Proposal {
            reason: "长".repeat(20_000),
            ..proposal(chance)
        }]),
        _ => {
            let many = chance.between(1, 4);
            Some((0..many).map(|_| proposal(chance)).collect())
        }
    }
}

/// Who was asked; nobody, where no rule is active.
fn attempts(chance: &mut Chance, context: &DecisionContext, answered: bool) -> Vec<Attempt> {
    let outcome = if answered {
        Outcome::Answered
    } else {
        match chance.below(9) {
            0 | 1 => return Vec::new(),
            2 | 3 => Outcome::NoOpinion,
            4 => Outcome::Refused {
                detail: "不".repeat(300),
            },
            n => {
                let kinds = [
                    FailureKind::Trapped,
                    FailureKind::OutOfFuel,
                    FailureKind::TimedOut,
                    FailureKind::InvalidAnswer,
                ];
                Outcome::Failed {
                    kind: kinds[usize::try_from(n - 5).unwrap()],
                    detail: "trap".to_owned(),
                }
            }
        }
    };
    let rule = RuleImage {
        image: "ab".repeat(32),
        component: "cd".repeat(32),
        settings: "ef".repeat(32),
        name: "moods 0.1.0".to_owned(),
        engine: "none".to_owned(),
    };
    let scope = context.scopes.first().cloned().unwrap_or_default();
    vec![Attempt {
        scope,
        rule,
        outcome,
        fuel: 1,
        duration_us: if chance.percent(20) { 300_000 } else { 10 },
        canary: false,
        function: None,
    }]
}
