//! Takes memory until there is none, and writes to all of it.

use std::hint::black_box;

use guests::{Nothing, answer};
use sdk::Refusal;
use sdk::routing::{Question, Verdict};

/// Bytes that it takes at a time.
const BITE: usize = 1 << 20;

fn route(_: &Nothing, _: &Question) -> Result<Verdict, Refusal> {
    let mut eaten = Vec::new();
    while black_box(true) {
        eaten.push(vec![1_u8; BITE]);
        black_box(&eaten);
    }
    answer(format!("{} MiB", eaten.len()))
}

sdk::routing! {
    name: "memory-eater",
    summary: "Takes all memory.",
    settings: Nothing,
    route: route,
}
