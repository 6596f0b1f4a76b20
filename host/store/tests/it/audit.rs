//! The audit chain: what is whole is found whole, and one flipped bit is found and named, wherever it is.

use engine::ports::{AuditHead, AuditPlace, AuditReport, RolloutStore as _, Store as _};
use rusqlite::{Connection, params};

use crate::fixture::{Fixture, START, at, operator, registration};
use crate::rollout::{decided, image, propose, push};

/// Three decisions and three events of the rollout log, mixed.
fn kept() -> Fixture {
    let fixture = Fixture::new();
    let store = &fixture.store;
    store.commit(decided(1)).unwrap();
    push(store, "a", 0);
    store.commit(decided(2)).unwrap();
    push(store, "b", 1);
    propose(store, "a", 2);
    store.commit(decided(3)).unwrap();
    fixture
}

fn verify(fixture: &Fixture, noted: Option<&AuditHead>) -> AuditReport {
    fixture.store.verify_audit(noted, &|_, _| {}).unwrap()
}

/// The file, without what forbids changing it.
fn forced(fixture: &Fixture) -> Connection {
    let raw = fixture.raw();
    raw.execute_batch("PRAGMA synchronous = OFF; PRAGMA foreign_keys = OFF;")
        .unwrap();
    let triggers: Vec<String> = raw
        .prepare("SELECT name FROM sqlite_schema WHERE type = 'trigger'")
        .unwrap()
        .query_map([], |row| row.get(0))
        .unwrap()
        .map(Result::unwrap)
        .collect();
    for trigger in triggers {
        raw.execute_batch(&format!("DROP TRIGGER {trigger}"))
            .unwrap();
    }
    raw
}

