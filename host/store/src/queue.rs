//! The queue before the thread that writes, in two lanes: what somebody waits for goes before what
//! falls due, however much of it there is.

use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// So many writes may wait in a lane; more callers wait before it.
const LANE_MAX: usize = 1024;
/// So many writes of a lane share a flush at most, so that nobody waits for ever.
const BATCH_MAX: usize = 256;
/// So long does what falls due extend a transaction. A command that comes meanwhile joins it, and
/// waits for the flush of what was written before it.
const DUE_TIME: Duration = Duration::from_millis(4);
/// So much of what falls due goes with commands, so that it goes on under any load.
const DUE_BESIDE_COMMANDS: usize = 8;

/// Who waits for a write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Lane {
    /// Somebody at a desk or behind a channel.
    Command,
    /// Nobody: it is due, and may be one of very many.
    Due,
}

/// Writes that wait.
pub(crate) struct Queue<J> {
    waiting: Mutex<Waiting<J>>,
    filled: Condvar,
    room_for_commands: Condvar,
    room_for_due: Condvar,
}

struct Waiting<J> {
    commands: VecDeque<J>,
    due: VecDeque<J>,
    closed: bool,
}

impl<J> Waiting<J> {
    const fn lane(&mut self, lane: Lane) -> &mut VecDeque<J> {
        match lane {
            Lane::Command => &mut self.commands,
            Lane::Due => &mut self.due,
        }
    }
}

impl<J> Queue<J> {
    pub(crate) fn new() -> Self {
        Self {
            waiting: Mutex::new(Waiting {
                commands: VecDeque::new(),
                due: VecDeque::new(),
                closed: false,
            }),
            filled: Condvar::new(),
            room_for_commands: Condvar::new(),
            room_for_due: Condvar::new(),
        }
    }

    /// Puts a write into its lane, as soon as there is room; false once the queue is closed.
    pub(crate) fn push(&self, lane: Lane, job: J) -> bool {
        let full =
            |waiting: &mut Waiting<J>| !waiting.closed && waiting.lane(lane).len() >= LANE_MAX;
        let mut waiting = self
            .room(lane)
            .wait_while(self.lock(), full)
            .unwrap_or_else(PoisonError::into_inner);
        if waiting.closed {
            return false;
        }
        waiting.lane(lane).push_back(job);
        drop(waiting);
        self.filled.notify_one();
        true
    }

    /// The first write of a transaction, as soon as there is one; nothing once the queue is closed and
    /// empty.
    pub(crate) fn first(&self, share: &mut Share) -> Option<J> {
        let empty = |waiting: &mut Waiting<J>| {
            !waiting.closed && waiting.commands.is_empty() && waiting.due.is_empty()
        };
        let waiting = self
            .filled
            .wait_while(self.lock(), empty)
            .unwrap_or_else(PoisonError::into_inner);
        self.take(waiting, share, Duration::ZERO)
    }

    /// A further write for a transaction that has been going on for so long, if it should take one.
    pub(crate) fn next(&self, share: &mut Share, elapsed: Duration) -> Option<J> {
        self.take(self.lock(), share, elapsed)
    }

    /// Takes no more; what waits is still to be written.
    pub(crate) fn close(&self) {
        self.lock().closed = true;
        self.filled.notify_all();
        self.room_for_commands.notify_all();
        self.room_for_due.notify_all();
    }

    /// Forgets what waits: nobody will write it.
    pub(crate) fn abandon(&self) {
        self.close();
        let mut waiting = self.lock();
        waiting.commands.clear();
        waiting.due.clear();
    }

    fn take(
        &self,
        mut waiting: MutexGuard<'_, Waiting<J>>,
        share: &mut Share,
        elapsed: Duration,
    ) -> Option<J> {
        for lane in [Lane::Command, Lane::Due] {
            if share.has_room(lane, elapsed)
                && let Some(job) = waiting.lane(lane).pop_front()
            {
                drop(waiting);
                share.count(lane);
                self.room(lane).notify_one();
                return Some(job);
            }
        }
        None
    }

    const fn room(&self, lane: Lane) -> &Condvar {
        match lane {
            Lane::Command => &self.room_for_commands,
            Lane::Due => &self.room_for_due,
        }
    }

