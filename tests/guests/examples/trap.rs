//! Panics, which traps.

use guests::Nothing;
use sdk::Refusal;
use sdk::routing::{Question, Verdict};

#[expect(clippy::panic, reason = "this is what the guest is for")]
fn route(_: &Nothing, question: &Question) -> Result<Verdict, Refusal> {
    panic!(
        "this guest always panics, whatever is asked: {}",
        question.subject
    )
}

sdk::routing! {
    name: "trap",
    summary: "Panics.",
    settings: Nothing,
    route: route,
}
