//! Makes up commands: mostly what a clerk would do with the order as it stands, sometimes nonsense.

mod content;

mod likely;

use chrono::TimeDelta;
use contract::escalation::{Action, Audience, Priority, Proposal};
use contract::routing::Candidate;
use lifecycle::advice::{Advice, Outcome};
use lifecycle::command::{Command, CommandKind, Moment};
use lifecycle::deadline::DeadlineKind;
use lifecycle::ids::{Actor, DistrictCode, Role, UnitCode};
use lifecycle::{Alike, Context, Facts, Needs, Related, timers};
use uuid::Uuid;

use crate::dice::Dice;
use crate::world::{DISTRICTS, NO_UNIT, UNITS, World};

/// A command by somebody, on one of the orders or, if there is none yet of that place, for a new one.
pub(crate) struct Step {
    pub(crate) slot: usize,
    pub(crate) by: Actor,
    pub(crate) command: Command,
}

const DEADLINES: &[DeadlineKind] = &[
    DeadlineKind::Dispatch,
    DeadlineKind::Verification,
    DeadlineKind::Handling,
    DeadlineKind::RatingOffer,
    DeadlineKind::Rating,
    DeadlineKind::Information,
    DeadlineKind::Assistance,
    DeadlineKind::Opinion,
    DeadlineKind::DiligenceStatement,
    DeadlineKind::Supervision,
    DeadlineKind::GuidanceFeedback,
];

impl World {
    /// Lets time pass: often not at all, often to the second before, at or after a deadline.
    pub(crate) fn pass_time(&mut self, dice: &mut Dice) {
        let pause = match dice.below(100) {
            0..40 => 0,
            40..52 => dice.between(1, 90),
            52..72 => 60 * dice.between(1, 120),
            72..82 => 3600 * dice.between(1, 30),
            82..84 => 86_400 * dice.between(1, 15),
            _ => return self.go_to_an_edge(dice),
        };
        self.now += TimeDelta::seconds(pause);
    }

    fn go_to_an_edge(&mut self, dice: &mut Dice) {
        let timed = self.slots.iter().flat_map(|slot| timers(&slot.core));
        let edges = timed.map(|it| it.at + TimeDelta::seconds(dice.between(-1, 1)));
        let mut edges: Vec<_> = edges.filter(|at| *at >= self.now).collect();
        edges.sort();
        // The nearer ones more often.
        edges.truncate(1 + dice.index(4));
        if !edges.is_empty() {
            self.now = dice.pick(&edges);
        }
    }

    /// What happens next.
    pub(crate) fn next_step(&self, dice: &mut Dice) -> Step {
        let fresh = self.slots.len();
        let over = self.slots.last().is_none_or(|it| it.core.is_closed());
        let more = if over { 35 } else { 5 };
        let room = fresh < self.orders || (over && fresh < 8);
        if self.slots.is_empty() || (room && dice.percent(more)) {
            let kind = if dice.percent(95) {
                CommandKind::Register
            } else {
                dice.pick(CommandKind::ALL)
            };
            return self.step(fresh, kind, dice);
        }
        let slot = if dice.percent(70) {
            fresh - 1
        } else {
            dice.index(fresh)
        };
        let due = timers(&self.slots[slot].core);
        let due = due.iter().any(|it| it.at < self.now);
        if dice.percent(if due { 25 } else { 3 }) {
            return self.timer(slot, dice);
        }
        let kind = if dice.percent(self.noise) {
            dice.pick(CommandKind::ALL)
        } else {
            likely::kind(&self.slots[slot], self.now, dice)
        };
        self.step(slot, kind, dice)
    }

    fn step(&self, slot: usize, kind: CommandKind, dice: &mut Dice) -> Step {
        let by = if dice.percent(self.noise / 2) {
            anybody(dice)
        } else {
            likely::actor(self.slots.get(slot), kind, dice)
        };
        Step {
            slot,
            by,
            command: self.content(slot, kind, dice),
        }
    }

