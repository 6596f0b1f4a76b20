//! What is counted, for Prometheus. Labels come from closed sets (route templates, command names,
//! stable codes, scopes of the directory): never an id, never a name.

use std::fmt::Write as _;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError};
use std::time::Duration;

use engine::ports::BreakerState;
use engine::{Deliveries, PlacementView, Tick};
use lifecycle::advice::{Attempt, FailureKind, Outcome};
use lifecycle::event::{Event, Recorded};
use metrics::{counter, describe_counter, describe_histogram, histogram};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};

use crate::Error;

/// Requests, by `method`, `route` and `status`.
pub const REQUESTS: &str = "kapok_http_requests_total";
/// Time from head to answer, by `method` and `route`.
pub const REQUEST_SECONDS: &str = "kapok_http_request_duration_seconds";
/// Commands, by `command` and `outcome` (`done`, `replayed`, or a problem's code).
pub const COMMANDS: &str = "kapok_commands_total";
/// Answers of rule images, by `question`, `scope` and `outcome`.
pub const DECISIONS: &str = "kapok_decisions_total";
/// Timers that fired.
pub const TIMERS: &str = "kapok_timers_total";
/// Effects that were performed.
pub const EFFECTS: &str = "kapok_effects_total";
/// Attempts at what is due that failed, and are repeated later.
pub const PUT_OFF: &str = "kapok_due_items_put_off_total";

/// Attempts to send a message, by `outcome`: `sent`, `put_off` or `failed`.
pub const DELIVERIES: &str = "kapok_deliveries_total";

/// Decisions that an active rule was asked in, by `question` and `scope`.
pub const PLACEMENT_ASKED: &str = "kapok_rule_asked_total";
/// Of these, failed.
pub const PLACEMENT_FAILED: &str = "kapok_rule_failed_total";
/// Its circuit breaker: 0 closed, 1 half-open, 2 open.
pub const PLACEMENT_BREAKER: &str = "kapok_rule_breaker";
/// Whether it is loaded.
pub const PLACEMENT_LOADED: &str = "kapok_rule_loaded";

/// Upper bounds of the buckets of [`REQUEST_SECONDS`].
const SECONDS: [f64; 11] = [
    0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 5.0, 30.0,
];

/// After so many requests the recorder sorts in what it has gathered, so that its memory stays
/// bounded even when nobody reads the metrics.
const UPKEEP_EVERY: u32 = 1024;

static INSTALLED: OnceLock<PrometheusHandle> = OnceLock::new();
static SINCE_UPKEEP: AtomicU32 = AtomicU32::new(0);

/// The metrics of this process. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Metrics {
    handle: PrometheusHandle,
}

impl Metrics {
    /// Installs the process's recorder, or finds the one that was installed here before.
    ///
    /// # Errors
    /// [`Error::Recorder`] when the process has another recorder.
    pub fn install() -> Result<Self, Error> {
        // One at a time: between the recorder and its handle another one would find neither.
        static INSTALLING: Mutex<()> = Mutex::new(());
        let _turn = INSTALLING.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(handle) = INSTALLED.get() {
            return Ok(Self {
                handle: handle.clone(),
            });
        }
        let recorder = PrometheusBuilder::new()
            .set_buckets_for_metric(Matcher::Full(REQUEST_SECONDS.to_owned()), &SECONDS)
            .map_err(Error::Buckets)?
            .build_recorder();
        let handle = recorder.handle();
        match metrics::set_global_recorder(recorder) {
            Ok(()) => {
                describe();
                let handle = INSTALLED.get_or_init(|| handle).clone();
                Ok(Self { handle })
            }
            Err(_) => Err(Error::Recorder),
        }
    }

    /// Everything counted so far, in the Prometheus text format.
    #[must_use]
    pub fn render(&self) -> String {
        self.handle.run_upkeep();
        self.handle.render()
    }

    /// Counts a request.
    pub(crate) fn request(&self, method: &str, route: &str, status: u16, took: Duration) {
        let labels = [
            ("method", method.to_owned()),
            ("route", route.to_owned()),
            ("status", status.to_string()),
        ];
        counter!(REQUESTS, &labels).increment(1);
        let [method, route, _] = labels;
        histogram!(REQUEST_SECONDS, &[method, route]).record(took);
        if SINCE_UPKEEP.fetch_add(1, Ordering::Relaxed) >= UPKEEP_EVERY {
            SINCE_UPKEEP.store(0, Ordering::Relaxed);
            self.handle.run_upkeep();
        }
    }
}

/// Counts a command by its outcome: `done`, `replayed`, or a problem's code.
pub(crate) fn command(name: &'static str, outcome: &'static str) {
    counter!(COMMANDS, "command" => name, "outcome" => outcome).increment(1);
}

