//! The rollout log followed by the real runtime: many active images, a schedule, candidates, restarts, and a
//! process that is killed between the commit and the swap.

use std::io::Write as _;
use std::path::Path;
use std::sync::Arc;

use chrono::{DateTime, SubsecRound as _, TimeDelta, Utc};
use contract::about::Kind;
use contract::types::Instant;
use engine::ports::{Advisor as _, Clock, ManualClock, SystemClock};
use engine::{Engine, Error, Follow, Parts, Push, RolloutError};
use lifecycle::advice::{FailureKind, Outcome};
use lifecycle::directory::Directory;
use lifecycle::ids::{Actor, Role};
use lifecycle::ruleset::RuleBook;
use plugins::{Limits, RuleWorkshop, Runtime};
use rollout::{CandidateEnd, Digest, Mode, Place, Proposal};
use store::{Options, SqliteStore};

use super::{CITY, PANICS};
use crate::artefacts::{component, decision, guest, question, root};
use crate::crash::{ACKNOWLEDGED, DIR, run_child};

/// A process on a data directory: the engine, and the runtime that follows its log.
struct Process {
    engine: Engine,
    runtime: Arc<Runtime>,
}

impl Process {
    fn on(data: &Path, clock: impl Clock + 'static) -> Self {
        Self::within(&Limits::shipped(), data, clock)
    }

    fn within(limits: &Limits, data: &Path, clock: impl Clock + 'static) -> Self {
        // Circuit breakers rest for as long as the test takes.
        let stands = std::time::Instant::now();
        let cache = data.join("cache");
        let runtime = Runtime::with_clock(limits, Some(&cache), move || stands);
        let runtime = runtime.unwrap();
        let runtime = Arc::new(runtime);
        let directory = root().join("host/kapok/demo/organisations.toml");
        let directory: Directory =
            toml::from_str(&std::fs::read_to_string(directory).unwrap()).unwrap();
        let engine = Engine::new(Parts {
            store: Arc::new(SqliteStore::open(data, &Options::default()).unwrap()),
            advisor: runtime.clone(),
            clock: Arc::new(clock),
            directory,
            rules: RuleBook::default(),
        });
        let workshop = RuleWorkshop::new(runtime.clone()).unwrap();
        Self {
            engine: engine.unwrap().with_workshop(Arc::new(workshop)),
            runtime,
        }
    }

