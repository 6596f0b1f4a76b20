//! Following the rollout log at the size of a city: what the log wants stays loaded, loading holds nobody
//! up, what does not load is tried again, and what is to come is in force beforehand.

use std::sync::Arc;
use std::thread;

use chrono::{DateTime, TimeDelta, Utc};
use contract::about::{Description, Kind};
use engine::ports::{BreakerState, Clock as _, ManualClock, PlacementHealth, RunningCandidate};
use engine::{ActivationView, Engine, Follow, Listed, Parts, Push};
use lifecycle::directory::{Directory, District, Unit};
use lifecycle::ids::{DistrictCode, UnitCode};
use lifecycle::ruleset::RuleBook;
use rollout::{CandidateEnd, Digest, Limits, Mode, Place, Policy, Proposal, Standing, TrialPolicy};
use serde_json::json;

use crate::memory::MemoryStore;
use crate::workbench::Workbench;
use crate::world::{OneWordRule, START, admin, at};

const CITY: &str = "440100";
const DISTRICTS: usize = 11;
const UNITS: usize = 116;
/// What was active before in each scope and kind, and still must be there at once.
const EARLIER: usize = 3;

/// A city of that size, with a workshop that notes what it does.
pub(crate) struct Platform {
    pub(crate) engine: Arc<Engine>,
    pub(crate) bench: Arc<Workbench>,
    pub(crate) clock: Arc<ManualClock>,
    store: Arc<MemoryStore>,
}

impl Platform {
    pub(crate) fn new() -> Self {
        let clock = Arc::new(ManualClock::at(at(START)));
        Self::on(Arc::default(), clock)
    }

    fn on(store: Arc<MemoryStore>, clock: Arc<ManualClock>) -> Self {
        let bench = Arc::new(Workbench::default());
        let parts = Parts {
            store: store.clone(),
            advisor: Arc::new(OneWordRule::default()),
            clock: clock.clone(),
            directory: directory(),
            rules: RuleBook::default(),
        };
        let engine = Engine::new(parts).unwrap().with_workshop(bench.clone());
        Self {
            engine: Arc::new(engine),
            bench,
            clock,
            store,
        }
    }

    /// Another process on what this one left behind.
    pub(crate) fn restarted(&self) -> Self {
        Self::on(self.store.clone(), self.clock.clone())
    }

    /// Keeps an image that is told apart by its text.
    pub(crate) fn push(&self, kind: Kind, text: &str) -> Digest {
        let push = Push {
            image: format!("image {kind} {text}").into_bytes(),
            component: b"component".to_vec(),
            settings: "{}".to_owned(),
            description: Description {
                name: "one-word".to_owned(),
                version: "0.1.0".to_owned(),
                kind,
                summary: "goes by one word".to_owned(),
                settings_schema: "{}".to_owned(),
            },
            engine: "none".to_owned(),
            source: "rule.wasm".to_owned(),
            report: "[]".to_owned(),
        };
        let pushed = self.engine.rollout().push(push, &admin()).unwrap();
        pushed.record.image
    }

    fn propose(&self, kind: Kind, scope: &str, image: &Digest, mode: Mode) -> u64 {
        self.propose_from(kind, scope, image, mode, None)
    }

    fn propose_from(
        &self,
        kind: Kind,
        scope: &str,
        image: &Digest,
        mode: Mode,
        from: Option<DateTime<Utc>>,
    ) -> u64 {
        let proposal = Proposal {
            scope: scope.to_owned(),
            kind,
            image: Some(image.clone()),
            mode,
            place: Place::Embedded,
            from,
            note: "because".to_owned(),
        };
        let view = self.engine.rollout().propose(proposal, &admin()).unwrap();
        view.activation.id
    }

    /// Proposes and puts into force, as whoever activates does.
    fn activate(&self, scope: &str, image: &Digest) -> ActivationView {
        let id = self.propose(Kind::Routing, scope, image, Mode::Active);
        self.engine.take_up(id).unwrap();
        self.view(id)
    }

    fn view(&self, id: u64) -> ActivationView {
        self.engine.rollout().activation(id, &admin()).unwrap()
    }

    fn follow(&self) -> Follow {
        self.engine.follow_rollout().unwrap()
    }

    /// The image that is in force.
    fn in_force(&self, kind: Kind, scope: &str) -> Option<Digest> {
        let followed = self.bench.followed();
        let row = followed.now.placements.get(&(kind, scope.to_owned()))?;
        row.active.as_ref().map(|it| it.1.clone())
    }
}

fn district(n: usize) -> String {
    (440_101 + n).to_string()
}

fn unit(n: usize) -> String {
    format!("GZ-{n:03}")
}

