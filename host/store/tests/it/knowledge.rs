//! The knowledge base on disk: commits as the engine makes them, timers, lists, positions, answers, and its
//! checks in the audit chain.

use std::collections::BTreeSet;

use calendar::Calendar;
use chrono::{DateTime, TimeDelta, Utc};
use contract::about::Kind;
use contract::knowledge::{Field, Finding, PointKind, Severity};
use engine::ports::{
    AuditPlace, DecisionFilter, DeliveryStore as _, DueItem, DueKnowledgeTimer, DueStore as _,
    EntryKind, FeedbackQuery, IdempotencyKey, KnowledgeCommit, KnowledgeCommitError,
    KnowledgeFilter, KnowledgeStore as _, ListError, Message, PointWalk, Posting,
    RolloutStore as _, Store as _, StoredAdvice, Subject, WalkPart,
};
use knowledge_base::feedback::{Action, Fault, NewFeedback, Urgency};
use knowledge_base::ids::{Id, PointId};
use knowledge_base::point::{
    Asked, Checked, Content, LegalBasis, NewPoint, Subject as Part, Term, Verdict,
};
use knowledge_base::rules::KnowledgeRules;
use knowledge_base::{
    Command, Context, Entry, Facts, Moment, Recorded, apply, decide, feedback, point, timers,
};
use lifecycle::advice::{Attempt, Outcome, RuleImage};
use lifecycle::command::DirectAnswer;
use lifecycle::directory::Directory;
use lifecycle::effect::{Effect, Notice, Notification};
use lifecycle::event::{Event as OrderEvent, Recorded as OrderRecorded};
use lifecycle::ids::{Actor, DistrictCode, Role, TextId, UnitCode};
use lifecycle::ruleset::RuleBook;
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use crate::fixture::{Fixture, START, at, operator, registration, unit};

fn leader() -> Actor {
    Actor {
        role: Role::Leader(UnitCode::new("GZ-D106")),
        name: "leader".to_owned(),
    }
}

fn directory() -> Directory {
    let json = r#"{
        "districts": [{"code": "440106", "name": "天河区", "office": "天河区热线办"}],
        "units": [{"code": "GZ-D106", "name": "天河区人民政府"}, {"code": "GZ-CGJ", "name": "城管"}]
    }"#;
    serde_json::from_str(json).unwrap()
}

/// What a command makes of an entry, as a commit.
fn step(
    id: &str,
    entry: Option<&Entry>,
    command: &Command,
    by: &Actor,
    now: DateTime<Utc>,
) -> KnowledgeCommit {
    let (directory, calendar) = (directory(), Calendar::shipped());
    let (book, rules) = (RuleBook::default(), KnowledgeRules::guangzhou_2023());
    let context = Context {
        now,
        calendar: &calendar,
        book: &book,
        rules: &rules,
        directory: &directory,
    };
    let question = format!("question about {id} at {now}").into_bytes();
    let digest = hex::encode(Sha256::digest(&question));
    let facts = Facts {
        checks: vec![checked()],
        asked: Some(Asked {
            decision: Uuid::from_u128(u128::from(now.timestamp_subsec_millis()) + 7),
            question: digest.clone(),
        }),
        ..Facts::default()
    };
    let id = Id::parse(id).unwrap();
    let decision = decide(&id, entry, command, by, &facts, &context).unwrap();
    let expected_version = entry.map_or(0, Entry::version);
    let events: Vec<Recorded> = (expected_version + 1..)
        .zip(decision.events)
        .map(|(seq, event)| Recorded {
            seq,
            at: now,
            by: by.clone(),
            event,
        })
        .collect();
    let entry = events
        .iter()
        .fold(entry.cloned(), |entry, event| {
            Some(apply(entry, event).unwrap())
        })
        .unwrap();
    let effects = decision.effects.into_iter();
    let effects = effects
        .map(|it| {
            Effect::Notify(Notification {
                to: it.to,
                about: Notice::Knowledge(it.notice),
            })
        })
        .collect();
    let asks = matches!(command, Command::Point(point::Command::Check { .. }));
    KnowledgeCommit {
        expected_version,
        events,
        timers: timers(&entry),
        parties: BTreeSet::from([entry.unit().to_string()]),
        districts: BTreeSet::from([DistrictCode::new("440106")]),
        entry,
        effects,
        texts: Vec::new(),
        questions: if asks {
            vec![(digest, question)]
        } else {
            Vec::new()
        },
        idempotency: None,
    }
}

