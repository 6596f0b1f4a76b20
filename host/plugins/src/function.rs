//! Asks an image that runs as an HTTP function, on a district's own Spin or `kapok functions`: the
//! contract's JSON is posted, and what comes back is judged as an embedded image's answer is.
//!
//! A question changes nothing, so it may be asked again: after a connection that failed, and after 502,
//! 503 and 504, a few times within one budget and with pauses of random length. A function that fails
//! again and again rests, by the same circuit breaker as an embedded image. Whatever goes wrong is a
//! failed attempt, and the next wider scope is asked.

mod origin;
mod reply;
mod settings;
mod sign;

use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use engine::ports::Clock;
use lifecycle::advice::{Attempt, FailureKind};
use rollout::FunctionUrl;
use serde::Serialize;
use serde::de::DeserializeOwned;

use self::origin::{Origin, Trouble};
use self::settings::Settings;
use crate::Error;
use crate::answer::Failure;
use crate::breaker::Breaker;
use crate::caller::{Ask, Call, Caller, Judged, told};
use crate::gate::Gate;

pub use self::sign::{SIGNATURE, signature};

/// Pause before the second time is at most this long, and twice as long before each further one.
const PAUSE_FIRST: Duration = Duration::from_millis(25);
/// Longest pause.
const PAUSE_MAX: Duration = Duration::from_millis(400);
/// Questions that wait for functions at the same time. They take no processor, and a thread each.
const WAITING: usize = 64;
/// Questions of one scope that may wait for one of these to end, and how long.
const QUEUE: usize = 32;
const WAIT: Duration = Duration::from_secs(1);

/// A function that runs an image.
#[derive(Debug)]
pub struct Function {
    url: FunctionUrl,
    /// SHA-256 of the image that it must answer by, in hex.
    image: String,
    breaker: Breaker,
}

impl Function {
    /// The function at this address, which runs this image (its SHA-256 in hex).
    #[must_use]
    pub fn new(url: FunctionUrl, image: &str) -> Self {
        Self {
            url,
            image: image.to_owned(),
            breaker: Breaker::new(),
        }
    }

    /// Its address.
    #[must_use]
    pub const fn url(&self) -> &FunctionUrl {
        &self.url
    }

    pub(crate) const fn breaker(&self) -> &Breaker {
        &self.breaker
    }

    /// Whether it is the same one, so that what is known of it goes on to hold.
    pub(crate) fn continues(&self, other: &Self) -> bool {
        self.url == other.url && self.image == other.image
    }
}

/// Bounds of a question to a function.
#[derive(Debug, Clone, Copy)]
struct Bounds {
    /// How long a question may take, with all repetitions.
    budget: Duration,
    /// How often it is asked at most.
    attempts_max: u32,
    /// Largest answer that is read, in bytes.
    answer_bytes: u64,
}

/// How functions are asked: bounds, and what each of their hosts needs to see of this one. Connections
/// are kept open and used again.
pub struct Functions {
    bounds: Bounds,
    /// By scheme, host and port.
    origins: BTreeMap<String, Origin>,
    /// Everybody else.
    unlisted: Origin,
    gate: Gate,
}

impl Default for Functions {
    fn default() -> Self {
        Self::of(&Settings::default(), BTreeMap::new())
    }
}

impl fmt::Debug for Functions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Functions")
            .field("bounds", &self.bounds)
            .field("origins", &self.origins.keys())
            .finish_non_exhaustive()
    }
}

impl Functions {
    /// As a file says, with the instants of signatures from this clock.
    ///
    /// # Errors
    /// [`Error::Functions`], with the field and the way out.
    pub fn read(file: &Path, clock: &Arc<dyn Clock>) -> Result<Self, Error> {
        let settings = Settings::read(file)?;
        let origins = settings
            .functions
            .iter()
            .map(|(origin, access)| {
                Origin::new(file, origin, access, clock).map(|made| (origin.clone(), made))
            })
            .collect::<Result<_, _>>()?;
        Ok(Self::of(&settings, origins))
    }