fn directory() -> Directory {
    let districts = (0..DISTRICTS).map(|n| District {
        code: DistrictCode::new(district(n)),
        name: format!("第{n}区"),
        office: format!("第{n}区热线办"),
        reviews: false,
    });
    let units = (0..UNITS).map(|n| Unit {
        code: UnitCode::new(unit(n)),
        name: unit(n),
        kind: None,
        district: None,
        by_reference: false,
    });
    Directory::new(districts, units).unwrap()
}

/// Every scope and kind of the city: each kind in the city and its districts, checks of knowledge points in
/// every unit.
fn slots() -> Vec<(Kind, String)> {
    let codes = (0..DISTRICTS).map(district).chain([CITY.to_owned()]);
    let mut slots: Vec<(Kind, String)> = codes
        .flat_map(|code| Kind::ALL.map(|kind| (kind, code.clone())))
        .collect();
    slots.extend((0..UNITS).map(|n| (Kind::Knowledge, unit(n))));
    slots
}

#[test]
fn a_whole_city_stays_loaded_and_nothing_is_loaded_twice() {
    let platform = Platform::new();
    let slots = slots();
    for round in 0..=EARLIER {
        for (kind, scope) in &slots {
            let image = platform.push(*kind, &format!("{scope} {round}"));
            platform.propose(*kind, scope, &image, Mode::Active);
        }
    }
    let all = slots.len() * (EARLIER + 1);
    let first = platform.follow();
    assert_eq!((first.swapped, first.loaded), (true, all));
    for _ in 0..20 {
        assert_eq!(
            platform.follow(),
            Follow::default(),
            "nothing is to be done"
        );
    }
    assert_eq!(platform.bench.loads(), all);
    // Back to each of the earlier ones, and nothing is loaded for it.
    let rollout = platform.engine.rollout();
    for (kind, scope) in &slots {
        let history: Vec<u64> = rollout
            .state()
            .unwrap()
            .history(scope, *kind)
            .map(|it| it.id)
            .collect();
        let back = rollout.roll_back(scope, *kind, Some(history[0]), "wrong", &admin());
        let back = back.unwrap().activation;
        platform.engine.take_up(back.id).unwrap();
        assert_eq!(platform.in_force(*kind, scope), back.image);
    }
    assert_eq!(platform.bench.loads(), all);
    // The next process loads what is in force before it serves, and the rest beside.
    let next = platform.restarted();
    let served = next.engine.put_into_force().unwrap();
    assert_eq!((served.swapped, served.loaded), (true, slots.len()));
    assert_eq!(next.bench.followed().now, platform.bench.followed().now);
    assert_eq!(next.follow().loaded, all - slots.len());
    assert_eq!(next.follow(), Follow::default());
}

#[test]
fn what_the_log_no_longer_wants_is_let_go() {
    let platform = Platform::new();
    let images: Vec<Digest> = (0..6)
        .map(|n| platform.push(Kind::Routing, &n.to_string()))
        .collect();
    let ids: Vec<u64> = images
        .iter()
        .map(|image| platform.activate(CITY, image).activation.id)
        .collect();
    platform.follow();
    let loaded: Vec<Option<bool>> = ids.iter().map(|id| platform.view(*id).loaded).collect();
    let expected = [false, false, true, true, true, true].map(Some);
    assert_eq!(loaded, expected, "the active one and {EARLIER} before it");
}

#[test]
fn loading_one_image_holds_no_other_activation_up() {
    let platform = Platform::new();
    let [a, b, old, slow] = ["a", "b", "old", "slow"].map(|it| platform.push(Kind::Routing, it));
    let here = district(0);
    platform.activate(CITY, &a);
    platform.activate(CITY, &b);
    platform.activate(&here, &old);
    let (begun, go) = platform.bench.slow_down(&slow);
    // Judged afterwards: whoever gave up here would leave the load waiting.
    let (in_city, in_district, activated) = thread::scope(|scope| {
        let activating = scope.spawn(|| platform.activate(&here, &slow));
        begun.recv().unwrap();
        // The log says slow already; until it is there, the old one goes on, and nobody waits for it.
        let rollout = platform.engine.rollout();
        let back = rollout.roll_back(CITY, Kind::Routing, None, "wrong", &admin());
        platform
            .engine
            .take_up(back.unwrap().activation.id)
            .unwrap();
        let in_city = platform.in_force(Kind::Routing, CITY);
        let in_district = platform.in_force(Kind::Routing, &here);
        // Whoever wants it too waits for the same load.
        let following = scope.spawn(|| platform.follow());
        go.send(()).unwrap();
        let activated = activating.join().unwrap();
        following.join().unwrap();
        (in_city, in_district, activated)
    });
    assert_eq!((in_city, in_district), (Some(a), Some(old)));
    assert_eq!(activated.loaded, Some(true));
    assert_eq!(platform.in_force(Kind::Routing, &here), Some(slow.clone()));
    let loads = platform.bench.loads.lock().unwrap();
    assert_eq!(loads.iter().filter(|it| **it == slow).count(), 1);
}