fn checked() -> Checked {
    Checked {
        attempt: Attempt {
            scope: "440100".to_owned(),
            rule: RuleImage {
                image: "ab".repeat(32),
                component: "cd".repeat(32),
                settings: "ef".repeat(32),
                name: "knowledge 0.1.0".to_owned(),
                engine: "none".to_owned(),
            },
            outcome: Outcome::Answered,
            fuel: 1,
            duration_us: 1,
            canary: false,
            function: None,
        },
        findings: vec![Finding {
            severity: Severity::Warn,
            field: Field::Body,
            index: None,
            code: "short".to_owned(),
            message: "正文过短".to_owned(),
        }],
    }
}

fn drafted(id: &str, now: DateTime<Utc>) -> KnowledgeCommit {
    let mut content = Content::titled("公积金提取", PointKind::AnswerScript);
    content.body = "到窗口办理".to_owned();
    content.scope = "全市".to_owned();
    content.subjects = vec!["缴存职工".to_owned()];
    content.legal_basis = vec![LegalBasis::cited("《住房公积金管理条例》第二十四条")];
    let command = Command::Point(point::Command::Draft(NewPoint {
        owner: UnitCode::new("GZ-D106"),
        content,
        term: Term::longest(),
    }));
    step(id, None, &command, &unit(), now)
}

fn feedback(id: &str, urgency: Urgency, now: DateTime<Utc>) -> KnowledgeCommit {
    let command = Command::Feedback(feedback::Command::Open(NewFeedback {
        unit: UnitCode::new("GZ-D106"),
        point: None,
        fault: Fault::NewPoint,
        urgency,
        description: TextId(Uuid::from_u128(1)),
    }));
    step(id, None, &command, &operator(), now)
}

impl Fixture {
    fn keep(&self, commit: KnowledgeCommit) -> Entry {
        let entry = commit.entry.clone();
        self.store.commit_knowledge(commit).unwrap();
        entry
    }

    fn point_step(
        &self,
        entry: &Entry,
        command: point::Command,
        by: &Actor,
        now: DateTime<Utc>,
    ) -> Entry {
        let id = entry.id();
        self.keep(step(
            id.as_str(),
            Some(entry),
            &Command::Point(command),
            by,
            now,
        ))
    }

    /// A point that is published at this instant.
    fn published(&self, id: &str, now: DateTime<Utc>) -> Entry {
        let entry = self.keep(drafted(id, now));
        let subject = Part::Draft(1);
        let entry = self.point_step(&entry, point::Command::Check { subject }, &unit(), now);
        let entry = self.point_step(&entry, point::Command::Submit, &unit(), now);
        let (revision, verdict) = (1, Verdict::Pass);
        let review = point::Command::Review { revision, verdict };
        self.point_step(&entry, review, &leader(), now)
    }
}

fn key(fingerprint: &str) -> IdempotencyKey {
    IdempotencyKey {
        principal: "unit//staff".to_owned(),
        key: "k-1".to_owned(),
        fingerprint: fingerprint.to_owned(),
        at: at(START),
    }
}

