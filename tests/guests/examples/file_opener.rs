//! Tries to read, list, write and remove files, and answers what came of it.

use std::fs;

use guests::{Nothing, answer, outcome};
use sdk::Refusal;
use sdk::routing::{Question, Verdict};

fn route(_: &Nothing, _: &Question) -> Result<Verdict, Refusal> {
    answer(format!(
        "read={} list={} here={} write={} remove={}",
        outcome(fs::read("/etc/hostname")),
        outcome(fs::read_dir("/")),
        outcome(fs::read_dir(".")),
        outcome(fs::write("kapok-was-here", "!")),
        outcome(fs::remove_file("kapok-was-here")),
    ))
}

sdk::routing! {
    name: "file-opener",
    summary: "Opens files.",
    settings: Nothing,
    route: route,
}