    /// Keeps a rule that answers with this word.
    fn push(&self, says: &str, more: &str) -> Digest {
        let settings = format!(r#"{{"says":"{says}"{more}}}"#);
        let image = guest("moody", &settings);
        let push = Push {
            image: image.bytes,
            component: component("examples/moody"),
            settings,
            description: image.description,
            engine: image.engine,
            source: "moody.wasm".to_owned(),
            report: "{}".to_owned(),
        };
        self.engine
            .rollout()
            .push(push, &admin())
            .unwrap()
            .record
            .image
    }

    fn propose(
        &self,
        scope: &str,
        image: &Digest,
        mode: Mode,
        from: Option<DateTime<Utc>>,
    ) -> Result<u64, Error> {
        let proposal = Proposal {
            scope: scope.to_owned(),
            kind: Kind::Routing,
            image: Some(image.clone()),
            mode,
            place: Place::Embedded,
            from,
            note: "a test".to_owned(),
        };
        let view = self.engine.rollout().propose(proposal, &admin())?;
        Ok(view.activation.id)
    }

    fn activate(&self, scope: &str, image: &Digest) {
        let id = self.propose(scope, image, Mode::Active, None).unwrap();
        self.engine.take_up(id).unwrap();
    }

    /// The word that a decision of this instant gets, and whether a canary said it.
    fn says(&self, scope: &str, id: u128, at: DateTime<Utc>) -> Option<(String, bool)> {
        let mut context = decision(id, &[scope]);
        context.now = Instant::from(at);
        let advice = self.runtime.route(&context, &question(""));
        let first = advice.verdict?.into_iter().next()?;
        Some((first.reason, advice.attempts.last()?.canary))
    }
}

fn admin() -> Actor {
    Actor {
        role: Role::Admin,
        name: "admin".to_owned(),
    }
}

fn start() -> DateTime<Utc> {
    "2026-09-18T09:00:00+08:00".parse().unwrap()
}

fn clock() -> ManualClock {
    ManualClock::at(start())
}

fn canary(limits: rollout::Limits) -> Mode {
    Mode::Canary {
        share_permille: 1000,
        limits,
    }
}

/// Many more active images than the runtime holds by itself.
const MANY: usize = 12;
const HELD: usize = 4;

#[test]
fn more_active_images_than_are_held_for_later_survive_a_restart() {
    let limits = Limits {
        warm_rules: HELD,
        ..Limits::shipped()
    };
    let data = tempfile::tempdir().unwrap();
    let first = Process::within(&limits, data.path(), clock());
    let units = first.engine.directory().units();
    let scopes: Vec<String> = units.map(|unit| unit.code.to_string()).take(MANY).collect();
    assert_eq!(scopes.len(), MANY);
    for (n, scope) in scopes.iter().enumerate() {
        let image = first.push(&format!("规则{n}"), "");
        first.activate(scope, &image);
    }
    let check = |process: &Process| {
        for (n, scope) in scopes.iter().enumerate() {
            let said = process.says(scope, 1, start());
            assert_eq!(said, Some((format!("规则{n}"), false)), "{scope}");
        }
    };
    check(&first);
    drop(first);
    let again = Process::within(&limits, data.path(), clock());
    let begun = again.engine.put_into_force().unwrap();
    assert_eq!((begun.swapped, begun.loaded), (true, MANY));
    check(&again);
    again.engine.follow_rollout().unwrap();
    for _ in 0..20 {
        assert_eq!(again.engine.follow_rollout().unwrap(), Follow::default());
    }
}

/// Nobody follows the log meanwhile: the schedule is in force before its instant, and a decision is made by
/// the table of its own.
#[test]
fn a_schedule_is_never_late() {
    let data = tempfile::tempdir().unwrap();
    let process = Process::on(data.path(), clock());
    let words = ["now", "next", "last", "tried"];
    let [now, next, last, tried] = words.map(|says| process.push(says, ""));
    process.activate(CITY, &now);
    let (soon, later) = (start() + TimeDelta::hours(1), start() + TimeDelta::hours(2));
    for (image, from) in [(&last, later), (&next, soon)] {
        let id = process.propose(CITY, image, Mode::Active, Some(from));
        process.engine.take_up(id.unwrap()).unwrap();
    }
    // A candidate of the first table goes on counting until the second one ends it.
    let patient = rollout::Limits {
        failures_permille_max: 1000,
        divergence_permille_max: 1000,
        decisions_min: 1,
    };
    let id = process
        .propose(CITY, &tried, canary(patient), None)
        .unwrap();
    process.engine.take_up(id).unwrap();
    let ms = TimeDelta::milliseconds(1);
    let said = |at| process.says(CITY, 7, at).unwrap();
    assert_eq!(said(start()), ("tried".to_owned(), true));
    assert_eq!(said(soon - ms), ("tried".to_owned(), true));
    assert_eq!(process.runtime.candidates()[0].counts.asked, 2);
    assert_eq!(said(soon), ("next".to_owned(), false));
    assert_eq!(process.runtime.candidates(), []);
    // What has been in force does not come back for a decision that began earlier.
    assert_eq!(said(soon - ms), ("next".to_owned(), false));
    assert_eq!(said(later), ("last".to_owned(), false));
    // Whoever follows the log then finds the same, also in another process.
    let at_last = ManualClock::at(later);
    drop(process);
    let again = Process::on(data.path(), at_last);
    again.engine.put_into_force().unwrap();
    assert_eq!(again.says(CITY, 7, later).unwrap().0, "last");
}

#[test]
fn limits_of_a_canary_are_not_outrun_by_restarts() {
    let data = tempfile::tempdir().unwrap();
    let limits = rollout::Limits {
        failures_permille_max: 100,
        divergence_permille_max: 1000,
        decisions_min: 20,
    };
    let first = Process::on(data.path(), clock());
    let (old, new) = (first.push("old", ""), first.push("new", PANICS));
    first.activate(CITY, &old);
    let id = first.propose(CITY, &new, canary(limits), None).unwrap();
    first.engine.take_up(id).unwrap();
    drop(first);
    // Four times five decisions, of which one fails each time.
    for process in 0..4_u128 {
        let running = Process::on(data.path(), clock());
        running.engine.follow_rollout().unwrap();
        for n in 0..5 {
            let context = decision(process * 5 + n, &[CITY]);
            let subject = if n == 2 { "panic" } else { "" };
            let advice = running.runtime.route(&context, &question(subject));
            assert!(advice.attempts[0].canary, "{process}: it still answers");
        }
        let counts = running.runtime.candidates().remove(0);
        let asked = u64::try_from((process + 1) * 5).unwrap();
        assert_eq!(
            (counts.counts.asked, counts.counts.failed),
            (asked, asked / 5)
        );
        assert_eq!(counts.ended.is_some(), process == 3);
        assert!(running.engine.keep_candidate_counts().unwrap());
    }
    // It was killed before the log said so; the next process says it, and asks it no more.
    let last = Process::on(data.path(), clock());
    last.engine.put_into_force().unwrap();
    assert!(!last.says(CITY, 99, start()).unwrap().1);
    assert_eq!(last.engine.follow_rollout().unwrap().ended, 1);
    let ended = last.engine.rollout().activation(id, &admin()).unwrap();
    let why = CandidateEnd::Failures {
        decisions: 20,
        failed: 4,
    };
    assert_eq!(ended.activation.ended.unwrap().why, why);
}

#[test]
fn status_tells_that_an_active_rule_fails() {
    let data = tempfile::tempdir().unwrap();
    let process = Process::on(data.path(), clock());
    let image = process.push("bad", PANICS);
    process.activate(CITY, &image);
    let shown = || {
        let status = process.engine.platform_status(&admin()).unwrap();
        let row = serde_json::to_value(&status.placements[0]).unwrap();
        let text = |name: &str| row[name].to_string();
        ["breaker", "asked", "failed"].map(text).join(" ")
    };
    assert_eq!(shown(), r#""closed" 0 0"#);
    let mut kinds = Vec::new();
    for (id, subject) in ["", "panic", "panic", "panic", "panic", "panic", ""]
        .into_iter()
        .enumerate()
    {
        let context = decision(u128::try_from(id).unwrap(), &[CITY]);
        let advice = process.runtime.route(&context, &question(subject));
        if let Outcome::Failed { kind, .. } = advice.attempts[0].outcome {
            kinds.push(kind);
        }
    }
    assert_eq!(kinds.last(), Some(&FailureKind::CircuitOpen));
    assert_eq!(shown(), r#""open" 7 6"#);
    // The same activation in a table that is followed anew goes on counting.
    let other = process.push("other", "");
    process.activate("440106", &other);
    assert_eq!(shown(), r#""open" 7 6"#);
}

/// The images of the test that is killed.
const WORDS: [&str; 3] = ["a", "b", "c"];

/// What a writer that is killed does, over and over: activations, a shadow, a canary, a schedule, a return.
fn change(process: &Process, images: &[Digest], n: usize) -> Result<Option<u64>, Error> {
    let now = process.engine.now();
    let patient = rollout::Limits {
        failures_permille_max: 1000,
        divergence_permille_max: 1000,
        decisions_min: 1,
    };
    let done = match n % 6 {
        0 | 3 => process.propose(CITY, &images[n / 3 % 2], Mode::Active, None),
        1 => process.propose(CITY, &images[2], Mode::Shadow, None),
        2 => {
            let from = (now + TimeDelta::hours(1)).trunc_subsecs(3);
            process.propose(CITY, &images[2], Mode::Active, Some(from))
        }
        4 => process.propose(CITY, &images[2], canary(patient), None),
        _ => {
            let rollout = process.engine.rollout();
            let back = rollout.roll_back(CITY, Kind::Routing, None, "back", &admin());
            back.map(|it| it.activation.id)
        }
    };
    match done {
        Ok(id) => Ok(Some(id)),
        // Exactly this is there already, or there is nothing to go back to.
        Err(Error::Rollout(RolloutError::Rejected(_))) => Ok(None),
        Err(error) => Err(error),
    }
}

#[test]
fn a_process_that_is_killed_between_commit_and_swap_comes_back_as_the_log_says() {
    let data = tempfile::tempdir().unwrap();
    let before = Process::on(data.path(), SystemClock);
    for says in WORDS {
        before.push(says, "");
    }
    drop(before);
    // Of two lines one stands between a commit and its swap.
    for lines in [1, 2, 3, 5, 8, 9, 13, 16] {
        let test = "platform::log::changes_until_it_is_killed";
        let acknowledged = run_child(test, data.path(), lines);
        let process = Process::on(data.path(), SystemClock);
        let state = process.engine.rollout().state().unwrap();
        for line in acknowledged {
            let id: u64 = line.rsplit(' ').next().unwrap().parse().unwrap();
            assert!(state.activation(id).is_some(), "{line} is lost");
        }
        process.engine.put_into_force().unwrap();
        let now = state.instant(process.engine.now());
        let table = state.table(now);
        let row = &table.placements[&(Kind::Routing, CITY.to_owned())];
        let in_force = process.runtime.table();
        let placement = in_force.get(Kind::Routing, CITY).unwrap();
        let rule = placement.rule.as_ref();
        let active = rule.map(|it| (placement.activation, it.identity().image.clone()));
        let logged = row.active.as_ref();
        assert_eq!(active, logged.map(|(id, image)| (*id, image.to_string())));
        let candidate = placement.candidate.as_ref();
        assert_eq!(
            candidate.map(|it| (it.activation(), it.mode().clone())),
            row.candidate
                .as_ref()
                .map(|it| (it.activation, it.mode.clone()))
        );
        // And so is what is to come, decision by decision, once everything is loaded.
        process.engine.follow_rollout().unwrap();
        if let Some(at) = state.next_change_after(now) {
            let table = state.table(at);
            let row = &table.placements[&(Kind::Routing, CITY.to_owned())];
            let mut context = decision(1, &[CITY]);
            context.now = Instant::from(at);
            let advice = process.runtime.route(&context, &question(""));
            let asked = &advice.attempts.last().unwrap().rule.image;
            assert_eq!(*asked, row.active.as_ref().unwrap().1.to_string());
        }
    }
}

/// The child: changes who answers until it is killed, and says so after each commit and after each swap.
#[test]
fn changes_until_it_is_killed() {
    // Without the variable this is a test run like any other, and there is nothing to do.
    let Some(dir) = std::env::var_os(DIR) else {
        return;
    };
    let process = Process::on(Path::new(&dir), SystemClock);
    process.engine.put_into_force().unwrap();
    let state = process.engine.rollout().state().unwrap();
    let images: Vec<Digest> = WORDS
        .iter()
        .map(|says| {
            let settings = format!(r#"{{"says":"{says}"}}"#);
            guest("moody", &settings).image.parse().unwrap()
        })
        .collect();
    let begun = usize::try_from(state.seq()).unwrap();
    for n in begun.. {
        if let Some(id) = change(&process, &images, n).unwrap() {
            acknowledge("committed", id);
            process.engine.take_up(id).unwrap();
            acknowledge("in force", id);
        }
    }
}

fn acknowledge(what: &str, id: u64) {
    let mut output = std::io::stdout().lock();
    writeln!(output, "{ACKNOWLEDGED}{what} {id}").unwrap();
    output.flush().unwrap();
}