#[test]
fn what_was_committed_is_there_after_a_restart() {
    let fixture = Fixture::new();
    let entry = fixture.published("K-1", at(START));
    let fixture = fixture.reopened();
    let id = entry.id();
    assert_eq!(
        fixture.store.load_knowledge(&id).unwrap(),
        Some(entry.clone())
    );
    let history = fixture.store.knowledge_history(&id).unwrap();
    assert_eq!(knowledge_base::replay(&history).unwrap(), Some(entry));
    let points = [PointId::new("K-1"), PointId::new("K-2")];
    assert_eq!(fixture.store.load_points(&points).unwrap().len(), 1);
    let missing = Id::parse("K-2").unwrap();
    assert_eq!(fixture.store.load_knowledge(&missing).unwrap(), None);
    // What is told goes through the one outbox into the one box, and out by the same ways.
    let pending = fixture.store.pending_effects(at(START), 9).unwrap();
    let subject = Subject::Knowledge(id);
    assert_eq!(pending.len(), 3);
    assert!(
        pending.iter().all(|it| it.subject == subject),
        "{pending:?}"
    );
    let Effect::Notify(notification) = pending[0].effect.clone() else {
        panic!("{pending:?}");
    };
    let message = Message {
        id: pending[0].id,
        subject: subject.clone(),
        at: at(START),
        notification,
    };
    let channels = vec!["mail".to_owned()];
    let posting = Posting {
        message: message.clone(),
        channels,
    };
    fixture.store.deliver(&[posting]).unwrap();
    assert_eq!(fixture.store.messages(&subject).unwrap(), [message]);
    assert_eq!(fixture.store.deliveries_of(&subject).unwrap().len(), 1);
    assert_eq!(
        fixture
            .store
            .due_deliveries(at(START), &[], 9)
            .unwrap()
            .len(),
        1
    );
    // The journal cannot be changed behind the store's back either.
    let raw = fixture.raw();
    for change in [
        "UPDATE knowledge_events SET body = '{}'",
        "DELETE FROM knowledge_events",
    ] {
        let error = raw.execute(change, []).unwrap_err();
        assert!(error.to_string().contains("append-only"), "{error}");
    }
}

#[test]
fn a_commit_counts_once_and_on_its_version_only() {
    let fixture = Fixture::new();
    let mut first = drafted("K-1", at(START));
    first.idempotency = Some(key("a"));
    fixture.keep(first.clone());
    let again = fixture.store.commit_knowledge(first.clone()).unwrap_err();
    let KnowledgeCommitError::Replayed(earlier) = again else {
        panic!("{again:?}");
    };
    assert_eq!(earlier.events, 1..=1);
    let found = fixture.store.earlier_knowledge(&key("x")).unwrap();
    assert_eq!(found, Some(earlier));
    let mut other = drafted("K-2", at(START));
    other.idempotency = Some(key("b"));
    let refused = fixture.store.commit_knowledge(other.clone()).unwrap_err();
    assert!(matches!(refused, KnowledgeCommitError::KeyReused));
    first.idempotency = None;
    let late = fixture.store.commit_knowledge(first.clone()).unwrap_err();
    assert!(matches!(
        late,
        KnowledgeCommitError::Conflict {
            expected: 0,
            actual: 1
        }
    ));
    // One that is refused harms no other of the same batch.
    other.idempotency = None;
    let results = fixture.store.commit_knowledge_all(vec![first, other]);
    assert!(results[0].is_err() && results[1].is_ok(), "{results:?}");
    // What was refused took no position.
    let changes = fixture.store.knowledge_changes_after(0, 10).unwrap();
    assert_eq!((changes.position, changes.more), (2, false));
    assert_eq!(changes.points, [PointId::new("K-1"), PointId::new("K-2")]);
}

#[test]
fn positions_have_no_gap_and_name_every_point() {
    let fixture = Fixture::new();
    let start = at(START);
    fixture.keep(drafted("K-1", start));
    fixture.keep(feedback("KF-1", Urgency::Ordinary, start));
    fixture.published("K-2", start);
    let fixture = fixture.reopened();
    let (mut position, mut heard) = (0, Vec::new());
    loop {
        let changes = fixture.store.knowledge_changes_after(position, 2).unwrap();
        position = changes.position;
        heard.push(changes.points.len());
        if !changes.more {
            break;
        }
    }
    assert_eq!((position, heard), (6, vec![1, 1, 1, 0]));
    assert_eq!(fixture.store.knowledge_position().unwrap(), 6);
}

