//! Opening a data directory: new, again, twice, for reading only, and one that is not ours.

use std::os::unix::fs::PermissionsExt as _;

use calendar::Calendar;
use engine::ports::Store as _;
use rusqlite::Connection;
use store::{Error, Options, SqliteStore};

use crate::fixture::{Fixture, START, at, operator, registration};

fn open(dir: &std::path::Path) -> Result<SqliteStore, Error> {
    SqliteStore::open(dir, &Options::default())
}

#[test]
fn an_empty_directory_becomes_a_store_that_lasts() {
    let parent = tempfile::tempdir().unwrap();
    let dir = parent.path().join("new/data");
    let store = open(&dir).unwrap();
    assert_eq!(
        std::fs::metadata(&dir).unwrap().permissions().mode() & 0o777,
        0o700
    );
    // Also in a directory that was there before, open to all.
    std::fs::set_permissions(&dir, std::fs::Permissions::from_mode(0o755)).unwrap();
    for file in ["kapok.db", "kapok.db-wal", "kapok.db-shm"] {
        let mode = std::fs::metadata(dir.join(file))
            .unwrap()
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o600, "{file}");
    }
    store.check().unwrap();
    assert_eq!(store.manual_clock().unwrap(), None);
    assert_eq!(store.recomputed_under().unwrap(), None);
    let shipped = Calendar::shipped();
    let notice = shipped.notices().next().unwrap();
    store.set_manual_clock(at(START)).unwrap();
    store.set_recomputed_under("2023-2027+x").unwrap();
    store.add_calendar_year(notice, "admin", at(START)).unwrap();
    drop(store);
    let store = open(&dir).unwrap();
    assert_eq!(store.manual_clock().unwrap(), Some(at(START)));
    assert_eq!(
        store.recomputed_under().unwrap().as_deref(),
        Some("2023-2027+x")
    );
    assert_eq!(
        store.calendar_years().unwrap(),
        std::slice::from_ref(notice)
    );
}

#[test]
fn nobody_else_writes_meanwhile_and_anybody_may_read() {
    let fixture = Fixture::new();
    let order = fixture.register(1);
    let dir = fixture.file().parent().unwrap().to_owned();
    let error = open(&dir).map(|_| ()).unwrap_err();
    assert!(matches!(error, Error::InUse { .. }), "{error:?}");
    assert!(error.to_string().contains("--server"), "{error}");
    let reader = SqliteStore::open_read_only(&dir, &Options::default()).unwrap();
    assert_eq!(reader.load(&order.id).unwrap(), Some(order.clone()));
    // What is committed later is seen too, and nothing can be written.
    let later = fixture.register(2);
    assert_eq!(reader.load(&later.id).unwrap(), Some(later));
    assert!(
        reader
            .commit(registration(3, at(START), &operator()))
            .is_err()
    );
    assert!(
        reader
            .personal_data(order.requester, &order.id, "op", at(START), "x")
            .is_err()
    );
    assert!(reader.check().is_err());
    drop(fixture);
}

#[test]
fn what_is_not_ours_is_refused_plainly() {
    type Check = fn(&Error) -> bool;
    let rows: [(&str, &str, Check); 2] = [
        ("PRAGMA user_version = 99", "schema 99", |it| {
            matches!(it, Error::NewerSchema { .. })
        }),
        ("PRAGMA application_id = 1", "not one of Kapok's", |it| {
            matches!(it, Error::Foreign { .. })
        }),
    ];
    for (change, says, is_expected) in rows {
        let dir = tempfile::tempdir().unwrap();
        drop(open(dir.path()).unwrap());
        Connection::open(dir.path().join("kapok.db"))
            .unwrap()
            .execute_batch(change)
            .unwrap();
        for result in [
            open(dir.path()),
            SqliteStore::open_read_only(dir.path(), &Options::default()),
        ] {
            let error = result.map(|_| ()).unwrap_err();
            assert!(is_expected(&error), "{error:?}");
            assert!(error.to_string().contains(says), "{error}");
        }
    }
    let empty = tempfile::tempdir().unwrap();
    let error = SqliteStore::open_read_only(empty.path(), &Options::default()).map(|_| ());
    assert!(matches!(error, Err(Error::Empty { .. })));
    let file = tempfile::NamedTempFile::new().unwrap();
    let error = open(file.path()).map(|_| ());
    assert!(matches!(error, Err(Error::Directory { .. })), "{error:?}");
}
