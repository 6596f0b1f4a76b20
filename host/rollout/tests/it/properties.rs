//! Whatever is asked when, these hold after every event.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use contract::about::Kind;
use proptest::prelude::*;
use rollout::{
    Approval, CandidateEnd, Command, Event, Limits, Mode, Origin, Place, Policy, Proposal,
    Recorded, Standing, State, Table, TrialPolicy, TryResult, apply, decide, replay,
};

use crate::fixture::{CITY, actor, digest, image, minute};

const SCOPES: [&str; 2] = [CITY, "440106"];
const IMAGES: [char; 4] = ['A', 'B', 'C', 'E'];
const PEOPLE: [&str; 4] = ["anna", "bert", "kapok", "olga"];

/// One thing that somebody asks, some minutes after the last; the numbers choose what it means.
#[derive(Debug, Clone)]
struct Asked {
    after: i64,
    who: usize,
    verb: u8,
    scope: usize,
    image: usize,
    id: u64,
    ahead: i64,
    amount: u16,
}

prop_compose! {
    fn asked()(
        after in -1..4_i64, who in 0..PEOPLE.len(), verb in 0..24_u8, scope in 0..SCOPES.len(),
        image in 0..IMAGES.len(), id in 1..40_u64, ahead in 0..6_i64, amount in 0..1001_u16,
    ) -> Asked {
        Asked { after, who, verb, scope, image, id, ahead, amount }
    }
}

#[expect(clippy::too_many_lines, reason = "a table with a row for each command")]
fn command(state: &State, asked: &Asked, now: DateTime<Utc>) -> Command {
    let id = named_id(state, asked);
    let scope = SCOPES[asked.scope].to_owned();
    let named = IMAGES[asked.image];
    let kind = if named == 'E' {
        Kind::Escalation
    } else {
        Kind::Routing
    };
    let note = "because".to_owned();
    let propose = |mode, image| propose(asked, now, kind, mode, image);
    match asked.verb {
        0..=3 => Command::Push(image(named)),
        4..=7 => propose(Mode::Active, Some(digest(named))),
        8 => propose(Mode::Active, None),
        9 => propose(Mode::Shadow, Some(digest(named))),
        10..=11 => propose(
            Mode::Canary {
                share_permille: asked.amount.max(1),
                limits: Limits {
                    failures_permille_max: 10,
                    divergence_permille_max: 10,
                    decisions_min: 1,
                },
            },
            Some(digest(named)),
        ),
        12..=14 => Command::Approve { id },
        15 => Command::Withdraw { id, reason: note },
        16..=18 => Command::Rollback {
            scope,
            kind,
            to: asked.amount.is_multiple_of(2).then_some(id),
            note,
        },
        19 => Command::EndCandidate {
            activation: id,
            why: CandidateEnd::Person { note },
        },
        20 => Command::EndCandidate {
            activation: id,
            why: CandidateEnd::Failures {
                decisions: 9,
                failed: 9,
            },
        },
        21 => Command::SetPolicy {
            scope,
            kind: None,
            policy: Policy {
                approval: asked.amount < 600,
                trial: asked.amount.is_multiple_of(3).then_some(TrialPolicy {
                    changed_permille_max: asked.amount,
                    failed_permille_max: asked.amount,
                    days: 7,
                }),
            },
            note,
        },
        _ => Command::RecordTry {
            image: digest(named),
            scope,
            kind,
            result: TryResult {
                decisions: 1,
                changed_permille: asked.amount,
                failed_permille: asked.amount,
                since: None,
                until: None,
                at: now,
            },
        },
    }
}

fn propose(
    asked: &Asked,
    now: DateTime<Utc>,
    kind: Kind,
    mode: Mode,
    image: Option<rollout::Digest>,
) -> Command {
    let ahead = chrono::TimeDelta::minutes(asked.ahead);
    Command::Propose(Proposal {
        scope: SCOPES[asked.scope].to_owned(),
        kind,
        image,
        place: if asked.amount.is_multiple_of(4) {
            Place::Function {
                url: "https://tianhe.example.org/routing".parse().unwrap(),
            }
        } else {
            Place::Embedded
        },
        mode,
        from: (asked.ahead > 1).then(|| now + ahead),
        note: "because".to_owned(),
    })
}

