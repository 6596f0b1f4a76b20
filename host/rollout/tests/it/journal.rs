//! The log's own format, which is read for ever, and logs that do not fold.

use contract::about::Kind;
use expect_test::expect;
use rollout::{
    CandidateEnd, Event, Limits, Mode, Origin, Place, Policy, Proposed, Recorded, TrialPolicy,
    TryResult, replay,
};

use crate::fixture::{CITY, actor, clock, digest, image};

fn recorded(seq: u64, event: Event) -> Recorded {
    Recorded {
        seq,
        at: clock("09:00"),
        by: actor("anna"),
        event,
    }
}

fn canary() -> Event {
    Event::Proposed(Proposed {
        scope: CITY.to_owned(),
        kind: Kind::Routing,
        image: Some(digest('A')),
        mode: Mode::Canary {
            share_permille: 100,
            limits: Limits {
                failures_permille_max: 10,
                divergence_permille_max: 200,
                decisions_min: 50,
            },
        },
        place: Place::Embedded,
        from: clock("09:00"),
        note: "try it".to_owned(),
        origin: Origin::Rollback { of: 3 },
        tried: Some(TryResult {
            decisions: 7,
            changed_permille: 5,
            failed_permille: 0,
            since: None,
            until: None,
            at: clock("08:00"),
        }),
        needs_approval: true,
    })
}

fn function() -> Event {
    let Event::Proposed(proposed) = canary() else {
        unreachable!("it proposes");
    };
    Event::Proposed(Proposed {
        mode: Mode::Active,
        place: Place::Function {
            url: "https://tianhe.example.org/routing/440106".parse().unwrap(),
        },
        origin: Origin::Person,
        tried: None,
        needs_approval: false,
        ..proposed
    })
}

#[test]
fn every_event_reads_as_it_was_written() {
    let events = [
        Event::Pushed(image('A')),
        Event::Tried {
            image: digest('A'),
            scope: CITY.to_owned(),
            kind: Kind::Routing,
            result: TryResult {
                decisions: 7,
                changed_permille: 5,
                failed_permille: 0,
                since: None,
                until: None,
                at: clock("08:00"),
            },
        },
        canary(),
        function(),
        Event::Approved { id: 3 },
        Event::Withdrawn {
            id: 3,
            reason: "no".to_owned(),
        },
        Event::CandidateEnded {
            activation: 3,
            why: CandidateEnd::Failures {
                decisions: 100,
                failed: 9,
            },
        },
        Event::PolicySet {
            scope: CITY.to_owned(),
            kind: None,
            policy: Policy {
                approval: true,
                trial: Some(TrialPolicy {
                    changed_permille_max: 50,
                    failed_permille_max: 0,
                    days: 7,
                }),
            },
            needs_approval: false,
            note: "from now on".to_owned(),
        },
    ];
    let mut lines = String::new();
    for (seq, event) in (1..).zip(events) {
        let event = recorded(seq, event);
        let line = serde_json::to_string(&event).unwrap();
        assert_eq!(
            serde_json::from_str::<Recorded>(&line).unwrap(),
            event,
            "{line}"
        );
        lines.push_str(&line);
        lines.push('\n');
    }
    expect![[r#"
        {"seq":1,"at":"2026-12-01T09:00:00Z","by":{"role":"admin","name":"anna"},"event":"pushed","data":{"rule":{"image":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","component":"1111111111111111111111111111111111111111111111111111111111111111","settings":"2222222222222222222222222222222222222222222222222222222222222222","name":"rule-A 0.1.0","engine":"none"},"kind":"routing","size":1,"source":"rule.wasm","record":"3333333333333333333333333333333333333333333333333333333333333333"}}
        {"seq":2,"at":"2026-12-01T09:00:00Z","by":{"role":"admin","name":"anna"},"event":"tried","data":{"image":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","scope":"440100","kind":"routing","result":{"decisions":7,"changed_permille":5,"failed_permille":0,"since":null,"until":null,"at":"2026-12-01T08:00:00Z"}}}
        {"seq":3,"at":"2026-12-01T09:00:00Z","by":{"role":"admin","name":"anna"},"event":"proposed","data":{"scope":"440100","kind":"routing","image":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","mode":"canary","share_permille":100,"limits":{"failures_permille_max":10,"divergence_permille_max":200,"decisions_min":50},"from":"2026-12-01T09:00:00Z","note":"try it","origin":"rollback","of":3,"tried":{"decisions":7,"changed_permille":5,"failed_permille":0,"since":null,"until":null,"at":"2026-12-01T08:00:00Z"},"needs_approval":true}}
        {"seq":4,"at":"2026-12-01T09:00:00Z","by":{"role":"admin","name":"anna"},"event":"proposed","data":{"scope":"440100","kind":"routing","image":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","mode":"active","placement":{"at":"function","url":"https://tianhe.example.org/routing/440106"},"from":"2026-12-01T09:00:00Z","note":"try it","origin":"person","tried":null,"needs_approval":false}}
        {"seq":5,"at":"2026-12-01T09:00:00Z","by":{"role":"admin","name":"anna"},"event":"approved","data":{"id":3}}
        {"seq":6,"at":"2026-12-01T09:00:00Z","by":{"role":"admin","name":"anna"},"event":"withdrawn","data":{"id":3,"reason":"no"}}
        {"seq":7,"at":"2026-12-01T09:00:00Z","by":{"role":"admin","name":"anna"},"event":"candidate_ended","data":{"activation":3,"why":"failures","decisions":100,"failed":9}}
        {"seq":8,"at":"2026-12-01T09:00:00Z","by":{"role":"admin","name":"anna"},"event":"policy_set","data":{"scope":"440100","kind":null,"policy":{"approval":true,"trial":{"changed_permille_max":50,"failed_permille_max":0,"days":7}},"needs_approval":false,"note":"from now on"}}
    "#]].assert_eq(&lines);
}

#[test]
fn a_log_that_was_changed_does_not_fold() {
    let check = |log: &[Recorded], expected: &str| {
        let error = replay(log).unwrap_err();
        assert_eq!(error.to_string(), expected);
    };
    let push = recorded(1, Event::Pushed(image('A')));
    let mut early = recorded(2, canary());
    early.at = clock("08:59");
    check(
        &[recorded(2, canary())],
        "event 2 of the rollout log does not fold: it follows event 0",
    );
    check(
        &[push.clone(), early],
        "event 2 of the rollout log does not fold: it happened before the event before",
    );
    check(
        &[push, recorded(2, Event::Approved { id: 1 })],
        "event 2 of the rollout log does not fold: there is no activation 1",
    );
}