    /// A timer: one that waits, due or not, or one that was given before, or one that never was.
    fn timer(&self, slot: usize, dice: &mut Dice) -> Step {
        let at = &self.slots[slot];
        let waiting = timers(&at.core);
        let over: Vec<_> = waiting.iter().filter(|it| it.at < self.now).collect();
        let (deadline, moment) = if !over.is_empty() && dice.percent(80) {
            (over[0].deadline, over[0].moment)
        } else if !waiting.is_empty() && dice.percent(60) {
            let it = dice.pick(&waiting);
            (it.deadline, it.moment)
        } else if !at.fired.is_empty() && dice.percent(60) {
            let it = dice.pick(&at.fired);
            (it.deadline, it.moment)
        } else {
            let moments = [Moment::DueSoon, Moment::Passed, Moment::StillOverdue];
            (dice.pick(DEADLINES), dice.pick(&moments))
        };
        Step {
            slot,
            by: Actor::system(),
            command: Command::MarkDue { deadline, moment },
        }
    }

    /// What plugins say, where they are asked, and what is known of the order that is named.
    pub(crate) fn facts(
        &self,
        needs: &Needs,
        slot: usize,
        dice: &mut Dice,
        context: &Context<'_>,
    ) -> Facts {
        let related = needs.related.as_ref().and_then(|name| {
            let earlier = self.slots.iter().find(|it| it.core.id == *name)?;
            Some(Related::of(
                &earlier.core,
                self.requester(slot) == earlier.model.requester,
            ))
        });
        let alike = needs.alike.then(|| Alike {
            orders: dice.pick(&[1, 4, 5, 9, 20, 49, 999, 1000]),
            asked: dice.percent(50).then(|| dice.pick(&[5, 6, 20, 1000])),
        });
        // Where there are not many more there is nothing to ask.
        let asked = needs.escalation.is_some()
            || alike.is_some_and(|it| lifecycle::many_alike(&it, context).is_some());
        Facts {
            routing: (needs.routing && dice.percent(60)).then(|| routing(dice)),
            escalation: (asked && dice.percent(50)).then(|| escalation(dice)),
            related,
            alike,
        }
    }
}

fn anybody(dice: &mut Dice) -> Actor {
    let role = match dice.below(8) {
        0 => Role::System,
        1 => Role::Admin,
        2 => Role::Operator,
        3 => Role::District(DistrictCode::new(dice.pick(DISTRICTS))),
        4 => Role::Channel,
        5 => Role::Auditor,
        6 => Role::Leader(any_unit(dice)),
        _ => Role::Unit(any_unit(dice)),
    };
    actor(role)
}

fn actor(role: Role) -> Actor {
    Actor {
        role,
        name: "somebody".to_owned(),
    }
}

/// A unit of the directory, rarely one that is not in it.
fn any_unit(dice: &mut Dice) -> UnitCode {
    let unknown = dice.percent(3);
    UnitCode::new(if unknown { NO_UNIT } else { dice.pick(UNITS) })
}

fn routing(dice: &mut Dice) -> Advice<Vec<Candidate>> {
    let mut candidates = Vec::new();
    let mut score = dice.pick(&[1000, 800, 700, 699]);
    for _ in 0..dice.below(3) {
        candidates.push(Candidate {
            unit: any_unit(dice).as_str().to_owned(),
            score_permille: score,
            reason: "关键词".to_owned(),
        });
        score -= dice.pick(&[0, 99, 100, 101, 300]);
    }
    // A plugin names each unit once.
    candidates.dedup_by(|one, other| one.unit == other.unit);
    advice(Some(candidates).filter(|it| !it.is_empty()))
}

fn escalation(dice: &mut Dice) -> Advice<Vec<Proposal>> {
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
    let proposals = (0..dice.below(3)).map(|_| Proposal {
        action: dice.pick(&actions),
        reason: "临近期限".to_owned(),
    });
    let proposals = proposals.collect();
    advice(dice.percent(80).then_some(proposals))
}

fn advice<V>(verdict: Option<V>) -> Advice<V> {
    let outcome = if verdict.is_some() {
        Outcome::Answered
    } else {
        Outcome::NoOpinion
    };
    let attempt = lifecycle::advice::Attempt {
        scope: "440100".to_owned(),
        rule: lifecycle::advice::RuleImage {
            image: "11".to_owned(),
            component: "22".to_owned(),
            settings: "33".to_owned(),
            name: "advice 0.1.0".to_owned(),
            engine: "none".to_owned(),
        },
        outcome,
        fuel: 1,
        duration_us: 1,
        canary: false,
        function: None,
    };
    Advice {
        decision: Uuid::from_u128(1),
        question: "44".to_owned(),
        attempts: vec![attempt],
        verdict,
    }
}