/// What was found, one line each.
fn told(report: &AuditReport) -> String {
    let lines = report.faults.iter().map(|fault| {
        let place = match &fault.place {
            AuditPlace::Link { link } => format!("link {link}"),
            AuditPlace::Decision {
                order, seq, link, ..
            } => format!(
                "decision {} {} of link {}",
                order.as_deref().unwrap_or("-"),
                seq.map_or("-".to_owned(), |seq| seq.to_string()),
                link.map_or("-".to_owned(), |link| link.to_string()),
            ),
            AuditPlace::Rollout { seq, link } => format!(
                "rollout {seq} of link {}",
                link.map_or("-".to_owned(), |link| link.to_string())
            ),
            AuditPlace::Question { question } => format!("question {}", &question[..4]),
            AuditPlace::Image { image } => format!("image {}", &image[..4]),
            AuditPlace::NotedHead { link } => format!("noted head {link}"),
        };
        format!("{place}: {}", fault.problem)
    });
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
fn what_nobody_touched_is_whole() {
    let fixture = kept();
    let report = verify(&fixture, None);
    assert_eq!(told(&report), "");
    let counts = (report.links, report.decisions, report.rollout_events);
    assert_eq!(counts, (6, 3, 3));
    assert_eq!((report.questions, report.images), (3, 2));
    assert_eq!(report.head, fixture.store.audit_head().unwrap());
    // An end that was noted stays where it was when more comes.
    let noted = report.head.unwrap();
    assert_eq!(noted.link, 6);
    fixture.store.commit(decided(4)).unwrap();
    let fixture = fixture.reopened();
    let report = verify(&fixture, Some(&noted));
    assert_eq!((told(&report).as_str(), report.links), ("", 7));
}

/// Flips one bit of each byte of a column, one after the other.
fn check_every_byte(fixture: &Fixture, raw: &Connection, column: &str, row: &str, named: &[&str]) {
    let (table, column) = column.split_once('.').unwrap();
    let kind: String = raw
        .query_row(
            &format!("SELECT typeof({column}) FROM {table} WHERE {row}"),
            [],
            |it| it.get(0),
        )
        .unwrap();
    let number: i64 = raw
        .query_row(
            &format!("SELECT rowid FROM {table} WHERE {row}"),
            [],
            |it| it.get(0),
        )
        .unwrap();
    let kept: Vec<u8> = raw
        .query_row(
            &format!("SELECT CAST({column} AS BLOB) FROM {table} WHERE rowid = ?1"),
            [number],
            |it| it.get(0),
        )
        .unwrap();
    let cast = if kind == "text" {
        "CAST(?1 AS TEXT)"
    } else {
        "?1"
    };
    let write = |bytes: &[u8]| {
        raw.execute(
            &format!("UPDATE {table} SET {column} = {cast} WHERE rowid = ?2"),
            params![bytes, number],
        )
        .unwrap();
    };
    for position in 0..kept.len() {
        let mut flipped = kept.clone();
        flipped[position] ^= 1 << (position % 8);
        write(&flipped);
        let found = told(&verify(fixture, None));
        assert!(
            named.iter().any(|named| found.contains(named)),
            "{table}.{column}, byte {position}: {found:?}"
        );
        assert!(
            found.lines().count() <= 4,
            "{table}.{column}, byte {position}: {found}"
        );
    }
    write(&kept);
    assert_eq!(told(&verify(fixture, None)), "", "{table}.{column}");
}

#[test]
#[expect(clippy::too_many_lines, reason = "one story, told in order")]
fn one_flipped_bit_is_found_and_named() {
    let fixture = kept();
    let raw = forced(&fixture);
    let second = "decision 20260916-0000000002";
    for (column, row, named) in [
        (
            "events.body",
            "n = (SELECT row_n FROM audit WHERE n = 3)",
            vec![second],
        ),
        (
            "events.actor",
            "n = (SELECT row_n FROM audit WHERE n = 3)",
            vec![second],
        ),
        (
            "events.kind",
            "n = (SELECT row_n FROM audit WHERE n = 3)",
            vec![second],
        ),
        // The last one has no follower that tells a row from its link.
        (
            "events.body",
            "n = (SELECT row_n FROM audit WHERE n = 6)",
            vec!["decision 20260916-0000000003"],
        ),
        ("orders.id", "n = 2", vec!["of link 3"]),
        (
            "rollout_events.body",
            "seq = 1",
            vec!["rollout 1 of link 2"],
        ),
        (
            "rollout_events.actor",
            "seq = 1",
            vec!["rollout 1 of link 2"],
        ),
        (
            "rollout_events.kind",
            "seq = 1",
            vec!["rollout 1 of link 2"],
        ),
        (
            "rollout_events.body",
            "seq = 3",
            vec!["rollout 3 of link 5"],
        ),
        ("audit.link", "n = 1", vec!["link 1: the link was changed"]),
        ("audit.link", "n = 4", vec!["link 4: the link was changed"]),
        (
            "audit.link",
            "n = 6",
            vec!["of link 6: it was changed, or link 6 was"],
        ),
        ("audit.subject", "n = 3", vec!["link 3"]),
        ("audit.district", "n = 3", vec!["of link 3"]),
        (
            "audit.decision",
            "n = 3",
            vec!["link 3: its decision is not the one in the journal"],
        ),
        (
            "questions.digest",
            "n = 2",
            vec!["question", "the question that was asked is missing"],
        ),
        ("images.record", "n = 1", vec!["image"]),
        (
            "images.digest",
            "n = 1",
            vec!["what was kept about it is missing"],
        ),
        (
            "images.kind",
            "n = 1",
            vec!["listed under another kind or name"],
        ),
        (
            "images.name",
            "n = 1",
            vec!["listed under another kind or name"],
        ),
        ("blobs.digest", "n = 1", vec!["is missing"]),
    ] {
        check_every_byte(&fixture, &raw, column, row, &named);
    }
}

/// What one statement did to the file, and what is found then.
fn check(change: &str, expected: &str) {
    let fixture = kept();
    let noted = fixture.store.audit_head().unwrap();
    let raw = forced(&fixture);
    raw.execute_batch(change).unwrap();
    assert_eq!(
        told(&verify(&fixture, noted.as_ref())),
        expected,
        "{change}"
    );
}

#[test]
#[expect(clippy::too_many_lines, reason = "one story, told in order")]
fn what_was_changed_cut_out_or_slipped_in_is_found_and_named() {
    let second = "decision 20260916-0000000002 2 of link 3";
    let changed = format!("{second}: it was changed: link 3 is not its own");
    let a = &image("a").as_str()[..4].to_owned();
    let rows = "(SELECT row_n FROM audit WHERE n = 3)";
    check(
        &format!("UPDATE events SET seq = seq ^ 64 WHERE n = {rows}").replace('^', "+"),
        &changed.replace(" 2 of", " 66 of"),
    );
    check(
        &format!("UPDATE events SET at = at + 1 WHERE n = {rows}"),
        &changed,
    );
    check(
        &format!("DELETE FROM events WHERE n = {rows}"),
        "decision - - of link 3: the decision is missing from the journal",
    );
    check(
        "INSERT INTO events (order_n, seq, at, actor, kind, body)
         SELECT order_n, 99, at, actor, kind, body FROM events WHERE kind = 'routing_advised' LIMIT 1",
        "decision 20260916-0000000001 99 of link -: no link binds the decision",
    );
    check(
        "UPDATE rollout_events SET at = at + 1 WHERE seq = 2",
        "rollout 2 of link 4: it was changed: link 4 is not its own",
    );
    check(
        "DELETE FROM rollout_events WHERE seq = 3",
        "rollout 3 of link 5: the event is missing from the rollout log",
    );
    check(
        "INSERT INTO rollout_events SELECT 9, at, actor, kind, body FROM rollout_events WHERE seq = 3",
        "rollout 9 of link -: no link binds the event",
    );
    check(
        "UPDATE audit SET at = at + 1 WHERE n = 5",
        "link 5: its instant is not the event's",
    );
    check(
        "UPDATE audit SET at = at + 1 WHERE n = 3",
        "link 3: its instant is not the decision's",
    );
    check(
        "UPDATE audit SET row_n = 2 WHERE n = 5",
        "rollout 2 of link 5: it was changed: link 5 is not its own\nrollout 3 of link -: no link binds the event",
    );
    // The chain is cut off: whoever noted its end sees it.
    check(
        "DELETE FROM audit WHERE n = 6; DELETE FROM events WHERE order_n = 3",
        "noted head 6: the chain was cut off before it",
    );
    check(
        "DELETE FROM audit WHERE n = 3",
        &format!(
            "link 3: 1 links are missing before link 4\nrollout 2 of link 4: it was changed: link 4 is not its own\n{}: no link binds the decision",
            second.replace("link 3", "link -")
        ),
    );
    check(
        "DELETE FROM questions WHERE n = 2",
        &format!("{second}: the question that was asked is missing"),
    );
    check(
        "UPDATE questions SET zstd = (SELECT zstd FROM questions WHERE n = 1) WHERE n = 3",
        &format!(
            "question {}: the text is not the one of this digest",
            question(3)
        ),
    );
    check(
        "DELETE FROM images WHERE n = 1",
        &format!("image {a}: what was kept about it is missing"),
    );
    check(
        "UPDATE blobs SET zstd = (SELECT zstd FROM blobs WHERE n = 2) WHERE n = 1",
        &format!(
            "image {a}: the image is not the one of its digest {}",
            image("a")
        ),
    );
    check(
        "UPDATE blobs SET size = size - 1 WHERE n = 1",
        &format!(
            "image {a}: the image is not the one of its digest {}",
            image("a")
        ),
    );
    check(
        "INSERT INTO images (digest, kind, name, record) VALUES (zeroblob(32), 'routing', 'x', '{}')",
        "image 1 mo: images that nobody pushed",
    );
}

fn question(n: u8) -> String {
    let commit = decided(n);
    commit.questions[0].0[..4].to_owned()
}

/// Compressed bytes that were changed are found, unless they still say the same.
#[test]
fn a_question_or_image_that_says_something_else_is_found() {
    let fixture = kept();
    let raw = forced(&fixture);
    for (table, named) in [("questions", "question"), ("blobs", "image")] {
        let kept: Vec<u8> = raw
            .query_row(&format!("SELECT zstd FROM {table} WHERE n = 1"), [], |it| {
                it.get(0)
            })
            .unwrap();
        let whole = zstd::bulk::decompress(&kept, 1 << 20).unwrap();
        for position in 0..kept.len() {
            let mut flipped = kept.clone();
            flipped[position] ^= 1 << (position % 8);
            raw.execute(
                &format!("UPDATE {table} SET zstd = ?1 WHERE n = 1"),
                [&flipped],
            )
            .unwrap();
            let same = zstd::bulk::decompress(&flipped, 1 << 20).is_ok_and(|it| it == whole);
            let found = told(&verify(&fixture, None));
            assert!(
                same || found.starts_with(named),
                "{table}, byte {position}: {found:?}"
            );
        }
        raw.execute(
            &format!("UPDATE {table} SET zstd = ?1 WHERE n = 1"),
            [&kept],
        )
        .unwrap();
    }
}

#[test]
fn a_chain_written_anew_has_another_end() {
    let fixture = kept();
    let noted = fixture.store.audit_head().unwrap().unwrap();
    let other = AuditHead {
        digest: "00".repeat(32).parse().unwrap(),
        ..noted
    };
    let found = told(&verify(&fixture, Some(&other)));
    assert_eq!(
        found,
        "noted head 6: the chain was written anew: it has another link here"
    );
}

/// Data from before there was a chain.
#[test]
fn decisions_of_older_data_are_linked_once() {
    let fixture = Fixture::new();
    for n in 1..4 {
        fixture.store.commit(decided(n)).unwrap();
    }
    let linked = fixture.store.audit_head().unwrap();
    // As data is that was brought to the newest schema just now: nothing is linked yet.
    forced(&fixture)
        .execute_batch("DELETE FROM audit; DELETE FROM meta WHERE key = 'audit_linked'")
        .unwrap();
    let fixture = fixture.reopened();
    let report = verify(&fixture, linked.as_ref());
    assert_eq!((told(&report).as_str(), report.links), ("", 3));
    // What is slipped in later is not linked when the data is opened again.
    forced(&fixture)
        .execute_batch(
            "INSERT INTO events (order_n, seq, at, actor, kind, body)
             SELECT order_n, 99, at, actor, kind, body FROM events WHERE kind = 'routing_advised' LIMIT 1",
        )
        .unwrap();
    let fixture = fixture.reopened();
    assert_eq!(
        told(&verify(&fixture, None)),
        "decision 20260916-0000000001 99 of link -: no link binds the decision"
    );
}

/// What is refused or fails leaves no link behind, and the chain has no gap.
#[test]
fn what_is_not_committed_is_not_linked() {
    let fixture = Fixture::new();
    fixture.store.commit(decided(1)).unwrap();
    fixture.store.commit(decided(1)).unwrap_err();
    let mut broken = decided(2);
    // The text of the first is there already, so this fails in its middle.
    broken.texts = registration(1, at(START), &operator()).texts;
    fixture.store.commit(broken).unwrap_err();
    fixture.store.commit(decided(3)).unwrap();
    let report = verify(&fixture, None);
    assert_eq!((told(&report).as_str(), report.links), ("", 2));
}