    fn lock(&self) -> MutexGuard<'_, Waiting<J>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What a transaction has taken so far.
#[derive(Debug, Default)]
pub(crate) struct Share {
    commands: usize,
    due: usize,
}

impl Share {
    fn has_room(&self, lane: Lane, elapsed: Duration) -> bool {
        match lane {
            Lane::Command => self.commands < BATCH_MAX,
            Lane::Due if self.commands > 0 => self.due < DUE_BESIDE_COMMANDS,
            Lane::Due => self.due < BATCH_MAX && elapsed < DUE_TIME,
        }
    }

    const fn count(&mut self, lane: Lane) {
        match lane {
            Lane::Command => self.commands += 1,
            Lane::Due => self.due += 1,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What one transaction takes of so many commands and due writes that wait, with what comes after
    /// its first write.
    #[track_caller]
    fn check(waiting: (usize, usize), comes: usize, elapsed: Duration, expected: (usize, usize)) {
        let queue = Queue::new();
        for _ in 0..waiting.0 {
            assert!(queue.push(Lane::Command, Lane::Command));
        }
        for _ in 0..waiting.1 {
            assert!(queue.push(Lane::Due, Lane::Due));
        }
        let mut share = Share::default();
        let mut taken: Vec<Lane> = queue.first(&mut share).into_iter().collect();
        for _ in 0..comes {
            assert!(queue.push(Lane::Command, Lane::Command));
        }
        while let Some(lane) = queue.next(&mut share, elapsed) {
            taken.push(lane);
        }
        let count = |lane| taken.iter().filter(|taken| **taken == lane).count();
        assert_eq!((count(Lane::Command), count(Lane::Due)), expected);
        // Whatever somebody waits for came as early as it could.
        let late = usize::from(waiting.0 == 0 && waiting.1 > 0);
        let commands = taken.iter().skip(late).take(expected.0);
        assert!(
            commands.into_iter().all(|lane| *lane == Lane::Command),
            "{taken:?}"
        );
    }

    #[test]
    fn a_command_waits_for_one_due_write_at_most() {
        let (soon, late) = (Duration::ZERO, DUE_TIME);
        check((3, 0), 0, soon, (3, 0));
        check((1000, 0), 0, soon, (BATCH_MAX, 0));
        check((0, 3), 0, soon, (0, 3));
        check((0, 1000), 0, soon, (0, BATCH_MAX));
        check((0, 1000), 0, late, (0, 1));
        check((0, 1000), 2, soon, (2, DUE_BESIDE_COMMANDS));
        // Also when time is up; and the due goes on beside commands.
        check((0, 1000), 2, late, (2, DUE_BESIDE_COMMANDS));
        check((5, 1000), 0, late, (5, DUE_BESIDE_COMMANDS));
        check((1000, 1000), 0, late, (BATCH_MAX, DUE_BESIDE_COMMANDS));
    }

    #[test]
    fn what_waits_when_the_queue_is_closed_is_still_written() {
        let queue = Queue::new();
        assert!(queue.push(Lane::Due, 1));
        assert!(queue.push(Lane::Command, 2));
        queue.close();
        assert!(!queue.push(Lane::Command, 3));
        let mut share = Share::default();
        assert_eq!(queue.first(&mut share), Some(2));
        assert_eq!(queue.first(&mut share), Some(1));
        assert_eq!(queue.first(&mut share), None);
    }

    #[test]
    fn who_waits_before_a_full_lane_is_let_in_or_turned_away() {
        let queue = Queue::new();
        for n in 0..LANE_MAX {
            assert!(queue.push(Lane::Due, n));
        }
        std::thread::scope(|scope| {
            let pushing = scope.spawn(|| queue.push(Lane::Due, LANE_MAX));
            // The other lane has room.
            assert!(queue.push(Lane::Command, 0));
            let mut share = Share::default();
            assert!(queue.first(&mut share).is_some());
            assert!(queue.next(&mut share, Duration::ZERO).is_some());
            assert!(pushing.join().unwrap());
            let turned_away = scope.spawn(|| queue.push(Lane::Due, LANE_MAX));
            queue.abandon();
            assert!(!turned_away.join().unwrap());
        });
        assert_eq!(queue.first(&mut Share::default()), None);
    }
}
