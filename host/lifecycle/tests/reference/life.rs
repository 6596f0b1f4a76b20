//! One life: steps from numbers, each given to the core and to the model.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::panic::{AssertUnwindSafe, catch_unwind};

use chrono::{DateTime, Utc};
use lifecycle::command::{Command, CommandKind, HandlingConclusion};
use lifecycle::ids::Actor;
use lifecycle::rejection::Rejection;
use lifecycle::timer::Timer;
use lifecycle::{Context, Decision, Facts, decide, needs};

use crate::author::Step;
use crate::compare::{Found, compare, take_names};
use crate::dice::Dice;
use crate::model::{Env, Model};
use crate::world::{Slot, World};
use crate::{gate, invariants, judge, notices};

/// Steps of a life.
pub(crate) const STEPS: usize = 80;

/// Ways of ending a matter at the unit (Art. 12(3), 16(2), 24, 26), as the tally names them.
pub(crate) const CONCLUSIONS: &[&str] = &[
    "handled",
    "unreachable",
    "refused",
    "statutory_disposition",
    "repeat",
    "long_term_progress",
];

/// What happened in many lives, so that nobody takes silence for success.
#[derive(Default)]
pub(crate) struct Tally {
    pub(crate) steps: u64,
    /// How often each kind of command was accepted.
    pub(crate) accepted: BTreeMap<&'static str, u64>,
    /// How often each rejection was met.
    pub(crate) rejected: BTreeMap<&'static str, u64>,
    /// How often each stage, and each end, was reached.
    pub(crate) reached: BTreeMap<&'static str, u64>,
}

/// How a life went wrong.
#[derive(Clone)]
pub(crate) struct Failure {
    /// After how many steps.
    pub(crate) step: usize,
    pub(crate) what: String,
}

impl Failure {
    /// What failures of one cause have in common, roughly.
    pub(crate) fn kind(&self) -> String {
        let letters = self.what.chars().filter(|it| !it.is_ascii_digit());
        letters.take(70).collect()
    }
}

impl Tally {
    pub(crate) fn add(&mut self, other: &Self) {
        self.steps += other.steps;
        let maps = [
            (&mut self.accepted, &other.accepted),
            (&mut self.rejected, &other.rejected),
            (&mut self.reached, &other.reached),
        ];
        for (mine, theirs) in maps {
            for (name, count) in theirs {
                *mine.entry(name).or_default() += count;
            }
        }
    }
}

/// The numbers that the steps of a seed are made from.
pub(crate) fn salts(seed: u64) -> Vec<u64> {
    let mut dice = Dice::new(seed ^ 0x5EED);
    (0..STEPS).map(|_| dice.next()).collect()
}

/// Lives the life of a seed, or of a part of its steps; tells it in words where a log is wanted.
pub(crate) fn live(
    seed: u64,
    salts: &[u64],
    tally: &mut Tally,
    mut log: Option<&mut String>,
) -> Result<(), Failure> {
    let mut world = World::new(seed);
    for (step, salt) in salts.iter().enumerate() {
        let fails = |what: String| Failure { step, what };
        let lived = catch_unwind(AssertUnwindSafe(|| {
            world.live_on(*salt, tally, log.as_deref_mut())
        }));
        match lived {
            Ok(lived) => lived.map_err(fails)?,
            Err(_) => return Err(fails("panicked".to_owned())),
        }
    }
    for slot in &world.slots {
        invariants::journal(slot, true).map_err(|what| Failure {
            step: salts.len(),
            what,
        })?;
    }
    Ok(())
}

impl World {
    fn live_on(&mut self, salt: u64, tally: &mut Tally, mut log: Option<&mut String>) -> Found {
        let mut dice = Dice::new(salt);
        self.pass_time(&mut dice);
        let late: DateTime<Utc> = "2026-10-01T00:00:00Z".parse().unwrap();
        let unknown = self.city.calendar.known_years().last() == Some(&2026);
        if self.now > late && unknown && dice.percent(3) {
            self.city.announce();
            if let Some(log) = log.as_deref_mut() {
                let _ = writeln!(log, "  {} the notice for 2027 comes out", stamp(self.now));
            }
            // The orders are looked through at once, or later.
            let at_once = dice.percent(60);
            for slot in (0..self.slots.len()).filter(|_| at_once) {
                let step = Step {
                    slot,
                    by: Actor::system(),
                    command: Command::RecomputeDeadlines,
                };
                self.perform(step, &mut dice, tally, log.as_deref_mut())?;
            }
        }
        let step = self.next_step(&mut dice);
        self.perform(step, &mut dice, tally, log)
    }

