//! What one guest has while it runs: its standing clock, its seeded random numbers, its log and its
//! limits. A guest exists for one decision and is dropped with everything in it.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use contract::types::Instant;
use sha2::{Digest as _, Sha256};
use thiserror::Error;
use uuid::Uuid;
use wasmtime::component::ResourceTable;
use wasmtime::{ResourceLimiter, Store};
use wasmtime_wasi::WasiCtx;

use crate::Limits;

/// Handles that a guest may hold at the same time.
const HANDLES_MAX: usize = 1024;

/// State of a store.
pub(crate) struct Guest {
    /// Where the guest's clocks stand.
    pub(crate) now: Instant,
    /// The guest's random numbers.
    pub(crate) random: Random,
    /// Streams and pollables that the guest holds.
    pub(crate) table: ResourceTable,
    /// Made only for a guest that touches files or sockets, which no sensible plugin does.
    pub(crate) wasi: Option<WasiCtx>,
    log: Option<Arc<Mutex<Log>>>,
    log_bytes: usize,
    budget: Budget,
}

impl Guest {
    /// A guest with the limits of a decision.
    pub(crate) fn new(now: Instant, seed: [u8; 32], limits: &Limits) -> Self {
        let mut table = ResourceTable::new();
        table.set_max_capacity(HANDLES_MAX);
        Self {
            now,
            random: Random::new(seed),
            table,
            wasi: None,
            log: None,
            log_bytes: limits.log_bytes,
            budget: Budget {
                memory_left: limits.memory_bytes,
                memory_bytes: limits.memory_bytes,
                table_elements: limits.table_elements,
            },
        }
    }

    /// Puts a store's limits into force.
    ///
    /// # Errors
    ///
    /// None with an engine that counts fuel.
    pub(crate) fn limit(
        store: &mut Store<Self>,
        limits: &Limits,
        fuel: u64,
    ) -> wasmtime::Result<()> {
        store.limiter(|guest| &mut guest.budget);
        store.set_hostcall_fuel(limits.result_bytes);
        store.set_max_component_handles(HANDLES_MAX);
        store.set_fuel(fuel)
    }

    /// Linear memory that the guest has; memory never shrinks, so this is also the most it had.
    pub(crate) const fn memory_bytes(&self) -> usize {
        self.budget
            .memory_bytes
            .saturating_sub(self.budget.memory_left)
    }

    /// The log that the guest writes to; made with its first use.
    pub(crate) fn log(&mut self) -> Arc<Mutex<Log>> {
        let bytes_max = self.log_bytes;
        Arc::clone(
            self.log
                .get_or_insert_with(|| Arc::new(Mutex::new(Log::new(bytes_max)))),
        )
    }

    /// What the guest wrote and how many bytes were dropped, if it wrote at all.
    pub(crate) fn take_log(&mut self) -> Option<(String, u64)> {
        let log = self.log.take()?;
        let log = lock(&log);
        Some((
            String::from_utf8_lossy(&log.bytes).into_owned(),
            log.dropped,
        ))
    }
}

/// Seed of a decision's random numbers.
pub(crate) fn seed_of(decision: Uuid) -> [u8; 32] {
    Sha256::digest(decision.as_bytes()).into()
}

/// Random numbers that follow from a seed: SHA-256 of the seed and a counter.
pub(crate) struct Random {
    seed: [u8; 32],
    counter: u64,
    block: [u8; 32],
    used: usize,
}

impl Random {
    const fn new(seed: [u8; 32]) -> Self {
        Self {
            seed,
            counter: 0,
            block: [0; 32],
            used: 32,
        }
    }

    /// The next bytes.
    pub(crate) fn fill(&mut self, bytes: &mut [u8]) {
        for byte in bytes {
            *byte = self.next_byte();
        }
    }

    /// The next number.
    pub(crate) fn next_u64(&mut self) -> u64 {
        let mut bytes = [0; 8];
        self.fill(&mut bytes);
        u64::from_le_bytes(bytes)
    }

    fn next_byte(&mut self) -> u8 {
        if let Some(byte) = self.block.get(self.used) {
            self.used += 1;
            return *byte;
        }
        let mut hash = Sha256::new();
        hash.update(self.seed);
        hash.update(self.counter.to_le_bytes());
        self.counter = self.counter.wrapping_add(1);
        self.block = hash.finalize().into();
        self.used = 1;
        let [first, ..] = self.block;
        first
    }
}

/// What a guest wrote, up to a limit.
#[derive(Debug)]
pub(crate) struct Log {
    bytes: Vec<u8>,
    bytes_max: usize,
    dropped: u64,
}

impl Log {
    const fn new(bytes_max: usize) -> Self {
        Self {
            bytes: Vec::new(),
            bytes_max,
            dropped: 0,
        }
    }

    /// Keeps what fits and counts the rest.
    pub(crate) fn write(&mut self, bytes: &[u8]) {
        let room = self
            .bytes_max
            .saturating_sub(self.bytes.len())
            .min(bytes.len());
        let (kept, dropped) = bytes.split_at(room);
        self.bytes.extend_from_slice(kept);
        self.dropped = self
            .dropped
            .saturating_add(u64::try_from(dropped.len()).unwrap_or(u64::MAX));
    }
}

/// A log is a buffer; a panic while it was held leaves it usable.
pub(crate) fn lock(log: &Mutex<Log>) -> MutexGuard<'_, Log> {
    log.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The guest asked for more than it may have.
#[derive(Debug, Error)]
pub(crate) enum Exceeded {
    #[error("asked for {asked} more bytes of memory, of which {left} of {limit} were left")]
    Memory {
        asked: usize,
        left: usize,
        limit: usize,
    },
    #[error("asked for a table of {asked} elements, of which a table may have {limit}")]
    Table { asked: usize, limit: usize },
}

/// What is left of the guest's memory. Growing beyond it ends the guest, instead of letting
/// `memory.grow` fail, so that the failure is told apart from every other one.
struct Budget {
    memory_left: usize,
    memory_bytes: usize,
    table_elements: usize,
}

impl ResourceLimiter for Budget {
    fn memory_growing(
        &mut self,
        current: usize,
        desired: usize,
        _maximum: Option<usize>,
    ) -> wasmtime::Result<bool> {
        let asked = desired.saturating_sub(current);
        match self.memory_left.checked_sub(asked) {
            Some(left) => {
                self.memory_left = left;
                Ok(true)
            }
            None => Err(Exceeded::Memory {
                asked,
                left: self.memory_left,
                limit: self.memory_bytes,
            }
            .into()),
        }
    }

    fn table_growing(
        &mut self,
        _current: usize,
        desired: usize,
        _maximum: Option<usize>,
    ) -> wasmtime::Result<bool> {
        if desired > self.table_elements {
            return Err(Exceeded::Table {
                asked: desired,
                limit: self.table_elements,
            }
            .into());
        }
        Ok(true)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn random_numbers_follow_from_the_seed() {
        let draw = |seed: u8| {
            let mut random = Random::new([seed; 32]);
            let mut bytes = [0; 100];
            random.fill(&mut bytes);
            bytes
        };
        assert_eq!(draw(1), draw(1));
        assert_ne!(draw(1), draw(2));
        assert_ne!(draw(1)[..32], draw(1)[32..64], "blocks differ");
    }

    #[test]
    fn log_keeps_what_fits_and_counts_the_rest() {
        let mut log = Log::new(5);
        log.write(b"abc");
        log.write(b"defg");
        assert_eq!((log.bytes.as_slice(), log.dropped), (&b"abcde"[..], 2));
    }
}
