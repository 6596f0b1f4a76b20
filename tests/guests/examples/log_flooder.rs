//! Writes to its log: as many lines as the subject says, or without end.

use guests::{Nothing, answer};
use sdk::Refusal;
use sdk::routing::{Question, Verdict};

#[expect(clippy::print_stderr, reason = "this is what the guest is for")]
#[expect(clippy::print_stdout, reason = "this is what the guest is for")]
fn route(_: &Nothing, question: &Question) -> Result<Verdict, Refusal> {
    let lines = question.subject.parse().unwrap_or(u64::MAX);
    for n in 0..lines {
        eprintln!("line {n} of a guest that has much to say");
        println!("line {n} of the same on standard output");
    }
    answer(format!("{lines} lines"))
}

sdk::routing! {
    name: "log-flooder",
    summary: "Writes endless logs.",
    settings: Nothing,
    route: route,
}
