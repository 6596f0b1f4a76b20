//! The journal: complete, unchangeable, and the truth behind every state.

use contract::types::Rating;
use engine::ports::Store as _;
use lifecycle::command::{
    Command, Evidence, EvidenceKind, HandlingConclusion, HandlingReport, RatingChoice, RatingOffer,
    Reply, ReplyMethod, ReportContent, Review,
};
use lifecycle::ids::{Actor, TextId};
use rusqlite::Connection;
use uuid::Uuid;

use crate::fixture::{Fixture, START, at, channel, operator, unit};

fn handled() -> [(Command, Actor); 6] {
    let now = at(START);
    let text = TextId(Uuid::from_u128(1));
    let reply = Reply {
        replied_at: now,
        method: ReplyMethod::Phone,
        content: text,
        evidence: vec![Evidence {
            kind: EvidenceKind::Recording,
            reference: "r".to_owned(),
        }],
    };
    let report = HandlingReport {
        handled_from: now,
        handled_until: now,
        handling_office: None,
        course: text,
        result: text,
        reply_exception: None,
        remarks: None,
        conclusion: HandlingConclusion::Handled,
        content: Some(ReportContent::Complaint {
            handling: text,
            mediation: None,
        }),
    };
    let offer = RatingOffer {
        sent_at: now,
        delivered_at: None,
    };
    [
        (Command::AcceptDuty, unit()),
        (Command::RecordReply(reply), unit()),
        (Command::Submit(report), unit()),
        (Command::Review(Review::Pass), operator()),
        (Command::RecordRatingOffer(offer), Actor::system()),
        (
            Command::Rate(RatingChoice::Option(Rating::Satisfied)),
            channel(),
        ),
    ]
}

#[test]
fn the_state_is_what_the_journal_folds_to() {
    let fixture = Fixture::new();
    let mut order = fixture.register(1);
    for (command, by) in handled() {
        fixture.give(&order, &command, &by, at(START)).unwrap();
        order = fixture.load(&order.id);
        let history = fixture.store.history(&order.id).unwrap();
        assert_eq!(
            lifecycle::replay(&history).unwrap().as_ref(),
            Some(&order),
            "{command:?}"
        );
    }
    assert_eq!(order.stage.name(), "closed");
    let fixture = fixture.reopened();
    assert_eq!(fixture.load(&order.id), order);
    let kinds: Vec<String> = fixture
        .raw()
        .prepare("SELECT kind FROM events ORDER BY n")
        .unwrap()
        .query_map([], |row| row.get(0))
        .unwrap()
        .map(Result::unwrap)
        .collect();
    let history = fixture.store.history(&order.id).unwrap();
    let names: Vec<&str> = history
        .iter()
        .map(|recorded| recorded.event.name())
        .collect();
    assert_eq!(kinds, names);
}

#[test]
fn nothing_that_happened_can_be_changed() {
    let fixture = Fixture::new();
    let order = fixture.register(1);
    let requester = order.requester;
    fixture
        .store
        .personal_data(requester, &order.id, "op-7", at(START), "回访")
        .unwrap();
    let check = |raw: &Connection, sql: &str| {
        let error = raw.execute(sql, []).unwrap_err().to_string();
        assert!(error.contains("append-only"), "{sql}: {error}");
    };
    let raw = fixture.raw();
    for table in ["events", "personal_access"] {
        check(&raw, &format!("UPDATE {table} SET at = 0"));
        check(&raw, &format!("DELETE FROM {table}"));
    }
    assert_eq!(fixture.store.history(&order.id).unwrap().len(), 3);
}

#[test]
fn a_state_of_another_version_is_no_state() {
    let fixture = Fixture::new();
    let order = fixture.register(1);
    fixture
        .raw()
        .execute("UPDATE orders SET version = 9", [])
        .unwrap();
    let error = fixture.store.load(&order.id).unwrap_err();
    assert!(
        error
            .source
            .to_string()
            .contains("state of version 3, line of 9"),
        "{error:?}"
    );
}