#[test]
fn timers_come_earliest_first_and_go_with_the_state() {
    let fixture = Fixture::new();
    let start = at(START);
    fixture.published("K-1", start);
    let entry = fixture.keep(feedback("KF-1", Urgency::Emergency, start));
    let store = &fixture.store;
    let first = at("2026-09-18T00:00:00+08:00");
    assert_eq!(store.next_knowledge_timer_at().unwrap(), Some(first));
    assert_eq!(store.due_knowledge_timers(first, 10).unwrap(), []);
    let moments = || -> Vec<Moment> {
        let due = store.due_knowledge_timers(at("2028-01-01T00:00:00+08:00"), 10);
        due.unwrap().iter().map(|it| it.moment).collect()
    };
    let all = moments();
    assert_eq!(all.len(), 5, "{all:?}");
    assert!(matches!(all[0], Moment::Deadline { .. }));
    assert!(matches!(all[1], Moment::Remind { days: 30 }));
    // What cannot be worked off is listed, with an id by which it is tried again.
    let timer = store
        .due_knowledge_timers(start + TimeDelta::days(5), 1)
        .unwrap();
    let timer: DueKnowledgeTimer = timer[0].clone();
    let (now, until) = (start, start + TimeDelta::days(900));
    let item = DueItem::KnowledgeTimer(timer.clone());
    store.put_off(&item, now, until, "broken").unwrap();
    assert_eq!(moments().len(), 4);
    let stuck = store.stuck_items(None, 10).unwrap().items;
    assert_eq!(stuck[0].item.subject(), Subject::Knowledge(entry.id()));
    let shown = stuck[0].id.chars();
    assert!(
        shown
            .clone()
            .all(|it| it.is_ascii_alphanumeric() || "-._".contains(it))
    );
    assert!(store.retry_stuck_item(&stuck[0].id).unwrap().is_some());
    assert_eq!(moments().len(), 5);
    store.drop_knowledge_timer(&timer).unwrap();
    assert_eq!(moments().len(), 4);
    // Answered: its timer goes, and no new calendar looks at it.
    assert_eq!(store.open_knowledge(None, 10).unwrap().len(), 1);
    let answer = Command::Feedback(feedback::Command::Answer {
        action: Action::NothingToDo,
        explanation: Some(TextId(Uuid::from_u128(2))),
    });
    let commit = step("KF-1", Some(&entry), &answer, &unit(), start);
    store.commit_knowledge(commit).unwrap();
    assert_eq!(store.open_knowledge(None, 10).unwrap(), []);
}

#[test]
fn recomputations_of_entries_are_put_off_and_forgotten() {
    let fixture = Fixture::new();
    let start = at(START);
    let entry = fixture.keep(feedback("KF-1", Urgency::Ordinary, start));
    let subject = Subject::Knowledge(entry.id());
    let item = DueItem::Recomputation(engine::ports::DueRecomputation {
        subject: subject.clone(),
        attempts: 0,
    });
    let store = &fixture.store;
    store.put_off(&item, start, start, "broken").unwrap();
    let due = store.due_recomputations(start, 10).unwrap();
    assert_eq!((&due[0].subject, due[0].attempts), (&subject, 1));
    store.forget_recomputation(&subject).unwrap();
    assert_eq!(store.due_recomputations(start, 10).unwrap(), []);
}

/// A published point, a draft and a feedback, in this order.
fn three() -> Fixture {
    let fixture = Fixture::new();
    let hours = |n| at(START) + TimeDelta::hours(n);
    fixture.published("K-1", hours(0));
    fixture.keep(drafted("K-2", hours(1)));
    fixture.keep(feedback("KF-1", Urgency::Ordinary, hours(2)));
    fixture
}

