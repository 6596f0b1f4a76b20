//! The engine that compiles and runs rules, and the thread that moves its epochs.

use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use wasmtime::component::Linker;
use wasmtime::{
    Config, Enabled, Engine, EngineWeak, InstanceAllocationStrategy, OptLevel,
    PoolingAllocationConfig,
};

use crate::guest::Guest;
use crate::{Error, Limits, wasi};

/// Engine that runs the rules, as decisions record it.
pub const ENGINE: &str = "wasmtime 48.0.8";

/// Between two ticks of the epoch.
const TICK: Duration = Duration::from_millis(10);

/// Stack of a guest.
const STACK_BYTES: usize = 512 << 10;

/// Memory that a slot of the pool keeps between decisions instead of giving it back to the system.
/// A page that some decision wrote to is restored after every later one in the same slot, so that
/// much more than a usual decision touches would let one large decision slow down all
/// that follow.
const KEEP_RESIDENT_BYTES: usize = 512 << 10;

/// Core instances, memories and tables that one component may have. A Rust plugin has about 5, 1
/// and 2; CPython linked from its shared libraries has some dozens of instances.
const CORE_INSTANCES_MAX: u32 = 100;
pub(crate) const MEMORIES_MAX: u32 = 4;
pub(crate) const TABLES_MAX: u32 = 20;

/// One engine with its ticker and everything that guests may be linked to.
pub(crate) struct Machine {
    pub(crate) engine: Engine,
    pub(crate) linker: Linker<Guest>,
    _ticker: Ticker,
}

impl Machine {
    /// The engine for decisions: instances come from a pool. Without enough address space for the
    /// pool, it works without one, only slower.
    pub(crate) fn for_decisions(limits: &Limits) -> Result<Self, Error> {
        let mut config = config();
        config.allocation_strategy(InstanceAllocationStrategy::Pooling(pool(limits)));
        let engine = match Engine::new(&config) {
            Ok(engine) => engine,
            Err(error) => {
                tracing::warn!(%error, "no pool of instances; every decision allocates its own");
                Engine::new(&self::config()).map_err(Error::engine)?
            }
        };
        Self::with(engine)
    }

    /// The engine for baking, which needs more memory and no pool. Its code runs once, so that
    /// optimising it would take longer than it saves: an interpreter has 18 MB of it.
    pub(crate) fn for_baking() -> Result<Self, Error> {
        let mut config = config();
        config
            .cranelift_opt_level(OptLevel::None)
            // Code that is not optimised has larger frames.
            .max_wasm_stack(4 * STACK_BYTES)
            .async_stack_size(5 * STACK_BYTES);
        Self::with(Engine::new(&config).map_err(Error::engine)?)
    }

    fn with(engine: Engine) -> Result<Self, Error> {
        let mut linker = Linker::new(&engine);
        wasi::link(&mut linker).map_err(Error::engine)?;
        let ticker = Ticker::start(engine.weak()).map_err(|source| Error::Thread {
            what: "epoch ticker",
            source,
        })?;
        Ok(Self {
            engine,
            linker,
            _ticker: ticker,
        })
    }
}

/// How many ticks a guest may see within this time. One is added because the first may come at once.
pub(crate) fn ticks(time: Duration) -> u64 {
    u64::try_from(time.as_millis() / TICK.as_millis())
        .unwrap_or(u64::MAX)
        .saturating_add(1)
}

/// Semantics and proposals; the same for baking and for decisions, so that what a plugin does while it
/// is baked is what it would do in a decision.
fn config() -> Config {
    let mut config = Config::new();
    config
        .wasm_component_model(true)
        .concurrency_support(false)
        .consume_fuel(true)
        .epoch_interruption(true)
        .cranelift_nan_canonicalization(true)
        .max_wasm_stack(STACK_BYTES)
        .async_stack_size(STACK_BYTES + (512 << 10))
        .parallel_compilation(true)
        .memory_init_cow(true)
        // A guest's frames name functions of a stripped component; collecting them costs more than
        // the decision.
        .wasm_backtrace_max_frames(None)
        .wasm_threads(false)
        .wasm_relaxed_simd(false)
        .relaxed_simd_deterministic(true)
        .wasm_memory64(false)
        .wasm_function_references(false)
        .wasm_gc(false)
        .wasm_exceptions(false)
        .gc_support(false);
    config
}

/// The pool: as many slots as calls may run at the same time.
fn pool(limits: &Limits) -> PoolingAllocationConfig {
    let slots = limits.concurrent.saturating_add(limits.background);
    let slots = u32::try_from(slots).unwrap_or(u32::MAX);
    let mut pool = PoolingAllocationConfig::new();
    pool.total_component_instances(slots)
        .total_core_instances(slots.saturating_mul(CORE_INSTANCES_MAX))
        .total_memories(slots.saturating_mul(MEMORIES_MAX))
        .total_tables(slots.saturating_mul(TABLES_MAX))
        .total_stacks(0)
        .total_gc_heaps(0)
        .max_core_instances_per_component(CORE_INSTANCES_MAX)
        .max_memories_per_component(MEMORIES_MAX)
        .max_tables_per_component(TABLES_MAX)
        .max_memory_size(limits.memory_bytes)
        .table_elements(limits.table_elements)
        .max_unused_warm_slots(slots)
        .linear_memory_keep_resident(KEEP_RESIDENT_BYTES)
        .table_keep_resident(KEEP_RESIDENT_BYTES)
        // Resets only the pages that the guest touched. Taken where the kernel offers it (6.7).
        .pagemap_scan(Enabled::Auto);
    pool
}

/// Moves an engine's epoch until it is dropped. One for each engine: with two, deadlines would come
/// too early.
struct Ticker {
    stop: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Ticker {
    fn start(engine: EngineWeak) -> std::io::Result<Self> {
        let (stop, stopped) = mpsc::channel();
        let thread = thread::Builder::new()
            .name("epoch-ticker".to_owned())
            .spawn(move || {
                while let Err(RecvTimeoutError::Timeout) = stopped.recv_timeout(TICK) {
                    let Some(engine) = engine.upgrade() else {
                        return;
                    };
                    engine.increment_epoch();
                }
            })?;
        Ok(Self {
            stop: Some(stop),
            thread: Some(thread),
        })
    }
}

impl Drop for Ticker {
    fn drop(&mut self) {
        // Closing the channel wakes the thread.
        drop(self.stop.take());
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("the epoch ticker had ended before its engine");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Decisions name the engine, so the name must follow the dependency.
    #[test]
    fn engine_names_the_version_that_is_linked() {
        let version = ENGINE
            .strip_prefix("wasmtime ")
            .expect("a name and a version");
        let lock = include_str!("../../../Cargo.lock");
        assert!(lock.contains(&format!("name = \"wasmtime\"\nversion = \"{version}\"\n")));
    }

    #[test]
    fn without_room_for_a_pool_there_is_still_an_engine() {
        let limits = Limits {
            concurrent: 1_000_000,
            ..Limits::shipped()
        };
        let machine = Machine::for_decisions(&limits).expect("an engine");
        assert!(machine.engine.pooling_allocator_metrics().is_none());
    }
}
