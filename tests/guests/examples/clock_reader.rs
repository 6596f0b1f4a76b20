//! Answers with everything that differs from one moment to the next: wall clock, monotonic clock,
//! random seed and the order of a hash map. In a host that repeats decisions bit for bit, none of it
//! does.

use std::collections::HashMap;
use std::hash::{BuildHasher as _, RandomState};
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use guests::{Nothing, answer};
use sdk::Refusal;
use sdk::routing::{Question, Verdict};

#[expect(clippy::disallowed_methods, reason = "this is what the guest is for")]
#[expect(clippy::iter_over_hash_type, reason = "this is what the guest is for")]
fn route(_: &Nothing, _: &Question) -> Result<Verdict, Refusal> {
    let started = Instant::now();
    let wall_ms = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default()
        .as_millis();
    let seed = RandomState::new().hash_one("seed");
    let map: HashMap<u32, ()> = (0..32).map(|n| (n, ())).collect();
    let mut order = String::new();
    for n in map.keys() {
        order.push_str(&n.to_string());
        order.push(' ');
    }
    let elapsed_ns = started.elapsed().as_nanos();
    answer(format!(
        "wall_ms={wall_ms} elapsed_ns={elapsed_ns} seed={seed:016x} order={order}"
    ))
}

sdk::routing! {
    name: "clock-reader",
    summary: "Reads clocks and random numbers.",
    settings: Nothing,
    route: route,
}