#[test]
#[expect(clippy::too_many_lines, reason = "a table with a row for each filter")]
fn lists_go_by_the_instant() {
    let fixture = three();
    let store = &fixture.store;
    let check = |now: &str, filter: KnowledgeFilter, expected: &[&str]| {
        let filter = KnowledgeFilter {
            now: at(now),
            ..filter
        };
        let page = store.list_knowledge(&filter, None, 10).unwrap();
        let found: Vec<_> = page.items.iter().map(|it| it.id.to_string()).collect();
        assert_eq!(found, expected, "{filter:?}");
    };
    let any = KnowledgeFilter::default;
    let stage = |stage: &str| KnowledgeFilter {
        stage: Some(stage.to_owned()),
        ..any()
    };
    let (before, after) = ("2027-03-17T00:00:00+08:00", "2027-03-17T00:00:01+08:00");
    check(before, any(), &["KF-1", "K-2", "K-1"]);
    check(before, stage("published"), &["K-1"]);
    check(before, stage("open"), &["KF-1"]);
    check(before, stage("expired"), &[]);
    check(after, stage("published"), &[]);
    check(after, stage("expired"), &["K-1"]);
    let kind = Some(EntryKind::Point);
    check(before, KnowledgeFilter { kind, ..any() }, &["K-2", "K-1"]);
    let draft_stage = Some("editing".to_owned());
    check(
        before,
        KnowledgeFilter {
            draft_stage,
            ..any()
        },
        &["K-2"],
    );
    let point_kind = Some(PointKind::Policy);
    check(
        before,
        KnowledgeFilter {
            point_kind,
            ..any()
        },
        &[],
    );
    let parties = Some(vec!["GZ-CGJ".to_owned(), "GZ-D106".to_owned()]);
    check(
        before,
        KnowledgeFilter { parties, ..any() },
        &["KF-1", "K-2", "K-1"],
    );
    let parties = Some(vec!["GZ-CGJ".to_owned()]);
    check(before, KnowledgeFilter { parties, ..any() }, &[]);
    let district = Some(DistrictCode::new("440111"));
    check(before, KnowledgeFilter { district, ..any() }, &[]);
    let title = Some("100%".to_owned());
    check(before, KnowledgeFilter { title, ..any() }, &[]);
    let expires_before = Some(at(after));
    check(
        before,
        KnowledgeFilter {
            expires_before,
            ..any()
        },
        &["K-1"],
    );
    check(
        after,
        KnowledgeFilter {
            expires_before,
            ..any()
        },
        &[],
    );
    let expiring = |now: &str| store.expiring_points(at(now), at(after), None).unwrap();
    assert_eq!((expiring(before)[0].count, expiring(after).len()), (1, 0));
}

#[test]
fn pages_meet_without_overlapping() {
    let fixture = three();
    let (store, any) = (&fixture.store, KnowledgeFilter::default);
    let (mut next, mut ids) = (None, Vec::new());
    loop {
        let page = store.list_knowledge(&any(), next.as_deref(), 2).unwrap();
        ids.extend(page.items.into_iter().map(|it| it.id.to_string()));
        next = page.next;
        if next.is_none() {
            break;
        }
    }
    assert_eq!(ids, ["KF-1", "K-2", "K-1"]);
    let bad = store.list_knowledge(&any(), Some("x"), 2);
    assert!(matches!(bad, Err(ListError::BadCursor)));
}

#[test]
fn points_are_walked_through_by_number() {
    let fixture = three();
    let store = &fixture.store;
    let walk = |part| {
        let units = None;
        let walk = PointWalk { units, part };
        let points = store.walk_points(&walk, None, 10).unwrap();
        assert_eq!(
            store.count_points(&walk).unwrap(),
            u64::try_from(points.len()).unwrap()
        );
        points
            .into_iter()
            .map(|it| it.id.to_string())
            .collect::<Vec<_>>()
    };
    assert_eq!(walk(WalkPart::Published), ["K-1"]);
    assert_eq!(walk(WalkPart::Draft), ["K-2"]);
    assert_eq!(walk(WalkPart::Either), ["K-1", "K-2"]);
}

#[test]
fn feedback_is_summed_by_unit_and_month() {
    let fixture = Fixture::new();
    // Shortly after midnight of the first of October, which is September in UTC.
    let (september, october) = (at(START), at("2026-10-01T00:30:00+08:00"));
    fixture.keep(feedback("KF-1", Urgency::Ordinary, september));
    let entry = fixture.keep(feedback("KF-2", Urgency::Emergency, october));
    let answer = Command::Feedback(feedback::Command::Answer {
        action: Action::NothingToDo,
        explanation: Some(TextId(Uuid::from_u128(2))),
    });
    fixture.keep(step("KF-2", Some(&entry), &answer, &unit(), october));
    let query = FeedbackQuery {
        from: at("2026-09-01T00:00:00+08:00"),
        before: at("2027-01-01T00:00:00+08:00"),
        unit: None,
        by_month: true,
    };
    let rows = fixture.store.feedback_tallies(&query, None).unwrap();
    let told: Vec<_> = rows
        .iter()
        .map(|row| {
            let tally = row.tally;
            (
                row.month.as_deref().unwrap(),
                tally.open,
                tally.on_time,
                tally.emergency,
            )
        })
        .collect();
    assert_eq!(told, [("2026-09", 1, 0, 0), ("2026-10", 0, 1, 1)]);
    let others = [UnitCode::new("GZ-CGJ")];
    let none = fixture
        .store
        .feedback_tallies(&query, Some(&others))
        .unwrap();
    assert_eq!(none, []);
}

