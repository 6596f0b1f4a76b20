//! Images and activations through the engine: who may, what is answered, and that all replicas of one
//! store say the same.

use std::thread;

use chrono::{DateTime, TimeDelta, Utc};
use contract::about::{Description, Kind};
use engine::ports::{Clock as _, DecisionFilter, ImageFilter};
use engine::{ActivationFilter, Error, Listed, Push, Pushed, RolloutError};
use lifecycle::ids::Actor;
use rollout::{
    CandidateEnd, Digest, Limits, Mode, Place, Policy, Proposal, Standing, TrialPolicy, TryResult,
};
use uuid::Uuid;

use crate::world::{World, admin, auditor, channel, district, operator, unit};

const CITY: &str = "440100";
const ROUTING: Kind = Kind::Routing;

fn second() -> Actor {
    Actor {
        name: "admin-2".to_owned(),
        ..admin()
    }
}

/// An image that is told apart by its text.
fn push(text: &str) -> Push {
    Push {
        image: format!("image {text}").into_bytes(),
        component: b"component".to_vec(),
        settings: format!("{{\"text\":\"{text}\"}}"),
        description: Description {
            name: "one-word".to_owned(),
            version: "0.1.0".to_owned(),
            kind: ROUTING,
            summary: "goes by one word".to_owned(),
            settings_schema: "{}".to_owned(),
        },
        engine: "none".to_owned(),
        source: " rule.wasm ".to_owned(),
        report: "[]".to_owned(),
    }
}

fn pushed(world: &World, text: &str) -> Digest {
    let rollout = world.engine.rollout();
    rollout.push(push(text), &admin()).unwrap().record.image
}

fn proposal(image: Option<&Digest>, scope: &str, from: Option<DateTime<Utc>>) -> Proposal {
    Proposal {
        scope: scope.to_owned(),
        kind: ROUTING,
        image: image.cloned(),
        mode: Mode::Active,
        place: Place::Embedded,
        from,
        note: "because".to_owned(),
    }
}

/// The code of a rejection by the log.
fn code<T>(result: Result<T, Error>) -> &'static str {
    match result.map(drop) {
        Err(Error::Rollout(RolloutError::Rejected(rejection))) => rejection.code(),
        Err(other) => panic!("another error: {other}"),
        Ok(()) => "done",
    }
}

/// The image that answers now.
fn active(world: &World, scope: &str) -> Option<Digest> {
    let state = world.engine.rollout().state().unwrap();
    let table = state.table(world.clock.now());
    let placement = table.placements.get(&(ROUTING, scope.to_owned()))?;
    placement.active.as_ref().map(|it| it.1.clone())
}

#[test]
fn an_image_is_kept_once_with_what_was_pushed_with_it() {
    let world = World::new();
    let rollout = world.engine.rollout();
    let Pushed { record, new } = rollout.push(push("a"), &admin()).unwrap();
    assert!(new);
    assert_eq!(record.source, "rule.wasm");
    assert_eq!(record.pushed_by, admin());
    // Again, by another and from elsewhere: the first record stays, nothing is recorded.
    let again = Push {
        source: "elsewhere.wasm".to_owned(),
        ..push("a")
    };
    let again = rollout.push(again, &second()).unwrap();
    assert_eq!(
        again,
        Pushed {
            record: record.clone(),
            new: false
        }
    );
    assert_eq!(rollout.state().unwrap().seq(), 1);
    pushed(&world, "b");
    let bytes = rollout.image_bytes(&record.image, &auditor()).unwrap();
    assert_eq!(bytes, push("a").image);
    let bytes = rollout
        .component_bytes(&record.component, &admin())
        .unwrap();
    assert_eq!(bytes, b"component");
    let found = rollout.find(&record.image.as_str()[..8]).unwrap();
    assert_eq!(found.rule.image, record.image.as_str());
    assert!(matches!(
        rollout.find("zz"),
        Err(Error::Rollout(RolloutError::NoImage { .. }))
    ));
    assert!(matches!(
        rollout.find(""),
        Err(Error::Rollout(RolloutError::AmbiguousImage { .. }))
    ));
    let first = rollout
        .images(&ImageFilter::default(), None, 1, &admin())
        .unwrap();
    let second = rollout
        .images(&ImageFilter::default(), first.next.as_deref(), 1, &admin())
        .unwrap();
    assert_eq!(second.items, [record]);
    assert_eq!(second.next, None);
}

