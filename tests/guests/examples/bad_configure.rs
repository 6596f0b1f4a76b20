//! Does in `configure` what its settings say: reports problems, panics, loops, or takes all memory.

use std::hint::black_box;

use guests::answer;
use schemars::JsonSchema;
use sdk::routing::{Question, Verdict};
use sdk::{Problem, Refusal, problem};
use serde::Deserialize;

/// What to do.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Settings {
    /// How to misbehave.
    how: How,
    /// Each odd number is reported as a problem.
    #[serde(default)]
    numbers: Vec<u32>,
}

/// A way to misbehave.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum How {
    /// Not at all; `numbers` are checked.
    Fine,
    /// Panic.
    Panic,
    /// Never return.
    Loop,
    /// Take memory until there is none.
    Memory,
    /// Report a problem a million times.
    Flood,
}

impl sdk::Settings for Settings {
    type Rules = usize;

    #[expect(clippy::panic, reason = "this is what the guest is for")]
    fn prepare(self) -> Result<usize, Vec<Problem>> {
        let problems: Vec<_> = match self.how {
            How::Fine => self
                .numbers
                .iter()
                .enumerate()
                .filter(|(_, number)| *number % 2 == 1)
                .map(|(n, number)| problem(format!("numbers[{n}]"), format!("{number} is odd")))
                .collect(),
            How::Panic => panic!("the settings told this guest to panic"),
            How::Loop => loop {
                black_box(&self.numbers);
            },
            How::Memory => {
                let mut eaten = Vec::new();
                while black_box(true) {
                    eaten.push(vec![1_u8; 1 << 20]);
                    black_box(&eaten);
                }
                Vec::new()
            }
            How::Flood => (0..1_000_000)
                .map(|n| problem(format!("flood[{n}]"), "again"))
                .collect(),
        };
        if problems.is_empty() {
            Ok(self.numbers.len())
        } else {
            Err(problems)
        }
    }
}

fn route(count: &usize, _: &Question) -> Result<Verdict, Refusal> {
    answer(format!("{count} numbers"))
}

sdk::routing! {
    name: "bad-configure",
    summary: "Misbehaves while it is configured.",
    settings: Settings,
    route: route,
}