/// Something that is there, more often what is new; now and then nothing.
fn named_id(state: &State, asked: &Asked) -> u64 {
    let policies = state.policy_proposals().map(|it| it.id);
    let mut ids: Vec<u64> = state
        .activations()
        .map(|it| it.id)
        .chain(policies)
        .collect();
    ids.sort_unstable_by(|a, b| b.cmp(a));
    let position = usize::try_from(asked.id).unwrap();
    ids.get(position % 9).copied().unwrap_or(asked.id)
}

/// What must hold once an event was added to the log.
fn check(before: &State, event: &Recorded, state: &State) {
    let now = event.at;
    let moments: Vec<DateTime<Utc>> = (-2..200).map(minute).collect();
    for &moment in &moments {
        // The past stays what it was.
        if moment < now {
            assert_eq!(before.table(moment), state.table(moment), "at {moment}");
        }
        check_table(state, moment);
    }
    // Between two changes nothing changes.
    let next = state.next_change_after(now);
    for &moment in moments.iter().filter(|&&it| it >= now) {
        if next.is_none_or(|next| moment < next) {
            assert_eq!(state.table(now), state.table(moment), "until {next:?}");
        }
    }
    check_rollback(state, event);
    let wanted = state.wanted_images(now, 2);
    for (_, placement) in state.table(now).placements {
        let candidate = placement.candidate.map(|it| it.image);
        for image in placement.active.map(|it| it.1).into_iter().chain(candidate) {
            assert!(
                wanted.contains(&image),
                "{image} is in effect and not kept loaded"
            );
        }
    }
}

/// One active image and one candidate at most, each certain by then, and the table says who.
fn check_table(state: &State, moment: DateTime<Utc>) {
    let mut in_effect = BTreeSet::new();
    for it in state.activations() {
        if state.standing(it.id, moment) != Some(Standing::InEffect) {
            continue;
        }
        let slot = (it.kind, it.scope.clone(), it.mode.is_candidate());
        assert!(in_effect.insert(slot), "two at {moment}: {it:?}");
        assert!(it.withdrawn.is_none(), "withdrawn: {it:?}");
        assert!(it.from <= moment, "too early: {it:?}");
        match &it.approval {
            Approval::NotNeeded => {}
            Approval::Awaited => panic!("nobody agreed: {it:?}"),
            Approval::Given { by, at } => {
                assert!(*at <= moment, "before anybody agreed: {it:?}");
                assert_ne!(by.name, it.by.name, "one person alone: {it:?}");
            }
        }
    }
    let table: Table = state.table(moment);
    for ((kind, scope), placement) in &table.placements {
        for (is_candidate, id) in [
            (false, placement.active.as_ref().map(|it| it.0)),
            (true, placement.candidate.as_ref().map(|it| it.activation)),
        ] {
            let slot = (*kind, scope.clone(), is_candidate);
            assert!(
                id.is_none() || in_effect.contains(&slot),
                "{slot:?} at {moment}"
            );
        }
    }
}

/// A rollback gives exactly the earlier image, and nothing beside it.
fn check_rollback(state: &State, event: &Recorded) {
    let Event::Proposed(proposed) = &event.event else {
        return;
    };
    let Origin::Rollback { of } = proposed.origin else {
        return;
    };
    let earlier = state.activation(of).unwrap();
    let table = state.table(event.at);
    let slot = (proposed.kind, proposed.scope.clone());
    let placement = table.placements.get(&slot).cloned().unwrap_or_default();
    assert_eq!(placement.active.map(|it| it.1), earlier.image);
    assert_eq!(placement.place, earlier.place);
    assert_eq!(placement.candidate, None);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn a_log_keeps_its_promises(asks in prop::collection::vec(asked(), 1..60)) {
        let mut log: Vec<Recorded> = Vec::new();
        let mut state = State::default();
        let mut at = 0;
        for ask in asks {
            at += ask.after;
            let now = minute(at);
            let by = actor(PEOPLE[ask.who]);
            let Ok(events) = decide(&state, command(&state, &ask, now), &by, now) else {
                continue;
            };
            for event in events {
                let recorded = Recorded { seq: state.seq() + 1, at: state.instant(now), by: by.clone(), event };
                let after = apply(state.clone(), &recorded).unwrap();
                check(&state, &recorded, &after);
                state = after;
                log.push(recorded);
            }
        }
        prop_assert_eq!(replay(&log).unwrap(), state);
    }
}
