//! Counts its calls in a static and in its rules, and answers with both numbers. In a host that gives
//! each decision a fresh instance, both are always 1.

use std::sync::atomic::{AtomicU64, Ordering};

use guests::answer;
use schemars::JsonSchema;
use sdk::routing::{Question, Verdict};
use sdk::{Problem, Refusal};
use serde::Deserialize;

static CALLS: AtomicU64 = AtomicU64::new(0);

/// Needs no settings.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Settings {}

/// Memory that outlives a call.
struct Memory {
    calls: AtomicU64,
}

impl sdk::Settings for Settings {
    type Rules = Memory;

    fn prepare(self) -> Result<Memory, Vec<Problem>> {
        Ok(Memory {
            calls: AtomicU64::new(0),
        })
    }
}

fn route(memory: &Memory, _: &Question) -> Result<Verdict, Refusal> {
    let in_static = CALLS.fetch_add(1, Ordering::Relaxed) + 1;
    let in_rules = memory.calls.fetch_add(1, Ordering::Relaxed) + 1;
    answer(format!("{in_static} {in_rules}"))
}

sdk::routing! {
    name: "state-keeper",
    summary: "Counts its calls.",
    settings: Settings,
    route: route,
}
