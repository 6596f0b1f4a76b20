//! Dossiers on disk: commits as the engine makes them, timers, lists, and messages through the outbox of
//! orders.

use std::collections::BTreeMap;

use calendar::Calendar;
use chrono::{DateTime, NaiveDate, Utc};
use engine::ports::{
    DossierCommit, DossierCommitError, DossierFilter, DossierStore as _, IdempotencyKey, ListError,
    Store as _, Subject,
};
use lifecycle::directory::Directory;
use lifecycle::dossier::{
    About, Command, Context, Dossier, DossierDeadlineKind, DossierId, DossierKind, Facts,
    NewMatter, OrderFacts, Position, Recorded, StaffChange, apply, decide, timers,
};
use lifecycle::effect::Effect;
use lifecycle::ids::{Actor, OrderId, TextId, UnitCode};
use lifecycle::order::WorkOrder;
use lifecycle::ruleset::RuleBook;
use uuid::Uuid;

use crate::fixture::{Fixture, START, at, operator, unit};

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn text(n: u128) -> TextId {
    TextId(Uuid::from_u128(n))
}

/// What a command makes of a dossier, as a commit.
fn step(
    id: &str,
    dossier: Option<&Dossier>,
    command: &Command,
    by: &Actor,
    now: DateTime<Utc>,
    orders: &[WorkOrder],
) -> DossierCommit {
    let directory = directory();
    let (calendar, rules) = (Calendar::shipped(), RuleBook::default());
    let context = Context {
        now,
        calendar: &calendar,
        rules: &rules,
        directory: &directory,
    };
    let facts = Facts {
        orders: orders
            .iter()
            .map(|order| {
                let facts = OrderFacts {
                    requester: order.requester,
                    unit: None,
                    matter: None,
                };
                (order.id.clone(), facts)
            })
            .collect::<BTreeMap<OrderId, OrderFacts>>(),
    };
    let id = DossierId::new(id);
    let decision = decide(&id, dossier, command, by, &facts, &context).unwrap();
    let expected_version = dossier.map_or(0, |dossier| dossier.version);
    let events: Vec<Recorded> = (expected_version + 1..)
        .zip(decision.events)
        .map(|(seq, event)| Recorded {
            seq,
            at: now,
            by: by.clone(),
            event,
        })
        .collect();
    let dossier = events
        .iter()
        .fold(dossier.cloned(), |dossier, event| {
            Some(apply(dossier, event).unwrap())
        })
        .unwrap();
    let subject = |about| match about {
        About::Dossier => Subject::Dossier(dossier.id.clone()),
        About::Order(order) => Subject::Order(order),
    };
    let effects = decision.effects.into_iter();
    let effects = effects
        .map(|it| (subject(it.about), Effect::Notify(it.notification)))
        .collect();
    DossierCommit {
        expected_version,
        events,
        timers: timers(&dossier),
        dossier,
        effects,
        texts: Vec::new(),
        idempotency: None,
    }
}

fn directory() -> Directory {
    let json = r#"{
        "districts": [{"code": "440106", "name": "天河区", "office": "天河区热线办"}],
        "units": [{"code": "GZ-D106", "name": "天河区人民政府"}, {"code": "GZ-CGJ", "name": "城管"}]
    }"#;
    serde_json::from_str(json).unwrap()
}

fn announced(id: &str, unit: &str, now: &str) -> DossierCommit {
    let change = StaffChange {
        unit: UnitCode::new(unit),
        position: Position::LiaisonOfficer,
        completed_on: day("2026-09-16"),
    };
    let command = Command::AnnounceChange {
        change,
        filing: None,
    };
    step(id, None, &command, &operator(), at(now), &[])
}

pub(crate) fn listed(id: &str, orders: &[WorkOrder]) -> DossierCommit {
    let command = Command::ListMatter(NewMatter {
        title: "停车难".to_owned(),
        criteria: text(1),
        units: vec![UnitCode::new("GZ-D106")],
        orders: orders.iter().map(|order| order.id.clone()).collect(),
    });
    let mut commit = step(id, None, &command, &operator(), at(START), orders);
    commit.texts = vec![(text(1), "多人反映".to_owned())];
    commit
}

fn key(fingerprint: &str) -> IdempotencyKey {
    IdempotencyKey {
        principal: "operator//op-7".to_owned(),
        key: "k-1".to_owned(),
        fingerprint: fingerprint.to_owned(),
        at: at(START),
    }
}

