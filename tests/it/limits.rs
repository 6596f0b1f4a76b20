//! Bad guests: each really does what it is named after, and the host names the failure, lives on and
//! answers the next decision.

use std::net::TcpListener;
use std::sync::Barrier;
use std::thread;
use std::time::Duration;

use engine::ports::Advisor as _;
use lifecycle::advice::{FailureKind, Outcome};
use plugins::{Baker, Error, Limits, Refused, Runtime, check};

use crate::artefacts::{
    NOW, ask, component, decision, guest, loaded, outcomes, question, runtime, shipped_rules,
};

/// The guest fails in its own scope in this way, and the city's rule answers the same decision.
#[track_caller]
fn check_failure(name: &str, subject: &str, kind: FailureKind, words: &str) {
    runtime().activate("440100", &loaded("state_keeper"));
    let scope = format!("{name} {subject}");
    runtime().activate(&scope, &loaded(name));
    let advice = runtime().route(&decision(1, &[&scope, "440100"]), &question(subject));
    let [bad, good] = outcomes(&advice)[..] else {
        panic!("{:?}", outcomes(&advice))
    };
    let Outcome::Failed {
        kind: found,
        detail,
    } = bad.1
    else {
        panic!("{:?}", bad.1)
    };
    assert_eq!(*found, kind, "{detail}");
    assert!(detail.contains(words), "`{detail}` lacks `{words}`");
    assert_eq!(good, ("440100", &Outcome::Answered));
    let reasons: Vec<_> = advice
        .verdict
        .iter()
        .flatten()
        .map(|one| one.reason.as_str())
        .collect();
    assert_eq!(
        reasons,
        ["1 1"],
        "the next guest sees nothing of the bad one, nor of itself"
    );
}

#[test]
fn endless_guest_runs_out_of_fuel() {
    check_failure("endless", "", FailureKind::OutOfFuel, "fuel");
}

#[test]
fn fuel_ends_a_guest_at_the_same_place_every_time() {
    let rule = loaded("endless");
    let fuel = || {
        let (attempt, _) = runtime().route_with("440100", &rule, &decision(1, &[]), &question(""));
        attempt.fuel
    };
    let first = fuel();
    assert_eq!(first, fuel());
    assert!(first >= Limits::shipped().fuel, "{first}");
}

#[test]
fn wall_clock_is_the_net_below_fuel() {
    let limits = Limits {
        fuel: u64::MAX / 2,
        wall_clock: Duration::from_millis(50),
        ..Limits::shipped()
    };
    let runtime = Runtime::new(&limits, None).unwrap();
    let rule = runtime.load(&guest("endless", "{}")).unwrap();
    let (outcome, _) = ask(&runtime, &rule, 1, "");
    assert!(
        matches!(
            outcome,
            Outcome::Failed {
                kind: FailureKind::TimedOut,
                ..
            }
        ),
        "{outcome:?}"
    );
    let good = runtime.load(&guest("state_keeper", "{}")).unwrap();
    assert_eq!(
        ask(&runtime, &good, 1, ""),
        (Outcome::Answered, Some("1 1".to_owned()))
    );
}

#[test]
fn memory_eater_is_stopped() {
    check_failure(
        "memory_eater",
        "",
        FailureKind::OutOfMemory,
        "bytes of memory",
    );
}

#[test]
fn table_grower_is_stopped() {
    check_failure(
        "table_grower",
        "",
        FailureKind::OutOfMemory,
        "a table may have 50000",
    );
}

#[test]
fn panic_is_a_trap_and_its_words_stay_inside() {
    check_failure("trap", "省政府", FailureKind::Trapped, "unreachable");
    let (outcome, _) = ask(runtime(), &loaded("trap"), 1, "省政府");
    let Outcome::Failed { detail, .. } = outcome else {
        panic!("{outcome:?}")
    };
    assert!(
        !detail.contains("省政府"),
        "what a guest says could be the requester's words"
    );
}

#[test]
fn endless_recursion_is_a_trap() {
    check_failure(
        "recursion",
        "",
        FailureKind::Trapped,
        "call stack exhausted",
    );
}

