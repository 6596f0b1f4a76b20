//! What is counted, for Prometheus. Labels come from closed sets: names of the manifest, statuses, codes.
//!
//! Each service has a recorder of its own, so that several can be in one process.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use ::metrics::{Counter, Gauge, Histogram, Key, Label, Level, Metadata, Recorder as _};
use metrics_exporter_prometheus::{
    Matcher, PrometheusBuilder, PrometheusHandle, PrometheusRecorder,
};

use crate::Error;

/// Requests, by `function`, `status` and `code`; the code is a problem's of the server itself, empty for
/// what the function answered.
const REQUESTS: &str = "kapok_functions_requests_total";
/// Seconds from a request's head to its answer, by `function`.
const SECONDS: &str = "kapok_functions_request_duration_seconds";
/// Seconds that a function ran, by `function`.
const RUN_SECONDS: &str = "kapok_functions_run_duration_seconds";
/// Bytes of bodies, by `function` and `direction`: `in` or `out`.
const BYTES: &str = "kapok_functions_body_bytes_total";
/// Requests that are read, wait or run now.
const ADMITTED: &str = "kapok_functions_admitted_requests";
/// Requests that run now.
const RUNNING: &str = "kapok_functions_running_requests";
/// Reloads, by `outcome`: `taken` or `refused`.
const RELOADS: &str = "kapok_functions_reloads_total";

/// Upper bounds of the buckets of times.
const BUCKETS: [f64; 12] = [
    0.000_25, 0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 5.0,
];

/// After so many requests the recorder sorts in what it has gathered, so that its memory stays bounded
/// even when nobody reads the metrics.
const UPKEEP_EVERY: u32 = 1024;

const METADATA: Metadata<'static> = Metadata::new("functions", Level::INFO, None);

/// What one service counted.
pub(crate) struct Metrics {
    recorder: PrometheusRecorder,
    handle: PrometheusHandle,
    since_upkeep: AtomicU32,
    pub(crate) admitted: Gauge,
    pub(crate) running: Gauge,
}

/// A request that was answered, or left by its client.
pub(crate) struct Done<'a> {
    pub(crate) function: &'a str,
    pub(crate) status: u16,
    pub(crate) code: &'static str,
    pub(crate) took: Duration,
    pub(crate) ran: Option<Duration>,
    pub(crate) bytes_in: usize,
    pub(crate) bytes_out: usize,
}

impl Metrics {
    /// Counts from zero.
    pub(crate) fn new() -> Result<Self, Error> {
        let builder = PrometheusBuilder::new();
        let builder = builder
            .set_buckets_for_metric(Matcher::Full(SECONDS.to_owned()), &BUCKETS)
            .and_then(|builder| {
                builder.set_buckets_for_metric(Matcher::Full(RUN_SECONDS.to_owned()), &BUCKETS)
            })
            .map_err(|error| Error::Metrics(Box::new(error)))?;
        let recorder = builder.build_recorder();
        describe(&recorder);
        let gauge = |name| recorder.register_gauge(&Key::from_name(name), &METADATA);
        Ok(Self {
            admitted: gauge(ADMITTED),
            running: gauge(RUNNING),
            handle: recorder.handle(),
            recorder,
            since_upkeep: AtomicU32::new(0),
        })
    }

    /// Everything counted so far, in the Prometheus text format.
    pub(crate) fn render(&self) -> String {
        self.handle.run_upkeep();
        self.handle.render()
    }

    /// Counts a request.
    pub(crate) fn request(&self, done: &Done<'_>) {
        let function = || Label::new("function", done.function.to_owned());
        let status = Label::new("status", done.status.to_string());
        let code = Label::from_static_parts("code", done.code);
        self.counter(REQUESTS, vec![function(), status, code])
            .increment(1);
        self.histogram(SECONDS, vec![function()]).record(done.took);
        if let Some(ran) = done.ran {
            self.histogram(RUN_SECONDS, vec![function()]).record(ran);
        }
        for (direction, bytes) in [("in", done.bytes_in), ("out", done.bytes_out)] {
            let direction = Label::from_static_parts("direction", direction);
            self.counter(BYTES, vec![function(), direction])
                .increment(u64::try_from(bytes).unwrap_or(u64::MAX));
        }
        if self.since_upkeep.fetch_add(1, Ordering::Relaxed) >= UPKEEP_EVERY {
            self.since_upkeep.store(0, Ordering::Relaxed);
            self.handle.run_upkeep();
        }
    }

    /// Counts a reload.
    pub(crate) fn reload(&self, outcome: &'static str) {
        let outcome = Label::from_static_parts("outcome", outcome);
        self.counter(RELOADS, vec![outcome]).increment(1);
    }

    fn counter(&self, name: &'static str, labels: Vec<Label>) -> Counter {
        let key = Key::from_parts(name, labels);
        self.recorder.register_counter(&key, &METADATA)
    }

    fn histogram(&self, name: &'static str, labels: Vec<Label>) -> Histogram {
        let key = Key::from_parts(name, labels);
        self.recorder.register_histogram(&key, &METADATA)
    }
}

fn describe(recorder: &PrometheusRecorder) {
    for (name, text) in [
        (
            REQUESTS,
            "Requests by function, status and the server's own code",
        ),
        (BYTES, "Bytes of bodies by function and direction"),
        (RELOADS, "Reloads of the manifest by outcome"),
    ] {
        recorder.describe_counter(name.into(), None, text.into());
    }
    for (name, text) in [
        (ADMITTED, "Requests that are read, wait or run now"),
        (RUNNING, "Requests that run now"),
    ] {
        recorder.describe_gauge(name.into(), None, text.into());
    }
    for (name, text) in [
        (SECONDS, "Seconds from the head of a request to its answer"),
        (RUN_SECONDS, "Seconds that a function ran for a request"),
    ] {
        recorder.describe_histogram(name.into(), None, text.into());
    }
}

/// Adds one to a gauge for as long as it lives.
pub(crate) struct Counted<'a>(&'a Gauge);

impl<'a> Counted<'a> {
    pub(crate) fn new(gauge: &'a Gauge) -> Self {
        gauge.increment(1.0);
        Self(gauge)
    }
}

impl Drop for Counted<'_> {
    fn drop(&mut self) {
        self.0.decrement(1.0);
    }
}