#[test]
fn what_was_committed_is_there_after_a_restart() {
    let fixture = Fixture::new();
    let commit = listed("D-1", &[]);
    let (dossier, events) = (commit.dossier.clone(), commit.events.clone());
    fixture.store.commit_dossier(commit).unwrap();
    let fixture = fixture.reopened();
    let id = DossierId::new("D-1");
    assert_eq!(fixture.store.load_dossier(&id).unwrap(), Some(dossier));
    assert_eq!(fixture.store.dossier_history(&id).unwrap(), events);
    assert_eq!(fixture.store.texts(&[text(1)]).unwrap().len(), 1);
    let pending = fixture.store.pending_effects(at(START), 9).unwrap();
    assert_eq!(pending.len(), 1);
    assert_eq!(pending[0].subject, Subject::Dossier(id.clone()));
    let other = DossierId::new("D-2");
    assert_eq!(fixture.store.load_dossier(&other).unwrap(), None);
    assert!(fixture.store.dossier_history(&other).unwrap().is_empty());
    // The journal cannot be changed behind the store's back either.
    let raw = fixture.raw();
    for change in [
        "UPDATE dossier_events SET body = '{}'",
        "DELETE FROM dossier_events",
    ] {
        let error = raw.execute(change, []).unwrap_err();
        assert!(error.to_string().contains("append-only"), "{error}");
    }
}

#[test]
fn a_commit_counts_once_and_on_its_version_only() {
    let fixture = Fixture::new();
    let mut first = announced("D-1", "GZ-D106", START);
    first.idempotency = Some(key("a"));
    fixture.store.commit_dossier(first.clone()).unwrap();
    let again = fixture.store.commit_dossier(first.clone()).unwrap_err();
    let DossierCommitError::Replayed(earlier) = again else {
        panic!("{again:?}");
    };
    assert_eq!(earlier.events, 1..=1);
    assert_eq!(
        fixture.store.earlier_dossier(&key("x")).unwrap(),
        Some(earlier)
    );
    let mut other = announced("D-2", "GZ-D106", START);
    other.idempotency = Some(key("b"));
    let refused = fixture.store.commit_dossier(other.clone()).unwrap_err();
    assert!(matches!(refused, DossierCommitError::KeyReused));
    first.idempotency = None;
    let late = fixture.store.commit_dossier(first).unwrap_err();
    assert!(matches!(
        late,
        DossierCommitError::Conflict {
            expected: 0,
            actual: 1
        }
    ));
    // One that is refused harms no other of the same batch.
    other.idempotency = None;
    let results = fixture
        .store
        .commit_dossiers(vec![announced("D-1", "GZ-D106", START), other]);
    assert!(results[0].is_err() && results[1].is_ok(), "{results:?}");
}

#[test]
fn timers_come_earliest_first_and_go_with_the_state() {
    let fixture = Fixture::new();
    let commit = listed("D-1", &[]);
    let dossier = commit.dossier.clone();
    fixture.store.commit_dossier(commit).unwrap();
    let commit = announced("D-2", "GZ-CGJ", START);
    fixture.store.commit_dossier(commit).unwrap();
    // Ten working days from Wednesday for both.
    let first = at("2026-10-01T00:00:00+08:00");
    assert_eq!(fixture.store.next_dossier_timer_at().unwrap(), Some(first));
    let due = |at: &str| fixture.store.due_dossier_timers(crate::fixture::at(at), 10);
    assert_eq!(due("2026-10-01T00:00:00+08:00").unwrap(), []);
    let all = due("2027-01-01T00:00:00+08:00").unwrap();
    let kinds: Vec<DossierDeadlineKind> = all.iter().map(|timer| timer.deadline).collect();
    use DossierDeadlineKind::{Bulletin, Filing, Plan, Progress};
    assert_eq!(kinds, [Plan, Filing, Bulletin, Progress]);
    assert_eq!((&all[2].unit, all[0].unit.is_some()), (&None, true));
    fixture.store.drop_dossier_timer(&all[1]).unwrap();
    assert_eq!(due("2027-01-01T00:00:00+08:00").unwrap().len(), 3);
    let plan = Command::SubmitPlan { plan: text(2) };
    let later = at("2026-09-17T10:00:00+08:00");
    let commit = step("D-1", Some(&dossier), &plan, &unit(), later, &[]);
    fixture.store.commit_dossier(commit).unwrap();
    let left = due("2027-01-01T00:00:00+08:00").unwrap();
    let kinds: Vec<DossierDeadlineKind> = left.iter().map(|timer| timer.deadline).collect();
    assert_eq!(kinds, [Bulletin, Progress]);
}

