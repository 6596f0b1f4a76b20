//! Has nothing to say about anything.

use guests::Nothing;
use sdk::Refusal;
use sdk::routing::{Question, Verdict};

#[expect(clippy::unnecessary_wraps, reason = "the contract's signature")]
fn route(_: &Nothing, _: &Question) -> Result<Verdict, Refusal> {
    Ok(Verdict::NoOpinion)
}

sdk::routing! {
    name: "no-opinion",
    summary: "Has no opinion.",
    settings: Nothing,
    route: route,
}
