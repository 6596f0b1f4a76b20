//! Small scripts of commands at instants. A line is `DATE TIME COMMAND words…`, in the city's own time;
//! words of the form `key=value` say more, and `as=ROLE` gives the command in another role than the
//! usual one:
//!
//! ```text
//! 2026-09-18 16:00 register complaint district=440106 advice=GZ-CGJ:900
//! 2026-09-18 16:05 dispatch GZ-CGJ limit=5nd basis=粤办函1号
//! 2026-09-18 17:00 call 16:00..16:01 unanswered
//! ```
//!
//! The module `line` has every command, `values` the words.

mod advice;

mod fixtures;

mod line;

mod values;

pub(crate) use values::{actor, at, instant, moment_word, second};

use calendar::Calendar;
use chrono::{DateTime, Utc};
use lifecycle::command::Command;
use lifecycle::directory::Directory;
use lifecycle::event::Recorded;
use lifecycle::ids::Actor;
use lifecycle::order::WorkOrder;
use lifecycle::rejection::Rejection;
use lifecycle::ruleset::{RuleBook, RuleSet};
use lifecycle::{Context, Decision, Facts, Needs, apply, decide, needs};

use self::line::Line;

/// A world with one order in it.
#[derive(Clone)]
pub(crate) struct World {
    pub(crate) calendar: Calendar,
    pub(crate) rules: RuleBook,
    pub(crate) directory: Directory,
    pub(crate) order: Option<WorkOrder>,
    pub(crate) journal: Vec<Recorded>,
}

/// What a line of a script came to.
pub(crate) struct Answer {
    pub(crate) needs: Needs,
    pub(crate) result: Result<Decision, Rejection>,
}

impl World {
    pub(crate) fn new() -> Self {
        Self::under(|_| ())
    }

    /// A world whose rule set differs.
    pub(crate) fn under(change: impl FnOnce(&mut RuleSet)) -> Self {
        let mut rules = RuleSet::guangzhou_2023();
        change(&mut rules);
        Self {
            calendar: Calendar::shipped(),
            rules: rules.into(),
            directory: fixtures::directory(),
            order: None,
            journal: Vec::new(),
        }
    }

    /// A world after a script, every line of which must be accepted.
    #[track_caller]
    pub(crate) fn after(script: &str) -> Self {
        let mut world = Self::new();
        world.accept(script);
        world
    }

    /// Runs a script, every line of which must be accepted.
    #[track_caller]
    pub(crate) fn accept(&mut self, script: &str) {
        if let Err(rejection) = self.run(script).result {
            panic!("the last line was rejected: {rejection:?}\n{script}");
        }
    }

    /// Runs a script; every line but the last must be accepted.
    #[track_caller]
    pub(crate) fn run(&mut self, script: &str) -> Answer {
        let mut last = None;
        let lines = script
            .lines()
            .map(str::trim)
            .filter(|line| !line.is_empty());
        for line in lines {
            if let Some((
                done,
                Answer {
                    result: Err(rejection),
                    ..
                },
            )) = last
            {
                panic!("`{done}` was rejected: {rejection:?}");
            }
            last = Some((line, self.step(line)));
        }
        last.expect("a script has at least one line").1
    }

    /// Runs one line.
    pub(crate) fn step(&mut self, line: &str) -> Answer {
        let line = Line::parse(line);
        if let Some(notice) = line.word("calendar") {
            self.calendar = fixtures::calendar_2027(&self.calendar, notice);
        }
        let command = line.command(self.order.as_ref());
        let by = line.actor(self.order.as_ref());
        self.give(&command, &by, line.at, &line.facts())
    }

    /// Who gives the command of a line, and when.
    pub(crate) fn speaker(&self, line: &str) -> (Actor, DateTime<Utc>) {
        let line = Line::parse(line);
        (line.actor(self.order.as_ref()), line.at)
    }

    /// Gives a command; what it decides is applied.
    pub(crate) fn give(
        &mut self,
        command: &Command,
        by: &Actor,
        now: DateTime<Utc>,
        known: &Facts,
    ) -> Answer {
        let context = self.context(now);
        let order = self.order.as_ref();
        let needs = needs(order, command, &context);
        let facts = Facts {
            routing: known.routing.clone().filter(|_| needs.routing),
            escalation: known
                .escalation
                .clone()
                .filter(|_| needs.escalation.is_some() || needs.alike),
            related: known.related.clone().filter(|_| needs.related.is_some()),
            alike: known.alike.filter(|_| needs.alike),
        };
        let result = decide(order, command, by, &facts, &context);
        let unasked = decide(order, command, by, known, &context);
        assert_eq!(
            result, unasked,
            "advice that was not needed made a difference"
        );
        if let Ok(decision) = &result {
            let used = |name| {
                let events = decision.events.iter();
                events.filter(|event| event.name() == name).count()
            };
            assert_eq!(
                used("routing_advised"),
                usize::from(facts.routing.is_some())
            );
            assert_eq!(
                used("escalation_advised"),
                usize::from(facts.escalation.is_some())
            );
            assert!(
                !decision.events.is_empty(),
                "a decision records at least one event"
            );
            for event in &decision.events {
                let seq = self.order.as_ref().map_or(1, |order| order.version + 1);
                let recorded = Recorded {
                    seq,
                    at: now,
                    by: by.clone(),
                    event: event.clone(),
                };
                let order = apply(self.order.take(), &recorded);
                self.order = Some(order.expect("what was decided can be applied"));
                self.journal.push(recorded);
            }
        }
        Answer { needs, result }
    }

    pub(crate) fn context(&self, now: DateTime<Utc>) -> Context<'_> {
        Context {
            now,
            calendar: &self.calendar,
            rules: &self.rules,
            directory: &self.directory,
        }
    }

    pub(crate) fn order(&self) -> &WorkOrder {
        self.order.as_ref().expect("the order is registered")
    }
}