#[test]
fn every_answer_from_a_point_is_found() {
    let fixture = Fixture::new();
    let start = at(START);
    let mut orders = Vec::new();
    for (n, version) in [(1, 1), (2, 1), (3, 2)] {
        // What the store keeps of an answer does not depend on what the order is about.
        let mut order = registration(n, start, &operator());
        let now = start + TimeDelta::hours(i64::from(n));
        let event = OrderEvent::AnsweredDirectly(DirectAnswer {
            knowledge_point: "K-1".to_owned(),
            knowledge_version: version,
            answer: TextId(Uuid::from_u128(u128::from(n))),
        });
        let seq = order.order.version + 1;
        order.order.version = seq;
        order.events.push(OrderRecorded {
            seq,
            at: now,
            by: operator(),
            event,
        });
        orders.push(order.order.id.to_string());
        fixture.store.commit(order).unwrap();
    }
    let fixture = fixture.reopened();
    let point = PointId::new("K-1");
    let answers = |version, after: Option<&str>, limit| {
        let page = fixture.store.answers_from(&point, version, after, limit);
        page.unwrap()
    };
    let first = answers(None, None, 2);
    let told: Vec<_> = first.items.iter().map(|it| it.order.to_string()).collect();
    assert_eq!(told, [orders[2].clone(), orders[1].clone()]);
    assert_eq!(first.items[0].version, 2);
    assert_eq!(first.items[0].answer, TextId(Uuid::from_u128(3)));
    let second = answers(None, first.next.as_deref(), 2);
    assert_eq!(second.items[0].order.to_string(), orders[0]);
    assert_eq!(second.next, None);
    assert_eq!(answers(Some(1), None, 9).items.len(), 2);
}

#[test]
fn a_check_is_a_decision_of_the_audit_chain() {
    let fixture = Fixture::new();
    let entry = fixture.published("K-1", at(START));
    let filter = DecisionFilter {
        kind: Some(Kind::Knowledge),
        ..DecisionFilter::default()
    };
    let store = &fixture.store;
    assert_eq!(store.count_decisions(&filter).unwrap(), 1);
    let found = store.decisions(&filter, None, 9).unwrap().remove(0);
    assert_eq!(
        (&found.subject, found.seq),
        (&Subject::Knowledge(entry.id()), 2)
    );
    assert!(found.question.is_some());
    let StoredAdvice::Knowledge(advice) = &found.advice else {
        panic!("{found:?}");
    };
    assert_eq!(advice.verdict, Some(vec![checked().findings]));
    let again = store.decision(found.advice.decision()).unwrap();
    assert_eq!(again.as_ref(), Some(&found));
    let report = store.verify_audit(None, &|_, _| {}).unwrap();
    assert!(report.is_whole(), "{report}");
    assert_eq!((report.links, report.decisions), (1, 1));
    // What somebody changed, and what somebody slipped in, is found.
    let raw = fixture.raw();
    raw.execute_batch(
        "DROP TRIGGER knowledge_events_are_never_changed;
         UPDATE knowledge_events SET body = replace(body, '正文过短', '没有问题')
             WHERE kind = 'checked';
         INSERT INTO knowledge_events (entry_n, seq, at, actor, kind, body)
             VALUES (1, 9, 0, '{}', 'checked', '{}');",
    )
    .unwrap();
    let report = store.verify_audit(None, &|_, _| {}).unwrap();
    let told: Vec<_> = report
        .faults
        .iter()
        .map(|it| {
            let AuditPlace::Decision { order, seq, .. } = &it.place else {
                panic!("{it:?}");
            };
            (order.clone(), *seq)
        })
        .collect();
    let number = Some("K-1".to_owned());
    assert_eq!(told, [(number.clone(), Some(2)), (number, Some(9))]);
}
