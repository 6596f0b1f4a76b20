//! Bounds how many decisions run at the same time, so that the pool of instances never runs dry, and
//! shares the slots out fairly: whoever waits in a scope that holds few slots comes before whoever
//! waits in one that holds many, and among equals the one that was served longest ago.
//!
//! Nobody can take a slot back from a guest that runs. That is why one scope never gets the last
//! slots: with them, a district whose plugin burns its whole budget would let every other one wait
//! until a budget is burnt. Who finds no slot waits for a bounded time and in a bounded queue of its own
//! scope, because each one that waits holds a thread that another scope could use.

use std::collections::{BTreeMap, VecDeque};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use thiserror::Error;

/// Of so many slots one is kept free of any single scope.
const RESERVE: usize = 4;

/// Scopes that are remembered though nobody is in them. There are some dozens of districts and units.
const IDLE_LANES_MAX: usize = 1024;

/// The gate.
#[derive(Debug)]
pub(crate) struct Gate {
    state: Mutex<State>,
    /// Slots that one scope may hold.
    share: usize,
    /// Length of one scope's queue.
    queue: usize,
    wait: Duration,
}

#[derive(Debug)]
struct State {
    free: usize,
    lanes: BTreeMap<String, Lane>,
    /// How many wait in all lanes.
    waiting: usize,
    /// Counts what was granted, to tell who was served longest ago.
    granted: u64,
}

/// One scope's slots and queue.
#[derive(Debug, Default)]
struct Lane {
    held: usize,
    waiting: VecDeque<Arc<Ticket>>,
    served: u64,
}

/// One that waits.
#[derive(Debug, Default)]
struct Ticket {
    called: Condvar,
    granted: AtomicBool,
}

/// A slot that is taken until this is dropped.
#[derive(Debug)]
pub(crate) struct Slot<'a> {
    gate: &'a Gate,
    scope: &'a str,
}

/// Why there is no slot.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub(crate) enum Full {
    #[error("no slot was free for {} ms", .0.as_millis())]
    Waited(Duration),
    #[error("{0} decisions of this scope wait for a slot already")]
    Queue(usize),
}

impl Gate {
    /// A gate with this many slots, and a queue of this length for each scope.
    pub(crate) const fn new(slots: usize, queue: usize, wait: Duration) -> Self {
        let reserve = if slots < 2 {
            0
        } else {
            slots.div_ceil(RESERVE)
        };
        Self {
            state: Mutex::new(State {
                free: slots,
                lanes: BTreeMap::new(),
                waiting: 0,
                granted: 0,
            }),
            share: slots - reserve,
            queue,
            wait,
        }
    }

    /// Takes a slot for this scope, or gives up after the wait.
    pub(crate) fn enter<'a>(&'a self, scope: &'a str) -> Result<Slot<'a>, Full> {
        let mut state = self.lock();
        let State {
            free,
            lanes,
            waiting,
            granted,
        } = &mut *state;
        if lanes.len() > IDLE_LANES_MAX {
            lanes.retain(|_, lane| lane.held > 0 || !lane.waiting.is_empty());
        }
        if !lanes.contains_key(scope) {
            lanes.insert(scope.to_owned(), Lane::default());
        }
        let Some(lane) = lanes.get_mut(scope) else {
            return Err(Full::Queue(0));
        };
        // Whoever else waits now has its whole share already; a slot that they may take is theirs.
        if *free > 0 && lane.held < self.share && lane.waiting.is_empty() {
            *free -= 1;
            *granted += 1;
            lane.held += 1;
            lane.served = *granted;
            return Ok(Slot { gate: self, scope });
        }
        if lane.waiting.len() >= self.queue {
            return Err(Full::Queue(lane.waiting.len()));
        }
        let ticket = Arc::new(Ticket::default());
        lane.waiting.push_back(Arc::clone(&ticket));
        *waiting += 1;
        let (mut state, _) = ticket
            .called
            .wait_timeout_while(state, self.wait, |_| {
                !ticket.granted.load(Ordering::Relaxed)
            })
            .unwrap_or_else(PoisonError::into_inner);
        if ticket.granted.load(Ordering::Relaxed) {
            return Ok(Slot { gate: self, scope });
        }
        if let Some(lane) = state.lanes.get_mut(scope) {
            lane.waiting.retain(|other| !Arc::ptr_eq(other, &ticket));
        }
        state.waiting -= 1;
        Err(Full::Waited(self.wait))
    }

