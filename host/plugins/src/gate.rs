//! Bounds how many decisions run at the same time: a semaphore in front of the pool of instances,
//! with a bounded wait, so that the pool itself never runs dry.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// The semaphore.
#[derive(Debug)]
pub(crate) struct Gate {
    free: Mutex<usize>,
    freed: Condvar,
    wait: Duration,
}

/// A slot that is taken until this is dropped.
#[derive(Debug)]
pub(crate) struct Slot<'a>(&'a Gate);

impl Gate {
    /// A gate with this many slots.
    pub(crate) const fn new(slots: usize, wait: Duration) -> Self {
        Self {
            free: Mutex::new(slots),
            freed: Condvar::new(),
            wait,
        }
    }

    /// Takes a slot, or gives up after the wait.
    pub(crate) fn enter(&self) -> Option<Slot<'_>> {
        let (mut free, _) = self
            .freed
            .wait_timeout_while(self.lock(), self.wait, |free| *free == 0)
            .unwrap_or_else(PoisonError::into_inner);
        *free = free.checked_sub(1)?;
        Some(Slot(self))
    }

    fn lock(&self) -> MutexGuard<'_, usize> {
        self.free.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Slot<'_> {
    fn drop(&mut self) {
        *self.0.lock() += 1;
        self.0.freed.notify_one();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn full_gate_refuses_until_a_slot_is_given_back() {
        let gate = Gate::new(1, Duration::ZERO);
        let slot = gate.enter();
        assert!(slot.is_some());
        assert!(gate.enter().is_none());
        drop(slot);
        assert!(gate.enter().is_some());
    }
}
