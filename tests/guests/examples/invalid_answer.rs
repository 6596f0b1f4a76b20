//! Breaks the contract in the way that the subject names: `score`, `duplicate`, `unit`, `order`, or an
//! empty ranking otherwise.

use guests::Nothing;
use sdk::Refusal;
use sdk::routing::{Candidate, Question, Verdict};

fn route(_: &Nothing, question: &Question) -> Result<Verdict, Refusal> {
    let candidate = |unit: &str, score_permille| Candidate {
        unit: unit.to_owned(),
        score_permille,
        reason: "违约".to_owned(),
    };
    Ok(Verdict::Ranked(match question.subject.as_str() {
        "score" => vec![candidate("GZ-CGJ", 1001)],
        "duplicate" => vec![candidate("GZ-CGJ", 900), candidate("GZ-CGJ", 800)],
        "unit" => vec![candidate("", 900)],
        "order" => vec![candidate("GZ-CGJ", 100), candidate("GZ-SWJ", 900)],
        _ => Vec::new(),
    }))
}

sdk::routing! {
    name: "invalid-answer",
    summary: "Breaks the contract.",
    settings: Nothing,
    route: route,
}