#[test]
fn large_answers_are_not_taken() {
    check_failure(
        "too_large",
        "reason",
        FailureKind::ResultTooLarge,
        "too much data",
    );
    let limits = Limits {
        fuel: 20_000_000_000,
        memory_bytes: 512 << 20,
        ..Limits::shipped()
    };
    let runtime = Runtime::new(&limits, None).unwrap();
    let rule = runtime.load(&guest("too_large", "{}")).unwrap();
    let (outcome, _) = ask(&runtime, &rule, 1, "");
    assert!(
        matches!(
            outcome,
            Outcome::Failed {
                kind: FailureKind::ResultTooLarge,
                ..
            }
        ),
        "{outcome:?}"
    );
}

#[test]
fn answers_outside_the_contract_are_named() {
    for (subject, words) in [
        ("score", "candidates[0]: the score is above 1000"),
        (
            "duplicate",
            "candidates[1]: the unit stands in the ranking twice",
        ),
        ("unit", "candidates[0]: the unit is empty"),
        ("order", "candidates[1]: the score is above the one before"),
        ("", "the ranking is empty"),
    ] {
        check_failure("invalid_answer", subject, FailureKind::InvalidAnswer, words);
    }
}

#[test]
fn refusal_and_no_opinion_are_no_failures() {
    let refused = |detail: &str| Outcome::Refused {
        detail: detail.to_owned(),
    };
    let rule = loaded("refusal");
    assert_eq!(
        ask(runtime(), &rule, 1, ""),
        (refused("不受理此类事项"), None)
    );
    assert_eq!(
        ask(runtime(), &rule, 1, "internal"),
        (refused("内部表格损坏"), None)
    );
    assert_eq!(
        ask(runtime(), &loaded("no_opinion"), 1, ""),
        (Outcome::NoOpinion, None)
    );
}

#[test]
fn log_is_bounded_and_costs_the_guest_not_the_host() {
    check_failure("log_flooder", "", FailureKind::OutOfFuel, "fuel");
    let (outcome, reason) = ask(runtime(), &loaded("log_flooder"), 1, "2000");
    assert_eq!(
        (outcome, reason),
        (Outcome::Answered, Some("2000 lines".to_owned()))
    );
}

#[test]
fn state_does_not_survive_a_decision() {
    let rule = loaded("state_keeper");
    for id in 0..200 {
        assert_eq!(
            ask(runtime(), &rule, id, ""),
            (Outcome::Answered, Some("1 1".to_owned()))
        );
    }
}

#[test]
fn clocks_stand_and_random_numbers_follow_from_the_decision() {
    let rule = loaded("clock_reader");
    let read = |id| ask(runtime(), &rule, id, "").1.expect("an answer");
    let first = read(1);
    assert_eq!(first, read(1), "the same decision gives the same bytes");
    let other = read(2);
    assert_ne!(first, other, "another decision has other random numbers");
    for reading in [&first, &other] {
        let clocks = format!("wall_ms={} elapsed_ns=0 seed=", NOW.unix_ms);
        assert!(reading.starts_with(&clocks), "{reading}");
    }
}

#[test]
fn not_a_number_is_always_the_same() {
    let (_, reason) = ask(runtime(), &loaded("nan_producer"), 1, "");
    assert_eq!(reason.unwrap(), ["7ff8000000000000"; 7].join(" "));
}

#[test]
fn guest_sees_nothing_of_the_process() {
    let (_, reason) = ask(runtime(), &loaded("environment_reader"), 1, "");
    let reason = reason.unwrap();
    assert!(reason.starts_with("variables=[] arguments=[] "), "{reason}");
    assert!(!reason.contains(env!("CARGO_MANIFEST_DIR")), "{reason}");
}

#[test]
fn guest_reaches_no_file() {
    let (_, reason) = ask(runtime(), &loaded("file_opener"), 1, "");
    let reason = reason.unwrap();
    assert!(!reason.contains("=ok"), "{reason}");
    assert!(!std::path::Path::new("kapok-was-here").exists());
}

#[test]
fn guest_reaches_no_network() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let (_, reason) = ask(runtime(), &loaded("network_opener"), 1, &address);
    let reason = reason.unwrap();
    assert!(!reason.contains("=ok"), "{reason}");
    assert!(listener.accept().is_err(), "nobody called");
}

