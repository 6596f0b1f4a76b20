//! Personal data stands in two tables and nowhere else, and every look at it is logged.

use engine::ports::{PersonalData, Store as _};
use rusqlite::types::Value;

use crate::fixture::{Fixture, START, at, operator, registration};

/// The tables that hold a needle, in any column.
fn tables_with(fixture: &Fixture, needle: &str) -> Vec<String> {
    let raw = fixture.raw();
    let mut tables = raw
        .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")
        .unwrap();
    let names = tables.query_map([], |row| row.get::<_, String>(0)).unwrap();
    names
        .map(Result::unwrap)
        .filter(|table| {
            let mut statement = raw.prepare(&format!("SELECT * FROM \"{table}\"")).unwrap();
            let columns = statement.column_count();
            let mut rows = statement.query([]).unwrap();
            let mut found = false;
            while let Some(row) = rows.next().unwrap() {
                for column in 0..columns {
                    let bytes = match row.get::<_, Value>(column).unwrap() {
                        Value::Text(text) => text.into_bytes(),
                        Value::Blob(blob) => blob,
                        Value::Null | Value::Integer(_) | Value::Real(_) => Vec::new(),
                    };
                    found |= bytes
                        .windows(needle.len())
                        .any(|it| it == needle.as_bytes());
                }
            }
            found
        })
        .collect()
}

#[test]
fn personal_data_stays_in_its_tables() {
    let fixture = Fixture::new();
    let mut commit = registration(1, at(START), &operator());
    let (requester, _) = commit.requester.unwrap();
    let data = PersonalData {
        name: Some("欧阳晓彤".to_owned()),
        phone: Some("13800009999".to_owned()),
        ..PersonalData::default()
    };
    commit.requester = Some((requester, data.clone()));
    commit.texts[0].1 = "我叫欧阳晓彤,电话13800009999".to_owned();
    let (order, text) = (commit.order.id.clone(), commit.texts[0].clone());
    fixture.store.commit(commit).unwrap();
    for needle in ["欧阳晓彤", "13800009999"] {
        assert_eq!(
            tables_with(&fixture, needle),
            ["requesters", "texts"],
            "{needle}"
        );
    }
    let store = &fixture.store;
    assert_eq!(store.texts(&[text.0]).unwrap(), std::slice::from_ref(&text));
    assert_eq!(
        store.personal_data_for_masking(requester).unwrap(),
        Some(data.clone())
    );
    let read = store
        .personal_data(requester, &order, "op-7", at(START), "回访")
        .unwrap();
    assert_eq!(read, Some(data));
    let log: (String, String, String) = fixture
        .raw()
        .query_row(
            "SELECT actor, order_id, purpose FROM personal_access",
            [],
            |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
        )
        .unwrap();
    assert_eq!(
        log,
        ("op-7".to_owned(), order.to_string(), "回访".to_owned())
    );

    // Erased: both are gone, and the order can still be read.
    fixture
        .raw()
        .execute_batch("DELETE FROM requesters; DELETE FROM texts;")
        .unwrap();
    assert_eq!(store.texts(&[text.0]).unwrap(), []);
    assert_eq!(store.personal_data_for_masking(requester).unwrap(), None);
    assert_eq!(store.history(&order).unwrap().len(), 3);
}

#[test]
fn questions_are_kept_once_and_given_back_byte_for_byte() {
    let fixture = Fixture::new();
    let mut commits = [
        registration(1, at(START), &operator()),
        registration(2, at(START), &operator()),
    ];
    let question = (
        hex::encode([9; 32]),
        "某工地凌晨打桩".repeat(50).into_bytes(),
    );
    for commit in &mut commits {
        commit.questions = vec![question.clone()];
    }
    for commit in commits {
        fixture.store.commit(commit).unwrap();
    }
    assert_eq!(
        fixture.store.question(&question.0).unwrap(),
        Some(question.1)
    );
    assert_eq!(fixture.store.question(&hex::encode([8; 32])).unwrap(), None);
    assert_eq!(fixture.store.question("no digest").unwrap(), None);
    let (count, size): (i64, i64) = fixture
        .raw()
        .query_row(
            "SELECT count(*), sum(length(zstd)) FROM questions",
            [],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )
        .unwrap();
    assert_eq!(count, 1);
    assert!(size < 200, "compressed: {size}");
}