/// Opened at one instant, they stand by their numbers, whatever came in first, and pages neither
/// repeat nor lose one.
#[test]
fn dossiers_of_one_instant_stand_by_their_numbers() {
    let fixture = Fixture::new();
    for id in ["D-2", "D-4", "D-1", "D-3"] {
        let commit = announced(id, "GZ-CGJ", START);
        fixture.store.commit_dossier(commit).unwrap();
    }
    let expected = ["D-4", "D-3", "D-2", "D-1"];
    for limit in 1..=5 {
        let mut ids = Vec::new();
        let mut after: Option<String> = None;
        loop {
            let any = DossierFilter::default();
            let page = fixture.store.list_dossiers(&any, after.as_deref(), limit);
            let page = page.unwrap();
            ids.extend(page.items.iter().map(|line| line.id.to_string()));
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        assert_eq!(ids, expected, "{limit} to a page");
    }
}

#[test]
#[expect(clippy::too_many_lines, reason = "a table with a row for each filter")]
fn lists_are_narrowed_and_come_in_pages() {
    let fixture = Fixture::new();
    let order = fixture.register(1);
    let commits = [
        listed("D-1", std::slice::from_ref(&order)),
        announced("D-2", "GZ-CGJ", "2026-09-16T11:00:00+08:00"),
        announced("D-3", "GZ-D106", "2026-09-16T12:00:00+08:00"),
    ];
    for commit in commits {
        fixture.store.commit_dossier(commit).unwrap();
    }
    let ids = |filter: &DossierFilter| -> Vec<String> {
        let page = fixture.store.list_dossiers(filter, None, 10).unwrap();
        page.items.iter().map(|line| line.id.to_string()).collect()
    };
    let any = DossierFilter::default();
    assert_eq!(ids(&any), ["D-3", "D-2", "D-1"]);
    let kind = Some(DossierKind::LongTermMatter);
    let parties = |codes: &[&str]| Some(codes.iter().map(|code| (*code).to_owned()).collect());
    let rows = [
        (
            DossierFilter {
                kind,
                ..any.clone()
            },
            vec!["D-1"],
        ),
        (
            DossierFilter {
                stage: Some("announced".to_owned()),
                ..any.clone()
            },
            vec!["D-3", "D-2"],
        ),
        (
            DossierFilter {
                unit: Some(UnitCode::new("GZ-D106")),
                ..any.clone()
            },
            vec!["D-3", "D-1"],
        ),
        (
            DossierFilter {
                parties: parties(&["GZ-CGJ", "440106"]),
                ..any.clone()
            },
            vec!["D-2"],
        ),
        (
            DossierFilter {
                parties: parties(&[]),
                ..any.clone()
            },
            vec![],
        ),
        (
            DossierFilter {
                order: Some(order.id.clone()),
                ..any.clone()
            },
            vec!["D-1"],
        ),
        (
            DossierFilter {
                overdue: Some(true),
                ..any.clone()
            },
            vec![],
        ),
        (
            DossierFilter {
                due_before: Some(at("2026-10-01T00:00:00+08:00")),
                ..any.clone()
            },
            vec![],
        ),
        (
            DossierFilter {
                due_before: Some(at("2026-10-01T00:00:00.001+08:00")),
                ..any.clone()
            },
            vec!["D-3", "D-2", "D-1"],
        ),
    ];
    for (filter, expected) in rows {
        assert_eq!(ids(&filter), expected, "{filter:?}");
    }
    let first = fixture.store.list_dossiers(&any, None, 2).unwrap();
    let next = first.next.expect("a next page");
    let second = fixture.store.list_dossiers(&any, Some(&next), 2).unwrap();
    assert_eq!((first.items.len(), second.items.len()), (2, 1));
    assert_eq!(second.next, None);
    assert!(matches!(
        fixture.store.list_dossiers(&any, Some("x"), 2),
        Err(ListError::BadCursor)
    ));
    let open = fixture
        .store
        .open_dossiers(Some(&DossierId::new("D-1")), 10);
    assert_eq!(open.unwrap().len(), 2);
}

/// A requester is told through the outbox of the own order.
#[test]
fn messages_to_requesters_go_through_their_orders() {
    let fixture = Fixture::new();
    let orders = [fixture.register(1), fixture.register(2)];
    let commit = listed("D-1", &orders);
    let dossier = commit.dossier.clone();
    fixture.store.commit_dossier(commit).unwrap();
    let before = fixture.store.pending_effects(at(START), 100).unwrap().len();
    let tell = Command::TellProgress { content: text(3) };
    let now = at("2026-09-17T10:00:00+08:00");
    let commit = step("D-1", Some(&dossier), &tell, &unit(), now, &orders);
    fixture.store.commit_dossier(commit).unwrap();
    let effects = fixture
        .store
        .pending_effects(at(START), 100)
        .unwrap()
        .split_off(before);
    let told: Vec<&OrderId> = effects.iter().filter_map(|it| it.subject.order()).collect();
    assert_eq!(told, [&orders[0].id, &orders[1].id]);
    assert!(
        effects
            .iter()
            .all(|effect| matches!(effect.effect, Effect::Notify(_)) && effect.at == now)
    );
}

/// What is open is found without looking at everything.
#[test]
fn looking_for_what_is_open_goes_by_indexes() {
    let fixture = Fixture::new();
    let raw = fixture.raw();
    let query =
        "SELECT state FROM dossiers WHERE due_at IS NOT NULL AND id > '' ORDER BY id LIMIT 1";
    let mut plan = raw.prepare(&format!("EXPLAIN QUERY PLAN {query}")).unwrap();
    let steps = plan.query_map([], |row| row.get::<_, String>(3)).unwrap();
    let steps: Vec<String> = steps.map(Result::unwrap).collect();
    assert!(steps[0].contains("dossiers_open"), "{steps:?}");
    assert!(steps.iter().all(|step| !step.contains("TEMP")), "{steps:?}");
}