    /// Gives free slots to those that wait, as long as there are both.
    fn grant(&self, state: &mut State) {
        let State {
            free,
            lanes,
            waiting,
            granted,
        } = state;
        while *free > 0 && *waiting > 0 {
            let next = lanes
                .values_mut()
                .filter(|lane| !lane.waiting.is_empty() && lane.held < self.share)
                .min_by_key(|lane| (lane.held, lane.served));
            let Some(lane) = next else { return };
            let Some(ticket) = lane.waiting.pop_front() else {
                return;
            };
            *waiting -= 1;
            *free -= 1;
            *granted += 1;
            lane.held += 1;
            lane.served = *granted;
            ticket.granted.store(true, Ordering::Relaxed);
            ticket.called.notify_one();
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Slot<'_> {
    fn drop(&mut self) {
        let mut state = self.gate.lock();
        if let Some(lane) = state.lanes.get_mut(self.scope) {
            lane.held = lane.held.saturating_sub(1);
        }
        state.free += 1;
        self.gate.grant(&mut state);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;
    use std::thread;

    use super::*;

    const LONG: Duration = Duration::from_secs(60);

    #[test]
    fn full_gate_refuses_until_a_slot_is_given_back() {
        let gate = Gate::new(1, 1, Duration::ZERO);
        let slot = gate.enter("a");
        assert!(slot.is_ok());
        assert_eq!(gate.enter("a").err(), Some(Full::Waited(Duration::ZERO)));
        drop(slot);
        assert!(gate.enter("a").is_ok());
    }

    #[test]
    fn last_slots_are_not_for_one_scope() {
        let gate = Gate::new(8, 1, Duration::ZERO);
        let held: Vec<_> = std::iter::from_fn(|| gate.enter("bad").ok()).collect();
        assert_eq!(held.len(), 6);
        let good: Vec<_> = std::iter::from_fn(|| gate.enter("good").ok()).collect();
        assert_eq!(good.len(), 2, "another scope still gets in at once");
        drop(good);
        drop(held);
        let again: Vec<_> = std::iter::from_fn(|| gate.enter("good").ok()).collect();
        assert_eq!(again.len(), 6, "every slot came back");
    }

    #[test]
    fn full_queue_refuses_at_once() {
        let gate = Gate::new(1, 1, LONG);
        let slot = gate.enter("a").expect("a slot");
        thread::scope(|scope| {
            let first = scope.spawn(|| gate.enter("a").is_ok());
            wait_for(&gate, 1);
            assert_eq!(gate.enter("a").err(), Some(Full::Queue(1)));
            drop(slot);
            assert!(first.join().expect("no panic"));
        });
    }

    /// Waits until so many wait.
    fn wait_for(gate: &Gate, waiting: usize) {
        while gate.lock().waiting < waiting {
            thread::yield_now();
        }
    }

    /// Who waits in these scopes, in this order, is served in that order, one after the other.
    #[track_caller]
    fn check_order(waiting: &[&str], served: &[&str]) {
        let gate = Gate::new(1, 9, LONG);
        let slot = gate.enter("bad").expect("a slot");
        let (sender, receiver) = mpsc::channel();
        thread::scope(|scope| {
            for (n, &name) in waiting.iter().enumerate() {
                let (gate, sender) = (&gate, sender.clone());
                scope.spawn(move || {
                    let slot = gate.enter(name).expect("a slot");
                    sender.send(name).expect("a receiver");
                    drop(slot);
                });
                wait_for(gate, n + 1);
            }
            drop(slot);
        });
        drop(sender);
        assert_eq!(receiver.iter().collect::<Vec<_>>(), served);
    }

    #[test]
    fn waiting_scopes_take_turns() {
        check_order(&["bad", "bad", "bad"], &["bad", "bad", "bad"]);
        check_order(
            &["bad", "bad", "good", "bad", "fine", "good"],
            &["fine", "good", "bad", "good", "bad", "bad"],
        );
    }

    #[test]
    fn idle_scopes_are_forgotten() {
        let gate = Gate::new(2, 1, Duration::ZERO);
        for n in 0..3 * IDLE_LANES_MAX {
            drop(gate.enter(&n.to_string()));
        }
        assert!(gate.lock().lanes.len() <= IDLE_LANES_MAX + 1);
    }
}
