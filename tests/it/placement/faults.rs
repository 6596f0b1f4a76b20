//! Every way in which a function can fail.

use std::net::TcpListener;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use engine::ports::Advisor as _;
use lifecycle::advice::{Attempt, FailureKind, Outcome};
use plugins::{Limits, Rule, Runtime};

use super::stub::{Act, Stub};
use super::{CITY, DISTRICT, Files, moody, table};
use crate::artefacts::{decision, question};

/// A verdict with one candidate.
const VERDICT: &str = r#"{"verdict":"ranked","candidates":[{"unit":"GZ-D106","score_permille":900,"reason":"本区"}]}"#;

/// Bounds that no test waits long for.
const BOUNDS: &str = "budget_ms = 1500\nattempts_max = 3\nanswer_bytes_max = 4096\n";

/// A city rule and a district rule in a runtime that asks functions within these bounds, on a clock that
/// somebody else may set forward.
struct City {
    runtime: Runtime,
    city: Arc<Rule>,
    district: Arc<Rule>,
    seconds: Arc<AtomicU64>,
}

impl City {
    fn new(settings: &str) -> Self {
        let seconds = Arc::new(AtomicU64::new(0));
        let clock = {
            let (start, seconds) = (Instant::now(), Arc::clone(&seconds));
            move || start + Duration::from_secs(seconds.load(Ordering::Relaxed))
        };
        let functions = Files::new().functions(settings).unwrap();
        let runtime = Runtime::with_clock(&Limits::shipped(), None, clock)
            .unwrap()
            .with_functions(functions);
        let (city, district) = (moody(&runtime, "city"), moody(&runtime, "district"));
        Self {
            runtime,
            city,
            district,
            seconds,
        }
    }

    fn follow(&self, url: &str) {
        self.runtime.follow(&table(&self.city, &self.district, url));
    }

    /// The header that names the district's image.
    fn named(&self) -> String {
        format!("kapok-image: sha256:{}\r\n", self.district.identity().image)
    }

    fn answer(&self, body: &str) -> Act {
        Act::Answer(200, self.named(), body.to_owned())
    }

    /// What came of asking the function; where it gave no verdict, the city did.
    fn ask(&self, url: &str) -> Attempt {
        let advice = self
            .runtime
            .route(&decision(1, &[DISTRICT, CITY]), &question(""));
        let [first, rest @ ..] = advice.attempts.as_slice() else {
            panic!("{advice:?}")
        };
        let host = url.split('/').nth(2).unwrap();
        assert_eq!(first.function.as_deref(), Some(host));
        assert_eq!((first.scope.as_str(), first.fuel), (DISTRICT, 0));
        assert_eq!(first.rule, *self.district.identity());
        if first.outcome == Outcome::Answered {
            assert_eq!(rest, []);
        } else {
            assert_eq!(rest.len(), 1, "{advice:?}");
            assert_eq!(
                rest[0].outcome,
                Outcome::Answered,
                "the city answers instead"
            );
            assert_eq!(rest[0].function, None);
        }
        assert!(advice.verdict.is_some());
        first.clone()
    }
}

/// After these acts of the function, the outcome, and how often it was asked.
#[track_caller]
fn check(
    acts: impl FnOnce(&City) -> Vec<Act>,
    expected: Result<(), (FailureKind, &str)>,
    asked: usize,
) {
    let city = City::new(BOUNDS);
    let stub = Stub::start(acts(&city));
    city.follow(&stub.url);
    let attempt = city.ask(&stub.url);
    match (&attempt.outcome, expected) {
        (Outcome::Answered, Ok(())) => {}
        (Outcome::Failed { kind, detail }, Err((expected, words))) => {
            assert_eq!(*kind, expected, "{detail}");
            assert!(detail.contains(words), "`{detail}` lacks `{words}`");
        }
        (got, expected) => panic!("{got:?}, expected {expected:?}"),
    }
    assert_eq!(stub.seen().len(), asked, "{:#?}", stub.seen());
}

fn status(status: u16) -> Act {
    let body = r#"{"code":"some_code","detail":"words"}"#;
    Act::Answer(status, String::new(), body.to_owned())
}

#[test]
fn a_question_is_asked_again_where_that_may_help() {
    use FailureKind::{TimedOut, Trapped, Unreachable};
    let good = |city: &City| city.answer(VERDICT);
    check(|city| vec![good(city)], Ok(()), 1);
    for wait in [502, 503, 504] {
        check(|city| vec![status(wait), good(city)], Ok(()), 2);
    }
    check(|city| vec![Act::Close, status(503), good(city)], Ok(()), 3);
    check(
        |_| vec![status(503)],
        Err((Unreachable, "asked 3 times")),
        3,
    );
    check(|_| vec![status(504)], Err((TimedOut, "asked 3 times")), 3);
    check(|_| vec![Act::Close], Err((Unreachable, "asked 3 times")), 3);
    // Everything else would end in the same way.
    check(
        |_| vec![status(500)],
        Err((Trapped, "answered 500 some_code")),
        1,
    );
    check(
        |_| vec![status(404)],
        Err((Unreachable, "no function has this address")),
        1,
    );
    check(
        |_| vec![status(401)],
        Err((Unreachable, "does not let this host ask")),
        1,
    );
    check(
        |_| vec![status(307)],
        Err((Unreachable, "points to another address")),
        1,
    );
    check(|_| vec![Act::Hang], Err((TimedOut, "in time")), 1);
    check(
        |_| vec![Act::Gibberish],
        Err((FailureKind::InvalidAnswer, "no HTTP answer")),
        1,
    );
}

