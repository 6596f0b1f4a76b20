//! Calls itself until the stack is used up.

use std::hint::black_box;

use guests::{Nothing, answer};
use sdk::Refusal;
use sdk::routing::{Question, Verdict};

fn route(_: &Nothing, _: &Question) -> Result<Verdict, Refusal> {
    answer(dive(0).to_string())
}

fn dive(depth: u64) -> u64 {
    // The array keeps the compiler from turning the call into a loop.
    let frame = black_box([depth; 8]);
    if black_box(false) {
        return depth;
    }
    let below = dive(depth.wrapping_add(1));
    below.wrapping_add(black_box(frame).iter().sum())
}

sdk::routing! {
    name: "recursion",
    summary: "Calls itself for ever.",
    settings: Nothing,
    route: route,
}