#[test]
fn only_those_who_may_read_and_decide() {
    let world = World::new();
    let rollout = world.engine.rollout();
    let image = pushed(&world, "a");
    let others = [
        operator(),
        unit("GZ-ZJJ"),
        channel("穗好办"),
        district("440106"),
    ];
    for by in others.iter().chain([&auditor()]) {
        // Districts write plugins; what they push has no effect by itself.
        if *by != district("440106") {
            assert_eq!(code(rollout.push(push("b"), by)), "not_permitted", "{by:?}");
        }
        let proposed = rollout.propose(proposal(Some(&image), CITY, None), by);
        assert_eq!(code(proposed), "not_permitted", "{by:?}");
        let rolled_back = rollout.set_policy(CITY, None, Policy::default(), "x", by);
        assert_eq!(code(rolled_back), "not_permitted", "{by:?}");
    }
    for by in &others {
        // Districts see what is active and what they wrote; decisions are of all districts.
        let images = if *by == district("440106") {
            "done"
        } else {
            "not_permitted"
        };
        let all = ActivationFilter::default();
        assert_eq!(code(rollout.activations(&all, by)), images, "{by:?}");
        assert_eq!(code(rollout.image(&image, by)), images, "{by:?}");
        let decisions = rollout.decisions(&DecisionFilter::default(), None, 9, by);
        assert_eq!(code(decisions), "not_permitted", "{by:?}");
        let verified = rollout.verify_audit(None, &|_, _| {}, by);
        assert_eq!(code(verified), "not_permitted", "{by:?}");
    }
    assert_eq!(
        code(rollout.activations(&ActivationFilter::default(), &auditor())),
        "done"
    );
}

#[test]
fn an_activation_is_approved_takes_effect_and_is_rolled_back() {
    let world = World::new();
    let rollout = world.engine.rollout();
    let (a, b) = (pushed(&world, "a"), pushed(&world, "b"));
    let first = rollout
        .propose(proposal(Some(&a), CITY, None), &admin())
        .unwrap();
    assert_eq!(first.standing, Standing::InEffect);
    assert_eq!(first.name.as_deref(), Some("one-word 0.1.0"));
    let approval = Policy {
        approval: true,
        trial: None,
    };
    rollout
        .set_policy(CITY, None, approval, "two pairs of eyes", &admin())
        .unwrap();
    let at = world.clock.now() + TimeDelta::hours(1);
    let planned = rollout
        .propose(proposal(Some(&b), CITY, Some(at)), &admin())
        .unwrap();
    assert_eq!(planned.standing, Standing::AwaitingApproval);
    let id = planned.activation.id;
    assert_eq!(code(rollout.approve(id, &admin())), "same_person");
    let approved = rollout.approve(id, &second()).unwrap().unwrap();
    assert_eq!(approved.standing, Standing::Scheduled);
    assert_eq!(active(&world, CITY), Some(a.clone()));
    assert_eq!(
        rollout
            .state()
            .unwrap()
            .next_change_after(world.clock.now()),
        Some(at)
    );
    world.clock.advance_to(at);
    assert_eq!(active(&world, CITY), Some(b));
    // Without a number: to what answered before. No approval is asked for.
    let back = rollout
        .roll_back(CITY, ROUTING, None, "wrong", &admin())
        .unwrap();
    assert_eq!(back.standing, Standing::InEffect);
    assert_eq!(active(&world, CITY), Some(a.clone()));
    for (scope, by, expected) in [
        ("440106", admin(), "nothing_before"),
        // Whoever may not, learns nothing.
        ("440106", operator(), "not_permitted"),
        (CITY, admin(), "returned_already"),
    ] {
        assert_eq!(
            code(rollout.roll_back(scope, ROUTING, None, "wrong", &by)),
            expected
        );
    }
    let filter = ActivationFilter {
        image: Some(a),
        ..ActivationFilter::default()
    };
    let listed = rollout.activations(&filter, &admin()).unwrap();
    let ids: Vec<u64> = listed.iter().map(|it| it.activation.id).collect();
    assert_eq!(ids, [back.activation.id, first.activation.id]);
    // To loosen the policy takes a second person too.
    let loosened = rollout
        .set_policy(CITY, None, Policy::default(), "faster", &admin())
        .unwrap();
    let waiting = loosened.waiting.unwrap();
    assert_eq!(rollout.policies(&admin()).unwrap().len(), 2);
    assert_eq!(rollout.approve(waiting, &second()).unwrap(), None);
    assert_eq!(rollout.policies(&admin()).unwrap().len(), 1);
}

#[test]
fn a_trial_counts_and_a_scope_must_exist() {
    let world = World::new();
    let rollout = world.engine.rollout();
    let image = pushed(&world, "a");
    let tried = Policy {
        approval: false,
        trial: Some(TrialPolicy {
            changed_permille_max: 100,
            failed_permille_max: 0,
            days: 7,
        }),
    };
    rollout
        .set_policy("440106", None, tried, "try first", &admin())
        .unwrap();
    let propose = || rollout.propose(proposal(Some(&image), "440106", None), &admin());
    assert_eq!(code(propose()), "not_tried");
    let result = TryResult {
        decisions: 10,
        changed_permille: 100,
        failed_permille: 0,
        since: None,
        until: None,
        at: world.clock.now(),
    };
    rollout
        .record_try(&image, "440106", ROUTING, result, &Actor::system())
        .unwrap();
    assert_eq!(propose().unwrap().activation.tried, Some(result));
    for scope in ["440106", "GZ-ZJJ", CITY] {
        assert_ne!(
            code(rollout.propose(proposal(Some(&image), scope, None), &admin())),
            "bad_field"
        );
    }
    assert!(matches!(
        rollout.propose(proposal(Some(&image), "440199", None), &admin()),
        Err(Error::Rollout(RolloutError::UnknownScope { .. }))
    ));
    assert!(matches!(
        rollout.set_policy("GZ-NONE", None, tried, "x", &admin()),
        Err(Error::Rollout(RolloutError::UnknownScope { .. }))
    ));
}