    fn perform(
        &mut self,
        step: Step,
        dice: &mut Dice,
        tally: &mut Tally,
        log: Option<&mut String>,
    ) -> Found {
        tally.steps += 1;
        let Step { slot, by, command } = step;
        let context = self.context();
        let order = self.slots.get(slot).map(|it| &it.core);
        let needs = needs(order, &command, &context);
        let facts = self.facts(&needs, slot, dice, &self.context());
        let expected = self.expected(slot, &command, &by, &facts);
        let result = decide(order, &command, &by, &facts, &context);
        if let Some(log) = log {
            tell(log, self.now, slot, &by, &command, &facts, &result);
        }
        if let Some(order) = order {
            invariants::rights(order, &command, &by, &context, &result)?;
        }
        let kind = command.kind();
        match (expected, result) {
            (Err(codes), Err(rejection)) => {
                *tally.rejected.entry(rejection.code()).or_default() += 1;
                if codes.contains(&rejection.code()) {
                    return Ok(());
                }
                let code = rejection.code();
                Err(format!(
                    "`{}`: rejected with `{code}`, not {codes:?}",
                    kind.name()
                ))
            }
            (Err(codes), Ok(_)) => Err(format!("`{}`: accepted, against {codes:?}", kind.name())),
            (Ok(_), Err(rejection)) => {
                let code = rejection.code();
                Err(format!(
                    "`{}`: the law allows it, rejected with `{code}`",
                    kind.name()
                ))
            }
            (Ok(model), Ok(decision)) => {
                let model = *model;
                *tally.accepted.entry(kind.name()).or_default() += 1;
                self.accept(slot, model, &command, &by, &facts, &decision)?;
                let stage = &self.slots[slot].model.stage;
                let reached = match stage {
                    crate::model::Stage::Closed { code } => code.code(),
                    open => open.name(),
                };
                *tally.reached.entry(reached).or_default() += 1;
                if let Command::Submit(report) = &command {
                    let name = conclusion(&report.conclusion);
                    *tally.reached.entry(name).or_default() += 1;
                }
                Ok(())
            }
        }
    }

    fn context(&self) -> Context<'_> {
        Context {
            now: self.now,
            calendar: self.city.calendar,
            rules: &self.city.rules,
            directory: &self.city.directory,
        }
    }

    fn env<'a>(&'a self, command: &Command, facts: &'a Facts) -> Env<'a> {
        let related = command.related();
        Env {
            now: self.now,
            days: self.city.days,
            options: self.city.options(),
            directory: &self.city.directory,
            facts,
            related: related
                .and_then(|name| self.slots.iter().find(|it| it.model.name == *name))
                .map(|it| &it.model),
        }
    }

    /// What the law says.
    fn expected(
        &self,
        slot: usize,
        command: &Command,
        by: &Actor,
        facts: &Facts,
    ) -> Result<Box<Model>, judge::Objections> {
        let env = self.env(command, facts);
        let model = self.slots.get(slot).map(|it| &it.model);
        match (model, command) {
            (Some(model), command) => judge::give(model, command, by, &env).map(Box::new),
            (None, Command::Register(matter)) => {
                if let Some(codes) = gate::refusal(None, CommandKind::Register, by) {
                    return Err(codes);
                }
                judge::register(matter, &env).map(Box::new)
            }
            (None, command) => Err(gate::refusal(None, command.kind(), by).unwrap_or_default()),
        }
    }

    /// Both have accepted: the orders afterwards are the same, and what always holds holds.
    fn accept(
        &mut self,
        place: usize,
        mut model: Model,
        command: &Command,
        by: &Actor,
        facts: &Facts,
        decision: &Decision,
    ) -> Found {
        let existing = place < self.slots.len();
        let old = existing.then(|| self.slots.remove(place));
        let before = old.as_ref().map(|it| it.core.clone());
        let mut fired = old.as_ref().map(|it| it.fired.clone()).unwrap_or_default();
        if let Command::MarkDue { deadline, moment } = command {
            fired.push(Timer {
                at: self.now,
                deadline: *deadline,
                moment: *moment,
            });
        }
        let (core, mirror, journal) = invariants::record(old, decision, by, self.now)?;
        take_names(&mut model, &core);
        if facts.escalation.is_some() && core.priority >= model.priority {
            model.priority = core.priority;
        }
        let slot = Slot {
            core,
            model,
            mirror,
            journal,
            fired,
        };
        compare(&slot.model, &slot.core, &self.city)?;
        invariants::journal(&slot, slot.journal.len().is_multiple_of(16))?;
        if let Some(before) = &before {
            invariants::step(before, &slot.core, decision)?;
        }
        notices::notified(&slot.core, command, decision)?;
        invariants::privacy(&slot.core, decision)?;
        invariants::explained(&slot.core)?;
        if *command == Command::RecomputeDeadlines {
            let context = self.context();
            invariants::recomputed(&slot.core, &context)?;
        }
        self.slots.insert(place, slot);
        Ok(())
    }
}

fn conclusion(of: &HandlingConclusion) -> &'static str {
    CONCLUSIONS[match of {
        HandlingConclusion::Handled => 0,
        HandlingConclusion::Unreachable => 1,
        HandlingConclusion::Refused { .. } => 2,
        HandlingConclusion::StatutoryDisposition { .. } => 3,
        HandlingConclusion::Repeat { .. } => 4,
        HandlingConclusion::LongTermProgress { .. } => 5,
    }]
}

fn stamp(at: DateTime<Utc>) -> String {
    let local = at.with_timezone(&calendar::zone());
    local.format("%a %Y-%m-%d %H:%M:%S").to_string()
}

/// A line of the story.
fn tell(
    log: &mut String,
    now: DateTime<Utc>,
    slot: usize,
    by: &Actor,
    command: &Command,
    facts: &Facts,
    result: &Result<Decision, Rejection>,
) {
    let _ = write!(log, "  {} #{slot} {:?}: {command:?}", stamp(now), by.role);
    if let Some(routing) = &facts.routing {
        let _ = write!(log, " advised {:?}", routing.verdict);
    }
    if let Some(escalation) = &facts.escalation {
        let _ = write!(log, " escalation {:?}", escalation.verdict);
    }
    if let Some(related) = &facts.related {
        let _ = write!(log, " related {related:?}");
    }
    let _ = match result {
        Ok(decision) => {
            let names: Vec<_> = decision.events.iter().map(|it| it.name()).collect();
            writeln!(log, " -> {names:?}")
        }
        Err(rejection) => writeln!(log, " -> {}: {rejection}", rejection.code()),
    };
}
