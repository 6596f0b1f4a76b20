//! Never answers.

use std::hint::black_box;

use guests::{Nothing, answer};
use sdk::Refusal;
use sdk::routing::{Question, Verdict};

fn route(_: &Nothing, _: &Question) -> Result<Verdict, Refusal> {
    let mut rounds: u64 = 0;
    while black_box(true) {
        rounds = black_box(rounds.wrapping_add(1));
    }
    answer(rounds.to_string())
}

sdk::routing! {
    name: "endless",
    summary: "Never answers.",
    settings: Nothing,
    route: route,
}
