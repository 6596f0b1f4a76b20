//! Many lives, and the shortest story of one that fails.

use std::collections::BTreeMap;
use std::thread;

use lifecycle::command::CommandKind;
use lifecycle::event::CloseCode;
use lifecycle::order::Stage;

use crate::life::{CONCLUSIONS, Failure, STEPS, Tally, live, salts};

/// Lives without `KAPOK_SEEDS`: more than a hundred thousand steps.
const SEEDS: u64 = 1350;

/// So many kinds of failure are told at most.
const STORIES: usize = 10;

/// How many lives; `KAPOK_SEEDS` asks for another number.
#[expect(
    clippy::disallowed_methods,
    reason = "how long to search is for whoever runs the test"
)]
fn seeds() -> u64 {
    let asked = std::env::var("KAPOK_SEEDS").ok();
    asked.map_or(SEEDS, |text| {
        text.parse().expect("KAPOK_SEEDS is a number of seeds")
    })
}

#[test]
fn the_core_does_what_the_law_says() {
    let seeds = seeds();
    let threads = thread::available_parallelism().map_or(2, usize::from);
    let found = thread::scope(|scope| {
        let share = |first: usize| move || lives((0..seeds).skip(first).step_by(threads));
        let all: Vec<_> = (0..threads)
            .map(|first| scope.spawn(share(first)))
            .collect();
        let all = all.into_iter().map(|it| it.join().unwrap());
        all.reduce(Found::with).unwrap()
    });
    let failures = found.failures.into_values().take(STORIES);
    let stories: Vec<String> = failures.map(story).collect();
    assert!(stories.is_empty(), "{}", stories.join("\n"));
    let tally = found.tally;
    println!("{} steps in {seeds} lives", tally.steps);
    println!("accepted {:#?}", tally.accepted);
    println!("rejected {:#?}", tally.rejected);
    println!("reached {:#?}", tally.reached);
    if seeds >= SEEDS {
        check_reach(&tally);
    }
}

/// Nobody takes silence for success: every command was accepted, every stage and every end reached,
/// every way of ending a matter gone.
fn check_reach(tally: &Tally) {
    assert!(tally.steps >= 100_000, "{} steps are too few", tally.steps);
    let accepted = |it: &CommandKind| tally.accepted.contains_key(it.name());
    let never = CommandKind::ALL.iter().find(|it| !accepted(it));
    assert_eq!(never, None, "a command that was never accepted");
    let ends = CloseCode::ALL.iter().map(|it| it.code());
    let open = Stage::NAMES.iter().copied().filter(|it| *it != "closed");
    let kinds = CONCLUSIONS.iter().copied();
    let never = ends
        .chain(open)
        .chain(kinds)
        .find(|it| !tally.reached.contains_key(it));
    assert_eq!(never, None, "what was never reached");
}

/// What came of some lives.
#[derive(Default)]
struct Found {
    tally: Tally,
    /// By kind, the first of each, with its seed.
    failures: BTreeMap<String, (u64, Failure)>,
}

impl Found {
    fn with(mut self, other: Self) -> Self {
        self.tally.add(&other.tally);
        for (kind, failure) in other.failures {
            self.failures.entry(kind).or_insert(failure);
        }
        self
    }
}

fn lives(seeds: impl Iterator<Item = u64>) -> Found {
    let mut found = Found::default();
    for seed in seeds {
        if let Err(failure) = live(seed, &salts(seed), &mut found.tally, None) {
            found
                .failures
                .entry(failure.kind())
                .or_insert((seed, failure));
        }
    }
    found
}

/// The shortest part of a life that still fails in the same way, in words.
fn story((seed, mut failure): (u64, Failure)) -> String {
    let again = |salts: &[u64]| live(seed, salts, &mut Tally::default(), None).err();
    let mut salts = salts(seed);
    salts.truncate(failure.step + 1);
    let mut width = salts.len() / 2;
    while width > 0 {
        let mut at = 0;
        while at < salts.len() {
            let mut shorter = salts.clone();
            shorter.drain(at..(at + width).min(salts.len()));
            match again(&shorter).filter(|it| it.kind() == failure.kind()) {
                Some(other) => {
                    shorter.truncate(other.step + 1);
                    (salts, failure) = (shorter, other);
                }
                None => at += width,
            }
        }
        width /= 2;
    }
    let mut log = String::new();
    let _ = live(seed, &salts, &mut Tally::default(), Some(&mut log));
    let steps = salts.len();
    format!(
        "seed {seed}, {steps} of {STEPS} steps are enough: {}\n{log}",
        failure.what
    )
}