#[test]
fn nobody_there_is_told_and_the_city_answers() {
    let free = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/routing", free.local_addr().unwrap());
    drop(free);
    let city = City::new(BOUNDS);
    city.follow(&url);
    let Outcome::Failed { kind, detail } = city.ask(&url).outcome else {
        panic!("somebody is there")
    };
    assert_eq!(kind, FailureKind::Unreachable);
    assert!(
        detail.contains("not reached") && detail.contains("asked 3 times"),
        "{detail}"
    );
}

#[test]
fn an_answer_is_of_the_activated_image_within_bounds_and_of_the_contract() {
    use FailureKind::{InvalidAnswer, ResultTooLarge, WrongImage};
    let other = format!("kapok-image: sha256:{}\r\n", "b".repeat(64));
    let wrong = |headers: &str| Act::Answer(200, headers.to_owned(), VERDICT.to_owned());
    check(
        |_| vec![wrong(&other)],
        Err((WrongImage, "answered by image bbbb")),
        1,
    );
    check(
        |_| vec![wrong("")],
        Err((WrongImage, "does not name its image")),
        1,
    );
    let body = |body: &'static str| move |city: &City| vec![city.answer(body)];
    check(body("{"), Err((InvalidAnswer, "one JSON document")), 1);
    check(
        body(r#"{"verdict":"ranked"}"#),
        Err((InvalidAnswer, "`candidates` is missing")),
        1,
    );
    // What an embedded image may not say, a function may not either.
    check(
        body(r#"{"verdict":"ranked","candidates":[]}"#),
        Err((InvalidAnswer, "the ranking is empty")),
        1,
    );
    check(
        body(
            r#"{"verdict":"ranked","candidates":[{"unit":"GZ-EXCLUDED","score_permille":1,"reason":"r"}]}"#,
        ),
        Err((InvalidAnswer, "among `excluded-units`")),
        1,
    );
    let long = |city: &City| vec![city.answer(&format!("{VERDICT}{}", " ".repeat(5000)))];
    check(long, Err((ResultTooLarge, "more than 4096 bytes")), 1);
}

#[test]
fn a_refusal_and_no_opinion_are_the_plugins_own() {
    let city = City::new(BOUNDS);
    let refused = r#"{"status":422,"code":"refused","detail":"超出范围","refusal":{"refusal":"unsupported","detail":"超出范围"}}"#;
    let stub = Stub::start(vec![
        Act::Answer(422, city.named(), refused.to_owned()),
        city.answer(r#"{"verdict":"no_opinion"}"#),
    ]);
    city.follow(&stub.url);
    let refused = Outcome::Refused {
        detail: "超出范围".to_owned(),
    };
    assert_eq!(city.ask(&stub.url).outcome, refused);
    assert_eq!(city.ask(&stub.url).outcome, Outcome::NoOpinion);
    assert_eq!(stub.connections(), 1, "the connection is used again");
}

#[test]
fn a_function_that_fails_rests_and_is_tried_again() {
    let city = City::new("attempts_max = 1");
    let mut acts = vec![status(500); 5];
    acts.push(city.answer(VERDICT));
    let stub = Stub::start(acts);
    let kind = || match city.ask(&stub.url).outcome {
        Outcome::Failed { kind, .. } => Some(kind),
        Outcome::Answered => None,
        other @ (Outcome::NoOpinion | Outcome::Refused { .. }) => panic!("{other:?}"),
    };
    city.follow(&stub.url);
    for _ in 0..5 {
        assert_eq!(kind(), Some(FailureKind::Trapped));
    }
    assert_eq!(kind(), Some(FailureKind::CircuitOpen));
    // A swap that leaves it as it is changes nothing about that.
    city.follow(&stub.url);
    assert_eq!(kind(), Some(FailureKind::CircuitOpen));
    assert_eq!(stub.seen().len(), 5, "it is not asked while it rests");
    // The image itself is not to blame: embedded, it answers.
    city.runtime.activate(DISTRICT, &city.district);
    let advice = city.runtime.route(&decision(1, &[DISTRICT]), &question(""));
    assert_eq!(advice.attempts[0].outcome, Outcome::Answered);
    city.follow(&stub.url);
    city.seconds.store(1, Ordering::Relaxed);
    assert_eq!(kind(), None, "the function answers again");
}

#[test]
fn questions_leave_the_machine_by_tls_alone() {
    let city = City::new(BOUNDS);
    // An address that is kept for documentation: nobody would answer, and nobody is asked.
    let url = "http://192.0.2.1/routing";
    city.follow(url);
    let Outcome::Failed { kind, detail } = city.ask(url).outcome else {
        panic!("it was asked")
    };
    assert_eq!(kind, FailureKind::Unreachable);
    assert!(
        detail.contains("without TLS") && detail.contains("plain = true"),
        "{detail}"
    );
}