#[test]
fn full_pool_is_reported_and_recovers() {
    let limits = Limits {
        concurrent: 1,
        wait: Duration::ZERO,
        ..Limits::shipped()
    };
    let runtime = Runtime::new(&limits, None).unwrap();
    let rule = runtime.load(&guest("endless", "{}")).unwrap();
    let barrier = Barrier::new(4);
    let kinds: Vec<FailureKind> = thread::scope(|scope| {
        let ask = || {
            barrier.wait();
            let (outcome, _) = ask(&runtime, &rule, 1, "");
            let Outcome::Failed { kind, .. } = outcome else {
                panic!("{outcome:?}")
            };
            kind
        };
        let threads: Vec<_> = (0..4).map(|_| scope.spawn(ask)).collect();
        threads
            .into_iter()
            .map(|thread| thread.join().unwrap())
            .collect()
    });
    assert!(kinds.contains(&FailureKind::OutOfFuel), "{kinds:?}");
    assert!(kinds.contains(&FailureKind::Overloaded), "{kinds:?}");
    let good = runtime.load(&guest("state_keeper", "{}")).unwrap();
    assert_eq!(ask(&runtime, &good, 1, "").0, Outcome::Answered);
}

/// What goes wrong while a plugin is configured.
#[track_caller]
fn check_configure(settings: &str, expected: &dyn Fn(&Error) -> bool) {
    let limits = Limits {
        bake_fuel: 500_000_000,
        bake_memory_bytes: 64 << 20,
        ..Limits::shipped()
    };
    let baker = Baker::new(&limits).unwrap();
    let error = baker
        .bake(&component("examples/bad_configure"), settings)
        .unwrap_err();
    assert!(expected(&error), "{error:?}");
}

#[test]
fn configure_is_limited_and_its_problems_have_paths() {
    check_configure(r#"{"how":"fine","numbers":[2,3,4,5]}"#, &|error| {
        error
            .to_string()
            .ends_with("numbers[1]: 3 is odd; numbers[3]: 5 is odd")
    });
    check_configure(r#"{"how":"fine","numbers":["x"]}"#, &|error| {
        error.to_string().contains("numbers[0]: ")
    });
    for (how, expected) in [
        ("panic", FailureKind::Trapped),
        ("loop", FailureKind::OutOfFuel),
        ("memory", FailureKind::OutOfMemory),
    ] {
        check_configure(&format!(r#"{{"how":"{how}"}}"#), &|error| {
            matches!(error, Error::Guest { function: "settings.configure", kind, .. }
                if *kind == expected)
        });
    }
    let fine = guest("bad_configure", r#"{"how":"fine","numbers":[2]}"#);
    let rule = runtime().load(&fine).unwrap();
    assert_eq!(ask(runtime(), &rule, 1, "").1.as_deref(), Some("1 numbers"));
}

#[test]
fn baking_twice_gives_the_same_bytes() {
    let limits = Limits::shipped();
    for (name, settings) in [
        ("examples/state_keeper", "{}"),
        ("examples/clock_reader", "{}"),
        (
            "examples/bad_configure",
            r#"{"how":"fine","numbers":[2,4]}"#,
        ),
    ] {
        let bake = || {
            Baker::new(&limits)
                .unwrap()
                .bake(&component(name), settings)
                .unwrap()
        };
        assert_eq!(bake(), bake(), "{name}");
    }
    let bake = |settings| guest("bad_configure", settings);
    let (one, two) = (
        bake(r#"{"how":"fine","numbers":[2]}"#),
        bake(r#"{"how":"fine","numbers":[2,4]}"#),
    );
    assert_ne!(one.image, two.image, "other settings make another image");
    assert_eq!(one.component, two.component);
}

#[test]
fn adapter_with_a_network_is_refused_by_name() {
    let refused = check(&component("http_routing"), &Limits::shipped()).unwrap_err();
    let text = refused.to_string();
    assert!(matches!(refused, Refused::ForbiddenImport { .. }), "{text}");
    assert!(text.contains("the component imports `"), "{text}");
}

#[test]
fn shipped_rules_stay_far_below_their_fuel() {
    for (scope, kind, image) in shipped_rules() {
        if kind == contract::about::Kind::Routing {
            let rule = runtime().load(&image).unwrap();
            let context = decision(1, &[]);
            let (attempt, _) = runtime().route_with(&scope, &rule, &context, &question("噪声"));
            assert!(
                attempt.fuel * 20 < Limits::shipped().fuel,
                "{scope} used {} of {}",
                attempt.fuel,
                Limits::shipped().fuel
            );
        }
    }
}
