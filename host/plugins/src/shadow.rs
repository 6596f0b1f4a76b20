//! Asks rules after the order has its answer: shadows, and the active rule beside a canary. One thread
//! of low priority works off a bounded queue; what finds no room is counted and dropped, so that nothing
//! here can slow a decision down.

use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};

use engine::ports::DecisionContext;
use lifecycle::advice::Outcome;

use crate::Error;
use crate::caller::{Ask, Call, Caller, Lane};
use crate::candidate::{Answer, Candidate};
use crate::examine::{Question, Usage};
use crate::rule::Rule;

/// So many questions may wait. Each holds its question, some kilobytes.
const QUEUE_MAX: usize = 256;

/// A question that was answered, to be asked once more.
pub(crate) struct Job {
    pub(crate) candidate: Arc<Candidate>,
    pub(crate) whom: Whom,
    pub(crate) scope: String,
    pub(crate) context: DecisionContext,
    pub(crate) question: Question,
    /// What the order was answered; nothing if that cannot be compared.
    pub(crate) given: Option<Answer>,
}

/// Who is asked in the background.
pub(crate) enum Whom {
    /// The shadow itself.
    Candidate,
    /// The active rule, beside a canary.
    Active(Arc<Rule>),
}

/// The queue with its thread.
pub(crate) struct Shadow {
    queue: Arc<Queue>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Default)]
struct Queue {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    jobs: VecDeque<Job>,
    closed: bool,
}

impl Shadow {
    pub(crate) fn start(caller: &Arc<Caller>) -> Result<Self, Error> {
        let queue = Arc::new(Queue::default());
        let thread = thread::Builder::new()
            .name("shadow-rules".to_owned())
            .spawn({
                let (queue, caller) = (Arc::clone(&queue), Arc::clone(caller));
                move || {
                    lower_priority();
                    while let Some(job) = queue.next() {
                        if !job.candidate.is_over() {
                            work(&caller, &job);
                        }
                    }
                }
            })
            .map_err(|source| Error::Thread {
                what: "shadow rules",
                source,
            })?;
        Ok(Self {
            queue,
            thread: Some(thread),
        })
    }

    /// Puts a job into the queue if there is room; never waits. The job is made only then.
    pub(crate) fn offer(&self, candidate: &Candidate, make: impl FnOnce() -> Job) {
        let has_room = |state: &State| state.jobs.len() < QUEUE_MAX;
        if has_room(&self.queue.lock()) {
            let job = make();
            let mut state = self.queue.lock();
            if has_room(&state) {
                state.jobs.push_back(job);
                drop(state);
                self.queue.changed.notify_one();
                return;
            }
        }
        candidate.note_dropped();
    }
}

impl Queue {
    /// The next job; nothing when the queue is closed.
    fn next(&self) -> Option<Job> {
        let mut state = self
            .changed
            .wait_while(self.lock(), |state| state.jobs.is_empty() && !state.closed)
            .unwrap_or_else(PoisonError::into_inner);
        if state.closed {
            return None;
        }
        state.jobs.pop_front()
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Shadow {
    fn drop(&mut self) {
        self.queue.lock().closed = true;
        self.queue.changed.notify_all();
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("the thread of the shadow rules had ended before its runtime");
        }
    }
}

fn work(caller: &Caller, job: &Job) {
    let Job {
        candidate,
        whom,
        scope,
        context,
        question,
        given,
    } = job;
    let rule = match whom {
        Whom::Candidate => candidate.rule(),
        Whom::Active(rule) => rule,
    };
    let call = Call {
        lane: Lane::Background,
        scope,
        rule,
        context,
    };
    let (outcome, fuel, answer) = match question {
        Question::Routing(question) => ask(caller, call, question),
        Question::Escalation(question) => ask(caller, call, question),
        Question::Knowledge(point) => ask(caller, call, point),
    };
    if let Whom::Candidate = whom {
        candidate.note_answer(&outcome, fuel, context.now);
    }
    if let (Some(answer), Some(given)) = (answer, given) {
        candidate.note_comparison(answer == *given);
    }
}

fn ask<Q: Ask>(caller: &Caller, call: Call<'_>, question: &Q) -> (Outcome, u64, Option<Answer>) {
    let (attempt, verdict) = question.ask(caller, call, &mut Usage::default());
    let answer = Answer::of(&attempt.outcome, verdict.as_ref());
    (attempt.outcome, attempt.fuel, answer)
}

/// Lets this thread run when no other wants to. Linux counts priorities by thread.
#[cfg(target_os = "linux")]
fn lower_priority() {
    if let Err(error) = rustix::process::nice(19) {
        tracing::warn!(%error, "the thread of the shadow rules keeps its priority");
    }
}

#[cfg(not(target_os = "linux"))]
const fn lower_priority() {}
