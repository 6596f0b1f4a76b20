//! Refuses: `internal` when that is the subject, `unsupported` otherwise.

use guests::Nothing;
use sdk::Refusal;
use sdk::routing::{Question, Verdict};

fn route(_: &Nothing, question: &Question) -> Result<Verdict, Refusal> {
    Err(if question.subject == "internal" {
        Refusal::Internal("内部表格损坏".to_owned())
    } else {
        Refusal::Unsupported("不受理此类事项".to_owned())
    })
}

sdk::routing! {
    name: "refusal",
    summary: "Refuses every question.",
    settings: Nothing,
    route: route,
}
