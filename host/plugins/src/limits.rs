//! What one rule may use. Every limit is passed explicitly; nothing has a hidden default.

use std::thread;
use std::time::Duration;

/// Limits on baking, compiling and calling rules.
///
/// Fuel is the legal limit of a decision, because it is counted the same way on every machine; the
/// wall clock is only a safety net above it, so that it never decides what fuel would have allowed.
#[derive(Debug, Clone)]
pub struct Limits {
    /// Largest component or image that is looked at, in bytes.
    pub component_bytes: usize,
    /// Fuel of one decision, in wasmtime's units (about one per instruction).
    pub fuel: u64,
    /// Wall-clock time of one decision, the safety net.
    pub wall_clock: Duration,
    /// Memory of one decision, all linear memories together, in bytes.
    pub memory_bytes: usize,
    /// Elements of one table.
    pub table_elements: usize,
    /// Size of an answer, in bytes of text and records handed to the host.
    pub result_bytes: usize,
    /// What a guest may write to its standard output and error in one decision, in bytes. More is
    /// dropped and counted.
    pub log_bytes: usize,
    /// Decisions at the same time; as many instances stand ready. No scope may hold all of them.
    pub concurrent: usize,
    /// Decisions of one scope that may wait for a slot. One more is reported as overloaded at once.
    pub queue: usize,
    /// How long a decision waits for a free slot before it is reported as overloaded.
    pub wait: Duration,
    /// Calls at the same time that no order waits for: shadows, trials, fixtures. They have slots of
    /// their own.
    pub background: usize,
    /// Rules that stay loaded after they were used last, so that going back to one compiles nothing.
    pub warm_rules: usize,
    /// Fuel of one `configure`.
    pub bake_fuel: u64,
    /// Wall-clock time of one `configure`.
    pub bake_wall_clock: Duration,
    /// Memory of one `configure`, in bytes.
    pub bake_memory_bytes: usize,
}

impl Limits {
    /// The limits that Kapok ships with.
    ///
    /// A decision of the city's routing plugin uses about 100,000 units of fuel and 3 MB of memory,
    /// so both leave room for plugins in interpreted languages. The fuel is used up in well under a
    /// second of one core, long before the wall clock would end the guest on a busy machine.
    ///
    /// A decision never waits for anything but a processor, so that two slots for each are enough to
    /// keep all of them busy. More would only let more budgets burn at the same time.
    #[must_use]
    pub fn shipped() -> Self {
        let processors = thread::available_parallelism().map_or(2, usize::from);
        let slots = processors.saturating_mul(2).max(4);
        Self {
            component_bytes: 64 << 20,
            fuel: 200_000_000,
            wall_clock: Duration::from_secs(5),
            memory_bytes: 128 << 20,
            table_elements: 50_000,
            result_bytes: 64 << 10,
            log_bytes: 16 << 10,
            concurrent: slots,
            queue: 32,
            wait: Duration::from_secs(1),
            background: slots,
            warm_rules: 32,
            bake_fuel: 50_000_000_000,
            bake_wall_clock: Duration::from_secs(120),
            bake_memory_bytes: 512 << 20,
        }
    }
}