/// Counts what rule images answered, as the journal has it. For every event that is new, once.
pub fn events(events: &[Recorded]) {
    for recorded in events {
        if let Event::RoutingAdvised { advice, .. } = &recorded.event {
            attempts("routing", &advice.attempts);
        }
        if let Event::EscalationAdvised { advice } = &recorded.event {
            attempts("escalation", &advice.attempts);
        }
    }
}

/// Counts what a tick did. For the caller's own ticks; those of `PUT /clock` are counted already.
pub fn tick(tick: &Tick) {
    counter!(TIMERS).increment(u64::try_from(tick.timers).unwrap_or(u64::MAX));
    counter!(EFFECTS).increment(u64::try_from(tick.effects).unwrap_or(u64::MAX));
    counter!(PUT_OFF).increment(u64::try_from(tick.put_off).unwrap_or(u64::MAX));
}

/// Counts what a call of `deliver_due` did.
pub fn deliveries(done: &Deliveries) {
    for (outcome, count) in [
        ("sent", done.sent),
        ("put_off", done.put_off),
        ("failed", done.failed),
    ] {
        let count = u64::try_from(count).unwrap_or(u64::MAX);
        counter!(DELIVERIES, "outcome" => outcome).increment(count);
    }
}

fn attempts(question: &'static str, attempts: &[Attempt]) {
    for attempt in attempts {
        let labels = [
            ("question", question.to_owned()),
            ("scope", attempt.scope.clone()),
            ("outcome", outcome(&attempt.outcome).to_owned()),
        ];
        counter!(DECISIONS, &labels).increment(1);
    }
}

/// How what answers does, in the same format. Written anew at each reading: nothing stays of a scope that
/// has no rule any more.
pub(crate) fn placements(all: &[PlacementView]) -> String {
    let mut text = String::new();
    let mut family = |name: &str, kind: &str, help: &str, value: &dyn Fn(&PlacementView) -> u64| {
        // Writing to a string does not fail.
        let _ = writeln!(text, "# HELP {name} {help}\n# TYPE {name} {kind}");
        for it in all {
            let (question, value) = (it.kind.name(), value(it));
            // A scope is a code of the directory, and a name of letters, digits and hyphens.
            let _ = writeln!(
                text,
                "{name}{{question=\"{question}\",scope=\"{}\"}} {value}",
                it.scope
            );
        }
    };
    family(
        PLACEMENT_ASKED,
        "counter",
        "Decisions that the active rule was asked in since it was put there",
        &|it| it.asked,
    );
    family(PLACEMENT_FAILED, "counter", "Of these, failed", &|it| {
        it.failed
    });
    family(
        PLACEMENT_BREAKER,
        "gauge",
        "Whether the active rule is asked: 0 yes, 1 one decision tries it, 2 it rests",
        &|it| match it.breaker {
            None | Some(BreakerState::Closed) => 0,
            Some(BreakerState::HalfOpen) => 1,
            Some(BreakerState::Open { .. }) => 2,
        },
    );
    family(
        PLACEMENT_LOADED,
        "gauge",
        "Whether the active rule is loaded: 1 yes, 0 no, so that it does not answer",
        &|it| u64::from(it.loaded),
    );
    text
}

const fn outcome(outcome: &Outcome) -> &'static str {
    match outcome {
        Outcome::Answered => "answered",
        Outcome::NoOpinion => "no_opinion",
        Outcome::Refused { .. } => "refused",
        Outcome::Failed { kind, .. } => match kind {
            FailureKind::Trapped => "trapped",
            FailureKind::OutOfFuel => "out_of_fuel",
            FailureKind::TimedOut => "timed_out",
            FailureKind::OutOfMemory => "out_of_memory",
            FailureKind::ResultTooLarge => "result_too_large",
            FailureKind::InvalidAnswer => "invalid_answer",
            FailureKind::Overloaded => "overloaded",
            FailureKind::CircuitOpen => "circuit_open",
            FailureKind::Unreachable => "unreachable",
            FailureKind::WrongImage => "wrong_image",
        },
    }
}

fn describe() {
    describe_counter!(REQUESTS, "HTTP requests by method, route and status");
    describe_histogram!(
        REQUEST_SECONDS,
        "Seconds from the head of a request to its answer"
    );
    describe_counter!(COMMANDS, "Commands by name and outcome");
    describe_counter!(
        DECISIONS,
        "Answers of rule images by question, scope and outcome"
    );
    describe_counter!(TIMERS, "Timers that fired");
    describe_counter!(EFFECTS, "Effects that were performed");
    describe_counter!(
        PUT_OFF,
        "Attempts at what is due that failed, and are repeated later"
    );
    describe_counter!(DELIVERIES, "Attempts to send a message by outcome");
}