    fn of(settings: &Settings, origins: BTreeMap<String, Origin>) -> Self {
        Self {
            bounds: Bounds {
                budget: Duration::from_millis(settings.budget_ms.get()),
                attempts_max: settings.attempts_max.get(),
                answer_bytes: settings.answer_bytes_max.get(),
            },
            origins,
            unlisted: Origin::unlisted(),
            gate: Gate::new(WAITING, QUEUE, WAIT),
        }
    }

    /// Asks a function in an image's place.
    pub(crate) fn attempt<Q: Ask>(
        &self,
        caller: &Caller,
        function: &Function,
        call: Call<'_>,
        question: &Q,
    ) -> (Attempt, Option<Q::Verdict>) {
        let span = tracing::debug_span!(
            "plugins.ask_function",
            scope = call.scope,
            kind = Q::KIND.name(),
            image = call.rule.short(),
            function = function.url.authority(),
        );
        let _entered = span.enter();
        let begun = Instant::now();
        let judged: Judged<Q::Verdict> =
            caller.guarded(&self.gate, &function.breaker, call.scope, || {
                match self.ask(function, question)? {
                    Ok(said) => question.judge(said).map(Ok),
                    Err(refusal) => Ok(Err(refusal)),
                }
            });
        let asked = Some(function.url.authority().to_owned());
        told(call, begun, 0, asked, judged)
    }

    /// Asks until there is an answer, or no more time or patience. A refusal is in the plugin's words.
    fn ask<S: DeserializeOwned>(
        &self,
        function: &Function,
        question: &impl Serialize,
    ) -> Result<Result<S, String>, Failure> {
        let body = serde_json::to_vec(question).map_err(|_unwritable| {
            // Only an instant outside the years that can be written gets here.
            let detail = "the question cannot be written as JSON";
            Failure::new(FailureKind::Unreachable, detail)
        })?;
        let url = &function.url;
        let origin = self.origins.get(url.origin()).unwrap_or(&self.unlisted);
        origin.may_ask(url)?;
        let begun = Instant::now();
        let left = || self.bounds.budget.saturating_sub(begun.elapsed());
        let mut tries: u32 = 1;
        loop {
            let trouble = match origin.exchange(url, &body, left(), self.bounds.answer_bytes) {
                Ok(answer) => return reply::read(&answer, &function.image, origin.image_header()),
                Err(trouble) => trouble,
            };
            let Trouble { failure, again } = trouble;
            let pause = pause(tries);
            if !again || tries >= self.bounds.attempts_max || pause >= left() {
                return Err(if tries == 1 {
                    failure
                } else {
                    let detail = format!("{} (asked {tries} times)", failure.detail);
                    Failure::new(failure.kind, &detail)
                });
            }
            tracing::debug!(
                tries,
                detail = failure.detail,
                "a function is asked once more"
            );
            thread::sleep(pause);
            tries = tries.saturating_add(1);
        }
    }
}

/// A pause of random length before the next time, so that those who were turned away together do not come
/// back together.
fn pause(tries: u32) -> Duration {
    let mut drawn = [0; 2];
    if getrandom::fill(&mut drawn).is_err() {
        // No chance is left to the machine's; half of the pause is as good as any.
        drawn = [0, 128];
    }
    let doubled = 1_u32
        .checked_shl(tries.saturating_sub(1))
        .unwrap_or(u32::MAX);
    let longest = PAUSE_FIRST.saturating_mul(doubled).min(PAUSE_MAX);
    longest.saturating_mul(u32::from(u16::from_le_bytes(drawn))) / u32::from(u16::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_and_end() {
        for (tries, longest_ms) in [(1, 25), (2, 50), (3, 100), (6, 400), (40, 400)] {
            let drawn: Vec<Duration> = (0..50).map(|_| pause(tries)).collect();
            let longest = Duration::from_millis(longest_ms);
            assert!(drawn.iter().all(|pause| *pause <= longest), "{drawn:?}");
            assert!(
                drawn.iter().any(|pause| *pause != drawn[0]),
                "{tries}: all the same: {drawn:?}"
            );
        }
    }
}