#[test]
fn an_image_that_does_not_load_is_told_and_tried_again() {
    let platform = Platform::new();
    let [good, bad] = ["good", "bad"].map(|it| platform.push(Kind::Routing, it));
    let here = district(0);
    platform.activate(&here, &good);
    platform.bench.broken.lock().unwrap().insert(bad.clone());
    let view = platform.activate(&here, &bad);
    assert_eq!(view.standing, Standing::InEffect);
    assert_eq!(view.loaded, Some(false));
    assert_eq!(view.problem.as_deref(), Some("it is broken; mend it"));
    assert_eq!(
        platform.in_force(Kind::Routing, &here),
        None,
        "the wider scope answers"
    );
    let status = platform.engine.platform_status(&admin()).unwrap();
    assert_eq!(
        (status.placements.len(), status.placements[0].loaded),
        (1, false)
    );
    assert_eq!(status.placements[0].problem, view.problem);
    // With growing pauses.
    for (pause, tries) in [(0, 2), (1, 2), (1, 3), (3, 3), (1, 4), (7, 4), (1, 5)] {
        platform
            .clock
            .advance_to(platform.clock.now() + TimeDelta::seconds(pause));
        platform.follow();
        assert_eq!(platform.bench.loads(), tries, "after {pause} s more");
    }
    platform.bench.broken.lock().unwrap().clear();
    platform
        .clock
        .advance_to(platform.clock.now() + TimeDelta::minutes(5));
    let follow = platform.follow();
    assert_eq!((follow.loaded, follow.swapped), (1, true));
    let view = platform.view(view.activation.id);
    assert_eq!((view.loaded, view.problem), (Some(true), None));
    assert_eq!(platform.in_force(Kind::Routing, &here), Some(bad));
}

#[test]
fn what_is_to_come_is_loaded_and_in_force_beforehand() {
    let platform = Platform::new();
    let [now, next, last] = ["now", "next", "last"].map(|it| platform.push(Kind::Routing, it));
    platform.activate(CITY, &now);
    let soon = platform.clock.now() + TimeDelta::hours(1);
    let later = soon + TimeDelta::hours(1);
    let planned: Vec<u64> = [(&last, later), (&next, soon)]
        .map(|(image, from)| {
            let id = platform.propose_from(Kind::Routing, CITY, image, Mode::Active, Some(from));
            platform.engine.take_up(id).unwrap();
            id
        })
        .into();
    assert_eq!(platform.engine.next_rollout_at().unwrap(), Some(soon));
    let to_come = |platform: &Platform| -> Vec<(DateTime<Utc>, Digest)> {
        let row = (Kind::Routing, CITY.to_owned());
        let followed = platform.bench.followed();
        let image = |table: &rollout::Table| table.placements[&row].active.clone().unwrap().1;
        let tables = followed.to_come.iter();
        tables.map(|(at, table)| (*at, image(table))).collect()
    };
    let both = [(soon, next.clone()), (later, last.clone())];
    assert_eq!(to_come(&platform), both);
    assert_eq!(platform.bench.loads(), 3);
    // Another process plans the same.
    let other = platform.restarted();
    other.follow();
    assert_eq!(to_come(&other), both);
    // At its instant it is what answers.
    platform.clock.advance_to(soon);
    assert!(platform.follow().swapped);
    assert_eq!(platform.in_force(Kind::Routing, CITY), Some(next));
    assert_eq!(to_come(&platform), [(later, last)]);
    let rollout = platform.engine.rollout();
    rollout.withdraw(planned[0], "not so", &admin()).unwrap();
    platform.engine.take_up(planned[0]).unwrap();
    assert_eq!(to_come(&platform), []);
    assert_eq!(platform.bench.loads(), 3);
}