#[test]
fn a_canary_ends_by_its_figures() {
    let world = World::new();
    let rollout = world.engine.rollout();
    let image = pushed(&world, "a");
    let canary = Proposal {
        mode: Mode::Canary {
            share_permille: 50,
            limits: Limits {
                failures_permille_max: 10,
                divergence_permille_max: 100,
                decisions_min: 20,
            },
        },
        ..proposal(Some(&image), CITY, None)
    };
    let id = rollout.propose(canary, &admin()).unwrap().activation.id;
    let why = CandidateEnd::Failures {
        decisions: 20,
        failed: 1,
    };
    assert_eq!(
        code(rollout.end_candidate(id, why.clone(), &admin())),
        "not_permitted"
    );
    let ended = rollout.end_candidate(id, why, &Actor::system()).unwrap();
    assert_eq!(ended.standing, Standing::Ended);
    assert_eq!(rollout.activation(id, &admin()).unwrap(), ended);
}

#[test]
fn the_list_is_followed_until_a_person_decides() {
    let world = World::new();
    let rollout = world.engine.rollout();
    let (a, b) = (pushed(&world, "a"), pushed(&world, "b"));
    let list = |image: &Digest| {
        rollout
            .propose_listed(CITY, ROUTING, Some(image), "rules.toml")
            .unwrap()
    };
    assert_eq!(list(&a), Listed::Activated(3));
    assert_eq!(list(&a), Listed::Unchanged);
    assert_eq!(list(&b), Listed::Activated(4));
    rollout
        .roll_back(CITY, ROUTING, None, "wrong", &admin())
        .unwrap();
    assert_eq!(list(&b), Listed::LeftToPerson(5));
    assert_eq!(active(&world, CITY), Some(a));
}

/// Whoever is late decides anew on what the others did; nobody overwrites anybody.
#[test]
fn replicas_of_one_store_agree() {
    let world = World::new();
    let image = pushed(&world, "a");
    let replicas: Vec<World> = (0..4).map(|_| world.restarted()).collect();
    thread::scope(|scope| {
        for replica in &replicas {
            scope.spawn(|| {
                for _ in 0..10 {
                    // Some are told that it is there already.
                    let _ = replica
                        .engine
                        .rollout()
                        .propose(proposal(Some(&image), CITY, None), &admin());
                    let _ = replica
                        .engine
                        .rollout()
                        .propose(proposal(None, CITY, None), &admin());
                }
            });
        }
    });
    let state = world.engine.rollout().state().unwrap();
    assert!(state.seq() > 2, "{}", state.seq());
    for replica in replicas {
        assert_eq!(replica.engine.rollout().state().unwrap(), state);
    }
}

#[test]
fn a_decision_is_found_with_its_question_and_knows_its_order() {
    let world = World::new();
    let order = world.register("工地凌晨打桩").order;
    let other = world.register("电梯坏了").order;
    let asked = world.rule.asked.lock().unwrap().clone();
    let keys: Vec<&str> = asked.iter().map(|it| it.key.as_str()).collect();
    assert_eq!(keys, [order.id.as_str(), other.id.as_str()]);
    let rollout = world.engine.rollout();
    let decision = rollout.decision(asked[0].id, &auditor()).unwrap();
    assert_eq!(
        decision.subject,
        engine::ports::Subject::Order(order.id.clone())
    );
    let question = String::from_utf8(decision.question.unwrap()).unwrap();
    assert!(question.contains("打桩"), "{question}");
    let filter = DecisionFilter {
        scope: Some("440106".to_owned()),
        ..DecisionFilter::default()
    };
    let page = rollout.decisions(&filter, None, 1, &auditor()).unwrap();
    let rest = rollout
        .decisions(&filter, Some(page[0].cursor), 9, &auditor())
        .unwrap();
    assert_eq!((page.len(), rest.len()), (1, 1));
    assert_eq!(rollout.count_decisions(&filter, &auditor()).unwrap(), 2);
    assert!(matches!(
        rollout.decision(Uuid::nil(), &auditor()),
        Err(Error::Rollout(RolloutError::NoDecision { .. }))
    ));
}
