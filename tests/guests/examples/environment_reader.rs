//! Answers with everything that it can find out about the process around it.

use std::env;
use std::io::Read as _;

use guests::{Nothing, answer, outcome};
use sdk::Refusal;
use sdk::routing::{Question, Verdict};

fn route(_: &Nothing, _: &Question) -> Result<Verdict, Refusal> {
    let variables: Vec<_> = env::vars_os().collect();
    let arguments: Vec<_> = env::args_os().collect();
    let mut input = Vec::new();
    answer(format!(
        "variables={variables:?} arguments={arguments:?} directory={} input={}",
        outcome(env::current_dir()),
        outcome(std::io::stdin().read_to_end(&mut input)),
    ))
}

sdk::routing! {
    name: "environment-reader",
    summary: "Reads the environment.",
    settings: Nothing,
    route: route,
}
