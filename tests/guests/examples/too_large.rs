//! Answers more than anybody wants to read: one reason of 100 MB when the subject is `reason`, and a
//! million candidates otherwise.

use guests::{Nothing, answer};
use sdk::Refusal;
use sdk::routing::{Candidate, Question, Verdict};

fn route(_: &Nothing, question: &Question) -> Result<Verdict, Refusal> {
    if question.subject == "reason" {
        return answer("长".repeat(100_000_000 / "长".len()));
    }
    let candidate = |n: u32| Candidate {
        unit: format!("GZ-{n}"),
        score_permille: 500,
        reason: String::new(),
    };
    Ok(Verdict::Ranked((0..1_000_000).map(candidate).collect()))
}

sdk::routing! {
    name: "too-large",
    summary: "Answers far too much.",
    settings: Nothing,
    route: route,
}