#[test]
fn counts_of_candidates_go_on_after_a_restart() {
    let platform = Platform::new();
    let [active, tried] = ["active", "tried"].map(|it| platform.push(Kind::Routing, it));
    platform.activate(CITY, &active);
    let limits = Limits {
        failures_permille_max: 10,
        divergence_permille_max: 1000,
        decisions_min: 100,
    };
    let canary = Mode::Canary {
        share_permille: 100,
        limits,
    };
    let id = platform.propose(Kind::Routing, CITY, &tried, canary);
    platform.follow();
    assert!(!platform.engine.keep_candidate_counts().unwrap());
    let running = |asked: u64, ended| RunningCandidate {
        activation: id,
        ended,
        counts: json!({ "asked": asked, "failed": 1 }),
    };
    *platform.bench.candidates.lock().unwrap() = vec![running(99, None)];
    assert!(platform.engine.keep_candidate_counts().unwrap());
    assert!(!platform.engine.keep_candidate_counts().unwrap(), "as kept");
    let next = platform.restarted();
    next.follow();
    let before = json!({ "asked": 99, "failed": 1 });
    assert_eq!(next.bench.followed().counts, [(id, before)]);
    // A process in which it does not run (it may not load there) keeps what others counted.
    let other = platform.restarted();
    assert!(!other.engine.keep_candidate_counts().unwrap());
    let again = other.restarted();
    again.follow();
    assert_eq!(again.bench.followed().counts.len(), 1);
    // One that is over has nothing to go on with.
    let why = CandidateEnd::Failures {
        decisions: 100,
        failed: 2,
    };
    *next.bench.candidates.lock().unwrap() = vec![running(100, Some(why))];
    assert_eq!(next.follow().ended, 1);
    next.bench.candidates.lock().unwrap().clear();
    assert!(next.engine.keep_candidate_counts().unwrap());
    let last = next.restarted();
    last.follow();
    assert_eq!(last.bench.followed().counts, []);
}

#[test]
fn status_tells_how_what_answers_does() {
    let platform = Platform::new();
    let image = platform.push(Kind::Routing, "a");
    let id = platform.activate(CITY, &image).activation.id;
    let health = |activation| PlacementHealth {
        scope: CITY.to_owned(),
        kind: Kind::Routing,
        activation,
        breaker: BreakerState::Open { rests_ms: 700 },
        asked: 12,
        failed: 5,
    };
    // What was there before this activation is not this one's.
    for (activation, breaker, asked) in [(id + 1, json!(null), 0), (id, json!("open"), 12)] {
        *platform.bench.healths.lock().unwrap() = vec![health(activation)];
        let status = platform.engine.platform_status(&admin()).unwrap();
        let shown = serde_json::to_value(&status.placements[0]).unwrap();
        assert_eq!(shown.get("breaker").cloned().unwrap_or_default(), breaker);
        assert_eq!(shown["asked"], asked);
        assert_eq!(shown["loaded"], true);
    }
    let policy = |approval| Policy {
        approval,
        trial: None,
    };
    let rollout = platform.engine.rollout();
    rollout
        .set_policy(CITY, None, policy(true), "four eyes", &admin())
        .unwrap();
    let loosened = rollout
        .set_policy(CITY, None, policy(false), "faster", &admin())
        .unwrap();
    let status = platform.engine.platform_status(&admin()).unwrap();
    let waiting: Vec<Option<u64>> = status.policies.iter().map(|it| it.waiting).collect();
    assert_eq!(waiting, [loosened.waiting]);
    assert_eq!(status.activations.len(), 1);
}

#[test]
fn a_listed_rule_that_a_policy_keeps_back_is_told_and_harms_no_other() {
    let trial = TrialPolicy {
        changed_permille_max: 100,
        failed_permille_max: 0,
        days: 7,
    };
    for (approval, trial, told, standing) in [
        (false, None, "activated", Standing::InEffect),
        (true, None, "waiting", Standing::AwaitingApproval),
        (false, Some(trial), "not_tried", Standing::InEffect),
        (true, Some(trial), "not_tried", Standing::InEffect),
    ] {
        let platform = Platform::new();
        let rollout = platform.engine.rollout();
        let [old, new] = ["old", "new"].map(|it| platform.push(Kind::Routing, it));
        let list = |image: &Digest| {
            let listed = rollout.propose_listed(CITY, Kind::Routing, Some(image), "the list");
            match listed.unwrap() {
                Listed::Activated(_) => "activated",
                Listed::Waiting(_) => "waiting",
                Listed::Refused(rejection) => rejection.code(),
                Listed::Unchanged => "unchanged",
                Listed::LeftToPerson(_) => "left",
            }
        };
        assert_eq!(list(&old), "activated");
        let policy = Policy { approval, trial };
        rollout
            .set_policy(CITY, None, policy, "with care", &admin())
            .unwrap();
        assert_eq!(list(&new), told);
        platform.follow();
        let active = if told == "activated" { &new } else { &old };
        assert_eq!(
            platform.in_force(Kind::Routing, CITY).as_ref(),
            Some(active),
            "{told}: what answered before goes on"
        );
        // The next start finds the same.
        let again = if told == "not_tried" {
            told
        } else {
            "unchanged"
        };
        assert_eq!(list(&new), again);
        let state = rollout.state().unwrap();
        let last = state.history(CITY, Kind::Routing).next_back().unwrap();
        let now = platform.clock.now();
        assert_eq!(state.standing(last.id, now), Some(standing));
    }
}
